"""A therapy over time: what is known when, which phase a session lies in, what is on the agenda, and what new facts change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ipt_rules import Assessor, load_ruleset
from ipt_rules.course import Course
from ipt_rules.derived import REGISTRY
from ipt_rules.engines import CompiledEngine
from ipt_rules.held_sessions import evaluate_course
from ipt_rules.places import at, parse
from ipt_rules.sessions import CheckIn
from ipt_rules.values import NOT_ARISING, Range
from tests.helpers import intake

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipt_rules import Intake
    from ipt_rules.held_sessions import EvaluatedCourse, Held

QUIET = {"suicidal_thoughts": False, "suicide_risk": False, "unsafe": False}


def story(**parts: Any) -> Intake:
    """Return an intake with a dispute at an impasse, one loss of long ago, and nothing unsafe."""
    told: dict[str, Any] = {
        "patient": {"age": 41},
        "episode": {"condition": "depression", "onset": {"months_ago": 4}, "phq9": 18},
        "losses": [{"kind": "job", "person": "nobody", "when": {"months_ago": 10}}],
        "disputes": [
            {
                "person": "partner",
                "began": {"months_ago": 6},
                "stage": "impasse",
                "tied_to_episode": True,
                "repetitive": True,
                "violence": False,
                "coercion": False,
            }
        ],
        "changes": [],
        "isolation": [],
        "inventory": {
            "people": [
                {"id": "partner", "status": "current", "role": "partner", "contact": "daily"},
                {"id": "friend", "status": "current", "role": "friend"},
            ],
            "ties": [],
        },
        "safety": {"suicide_risk": False, "abuse": False},
        "asked_without_answer": ["episode.gad7"],
    }
    return intake(**{**told, **parts})


def course(*check_ins: dict[str, Any], of: Intake | None = None, **parts: Any) -> Course:
    """Return a course on the usual intake, of 12 sessions and with the dispute as focus unless the parts say otherwise."""
    agreed = {"contracts": [{"sessions": 12}], "foci": [{"area": "disputes", "subject": "disputes[0]"}]}
    whole = {"intake": (of or story()).to_dict(), "check_ins": list(check_ins), **agreed, **parts}
    return Course.model_validate(whole)


def therapy(made: Course) -> EvaluatedCourse:
    """Return what the shipped rules find in a course."""
    rules = load_ruleset()
    return evaluate_course(made, rules, CompiledEngine(rules))


def of_row(held: Held, place: str, field: str) -> Any:
    """Return a field of a subject as it was known in a session."""
    row = next(entry.row for entry in held.result.evaluated if entry.row.place == place)
    return row.value(field)


def of_session(held: Held, field: str) -> Any:
    """Return a field of a session, whether a rule reads it or not."""
    compute = REGISTRY[field].compute
    assert compute is not None
    return compute(held.so_far)


def closed(held: Sequence[Held]) -> list[tuple[str, ...]]:
    """Return the gates that are closed after each session."""
    return [one.gates.to_clear() for one in held]


def told_in(session: int, **parts: Any) -> dict[str, Any]:
    """Return a check-in with a day, and the usual answers about safety."""
    return {"session": session, "day": f"2026-04-{session:02}", **QUIET, **parts}


def answering(session: int, **answers: Any) -> dict[str, Any]:
    """Return a check-in with answers of the intake; two underscores stand for a dot."""
    places = {place.replace("__", "."): answer for place, answer in answers.items()}
    return told_in(session, new_facts={"answers": places})


def agenda_of(made: Course, session: int | None = None) -> dict[str, Any]:
    """Return the agenda that is told after a session."""
    agenda: dict[str, Any] = made.review(session, engine="compiled").to_dict()["agenda"]
    return agenda


DEATH = {
    "people": [{"id": "mother", "status": "deceased", "role": "family", "closeness": "closest"}],
    "losses": [
        {
            "kind": "death",
            "person": "mother",
            "when": {"months_ago": 6},
            "mourning": "delayed",
            "avoids_reminders": True,
            "tied_to_episode": True,
        }
    ],
}


def with_a_death_told_in_session_5() -> Course:
    """Return a course in whose fifth session the patient told of the mother's death."""
    earlier = [{"session": number, "day": f"2026-03-{14 + 3 * number}", **QUIET} for number in range(1, 5)]
    return course(*earlier, {"session": 5, "day": "2026-06-14", "new_facts": DEATH}, {"session": 6})


