"""The strategies that users import: what is drawn has the property that was asked for, by construction."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import ipt_rules.testing
from ipt_rules import Assessor, Course, Intake, Inventory, Ruleset, RulesetError, example, load_ruleset
from ipt_rules.drawn.intakes import Seeded
from ipt_rules.drawn.varied import given_places, lessened, varied, with_plain
from ipt_rules.open_answers import all_open_places
from ipt_rules.ruleset.conditions import comparisons
from ipt_rules.testing import (
    boundary_intakes,
    courses_where_holds,
    courses_where_narrowly_fails,
    intakes,
    intakes_where_holds,
    intakes_where_narrowly_fails,
    intakes_with_first,
    inventories,
    near_ties,
    partial_intakes,
    register_profiles,
)
from ipt_rules.testing.reached import Reached, rows_of_assessment
from ipt_rules.testing.seeds import holds, ways_failed
from ipt_rules.words import AREAS
from ipt_rules.worked_cases import rows_of_course
from tests.helpers import write_mini

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipt_rules.facts import Row
    from ipt_rules.ruleset import Rule

T = TypeVar("T")

SHIPPED = load_ruleset()
ASSESSOR = Assessor(SHIPPED, "compiled")
OF_INTAKES = [rule.id for rule in SHIPPED.rules if rule.runs_in != "course"]
OF_COURSES = [rule.id for rule in SHIPPED.rules if rule.runs_in == "course"]


def few(strategy: st.SearchStrategy[Any], examples: int = 12) -> list[Any]:
    """Return what a strategy draws, with every health check on and no deadline lifted."""
    drawn: list[Any] = []

    @settings(max_examples=examples, database=None, derandomize=True, phases=[Phase.generate])
    @given(strategy)
    def draw(one: Any) -> None:
        drawn.append(one)

    draw()
    return drawn


def rows_of(intake: Intake) -> list[Row]:
    """Return the rows that the shipped rules see."""
    return [*rows_of_assessment(ASSESSOR.assess(intake))]


def all_hold(rule: Rule, drawn: list[Intake]) -> bool:
    """Return whether a rule holds in every intake."""
    return all(holds(rule, rows_of(intake)) for intake in drawn)


def all_narrowly_fail(rule: Rule, drawn: list[Intake]) -> bool:
    """Return whether a rule holds in no intake, and in each one comparison alone keeps it from that."""
    told = [rows_of(intake) for intake in drawn]
    return all(bool(ways_failed(rule, rows)) and not holds(rule, rows) for rows in told)


@pytest.mark.parametrize("rule_id", OF_INTAKES[::45])
def test_a_rule_holds(rule_id: str) -> None:
    """In every intake drawn for a rule it holds, and the intakes differ."""
    drawn = few(intakes_where_holds(rule_id))
    assert all_hold(SHIPPED.rule(rule_id), drawn)
    assert len({intake.model_dump_json() for intake in drawn}) > 1


@pytest.mark.parametrize(
    "rule_id",
    [
        "grief.mourning-held-back",
        "cautions.psychosis",
        "stages.same-quarrel-without-hope",
        "standing.deficits-last-resort",
    ],
)
def test_a_rule_narrowly_fails(rule_id: str) -> None:
    """In every intake drawn for it a rule holds nowhere, and on some row one comparison alone keeps it from that."""
    assert all_narrowly_fail(SHIPPED.rule(rule_id), few(intakes_where_narrowly_fails(rule_id)))


@pytest.mark.parametrize("area", AREAS)
def test_an_area_comes_first(area: str) -> None:
    """Of every intake drawn for an area it comes first, alone."""
    assert {ASSESSOR.assess(intake).first for intake in few(intakes_with_first(area))} == {area}


def test_near_ties() -> None:
    """The first two areas of every near tie are supported, not held back, and within what the rule set calls close."""
    for intake in few(near_ties()):
        first, second = ASSESSOR.assess(intake).ranking[:2]
        assert first.points - second.points <= SHIPPED.scoring.close
        assert second.rank is not None
        assert not first.held_back_by
        assert not second.held_back_by


@pytest.mark.parametrize("rule_id", OF_COURSES[::17])
def test_rules_of_sessions(rule_id: str) -> None:
    """In every course drawn for a rule of sessions it holds in some session, or narrowly fails in one."""
    rule = SHIPPED.rule(rule_id)
    assert all(holds(rule, rows_of_course(course, SHIPPED)) for course in few(courses_where_holds(rule_id), 6))
    near = few(courses_where_narrowly_fails(rule_id), 6)
    assert all(ways_failed(rule, rows_of_course(course, SHIPPED)) for course in near)


def test_what_cannot_be_drawn_is_told() -> None:
    """A rule of the other kind, one that never fails, an unknown rule or area: each is an error that says what would be right."""
    with pytest.raises(ValueError, match="rule of sessions or events; take courses_where_"):
        intakes_where_holds(OF_COURSES[0])
    with pytest.raises(ValueError, match="rule of intakes; take intakes_where_"):
        courses_where_holds(OF_INTAKES[0])
    with pytest.raises(ValueError, match="compares nothing, so it never fails"):
        intakes_where_narrowly_fails("middle.general.check-in")
    wrong = f"{OF_INTAKES[0]}s"
    for strategy in (
        intakes_where_holds,
        intakes_where_narrowly_fails,
        courses_where_holds,
        courses_where_narrowly_fails,
    ):
        with pytest.raises(RulesetError, match=f"no rule has this id; did you mean '{re.escape(OF_INTAKES[0])}'"):
            strategy(wrong)
    with pytest.raises(RulesetError) as raised:
        boundary_intakes(rules=[wrong, OF_INTAKES[0], "no.such-rule"])
    assert [problem.path for problem in raised.value.problems] == [wrong, "no.such-rule"]
    with pytest.raises(KeyError, match="no such area; there are: grief"):
        intakes_with_first("work")


def test_a_rule_that_never_holds_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For a rule that no intake makes true there is no strategy, and the error says what to run."""
    rule = """\
- id: grief.never
  for: loss
  when: {loss.kind: job, loss.mourning: settled}
  opposes: grief
  strength: moderate
  because: It cannot be.
  basis: inference
  cites: [{ref: manual, at: ch. 5, seen: recalled}]
"""
    monkeypatch.setattr("ipt_rules.testing.seeds._MOST_INTAKES", 60)
    ruleset = load_ruleset(write_mini(tmp_path, rules=rule))
    with pytest.raises(LookupError, match=r"'grief\.never' holds; 'ipt-rules check' tells"):
        intakes_where_holds("grief.never", ruleset)


