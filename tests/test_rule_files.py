"""Rule sets on disk: what is read, every mistake at its place, building on another, and the digest of the meaning."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from ipt_rules import RulesetError, load_ruleset
from ipt_rules.documents import MAX_CHARACTERS
from ipt_rules.ruleset.conditions import All, Comparison, Some
from ipt_rules.ruleset.consequences import Evidence, Proposal, Window
from ipt_rules.ruleset.model import Citation
from ipt_rules.ruleset.reading import LAST_IN_ORDER
from tests.helpers import MINI, changed_once, digest_of, mistakes_in, write, write_mini

if TYPE_CHECKING:
    from pathlib import Path

RULES = "evidence/grief.yaml"
_RULE = """\
- id: more.of-it
  for: loss
  when: {loss.sudden: true}
  supports: grief
  strength: slight
  because: It was sudden.
  basis: manual
  cites: [{ref: manual, at: ch. 5, seen: read}]
"""
"""One more valid rule: eight lines, each key at column 3."""


@pytest.fixture
def mini(tmp_path: Path) -> Path:
    """The small valid rule set, in a folder of its own."""
    return write_mini(tmp_path / "mini")


def _with_rule(folder: Path, old: str = "", new: str = "") -> list[tuple[str, int, int, str, str]]:
    """Return what is wrong with the small rule set once it has one more rule, with one passage replaced."""
    write(folder, {"more.yaml": changed_once(_RULE, old, new) if old else _RULE})
    return mistakes_in(folder)


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
    write(mini, {"more.yaml": changed_once(_RULE, "{loss.sudden: true}", written)})
    assert load_ruleset(mini).rule("more.of-it").condition == read


def test_what_a_rule_may_ask_about_not_knowing(mini: Path) -> None:
    """Rules that ask or note may look at what was not asked."""
    asks = changed_once(
        changed_once(_RULE, "{loss.sudden: true}", "{loss.kind: {known: false}}"), "strength: slight\n  ", ""
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


# ── every mistake at its place ───────────────────────────────────────────────────────────────────────────────────────────

_PLANTED = {
    "ruleset.yaml": "name: planted\nversion: 1.0\nlanguage: 1\nextends: ../nowhere\n",
    "scoring.yaml": """\
note: These numbers are design choices.
points: {slight: 1, moderate: many, strong: 4, decisive: 6}
levels: {possible: 1, likely: 4, strong: 8}
close: 2
numbers:
  recent_event: {value: 6, why: a design choice}
""",
    "references.yaml": """\
manual:
  type: book
  title: A manual
  author: unknown
  seen: reed
""",
    "questions.yaml": """\
questions:
  loss.morning: How has the mourning gone?
""",
    "a.yaml": """\
- id: Grief
  for: loss
  when:
    loss.mourningg: stalled
    loss.kind: deth
    loss.sudden: maybe
    patient.phq9: {at_least: 28}
    tie.closeness: {in: [close]}
    loss.months_since: {at_leest: 3}
    dispute.violence: true
    any: {loss.sudden: true}
  supports: grieff
  strength: strong
  because: About {patient}.
  basis: manual
  cites: [{ref: manuall, at: ch. 5, seen: read}]
- id: b
  for: loss
  when: {loss.kind: {known: true}, loss.months_since: {at_most: resent_event}}
  holds_back: grief
  basis: inference
  cites: []
  becase: red