# ── what was known when ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_course_up_to_a_session_holds_nothing_of_later() -> None:
    """Contracts, foci, answers, goals and check-ins of later are left out; the session need not have been held."""
    made = course(
        {"session": 1},
        {"session": 3},
        {"session": 6},
        contracts=[{"sessions": 12}, {"sessions": 16, "agreed_in": 6}],
        foci=[
            {"area": "disputes", "subject": "disputes[0]", "answer": "agrees", "answered_in": 2},
            {"area": "grief", "agreed_in": 3, "answer": "in_part", "answered_in": 6},
            {"area": "deficits", "agreed_in": 5, "answer": "agrees", "answered_in": 5},
        ],
        goals=[{}, {"agreed_in": 5}],
    )
    seen = made.until(4)
    assert [one.session for one in seen.check_ins] == [1, 3]
    assert [one.sessions for one in seen.contracts] == [12]
    assert [(one.area, one.answer, one.answered_in) for one in seen.foci] == [
        ("disputes", "agrees", 2),
        ("grief", None, None),
    ]
    assert [one.agreed_in for one in seen.goals] == [1]
    assert made.until(1).foci[0].answer is None
    assert made.until(6) == made


def test_an_earlier_session_is_reviewed_as_it_was() -> None:
    """The review of a session is the same bytes before and after more was held, agreed and told."""
    made = with_a_death_told_in_session_5()
    longer = Course.model_validate(
        {**made.to_dict(), "contracts": [{"sessions": 12}, {"sessions": 20, "agreed_in": 5}]}
    )
    for session in (1, 4):
        then = made.until(session).review(engine="compiled").to_json()
        assert longer.review(session, engine="compiled").to_json() == then
    assert longer.review(5, engine="compiled").to_dict()["planned_sessions"] == 20


def test_a_session_that_was_not_held_has_no_review() -> None:
    """The error names the sessions that have a check-in."""
    with pytest.raises(KeyError, match=r"no check-in of that session; there are check-ins of: 1, 3"):
        course({"session": 1}, {"session": 3}).review(2)
    with pytest.raises(KeyError, match=r"there are check-ins of: none"):
        course().reassess(1)


def test_months_keep_their_meaning_when_new_facts_move_the_day() -> None:
    """What was so many months ago is counted from the day on which it was told, before and after facts of a later day."""
    held = therapy(with_a_death_told_in_session_5()).held
    for field in ("loss.months_before_onset", "dispute.months_before_onset"):
        place = "losses[0]" if field.startswith("loss") else "disputes[0]"
        assert of_row(held[3], place, field) == of_row(held[4], place, field) == of_row(held[5], place, field)
    since = [of_row(one, "losses[0]", "loss.months_since") for one in (held[3], held[5])]
    assert [(one.least, one.most) for one in since] == [(10, 10), (13, 13)]
    assert held[5].intake.assessed_on.isoformat() == "2026-06-14"
    assert of_row(held[4], "losses[1]", "loss.months_since").most == 6


def test_questions_without_an_answer_stay_so_until_they_have_one() -> None:
    """New facts elsewhere leave a question unanswerable; an answer to it ends that."""
    told = {"session": 2, "day": "2026-03-28", "new_facts": DEATH}
    answered = {"session": 3, "day": "2026-04-04", "new_facts": {"answers": {"episode.gad7": 5}}}
    held = therapy(course(told, answered)).held
    assert [one.intake.asked_without_answer for one in held] == [("episode.gad7",), ()]
    assert held[1].intake.episode.gad7 == 5


def test_an_answer_that_is_otherwise_now_holds_from_its_session_on() -> None:
    """An answer of the intake may change; those that no longer arise are left out with it."""
    told = {"session": 2, "day": "2026-03-28", "new_facts": {"answers": {"disputes[0].repetitive": False}}}
    held = therapy(course({"session": 1}, told)).held
    assert [of_row(one, "disputes[0]", "dispute.repetitive") for one in held] == [True, False]


def test_a_stage_is_of_the_dispute_in_focus_and_of_its_session() -> None:
    """The stage that a check-in records is the intake's from then on, and what it was before is known."""
    held = therapy(course({"session": 1}, {"session": 2, "stage": "renegotiation"}, {"session": 3})).held
    assert [of_row(one, "disputes[0]", "dispute.stage") for one in held] == [
        "impasse",
        "renegotiation",
        "renegotiation",
    ]