def test_a_rule_set_of_the_users_own(tmp_path: Path) -> None:
    """The strategies take any rule set."""
    ruleset = load_ruleset(write_mini(tmp_path))
    rule = ruleset.rule("grief.settled")
    assert all_hold(rule, few(intakes_where_holds(rule.id, ruleset)))
    assert all_narrowly_fail(rule, few(intakes_where_narrowly_fails(rule.id, ruleset)))
    assert few(boundary_intakes(ruleset, rules=[rule.id]))


def test_share_of_partial_intakes() -> None:
    """The fewer questions are to be answered, the more stay open; with all answered only judgements and references may."""
    open_in = {
        share: sum(len([*all_open_places(one)]) for one in few(partial_intakes(share=share))) for share in (10, 90)
    }
    assert open_in[10] > 2 * open_in[90]


def test_inventories() -> None:
    """Inventories stand alone, with people and ties among them, and sometimes nobody asked for."""
    drawn = few(inventories(), 60)
    assert all(Inventory.model_validate(one.model_dump()) == one for one in drawn)
    assert {one.people is None for one in drawn} == {True, False}
    assert any(one.ties for one in drawn)


def test_boundaries_reach_all_that_can_be_reached() -> None:
    """Within 300 examples every feasible obligation of the shipped rules on stages, evidence, cautions and questions is met."""
    reached = Reached(SHIPPED)

    @settings(max_examples=300, database=None, derandomize=True)
    @given(boundary_intakes())
    def reach(intake: Intake) -> None:
        reached.add(rows_of_assessment(ASSESSOR.assess(intake)))

    reach()
    found = reached.coverage()
    aimed = {rule.id for rule in SHIPPED.rules if rule.runs_in in ("stages", "evidence")}
    assert [one for one in found.missing if one.rule in aimed] == []


class Simplest(Seeded):
    """Makes the choices to which Hypothesis shrinks."""

    def one_of(self, alternatives: Sequence[T]) -> T:
        """Return the first."""
        return alternatives[0]

    def number(self, least: int, most: int) -> int:
        """Return the least."""
        return least

    def chance(self, percent: int) -> bool:
        """Return false."""
        return False


def test_small_counter_examples() -> None:
    """Of the simplest choices nothing is changed, so what fails shrinks to an intake that was started from."""
    intake = example("grief")
    assert varied(Simplest(Random(0)), intake, lambda one: True) is intake


def test_what_is_started_from_can_be_read() -> None:
    """Of an intake as much is left open as a property allows; names and notes go first."""
    intake = example("grief")

    def mourning_is_held_back(one: Intake) -> bool:
        return any(loss.mourning == "suppressed" for loss in one.losses or ())

    assert mourning_is_held_back(intake)
    less = lessened(intake, mourning_is_held_back)
    assert less.to_dict() == {
        "schema": "ipt-rules/intake/v1",
        "assessed_on": str(intake.assessed_on),
        "losses": [{"mourning": "suppressed"}],
    }
    assert lessened(intake, lambda one: one == intake) is intake


