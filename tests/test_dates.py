"""When something happened: what can be written, and how many months lie between two moments."""

from __future__ import annotations

import calendar
import itertools
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from ipt_rules.dates import When, add_months, completed_months, months_before, months_between, months_since
from ipt_rules.values import Range

ASSESSED = date(2026, 3, 14)
_DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
_SPANS = st.tuples(_DAYS, st.integers(0, 800)).map(lambda span: (span[0], span[0] + timedelta(days=span[1])))


def _when(given: Any) -> When:
    return When.model_validate(given)


def _partial_dates() -> st.SearchStrategy[tuple[str, str, str]]:
    """Return one moment written as a year, as a month and as a day."""
    return _DAYS.map(lambda day: (f"{day:%Y}", f"{day:%Y-%m}", f"{day:%Y-%m-%d}"))


@pytest.mark.parametrize(
    ("given", "first", "last"),
    [
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
        (2025, date(2025, 1, 1), date(2025, 12, 31)),
        ("2025-02", date(2025, 2, 1), date(2025, 2, 28)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2025-12", date(2025, 12, 1), date(2025, 12, 31)),
        ("2025-03-14", date(2025, 3, 14), date(2025, 3, 14)),
        (date(2025, 3, 14), date(2025, 3, 14), date(2025, 3, 14)),
        ({"date": "2025-03"}, date(2025, 3, 1), date(2025, 3, 31)),
        ("1850", date(1850, 1, 1), date(1850, 12, 31)),
        ("2200", date(2200, 1, 1), date(2200, 12, 31)),
        ({"months_ago": 0}, date(2026, 2, 15), date(2026, 3, 14)),
        ({"months_ago": 1}, date(2026, 1, 15), date(2026, 2, 14)),
        ({"months_ago": 8}, date(2025, 6, 15), date(2025, 7, 14)),
        ({"months_ago": 1440}, date(1906, 2, 15), date(1906, 3, 14)),
    ],
)
def test_a_moment_spans_the_days_that_it_can_mean(given: Any, first: date, last: date) -> None:
    """A year, a month, a day and a number of months ago each mean a first and a last day."""
    assert _when(given).span(ASSESSED) == (first, last)


@pytest.mark.parametrize("given", ["2025", "2025-03", "2025-03-14", {"months_ago": 0}, {"months_ago": 8}])
def test_a_moment_is_written_as_it_was_given(given: Any) -> None:
    """Writing a moment gives its short form, and reading that gives the moment."""
    assert _when(given).model_dump() == given
    assert _when(_when(given).model_dump()) == _when(given)


@pytest.mark.parametrize(
    "given",
    [
        *(
            "",
            "MARKED",
            "25",
            "2025-3",
            "2025-03-1",
            "2025-13",
            "2025-00",
            "2025-02-30",
            "2023-02-29",
            "2025-03-14T10:00",
        ),
        *("1849", "2201", " 2025", "2025\n", "2025-03-", 25, 1849, 2201, -2025),
        *(2025.0, True, None, [], ["2025"], {}, {"date": "2025", "months_ago": 8}, {"date": None}),
        *(
            {"months_ago": -1},
            {"months_ago": 1441},
            {"months_ago": 1.0},
            {"months_ago": True},
            {"months_ago": "MARKED"},
        ),
        *({"date": 2025}, {"MARKED": 3}, {"months_ago": 3, "MARKED": 3}, datetime(2025, 3, 14, 10)),
    ],
)
def test_what_is_no_moment_is_refused_without_repeating_it(given: Any) -> None:
    """Everything else is refused, and the text of the error holds nothing of what was given."""
    with pytest.raises(ValidationError) as raised:
        _when(given)
    told = [
        error["msg"] for error in raised.value.errors(include_input=False, include_url=False, include_context=False)
    ]
    assert told
    assert "MARKED" not in " ".join(told)


def test_a_date_in_digits_other_than_ours_is_refused() -> None:
    """A date is written in the digits 0 to 9, so that it reads the same everywhere."""
    with pytest.raises(ValidationError):
        _when("２０２５")


@given(_DAYS, st.integers(0, 1440))
def test_months_ago_means_exactly_the_days_with_so_many_completed_months(assessed_on: date, months: int) -> None:
    """The span of ``months_ago`` begins and ends where the number of completed months changes."""
    first, last = _when({"months_ago": months}).span(assessed_on)
    assert first <= last <= assessed_on
    assert completed_months(first, assessed_on) == completed_months(last, assessed_on) == months
    assert completed_months(first - timedelta(days=1), assessed_on) == months + 1
    if months:
        assert completed_months(last + timedelta(days=1), assessed_on) == months - 1
    else:
        assert last == assessed_on


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        (date(2025, 3, 14), date(2025, 3, 14), 0),
        (date(2025, 3, 14), date(2025, 4, 13), 0),
        (date(2025, 3, 14), date(2025, 4, 14), 1),
        (date(2025, 4, 14), date(2025, 3, 14), -1),
        (date(2025, 4, 13), date(2025, 3, 14), 0),
        (date(2025, 1, 31), date(2025, 2, 28), 0),
        (date(2025, 1, 31), date(2025, 3, 1), 1),
        (date(2024, 12, 31), date(2025, 1, 1), 0),
        (date(2000, 6, 1), date(2026, 3, 14), 309),
    ],
)
def test_months_are_counted_when_they_are_completed(start: date, end: date, months: int) -> None:
    """A month counts on the day on which it is completed, and backwards alike."""
    assert completed_months(start, end) == months


