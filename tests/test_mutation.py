"""Mutation of rules: what mutants are, which are killed, which are proved to be equivalent, and what the command tells."""

from __future__ import annotations

import functools
import json
import random
from collections import Counter
from dataclasses import fields as attributes
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ipt_rules import example, load_ruleset
from ipt_rules.drawn.courses import draw_course
from ipt_rules.drawn.intakes import Seeded, draw_intake
from ipt_rules.engines.reference import trace
from ipt_rules.ruleset.conditions import All, Comparison, Condition, Some, comparisons
from ipt_rules.ruleset.consequences import Evidence, Goal, HoldsBack, StageFound
from ipt_rules.testing.rules import asking
from ipt_rules.verify import mutants, mutation
from ipt_rules.verify.claims import Claim
from ipt_rules.verify.mutants import OPERATORS
from ipt_rules.verify.mutation import kills, told_apart_by
from ipt_rules.verify.tables import Table, tables
from tests.helpers import DAY, MINI, intake, write
from tests.test_command import run
from tests.test_coverage import mine_and_base

if TYPE_CHECKING:
    from pathlib import Path

    from ipt_rules import Ruleset
    from ipt_rules.ruleset.cells import Space
    from ipt_rules.verify import Mutant, Mutation

ANSWERED = {"kind": "death", "mourning": "settled", "avoids_reminders": False, "when": {"months_ago": 8}}


@functools.cache
def shipped_tables() -> dict[str, Table]:
    """Return the rows of some drawn intakes and courses by the shipped rules."""
    choose = Seeded(random.Random(7))
    return tables(load_ruleset(), [draw_intake(choose) for _ in range(120)], [draw_course(choose) for _ in range(20)])


@pytest.fixture
def mini(tmp_path: Path) -> Ruleset:
    """Return the small rule set."""
    return load_ruleset(write(tmp_path, MINI))


def of_one(condition: Condition, kind: str = "loss") -> list[Mutant]:
    """Return the mutants of a rule that has a condition and asks a question."""
    ruleset = asking([(kind, condition)])
    return list(mutants(ruleset.rules[0], ruleset))


def told(found: list[Mutant]) -> dict[str, list[str]]:
    """Return what is changed, by operator."""
    made: dict[str, list[str]] = {}
    for one in found:
        made.setdefault(one.operator, []).append(one.what)
    return made


# ── what mutants are ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_mutants_of_a_number() -> None:
    """A number is one more and one less, its comparison turned, dropped, and that of the next fields in the same unit."""
    assert told(of_one(Comparison("patient.phq9", "at_least", 10), "patient")) == {
        "drop": ["patient.phq9 at_least 10 dropped"],
        "negate": ["patient.phq9 at_least 10 → at_most 9"],
        "operator": ["patient.phq9 at_least 10 → at_most 10", "patient.phq9 at_least 10 → is 10"],
        "number": ["patient.phq9 at_least 10 → at_least 11", "patient.phq9 at_least 10 → at_least 9"],
        "field": [
            "patient.phq9 at_least 10 → patient.gad7 at_least 10",
            "patient.phq9 at_least 10 → patient.epds at_least 10",
        ],
    }


def test_mutants_of_words() -> None:
    """A set of words loses one, gains one, and has one exchanged; in the place of one word stands each other."""
    found = told(of_one(Comparison("loss.mourning", "in", frozenset(("suppressed", "delayed")))))
    assert found["negate"] == ["loss.mourning in [delayed, suppressed] → not_in [delayed, suppressed]"]
    assert [what.partition(" → ")[2] for what in found["word"]] == [
        "in [delayed]",
        "in [suppressed]",
        "in [delayed, moving, suppressed]",
        "in [delayed, settled, suppressed]",
        "in [delayed, stalled, suppressed]",
        "in [delayed, moving]",
        "in [settled, suppressed]",
    ]
    assert len(told(of_one(Comparison("loss.mourning", "is", "stalled")))["word"]) == 4


