"""Coverage of rules: what masking MC/DC asks for, what rows meet of it, and what no row can meet."""

from __future__ import annotations

import copy
import json
import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipt_rules import example, load_ruleset
from ipt_rules.drawn.courses import draw_course
from ipt_rules.drawn.intakes import Seeded, draw_intake
from ipt_rules.engines.reference import trace
from ipt_rules.facts import facts
from ipt_rules.intake import Intake
from ipt_rules.ruleset.conditions import All, Comparison, Condition, Some, comparisons
from ipt_rules.testing.rules import asking, draw_condition
from ipt_rules.testing.strategies import Drawn
from ipt_rules.verify import Obligation, coverage, infeasible, obligations
from ipt_rules.verify.obligations import met_by
from ipt_rules.verify.single_rules import idle_conditions
from ipt_rules.vocabulary import fields_of
from tests.helpers import DAY, MINI, write
from tests.test_command import run

if TYPE_CHECKING:
    from pathlib import Path

    from ipt_rules.engines.reference import Trace, Truth


def outcome(told: Trace, number: int, truth: Truth) -> Truth:
    """Return what a condition comes to when one of its comparisons comes to something else."""
    if isinstance(told.condition, Comparison):
        return truth if number == 0 else told.truth
    truths = []
    for part in told.parts:
        count = sum(1 for _ in comparisons(part.condition))
        truths.append(outcome(part, number, truth) if 0 <= number < count else part.truth)
        number -= count
    settles = not isinstance(told.condition, All)
    return settles if settles in truths else (None if None in truths else not settles)


@given(st.data())
@settings(max_examples=80)
def test_a_comparison_that_decides_alone_changes_the_outcome(data: st.DataObject) -> None:
    """A row meets an obligation exactly when turning that one comparison over decides whether the rule holds."""
    choose = Drawn(data.draw)  # type: ignore[arg-type]  # a data object draws as a strategy does
    condition: Condition = draw_condition(choose, "patient", depth=2)
    (rule,) = asking([("patient", condition)]).rules
    row = facts(draw_intake(choose)).patient
    told = trace(rule.condition, row)
    met = {(one.number, one.truth) for one in met_by(rule, row, told)}
    for number, one in enumerate(comparisons(rule.condition)):
        truth = trace(one, row).truth
        turned = outcome(told, number, True) is True and outcome(told, number, False) is not True
        alone = truth is not None and turned
        assert ((number, truth) in met) is alone


def test_what_is_infeasible_is_never_met() -> None:
    """No row of drawn intakes and courses meets an obligation of a shipped rule that was proved to be infeasible."""
    rules = load_ruleset()
    choose = Seeded(random.Random(7))
    found = coverage(rules, [draw_intake(choose) for _ in range(150)], [draw_course(choose) for _ in range(40)])
    assert found.met & found.infeasible == frozenset()


def test_two_obligations_for_each_comparison() -> None:
    """A condition of two comparisons asks for four rows, an unconditional rule for none."""
    pair = All((Comparison("patient.phq9", "at_least", 10), Comparison("patient.engages", "is", True)))
    first, second = asking([("patient", pair), ("patient", All(()))]).rules
    assert obligations(first) == [Obligation(first.id, n, truth) for n in (0, 1) for truth in (True, False)]
    assert obligations(second) == []


def test_a_question_that_does_not_arise_makes_an_obligation_infeasible() -> None:
    """How somebody mourns is asked of deaths only, so that another kind of loss never decides beside it."""
    both = All((Comparison("loss.kind", "is", "death"), Comparison("loss.mourning", "is", "stalled")))
    (rule,) = asking([("loss", both)]).rules
    assert infeasible(rule) == []
    other = All((Comparison("loss.kind", "in", frozenset(("death", "pregnancy_loss"))), *both.parts[1:]))
    (rule,) = asking([("loss", other)]).rules
    assert infeasible(rule) == [Obligation(rule.id, 0, False)]


