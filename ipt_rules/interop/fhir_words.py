"""The addresses by which FHIR R4 and this library call things, and small shapes that several resources share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ipt_rules.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipt_rules.interop.form import Item

Resource: TypeAlias = dict[str, Any]
"""A FHIR resource, or a part of one, as JSON holds it."""

OWN: Final = "urn:ipt-rules:fhir"
QUESTIONNAIRE: Final = f"{OWN}:questionnaire:intake:v1"
"""The canonical address of the intake's questionnaire; its last part changes when link ids or answers do."""

DATA_ABSENT_REASON: Final = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
ASKED_UNKNOWN: Final = "asked-unknown"
WITHOUT_ANSWER: Final = (ASKED_UNKNOWN, "asked-declined")
"""Reasons that say: it was asked, and there is no answer."""

ASKED_AS: Final = f"{OWN}:asked-as"
"""Beside that reason: which of the questions without an answer this is in the intake's list of them, counted from 0."""

EMPTY_TEXT: Final = f"{OWN}:empty-text"
"""On an answer: the text is recorded and has no characters, which no FHIR string may be."""

MIN_VALUE: Final = "http://hl7.org/fhir/StructureDefinition/minValue"
MAX_VALUE: Final = "http://hl7.org/fhir/StructureDefinition/maxValue"
MIN_OCCURS: Final = "http://hl7.org/fhir/StructureDefinition/questionnaire-minOccurs"
MAX_OCCURS: Final = "http://hl7.org/fhir/StructureDefinition/questionnaire-maxOccurs"
ORDINAL_VALUE: Final = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
ITEM_WEIGHT: Final = "http://hl7.org/fhir/StructureDefinition/itemWeight"
LOINC: Final = "http://loinc.org"


def system_of(item: Item) -> str:
    """Return the code system of the answers to a choice; each question has its own."""
    return f"{OWN}:answers:{item.key}"


def extension(url: str, kind: str, value: Any) -> Resource:
    """Return an extension with a value of this kind, such as ``Integer``."""
    return {"url": url, f"value{kind}": value}


def extended(element: Resource, url: str, value: str) -> Any:
    """Return the value of the first extension of this address that an element has; None where there is none."""
    extensions = element.get("extension", [])
    known = [one for one in extensions if isinstance(one, dict)] if isinstance(extensions, list) else []
    return next((one.get(value) for one in known if one.get("url") == url), None)


_NOT_TO_BE_USED: Final = ("entered-in-error", "stopped")


def of_a_response(given: Any) -> Iterator[Problem]:
    """Yield why something is no response that can be read at all."""
    if not isinstance(given, dict):
        yield Problem("", 0, 0, "", "is no FHIR resource; hand in a QuestionnaireResponse as a mapping")
        return
    if given.get("resourceType") != "QuestionnaireResponse":
        yield Problem("", 0, 0, "resourceType", "must be: 'QuestionnaireResponse'")
    if given.get("status") in _NOT_TO_BE_USED:
        yield Problem("", 0, 0, "status", "says that this is not to be used; hand in a response that stands")
    if "implicitRules" in given or any("modifierExtension" in part for part in _parts(given)):
        what = (
            "holds a modifierExtension or implicitRules, which may change what answers mean and are not understood here"
        )
        yield Problem("", 0, 0, "", what)


def _parts(response: Resource) -> Iterator[Resource]:
    """Yield a response, its items and their answers, at whatever depth."""
    waiting = [response]
    while waiting:
        part = waiting.pop()
        yield part
        for name in ("item", "answer"):
            below = part.get(name)
            waiting += [one for one in below if isinstance(one, dict)] if isinstance(below, list) else []
