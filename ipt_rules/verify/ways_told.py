"""The way back from a field of a session to what was told in it, or in those before it: events, mood, scales, and the ending."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from ipt_rules.intake import SUBJECT_LISTS
from ipt_rules.records import items_of_totals
from ipt_rules.sessions import SCALES, CheckIn
from ipt_rules.verify.plain_session import put

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ipt_rules.ruleset.scoring import Scale
    from ipt_rules.verify.plain_session import Plain, Session

_DAYS_IN_A_WEEK: Final = 7
_MIDDLE_OF_MOOD: Final = 5
_WITH_ITEMS: Final = {total for total, _, _ in items_of_totals(CheckIn)}
"""Scales of which an item is asked for itself, which their total has to fit."""

# ── what was told in the sessions ────────────────────────────────────────────────────────────────────────────────────────


def _ending_named(session: Session, value: Any) -> None:
    session.over_all("ending_named", False if value is False else None)
    put(session.now, "ending_named", value)


def _ending_felt(session: Session, value: Any) -> None:
    session.over_all("ending_feelings", None)
    put(session.now, "ending_feelings", "mild" if value else None)


def _thoughts_asked(session: Session, value: Any) -> None:
    for name in ("phq9_item9", "epds_item10", "suicidal_thoughts"):
        session.now.pop(name, None)
    put(session.now, "suicidal_thoughts", False if value else None)


def _risk_told(session: Session, value: Any) -> None:
    for name in ("suicidal_thoughts", "suicide_risk"):
        session.over_all(name, False)
    _without_new_facts(session)
    session.course["intake"].setdefault("safety", {})["suicide_risk"] = False
    if value:
        session.so_far[0]["suicidal_thoughts"] = True


def _danger_told(session: Session, value: Any) -> None:
    session.over_all("unsafe", False)
    _without_new_facts(session)
    intake = session.course["intake"]
    intake.setdefault("safety", {})["abuse"] = bool(value)
    for dispute in intake.setdefault("disputes", []):
        dispute |= {"violence": False, "coercion": False}


def _without_new_facts(session: Session) -> None:
    session.over_all("new_facts", None)


def _most_of(item: str, total: str) -> Callable[[Session, Any], None]:
    def way(session: Session, value: Any) -> None:
        for plain in (session.course["intake"].setdefault("episode", {}), *session.so_far):
            if plain.get(item):
                plain[item] = 0
                plain.pop(total, None)
        put(session.so_far[0], item, value)
        session.so_far[0].pop(total, None)

    return way


def _events(session: Session, value: Any) -> None:
    events = session.now.get("events") or []
    session.now["events"] = [*events, *({} for _ in range(int(value) - len(events)))][: int(value)]


def _mood_change(session: Session, value: Any) -> None:
    if session.position:
        before = min(10, max(0, _MIDDLE_OF_MOOD - int(value) // 2))
        session.so_far[-2]["mood_before"] = before
        session.now["mood_before"] = min(10, max(0, before + int(value)))


def _weeks_since_last(session: Session, value: Any) -> None:
    if session.position:
        last = session.so_far[-2].setdefault("day", session.course["intake"]["assessed_on"])
        day = date.fromisoformat(str(last)) + timedelta(days=int(value) * _DAYS_IN_A_WEEK)
        session.now["day"] = day.isoformat()
        for check_in in session.course["check_ins"][session.position + 1 :]:
            check_in.pop("day", None)
            check_in.pop("new_facts", None)


def _technique(name: str) -> Callable[[Session, Any], None]:
    def way(session: Session, value: Any) -> None:
        session.now["techniques"] = [name] if value else ["exploration"]

    return way


def _on_focus(session: Session, value: Any) -> None:
    subjects = [
        f"{part}[{number}]" for part in SUBJECT_LISTS for number in range(len(session.course["intake"].get(part) or ()))
    ]
    focus = session.foci[-1]
    focus["subject"] = focus.get("subject") or "none"
    others = [place for place in (*subjects, "none") if place != focus["subject"]]
    session.course["foci"] = [focus]
    if value or others:
        session.now["worked_on"] = focus["subject"] if value else others[0]


def _off_focus_run(session: Session, value: Any) -> None:
    _on_focus(session, True)
    focus = session.foci[-1]
    off = "none" if focus["subject"] != "none" else next(iter(_subjects(session)), None)
    if off is None:
        return
    for number, check_in in enumerate(reversed(session.so_far)):
        is_off = number < int(value)
        check_in["worked_on"] = off if is_off else focus["subject"]
        if is_off:
            check_in |= {"unsafe": False, "suicidal_thoughts": False, "suicide_risk": False}


def _subjects(session: Session) -> Iterator[str]:
    for part in SUBJECT_LISTS:
        yield from (f"{part}[{number}]" for number in range(len(session.course["intake"].get(part) or ())))


def _run_of(name: str, inside: Any, outside: Any) -> Callable[[Session, Any], None]:
    def way(session: Session, value: Any) -> None:
        for number, check_in in enumerate(reversed(session.so_far)):
            check_in[name] = inside if number < int(value) else outside

    return way


def _same_before(session: Session, value: Any) -> None:
    if session.event is None:
        return
    event = session.now["events"][session.event]
    event.setdefault("effect", "worse")
    people = session.course["intake"].get("inventory", {}).get("people") or []
    if "person" not in event and people:
        event["person"] = people[0]["id"]
    same = {key: event[key] for key in ("person", "effect") if key in event}
    for number, check_in in enumerate(session.so_far[:-1]):
        check_in["events"] = [same] if number < int(value) else []


# ── scales ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _without_scales(plain: Plain) -> None:
    for name in SCALES:
        plain.pop(name, None)


def _scale(session: Session) -> Scale | None:
    """Return a scale that no answer to an item has to fit."""
    return next((one for one in session.scoring.scales if one.name not in _WITH_ITEMS), None)


def _symptoms(session: Session, value: Any) -> None:
    if value is None:
        _without_scales(session.now)
    elif session.position and (scale := _scale(session)):
        for check_in in session.so_far:
            _without_scales(check_in)
        middle = scale.meaningful_change * 2
        session.so_far[-2][scale.name] = middle
        session.now[scale.name] = middle - (int(value) - 1) * scale.meaningful_change


def _in_remission(session: Session, value: Any) -> None:
    if value is None:
        _without_scales(session.now)
    elif session.position and (scale := _scale(session)):
        for check_in in (session.so_far[-2], session.now):
            _without_scales(check_in)
        least = scale.remission or 0
        session.so_far[-2][scale.name] = least + scale.meaningful_change
        session.now[scale.name] = least if value else least + 1


def _sessions_since_scale(session: Session, value: Any) -> None:
    filled = session.position - int(value)
    for check_in in session.so_far[max(0, filled) :]:
        _without_scales(check_in)
    if filled >= 0 and (scale := _scale(session)):
        session.so_far[filled][scale.name] = 2 * scale.meaningful_change


WAYS_TOLD: Final[Mapping[str, Callable[[Session, Any], None]]] = {
    "course.ending_named": _ending_named,
    "course.ending_felt": _ending_felt,
    "checkin.thoughts_asked": _thoughts_asked,
    "course.risk_told": _risk_told,
    "course.danger_told": _danger_told,
    "course.most_item9": _most_of("phq9_item9", "phq9"),
    "course.most_item10": _most_of("epds_item10", "epds"),
    "checkin.events": _events,
    "checkin.mood_change": _mood_change,
    "checkin.weeks_since_last": _weeks_since_last,
    "checkin.incident_analysed": _technique("communication_analysis"),
    "checkin.rehearsed": _technique("role_play"),
    "checkin.on_focus": _on_focus,
    "course.off_focus_run": _off_focus_run,
    "course.eventless_run": _run_of("events", [], [{}]),
    "course.past_run": _run_of("spent_on", "distant_past", "recent_events"),
    "event.same_before": _same_before,
    "course.symptoms": _symptoms,
    "course.symptoms_lately": _symptoms,
    "course.in_remission": _in_remission,
    "course.sessions_since_scale": _sessions_since_scale,
}
"""By field, the way back; what is None is to be left open."""
