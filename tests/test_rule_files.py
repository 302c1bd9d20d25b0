"""Rule sets on disk: what is read, the files beside the rules, and the digest of the meaning."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from ipt_rules import RulesetError, load_ruleset
from ipt_rules.ruleset.conditions import All, Comparison, Some
from ipt_rules.ruleset.consequences import Evidence, Proposal, Window
from ipt_rules.ruleset.model import Citation
from ipt_rules.ruleset.reading import LAST_IN_ORDER
from tests.helpers import MINI, ONE_RULE, RULES, changed_once, digest_of, mistakes_in, write, write_mini

if TYPE_CHECKING:
    from pathlib import Path

# ── what is read ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_rule_set_is_read(mini: Path) -> None:
    """Head, scoring, references, questions, words and rules come together, with the rules in the order of their ids."""
    ruleset = load_ruleset(mini)
    assert (ruleset.name, ruleset.version) == ("mini", "1.0")
    assert [rule.id for rule in ruleset.rules] == ["grief.held-back", "grief.settled", "middle.joint-session"]
    assert ruleset.scoring.points == {"slight": 1, "moderate": 2, "strong": 4, "decisive": 6}
    assert ruleset.scoring.numbers == {"recent_event": 6, "close": 2}
    assert ruleset.references["manual"]["issued"] == 2018
    assert ruleset.questions == {"loss.mourning": "How has the mourning gone?"}
    assert ruleset.words == {"areas": {"grief": "Grief"}}
    assert load_ruleset(str(mini)).digest == ruleset.digest


def test_a_rule_is_read_into_a_condition_and_a_consequence(mini: Path) -> None:
    """A mapping is "all of these", names of numbers become numbers, and the rule knows where it stands."""
    rule = load_ruleset(mini).rule("grief.held-back")
    assert rule.condition == All(
        (
            Comparison("loss.kind", "is", "death"),
            Some(
                (
                    Comparison("loss.mourning", "in", frozenset({"suppressed", "delayed"})),
                    Comparison("loss.avoids_reminders", "is", True),
                )
            ),
            Comparison("loss.months_since", "at_least", 6),
        )
    )
    assert rule.consequence == Evidence("grief", True, "strong", "course-of-mourning")
    assert rule.cites == (Citation("manual", "ch. 5", "excerpt"),)
    assert str(rule.position) == f"{mini}/{RULES}:1:3"
    assert (rule.runs_in, rule.kind, rule.basis) == ("evidence", "loss", "manual")


def test_a_strategy_is_read_with_its_conditions_of_safety(mini: Path) -> None:
    """What is proposed keeps phase, steps, window of sessions and needs."""
    rule = load_ruleset(mini).rule("middle.joint-session")
    assert rule.consequence == Proposal(
        phase="middle",
        propose="A joint session with {person}",
        aim="Hear both sides in the room.",
        steps=("Prepare it.", "Hold it."),
        needs=Comparison("dispute.violence", "is", False),
        sessions=Window(5),
        order=LAST_IN_ORDER,
        before_clearance=False,
    )
    assert rule.runs_in == "strategies"


def test_evidence_without_a_body_is_a_body_of_its_own(mini: Path) -> None:
    """A rule that names no body of evidence is one under its own id."""
    assert load_ruleset(mini).rule("grief.settled").consequence == Evidence("grief", False, "moderate", "grief.settled")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("always", All(())),
        ("{loss.sudden: {is_not: true}}", Comparison("loss.sudden", "is", False)),
        ("{patient.phq9: {more_than: 9}}", Comparison("patient.phq9", "at_least", 10)),
        ("{patient.phq9: {less_than: 9}}", Comparison("patient.phq9", "at_most", 8)),
        ("{tie.closeness: {at_least: close}}", Comparison("tie.closeness", "at_least", 1)),
        ("{tie.closeness: {more_than: close}}", Comparison("tie.closeness", "at_least", 2)),
        ("{tie.closeness: distant}", Comparison("tie.closeness", "is", 0)),
        ("{loss.kind: {not_in: [job, home]}}", Comparison("loss.kind", "not_in", frozenset({"job", "home"}))),
        ("{none: [{loss.kind: death}]}", Comparison("loss.kind", "is_not", "death")),
        ("{none: [{patient.phq9: {at_least: 9}}]}", Comparison("patient.phq9", "at_most", 8)),
        (
            "{patient.phq9: {between: [5, 9]}}",
            All((Comparison("patient.phq9", "at_least", 5), Comparison("patient.phq9", "at_most", 9))),
        ),
        (
            "{patient.phq9: {at_least: 5, at_most: 9}}",
            All((Comparison("patient.phq9", "at_least", 5), Comparison("patient.phq9", "at_most", 9))),
        ),
        (
            "{none: [{loss.kind: death, loss.sudden: true}]}",
            Some((Comparison("loss.kind", "is_not", "death"), Comparison("loss.sudden", "is", False))),
        ),
        (
            "{none: [{loss.kind: death}, {loss.sudden: true}]}",
            All((Comparison("loss.kind", "is_not", "death"), Comparison("loss.sudden", "is", False))),
        ),
        (
            "{all: [{loss.kind: death}, {all: [{loss.sudden: true}]}]}",
            All((Comparison("loss.kind", "is", "death"), Comparison("loss.sudden", "is", True))),
        ),
    ],
)
def test_operators_become_few_and_negation_stands_in_comparisons(mini: Path, written: str, read: object) -> None:
    """Every way of writing is read into "all", "any" and comparisons, in the simplest form."""
    write(mini, {"more.yaml": changed_once(ONE_RULE, "{loss.sudden: true}", written)})
    assert load_ruleset(mini).rule("more.of-it").condition == read


def test_what_a_rule_may_ask_about_not_knowing(mini: Path) -> None:
    """Rules that ask or note may look at what was not asked."""
    asks = changed_once(
        changed_once(ONE_RULE, "{loss.sudden: true}", "{loss.kind: {known: false}}"), "strength: slight\n  ", ""
    )
    for consequence in ("ask: What was lost?", "caution: note"):
        write(mini, {"more.yaml": changed_once(asks, "supports: grief", consequence)})
        assert load_ruleset(mini).rule("more.of-it").condition == Comparison("loss.kind", "not_known", None)


def test_files_that_are_no_rules_are_passed_over(mini: Path) -> None:
    """Hidden files, other kinds of file and the folders of schemas and variants are not read as rules."""
    before = digest_of(mini)
    write(
        mini,
        {".hidden.yaml": "]", "README.md": "]", "schema/a.yaml": "]", "variants/b/ruleset.yaml": "]", "a.json": "]"},
    )
    assert digest_of(mini) == before


def test_files_in_hidden_folders_are_passed_over(mini: Path) -> None:
    """What an editor or a version control system keeps in a hidden folder is not read as rules."""
    before = digest_of(mini)
    write(mini, {".ipynb_checkpoints/grief.yaml": MINI[RULES]})
    assert digest_of(mini) == before


# ── the files beside the rules ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_folder_without_a_head_is_no_rule_set(tmp_path: Path) -> None:
    """Where there is no ``ruleset.yaml``, that is the one mistake."""
    what = "there is no such file; a rule set is a folder with a ruleset.yaml"
    assert mistakes_in(tmp_path) == [("ruleset.yaml", 0, 0, "", what)]
    assert mistakes_in(tmp_path / "nowhere") == [("ruleset.yaml", 0, 0, "", what)]


@pytest.mark.parametrize("name", ["ruleset.yaml", "scoring.yaml", "references.yaml", "questions.yaml"])
def test_an_empty_file_beside_the_rules_is_told_as_what_it_is(mini: Path, name: str) -> None:
    """An empty file is one mistake of that file, and not all that follows from it."""
    write(mini, {name: ""})
    assert [file for file, *_ in mistakes_in(mini)] == [name]


@pytest.mark.parametrize("name", ["ruleset.yaml", "scoring.yaml", "references.yaml", "questions.yaml"])
def test_a_file_beside_the_rules_that_cannot_be_read_is_one_mistake(mini: Path, name: str) -> None:
    """A syntax error is told once, without what nobody could read behind it."""
    write(mini, {name: "a: ]\n"})
    assert [(file, line, column) for file, line, column, *_ in mistakes_in(mini)] == [(name, 1, 4)]


@pytest.mark.parametrize("name", ["ruleset.yaml", "scoring.yaml", "references.yaml", "questions.yaml"])
def test_a_file_beside_the_rules_is_a_mapping(mini: Path, name: str) -> None:
    """A list is told at its start, once."""
    write(mini, {name: "# first\n- a\n"})
    assert mistakes_in(mini) == [(name, 2, 1, "", "must be a mapping")]


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "path"),
    [
        ("note: These numbers are design choices.\n", "", 1, 1, "note"),
        ("points: {slight: 1, moderate: 2, strong: 4, decisive: 6}", "points: 5", 2, 9, "points"),
        ("slight: 1, ", "", 2, 9, "points.slight"),
        ("slight: 1", "slight: 0", 2, 18, "points.slight"),
        ("decisive: 6", "decisive: 6, extreme: 9", 2, 58, "points"),
        ("close: 2", "close: -1", 4, 8, "close"),
        ("value: 6", "value: six", 6, 25, "numbers.recent_event.value"),
        (", why: a design choice", "", 6, 17, "numbers.recent_event.why"),
        ("close: 2", "close: 2\ncolour: red", 5, 1, ""),
    ],
)
def test_a_mistake_in_the_scoring_is_one_problem_at_its_place(  # a table's columns
    tmp_path: Path, old: str, new: str, line: int, column: int, path: str
) -> None:
    """Points, levels, closeness and named numbers are checked; no rule is blamed for what is wrong there."""
    folder = write_mini(tmp_path, scoring=changed_once(MINI["scoring.yaml"], old, new))
    assert [entry[:4] for entry in mistakes_in(folder)] == [("scoring.yaml", line, column, path)]


@pytest.mark.parametrize(
    ("old", "new", "line", "path", "what"),
    [
        ("slight: 1", "slight: 5", 2, "points", "must rise from slight to decisive"),
        ("possible: 1", "possible: 4", 3, "levels", "must rise from possible to strong"),
    ],
)
def test_a_table_that_does_not_rise_is_told_on_its_line(
    tmp_path: Path, old: str, new: str, line: int, path: str, what: str
) -> None:
    """Points and levels go from least to most, and a table that does not is one mistake where it stands."""
    folder = write_mini(tmp_path, scoring=changed_once(MINI["scoring.yaml"], old, new))
    assert [(file, at, where, said) for file, at, _, where, said in mistakes_in(folder)] == [
        ("scoring.yaml", line, path, what)
    ]


def test_the_scoring_has_a_note_points_levels_and_closeness(tmp_path: Path) -> None:
    """A part that no rule set in the chain gives is told as missing, in the file where it belongs."""
    text = "note: Design choices.\nnumbers:\n  recent_event: {value: 6, why: a design choice}\n"
    assert mistakes_in(write_mini(tmp_path, scoring=text)) == [
        ("scoring.yaml", 0, 0, "close", "'close' is missing"),
        ("scoring.yaml", 0, 0, "levels", "'levels' is missing"),
        ("scoring.yaml", 0, 0, "points", "'points' is missing"),
    ]


# ── the digest of the meaning ────────────────────────────────────────────────────────────────────────────────────────────

_FIRST, _SECOND = (f"- id: grief.{rest}" for rest in MINI[RULES].split("- id: grief.")[1:])

_LAID_OUT_OTHERWISE = """\
# yaml-language-server: $schema=../schema/rules.schema.json