- just a word
""",
    "b.yaml": "- id: c\n  id: d\n",
    "c.yml": "[]\n",
}

_KINDS = "loss, dispute, change, isolation, patient, standing, focus, checkin, event"
_CONSEQUENCES = "supports, opposes, stage, caution, ask, holds_back, propose, goal, formulate, link, advise"

_FOUND = [
    (
        "a.yaml",
        1,
        7,
        "Grief.id",
        "an id is lower-case words joined by - and separated by dots, such as grief.sudden-death",
    ),
    ("a.yaml", 4, 5, "Grief.when", "unknown field 'loss.mourningg'; did you mean 'loss.mourning'?"),
    ("a.yaml", 5, 16, "Grief.when.loss.kind", "'deth' is not one of its words; did you mean 'death'?"),
    ("a.yaml", 6, 18, "Grief.when.loss.sudden", "must be true or false"),
    (
        *("a.yaml", 7, 30, "Grief.when.patient.phq9"),
        "28 lies outside the field: whole number from 0 to 27 (points)",
    ),
    (
        *("a.yaml", 8, 21, "Grief.when.tie.closeness"),
        "'in' takes a choice without order, and this is distant < close < closest; use between",
    ),
    ("a.yaml", 9, 25, "Grief.when.loss.months_since", "unknown operator 'at_leest'; did you mean 'at_least'?"),
    (
        *("a.yaml", 10, 5, "Grief.when"),
        "'dispute.violence' is no field of a loss row; it belongs to rules for: dispute, focus",
    ),
    ("a.yaml", 11, 10, "Grief.when.any", "'any' takes a list with at least one entry"),
    ("a.yaml", 12, 13, "Grief.supports", "'grieff' is not a value of 'supports'; did you mean 'grief'?"),
    ("a.yaml", 14, 12, "Grief.because", "'{patient}' is no placeholder; write {person} or {subject}"),
    ("a.yaml", 16, 17, "Grief.cites[0].ref", "'manuall' is not in references.yaml; did you mean 'manual'?"),
    ("a.yaml", 17, 3, "b.because", "'because' is missing"),
    (
        *("a.yaml", 19, 22, "b.when.loss.kind"),
        "'known' is for rules that ask, note or formulate; nothing that counts may rest on what was not asked",
    ),
    (
        *("a.yaml", 19, 65, "b.when.loss.months_since"),
        "'resent_event' is no number, and no name under 'numbers' in scoring.yaml; did you mean 'recent_event'?",
    ),
    ("a.yaml", 20, 3, "b", "'holds_back' is for rules for: standing; this one is for: loss"),
    ("a.yaml", 22, 10, "b.cites", "must be a list with at least one entry"),
    ("a.yaml", 23, 3, "b", "unknown key 'becase'; did you mean 'because'?"),
    ("a.yaml", 24, 3, "[2]", "a rule is a mapping that begins with 'id:'"),
    ("b.yaml", 1, 3, "c", f"a rule has one consequence, and this one has none; one of: {_CONSEQUENCES}"),
    ("b.yaml", 1, 3, "c.basis", "'basis' is missing; one of: article, manual, study, guideline, inference"),
    ("b.yaml", 1, 3, "c.because", "'because' is missing"),
    ("b.yaml", 1, 3, "c.cites", "'cites' is missing; a list"),
    ("b.yaml", 1, 3, "c.for", f"'for' is missing; one of: {_KINDS}"),
    ("b.yaml", 1, 3, "c.when", "'when' is missing; a mapping of fields, or the word 'always'"),
    ("b.yaml", 2, 3, "", "'id' is given twice; the first is on line 1"),
    ("c.yml", 0, 0, "", "rule files end in .yaml; rename it, or nobody reads it"),
    (
        "questions.yaml",
        2,
        3,
        "questions.loss.morning",
        "neither an intake nor a check-in asks such a question; did you mean 'loss.mourning'?",
    ),
    ("references.yaml", 2, 3, "manual.issued", "'issued' is missing; write 'unknown' when nobody has seen it"),
    ("references.yaml", 5, 9, "manual.seen", "'reed' is not a value of 'seen'; did you mean 'read'?"),
    ("ruleset.yaml", 2, 10, "version", 'must be text; in quotes, such as "1.0"'),
    (
        *("ruleset.yaml", 4, 10, "extends"),
        "there is no rule set in that folder; write 'ipt-rules' or a folder, seen from this one",
    ),
    ("scoring.yaml", 2, 31, "points.moderate", "must be a whole number from 1 to 100"),
]


def test_all_mistakes_of_all_files_are_told_at_once_each_at_its_place(tmp_path: Path) -> None:
    """Thirty-three planted mistakes of different kinds give exactly these problems: file, line, column, path and wording."""
    assert len(_FOUND) == 33
    assert mistakes_in(write(tmp_path, _PLANTED)) == _FOUND


def test_a_problem_is_written_as_file_line_column_path_and_what(tmp_path: Path) -> None:
    """The message of the error has a heading with the number of mistakes and one line for each."""
    folder = write_mini(tmp_path, rules=changed_once(MINI[RULES], "opposes: grief", "opposes: grieff"))
    with pytest.raises(RulesetError) as raised:
        load_ruleset(folder)
    assert str(raised.value).splitlines() == [
        f"The rule set in {folder} has 1 mistake:",
        f"  {folder}/{RULES}:18:12: grief.settled.opposes: 'grieff' is not a value of 'opposes'; did you mean 'grief'?",
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "path", "what"),
    [
        ("id: more.of-it", "id: 5", 1, 7, "[0].id", "must be text; such as grief.sudden-death"),
        ("for: loss", "for: lose", 2, 8, ".for", "'lose' is not a value of 'for'; did you mean 'loss'?"),
        (
            "{loss.sudden: true}",
            "{}",
            3,
            9,
            ".when",
            "must be a mapping of fields to what they should be, or the word 'always'",
        ),
        (
            "{loss.sudden: true}",
            "{sudden: true}",
            3,
            10,
            ".when",
            "unknown field 'sudden'; did you mean 'loss.sudden'?",
        ),
        (
            *("{loss.sudden: true}", "{not: {loss.sudden: true}}", 3, 10, ".when"),
            "there is no 'not'; use 'none:' with a list, or is_not / not_in",
        ),
        (
            "{loss.sudden: true}",
            "{loss.kind: [death]}",
            3,
            21,
            ".when.loss.kind",
            "'is' takes one value; for several write in: [ … ]",
        ),
        (
            *("{loss.sudden: true}", "{loss.kind: {in: death}}", 3, 26, ".when.loss.kind"),
            "'in' takes a list [ … ] with at least one entry",
        ),
        ("{loss.sudden: true}", "{loss.kind: {in: [job, job]}}", 3, 32, ".when.loss.kind", "the same word twice"),
        (
            *("{loss.sudden: true}", "{loss.sudden: {at_least: true}}", 3, 24, ".when.loss.sudden"),
            "'at_least' needs an order, and this is true or false; use is, is_not, in or not_in",
        ),
        (
            *("{loss.sudden: true}", "{loss.sudden: {}}", 3, 23, ".when.loss.sudden"),
            "an empty mapping says nothing; write an operator such as at_least: 2",
        ),
        (
            *("{loss.sudden: true}", "{patient.phq9: {between: [9, 5]}}", 3, 34, ".when.patient.phq9"),
            "'between' takes [low, high], both included, with low not above high",
        ),
        (
            *("{loss.sudden: true}", "{patient.phq9: 1.5}", 3, 24, ".when.patient.phq9"),
            "must be a whole number from 0 to 27 (points)",
        ),
        (
            *("{loss.sudden: true}", "{patient.phq9: {more_than: 27}}", 3, 36, ".when.patient.phq9"),
            "nothing is more than this: the field is a whole number from 0 to 27 (points)",
        ),
        (
            *("{loss.sudden: true}", "{any: [loss.sudden]}", 3, 16, ".when.any[0]"),
            "must be a mapping of fields to what they should be, or the word 'always'",
        ),
        (
            "strength: slight",
            "strength: weak",
            5,
            13,
            ".strength",
            "'weak' is not a value of 'strength'; known are: slight, moderate, strong, decisive",
        ),
        (
            "  strength: slight\n",
            "",
            1,
            3,
            ".strength",
            "'strength' is missing; one of: slight, moderate, strong, decisive",
        ),
        ("because: It was sudden.", "because: ' '", 6, 12, ".because", "must be text"),
        (
            "because: It was sudden.",
            "because: '{'",
            6,
            12,
            ".because",
            "'{' is no placeholder; write {person} or {subject}",
        ),
        (
            "seen: read",
            "seen: heard",
            8,
            42,
            ".cites[0].seen",
            "'heard' is not a value of 'seen'; did you mean 'read'?",
        ),
        ("at: ch. 5, ", "", 8, 11, ".cites[0].at", "'at' is missing; the chapter, section or page"),
        ("seen: read", "seen: read, page: 5", 8, 48, ".cites[0]", "unknown key 'page'; known are: at, ref, seen"),
        ("supports: grief", "supports: grief\n  replaces: 1", 5, 13, ".replaces", "must be true or false"),
    ],
)
def test_a_mistake_in_a_rule_is_one_problem_at_its_place(  # a table's columns
    mini: Path, old: str, new: str, line: int, column: int, path: str, what: str
) -> None:
    """Each mistake alone gives one problem, and nothing that only follows from it."""
    whole_path = path if path.startswith("[") else f"more.of-it{path}"
    assert _with_rule(mini, old, new) == [("more.yaml", line, column, whole_path, what)]


_GATE_MISSING = (
    "'gate' is missing; one of: suicide_risk, harm_to_others, psychosis, mania, substance_dependence, abuse, "
    "cognitive_impairment, medical_cause_open, medical_risk_of_eating_disorder, minor, below_threshold"
)


@pytest.mark.parametrize(
    ("consequence", "line", "column", "path", "what"),
    [
        (
            *("caution: refer", 1, 3, ".gate"),
            _GATE_MISSING,
        ),
        ("caution: note\n  gate: abuse", 5, 9, ".gate", "only a caution of kind refer has a gate"),
        ("caution: refer\n  gate: abuze", 5, 9, ".gate", "'abuze' is not a value of 'gate'; did you mean 'abuse'?"),
        ("ask: What of {whom}?", 4, 8, ".ask", "'{whom}' is no placeholder; write {person} or {subject}"),
        ("stage: impasse", 4, 3, "", "'stage' is for rules for: dispute; this one is for: loss"),
        ("holds_back: deficits", 4, 3, "", "'holds_back' is for rules for: standing; this one is for: loss"),
    ],
)
def test_a_mistake_in_a_consequence_is_one_problem(
    mini: Path, consequence: str, line: int, column: int, path: str, what: str
) -> None:
    """Gates, placeholders and the kinds of row that a consequence is for are checked, each at its place."""
    found = _with_rule(mini, "supports: grief\n  strength: slight", consequence)
    assert found == [("more.yaml", line, column, f"more.of-it{path}", what)]


@pytest.mark.parametrize("more", ["opposes: grief", "ask: What was lost?"])
def test_two_consequences_are_one_mistake(mini: Path, more: str) -> None:
    """A rule with two consequences is told so once; neither of them is an unknown key."""
    word = more.partition(":")[0]
    what = f"a rule has one consequence, and this one has supports, {word}; one of: {_CONSEQUENCES}"
    assert _with_rule(mini, "strength: slight", f"strength: slight\n  {more}") == [
        ("more.yaml", 1, 3, "more.of-it", what)
    ]


def test_a_misspelt_consequence_is_told_without_calling_its_companions_unknown(mini: Path) -> None:
    """The misspelt word is told with the right one, and the strength that goes with it is no mistake."""
    found = _with_rule(mini, "supports: grief", "suports: grief")
    assert ("more.yaml", 4, 3, "more.of-it", "unknown key 'suports'; did you mean 'supports'?") in found
    assert [what for *_, what in found if "'strength'" in what] == []


@pytest.mark.parametrize(
    ("new", "key"),
    [
        ("ask: What was lost?\n  strength: slight", "strength"),
        ("caution: note\n  evidence: x", "evidence"),
        ("ask: What?\n  gate: abuse", "gate"),
    ],
)
def test_a_key_that_does_not_go_with_the_consequence_is_not_suggested_for_itself(
    mini: Path, new: str, key: str
) -> None:
    """A known key in the wrong company is one mistake, and the hint is not the key itself."""
    [(file, line, column, path, what)] = _with_rule(mini, "supports: grief\n  strength: slight", new)
    assert (file, line, column, path) == ("more.yaml", 5, 3, "more.of-it")
    assert f"did you mean '{key}'" not in what


def test_an_unknown_key_of_a_rule_is_not_sought_among_the_fields(mini: Path) -> None:
    """The hint for a key that resembles none does not send to the list of fields, where keys of rules do not stand."""
    [(*place, what)] = _with_rule(mini, "strength: slight", "strength: slight\n  xyzzy: 1")
    assert place == ["more.yaml", 6, 3, "more.of-it"]
    assert "ipt-rules fields" not in what


def test_a_language_that_is_not_read_is_told_with_the_one_that_is(tmp_path: Path) -> None:
    """A rule set in another version of the language is refused at its number."""
    text = changed_once(MINI["ruleset.yaml"], "language: 1", "language: 2")
    assert [entry[:4] for entry in mistakes_in(write_mini(tmp_path, ruleset=text))] == [
        ("ruleset.yaml", 3, 11, "language")
    ]


def test_a_rule_with_too_many_comparisons_is_refused(mini: Path) -> None:
    """A condition holds at most 64 comparisons."""
    many = "{any: [" + ", ".join("{loss.sudden: true}" for _ in range(65)) + "]}"
    what = "holds more than 64 comparisons; split the rule"
    assert _with_rule(mini, "{loss.sudden: true}", many) == [("more.yaml", 3, 9, "more.of-it.when", what)]


def test_an_id_belongs_to_one_rule(mini: Path) -> None:
    """A second rule of the same id is told with the place of the first, across files."""
    what = f"the id is taken by the rule at {mini}/{RULES}:15:3; ids must differ"
    assert _with_rule(mini, "more.of-it", "grief.settled") == [("more.yaml", 1, 3, "grief.settled", what)]


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "path", "what"),
    [
        ("sessions: {from: 5}", "sessions: {from: 0}", 4, 20, ".sessions.from", "must be a whole number from 1 to 60"),
        (
            "sessions: {from: 5}",
            "sessions: {after: 5}",
            4,
            14,
            ".sessions",
            "unknown key 'after'; known are: from, last, to",
        ),
        ("sessions: {from: 5}", "sessions: 5", 4, 13, ".sessions", "must be a mapping"),
        (
            "phase: middle",
            "phase: late",
            3,
            10,
            ".phase",
            "'late' is not a value of 'phase'; known are: every, initial, middle, final",
        ),
        ("Hold it.]", "5]", 9, 24, ".steps[1]", "must be text"),
        (
            "needs: {dispute.violence: false}",
            "needs: {dispute.violence: no one}",
            6,
            29,
            ".needs.dispute.violence",
            "must be true or false",
        ),
        (
            "aim: Hear both sides in the room.",
            "aim: Hear {both} sides.",
            8,
            8,
            ".aim",
            "'{both}' is no placeholder; write {person} or {subject}",
        ),
    ],
)
def test_a_mistake_in_a_strategy_is_one_problem(  # a table's columns
    tmp_path: Path, old: str, new: str, line: int, column: int, path: str, what: str
) -> None:
    """Window, phase, steps, needs and aim are checked, each at its place."""
    folder = write_mini(tmp_path, strategies=changed_once(MINI["strategies.yaml"], old, new))
    assert mistakes_in(folder) == [("strategies.yaml", line, column, f"middle.joint-session{path}", what)]


def test_a_window_of_sessions_that_ends_before_it_begins_is_a_mistake(tmp_path: Path) -> None:
    """A strategy that no session could ever propose is told."""
    text = changed_once(MINI["strategies.yaml"], "{from: 5}", "{from: 5, to: 3}")
    found = mistakes_in(write_mini(tmp_path, strategies=text))
    assert [(file, line) for file, line, *_ in found] == [("strategies.yaml", 4)]


@pytest.mark.parametrize(
    ("text", "line", "column", "what"),
    [
        ("- &a\n  id: x\n", 1, 3, "an anchor (&) is not allowed; write the value out where it is needed"),
        ("- *a\n", 1, 3, "an alias (*) is not allowed; write the value out"),
        ("- !!map {}\n", 1, 3, "a tag (!) is not allowed; write a plain value"),
        ("- !mine x\n", 1, 3, "a tag (!) is not allowed; write a plain value"),
        ("- {id: one,\n   id: two}\n", 2, 4, "'id' is given twice; the first is on line 1"),
        (
            "- {a: yes}\n",
            1,
            7,
            "'yes' is read differently by different YAML versions; write true or false, or quote it",
        ),
        (
            "- {a: 012}\n",
            1,
            7,
            "'012' is a number in some YAML versions only; write a plain decimal number, or quote it",
        ),
        (
            "- {a: 1:30}\n",
            1,
            7,
            "'1:30' is a number in some YAML versions only; write a plain decimal number, or quote it",
        ),
        ("#" * (MAX_CHARACTERS + 1), 1, 1, "the file is larger than 1,000,000 characters; split it"),
        ("[" * 33, 1, 33, "nested more than 32 levels deep"),
        ("[]\n---\n[]\n", 2, 1, "a second document starts here; one file holds one document"),
        ("\x07", 1, 1, "the text holds characters that YAML does not allow, such as control characters"),
        ("- id: ]\n", 1, 7, "this is not well-formed YAML: "),
    ],
)
def test_a_file_that_is_no_plain_yaml_is_refused_with_its_place(
    mini: Path, text: str, line: int, column: int, what: str
) -> None:
    """Aliases, anchors, tags, duplicate keys, words of YAML 1.1, and too large or too deep files are told by line and column."""
    write(mini, {"more.yaml": text})
    told = [(file, at, where, said) for file, at, where, path, said in mistakes_in(mini) if path == ""]
    assert [entry[:3] for entry in told] == [("more.yaml", line, column)]
    assert told[0][3].startswith(what)


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "null\n"])
def test_an_empty_rule_file_is_refused(mini: Path, text: str) -> None:
    """A rule file in which there is no rule is told, for its rules may have been lost."""
    write(mini, {"more.yaml": text})
    assert [file for file, *_ in mistakes_in(mini)] == ["more.yaml"]


@pytest.mark.parametrize("text", ["hello\n", "id: x\n"])
def test_a_rule_file_is_a_list(mini: Path, text: str) -> None:
    """A rule file with anything but a list is told at its start."""
    write(mini, {"more.yaml": text})
    assert mistakes_in(mini) == [("more.yaml", 1, 1, "", "a rule file is a list of rules; each begins with '- id: …'")]


def test_a_file_that_is_no_text_is_refused(mini: Path) -> None:
    """Bytes that are no UTF-8 are told by the file's name."""
    (mini / "more.yaml").write_bytes("- id: gr\u00fcn\n".encode("latin-1"))
    assert mistakes_in(mini) == [("more.yaml", 0, 0, "", "is no UTF-8 text")]


