"""What every drawing is made of: escaped text, elements, measured and wrapped words, and the frame with title and description.

Lengths are units of the drawing's own view box. Nothing here knows what is drawn.
"""

from __future__ import annotations

import html
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FONT: Final = 13
"""Size of text, in units."""

SMALL: Final = 12
"""Size of lesser text, in units."""

LINE: Final = 16
"""From one line of text to the next, in units."""

_LONGEST: Final = 300
"""Signs of a text that are looked at for a line; the whole text stands in a title."""

_MOST_ACCENTS: Final = 4
_NARROW: Final = frozenset("iljIftr.,:;'|!()[]/ -")
_WIDE: Final = frozenset("mwMW@%—…&QGOD")

_RIGHT_TO_LEFT: Final = "\u2067"
_END: Final = "\u2069"
# An isolate, as Unicode writes it: in SVG the property "direction" would also turn what "start" of a line means.

_STYLE: Final = """
.ipt-drawing{background:var(--paper,#fff);max-width:100%;height:auto}
.ipt-drawing text{font-family:system-ui,sans-serif;fill:var(--ink,#1a1a1a)}
.ipt-drawing .lesser{fill-opacity:.8}
.ipt-drawing .strong{font-weight:700}
.ipt-drawing .paper{fill:var(--paper,#fff)}
.ipt-drawing text.on-ink{fill:var(--paper,#fff)}
.ipt-drawing .halo{paint-order:stroke;stroke:var(--paper,#fff);stroke-width:4px;stroke-linejoin:round}
@media (prefers-color-scheme:dark){.ipt-drawing:root{--ink:#ececec;--paper:#161616}}
"""
# An svg is the root only of a file of its own: inside a page, the page says what is light and what is dark.

INK: Final = "var(--ink,#1a1a1a)"
PAPER: Final = "var(--paper,#fff)"


def clean(text: str) -> str:
    """Return a text on one line: control characters, and those that turn the direction of writing, become spaces.

    Of accents piled on one letter only the first few stay: more would be painted over what stands above and below.
    """
    kept: list[str] = []
    pile = 0
    for sign in text:
        pile = pile + 1 if unicodedata.combining(sign) else 0
        if pile <= _MOST_ACCENTS:
            kept.append(sign if sign.isprintable() else " ")
    return " ".join("".join(kept).split())


def escaped(text: str) -> str:
    """Return a cleaned text as markup that shows it and does nothing else."""
    return html.escape(clean(text))


def number(value: float) -> str:
    """Return a coordinate rounded to one decimal."""
    return f"{round(value, 1) + 0.0:g}"  # minus nought becomes nought


def element(name: str, *children: str, **attributes: str | float | None) -> str:
    """Return an element as markup.

    Args:
        name: its tag.
        children: markup, already escaped.
        attributes: escaped here; a trailing underscore goes, the others become hyphens, and None leaves the attribute out.

    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escaped(value) if isinstance(value, str) else number(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{given}>{''.join(children)}</{name}>" if children else f"<{name}{given}/>"


def title(text: str) -> str:
    """Return the title of an element: what a pointer that rests on it shows."""
    return element("title", escaped(text))


def line(x1: float, y1: float, x2: float, y2: float, **attributes: str | float | None) -> str:
    """Return a straight line in ink."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, **{"stroke": INK, **attributes})


def text_line(
    x: float,
    y: float,
    words: str,
    *,
    anchor: str = "start",
    size: float = FONT,
    class_: str | None = None,
    after: str = "",
) -> str:
    """Return one line of text, its base line at y; words that run from right to left are isolated from ``after``."""
    said = f"{_RIGHT_TO_LEFT}{escaped(words)}{_END}" if runs_right_to_left(words) else escaped(words)
    rest = f" {escaped(after)}" if after else ""
    return element("text", said + rest, x=x, y=y, text_anchor=anchor, font_size=size, class_=class_)


def runs_right_to_left(words: str) -> bool:
    """Return whether the first letter with a direction runs from right to left."""
    directions = (unicodedata.bidirectional(sign) for sign in words)
    return next((found in ("R", "AL") for found in directions if found in ("L", "R", "AL")), False)


def measure(words: str, size: float = FONT) -> float:
    """Return how wide a text is at the most in common fonts, in units."""
    return sum(map(_share, clean(words))) * size


def _share(sign: str) -> float:
    """Return the width of a sign as a share of the size of the font."""
    if unicodedata.combining(sign):
        return 0.0
    if unicodedata.east_asian_width(sign) in "WF" or unicodedata.category(sign) == "So":
        return 1.4
    if sign in _NARROW:
        return 0.42
    if sign in _WIDE:
        return 1.0
    return 0.78 if sign.isupper() or not sign.isascii() else 0.66


def wrapped(words: str, width: float, *, size: float = FONT, lines: int = 2, after: str = "") -> list[str]:
    """Return a text as lines that are no wider than asked; what does not fit is an ellipsis.

    Args:
        words: the text.
        width: of a line, in units.
        size: of the font, in units.
        lines: at the most.
        after: what shall follow on the last line, whichever that is.

    """
    found: list[str] = []
    left = clean(words)[:_LONGEST].split()
    while left and len(found) < lines:
        room = width - (measure(f" {after}", size) if after else 0)
        taken = _fitting(left, room, size)
        last = len(found) == lines - 1 or not taken
        found.append(shortened(" ".join(left), room, size) if last and taken < len(left) else " ".join(left[:taken]))
        left = [] if last else left[taken:]
    return found or [""]


def _fitting(words: Sequence[str], width: float, size: float) -> int:
    """Return how many of the words fit on a line."""
    taken = 0
    while taken < len(words) and measure(" ".join(words[: taken + 1]), size) <= width:
        taken += 1
    return taken


def shortened(words: str, width: float, size: float = FONT) -> str:
    """Return a text, cut and with an ellipsis where it is wider than asked; no accent is parted from its letter."""
    words = clean(words)
    if len(words) <= _LONGEST and measure(words, size) <= width:
        return words
    room, kept = width - measure("…", size), 0
    while kept < min(len(words), _LONGEST) and room >= _share(words[kept]) * size:
        room -= _share(words[kept]) * size
        kept += 1
    while kept and unicodedata.combining(words[kept : kept + 1] or " "):
        kept -= 1
    return f"{words[:kept].rstrip()}…"


def hatching(name: str) -> str:
    """Return the definition of a hatched filling; refer to it as ``url(#name)``."""
    stroke = line(0, 0, 0, 5, stroke_width=2.4)
    pattern = element(
        "pattern", stroke, id=name, width=5, height=5, patternUnits="userSpaceOnUse", patternTransform="rotate(45)"
    )
    return element("defs", pattern)


def drawing(
    kind: str, width: float, height: float, says: tuple[str, str], parts: Iterable[str], *, id_prefix: str = ""
) -> str:
    """Return a whole drawing that stands in a page or in a file of its own.

    Args:
        kind: what it is, for its class and its ids.
        width: of the view box, in units.
        height: of the view box, in units.
        says: the title, and the description that says in words what the drawing shows.
        parts: markup, from back to front.
        id_prefix: what makes the ids unique where a page holds several of a kind.

    """
    ids = f"{id_prefix}{kind}-title", f"{id_prefix}{kind}-desc"
    return element(
        "svg",
        element("title", escaped(says[0]), id=ids[0]),
        element("desc", escaped(says[1]), id=ids[1]),
        element("style", _STYLE),
        element("rect", width=width, height=height, class_="paper"),
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        role="img",
        class_=f"ipt-drawing ipt-{kind}",
        aria_labelledby=" ".join(ids),
    )
