"""The vocabulary: every field that a rule may name, and every question that the intake asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipt_rules import Change, Dispute, Isolation, Loss, Patient, Person, Safety, Therapy
from ipt_rules.course import Course
from ipt_rules.derived import REGISTRY
from ipt_rules.intake import PARTS_OF_THE_PATIENT, SUBJECT_LISTS, Intake
from ipt_rules.places import at, parse
from ipt_rules.records import Asked, Private, declared
from ipt_rules.sessions import AgreedFocus, AgreedGoal, Contract, GoalProgress, InterpersonalEvent
from ipt_rules.vocabulary import (
    GROUPS_OF_ROWS,
    RECORDS,
    ROW_KINDS,
    Field,
    course_questions,
    fields,
    fields_of,
    layout,
    path_to_key,
    questions,
)
from ipt_rules.words import AREAS, LEVELS

if TYPE_CHECKING:
    from pydantic import BaseModel

_MADE_LATER = ("standing", "focus")
"""Groups whose fields come from the ranking and not from answers."""

_ASKED = {**path_to_key(), **{question.path: question.key for question in course_questions().values()}}
"""The key of every question, of the intake and of a session, by its place."""

_OF_A_COURSE = ("checkin", "event", "course")
"""Groups whose fields may come from other parts of a course too: what was agreed, or whatever became known."""


def _whole_course() -> Course:
    """Return a course that has one of everything."""
    held = {"session": 1, "events": [{}], "progress": [{"goal": "goals[0]"}]}
    agreed: dict[str, Any] = {"contracts": [{"sessions": 12}], "foci": [{"area": "grief"}], "goals": [{}]}
    return Course.model_validate({"intake": _whole_intake().to_dict(), "check_ins": [held], **agreed})


def _whole_intake() -> Intake:
    """Return an intake that has one of everything."""
    inventory: dict[str, Any] = {"people": [{"id": "a"}], "ties": []}
    return Intake.model_validate(
        {"assessed_on": "2026-03-14", **{part: [{}] for part in SUBJECT_LISTS}, "inventory": inventory}
    )


def _is_in_a_course(place: str) -> bool:
    """Return whether a place leads to something in a course."""
    try:
        at(_whole_course(), parse(place.replace("[]", "[0]")))
    except LookupError:
        return False
    return True


def test_every_field_has_one_name_in_the_group_that_it_begins_with() -> None:
    """Names are unique, and the registry of derived fields never hides a recorded one."""
    recorded = [
        f"{group}.{name}"
        for group, record in RECORDS.items()
        for name in record.model_fields
        if isinstance(declared(record, name), Asked)
    ]
    parts: list[type[BaseModel]] = [type(Intake.model_fields[part].default) for part in PARTS_OF_THE_PATIENT]
    of_the_patient = [
        f"patient.{name}" for part in parts for name in part.model_fields if isinstance(declared(part, name), Asked)
    ]
    names = [*recorded, *of_the_patient, *REGISTRY]
    assert len(names) == len(set(names))
    assert set(fields()) <= set(names)
    assert set(REGISTRY) <= set(fields())
    assert all(name == field.name and name.startswith(f"{field.group}.") for name, field in fields().items())


@pytest.mark.parametrize("kind", ROW_KINDS)
def test_the_layout_of_a_row_has_neither_gaps_nor_overlaps(kind: str) -> None:
    """Each field begins where the one before ends; a ranged field takes two cells."""
    position = 0
    assert list(layout(kind)) == list(fields_of(kind))
    for name, field in fields_of(kind).items():
        assert layout(kind)[name] == position
        position += 2 if field.ranged else 1


@pytest.mark.parametrize("kind", ROW_KINDS)
def test_a_row_has_the_fields_of_its_groups_in_their_order(kind: str) -> None:
    """Groups follow each other as declared, each with all of its fields together."""
    groups = [field.group for field in fields_of(kind).values()]
    assert tuple(dict.fromkeys(groups)) == GROUPS_OF_ROWS[kind]
    assert groups == sorted(groups, key=GROUPS_OF_ROWS[kind].index)
    assert [name for name, field in fields().items() if field.group in GROUPS_OF_ROWS[kind]] == sorted(
        fields_of(kind), key=list(fields()).index
    )


def test_every_field_belongs_to_some_row() -> None:
    """No field is known that no rule could name."""
    assert {name for kind in ROW_KINDS for name in fields_of(kind)} == set(fields())


@pytest.mark.parametrize("group", ["patient", "network", "story"])
def test_what_is_known_of_the_patient_stands_at_the_end_of_every_row(group: str) -> None:
    """The patient's groups close every row, in one order."""
    assert all(GROUPS_OF_ROWS[kind][-3:] == ("patient", "network", "story") for kind in ROW_KINDS)
    assert any(field.group == group for field in fields().values())


