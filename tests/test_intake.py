"""The intake: what it takes, what contradicts itself, and what its errors never say."""

from __future__ import annotations

import json
import pickle
import traceback
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import networkx as nx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ipt_rules import Intake, IntakeError, Inventory, Problem, read_intake
from ipt_rules.contradictions import is_question
from ipt_rules.places import at, parse, put, written
from tests.helpers import DAY, intake, refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_HEAD = f"assessed_on: {DAY}\n"
_SECRET = "MARKED-SECRET"  # noqa: S105  # a patient's text, to be looked for

_FULL: dict[str, Any] = {
    "schema": "ipt-rules/intake/v1",
    "assessed_on": DAY,
    "patient": {"age": 41, "perinatal": "neither"},
    "episode": {"condition": "depression", "onset": "2025-09", "phq9": 14, "phq9_item9": 0, "medication": "none"},
    "losses": [
        {"kind": "death", "person": "mother", "when": {"months_ago": 8}, "mourning": "delayed", "sudden": False},
        {"kind": "job", "person": "nobody", "when": "2025"},
        {},
    ],
    "disputes": [{"person": "partner", "began": "2024-11-02", "stage": "impasse", "violence": False}],
    "changes": [],
    "isolation": [{"began": "adolescence", "hard_to_keep": True}],
    "inventory": {
        "people": [
            {"id": "mother", "name": "Ada", "status": "deceased", "closeness": "closest"},
            {"id": "partner", "role": "partner", "status": "current", "contact": "daily", "confides": True},
            {"id": "friend"},
        ],
        "ties": [{"between": ["partner", "friend"]}],
        "note": "drawn together",
    },
    "safety": {"suicide_risk": False, "abuse": True, "cleared": ["abuse"]},
    "view": {"matters_most": "losses[0]", "links_mood_to": "none", "note": "in her words"},
    "therapy": {"planned_sessions": 16, "current_session": 3},
    "asked_without_answer": ["episode.gad7", "losses[0].guilt_or_anger", "losses[2].person"],
    "note": "referred by the family doctor",
}


# ── reading and writing ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_full_intake_is_written_as_it_was_given() -> None:
    """Plain values go in and the same come out, with nothing made up for open questions."""
    assert Intake(**_FULL).to_dict() == _FULL


def test_an_intake_is_read_back_from_what_it_writes() -> None:
    """The way through plain values, JSON and YAML ends at an equal intake."""
    whole = Intake(**_FULL)
    assert Intake(**whole.to_dict()) == whole
    assert read_intake(json.dumps(whole.to_dict())) == whole
    assert Intake.model_validate(whole) == whole


def test_an_empty_intake_has_nothing_but_its_day() -> None:
    """Every question may be left open, and an open question is not written."""
    assert intake().to_dict() == {"schema": "ipt-rules/intake/v1", "assessed_on": DAY}
    assert intake().losses is None


@pytest.mark.parametrize("part", ["losses", "disputes", "changes", "isolation"])
def test_an_empty_list_is_an_answer(part: str) -> None:
    """A list that was asked for and is empty is written, unlike one that was not asked for."""
    assert intake(**{part: []}).to_dict()[part] == []
    assert part not in intake(**{part: None}).to_dict()


def test_an_inventory_of_nobody_is_an_answer() -> None:
    """Empty lists of people and ties survive the way through plain values."""
    nobody: dict[str, Any] = {"people": [], "ties": []}
    assert intake(inventory=nobody).to_dict()["inventory"] == nobody
    assert Intake(**intake(inventory=nobody).to_dict()) == intake(inventory=nobody)


_SUBJECTS = {
    "losses": st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "kind": st.sampled_from(["death", "pregnancy_loss"]),
                "when": st.sampled_from(["2025", "2024-02", "2025-12-31", {"months_ago": 0}, {"months_ago": 30}]),
                "sudden": st.booleans(),
                "note": st.text(max_size=10),
            },
        ),
        max_size=3,
    ),
    "disputes": st.lists(
        st.fixed_dictionaries({}, optional={"stage": st.sampled_from(["impasse", "dissolution"])}), max_size=3
    ),
    "isolation": st.lists(st.fixed_dictionaries({}, optional={"avoids_people": st.booleans()}), max_size=1),
    "episode": st.fixed_dictionaries({}, optional={"phq9": st.integers(3, 24), "phq9_item9": st.integers(0, 3)}),
    "patient": st.fixed_dictionaries({}, optional={"age": st.integers(0, 120)}),
}


