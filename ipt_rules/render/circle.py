"""The closeness circle: the patient in the centre, the people around them in rings, and what the ties are like."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any, Final

from ipt_rules.render.circle_key import key_to_names, key_to_signs
from ipt_rules.render.circle_layout import DOT, RINGS, ROLES, WIDTH, Box, Layout, placed_labels
from ipt_rules.render.circle_signs import (
    LINES,
    RING_WORDS,
    ROLE_WORDS,
    STATUS_DOTS,
    marks,
    nobody,
    shown_names,
    told_person,
)
from ipt_rules.render.svg import FONT, INK, LINE, SMALL, drawing, element, line, measure, text_line, title, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipt_rules.render.circle_layout import Label, Spot

_PATIENT: Final = 15.0
_MOST_NAMES: Final = 14
"""With more people than this their names stand in a list, by their numbers."""


def closeness_circle(told: dict[str, Any], *, id_prefix: str = "") -> str:
    """Return the closeness circle as SVG.

    Args:
        told: the people as ``told_pictures.told_inventory`` or ``told_bare_inventory`` tells them; it decides about names.
        id_prefix: what makes the ids unique where a page holds several circles.

    """
    return _Circle(told).drawn(id_prefix)


class _Circle:
    def __init__(self, told: dict[str, Any]) -> None:
        self._told = told
        self._people: Sequence[dict[str, Any]] = told["people"]
        self._names = shown_names(self._people)
        self._layout = Layout(self._people)
        self._bottom = self._layout.centre[1] + self._layout.radii[-1] + 30
        self._labels = self._placed()

    def _placed(self) -> list[Label] | None:
        if len(self._people) > _MOST_NAMES:
            return None
        taken = [*map(_box_of, self._ring_words()), *map(_box_of, self._role_words()), self._patient_box()]
        return placed_labels(self._layout, self._names, list(map(marks, self._people)), taken, self._bottom)

    def drawn(self, id_prefix: str) -> str:
        below, height = self._below()
        parts = itertools.chain(
            self._rings(),
            self._borders(),
            self._ties(),
            self._lines(),
            self._words(),
            [self._patient()],
            self._dots(),
            self._name_lines(),
            below,
        )
        says = ("Closeness circle: the people around the patient", self._said())
        return drawing("circle", WIDTH, height, says, parts, id_prefix=id_prefix)

    def _said(self) -> str:
        """Return in words what the circle shows."""
        if not self._people:
            return nobody(self._told)
        people = [told_person(position, person) for position, person in enumerate(self._people)]
        return " ".join([f"{len(people)} {'person' if len(people) == 1 else 'people'}.", *people, self._said_of_ties()])

    def _said_of_ties(self) -> str:
        if not self._told["ties_asked"]:
            return "Who of them is in touch with whom was not asked about."
        pairs = ", ".join(f"{one + 1} and {other + 1}" for one, other in self._told["ties"])
        return f"In touch with each other: {pairs or 'nobody'}."

    def _rings(self) -> Iterator[str]:
        """Yield the rings; dashed where it is not known who stands in them."""
        for ring, radius in zip(RINGS, self._layout.radii, strict=False):
            dashes = None if self._told["asked"] and ring else "2 5"
            yield element(
                "circle",
                cx=self._layout.centre[0],
                cy=self._layout.centre[1],
                r=radius,
                fill="none",
                stroke=INK,
                stroke_opacity=0.35,
                stroke_dasharray=dashes,
            )

    def _borders(self) -> Iterator[str]:
        for angle in self._layout.borders:
            start, end = self._layout.at(angle, 30), self._layout.at(angle, self._layout.radii[-1])
            yield line(*start, *end, stroke_opacity=0.18)

    def _ties(self) -> Iterator[str]:
        """Yield a thin arc for each tie among the others, bent away from the centre."""
        middle = self._layout.centre
        for first, second in self._told["ties"]:
            one, other = self._layout.spots[first], self._layout.spots[second]
            half = (one.x + other.x) / 2, (one.y + other.y) / 2
            across = -(other.y - one.y) * 0.22, (other.x - one.x) * 0.22
            outwards = 1 if across[0] * (half[0] - middle[0]) + across[1] * (half[1] - middle[1]) >= 0 else -1
            bend = half[0] + across[0] * outwards, half[1] + across[1] * outwards
            path = "M{:.1f} {:.1f}Q{:.1f} {:.1f} {:.1f} {:.1f}".format(one.x, one.y, *bend, other.x, other.y)
            yield element("path", class_="tie", d=path, fill="none", stroke=INK, stroke_opacity=0.45, stroke_width=0.9)

    def _lines(self) -> Iterator[str]:
        for spot, person in zip(self._layout.spots, self._people, strict=True):
            drawn = [kind for kind in LINES if kind.width(person)]
            for turn, kind in enumerate(drawn):
                yield self._line(spot, (turn - (len(drawn) - 1) / 2) * 4.6, kind.attributes(person))

    def _line(self, spot: Spot, aside: float, attributes: dict[str, str | float | None]) -> str:
        """Return a line from the patient to a person, beside the others between the two."""
        across = -math.sin(spot.angle) * aside, math.cos(spot.angle) * aside
        x, y = self._layout.at(spot.angle, _PATIENT)
        return line(x + across[0], y + across[1], spot.x + across[0], spot.y + across[1], **attributes)

    def _ring_words(self) -> Iterator[tuple[float, float, str, str]]:
        for ring, radius in zip(RINGS, self._layout.radii, strict=False):
            yield self._layout.centre[0], self._layout.centre[1] - radius + 4, "middle", RING_WORDS[ring]

    def _role_words(self) -> Iterator[tuple[float, float, str, str]]:
        """Yield the name of each part of the patient's life, outside the rings, in the middle of its people."""
        for role in ROLES:
            angles = [
                spot.angle for spot, one in zip(self._layout.spots, self._people, strict=True) if one["role"] == role
            ]
            if angles and len(self._people) <= _MOST_NAMES:
                yield self._role_word((min(angles) + max(angles)) / 2, ROLE_WORDS[role])

    def _role_word(self, angle: float, words: str) -> tuple[float, float, str, str]:
        """Return where a word stands outside the rings: it begins there on the right, ends there on the left."""
        x, y = self._layout.at(angle, self._layout.radii[-1] + 12)
        half = measure(words, SMALL) / 2
        aside = half * max(-1, min(1, 2 * math.cos(angle)))
        return min(max(x + aside, half + 4), WIDTH - half - 4), y + 5, "middle", words

    def _words(self) -> Iterator[str]:
        roles = self._role_words() if self._labels is not None else ()
        for x, y, anchor, words in itertools.chain(self._ring_words(), roles):
            yield text_line(x, y, words, anchor=anchor, size=SMALL, class_="lesser halo")

    def _patient_box(self) -> Box:
        x, y = self._layout.centre
        return Box(x - 25, y - _PATIENT, x + 25, y + _PATIENT)

    def _patient(self) -> str:
        x, y = self._layout.centre
        dot = element("circle", cx=x, cy=y, r=_PATIENT, fill=INK)
        sign = text_line(x, y + 5, "P", anchor="middle", size=FONT, class_="on-ink strong")
        return element("g", title("the patient"), dot, sign, class_="patient")

    def _dots(self) -> Iterator[str]:
        for spot, person in zip(self._layout.spots, self._people, strict=True):
            look = STATUS_DOTS[person["status"]]
            parts = [title(told_person(spot.position, person))]
            if person["subjects"]:
                parts.append(
                    element("circle", cx=spot.x, cy=spot.y, r=DOT + 3.5, fill="none", stroke=INK, stroke_width=1.6)
                )
            parts.append(element("circle", cx=spot.x, cy=spot.y, r=DOT, **look.attributes))
            parts.append(
                text_line(
                    spot.x, spot.y + 4, str(spot.position + 1), anchor="middle", size=11, class_=f"{look.text} strong"
                )
            )
            if person["status"] == "deceased" and self._labels is None:
                parts.append(text_line(spot.x + DOT + 3, spot.y - 3, "†", anchor="middle", class_="halo strong"))
            yield element("g", *parts, class_="person")

    def _name_lines(self) -> Iterator[str]:
        for label, person in zip(self._labels or (), self._people, strict=False):
            for turn, words in enumerate(label.lines):
                after = marks(person) if turn == len(label.lines) - 1 else ""
                y = label.y + LINE * turn
                yield text_line(label.x, y, words, anchor=label.anchor, class_="name halo", after=after)

    def _below(self) -> tuple[list[str], float]:
        """Return what stands below the circle, and where the drawing ends."""
        parts: list[str] = []
        top = self._bottom + 6
        notes = [] if self._people else [nobody(self._told)]
        if self._people and not self._told["ties_asked"]:
            notes.append("Who of them is in touch with whom: not asked about.")
        for words in itertools.chain.from_iterable(wrapped(note, WIDTH - 20) for note in notes):
            parts.append(text_line(WIDTH / 2, top + FONT, words, anchor="middle", class_="strong"))
            top += LINE + 2
        if self._labels is None:
            listed, top = key_to_names(self._people, self._names, top)
            parts += listed
        if self._people:
            signs, top = key_to_signs(self._told, top + 6)
            parts += signs
        return parts, top + 8


def _box_of(words: tuple[float, float, str, str]) -> Box:
    x, y, _, said = words
    half = measure(said, SMALL) / 2
    return Box(x - half, y - SMALL, x + half, y + 4)
