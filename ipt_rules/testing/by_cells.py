"""An evaluator by the algebra of conditions: each condition is a set of points, and a row asks whether its own lie in it.

It shares no comparison and no "all" or "any" with the engines: what is true of a value stands in ``ruleset.cells``, and conditions
are joined as sets. A row on which a number is a wide range is several points at once: a rule holds on it when it holds at all.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

from ipt_rules.ruleset.cells import Space
from ipt_rules.testing.remembering import Remembering
from ipt_rules.values import NotArising, Range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipt_rules.engines.reference import Truth
    from ipt_rules.facts import Row
    from ipt_rules.ruleset.cells import Cell
    from ipt_rules.ruleset.conditions import Condition
    from ipt_rules.ruleset.model import Pass, Ruleset
    from ipt_rules.values import Value


class CellsEngine:
    """Looks rows up in the truth tables of the conditions; slow, and a check on the other engines.

    Where one condition compares the same wide range twice, it may know more than the definition, which takes comparisons one by
    one: that something is at least 3 or at most 2 is true of every number.

    Raises:
        ValueError: a condition has more points than a space may have.

    """

    name: Final = "cells"

    def __init__(self, ruleset: Ruleset) -> None:
        kinds = {rule.condition: rule.kind for rule in ruleset.rules}
        self._tables = {condition: _Table(kind, condition) for condition, kind in kinds.items()}
        self._remembering = Remembering(ruleset, lambda condition, row: self._tables[condition].truth(row))

    def holding(self, run: Pass, rows: Sequence[Row]) -> list[tuple[int, ...]]:
        """Return, for each row, the positions of the rules of a pass that hold."""
        return [self._remembering.answers(run, row)[0] for row in rows]

    def possible(self, run: Pass, rows: Sequence[Row]) -> list[tuple[int, ...]]:
        """Return, for each row, the positions of the rules of a pass that hold or could, once more is known."""
        return [self._remembering.answers(run, row)[1] for row in rows]


class _Table:
    """One condition on rows of one kind."""

    def __init__(self, kind: str, condition: Condition) -> None:
        self._space = Space(kind, [condition], unknown=True, linked=False)
        self._holds, self._could = (self._space.set_of(condition, could=could) for could in (False, True))

    def truth(self, row: Row) -> Truth:
        """Return what the condition comes to on a row."""
        points = self._space.everything
        for name, cells in self._space.cells.items():
            value = row.value(name)
            points &= self._where(name, tuple(_lies_in(value, cell) for cell in cells))
        if points & ~self._holds == 0:
            return True
        return None if points & self._could else False

    @functools.cache  # noqa: B019  # a table lives as long as its engine
    def _where(self, name: str, wanted: tuple[bool, ...]) -> int:
        chosen = {id(cell) for cell, one in zip(self._space.cells[name], wanted, strict=True) if one}
        return self._space.where(name, lambda cell: id(cell) in chosen)


def _lies_in(value: Value, cell: Cell) -> bool:
    """Return whether a value, or some number of a range, belongs to a cell."""
    if isinstance(value, NotArising) or isinstance(cell.value, NotArising):
        return isinstance(value, NotArising) and isinstance(cell.value, NotArising)
    if value is None or cell.value is None:
        return value is None and cell.value is None
    if isinstance(cell.value, int) and not isinstance(cell.value, bool):
        assert isinstance(cell.most, int)  # a stretch of numbers has two ends
        least, most = value if isinstance(value, Range) else (value, value)
        return bool(least <= cell.most and cell.value <= most)  # type: ignore[operator]  # of a field with numbers
    return value in cell.values