def test_a_very_large_file_is_refused_unread(mini: Path) -> None:
    """A file of more bytes than any allowed text can have is told by its name."""
    (mini / "more.yaml").write_bytes(b"\xff" * (4 * MAX_CHARACTERS + 1))
    assert mistakes_in(mini) == [("more.yaml", 0, 0, "", "the file is larger than 1,000,000 characters; split it")]


@pytest.mark.parametrize("name", ["more.yml", "deep/more.yml"])
def test_a_file_that_would_be_passed_over_by_its_ending_is_told(mini: Path, name: str) -> None:
    """A ``.yml`` file is refused, for nobody would read it."""
    write(mini, {name: _RULE})
    assert mistakes_in(mini) == [(name, 0, 0, "", "rule files end in .yaml; rename it, or nobody reads it")]


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


# ── building on another rule set ─────────────────────────────────────────────────────────────────────────────────────────


def _own(folder: Path, head: str = "", **files: str) -> Path:
    """Write a rule set that extends the small one, and return its folder."""
    write_mini(folder / "base")
    texts = {f"{name}.yaml": text for name, text in files.items()}
    return write(folder / "own", {"ruleset.yaml": _HEAD + head, **texts})


_HEAD = 'name: own\nversion: "2"\nlanguage: 1\nextends: ../base\n'
_REPLACING = changed_once(_RULE, "id: more.of-it", "id: grief.settled\n  replaces: true")


