"""Rows: what is known, what is open, what does not arise, and where each answer stands in the intake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ipt_rules import Intake, load_ruleset
from ipt_rules.course import Course
from ipt_rules.engines import CompiledEngine
from ipt_rules.facts import Row, facts, focus_row, standing_row
from ipt_rules.held_sessions import evaluate_course
from ipt_rules.places import at, parse
from ipt_rules.session_facts import session_rows
from ipt_rules.values import NOT_ARISING, Range, Value
from ipt_rules.vocabulary import ROW_KINDS, fields_of, layout
from tests.helpers import intake

if TYPE_CHECKING:
    from ipt_rules.derived.so_far import SoFar

_PEOPLE = [
    {"id": "friend", "status": "current", "support": "much", "contact": "weekly"},
    {
        "id": "mother",
        "status": "deceased",
        "closeness": "closest",
        "satisfying": "some",
        "unsatisfying": "much",
        "support": "none",
    },
]


def _inventory(*people: dict[str, Any], ties: list[tuple[str, str]] | None = None) -> dict[str, Any]:
    return {"people": people, "ties": None if ties is None else [{"between": tie} for tie in ties]}


def _row(part: str, subject: dict[str, Any], **parts: Any) -> Row:
    """Return the row of one subject."""
    return facts(intake(**{part: [subject]}, **parts)).subjects[0]


def _width(kind: str) -> int:
    return sum(2 if field.ranged else 1 for field in fields_of(kind).values())


# ── known, open, not arising ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("subject", "field", "value"),
    [
        ({"kind": "death"}, "loss.kind", "death"),
        ({}, "loss.kind", None),
        ({"kind": "death", "mourning": "stalled"}, "loss.mourning", "stalled"),
        ({"kind": "death"}, "loss.mourning", None),
        ({"kind": "pregnancy_loss"}, "loss.mourning", None),
        ({"kind": "separation"}, "loss.mourning", NOT_ARISING),
        ({}, "loss.mourning", None),
        ({"mourning": "stalled"}, "loss.mourning", "stalled"),
        ({"kind": "death", "sudden": False}, "loss.sudden", False),
        ({"kind": "job"}, "loss.sudden", NOT_ARISING),
        ({"kind": "job"}, "loss.tied_to_episode", None),
        ({"when": "2025-09-14"}, "loss.months_since", Range(6, 6)),
        ({"when": "2025"}, "loss.months_since", Range(2, 14)),
        ({}, "loss.months_since", None),
        ({"when": "2025-03"}, "loss.months_before_onset", Range(5, 6)),
        ({"when": "2026-03"}, "loss.months_before_onset", Range(-6, -5)),
        ({}, "loss.months_before_onset", None),
    ],
)
def test_an_answer_is_known_open_or_does_not_arise(subject: dict[str, Any], field: str, value: Value) -> None:
    """What was answered is a value, what was left open is None, and what the other answers rule out does not arise."""
    found = _row("losses", subject, episode={"onset": "2025-09-14"}).value(field)
    assert found is value if value in (None, True, False) or value is NOT_ARISING else found == value


@pytest.mark.parametrize(
    ("person", "field", "value"),
    [
        ("friend", "tie.support", 2),
        ("friend", "tie.contact", 3),
        ("friend", "tie.confides", None),
        ("friend", "tie.closeness", None),
        ("friend", "tie.ambivalent", None),
        ("mother", "tie.closeness", 2),
        ("mother", "tie.support", 0),
        ("mother", "tie.contact", NOT_ARISING),
        ("mother", "tie.confides", NOT_ARISING),
        ("mother", "tie.ambivalent", True),
        ("nobody", "tie.closeness", NOT_ARISING),
        ("nobody", "tie.status", NOT_ARISING),
        ("nobody", "tie.ambivalent", NOT_ARISING),
        ("nobody", "tie.bridge", NOT_ARISING),
        (None, "tie.closeness", None),
        (None, "tie.ambivalent", None),
    ],
)
def test_the_tie_to_the_person_concerned_is_part_of_the_row(person: str | None, field: str, value: Value) -> None:
    """Ordered answers are codes, a subject that concerns nobody has no tie, and one that concerns somebody unnamed an open one."""
    found = _row("losses", {"person": person}, inventory=_inventory(*_PEOPLE)).value(field)
    assert found is value if value in (None, True, False) or value is NOT_ARISING else found == value


@pytest.mark.parametrize(
    ("good", "hard", "ambivalent"),
    [
        ("some", "much", True),
        ("none", None, False),
        (None, "none", False),
        ("none", "much", False),
        ("much", None, None),
        (None, None, None),
    ],
)
def test_one_side_can_settle_that_a_tie_is_not_ambivalent(
    good: str | None, hard: str | None, ambivalent: bool | None
) -> None:
    """Ambivalence takes both sides, so one that is known to be missing is enough to deny it."""
    person = {"id": "a", "satisfying": good, "unsatisfying": hard}
    assert _row("changes", {"person": "a"}, inventory=_inventory(person)).value("tie.ambivalent") is ambivalent


def test_a_judgement_that_was_not_recorded_is_no_open_question() -> None:
    """A stage that the clinician did not record does not arise; no later answer can turn it into one."""
    assert _row("disputes", {"stage": "impasse"}).value("dispute.stage") == "impasse"
    assert _row("disputes", {}).value("dispute.stage") is NOT_ARISING


@pytest.mark.parametrize(
    ("view", "matters", "linked"),
    [
        ({}, None, None),
        ({"matters_most": "losses[0]", "links_mood_to": "none"}, True, False),
        ({"matters_most": "none"}, False, None),
        ({"links_mood_to": "losses[1]"}, None, False),
    ],
)
def test_the_patients_view_is_told_of_each_subject(
    view: dict[str, str], matters: bool | None, linked: bool | None
) -> None:
    """A subject that the patient names is true, every other one false, and all are open while nobody asked."""
    row = facts(intake(losses=[{}, {}], view=view)).subjects[0]
    assert (row.value("loss.matters_most"), row.value("loss.linked_by_patient")) == (matters, linked)


@pytest.mark.parametrize(
    ("parts", "field", "value"),
    [
        ({"episode": {"phq9": 14}}, "patient.phq9", 14),
        ({}, "patient.phq9", None),
        ({"patient": {"perinatal": "postpartum"}}, "patient.perinatal", "postpartum"),
        ({"safety": {"abuse": False}}, "patient.abuse", False),
        ({"episode": {"onset": "2025"}}, "patient.months_since_onset", Range(2, 14)),
        ({}, "patient.months_since_onset", None),
        ({"inventory": {"people": []}}, "network.confidants", Range(0, 0)),
        ({}, "network.confidants", None),
        ({"inventory": {"people": [{"id": "a", "status": "current"}]}}, "network.confidants", Range(0, 1)),
        ({"inventory": {"people": [{"id": "a", "status": "current"}]}}, "network.density", NOT_ARISING),
        ({"losses": []}, "story.deaths", Range(0, 0)),
        ({}, "story.deaths", None),
        ({"losses": [{"kind": "death"}, {"kind": "pregnancy_loss"}, {"kind": "job"}, {}]}, "story.deaths", Range(2, 3)),
        ({"losses": [{"kind": "death"}, {"kind": "job"}, {}]}, "story.other_losses", Range(1, 2)),
        ({"disputes": [{}, {}]}, "story.disputes", Range(2, 2)),
        ({"changes": []}, "story.changes", Range(0, 0)),
        ({}, "story.events", None),
        ({"losses": [{}], "disputes": [{}], "changes": []}, "story.events", Range(2, 2)),
        ({"losses": [{}]}, "story.events", Range(1, 25)),
        ({"losses": [{"tied_to_episode": True}, {}], "disputes": [], "changes": []}, "story.tied_events", Range(1, 2)),
        ({"losses": [{"tied_to_episode": False}], "disputes": []}, "story.tied_events", Range(0, 12)),
    ],
)
def test_what_is_known_of_the_patient_stands_in_every_row(parts: dict[str, Any], field: str, value: Value) -> None:
    """Answers, measures of the network and counts over the story are the same in the patient's row and in each subject's."""
    found = facts(intake(isolation=[{}], **parts))
    for row in (found.patient, *found.subjects, *found.not_asked):
        assert row.value(field) is value if value is NOT_ARISING or value is None else row.value(field) == value


# ── which rows there are ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_subject_has_a_row_in_the_order_of_the_intake() -> None:
    """Rows are named by kind, place and position of the person."""
    whole = intake(
        inventory=_inventory(*_PEOPLE),
        isolation=[{}],
        changes=[{"person": "nobody"}],
        disputes=[{"person": "friend"}],
        losses=[{"person": "mother"}, {}],
    )
    found = facts(whole)
    assert [(row.kind, row.place, row.person) for row in found.subjects] == [
        ("loss", "losses[0]", 1),
        ("loss", "losses[1]", None),
        ("dispute", "disputes[0]", 0),
        ("change", "changes[0]", None),
        ("isolation", "isolation[0]", None),
    ]
    assert (found.patient.kind, found.patient.place, found.patient.person) == ("patient", "", None)
    assert found.not_asked == ()


def test_a_list_that_was_not_asked_for_adds_one_row_about_which_nothing_is_known() -> None:
    """Such a row stands for what may be there; one for each list left out, none for a list that is empty."""
    found = facts(intake(losses=[], changes=[{}], episode={"phq9": 9}))
    assert [(row.kind, row.place, row.person) for row in found.not_asked] == [
        ("dispute", "", None),
        ("isolation", "", None),
    ]
    dispute, isolation = found.not_asked
    for row in (dispute, isolation):
        own = [name for name, field in fields_of(row.kind).items() if field.group in (row.kind, "tie")]
        assert own
        assert {row.value(name) for name in own} == {None}
        assert row.value("patient.phq9") == 9
        assert row.value("story.changes") == Range(1, 1)


@pytest.mark.parametrize("kind", ["loss", "dispute", "change", "isolation", "patient"])
def test_a_row_has_one_cell_for_each_place_of_its_layout(kind: str) -> None:
    """Rows of subjects, of the patient and of what was not asked are as wide as their layout."""
    asked = facts(intake(losses=[{}], disputes=[{}], changes=[{}], isolation=[{}]))
    rows = [row for row in (*asked.subjects, asked.patient, *facts(intake()).not_asked) if row.kind == kind]
    assert [len(row.cells) for row in rows] == [_width(kind)] * (1 if kind == "patient" else 2)


@pytest.mark.parametrize("field", sorted(fields_of("loss")))
def test_of_an_empty_subject_nothing_is_known_that_was_not_asked(field: str) -> None:
    """Every field of a loss about which nothing was said is open, but for the counts of what was listed."""
    known: dict[str, Value] = {"story.events": Range(1, 25), "story.tied_events": Range(0, 25)}
    known |= {"story.deaths": Range(0, 1), "story.other_losses": Range(0, 1)}
    known |= {"patient.epds_item10": NOT_ARISING}  # recorded where that form is used, and no open question elsewhere
    value, expected = _row("losses", {}).value(field), known.get(field)
    assert value is expected or value == expected


# ── rows made later ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_value_can_be_set_without_changing_the_row() -> None:
    """Setting a range fills both its cells, in a new row."""
    row = _row("disputes", {})
    changed = row.with_values({"dispute.stage_found": "impasse", "dispute.months_since": Range(1, 3)})
    assert changed.value("dispute.stage_found") == "impasse"
    assert changed.value("dispute.months_since") == Range(1, 3)
    assert row.value("dispute.months_since") is None
    assert row.value("dispute.stage_found") is None
    assert (changed.kind, changed.place, changed.person) == (row.kind, row.place, row.person)


def test_a_range_that_does_not_arise_is_not_a_range() -> None:
    """Both cells say that the question does not arise, and so does the value."""
    row = _row("losses", {"when": "2025"}).with_values({"loss.months_since": NOT_ARISING})
    assert row.value("loss.months_since") is NOT_ARISING
    start = layout("loss")["loss.months_since"]
    assert all(cell is NOT_ARISING for cell in row.cells[start : start + 2])


def test_the_row_of_a_focus_holds_its_subject_and_what_is_known_of_the_patient() -> None:
    """The subject's own fields and tie are kept, the focus is added, and other kinds of subject do not arise."""
    found = facts(
        intake(
            inventory=_inventory(*_PEOPLE, ties=[]),
            disputes=[{"person": "friend", "covert": True, "began": "2025"}],
            episode={"phq9": 9},
        )
    )
    row = focus_row(found.subjects[0], found.patient, {"focus.area": "disputes", "focus.level": 3})
    assert (row.kind, row.place, row.person) == ("focus", "disputes[0]", 0)
    assert len(row.cells) == _width("focus")
    expected: dict[str, Value] = {
        "focus.area": "disputes",
        "focus.level": 3,
        "dispute.covert": True,
        "dispute.violence": None,
        "dispute.months_since": Range(2, 14),
        "tie.support": 2,
        "tie.bridge": False,
        "patient.phq9": 9,
        "network.people": Range(1, 1),
        "story.disputes": Range(1, 1),
    }
    assert {name: row.value(name) for name in expected} == expected
    assert row.value("focus.stage") is NOT_ARISING
    for name, field in fields_of("focus").items():
        if field.group in ("loss", "change", "isolation"):
            assert row.value(name) is NOT_ARISING