@settings(deadline=None)
@given(st.fixed_dictionaries({}, optional=_SUBJECTS))
def test_writing_and_reading_an_intake_changes_nothing(parts: dict[str, Any]) -> None:
    """Whatever is answered, ``Intake(**intake.to_dict())`` is the intake, and writes the same again."""
    first = intake(**parts)
    again = Intake(**first.to_dict())
    assert again == first
    assert again.to_dict() == first.to_dict()


def test_subjects_come_with_their_places() -> None:
    """Subjects are yielded in the order of the intake, each with its written place."""
    assert [place for place, _ in Intake(**_FULL).subjects()] == [
        *("losses[0]", "losses[1]", "losses[2]"),
        *("disputes[0]", "isolation[0]"),
    ]


@pytest.mark.parametrize("given", [DAY, date(2026, 3, 14)])
def test_the_day_of_the_assessment_is_a_full_date(given: Any) -> None:
    """A date or its usual written form is taken."""
    assert Intake(assessed_on=given).assessed_on == date(2026, 3, 14)


@pytest.mark.parametrize("given", ["2026", "2026-03", "today", "2026-02-30", 2026, None, True, datetime(2026, 3, 14)])
def test_a_day_of_assessment_that_is_no_full_date_is_refused(given: Any) -> None:
    """Partial dates, moments and other things are no day of an assessment."""
    assert refused(lambda: Intake(assessed_on=given)) == [("assessed_on", "write a full date, such as 2026-03-14")]


@pytest.mark.parametrize("given", ["0001-01-01", "9999-12-31"])
def test_a_day_of_assessment_in_which_no_event_can_be_dated_is_refused(given: str) -> None:
    """Events lie in the years 1850 to 2200, and a day of assessment outside them is told as a mistake of its own place."""
    found = refused(lambda: Intake.model_validate({"assessed_on": given, "losses": [{"when": {"months_ago": 3}}]}))
    assert [path for path, _ in found] == ["assessed_on"]


# ── answers of the wrong form ────────────────────────────────────────────────────────────────────────────────────────────

_GATES = (
    "'suicide_risk', 'harm_to_others', 'psychosis', 'mania', 'substance_dependence', 'abuse', 'cognitive_impairment', "
    "'medical_cause_open', 'medical_risk_of_eating_disorder', 'minor' or 'below_threshold'"
)


@pytest.mark.parametrize(
    ("parts", "path", "what"),
    [
        ({"patient": {"age": 121}}, "patient.age", "must be at most 120"),
        ({"patient": {"age": -1}}, "patient.age", "must be at least 0"),
        ({"patient": {"age": 41.0}}, "patient.age", "must be a whole number"),
        ({"patient": {"age": True}}, "patient.age", "must be a whole number"),
        (
            {"patient": {"perinatal": "yes"}},
            "patient.perinatal",
            "must be one of: 'neither', 'pregnant' or 'postpartum'",
        ),
        ({"patient": []}, "patient", "must be a mapping of questions to answers"),
        ({"safety": {"abuse": "no"}}, "safety.abuse", "must be true or false; leave it empty when it is not known"),
        ({"safety": {"abuse": 0}}, "safety.abuse", "must be true or false; leave it empty when it is not known"),
        ({"safety": {"cleared": ["x"]}}, "safety.cleared[0]", f"must be one of: {_GATES}"),
        ({"losses": {}}, "losses", "must be a list; an empty list says that the answer is 'none'"),
        ({"losses": ["x"]}, "losses[0]", "must be a mapping of questions to answers"),
        ({"losses": [{}] * 13}, "losses", "has too many entries; at most 12 are allowed"),
        ({"isolation": [{}] * 2}, "isolation", "has too many entries; at most 1 are allowed"),
        ({"losses": [{"person": 5}]}, "losses[0].person", "must be text"),
        ({"note": "x" * 2001}, "note", "is longer than the 2000 characters that are allowed"),
        (
            {"losses": [{"when": "then"}]},
            "losses[0].when",
            "write a date (2025, 2025-03 or 2025-03-14) or {months_ago: 8}",
        ),
        ({"losses": [{"when": {"months_ago": 1441}}]}, "losses[0].when.months_ago", "must be at most 1440"),
        ({"inventory": {"people": [{"role": "friend"}]}}, "inventory.people[0].id", "must be given"),
        ({"asked_without_answer": [5]}, "asked_without_answer[0]", "must be text"),
        ({"schema": "another"}, "schema", "must be 'ipt-rules/intake/v1'"),
        ({"losses": [{"morning": "x"}]}, "losses[0]", "holds an unknown key; the nearest known one is 'mourning'"),
        (
            {"therapy": {"zzz": 1}},
            "therapy",
            (
                "holds an unknown key; known are: planned_sessions, current_session, engages, accepts_frame, "
                "accepts_time_limit, alliance"
            ),
        ),
        (
            {"losses": [{"when": {"zzz": 1}}]},
            "losses[0].when",
            "holds an unknown key; known are: date, months_ago, counted_from",
        ),
        ({"loses": []}, "", "holds an unknown key; the nearest known one is 'losses'"),
    ],
)
def test_an_answer_of_the_wrong_form_is_told_with_what_would_be_right(
    parts: dict[str, Any], path: str, what: str
) -> None:
    """Type, bounds, words, lengths and unknown keys: each gives one problem at its place."""
    assert refused(lambda: intake(**parts)) == [(path, what)]


