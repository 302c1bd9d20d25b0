"""When something happened: a full date, a partial one, or a number of months ago."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import Annotated, Any, Final, Optional

from annotated_types import Interval
from pydantic import BaseModel, BeforeValidator, ConfigDict, PrivateAttr, model_serializer, model_validator

from ipt_rules.records import WHOLE
from ipt_rules.values import Range

_PARTIAL: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_FULL: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
MONTHS_IN_A_LIFE: Final = 1440
FIRST_YEAR: Final = 1850
LAST_YEAR: Final = 2200


class When(BaseModel):
    """A moment in the past: ``2025``, ``2025-03``, ``2025-03-14``, or ``{months_ago: 8}``.

    ``months_ago`` counts completed months before the day of the assessment, or before ``counted_from`` where that is given: the day
    on which it was told, when the intake is assessed again later.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, json_schema_extra=lambda schema: _as_written(schema)
    )

    date: Optional[str] = None
    months_ago: Optional[Annotated[int, Interval(ge=0, le=MONTHS_IN_A_LIFE), WHOLE]] = None
    counted_from: Optional[Annotated[dt.date, BeforeValidator(lambda given: full_day(given))]] = None

    _days: tuple[dt.date, dt.date] | None = PrivateAttr(default=None)

    @model_validator(mode="before")
    @classmethod
    def _from_short_form(cls, given: Any) -> Any:
        if isinstance(given, dt.date):
            return {"date": given.isoformat()}
        if isinstance(given, bool | float):
            raise ValueError(_WANTED)
        return {"date": str(given)} if isinstance(given, str | int) else given

    @model_validator(mode="after")
    def _is_one_moment(self) -> When:
        if (self.date is None) == (self.months_ago is None):
            raise ValueError(_WANTED)
        if self.counted_from is not None and self.months_ago is None:
            raise ValueError("'counted_from' goes with 'months_ago'; leave it out beside a date")
        if self.date is not None:
            self._days = _days(self.date)
        return self

    @model_serializer
    def _short_form(self) -> Any:
        if self.date is not None:
            return self.date
        counted = {} if self.counted_from is None else {"counted_from": self.counted_from.isoformat()}
        return {"months_ago": self.months_ago, **counted}

    def told_on(self, day: dt.date) -> When:
        """Return the same moment, whatever the day of the assessment will be."""
        if self.months_ago is None or self.counted_from is not None:
            return self
        return When(months_ago=self.months_ago, counted_from=day)

    def span(self, assessed_on: dt.date) -> tuple[dt.date, dt.date]:
        """Return the first and the last day that this can mean."""
        if self._days is not None:
            return self._days
        months, told_on = self.months_ago or 0, self.counted_from or assessed_on
        return add_months(told_on, -(months + 1)) + dt.timedelta(days=1), add_months(told_on, -months)


_WANTED: Final = "write a date (2025, 2025-03 or 2025-03-14) or {months_ago: 8}"


def _as_written(schema: dict[str, Any]) -> None:
    """Describe a moment as it is written, not as it is kept."""
    months = schema["properties"]["months_ago"]["anyOf"][0]
    counted_from = {"type": "string", "format": "date"}
    date = {"type": "string", "pattern": f"^{_PARTIAL.pattern}$"}
    moment = {
        "type": "object",
        "properties": {"months_ago": months, "counted_from": counted_from},
        "required": ["months_ago"],
        "additionalProperties": False,
    }
    description = schema["description"]
    schema.clear()
    schema.update({"description": description, "anyOf": [date, moment]})


def _days(text: str) -> tuple[dt.date, dt.date]:
    parts = _PARTIAL.fullmatch(text)
    if not parts or not FIRST_YEAR <= int(parts[1]) <= LAST_YEAR:
        raise ValueError(_WANTED)
    year, month, day = int(parts[1]), parts[2], parts[3]
    try:
        if month is None:
            return dt.date(year, 1, 1), dt.date(year, 12, 31)
        if day is None:
            return dt.date(year, int(month), 1), dt.date(year, int(month), calendar.monthrange(year, int(month))[1])
        return dt.date(year, int(month), int(day)), dt.date(year, int(month), int(day))
    except (ValueError, calendar.IllegalMonthError):
        raise ValueError(f"there is no such day; {_WANTED}") from None


def full_day(given: Any) -> dt.date:
    """Return the day that is meant by a date, or by one written in full.

    Raises:
        ValueError: it is no full date, or one that lies outside the years for which there are intakes.

    """
    day: dt.date | None = given if type(given) is dt.date else None
    if isinstance(given, str) and re.fullmatch(_FULL, given):
        try:
            day = dt.date.fromisoformat(given)
        except ValueError:
            day = None
    if day is None:
        raise ValueError("write a full date, such as 2026-03-14")
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"lies outside the years {FIRST_YEAR} to {LAST_YEAR}")
    return day


def add_months(day: dt.date, months: int) -> dt.date:
    """Return the same day of another month, or that month's last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def completed_months(start: dt.date, end: dt.date) -> int:
    """Return the completed months from start to end, towards zero; negative when end comes first."""
    if end < start:
        return -completed_months(end, start)
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


def months_between(start: tuple[dt.date, dt.date], end: tuple[dt.date, dt.date]) -> Range:
    """Return the completed months from one span of days to another: the least and the most they can be."""
    return Range(completed_months(start[1], end[0]), completed_months(start[0], end[1]))


def months_since(event: When | None, assessed_on: dt.date) -> Range | None:
    """Return the completed months from the event to the assessment; None when it has no date."""
    if event is None:
        return None
    first, last = event.span(assessed_on)
    return months_between((min(first, assessed_on), min(last, assessed_on)), (assessed_on, assessed_on))


def months_before(event: When | None, onset: When | None, assessed_on: dt.date) -> Range | None:
    """Return the completed months from the event to the onset: negative when the event came after it, 0 within a month of it.

    None when either has no date.
    """
    if event is None or onset is None:
        return None
    spans = [when.span(assessed_on) for when in (event, onset)]
    start, end = [(min(first, assessed_on), min(last, assessed_on)) for first, last in spans]
    return months_between(start, end)