def test_the_row_of_a_focus_keeps_all_that_its_subject_says() -> None:
    """Every field of the subject's row has the same value in the row of the focus."""
    full = intake(
        losses=[{"kind": "death", "person": "mother", "when": "2025", "sudden": True}],
        inventory=_inventory(*_PEOPLE, ties=[]),
    )
    found = facts(full)
    [subject] = found.subjects
    row = focus_row(subject, found.patient, {})
    for name in fields_of("loss"):
        one, other = subject.value(name), row.value(name)
        assert other is NOT_ARISING if one is NOT_ARISING else one == other


def test_a_focus_without_subject_has_nobody_and_no_subjects_questions() -> None:
    """Where nothing was recorded, questions about subjects and ties do not arise, and the patient is known as before."""
    found = facts(intake(episode={"phq9": 9}))
    row = focus_row(None, found.patient, {"focus.area": "deficits"})
    assert (row.kind, row.place, row.person) == ("focus", "", None)
    for name, field in fields_of("focus").items():
        if field.group in ("loss", "dispute", "change", "isolation", "tie"):
            assert row.value(name) is NOT_ARISING
    assert row.value("focus.area") == "deficits"
    assert row.value("patient.phq9") == 9


def test_the_row_of_the_standings_holds_them_and_what_is_known_of_the_patient() -> None:
    """Standings that are given are values, the others are open, and no subject is seen."""
    found = facts(intake(losses=[{}], episode={"phq9": 9}))
    row = standing_row(found.patient, {"standing.grief.points": Range(2, 5), "standing.grief.level": Range(1, 2)})
    assert (row.kind, row.place, row.person) == ("standing", "", None)
    assert len(row.cells) == _width("standing")
    assert row.value("standing.grief.points") == Range(2, 5)
    assert row.value("standing.grief.level") == Range(1, 2)
    assert row.value("standing.margin") is None
    assert row.value("patient.phq9") == 9


