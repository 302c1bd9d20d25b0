"""The signs of the closeness circle: what a line, a dot and a letter mean, the same in the drawing, in its key and in text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ipt_rules.render.svg import INK, PAPER, clean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Attributes = dict[str, "str | float | None"]

RING_WORDS: Final = {"closest": "closest", "close": "close", "distant": "distant", None: "ring not known"}
ROLE_WORDS: Final = {
    "partner": "partner",
    "family": "family",
    "friend": "friends",
    "colleague": "colleagues",
    "other": "others",
    None: "role not known",
}
STATUS_WORDS: Final = {"current": "goes on", "past": "is over", "deceased": "has died", None: "not known if over"}
SUBJECT_LETTERS: Final = {"loss": "L", "dispute": "D", "change": "C"}
DAGGER: Final = "†"

_WIDTHS: Final = {"some": 1.6, "much": 3.6}


@dataclass(frozen=True, slots=True)
class LineKind:
    """A kind of line between the patient and a person; its pattern tells it apart without its colour.

    Attributes:
        words: what it means.
        colour: of the stroke; mid tones that show on light and on dark.
        pattern: dashes, as SVG writes them; None for an unbroken line.
        width: returns how wide the line to a person is, in units; 0 where there is none.

    """

    words: str
    colour: str
    pattern: str | None
    width: Callable[[dict[str, Any]], float]

    def attributes(self, person: dict[str, Any]) -> Attributes:
        """Return how the line to a person is drawn."""
        return self.drawn(self.width(person))

    def drawn(self, width: float) -> Attributes:
        """Return how a line of this kind and width is drawn."""
        return {"stroke": self.colour, "stroke_width": width, "stroke_dasharray": self.pattern, "class_": "tie-line"}


def _unknown(person: dict[str, Any]) -> float:
    return 1.4 if None in (person["support"], person["conflict"]) else 0


LINES: Final = (
    LineKind("support", "var(--support,#2a7ab8)", None, lambda one: _WIDTHS.get(one["support"], 0)),
    LineKind("conflict", "var(--conflict,#cf4436)", "7 4", lambda one: _WIDTHS.get(one["conflict"], 0)),
    LineKind(
        "good and hard sides", "var(--ambivalence,#9459c4)", "9 3 2 3", lambda one: 2.2 if one["ambivalent"] else 0
    ),
    LineKind("one or both not known", "var(--unknown,#808080)", "1.4 4", _unknown),
)


@dataclass(frozen=True, slots=True)
class DotKind:
    """What the dot of a person looks like, and the class of the number in it."""

    attributes: Attributes
    text: str


_HOLLOW: Final[Attributes] = {"fill": PAPER, "stroke": INK}

STATUS_DOTS: Final = {
    "current": DotKind({"fill": INK, "stroke": INK}, "on-ink"),
    "past": DotKind({**_HOLLOW, "stroke_opacity": 0.55}, "lesser"),
    "deceased": DotKind({**_HOLLOW, "stroke_width": 2.6}, "plain"),
    None: DotKind({**_HOLLOW, "stroke_dasharray": "2 2.5", "stroke_width": 1.4}, "plain"),
}


def marks(person: dict[str, Any]) -> str:
    """Return what follows a person's name: a dagger for the dead, and letters for what concerns them."""
    kinds = {subject["kind"] for subject in person["subjects"]}
    letters = " ".join(letter for kind, letter in SUBJECT_LETTERS.items() if kind in kinds)
    dagger = DAGGER if person["status"] == "deceased" else ""
    return f"{dagger} {f'[{letters}]' if letters else ''}".strip()


def nobody(told: Mapping[str, Any]) -> str:
    """Return what is said of an inventory without people: that there are none, or that nobody has asked."""
    return "Asked: there is nobody." if told["asked"] else "Not asked about yet: who is in the patient's life."


def shown_names(people: Sequence[dict[str, Any]]) -> list[str]:
    """Return what people are called in the drawing: their number is in the dot and need not be said twice."""
    cleaned = [(clean(person["label"]), f"(person {position + 1})") for position, person in enumerate(people)]
    return [label.removesuffix(end).strip() or label for label, end in cleaned]


def told_person(position: int, person: dict[str, Any]) -> str:
    """Return in words what the circle shows of one person."""
    name = shown_names([{"label": ""}] * position + [person])[position]
    status = STATUS_WORDS[person["status"]]
    said = [status if person["status"] == "deceased" else f"relationship: {status}"]
    said.append(f"ring: {RING_WORDS[person['closeness']].replace('ring ', '')}")
    said += [f"{what} {person[what] or 'not known'}" for what in ("support", "conflict")]
    said += ["good and hard sides"] if person["ambivalent"] else []
    said += [f"subject of a {kind}" for kind in dict.fromkeys(one["kind"] for one in person["subjects"])]
    return f"{position + 1}, {name} ({ROLE_WORDS[person['role']]}): {'; '.join(said)}."