def test_the_day_must_be_given() -> None:
    """An intake without the day of its assessment is refused."""
    assert refused(lambda: Intake.model_validate({})) == [("assessed_on", "must be given")]


@pytest.mark.parametrize("given", [None, 5, "intake", [], [("assessed_on", DAY)]])
def test_what_is_no_mapping_is_no_intake(given: Any) -> None:
    """Anything but a mapping is refused as a whole."""
    assert refused(lambda: Intake.model_validate(given)) == [("", "must be a mapping of questions to answers")]


# ── contradictions ───────────────────────────────────────────────────────────────────────────────────────────────────────

_MISSING = "refers to a person who is not in the inventory; add the person, or leave this open"
_ONLY_OF_DEATHS = "is asked only when 'kind' is death or pregnancy_loss; leave it out, or mend 'kind'"
_OWN_MEANING = "'patient', 'nobody' and 'none' have a meaning of their own; choose another id"
_LATER = "lies after the day of the assessment (assessed_on)"
_NO_SUBJECT = "refers to no subject of this intake; write its place, such as losses[0], or 'none'"
_ITEM_9 = "does not fit phq9_item9: the other items add 0 to 24 points to it"
_OF_THE_LIVING = "is a question about the living, and this person has died; leave it out"
_NO_QUESTION = "is no question of this intake; write its place, such as losses[0].mourning"
_A_PART = "is a part of the intake, not a question; name the question, such as episode.phq9"


def _people(*people: dict[str, Any], ties: list[tuple[str, str]] | None = None) -> dict[str, Any]:
    return {"inventory": {"people": people, "ties": None if ties is None else [{"between": tie} for tie in ties]}}


_A, _B = {"id": "a"}, {"id": "b"}


