"""YAML and JSON text as plain values that remember where they stood.

A small, strict YAML: mappings, lists, strings, ``true`` and ``false``, ``null``, decimal numbers. What surprises people in
YAML 1.1 (``no`` as false, ``012`` as ten, ``1:30`` as ninety), and what lets a small file grow large (aliases), is a problem with
a position and not a silent reading. JSON is read by the same rules, being YAML.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

import yaml

from ipt_rules.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_CHARACTERS: Final = 1_000_000
MAX_DEPTH: Final = 32
MAX_DIGITS: Final = 18
MAX_VALUES: Final = 100_000
MAX_PROBLEMS: Final = 200

Scalar: TypeAlias = str | int | float | bool | None
Plain: TypeAlias = "Scalar | list[Plain] | dict[str, Plain]"

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_NUMBER_IN_YAML_1_1 = re.compile(
    r"[-+]?(0[0-7_]+|0b[01_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?"
    r"|([0-9][0-9_]*(\.[0-9_]*)?|\.[0-9_]+)([eE][-+]?[0-9]+)?|\.(inf|Inf|INF)|\.(nan|NaN|NAN))"
)
_TRUTH_IN_YAML_1_1 = frozenset(
    [
        "yes",
        "Yes",
        "YES",
        "no",
        "No",
        "NO",
        "on",
        "On",
        "ON",
        "off",
        "Off",
        "OFF",
        "y",
        "Y",
        "n",
        "N",
        "True",
        "TRUE",
        "False",
        "FALSE",
    ]
)
_IN_OTHER_WORDS: Final = {
    "\\t": "a tab stands here; YAML is indented with spaces",
    "<block end>": "this line is indented differently from those above it",
    "mapping values are not allowed": "a colon is not expected here; put quotes around a text that has one",
    "could not find expected ':'": "a colon is missing after the name of a question",
    "unexpected end of stream": "a quotation mark or a bracket is not closed",
    "expected ',' or": "a comma or a closing bracket is missing",
}
_STRING_TAG = "tag:yaml.org,2002:str"


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a document with its place (1-based line and column)."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class ScalarNode(Node):
    """A string, number, truth value or null."""

    value: Scalar


@dataclass(frozen=True, slots=True)
class ListNode(Node):
    """A list."""

    items: list[ValueNode] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class MappingNode(Node):
    """A mapping; ``keys`` holds the node of each key, for its place."""

    items: dict[str, ValueNode] = field(default_factory=dict)
    keys: dict[str, ScalarNode] = field(default_factory=dict)


ValueNode: TypeAlias = ScalarNode | ListNode | MappingNode


class DocumentReader:
    """Reads one text; what is wrong with it is collected in ``problems``.

    Args:
        text: the whole document.
        file: its name as the caller knows it, for the problems.
        quote: whether problems may repeat words of the document. Off for intakes: their text is a patient's.

    """

    def __init__(self, text: str, file: str = "", *, quote: bool = True) -> None:
        self.file = file
        self.quote = quote
        self.problems: list[Problem] = []
        self._text = text

    def read(self) -> ValueNode | None:
        """Return the document's value, or None where it cannot be parsed at all (then ``problems`` says why)."""
        if len(self._text) > MAX_CHARACTERS:
            self._problem(1, 1, f"the file is larger than {MAX_CHARACTERS:,} characters; split it")
            return None
        try:
            return self._document(yaml.parse(self._text, Loader=yaml.SafeLoader))
        except _TooDeepError as deep:
            self._problem(deep.line, deep.column, f"nested more than {MAX_DEPTH} levels deep")
        except _TooMuchError:
            self._problem(
                1, 1, f"there are more than {MAX_VALUES:,} values or {MAX_PROBLEMS} problems; the rest was not read"
            )
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            self._problem(line, column, f"this is not well-formed YAML{self._said(error.problem or '')}")
        except yaml.YAMLError:
            self._problem(1, 1, "the text holds characters that YAML does not allow, such as control characters")
        return None

    def _said(self, problem: str) -> str:
        """Return the parser's own words, or, where nothing of the text may be repeated, what they come to."""
        if self.quote:
            return f": {problem}" if problem else ""
        return next((f": {what}" for words, what in _IN_OTHER_WORDS.items() if words in problem), "")

    def _problem(self, line: int, column: int, what: str) -> None:
        self.problems.append(Problem(self.file, line, column, "", what))

    def _document(self, events: Iterator[yaml.Event]) -> ValueNode | None:
        root: ValueNode | None = None
        documents = 0
        open_nodes: list[ListNode | MappingNode] = []
        open_keys: list[ScalarNode | None] = []
        for number, event in enumerate(events):
            if number > MAX_VALUES or len(self.problems) > MAX_PROBLEMS:
                raise _TooMuchError
            mark = event.start_mark
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents == 2:
                    self._problem(line, column, "a second document starts here; one file holds one document")
                continue
            if isinstance(event, yaml.CollectionEndEvent):
                open_nodes.pop()
                open_keys.pop()
                continue
            node = self._node(event, line, column)
            if node is None:
                continue
            if open_nodes:
                self._attach(open_nodes[-1], open_keys, node)
            elif documents == 1:
                root = node
            if isinstance(node, ListNode | MappingNode):
                open_nodes.append(node)
                open_keys.append(None)
                if len(open_nodes) > MAX_DEPTH:
                    raise _TooDeepError(line, column)
        return root

    def _node(self, event: yaml.Event, line: int, column: int) -> ValueNode | None:
        if isinstance(event, yaml.AliasEvent):
            self._problem(line, column, "an alias (*) is not allowed; write the value out")
            return ScalarNode(line, column, None)
        if not isinstance(event, yaml.NodeEvent):
            return None
        if event.anchor is not None:
            self._problem(line, column, "an anchor (&) is not allowed; write the value out where it is needed")
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag not in (
            None,
            "!",
            _STRING_TAG,
        ):
            self._problem(line, column, "a tag (!) is not allowed; write a plain value")
        if isinstance(event, yaml.ScalarEvent):
            plain = event.implicit[0] and event.style is None
            text = event.value if plain else self._quoted(event.value, line, column)
            if self.quote:
                text = self._printable(text, line, column)
            return ScalarNode(line, column, self._plain(text, line, column) if plain else text)
        return ListNode(line, column) if isinstance(event, yaml.SequenceStartEvent) else MappingNode(line, column)

    def _attach(self, parent: ListNode | MappingNode, open_keys: list[ScalarNode | None], node: ValueNode) -> None:
        if isinstance(parent, ListNode):
            parent.items.append(node)
            return
        key = open_keys[-1]
        if key is None:
            if not isinstance(node, ScalarNode):
                self._problem(node.line, node.column, "a key must be a single word")
                node = ScalarNode(node.line, node.column, "?")
            open_keys[-1] = node
            return
        open_keys[-1] = None
        name = key.value if isinstance(key.value, str) else json.dumps(key.value)
        if name in parent.items:
            shown = f"'{name}'" if self.quote else "this key"
            first = parent.keys[name].line
            self._problem(key.line, key.column, f"{shown} is given twice; the first is on line {first}")
            return
        parent.items[name] = node
        parent.keys[name] = key

    def _plain(self, text: str, line: int, column: int) -> Scalar:
        if text in ("", "~", "null"):
            return None
        if text in ("true", "false"):
            return text == "true"
        if _NUMBER.fullmatch(text):
            return self._number(text, line, column)
        if text in _TRUTH_IN_YAML_1_1:
            shown = f"'{text}'" if self.quote else "this word"
            self._problem(
                line,
                column,
                f"{shown} is read differently by different YAML versions; write true or false, or quote it",
            )
        elif _NUMBER_IN_YAML_1_1.fullmatch(text):
            shown = f"'{text}'" if self.quote else "this"
            self._problem(
                line,
                column,
                f"{shown} is a number in some YAML versions only; write a plain decimal number, or quote it",
            )
        elif text in ("Null", "NULL"):
            self._problem(line, column, "write null")
        return text

    def _number(self, text: str, line: int, column: int) -> int | float:
        if text.lstrip("-").isdigit():
            if len(text.lstrip("-")) <= MAX_DIGITS:
                return int(text)
        elif math.isfinite(value := float(text)):
            return value
        self._problem(
            line, column, f"this number is too large to be meant; a whole number has at most {MAX_DIGITS} digits"
        )
        return 0

    def _printable(self, text: str, line: int, column: int) -> str:
        """Refuse what a terminal would obey or a reader could not see: escapes, and marks that turn the direction of a line."""
        kept = "".join(sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cf", "Cs"))
        if kept != text:
            self._problem(line, column, "this text holds a control character; take it out")
        return kept

    def _quoted(self, text: str, line: int, column: int) -> str:
        """Join the halves in which JSON escapes write a character beyond the first 65,536."""
        try:
            return text.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            self._problem(line, column, "this text holds half of a character (an unpaired surrogate)")
            return ""


class _TooMuchError(Exception):
    pass


class _TooDeepError(Exception):
    def __init__(self, line: int, column: int) -> None:
        super().__init__()
        self.line = line
        self.column = column


def plain(node: ValueNode | None) -> Plain:
    """Return the value without its places."""
    if isinstance(node, MappingNode):
        return {key: plain(value) for key, value in node.items.items()}
    if isinstance(node, ListNode):
        return [plain(item) for item in node.items]
    return node.value if node is not None else None


def below(node: ValueNode | None, steps: tuple[str | int, ...]) -> ValueNode | None:
    """Return the value that the steps lead to, or None."""
    for step in steps:
        if isinstance(node, MappingNode) and isinstance(step, str):
            node = node.items.get(step)
        elif isinstance(node, ListNode) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
        else:
            return None
    return node


def place(node: ValueNode | None, steps: tuple[str | int, ...]) -> tuple[int, int]:
    """Return line and column of the value that the steps lead to (its key's, in a mapping), or of the nearest one above it."""
    for length in range(len(steps), 0, -1):
        holder, last = below(node, steps[: length - 1]), steps[length - 1]
        if isinstance(holder, MappingNode) and last in holder.keys:
            return holder.keys[str(last)].line, holder.keys[str(last)].column
        found = below(node, steps[:length])
        if found is not None:
            return found.line, found.column
    return (node.line, node.column) if node is not None else (0, 0)
