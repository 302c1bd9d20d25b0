"""In which worked cases each rule fires, and in which it is near: where one other answer would make it fire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ipt_rules.assessor import Assessor
from ipt_rules.engines.reference import trace
from ipt_rules.ruleset.conditions import All, Comparison
from ipt_rules.values import NOT_ARISING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ipt_rules.assessment import Assessment
    from ipt_rules.engines.reference import Trace
    from ipt_rules.facts import Row
    from ipt_rules.intake import Intake
    from ipt_rules.ruleset.model import Ruleset


@dataclass(frozen=True, slots=True)
class Seen:
    """Where a rule was seen.

    Attributes:
        fires: the cases in which it holds.
        near: the cases in which it is known not to hold on some row because of one comparison alone, and holds on no row.

    """

    fires: tuple[str, ...]
    near: tuple[str, ...]


def seen_in(ruleset: Ruleset, cases: Mapping[str, Intake]) -> dict[str, Seen]:
    """Return for each rule, by its id, in which cases it fires and in which it is near.

    Args:
        ruleset: the rules.
        cases: intakes by name.

    Raises:
        EvaluationError: the rules could not be evaluated for one of the cases.

    """
    assessor = Assessor(ruleset, "compiled")
    fires: dict[str, list[str]] = {rule.id: [] for rule in ruleset.rules}
    near: dict[str, list[str]] = {rule.id: [] for rule in ruleset.rules}
    for name, intake in cases.items():
        rows = list(_rows(assessor.assess(intake)))
        for rule in ruleset.rules:
            told = [(trace(rule.condition, row), row) for row in rows if row.kind == rule.kind]
            if any(found.truth for found, _ in told):
                fires[rule.id].append(name)
            elif any(found.truth is False and _missing(found, row) == 1 for found, row in told):
                near[rule.id].append(name)
    return {rule.id: Seen(tuple(fires[rule.id]), tuple(near[rule.id])) for rule in ruleset.rules}


def _rows(assessment: Assessment) -> Iterator[Row]:
    """Yield every row that rules saw, but for those that stand for lists nobody asked for."""
    result = assessment.result
    for evaluated in result.evaluated:
        if evaluated.row.place or evaluated.row.kind in ("patient", "standing"):
            yield evaluated.row
    yield from (evaluated.row for evaluated in result.plan.evaluated if evaluated.row.kind == "focus")


def _missing(found: Trace, row: Row) -> float:
    """Return how many comparisons would have to come out otherwise; infinite where what they compare is not known."""
    if found.truth:
        return 0
    if isinstance(found.condition, Comparison):
        value = row.value(found.condition.field)
        return 1 if found.truth is False and value is not NOT_ARISING else float("inf")
    parts = [_missing(part, row) for part in found.parts]
    return sum(parts) if isinstance(found.condition, All) else min(parts, default=float("inf"))
