"""Intake → rows: one flat record for each subject, and one for the patient.

A row's cells stand in the order of ``vocabulary.layout``: a code or word that is known, ``None`` for what is not known yet, and
``NOT_ARISING``. A list that was not asked for adds one row about which nothing is known; it takes part in the bounds only.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from ipt_rules.derived import REGISTRY, Case
from ipt_rules.intake import PARTS_OF_THE_PATIENT, SUBJECT_LISTS, Intake
from ipt_rules.network import Network
from ipt_rules.places import pattern
from ipt_rules.records import NOBODY, Asked, declared
from ipt_rules.values import NOT_ARISING, Known, NotArising, Range, Value
from ipt_rules.vocabulary import GROUPS_OF_ROWS, RECORDS, fields, fields_of, layout

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping

    from pydantic import BaseModel

Cell: TypeAlias = Known | NotArising | None
Cells: TypeAlias = tuple[Cell, ...]

Parts: TypeAlias = "Mapping[Hashable, Any]"
"""What rows are made of, by what it is about; nobody changes it."""

Since: TypeAlias = "tuple[Facts, Iterable[str]]"
"""The rows of another intake, and the places at which its answers differ (``losses[0].mourning``; a whole list by its name)."""

T = TypeVar("T")

_UNKNOWN_PERSON: Final = -1
_NO_PERSON: Final = -2


@dataclass(frozen=True, slots=True)
class Row:
    """All that a rule may know about one subject, or about the patient.

    Attributes:
        kind: row kind, e.g. ``loss``.
        place: place of the subject in the intake (``losses[0]``); empty for the patient, and for what was not asked.
        person: position in the inventory of the person concerned; None when nobody, or not known.
        cells: the values, in the order of ``layout(kind)``.

    """

    kind: str
    place: str
    person: int | None
    cells: Cells

    def value(self, field: str) -> Value:
        """Return what the row says of a field, as codes for ordered choices."""
        position = layout(self.kind)[field]
        cell = self.cells[position]
        if not fields()[field].ranged or cell is None or cell is NOT_ARISING:
            return cell
        most = self.cells[position + 1]
        assert isinstance(cell, int) and isinstance(most, int)  # noqa: PT018  # ranges are whole numbers
        return Range(cell, most)

    def paths(self, field: str) -> tuple[str, ...]:
        """Return the places of the intake that a field comes from, the one that counts most first."""
        return _paths(field, self.place, self.person)

    def with_values(self, values: Mapping[str, Value]) -> Row:
        """Return the row with some fields set."""
        cells, positions, known = list(self.cells), layout(self.kind), fields()
        for name, value in values.items():
            position = positions[name]
            made = _cells(value, ranged=known[name].ranged)
            cells[position : position + len(made)] = made
        return Row(self.kind, self.place, self.person, tuple(cells))


@dataclass(frozen=True, slots=True)
class Facts:
    """The rows of one intake.

    Attributes:
        subjects: one row for each subject recorded, in the order of the intake.
        patient: the one row about the patient.
        not_asked: one row about which nothing is known for each list that was not asked for.
        parts: what the rows are made of, for rows of the same intake with other answers.

    """

    subjects: tuple[Row, ...]
    patient: Row
    not_asked: tuple[Row, ...]
    parts: Parts = field(compare=False, repr=False)


def facts(intake: Intake, reading: frozenset[str] | None = None, *, since: Since | None = None) -> Facts:
    """Return the rows of an intake.

    Args:
        intake: what was recorded.
        reading: the fields that somebody will read; derived fields beside them are not computed. None for all.
        since: the rows of an intake that differs in some answers alone, and the places of those. What reads none of them is taken
            from there instead of being made again; the rows are the same.

    """
    made = _Parts(intake, reading, since)
    everywhere = made.everywhere()
    rows = []
    for place, subject in intake.subjects():
        kind = SUBJECT_LISTS[place.partition("[")[0]]
        person = made.position(getattr(subject, "person", None))
        about = Case(intake, made.network, place, subject, made.person(person))
        tie = made.tie(person, about) if kind != "isolation" else ()
        cells = (*made.of_subject(kind, place, about), *tie, *everywhere)
        rows.append(made.row(kind, place, person if person >= 0 else None, cells))
    not_asked = tuple(
        made.row(kind, "", None, (*_nothing_known(kind), *everywhere))
        for part, kind in SUBJECT_LISTS.items()
        if getattr(intake, part) is None
    )
    return Facts(tuple(rows), made.row("patient", "", None, everywhere), not_asked, made.kept)


def standing_row(patient: Row, values: Mapping[str, Value]) -> Row:
    """Return the row that the standing rules see: the standings and all that is known of the patient."""
    blank = (None,) * _width("standing")
    return Row("standing", "", None, (*blank, *patient.cells)).with_values(values)


def focus_row(subject: Row | None, patient: Row, values: Mapping[str, Value]) -> Row:
    """Return the row of a focus: its subject's row and ``focus.…``; the questions of other kinds of subject do not arise."""
    cells: list[Cell] = []
    for group in GROUPS_OF_ROWS["focus"]:
        width = _width(group)
        source = subject if subject is not None and group in GROUPS_OF_ROWS[subject.kind] else patient
        start = _start(source.kind, group)
        cells += source.cells[start : start + width] if start is not None else (NOT_ARISING,) * width
    place, person = ("", None) if subject is None else (subject.place, subject.person)
    return Row("focus", place, person, tuple(cells)).with_values(values)