def test_a_rule_set_adds_to_the_one_that_it_extends(tmp_path: Path) -> None:
    """Rules, numbers and references of the base are there, and own ones beside them."""
    ruleset = load_ruleset(_own(tmp_path, more=_RULE))
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
        more=changed_once(_RULE, "more.of-it", "grief.settled"),
    )
    ruleset = load_ruleset(own)
    assert [rule.id for rule in ruleset.rules] == ["grief.held-back", "grief.settled"]
    assert ruleset.rule("grief.settled").because == "It was sudden."


def test_an_id_of_the_base_is_not_taken_by_accident(tmp_path: Path) -> None:
    """Without ``replaces: true`` an id of the base is a mistake that says so."""
    own = _own(tmp_path, more=changed_once(_RULE, "more.of-it", "grief.settled"))
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
    _own(tmp_path, more=_RULE)
    top = 'name: top\nversion: "3"\nlanguage: 1\nextends: ../own\ndrop: [more.of-it]\n'
    ruleset = load_ruleset(write(tmp_path / "top", {"ruleset.yaml": top, "again.yaml": _REPLACING}))
    assert [rule.id for rule in ruleset.rules] == ["grief.held-back", "grief.settled", "middle.joint-session"]
    assert ruleset.rule("grief.settled").because == "It was sudden."


def test_a_base_may_lie_inside_the_folder_of_the_rule_set(tmp_path: Path) -> None:
    """A folder within that is a rule set of its own is not read as rules of the outer one."""
    write(tmp_path, {"ruleset.yaml": changed_once(_HEAD, "../base", "base"), "more.yaml": _RULE})
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
