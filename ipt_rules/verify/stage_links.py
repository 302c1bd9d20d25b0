"""How the stage that is found of a dispute hangs together with what the stage rules read: it is what they come to."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

from ipt_rules.engines.reference import compare
from ipt_rules.ruleset.conditions import All, Comparison, Condition, comparisons
from ipt_rules.ruleset.consequences import StageFound
from ipt_rules.values import NotArising
from ipt_rules.verify.links import Link
from ipt_rules.vocabulary import STAGES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ipt_rules.ruleset.model import Ruleset
    from ipt_rules.verify.links import Option

FOUND: Final = "dispute.stage_found"


@functools.lru_cache(maxsize=8)
def stage_link(ruleset: Ruleset | None) -> Link | None:
    """Return how the stage that is found hangs together with answers about a dispute; None without rules that find one."""
    if ruleset is None or not ruleset.stage_rules:
        return None
    names = (FOUND, *ruleset.fields_of_stages)
    rules = [(rule.condition, rule.consequence) for rule in ruleset.stage_rules]

    def fits(found: Option, *told: Option) -> bool:
        row = dict(zip(names[1:], told, strict=True))
        if any(isinstance(option.value, NotArising) for option in told):
            return True  # of a focus on something else than a dispute
        truths = [(_truth(condition, row), one.stage) for condition, one in rules if isinstance(one, StageFound)]
        sure = {stage for truth, stage in truths if truth is True}
        could = {stage for truth, stage in truths if truth is not False}
        if len(sure) > 1 or not could:
            return isinstance(found.value, NotArising)
        return found.value == next(iter(sure)) if len(sure) == 1 == len(could) else found.value is None

    tests = [one for condition, _ in rules for one in comparisons(condition)]
    return Link(names, (*dict.fromkeys(tests), *(Comparison(FOUND, "is", stage) for stage in STAGES)), fits)


def _truth(condition: Condition, row: Mapping[str, Option]) -> bool | None:
    """Return what a condition comes to on a row of values of which each stands for some that nobody tells apart."""
    if isinstance(condition, Comparison):
        return compare(condition, row[condition.field].value)
    settles = not isinstance(condition, All)  # one part settles "any" by holding, and "all" by not holding
    truths = [_truth(part, row) for part in condition.parts]
    return settles if settles in truths else (None if None in truths else not settles)
