"""Mistakes in rule files: each of them is told at its place, all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ipt_rules import RulesetError, load_ruleset
from ipt_rules.documents import MAX_CHARACTERS
from tests.helpers import MINI, ONE_RULE, RULES, changed_once, mistakes_in, write, write_mini

if TYPE_CHECKING:
    from pathlib import Path


def _with_rule(folder: Path, old: str = "", new: str = "") -> list[tuple[str, int, int, str, str]]:
    """Return what is wrong with the small rule set once it has one more rule, with one passage replaced."""
    write(folder, {"more.yaml": changed_once(ONE_RULE, old, new) if old else ONE_RULE})
    return mistakes_in(folder)


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
    write(mini, {name: ONE_RULE})
    assert mistakes_in(mini) == [(name, 0, 0, "", "rule files end in .yaml; rename it, or nobody reads it")]
