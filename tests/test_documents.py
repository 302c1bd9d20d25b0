"""Reading YAML and JSON text: values, places, and everything that is refused."""

from __future__ import annotations

import json
from datetime import date

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ipt_rules.documents import MAX_CHARACTERS, MAX_DEPTH, DocumentReader, ListNode, Plain, ScalarNode, place, plain

# YAML knows no DEL character, and escapes beyond the first plane have a test of their own
_TEXT = st.text(st.characters(max_codepoint=0xFFFF, exclude_characters="\x7f", exclude_categories=["Cs"]), max_size=20)
_NUMBERS = st.integers(-(10**18) + 1, 10**18 - 1) | st.integers(-(10**6), 10**6).map(lambda number: number / 8)
_JSON: st.SearchStrategy[Plain] = st.recursive(
    st.none() | st.booleans() | _NUMBERS | _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=20,
)


def _read(text: str, *, quote: bool = True) -> tuple[Plain, list[tuple[int, int, str]]]:
    reader = DocumentReader(text, "a.yaml", quote=quote)
    root = reader.read()
    assert all(problem.file == "a.yaml" and problem.path == "" for problem in reader.problems)
    return plain(root), [(problem.line, problem.column, problem.what) for problem in reader.problems]


@settings(deadline=None)
@given(_JSON, st.sampled_from([None, 2]))
def test_json_is_read_as_what_it_says(value: Plain, indent: int | None) -> None:
    """Reading what ``json.dumps`` wrote gives the value back, whatever the layout."""
    assert _read(json.dumps(value, indent=indent), quote=False) == (value, [])


def test_json_escapes_of_characters_beyond_the_first_plane_are_read() -> None:
    """JSON writes such a character as two escapes, and they are read as the one character they mean."""
    assert _read(json.dumps({"note": "😀"})) == ({"note": "😀"}, [])


@pytest.mark.parametrize("number", [0.30000000000000004, -0.30000000000000004, 2.718281828459045e-10])
def test_a_float_that_python_writes_is_not_too_long(number: float) -> None:
    """A number of at most 18 digits is read; its point and its signs are no digits."""
    assert _read(json.dumps(number)) == (number, [])


@settings(deadline=None)
@given(st.text("0123456789.:_+-xobinfNAaTtrueYynol~", min_size=1, max_size=8))
def test_no_plain_word_is_silently_read_otherwise_than_in_yaml_1_1(word: str) -> None:
    """What PyYAML takes for a number, a truth value or null is read as the same, or it is a problem."""
    try:
        loaded = yaml.safe_load(f"- {word}\n")
    except (yaml.YAMLError, ValueError):
        assume(False)
    assume(isinstance(loaded, list) and len(loaded) == 1 and not isinstance(loaded[0], list | dict))
    value, problems = _read(f"- {word}\n")
    if not problems and not isinstance(loaded[0], str | date):
        assert isinstance(value, list)
        assert (type(value[0]), value[0]) == (type(loaded[0]), loaded[0])


@pytest.mark.parametrize("word", [".5e+3", "1.e+3", "+1.5e+3", "1_0.5e+3"])
def test_a_number_with_exponent_that_is_one_in_yaml_1_1_only_is_refused(word: str) -> None:
    """A float of YAML 1.1 that is no plain decimal number is a problem and not a text."""
    assert isinstance(yaml.safe_load(word), float)
    assert [(line, column) for line, column, _ in _read(word)[1]] == [(1, 1)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-03-14", "2026-03-14"),
        ("2026-03", "2026-03"),
        ("2026", 2026),
        ("-7", -7),
        ("1.50", 1.5),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("a:", {"a": None}),
        ("'no'", "no"),
        ('"012"', "012"),
        ("!!str 12", "12"),
        ("losses[0].mourning", "losses[0].mourning"),
        ("a: >\n  two\n  lines\n", {"a": "two lines\n"}),
        ("1: a", {"1": "a"}),
        ("---\na: [1, {b: c}]\n...\n", {"a": [1, {"b": "c"}]}),
        ("", None),
        ("# nothing but a comment\n", None),
    ],
)
def test_plain_values_are_read_without_surprises(text: str, value: Plain) -> None:
    """Dates stay text, quoted words stay text, and only true, false, null and decimal numbers are more than text."""
    found, problems = _read(text)
    assert (type(found), found, problems) == (type(value), value, [])


