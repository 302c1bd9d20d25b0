"""A therapy over time: what is known when, which phase a session lies in, what is on the agenda, and what new facts change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ipt_rules import Assessor, load_ruleset
from ipt_rules.course import Course
from ipt_rules.engines import CompiledEngine
from ipt_rules.held_sessions import evaluate_course
from ipt_rules.sessions import CheckIn
from tests.helpers import intake

if TYPE_CHECKING:
    from ipt_rules import Intake
    from ipt_rules.held_sessions import Held, Therapy

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


def therapy(made: Course) -> Therapy:
    """Return what the shipped rules find in a course."""
    rules = load_ruleset()
    return evaluate_course(made, rules, CompiledEngine(rules))


def of_row(held: Held, place: str, field: str) -> Any:
    """Return a field of a subject as it was known in a session."""
    row = next(entry.row for entry in held.result.evaluated if entry.row.place == place)
    return row.value(field)


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
            {"area": "deficits", "agreed_in": 5, "answer": "agrees"},
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
    assert [one.gates for one in held] == [(), ("abuse",)]
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
    assert held[1].gates == ("abuse",)


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
    closed = [one.gates == ("suicide_risk",) for one in held]
    assert closed == [True, False, False, True, True, False, True]


def test_a_gate_that_new_facts_raise_is_closed_though_it_was_cleared_before() -> None:
    """What the intake's new answers raise counts as what a session told does."""
    answers = {"session": 2, "day": "2026-03-28", "new_facts": {"answers": {"safety.psychosis": True}}}
    held = therapy(
        course({"session": 1, "cleared": ["psychosis"]}, answers, {"session": 3, "cleared": ["psychosis"]})
    ).held
    assert [one.gates for one in held] == [(), ("psychosis",), ()]


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


def test_missing_sessions_leave_no_gap_in_what_is_compared() -> None:
    """Mood is compared with the session held before, however many there are between, and days tell the weeks."""
    made = course(
        {"session": 2, "day": "2026-03-20", "mood_before": 3},
        {"session": 6, "day": "2026-04-24", "mood_before": 7},
        {"session": 7, "mood_before": 7},
        {"session": 8},
    )
    rows = [one.so_far for one in therapy(made).held]
    assert [one.before.session if one.before else None for one in rows] == [None, 2, 6, 7]
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
    """An id that no rule has is not repeated; where it stands is told."""
    made = course({"session": 1, "strategies": ["middle.general.role-play", "middle.unheard-of"]})
    told = made.review(engine="compiled").to_dict()
    assert told["unknown_strategies"] == ["check_ins[0].strategies[1]"]
    assert "unheard-of" not in str(told)
