"""What stays as a therapy goes on: danger that was told, two foci beside each other, and what is recorded while a focus changes."""

from __future__ import annotations

from typing import Any

import pytest

from ipt_rules import Course, IntakeError, example, example_course

SAFE = {"unsafe": False, "suicidal_thoughts": False, "suicide_risk": False}


def course(*check_ins: dict[str, Any], **parts: Any) -> Course:
    """Return a course of twelve sessions on a dispute, agreed on in session 1."""
    focus = {"area": "disputes", "subject": "disputes[0]", "agreed_in": 1, "answer": "agrees", "answered_in": 1}
    plain = {"intake": example("disputes").to_dict(), "contracts": [{"sessions": 12}], "foci": [focus]}
    return Course.model_validate({**plain, "check_ins": list(check_ins), **parts})


@pytest.mark.parametrize("later", [None, False])
def test_danger_that_was_told_is_asked_about_although_it_is_taken_back(later: bool | None) -> None:
    """An answer that is opened or turned over leaves the gate closed, and safety first on the agenda."""
    facts = {"answers": {"safety.abuse": later}}
    told = course(
        {"session": 4, "day": "2026-04-01", "unsafe": True},
        {"session": 5, "day": "2026-04-08", "new_facts": facts, **SAFE},
    )
    review = told.review(engine="compiled")
    assert review.gates_to_clear == ("abuse",)
    assert [advice["rule"] for advice in review.to_dict()["agenda"]["first"]] == ["course.safety.danger-told"]


@pytest.mark.parametrize("swapped", [False, True])
def test_of_two_foci_the_answer_that_agrees_less_counts(swapped: bool) -> None:
    """Whichever stands first, a focus to which the patient does not agree is a reason to look at it again."""
    foci = [
        {"area": "disputes", "subject": "disputes[0]", "agreed_in": 3, "answer": "agrees", "answered_in": 3},
        {"area": "deficits", "agreed_in": 3, "answer": "does_not_agree", "answered_in": 3},
    ]
    review = course({"session": 4, **SAFE}, foci=foci[::-1] if swapped else foci).review(engine="compiled")
    assert review.to_dict()["reconsider_because"] == ["course.focus.not-agreed-to"]


def test_a_dispute_may_be_judged_in_the_session_in_which_another_focus_takes_its_place() -> None:
    """Its end is what the new focus answers, so nothing is left to reconsider, and the stage is known."""
    before = {"area": "disputes", "subject": "disputes[0]", "agreed_in": 1, "answer": "agrees", "answered_in": 1}
    after = {"area": "transitions", "subject": "disputes[0]", "agreed_in": 5, "answer": "agrees", "answered_in": 5}
    made = course(
        {"session": 4, "stage": "impasse", **SAFE}, {"session": 5, "stage": "dissolution", **SAFE}, foci=[before, after]
    )
    review = made.review(engine="compiled")
    assert (review.evaluated.intake.disputes or ())[0].stage == "dissolution"
    assert review.focus_stands is True


def test_reasons_to_reconsider_wait_while_a_gate_is_closed() -> None:
    """What is not told while a gate is closed is in no part of the export; that there is a reason is."""
    told = example_course("danger_in_mid_course").review(7, engine="compiled").to_dict()
    assert told["gates"] == ["abuse"]
    assert told["open_reasons"] == []
    assert told["agenda"]["focus_stands"] is None


def test_a_right_day_is_not_called_wrong_beside_a_wrong_intake() -> None:
    """Where the intake cannot be read, nothing is said of days that would be compared with it."""
    with pytest.raises(IntakeError) as raised:
        Course.model_validate(
            {
                "intake": {"assessed_on": "2026-03-01", "episode": {"phq9": 99}},
                "check_ins": [{"session": 4, "day": "2026-04-04"}],
            }
        )
    assert [problem.path for problem in raised.value.problems] == ["intake.episode.phq9"]


def test_answers_with_wrong_places_and_with_wrong_values_are_told_together() -> None:
    """A place that is not there hides no other mistake, and no session without a day hides another."""
    facts = {"answers": {"safety.mania": "x", "nope.no": 1}}
    with pytest.raises(IntakeError) as raised:
        course({"session": 4, "day": "2026-04-01", "new_facts": facts})
    assert sorted(problem.what.partition(":")[0] for problem in raised.value.problems) == ["answer 2", "safety.mania"]
    added = {"changes": [{"kind": "move"}]}
    with pytest.raises(IntakeError) as raised:
        course({"session": 4, "new_facts": added}, {"session": 5, "new_facts": added})
    assert [problem.path for problem in raised.value.problems] == ["check_ins[0].day", "check_ins[1].day"]
