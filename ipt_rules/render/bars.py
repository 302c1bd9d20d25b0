"""Bars of the evidence: for each area the points for it and against it, what it has, and what is still open."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, Final

from ipt_rules.render.svg import (
    FONT,
    INK,
    LINE,
    PAPER,
    SMALL,
    clean,
    drawing,
    element,
    hatching,
    line,
    text_line,
    title,
    wrapped,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_WIDTH: Final = 440.0
_SIDE: Final = 14.0
_BAR: Final = 11.0
_FOR: Final = "var(--for,#2a7ab8)"
_AGAINST: Final = "var(--against,#cf4436)"


def evidence_bars(
    ranking: Sequence[dict[str, Any]],
    names: Mapping[str, str],
    *,
    levels: Mapping[str, int] | None = None,
    id_prefix: str = "",
) -> str:
    """Return the evidence for the areas as SVG; points, never probabilities.

    Args:
        ranking: the areas in order, as ``Assessment.to_dict()["ranking"]`` tells them.
        names: what each area is called; one that is not named keeps its own word.
        levels: the least points of each level, for thin marks; None draws none.
        id_prefix: what makes the ids unique where a page holds several of these drawings.

    """
    return _Bars([_told(entry, names) for entry in ranking], levels or {}, id_prefix).drawn()


def _told(entry: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return what is drawn of an area."""
    least, most = entry["bounds"]
    for_it, against = (sum(one["points"] for one in entry[side] if one["counts"]) for side in ("for", "against"))
    return {
        "name": clean(names.get(entry["area"], entry["area"])),
        "for": for_it,
        "against": against,
        "points": entry["points"],
        "least": least,
        "most": most,
        "rank": entry["rank"],
        "capped": entry["capped"],
        "held_back": bool(entry["held_back_by"]),
    }


def _figures(area: dict[str, Any]) -> str:
    least, most, points = area["least"], area["most"], area["points"]
    could = "no open answer changes that" if least == most == points else f"could be {least} to {most}"
    capped = " (no more: nothing is recorded to work on)" if area["capped"] else ""
    has = f"{points} point{'' if points == 1 else 's'}{capped}"
    held = "held back; " if area["held_back"] else ""
    return f"{held}{area['for']} for, {area['against']} against: {has}; {could}"


def _heading(area: dict[str, Any]) -> str:
    return f"{'–' if area['rank'] is None else area['rank']} {area['name']}"


