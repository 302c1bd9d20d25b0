"""All engines agree, on every intake and every row: ``checked`` ends in an error where two of them do not."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import Phase, example, given, settings

from ipt_rules import Assessor, Intake, load_ruleset
from ipt_rules import example as case
from ipt_rules.drawn.intakes import Seeded, draw_intake
from ipt_rules.engines import CompiledEngine
from ipt_rules.facts import facts
from ipt_rules.pipeline import evaluate
from ipt_rules.testing.conformance import Shares
from ipt_rules.testing.strategies import intakes

if TYPE_CHECKING:
    from collections.abc import Callable


REFERENCE = Assessor(engine="reference")
CHECKED = Assessor()  # durable_rules and generated Python, where both are installed


def same_on_all_engines(intake: Intake) -> None:
    """Findings, what could hold, standings and bounds are the same on all engines."""
    assert REFERENCE.assess(intake).result == CHECKED.assess(intake).result


@given(intakes())
@settings(max_examples=250)
def test_engines_find_the_same(intake: Intake) -> None:
    """Findings, what could hold, standings and bounds are the same on all engines."""
    same_on_all_engines(intake)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(2))
def test_engines_find_the_same_on_five_thousand(part: int, record_property: Callable[[str, object], None]) -> None:
    """The whole result is the same on 5,000 seeded intakes in two parts, with every state of a field well represented."""
    choose = Seeded(random.Random(f"identical findings {part}"))
    shares = Shares()
    for _ in range(2_500):
        intake = draw_intake(choose)
        reference = REFERENCE.assess(intake).result
        if reference != CHECKED.assess(intake).result:
            replay(intake)
        rows = facts(intake)
        shares.count([*rows.subjects, rows.patient, *rows.not_asked])
    record_property("share of fields in percent", shares.in_percent())
    assert min(shares.in_percent().values()) >= 1


def replay(intake: Intake) -> None:
    """Let Hypothesis run the ordinary test on an intake as an explicit example, and show what it shows."""
    again = settings(phases=[Phase.explicit])(example(intake)(given(intakes())(same_on_all_engines)))
    again()
    raise AssertionError("the difference was seen once and not again")


def test_a_difference_is_replayed_as_an_example(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the engines differ, the intake on which they do is shown as an explicit example."""
    other = Assessor(replace(load_ruleset(), rules=load_ruleset().rules[:50]))
    monkeypatch.setattr("tests.laws.test_identical_findings.REFERENCE", other)
    with pytest.raises(AssertionError) as shown:
        replay(case("grief"))
    assert any("explicit example" in note for note in shown.value.__notes__)


def test_a_planted_difference_is_seen() -> None:
    """An engine that reads one rule wrongly does not pass for the other."""
    shipped = load_ruleset()
    wrong = replace(
        shipped, rules=(replace(shipped.rules[0], condition=shipped.rules[1].condition), *shipped.rules[1:])
    )
    choose = Seeded(random.Random(3))
    drawn = [draw_intake(choose) for _ in range(50)]
    assert any(
        evaluate(intake, shipped, CompiledEngine(shipped)) != evaluate(intake, shipped, CompiledEngine(wrong))
        for intake in drawn
    )
