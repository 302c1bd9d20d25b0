"""How the stage that is found of a dispute hangs together with its signs, by the stage rules of a rule set."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

from ipt_rules.engines.reference import Truth, compare
from ipt_rules.ruleset.conditions import All, Comparison, Condition, comparisons
from ipt_rules.ruleset.consequences import StageFound
from ipt_rules.values import NOT_ARISING, NotArising
from ipt_rules.verify.links import Link, Option
from ipt_rules.vocabulary import STAGES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ipt_rules.ruleset.model import Ruleset
    from ipt_rules.values import Value

FOUND: Final = "dispute.stage_found"
_MOST_SIGNS: Final = 6
"""The most fields that stage rules may read where this is made use of; with more there are too many combinations to list."""


@functools.lru_cache(maxsize=8)
def stage_link(ruleset: Ruleset, kind: str) -> Link | None:
    """Return how the stage that is found follows from the signs; None where no rule finds one, or too many signs are read.

    Args:
        ruleset: the rules that find a stage.
        kind: the row kind; on the row of a focus a stage is found only of a dispute.

    """
    names = *ruleset.fields_of_stages, FOUND
    if not ruleset.stage_rules or len(names) - 1 > _MOST_SIGNS:
        return None
    read = [one for rule in ruleset.stage_rules for one in comparisons(rule.condition)]

    @functools.cache
    def fits(*told: Option) -> bool:
        return _same(_found(ruleset, dict(zip(names, told, strict=True))), told[-1].value)

    tests = (*dict.fromkeys(read), *(Comparison(FOUND, "is", word) for word in STAGES))
    if kind != "focus":
        return Link(names, tests, fits)

    def of_a_focus(subject: Option, *told: Option) -> bool:
        return isinstance(told[-1].value, NotArising) if subject.value != "dispute" else fits(*told)

    return Link(("focus.subject", *names), (*tests, Comparison("focus.subject", "is", "dispute")), of_a_focus)


def _found(ruleset: Ruleset, row: Mapping[str, Option]) -> Value:
    """Return the stage that is found, as ``pipeline.with_stages`` has it: one whose rules hold while those of no other could."""
    sure: set[str] = set()
    possible: set[str] = set()
    for rule in ruleset.stage_rules:
        truth = _truth(rule.condition, row)
        assert isinstance(rule.consequence, StageFound)  # stage rules only
        sure |= {rule.consequence.stage} if truth else set()
        possible |= {rule.consequence.stage} if truth is not False else set()
    if len(sure) > 1 or not possible:
        return NOT_ARISING
    return next(iter(sure)) if len(sure) == 1 == len(possible) else None


def _truth(condition: Condition, row: Mapping[str, Option]) -> Truth:
    if isinstance(condition, Comparison):
        return compare(condition, row[condition.field].value)
    settles = not isinstance(condition, All)
    truths = [_truth(part, row) for part in condition.parts]
    return settles if settles in truths else None if None in truths else not settles


def _same(one: Value, other: Value) -> bool:
    return one is other or (not isinstance(one, NotArising) and not isinstance(other, NotArising) and one == other)
