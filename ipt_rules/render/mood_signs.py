"""The signs in the drawing of mood over the sessions, and the key that says what they mean and who the numbers are."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, Final

from ipt_rules import places
from ipt_rules.render.course_said import not_recorded
from ipt_rules.render.svg import FONT, INK, LINE, PAPER, SMALL, element, line, text_line, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROW: Final = 18.0
"""From one event of a session to the next below it, in units."""

NOT_ASKED: Final = "?"
"""Where nobody asked about events."""

PERSON_SIZE: Final = 10.0
"""Size of the number of a person beside the sign of an event, in units."""

_COLOURS: Final = {"better": "var(--support,#2a7ab8)", "worse": "var(--conflict,#cf4436)"}
_SHAPES: Final = {"better": "0,-6 6,5 -6,5", "worse": "0,6 6,-5 -6,-5", "none": "-6,-2.2 6,-2.2 6,2.2 -6,2.2"}
_MEANINGS: Final = {
    "better": "felt better after it",
    "worse": "felt worse after it",
    "none": "felt no different",
    None: "effect not known",
}
_SAMPLE: Final = 30.0
_COLUMN: Final = 206.0
_NAMES: Final = 400.0
"""Room for a name with its number, in units."""
_SIGN_ROW: Final = 20.0


def steps(effect: str | None) -> str:
    """Return the colour for an effect; what is neither better nor worse, or not known, is drawn in ink."""
    return _COLOURS.get(effect or "", INK)


def place_of(value: float, ends: tuple[int, int], top: float, height: float) -> float:
    """Return how far down a value stands in a panel."""
    least, most = ends
    return top + height * (1 - (value - least) / (most - least))


def person_number(event: Mapping[str, Any]) -> str:
    """Return the number of the person in the inventory with whom an event was, counted from 1; empty where there is none."""
    if event["person"] is None:
        return ""
    return str(int(places.parse(event["person"])[-1]) + 1)


def marker(event: Mapping[str, Any], x: float, y: float, *, ring: bool) -> Iterator[str]:
    """Yield the sign of an event by its direction, the person's number beside it, and a ring where mood moved with it."""
    if ring:
        yield element(
            "circle", cx=x, cy=y, r=9.2, fill=PAPER, stroke=steps(event["effect"]), stroke_width=1.8, class_="ring"
        )
    yield _sign(event["effect"], x, y)
    number = person_number(event)
    if number:
        yield text_line(x + 6.5, y + 6.5, number, size=PERSON_SIZE, class_="halo strong")


def _sign(effect: str | None, x: float, y: float) -> str:
    if effect not in _SHAPES:
        return element("circle", cx=x, cy=y, r=4.6, fill=PAPER, stroke=INK, stroke_width=1.6, class_="effect-not-known")
    at = f"translate({x:.1f} {y:.1f})"
    return element(
        "polygon", points=_SHAPES[effect], transform=at, fill=steps(effect), stroke=PAPER, class_=f"effect-{effect}"
    )


def key(told: Mapping[str, Any], left: float, top: float, room: float) -> tuple[list[str], float]:
    """Return who the numbers are, then what the signs mean in columns, and where that ends."""
    parts, top = _listed(people(told), left, top, room)
    columns = max(1, int(room // _COLUMN))
    signs = list(_signs(told))
    for turn, (sample, words) in enumerate(signs):
        x, y = left + turn % columns * _COLUMN, top + 14 + turn // columns * _SIGN_ROW
        parts.append(element("g", *sample, transform=f"translate({x:.1f} {y:.1f})"))
        parts.append(text_line(x + _SAMPLE, y + 4, words, size=SMALL))
    return parts, top + 14 + -(-len(signs) // columns) * _SIGN_ROW


def _listed(found: Sequence[tuple[str, str]], left: float, top: float, room: float) -> tuple[list[str], float]:
    """Return who the numbers are, in as many columns as there is room for, and where that ends."""
    parts: list[str] = []
    columns = max(1, int(room // _NAMES))
    wide = room / columns
    for row in range(0, len(found), columns):
        most = 1
        for turn, (number, who) in enumerate(found[row : row + columns]):
            x, lines = left + turn * wide, wrapped(who, wide - _SAMPLE - 10)
            parts.append(text_line(x + _SAMPLE - 10, top + FONT, number, anchor="end", class_="strong"))
            parts += [
                text_line(x + _SAMPLE, top + FONT + LINE * down, words, class_="name")
                for down, words in enumerate(lines)
            ]
            most = max(most, len(lines))
        top += LINE * most + 3
    return parts, top


def _has_gaps(told: Mapping[str, Any]) -> bool:
    """Return whether a line runs on over sessions of which its value is not known."""
    sessions, measured = told["sessions"], told["measured"]
    moods = [entry["session"] for entry in sessions if entry["mood_before"] is not None]
    first = [0] if measured and measured["at_first"] is not None else []
    values = [entry["session"] for entry in sessions if measured and measured["scale"] in entry["scales"]]
    return any(then > now + 1 for known in (moods, first + values) for now, then in itertools.pairwise(known))


def people(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the numbers of the people with whom there were events, in order, and what they are called."""
    found = {
        int(person_number(event)): event["who"]
        for entry in told["sessions"]
        for event in entry["events"] or ()
        if event["person"] is not None
    }
    return [(str(number), who) for number, who in sorted(found.items())]


def _signs(told: Mapping[str, Any]) -> Iterator[tuple[Sequence[str], str]]:
    """Yield each sign that the drawing has, at the origin, and what it means."""
    sessions = told["sessions"]
    events = [event for entry in sessions for event in entry["events"] or ()]
    yield [line(0, 0, 20, 0, stroke_width=2), element("circle", cx=10, cy=0, r=4, fill=INK)], "mood before a session"
    if any(entry["mood_after"] is not None for entry in sessions):
        yield [element("circle", cx=10, cy=0, r=3, fill=PAPER, stroke=INK, stroke_width=1.4)], "mood after it"
    if _has_gaps(told):
        yield [line(0, 0, 20, 0, stroke_width=1.4, stroke_dasharray="2 5")], "dashed: not known"
    for effect, words in _MEANINGS.items():
        if any(event["effect"] == effect for event in events):
            yield [_sign(effect, 10, 0)], words
    if any(event["person"] is None for event in events):
        yield [], "no number: nobody known"
    if told["links"]:
        ring = element("circle", cx=10, cy=0, r=8, fill="none", stroke=INK, stroke_width=1.8)
        yield [ring], "mood moved with it"
    if any(entry["events"] is None for entry in sessions):
        yield [text_line(10, 5, NOT_ASKED, anchor="middle", class_="lesser")], "events not asked about"
    if not_recorded(told):
        hatched = [line(4 + 4 * turn, 7, 8 + 4 * turn, -7, stroke_opacity=0.5) for turn in range(3)]
        yield hatched, "nothing recorded"
