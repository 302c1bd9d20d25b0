"""The record of a therapy: what it takes, what contradicts itself and where, and what its errors never say."""

from __future__ import annotations

import json
import pickle
import traceback
from typing import TYPE_CHECKING, Any, Final

import pytest

from ipt_rules import Intake, IntakeError
from ipt_rules.course import Course
from ipt_rules.reading_courses import read_course
from ipt_rules.sessions import AgreedFocus, CheckIn, NewFacts
from tests.helpers import DAY, MARK, intake, refused

if TYPE_CHECKING:
    from collections.abc import Callable

PEOPLE: Final = [
    {"id": "partner", "status": "current", "role": "partner"},
    {"id": "uncle", "status": "deceased"},
    {"id": "friend"},
]

STORY: Final = intake(
    episode={"onset": {"months_ago": 4}, "phq9": 18},
    losses=[],
    disputes=[{"person": "partner", "stage": "impasse"}, {"person": "uncle"}],
    inventory={"people": PEOPLE},
).to_dict()
"""An intake with a dispute and nobody dead who is mourned; changes and isolation were not asked for."""

FOCUS: Final = {"area": "disputes", "subject": "disputes[0]"}


def course(*check_ins: dict[str, Any], **parts: Any) -> Course:
    """Return a course with some check-ins, on the usual intake unless another is given."""
    return Course.model_validate({"intake": STORY, "check_ins": list(check_ins), **parts})


def new(**facts: Any) -> dict[str, Any]:
    """Return the check-in of a fifth session in which something became known."""
    return {"session": 5, "day": "2026-04-20", "new_facts": facts}


# ── each contradiction, at its place ─────────────────────────────────────────────────────────────────────────────────────

ORDER_OF_CONTRACTS: Final = "must be later than that of the contract before; write contracts in their order"
NO_SUBJECT: Final = (
    "refers to no subject of the intake as it was known then; write its place, such as losses[0], or 'none'"
)
COMPLETE: Final = "the intake does not say who or what else there is; answer {} as a whole, under 'answers'"
OF_THE_DEAD: Final = "a stage is recorded for a dispute with somebody who died; leave the stage out, or record a loss"
OUTSIDE: Final = (
    "refers to a person who is not in the inventory; add the person under new_facts.people, or write nobody"
)

