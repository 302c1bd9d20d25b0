"""The timeline: losses, disputes and changes against the onset of the episode; partial dates as spans."""

from __future__ import annotations

import itertools
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from ipt_rules.render.svg import (
    FONT,
    INK,
    LINE,
    PAPER,
    SMALL,
    drawing,
    element,
    line,
    measure,
    text_line,
    title,
    wrapped,
)
from ipt_rules.render.time_axis import Axis, shown_days

if TYPE_CHECKING:
    from collections.abc import Iterator

_WIDTH: Final = 440.0
_LEFT: Final = 16.0
_RIGHT: Final = 424.0
_TOP: Final = 44.0
_KINDS: Final = {
    "loss": ("losses", "var(--loss,#9459c4)"),
    "dispute": ("disputes", "var(--conflict,#cf4436)"),
    "change": ("changes", "var(--change,#2a7ab8)"),
}
"""Each kind of event: its list in the intake, and its colour; its shape tells it apart without."""

_SHAPES: Final = {
    "loss": "0,-8 8,0 0,8 -8,0",
    "dispute": "0,-8 8,6.5 -8,6.5",
    "change": "-6.5,-6.5 6.5,-6.5 6.5,6.5 -6.5,6.5",
}


_OTHER_SIGNS: Final = {"span": "within this time", "onset": "onset of the episode"}

_LEAST_ROOM: Final = 120.0
"""For a label beside its sign, in units; with less it stands below."""


def timeline(told: dict[str, Any], *, id_prefix: str = "") -> str:
    """Return the timeline as SVG.

    Args:
        told: what happened when, as ``told_pictures.told_timeline`` tells it; it decides about names.
        id_prefix: what makes the ids unique where a page holds several timelines.

    """
    return _Timeline(told).drawn(id_prefix)


class _Timeline:
    def __init__(self, told: dict[str, Any]) -> None:
        self._told = told
        self._today = date.fromisoformat(told["assessed_on"])
        self._onset = None if told["onset"] is None else self._days(*told["onset"])
        self._events = sorted(
            ((*self._days(event["from"], event["to"]), event) for event in told["events"]),
            key=lambda entry: (entry[0], entry[1], entry[2]["place"]),
        )
        spans = [*(entry[:2] for entry in self._events), *([self._onset] if self._onset else [])]
        self._axis = Axis([first for first, _ in spans], self._today, _LEFT, _RIGHT)

    def _days(self, first: str, last: str) -> tuple[date, date]:
        """Return a span of days, cut off at the day of the assessment."""
        return min(date.fromisoformat(first), self._today), min(date.fromisoformat(last), self._today)

    def drawn(self, id_prefix: str) -> str:
        rows, bottom = self._rows()
        below, height = self._below(bottom + 30)
        parts = itertools.chain(self._band(bottom), self._scale(bottom), rows, below)
        says = ("Timeline: what happened, and the onset of the episode", self._said())
        return drawing("timeline", _WIDTH, height, says, parts, id_prefix=id_prefix)

    def _said(self) -> str:
        """Return in words what the timeline shows."""
        events = [
            f"{event['kind']}, {shown_days(event['from'], event['to'])}: {event['label']}."
            for *_, event in self._events
        ]
        return " ".join([self._onset_said(), *events, *self._notes(), f"Assessed on {self._told['assessed_on']}."])

    def _onset_said(self) -> str:
        if self._told["onset"] is None:
            return "Onset of the episode: not known."
        return f"Onset of the episode: {shown_days(*self._told['onset'])}."

    def _notes(self) -> list[str]:
        """Return what is not on the axis: no date known, none, not asked about; and how the axis is to be read."""
        lists = [part for part, _ in _KINDS.values()]
        told = {_KINDS[event["kind"]][0] for event in (*self._told["events"], *self._told["undated"])}
        none = [part for part in lists if part not in told and part not in self._told["not_asked"]]
        found = [f"No date known: {event['label']} ({event['kind']})." for event in self._told["undated"]]
        found += [f"Asked, and none: {', '.join(none)}."] if none else []
        found += [f"Not asked about: {', '.join(self._told['not_asked'])}."] if self._told["not_asked"] else []
        return found

    def _band(self, bottom: float) -> Iterator[str]:
        """Yield the onset as a band over the full height, and the day of the assessment."""
        yield text_line(_LEFT, 16, self._onset_said(), class_="strong")
        yield text_line(_RIGHT, 34, f"assessed {self._told['assessed_on']}", anchor="end", size=SMALL, class_="lesser")
        yield line(_RIGHT, _TOP - 6, _RIGHT, bottom, stroke_width=2.4)
        if self._onset is None:
            return
        left, right = (self._axis.at(day) for day in self._onset)
        left, right = min(left, right - 5), max(right, left + 5)
        yield element(
            "rect",
            x=left,
            y=_TOP - 4,
            width=right - left,
            height=bottom - _TOP + 4,
            fill=INK,
            fill_opacity=0.16,
            class_="onset",
        )
        for x in (left, right):
            yield line(x, _TOP - 4, x, bottom, stroke_opacity=0.6, stroke_dasharray="5 3")

    def _scale(self, bottom: float) -> Iterator[str]:
        yield line(_LEFT, bottom, _RIGHT, bottom, stroke_width=1.4)
        for day, words in self._axis.ticks():
            x = self._axis.at(day)
            yield line(x, _TOP - 4, x, bottom + 4, stroke_opacity=0.22)
            yield text_line(x, bottom + 17, words, anchor="middle", size=SMALL, class_="lesser")

    def _rows(self) -> tuple[list[str], float]:
        """Return the events, each in a row of its own, and where the last row ends."""
        parts: list[str] = []
        top = _TOP
        for first, last, event in self._events:
            row, tall = self._row(first, last, event, top)
            parts.append(row)
            top += tall
        return parts, max(top, _TOP + 26)

    def _row(self, first: date, last: date, event: dict[str, Any], top: float) -> tuple[str, float]:
        """Return an event with its label, and how tall it is."""
        left, right = self._axis.at(first), self._axis.at(last)
        days = shown_days(event["from"], event["to"])
        x, anchor, room, down = _beside(left, right, max(_LEAST_ROOM, measure(days, SMALL)))
        words = wrapped(event["label"], room)
        said = [*((line_of, "name", FONT) for line_of in words), (days, "lesser", SMALL)]
        lines = [
            text_line(x, top + down + FONT + LINE * turn + 3, each, anchor=anchor, class_=look, size=size)
            for turn, (each, look, size) in enumerate(said)
        ]
        middle = top + 14
        sign = [*_span(left, right, middle, event["kind"]), _shape(event["kind"], (left + right) / 2, middle)]
        told = title(f"{event['kind']}, {days}: {event['label']}")
        return element("g", told, *sign, *lines, class_="event"), down + LINE * len(lines) + 12

    def _below(self, top: float) -> tuple[list[str], float]:
        """Return the notes and the key, and where the drawing ends."""
        parts: list[str] = []
        compressed = ["The axis is compressed: the longer ago, the closer together."] if self._axis.compressed else []
        for note in [*compressed, *self._notes()]:
            for words in wrapped(note, _RIGHT - _LEFT, lines=3):
                parts.append(text_line(_LEFT, top + FONT, words))
                top += LINE
            top += 3
        top += 5
        parts.append(line(_LEFT, top, _RIGHT, top, stroke_opacity=0.3))
        for turn, kind in enumerate((*_KINDS, *_OTHER_SIGNS)):
            x, y = _LEFT + turn % 3 * 138, top + 17 + turn // 3 * 20
            parts += [*_sample(kind, x, y), text_line(x + 26, y + 4, _OTHER_SIGNS.get(kind, kind), size=SMALL)]
        return parts, top + 50