@pytest.mark.parametrize(
    ("parts", "path", "what"),
    [
        (_people({"id": "patient"}), "inventory.people[0].id", _OWN_MEANING),
        (_people(_A, {"id": "nobody"}), "inventory.people[1].id", _OWN_MEANING),
        (_people({"id": "none"}), "inventory.people[0].id", _OWN_MEANING),
        (_people(_A, _B, _A), "inventory.people[2].id", "the same id as inventory.people[0]; ids must differ"),
        (
            _people(_A, ties=[("a", "x")]),
            "inventory.ties[0].between[1]",
            "refers to a person who is not in the inventory; add the person",
        ),
        (_people(_A, ties=[("a", "a")]), "inventory.ties[0].between", "ties a person to themselves; name two people"),
        (
            _people(_A, _B, ties=[("a", "b"), ("b", "a")]),
            "inventory.ties[1].between",
            "the same two people as an earlier tie; name each pair once",
        ),
        (_people({"id": "a", "status": "deceased", "contact": "daily"}), "inventory.people[0].contact", _OF_THE_LIVING),
        (_people({"id": "a", "status": "deceased", "confides": False}), "inventory.people[0].confides", _OF_THE_LIVING),
        (
            _people({"id": "a", "status": "past", "confides": True}),
            "inventory.people[0].confides",
            "is asked only when 'status' is current; leave it out, or mend 'status'",
        ),
        ({"losses": [{}, {"person": "a"}]}, "losses[1].person", _MISSING),
        ({"changes": [{"person": "a"}]}, "changes[0].person", _MISSING),
        ({"disputes": [{"person": "a"}]}, "disputes[0].person", _MISSING),
        (
            {**_people({"id": "a", "status": "deceased"}), "disputes": [{"person": "a", "stage": "impasse"}]},
            "disputes[0].stage",
            "a stage is recorded for a dispute with somebody who died; leave the stage out, or record a loss",
        ),
        (
            {**_people({"id": "a", "status": "current"}), "losses": [{"kind": "death", "person": "a"}]},
            "losses[0].person",
            "the death of somebody whose status is not 'deceased'; mend the person's status or the loss",
        ),
        ({"episode": {"onset": "2026-04"}}, "episode.onset", _LATER),
        ({"losses": [{"when": "2026-03-15"}]}, "losses[0].when", _LATER),
        ({"disputes": [{"began": "2027"}]}, "disputes[0].began", _LATER),
        ({"changes": [{}, {"when": "2026-03-15"}]}, "changes[1].when", _LATER),
        ({"losses": [{"kind": "separation", "mourning": "stalled"}]}, "losses[0].mourning", _ONLY_OF_DEATHS),
        ({"losses": [{"kind": "job", "sudden": False}]}, "losses[0].sudden", _ONLY_OF_DEATHS),
        ({"view": {"matters_most": "losses[0]"}}, "view.matters_most", _NO_SUBJECT),
        ({"losses": [{}], "view": {"links_mood_to": "losses"}}, "view.links_mood_to", _NO_SUBJECT),
        ({"losses": [{}], "view": {"links_mood_to": "losses[1]"}}, "view.links_mood_to", _NO_SUBJECT),
        ({"episode": {"phq9": 2, "phq9_item9": 3}}, "episode.phq9", _ITEM_9),
        ({"episode": {"phq9": 25, "phq9_item9": 0}}, "episode.phq9", _ITEM_9),
        ({"asked_without_answer": ["mood"]}, "asked_without_answer[0]", _NO_QUESTION),
        ({"asked_without_answer": ["losses[0].kind"]}, "asked_without_answer[0]", _NO_QUESTION),
        ({"asked_without_answer": ["not a place"]}, "asked_without_answer[0]", _NO_QUESTION),
        ({"asked_without_answer": ["episode"]}, "asked_without_answer[0]", _A_PART),
        ({"losses": [{}], "asked_without_answer": ["losses[0]"]}, "asked_without_answer[0]", _A_PART),
        ({"asked_without_answer": ["episode.note"]}, "asked_without_answer[0]", _A_PART),
        (
            {"episode": {"phq9": 5}, "asked_without_answer": ["episode.gad7", "episode.phq9"]},
            "asked_without_answer[1]",
            "episode.phq9 is answered; it cannot be without an answer too",
        ),
        (
            {"asked_without_answer": ["episode.gad7", "episode.gad7"]},
            "asked_without_answer[1]",
            "episode.gad7 is listed twice",
        ),
    ],
)
def test_a_contradiction_is_told_at_the_answer_to_mend(parts: dict[str, Any], path: str, what: str) -> None:
    """Answers that are well-formed alone and cannot hold together give one problem, with what would be right."""
    assert refused(lambda: intake(**parts)) == [(path, what)]


