"""Sessions and phases: what the shipped rules say of each length, and what the rule set leaves open stays open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ipt_rules import load_ruleset
from ipt_rules.ruleset.consequences import Window
from ipt_rules.ruleset.scoring import Scoring
from ipt_rules.schedules import schedules
from tests.test_plan import rules

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("sessions", "phases"),
    [
        (8, {"initial": (1, 3), "middle": (4, 5), "final": (6, 8)}),
        (12, {"initial": (1, 3), "middle": (4, 9), "final": (10, 12)}),
        (14, {"initial": (1, 3), "middle": (4, 10), "final": (11, 14)}),
        (16, {"initial": (1, 3), "middle": (4, 12), "final": (13, 16)}),
        (20, {"initial": (1, 3), "middle": (4, 16), "final": (17, 20)}),
        (5, {}),
    ],
)
def test_phases_of_the_shipped_rules(sessions: int, phases: dict[str, tuple[int, int]]) -> None:
    """The phases of 12 and 16 sessions are the article's; others are adapted with a note, and too few are refused."""
    (found,) = schedules(load_ruleset().scoring, sessions)
    assert {phase.name: (phase.first, phase.last) for phase in found.phases} == phases
    assert bool(found.note) is (sessions not in (12, 14, 16))


def test_phases_follow_on_each_other_without_gap(tmp_path: Path) -> None:
    """Whatever the number of sessions, every session belongs to exactly one phase, or there are none."""
    for scoring in (load_ruleset().scoring, rules(tmp_path).scoring):
        for sessions in range(1, 61):
            (found,) = schedules(scoring, sessions)
            covered = [n for phase in found.phases for n in range(phase.first, phase.last + 1)]
            assert covered == (list(range(1, sessions + 1)) if found.phases else [])


def test_without_an_agreed_number_the_usual_ones_are_shown() -> None:
    """Not knowing how many sessions are agreed is not taken for a number: the plan is told for each usual one."""
    assert [found.sessions for found in schedules(load_ruleset().scoring, None)] == [12, 16]


def test_a_rule_set_need_not_divide_sessions() -> None:
    """Without lengths of phases the plan has phases but no session numbers."""
    scoring = Scoring("a note", {}, {}, 2, {})
    assert schedules(scoring, None) == ()
    (found,) = schedules(scoring, 12)
    assert (found.phases, found.phase_of(3), found.sessions_of("middle")) == ((), None, None)


@pytest.mark.parametrize(
    ("window", "phase", "expected"),
    [
        (Window(), "middle", (4, 9)),
        (Window(first=5), "middle", (5, 9)),
        (Window(last=2), "initial", (1, 2)),
        (Window(of_the_last=1), "final", (12, 12)),
        (Window(of_the_last=5), "final", (10, 12)),
        (Window(first=10), "middle", None),
        (Window(), "every", (1, 12)),
    ],
)
def test_a_strategy_is_limited_to_its_sessions(window: Window, phase: str, expected: tuple[int, int] | None) -> None:
    """The sessions of a strategy are those of its phase within its window; there may be none."""
    (found,) = schedules(load_ruleset().scoring, 12)
    assert found.sessions_of(phase, window) == expected