@given(_DAYS, _DAYS)
def test_completed_months_turn_their_sign_with_their_direction(start: date, end: date) -> None:
    """Counting back gives the negative of counting forth."""
    assert completed_months(start, end) == -completed_months(end, start)


@given(_DAYS, st.integers(-1200, 1200))
def test_add_months_keeps_the_day_or_takes_the_last_of_a_shorter_month(day: date, months: int) -> None:
    """The month moves by exactly so many, and the day only where the month has no such day."""
    moved = add_months(day, months)
    assert (moved.year - day.year) * 12 + moved.month - day.month == months
    assert moved.day == min(day.day, calendar.monthrange(moved.year, moved.month)[1])


@given(_SPANS, _SPANS, st.data())
def test_months_between_contain_every_exact_answer(
    start: tuple[date, date], end: tuple[date, date], data: st.DataObject
) -> None:
    """Whatever the days within the two spans turn out to be, the months between them lie in the range."""
    one, other = data.draw(st.dates(*start)), data.draw(st.dates(*end))
    least, most = months_between(start, end)
    assert least <= completed_months(one, other) <= most


@given(_SPANS, _SPANS)
def test_months_between_are_not_wider_than_need_be(start: tuple[date, date], end: tuple[date, date]) -> None:
    """Both ends of the range are the exact answer for some days within the spans."""
    assert months_between(start, end) == (completed_months(start[1], end[0]), completed_months(start[0], end[1]))


@given(_DAYS, _DAYS)
def test_exact_days_give_an_exact_number(start: date, end: date) -> None:
    """When both days are known the range has one number."""
    least, most = months_between((start, start), (end, end))
    assert least == most


@settings(deadline=None)
@given(_partial_dates(), _partial_dates(), _DAYS)
def test_a_fuller_date_never_widens_what_is_known(
    event: tuple[str, ...], onset: tuple[str, ...], assessed_on: date
) -> None:
    """From year to month to day, the months since the event and before the onset only narrow."""
    assume(event[2] <= assessed_on.isoformat() and onset[2] <= assessed_on.isoformat())
    since = [months_since(_when(written), assessed_on) for written in event]
    before = [months_before(_when(one), _when(other), assessed_on) for one in event for other in onset]
    for wide, narrow in [
        *itertools.pairwise(since),
        *((before[0], later) for later in before),
        *((b, before[-1]) for b in before),
    ]:
        assert wide is not None
        assert narrow is not None
        assert wide.least <= narrow.least <= narrow.most <= wide.most


@pytest.mark.parametrize(
    ("event", "months"),
    [
        ("2025-09-14", Range(6, 6)),
        ("2025-09", Range(5, 6)),
        ("2025", Range(2, 14)),
        ("2026", Range(0, 2)),
        ("2026-03", Range(0, 0)),
        ({"months_ago": 8}, Range(8, 8)),
    ],
)
def test_months_since_an_event_end_on_the_day_of_the_assessment(event: Any, months: Range) -> None:
    """A partial date that reaches beyond the assessment is cut there, so that the months since are never negative."""
    assert months_since(_when(event), ASSESSED) == months


@pytest.mark.parametrize(
    ("event", "onset", "months"),
    [
        ("2025-03-14", "2025-09-14", Range(6, 6)),
        ("2025-09-14", "2025-03-14", Range(-6, -6)),
        ("2025-09-14", "2025-09-20", Range(0, 0)),
        ("2025", "2025", Range(-11, 11)),
        ("2026", "2026", Range(-2, 2)),
        ({"months_ago": 8}, {"months_ago": 8}, Range(0, 0)),
        ({"months_ago": 8}, {"months_ago": 2}, Range(5, 6)),
    ],
)
def test_months_before_onset_are_negative_when_the_event_came_after(event: Any, onset: Any, months: Range) -> None:
    """The distance has a sign, and both moments are cut at the day of the assessment."""
    assert months_before(_when(event), _when(onset), ASSESSED) == months


def test_without_a_date_nothing_is_known_of_the_months() -> None:
    """A moment that was not asked about gives no distance in time."""
    when = _when("2025")
    assert months_since(None, ASSESSED) is None
    assert months_before(None, when, ASSESSED) is None
    assert months_before(when, None, ASSESSED) is None
