"""The fewest intakes and courses that a suite can have: aims of which no two can be shown by one case.

An intake has one row of the patient and one of where the areas stand, so two aims on such rows that ask for other values of one
field need two intakes; numbers that may be known within limits alone prove nothing, since one row can be both. A therapy ends
once, so two aims on the row of a last session need two courses. However well a suite is made, it has as many cases as there are
aims of which each two exclude each other.
"""

from __future__ import annotations

import random
from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from ipt_rules.ruleset.cells import cells
from ipt_rules.vocabulary import fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ipt_rules.ruleset.cells import CellValue, Space
    from ipt_rules.ruleset.conditions import Comparison
    from ipt_rules.verify.aims import Aim, Aims

_ONCE_IN_AN_INTAKE: Final = ("patient", "standing")
_IN_A_SESSION: Final = ("checkin", "event")
_OF_ONE_EVENT: Final = ("event", "tie")
"""The groups of fields in which the events of one session may differ."""

_ENDED: Final = "course.ended"
_TRIES: Final = 200
"""How often a larger set of aims is looked for; any of them is a proof."""

_Allowed: TypeAlias = "Mapping[str, int]"
"""By field, the values that an aim allows, a bit for each."""


class Fewest(NamedTuple):
    """How many cases a suite has at least.

    Attributes:
        intakes: aims that each need an intake of their own.
        courses: aims that each need a course of their own.

    """

    intakes: tuple[Aim, ...]
    courses: tuple[Aim, ...]


def fewest(aims: Aims, without: Iterable[Aim] = ()) -> Fewest:
    """Return sets of aims of which each two exclude each other in one case.

    Args:
        aims: what a suite has to show.
        without: aims that no case is known to show; they prove nothing.

    """
    left = sorted(aims.all((*_ONCE_IN_AN_INTAKE, *_IN_A_SESSION)) - {*without}, key=str)
    ways = {aim: list(aims.points(aim)) for aim in left}
    values = _values(space for found in ways.values() for space, _ in found)
    allowed = {aim: _allowed(found, values) for aim, found in ways.items() if found}
    ended = sum(1 << number for number, value in enumerate(values[_ENDED]) if value is True)
    of_intakes = {aim: one for aim, one in allowed.items() if aims.kind_of(aim) in _ONCE_IN_AN_INTAKE}
    of_courses = {
        aim: {name: bits for name, bits in one.items() if fields()[name].group not in _OF_ONE_EVENT}
        for aim, one in allowed.items()
        if aims.kind_of(aim) in _IN_A_SESSION and one.get(_ENDED, ~0) & ~ended == 0
    }
    return Fewest(_apart(of_intakes), _apart(of_courses))


def _values(spaces: Iterable[Space]) -> dict[str, tuple[CellValue, ...]]:
    """Return values of each field, one for each that the comparisons of some spaces can tell apart."""
    tests: dict[str, dict[Comparison, None]] = defaultdict(dict)
    for space in spaces:
        for name, of_field in space.tests.items():
            tests[name] |= dict.fromkeys(of_field)
    return {
        name: tuple(cell.value for cell in cells(fields()[name], [*of_field], unknown=True))
        for name, of_field in {**tests, _ENDED: tests[_ENDED]}.items()
    }


def _allowed(ways: Iterable[tuple[Space, int]], values: Mapping[str, tuple[CellValue, ...]]) -> _Allowed:
    """Return which values of its fields each of some ways leaves, all together; a field that is not narrowed is left out."""
    found: dict[str, int] | None = None
    for space, points in ways:
        own = {name: _left_of(name, space, points, values[name]) for name in space.cells}
        found = own if found is None else {name: bits | own[name] for name, bits in found.items() if name in own}
    return {
        name: bits
        for name, bits in (found or {}).items()
        if bits != (1 << len(values[name])) - 1 and not _may_be_a_range(name)
    }


def _may_be_a_range(name: str) -> bool:
    """Return whether a number may be known within limits alone; where the areas stand is counted, and known."""
    return fields()[name].ranged and not name.startswith("standing.")


def _left_of(name: str, space: Space, points: int, values: Iterable[CellValue]) -> int:
    there = {number for number in range(len(space.cells[name])) if points & space.of_cell(name, number)}
    return sum(1 << number for number, value in enumerate(values) if space.cell_of(name, value) in there)


def _apart(allowed: Mapping[Aim, _Allowed]) -> tuple[Aim, ...]:
    """Return aims of which each two leave no common value to some field; as many as are found."""
    aims = _of_each_kind(allowed)
    beside = {aim: {other for other in aims if _exclude(allowed[aim], allowed[other])} for aim in aims}
    choose = random.Random(len(aims))
    best: list[Aim] = []
    for _ in range(_TRIES):
        order = sorted(aims, key=lambda aim: -len(beside[aim]) * choose.uniform(0.6, 1))
        chosen: list[Aim] = []
        for aim in order:
            if beside[aim].issuperset(chosen):
                chosen.append(aim)
        best = max(best, chosen, key=len)
    return tuple(best)


def _of_each_kind(allowed: Mapping[Aim, _Allowed]) -> list[Aim]:
    """Return the aims without those that allow just what an earlier one does."""
    found: dict[tuple[tuple[str, int], ...], Aim] = {}
    for aim, one in allowed.items():
        found.setdefault(tuple(sorted(one.items())), aim)
    return list(found.values())


def _exclude(one: _Allowed, other: _Allowed) -> bool:
    return any(name in other and not bits & other[name] for name, bits in one.items())
