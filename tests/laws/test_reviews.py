"""Laws of reviews: nothing is lost on the way through JSON, no engine sees it otherwise, and unknown is not no."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from ipt_rules import load_ruleset
from ipt_rules.agreed import foci_at, sessions_at
from ipt_rules.course import Course
from ipt_rules.drawn import courses as drawing
from ipt_rules.drawn.answers import draw_answer, known_safe
from ipt_rules.drawn.intakes import Seeded
from ipt_rules.held_sessions import evaluate_course
from ipt_rules.records import NO_SUBJECT, NOBODY, Asked, declared
from ipt_rules.ruleset.conditions import comparisons
from ipt_rules.session_facts import session_rows
from ipt_rules.sessions import SCALES, CheckIn, GoalProgress, InterpersonalEvent
from ipt_rules.testing.strategies import Drawn, courses
from ipt_rules.vocabulary import fields
from tests.laws.support import assert_same_from_json, assert_same_on_all_engines, assessor, grown

if TYPE_CHECKING:
    from pydantic import BaseModel

    from ipt_rules.drawn.intakes import Chooser
    from ipt_rules.facts import Row
    from ipt_rules.held_sessions import Held


RULES: Final = load_ruleset()


@given(courses())
@settings(max_examples=50)
def test_a_course_rebuilt_from_json_gives_the_same_review(course: Course) -> None:
    """Through plain values, JSON text and the reader, nothing of a course is lost."""
    assert_same_from_json(course)


@given(courses())
@settings(max_examples=50)
def test_every_engine_gives_the_same_review(course: Course) -> None:
    """Reviews differ in the name of the engine alone."""
    assert_same_on_all_engines(course)


@given(courses(most_sessions=5), st.data())
@settings(max_examples=50)
def test_sessions_may_be_recorded_in_any_order(course: Course, data: st.DataObject) -> None:
    """A course whose check-ins are added out of order is the same as one that was recorded week by week."""
    plain = [one for one in course.check_ins if one.new_facts.are_none and not one.ended and one.stage is None]
    bare = course.model_copy(update={"check_ins": (), "goals": (), "foci": ()})
    recorded = bare
    clean = [one.model_copy(update={"progress": (), "worked_on": "none", "events": ()}) for one in plain]
    for check_in in data.draw(st.permutations(clean)):
        recorded = recorded.with_check_in(check_in)
    assert recorded == bare.model_copy(update={"check_ins": tuple(clean)})


@given(courses())
@settings(max_examples=40)
def test_every_valid_course_can_be_looked_at(course: Course) -> None:
    """Whatever was told, replaced or taken back, a course has a review, a reassessment, a text, and a repr that names nobody."""
    review = course.review(engine="compiled")
    ids = {person.id for person in drawing.known_now(course).inventory.people or ()}
    text = " ".join(map(repr, (course, review, review.evaluated, review.agenda, *review.evaluated.held)))
    assert not [one for one in ids if f"'{one}'" in text]
    assert review.to_text(names=False)
    assert course.reassess(engine="compiled").after.ranking


# ── what was not asked in a session ──────────────────────────────────────────────────────────────────────────────────────

SAFETY_TOLD: Final = ("unsafe", "suicide_risk")
"""What of a session is another answer in the intake too, and not one more."""

WHAT_WAS_TOLD: Final = frozenset(
    {
        "checkin.goals_reached",
        "course.ending_felt",
        "course.goals_unmoved",
        "course.in_remission",
        "course.risk_told",
        "course.sessions_since_scale",
        "course.symptoms",
        "course.symptoms_lately",
    }
)
"""Fields that say what was told last, or whether it was told at all: telling more in that session tells something else."""

ONLY_GROW: Final = frozenset({"course.most_item9", "course.most_item10"})
"""Fields that are the highest of some answers: one answer more leaves them as they are, or higher."""


@given(courses(), st.data())
@settings(max_examples=50)
def test_an_answer_more_takes_back_no_finding_on_a_session(course: Course, data: st.DataObject) -> None:
    """What holds on a session or an event with an answer missing holds whatever that answer is, and nothing known changes."""
    fuller = data.draw(fuller_courses(course))
    before, after = (evaluate_course(one, RULES, assessor().engine) for one in (course, fuller))
    for old, new in zip(before.held, after.held, strict=True):
        rows = rows_of(new)
        for place, row in rows_of(old).items():
            assert set(grown(row, rows[place])) <= WHAT_WAS_TOLD | ONLY_GROW
            assert all(points(row, name) <= points(rows[place], name) for name in ONLY_GROW)
        held = {(one.rule.id, one.row.place) for one in new.findings}
        for finding in old.findings:
            tests = list(comparisons(finding.rule.condition))
            asks = any(one.operator in ("known", "not_known") or one.field in WHAT_WAS_TOLD for one in tests)
            assert asks or (finding.rule.id, finding.row.place) in held


def rows_of(held: Held) -> dict[str, Row]:
    """Return the rows of a session and its events by place, with every field computed, whether a rule reads it or not."""
    patient = next(entry.row for entry in held.result.evaluated if entry.row.kind == "patient")
    return {row.place: row for row in session_rows(held.so_far, patient)}


def points(row: Row, name: str) -> int:
    """Return a number of a row; -1 where it is not known."""
    value = row.value(name)
    return value if isinstance(value, int) else -1


def test_only_fields_about_what_was_told_are_excepted() -> None:
    """Each field that the law leaves out says of itself that it is about what was told, asked about or filled in."""
    for name in WHAT_WAS_TOLD:
        assert any(word in fields()[name].meaning for word in ("told", "asked about", "filled in", "scale")), name


@st.composite
def fuller_courses(draw: st.DrawFn, course: Course) -> Course:
    """Return the course with open answers of its sessions and their events filled in."""
    return filled(Drawn(draw), course)


def filled(choose: Chooser, course: Course) -> Course:
    """Return the course with open answers of its sessions and their events filled in; judgements are not made up."""
    plain = course.to_dict()
    people = [person.id for person in course.intake.inventory.people or ()]
    subjects = [place for place, _ in course.intake.subjects()]
    for check_in in plain.get("check_ins", ()):
        fill_in(choose, CheckIn, check_in)
        for told in SAFETY_TOLD:
            check_in.setdefault(told, False)
        check_in.setdefault("worked_on", choose.one_of([*subjects, NO_SUBJECT]))
        if "events" not in check_in and choose.chance(60):
            check_in["events"] = [{} for _ in range(choose.number(0, 2))]
        for event in check_in.get("events", ()):
            fill_in(choose, InterpersonalEvent, event)
            event.setdefault("person", choose.one_of([*people, NOBODY]))
        for progress in check_in.get("progress", ()):
            fill_in(choose, GoalProgress, progress)
    return Course.model_validate(plain)


def fill_in(choose: Chooser, record: type[BaseModel], plain: dict[str, Any]) -> None:
    """Fill in some open answers of a session or an event, but for its day, judgements, and what concerns more than it."""
    for name in record.model_fields:
        asked = declared(record, name)
        is_open = isinstance(asked, Asked) and not asked.judgement and name not in (*plain, "day", *SAFETY_TOLD)
        if is_open and choose.chance(60):
            draw_answer(choose, record, plain, name)


# ── what is drawn ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_drawn_courses_hold_all_that_the_laws_speak_of() -> None:
    """Among 200 seeded courses there are enough of everything that can go otherwise in a therapy."""
    choose = Seeded(random.Random(17))
    seen: Counter[str] = Counter()
    for _ in range(200):
        course = drawing.draw_course(choose)
        review = course.review(engine="compiled")
        seen.update(went_otherwise(course))
        seen.update(
            {"a closed gate": bool(review.gates_to_clear), "a focus to reconsider": review.focus_stands is False}
        )
        seen.update({"a link": bool(review.to_dict()["links"])})
        if review.agenda is not None:
            seen.update(
                {
                    "something proposed": bool(review.agenda.strategies),
                    "something proposed where it is safe": any(one.proposal.needs for one in review.agenda.strategies),
                    "withheld": bool(review.agenda.plan.withheld),
                    "something that waits for a question": bool(review.agenda.unasked),
                    "safety first": bool(review.agenda.first),
                }
            )
    assert [kind for kind, number in seen.items() if number < 5] == []


def went_otherwise(course: Course) -> dict[str, bool]:
    """Return what of all that can go otherwise did so in a course."""
    held = course.check_ins
    numbers = [one.session for one in held]
    return {
        "no session": not held,
        "a session that was missed": numbers != list(range(1, len(held) + 1)),
        "a session without any scale": any(all(getattr(one, scale) is None for scale in SCALES) for one in held),
        "no contract": not course.contracts,
        "a contract made in the middle": any(one.agreed_in > 1 for one in course.contracts),
        "a session beyond the contract": any((sessions_at(course, one) or 60) < one for one in numbers),
        "no focus": not course.foci,
        "two foci": any(len(foci_at(course, one)) == 2 for one in numbers),
        "another focus": len({one.agreed_in for one in course.foci}) > 1,
        "a new death with somebody new": any(one.new_facts.losses and one.new_facts.people for one in held),
        "a new answer": any(one.new_facts.answers for one in held),
        "an answer taken back": any(None in one.new_facts.answers.values() for one in held),
        "a known-safe beginning": course.intake == known_safe(course.intake),
        "a cleared gate": any(one.cleared for one in held),
        "a sign of danger": any(one.suicide_risk or one.suicidal_thoughts or one.unsafe for one in held),
        "a stage": any(one.stage for one in held),
        "something done": any(one.strategies for one in held),
        "an end": any(one.ended for one in held),
    }
