"""Checks of single rules: what never holds, always holds, never matters, is never met, or can never decide.

Each is looked for by the algebra of conditions (``ruleset.cells``), with answers that may be missing, and confirmed by claims about
a row (``verify.claims``), which know numbers within limits too. Where fields hang together in a way that neither knows, a defect
may be missed; none is told that is not there.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from ipt_rules.ruleset.cells import Space
from ipt_rules.ruleset.conditions import All, Comparison, Condition, Some
from ipt_rules.ruleset.consequences import Proposal
from ipt_rules.verify.apart import may_differ
from ipt_rules.verify.claims import Claim, possible
from ipt_rules.verify.defects import Defect, Shown, defect_of
from ipt_rules.verify.obligations import comparisons_of, infeasible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipt_rules.ruleset.model import Rule, Ruleset

_ALWAYS = All(())
_NEVER = Some(())


def never_holds(ruleset: Ruleset) -> Iterator[Defect]:
    """Yield the rules whose condition no row can make true."""
    for rule, space in _spaces("dead-rule", ruleset):
        if isinstance(space, Defect):
            yield space
        elif not space.set_of(rule.condition) and not possible(rule.kind, (Claim(rule.condition, True),)):
            what = "no row can make its condition true; mend the condition, or remove the rule"
            yield defect_of("dead-rule", rule, what)


def always_holds(ruleset: Ruleset) -> Iterator[Defect]:
    """Yield the rules whose condition looks at something and is true whatever it is, or whatever it is once it is known."""
    for rule, space in _spaces("always-true", ruleset):
        if isinstance(space, Defect):
            yield space
        elif rule.condition != _ALWAYS and space.set_of(rule.condition, could=True) == space.everything:
            holds = space.set_of(rule.condition)
            whatever = not possible(rule.kind, (Claim(rule.condition, False),))
            where = "on every row" if whatever else "on every row where its answers are known"
            yield defect_of(
                "always-true",
                rule,
                f"its condition is true {where}; write 'when: always', or mend it",
                Shown(space, holds),
            )


def idle_conditions(ruleset: Ruleset) -> Iterator[Defect]:
    """Yield the comparisons that could be left out without a difference to any row."""
    for rule, space in _spaces("idle-condition", ruleset):
        if isinstance(space, Defect):
            yield space
            continue
        whole = space.set_of(rule.condition)
        if whole in (0, space.everything):  # told as a dead rule, or one that is always true
            continue
        for comparison, without in _without_one(rule.condition):
            if any(
                space.set_of(other) == whole and not may_differ(rule.kind, rule.condition, other) for other in without
            ):
                what = f"'{comparison.in_words()}' never matters beside the rest; leave it out, or mend it"
                yield defect_of("idle-condition", rule, what, Shown(space, whole))


@functools.lru_cache(maxsize=1024)
def _space(kind: str, condition: Condition) -> Space:
    """Return the space of all that a condition can tell apart, made once for several checks."""
    return Space(kind, [condition], unknown=True)


def _spaces(check: str, ruleset: Ruleset) -> Iterator[tuple[Rule, Space | Defect]]:
    """Yield each rule with the space of what it reads; where no space can hold it, with that a check is undecided."""
    for rule in ruleset.rules:
        try:
            yield rule, _space(rule.kind, rule.condition)
        except ValueError:  # more points than a space may have
            what = "reads so much that no space can hold it; part it, and each part is decided"
            yield rule, defect_of(check, rule, what, exact=False)


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


def needs_never_met(ruleset: Ruleset) -> Iterator[Defect]:
    """Yield the strategies that are withheld wherever they would be proposed: no row meets both their condition and their needs."""
    for rule in ruleset.rules:
        needs = rule.consequence.needs if isinstance(rule.consequence, Proposal) else None
        if needs is None:
            continue
        try:
            space = Space(rule.kind, [rule.condition, needs], unknown=True)
        except ValueError:  # more points than a space may have
            what = "reads so much that no space can hold it, so that it is undecided whether its needs can be met"
            yield defect_of("needs-never-met", rule, what, exact=False)
            continue
        when = space.set_of(rule.condition)
        both = Claim(rule.condition, True), Claim(needs, True)
        if when and not when & space.set_of(needs) and not possible(rule.kind, both):
            what = "wherever its condition holds, its needs are not met; it can never be proposed"
            yield defect_of("needs-never-met", rule, what, Shown(space, when))


def never_deciding(ruleset: Ruleset) -> Iterator[Defect]:
    """Yield the comparisons that can never alone decide what their rule comes to, with one outcome or with either.

    A rule that is dead, always true, has idle conditions or needs what is never met is told as that.
    """
    others = (never_holds, always_holds, idle_conditions, needs_never_met)
    told = {defect.about for check in others for defect in check(ruleset)}
    for rule, space in _spaces("infeasible-obligation", ruleset):
        if isinstance(space, Defect):
            yield space
        if rule.id in told or isinstance(space, Defect):
            continue
        found: dict[int, list[bool]] = {}
        for obligation in infeasible(rule):
            found.setdefault(obligation.number, []).append(obligation.truth)
        for number, truths in found.items():
            words = comparisons_of(rule)[number].in_words()
            how = " or ".join("by holding" if truth else "by not holding" for truth in truths)
            what = f"'{words}' can never alone decide {how}; leave it out, or waive it with what it is there for"
            yield defect_of("infeasible-obligation", rule, what)
