"""The algebra of conditions: each field cut into the cells that some comparison can tell apart, conditions as sets of points.

A space is the product of the cells of some fields. A set of its points is held in one Python integer, a bit for each point, so
union, intersection, complement, subset and emptiness are single operations, and exact: as far as the fields can vary alone, two
conditions hold on the same rows exactly when their sets are equal. Points that no row can be, because one question arises only
with some answers to another, are known to the space and left out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

from ipt_rules.intake import PARTS_OF_THE_PATIENT, Intake
from ipt_rules.kept import kept
from ipt_rules.malformed import parts
from ipt_rules.records import Asked, declared
from ipt_rules.ruleset.conditions import All, Comparison, Condition, comparisons, negated
from ipt_rules.ruleset.links import APART, AT_LEAST_ONE, MAY_NOT_ARISE, NEVER, NEVER_UNKNOWN, NO_MORE_THAN
from ipt_rules.values import NOT_ARISING, NotArising, Range
from ipt_rules.vocabulary import RECORDS, fields

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

    from pydantic import BaseModel

    from ipt_rules.values import Known, Value
    from ipt_rules.vocabulary import Field

CellValue: TypeAlias = "Known | NotArising | None"
"""What stands for a cell: one value of it, ``NOT_ARISING``, or None for "not known"."""

MOST_POINTS: Final = 1 << 22
"""The most points of a space."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Values of one field that no comparison of a set tells apart.

    Attributes:
        values: all of them; of numbers and ordered choices, the ends of their stretches. One stands for "not known" (None) or "does
            not arise".
        truths: what each comparison comes to on them, in the order in which the comparisons were given.

    """

    values: tuple[CellValue, ...]
    truths: tuple[bool | None, ...]

    @property
    def value(self) -> CellValue:
        """One of them, of numbers the least."""
        return self.values[0]

    @property
    def most(self) -> CellValue:
        """The last of them, of numbers the greatest."""
        return self.values[-1]


def truth(comparison: Comparison, value: CellValue) -> bool | None:
    """Return what a comparison with one value comes to; None for unknown."""
    if isinstance(value, NotArising):
        return False
    if comparison.operator == "not_known":
        return value is None
    if value is None or comparison.operator == "known":
        return None if value is None else True
    constant = comparison.value
    if isinstance(constant, frozenset):
        return (value in constant) is (comparison.operator == "in")
    if comparison.operator in ("is", "is_not"):
        return (value == constant) is (comparison.operator == "is")
    assert isinstance(constant, int)  # by how comparisons are made
    return int(value) >= constant if comparison.operator == "at_least" else int(value) <= constant


def cells(
    field: Field, tests: Sequence[Comparison], *, unknown: bool = False, arises: bool = False
) -> tuple[Cell, ...]:
    """Return the cells of a field that some comparisons can tell apart.

    Args:
        field: the field; a range is cut like the number that it turns out to be.
        tests: comparisons on this field.
        unknown: whether "not known" is a cell of its own.
        arises: whether the question is sure to arise; else "does not arise" is a cell too.

    """
    found: dict[tuple[bool | None, ...], Cell] = {}
    for value in _values(field, tests):
        truths = tuple(truth(test, value) for test in tests)
        first = found.get(truths)
        found[truths] = Cell((value,) if first is None else (*first.values, value), truths)
    made = list(found.values())
    if not arises:
        made.append(Cell((NOT_ARISING,), (False,) * len(tests)))
    if unknown:
        made.append(Cell((None,), tuple(truth(test, None) for test in tests)))
    return tuple(made)


def _class_of(value: CellValue, tests: Sequence[Comparison]) -> Hashable:
    """Return what tells the cells of a field apart: not known, does not arise, or what each comparison comes to."""
    if value is None or isinstance(value, NotArising):
        return value
    return tuple(truth(test, value) for test in tests)


def _values(field: Field, tests: Iterable[Comparison]) -> Iterator[Known]:
    """Yield every value, or of numbers and ordered choices the ends of the stretches that can be told apart."""
    if field.type == "flag":
        yield from (True, False)
    elif field.type == "choice" and not field.ordered:
        yield from field.options
    else:
        low, high = field.bounds or (0, len(field.options) - 1)
        near = {low, high}
        near |= {test.value + step for test in tests if isinstance(test.value, int) for step in (-1, 0, 1)}
        yield from sorted(value for value in near if low <= value <= high)


class Space:
    """The product of the cells of the fields that some conditions read, on rows of one kind.

    Sets of its points are integers: ``set_of`` makes them, ``&``, ``|`` and ``everything & ~one`` join them.

    Args:
        kind: the row kind.
        conditions: what reads the fields; the space tells apart what they and their negations do.
        unknown: whether an answer may be missing; without, every question that arises is answered.
        linked: whether the points are left out that no row can be, as far as it is known which fields cannot vary alone.

    Raises:
        ValueError: there would be more than ``MOST_POINTS`` points.

    """

    def __init__(
        self, kind: str, conditions: Iterable[Condition], *, unknown: bool = False, linked: bool = True
    ) -> None:
        tests: dict[str, list[Comparison]] = {}
        for condition in conditions:
            for one in (*comparisons(condition), *comparisons(negated(condition))):
                tests.setdefault(one.field, []).append(one)
        if linked and kind == "focus" and any(fields()[name].group in SUBJECTS_OF_FOCI for name in tests):
            tests.setdefault("focus.subject", [])
        self._apart = [
            pair for pair in APART if linked and {one.field for part in pair for one in comparisons(part)} <= {*tests}
        ]
        for one in self._telling_apart(tests) if linked else ():
            tests[one.field].append(one)
        self.kind = kind
        self._linked = linked
        self.tests = {name: list(dict.fromkeys(tests[name])) for name in sorted(tests)}
        self.cells: Mapping[str, tuple[Cell, ...]] = {
            name: _cells(name, kind, found, unknown=unknown)
            if linked
            else cells(fields()[name], found, unknown=unknown)
            for name, found in self.tests.items()
        }
        self.points: Final = math.prod(len(found) for found in self.cells.values())
        if self.points > MOST_POINTS:
            raise ValueError(f"{self.points} points are more than the {MOST_POINTS} that a space may have")
        self._of_cells: dict[tuple[str, int], int] = {}
        self._numbers = {
            name: {_class_of(cell.value, self.tests[name]): number for number, cell in enumerate(found)}
            for name, found in self.cells.items()
        }
        self._strides: dict[str, int] = {}
        stride = 1
        for name, found in self.cells.items():
            self._strides[name] = stride
            stride *= len(found)

    def _telling_apart(self, names: Iterable[str]) -> list[Comparison]:
        """Return the comparisons by which those points can be told that no row can be."""
        known = {*names}
        found = [one for pair in self._apart for part in pair for one in comparisons(part)]
        for name in known:
            decider, words = only_if(name)
            if decider in known:
                found.append(Comparison(decider, "in", words))
            if fields()[name].group in SUBJECTS_OF_FOCI and "focus.subject" in known:
                found.append(Comparison("focus.subject", "is", fields()[name].group))
        return sorted(found, key=lambda one: one.in_words())

    @kept
    def everything(self) -> int:
        """The points that a row can be."""
        possible = (1 << self.points) - 1
        if not self._linked:
            return possible
        for name in self.cells:
            decider, words = only_if(name)
            if decider in self.cells:
                possible &= ~self._at_odds(name, decider, words)
        if "focus.subject" in self.cells:
            for name in self.cells:
                possible &= ~self._of_another_subject(name)
        for one, other in self._apart:
            possible &= ~(self._set_of(one, could=False) & self._set_of(other, could=False))
        for fewer, more in NO_MORE_THAN:
            if fewer in self.cells and more in self.cells:
                possible &= ~self._more_than(fewer, more)
        return possible

    def set_of(self, condition: Condition, *, could: bool = False) -> int:
        """Return the points at which a condition holds; with ``could``, those at which it holds or is not known to fail."""
        return self._set_of(condition, could=could) & self.everything

    def take(self, name: str, cell: int, points: int) -> int:
        """Return the points of a set at which a field is in one of its cells, written as if it were in its first."""
        return (points & self._in_cell(name, cell)) >> (self._strides[name] * cell)

    def put(self, name: str, cell: int, points: int) -> int:
        """Return points that ``take`` has taken, with the field in one of its cells."""
        return points << (self._strides[name] * cell)

    def _in_cell(self, name: str, number: int) -> int:
        wanted = self.cells[name][number]
        return self.where(name, lambda cell: cell is wanted)

    def _set_of(self, condition: Condition, *, could: bool) -> int:
        if isinstance(condition, Comparison):
            number = self.tests[condition.field].index(condition)
            wanted = (True, None) if could else (True,)
            return self.where(condition.field, lambda cell: cell.truths[number] in wanted)
        found = [self._set_of(part, could=could) for part in condition.parts]
        joined = (1 << self.points) - 1 if isinstance(condition, All) else 0
        for one in found:
            joined = joined & one if isinstance(condition, All) else joined | one
        return joined

    def where(self, name: str, holds: Callable[[Cell], bool]) -> int:
        """Return the points whose cell of a field is as wanted, whatever the other fields are, possible or not."""
        stride = self._strides[name]
        block, width = (1 << stride) - 1, stride * len(self.cells[name])
        pattern = sum(block << (stride * number) for number, cell in enumerate(self.cells[name]) if holds(cell))
        while width < self.points:
            pattern |= pattern << width
            width *= 2
        return pattern & ((1 << self.points) - 1)

    def witness(self, points: int) -> dict[str, CellValue] | None:
        """Return one point of a set as field → value, or None for the empty set."""
        if not points:
            return None
        number = (points & -points).bit_length() - 1
        return {name: found[number // self._strides[name] % len(found)].value for name, found in self.cells.items()}

    def size(self, points: int) -> int:
        """Return how many points a set has."""
        return points.bit_count()

    def cell_of(self, name: str, value: Value) -> int | None:
        """Return which cell of a field a value lies in; None for a range that lies in more than one."""
        if isinstance(value, Range):
            first, last = (self.cell_of(name, end) for end in value)
            return first if first == last else None
        return self._numbers[name].get(_class_of(value, self.tests[name]))

    def holds(self, points: int, at: Mapping[str, int | None]) -> bool:
        """Return whether a point lies in a set, given as field → number of its cell; one without a cell lies in none."""
        number = 0
        for name, stride in self._strides.items():
            cell = at[name]
            if cell is None:
                return False
            number += stride * cell
        return bool(points >> number & 1)

    def nearest(self, points: int, at: Mapping[str, int | None], order: Iterable[str]) -> dict[str, int]:
        """Return a point of a set, as field → number of its cell, that keeps the cells of another as far as it can.

        Args:
            points: a set that is not empty.
            at: the other point; None where the cell may be any.
            order: the fields, those first whose cells matter most.

        """
        for name in order:
            cell = at[name]
            if cell is not None and (kept := points & self.of_cell(name, cell)):
                points = kept
        number = (points & -points).bit_length() - 1
        return {name: number // self._strides[name] % len(found) for name, found in self.cells.items()}

    def of_cell(self, name: str, number: int) -> int:
        """Return the points of one cell of a field, made once."""
        key = name, number
        if key not in self._of_cells:
            wanted = self.cells[name][number]
            self._of_cells[key] = self.where(name, lambda cell: cell is wanted)
        return self._of_cells[key]

    def _at_odds(self, name: str, decider: str, words: frozenset[str]) -> int:
        """Return the points at which a question arises, answered or open, that should not, or does not arise though it should."""
        arises = self.where(name, lambda cell: not isinstance(cell.value, NotArising))
        silent = self.where(name, lambda cell: isinstance(cell.value, NotArising))
        other = self.where(decider, lambda cell: isinstance(cell.value, str) and cell.value not in words)
        asks = self.where(decider, lambda cell: isinstance(cell.value, str) and cell.value in words)
        return (arises & other) | (0 if _is_a_judgement(name) else silent & asks)

    def _more_than(self, fewer: str, more: str) -> int:
        """Return the points at which a number is more than another one that it cannot exceed."""
        found = 0
        for number, one in enumerate(self.cells[fewer]):
            if isinstance(one.value, int):
                found |= self.of_cell(fewer, number) & self._below(more, one.value)
        return found

    def _below(self, name: str, value: int) -> int:
        """Return the points at which a number is known to be less."""
        return self.where(name, lambda cell: isinstance(cell.most, int) and cell.most < value)

    def _of_another_subject(self, name: str) -> int:
        """Return the points of a focus at which something is asked of a subject that it does not have, or is not of its own."""
        group = fields()[name].group
        if group not in SUBJECTS_OF_FOCI:
            return 0
        known = self.where(name, lambda cell: not isinstance(cell.value, NotArising))
        silent = self.where(name, lambda cell: isinstance(cell.value, NotArising))
        other = self.where("focus.subject", lambda cell: cell.value != group)
        own = self.where("focus.subject", lambda cell: cell.value == group)
        return (known & other) | (silent & own if _is_sure_to_arise(name, group) else 0)


def _cells(name: str, kind: str, tests: Sequence[Comparison], *, unknown: bool) -> tuple[Cell, ...]:
    """Return the cells of a field on rows of a kind; a judgement that nobody made does not arise, and is never unknown."""
    field = fields()[name]
    if (kind, name) in AT_LEAST_ONE:
        field = replace(field, bounds=(1, (field.bounds or (1, 1))[1]))
    unknown = unknown and not field.judgement and name not in NEVER_UNKNOWN
    found = cells(field, tests, unknown=unknown, arises=_is_sure_to_arise(name, kind))
    return tuple(cell for cell in found if not {*cell.values} <= NEVER.get(name, frozenset()))


SUBJECTS_OF_FOCI: Final = ("loss", "dispute", "change", "isolation")
"""The groups of fields of which a focus has one, or none: that of its subject."""


def _is_sure_to_arise(name: str, kind: str) -> bool:
    """Return whether a field is a question that every row of a kind asks."""
    field = fields()[name]
    if kind == "focus" and field.group in SUBJECTS_OF_FOCI:
        return False
    if field.is_derived:
        return name not in MAY_NOT_ARISE
    if field.judgement or only_if(name)[0]:
        return False
    return field.group in (kind, "patient") or (field.group == "checkin" and kind == "event")


def only_if(name: str) -> tuple[str, frozenset[str]]:
    """Return the field that decides whether a question arises, and the words with which it does; empty where it always does."""
    asked = _asked(name)
    if asked is None or asked.only_if is None:
        return "", frozenset()
    decider, words = asked.only_if
    return f"{name.partition('.')[0]}.{decider}", frozenset(words)


def _is_a_judgement(name: str) -> bool:
    asked = _asked(name)
    return asked is not None and asked.judgement


def _asked(name: str) -> Asked | None:
    """Return how a recorded field is asked; None for one that is computed."""
    group, _, answer = name.partition(".")
    if fields()[name].is_derived:
        return None
    records: list[type[BaseModel]] = [RECORDS[group]] if group in RECORDS else list(_parts_of_the_patient())
    found = (declared(record, answer) for record in records if answer in record.model_fields)
    return next((asked for asked in found if isinstance(asked, Asked)), None)


def _parts_of_the_patient() -> Iterator[type[BaseModel]]:
    yield from (parts(Intake.model_fields[part].annotation)[0] for part in PARTS_OF_THE_PATIENT)
