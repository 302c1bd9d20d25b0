"""Which of several questionnaire responses is the newest; where that cannot be told, none is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOMENT: Final = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?(T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))?")
_NANOSECONDS: Final = re.compile(r"(\.\d{6})\d+")


@dataclass(frozen=True, slots=True)
class Moment:
    """A FHIR ``dateTime``: a year, a month, a day, or an instant.

    Attributes:
        day: year, month and day, as written, as far as they are.
        instant: the instant, where a time of day is written.

    """

    day: tuple[int, ...]
    instant: datetime | None = None

    def after(self, other: Moment) -> bool | None:
        """Return whether this is after another; None where they may be the same, or either before the other.

        Days are compared as they are written, in the time of the place, since a day says no time zone.
        """
        if self.instant is not None and other.instant is not None:
            return None if self.instant == other.instant else self.instant > other.instant
        shared = min(len(self.day), len(other.day))
        mine, theirs = self.day[:shared], other.day[:shared]
        return None if mine == theirs else mine > theirs


def moment(written: Any) -> Moment | None:
    """Return the moment that is written, or None where it is no FHIR ``dateTime``."""
    match = _MOMENT.fullmatch(written) if isinstance(written, str) else None
    if match is None:
        return None
    day = tuple(int(part) for part in match.groups()[:3] if part)
    try:
        date(*(*day, 1, 1)[:3])
        if match[4] is None:
            return Moment(day)
        shortened = _NANOSECONDS.sub(r"\1", match[0])
        return Moment(day, datetime.fromisoformat(shortened).astimezone(UTC))
    except (ValueError, OverflowError):
        return None


def newest(responses: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the newest of some responses by ``authored``, else by ``meta.lastUpdated``; None where neither tells.

    Responses that say the same stand for one another.
    """
    first, *others = responses
    for one in others:
        first = one if _stands_before(one, first) else first
    return first if all(one is first or _stands_before(first, one) for one in responses) else None


def _stands_before(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Return whether a response takes the place of another."""
    return (
        _after(one.get("authored"), other.get("authored"), _after(_saved(one), _saved(other), _same(one, other)))
        is True
    )


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool | None:
    return True if one.get("item") == other.get("item") else None


def _after(one: Any, other: Any, otherwise: bool | None) -> bool | None:
    """Return whether what is written first is after the second, and something else where it cannot be told."""
    mine, theirs = moment(one), moment(other)
    if mine is None or theirs is None:
        return otherwise if one == other else None
    later = mine.after(theirs)
    return otherwise if later is None else later


def _saved(response: dict[str, Any]) -> Any:
    meta = response.get("meta")
    return meta.get("lastUpdated") if isinstance(meta, dict) else None