@pytest.mark.parametrize(
    "parts",
    [
        {"losses": [{"mourning": "stalled"}]},
        {"losses": [{"kind": "pregnancy_loss", "mourning": "stalled", "person": "nobody"}]},
        {"losses": [{"kind": "job", "mourning": None}]},
        {**_people({"id": "a", "confides": True, "contact": "daily"})},
        {**_people({"id": "a", "status": "past", "contact": "yearly"})},
        {**_people({"id": "a"}), "losses": [{"kind": "death", "person": "a"}]},
        {**_people({"id": "a", "status": "past"}), "losses": [{"kind": "estrangement", "person": "a"}]},
        {**_people({"id": "a", "status": "deceased"}), "disputes": [{"person": "a"}]},
        {"episode": {"phq9": 3, "phq9_item9": 3}},
        {"episode": {"phq9": 27, "phq9_item9": 3}},
        {"episode": {"phq9": 24, "phq9_item9": 0}},
        {"episode": {"onset": "2026"}, "losses": [{"when": "2026-03"}], "changes": [{"when": DAY}]},
        {"view": {"matters_most": "none"}},
        {"isolation": [{}], "view": {"matters_most": "isolation[0]"}},
        {"asked_without_answer": ["losses", "inventory.people", "inventory.ties", "episode.onset"]},
        {"losses": [{}], "asked_without_answer": ["losses[0].person", "losses[0].when", "view.matters_most"]},
    ],
)
def test_what_only_looks_like_a_contradiction_is_taken(parts: dict[str, Any]) -> None:
    """What open answers could still make right is no contradiction."""
    assert isinstance(intake(**parts), Intake)


def test_a_dispute_is_with_somebody() -> None:
    """A dispute with nobody is refused, and not by asking for a person of that name."""
    [(path, what)] = refused(lambda: intake(disputes=[{"person": "nobody"}]))
    assert path == "disputes[0].person"
    assert what != _MISSING


# ── all at once ──────────────────────────────────────────────────────────────────────────────────────────────────────────

_EIGHT = f"""\
assessed_on: {DAY}
episode: {{onset: 2026-13, phq9: 31}}
losses:
  - {{kind: deth, mourning: settled}}
  - kind: separation
    sudden: true
disputes:
  - {{person: {_SECRET}, stagee: impasse}}
view:
  matters_most: changes[0]
therapy: {{planned_sessions: many}}
"""


def test_eight_mistakes_give_exactly_eight_problems() -> None:
    """Malformed answers and contradictions of one intake are told together, each once, with line, column and place."""
    with pytest.raises(IntakeError) as raised:
        read_intake(_EIGHT, "a.yaml")
    assert raised.value.heading == "The intake cannot be assessed:"
    assert [(problem.file, problem.line, problem.column, problem.path) for problem in raised.value.problems] == [
        ("a.yaml", 2, 11, "episode.onset"),
        ("a.yaml", 2, 27, "episode.phq9"),
        ("a.yaml", 4, 6, "losses[0].kind"),
        ("a.yaml", 6, 5, "losses[1].sudden"),
        ("a.yaml", 8, 6, "disputes[0].person"),
        ("a.yaml", 8, 29, "disputes[0]"),
        ("a.yaml", 10, 3, "view.matters_most"),
        ("a.yaml", 11, 11, "therapy.planned_sessions"),
    ]
    assert _SECRET not in str(raised.value)


@pytest.mark.parametrize(
    ("malformed", "path"),
    [
        ("losses: x", "losses"),
        ("losses: [x]", "losses[0]"),
        ("losses: [{kind: x}]", "losses[0].kind"),
        ("patient: []", "patient"),
        ("view: {matters_most: 5}", "view.matters_most"),
        ("schema: other", "schema"),
        ("zzz: 1", ""),
        ("asked_without_answer: [5]", "asked_without_answer[0]"),
        ("safety: {cleared: [x]}", "safety.cleared[0]"),
        ("inventory: {people: [{role: friend}]}", "inventory.people[0].id"),
        ("inventory: {people: [x]}", "inventory.people[0]"),
        ("inventory: {people: [], ties: [x]}", "inventory.ties[0]"),
        ("inventory: {people: [{id: a}], ties: [{between: [a]}]}", "inventory.ties[0].between[1]"),
        ("inventory: {people: [{id: a}], ties: [{between: [a, 5]}]}", "inventory.ties[0].between[1]"),
        ("inventory: {people: [{id: a}], ties: [{between: [a, a, a]}]}", "inventory.ties[0].between"),
    ],
)
def test_a_malformed_answer_hides_no_contradiction_elsewhere(malformed: str, path: str) -> None:
    """Beside an answer of the wrong form, a contradiction among other answers is told too."""
    text = f"{_HEAD}episode: {{phq9: 0, phq9_item9: 3}}\n{malformed}\n"
    assert sorted(found for found, _ in refused(lambda: read_intake(text))) == sorted(["episode.phq9", path])


