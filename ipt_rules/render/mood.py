"""Mood over the sessions: mood and a scale as lines, events by person and direction, and the phases behind them."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, Final

from ipt_rules.render import course_said as said
from ipt_rules.render.mood_signs import NOT_ASKED, PERSON_SIZE, ROW, key, marker, people, place_of, steps
from ipt_rules.render.said import sentence_case
from ipt_rules.render.svg import (
    FONT,
    INK,
    LINE,
    PAPER,
    SMALL,
    drawing,
    element,
    hatching,
    line,
    shortened,
    text_line,
    title,
    wrapped,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_LEFT: Final = 34.0
_MARGIN: Final = 16.0
_PLOT: Final = 396.0
"""Width of a therapy of usual length, in units; a longer one is wider, so that its sessions can be told apart."""

_NARROWEST: Final = 22.0
_WITH_LONG_NUMBERS: Final = 26.0
_WIDEST: Final = 44.0
"""From one session to the next, in units."""

_TOP: Final = 62.0
_MOOD: Final = 110.0
_SCALE: Final = 84.0
_CAPTION: Final = 20.0
_MOODS: Final = (0, 10)
"""The least and the most of mood, as a check-in records it."""

_AFTER: Final = 6.0
"""How far to the right of mood before a session mood after it stands, in units."""

_SCALE_COLOUR: Final = "var(--change,#2a7ab8)"
_PHASES: Final = {"initial": "0.05", "middle": "0.11", "final": "0.18"}
"""How dark the ground of each phase is."""


def mood_over_sessions(told: dict[str, Any], *, id_prefix: str = "") -> str:
    """Return mood, scale and events over the sessions as SVG.

    Args:
        told: a review as ``Review.to_dict`` tells it; it decides about names.
        id_prefix: what makes the ids unique where a page holds several of these drawings.

    """
    return _Mood(told, id_prefix).drawn()


class _Mood:
    def __init__(self, told: dict[str, Any], id_prefix: str) -> None:
        self._told = told
        self._prefix = id_prefix
        self._held: Sequence[dict[str, Any]] = told["sessions"]
        self._measured = told["measured"]
        last: int = max([entry["to"] for entry in told["phases"]] + [entry["session"] for entry in self._held] + [1])
        before: int = 1 if self._measured and self._measured["at_first"] is not None else 0
        long_numbers = any(len(number) > 1 for number, _ in people(told))
        least = _WITH_LONG_NUMBERS if long_numbers else _NARROWEST
        self._step = min(_WIDEST, max(least, _PLOT / (last + before)))
        self._first, self._last = 1 - before, last
        self._right = _LEFT + self._step * (last + before)
        self._width = max(self._right + _MARGIN, _LEFT + _PLOT + _MARGIN)

    def _x(self, session: float) -> float:
        """Return where a session stands."""
        return _LEFT + self._step * (session - self._first + 0.5)

    def drawn(self) -> str:
        heading = text_line(_MARGIN, 18, said.heading(self._told), class_="strong")
        if not self._held:
            lines = wrapped(said.stands(self._told), self._width - 2 * _MARGIN)
            said_so = [text_line(_MARGIN, 44 + LINE * turn, words) for turn, words in enumerate(lines)]
            return self._whole(60 + LINE * len(lines), [heading, *said_so])
        mood_top = _TOP + _CAPTION
        events_top = mood_top + _MOOD + 14
        events, scale_top = self._events(events_top)
        bottom = scale_top + (_CAPTION + _SCALE if self._measured else 0) + 8
        below, height = self._below(bottom + 44)
        parts = itertools.chain(
            [heading],
            self._ground(bottom),
            self._moods(mood_top, events_top + _CAPTION),
            events,
            self._scale(scale_top) if self._measured else (),
            self._numbers(bottom),
            below,
        )
        return self._whole(height, parts)

    def _whole(self, height: float, parts: Any) -> str:
        says = (said.DRAWING, " ".join(self._said()))
        return drawing("mood", self._width, height, says, parts, id_prefix=self._prefix)

    def _said(self) -> Iterator[str]:
        """Yield in words what is drawn."""
        yield f"{said.heading(self._told)}."
        yield said.stands(self._told)
        if phases := self._phases_said():
            yield phases
        if self._measured and self._measured["at_first"] is not None:
            yield f"Before the first session: {self._measured['label']} {self._measured['at_first']}."
        yield from map(self._session_said, self._held)
        yield f"{said.contracts(self._told)} {said.missing(self._told)}"

    def _phases_said(self) -> str:
        named = [
            f"{one['phase']} phase: sessions {one['from']} to {one['to']}"
            for one in self._told["phases"]
            if one["phase"]
        ]
        return f"{sentence_case('; '.join(named))}." if named else ""

    def _session_said(self, entry: dict[str, Any]) -> str:
        """Return in words what is drawn of a session."""
        moods = ("not known" if entry[name] is None else entry[name] for name in ("mood_before", "mood_after"))
        before, after = moods
        scale = f"; {self._measured['label']} {said.scale(entry, self._told)}" if self._measured else ""
        links = self._told["links"]
        events = (
            ["events not asked about"]
            if entry["events"] is None
            else [said.event(one, links) for one in entry["events"]] or ["no event"]
        )
        day = f", {entry['day']}" if entry["day"] else ""
        return f"Session {entry['session']}{day}: mood before {before}, after {after}{scale}; {'; '.join(events)}."

    # ── ground and axes ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _ground(self, bottom: float) -> Iterator[str]:
        """Yield the phases, the sessions of which nothing is recorded, and the end that was agreed."""
        for one in self._told["phases"]:
            left, right = self._x(one["from"] - 0.5), self._x(one["to"] + 0.5)
            shade = element(
                "rect",
                title(f"{one['phase'] or 'phase not known'}: sessions {one['from']} to {one['to']}"),
                x=left,
                y=_TOP - 20,
                width=right - left,
                height=bottom - _TOP + 20,
                fill=INK,
                fill_opacity=_PHASES.get(one["phase"], "0.02"),
                class_="phase",
            )
            name = shortened(one["phase"] or "phase not known", right - left - 6, SMALL)
            yield shade + text_line(left + 4, _TOP - 6, name, size=SMALL)
        if said.not_recorded(self._told):
            yield hatching(f"{self._prefix}mood-hatched")
        for number in said.not_recorded(self._told):
            yield element(
                "rect",
                title(f"session {number}: nothing is recorded"),
                x=self._x(number) - self._step / 2 + 2,
                y=_TOP,
                width=self._step - 4,
                height=bottom - _TOP,
                fill=f"url(#{self._prefix}mood-hatched)",
                opacity=0.3,
                class_="missing",
            )
        yield from self._end(bottom)

    def _end(self, bottom: float) -> Iterator[str]:
        planned = self._told["planned_sessions"]
        ended = self._told["session"] if self._told["ended"] else None
        for session, words in ((planned, "end, as agreed"), (ended, "ended")):
            if session is not None and not (session == planned and ended == planned and words == "end, as agreed"):
                x = self._x(session + 0.5)
                yield line(x, _TOP - 26, x, bottom, stroke_width=2.4, class_="end")
                yield text_line(x, _TOP - 30, words, anchor="end", size=SMALL)

    def _numbers(self, bottom: float) -> Iterator[str]:
        """Yield the axis with the number of each session, that of the last one held in bold."""
        yield line(_LEFT, bottom, self._right, bottom, stroke_width=1.4)
        held = {entry["session"] for entry in self._held}
        for number in range(self._first, self._last + 1):
            x = self._x(number)
            look = "strong" if number == self._told["session"] else None if number in held else "lesser"
            yield text_line(x, bottom + 16, str(number) if number else "–", anchor="middle", size=SMALL, class_=look)
        before = "–: before the first; " if not self._first else ""
        caption = f"session ({before}bold: the last one held)"
        yield text_line(_LEFT, bottom + 33, caption, size=SMALL, class_="lesser")

    def _axis(self, top: float, height: float, ends: tuple[int, int], caption: str) -> Iterator[str]:
        """Yield the caption of a panel, and lines for its least, its middle and its most."""
        yield text_line(_LEFT + 3, top - 6, caption, size=SMALL, class_="strong")
        for share, words in ((0.0, str(ends[0])), (0.5, ""), (1.0, str(ends[1]))):
            y = top + height * (1 - share)
            yield line(_LEFT, y, self._right, y, stroke_opacity="0.25")
            if words:
                yield text_line(_LEFT - 5, y + 4, words, anchor="end", size=SMALL)

    # ── mood, scale, events ──────────────────────────────────────────────────────────────────────────────────────────────

    def _moods(self, top: float, events: float) -> Iterator[str]:
        def y(value: float) -> float:
            return place_of(value, _MOODS, top, _MOOD)

        yield from self._axis(top, _MOOD, _MOODS, "Mood before each session: up is better")
        yield from self._linked(y, events)
        known = {entry["session"]: entry["mood_before"] for entry in self._held}
        yield from self._line(known, y, INK)
        for entry in self._held:
            yield from self._moods_of(entry, y)

    def _moods_of(self, entry: dict[str, Any], y: Callable[[float], float]) -> Iterator[str]:
        x, before, after = self._x(entry["session"]), entry["mood_before"], entry["mood_after"]
        told = title(self._session_said(entry))
        if before is not None and after is not None:
            yield line(x, y(before), x + _AFTER, y(after), stroke_width=1)
        if after is not None:
            yield element(
                "circle",
                told,
                cx=x + _AFTER,
                cy=y(after),
                r=3,
                fill=PAPER,
                stroke=INK,
                stroke_width=1.4,
                class_="after",
            )
        if before is not None:
            yield element("circle", told, cx=x, cy=y(before), r=4, fill=INK, stroke=PAPER, class_="before")

    def _linked(self, y: Callable[[float], float], events: float) -> Iterator[str]:
        """Yield a broad stroke along the line of mood for each session in which mood moved with an event."""
        numbers = [entry["session"] for entry in self._held]
        for session, directions in self._directions().items():
            position = numbers.index(session)
            now, last = (self._held[at]["mood_before"] if at >= 0 else None for at in (position, position - 1))
            colour = steps("better" if directions == {"higher"} else "worse" if directions == {"lower"} else None)
            if now is not None and last is not None:
                along = self._x(numbers[position - 1]), y(last), self._x(session), y(now)
                yield line(
                    *along, stroke=colour, stroke_width=9, stroke_opacity=0.4, stroke_linecap="round", class_="link"
                )
            x, down = self._x(session), y(now) if now is not None else y(0)
            for ends in ((down, events - _CAPTION - 6), (events - 5, events)):  # between them the words stand
                yield line(x, ends[0], x, ends[1], stroke=colour, stroke_width=1.6, class_="link-to-event")

    def _directions(self) -> dict[int, set[str]]:
        found: dict[int, set[str]] = {}
        for link in self._told["links"]:
            found.setdefault(link["session"], set()).add(link["direction"])
        return found

    def _line(self, values: dict[int, int | None], y: Callable[[float], float], colour: str) -> Iterator[str]:
        """Yield the line through known values; over sessions of which the value is not known it is dashed."""
        known = [(session, value) for session, value in sorted(values.items()) if value is not None]
        for (first, one), (then, other) in itertools.pairwise(known):
            whole = then == first + 1
            yield line(
                self._x(first),
                y(one),
                self._x(then),
                y(other),
                stroke=colour,
                stroke_width=2 if whole else 1.4,
                stroke_dasharray=None if whole else "2 5",
                class_="known" if whole else "not-known",
            )

    def _scale(self, top: float) -> Iterator[str]:
        scale = self._measured
        ends = scale["least"], scale["most"]
        top += _CAPTION
        yield from self._axis(top, _SCALE, ends, f"{scale['label']}: down is better")
        values = {entry["session"]: entry["scales"].get(scale["scale"]) for entry in self._held}
        values |= {} if self._first else {0: scale["at_first"]}

        def y(value: float) -> float:
            return place_of(value, ends, top, _SCALE)

        yield from self._line(values, y, _SCALE_COLOUR)
        for session, value in values.items():
            if value is not None:
                told = title(f"{f'session {session}' if session else 'before the first session'}: {value} points")
                x = self._x(session)
                yield element(
                    "rect",
                    told,
                    x=x - 4,
                    y=y(value) - 4,
                    width=8,
                    height=8,
                    fill=_SCALE_COLOUR,
                    stroke=PAPER,
                    class_="scale",
                )

    def _events(self, top: float) -> tuple[list[str], float]:
        """Return the events, those of a session one below the other, and where they end."""
        parts = [text_line(_LEFT + 3, top + 8, "Events since the session before", size=SMALL, class_="strong")]
        linked = {link["event"] for link in self._told["links"]}
        most = 1
        for entry in self._held:
            x = self._x(entry["session"])
            if entry["events"] is None:
                parts.append(text_line(x, top + _CAPTION + FONT, NOT_ASKED, anchor="middle", class_="lesser"))
            for turn, event in enumerate(entry["events"] or ()):
                told = title(f"session {entry['session']}: {said.event(event, self._told['links'])}")
                y = top + _CAPTION + ROW * (turn + 0.5)
                parts.append(element("g", told, *marker(event, x, y, ring=event["event"] in linked), class_="event"))
                most = max(most, turn + 1)
        return parts, top + _CAPTION + ROW * most + 6

    # ── what stands below ────────────────────────────────────────────────────────────────────────────────────────────────

    def _below(self, top: float) -> tuple[list[str], float]:
        """Return the notes, who the numbers are, and what the signs mean; and where the drawing ends."""
        parts: list[str] = []
        room = self._width - 2 * _MARGIN
        for note in filter(None, (said.stands(self._told), said.contracts(self._told), said.missing(self._told))):
            for words in wrapped(note, room, lines=3):
                parts.append(text_line(_MARGIN, top + FONT, words))
                top += LINE
            top += 3
        parts.append(line(_MARGIN, top + 6, self._width - _MARGIN, top + 6, stroke_opacity=0.3))
        drawn, bottom = key(self._told, _MARGIN, top + 12, room)
        return [*parts, *drawn], bottom + PERSON_SIZE
