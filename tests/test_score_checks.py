"""The checks of points, ranks and bands: what is exact, what is undecided without a solver, and what the table of trends says."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from ipt_rules import Intake, load_ruleset
from ipt_rules.engines import make_engine
from ipt_rules.pipeline import evaluate, focus_on, plan_for
from ipt_rules.ruleset import cells
from ipt_rules.verify import check_ruleset, monotonicity
from ipt_rules.vocabulary import fields_of
from tests.helpers import MINI, write
from tests.test_command import run

if TYPE_CHECKING:
    from pathlib import Path

    from ipt_rules.ruleset.model import Ruleset
    from ipt_rules.verify import Defect

_SAID = "  because: So it is.\n  basis: inference\n  cites: [{ref: manual, at: ch. 1, seen: read}]\n"


def _rule(name: str, kind: str, when: str, then: str) -> str:
    return f"- id: own.{name}\n  for: {kind}\n  when: {when}\n  {then}\n{_SAID}"


def _counts(name: str, when: str, then: str, strength: str, *, kind: str = "patient", body: str = "") -> str:
    evidence = f"\n  evidence: {body}" if body else ""
    return _rule(name, kind, when, f"{then}\n  strength: {strength}{evidence}")


def _loaded(folder: Path, *rules: str) -> Ruleset:
    """Return the small rule set with further rules."""
    return load_ruleset(write(folder, {**MINI, "own.yaml": "".join(rules)}))


def _found(folder: Path, check: str, *rules: str) -> list[tuple[str, str]]:
    """Return what a check finds in the small rule set with further rules: about, and what is wrong up to the first semicolon."""
    return [(defect.about, defect.what.partition(";")[0]) for defect in check_ruleset(_loaded(folder, *rules), [check])]


@pytest.fixture
def no_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the extra "verify" missing."""
    monkeypatch.setitem(sys.modules, "pysat.solvers", None)


# ── bands ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _band(name: str, stretch: str, strength: str, *, then: str = "supports: grief", also: str = "") -> str:
    return _counts(name, f"{{patient.pg13r: {stretch}{also}}}", then, strength, body="pg13r")


def test_nested_bands_are_meant(tmp_path: Path) -> None:
    """A narrower band that counts for more, within a wider one, is neither a gap nor an overlap."""
    rules = (_band("a", "{at_least: 20}", "slight"), _band("b", "{at_least: 30}", "strong"))
    assert _found(tmp_path, "band-gap", *rules) == _found(tmp_path, "band-overlap", *rules) == []


def test_a_stretch_between_for_and_against_is_meant(tmp_path: Path) -> None:
    """Little may count against and much for, with nothing between; so may what is outside a stretch."""
    against = _band("a", "{at_most: 15}", "slight", then="opposes: grief")
    assert _found(tmp_path / "1", "band-gap", against, _band("b", "{at_least: 30}", "slight")) == []
    outside = _band("b", "{at_least: 30}", "slight", then="opposes: grief")
    assert _found(tmp_path / "2", "band-gap", against, outside) == []


def test_a_gap_is_told_with_its_ends(tmp_path: Path) -> None:
    """The stretch that no band takes is named; a band that asks more of other fields fills it."""
    rules = (_band("a", "{between: [15, 20]}", "slight"), _band("b", "{at_least: 30}", "strong"))
    what = "no rule takes patient.pg13r 21 to 29, between 'own.a' and this one"
    assert _found(tmp_path / "1", "band-gap", *rules) == [("own.b", what)]
    filled = _band("c", "{between: [21, 29]}", "slight", also=", patient.phq9: {at_least: 10}")
    assert _found(tmp_path / "2", "band-gap", *rules, filled) == []