CONTRADICTIONS: Final[dict[str, tuple[dict[str, Any], list[tuple[str, str]]]]] = {
    "contracts out of order": (
        {"contracts": [{"sessions": 16, "agreed_in": 3}, {"sessions": 12}]},
        [("contracts[1].agreed_in", ORDER_OF_CONTRACTS)],
    ),
    "two contracts from one session": (
        {"contracts": [{"sessions": 16}, {"sessions": 12}]},
        [("contracts[1].agreed_in", ORDER_OF_CONTRACTS)],
    ),
    "a contract that is over when it begins": (
        {"contracts": [{"sessions": 4, "agreed_in": 5}]},
        [
            (
                "contracts[0].sessions",
                "are fewer than the sessions held when it was agreed; count them from the first session",
            )
        ],
    ),
    "foci out of order": (
        {"foci": [{"area": "grief", "agreed_in": 4}, {"area": "deficits", "agreed_in": 3}]},
        [
            (
                "foci[1].agreed_in",
                "must not be earlier than that of the focus before; write foci in their order",
            )
        ],
    ),
    "three foci": (
        {"foci": [{"area": "grief"}, {"area": "deficits"}, {"area": "transitions"}]},
        [("foci[2]", "is a third focus agreed in the same session; a therapy has one focus, or two at the most")],
    ),
    "the same focus twice": (
        {"foci": [FOCUS, FOCUS]},
        [("foci[1]", "the same focus as another agreed in the same session; name it once")],
    ),
    "an answer that is dated and not given": (
        {"foci": [{**FOCUS, "answered_in": 2}]},
        [
            (
                "foci[0].answered_in",
                "says when the patient answered, and 'answer' is not given; give it, or leave this out",
            )
        ],
    ),
    "an answer without its session": (
        {"foci": [{**FOCUS, "answer": "agrees"}]},
        [("foci[0].answered_in", "must be given beside 'answer': the session in which the patient answered")],
    ),
    "an answer before the question": (
        {"foci": [{**FOCUS, "agreed_in": 3, "answer": "agrees", "answered_in": 2}]},
        [("foci[0].answered_in", "lies before the session in which the focus was agreed on; mend one of them")],
    ),
    "a day of another year": (
        {"check_ins": [{"session": 1, "day": "2025-03-12"}]},
        [("check_ins[0].day", "lies more than a year before the intake was assessed; mend the year")],
    ),
    "a list that is answered already": (
        {"check_ins": [new(answers={"disputes": [], "changes": []})]},
        [
            (
                "check_ins[0].new_facts.answers",
                "disputes: is answered in the intake; add to it, and mend its entries by their places",
            )
        ],
    ),
    "what is recorded elsewhere": (
        {"check_ins": [new(answers={"therapy.planned_sessions": 12, "view.answer_to_focus": "agrees"})]},
        [
            ("check_ins[0].new_facts.answers", "therapy.planned_sessions: write it as a contract"),
            ("check_ins[0].new_facts.answers", "view.answer_to_focus: write it as a focus, with its answer"),
        ],
    ),
    "a score and a reference together": (
        {"check_ins": [{"session": 1, "phq9": 1, "phq9_item9": 2, "worked_on": "changes[0]"}]},
        [
            ("check_ins[0].phq9", "does not fit phq9_item9: the other items add 0 to 24 points to it"),
            ("check_ins[0].worked_on", NO_SUBJECT),
        ],
    ),
    "a reference beside a malformed answer": (
        {"check_ins": [{"session": 1, "mood_before": 11, "worked_on": "changes[0]"}]},
        [("check_ins[0].mood_before", "must be at most 10"), ("check_ins[0].worked_on", NO_SUBJECT)],
    ),
    "a focus on nothing": (
        {"foci": [{"area": "grief", "subject": "losses[0]"}]},
        [("foci[0].subject", NO_SUBJECT)],
    ),
    "a focus on what was told only later": (
        {
            "foci": [{"area": "grief", "subject": "losses[0]", "agreed_in": 4}],
            "check_ins": [{"session": 4}, new(losses=[{"kind": "job"}])],
        },
        [("foci[0].subject", NO_SUBJECT)],
    ),
    "a session twice": (
        {"check_ins": [{"session": 2}, {"session": 2}]},
        [("check_ins[1].session", "there is a check-in of this session already; each session has one")],
    ),
    "sessions out of order": (
        {"check_ins": [{"session": 3}, {"session": 2}]},
        [
            (
                "check_ins[1].session",
                "comes after a check-in of a later session; write check-ins in the order of the sessions",
            )
        ],
    ),
    "a session after the end": (
        {"check_ins": [{"session": 3, "ended": True}, {"session": 4}]},
        [("check_ins[1]", "comes after the session with which the therapy ended ('ended'); mend one of them")],
    ),
    "days out of order, with one missing between": (
        {
            "check_ins": [
                {"session": 1, "day": "2026-03-20"},
                {"session": 2},
                {"session": 3, "day": "2026-03-19"},
            ]
        },
        [("check_ins[2].day", "lies before the day of an earlier session")],
    ),
    "progress on no goal": (
        {"check_ins": [{"session": 1, "progress": [{"goal": "goals[0]"}]}]},
        [
            (
                "check_ins[0].progress[0].goal",
                "refers to no goal of this course; write its place, such as goals[0]",
            )
        ],
    ),
    "one goal twice": (
        {"goals": [{}], "check_ins": [{"session": 1, "progress": [{"goal": "goals[0]"}] * 2}]},
        [
            (
                "check_ins[0].progress[1].goal",
                "the same goal as before; tell each goal once in a session",
            )
        ],
    ),
    "a goal of later": (
        {"goals": [{"agreed_in": 2}], "check_ins": [{"session": 1, "progress": [{"goal": "goals[0]"}]}]},
        [("check_ins[0].progress[0].goal", "a goal that was agreed in a later session")],
    ),
    "an item above its total": (
        {"check_ins": [{"session": 1, "phq9": 1, "phq9_item9": 2}]},
        [("check_ins[0].phq9", "does not fit phq9_item9: the other items add 0 to 24 points to it")],
    ),
    "a stage without a dispute": (
        {"foci": [{"area": "deficits"}], "check_ins": [{"session": 1, "stage": "impasse"}]},
        [("check_ins[0].stage", "no dispute is in focus in this session; give it under new_facts.answers")],
    ),
    "a stage of a dispute with the dead": (
        {
            "foci": [{"area": "disputes", "subject": "disputes[1]"}],
            "check_ins": [{"session": 1, "stage": "impasse"}],
        },
        [
            (
                "check_ins[0].stage",
                f"disputes[1].stage: {OF_THE_DEAD}",
            )
        ],
    ),
    "work on nothing": (
        {"check_ins": [{"session": 1, "worked_on": "changes[0]"}]},
        [("check_ins[0].worked_on", NO_SUBJECT)],
    ),
    "an event with a stranger": (
        {"check_ins": [{"session": 1, "events": [{}, {"person": MARK}]}]},
        [("check_ins[0].events[1].person", OUTSIDE)],
    ),
    "new facts without a day": (
        {"check_ins": [{"session": 1, "new_facts": {"answers": {"episode.gad7": 3}}}]},
        [("check_ins[0].day", "must be given where new facts are: they are told on that day")],
    ),
    "new facts before the intake": (
        {"check_ins": [{"session": 1, "day": "2026-03-13", "new_facts": {"answers": {"episode.gad7": 3}}}]},
        [
            (
                "check_ins[0].new_facts",
                "new facts of a session before the intake was assessed; record them in the intake itself",
            )
        ],
    ),
    "more of what was not asked for": (
        {"check_ins": [new(changes=[{"kind": "move"}], ties=[{"between": ["partner", "friend"]}])]},
        [
            ("check_ins[0].new_facts.changes", COMPLETE.format("changes")),
            ("check_ins[0].new_facts.ties", COMPLETE.format("inventory.ties")),
        ],
    ),
    "a gate cleared among the answers": (
        {"check_ins": [new(answers={"safety.cleared": ["abuse"], "episode.gad7": 3})]},
        [("check_ins[0].new_facts.answers", "safety.cleared: write it as 'cleared', beside the session")],
    ),
    "an added subject that contradicts the inventory": (
        {"check_ins": [new(losses=[{"kind": "job"}, {"kind": "death", "person": "partner"}])]},
        [
            (
                "check_ins[0].new_facts.losses[1].person",
                "the death of somebody whose status is not 'deceased'; mend the person's status or the loss",
            )
        ],
    ),
    "an added person who is there": (
        {"check_ins": [new(people=[{"id": "mother"}, {"id": "friend"}])]},
        [("check_ins[0].new_facts.people[1].id", "the same id as inventory.people[2]; ids must differ")],
    ),
    "an answer at no place": (
        {"check_ins": [new(answers={"losses[0].mourning": "delayed"})]},
        [("check_ins[0].new_facts.answers", "losses: answer 1: has no such entry; it has none")],
    ),
    "a name among the answers": (
        {"check_ins": [new(answers={"inventory.people[0].name": MARK})]},
        [
            (
                "check_ins[0].new_facts.answers",
                "inventory.people[0].name: answer 1: is no question; name one, such as losses[0].mourning or losses",
            )
        ],
    ),
    "an answer that is none": (
        {"check_ins": [new(answers={"episode.phq9": 99})]},
        [("check_ins[0].new_facts.answers", "episode.phq9: must be at most 27")],
    ),
    "an answer to something": (
        {"check_ins": [new(answers={MARK: MARK})]},
        [("check_ins[0].new_facts.answers", "answer 1: is at no place; write it as losses[0].mourning")],
    ),
    "one loss too many": (
        {"check_ins": [new(losses=[{"kind": "job"}] * 12), {**new(losses=[{"kind": "home"}]), "session": 6}]},
        [("check_ins[1].new_facts", "losses: has too many entries; at most 12 are allowed")],
    ),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_each_contradiction_is_told_at_its_place(name: str) -> None:
    """A course that contradicts itself is refused with the place and with what would be right."""
    parts, expected = CONTRADICTIONS[name]
    assert refused(lambda: Course.model_validate({"intake": STORY, **parts})) == expected


# ── everything that is wrong, at once and at its line ────────────────────────────────────────────────────────────────────


def test_all_that_is_malformed_is_told_at_once() -> None:
    """What is wrong in the intake, its contradictions too, stands beside what is wrong in the course, in order of place."""
    parts = {
        "intake": {"assessed_on": DAY, "losses": [{"kind": "dead"}], "disputes": [{"person": MARK}]},
        "contracts": [{"sessions": 0}],
        "foci": [{"subject": "none"}],
        "goals": [{}, {}, {}, {}],
        "check_ins": [{"session": 61, MARK: 1}, {"mood_before": 11, "events": [{"kind": MARK}]}],
    }
    found = refused(lambda: Course.model_validate(parts))
    assert [place for place, _ in found] == [
        "check_ins[0]",
        "check_ins[0].session",
        "check_ins[1].events[0].kind",
        "check_ins[1].mood_before",
        "check_ins[1].session",
        "contracts[0].sessions",
        "foci[0].area",
        "goals",
        "intake.disputes[0].person",
        "intake.losses[0].kind",
    ]
    assert dict(found)["intake.disputes[0].person"] == (
        "refers to a person who is not in the inventory; add the person, or leave this open"
    )
    assert dict(found)["check_ins[1].session"] == "must be given"


def test_all_contradictions_are_told_at_once() -> None:
    """Contradictions in several parts of a course come together."""
    parts, _ = CONTRADICTIONS["two contracts from one session"]
    more, _ = CONTRADICTIONS["a session twice"]
    found = refused(lambda: course(*more["check_ins"], **parts, foci=[{**FOCUS, "answered_in": 1}]))
    assert [place for place, _ in found] == ["check_ins[1].session", "contracts[1].agreed_in", "foci[0].answered_in"]


@pytest.mark.parametrize(
    ("given", "place", "what"),
    [
        ({}, "intake", "must be given"),
        ({"intake": 3}, "intake", "must be a mapping of questions to answers"),
        ({"intake": {}}, "intake.assessed_on", "must be given"),
        ({"intake": None, "schema": "x"}, "schema", "must be 'ipt-rules/course/v1'"),
    ],
)
def test_what_is_no_course_is_refused(given: dict[str, Any], place: str, what: str) -> None:
    """A course has an intake, which is one."""
    assert (place, what) in refused(lambda: Course.model_validate(given))


@pytest.mark.parametrize("part", ["check_ins", "note", "answers"])
def test_what_is_nested_too_deeply_is_told_as_that(part: str) -> None:
    """An answer inside thousands of lists is refused like any other mistake, and breaks nothing."""
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    parts = {"check_ins": [new(answers={"losses": deep})]} if part == "answers" else {part: deep}
    found = refused(lambda: Course.model_validate({"intake": STORY, **parts}))
    assert found


WRITTEN: Final = f"""\
intake:
  assessed_on: {DAY}
  losses:
    - {{kind: dead}}
contracts: [{{sessions: 0}}]
check_ins:
  - session: 1
    moods: 3
    phq9: 30
"""


def test_each_mistake_in_a_file_has_its_line_and_column() -> None:
    """Malformed answers of the course, and of the intake inside it, are told where they are written."""
    with pytest.raises(IntakeError) as raised:
        read_course(WRITTEN, "file.yaml")
    found = [(one.file, one.line, one.column, one.path) for one in raised.value.problems]
    assert found == [
        ("file.yaml", 4, 8, "intake.losses[0].kind"),
        ("file.yaml", 5, 14, "contracts[0].sessions"),
        ("file.yaml", 8, 5, "check_ins[0]"),
        ("file.yaml", 9, 5, "check_ins[0].phq9"),
    ]
    assert str(raised.value).startswith("The course cannot be reviewed:")


def test_a_contradiction_in_a_file_has_its_line_and_column() -> None:
    """The place of a contradiction is that of the answer, or of the entry that holds it."""
    text = f"intake: {{assessed_on: {DAY}}}\ncheck_ins:\n  - session: 2\n  - day: {DAY}\n    session: 2\n"
    with pytest.raises(IntakeError) as raised:
        read_course(text)
    (found,) = raised.value.problems
    assert (found.line, found.column, found.path) == (5, 5, "check_ins[1].session")


@pytest.mark.parametrize("text", ["- session: 1\n", "3\n", ""])
def test_a_text_that_is_no_course_says_what_a_course_is(text: str) -> None:
    """A list, a number or nothing is told what a course is made of."""
    with pytest.raises(IntakeError, match="a course is a mapping of intake, contracts, foci, goals and check_ins"):
        read_course(text)


# ── reading and writing ──────────────────────────────────────────────────────────────────────────────────────────────────


def whole() -> Course:
    """Return a course with something in every part, and a marked text wherever one can stand."""
    people = [{**person, "name": MARK, "relation": MARK, "note": MARK} for person in PEOPLE]
    told = {"losses[0].kind": "death", "disputes[1].person": MARK, "changes": [{"person": MARK, "note": MARK}]}
    return Course.model_validate(
        {
            "intake": {**STORY, "inventory": {"people": [*people, {"id": MARK}], "ties": []}, "note": MARK},
            "contracts": [{"sessions": 12, "note": MARK}, {"sessions": 16, "agreed_in": 5}],
            "foci": [{**FOCUS, "answer": "in_part", "answered_in": 6, "note": MARK}],
            "goals": [{"text": MARK}, {"agreed_in": 2}],
            "check_ins": [
                {
                    "session": 1,
                    "events": [{"person": MARK, "kind": "quarrel", "note": MARK}],
                    "techniques": ["role_play"],
                    "progress": [{"goal": "goals[0]", "moved": "not"}],
                    "stage": "renegotiation",
                    "note": MARK,
                },
                {
                    "session": 5,
                    "day": "2026-04-20",
                    "cleared": ["abuse"],
                    "new_facts": {
                        "people": [{"id": f"new {MARK}", "name": MARK, "status": "deceased"}],
                        "ties": [{"between": [MARK, f"new {MARK}"]}],
                        "losses": [{"person": f"new {MARK}", "note": MARK}],
                        "answers": told,
                    },
                },
            ],
            "note": MARK,
        }
    )


def test_a_course_is_written_as_it_was_given() -> None:
    """Plain values and JSON read back as the same course, and unanswered questions are not written."""
    plain = whole().to_dict()
    assert plain["check_ins"][0]["events"] == [{"person": MARK, "kind": "quarrel", "note": MARK}]
    assert "day" not in plain["check_ins"][0]
    assert plain["goals"] == [{"text": MARK}, {"agreed_in": 2}]
    for again in (Course(**plain), Course.model_validate_json(json.dumps(plain)), read_course(json.dumps(plain))):
        assert again == whole()
    assert pickle.loads(pickle.dumps(whole())) == whole()  # noqa: S301  # what was pickled here


CHANGES_OF_ANSWERS: Final[list[Callable[[Any], object]]] = [
    lambda of: of.update(kind="job"),
    lambda of: of.setdefault("kind", "job"),
    lambda of: of.pop("kind"),
    lambda of: of.popitem(),
    lambda of: of.clear(),
    lambda of: of.__setitem__("kind", "job"),
    lambda of: of.__delitem__("kind"),
    lambda of: of.__ior__({"kind": "job"}),
]


def test_answers_are_frozen_all_the_way_down() -> None:
    """Answers share nothing with what was given, refuse every change, and are equal and hashed by what they say."""
    given: dict[str, Any] = {"changes": [{"kind": "move", "person": "partner"}]}
    facts = NewFacts(answers=given)
    given["changes"][0]["kind"] = "job"
    given["losses"] = []
    assert json.dumps(facts.answers) == '{"changes": [{"kind": "move", "person": "partner"}]}'
    assert {facts: 1}[NewFacts(answers={"changes": [{"kind": "move", "person": "partner"}]})] == 1
    for answers in (facts.answers, facts.answers["changes"][0]):
        for change in CHANGES_OF_ANSWERS:
            with pytest.raises(TypeError, match="frozen"):
                change(answers)
    with pytest.raises((TypeError, AttributeError)):
        facts.answers["changes"].append({})
    again = pickle.loads(pickle.dumps(facts))  # noqa: S301  # what was pickled here
    assert (again, type(again.answers)) == (facts, type(facts.answers))


def test_a_course_is_frozen() -> None:
    """Neither the course nor a check-in can be changed."""
    for record in (whole(), whole().check_ins[0]):
        with pytest.raises(AttributeError, match="is frozen"):
            record.note = "other"  # type: ignore[misc]  # the type checker knows it too


# ── what is for people only ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "part",
    [
        lambda made: made,
        lambda made: made.check_ins,
        lambda made: made.check_ins[1].new_facts,
        lambda made: made.goals,
        lambda made: made.foci,
        lambda made: made.contracts,
    ],
)
def test_no_text_of_a_patient_is_in_a_repr(part: Callable[[Course], object]) -> None:
    """Names, ids, notes, goals and answers that hold text are left out, for a repr ends up in logs."""
    assert MARK not in repr(part(whole()))
    assert MARK not in str(part(whole()))