@pytest.mark.parametrize("name", [name for name, entry in REGISTRY.items() if entry.group not in _MADE_LATER])
def test_a_derived_field_reads_places_of_questions(name: str) -> None:
    """Each answer that a derived field is computed from is asked, is the day of the assessment, or stands in a course."""
    reads = REGISTRY[name].reads
    assert reads
    asked = path_to_key() if REGISTRY[name].group not in _OF_A_COURSE else _ASKED
    others = [place for place in reads if place not in asked and place != "assessed_on"]
    assert [place for place in others if REGISTRY[name].group not in _OF_A_COURSE or not _is_in_a_course(place)] == []


@pytest.mark.parametrize("name", list(REGISTRY))
def test_a_derived_field_says_what_it_means_and_where_that_comes_from(name: str) -> None:
    """Meaning and source are given, and what it is tied to are fields."""
    entry = REGISTRY[name]
    assert entry.meaning
    assert not entry.meaning.endswith(".")
    assert entry.source
    assert [other for other in entry.tied_to if other not in fields() or other == name] == []


@pytest.mark.parametrize("name", list(fields()))
def test_a_field_has_what_its_type_needs(name: str) -> None:
    """Numbers have bounds, choices have words, flags have neither, and only ordered things can be ranges."""
    field = fields()[name]
    assert field.meaning
    if field.type == "number":
        assert field.bounds is not None
        assert field.bounds[0] < field.bounds[1]
        assert not field.options
    elif field.type == "choice":
        assert len(field.options) == len(set(field.options)) >= 2
        assert field.bounds is None
    else:
        assert (field.bounds, field.options, field.ordered) == (None, (), False)
    if field.ranged:
        assert field.type == "number" or field.ordered


@pytest.mark.parametrize("name", [name for name, field in fields().items() if not field.is_derived])
def test_a_recorded_field_is_the_answer_to_a_question(name: str) -> None:
    """Its path is the place of a question, of the intake or of a session, that is called like the field."""
    asked = _ASKED if fields()[name].group in _OF_A_COURSE else path_to_key()
    assert asked[fields()[name].path] == name


def test_questions_are_told_apart_by_key_and_by_place() -> None:
    """No two questions share a key or a place, not one of the intake and one of a session either."""
    assert len(path_to_key()) == len(questions())
    assert len(_ASKED) == len({**questions(), **course_questions()}) == len(questions()) + len(course_questions())
    for asked in (questions(), course_questions()):
        assert all(key == question.key for key, question in asked.items())


@pytest.mark.parametrize("key", [*questions(), *course_questions()])
def test_every_question_says_what_it_means_and_what_it_takes(key: str) -> None:
    """Meaning and accepted answers are given in words."""
    question = {**questions(), **course_questions()}[key]
    assert question.meaning
    assert question.answers


def test_the_place_of_every_question_is_in_the_intake() -> None:
    """Written with positions, each place leads to something in an intake that has one of everything."""
    whole = _whole_intake()
    for path in path_to_key():
        at(whole, parse(path.replace("[]", "[0]")))


def test_the_place_of_every_question_about_a_session_is_in_a_course() -> None:
    """Written with positions, each place leads to something in a course that has one of everything."""
    assert [question.path for question in course_questions().values() if not _is_in_a_course(question.path)] == []
    assert all(question.path.startswith("check_ins") for question in course_questions().values())


def test_the_lists_of_the_intake_are_questions_of_their_own() -> None:
    """Whether there are losses, disputes, changes, isolation, people or ties is asked before anything about them."""
    lists = [*SUBJECT_LISTS, "inventory.people", "inventory.ties"]
    assert [key for key in questions() if key in lists] == lists
    assert questions()["losses"].answers == "list of at most 12; [] for none"


