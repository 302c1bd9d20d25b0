"""Drawing intakes: answering what is open contradicts nothing that is recorded."""

from __future__ import annotations

from ipt_rules.drawn.intakes import answered
from tests.helpers import intake


def test_what_was_asked_without_an_answer_may_cease_to_arise() -> None:
    """With an answer by which another question no longer arises, that one is no longer asked without an answer; others stay so."""
    before = intake(
        inventory={"people": [{"id": "a"}]},
        asked_without_answer=["inventory.people[0].confides", "episode.onset"],
    )
    after = answered(before, {"inventory.people[0].status": "deceased"})
    assert after.asked_without_answer == ("episode.onset",)
    assert after.inventory.people is not None
    assert after.inventory.people[0].status == "deceased"
