"""Rule sets that build on another one: what is added, replaced and dropped, and what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ipt_rules import load_ruleset
from ipt_rules.ruleset.consequences import Evidence
from tests.helpers import MINI, ONE_RULE, RULES, changed_once, digest_of, mistakes_in, write, write_mini

if TYPE_CHECKING:
    from pathlib import Path


def _own(folder: Path, head: str = "", **files: str) -> Path:
    """Write a rule set that extends the small one, and return its folder."""
    write_mini(folder / "base")
    texts = {f"{name}.yaml": text for name, text in files.items()}
    return write(folder / "own", {"ruleset.yaml": _HEAD + head, **texts})


_HEAD = 'name: own\nversion: "2"\nlanguage: 1\nextends: ../base\n'
_REPLACING = changed_once(ONE_RULE, "id: more.of-it", "id: grief.settled\n  replaces: true")


def test_a_rule_set_adds_to_the_one_that_it_extends(tmp_path: Path) -> None:
    """Rules, numbers and references of the base are there, and own ones beside them."""
    ruleset = load_ruleset(_own(tmp_path, more=ONE_RULE))
    assert (ruleset.name, ruleset.version) == ("own", "2")
    assert [rule.id for rule in ruleset.rules] == [
        "grief.held-back",
        "grief.settled",
        "middle.joint-session",
        "more.of-it",
    ]
    assert ruleset.references == load_ruleset(tmp_path / "base").references


def test_a_rule_set_that_adds_nothing_differs_from_its_base_by_name_only(tmp_path: Path) -> None:
    """Extending and changing nothing keeps all that the base means."""
    own, base = load_ruleset(_own(tmp_path)).to_plain(), load_ruleset(tmp_path / "base").to_plain()
    assert own == {**base, "name": "own", "version": "2"}


def test_a_rule_of_the_base_is_replaced_on_demand(tmp_path: Path) -> None:
    """With ``replaces: true`` the own rule stands in the place of that of the base."""
    rule = load_ruleset(_own(tmp_path, more=_REPLACING)).rule("grief.settled")
    assert rule.consequence == Evidence("grief", True, "slight", "grief.settled")
    assert rule.position.file == f"{tmp_path / 'own'}/more.yaml"


def test_a_rule_of_the_base_is_dropped_on_demand(tmp_path: Path) -> None:
    """What is dropped is gone, and its id is free."""
    own = _own(
        tmp_path,
        "drop: [grief.settled, middle.joint-session]\n",
        more=changed_once(ONE_RULE, "more.of-it", "grief.settled"),
    )
    ruleset = load_ruleset(own)
    assert [rule.id for rule in ruleset.rules] == ["grief.held-back", "grief.settled"]
    assert ruleset.rule("grief.settled").because == "It was sudden."


def test_an_id_of_the_base_is_not_taken_by_accident(tmp_path: Path) -> None:
    """Without ``replaces: true`` an id of the base is a mistake that says so."""
    own = _own(tmp_path, more=changed_once(ONE_RULE, "more.of-it", "grief.settled"))
    what = f"the id is taken by the rule at {own}/../base/{RULES}:15:3; to replace it write 'replaces: true'"
    assert mistakes_in(own) == [("more.yaml", 1, 3, "grief.settled", what)]


def test_a_rule_that_replaces_nothing_is_a_mistake(tmp_path: Path) -> None:
    """The id is misspelt, or the base no longer has such a rule: the nearest id is named."""
    own = _own(tmp_path, more=changed_once(_REPLACING, "grief.settled", "grief.setled"))
    what = "replaces nothing: the rule set that this one extends has no such rule; did you mean 'grief.settled'?"
    assert mistakes_in(own) == [("more.yaml", 1, 3, "grief.setled", what)]


def test_dropping_what_is_not_there_is_a_mistake_at_its_id(tmp_path: Path) -> None:
    """Each unknown id is told at its own place in the list, with the nearest known one."""
    own = _own(tmp_path, "drop: [grief.setled, grief.held-back, middle.joint-sesion]\n")
    what = "the rule set that this one extends has no rule"
    assert [(file, line, column) for file, line, column, *_ in mistakes_in(own)] == [
        ("ruleset.yaml", 5, 8),
        ("ruleset.yaml", 5, 39),
    ]
    assert [said for *_, said in mistakes_in(own)] == [
        f"{what} 'grief.setled'; did you mean 'grief.settled'?",
        f"{what} 'middle.joint-sesion'; did you mean 'middle.joint-session'?",
    ]


def test_dropping_without_a_base_ends_in_a_whole_sentence(mini: Path) -> None:
    """Where nothing is extended, the hint does not list what is known, for there is nothing."""
    write(mini, {"ruleset.yaml": MINI["ruleset.yaml"] + "drop: [grief.settled]\n"})
    [(*_, what)] = mistakes_in(mini)
    assert not what.endswith("known are: ")


def test_a_base_that_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    """The folder is sought from that of the rule set."""
    own = write_mini(tmp_path, ruleset=MINI["ruleset.yaml"] + "extends: ../nowhere\n")
    what = "there is no rule set in that folder; write 'ipt-rules' or a folder, seen from this one"
    assert mistakes_in(own) == [("ruleset.yaml", 4, 10, "extends", what)]


@pytest.mark.parametrize("extends", [".", "../own"])
def test_a_rule_set_does_not_extend_itself(tmp_path: Path, extends: str) -> None:
    """The smallest circle is told where it closes."""
    own = write_mini(tmp_path / "own", ruleset=f"{MINI['ruleset.yaml']}extends: {extends}\n")
    assert mistakes_in(own) == [("ruleset.yaml", 4, 10, "extends", "the rule sets extend each other in a circle")]


def test_rule_sets_do_not_extend_each_other_in_a_circle(tmp_path: Path) -> None:
    """A circle through two folders is told once, where it closes."""
    own = _own(tmp_path)
    write(tmp_path / "base", {"ruleset.yaml": MINI["ruleset.yaml"] + "extends: ../own\n"})
    what = "the rule sets extend each other in a circle"
    assert mistakes_in(own) == [("../base/ruleset.yaml", 4, 10, "extends", what)]


def test_a_chain_of_three_rule_sets_is_read_from_the_bottom(tmp_path: Path) -> None:
    """Each may drop and replace what the ones below it have."""
    _own(tmp_path, more=ONE_RULE)
    top = 'name: top\nversion: "3"\nlanguage: 1\nextends: ../own\ndrop: [more.of-it]\n'
    ruleset = load_ruleset(write(tmp_path / "top", {"ruleset.yaml": top, "again.yaml": _REPLACING}))
    assert [rule.id for rule in ruleset.rules] == ["grief.held-back", "grief.settled", "middle.joint-session"]
    assert ruleset.rule("grief.settled").because == "It was sudden."


def test_a_base_may_lie_inside_the_folder_of_the_rule_set(tmp_path: Path) -> None:
    """A folder within that is a rule set of its own is not read as rules of the outer one."""
    write(tmp_path, {"ruleset.yaml": changed_once(_HEAD, "../base", "base"), "more.yaml": ONE_RULE})
    write_mini(tmp_path / "base")
    assert len(load_ruleset(tmp_path).rules) == 4


def test_a_mistake_in_the_base_is_told_once_with_its_file(tmp_path: Path) -> None:
    """The base's mistakes are mistakes of the whole, named by the way to their file."""
    own = _own(tmp_path)
    write(tmp_path / "base", {RULES: changed_once(MINI[RULES], "strength: strong", "strength: strongest")})
    what = "'strongest' is not a value of 'strength'; did you mean 'strong'?"
    assert mistakes_in(own) == [(f"../base/{RULES}", 10, 13, "grief.held-back.strength", what)]


