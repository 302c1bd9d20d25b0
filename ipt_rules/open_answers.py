"""Which questions of an intake are still open, and the intake with more of them answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from ipt_rules import places
from ipt_rules.intake import PARTS_OF_THE_PATIENT, SUBJECT_LISTS, Intake
from ipt_rules.records import Asked, Refers, arises, declared

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def open_places(intake: Intake, path: str) -> Iterator[str]:
    """Yield the open questions at a place, which may hold ``[]`` for every entry of a list.

    A list that was not asked for is one open question. A question that does not arise is none, and neither is a judgement.
    """
    head, found, rest = path.partition("[]")
    try:
        here = places.at(intake, places.parse(head))
    except LookupError:
        return
    if not found:
        if here is None and arises(*_holder(intake, head)):
            yield head
    elif here is None:
        yield head
    else:
        for position in range(len(here)):
            yield from open_places(intake, f"{head}[{position}]{rest}")


def all_open_places(intake: Intake) -> Iterator[str]:
    """Yield every open question of an intake, in the order of the models; references to people and subjects among them."""
    for part in PARTS_OF_THE_PATIENT:
        yield from _open_of(getattr(intake, part), part)
    for part in SUBJECT_LISTS:
        yield from _open_list(intake, part)
    yield from _open_list(intake, "inventory.people")
    if intake.inventory.ties is None:
        yield "inventory.ties"


def with_answers(intake: Intake, answers: Mapping[str, Any]) -> Intake:
    """Return the intake with other answers at some places.

    Args:
        answers: place → plain value; None leaves the question open.

    Raises:
        ValueError: a key is no place.
        LookupError: a list has no such entry.
        IntakeError: the answers do not fit, or contradict the others.

    """
    plain = intake.to_dict()
    for place, value in answers.items():
        places.put(plain, places.parse(place), value)
    return Intake.model_validate(plain)


def _open_list(intake: Intake, part: str) -> Iterator[str]:
    entries = places.at(intake, places.parse(part))
    if entries is None:
        yield part
    for position, entry in enumerate(entries or ()):
        yield from _open_of(entry, f"{part}[{position}]")


def _open_of(record: BaseModel, place: str) -> Iterator[str]:
    for field in type(record).model_fields:
        asks = isinstance(declared(type(record), field), Asked | Refers)
        if asks and getattr(record, field) is None and arises(record, field):
            yield f"{place}.{field}"


def _holder(intake: Intake, place: str) -> tuple[BaseModel, str]:
    steps = places.parse(place)
    holder = places.at(intake, steps[:-1])
    assert isinstance(holder, BaseModel)  # a question stands in a record
    return holder, str(steps[-1])