@pytest.mark.parametrize(
    ("text", "line", "column", "what"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, 1, "'a' is given twice; the first is on line 1"),
        ("a: 1\n'a': 3\n", 2, 1, "'a' is given twice; the first is on line 1"),
        ("a: &x 1\n", 1, 4, "an anchor (&) is not allowed; write the value out where it is needed"),
        ("a: &x [1]\n", 1, 4, "an anchor (&) is not allowed; write the value out where it is needed"),
        ("a: !!python/name:os.system x\n", 1, 4, "a tag (!) is not allowed; write a plain value"),
        ("- !mine {a: 1}\n", 1, 3, "a tag (!) is not allowed; write a plain value"),
        ("a: 1\n---\nb: 2\n", 2, 1, "a second document starts here; one file holds one document"),
        ("? [a]\n: 1\n", 1, 3, "a key must be a single word"),
        ("{{a: 1}: 2}", 1, 2, "a key must be a single word"),
        ("a: Null\n", 1, 4, "write null"),
        ("- 1234567890123456789\n", 1, 3, "this number is too large to be meant; a whole number has at most 18 digits"),
    ],
)
def test_what_is_no_plain_document_is_a_problem_at_its_place(text: str, line: int, column: int, what: str) -> None:
    """Duplicate keys, anchors, tags, second documents, composed keys and endless numbers are told with line and column."""
    assert _read(text)[1] == [(line, column, what)]


def test_an_alias_is_refused_beside_its_anchor() -> None:
    """An alias is a problem at its own place, and stands for nothing."""
    value, problems = _read("a: &x 1\nb: *x\n")
    assert value == {"a": 1, "b": None}
    assert [(line, column) for line, column, _ in problems] == [(1, 4), (2, 4)]
    assert problems[1][2] == "an alias (*) is not allowed; write the value out"


@pytest.mark.parametrize("word", ["yes", "No", "ON", "off", "y", "N", "True", "FALSE"])
def test_the_truth_words_of_yaml_1_1_are_refused(word: str) -> None:
    """A word that some YAML versions take for a truth value is a problem, as value and as key."""
    what = f"'{word}' is read differently by different YAML versions; write true or false, or quote it"
    assert _read(f"a: {word}\n")[1] == [(1, 4, what)]
    assert _read(f"{word}: 1\n")[1] == [(1, 1, what)]


@pytest.mark.parametrize(
    "word", ["012", "08", "0x1F", "0b11", "1:30", "1_000", "+5", ".5", "5.", ".inf", "-.INF", ".nan", "-012"]
)
def test_the_numbers_of_yaml_1_1_are_refused(word: str) -> None:
    """A word that is a number in some YAML versions only is a problem."""
    what = f"'{word}' is a number in some YAML versions only; write a plain decimal number, or quote it"
    assert _read(f"- {word}\n")[1] == [(1, 3, what)]


def test_all_problems_of_one_text_are_collected() -> None:
    """One reading tells every problem, in reading order."""
    problems = _read("a: yes\nb: 012\na: 1\nc: !x y\n")[1]
    assert [(line, column) for line, column, _ in problems] == [(1, 4), (2, 4), (3, 1), (4, 4)]


def test_nesting_is_limited() -> None:
    """The deepest level that is allowed is read, and the next one is a problem where it begins."""
    deepest = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert _read(deepest)[1] == []
    assert _read(f"[{deepest}]") == (None, [(1, MAX_DEPTH + 1, f"nested more than {MAX_DEPTH} levels deep")])