def test_a_repr_shows_what_is_no_secret() -> None:
    """Sessions, scales and foci are shown, so that a course can be told from another."""
    assert repr(AgreedFocus(area="grief")) == "AgreedFocus(area='grief', agreed_in=1)"
    assert "phq9=12" in repr(CheckIn(session=3, phq9=12))
    assert "answers" not in repr(NewFacts(answers={"losses[0].person": MARK}))


WRONG: Final[list[dict[str, Any]]] = [
    {"goals": [{"text": [MARK]}], MARK: MARK},
    {"foci": [{"area": MARK, "subject": MARK}]},
    {"foci": [{"area": "grief", "subject": MARK}]},
    {"check_ins": [{"session": MARK, "note": [MARK], "strategies": [f"{MARK} {MARK}"]}]},
    {"check_ins": [{"session": 1, "worked_on": MARK, "progress": [{"goal": MARK}]}]},
    {"check_ins": [{"session": 1, "events": [{"person": MARK, "effect": MARK}], "techniques": [MARK]}]},
    {"check_ins": [new(people=[{"id": "x", "name": [MARK], MARK: 1}])]},
    {"check_ins": [new(people=[{"id": MARK}, {"id": MARK}])]},
    {"check_ins": [new(losses=[{"person": MARK}])]},
    {"check_ins": [new(answers={"inventory.people[0].name": [MARK]})]},
    {"check_ins": [new(answers={"inventory.people[0].status": MARK})]},
    {"check_ins": [new(answers={"disputes[0].person": MARK})]},
    {"check_ins": [new(answers={f"inventory.people[0].{MARK}": MARK})]},
    {"check_ins": [new(answers={f"disputes[{MARK}].note": MARK})]},
    {"check_ins": [new(answers={"episode": {MARK: MARK}})]},
    {"check_ins": [new(answers=MARK)]},
]


