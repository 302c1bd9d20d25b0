"""The rows of many intakes and courses as tables, on which a condition is evaluated for all rows at once.

A set of rows is one whole number, a bit for each row; conditions join such sets as they join truths.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from ipt_rules.engines.reference import compare
from ipt_rules.ruleset.conditions import All, Comparison, Condition
from ipt_rules.worked_cases import rows_of_course, rows_of_intake

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ipt_rules.course import Course
    from ipt_rules.facts import Cells, Row
    from ipt_rules.intake import Intake
    from ipt_rules.ruleset.model import Ruleset
    from ipt_rules.values import Value
    from ipt_rules.verify.claims import Claims


class Table:
    """The different rows of one kind."""

    def __init__(self, rows: Iterable[Row]) -> None:
        different: dict[Cells, Row] = {row.cells: row for row in rows}
        self.rows = tuple(different.values())
        self.every = (1 << len(self.rows)) - 1
        self._columns: dict[str, dict[Value, int]] = {}
        self._true: dict[Comparison, int] = {}

    def holding(self, condition: Condition) -> int:
        """Return the rows on which a condition is true."""
        if isinstance(condition, Comparison):
            known = self._true.get(condition)
            if known is None:
                known = self._true[condition] = self._compared(condition)
            return known
        found = self.every if isinstance(condition, All) else 0
        for part in condition.parts:
            found = found & self.holding(part) if isinstance(condition, All) else found | self.holding(part)
        return found

    def meeting(self, claims: Claims) -> int:
        """Return the rows that meet all of some claims."""
        found = self.every
        for condition, holds in claims:
            found &= self.holding(condition) if holds else ~self.holding(condition)
        return found

    def _compared(self, comparison: Comparison) -> int:
        column = self._columns.get(comparison.field)
        if column is None:
            column = self._columns[comparison.field] = self._column(comparison.field)
        return sum(rows for value, rows in column.items() if compare(comparison, value) is True)

    def _column(self, field: str) -> dict[Value, int]:
        """Return the rows that have each value of a field."""
        found: dict[Value, int] = {}
        for number, row in enumerate(self.rows):
            value = row.value(field)
            found[value] = found.get(value, 0) | 1 << number
        return found


def tables(ruleset: Ruleset, intakes: Iterable[Intake] = (), courses: Iterable[Course] = ()) -> dict[str, Table]:
    """Return the rows that rules saw in some intakes and courses, by their kind.

    Raises:
        EvaluationError: the rules could not be evaluated for one of them.

    """
    rows: dict[str, list[Row]] = {}
    for row in itertools.chain(
        *(rows_of_intake(intake, ruleset) for intake in intakes),
        *(rows_of_course(course, ruleset) for course in courses),
    ):
        rows.setdefault(row.kind, []).append(row)
    return {kind: Table(found) for kind, found in rows.items()}