# ── where it stands ──────────────────────────────────────────────────────────────────────────────────────────────────────

_STORY = {
    "losses": [{}, {"kind": "death", "person": "mother", "when": "2025"}],
    "disputes": [{"person": "friend"}],
    "changes": [{"person": "nobody"}, {}],
    "isolation": [{}],
    "inventory": {"people": _PEOPLE, "ties": []},
}


@pytest.mark.parametrize(
    ("subject", "field", "paths"),
    [
        (1, "loss.mourning", ("losses[1].mourning",)),
        (1, "loss.months_since", ("losses[1].when", "assessed_on")),
        (1, "loss.months_before_onset", ("losses[1].when", "episode.onset", "assessed_on")),
        (1, "loss.matters_most", ("view.matters_most",)),
        (1, "tie.closeness", ("inventory.people[1].closeness",)),
        (1, "tie.ambivalent", ("inventory.people[1].satisfying", "inventory.people[1].unsatisfying")),
        (1, "patient.phq9", ("episode.phq9",)),
        (1, "patient.abuse", ("safety.abuse",)),
        (1, "patient.months_since_onset", ("episode.onset", "assessed_on")),
        (1, "network.people", ("inventory.people", "inventory.people[].status", "inventory.people[].status")),
        (1, "network.confidants", ("inventory.people", "inventory.people[].confides", "inventory.people[].status")),
        (1, "story.deaths", ("losses", "losses[].kind")),
        (2, "dispute.violence", ("disputes[0].violence",)),
        (2, "dispute.stage_used", ("disputes[0].stage",)),
        (2, "tie.contact", ("inventory.people[0].contact",)),
        (3, "change.wanted", ("changes[0].wanted",)),
        (3, "tie.contact", ("inventory.people[].contact",)),
        (4, "change.kind", ("changes[1].kind",)),
        (5, "isolation.began", ("isolation[0].began",)),
    ],
)
def test_a_field_knows_the_places_that_it_comes_from(subject: int, field: str, paths: tuple[str, ...]) -> None:
    """Answers about the subject and the person concerned are named by position, answers about all with empty brackets."""
    found = facts(intake(**_STORY)).subjects[subject].paths(field)
    assert tuple(dict.fromkeys(found)) == tuple(dict.fromkeys(paths))