# ── new facts and the ranking ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_death_told_in_session_5_changes_the_ranking_from_then_on() -> None:
    """The reassessment names the facts, what they add, and that grief stands higher than at the beginning."""
    made = with_a_death_told_in_session_5()
    before, after = made.reassess(4, engine="compiled"), made.reassess(engine="compiled")
    assert before.facts == ()
    assert before.difference.is_empty
    assert [(one.session, one.path) for one in after.facts] == [(5, "inventory.people[2]"), (5, "losses[1]")]
    grief = next(change for change in after.difference.areas if change.area == "grief")
    assert grief.before.points < grief.after.points
    assert {item.subject for item in after.difference.evidence_gained} >= {"losses[1]"}
    assert "grief" not in after.difference.first[0]
    assert "mother" not in str(after.to_dict())


def test_an_agreed_focus_stands_whatever_ranks_first() -> None:
    """Only a rule that says so reconsiders the focus; the agenda keeps to what was agreed all the same."""
    made = with_a_death_told_in_session_5()
    review = made.review(5, engine="compiled")
    assert review.focus_stands is False
    assert [reason.rule for reason in made.reassess(5, engine="compiled").reasons] == review.to_dict()[
        "reconsider_because"
    ]
    assert [(one["area"], one["subject"]) for one in agenda_of(made, 5)["foci"]] == [("disputes", "disputes[0]")]
    assert made.review(4, engine="compiled").focus_stands is True
    assert course({"session": 1}, foci=[]).review(engine="compiled").focus_stands is None


# ── safety ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_unsafe_is_known_to_the_intake_and_closes_the_gate() -> None:
    """Violence told in a session answers the question of the intake, and withholds all but what may come before."""
    made = course({"session": 1}, {"session": 2, "unsafe": True})
    held = therapy(made).held
    assert [one.intake.safety.abuse for one in held] == [False, True]
    assert closed(held) == [(), ("abuse",)]
    review = made.review(engine="compiled")
    assert review.gates_to_clear == ("abuse",)
    assert review.agenda is not None
    assert all(one.proposal.before_clearance for one in (*review.agenda.strategies, *review.agenda.safety))
    assert review.agenda.plan.withheld
    assert made.intake.safety.abuse is False


def test_no_danger_in_one_session_takes_nothing_back() -> None:
    """That nothing unsafe was told this week does not make safe what was told before."""
    held = therapy(course({"session": 1, "unsafe": True}, {"session": 2, "unsafe": False})).held
    assert [one.intake.safety.abuse for one in held] == [True, True]
    assert closed(held) == [("abuse",), ("abuse",)]


def test_what_was_cleared_is_cleared_in_the_reassessment_too() -> None:
    """A reassessment withholds nothing for a gate that a clinician has cleared in a session, and says what it rests on."""
    made = course({"session": 1, "unsafe": True}, {"session": 2, "cleared": ["abuse"]})
    after = made.reassess(engine="compiled").after
    assert made.reassess(1, engine="compiled").after.gates_to_clear == ("abuse",)
    assert after.gates_to_clear == ()
    assert after.result == Assessor(engine="compiled").assess(after.intake).result


def test_a_gate_that_is_raised_after_it_was_cleared_is_closed_until_cleared_anew() -> None:
    """Clearing answers what was raised by then, in the same session too; a new sign closes the gate again."""
    signs: list[dict[str, Any]] = [
        {"suicidal_thoughts": True},
        {"cleared": ["suicide_risk"]},
        {"suicidal_thoughts": False},
        {"phq9": 12, "phq9_item9": 1},
        {},
        {"suicide_risk": True, "cleared": ["suicide_risk"]},
        {"suicidal_thoughts": True},
    ]
    held = therapy(course(*({"session": number, **sign} for number, sign in enumerate(signs, 1)))).held
    assert [gates == ("suicide_risk",) for gates in closed(held)] == [True, False, False, True, True, False, True]


def test_a_gate_that_new_facts_raise_is_closed_though_it_was_cleared_before() -> None:
    """What the intake's new answers raise counts as what a session told does."""
    answers = {"session": 2, "day": "2026-03-28", "new_facts": {"answers": {"safety.psychosis": True}}}
    held = therapy(
        course({"session": 1, "cleared": ["psychosis"]}, answers, {"session": 3, "cleared": ["psychosis"]})
    ).held
    assert closed(held) == [(), ("psychosis",), ()]


