"""The difference of two rule sets: planted changes are told as what they are, and what areas can do is proved or shown."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

import pytest

from ipt_rules import load_ruleset
from ipt_rules.drawn.intakes import Seeded, draw_intake
from ipt_rules.engines.reference import trace
from ipt_rules.verify import Comparing, difference, moves
from ipt_rules.verify.tables import tables
from tests.helpers import DAY, MARK, MINI, changed_once, intake, write
from tests.test_command import run

if TYPE_CHECKING:
    from pathlib import Path

    from ipt_rules import Ruleset
    from ipt_rules.verify import RulesetDifference
    from ipt_rules.verify.difference import RuleDifference

GRIEF, STRATEGIES, SCORING = "evidence/grief.yaml", "strategies.yaml", "scoring.yaml"
SUPPORT = (
    "- id: grief.close\n  for: loss\n  when: {tie.closeness: close}\n  supports: grief\n  strength: slight\n"
    "  because: They were close.\n  basis: inference\n  cites: [{ref: manual, at: ch. 5, seen: recalled}]\n"
)
HOLD_BACK = (
    "- id: standing.last-resort\n  for: standing\n  when: {standing.grief.level: {at_least: likely}}\n  holds_back: deficits\n"
    "  because: It comes last.\n  basis: inference\n  cites: [{ref: manual, at: ch. 5, seen: recalled}]\n"
)


def mini(folder: Path, **more: str) -> Ruleset:
    """Return the small rule set with more files."""
    return load_ruleset(write(folder, {**MINI, **{f"{name}.yaml": text for name, text in more.items()}}))


def changed(folder: Path, file: str, old: str, new: str) -> RulesetDifference:
    """Return what differs when one passage of the small rule set is another."""
    before = load_ruleset(write(folder / "old", MINI))
    after = load_ruleset(write(folder / "new", {**MINI, file: changed_once(MINI[file], old, new)}))
    return difference(before, after)


def the_one(found: RulesetDifference) -> RuleDifference:
    """Return the one rule that differs."""
    (one,) = found.different
    return one


# ── rules ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_rule_set_equals_itself() -> None:
    """Nothing differs between a rule set and the same one read again."""
    found = difference(load_ruleset(), load_ruleset())
    assert found.is_equal
    assert {one.relation for one in found.rules} == {"equal"}


def test_name_and_version_count_for_nothing(tmp_path: Path) -> None:
    """Rule sets that differ in name and version alone mean the same."""
    assert changed(tmp_path, "ruleset.yaml", "name: mini", "name: another").is_equal


@pytest.mark.parametrize(
    ("old", "new", "relation"),
    [
        ("{at_least: recent_event}", "{at_least: 7}", "narrower"),
        ("{at_least: recent_event}", "{at_least: 5}", "wider"),
        ("{in: [suppressed, delayed]}", "{in: [suppressed, stalled]}", "incomparable"),
        ("{in: [suppressed, delayed]}", "{in: [suppressed, delayed, stalled]}", "wider"),
        ("    loss.kind: death\n", "    loss.kind: {in: [death]}\n", "equal"),
        ("    any:\n", "    all:\n", "narrower"),
    ],
)
def test_how_a_condition_changed(tmp_path: Path, old: str, new: str, relation: str) -> None:
    """A changed condition is wider, narrower, neither, or written otherwise; rows are shown that it gained and lost."""
    found = changed(tmp_path, GRIEF, old, new)
    one = next(one for one in found.rules if one.rule == "grief.held-back")
    assert one.relation == relation
    assert (one.gained is not None) is (relation in ("wider", "incomparable"))
    assert (one.lost is not None) is (relation in ("narrower", "incomparable"))
    assert found.is_equal is (relation == "equal")


def test_a_row_that_was_lost_is_told(tmp_path: Path) -> None:
    """What a lost row says, and what it is wanted for, is told in the words of the questions."""
    one = the_one(changed(tmp_path, GRIEF, "{at_least: recent_event}", "{at_least: 7}"))
    assert one.lost is not None
    assert one.lost.to_dict() == {
        "wanted": "an intake with a loss of which “completed months from the event to the assessment: at least 6 months”, "
        "“what was lost: death” and “either how the mourning goes: suppressed or delayed, or avoids places, people or belongings "
        "that recall the dead, or keeps them as a shrine: yes” hold, and “completed months from the event to the assessment: at "
        "least 7 months” does not hold",
        "row": "completed months from the event to the assessment: 6 months; what was lost: death; how the mourning goes: moving; "
        "avoids places, people or belongings that recall the dead, or keeps them as a shrine: yes",
        "witness": None,
    }


@pytest.mark.parametrize(
    ("file", "old", "new", "names"),
    [
        (GRIEF, "strength: strong", "strength: moderate", ("strength",)),
        (GRIEF, "opposes: grief", "opposes: deficits", ("area", "body")),
        (GRIEF, "opposes: grief", "supports: grief", ("supports",)),
        (GRIEF, "evidence: course-of-mourning", "evidence: mourning", ("body",)),
        (GRIEF, "The mourning has found its end.", "It has found its end.", ("wording",)),
        (GRIEF, "basis: inference", "basis: manual", ("sources",)),
        (STRATEGIES, "phase: middle", "phase: final", ("phase",)),
        (STRATEGIES, "propose: A joint", "propose: One joint", ("wording",)),
    ],
)
def test_what_else_changed(tmp_path: Path, file: str, old: str, new: str, names: tuple[str, ...]) -> None:
    """A change of what follows is told by name, wording and sources apart from what counts; the rows stay the same."""
    one = the_one(changed(tmp_path, file, old, new))
    assert (one.relation, one.gained, one.lost) == ("equal", None, None)
    assert set(one.changed) <= set(names)
    assert one.changed


def test_needs_are_compared_by_themselves(tmp_path: Path) -> None:
    """A strategy that needs more is narrower in its needs, and named on the same rows as before."""
    one = the_one(
        changed(tmp_path, STRATEGIES, "{dispute.violence: false}", "{dispute.violence: false, dispute.coercion: false}")
    )
    assert (one.relation, one.needs, one.changed) == ("equal", "narrower", ())


def test_rules_that_came_and_went(tmp_path: Path) -> None:
    """A rule of one rule set alone was added or removed."""
    found = difference(mini(tmp_path / "old"), mini(tmp_path / "new", more=SUPPORT))
    assert [(one.rule, one.relation) for one in found.different] == [("grief.close", "added")]
    back = difference(found.new, found.old)
    assert [(one.rule, one.relation) for one in back.different] == [("grief.close", "removed")]


def test_scoring_and_texts_are_compared(tmp_path: Path) -> None:
    """A number that changed is told by its key, before and after; a text by its key alone."""
    found = changed(tmp_path, SCORING, "strong: 8", "strong: 9")
    assert (found.scoring, found.texts, found.is_equal) == ((("levels.strong", 8, 9),), (), False)
    found = changed(tmp_path / "texts", "questions.yaml", "  grief: Grief", "  grief: Grief and loss")
    assert (found.scoring, found.texts, found.is_equal) == ((), ("words: areas.grief",), False)
    found = difference(mini(tmp_path / "plain"), mini(tmp_path / "said", attributes="uses: {race: {tie: a reason}}\n"))
    assert (found.scoring, found.texts, found.is_equal) == ((), ("attributes: uses",), False)


def test_the_variant_differs_as_rows_show() -> None:
    """On rows of drawn intakes, no rule of the variant holds, or fails to, against what is proved of it."""
    old, new = load_ruleset(), load_ruleset(variant="grief-and-loss")
    found = difference(old, new)
    assert {one.relation for one in found.different} == {"narrower", "added", "removed"}
    choose = Seeded(random.Random(3))
    seen = tables(old, [draw_intake(choose) for _ in range(100)])
    for one in found.rules:
        if one.old is not None and one.new is not None and one.new.kind in seen:
            before, after = (seen[one.new.kind].holding(rule.condition) for rule in (one.old, one.new))
            assert one.gained is not None or not after & ~before
            assert one.lost is not None or not before & ~after


def test_the_row_that_is_shown_tells_the_rules_apart() -> None:
    """On the row that is told as lost, the rule held by the old rule set and does not by the new one."""
    found = difference(load_ruleset(), load_ruleset(variant="grief-and-loss"))
    (one,) = (one for one in found.different if one.relation == "narrower")
    assert one.old is not None
    assert one.new is not None
    assert one.lost is not None
    (row, *_) = tables(found.old, [intake(losses=[{}])])["loss"].rows
    shown = row.with_values(one.lost.row)
    assert (trace(one.old.condition, shown).truth, trace(one.new.condition, shown).truth) == (True, False)


# ── areas ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def answers(found: RulesetDifference) -> dict[str, dict[str, str]]:
    """Return what is said of each area and move."""
    told: dict[str, dict[str, str]] = {}
    for one in moves(found, drawn=0):
        told.setdefault(one.area, {})[one.move] = one.answer
    return told


CANNOT = {"rises": "cannot", "falls": "cannot", "gains_first": "cannot", "loses_first": "cannot"}


def test_equal_rule_sets_move_nothing() -> None:
    """Where nothing differs, and where words alone do, no area can move; this is proved."""
    rules = load_ruleset()
    assert answers(difference(rules, rules)) == dict.fromkeys(("grief", "disputes", "transitions", "deficits"), CANNOT)


def test_a_wording_moves_nothing(tmp_path: Path) -> None:
    """Another sentence for a reason cannot change where areas stand."""
    found = changed(tmp_path, GRIEF, "The mourning has found its end.", "It has found its end.")
    assert set(map(str, answers(found).values())) == {str(CANNOT)}


def test_more_strength_lowers_nothing(tmp_path: Path) -> None:
    """Where support is worth more, its area can rise, no area can fall, and no other can become first."""
    told = answers(changed(tmp_path, GRIEF, "strength: strong", "strength: decisive"))
    assert told["grief"] == {**CANNOT, "rises": "can", "gains_first": told["grief"]["gains_first"]}
    assert told["grief"]["gains_first"] != "can"  # no other area has a rule, so grief was first before
    assert told["disputes"] == {**CANNOT, "loses_first": "undecided"}


def test_support_that_comes_may_lower_where_its_row_opposes_too(tmp_path: Path) -> None:
    """With a new rule a settled loss becomes a focus of grief, and what opposes grief there counts."""
    found = difference(mini(tmp_path / "old"), mini(tmp_path / "new", more=SUPPORT))
    assert answers(found)["grief"]["falls"] != "cannot"
    no_opposing = {**MINI, GRIEF: MINI[GRIEF].partition("- id: grief.settled")[0]}
    before = load_ruleset(write(tmp_path / "a", no_opposing))
    after = load_ruleset(write(tmp_path / "b", {**no_opposing, "more.yaml": SUPPORT}))
    assert answers(difference(before, after))["grief"]["falls"] == "cannot"


def test_what_holds_back_moves_no_points(tmp_path: Path) -> None:
    """A rule that holds an area back can change first places, and nobody's points."""
    told = answers(difference(mini(tmp_path / "old"), mini(tmp_path / "new", more=HOLD_BACK)))
    assert all((one["rises"], one["falls"]) == ("cannot", "cannot") for one in told.values())
    assert told["deficits"]["loses_first"] != "cannot"