def test_a_mutant_stays_within_its_field() -> None:
    """At the end of a field there is no number beyond it, and no word beyond an ordered choice."""
    found = told(of_one(Comparison("patient.phq9", "at_least", 0), "patient"))
    assert found["number"] == ["patient.phq9 at_least 0 → at_least 1"]
    found = told(of_one(Comparison("tie.closeness", "at_most", 0)))
    assert found["number"] == ["tie.closeness at_most distant → at_most close"]


def test_mutants_of_joined_conditions() -> None:
    """Each part is dropped, alone and with all that is inside it, and "all" and "any" are exchanged at every level."""
    flags = [Comparison(f"loss.{name}", "is", True) for name in ("sudden", "traumatic", "guilt_or_anger")]
    found = told(of_one(All((flags[0], Some((flags[1], flags[2]))))))
    assert found["drop"] == [
        "(loss.sudden is true and (loss.traumatic is true or loss.guilt_or_anger is true)) dropped",
        "loss.sudden is true dropped",
        "(loss.traumatic is true or loss.guilt_or_anger is true) dropped",
        "loss.traumatic is true dropped",
        "loss.guilt_or_anger is true dropped",
    ]
    assert found["all-any"] == [
        "all → any of loss.sudden is true, (loss.traumatic is true or loss.guilt_or_anger is true)",
        "any → all of loss.traumatic is true, loss.guilt_or_anger is true",
    ]


def test_an_unconditional_rule_has_no_mutants_of_its_condition() -> None:
    """What always holds and asks a question can be changed in nothing but its words."""
    assert of_one(All(())) == []


def test_every_mutant_differs_in_one_thing() -> None:
    """A mutant has the id, place and words of its rule, and another condition or another consequence; no two are the same."""
    rules = load_ruleset()
    for rule in rules.rules:
        found = list(mutants(rule, rules))
        assert len({one.mutated for one in found} | {rule}) == len(found) + 1
        for one in found:
            changed = {
                each.name for each in attributes(rule) if getattr(rule, each.name) != getattr(one.mutated, each.name)
            }
            assert changed in ({"condition"}, {"consequence"})
            assert one.mutated.position == rule.position


def test_the_shipped_rules_have_mutants_of_every_operator() -> None:
    """No operator is without a place in the shipped rules; the small rule set has exactly these."""
    rules = load_ruleset()
    assert {one.operator for rule in rules.rules for one in mutants(rule, rules)} == {*OPERATORS}


def test_mutants_of_the_small_rule_set(mini: Ruleset) -> None:
    """The mutants of the small rule set by operator."""
    assert Counter(one.operator for rule in mini.rules for one in mutants(rule, mini)) == {
        "drop": 10,
        "negate": 8,
        "operator": 2,
        "number": 3,
        "word": 21,
        "field": 4,
        "all-any": 3,
        "needs": 1,
        "strength": 4,
        "side": 2,
        "area": 6,
        "phase": 3,
    }


# ── killed and equivalent ────────────────────────────────────────────────────────────────────────────────────────────────


def counts(found: Mutation) -> tuple[int, int, int, int]:
    """Return how many were killed, are equivalent, survived and are undecided."""
    made = found.to_dict()
    assert made["mutants"] == len(found.judged)
    return made["killed"], made["equivalent"], made["survived"], made["undecided"]


def test_without_intakes_nothing_is_killed(mini: Ruleset) -> None:
    """With nothing to look at, every mutant that is not equivalent survives."""
    found = mutation(mini)
    assert counts(found) == (0, 0, 67, 0)
    assert found.percent == 0.0


