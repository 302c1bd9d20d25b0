"""Every field that a rule may name, and the questions of the intake that they come from.

Recorded fields are read off the models of the intake; derived ones stand in the registry of ``derived``. A row kind has the
fields of several groups, in a fixed order: that order is the layout of a row.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from ipt_rules import derived
from ipt_rules.dates import When
from ipt_rules.intake import PARTS_OF_THE_PATIENT, SUBJECT_LISTS, Change, Dispute, Intake, Isolation, Loss
from ipt_rules.inventory import Inventory, Person
from ipt_rules.malformed import parts
from ipt_rules.records import Asked, Refers, bounds, declared, is_flag, most_items, options, words_of_items
from ipt_rules.sessions import CheckIn, GoalProgress, InterpersonalEvent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import BaseModel

    from ipt_rules.values import Known

STAGES: Final = options(Dispute, "stage")
"""The stages of a dispute."""

STAGE_FIELDS: Final = ("dispute.stage_found", "dispute.stage_used")
"""What the stage rules find; no rule of their own pass sees it."""

RowKind: TypeAlias = Literal[
    "loss", "dispute", "change", "isolation", "patient", "standing", "focus", "checkin", "event"
]

_EVERYWHERE: Final = ("patient", "network", "story")
GROUPS_OF_ROWS: Final[Mapping[str, tuple[str, ...]]] = {
    "loss": ("loss", "tie", *_EVERYWHERE),
    "dispute": ("dispute", "tie", *_EVERYWHERE),
    "change": ("change", "tie", *_EVERYWHERE),
    "isolation": ("isolation", *_EVERYWHERE),
    "patient": _EVERYWHERE,
    "standing": ("standing", *_EVERYWHERE),
    "focus": ("focus", "loss", "dispute", "change", "isolation", "tie", *_EVERYWHERE),
    "checkin": ("checkin", "course", *_EVERYWHERE),
    "event": ("event", "tie", "checkin", "course", *_EVERYWHERE),
}
ROW_KINDS: Final = tuple(GROUPS_OF_ROWS)

RECORDS: Final[Mapping[str, type[BaseModel]]] = {
    "loss": Loss,
    "dispute": Dispute,
    "change": Change,
    "isolation": Isolation,
    "tie": Person,
    "checkin": CheckIn,
    "event": InterpersonalEvent,
}
"""The record behind each group whose fields belong to one subject, person, session or event."""

_PLACE_OF_GROUP: Final = {group: f"{part}[]" for part, group in SUBJECT_LISTS.items()} | {
    "tie": "inventory.people[]",
    "checkin": "check_ins[]",
    "event": "check_ins[].events[]",
}

_GROUPS: Final = (
    "loss",
    "dispute",
    "change",
    "isolation",
    "event",
    "tie",
    "checkin",
    "course",
    "patient",
    "network",
    "story",
    "standing",
    "focus",
)


@dataclass(frozen=True, slots=True)
class Field:
    """One field that a rule may name.

    Attributes:
        name: dotted name, e.g. ``loss.mourning``.
        type: ``flag`` (true or false), ``number`` or ``choice``.
        meaning: what it says.
        options: the words of a choice, from least to most where ``ordered``.
        bounds: the least and the most that a number may be.
        unit: unit of a number.
        ranged: known as a range; its row has ``name.least`` and ``name.most``.
        path: the place of the answer in an intake (``losses[].mourning``), or of the answer that counts most for a derived field.
        reads: for a derived field, every answer that it is computed from.
        tied_to: for a derived field, other fields that cannot vary independently of it.
        source: for a derived field, reference and place, or ``inference``.
        judgement: recorded by the clinician's judgement; its absence is no open question.

    """

    name: str
    type: Literal["flag", "number", "choice"]
    meaning: str
    options: tuple[str, ...] = ()
    ordered: bool = False
    bounds: tuple[int, int] | None = None
    unit: str = ""
    ranged: bool = False
    path: str = ""
    reads: tuple[str, ...] = ()
    tied_to: tuple[str, ...] = ()
    source: str = ""
    judgement: bool = False

    @property
    def group(self) -> str:
        """The part of the name before the first dot."""
        return self.name.partition(".")[0]

    @property
    def is_derived(self) -> bool:
        """Whether the field is computed from other answers."""
        return bool(self.reads)

    def type_in_words(self) -> str:
        """Return the type as people say it."""
        if self.type == "flag":
            return "true or false"
        if self.type == "number":
            low, high = self.bounds or (0, 0)
            return f"{'range of whole numbers' if self.ranged else 'whole number'} from {low} to {high}" + (
                f" ({self.unit})" if self.unit else ""
            )
        return (" < " if self.ordered else " | ").join(self.options)

    def to_word(self, value: Known) -> Known:
        """Return the word for the code of an ordered choice; every other value is its own word."""
        return self.options[value] if self.ordered and isinstance(value, int) else value


@functools.cache
def fields() -> Mapping[str, Field]:
    """Return every field by name, in the order of the groups and of the models."""
    found: dict[str, Field] = {}
    for group in _GROUPS:
        for field in (*_recorded(group), *_derived(group)):
            found[field.name] = field
    return found


@functools.cache
def fields_of(kind: str) -> Mapping[str, Field]:
    """Return the fields that a row of this kind has."""
    return {name: field for group in GROUPS_OF_ROWS[kind] for name, field in fields().items() if field.group == group}


@functools.cache
def layout(kind: str) -> Mapping[str, int]:
    """Return the position of each field in a row of this kind; a ranged field holds two, the least and then the most."""
    positions: dict[str, int] = {}
    width = 0
    for name, field in fields_of(kind).items():
        positions[name] = width
        width += 2 if field.ranged else 1
    return positions


@dataclass(frozen=True, slots=True)
class Question:
    """Something that the intake asks: a field's answer, a date, a reference, or a list.

    Attributes:
        key: name by which the rule set words it, e.g. ``loss.mourning``, ``loss.when``, ``losses``.
        path: its place in an intake, with ``[]`` for a position.
        answers: the accepted answers in words.
        meaning: what the answer says.
        only_if: in words, when the question arises; empty when always.

    """

    key: str
    path: str
    answers: str
    meaning: str
    only_if: str = ""


@functools.cache
def questions() -> Mapping[str, Question]:
    """Return every question of the intake by key, in the order in which the intake asks them."""
    asked: list[Question] = []
    for part, info in Intake.model_fields.items():
        if part in PARTS_OF_THE_PATIENT:
            asked += _questions_of(parts(info.annotation)[0], "patient", part)
        elif part in SUBJECT_LISTS:
            asked.append(_list_question(Intake, part, part))
            asked += _questions_of(RECORDS[SUBJECT_LISTS[part]], SUBJECT_LISTS[part], f"{part}[]")
        elif part == "inventory":
            asked.append(_list_question(Inventory, "people", "inventory.people"))
            asked += _questions_of(Person, "tie", "inventory.people[]")
            asked.append(_list_question(Inventory, "ties", "inventory.ties"))
    return {question.key: question for question in asked}


@functools.cache
def course_questions() -> Mapping[str, Question]:
    """Return every question about a session by key, in the order in which a check-in asks them."""
    asked = [*_questions_of(CheckIn, "checkin", "check_ins[]")]
    asked.append(_list_question(CheckIn, "events", "check_ins[].events"))
    asked += _questions_of(InterpersonalEvent, "event", "check_ins[].events[]")
    asked += _questions_of(GoalProgress, "progress", "check_ins[].progress[]")
    return {question.key: question for question in asked}


@functools.cache
def path_to_key() -> Mapping[str, str]:
    """Return the key of the question of the intake at each place (written with ``[]``)."""
    return {question.path: question.key for question in questions().values()}


def _list_question(record: type[BaseModel], part: str, path: str) -> Question:
    most = most_items(record, part)
    return Question(path, path, f"list of at most {most}; [] for none", f"the {part.replace('_', ' ')} recorded")


def _questions_of(record: type[BaseModel], group: str, place: str) -> Iterator[Question]:
    for name in record.model_fields:
        asked = declared(record, name)
        if isinstance(asked, Asked):
            only_if = f"{asked.only_if[0]} is {' or '.join(asked.only_if[1])}" if asked.only_if else ""
            yield Question(f"{group}.{name}", f"{place}.{name}", _answers(record, name), asked.meaning, only_if)
        elif isinstance(asked, Refers):
            answers = _REFERENCES[asked.to]
            answers += ", or nobody" if asked.to == "person" and group != "dispute" else ""
            yield Question(f"{group}.{name}", f"{place}.{name}", answers, asked.meaning)


_REFERENCES: Final = {
    "person": "id of a person in the inventory",
    "subject": "place of a subject, or none",
    "goal": "place of a goal, such as goals[0]",
}


def _answers(record: type[BaseModel], name: str) -> str:
    if words := options(record, name):
        return " | ".join(words)
    if limits := bounds(record, name):
        return f"{limits[0]} to {limits[1]}"
    if is_flag(record, name):
        return "true | false"
    if When in parts(record.model_fields[name].annotation):
        return "date (2025, 2025-03, 2025-03-14) or {months_ago: 8}"
    if words := words_of_items(record, name):
        return f"list of {' | '.join(words)}"
    return "date (2025-03-14)"


def _recorded(group: str) -> Iterator[Field]:
    if group == "patient":
        for part in PARTS_OF_THE_PATIENT:
            yield from _recorded_of(parts(Intake.model_fields[part].annotation)[0], group, part)
    elif group in RECORDS:
        yield from _recorded_of(RECORDS[group], group, _PLACE_OF_GROUP[group])


def _recorded_of(record: type[BaseModel], group: str, place: str) -> Iterator[Field]:
    for name in record.model_fields:
        asked = declared(record, name)
        kind = _type(record, name)
        if isinstance(asked, Asked) and kind is not None:
            yield Field(
                name=f"{group}.{name}",
                type=kind,
                meaning=asked.meaning,
                options=options(record, name),
                ordered=asked.ordered,
                bounds=bounds(record, name),
                unit=asked.unit,
                path=f"{place}.{name}",
                judgement=asked.judgement,
            )


def _type(record: type[BaseModel], name: str) -> Literal["flag", "number", "choice"] | None:
    if options(record, name):
        return "choice"
    if bounds(record, name):
        return "number"
    return "flag" if is_flag(record, name) else None


def _derived(group: str) -> Iterator[Field]:
    for entry in derived.REGISTRY.values():
        if entry.group == group:
            yield Field(
                name=entry.name,
                type=entry.type,
                meaning=entry.meaning,
                options=entry.options,
                ordered=entry.ordered,
                bounds=entry.bounds,
                unit=entry.unit,
                ranged=entry.ranged,
                path=entry.reads[0],
                reads=entry.reads,
                tied_to=entry.tied_to,
                source=entry.source,
            )
