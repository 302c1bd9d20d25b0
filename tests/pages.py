"""Reads pages in tests: which elements, attributes and words stand on them, and whether each element is closed."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser
from typing import Final

VOID: Final = frozenset(("link", "meta", "wbr"))


class Read(HTMLParser):
    """A page that was read.

    Attributes:
        tags: how often each element stands on the page.
        ids: the ids, in order.
        attributes: every name and value of an attribute.
        words: the text, without that of styles.

    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.ids: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self._open: list[str] = []
        self._words: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == [], f"not closed: {self._open}"

    @property
    def words(self) -> str:
        """The text of the page on one line."""
        return " ".join("".join(self._words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that begins."""
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element and its attributes."""
        self.tags[tag] += 1
        self.attributes += [(name, value or "") for name, value in attrs]
        self.ids += [value or "" for name, value in attrs if name == "id"]

    def handle_endtag(self, tag: str) -> None:
        """Make sure that what ends is what began last."""
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note text."""
        if not self._open or self._open[-1] != "style":
            self._words.append(data if self._open and self._open[-1] in ("code", "span", "strong") else f"{data} ")
