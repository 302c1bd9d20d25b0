"""The form of an intake: its questions as a tree of items, read off the models, for whatever standard writes forms.

An item is called by its place in the intake, with ``[]`` for a position. A list is two items: the question whether there is any
(``losses``), and a group that repeats (``losses[]``). A moment is three: a date, a number of months ago, and the day from which
those are counted.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args

from annotated_types import MaxLen

from ipt_rules.dates import MONTHS_IN_A_LIFE, When
from ipt_rules.intake import PARTS_OF_THE_PATIENT, SUBJECT_LISTS, Intake
from ipt_rules.inventory import Inventory, Tie
from ipt_rules.malformed import parts
from ipt_rules.records import (
    NO_SUBJECT,
    Asked,
    Private,
    Refers,
    bounds,
    declared,
    is_flag,
    most_items,
    options,
    words_of_items,
)
from ipt_rules.vocabulary import RECORDS, path_to_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

ItemType: TypeAlias = Literal["group", "any", "flag", "number", "date", "choice", "text"]

MONTHS_AGO: Final = "months_ago"
COUNTED_FROM: Final = "counted_from"


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the form.

    Attributes:
        place: its place in an intake, with ``[]`` for a position; for what belongs to a moment, with its name behind.
        type: ``any`` asks whether a list has entries; ``group`` holds other items.
        key: the key of the question that words it; empty where no question does.
        meaning: what it says, where no question words it.
        options: the words of a choice.
        bounds: the least and the most that a number may be.
        most: how many answers or entries there may be; one where it does not repeat.
        only_if: the place of another item, and the answers to it with which this question arises; it may be answered while
            that one is open.
        moment: what the moment that it is a part of is called in its record; empty where it is part of none.
        characters: how long a text may be; None where there is no limit.
        needed: there is no intake without it.
        items: what a group holds.

    """

    place: str
    type: ItemType
    key: str = ""
    meaning: str = ""
    options: tuple[str, ...] = ()
    bounds: tuple[int, int] | None = None
    most: int = 1
    only_if: tuple[str, tuple[str, ...]] | None = None
    moment: str = ""
    characters: int | None = None
    needed: bool = False
    items: tuple[Item, ...] = ()

    @property
    def name(self) -> str:
        """The last step of its place: what the answer is called in its record."""
        return self.place.removesuffix("[]").rpartition(".")[2]

    @property
    def repeats(self) -> bool:
        """Whether there may be more than one."""
        return self.most > 1 or self.place.endswith("[]")


@functools.cache
def form() -> tuple[Item, ...]:
    """Return the items of an intake, in the order of the models."""
    return tuple(item for name in Intake.model_fields for item in _of_the_intake(name))


@functools.cache
def by_place() -> dict[str, Item]:
    """Return every item by its place."""
    found: dict[str, Item] = {}
    waiting = list(form())
    while waiting:
        item = waiting.pop()
        found[item.place] = item
        waiting += item.items
    return found


def _of_the_intake(name: str) -> Iterator[Item]:
    if name in PARTS_OF_THE_PATIENT:
        yield Item(name, "group", items=tuple(_items(parts(Intake.model_fields[name].annotation)[0], name)))
    elif name in SUBJECT_LISTS:
        yield from _list(Intake, name, name, RECORDS[SUBJECT_LISTS[name]])
    elif name == "inventory":
        people = _list(Inventory, "people", "inventory.people", RECORDS["tie"])
        ties = _list(Inventory, "ties", "inventory.ties", Tie)
        yield Item(name, "group", items=(*people, *ties, *_items(Inventory, name)))
    elif name == "assessed_on":
        yield Item(name, "date", meaning="the day of the assessment", needed=True)
    elif name == "note":
        yield _item(Intake, name, name)


def _list(holder: type[BaseModel], name: str, place: str, record: type[BaseModel]) -> Iterator[Item]:
    yield Item(place, "any", path_to_key()[place])
    entries = tuple(_items(record, f"{place}[]"))
    yield Item(f"{place}[]", "group", most=most_items(holder, name) or 1, items=entries)


def _items(record: type[BaseModel], place: str) -> Iterator[Item]:
    for name in record.model_fields:
        if declared(record, name) is not None:
            yield _item(record, name, f"{place}.{name}")
            if When in parts(record.model_fields[name].annotation):
                yield from _told_in_months(f"{place}.{name}", name)


def _told_in_months(place: str, moment: str) -> Iterator[Item]:
    meaning = "where there is no date: completed months ago"
    months = (0, MONTHS_IN_A_LIFE)
    yield Item(f"{place}.{MONTHS_AGO}", "number", meaning=meaning, bounds=months, moment=moment)
    meaning = "the day from which the months are counted, where it is not that of the assessment"
    yield Item(f"{place}.{COUNTED_FROM}", "date", meaning=meaning, moment=moment)


def _item(record: type[BaseModel], name: str, place: str) -> Item:
    asked = declared(record, name)
    described: dict[str, Any] = {"key": path_to_key().get(place, ""), "meaning": getattr(asked, "meaning", "")}
    characters = _most_characters(record.model_fields[name])
    if name in ("id", "between"):
        most = 2 if name == "between" else 1
        return Item(place, "text", **described, characters=characters, needed=True, most=most)
    if isinstance(asked, Asked) and asked.only_if:
        described["only_if"] = (f"{place.rpartition('.')[0]}.{asked.only_if[0]}", asked.only_if[1])
    if isinstance(asked, Private) or (isinstance(asked, Refers) and asked.to == "person"):
        return Item(place, "text", **described, characters=characters)
    if words := options(record, name) or _subjects(asked):
        return Item(place, "choice", **described, options=words)
    if words := words_of_items(record, name):
        return Item(place, "choice", **described, options=words, most=len(words))
    if limits := bounds(record, name):
        return Item(place, "number", **described, bounds=limits)
    if is_flag(record, name):
        return Item(place, "flag", **described)
    return Item(place, "date", **described, moment=name)


def _most_characters(part: Any) -> int | None:
    """Return how long the texts in a type, or in the description of a field, may be."""
    found = [
        entry.max_length
        for entry in getattr(part, "metadata", getattr(part, "__metadata__", ()))
        if isinstance(entry, MaxLen)
    ]
    inner = [part.annotation] if hasattr(part, "annotation") else get_args(part)
    return next((most for most in (*found, *map(_most_characters, inner)) if most is not None), None)


def _subjects(asked: Asked | Refers | Private | None) -> tuple[str, ...]:
    """Return the places of all subjects that an intake can have, for what refers to one."""
    if not isinstance(asked, Refers) or asked.to != "subject":
        return ()
    places = [f"{part}[{number}]" for part in SUBJECT_LISTS for number in range(most_items(Intake, part) or 0)]
    return (*places, NO_SUBJECT)
