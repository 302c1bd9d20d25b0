"""The axis of the timeline: where a day stands, which days are named, and how spans of days are written."""

from __future__ import annotations

import math
from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_EVEN_YEARS: Final = 4
"""Up to so many years back, equal times are equally long."""

_SHORTEST_DAYS: Final = 330
_APART: Final = 62.0
"""Between the names of two days, in units."""

_STEPS: Final = (1, 3, 6, 12)


class Axis:
    """A time axis that ends on the day of the assessment.

    Attributes:
        compressed: whether what is long ago is closer together, so that it does not crush the rest.

    """

    def __init__(self, days: Sequence[date], today: date, left: float, right: float) -> None:
        self._today = today
        self._left, self._right = left, right
        back = max([_SHORTEST_DAYS, *((today - day).days for day in days)])
        self.compressed = back > _EVEN_YEARS * 365
        self._most = self._length(back * 1.06)

    def _length(self, days: float) -> float:
        """Return how far back so many days lie, in a measure of its own."""
        return math.log1p(days / 365) if self.compressed else days

    def at(self, day: date) -> float:
        """Return where a day stands."""
        back = max(0, (self._today - day).days)
        return self._right - self._length(back) / self._most * (self._right - self._left)

    def ticks(self) -> Iterator[tuple[date, str]]:
        """Yield the days that are named, the latest first, so far apart that their names do not touch."""
        last = self._right
        for day in self._candidates():
            x = self.at(day)
            if x < self._left + 18:
                return
            if last - x >= _APART / 2 if last == self._right else last - x >= _APART:
                last = x
                yield day, str(day.year) if self.compressed else f"{day.year}-{day.month:02d}"

    def _candidates(self) -> Iterator[date]:
        """Yield beginnings of years, or of months so far apart that they can all be named."""
        step = 12 if self.compressed else next((step for step in _STEPS if self._wide(step) >= _APART), _STEPS[-1])
        month = self._today.year * 12 + (self._today.month - 1)
        month -= month % step
        while month >= 12:
            yield date(month // 12, month % 12 + 1, 1)
            month -= step

    def _wide(self, months: int) -> float:
        """Return how long so many months are on an even axis."""
        return months * 30 / self._most * (self._right - self._left)


def shown_days(first: str, last: str) -> str:
    """Return a span of days as it was written: a day, a month or a year, else both its ends.

    Args:
        first: the first day, as an ISO date.
        last: the last day, as an ISO date.

    """
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    if start == end:
        return first
    if start.day == 1 and (start.year, start.month) == (end.year, end.month):
        return first[:7] if end.day == monthrange(end.year, end.month)[1] else f"{first} to {last}"
    if start.year == end.year and first.endswith("-01-01") and last.endswith("-12-31"):
        return first[:4]
    return f"{first} to {last}"
