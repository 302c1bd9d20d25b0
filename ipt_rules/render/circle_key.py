"""What stands below the closeness circle: who the numbers are, and what the signs mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ipt_rules.render.circle_layout import ROLES, WIDTH
from ipt_rules.render.circle_signs import DAGGER, LINES, ROLE_WORDS, STATUS_DOTS, STATUS_WORDS, SUBJECT_LETTERS, marks
from ipt_rules.render.svg import FONT, INK, LINE, SMALL, element, line, text_line, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_COLUMNS: Final = (14.0, 236.0)
_COLUMN: Final = 190.0
_NUMBER: Final = 24.0
_ROW: Final = 19.0


class _Entry(NamedTuple):
    """A heading, or a person with their number."""

    number: str
    lines: tuple[str, ...]
    mark: str

    @property
    def height(self) -> float:
        return LINE * len(self.lines) + (4 if self.number else 10)


def key_to_names(people: Sequence[dict[str, Any]], names: Sequence[str], top: float) -> tuple[list[str], float]:
    """Return the list of people by role in two columns, and where it ends."""
    entries = list(_entries(people, names))
    half = sum(entry.height for entry in entries) / 2
    parts: list[str] = []
    column, y, lowest = 0, top, top
    for entry in entries:
        if column == 0 and y - top >= half:
            column, y = 1, top
        parts += _listed(entry, _COLUMNS[column], y)
        y += entry.height
        lowest = max(lowest, y)
    return parts, lowest


def _entries(people: Sequence[dict[str, Any]], names: Sequence[str]) -> Iterator[_Entry]:
    for role in ROLES:
        here = [position for position, person in enumerate(people) if person["role"] == role]
        if here:
            yield _Entry("", (ROLE_WORDS[role],), "")
        for position in here:
            mark = marks(people[position])
            lines = wrapped(names[position], _COLUMN - _NUMBER, after=mark)
            yield _Entry(str(position + 1), tuple(lines), mark)


def _listed(entry: _Entry, x: float, top: float) -> Iterator[str]:
    if not entry.number:
        yield text_line(x, top + FONT + 6, entry.lines[0], size=SMALL, class_="lesser strong")
        return
    yield text_line(x + _NUMBER - 7, top + FONT, entry.number, anchor="end", class_="strong")
    for turn, words in enumerate(entry.lines):
        after = entry.mark if turn == len(entry.lines) - 1 else ""
        yield text_line(x + _NUMBER, top + FONT + LINE * turn, words, class_="name", after=after)


def key_to_signs(told: dict[str, Any], top: float) -> tuple[list[str], float]:
    """Return what the lines, dots and letters mean in two columns, and where that ends."""
    parts = [line(_COLUMNS[0], top, WIDTH - _COLUMNS[0], top, stroke_opacity=0.3)]
    signs = list(_signs(told))
    rows = (len(signs) + 1) // 2
    for turn, (sample, words) in enumerate(signs):
        column, row = divmod(turn, rows)
        x, y = _COLUMNS[column], top + 8 + row * _ROW
        parts.append(element("g", *sample, transform=f"translate({x:.0f} {y + 9:.0f})"))
        parts.append(text_line(x + 42, y + FONT, words, size=SMALL))
    return parts, top + 8 + rows * _ROW


def _signs(told: dict[str, Any]) -> Iterator[tuple[list[str], str]]:
    """Yield each sign at the origin and what it means; signs of dots, ties and letters only where the drawing has them."""
    for kind in LINES:
        yield [line(0, 0, 34, 0, **kind.drawn(2.2))], kind.words
    yield (
        [line(0, -3, 34, -3, **LINES[0].drawn(1.6)), line(0, 3, 34, 3, **LINES[0].drawn(3.6))],
        "thin: some; thick: much",
    )
    yield [], "no line: neither"
    for status, words in STATUS_WORDS.items():
        if any(person["status"] == status for person in told["people"]):
            dot = element("circle", cx=17, cy=0, r=7, **STATUS_DOTS[status].attributes)
            dagger = [text_line(31, 4, DAGGER, anchor="middle")] if status == "deceased" else []
            yield [dot, *dagger], words
    if told["ties"]:
        arc = element("path", d="M2 5Q17 -11 32 5", fill="none", stroke=INK, stroke_opacity=0.6, stroke_width=0.9)
        yield [arc], "are in touch"
    kinds = {one["kind"] for person in told["people"] for one in person["subjects"]}
    for subject, letter in SUBJECT_LETTERS.items():
        if subject in kinds:
            yield [text_line(17, 4, f"[{letter}]", anchor="middle")], f"concerned by a {subject}"