@given(st.randoms(use_true_random=False))
def test_variations_keep_the_property(source: Random) -> None:
    """Whatever is changed, the property stays; where nothing else has it, the intake comes back as it was."""
    choose, intake = Seeded(source), example("disputes")
    first = ASSESSOR.assess(intake).first
    assert ASSESSOR.assess(varied(choose, intake, lambda one: ASSESSOR.assess(one).first == first)).first == first
    assert varied(choose, intake, lambda one: False) is intake


@given(intakes())
@settings(max_examples=30)
def test_each_answer_can_be_forgotten(intake: Intake) -> None:
    """Whatever answer is taken away, what stays contradicts nothing."""
    for place in given_places(intake):
        assert with_plain(intake, {place: None}) != intake


# ── beside the strategies ────────────────────────────────────────────────────────────────────────────────────────────────


def alone(code: str) -> str:
    """Return what Python prints in a process of its own, with warnings as errors."""
    command = [sys.executable, "-W", "error", "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603  # our own interpreter


def test_types_are_registered() -> None:
    """Our types are drawn in a process that has imported nothing of ours but the type."""
    code = """
from hypothesis import given, settings, strategies as st
from ipt_rules import Course, Intake, Inventory, Ruleset

for drawn in (Course, Intake, Inventory, Ruleset):
    seen = []

    @settings(max_examples=5, database=None)
    @given(st.from_type(drawn))
    def draw(one):
        seen.append(one)

    draw()
    print(drawn.__name__, {type(one) is drawn for one in seen})
"""
    assert alone(code).splitlines() == [f"{name} {{True}}" for name in ("Course", "Intake", "Inventory", "Ruleset")]


@given(...)
@settings(max_examples=5)
def test_types_are_drawn_by_annotations(intake: Intake, inventory: Inventory, course: Course, ruleset: Ruleset) -> None:
    """``@given(...)`` reads them off a test's own annotations."""
    assert (type(intake), type(inventory), type(course), type(ruleset)) == (Intake, Inventory, Course, Ruleset)


def test_profiles_are_there_when_asked_for() -> None:
    """No profile is registered or loaded by an import; once registered each can be loaded."""
    code = """
from hypothesis import settings
before = settings.default
import ipt_rules.testing.strategies, ipt_rules.testing.profiles
assert settings.default is before
try:
    settings.get_profile("ipt-quick")
except Exception as error:
    print(type(error).__name__)
ipt_rules.testing.register_profiles()
assert settings.default is before
print(*(settings.get_profile(f"ipt-{name}").max_examples for name in ("quick", "thorough", "same")))
"""
    assert alone(code).splitlines() == ["InvalidArgument", "20 1000 100"]
    assert callable(register_profiles)


def test_without_hypothesis_the_error_says_what_to_install() -> None:
    """Without the extra the conformance suite is there, and a strategy is an error that names the extra."""
    code = """
import sys
sys.modules["hypothesis"] = None
from ipt_rules import MissingExtraError
from ipt_rules.testing import EngineConformance
try:
    from ipt_rules.testing import intakes
except MissingExtraError as error:
    print(error)
"""
    assert alone(code) == 'Strategies need the extra "testing": pip install "ipt-rules[testing]"\n'


def test_public_names() -> None:
    """Every public name is there, in order, and told by ``dir``; another is an attribute error."""
    names = ipt_rules.testing.__all__
    assert names == sorted(names)
    assert all(callable(getattr(ipt_rules.testing, name)) for name in names)
    assert set(names) <= set(dir(ipt_rules.testing))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        ipt_rules.testing.nothing  # noqa: B018  # asking is what is tested


def test_nothing_is_filtered() -> None:
    """No strategy filters, assumes, or suppresses a health check."""
    folder = Path(ipt_rules.testing.__file__).parent
    sources = [*folder.glob("*.py"), *folder.parent.joinpath("drawn").glob("*.py")]
    assert len(sources) > 10
    for source in sources:
        assert not re.search(r"\.filter\(|\bassume\(|suppress_health_check|\breject\(", source.read_text("utf-8")), (
            source
        )


@pytest.mark.slow
def test_every_rule_can_be_aimed_at() -> None:
    """For every shipped rule of intakes the strategies draw what they say; only rules that compare nothing never fail."""
    for rule in SHIPPED.rules:
        if rule.runs_in == "course":
            continue
        assert all_hold(rule, few(intakes_where_holds(rule.id), 5)), rule.id
        if any(comparisons(rule.condition)):
            assert all_narrowly_fail(rule, few(intakes_where_narrowly_fails(rule.id), 5)), rule.id


@pytest.mark.slow
def test_every_rule_of_sessions_can_be_aimed_at() -> None:
    """For every shipped rule of sessions and events the strategies draw what they say."""
    for rule in SHIPPED.rules:
        if rule.runs_in == "course":
            drawn = few(courses_where_holds(rule.id), 3)
            assert all(holds(rule, rows_of_course(course, SHIPPED)) for course in drawn), rule.id
            drawn = few(courses_where_narrowly_fails(rule.id), 3)
            assert all(ways_failed(rule, rows_of_course(course, SHIPPED)) for course in drawn), rule.id