def test_intakes_kill_what_they_tell_apart(mini: Ruleset) -> None:
    """The figures for one intake and for two; more intakes never kill less."""
    one = mutation(mini, [intake(losses=[ANSWERED])])
    two = mutation(mini, [intake(losses=[ANSWERED, {**ANSWERED, "mourning": "delayed"}])])
    assert counts(one) == (18, 0, 49, 0)
    assert counts(two) == (40, 0, 27, 0)
    assert all(
        more.verdict == "killed" for less, more in zip(one.judged, two.judged, strict=True) if less.verdict == "killed"
    )


def test_a_change_of_a_consequence_is_killed_where_the_rule_holds(mini: Ruleset) -> None:
    """Strength, side and area are seen in the line of any finding of the rule, and nowhere else."""
    found = mutation(mini, [intake(losses=[ANSWERED])])
    of_consequences = [one for one in found.judged if one.mutant.operator in ("strength", "side", "area")]
    assert {(one.mutant.rule, one.verdict) for one in of_consequences} == {
        ("grief.settled", "killed"),
        ("grief.held-back", "survived"),
    }


def test_needs_are_told_apart_where_the_strategy_is_named() -> None:
    """Needs that are dropped are seen where they withhold, needs that are turned over wherever their answer is known."""
    rules = load_ruleset()
    rule = rules.rule("middle.disputes.joint-session")
    for one in mutants(rule, rules):
        if one.operator == "needs" and "dropped" in one.what:
            claims = list(told_apart_by(rule, one))
            assert claims
            assert all(Claim(rule.condition, True) in each for each in claims)


def test_a_word_that_never_matters_makes_an_equivalent_mutant() -> None:
    """Mourning is asked about after deaths alone, so that one more kind of loss beside it changes nothing."""
    kind = Comparison("loss.kind", "in", frozenset(("death", "pregnancy_loss")))
    ruleset = asking([("loss", All((kind, Comparison("loss.mourning", "is", "stalled"))))])
    found = {one.mutant.what: one.verdict for one in mutation(ruleset).judged}
    assert found["loss.kind in [death, pregnancy_loss] → in [death, job, pregnancy_loss]"] == "equivalent"
    assert found["loss.kind in [death, pregnancy_loss] → in [pregnancy_loss]"] == "survived"
    assert found["loss.kind in [death, pregnancy_loss] dropped"] == "survived"  # where the kind is not known


def test_no_row_kills_an_equivalent_mutant() -> None:
    """Mutants that are proved to be equivalent hold on the very rows on which their rules do; where that counts, could hold too."""
    rules, seen = load_ruleset(), shipped_tables()
    equivalent = [one for one in mutation(rules).judged if one.verdict == "equivalent"]
    assert len(equivalent) > 100
    for one in equivalent:
        rule = rules.rule(one.mutant.rule)
        assert not kills(rule, one.mutant, seen[rule.kind])
        assert not one.bounds_differ
        for row in seen[rule.kind].rows[:40] if isinstance(rule.consequence, Evidence | HoldsBack | StageFound) else ():
            assert trace(rule.condition, row).truth is trace(one.mutant.mutated.condition, row).truth


def test_a_row_kills_exactly_where_it_is_told_to() -> None:
    """A row kills a mutant if and only if it meets the claims by which rule and mutant are told apart."""
    rules, seen = load_ruleset(), shipped_tables()
    choose = Seeded(random.Random(11))
    every = [(rule, one) for rule in rules.rules if rule.kind in seen for one in mutants(rule, rules)]
    for _ in range(1500):
        rule, one = choose.one_of(every)
        row = choose.one_of(seen[rule.kind].rows)
        met = any(
            all((trace(claim.condition, row).truth is True) is claim.holds for claim in claims)
            for claims in told_apart_by(rule, one)
        )
        assert kills(rule, one, Table([row])) is met


def test_a_table_holds_where_the_definition_says_so() -> None:
    """A condition evaluated on all rows at once is true where it is true on each by the definition of the language."""
    rules, seen = load_ruleset(), shipped_tables()
    for rule in rules.rules[::7]:
        table = seen[rule.kind]
        held = [number for number, row in enumerate(table.rows) if trace(rule.condition, row).truth]
        assert table.holding(rule.condition) == sum(1 << number for number in held)


