"""Where the people of a closeness circle stand, and where their names find room. Angles in radians, lengths in units."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ipt_rules.render.svg import FONT, LINE, measure, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WIDTH: Final = 440.0
RINGS: Final = ("closest", "close", "distant", None)
"""From the centre outwards; the last is for people whose ring is not known."""

ROLES: Final = ("partner", "family", "friend", "colleague", "other", None)
"""In the order in which they stand around the circle, from the top, clockwise."""

DOT: Final = 9.0
_CENTRE: Final = 32.0
_RING: Final = 36.0
_ROW: Final = 19.0
_NEAREST: Final = 17.5
_MARGIN: Final = 30.0
_GAP: Final = math.radians(44)
_LABEL: Final = 108.0


class Box(NamedTuple):
    """A rectangle that something takes."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Return whether the two have any room in common."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


class Spot(NamedTuple):
    """Where a person stands: position in the inventory, and the middle of the dot."""

    position: int
    angle: float
    x: float
    y: float

    @property
    def box(self) -> Box:
        """The room that the dot takes."""
        reach = DOT + 3
        return Box(self.x - reach, self.y - reach, self.x + reach, self.y + reach)


class Label(NamedTuple):
    """A name beside its dot: the lines, and where the base line of the first is."""

    lines: tuple[str, ...]
    x: float
    y: float
    anchor: str
    box: Box


class Layout:
    """Rings as wide as they need to be for the people in them, and everybody at an angle of their own, role by role.

    Attributes:
        radii: the outer edge of each ring; the last is there only when somebody's ring is not known.
        centre: the middle of the circle.
        spots: where people stand, in the order of the inventory.
        borders: the angles between two roles.

    """

    def __init__(self, people: Sequence[dict[str, Any]]) -> None:
        around = sorted(range(len(people)), key=lambda one: (ROLES.index(people[one]["role"]), one))
        self._step = (2 * math.pi - _GAP) / max(len(people), 1)
        self._people = people
        self.radii: list[float] = []
        distances = self._distances(around)
        self.centre = (WIDTH / 2, self.radii[-1] + _MARGIN)
        self.spots = sorted(self._spot(one, turn, distances[one]) for turn, one in enumerate(around))
        self.borders = self._borders(around)

    def _distances(self, around: Sequence[int]) -> dict[int, float]:
        """Return how far from the centre each person stands; a crowded ring has several rows."""
        distances: dict[int, float] = {}
        edge = _CENTRE
        for ring in RINGS:
            turns = [turn for turn, one in enumerate(around) if self._people[one]["closeness"] == ring]
            if ring is None and not turns:
                break
            rows = next(rows for rows in range(1, len(turns) + 2) if self._apart(turns, edge, rows))
            first, width = _rows(edge, rows)
            distances |= {around[turn]: first + _ROW * (order % rows) for order, turn in enumerate(turns)}
            edge += width
            self.radii.append(edge)
        return distances

    def _apart(self, turns: Sequence[int], edge: float, rows: int) -> bool:
        """Return whether so many rows keep the dots of a ring apart, taking turns among the rows."""
        first, _ = _rows(edge, rows)
        for row in range(rows):
            distance, here = first + _ROW * row, turns[row::rows]
            if any((after - before) * self._step * distance < _NEAREST for before, after in itertools.pairwise(here)):
                return False
        return True

    def _angle(self, turn: float) -> float:
        return -math.pi / 2 + _GAP / 2 + self._step * turn

    def _spot(self, position: int, turn: int, distance: float) -> Spot:
        angle = self._angle(turn + 0.5)
        return Spot(position, angle, *self.at(angle, distance))

    def at(self, angle: float, distance: float) -> tuple[float, float]:
        """Return the point at an angle and a distance from the centre."""
        return self.centre[0] + math.cos(angle) * distance, self.centre[1] + math.sin(angle) * distance

    def _borders(self, around: Sequence[int]) -> list[float]:
        roles = [self._people[one]["role"] for one in around]
        inner = [self._angle(turn) for turn in range(1, len(roles)) if roles[turn] != roles[turn - 1]]
        return [-math.pi / 2, *inner] if inner else []


def _rows(edge: float, rows: int) -> tuple[float, float]:
    """Return the distance of a ring's first row, and the width of the ring that begins at an edge."""
    width = max(_RING, _ROW * rows + 5)
    return edge + (width - _ROW * (rows - 1)) / 2, width


def placed_labels(
    layout: Layout, names: Sequence[str], marks: Sequence[str], taken: Sequence[Box], bottom: float
) -> list[Label] | None:
    """Return a place for each name beside its dot, none upon another; None when there is not room for all.

    Args:
        layout: where people stand.
        names: what they are called, in the order of the inventory.
        marks: what follows each name.
        taken: room that is not free.
        bottom: where the drawing ends.

    """
    page = Box(4, 2, WIDTH - 4, bottom)
    full = [*taken, *(spot.box for spot in layout.spots)]
    found: list[Label] = []
    for spot, name, mark in zip(layout.spots, names, marks, strict=True):
        label = next((one for one in _candidates(spot, name, mark) if _is_free(one.box, page, full)), None)
        if label is None:
            return None
        found.append(label)
        full.append(label.box)
    return found


def _is_free(box: Box, page: Box, full: Sequence[Box]) -> bool:
    inside = page.left <= box.left and box.right <= page.right and page.top <= box.top and box.bottom <= page.bottom
    return inside and not any(box.meets(other) for other in full)


def _candidates(spot: Spot, name: str, mark: str) -> Iterator[Label]:
    """Yield the places for a name: outwards first, then below, above, and on the other side; wide, then narrow."""
    right, left = ("start", DOT + 7.0), ("end", -DOT - 7.0)
    sides = [right, left] if math.cos(spot.angle) >= 0 else [left, right]
    for width in (_LABEL, _LABEL * 0.7):
        lines = tuple(wrapped(name, width, after=mark))
        wide = max(map(measure, [*lines[:-1], f"{lines[-1]} {mark}".rstrip()]))
        tall = LINE * len(lines)
        beside = [(anchor, shift, -tall / 2) for anchor, shift in sides]
        vertical = [("middle", 0.0, DOT + 4), ("middle", 0.0, -DOT - 4 - tall)]
        for anchor, shift, top in [beside[0], *vertical, beside[1]]:
            yield _label(lines, spot.x + shift, spot.y + top, anchor, wide)


def _label(lines: tuple[str, ...], x: float, top: float, anchor: str, wide: float) -> Label:
    left = {"start": x, "middle": x - wide / 2, "end": x - wide}[anchor]
    return Label(lines, x, top + FONT, anchor, Box(left, top, left + wide, top + LINE * len(lines)))
