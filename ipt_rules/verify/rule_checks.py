"""Checks of single rules and of pairs: what never holds, always holds, never matters, or says the same as another.

Each is decided by the algebra of conditions (``ruleset.cells``), with answers that may be missing. Where fields hang together in a
way that the algebra does not know, a defect may be missed; none is told that is not there.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from ipt_rules.ruleset.cells import Space
from ipt_rules.ruleset.conditions import All, Comparison, Condition, Some, comparisons
from ipt_rules.ruleset.consequences import Advice, Evidence, Proposal, StageFound
from ipt_rules.values import NotArising
from ipt_rules.verify.defects import Defect
from ipt_rules.vocabulary import fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipt_rules.ruleset.cells import CellValue
    from ipt_rules.ruleset.model import Rule, Ruleset

_ALWAYS = All(())
_NEVER = Some(())


def never_holds(ruleset: Ruleset) -> Iterator[Defect]:
    """Yield the rules whose condition no row can make true."""
    for rule in ruleset.rules:
        space = Space(rule.kind, [rule.condition], unknown=True)
        if not space.set_of(rule.condition):
            yield _defect(
                "dead-rule", rule, "no row can make its condition true; mend the condition, or remove the rule"
            )


def always_holds(ruleset: Ruleset) -> Iterator[Defect]:
    """Yield the rules whose condition looks at something and is true whatever it is."""
    for rule in ruleset.rules:
        space = Space(rule.kind, [rule.condition], unknown=True)
        if rule.condition != _ALWAYS and space.set_of(rule.condition) == space.everything:
            yield _defect("always-true", rule, "its condition is true on every row; write 'when: always', or mend it")


def idle_conditions(ruleset: Ruleset) -> Iterator[Defect]:
    """Yield the comparisons that could be left out without a difference to any row."""
    for rule in ruleset.rules:
        space = Space(rule.kind, [rule.condition], unknown=True)
        whole = space.set_of(rule.condition)
        if whole in (0, space.everything):  # told as a dead rule, or one that is always true
            continue
        for comparison, without in _without_one(rule.condition):
            if any(space.set_of(other) == whole for other in without):
                what = f"'{comparison.in_words()}' never matters beside the rest; leave it out, or mend it"
                yield _defect("idle-condition", rule, what)


def _without_one(condition: Condition) -> Iterator[tuple[Comparison, list[Condition]]]:
    """Yield each comparison, with the conditions in which it always and never holds."""
    if isinstance(condition, Comparison):
        yield condition, [_ALWAYS, _NEVER]
        return
    for number, part in enumerate(condition.parts):
        for comparison, others in _without_one(part):
            yield (
                comparison,
                [type(condition)((*condition.parts[:number], one, *condition.parts[number + 1 :])) for one in others],
            )


# ── pairs of rules ───────────────────────────────────────────────────────────────────────────────────────────────────────


def contained_rules(ruleset: Ruleset) -> Iterator[Defect]:
    """Yield the evidence rules that never count, since a rule as strong of the same body of evidence holds wherever they do."""
    for one, other in itertools.permutations(_evidence(ruleset), 2):
        mine, others = _evidence_of(one), _evidence_of(other)
        if (mine.area, mine.supports, mine.body) != (others.area, others.supports, others.body):
            continue
        if ruleset.scoring.points[mine.strength] <= ruleset.scoring.points[others.strength] and _lies_in(one, other):
            what = f"'{other.id}' holds wherever it does, with the same body of evidence, and is as strong; it never counts"
            yield _defect("contained-rule", one, what)


def counted_twice(ruleset: Ruleset) -> Iterator[Defect]:
    """Yield the evidence rules that hold on the same rows, for the same side of an area, in different bodies of evidence."""
    for one, other in itertools.combinations(_evidence(ruleset), 2):
        mine, others = _evidence_of(one), _evidence_of(other)
        if (
            (mine.area, mine.supports) == (others.area, others.supports)
            and mine.body != others.body
            and _alike(one, other)
        ):
            what = (
                f"'{one.id}' holds on the same rows, for the same side; give both one body of evidence, or remove one"
            )
            yield _defect("counted-twice", other, what)


def contradictions(ruleset: Ruleset) -> Iterator[Defect]:
    """Yield the rules that hold on the same rows and say opposite things."""
    for one, other in itertools.combinations(_evidence(ruleset), 2):
        mine, others = _evidence_of(one), _evidence_of(other)
        if mine.area == others.area and mine.supports is not others.supports and _alike(one, other):
            what = f"'{one.id}' holds on the same rows and counts the other way; nobody can mean both"
            yield _defect("contradiction", other, what)
    stages = [rule for rule in ruleset.rules if isinstance(rule.consequence, StageFound)]
    for one, other in itertools.combinations(stages, 2):
        if one.consequence != other.consequence and _alike(one, other):
            what = f"'{one.id}' holds on the same rows and finds another stage; then none is found"
            yield _defect("contradiction", other, what)


def _evidence(ruleset: Ruleset) -> list[Rule]:
    return [rule for rule in ruleset.rules if isinstance(rule.consequence, Evidence)]


def _evidence_of(rule: Rule) -> Evidence:
    assert isinstance(rule.consequence, Evidence)  # evidence rules only
    return rule.consequence


def _lies_in(one: Rule, other: Rule) -> bool:
    sets = _sets(one, other)
    return sets is not None and sets[0] & ~sets[1] == 0


def _alike(one: Rule, other: Rule) -> bool:
    sets = _sets(one, other)
    return sets is not None and sets[0] == sets[1]


def _sets(one: Rule, other: Rule) -> tuple[int, int] | None:
    """Return the points of two rules of one kind; None where they are for different rows, or never hold."""
    if one.kind != other.kind or not _share_a_field(one, other):
        return None
    space = Space(one.kind, [one.condition, other.condition], unknown=True)
    sets = space.set_of(one.condition), space.set_of(other.condition)
    return sets if all(sets) else None


def _share_a_field(one: Rule, other: Rule) -> bool:
    """Return whether two conditions read a field in common; else neither can lie in the other, but for those that always hold."""
    return not _fields_of(one).isdisjoint(_fields_of(other))


def _fields_of(rule: Rule) -> frozenset[str]:
    return frozenset(comparison.field for comparison in comparisons(rule.condition))


# ── strategies ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def needs_never_met(ruleset: Ruleset) -> Iterator[Defect]:
    """Yield the strategies that are withheld wherever they would be proposed: no row meets both their condition and their needs."""
    for rule in ruleset.rules:
        needs = rule.consequence.needs if isinstance(rule.consequence, Proposal) else None
        if needs is None:
            continue
        space = Space(rule.kind, [rule.condition, needs], unknown=True)
        when = space.set_of(rule.condition)
        if when and not when & space.set_of(needs):
            what = "wherever its condition holds, its needs are not met; it can never be proposed"
            yield _defect("needs-never-met", rule, what, space.witness(when))


def never_brought_forward(ruleset: Ruleset) -> Iterator[Defect]:
    """Yield the strategies that come on an agenda only on demand, and that no rule of the course demands."""
    demanded = {
        strategy
        for rule in ruleset.rules
        if isinstance(rule.consequence, Advice)
        for strategy in rule.consequence.brings_forward
    }
    for rule in ruleset.rules:
        if isinstance(rule.consequence, Proposal) and rule.consequence.on_demand and rule.id not in demanded:
            what = "comes on an agenda on demand only, and no rule brings it forward; bring it forward, or drop 'on_demand'"
            yield _defect("never-brought-forward", rule, what)


# ── beside the rules ─────────────────────────────────────────────────────────────────────────────────────────────────────


def never_cited(ruleset: Ruleset) -> Iterator[Defect]:
    """Yield the references that no rule cites."""
    cited = {citation.ref for rule in ruleset.rules for citation in rule.cites}
    for key in ruleset.references:
        if key not in cited:
            yield Defect(
                "never-cited", key, None, "no rule cites this reference; cite it, or remove it from references.yaml"
            )


def _defect(check: str, rule: Rule, what: str, witness: dict[str, CellValue] | None = None) -> Defect:
    told = () if witness is None else tuple((name, _plain(name, value)) for name, value in witness.items())
    return Defect(check, rule.id, rule.position, what, told)


def _plain(name: str, value: CellValue) -> object:
    """Return a value of a witness as plain data: words for codes, and words for what is not known or does not arise."""
    if value is None:
        return "not known"
    return "does not arise" if isinstance(value, NotArising) else fields()[name].to_word(value)
