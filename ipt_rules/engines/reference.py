"""The meaning of the rule language: a three-valued interpreter that keeps what it saw.

A comparison with an unknown field is unknown, its negation too; with a question that does not arise it is false, its negation too.
"All" and "any" follow Kleene. A rule fires only when its condition is true; it could hold unless its condition is false.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from ipt_rules.ruleset.conditions import All, Comparison, Condition
from ipt_rules.values import Known, NotArising, Range, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipt_rules.facts import Row
    from ipt_rules.ruleset.model import Pass, Ruleset

Truth: TypeAlias = bool | None
"""True, False, or None for unknown."""


@dataclass(frozen=True, slots=True)
class Trace:
    """A condition with what it came to on one row, and the same for its parts."""

    condition: Condition
    truth: Truth
    parts: tuple[Trace, ...] = ()

    def deciding(self) -> tuple[Comparison, ...]:
        """Return the comparisons that together make this true, or keep it false or unknown."""
        if isinstance(self.condition, Comparison):
            return (self.condition,)
        return tuple(found for part in self.parts if part.truth is self.truth for found in part.deciding())


def trace(condition: Condition, row: Row) -> Trace:
    """Evaluate a condition on a row and keep every step."""
    if isinstance(condition, Comparison):
        return Trace(condition, compare(condition, row.value(condition.field)))
    parts = tuple(trace(part, row) for part in condition.parts)
    truths = [part.truth for part in parts]
    settles = not isinstance(condition, All)  # one false part settles "all", one true part settles "any"
    if settles in truths:
        return Trace(condition, settles, parts)
    return Trace(condition, None if None in truths else not settles, parts)


def compare(comparison: Comparison, value: Value) -> Truth:
    """Return what a comparison with a value comes to: of a range, true when all of it compares so, false when none of it does."""
    if isinstance(value, NotArising):
        return False
    if comparison.operator == "not_known":
        return value is None
    if value is None:
        return None
    if comparison.operator == "known":
        return True
    return _compare_range(comparison, value) if isinstance(value, Range) else holds(comparison, value)


def holds(comparison: Comparison, value: Known) -> bool:
    """Return whether a known value compares so; ordered choices by their codes."""
    constant = comparison.value
    if isinstance(constant, frozenset):
        return (value in constant) is (comparison.operator == "in")
    if comparison.operator in ("is", "is_not"):
        return (value == constant) is (comparison.operator == "is")
    assert isinstance(value, int) and isinstance(constant, int)  # noqa: PT018  # the reader allows no order on words
    return value >= constant if comparison.operator == "at_least" else value <= constant


def _compare_range(comparison: Comparison, value: Range) -> Truth:
    """Compare every number of the range: true when all hold, false when none does."""
    constant = comparison.value
    assert isinstance(constant, int)  # only whole numbers and ordered codes are ranges
    if comparison.operator in ("is", "is_not"):
        same: Truth = None if value.least <= constant <= value.most else False
        if value.least == value.most == constant:
            same = True
        return same if same is None or comparison.operator == "is" else not same
    ends = [holds(comparison, end) for end in value]
    return ends[0] if ends[0] is ends[1] else None


class ReferenceEngine:
    """Interprets the conditions as they stand; slow, and short enough to be read as the definition."""

    name: Final = "reference"

    def __init__(self, ruleset: Ruleset) -> None:
        self._ruleset = ruleset

    def holding(self, run: Pass, rows: Sequence[Row]) -> list[tuple[int, ...]]:
        """Return, for each row, the positions of the rules of a pass that hold."""
        return [self._select(run, row, (True,)) for row in rows]

    def possible(self, run: Pass, rows: Sequence[Row]) -> list[tuple[int, ...]]:
        """Return, for each row, the positions of the rules of a pass that hold or could, once more is known."""
        return [self._select(run, row, (True, None)) for row in rows]

    def _select(self, run: Pass, row: Row, truths: tuple[Truth, ...]) -> tuple[int, ...]:
        return tuple(
            position
            for position, rule in enumerate(self._ruleset.rules)
            if rule.runs_in == run and rule.kind == row.kind and trace(rule.condition, row).truth in truths
        )