def test_other_points_of_a_strength_move_every_rule_of_it(tmp_path: Path) -> None:
    """The rules are the same, and yet what is worth more can raise what it supports and lower what it opposes."""
    found = changed(tmp_path, SCORING, "moderate: 2", "moderate: 3")
    assert found.different == ()
    assert {(one.move, one.answer, one.because) for one in moves(found, drawn=0) if one.area == "grief"} >= {
        ("rises", "cannot", ()),
        ("falls", "can" if answers(found)["grief"]["falls"] == "can" else "undecided", ("grief.settled",)),
    }


def test_no_intake_moves_against_a_proof(tmp_path: Path) -> None:
    """What is said to be impossible happens on no drawn intake, for changes of every kind."""
    rules = load_ruleset()
    variant = load_ruleset(variant="grief-and-loss")
    choose = Seeded(random.Random(5))
    drawn = [draw_intake(choose) for _ in range(60)]
    for found in (difference(rules, variant), difference(variant, rules)):
        impossible = {(one.area, one.move) for one in moves(found, drawn=0) if one.answer == "cannot"}
        comparing = Comparing(found)
        for one in drawn:
            for area, (before, after) in comparing.on(one).points.items():
                assert (area, "rises" if after > before else "falls") not in impossible


def test_what_is_shown_happens(tmp_path: Path) -> None:
    """Each move that areas can make is made on the intake that shows it."""
    found = changed(tmp_path, GRIEF, "strength: strong", "strength: decisive")
    (one,) = (one for one in moves(found, drawn=0) if (one.area, one.move) == ("grief", "rises"))
    assert one.shown_by is not None
    before, after = Comparing(found).on(one.shown_by.intake).points["grief"]
    assert after > before
    assert one.because == ("grief.held-back",)


