"""Laws of open answers: what is known stays known, and the bounds keep their word."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from ipt_rules import Assessor
from ipt_rules.drawn.intakes import Seeded, answer_one, complete, draw_intake
from ipt_rules.facts import facts
from ipt_rules.intake import SUBJECT_LISTS
from ipt_rules.ruleset.conditions import comparisons
from ipt_rules.testing.rules import draw_weighing_ruleset
from ipt_rules.testing.strategies import answered, completions, weighing_rulesets
from tests.laws.support import assessor, grown

if TYPE_CHECKING:
    from ipt_rules import Intake, Ruleset


def taken_back(before: Intake, after: Intake) -> list[str]:
    """Return the fields, and the rules that hold, which the fuller intake takes back; rules that ask what is not known may."""
    old, new = assessor().assess(before).result, assessor().assess(after).result
    found = fields_taken_back(before, after)
    rows = {(entry.row.kind, entry.row.place): entry for entry in new.evaluated}
    lists = set(SUBJECT_LISTS.values())
    for entry in old.evaluated:
        if entry.row.kind == "standing":
            continue
        same = [rows[entry.row.kind, entry.row.place]] if (entry.row.kind, entry.row.place) in rows else []
        if entry.row.kind in lists and not entry.row.place:  # it stood for whatever the list would hold
            same = [other for other in new.evaluated if other.row.kind == entry.row.kind]
        for other in same:
            found += grown(entry.row, other.row)
            found += [f"{rule} held" for rule in counting(set(entry.holding) - set(other.holding))]
            found += [f"{rule} could not hold" for rule in counting(set(other.possible) - set(entry.possible))]
    return found


def fields_taken_back(before: Intake, after: Intake) -> list[str]:
    """Return the fields, derived ones that no shipped rule reads among them, whose value the fuller intake takes back."""
    old, new = facts(before), facts(after)
    rows = {row.place: row for row in new.subjects}
    found = grown(old.patient, new.patient)
    for row in old.subjects:
        found += grown(row, rows[row.place])
    for row in old.not_asked:
        for other in new.subjects:
            found += grown(row, other) if other.kind == row.kind else []
    return found


def counting(positions: set[int]) -> list[str]:
    """Return the ids of the rules that do not ask whether something is known; those that do count nothing."""
    rules = [assessor().ruleset.rules[position] for position in positions]
    return [
        rule.id
        for rule in rules
        if all(one.operator not in ("known", "not_known") for one in comparisons(rule.condition))
    ]


def broken_bounds(before: Intake, after: Intake, by: Assessor | None = None) -> list[str]:
    """Return the areas whose points or bounds in the fuller intake leave the bounds of the other."""
    by = by or assessor()
    old = {standing.area: standing for standing in by.assess(before).ranking}
    return [
        standing.area
        for standing in by.assess(after).ranking
        if not old[standing.area].bounds.least <= standing.bounds.least <= standing.points
        or not standing.points <= standing.bounds.most <= old[standing.area].bounds.most
    ]


def unsettled(before: Intake, after: Intake, by: Assessor | None = None) -> bool:
    """Return whether a settled first place was lost."""
    by = by or assessor()
    old, new = by.assess(before), by.assess(after)
    return old.settled and not (new.settled and new.first == old.first)


@given(answered())
@settings(max_examples=100)
def test_facts_only_grow(step: tuple[Intake, str, Intake]) -> None:
    """Answering one more question changes no field that was known, widens no range and takes back no finding."""
    before, _, after = step
    assert taken_back(before, after) == []


@given(completions(share=60))
@settings(max_examples=60)
def test_facts_only_grow_over_many_answers(pair: tuple[Intake, Intake]) -> None:
    """The same holds for any number of answers at once."""
    assert taken_back(*pair) == []


@given(completions())
@settings(max_examples=80)
def test_bounds_contain_the_points_of_every_completion(pair: tuple[Intake, Intake]) -> None:
    """However the open questions are answered, an area's points stay within its bounds, and the bounds only narrow."""
    assert broken_bounds(*pair) == []


@given(completions(share=70))
@settings(max_examples=80)
def test_settled_means_settled(pair: tuple[Intake, Intake]) -> None:
    """Once the first place is settled, no further answer changes it or unsettles it."""
    assert not unsettled(*pair)


@given(weighing_rulesets(), completions())
@settings(max_examples=80)
def test_bounds_and_settled_hold_for_any_rules(rules: Ruleset, pair: tuple[Intake, Intake]) -> None:
    """Whatever the rules count, find and hold back, bounds contain every completion and settled means settled."""
    by = Assessor(rules, "compiled")
    assert broken_bounds(*pair, by) == []
    assert not unsettled(*pair, by)


@pytest.mark.slow
def test_bounds_and_settled_hold_for_many_rules() -> None:
    """The same on 4,000 seeded intakes under 200 drawn rule sets, of which enough are settled to mean something."""
    choose = Seeded(random.Random(11))
    settled = 0
    for _ in range(200):
        by = Assessor(draw_weighing_ruleset(choose), "compiled")
        for _ in range(20):
            before = draw_intake(choose)
            settled += by.assess(before).settled
            for share in (50, 100):
                after = complete(choose, before, share=share)
                assert broken_bounds(before, after, by) == []
                assert not unsettled(before, after, by)
    assert settled > 200


@pytest.mark.slow
def test_the_laws_on_many_seeded_intakes() -> None:
    """The same laws on 6,000 seeded intakes, of which enough are settled to mean something."""
    choose = Seeded(random.Random(7))
    settled = 0
    for _ in range(6_000):
        before = draw_intake(choose)
        step = answer_one(choose, before)
        after = complete(choose, before, share=choose.one_of((40, 100)))
        settled += assessor().assess(before).settled
        for fuller in (after, step[1] if step else after):
            assert taken_back(before, fuller) == []
            assert broken_bounds(before, fuller) == []
            assert not unsettled(before, fuller)
    assert settled > 300