@pytest.mark.parametrize("parts", WRONG)
def test_no_text_of_a_patient_is_in_an_error(parts: dict[str, Any]) -> None:
    """Whatever is wrong, neither the error nor its traceback repeats what was given or an unknown key."""
    with pytest.raises(IntakeError) as raised:
        Course.model_validate({"intake": STORY, **parts})
    told = "".join(traceback.format_exception(raised.value))
    assert MARK not in told + repr(raised.value) + json.dumps(raised.value.to_dict())
    with pytest.raises(IntakeError) as raised:
        read_course(json.dumps({"intake": STORY, **parts}))
    assert MARK not in "".join(traceback.format_exception(raised.value))


# ── a check-in more ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_check_in_is_put_in_its_place() -> None:
    """What is recorded late stands where its session does, and the course it was added to stays as it is."""
    before = course({"session": 1}, {"session": 4}, contracts=[{"sessions": 12}])
    after = before.with_check_in(CheckIn(session=3, phq9=9)).with_check_in(CheckIn(session=6))
    assert [(one.session, one.phq9) for one in after.check_ins] == [(1, None), (3, 9), (4, None), (6, None)]
    assert [one.session for one in before.check_ins] == [1, 4]
    assert after.contracts == before.contracts


def test_a_session_has_one_check_in() -> None:
    """A second check-in of the same session is refused."""
    found = refused(lambda: course({"session": 1}, {"session": 4}).with_check_in(CheckIn(session=4)))
    assert found == [("check_ins[2].session", "there is a check-in of this session already; each session has one")]


def test_a_check_in_after_the_end_is_refused_and_one_before_it_is_not() -> None:
    """The therapy has no session after the one with which it ended."""
    ended = course({"session": 1}, {"session": 4, "ended": True})
    assert len(ended.with_check_in(CheckIn(session=2)).check_ins) == 3
    assert [place for place, _ in refused(lambda: ended.with_check_in(CheckIn(session=5)))] == ["check_ins[2]"]


def test_a_check_in_that_is_put_between_may_not_take_a_person_from_a_later_one() -> None:
    """New facts that are told in two sessions are refused at the later one."""
    told = CheckIn.model_validate({**new(people=[{"id": "aunt"}]), "session": 2, "day": "2026-03-30"})
    found = refused(lambda: course(new(people=[{"id": "aunt"}])).with_check_in(told))
    assert found == [("check_ins[1].new_facts.people[0].id", "the same id as inventory.people[3]; ids must differ")]


def test_an_intake_may_be_given_as_one() -> None:
    """A course takes an intake that is made already."""
    assert Course(intake=Intake.model_validate(STORY)) == course()
