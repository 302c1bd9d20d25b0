"""Engines beside each other on seeded intakes find the same, and where one does not, it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ipt_rules import load_ruleset
from ipt_rules.engines import CompiledEngine, ReferenceEngine
from ipt_rules.engines import durable as holder
from ipt_rules.errors import EvaluationError
from ipt_rules.testing import differential, remembering
from ipt_rules.testing.differential import Figures, compare, intake_of
from tests.test_benchmarks import run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipt_rules.facts import Row
    from ipt_rules.ruleset.model import Pass

SEED = 7


class LosesOne(CompiledEngine):
    """Loses the first rule that holds on each row of a loss."""

    def holding(self, run: Pass, rows: Sequence[Row]) -> list[tuple[int, ...]]:
        found = super().holding(run, rows)
        return [held[1:] if row.kind == "loss" else held for row, held in zip(rows, found, strict=True)]


class Fails(CompiledEngine):
    """Fails where a dispute was recorded."""

    def holding(self, run: Pass, rows: Sequence[Row]) -> list[tuple[int, ...]]:
        if any(row.kind == "dispute" and row.place for row in rows):
            raise EvaluationError("it failed")
        return super().holding(run, rows)


def test_all_engines_find_the_same_on_a_few_hundred() -> None:
    """What holds, what could, and every value of the JSON are the same on 300 seeded intakes."""
    found = compare(range(300), seed=SEED, against=[ReferenceEngine])
    assert found.differences == {}
    assert (found.intakes, found.whole) == (300, 30)
    assert found.possible > found.holding > 10_000
    assert min(found.shares().values()) >= 1


@pytest.mark.durable
def test_durable_rules_is_given_every_row() -> None:
    """Where durable_rules is installed, it is held to what holds on each row."""
    found = compare(range(60), seed=SEED)
    assert found.on_durable == found.rows > 0


def test_figures_do_not_depend_on_how_the_work_is_divided() -> None:
    """Two halves come to the same as the whole, but for what the reference remembers."""
    whole, one, other = (compare(numbers, seed=SEED) for numbers in (range(40), range(17), range(17, 40)))
    both = one + other
    for name in ("intakes", "rows", "holding", "possible", "on_durable", "whole", "values", "states", "differences"):
        assert getattr(both, name) == getattr(whole, name)


def test_the_intake_of_a_number_can_be_drawn_again() -> None:
    """A seed and a number give the same intake each time, another number another one."""
    assert intake_of(SEED, 3) == intake_of(SEED, 3)
    assert len({intake_of(SEED, number).model_dump_json() for number in range(20)}) == 20


def test_a_lost_finding_is_told_by_rule_row_and_engine() -> None:
    """An engine that loses a finding differs, and the first intake on which it does is named."""
    found = compare(range(30), seed=SEED, against=[LosesOne])
    ids = {rule.id for rule in load_ruleset().rules if rule.kind == "loss"}
    assert found.differences
    for what, number in found.differences.items():
        rule, _, rest = what.partition(" on a ")
        assert rule in ids
        assert rest == "loss row by compiled"
        again = compare([number], seed=SEED, against=[LosesOne])
        assert again.differences[what] == number


def test_a_difference_of_the_whole_result_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where separate assessments differ, the parts of the JSON that do are named."""
    monkeypatch.setattr(differential, "ReferenceEngine", LosesOne)
    told = compare(range(10), seed=SEED, whole=1).differences
    assert any(what.startswith("whole result: ") and "ranking" in what for what in told)


@pytest.mark.durable
def test_a_difference_of_durable_rules_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What durable_rules finds otherwise is told of the intake to which the row belongs."""
    monkeypatch.setattr(holder._Pool, "matches", lambda self, messages: [])
    told = compare(range(10), seed=SEED).differences
    assert told
    assert all(what.endswith(" by durable_rules") for what in told)


def test_an_engine_that_fails_differs() -> None:
    """No failure looks like agreement."""
    told = compare(range(10), seed=SEED, against=[Fails]).differences
    assert list(told) == ["no result: it failed"]


def test_what_the_reference_remembers_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it may remember next to nothing, it is asked more often, and all figures beside that stay the same."""
    usual = compare(range(5), seed=SEED)
    monkeypatch.setattr(remembering, "MOST", 10)
    scarce = compare(range(5), seed=SEED)
    assert scarce.asked > usual.asked
    assert (scarce.holding, scarce.possible, scarce.differences) == (usual.holding, usual.possible, {})


def test_the_first_intake_of_a_difference_is_kept() -> None:
    """Joined figures name the lowest number at which something differed."""
    joined = Figures(differences={"a": 5, "b": 1}) + Figures(differences={"a": 2, "c": 9})
    assert joined.differences == {"a": 2, "b": 1, "c": 9}


def test_the_script_prints_the_same_figures_for_any_number_of_jobs() -> None:
    """Figures for a seed do not depend on the jobs, but for the seconds."""
    printed = [run("differential.py", "--intakes", "60", "--jobs", jobs).stdout for jobs in ("1", "2")]
    one, two = ([line for line in text.splitlines() if "jobs" not in line] for text in printed)
    assert one == two
    assert one[0].startswith("60 intakes of seed ")
    assert all("0 differences" in text for text in printed)