def test_rows_that_say_the_same_are_one(mini: Ruleset) -> None:
    """Two losses of which the same is known are looked at once."""
    assert len(tables(mini, [intake(losses=[ANSWERED, ANSWERED])])["loss"].rows) == 1


def test_a_witness_comes_with_a_survivor(mini: Ruleset) -> None:
    """What finds witnesses is given points at which rule and mutant differ; where it finds none, the mutant is undecided."""
    asked: list[int] = []

    def witness_of(ruleset: Ruleset, space: Space, points: int) -> None:
        assert ruleset is mini
        assert points & ~space.everything == 0
        asked.append(points)

    assert counts(mutation(mini, witness_of=witness_of)) == (0, 0, 0, 67)
    assert all(asked)
    found = mutation(mini, witness_of=lambda *_: example("grief"))
    assert counts(found) == (0, 0, 67, 0)
    assert found.to_dict()["survivors"][0]["witness"] == example("grief").to_dict()


def test_a_dead_rule_has_equivalent_mutants_of_its_consequence(tmp_path: Path) -> None:
    """What follows from a rule that no row can make true makes no difference."""
    dead = MINI["evidence/grief.yaml"].replace(
        "when: {loss.mourning: settled}", "when: {loss.mourning: settled, loss.kind: job}"
    )
    ruleset = load_ruleset(write(tmp_path, {**MINI, "evidence/grief.yaml": dead}))
    found = [one for one in mutation(ruleset).judged if one.mutant.rule == "grief.settled"]
    of_consequence = [one for one in found if isinstance(one.mutant.mutated.consequence, Evidence)]
    assert {one.verdict for one in of_consequence if one.mutant.operator in ("strength", "side", "area")} == {
        "equivalent"
    }
    assert {one.verdict for one in found if one.mutant.operator == "drop"} == {"survived"}


# ── the command ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_command_tells_what_survives(tmp_path: Path) -> None:
    """A folder of intakes is read, and each survivor is told with its place and with what would kill it."""
    rules = write(tmp_path / "rules", MINI)
    cases = write(
        tmp_path / "cases", {"a.yaml": f"assessed_on: {DAY}\nlosses:\n  - {{kind: death, mourning: settled}}\n"}
    )
    words = ("mutate", str(cases), "--rules", str(rules), "--no-witnesses")
    found = json.loads(run(*words, "--format", "json").stdout)
    assert [found[key] for key in ("mutants", "killed", "equivalent", "survived", "undecided", "percent")] == [
        67,
        13,
        0,
        54,
        0,
        19.4,
    ]
    entry = next(one for one in found["survivors"] if one["what"] == "loss.months_since at_least 6 → at_least 7")
    assert entry == {
        "rule": "grief.held-back",
        "file": f"{rules}/evidence/grief.yaml",
        "line": 1,
        "operator": "number",
        "what": "loss.months_since at_least 6 → at_least 7",
        "verdict": "survived",
        "wanted": entry["wanted"],
        "witness": None,
    }
    assert entry["wanted"].startswith(
        "an intake with a loss of which “completed months from the event to the assessment"
    )
    text = run(*words).stdout
    head = f"Measured by 1 intake and 0 courses in {cases}. 13 of 67 mutants are killed (19.4 %). "
    assert " ".join(text.split()).startswith(head)
    assert "and 34 more; --format json tells them all." in text