@pytest.mark.parametrize("head", ["", "drop: [grief.settled]\n"])
def test_a_mistake_in_a_rule_of_the_base_is_not_followed_by_others(tmp_path: Path, head: str) -> None:
    """Dropping or replacing a rule that has a mistake is no mistake of its own."""
    own = _own(tmp_path, head, **({} if head else {"more": _REPLACING}))
    write(tmp_path / "base", {RULES: changed_once(MINI[RULES], "opposes: grief", "opposes: grieff")})
    assert [entry[:2] for entry in mistakes_in(own)] == [(f"../base/{RULES}", 18)]


def test_scoring_overrides_by_key(tmp_path: Path) -> None:
    """What the own file says replaces that of the base key by key, and the rest stays."""
    text = """\
levels: {possible: 2, likely: 5, strong: 9}
numbers:
  long_ago: {value: 24, why: a design choice}
"""
    scoring = load_ruleset(_own(tmp_path, scoring=text)).scoring
    assert scoring.note == "These numbers are design choices."
    assert scoring.points == {"slight": 1, "moderate": 2, "strong": 4, "decisive": 6}
    assert scoring.levels == {"possible": 2, "likely": 5, "strong": 9}
    assert (scoring.close, scoring.numbers) == (2, {"recent_event": 6, "long_ago": 24, "close": 2})


def test_one_entry_of_a_table_of_the_scoring_can_be_overridden(tmp_path: Path) -> None:
    """A table of the base keeps the entries that the own one does not name."""
    scoring = load_ruleset(_own(tmp_path, scoring="points: {decisive: 7}\nclose: 3\n")).scoring
    assert scoring.points == {"slight": 1, "moderate": 2, "strong": 4, "decisive": 7}
    assert (scoring.close, scoring.level(4), scoring.most_without_subject) == (3, "likely", 3)


def test_scoring_that_no_longer_rises_is_a_mistake_where_it_was_overridden(tmp_path: Path) -> None:
    """The mistake stands in the own file, for the base alone is right."""
    own = _own(tmp_path, scoring="points: {slight: 5}\n")
    assert [(file, path) for file, _, _, path, _ in mistakes_in(own)] == [("scoring.yaml", "points")]


def test_the_base_is_not_changed_by_what_extends_it(tmp_path: Path) -> None:
    """Loading a rule set that drops, replaces and overrides leaves the base as it was."""
    before = digest_of(write_mini(tmp_path / "base"))
    load_ruleset(_own(tmp_path, "drop: [middle.joint-session]\n", more=_REPLACING, scoring="close: 9\n"))
    assert digest_of(tmp_path / "base") == before
