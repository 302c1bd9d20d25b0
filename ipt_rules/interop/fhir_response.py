"""An intake as a FHIR R4 QuestionnaireResponse: the record of one patient, whole, with names and notes where they are given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ipt_rules.interop.fhir_words import (
    ASKED_AS,
    ASKED_UNKNOWN,
    DATA_ABSENT_REASON,
    EMPTY_TEXT,
    QUESTIONNAIRE,
    Resource,
    extension,
    system_of,
)
from ipt_rules.interop.form import Item, form

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ipt_rules.intake import Intake

VALUES: Final = {
    "any": "valueBoolean",
    "flag": "valueBoolean",
    "number": "valueInteger",
    "date": "valueDate",
    "choice": "valueCoding",
    "text": "valueString",
}
"""What an answer is called, by the type of its item."""


def response(intake: Intake, *, subject: str | None = None) -> Resource:
    """Return an intake as a QuestionnaireResponse, from which ``intake_from`` reads it back.

    It holds all that the intake does, names and notes among it.

    Args:
        intake: what was recorded.
        subject: whose it is, as a reference such as ``Patient/17``.

    """
    told: Resource = {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": QUESTIONNAIRE,
        "status": "completed",
        "authored": intake.assessed_on.isoformat(),
    }
    if subject is not None:
        told["subject"] = {"reference": subject}
    silent = {place: position for position, place in enumerate(intake.asked_without_answer)}
    return {**told, "item": list(_items(form(), intake.to_dict(), "", silent))}


def _items(items: Sequence[Item], record: Resource, at: str, silent: Mapping[str, int]) -> Iterator[Resource]:
    """Yield the items that have an answer, or were asked without one."""
    for item in items:
        here = f"{at}.{item.name}" if at else item.name
        if item.type == "group" and item.repeats:
            for position, entry in enumerate(record.get(item.name) or ()):
                yield _group(item, list(_items(item.items, entry, f"{here}[{position}]", silent)))
        elif item.type == "group":
            if inner := list(_items(item.items, record.get(item.name, {}), here, silent)):
                yield _group(item, inner)
        elif (value := _value(item, record)) is not None:
            yield {"linkId": item.place, "answer": _answers(item, value)}
        elif here in silent:
            reason = extension(DATA_ABSENT_REASON, "Code", ASKED_UNKNOWN)
            yield {"linkId": item.place, "extension": [reason, extension(ASKED_AS, "Integer", silent[here])]}


def _group(item: Item, inner: list[Resource]) -> Resource:
    return {"linkId": item.place, "item": inner} if inner else {"linkId": item.place}


def _value(item: Item, record: Resource) -> Any:
    """Return the answer to an item that a plain record holds."""
    value = record.get(item.moment or item.name)
    if not item.moment:
        return value
    if isinstance(value, dict):
        return value.get(item.name)
    return value if item.name == item.moment else None


def _answers(item: Item, value: Any) -> list[Resource]:
    if item.type == "any":
        return [{VALUES["any"]: bool(value)}]
    return [_answer(item, one) for one in (value if item.most > 1 else [value])]


def _answer(item: Item, value: Any) -> Resource:
    if item.type == "choice":
        value = {"system": system_of(item), "code": value}
    if value == "":
        return {"extension": [extension(EMPTY_TEXT, "Boolean", True)]}
    return {VALUES[item.type]: value}