def test_of_rules_that_extend_others_their_own_are_changed(tmp_path: Path) -> None:
    """The rules of the set that is extended are changed with --all alone, and how many were not is told."""
    mine, cases, base = mine_and_base(tmp_path)
    words = ("mutate", str(cases), "--rules", str(mine), "--no-witnesses")
    own, every = (json.loads(run(*words, *more, "--format", "json").stdout) for more in ((), ("--all",)))
    assert [own[key] for key in ("rules", "rules_not_counted")] == [1, 3]
    assert [every[key] for key in ("rules", "rules_not_counted")] == [4, 0]
    assert {one["rule"] for one in own["survivors"]} == {"grief.stalled"}
    rules = load_ruleset(mine)
    assert own["mutants"] == len(list(mutants(rules.rule("grief.stalled"), rules)))
    assert every["mutants"] == own["mutants"] + len(mutation(load_ruleset(base)).judged)
    assert "Not counted: 3 rules of the set that it extends; --all counts them." in run(*words).stdout.splitlines()


def test_the_command_can_fail_under_a_percentage(tmp_path: Path) -> None:
    """With --fail-under it ends with 1 where fewer mutants are killed, else with 0; with 2 where nothing can be read."""
    rules = write(tmp_path / "rules", MINI)
    cases = write(
        tmp_path / "cases", {"a.yaml": f"assessed_on: {DAY}\nlosses:\n  - {{kind: death, mourning: settled}}\n"}
    )
    words = ("mutate", str(cases), "--rules", str(rules), "--no-witnesses")
    assert run(*words).exit_code == 0
    assert run(*words, "--fail-under", "19.4").exit_code == 0
    failed = run(*words, "--fail-under", "19.5")
    assert (failed.exit_code, failed.stderr) == (
        1,
        "19.4 % of the mutants are killed, and at least 19.5 % should be killed.\n",
    )
    assert run("mutate", str(tmp_path / "nothing")).exit_code == 2
    assert run("mutate", "--rules", str(tmp_path / "nowhere")).exit_code == 2


def test_the_command_shows_what_would_kill(tmp_path: Path) -> None:
    """Each survivor of a rule on losses comes with an intake, and with all of those nothing of the rule survives."""
    rules = write(tmp_path / "rules", {name: text for name, text in MINI.items() if name != "strategies.yaml"})
    cases = write(tmp_path / "cases", {"a.yaml": f"assessed_on: {DAY}\n"})
    first = json.loads(run("mutate", str(cases), "--rules", str(rules), "--format", "json").stdout)
    assert (first["killed"], first["undecided"]) == (0, 0)
    witnesses = [one["witness"] for one in first["survivors"]]
    write(tmp_path / "cases", {f"{number}.json": json.dumps(one) for number, one in enumerate(witnesses)})
    again = json.loads(run("mutate", str(cases), "--rules", str(rules), "--format", "json").stdout)
    assert (again["killed"], again["survived"], again["percent"]) == (first["mutants"] - first["equivalent"], 0, 100.0)


def test_sets_of_words_are_told_as_words(mini: Ruleset) -> None:
    """Every survivor says what it wants in the words of the questions, and no field is named by its key."""
    names = {one.field for rule in mini.rules for one in comparisons(rule.condition)}
    for entry in mutation(mini).to_dict()["survivors"]:
        assert entry["wanted"].startswith("an intake with a ")
        assert not any(name in entry["wanted"] for name in names)


def test_a_stage_is_found_of_disputes_alone() -> None:
    """What a stage rule reads of a person finds no stage of a focus on something else, where a mutant can be told apart."""
    contact = Comparison("tie.contact", "is", 0)
    stage = replace(asking([("dispute", contact)]).rules[0], id="a.stage", consequence=StageFound("dissolution"))
    both = All((contact, Comparison("dispute.stage_found", "is", "dissolution")))
    focus = replace(asking([("focus", both)]).rules[0], id="a.focus", consequence=Goal("It is over."))
    rules = replace(load_ruleset(), rules=(stage, focus))
    found = {one.mutant.what: one.verdict for one in mutation(rules).judged if one.mutant.rule == "a.focus"}
    assert found["dispute.stage_found is dissolution dropped"] == "survived"