# ── the command ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def folders(tmp_path: Path) -> tuple[str, str, str]:
    """Return two rule sets of which the first counts a rule stronger, and an intake on which that matters."""
    old = write(tmp_path / "old", MINI)
    new = write(tmp_path / "new", {**MINI, GRIEF: changed_once(MINI[GRIEF], "strength: strong", "strength: slight")})
    cases = write(
        tmp_path / "cases",
        {
            "a.yaml": f"assessed_on: {DAY}\nnote: {MARK}\nlosses:\n"
            "  - {kind: death, mourning: delayed, when: {months_ago: 8}}\n",
            "b.yaml": f"assessed_on: {DAY}\nlosses: []\n",
        },
    )
    return str(old), str(new), str(cases)


def test_the_command_ends_as_diff_does(folders: tuple[str, str, str], tmp_path: Path) -> None:
    """Equal rule sets end with 0, different ones with 1, what cannot be read with 2; the shipped rules have a name."""
    old, new, _ = folders
    same = run("diff", old, old)
    assert (same.exit_code, same.stdout) == (0, "Nothing differs: 3 rules mean the same, in the same words.\n")
    assert run("diff", old, new, "--drawn", "0").exit_code == 1
    assert run("diff", "ipt-rules", "ipt-rules").exit_code == 0
    assert run("diff", old, str(tmp_path / "nowhere")).exit_code == 2
    assert run("diff", old, new, str(tmp_path / "nothing.yaml")).exit_code == 2