def test_a_number_known_within_limits_can_meet_what_no_exact_one_does() -> None:
    """With one to five confidants neither "at most 2" nor "at least 3" is known, and the age beside them decides."""
    confidants = "network.confidants"
    one_of = Some(
        (
            Comparison(confidants, "at_most", 2),
            Comparison(confidants, "at_least", 3),
            Comparison("patient.age", "at_least", 60),
        )
    )
    rules = asking([("patient", All((Comparison(confidants, "at_least", 1), one_of)))])
    (rule,) = rules.rules
    assert {one.number for one in infeasible(rule)} == {
        1,
        2,
    }  # of these two, one always makes up for the other's failing
    assert list(idle_conditions(rules)) == []
    people = [{"id": "a", "status": "current", "confides": True}, *({"id": i, "status": "current"} for i in "bcde")]
    made = [
        Intake.model_validate({"assessed_on": DAY, "patient": {"age": age}, "inventory": {"people": people}})
        for age in (30, 70)
    ]
    assert {Obligation(rule.id, 3, truth) for truth in (True, False)} <= coverage(rules, made).met


@given(st.data())
@settings(max_examples=60)
def test_what_is_infeasible_for_any_rule_is_never_met(data: st.DataObject) -> None:
    """No row of a drawn intake meets an obligation of a drawn condition that is proved to be infeasible."""
    choose = Drawn(data.draw)  # type: ignore[arg-type]  # likewise
    (rule,) = asking([("patient", draw_condition(choose, "patient", depth=2))]).rules
    try:
        proved = {*infeasible(rule)}
    except ValueError:  # more points than a space may have
        return
    assert proved.isdisjoint(met_by(rule, facts(draw_intake(choose)).patient))


def test_a_rule_that_no_space_can_hold_is_measured_too() -> None:
    """Twelve questions in one condition are more points than a space may have, and their obligations are met or missing."""
    names = [name for name, field in fields_of("patient").items() if field.type == "flag"][:12]
    rules = asking([("patient", All(tuple(Comparison(name, "is", False) for name in names)))])
    found = coverage(rules, [example("grief")])
    assert len(found.obligations) == 24
    assert found.met.isdisjoint(found.infeasible)
    assert 0 <= found.percent <= 100
    assert {*found.missing} | found.met | found.infeasible == {*found.obligations}


def test_more_intakes_never_reach_less() -> None:
    """What one intake reaches is reached by it and another."""
    rules = load_ruleset()
    one, both = coverage(rules, [example("grief")]), coverage(rules, [example("grief"), example("disputes")])
    assert one.met < both.met
    assert one.fired < both.fired
    assert one.infeasible == both.infeasible


def test_the_command_tells_what_is_missing(tmp_path: Path) -> None:
    """A folder of intakes and courses is read, and each missing obligation is told as what would meet it."""
    rules = write(tmp_path / "rules", MINI)
    cases = write(
        tmp_path / "cases", {"a.yaml": f"assessed_on: {DAY}\nlosses:\n  - {{kind: death, mourning: settled}}\n"}
    )
    told = json.loads(run("coverage", str(cases), "--rules", str(rules), "--format", "json").stdout)
    assert told["rules_that_never_fired"] == ["grief.held-back", "middle.joint-session"]
    assert (told["obligations"], told["met"]) == (16, 1)
    assert {entry["wanted"] for entry in told["missing"] if entry["rule"] == "grief.settled"} == {
        "an intake in which “how the mourning goes: settled” is known not to hold, and that alone decides"
    }
    text = run("coverage", str(cases), "--rules", str(rules)).stdout
    head = f"Measured by 1 intake and 0 courses in {cases}. 1 of 3 rules hold on some row. "
    assert " ".join(text.split()).startswith(head)
    assert (told["measured_by"], told["rules_not_counted"]) == (
        {"folder": str(cases), "intakes": 1, "courses": 0},
        0,
    )
    assert run("coverage", str(tmp_path / "nothing")).exit_code == 2


