"""The way back from a field of a session to what was recorded: how a course may be changed so that the field has a wanted value.

Each way is a small recipe on the plain course; whoever uses it looks whether it came to what was wanted.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, Final

from ipt_rules.schedules import phase_at
from ipt_rules.sessions import MOST_SESSIONS
from ipt_rules.verify.plain_session import put
from ipt_rules.verify.ways_told import WAYS_TOLD
from ipt_rules.vocabulary import fields
from ipt_rules.words import AREAS, PHASES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ipt_rules.ruleset.cells import Cell
    from ipt_rules.ruleset.scoring import Scoring
    from ipt_rules.verify.plain_session import Session


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
        "course.phase": None if phase is None else PHASES.index(phase),
        "course.planned_sessions": planned,
        "course.sessions_left": planned - number,
        "course.percent_done": 100 * number // planned,
    }


def _lies_in(value: Any, cell: Cell) -> bool:
    if value is None or cell.value is None:
        return value is cell.value
    least, most = cell.value, cell.most
    return isinstance(least, int) and isinstance(most, int) and least <= value <= most


# ── what is agreed ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _ended(session: Session, value: Any) -> None:
    del session.course["check_ins"][session.position + 1 :]
    session.over_all("ended", None)
    put(session.now, "ended", value or None)


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
        put(focus, "answer", None if value is None else fields()["course.answer_to_focus"].options[value])


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
    put(disputes[0], "stage", value)
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
    **WAYS_TOLD,
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
