"""The metamorphic relations hold on every engine, and each sees what is made to break it."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from ipt_rules import RulesetError, load_ruleset
from ipt_rules.drawn.intakes import Seeded, complete, draw_intake
from ipt_rules.engines import CompiledEngine
from ipt_rules.testing import relations
from ipt_rules.testing.relations import (
    RELATIONS,
    Relation,
    a_twin,
    broken,
    conditions_denied,
    dates_shifted,
    on_engine,
    order_of_the_intake,
    safety_unknown,
)
from ipt_rules.testing.relations.told import row_by_row
from ipt_rules.testing.rules import draw_weighing_ruleset
from ipt_rules.testing.strategies import intakes, weighing_rulesets
from ipt_rules.words import AREAS
from tests.faults import IN_ALL, Fault, Interpreter
from tests.faults.in_conditions import UnknownIsNo, UnknownIsTrue
from tests.faults.on_rows import CouldIsHolds, FirstRuleOnly, SecondSubjectIgnored
from tests.faults_found import under_test
from tests.helpers import MARK, intake, marked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipt_rules import Intake, Ruleset

SEED = 20260331
COMPILED = on_engine("compiled")


def drawn(count: int) -> Iterator[tuple[int, Intake, Ruleset]]:
    """Yield seeded intakes, half of them with the shipped rules and half with drawn ones."""
    choose = Seeded(random.Random(SEED))
    rulesets = [draw_weighing_ruleset(choose) for _ in range(2)]
    for number in range(count):
        yield number, draw_intake(choose), load_ruleset() if number % 2 else rulesets[number // 2 % 2]


def differing(relation: Relation, evaluates: relations.Evaluates, count: int = 16) -> list[str]:
    """Return what a relation finds on seeded intakes."""
    return [
        difference
        for number, one, ruleset in drawn(count)
        for difference in relation(evaluates, ruleset, one, Seeded(random.Random(number)))
    ]


@pytest.mark.parametrize("relation", RELATIONS, ids=lambda relation: relation.__name__)
def test_relation_holds_on_the_compiled_engine(relation: Relation) -> None:
    """The relation holds on seeded intakes, by the shipped rules and by drawn ones."""
    assert differing(relation, COMPILED) == []


def test_relations_hold_on_the_reference() -> None:
    """All relations hold on a few intakes where the reference evaluates them."""
    assert differing(broken, on_engine("reference"), 4) == []


@pytest.mark.durable
@pytest.mark.parametrize("relation", [one for one in RELATIONS if one.__module__ != conditions_denied.__module__])
def test_relation_holds_where_durable_rules_agrees(relation: Relation) -> None:
    """Each relation that leaves conditions as they are holds on a few intakes; durable_rules refuses some that are changed."""
    assert differing(relation, on_engine("checked"), 4) == []


@pytest.mark.durable
def test_what_an_engine_refuses_is_an_error() -> None:
    """A changed condition that an engine does not take ends in its error, and not in agreement."""
    with pytest.raises(RulesetError, match="cannot run on durable_rules"):
        differing(conditions_denied, on_engine("checked"), 2)


@given(intakes(), weighing_rulesets())
@settings(max_examples=15)
def test_relations_hold_for_any_intake_and_any_rules(one: Intake, ruleset: Ruleset) -> None:
    """Whatever the intake and the rules, no relation is broken."""
    assert broken(COMPILED, ruleset, one, Seeded(random.Random(1))) == []


@pytest.mark.slow
def test_relations_hold_on_many() -> None:
    """The same on five hundred seeded intakes."""
    assert differing(broken, COMPILED, 500) == []


def test_there_are_at_least_twelve_each_with_a_name_and_what_it_says() -> None:
    """Every relation can be imported by its name and says in one sentence what must hold."""
    assert len({relation.__name__ for relation in RELATIONS}) == len(RELATIONS) >= 12
    for relation in RELATIONS:
        assert getattr(relations, relation.__name__) is relation
        assert relation.__name__ in relations.__all__
        assert (relation.__doc__ or "").startswith("Say that ")


# ── what breaks them ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_differences_name_rules_and_areas() -> None:
    """What is told of a broken relation begins with the relation and names rules or areas."""
    told = differing(broken, under_test(Fault("", SecondSubjectIgnored)), 6)
    assert told
    names = {relation.__name__ for relation in RELATIONS}
    known = {*AREAS, *(rule.id for _, _, ruleset in drawn(6) for rule in ruleset.rules)}
    for difference in told:
        relation, _, what = difference.partition(": ")
        assert relation in names
        assert any(name in what for name in known) or "settled" in what


@pytest.mark.parametrize("planted", [UnknownIsTrue, UnknownIsNo, CouldIsHolds, FirstRuleOnly])
def test_differences_tell_nothing_of_a_patient(planted: type[Interpreter]) -> None:
    """No name, id or free text stands in a difference."""
    one = marked()
    evaluates = under_test(Fault("", planted))
    told = [
        what for number in range(4) for what in broken(evaluates, load_ruleset(), one, Seeded(random.Random(number)))
    ]
    assert told
    assert MARK not in "\n".join(told)


def test_an_order_that_matters_is_told() -> None:
    """Where only the first subject counts, another order of the subjects has another result, and the areas are named."""
    told = differing(order_of_the_intake, under_test(IN_ALL[5]), 40)
    assert any(what.endswith(" stands otherwise") for what in told)


def test_dates_before_the_calendar_repeats_are_left_alone() -> None:
    """A story with a date before 1901 is not moved."""
    early = intake(losses=[{"kind": "death", "when": "1899"}])
    assert dates_shifted(COMPILED, load_ruleset(), early, Seeded(random.Random(1))) == []
    moved = relations.of_intakes._shifted(early.to_dict())
    assert moved["losses"][0]["when"] == "1927"


def test_a_date_in_free_text_is_no_date() -> None:
    """What looks like a date in a note or an id stays as it is."""
    told = intake(
        note="2024-05", inventory={"people": [{"id": "2019"}]}, losses=[{"person": "2019", "when": "2025-03"}]
    )
    moved = relations.of_intakes._shifted(told.to_dict())
    assert moved["note"] == "2024-05"
    assert moved["losses"] == [{"person": "2019", "when": "2053-03"}]
    assert moved["inventory"]["people"] == [{"id": "2019"}]


def test_engines_are_made_once_for_each_rule_set() -> None:
    """A relation that comes back to a rule set finds its engine ready."""
    made: list[Ruleset] = []

    def make(ruleset: Ruleset) -> CompiledEngine:
        made.append(ruleset)
        return CompiledEngine(ruleset)

    evaluates = on_engine(make)
    few = replace(load_ruleset(), rules=load_ruleset().rules[:3])
    for ruleset in (few, load_ruleset(), few):
        evaluates(intake(), ruleset)
    assert made == [few, load_ruleset()]


def test_other_rows_are_a_difference() -> None:
    """Results that do not even have the same rows are told, and not compared row by row."""
    rows = COMPILED(intake(losses=[{}]), load_ruleset()).evaluated
    fewer = COMPILED(intake(losses=[]), load_ruleset()).evaluated
    assert row_by_row(rows, fewer, [], [], frozenset()) == ["other rows"]


def test_a_subject_there_can_be_only_once_has_no_twin() -> None:
    """Where a second one would be refused there is nothing to compare."""
    alone = intake(isolation=[{}])
    assert a_twin(COMPILED, load_ruleset(), alone, Seeded(random.Random(1))) == []


def test_what_a_strategy_needs_may_be_an_answer_on_which_others_rest() -> None:
    """An intake without disputes, and one in which everything is known, keep to what strategies need."""
    choose = Seeded(random.Random(2))
    for one in (intake(), complete(choose, draw_intake(choose))):
        assert safety_unknown(COMPILED, load_ruleset(), one, choose) == []
