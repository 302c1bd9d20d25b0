"""Witnesses: an intake, or a course, one of whose rows lies in a set of points.

Drawn intakes and courses are looked through first. Where none has such a row, the nearest ones are changed field by field, by the
way back from a field to answers, and looked at again. What is returned was evaluated, so it is right; where nothing is found there
may still be one.
"""

from __future__ import annotations

import functools
import random
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeAlias

from ipt_rules.course import Course
from ipt_rules.drawn.courses import draw_course
from ipt_rules.drawn.intakes import Seeded, draw_intake
from ipt_rules.verify.changed import changed
from ipt_rules.verify.continued import continued
from ipt_rules.vocabulary import fields
from ipt_rules.worked_cases import rows_of_course, rows_of_intake

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ipt_rules.facts import Row
    from ipt_rules.intake import Intake
    from ipt_rules.ruleset import Ruleset
    from ipt_rules.ruleset.cells import Space

Case: TypeAlias = "Intake | Course"

SEED: Final = 20261126
DRAWN_INTAKES: Final = 400
DRAWN_COURSES: Final = 150
_SHORT, _LONG = 6, 14
"""How many sessions drawn courses have at the most."""

_TRIED: Final = 24
"""How many of the nearest cases are changed."""

_ROUNDS: Final = 6
"""How often one case is changed, each time by all that still differs."""

_GENERATIONS: Final = 10
_IN_COURSES: Final = ("checkin", "event")


@dataclass(frozen=True, slots=True)
class Found:
    """A row, and the intake or the course that it is of."""

    case: Case
    row: Row


def witness_of(ruleset: Ruleset, space: Space, points: int) -> Case | None:
    """Return an intake, or a course, one of whose rows lies in a set of points; None where none was found.

    Args:
        ruleset: the rules, which decide the stages, the standings and the foci that rows tell of.
        space: the space of the points; its kind is that of the row. Rows of sessions and events are those of a course, and so may
            be those of a focus.
        points: the set.

    """
    if not points:
        return None
    search = _Search(ruleset, space, points)
    return next(search.found(), None)


def rows_of(case: Case, ruleset: Ruleset) -> list[Row]:
    """Return every row of an intake or of a course that rules see."""
    return rows_of_course(case, ruleset) if isinstance(case, Course) else rows_of_intake(case, ruleset)


class _Search:
    """The search for one set of points."""

    def __init__(self, ruleset: Ruleset, space: Space, points: int) -> None:
        self._ruleset = ruleset
        self._space = space
        self._points = points
        self._order = sorted(space.cells, key=_ease)

    def found(self) -> Iterator[Case]:
        """Yield cases with a row in the set: first those that were drawn, then those that were changed."""
        drawn = [one for pool in self._pools() for one in pool]
        yield from (one.case for one in drawn if self._is_met(one.row))
        nearest = self._nearest(drawn)
        for one in nearest:
            yield from self._brought_nearer(one)
        if self._space.kind in _IN_COURSES:
            yield from self._by_variation(nearest)

    def _pools(self) -> Iterator[tuple[Found, ...]]:
        kind = self._space.kind
        if kind not in _IN_COURSES:
            yield drawn_intakes(self._ruleset).get(kind, ())
        if kind in (*_IN_COURSES, "focus"):
            yield drawn_courses(self._ruleset).get(kind, ())

    def _at(self, row: Row) -> dict[str, int | None]:
        return {name: self._space.cell_of(name, row.value(name)) for name in self._space.cells}

    def _is_met(self, row: Row) -> bool:
        return self._space.holds(self._points, self._at(row))

    def _wanted(self, row: Row) -> dict[str, int]:
        """Return the fields that would have to be otherwise, with the cell that each would have to lie in."""
        at = self._at(row)
        nearest = self._space.nearest(self._points, at, self._order)
        return {name: cell for name, cell in nearest.items() if at[name] != cell}

    def _nearest(self, found: Iterable[Found]) -> list[Found]:
        """Return the cases that are nearest, those with other rows than any before."""
        apart: dict[tuple[int | None, ...], Found] = {}
        for one in found:
            apart.setdefault(tuple(self._at(one.row).values()), one)
        return sorted(islice(apart.values(), 400), key=lambda one: self._cost(one.row))[:_TRIED]

    def _cost(self, row: Row) -> int:
        return sum(1 + _ease(name)[0] for name in self._wanted(row))

    def _brought_nearer(self, one: Found) -> Iterator[Case]:
        """Yield the case changed until its row lies in the set, where it comes to that."""
        for _ in range(_ROUNDS):
            wanted = self._wanted(one.row)
            cells = {name: self._space.cells[name][number] for name, number in wanted.items()}
            case = changed(one.case, one.row, cells, self._ruleset)
            after = None if case is None else next(self._rows_at(case, one.row.place), None)
            if case is None or after is None:
                return
            if self._is_met(after):
                yield case
                return
            one = Found(case, after)

    def _rows_at(self, case: Case, place: str) -> Iterator[Row]:
        """Yield the rows of the kind at a place, those that are met first."""
        rows = [row for row in rows_of(case, self._ruleset) if row.kind == self._space.kind and row.place == place]
        yield from sorted(rows, key=self._cost)

    def _by_variation(self, nearest: list[Found]) -> Iterator[Case]:
        """Yield courses that come from the nearest by changes at random, the nearer ones kept."""
        choose = Seeded(random.Random(SEED))
        for _ in range(_GENERATIONS):
            offspring = [case for one in nearest for case in continued(choose, one.case, one.row)]
            rows = [Found(case, row) for case in offspring for row in rows_of(case, self._ruleset)]
            rows = [one for one in rows if one.row.kind == self._space.kind]
            yield from (one.case for one in rows if self._is_met(one.row))
            nearest = self._nearest([*nearest, *rows])
            for one in nearest:
                yield from self._brought_nearer(one)


def _ease(name: str) -> tuple[int, str]:
    """Return how easily a field is changed, the hardest first: those of later passes, computed ones, recorded ones."""
    field = fields()[name]
    if field.group in ("standing", "focus") or name in ("dispute.stage_found",):
        return 0, name
    return (1 if field.is_derived else 2), name


# ── what was drawn ───────────────────────────────────────────────────────────────────────────────────────────────────────


@functools.lru_cache(maxsize=4)
def drawn_intakes(ruleset: Ruleset) -> Mapping[str, tuple[Found, ...]]:
    """Return the rows of some drawn intakes by kind."""
    choose = Seeded(random.Random(SEED))
    return _by_kind([draw_intake(choose) for _ in range(DRAWN_INTAKES)], ruleset)


@functools.lru_cache(maxsize=4)
def drawn_courses(ruleset: Ruleset) -> Mapping[str, tuple[Found, ...]]:
    """Return the rows of some drawn courses by kind."""
    choose = Seeded(random.Random(SEED))
    lengths = (_SHORT, _SHORT, _LONG)
    courses = [
        draw_course(choose, most_sessions=lengths[number % 3], ruleset=ruleset) for number in range(DRAWN_COURSES)
    ]
    return _by_kind(courses, ruleset)


def _by_kind(cases: Iterable[Case], ruleset: Ruleset) -> Mapping[str, tuple[Found, ...]]:
    found: dict[str, list[Found]] = {}
    for case in cases:
        for row in rows_of(case, ruleset):
            found.setdefault(row.kind, []).append(Found(case, row))
    return {kind: tuple(rows) for kind, rows in found.items()}