@pytest.mark.parametrize(
    ("parts", "path"),
    [
        ({"inventory": {"people": "x"}, "losses": [{"person": "a"}]}, "inventory.people"),
        ({"inventory": "x", "disputes": [{"person": "a"}]}, "inventory"),
        ({"inventory": {"people": [{"id": 5}]}, "losses": [{"person": "5"}]}, "inventory.people[0].id"),
        ({"losses": "x", "view": {"matters_most": "losses[0]"}}, "losses"),
        ({"losses": [{}] * 13, "view": {"matters_most": "losses[12]"}}, "losses"),
        ({"losses": "x", "asked_without_answer": ["losses[0].kind"]}, "losses"),
    ],
)
def test_a_malformed_list_is_one_mistake_and_not_one_for_each_reference_into_it(
    parts: dict[str, Any], path: str
) -> None:
    """What refers into a list that could not be read is not called wrong on that account."""
    assert [found for found, _ in refused(lambda: intake(**parts))] == [path]


def test_two_unknown_keys_of_one_place_are_two_problems() -> None:
    """Each unknown key is told, at its own line and column, without being named."""
    with pytest.raises(IntakeError) as raised:
        read_intake(f"{_HEAD}{_SECRET}-1: a\nepisode: {{}}\n{_SECRET}-2: b\n", "a.yaml")
    assert [(problem.line, problem.column, problem.path) for problem in raised.value.problems] == [
        (2, 1, ""),
        (4, 1, ""),
    ]
    assert _SECRET not in str(raised.value)


def _generated(entries: list[Any]) -> Iterator[Any]:
    yield from entries


@pytest.mark.parametrize("listed", [list, tuple, _generated])
def test_problems_are_collected_whatever_kind_of_list_was_given(listed: Any) -> None:
    """Lists, tuples and generators of subjects give the same problems."""
    parts = {"losses": listed([{"kind": "x"}]), "episode": {"phq9": 0, "phq9_item9": 3}}
    assert [path for path, _ in refused(lambda: intake(**parts))] == ["episode.phq9", "losses[0].kind"]


def test_problems_of_the_text_and_of_its_answers_are_told_together() -> None:
    """A duplicate key and a surprising word are told beside a malformed answer, in reading order, each value once."""
    with pytest.raises(IntakeError) as raised:
        read_intake(f"{_HEAD}patient: {{age: 200}}\nepisode: {{phq9: 012}}\npatient: {{}}\n")
    told = [(problem.line, problem.column, problem.path) for problem in raised.value.problems]
    assert told == [(2, 11, "patient.age"), (3, 17, ""), (4, 1, "")]


@pytest.mark.parametrize("text", ["", "# nothing\n", "- a\n", "hello\n", "null\n", "[]"])
def test_a_text_that_is_no_mapping_is_no_intake(text: str) -> None:
    """Empty text, lists and words are one problem at the start."""
    what = "an intake is a mapping of parts (episode, losses, …) to answers; see `ipt-rules template`"
    with pytest.raises(IntakeError) as raised:
        read_intake(text, "a.yaml")
    assert raised.value.problems == (Problem("a.yaml", 1, 1, "", what),)


def test_a_name_with_a_character_beyond_the_first_plane_is_read_from_json() -> None:
    """JSON as other programs write it may hold such a character as two escapes."""
    parts = {"assessed_on": DAY, "note": "😀"}
    assert read_intake(json.dumps(parts)) == Intake.model_validate(parts)


# ── what errors never say ────────────────────────────────────────────────────────────────────────────────────────────────


def _all_that_is_said(error: IntakeError) -> str:
    """Return everything that a log could show of an error, its causes among it."""
    chained: list[BaseException] = [error]
    while (earlier := chained[-1].__cause__ or chained[-1].__context__) is not None:
        chained.append(earlier)
    said = [f"{part!r} {part} {part.args}" for part in chained]
    frames = "".join(traceback.format_exception_only(error))
    return " ".join([*said, frames, json.dumps(error.to_dict()), repr(pickle.loads(pickle.dumps(error)).to_dict())])  # noqa: S301  # our own


