"""Derived fields of one session beside the one before, and of the events between people that were told in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ipt_rules.derived.so_far import flag, number
from ipt_rules.records import NOBODY
from ipt_rules.sessions import MOST_EVENTS, MOST_SESSIONS
from ipt_rules.values import NOT_ARISING, count

if TYPE_CHECKING:
    from ipt_rules.derived.so_far import SoFar
    from ipt_rules.sessions import CheckIn, InterpersonalEvent
    from ipt_rules.values import Value

MOST_WEEKS: Final = 520


@number("checkin.mood_change", -10, 10, "points", "check_ins[].mood_before")
def _mood_change(so_far: SoFar) -> Value:
    """Mood at the beginning of this session, less that at the beginning of the one before; not known where that has no record."""
    before = so_far.session_before
    if before is None:
        return NOT_ARISING
    if before.session != so_far.now.session - 1:
        return None
    moods = so_far.now.mood_before, before.mood_before
    return None if moods[0] is None or moods[1] is None else moods[0] - moods[1]


@number("checkin.weeks_since_last", 0, MOST_WEEKS, "weeks", "check_ins[].day")
def _weeks_since_last(so_far: SoFar) -> Value:
    """Whole weeks since the session before."""
    if so_far.session_before is None:
        return NOT_ARISING
    days = so_far.now.day, so_far.session_before.day
    if days[0] is None or days[1] is None:
        return None
    return min((days[0] - days[1]).days // 7, MOST_WEEKS)


@number("checkin.events", 0, MOST_EVENTS, "events", "check_ins[].events")
def _events(so_far: SoFar) -> Value:
    """Interpersonal events told since the session before."""
    return None if so_far.now.events is None else len(so_far.now.events)


@flag("checkin.incident_analysed", "check_ins[].techniques", source="casebook ch. 3, middle phase")
def _incident_analysed(so_far: SoFar) -> Value:
    """Communication analysis was among the techniques of this session."""
    techniques = so_far.now.techniques
    return None if techniques is None else "communication_analysis" in techniques


@flag("checkin.rehearsed", "check_ins[].techniques", source="weissman2018 as recalled")
def _rehearsed(so_far: SoFar) -> Value:
    """Something was rehearsed in this session, or settled to be tried before the next."""
    techniques = so_far.now.techniques
    return None if techniques is None else bool({"role_play", "work_between_sessions"} & {*techniques})


# ── an event ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@number(
    "event.same_before",
    0,
    MOST_SESSIONS,
    "sessions",
    "check_ins[].events[].effect",
    "check_ins[].events[].person",
    "check_ins[].events",
    ranged=True,
    source="markowitz2017 ch. 7 and pocket guide",
)
def _same_before(so_far: SoFar) -> Value:
    """Earlier sessions in which an event with the same person had the same effect."""
    event = so_far.event
    if event is None or event.person == NOBODY:
        return NOT_ARISING
    if event.person is None or event.effect is None:
        return None
    return count([_has_alike(check_in, event) for check_in in so_far.check_ins[:-1]])


def _has_alike(check_in: CheckIn, event: InterpersonalEvent) -> bool | None:
    if check_in.events is None:
        return None
    alike = [
        False
        if one.person not in (None, event.person) or one.effect not in (None, event.effect)
        else (True if one.person is not None and one.effect is not None else None)
        for one in check_in.events
    ]
    return True if True in alike else (None if None in alike else False)