def _beside(left: float, right: float, wanted: float) -> tuple[float, str, float, float]:
    """Return where the label of a span begins or ends, its anchor, its room, and how far down it stands.

    It stands on the side that has more room; below the span where no side has enough.
    """
    if _WIDTH - right >= left and _RIGHT - 6 - (right + 14) >= wanted:
        return right + 14, "start", _RIGHT - 6 - (right + 14), 0
    if left - 14 - _LEFT >= wanted:
        return left - 14, "end", left - 14 - _LEFT, 0
    return _LEFT + 6, "start", _RIGHT - _LEFT - 12, LINE


def _sample(kind: str, x: float, y: float) -> Iterator[str]:
    if kind == "span":
        yield from _span(x, x + 20, y, "change", colour=INK)
    elif kind == "onset":
        yield element("rect", x=x + 3, y=y - 8, width=14, height=16, fill=INK, fill_opacity=0.16)
        yield from (line(end, y - 8, end, y + 8, stroke_width=1, stroke_dasharray="5 3") for end in (x + 3, x + 17))
    else:
        yield _shape(kind, x + 10, y)


def _span(left: float, right: float, y: float, kind: str, *, colour: str = "") -> Iterator[str]:
    """Yield the time within which an event lies, where it is wider than its sign."""
    if right - left < 6:
        return
    stroke = colour or _KINDS[kind][1]
    yield line(left, y, right, y, stroke=stroke, stroke_width=2.4)
    yield from (line(end, y - 6, end, y + 6, stroke=stroke, stroke_width=2.4) for end in (left, right))


def _shape(kind: str, x: float, y: float) -> str:
    at = f"translate({x:.1f} {y:.1f})"
    return element(
        "polygon", points=_SHAPES[kind], transform=at, fill=_KINDS[kind][1], stroke=PAPER, stroke_width=1.2, class_=kind
    )