def test_counts_over_the_story_read_every_subject_and_not_only_that_of_the_row() -> None:
    """In a loss's row, too, the number of deaths comes from all losses."""
    assert facts(intake(losses=[{}, {}])).subjects[1].paths("story.deaths") == ("losses", "losses[].kind")


def test_whether_somebody_was_a_bridge_comes_from_the_others() -> None:
    """It rests on who knows whom and on which of the others are alive, not on the status of the person concerned."""
    row = facts(intake(**_STORY)).subjects[1]
    assert row.paths("tie.bridge") == ("inventory.ties", "inventory.people[].status")


def test_the_row_of_a_focus_knows_the_places_of_its_subject() -> None:
    """What the focus says of its subject is named by the subject's position."""
    found = facts(intake(**_STORY))
    row = focus_row(found.subjects[1], found.patient, {})
    assert row.paths("loss.mourning") == ("losses[1].mourning",)
    assert row.paths("tie.closeness") == ("inventory.people[1].closeness",)
    assert row.paths("patient.phq9") == ("episode.phq9",)


def test_what_was_not_asked_has_no_position() -> None:
    """A row about which nothing is known names its places with empty brackets."""
    row = next(row for row in facts(intake()).not_asked if row.kind == "loss")
    assert row.paths("loss.mourning") == ("losses[].mourning",)
    assert row.paths("tie.closeness") == ("inventory.people[].closeness",)


