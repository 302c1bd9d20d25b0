"""Checks of pairs of rules: what is contained in another, counted twice, or said and gainsaid at once.

Looked for by the algebra of conditions and confirmed by claims, like those of single rules.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

from ipt_rules.ruleset.cells import Space
from ipt_rules.ruleset.conditions import comparisons
from ipt_rules.ruleset.consequences import Evidence, StageFound
from ipt_rules.verify.apart import may_differ, may_hold_alone
from ipt_rules.verify.defects import Defect, Shown, defect_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipt_rules.ruleset.model import Rule, Ruleset


def contained_rules(ruleset: Ruleset) -> Iterator[Defect]:
    """Yield the evidence rules that never count, since a rule as strong of the same body of evidence holds wherever they do."""
    points = ruleset.scoring.points
    for one, other in itertools.permutations(evidence_rules(ruleset), 2):
        mine, others = evidence_of(one), evidence_of(other)
        if (mine.area, mine.supports, mine.body) != (others.area, others.supports, others.body):
            continue
        if points[mine.strength] > points[others.strength]:
            continue
        sets = compared("contained-rule", one, other)
        if isinstance(sets, Defect):
            yield sets
        elif sets is not None and not sets.only_first and not may_hold_alone(one.kind, one.condition, other.condition):
            what = f"'{other.id}' holds wherever it does, with the same body of evidence, and is as strong; it never counts"
            yield defect_of("contained-rule", one, what, Shown(sets.space, sets.first))


def counted_twice(ruleset: Ruleset) -> Iterator[Defect]:
    """Yield the evidence rules that hold on the same rows, for the same side of an area, in different bodies of evidence."""
    for one, other in _pairs(evidence_rules(ruleset), ruleset):
        mine, others = evidence_of(one), evidence_of(other)
        if (mine.area, mine.supports) != (others.area, others.supports) or mine.body == others.body:
            continue
        sets = compared("counted-twice", one, other)
        if isinstance(sets, Defect):
            yield sets
        elif sets is not None and sets.alike:
            what = (
                f"'{one.id}' holds on the same rows, for the same side; give both one body of evidence, or remove one"
            )
            yield defect_of("counted-twice", other, what, Shown(sets.space, sets.first))


def contradictions(ruleset: Ruleset) -> Iterator[Defect]:
    """Yield the rules that hold on the same rows and say opposite things."""
    for one, other in _pairs(evidence_rules(ruleset), ruleset):
        mine, others = evidence_of(one), evidence_of(other)
        if mine.area != others.area or mine.supports is others.supports:
            continue
        sets = compared("contradiction", one, other)
        if isinstance(sets, Defect):
            yield sets
        elif sets is not None and sets.alike:
            what = f"'{one.id}' holds on the same rows and counts the other way; nobody can mean both"
            yield defect_of("contradiction", other, what, Shown(sets.space, sets.first))
    for one, other in _pairs(ruleset.stage_rules, ruleset):
        if one.consequence == other.consequence:
            continue
        sets = compared("contradiction", one, other)
        if isinstance(sets, Defect):
            yield sets
        elif sets is not None and sets.alike:
            what = f"'{one.id}' holds on the same rows and finds another stage; then none is found"
            yield defect_of("contradiction", other, what, Shown(sets.space, sets.first))


def _pairs(rules: Iterable[Rule], ruleset: Ruleset) -> Iterator[tuple[Rule, Rule]]:
    """Yield each pair once: a rule of the rule set itself comes after one that it extends, since what was added is to be mended."""
    return itertools.combinations(sorted(rules, key=ruleset.states), 2)


class Sets(NamedTuple):
    """Where two rules of one kind hold: points of one space, and whether it is proved that they hold on the same rows."""

    space: Space
    first: int
    second: int
    alike: bool

    @property
    def only_first(self) -> int:
        """The points at which the first alone holds."""
        return self.first & ~self.second


def compared(check: str, one: Rule, other: Rule) -> Sets | Defect | None:
    """Return where two rules hold, like ``sets_of``; where no space can hold them, that a check is undecided."""
    try:
        return sets_of(one, other)
    except ValueError:
        return defect_of(check, other, f"too much hangs together with '{one.id}' to compare the two", exact=False)


def sets_of(one: Rule, other: Rule) -> Sets | None:
    """Return where two rules hold; None where they are for different rows, never hold, or read nothing in common.

    Without a field in common neither can lie in the other, but for those that always hold.

    Raises:
        ValueError: they read so much that no space can hold it.

    """
    if one.kind != other.kind or _fields_of(one).isdisjoint(_fields_of(other)):
        return None
    space = Space(one.kind, [one.condition, other.condition], unknown=True)
    first, second = space.set_of(one.condition), space.set_of(other.condition)
    if not first or not second:
        return None
    alike = first == second and not may_differ(one.kind, one.condition, other.condition)
    return Sets(space, first, second, alike)


def hold_alike(one: Rule, other: Rule) -> bool:
    """Return whether it is proved that two rules hold on the same rows; of rules that no space can hold, it is not."""
    try:
        sets = sets_of(one, other)
    except ValueError:
        return False
    return sets is not None and sets.alike


def evidence_rules(ruleset: Ruleset) -> list[Rule]:
    """Return the rules that count for or against an area."""
    return [rule for rule in ruleset.rules if isinstance(rule.consequence, Evidence)]


def evidence_of(rule: Rule) -> Evidence:
    """Return what an evidence rule counts for."""
    assert isinstance(rule.consequence, Evidence)  # evidence rules only
    return rule.consequence


def stage_of(rule: Rule) -> str:
    """Return the stage that a stage rule finds."""
    assert isinstance(rule.consequence, StageFound)  # stage rules only
    return rule.consequence.stage


def _fields_of(rule: Rule) -> frozenset[str]:
    return frozenset(comparison.field for comparison in comparisons(rule.condition))