def mine_and_base(folder: Path) -> tuple[Path, Path, Path]:
    """Write a rule set that adds a rule to a small one, a case in which that rule holds, and the small one; return the three."""
    base = write(folder / "base", MINI)
    rule = "- id: grief.stalled\n  for: loss\n  when: {loss.mourning: stalled, loss.sudden: true}\n  ask: How?\n"
    said = "  because: So it is.\n  basis: inference\n  cites: [{ref: manual, at: ch. 1, seen: read}]\n"
    head = 'name: mine\nversion: "1"\nlanguage: 1\nextends: ../base\n'
    mine = write(folder / "mine", {"ruleset.yaml": head, "rules.yaml": rule + said})
    case = f"assessed_on: {DAY}\nlosses:\n  - {{kind: death, mourning: stalled, sudden: true}}\n"
    return mine, write(folder / "cases", {"a.yaml": case}), base


def test_of_rules_that_extend_others_their_own_count(tmp_path: Path) -> None:
    """A rule of the set that is extended is counted with --all alone, and how many were not is told."""
    mine, cases, base = mine_and_base(tmp_path)
    words = ("coverage", str(cases), "--rules", str(mine))
    own, every = (json.loads(run(*words, *more, "--format", "json").stdout) for more in ((), ("--all",)))
    assert [own[key] for key in ("rules", "rules_not_counted", "obligations", "met")] == [1, 3, 4, 2]
    assert [every[key] for key in ("rules", "rules_not_counted", "obligations")] == [4, 0, 20]
    assert own["digest"] == every["digest"]
    told = "Not counted: 3 rules of the set that it extends; --all counts them."
    assert told in run(*words).stdout.splitlines()
    assert "Not counted" not in run(*words, "--all").stdout
    assert "Not counted" not in run("coverage", str(cases), "--rules", str(base)).stdout


def test_a_rule_set_knows_what_it_states(tmp_path: Path) -> None:
    """Its own rules are told from those that it extends, in another process too; a rule set that extends none states all."""
    mine, _, base = mine_and_base(tmp_path)
    own, all_own = load_ruleset(mine), load_ruleset(base)
    for rules in (own, copy.copy(own)):
        assert [rule.id for rule in rules.rules if rules.states(rule)] == ["grief.stalled"]
    assert all(all_own.states(rule) for rule in all_own.rules)


def test_the_command_can_fail_under_a_percentage(tmp_path: Path) -> None:
    """With --fail-under it ends with 1 where fewer obligations are met, else with 0."""
    mine, cases, _ = mine_and_base(tmp_path)
    words = ("coverage", str(cases), "--rules", str(mine), "--fail-under")
    assert run(*words, "50").exit_code == 0
    failed = run(*words, "50.1")
    told = "50.0 % of the obligations are met, and at least 50.1 % should be met.\n"
    assert (failed.exit_code, failed.stderr) == (1, told)


@pytest.mark.parametrize("command", ["coverage", "mutate"])
def test_rules_that_ask_for_nothing_fail_under_any_percentage(tmp_path: Path, command: str) -> None:
    """A rule set that states no rule of its own is no success, whatever share was asked for."""
    write(tmp_path / "base", MINI)
    mine = write(tmp_path / "mine", {"ruleset.yaml": 'name: mine\nversion: "1"\nlanguage: 1\nextends: ../base\n'})
    cases = write(tmp_path / "cases", {"a.yaml": f"assessed_on: {DAY}\n"})
    assert run(command, str(cases), "--rules", str(mine)).exit_code == 0
    assert run(command, str(cases), "--rules", str(mine), "--fail-under", "1").exit_code == 1


@pytest.mark.parametrize("command", ["coverage", "mutate"])
def test_a_rule_set_in_the_place_of_intakes_is_told(tmp_path: Path, command: str) -> None:
    """Whoever names a rule set where a folder of intakes belongs is told where it belongs."""
    folder = write(tmp_path, MINI)
    failed = run(command, str(folder))
    assert failed.exit_code == 2
    assert "is a rule set; put --rules before it, and name a folder of intakes" in failed.stderr


def test_an_intake_that_cannot_be_read_ends_with_2(tmp_path: Path) -> None:
    """What is wrong with a file is told with its place, and nothing is measured."""
    folder = write(tmp_path, {"a.yaml": "losses: 3\n"})
    assert run("coverage", str(folder)).exit_code == 2