def test_every_place_without_empty_brackets_is_one_of_the_intake() -> None:
    """Each path that a row of an intake gives leads to something in that intake."""
    whole: Intake = intake(**_STORY)
    for row in (*facts(whole).subjects, facts(whole).patient):
        for name, field in fields_of(row.kind).items():
            assert row.paths(name), name
            for path in row.paths(name):
                if "[]" not in path and field.group not in ("standing", "focus"):
                    at(whole, parse(path))


def test_rows_hold_neither_names_nor_text() -> None:
    """What is for people only never reaches a row."""
    text = "MARKED"
    whole = intake(
        note=text,
        losses=[{"kind": "death", "person": text, "note": text}],
        inventory={"people": [{"id": text, "name": text, "relation": text, "note": text}], "note": text, "ties": []},
        view={"note": text},
        episode={"note": text},
    )
    assert text not in repr(facts(whole))


def test_the_same_intake_gives_the_same_rows() -> None:
    """Facts are a pure function of the intake."""
    assert repr(facts(intake(**_STORY))) == repr(facts(Intake(**intake(**_STORY).to_dict())))


def test_all_row_kinds_are_made() -> None:
    """Facts, standings, foci and the sessions of a course together have every kind of row that a rule may be for."""
    found = facts(intake(**_STORY))
    made = {row.kind for row in found.subjects} | {found.patient.kind}
    made |= {standing_row(found.patient, {}).kind, focus_row(None, found.patient, {}).kind}
    made |= {row.kind for row in session_rows(_so_far(), found.patient)}
    assert made == set(ROW_KINDS)


def _so_far() -> SoFar:
    """Return a therapy up to a session in which one event was told."""
    told = [{"session": 4, "mood_before": 4}, {"session": 5, "mood_before": 6, "events": [{"person": "friend"}]}]
    of = intake(inventory=_inventory(*_PEOPLE))
    course = Course.model_validate({"intake": of.to_dict(), "check_ins": told, "contracts": [{"sessions": 12}]})
    rules = load_ruleset()
    return evaluate_course(course, rules, CompiledEngine(rules)).held[-1].so_far


def test_a_session_and_its_events_are_rows_of_their_own() -> None:
    """Each row has its place in the course, an event's also the person, and all that is known of the session."""
    session, event = session_rows(_so_far(), facts(intake()).patient)
    assert (session.place, session.person) == ("check_ins[1]", None)
    assert (event.place, event.person) == ("check_ins[1].events[0]", 0)
    for row in (session, event):
        assert len(row.cells) == _width(row.kind)
        assert (row.value("checkin.mood_change"), row.value("course.sessions_left")) == (2, 7)
    assert event.value("tie.contact") == 3
    assert event.value("event.effect") is None


def test_a_field_of_a_session_comes_from_its_place_in_the_course() -> None:
    """Answers of a session and its events are given with their positions; what is counted over sessions reads those of each."""
    session, event = session_rows(_so_far(), facts(intake()).patient)
    assert session.paths("checkin.mood_before") == ("check_ins[1].mood_before",)
    assert event.paths("event.effect") == ("check_ins[1].events[0].effect",)
    assert event.paths("tie.contact") == ("inventory.people[0].contact",)
    assert session.paths("course.phase") == ("check_ins[].session", "contracts")