def test_an_overlap_is_told_with_its_ends(tmp_path: Path) -> None:
    """What two bands take that differ is named; where they say the same there is nothing to part."""
    one = _band("a", "{between: [15, 30]}", "slight")
    what = "'own.a' takes patient.pg13r 28 to 30 too, and leads elsewhere"
    assert _found(tmp_path / "1", "band-overlap", one, _band("b", "{at_least: 28}", "strong")) == [("own.b", what)]
    assert _found(tmp_path / "2", "band-overlap", one, _band("b", "{at_least: 28}", "slight")) == []


def test_ordered_words_are_cut_like_numbers(tmp_path: Path) -> None:
    """A word between two bands of an ordered choice is a gap."""
    rules = (
        _counts("a", "{tie.closeness: distant}", "supports: grief", "slight", kind="loss", body="closeness"),
        _counts("b", "{tie.closeness: closest}", "supports: grief", "strong", kind="loss", body="closeness"),
    )
    what = "no rule takes tie.closeness close, between 'own.a' and this one"
    assert _found(tmp_path, "band-gap", *rules) == [("own.b", what)]


# ── evidence that lowers its area ────────────────────────────────────────────────────────────────────────────────────────


def test_evidence_that_ends_stronger_evidence_lowers_its_area(tmp_path: Path) -> None:
    """A weaker rule that holds from a number on, where a stronger one of its body ends, takes points."""
    rules = (_band("a", "{at_most: 29}", "strong"), _band("b", "{at_least: 30}", "slight"))
    what = "reads as evidence for grief; where patient.pg13r makes it hold, the area can lose 3 points"
    defects = check_ruleset(_loaded(tmp_path, *rules), ["lowering-evidence"])
    assert [(one.about, one.what.rpartition(";")[0], one.exact) for one in defects] == [("own.b", what, True)]


def test_a_discount_is_no_lowering(tmp_path: Path) -> None:
    """A rule against that takes back a part of what the same answer gives leaves the area higher than without it."""
    rules = (
        _counts("a", "{patient.epds: {at_least: 13}}", "supports: grief", "strong"),
        _counts("b", "{patient.epds: {at_least: 13}, patient.age: {at_least: 30}}", "opposes: grief", "slight"),
    )
    assert _found(tmp_path, "lowering-evidence", *rules) == []


def test_an_area_can_lose_points_while_an_answer_is_open(tmp_path: Path) -> None:
    """What makes good for a rule against, by an age above and below, does not while nobody knows the age; the row shows it."""
    rules = (
        _counts("a", "{patient.epds: {at_least: 13}}", "supports: grief", "slight"),
        _counts("b", "{patient.epds: {at_least: 13}, patient.age: {at_least: 30}}", "supports: grief", "strong"),
        _counts("c", "{patient.epds: {at_least: 13}, patient.age: {at_most: 29}}", "supports: grief", "strong"),
        _counts("d", "{patient.epds: {at_least: 12}, patient.phq9: {at_least: 10}}", "supports: grief", "strong"),
        _counts("e", "{patient.epds: {at_least: 13}, patient.phq9: {at_least: 10}}", "opposes: grief", "strong"),
    )
    (found,) = check_ruleset(_loaded(tmp_path, *rules), ["lowering-evidence"])
    assert (found.about, found.what.partition(";")[0]) == ("own.a", "reads as evidence for grief")
    assert found.what.partition(";")[2].startswith(" where patient.epds makes it hold, the area can lose 3 points")
    of_a_focus = {"loss.kind", "loss.avoids_reminders", "loss.months_since"}
    assert dict(found.witness).keys() == {"patient.epds", "patient.phq9", *of_a_focus}


def test_what_a_first_focus_brings_is_no_lowering_by_a_rule(tmp_path: Path) -> None:
    """What was against the area on the row is not; what comes against it by the same step is."""
    patient = _counts("a", "{patient.medication: none}", "supports: transitions", "moderate")
    first = _counts("b", "{change.unexpected: true}", "supports: transitions", "slight", kind="change")
    before = _counts("c", "{change.wanted: true}", "opposes: transitions", "strong", kind="change")
    same = _counts(
        "c", "{change.wanted: true, change.unexpected: true}", "opposes: transitions", "strong", kind="change"
    )
    assert _found(tmp_path / "1", "lowering-evidence", patient, first, before) == []
    what = "reads as evidence for transitions"
    assert _found(tmp_path / "2", "lowering-evidence", patient, first, same) == [("own.b", what)]


