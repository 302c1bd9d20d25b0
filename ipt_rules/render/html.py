"""The building blocks of pages: text made harmless, elements, and the frame of a page that needs nothing from elsewhere."""

from __future__ import annotations

import functools
import html
import unicodedata
from importlib import resources
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
"""What a browser may do with a page: show it. Scripts, requests and forms are refused, whatever stood in it."""

_BIDI_CONTROLS: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_REPLACED: Final = frozenset(("Cc", "Cn", "Co", "Cs", "Zl", "Zp"))
"""Categories of characters that mean nothing on a page: controls, unassigned and private ones, halves of pairs, line ends."""

_VOID: Final = frozenset(("link", "meta", "wbr"))


class Markup(str):
    """HTML that is ready to stand on a page. Any other text is escaped when it is put there."""

    __slots__ = ()


def harmless(text: str) -> str:
    """Return text in which nothing steers the page: a space for each control character and each that turns the direction."""
    return "".join(" " if sign in _BIDI_CONTROLS or unicodedata.category(sign) in _REPLACED else sign for sign in text)


def escaped(text: str) -> Markup:
    """Return text as markup that shows exactly it; markup is returned as it is."""
    return text if isinstance(text, Markup) else Markup(html.escape(harmless(text)))


def joined(parts: Iterable[str]) -> Markup:
    """Return parts, escaped where they are not markup, one after the other."""
    return Markup("".join(map(escaped, parts)))


def element(tag: str, *children: str, **attributes: str | None) -> Markup:
    """Return an element.

    Args:
        tag: its name.
        children: what stands in it, escaped where it is not markup.
        attributes: its attributes; ``class_`` stands for ``class``, ``_`` within a name for ``-``; None leaves one out.

    """
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escaped(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{tag}{written}>" if tag in _VOID else f"<{tag}{written}>{joined(children)}</{tag}>")


def several(tag: str, entries: Iterable[str], **attributes: str | None) -> Markup:
    """Return a list (``ul`` or ``ol``) of entries; nothing where there are none."""
    items = [element("li", entry) for entry in entries]
    return element(tag, *items, **attributes) if items else Markup()


def table(caption: str, headings: Iterable[str], rows: Iterable[Iterable[str]], *, named_by: int = 0) -> Markup:
    """Return a table; it scrolls by itself where it is too wide.

    Args:
        caption: what the table shows, also the name of the region that scrolls.
        headings: one for each column.
        rows: the cells, escaped where they are not markup.
        named_by: the column whose cell says what its row is about.

    """
    head = element("tr", *(element("th", heading, scope="col") for heading in headings))
    body = [element("tr", *(_cell(cell, number == named_by) for number, cell in enumerate(row))) for row in rows]
    whole = element("table", element("caption", caption), element("thead", head), element("tbody", *body))
    return element("div", whole, class_="scrolls", role="region", aria_label=caption, tabindex="0")


def _cell(cell: str, names_the_row: bool) -> Markup:
    return element("th", cell, scope="row") if names_the_row else element("td", cell)


def page(title: str, *body: str) -> str:
    """Return a whole HTML page: no scripts, no requests, its style inside it.

    Args:
        title: what the window is called.
        body: what stands on the page, escaped where it is not markup.

    """
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element("link", rel="icon", href="data:,"),  # else browsers ask the server for one
        element("style", style("style.css")),
    )
    return f"<!doctype html>\n{element('html', head, element('body', *body), lang='en')}\n"


@functools.cache
def style(name: str) -> Markup:
    """Return a style sheet of this package."""
    return Markup(resources.files("ipt_rules.render").joinpath(name).read_text("utf-8").strip())