_EVERYWHERE: dict[str, Any] = {
    "assessed_on": _SECRET,
    _SECRET: 1,
    "note": [_SECRET],
    "patient": {"age": _SECRET, _SECRET: _SECRET},
    "episode": {"onset": _SECRET, "condition": _SECRET, "note": {_SECRET: _SECRET}},
    "losses": [{"kind": _SECRET, "person": _SECRET, "when": {_SECRET: _SECRET}}, _SECRET],
    "disputes": [{"person": _SECRET, "began": {"date": _SECRET}, f"person-{_SECRET}": 1}],
    "changes": {_SECRET: _SECRET},
    "inventory": {
        "people": [{"id": _SECRET, "name": _SECRET}, {"id": _SECRET, "nname": _SECRET}, {"id": "x" * 101 + _SECRET}],
        "ties": [{"between": [_SECRET, f"{_SECRET}-2"]}],
    },
    "safety": {"cleared": [_SECRET]},
    "view": {"matters_most": _SECRET},
    "asked_without_answer": [_SECRET, f"{_SECRET}[0]"],
}

_WELL_FORMED: dict[str, Any] = {
    "assessed_on": DAY,
    "note": _SECRET,
    "losses": [{"kind": "death", "person": _SECRET, "when": "2027", "note": _SECRET}, {"person": f"{_SECRET}-3"}],
    "disputes": [{"person": f"{_SECRET}-2", "stage": "impasse"}],
    "inventory": {
        "people": [
            {"id": _SECRET, "name": _SECRET, "status": "current", "note": _SECRET},
            {"id": f"{_SECRET}-2", "relation": _SECRET, "status": "deceased", "contact": "daily"},
            {"id": _SECRET},
        ],
        "ties": [{"between": [_SECRET, _SECRET]}, {"between": [_SECRET, "SECRET-4"]}],
    },
    "view": {"matters_most": _SECRET, "links_mood_to": f"losses[0].{_SECRET}"},
    "asked_without_answer": [_SECRET, f"losses[0].{_SECRET}", f"{_SECRET} {_SECRET}"],
}


@pytest.mark.parametrize("parts", [_EVERYWHERE, _WELL_FORMED], ids=["malformed", "contradictory"])
def test_no_error_repeats_a_value_an_id_or_an_unknown_key(parts: dict[str, Any]) -> None:
    """Whatever is wrong, and wherever the patient's words stand, no error holds them."""
    makers: list[Callable[[], Intake]] = [lambda: Intake.model_validate(parts), lambda: read_intake(json.dumps(parts))]
    for make in makers:
        with pytest.raises(IntakeError) as raised:
            make()
        assert len(raised.value.problems) >= 8
        assert "SECRET" not in _all_that_is_said(raised.value)


@pytest.mark.parametrize("part", list(_EVERYWHERE))
def test_no_error_about_one_part_alone_repeats_it(part: str) -> None:
    """Each malformed part alone, which hides behind no other mistake, is told without its text."""
    parts = {"assessed_on": DAY, part: _EVERYWHERE[part]}
    with pytest.raises(IntakeError) as raised:
        Intake.model_validate(parts)
    assert "SECRET" not in _all_that_is_said(raised.value)


@pytest.mark.parametrize(
    "text",
    [
        f"{_SECRET}: [\n",
        f"note: '{_SECRET}\n",
        f'note: "\\{_SECRET}"\n',
        f"note: {_SECRET}: {_SECRET}\n",
        f"note: &{_SECRET} 1\n",
        f"note: *{_SECRET}\n",
        f"note: !{_SECRET} 1\n",
        f"note: !!{_SECRET} 1\n",
        f"{_SECRET}: 1\n{_SECRET}: 2\n",
        f"{_SECRET}: 012\n",
        f"{_SECRET}: yes\n",
        f"? [{_SECRET}]\n: 1\n",
        f"note: {_SECRET}\n---\nnote: {_SECRET}\n",
        f"note: {_SECRET}\x07\n",
        f"%TAG !{_SECRET}\n---\na: 1\n",
        f"note: @{_SECRET}\n",
        f"note: |9{_SECRET}\n",
        "[" * 40 + _SECRET,
        _SECRET,
        f"- {_SECRET}\n",
        f'{{"{_SECRET}\\ud800": "{_SECRET}\\ud800"}}',
        f'{{"note": "{_SECRET}\\ud800"}}',
        f'{{"{_SECRET}": 1, "inventory": {{"people": [], "ties": [{{"between": ["{_SECRET}"]}}]}}}}',
    ],
)
def test_no_error_about_the_text_repeats_it(text: str) -> None:
    """YAML and JSON that cannot be read, or surprises, is told by line and column alone."""
    for whole in (text, f"{_HEAD}{text}"):
        with pytest.raises(IntakeError) as raised:
            read_intake(whole, "a.yaml")
        assert all(problem.file == "a.yaml" and problem.line >= 1 for problem in raised.value.problems)
        assert "SECRET" not in _all_that_is_said(raised.value)