- cites:
    - seen: "excerpt"
      ref: manual       # a comment
      at: 'ch. 5'
  basis: manual
  because: >-
    Feelings about the death
    of {person} have   been held back.
  strength: strong
  evidence: course-of-mourning
  supports: grief
  when: {"loss.months_since": {at_least: 6}, any: [{loss.avoids_reminders: true},
    {loss.mourning: {in: [delayed, suppressed]}}], loss.kind: {is: death}}
  for: loss
  id: grief.held-back
"""


@pytest.mark.parametrize(
    "files",
    [
        {RULES: _SECOND + _FIRST},
        {RULES: _FIRST, "zz/settled.yaml": _SECOND},
        {RULES: _SECOND, "aa.yaml": _FIRST},
        {RULES: f"# about grief\n\n{_FIRST}\n\n# more\n{_SECOND}"},
        {RULES: _LAID_OUT_OTHERWISE + _SECOND},
        {RULES: changed_once(MINI[RULES], "{at_least: recent_event}", "{at_least: 6}")},
        {RULES: changed_once(MINI[RULES], "{at_least: recent_event}", "{more_than: 5}")},
        {RULES: changed_once(MINI[RULES], "{loss.mourning: settled}", "{all: [{loss.mourning: {is: settled}}]}")},
        {RULES: changed_once(MINI[RULES], "opposes: grief", "opposes: grief\n  evidence: grief.settled")},
        {"ruleset.yaml": 'language: 1\n# first\nversion: "1.0"\nname: "mini"\n'},
        {"scoring.yaml": changed_once(MINI["scoring.yaml"], "close: 2\n", "") + "close: 2 # points\n"},
        {
            "references.yaml": 'manual: {seen: read, "issued": 2018, author: [{family: Somebody}], title: "A manual", type: book}\n'
        },
    ],
    ids=[
        *(
            "rules reordered",
            "rule in a later file",
            "rule in an earlier file",
            "comments",
            "keys and layout",
            "name of a number",
        ),
        *("another operator", "another form", "implied body", "head", "scoring", "references"),
    ],
)
def test_the_digest_is_of_the_meaning(mini: Path, tmp_path: Path, files: dict[str, str]) -> None:
    """Order of rules, files and keys, comments, layout and ways of writing the same leave the digest as it is."""
    other = write(tmp_path / "other", {**MINI, **files})
    assert digest_of(other) == digest_of(mini)


def test_the_digest_does_not_depend_on_where_the_rule_set_lies(mini: Path, tmp_path: Path) -> None:
    """A copy in another folder has the same digest."""
    copy = shutil.copytree(mini, tmp_path / "deep" / "copy")
    assert digest_of(copy) == digest_of(mini)
    assert digest_of(mini).startswith("sha256:")


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (RULES, "loss.kind: death", "loss.kind: pregnancy_loss"),
        (RULES, "[suppressed, delayed]", "[suppressed, delayed, stalled]"),
        (RULES, "loss.avoids_reminders: true", "loss.avoids_reminders: false"),
        (RULES, "at_least: recent_event", "at_most: recent_event"),
        (RULES, "    any:\n", "    all:\n"),
        (RULES, "    any:\n", "    none:\n"),
        (RULES, "strength: strong", "strength: moderate"),
        (RULES, "supports: grief", "opposes: grief"),
        (RULES, "opposes: grief", "opposes: transitions"),
        (RULES, "evidence: course-of-mourning", "evidence: course"),
        (RULES, "have been held back.", "are held back."),
        (RULES, "basis: inference", "basis: manual"),
        (RULES, "seen: recalled", "seen: read"),
        (RULES, "at: ch. 5, seen: excerpt", "at: ch. 6, seen: excerpt"),
        (RULES, "id: grief.settled", "id: grief.at-rest"),
        ("strategies.yaml", "needs: {dispute.violence: false}", "needs: {dispute.coercion: false}"),
        ("strategies.yaml", "  needs: {dispute.violence: false}\n", ""),
        ("strategies.yaml", "{from: 5}", "{from: 5, to: 12}"),
        ("strategies.yaml", "[Prepare it., Hold it.]", "[Hold it., Prepare it.]"),
        ("strategies.yaml", "phase: middle", "phase: final"),
        ("strategies.yaml", "phase: middle", "phase: middle\n  before_clearance: true"),
        ("scoring.yaml", "moderate: 2", "moderate: 3"),
        ("scoring.yaml", "likely: 4", "likely: 5"),
        ("scoring.yaml", "close: 2", "close: 3"),
        ("scoring.yaml", "value: 6", "value: 7"),
        ("scoring.yaml", "design choices.", "guesses."),
        ("references.yaml", "issued: 2018", "issued: 2019"),
        ("questions.yaml", "How has the mourning gone?", "How did it go?"),
        ("questions.yaml", "grief: Grief", "grief: Complicated grief"),
        ("ruleset.yaml", "name: mini", "name: other"),
        ("ruleset.yaml", '"1.0"', '"1.1"'),
    ],
)
def test_the_digest_changes_with_the_meaning(mini: Path, tmp_path: Path, file: str, old: str, new: str) -> None:
    """Any change of condition, consequence, strength, sentence, citation, points or wording gives another digest."""
    other = write(tmp_path / "other", {**MINI, file: changed_once(MINI[file], old, new)})
    assert digest_of(other) != digest_of(mini)


def test_a_folder_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules in a folder that nobody may read are a mistake with its place, and never left out."""
    folder = write(tmp_path, {**MINI, "more/further.yaml": "[]\n"})
    real = os.scandir

    def scandir(path: Any) -> Any:
        if str(path).endswith("more"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(RulesetError, match=r"more: this folder cannot be read$"):
        load_ruleset(folder)


def test_a_link_to_a_folder_is_followed_once(tmp_path: Path) -> None:
    """Rules in a folder that is linked are read, and a link in a circle ends."""
    elsewhere = write(tmp_path / "elsewhere", {"grief.yaml": MINI["evidence/grief.yaml"]})
    rest = {name: text for name, text in MINI.items() if name != "evidence/grief.yaml"}
    folder = write(tmp_path / "rules", rest)
    (folder / "linked").symlink_to(elsewhere)
    (elsewhere / "circle").symlink_to(folder)
    assert {rule.id for rule in load_ruleset(folder).rules} == {
        rule.id for rule in load_ruleset(write(tmp_path / "plain", MINI)).rules
    }
