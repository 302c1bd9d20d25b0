"""The way back from a field of a session to what was recorded: how a course may be changed so that the field has a wanted value.

Each way is a small recipe on the plain course; whoever uses it looks whether it came to what was wanted.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ipt_rules.intake import SUBJECT_LISTS
from ipt_rules.schedules import phase_at
from ipt_rules.sessions import MOST_SESSIONS, SCALES
from ipt_rules.words import AREAS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ipt_rules.ruleset.cells import Cell
    from ipt_rules.ruleset.scoring import Scoring

Plain: TypeAlias = dict[str, Any]

_DAYS_IN_A_WEEK: Final = 7
_A_QUIET_SCALE: Final = "hamd17"
"""A scale that no item of another answer has to fit."""

_ITEMS: Final = {"phq9": "phq9_item9", "epds": "epds_item10"}
_MIDDLE_OF_MOOD: Final = 5


@dataclass(frozen=True, slots=True)
class Session:
    """One session of a plain course, which the ways change.

    Attributes:
        course: the plain course.
        position: of the check-in.
        event: position of the event that a row is about; None for the row of the session.
        scoring: of the rule set.

    """

    course: Plain
    position: int
    event: int | None
    scoring: Scoring

    @property
    def now(self) -> Plain:
        """The check-in."""
        return self.so_far[-1]

    @property
    def so_far(self) -> list[Plain]:
        """The check-ins up to this one."""
        check_ins: list[Plain] = self.course["check_ins"]
        return check_ins[: self.position + 1]

    @property
    def foci(self) -> list[Plain]:
        """What was agreed to work on; one focus is made where there is none."""
        foci: list[Plain] = self.course.setdefault("foci", [])
        if not foci:
            foci.append({"area": AREAS[0], "agreed_in": self.now["session"]})
        return foci

    def over_all(self, name: str, value: Any) -> None:
        """Answer a question alike in every session so far; None leaves it open."""
        for check_in in self.so_far:
            _put(check_in, name, value)


def set_field(session: Session, name: str, value: Any) -> bool:
    """Change the course so that a field may have a value (None for "not known"); return whether there is a way."""
    way = _WAYS.get(name)
    if way is None or (value is None and name not in _MAY_BE_UNKNOWN):
        return False
    way(session, value)
    return True


def set_contract(session: Session, wanted: Mapping[str, Cell]) -> None:
    """Agree on such a number of sessions that as many fields as can be lie in the cells wanted of them.

    The session gets another number where no agreement on sessions does it alone.
    """
    now, before = session.now["session"], session.so_far[-2]["session"] if session.position else 0
    after = session.course["check_ins"][session.position + 1 :]
    numbers = sorted(range(before + 1, after[0]["session"] if after else MOST_SESSIONS + 1), key=lambda n: abs(n - now))

    def fitting(agreed: tuple[int, int | None]) -> int:
        values = _by_contract(session.scoring, agreed[1], agreed[0])
        return sum(_lies_in(values[name], cell) for name, cell in wanted.items())

    number, planned = max(itertools.product(numbers, (None, *range(1, MOST_SESSIONS + 1))), key=fitting)
    session.now["session"] = number
    session.course["contracts"] = [] if planned is None else [{"sessions": planned, "agreed_in": 1}]
    session.course["intake"].get("therapy", {}).pop("planned_sessions", None)


OF_A_CONTRACT: Final = ("course.phase", "course.planned_sessions", "course.sessions_left", "course.percent_done")
"""Fields that follow from the contract."""


def _by_contract(scoring: Scoring, planned: int | None, number: int) -> dict[str, Any]:
    if planned is None:
        return dict.fromkeys(OF_A_CONTRACT)
    phase = phase_at(scoring, planned, number)
    return {
        "course.phase": None if phase is None else ("initial", "middle", "final").index(phase),
        "course.planned_sessions": planned,
        "course.sessions_left": planned - number,
        "course.percent_done": 100 * number // planned,
    }


def _lies_in(value: Any, cell: Cell) -> bool:
    if value is None or cell.value is None:
        return value is cell.value
    least, most = cell.value, cell.most
    return isinstance(least, int) and isinstance(most, int) and least <= value <= most


def _put(plain: Plain, name: str, value: Any) -> None:
    if value is None:
        plain.pop(name, None)
    else:
        plain[name] = value


# ── what is agreed ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _ended(session: Session, value: Any) -> None:
    del session.course["check_ins"][session.position + 1 :]
    session.over_all("ended", None)
    _put(session.now, "ended", value or None)


def _has_focus(session: Session, value: Any) -> None:
    if value:
        session.foci[0]["agreed_in"] = min(session.foci[0].get("agreed_in", 1), session.now["session"])
    else:
        session.course["foci"] = []


def _area_in_focus(area: str) -> Callable[[Session, Any], None]:
    def way(session: Session, value: Any) -> None:
        focus, other = session.foci[0], next(one for one in AREAS if one != area)
        focus["area"] = area if value else (other if focus["area"] == area else focus["area"])
        session.course["foci"] = [focus]

    return way


def _answer_to_focus(session: Session, value: Any) -> None:
    for focus in session.foci:
        focus.pop("answered_in", None)
        _put(focus, "answer", None if value is None else ("does_not_agree", "in_part", "agrees")[value])


def _sessions_since_focus(session: Session, value: Any) -> None:
    agreed = session.position - int(value)
    first = session.so_far[0]["session"]
    focus = session.foci[-1]
    focus["agreed_in"] = session.so_far[agreed]["session"] if agreed >= 0 else max(1, first - 1)
    focus.pop("answered_in", None)
    session.course["foci"] = [focus]


def _stage_before(session: Session, value: Any) -> None:
    disputes = session.course["intake"].get("disputes") or []
    if not disputes:
        return
    session.over_all("stage", None)
    _put(disputes[0], "stage", value)
    session.course["foci"] = [{"area": "disputes", "subject": "disputes[0]", "agreed_in": 1}]


def _goals(session: Session, value: Any) -> None:
    session.course["goals"] = [{"agreed_in": 1} for _ in range(int(value))]
    for check_in in session.course["check_ins"]:
        check_in["progress"] = [
            one for one in check_in.get("progress", ()) if int(one["goal"].strip("goals[]")) < int(value)
        ]


def _goals_that(moved: str) -> Callable[[Session, Any], None]:
    def way(session: Session, value: Any) -> None:
        count = max(int(value), len(session.course.get("goals", ())))
        session.course["goals"] = [{"agreed_in": 1} for _ in range(count)]
        session.over_all("progress", None)
        others = "forward" if moved == "not" else "not"
        session.now["progress"] = [
            {"goal": f"goals[{number}]", "moved": moved if number < int(value) else others} for number in range(count)
        ]

    return way


# ── what was told in the sessions ────────────────────────────────────────────────────────────────────────────────────────


def _ending_named(session: Session, value: Any) -> None:
    session.over_all("ending_named", False if value is False else None)
    _put(session.now, "ending_named", value)


def _ending_felt(session: Session, value: Any) -> None:
    session.over_all("ending_feelings", None)
    _put(session.now, "ending_feelings", "mild" if value else None)


def _thoughts_asked(session: Session, value: Any) -> None:
    for name in ("phq9_item9", "epds_item10", "suicidal_thoughts"):
        session.now.pop(name, None)
    _put(session.now, "suicidal_thoughts", False if value else None)


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
        _put(session.so_far[0], item, value)
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


def _symptoms(session: Session, value: Any) -> None:
    if value is None:
        _without_scales(session.now)
    elif session.position:
        scale = next(one for one in session.scoring.scales if one.name == _A_QUIET_SCALE)
        for check_in in session.so_far:
            _without_scales(check_in)
        middle = scale.meaningful_change * 2
        session.so_far[-2][_A_QUIET_SCALE] = middle
        session.now[_A_QUIET_SCALE] = middle - (int(value) - 1) * scale.meaningful_change


def _in_remission(session: Session, value: Any) -> None:
    if value is None:
        _without_scales(session.now)
    elif session.position:
        scale = next(one for one in session.scoring.scales if one.name == _A_QUIET_SCALE)
        for check_in in (session.so_far[-2], session.now):
            _without_scales(check_in)
        least = scale.remission or 0
        session.so_far[-2][_A_QUIET_SCALE] = least + scale.meaningful_change
        session.now[_A_QUIET_SCALE] = least if value else least + 1


def _sessions_since_scale(session: Session, value: Any) -> None:
    filled = session.position - int(value)
    for check_in in session.so_far[max(0, filled) :]:
        _without_scales(check_in)
    if filled >= 0:
        session.so_far[filled][_A_QUIET_SCALE] = 2 * next(iter(session.scoring.scales)).meaningful_change


_WAYS: Final[Mapping[str, Callable[[Session, Any], None]]] = {
    "course.ended": _ended,
    "course.has_focus": _has_focus,
    "course.grief_in_focus": _area_in_focus("grief"),
    "course.isolation_in_focus": _area_in_focus("deficits"),
    "course.answer_to_focus": _answer_to_focus,
    "course.sessions_since_focus": _sessions_since_focus,
    "course.stage_before": _stage_before,
    "course.goals": _goals,
    "course.goals_unmoved": _goals_that("not"),
    "checkin.goals_reached": _goals_that("reached"),
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

_MAY_BE_UNKNOWN: Final = (
    "course.answer_to_focus",
    "course.stage_before",
    "course.ending_named",
    "course.ending_felt",
    "checkin.thoughts_asked",
    "course.risk_told",
    "course.most_item9",
    "course.most_item10",
    "course.symptoms",
    "course.symptoms_lately",
    "course.in_remission",
)