def test_what_is_for_people_only_is_neither_field_nor_question() -> None:
    """Names, notes and ids are not in the vocabulary."""
    private = {
        f"{group}.{name}"
        for group, record in RECORDS.items()
        for name in record.model_fields
        if isinstance(declared(record, name), Private)
    }
    assert "tie.name" in private
    assert {"checkin.note", "event.note"} <= private
    assert private & {*fields(), *questions(), *course_questions()} == set()


@pytest.mark.parametrize(
    ("key", "answers", "only_if"),
    [
        ("loss.sudden", "true | false", "kind is death or pregnancy_loss"),
        ("loss.when", "date (2025, 2025-03, 2025-03-14) or {months_ago: 8}", ""),
        ("loss.person", "id of a person in the inventory, or nobody", ""),
        ("dispute.person", "id of a person in the inventory", ""),
        ("tie.closeness", "distant | close | closest", ""),
        ("tie.confides", "true | false", "status is current"),
        ("patient.phq9", "0 to 27", ""),
        ("patient.matters_most", "place of a subject, or none", ""),
        ("checkin.day", "date (2025-03-14)", ""),
        ("checkin.worked_on", "place of a subject, or none", ""),
        ("check_ins[].events", "list of at most 8; [] for none", ""),
        ("event.person", "id of a person in the inventory, or nobody", ""),
        ("progress.goal", "place of a goal, such as goals[0]", ""),
        ("progress.moved", "back | not | forward | reached", ""),
    ],
)
def test_a_question_tells_its_answers_and_when_it_arises(key: str, answers: str, only_if: str) -> None:
    """The answers are in the words that an intake takes."""
    question = {**questions(), **course_questions()}[key]
    assert (question.answers, question.only_if) == (answers, only_if)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("loss.sudden", "true or false"),
        ("patient.phq9", "whole number from 0 to 27 (points)"),
        ("patient.phq9_item9", "whole number from 0 to 3 (points)"),
        ("tie.closeness", "distant < close < closest"),
        ("focus.area", "grief | disputes | transitions | deficits"),
        ("course.phase", "initial < middle < final"),
        ("event.same_before", "range of whole numbers from 0 to 60 (sessions)"),
    ],
)
def test_a_type_is_told_in_words(name: str, words: str) -> None:
    """Units, bounds and the order of words are part of how a type is told."""
    assert fields()[name].type_in_words() == words


def test_codes_of_ordered_choices_are_turned_into_words() -> None:
    """An ordered choice is a code from least to most, and every other value is its own word."""
    assert [fields()["tie.closeness"].to_word(code) for code in range(3)] == ["distant", "close", "closest"]
    assert fields()["patient.phq9"].to_word(2) == 2
    assert fields()["loss.sudden"].to_word(True) is True
    assert fields()["loss.kind"].to_word("death") == "death"


def test_a_field_belongs_to_the_group_before_its_first_dot() -> None:
    """The group of a standing's field is ``standing``, whatever comes after."""
    assert Field("standing.grief.points", "number", "x").group == "standing"


def test_the_standing_of_every_area_is_in_the_vocabulary() -> None:
    """Points and level of each area, and the margin between the first two, are what standing rules see."""
    names = [f"standing.{area}.{part}" for area in AREAS for part in ("points", "level")]
    assert [name for name in fields() if name.startswith("standing.")] == [*names, "standing.margin"]
    assert fields()["standing.grief.level"].options == LEVELS
    assert fields()["focus.level"].ordered


@pytest.mark.parametrize(
    "record",
    [
        Patient,
        Safety,
        Therapy,
        Isolation,
        Loss,
        Change,
        Dispute,
        Person,
        Contract,
        AgreedFocus,
        AgreedGoal,
        InterpersonalEvent,
        GoalProgress,
    ],
)
@settings(max_examples=20)
@given(st.data())
def test_hypothesis_makes_records_from_their_types(record: type[BaseModel], data: st.DataObject) -> None:
    """Every spelling of a bounded answer is one that Hypothesis understands, without a warning."""
    hints = get_type_hints(record, include_extras=True)
    answers = {
        name: data.draw(st.from_type(hints[name])) for name in record.model_fields if "When" not in str(hints[name])
    }
    assert isinstance(record.model_validate(answers), record)