class _Bars:
    def __init__(self, areas: Sequence[dict[str, Any]], levels: Mapping[str, int], id_prefix: str) -> None:
        self._areas = areas
        self._levels = levels
        self._prefix = id_prefix
        self._hatch = f"{id_prefix}bars-hatch"
        right = max([1, *levels.values(), *(max(area["for"], area["most"], area["points"]) for area in areas)])
        left = max([0, *(area["against"] for area in areas)])
        self._unit = (_WIDTH - 2 * _SIDE) / (right + left)
        self._zero = _SIDE + left * self._unit

    def drawn(self) -> str:
        parts = [hatching(self._hatch)]
        top = 6.0
        for area in self._areas:
            area_parts, top = self._area(area, top)
            parts += area_parts
        key, height = self._key(top + 4)
        says = ("Evidence for the problem areas, in points", self._said())
        return drawing("bars", _WIDTH, height, says, [*parts, *key], id_prefix=self._prefix)

    def _said(self) -> str:
        areas = [f"{_heading(area)}: {_figures(area)}." for area in self._areas]
        return " ".join([*areas, "Points order reasons; they are no probability."])

    def _area(self, area: dict[str, Any], top: float) -> tuple[list[str], float]:
        """Return the two bars of an area below its words, and where they end."""
        parts: list[str] = []
        for turn, words in enumerate(wrapped(_heading(area), _WIDTH - 2 * _SIDE)):
            top += LINE if turn else 0
            parts.append(text_line(_SIDE, top + FONT, words, class_="strong"))
        for words in wrapped(_figures(area), _WIDTH - 2 * _SIDE, size=SMALL):
            top += LINE
            parts.append(text_line(_SIDE, top + FONT, words, size=SMALL, class_="lesser"))
        top += LINE + 6
        bars = [*self._marks(top), *self._sides(area, top), *self._standing(area, top + _BAR + 3)]
        axis = line(self._zero, top - 3, self._zero, top + 2 * _BAR + 6, stroke_width=1.4)
        parts.append(element("g", title(f"{area['name']}: {_figures(area)}"), *bars, axis, class_="area"))
        return parts, top + 2 * _BAR + 16

    def _sides(self, area: dict[str, Any], top: float) -> Iterator[str]:
        wide = area["against"] * self._unit
        yield self._bar(self._zero, top, area["for"] * self._unit, class_="for", fill=_FOR)
        yield self._bar(
            self._zero - wide, top + 1, wide, class_="against", fill="none", stroke=_AGAINST, stroke_width=2
        )

    def _standing(self, area: dict[str, Any], top: float) -> Iterator[str]:
        """Yield what the area has, and hatched what open answers could still make of it."""
        at = {what: self._zero + area[what] * self._unit for what in ("points", "least", "most")}
        yield self._bar(self._zero, top, at["points"] - self._zero, class_="points", fill=INK)
        yield self._open_bar(at["points"], top, at["most"] - at["points"])
        if area["least"] != area["points"]:
            yield line(at["least"], top - 2, at["least"], top + _BAR + 3, class_="least", stroke_width=4.5)
            yield line(at["least"], top - 1, at["least"], top + _BAR + 2, stroke=PAPER, stroke_width=1.8)

    def _open_bar(self, x: float, y: float, wide: float) -> str:
        return self._bar(x, y, wide, class_="open", fill=f"url(#{self._hatch})", stroke=INK, stroke_width=0.8)

    def _bar(self, x: float, y: float, wide: float, **attributes: str | float | None) -> str:
        return element("rect", x=x, y=y, width=wide, height=_BAR, **attributes) if wide > 0 else ""

    def _marks(self, top: float) -> Iterator[str]:
        for points in self._levels.values():
            x = self._zero + points * self._unit
            yield line(x, top - 3, x, top + 2 * _BAR + 6, stroke_opacity=0.45, stroke_dasharray="2 2", class_="level")

    def _key(self, top: float) -> tuple[list[str], float]:
        """Return what the bars mean, and where the drawing ends."""
        samples: list[tuple[Iterable[str], str]] = [
            ([self._bar(0, 0, 30, fill=_FOR)], "points for (to the right)"),
            ([self._bar(0, 0, 30, fill="none", stroke=_AGAINST, stroke_width=2)], "points against (left)"),
            ([self._bar(0, 0, 30, fill=INK)], "points that the area has"),
            ([self._open_bar(0, 0, 30)], "still open"),
        ]
        if any(area["least"] != area["points"] for area in self._areas):
            mark = [
                line(15, -2, 15, 14, stroke_width=4.5),
                line(15, -1, 15, 13, stroke=PAPER, stroke_width=1.8),
            ]
            samples.append((mark, "the least it could be"))
        parts = [line(_SIDE, top, _WIDTH - _SIDE, top, stroke_opacity=0.3)]
        rows = (len(samples) + 1) // 2
        for turn, (sample, words) in enumerate(samples):
            column, row = divmod(turn, rows)
            x, y = (_SIDE, 228.0)[column], top + 9 + row * 20
            parts.append(element("g", *sample, transform=f"translate({x:.0f} {y:.1f})"))
            parts.append(text_line(x + 38, y + 10, words, size=SMALL))
        top += 12 + rows * 20
        notes = [self._levels_said(), "Points order reasons; they are no probability."]
        for words in itertools.chain.from_iterable(
            wrapped(note, _WIDTH - 2 * _SIDE, size=SMALL) for note in notes if note
        ):
            parts.append(text_line(_SIDE, top + SMALL, words, size=SMALL, class_="lesser"))
            top += LINE
        return parts, top + 6

    def _levels_said(self) -> str:
        said = ", ".join(f"{level} from {points}" for level, points in self._levels.items())
        return f"Marks: {said}." if said else ""
