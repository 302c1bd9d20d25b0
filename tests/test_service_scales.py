"""What scales newer than the intake add to it, and which gates they close."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from ipt_rules import Assessor
from ipt_rules.drawn.intakes import Seeded, draw_intake
from ipt_rules.ruleset.conditions import comparisons
from ipt_rules.ruleset.consequences import Caution
from ipt_rules.service.assessed import assessed
from ipt_rules.service.calls import call_in
from ipt_rules.service.refusals import RefusedError
from ipt_rules.service.scales import sent_in
from tests.calls import LOINC_ITEM_9, answered, bundle, call, phq9, written
from tests.helpers import intake

if TYPE_CHECKING:
    from ipt_rules import Intake
    from ipt_rules.service.scales import Sent

ASSESSOR = Assessor(engine="compiled")
OF_THE_TOTAL = {
    rule.consequence.gate
    for rule in ASSESSOR.ruleset.rules
    if isinstance(rule.consequence, Caution)
    and any(comparison.field == "patient.phq9" for comparison in comparisons(rule.condition))
}


def sent(recorded: Intake, *scales: dict[str, Any]) -> Sent:
    """Return what a call holds that brings an intake and scales along."""
    return sent_in(call_in(written(call(bundle(answered(recorded), *scales)))))


PLAIN = intake()
PARTLY = intake(episode={"phq9": 12})
WORSE = intake(episode={"phq9": 12, "phq9_item9": 1})


@pytest.mark.parametrize(
    ("recorded", "scales", "phq9_is", "item_9_is"),
    [
        (PLAIN, [phq9(14, "2026-03-14", item_9=1)], 14, 1),
        (PLAIN, [phq9(14, "2026-03-14T08:00:00Z")], 14, 0),
        (PLAIN, [phq9(14, "2026-03-20"), phq9(9, "2026-03-27"), phq9(20, "2026-03-16")], 9, 0),
        (PLAIN, [phq9(14, "2026-03-13")], None, None),
        (PLAIN, [phq9(14, "2026-03")], None, None),
        (PLAIN, [{**phq9(14, "2026-03-20"), "authored": None}], None, None),
        (PLAIN, [phq9(14, "2026-03-20", status="in-progress")], None, None),
        (PLAIN, [phq9(14, "2026-03-20", subject=None)], None, None),
        (PARTLY, [phq9(12, "2026-03-20", item_9=2)], 12, 2),
        (PARTLY, [phq9(20, "2026-03-20", item_9=0)], 12, None),
        (PARTLY, [phq9(20, "2026-03-20", item_9=2)], 20, 2),
        (WORSE, [phq9(9, "2026-03-20", item_9=2)], 9, 2),
        (WORSE, [phq9(9, "2026-03-20", item_9=0)], 12, 1),
        (WORSE, [phq9(9, "2026-03-13", item_9=2)], 12, 1),
        (PLAIN, [{"resourceType": "Patient"}, {"resourceType": "QuestionnaireResponse"}], None, None),
    ],
)
def test_a_newer_scale_fills_what_the_intake_leaves_open(
    recorded: Intake, scales: list[dict[str, Any]], phq9_is: int | None, item_9_is: int | None
) -> None:
    """The newest of that day or later is read; one that differs is left out whole, or taken whole where item 9 has more points."""
    found = sent(recorded, *scales).intake
    assert (found.episode.phq9, found.episode.phq9_item9) == (phq9_is, item_9_is)


CLEARED = {"cleared": ["suicide_risk", "medical_cause_open"]}


@pytest.mark.parametrize(
    ("recorded", "scale", "closed"),
    [
        ({"safety": CLEARED}, phq9(14, "2026-03-20", item_9=3), True),
        ({"safety": CLEARED}, phq9(14, "2026-03-14", item_9=3), True),
        ({"safety": CLEARED}, phq9(14, "2026-03-20", item_9=0), False),
        ({"safety": CLEARED, "episode": {"phq9_item9": 1}}, phq9(14, "2026-03-14", item_9=1), False),
        ({"safety": CLEARED, "episode": {"phq9_item9": 1}}, phq9(14, "2026-03-20", item_9=1), True),
        ({"safety": CLEARED, "episode": {"phq9_item9": 1}}, phq9(14, "2026-03-20", item_9=2), True),
        ({"safety": CLEARED, "episode": {"phq9_item9": 2}}, phq9(14, "2026-03-20", item_9=1), False),
        ({"safety": CLEARED, "episode": {"phq9_item9": 1}}, phq9(14, "2026-03-13", item_9=3), False),
        ({"safety": {}, "episode": {"phq9": 5, "phq9_item9": 0}}, phq9(20, "2026-03-20", item_9=3), True),
        ({"safety": {}, "episode": {"phq9": 5, "phq9_item9": 2}}, phq9(20, "2026-03-20", item_9=0), True),
    ],
)
def test_what_a_newer_scale_tells_of_danger_is_for_a_clinician_to_clear(
    recorded: dict[str, Any], scale: dict[str, Any], closed: bool
) -> None:
    """Clearing a gate covers what was known at the intake and no more; less than that changes nothing, and no other gate does."""
    assessment = assessed(ASSESSOR, sent(intake(**recorded), scale))
    assert ("suicide_risk" in assessment.gates_to_clear) is closed
    assert ("medical_cause_open" in assessment.intake.safety.cleared) is bool(recorded["safety"])


def test_a_scale_of_a_question_without_an_answer_answers_it() -> None:
    """What was asked in vain at the intake is answered by a scale that was filled in later."""
    recorded = intake(asked_without_answer=["episode.phq9", "losses"])
    found = sent(recorded, phq9(14, "2026-03-14")).intake
    assert (found.episode.phq9, found.asked_without_answer) == (14, ("losses",))


@pytest.mark.parametrize(
    ("scales", "said"),
    [
        ([phq9(99, "2026-03-20")], "PHQ-9: episode.phq9: LOINC 44261-6: an answer takes"),
        (
            [phq9(14, "2026-03-20"), phq9(9, "2026-03-20")],
            "prefetch.responses: holds several responses to PHQ-9, and which",
        ),
    ],
)
def test_a_newer_scale_that_cannot_be_read_is_told(scales: list[dict[str, Any]], said: str) -> None:
    """An answer that does not fit, or two of which either may be the newer, are 422 and not left open in silence."""
    with pytest.raises(RefusedError) as caught:
        sent(PLAIN, *scales)
    assert caught.value.status == 422
    assert str(caught.value.problems[0]).startswith(said)


def test_item_9_of_a_newer_scale_closes_the_gate() -> None:
    """What item 9 says counts as if it stood in the intake."""
    assert LOINC_ITEM_9.endswith("44260-8")
    assessment = assessed(ASSESSOR, sent(PLAIN, phq9(14, "2026-03-20", item_9=3)))
    assert assessment.intake == intake(episode={"phq9": 14, "phq9_item9": 3})
    assert assessment.gates_to_clear == ("suicide_risk",)


def test_a_newer_scale_never_opens_a_gate_and_what_it_tells_is_never_lost() -> None:
    """Over drawn intakes: a closed gate stays closed, but for those that follow the total; more points on item 9 close its own."""
    choose, closed_again = random.Random(5), 0
    for number in range(120):
        recorded = draw_intake(Seeded(random.Random(number)), share=(50, 80, 95, 100)[number % 4])
        item_9 = choose.randrange(4)
        day = choose.choice([recorded.assessed_on.isoformat(), "2031-01-01"])
        found = sent(recorded, phq9(choose.randrange(item_9, 25 + item_9), day, item_9=item_9))
        before, after = ASSESSOR.assess(recorded), assessed(ASSESSOR, found)
        assert set(before.gates_to_clear) - set(after.gates_to_clear) <= OF_THE_TOTAL
        if item_9 > (recorded.episode.phq9_item9 or 0):
            assert "suicide_risk" in after.gates_to_clear
        closed_again += len(after.intake.safety.cleared) < len(recorded.safety.cleared)
    assert closed_again
