"""Reading mappings of a rule file key by key, with every mistake collected at its line and column."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Final

from ipt_rules.documents import ListNode, MappingNode, ScalarNode, ValueNode
from ipt_rules.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MAX_TEXT: Final = 2000
MAX_LISTED: Final = 12
"""The most words that a hint lists where there is something better to say."""


class Mistakes:
    """The mistakes of one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Problem] = []
        self._following = 0

    @property
    def count(self) -> int:
        """How many there are, with those that only follow from others."""
        return len(self.found) + self._following

    def add(self, node: ValueNode, path: str, what: str) -> None:
        """Note a mistake at a node."""
        self.found.append(Problem(self.file, node.line, node.column, path, what))

    def follow(self) -> None:
        """Count a mistake that only follows from one told elsewhere: nothing is told, and what holds it is not used."""
        self._following += 1


def one_of(words: Iterable[str]) -> str:
    """Return the words as a choice, for a message."""
    return ", ".join(words)


def closest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that another one resembles most, or None when it resembles none of them."""
    near = difflib.get_close_matches(word, [choice for choice in known if choice != word], n=1, cutoff=0.5)
    return near[0] if near else None


def nearest(word: str, known: Iterable[str], *, otherwise: str = "") -> str:
    """Return what would be right instead of an unknown word: the closest known one, or all of them.

    Args:
        word: the unknown word.
        known: the known ones.
        otherwise: what to say instead of a long list.

    """
    choices = list(known)
    near = closest(word, choices)
    if near is not None:
        return f"did you mean '{near}'?"
    if not choices:
        return "none is known"
    return otherwise if otherwise and len(choices) > MAX_LISTED else f"known are: {one_of(choices)}"


def shown(node: ValueNode) -> str:
    """Return a value or a key as it was written, for a message."""
    if isinstance(node, ScalarNode):
        value = node.value
        return "'null'" if value is None else f"'{str(value).lower() if isinstance(value, bool) else value}'"
    return "a list" if isinstance(node, ListNode) else "a mapping"


class Form:
    """One mapping: its keys are taken one by one, and what is missing, of the wrong type or left over is a mistake."""

    def __init__(self, node: MappingNode, path: str, mistakes: Mistakes) -> None:
        self.node = node
        self.path = path
        self.mistakes = mistakes
        self._taken: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self.node.items

    def place(self, key: str) -> ValueNode:
        """Return the node of a key, for its place; of the whole mapping where there is no such key."""
        return self.node.keys.get(key, self.node)

    def wrong(self, key: str, what: str) -> None:
        """Note a mistake at a value, or at the mapping where the key is missing."""
        self.mistakes.add(self.node.items.get(key, self.node), self._under(key), what)

    def take(self, key: str) -> ValueNode | None:
        """Return the node of a key, or None."""
        self._taken.add(key)
        return self.node.items.get(key)

    def text(self, key: str, *, required: bool = True, hint: str = "") -> str | None:
        """Return a text that is not blank."""
        node = self.take(key)
        if node is None:
            if required:
                self.wrong(key, f"'{key}' is missing{f'; {hint}' if hint else ''}")
            return None
        if not isinstance(node, ScalarNode) or not isinstance(node.value, str) or not node.value.strip():
            self.wrong(key, f"must be text{f'; {hint}' if hint else ''}")
            return None
        if len(node.value) > MAX_TEXT:
            self.wrong(key, f"is longer than {MAX_TEXT} characters")
            return None
        return " ".join(node.value.split())

    def choice(self, key: str, words: Sequence[str], *, required: bool = True) -> str | None:
        """Return one of some words."""
        node = self.take(key)
        if node is None:
            if required:
                self.wrong(key, f"'{key}' is missing; one of: {one_of(words)}")
            return None
        value = node.value if isinstance(node, ScalarNode) else None
        if isinstance(value, str) and value in words:
            return value
        hint = nearest(value, words) if isinstance(value, str) else f"one of: {one_of(words)}"
        self.wrong(key, f"{shown(node)} is not a value of '{key}'; {hint}")
        return None

    def integer(self, key: str, *, least: int, most: int, required: bool = True) -> int | None:
        """Return a whole number within limits."""
        node = self.take(key)
        if node is None:
            if required:
                self.wrong(key, f"'{key}' is missing; a whole number from {least} to {most}")
            return None
        value = node.value if isinstance(node, ScalarNode) else None
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self.wrong(key, f"must be a whole number from {least} to {most}")
        return None

    def flag(self, key: str) -> bool | None:
        """Return true or false; false where the key is absent, and None where it is a mistake."""
        node = self.take(key)
        if node is None:
            return False
        if isinstance(node, ScalarNode) and isinstance(node.value, bool):
            return node.value
        self.wrong(key, "must be true or false")
        return None

    def texts(self, key: str, *, required: bool = True) -> list[str]:
        """Return a list of texts."""
        return [text for _, _, text in self.texts_at(key, required=required)]

    def texts_at(self, key: str, *, required: bool = True) -> Iterator[tuple[ValueNode, str, str]]:
        """Yield each text of a list with its node and path."""
        for position, item in enumerate(self.items(key, required=required)):
            path = f"{self._under(key)}[{position}]"
            if isinstance(item, ScalarNode) and isinstance(item.value, str) and item.value.strip():
                if len(item.value) > MAX_TEXT:
                    self.mistakes.add(item, path, f"is longer than {MAX_TEXT} characters")
                yield item, path, " ".join(item.value.split())
            else:
                self.mistakes.add(item, path, "must be text")

    def items(self, key: str, *, required: bool = True) -> list[ValueNode]:
        """Return the nodes of a list that is not empty."""
        node = self.take(key)
        if node is None:
            if required:
                self.wrong(key, f"'{key}' is missing; a list")
            return []
        if not isinstance(node, ListNode) or not node.items:
            self.wrong(key, "must be a list with at least one entry")
            return []
        return node.items

    def forms(self, key: str, *, required: bool = True) -> Iterator[Form]:
        """Yield each mapping of a list."""
        for position, item in enumerate(self.items(key, required=required)):
            path = f"{self._under(key)}[{position}]"
            if isinstance(item, MappingNode):
                yield Form(item, path, self.mistakes)
            else:
                self.mistakes.add(item, path, "must be a mapping")

    def form(self, key: str, *, required: bool = True) -> Form | None:
        """Return the mapping under a key."""
        node = self.take(key)
        if isinstance(node, MappingNode):
            return Form(node, self._under(key), self.mistakes)
        if node is not None or required:
            self.wrong(key, "must be a mapping" if node is not None else f"'{key}' is missing; a mapping")
        return None

    def nothing_else(self, known: Sequence[str] = ()) -> None:
        """Note every key that nobody has taken; ``known`` are keys to name beside those taken."""
        for key, node in self.node.keys.items():
            if key not in self._taken:
                hint = nearest(key, sorted({*self._taken, *known}))
                self.mistakes.add(node, self.path, f"unknown key {shown(node)}; {hint}")

    def _under(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key