def test_a_graph_that_is_refused_is_not_repeated() -> None:
    """Ids, attributes and values of a graph stay out of the error."""
    graph: nx.Graph[Any] = nx.Graph(note=[_SECRET])
    graph.add_node(_SECRET, name=_SECRET, status=_SECRET, **{_SECRET: _SECRET})
    graph.add_edge(_SECRET, _SECRET)
    with pytest.raises(IntakeError) as raised:
        Inventory.from_graph(graph)
    assert "SECRET" not in _all_that_is_said(raised.value)


# ── places ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

_NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)
_STEPS = st.tuples(_NAMES).flatmap(
    lambda first: st.lists(_NAMES | st.integers(0, 9999), max_size=5).map(lambda rest: (*first, *rest))
)


@given(_STEPS)
def test_a_written_place_is_read_as_its_steps(steps: tuple[str | int, ...]) -> None:
    """Reading what was written gives the steps back."""
    assert parse(written(steps)) == steps


@given(st.lists(st.sampled_from(["a", "b_", "0", "19", ".", "[", "]", "[0]", "[12]", " "]), max_size=8).map("".join))
@example("a[0]b")
def test_a_place_is_written_in_one_way_only(text: str) -> None:
    """Every text that is read as a place is what its steps are written as."""
    try:
        steps = parse(text)
    except ValueError:
        return
    assert written(steps) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "[0]",
        ".a",
        "a.",
        "a..b",
        "a[",
        "a[]",
        "a[x]",
        "a[-1]",
        "a[01]",
        "a[1234567890]",
        "a b",
        "a\n",
        "1a",
    ],
)
def test_what_is_no_place_is_refused(text: str) -> None:
    """A place begins with a name, and goes on by dots and positions."""
    with pytest.raises(ValueError, match=r"^not a place; write it as losses\[0\]\.mourning$"):
        parse(text)


def test_what_stands_at_a_place_is_found() -> None:
    """Parts, entries and answers are found, and what is not there is a LookupError."""
    whole = Intake(**_FULL)
    assert at(whole, ()) is whole
    assert at(whole, parse("losses[0].mourning")) == "delayed"
    assert at(whole, parse("episode.gad7")) is None
    for text in ("losses[3]", "losses.kind", "episode[0]", "episode.mood", "losses[0].kind.x", "changes[0]"):
        with pytest.raises(LookupError):
            at(whole, parse(text))


def test_a_value_is_put_where_its_place_says() -> None:
    """Mappings on the way are made; entries of lists are not."""
    plain: dict[str, Any] = {"losses": [{}]}
    put(plain, parse("losses[0].kind"), "death")
    put(plain, parse("episode.phq9"), 9)
    assert plain == {"losses": [{"kind": "death"}], "episode": {"phq9": 9}}
    for text in ("losses[1].kind", "losses[1]", "changes[0].kind"):
        with pytest.raises(LookupError):
            put(plain, parse(text), "x")
    assert plain == {"losses": [{"kind": "death"}], "episode": {"phq9": 9}}


@pytest.mark.parametrize(
    ("place", "question"),
    [
        *(("losses", True), ("inventory.people", True), ("inventory.ties", True), ("safety.cleared", True)),
        *(
            ("losses[0].mourning", True),
            ("losses[0].person", True),
            ("episode.onset", True),
            ("view.matters_most", True),
        ),
        *(("losses[0]", False), ("episode", False), ("episode.note", False), ("assessed_on", False)),
        *(("asked_without_answer", False), ("inventory", False), ("inventory.people[0].id", False)),
        *(("inventory.people[0].closeness", True), ("inventory.ties[0].between", False)),
    ],
)
def test_questions_are_told_from_other_places(place: str, question: bool) -> None:
    """What is asked, referred to or listed is a question; parts, notes, ids and dates of the form are not."""
    assert is_question(Intake(**_FULL), parse(place)) is question