def test_very_deep_nesting_is_a_problem_and_no_crash() -> None:
    """A text that nests hundreds of thousands of levels is refused as any other that nests too deeply."""
    assert _read("[" * 200_000) == (None, [(1, MAX_DEPTH + 1, f"nested more than {MAX_DEPTH} levels deep")])


def test_size_is_limited() -> None:
    """A text of one character more than is allowed is refused unread."""
    assert _read("#" * MAX_CHARACTERS) == (None, [])
    assert _read("#" * (MAX_CHARACTERS + 1)) == (
        None,
        [(1, 1, "the file is larger than 1,000,000 characters; split it")],
    )


def test_a_syntax_error_has_the_place_of_what_is_wrong() -> None:
    """Text that is no YAML is told with the parser's own line and column."""
    value, [(line, column, what)] = _read("a: 1\nb: ]\n")
    assert (value, line, column) == (None, 2, 4)
    assert what.startswith("this is not well-formed YAML: ")


def test_control_characters_are_refused() -> None:
    """A character that YAML does not allow makes the whole text a problem."""
    what = "the text holds characters that YAML does not allow, such as control characters"
    assert _read("a: \x07\n") == (None, [(1, 1, what)])


@pytest.mark.parametrize(
    "text",
    [
        "MARKED: 1\nMARKED: 2\n",
        "a: &MARKED 1\n",
        "a: *MARKED\n",
        "a: !MARKED b\n",
        "a: !!MARKED b\n",
        "MARKED: [\n",
        "MARKED: 'open\n",
        'a: "\\MARKED"\n',
        "a: MARKED: b\n",
        "%TAG !MARKED\n---\na: 1\n",
        "\tMARKED: a\n",
        "? [MARKED]\n: 1\n",
        "a: MARKED\n---\nb: 2\n",
        "MARKED: `MARKED`\n",
        "MARKED: \x07\n",
        "[" * 40 + "MARKED",
    ],
)
def test_nothing_of_the_text_is_repeated_unless_it_may_be_quoted(text: str) -> None:
    """With ``quote=False`` no problem repeats a word of the document, whatever is wrong with it."""
    problems = _read(text, quote=False)[1]
    assert problems
    assert not [what for _, _, what in problems if "MARKED" in what]


@pytest.mark.parametrize("word", ["012", "yes", "1:30", "0x1F"])
def test_a_surprising_word_is_not_repeated_unless_it_may_be_quoted(word: str) -> None:
    """With ``quote=False`` a surprising word is told by its place alone."""
    [(line, column, what)] = _read(f"a: {word}\n", quote=False)[1]
    assert (line, column) == (1, 4)
    assert word not in what


@pytest.mark.parametrize(
    ("steps", "where"),
    [
        ((), (2, 1)),
        (("losses",), (2, 1)),
        (("losses", 0), (3, 5)),
        (("losses", 1, "kind"), (4, 12)),
        (("losses", 1, "mourning"), (4, 5)),
        (("losses", 7), (2, 1)),
        (("view", "note"), (2, 1)),
    ],
)
def test_the_place_of_a_value_is_that_of_its_key_or_of_the_nearest_thing_above(
    steps: tuple[str | int, ...], where: tuple[int, int]
) -> None:
    """A place is the key's, an entry's own, or that of the nearest value above where there is none."""
    root = DocumentReader("# a comment\nlosses:\n  - kind: death\n  - {a: b, kind: c}\n").read()
    assert place(root, steps) == where


def test_nothing_has_no_place() -> None:
    """Where there is no document, line and column are 0."""
    assert place(None, ("losses",)) == (0, 0)


def test_nodes_know_their_places() -> None:
    """Lists and scalars hold the 1-based line and column at which they begin."""
    root = DocumentReader("- a\n-   b\n").read()
    assert root == ListNode(1, 1, [ScalarNode(1, 3, "a"), ScalarNode(2, 5, "b")])