class _Parts:
    """The cells that rows are made of: made anew, or taken from an earlier intake where they read nothing that has changed."""

    def __init__(self, intake: Intake, reading: frozenset[str] | None, since: Since | None) -> None:
        before, places = ({}, ()) if since is None else (since[0].parts, since[1])
        self._intake = intake
        self._reading = reading
        self._before: Parts = before
        self._places = tuple(places)
        self._patterns = frozenset(map(pattern, self._places))
        self._people = intake.inventory.people or ()
        self.kept: dict[Hashable, Any] = {}
        self.network: Network = self._part("network", self._touched("inventory"), lambda: Network(intake.inventory))
        self._positions: dict[str, int] = self._part(
            "positions",
            "inventory.people" in self._places,
            lambda: {person.id: position for position, person in enumerate(self._people)},
        )

    def everywhere(self) -> Cells:
        """Return what is known of the patient, the people around them and the whole story."""
        case = Case(self._intake, self.network)
        about = [getattr(self._intake, part) for part in PARTS_OF_THE_PATIENT]
        own = self._part(
            "patient", any(map(self._touched, PARTS_OF_THE_PATIENT)), lambda: tuple(answered("patient", about))
        )
        made = [self._computed(group, group, case) for group in GROUPS_OF_ROWS["patient"]]
        return (*own, *made[0], *made[1], *made[2])

    def of_subject(self, kind: str, place: str, about: Case) -> Cells:
        """Return what is known of one subject."""
        own = self._part(place, self._touched(place), lambda: tuple(answered(kind, [about.subject])))
        return (*own, *self._computed(kind, (kind, place), about))

    def position(self, reference: str | None) -> int:
        if reference is None:
            return _UNKNOWN_PERSON
        return self._positions[reference] if reference != NOBODY else _NO_PERSON

    def person(self, position: int) -> Any:
        return self._people[position] if position >= 0 else None

    def tie(self, position: int, about: Case) -> Cells:
        """Return what is known of the person whom a subject concerns."""
        if position < 0:
            return ((None if position == _UNKNOWN_PERSON else NOT_ARISING),) * _width("tie")
        place = f"inventory.people[{position}]"
        own = self._part(place, self._touched(place), lambda: tuple(answered("tie", [self._people[position]])))
        return (*own, *self._computed("tie", ("tie", position), about))

    def row(self, kind: str, place: str, person: int | None, cells: Cells) -> Row:
        """Return a row; the very row of the earlier intake where nothing of it has changed."""
        before: Row | None = self._before.get((kind, place, "row"))
        same = before is not None and before.person == person and before.cells == cells
        made = before if before is not None and same else Row(kind, place, person, cells)
        self.kept[kind, place, "row"] = made
        return made

    def _computed(self, group: str, key: Hashable, case: Case) -> Cells:
        reads = _reads(group, self._reading)
        changed = not self._patterns.isdisjoint(reads)
        return self._part((key, "computed"), changed, lambda: tuple(computed(group, case, self._reading)))

    def _part(self, key: Hashable, changed: bool, make: Callable[[], T]) -> T:
        made: T = make() if changed or key not in self._before else self._before[key]
        self.kept[key] = made
        return made

    def _touched(self, place: str) -> bool:
        """Return whether something at a place, below it or above it has changed."""
        return any(_same_or_below(changed, place) or _same_or_below(place, changed) for changed in self._places)


def _same_or_below(place: str, above: str) -> bool:
    return place.startswith(above) and place[len(above) : len(above) + 1] in ("", ".", "[")


@functools.cache
def _reads(group: str, reading: frozenset[str] | None) -> frozenset[str]:
    """Return the places, with ``[]`` for positions, that the computed fields of a group read, and all that lies above them."""
    entries = [
        entry for entry in REGISTRY.values() if entry.group == group and (reading is None or entry.name in reading)
    ]
    places = {place for entry in entries if entry.compute for place in entry.reads}
    places |= {f"{part}[].person" for part, kind in SUBJECT_LISTS.items() if group in ("tie", kind)}
    return frozenset(places | {place.partition("[")[0] for place in places if "[" in place})


