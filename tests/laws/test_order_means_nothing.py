"""Laws of writing down: the order of lists and the ids of people change nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ipt_rules import Assessor, Intake, load_ruleset
from ipt_rules.intake import SUBJECT_LISTS
from ipt_rules.records import NOBODY
from ipt_rules.testing.strategies import intakes
from tests.laws.support import assessor, outcome

if TYPE_CHECKING:
    import random


def rewritten(intake: Intake, source: random.Random) -> Intake:
    """Return the same intake with every list in another order and every person under another id."""
    plain = intake.to_dict()
    plain.pop("asked_without_answer", None)
    people = plain.get("inventory", {}).get("people") or []
    names = {person["id"]: f"x{source.randrange(10**9)}-{number}" for number, person in enumerate(people)}
    for person in people:
        person["id"] = names[person["id"]]
    source.shuffle(people)
    ties = plain.get("inventory", {}).get("ties") or []
    for tie in ties:
        tie["between"] = [names[one] for one in tie["between"]][:: source.choice((1, -1))]
    source.shuffle(ties)
    moved = _shuffled(plain, names, source)
    for field, place in plain.get("view", {}).items():
        plain["view"][field] = moved.get(place, place)
    return Intake.model_validate(plain)


def _shuffled(plain: dict[str, Any], names: dict[str, str], source: random.Random) -> dict[str, str]:
    moved = {}
    for part in SUBJECT_LISTS:
        order = list(range(len(plain.get(part) or [])))
        source.shuffle(order)
        for subject in plain.get(part) or []:
            if subject.get("person", NOBODY) != NOBODY:
                subject["person"] = names[subject["person"]]
        if order:
            plain[part] = [plain[part][old] for old in order]
        moved.update({f"{part}[{old}]": f"{part}[{new}]" for new, old in enumerate(order)})
    return moved


@given(intakes(), st.randoms(use_true_random=False))
@settings(max_examples=80)
def test_order_of_lists_and_ids_of_people_change_nothing(intake: Intake, source: random.Random) -> None:
    """An intake written in another order, its people under other ids, has the same outcome."""
    assert outcome(assessor().assess(rewritten(intake, source))) == outcome(assessor().assess(intake))


@given(intakes(), st.randoms(use_true_random=False))
@settings(max_examples=15)
def test_order_of_rules_changes_nothing(intake: Intake, source: random.Random) -> None:
    """A rule set whose rules stand in another order has the same outcome and the same digest."""
    shipped = load_ruleset()
    rules = list(shipped.rules)
    source.shuffle(rules)
    shuffled = replace(shipped, rules=tuple(rules))
    assert shuffled.digest == shipped.digest
    assert outcome(Assessor(shuffled).assess(intake)) == outcome(assessor().assess(intake))


@given(intakes())
@settings(max_examples=50)
def test_same_in_same_out(intake: Intake) -> None:
    """The same intake gives the same bytes, also after a round trip through JSON."""
    again = Intake.model_validate_json(intake.model_dump_json())
    assert again == intake
    assert assessor().assess(again).to_json() == assessor().assess(intake).to_json()