SIGNS: list[tuple[dict[str, Any], str, dict[str, Any]]] = [
    ({"safety": {"abuse": True}}, "abuse", {"safety__abuse": False}),
    ({"safety": {"mania": True}}, "mania", {"safety__mania": None}),
    ({"disputes": [{"person": "partner", "violence": True}]}, "abuse", {"disputes[0].violence": False}),
    ({"disputes": [{"person": "partner", "coercion": True}]}, "abuse", {"disputes[0].coercion": None}),
    ({"episode": {"phq9_item9": 2}}, "suicide_risk", {"episode__phq9_item9": 0}),
    ({"patient": {"age": 17}}, "minor", {"patient__age": None}),
]
"""What closes a gate at the beginning, the gate, and an answer that takes it back."""


@pytest.mark.parametrize(("parts", "gate", "answer"), SIGNS)
def test_an_answer_that_is_taken_back_opens_no_gate(parts: dict[str, Any], gate: str, answer: dict[str, Any]) -> None:
    """A gate stays closed, with its reason, when its sign is answered otherwise or by nothing; clearing opens it."""
    made = course(answering(1, **answer), told_in(2), told_in(3, cleared=[gate]), of=story(**parts), foci=[])
    assert closed(therapy(made).held) == [(gate,), (gate,), ()]
    for session in (1, 2):
        review = made.review(session, engine="compiled").to_dict()
        assert [(one["gate"], one["session"]) for one in review["closed_by"]] == [(gate, None)]
        assert made.reassess(session, engine="compiled").after.gates_to_clear[:1] == (gate,)
    assert made.review(engine="compiled").to_dict()["closed_by"] == []


@pytest.mark.parametrize(("parts", "gate", "answer"), SIGNS)
def test_a_sign_closes_a_cleared_gate_when_it_is_told_again_and_only_then(
    parts: dict[str, Any], gate: str, answer: dict[str, Any]
) -> None:
    """What a clinician has cleared stays so while the intake says the same; the same answer given again closes the gate."""
    of = story(**parts)
    (place,) = (place.replace("__", ".") for place in answer)
    again = {place: at(of, parse(place))}
    made = course(told_in(1, cleared=[gate]), told_in(2), answering(3, **again), told_in(4), of=of, foci=[])
    assert closed(therapy(made).held) == [(), (), (gate,), (gate,)]


def test_a_sign_that_changes_closes_a_cleared_gate() -> None:
    """More of what was cleared is something else: control where violence was known, and a higher answer to item 9."""
    of = story(disputes=[{"person": "partner", "violence": True, "coercion": False}], episode={"phq9_item9": 1})
    told = [
        told_in(1, cleared=["abuse", "suicide_risk"]),
        answering(2, **{"disputes[0].coercion": True}),
        answering(3, episode__phq9_item9=2),
    ]
    assert closed(therapy(course(*told, of=of)).held) == [(), ("abuse",), ("suicide_risk", "abuse")]


def test_what_was_told_of_danger_comes_first_in_every_later_session() -> None:
    """Thoughts of death and danger that were told, cleared or not, are what the next session begins with, to the end."""
    made = course(
        told_in(1),
        told_in(2, suicidal_thoughts=True, cleared=["suicide_risk"]),
        told_in(3, unsafe=True, cleared=["abuse"]),
        told_in(4),
    )
    first = [[one["rule"] for one in agenda_of(made, session)["first"]] for session in (1, 2, 3, 4)]
    both = ["course.safety.danger-told", "course.safety.told"]
    assert [sorted(rules) for rules in first] == [[], ["course.safety.told"], both, both]


def test_without_an_answer_about_danger_nothing_is_proposed_that_needs_safety() -> None:
    """What was safe a week ago is not known to be so today: such strategies wait, and the question is asked."""
    asked, unasked = told_in(5), {**told_in(5), "unsafe": None}
    ready, waits = (course(told_in(4), one).review(engine="compiled").agenda for one in (asked, unasked))
    assert ready is not None
    assert waits is not None
    needing = [one for one in (*ready.strategies, *ready.left) if one.proposal.needs]
    assert needing
    assert ready.unasked == ()
    assert [one for one in (*waits.strategies, *waits.left) if one.proposal.needs] == []
    assert {one.finding.rule.id for one in waits.unasked} == {one.finding.rule.id for one in needing}
    assert [one.rule.id for one in waits.asks] == ["course.safety.ask-about-danger"]