def test_the_command_tells_what_intakes_show(folders: tuple[str, str, str]) -> None:
    """On each intake, points and first places before and after, with the rules through which they changed."""
    old, new, cases = folders
    told = json.loads(run("diff", old, new, cases, "--format", "json", "--drawn", "0").stdout)
    assert told["equal"] is False
    assert told["counts"] == {"equal": 3, "wider": 0, "narrower": 0, "incomparable": 0, "added": 0, "removed": 0}
    assert [(one["rule"], one["changed"]) for one in told["rules"]] == [("grief.held-back", ["strength"])]
    assert told["intakes"][f"{cases}/a.yaml"] == {
        "first": {"old": ["grief"], "new": ["grief"]},
        "changes": False,
        "points": {"grief": {"old": 4, "new": 1}},
        "through": ["grief.held-back"],
    }
    assert told["areas"]["grief"]["falls"] == {
        "answer": "can",
        "because": ["grief.held-back"],
        "witness": {"source": "intakes[0]"},
    }
    assert told["areas"]["grief"]["rises"]["answer"] == "cannot"


def test_the_command_tells_people(folders: tuple[str, str, str]) -> None:
    """The text names the rule with its place, what can move, and the intakes; nothing that an intake says is printed."""
    old, new, cases = folders
    done = run("diff", old, new, cases, "--drawn", "0")
    text = " ".join(done.stdout.split())
    assert text.startswith("1 rules differ: 1 on the same rows; 2 are equal.")
    assert "grief.held-back: another strength" in text
    assert "a.yaml: first grief, as before; grief 4 → 1 points, through grief.held-back" in text
    assert text.endswith("1 of 2 intakes have the same points and the same first place.")
    assert MARK not in done.output
