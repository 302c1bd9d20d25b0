"""Courses made by hand for tests of how a therapy is shown: one with everything in it, and some that are hard to show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ipt_rules import Course, example
from tests.helpers import intake

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ipt_rules import Intake

GOALS: Final = ("Say what I want before I am furious", "See a friend again once a week")


def _event(person: str | None, kind: str | None, effect: str | None, **more: Any) -> dict[str, Any]:
    told = {"person": person, "kind": kind, "effect": effect, **more}
    return {key: value for key, value in told.items() if value is not None}


def _course(of: Intake, sessions: Sequence[dict[str, Any]], **more: Any) -> Course:
    return Course.model_validate({"intake": of.to_dict(), "check_ins": sessions, **more})


def full() -> Course:
    """Return a course with every effect of an event, a missing session, unknown moods, two links, goals and a scale.

    It is the intake ``disputes`` of the worked cases: PHQ-9 14 at the beginning, and a dispute with the partner.
    """
    of = example("disputes")
    partner, other = (person.id for person in (of.inventory.people or ())[:2])
    quarrel = _event(partner, "quarrel", "worse", particular=True, strong_feelings=True)
    safe = {"suicidal_thoughts": False, "suicide_risk": False, "unsafe": False}
    sessions: list[dict[str, Any]] = [
        {"session": 1, "day": "2026-03-17", "mood_before": 3, "phq9": 18},
        {"session": 2, "day": "2026-03-24", "mood_before": 4, "mood_after": 5, "phq9": 17, "events": []},
        {"session": 4, "day": "2026-04-07", "mood_before": 5, "events": [_event(partner, "talk", "better")]},
        {
            "session": 5,
            "day": "2026-04-14",
            "mood_before": 2,
            "mood_after": 4,
            "phq9": 18,
            "events": [quarrel, _event(other, "support", "none"), _event("nobody", "other", None)],
            "progress": [{"goal": "goals[0]", "moved": "back"}],
        },
        {"session": 6, "events": [_event(other, "closeness", "better"), _event(None, None, "worse")]},
        {
            "session": 7,
            "day": "2026-04-28",
            "mood_before": 4,
            "phq9": 14,
            "events": [_event(partner, "talk", "better")],
            "worked_on": "disputes[0]",
            "progress": [{"goal": "goals[0]", "moved": "forward"}],
        },
        {"session": 8, "day": "2026-05-05", "mood_before": 2, "mood_after": 6, "phq9": 13, "events": [quarrel], **safe},
    ]
    focus = {"area": "disputes", "subject": "disputes[0]", "agreed_in": 3, "answer": "agrees", "answered_in": 3}
    goals = [{"text": text, "agreed_in": 3} for text in GOALS]
    return _course(of, sessions, contracts=[{"sessions": 16}], foci=[focus], goals=goals)


def at_risk() -> Course:
    """Return the same course with thoughts of death in its last session."""
    course = full()
    last = course.check_ins[-1].model_copy(update={"suicidal_thoughts": True})
    return course.model_copy(update={"check_ins": (*course.check_ins[:-1], last)})


def hostile(name: str) -> Course:
    """Return a course in which one text stands wherever a name, a goal or a note of the patient can."""
    person = {"id": name, "name": name, "relation": name, "role": "family", "status": "current", "note": name}
    of = intake(
        disputes=[{"person": name, "repetitive": True, "tied_to_episode": True, "note": name}],
        inventory={"people": [person]},
        safety={"abuse": False},
        note=name,
    )
    worse = _event(name, "quarrel", "worse", note=name)
    sessions = [
        {"session": 1, "day": "2026-03-20", "mood_before": 7, "events": [], "note": name},
        {"session": 2, "day": "2026-03-27", "mood_before": 2, "events": [worse] * 8, "worked_on": "disputes[0]"},
    ]
    focus = {"area": "disputes", "subject": "disputes[0]", "answer": "in_part", "answered_in": 1, "note": name}
    contract = {"sessions": 12, "note": name}
    return _course(of, sessions, contracts=[contract], foci=[focus], goals=[{"text": name}], note=name)


def longest() -> Course:
    """Return a course of 60 sessions with events in each, a longer contract from session 16 on, and a mood every other week."""
    people = [{"id": f"p{number}", "role": "friend", "status": "current"} for number in range(40)]
    of = intake(inventory={"people": people})
    effects = ("better", "worse", "none", None)
    sessions = [
        {
            "session": number,
            "mood_before": number % 11 if number % 2 else None,
            "bdi2": 63 - number,
            "events": [_event(f"p{(number + turn) % 40}", "talk", effects[turn % 4]) for turn in range(number % 9)],
        }
        for number in range(1, 61)
        if number % 7
    ]
    told = [{key: value for key, value in session.items() if value is not None} for session in sessions]
    return _course(of, told, contracts=[{"sessions": 16}, {"sessions": 40, "agreed_in": 16}])


def not_begun() -> Course:
    """Return a course without a session, a contract or a focus."""
    return _course(example("grief"), [])


def ended_early() -> Course:
    """Return a course that ended with its second session, although twelve were agreed."""
    sessions = [{"session": 1, "mood_before": 4}, {"session": 2, "mood_before": 4, "ended": True}]
    return _course(intake(), sessions, contracts=[{"sessions": 12}])


def past_its_end() -> Course:
    """Return a course that went on past the sessions agreed."""
    return _course(intake(), [{"session": 14, "mood_before": 0, "mood_after": 10}], contracts=[{"sessions": 12}])


MADE: Final[dict[str, Callable[[], Course]]] = {
    "full": full,
    "at_risk": at_risk,
    "longest": longest,
    "not_begun": not_begun,
    "ended_early": ended_early,
    "past_its_end": past_its_end,
}