# ── the agreed focus ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_reason_stays_open_until_a_focus_is_agreed_anew() -> None:
    """A reason to look at the focus again outlives its session, and the same focus agreed on again answers it."""
    early = [told_in(number) for number in (1, 2, 3)]
    told = [*early, told_in(4, new_facts=DEATH), told_in(5), told_in(6)]
    focus = {"area": "disputes", "subject": "disputes[0]"}
    made = course(*told, foci=[focus, {**focus, "agreed_in": 6}])
    assert [made.review(one, engine="compiled").focus_stands for one in (3, 4, 5, 6)] == [True, False, False, True]
    (reason, *_) = made.review(5, engine="compiled").to_dict()["open_reasons"]
    assert (reason["session"], reason["rule"]) == (4, "course.focus.new-death")


def test_what_was_done_for_a_focus_counts_while_it_is_that_focus() -> None:
    """Agreed on again, a focus keeps what was done for it; in the place of another, it begins anew."""
    focus = {"area": "disputes", "subject": "disputes[0]"}
    other = {"area": "deficits", "agreed_in": 5}
    done = agenda_of(course(told_in(3)))["strategies"][1]["rule"]
    assert done.startswith("middle.disputes.")
    told = told_in(4, strategies=[done]), told_in(5), told_in(6)

    def is_undone(*foci: dict[str, Any]) -> bool:
        agenda = course(*told, foci=list(foci)).review(engine="compiled").agenda
        assert agenda is not None
        return done in {one.finding.rule.id for one in (*agenda.strategies, *agenda.left)}

    assert not is_undone(focus)
    assert not is_undone(focus, {**focus, "agreed_in": 5})
    assert is_undone({"area": "deficits"}, {**focus, "agreed_in": 5})
    assert not is_undone(focus, other, {**focus, "agreed_in": 6})


def test_the_answer_to_a_focus_is_known_from_its_session_on() -> None:
    """In the sessions before the patient answered, the answer is open, also when they are seen from later on."""
    focus = {"area": "disputes", "subject": "disputes[0]", "answer": "does_not_agree", "answered_in": 3}
    made = course(told_in(1), told_in(2), told_in(3), foci=[focus])
    answers = [of_session(one, "course.answer_to_focus") for one in therapy(made).held]
    assert answers == [None, None, 0]
    assert made.review(2, engine="compiled").focus_stands is True
    earlier = [(one["session"], one["rule"]) for one in made.review(engine="compiled").to_dict()["earlier"]]
    assert (1, "course.focus.answer-not-recorded") in earlier
    assert made.review(engine="compiled").to_dict()["reconsider_because"] == ["course.focus.not-agreed-to"]


def test_a_dispute_that_was_told_later_may_be_the_focus() -> None:
    """A dispute that a session adds is a subject from then on, and a check-in tells its stage."""
    dispute = {"person": "friend", "stage": "renegotiation", "violence": False, "coercion": False}
    added = told_in(2, new_facts={"disputes": [dispute]})
    foci = [{"area": "disputes", "subject": "disputes[1]", "agreed_in": 3}]
    held = therapy(course(told_in(1), added, told_in(3, stage="impasse"), told_in(4), foci=foci)).held
    assert [of_session(one, "course.stage_before") for one in held[2:]] == ["renegotiation", "impasse"]
    assert of_row(held[2], "disputes[1]", "dispute.stage") == "impasse"
    assert "course.focus.dispute-stalls" in [one.rule.id for one in held[2].findings]


def test_a_stage_that_is_told_as_an_answer_is_the_stage_before() -> None:
    """The stage before a session is what the intake then said, by a check-in or by an answer."""
    told = answering(2, **{"disputes[0].stage": "renegotiation"})
    held = therapy(course(told_in(1), told, told_in(3, stage="impasse"))).held
    assert [of_session(one, "course.stage_before") for one in held] == ["impasse", "impasse", "renegotiation"]
    assert "course.focus.dispute-stalls" in [one.rule.id for one in held[2].findings]