def test_what_holds_an_area_back_can_lower_it_too(tmp_path: Path) -> None:
    """A rule for an area whose own step holds the area back is found, and so is what holds it back for its own evidence."""
    evidence = _counts("a", "{story.events: {at_least: 1}}", "supports: deficits", "slight")
    held = _rule("b", "standing", "{story.events: {at_least: 1}}", "holds_back: deficits")
    what = "reads as evidence for deficits"
    assert _found(tmp_path / "1", "lowering-evidence", evidence, held) == [("own.a", what)]
    by_itself = _rule("b", "standing", "{standing.deficits.level: {at_least: likely}}", "holds_back: deficits")
    what = "holds deficits back where there is more evidence for it"
    assert _found(tmp_path / "2", "lowering-evidence", by_itself) == [("own.b", what)]


def test_what_no_space_can_hold_is_undecided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where too much hangs together the check says so, and that is no finding; the table says it, too."""
    ruleset = _loaded(tmp_path, _band("a", "{at_most: 29}", "strong"), _band("b", "{at_least: 30}", "slight"))
    monkeypatch.setattr(cells, "MOST_POINTS", 2)
    assert monotonicity(ruleset).trends["patient.pg13r"]["grief"] == "undecided"
    defects = check_ruleset(ruleset, ["lowering-evidence"])
    assert {one.about for one in defects} == {"own.a", "own.b", "grief.held-back"}
    defects += check_ruleset(
        ruleset, ["dead-rule", "contained-rule", "contradiction", "needs-never-met", "never-reached"]
    )
    assert {one.check for one in defects if not one.exact} >= {"dead-rule", "contained-rule", "needs-never-met"}
    assert not any(one.exact for one in defects if one.about in ("own.a", "own.b"))


def test_the_table_of_the_shipped_rules() -> None:
    """Times, how satisfying a tie was, and what makes a focus with something against it can do either; nothing is undecided."""
    trends = monotonicity(load_ruleset()).trends
    both = {name for name, row in trends.items() if "either" in row.values()}
    of_a_change = {name for name in both if name.startswith("change.")}
    assert of_a_change == {name for name in trends if name.startswith("change.")}
    both -= of_a_change - {"change.months_before_onset"}
    assert both == {
        "loss.months_since",
        "loss.months_before_onset",
        "dispute.months_before_onset",
        "change.months_before_onset",
        "loss.role_changed",
        "dispute.about_a_change",
        "tie.satisfying",
    }
    assert not any("undecided" in row.values() for row in trends.values())
    assert trends["loss.tied_to_episode"] == {
        "grief": "rises",
        "disputes": "none",
        "transitions": "rises",
        "deficits": "none",
    }
    assert trends["story.events"]["deficits"] == "falls"
    assert "loss.mourning" not in trends  # its answers have no order


def test_the_command_tells_the_table() -> None:
    """As text and as JSON, without running the checks."""
    text = run("check", "--monotonicity").stdout
    assert "network.confidants                ·            ·            ·            falls" in text.splitlines()
    told = json.loads(run("check", "--monotonicity", "--format", "json").stdout)
    assert told["monotonicity"] == monotonicity(load_ruleset()).to_dict()


# ── ties ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _twins(strength: str = "strong", *, other: str = "strong") -> tuple[str, str]:
    when = "{patient.medication: none}"
    return _counts("a", when, "supports: grief", strength), _counts("b", when, "supports: disputes", other)


def test_areas_are_tied_by_what_counts_as_much_for_both(tmp_path: Path) -> None:
    """Twin rules are found where they reach a level by themselves; different strengths tie nothing."""
    what = "'own.a' holds on the same rows and counts as much for grief"
    assert _found(tmp_path / "1", "tied-areas", *_twins()) == [("own.b", what)]
    assert _found(tmp_path / "2", "tied-areas", *_twins(other="moderate")) == []


def test_what_has_to_hold_beside_twins_parts_the_areas(tmp_path: Path) -> None:
    """A rule for one of the areas that holds wherever the twins do makes it no tie; one that may hold changes nothing."""
    always = _counts("c", "{patient.medication: {in: [none, other]}}", "supports: grief", "slight")
    sometimes = _counts("c", "{patient.medication: none, patient.phq9: {at_least: 10}}", "supports: grief", "slight")
    assert _found(tmp_path / "1", "tied-areas", *_twins(), always) == []
    assert [about for about, _ in _found(tmp_path / "2", "tied-areas", *_twins(), sometimes)] == ["own.b"]


def test_twins_that_no_space_can_hold_are_undecided(tmp_path: Path) -> None:
    """Rules that ask more than a space can hold are told as undecided, and not taken to differ."""
    flags = [name for name, field in fields_of("patient").items() if field.type == "flag"][:14]
    when = f"{{{', '.join(f'{name}: true' for name in flags)}}}"
    twins = _counts("a", when, "supports: grief", "strong"), _counts("b", when, "supports: disputes", "strong")
    found = check_ruleset(_loaded(tmp_path, *twins), ["tied-areas"])
    assert [(one.about, one.exact) for one in found] == [("own.b", False)]


# ── what is never first, and never reached ───────────────────────────────────────────────────────────────────────────────

_OUTWEIGHED = (
    _counts("a", "{patient.epds: {at_least: 13}}", "supports: disputes", "strong"),
    _counts("b", "{patient.epds: {at_least: 10}}", "opposes: disputes", "strong"),
)


def _exactly(folder: Path, check: str, *rules: str) -> dict[str, bool]:
    """Return what a check finds, or leaves undecided: about → whether it is exact."""
    return {defect.about: defect.exact for defect in check_ruleset(_loaded(folder, *rules), [check])}


def test_an_area_that_is_always_outweighed_is_never_first(tmp_path: Path) -> None:
    """Bounds alone do not see it; the solver proves it."""
    assert _exactly(tmp_path, "never-first", *_OUTWEIGHED) == {"disputes": True, "transitions": True, "deficits": True}


@pytest.mark.usefixtures("no_solver")
def test_without_the_solver_it_is_undecided(tmp_path: Path) -> None:
    """What bounds decide stays exact; the rest is told as undecided, and how to decide it."""
    assert _exactly(tmp_path, "never-first", *_OUTWEIGHED) == {"disputes": False, "transitions": True, "deficits": True}
    (defect,) = [one for one in _defects(tmp_path, "never-first") if not one.exact]
    assert 'pip install "ipt-rules[verify]"' in defect.what


@pytest.mark.usefixtures("no_solver")
def test_the_shipped_rules_need_no_solver() -> None:
    """Each of their areas is confirmed to come first, and each standing is seen, without one."""
    assert check_ruleset(load_ruleset(), ["never-first", "never-reached"]) == []


def _defects(folder: Path, check: str) -> list[Defect]:
    return check_ruleset(load_ruleset(folder), [check])


@pytest.mark.usefixtures("no_solver")
def test_what_is_undecided_is_no_finding(tmp_path: Path) -> None:
    """The command tells it and ends with 0."""
    rule = _rule(
        "a", "standing", "{standing.grief.level: none, standing.grief.points: {at_least: 4}}", "ask: Is it so?"
    )
    _loaded(tmp_path, rule)
    done = run("check", str(tmp_path), "--only", "never-reached", "--only", "dead-rule", "--format", "json")
    assert {one["about"]: one["check"] for one in json.loads(done.stdout)["undecided"]} == {"own.a": "never-reached"}
    text = run("check", str(tmp_path), "--only", "never-reached").stdout
    assert "1 undecided" in text


def test_standings_that_cannot_be_are_proved(tmp_path: Path) -> None:
    """An area at level none has no points of a higher one; a rule that asks for both is found, one that can be is not."""
    never = _rule(
        "a", "standing", "{standing.grief.level: none, standing.grief.points: {at_least: 4}}", "ask: Is it so?"
    )
    can = _rule(
        "b", "standing", "{standing.grief.level: likely, standing.grief.points: {at_least: 4}}", "ask: Is it so?"
    )
    assert _exactly(tmp_path, "never-reached", never, can) == {"own.a": True}


def test_a_stage_that_is_never_alone_is_found(tmp_path: Path) -> None:
    """A stage whose signs are always those of another one too is never found; with a sign of its own it is."""
    first = _rule("a", "dispute", "{dispute.covert: true}", "stage: impasse")
    second = _rule("b", "dispute", "{dispute.covert: true, dispute.repetitive: true}", "stage: dissolution")
    apart = _rule("c", "dispute", "{dispute.covert: false, dispute.repetitive: true}", "stage: dissolution")
    assert "own.b" in _exactly(tmp_path / "1", "never-reached", first, second)
    assert set(_exactly(tmp_path / "2", "never-reached", first, second, apart)) == set()


def _goal(name: str, when: str) -> str:
    return _rule(name, "focus", when, "goal: Get on.")


def test_a_level_that_no_evidence_gives_is_found(tmp_path: Path) -> None:
    """Grief has points on losses only, and the level that its rules can carry: 4 points are likely, and not strong."""
    rules = (
        _goal("a", "{focus.area: grief, focus.subject: dispute, focus.level: {at_least: possible}}"),
        _goal("b", "{focus.area: grief, focus.subject: loss, focus.level: likely}"),
        _goal("c", "{focus.area: grief, focus.level: strong}"),
        _goal("d", "{focus.area: grief, change.wanted: true, focus.level: {is_not: none}}"),
    )
    assert set(_exactly(tmp_path, "never-reached", *rules)) == {"own.a", "own.c", "own.d"}


def test_a_focus_that_is_agreed_on_can_be_any(tmp_path: Path) -> None:
    """Rules for grief on a dispute, and at level none, hold where that is agreed on; so they are no finding."""
    rules = (
        _goal("a", "{focus.area: grief, focus.subject: dispute}"),
        _goal("b", "{focus.area: grief, focus.level: none}"),
    )
    assert _exactly(tmp_path, "never-reached", *rules) == {}
    ruleset = load_ruleset(tmp_path)
    engine = make_engine(ruleset, "reference")
    intake = Intake.model_validate({"assessed_on": "2026-03-31", "disputes": [{}]})
    result = evaluate(intake, ruleset, engine)
    foci = [focus_on(result, "grief", "disputes[0]")]
    plan = plan_for(intake, ruleset, engine, result=result, foci=foci, gates=())
    assert {finding.rule.id for goals in plan.goals for finding in goals} == {"own.a", "own.b"}


def test_a_window_that_never_opens_is_found(tmp_path: Path) -> None:
    """An initial phase of three sessions has no fifth; the middle one of a long therapy has."""

    def strategy(name: str, phase: str) -> str:
        what = f"propose: Do it\n  aim: Have it done.\n  steps: [Do it.]\n  phase: {phase}\n  sessions: {{from: 5}}"
        return _rule(name, "patient", "always", what)

    phases = "phases:\n  - {sessions: [12, 16], initial: 3, final: 4}\nusual: [12, 16]\n"
    files = {**MINI, "scoring.yaml": MINI["scoring.yaml"] + phases}
    write(tmp_path, {**files, "own.yaml": strategy("a", "initial") + strategy("b", "middle")})
    assert {defect.about for defect in _defects(tmp_path, "never-reached")} == {"own.a"}