@functools.lru_cache(maxsize=8192)
def _paths(name: str, place: str, person: int | None) -> tuple[str, ...]:
    """Return where a field comes from; every place is made of names and positions, so nothing of a patient is kept.

    What reads the ties among people looks at everybody, not at the person concerned alone.
    """
    field = fields()[name]
    tie = "inventory.people[]" if person is None else f"inventory.people[{person}]"
    found = []
    if field.group in ("checkin", "event"):
        return tuple(_at_session(path, place) for path in field.reads or (field.path,))
    for path in field.reads or (field.path,):
        part, _, rest = path.partition("[]")
        if field.group in SUBJECT_LISTS.values() and rest and place.startswith(part):
            found.append(place + rest)
        elif field.group == "tie" and path.startswith("inventory.people[]") and "inventory.ties" not in field.reads:
            found.append(tie + path.removeprefix("inventory.people[]"))
        else:
            found.append(path)
    return tuple(found)


def _at_session(path: str, place: str) -> str:
    """Return a place of a course with the positions of a row's session and event: ``check_ins[3].events[0].kind``."""
    for above in (place, place.partition(".")[0]):
        if above and path.startswith(pattern(above)):
            return above + path.removeprefix(pattern(above))
    return path


# ── cells ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def answered(group: str, records: Iterable[BaseModel]) -> list[Cell]:
    """Return the recorded answers of a group, in the order of its fields."""
    cells: list[Cell] = []
    for record, reading in zip(records, _readings(group), strict=True):
        for name, codes, absent, decides, words in reading:
            answer = getattr(record, name)
            if answer is None:
                decided = getattr(record, decides) if decides else None
                cells.append(absent if decided is None or decided in words else NOT_ARISING)
            else:
                cells.append(codes[answer] if codes else answer)
    return cells


_Reading: TypeAlias = tuple[str, dict[str, int], Cell, str, frozenset[str]]


@functools.cache
def _readings(group: str) -> tuple[tuple[_Reading, ...], ...]:
    """Return how to read each record of a group: attribute, codes of an ordered choice, what its absence says, when it arises."""
    if group != "patient":
        return (_reading(group, RECORDS[group]),)
    return tuple(_reading(group, type(Intake.model_fields[part].default)) for part in PARTS_OF_THE_PATIENT)


def _reading(group: str, record: type[BaseModel]) -> tuple[_Reading, ...]:
    found: list[_Reading] = []
    for name in record.model_fields:
        field = fields().get(f"{group}.{name}")
        asked = declared(record, name)
        if field is None or not isinstance(asked, Asked):
            continue
        codes = {word: code for code, word in enumerate(field.options)} if field.ordered else {}
        decides, words = asked.only_if or ("", ())
        absent = NOT_ARISING if asked.judgement else None  # a judgement that nobody made is no open question
        found.append((name, codes, absent, decides, frozenset(words)))
    return tuple(found)


def computed(group: str, case: Any, reading: frozenset[str] | None) -> list[Cell]:
    """Return the derived fields of a group, in their order; those that nobody reads are not known."""
    cells: list[Cell] = []
    for compute, ranged in _computations(group, reading):
        value = compute(case) if compute else None
        if ranged:
            cells += _cells(value, ranged=True)
        else:
            cells.append(value)  # type: ignore[arg-type]  # only ranged fields have ranges
    return cells


@functools.cache
def _computations(
    group: str, reading: frozenset[str] | None
) -> tuple[tuple[Callable[[Case], Value] | None, bool], ...]:
    return tuple(
        (entry.compute if reading is None or entry.name in reading else None, entry.ranged)
        for entry in REGISTRY.values()
        if entry.group == group
    )


def _cells(value: Value, *, ranged: bool) -> Cells:
    if isinstance(value, Range):
        return value.least, value.most
    return (value, value) if ranged else (value,)


@functools.cache
def _nothing_known(kind: str) -> Cells:
    """Return the cells of a subject, and of the person concerned, about which nothing is known."""
    return (None,) * sum(_width(group) for group in GROUPS_OF_ROWS[kind] if group not in GROUPS_OF_ROWS["patient"])


@functools.cache
def _width(group: str) -> int:
    return sum(2 if field.ranged else 1 for field in fields().values() if field.group == group)


@functools.cache
def _start(kind: str, group: str) -> int | None:
    return next((layout(kind)[name] for name, field in fields_of(kind).items() if field.group == group), None)