def test_drift_is_not_known_where_the_subject_of_the_focus_is_not_recorded() -> None:
    """A focus of which nobody wrote down the subject may be what the sessions were spent on."""
    told = [told_in(number, worked_on="losses[0]") for number in (3, 4, 5)]
    known, unknown = (
        of_session(therapy(course(*told, foci=[{"area": "disputes", **subject}])).held[-1], "course.off_focus_run")
        for subject in ({"subject": "disputes[0]"}, {})
    )
    assert known == Range(3, 3)
    assert unknown == Range(0, 3)


def test_a_death_that_is_told_as_an_answer_counts_as_one() -> None:
    """A loss of which the kind was open, and is a death, is a death that became known; one that is settled is none."""
    of = story(losses=[{"person": "nobody"}], disputes=[{"person": "partner"}])
    told = [told_in(1), answering(2, **{"losses[0].kind": "death"}), answering(3, **{"losses[0].mourning": "settled"})]
    held = therapy(course(*told, of=of)).held
    counted = [of_session(one, "course.deaths_since_focus") for one in held]
    assert counted == [Range(0, 1), Range(1, 1), Range(0, 0)]
    assert "course.focus.new-death" in [one.rule.id for one in held[1].findings]


def test_a_therapy_is_measured_by_a_scale_that_has_a_beginning() -> None:
    """A preferred scale that is new says nothing yet; one that was filled in before does."""
    of = story(episode={"condition": "depression", "epds": 20})
    held = therapy(
        course({"session": 1}, {"session": 2, "phq9": 20, "epds": 12}, {"session": 3, "phq9": 9}, of=of)
    ).held
    words = REGISTRY["course.symptoms"].options
    found = [of_session(one, "course.symptoms") for one in held]
    assert [None if one is None else words[one] for one in found] == [None, "better", "better"]


def test_a_goal_with_escape_signs_is_told_without_them() -> None:
    """What could steer a terminal is no part of a goal's text."""
    made = course({"session": 1}, goals=[{"text": "Sleep\x1b[2J again\x07"}])
    (goal,) = made.review(engine="compiled").to_dict(names=True)["goals"]
    assert "Sleep" in goal["text"]
    assert not {"\x1b", "\x07"} & {*goal["text"]}
    assert not {"\x1b", "\x07"} & {*made.review(engine="compiled").to_text(names=True)}


# ── phases and the agenda ────────────────────────────────────────────────────────────────────────────────────────────────


def test_before_the_first_session_there_is_an_agenda_for_it() -> None:
    """A course without check-ins has a review: nothing held, and strategies of the initial phase."""
    review = course().review(engine="compiled")
    told = review.to_dict()
    assert (told["session"], told["sessions_held"], told["phase"], told["sessions_left"]) == (None, 0, "initial", 12)
    assert (told["agenda"]["session"], told["agenda"]["phase"]) == (1, "initial")
    assert 1 <= len(told["agenda"]["strategies"]) <= 3
    assert all(one["rule"].startswith("initial.") for one in told["agenda"]["strategies"])
    assert repr(review) == "<Review: before the first session, initial phase, 0 pieces of advice>"


def test_past_its_contract_a_therapy_is_in_the_final_phase() -> None:
    """Sessions beyond those agreed on are counted below none, and the agenda stays with the final phase."""
    told = course({"session": 12}, {"session": 14}).review(engine="compiled").to_dict()
    assert (told["phase"], told["sessions_left"], told["agenda"]["session"]) == ("final", -2, 15)
    assert told["agenda"]["phase"] == "final"
    assert all(one["rule"].startswith("final.") for one in told["agenda"]["strategies"])


def test_too_few_sessions_have_no_phases() -> None:
    """A therapy of fewer than six sessions has none of the three phases, and no strategy of any."""
    told = course({"session": 1}, contracts=[{"sessions": 5}]).review(engine="compiled").to_dict()
    assert (told["phase"], told["sessions_left"]) == (None, 4)
    assert (told["agenda"]["phase"], told["agenda"]["strategies"]) == (None, [])
    assert told["agenda"]["opening"]


def test_without_a_contract_a_phase_is_told_where_the_usual_lengths_agree() -> None:
    """With nothing agreed, a session lies in a phase when it does so in therapies of both usual lengths."""
    made = course(*({"session": number} for number in (3, 4, 9, 10, 13)), contracts=[])
    phases = [held.so_far.phase for held in therapy(made).held]
    assert phases == ["initial", "middle", "middle", None, "final"]
    assert made.review(engine="compiled").to_dict()["sessions_left"] is None


