"""Dates that the rules can tell apart: one for each stretch of months before the onset, and since, that they distinguish."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, TypeAlias

from ipt_rules.dates import FIRST_YEAR, When, add_months, months_before, months_since
from ipt_rules.engines.reference import Truth, compare
from ipt_rules.explain.trials import changed_intake
from ipt_rules.intake import SUBJECT_LISTS
from ipt_rules.places import at, parse, pattern

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from ipt_rules.intake import Intake
    from ipt_rules.ruleset.conditions import Comparison

Tests: TypeAlias = "Mapping[str, Sequence[Comparison]]"
"""The comparisons that rules make, by field."""

ONSET: Final = "episode.onset"
"""The place of the date at which the episode began."""

_EVENTS: Final = {"losses": "when", "disputes": "began", "changes": "when"}


def dates_apart(intake: Intake, place: str, tests: Tests, *, completing: bool = False) -> tuple[str, ...]:
    """Return dates for the onset or an event, one for each outcome of the rules' comparisons; not the one that there is.

    Args:
        intake: the intake as it is.
        place: ``episode.onset``, or the date of a loss, dispute or change.
        tests: the comparisons of the rules that decide the ranking.
        completing: only days that the date as it is told so far may mean.

    """
    now = at(intake, parse(place))
    assert now is None or isinstance(now, When)  # a place of a date
    today = intake.assessed_on
    allowed = now.span(today) if completing and now is not None else (date(FIRST_YEAR, 1, 1), today)
    outcome = _of_onset if place == ONSET else _of_event
    seen = {outcome(intake, place, now, tests)}
    found = []
    for day in sorted({*allowed, *_days(intake, place, tests)}, reverse=True):
        if allowed[0] <= day <= min(allowed[1], today):
            told = outcome(intake, place, When(date=day.isoformat()), tests)
            if told not in seen:
                seen.add(told)
                found.append(day.isoformat())
    return tuple(found)


def onsets_apart(intake: Intake, events: Sequence[str], tests: Tests) -> tuple[str, ...]:
    """Return dates for the onset that the rules can tell apart where the dates of some events may change with it."""
    found = dict.fromkeys([*dates_apart(intake, ONSET, tests), intake.assessed_on.isoformat()])
    for place in events:
        for day in dates_apart(intake, place, tests):
            found |= dict.fromkeys(dates_apart(changed_intake(intake, {place: day}), ONSET, tests))
    return tuple(found)


def dates_together(intake: Intake, places: Collection[str], tests: Tests) -> dict[str, tuple[str, ...]]:
    """Return, where the onset and the dates of events may change together, the days for each; nothing where they may not."""
    events = [place for place in places if is_date(place) and place != ONSET]
    if ONSET not in places or not events:
        return {}
    onsets = onsets_apart(intake, events, tests)
    changed = [intake, *(changed_intake(intake, {ONSET: onset}) for onset in onsets)]
    days = {place: [day for one in changed for day in dates_apart(one, place, tests)] for place in events}
    return {ONSET: onsets, **{place: tuple(dict.fromkeys(found)) for place, found in days.items()}}


def is_date(place: str) -> bool:
    """Return whether the answer at a place says when something happened that rules measure time from."""
    part, _, name = pattern(place).partition("[].")
    return place == ONSET or _EVENTS.get(part) == name


def _of_event(intake: Intake, place: str, when: When | None, tests: Tests) -> tuple[Truth, ...]:
    """Return what the rules' comparisons with the times of one event come to."""
    kind, today = SUBJECT_LISTS[place.partition("[")[0]], intake.assessed_on
    since, before = months_since(when, today), months_before(when, intake.episode.onset, today)
    return (
        *[compare(test, since) for test in tests.get(f"{kind}.months_since", ())],
        *[compare(test, before) for test in tests.get(f"{kind}.months_before_onset", ())],
    )


def _of_onset(intake: Intake, _: str, onset: When | None, tests: Tests) -> tuple[Truth, ...]:
    """Return what the rules' comparisons with the onset, and with the times of all events before it, come to."""
    today = intake.assessed_on
    own = [compare(test, months_since(onset, today)) for test in tests.get("patient.months_since_onset", ())]
    for kind, when in _events(intake):
        before = months_before(when, onset, today)
        own += [compare(test, before) for test in tests.get(f"{kind}.months_before_onset", ())]
    return tuple(own)


def _events(intake: Intake) -> Iterator[tuple[str, When | None]]:
    for part, name in _EVENTS.items():
        for event in getattr(intake, part) or ():
            yield SUBJECT_LISTS[part], getattr(event, name)


def _days(intake: Intake, place: str, tests: Tests) -> Iterator[date]:
    """Yield days at and beside which some comparison comes out otherwise."""
    today = intake.assessed_on
    yield today
    if place == ONSET:
        for months in _months(tests, ["patient.months_since_onset"]):
            yield from _around(today, -months)
        for kind, when in _events(intake):
            ends = when.span(today) if when is not None else (today,)
            for months in _months(tests, [f"{kind}.months_before_onset"]):
                for end in ends:
                    yield from _around(end, months if when is not None else -months)
        return
    kind = SUBJECT_LISTS[place.partition("[")[0]]
    for months in _months(tests, [f"{kind}.months_since"]):
        yield from _around(today, -months)
    onset = intake.episode.onset
    for end in onset.span(today) if onset is not None else (today,):
        for months in _months(tests, [f"{kind}.months_before_onset"]):
            yield from _around(end, -months)


def _around(day: date, months: int) -> Iterator[date]:
    try:
        there = add_months(day, months)
        yield from (there - timedelta(days=1), there, there + timedelta(days=1))
    except (ValueError, OverflowError):  # beyond the calendar
        return


def _months(tests: Tests, names: Iterable[str]) -> list[int]:
    """Return the numbers of months at which the comparisons with some fields come out otherwise."""
    constants = {test.value for name in names for test in tests.get(name, ()) if isinstance(test.value, int)}
    return sorted({months + step for months in constants for step in (-1, 0, 1)})