def test_sessions_that_the_intake_says_were_agreed_on_hold_until_a_contract_does() -> None:
    """The intake's number is the contract before the first one that is recorded."""
    of = story(therapy={"planned_sessions": 8})
    made = course({"session": 6}, {"session": 7}, of=of, contracts=[{"sessions": 16, "agreed_in": 7}])
    assert [one.so_far.phase for one in therapy(made).held] == ["final", "middle"]


def test_a_phase_goes_back_only_with_a_contract() -> None:
    """Four sessions more, agreed on in the final phase, lead back to the middle one, from then on alone."""
    sessions = [{"session": number} for number in (9, 10, 11, 12)]
    longer = [{"sessions": 12}, {"sessions": 16, "agreed_in": 11}]
    phases = [one.so_far.phase for one in therapy(course(*sessions, contracts=longer)).held]
    assert phases == ["middle", "final", "middle", "middle"]


def test_mood_is_not_compared_over_a_session_without_a_record() -> None:
    """Nobody knows what happened in a session that is missing; days tell the weeks all the same."""
    made = course(
        {"session": 2, "day": "2026-03-20", "mood_before": 3},
        {"session": 6, "day": "2026-04-24", "mood_before": 7},
        {"session": 7, "mood_before": 7},
        {"session": 8},
    )
    held = therapy(made).held
    earlier = [one.so_far.session_before for one in held]
    assert [one.session if one else None for one in earlier] == [None, 2, 6, 7]
    assert [of_session(one, "checkin.mood_change") for one in held] == [NOT_ARISING, None, 0, None]
    assert [of_session(one, "checkin.weeks_since_last") for one in held] == [NOT_ARISING, 5, None, None]
    told = made.review(engine="compiled").to_dict()["sessions"]
    assert [(one["session"], one["mood_before"]) for one in told] == [(2, 3), (6, 7), (7, 7), (8, None)]


def test_what_is_done_is_not_proposed_again() -> None:
    """Strategies recorded as done give way to the next ones of the phase, until none is left."""
    made, seen = course(), list[str]()
    while proposed := [one["rule"] for one in agenda_of(made)["strategies"]]:
        seen += proposed
        session = len(made.check_ins) + 1
        if session > 2:
            break
        made = made.with_check_in(CheckIn(session=session, strategies=tuple(proposed)))
    assert len(seen) == len(set(seen)) > 3


def test_without_a_focus_the_middle_phase_has_nothing_to_work_on() -> None:
    """In the initial phase the proposed foci are shown, said to be not agreed; later there are none until one is agreed."""
    made = course({"session": 1}, {"session": 5}, foci=[])
    assert [one["area"] for one in agenda_of(made, 1)["foci"]] == ["disputes"]
    assert agenda_of(made, 1)["agreed"] is False
    assert agenda_of(made, 5)["foci"] == []


def test_a_focus_agreed_on_from_the_next_session_is_on_no_earlier_agenda() -> None:
    """What holds from the next session on came later than the review of this one."""
    foci = [{"area": "disputes", "subject": "disputes[0]"}, {"area": "deficits", "agreed_in": 4}]
    made = course({"session": 3}, {"session": 4}, foci=foci)
    assert [one["area"] for one in agenda_of(made, 3)["foci"]] == ["disputes"]
    assert [one["area"] for one in agenda_of(made, 4)["foci"]] == ["deficits"]


def test_a_therapy_that_has_ended_has_no_agenda() -> None:
    """After the session with which it ended nothing is proposed, and what was not done is still told."""
    told = course({"session": 12, "ended": True}).review(engine="compiled").to_dict()
    assert told["ended"] is True
    assert told["agenda"] is None
    assert told["remaining"]["ending_named"] is None


def test_strategies_that_the_rule_set_does_not_have_are_named_by_place() -> None:
    """An id that no rule has is not repeated; where it stands is told, and which one that there is resembles it most."""
    made = course({"session": 1, "strategies": ["middle.general.role-play", "middle.general.role-plya", "zz.zzzz"]})
    told = made.review(engine="compiled").to_dict()
    assert told["unknown_strategies"] == [
        {"path": "check_ins[0].strategies[1]", "nearest": "middle.general.role-play"},
        {"path": "check_ins[0].strategies[2]", "nearest": None},
    ]
    assert "role-plya" not in str(told)
