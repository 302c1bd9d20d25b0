"""The intake as a FHIR R4 Questionnaire: link ids are places in the intake, texts the questions of the rule set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ipt_rules.interop.fhir_words import (
    MAX_OCCURS,
    MAX_VALUE,
    MIN_OCCURS,
    MIN_VALUE,
    QUESTIONNAIRE,
    Resource,
    extension,
    system_of,
)
from ipt_rules.interop.form import COUNTED_FROM, MONTHS_AGO, Item, by_place, form
from ipt_rules.records import NO_SUBJECT
from ipt_rules.ruleset import load_ruleset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipt_rules.ruleset import Ruleset

_TYPES: Final = {
    "group": "group",
    "any": "boolean",
    "flag": "boolean",
    "number": "integer",
    "date": "date",
    "choice": "choice",
    "text": "string",
}
_WORDED_BY: Final = {"cleared": "gates", "offered_area": "areas"}


def questionnaire(ruleset: Ruleset | None = None) -> Resource:
    """Return the intake as a Questionnaire, worded by a rule set.

    Args:
        ruleset: whose questions they are; None for the shipped ones.

    """
    ruleset = ruleset or load_ruleset()
    return {
        "resourceType": "Questionnaire",
        "url": QUESTIONNAIRE,
        "version": ruleset.version,
        "name": "IptIntake",
        "title": "Intake for interpersonal psychotherapy",
        "status": "draft",
        "subjectType": ["Patient"],
        "description": (
            "Recorded by a clinician. Every question but the day may be left open: what is open is unknown, never no. "
            f"Worded by the rule set {ruleset.name} {ruleset.version}."
        ),
        "item": [_item(item, ruleset) for item in form()],
    }


def _item(item: Item, ruleset: Ruleset) -> Resource:
    told: dict[str, Any] = {"linkId": item.place, "text": text_of(item, ruleset), "type": _TYPES[item.type]}
    if extensions := list(_extensions(item)):
        told["extension"] = extensions
    if enabled := _enable_when(item):
        told["enableWhen"] = enabled
        if len(enabled) > 1:
            told["enableBehavior"] = "any"
    if item.needed:
        told["required"] = True
    if item.repeats:
        told["repeats"] = True
    if item.characters is not None:
        told["maxLength"] = item.characters
    if item.options:
        told["answerOption"] = [{"valueCoding": coding(item, word, ruleset)} for word in item.options]
    if item.items:
        told["item"] = [_item(one, ruleset) for one in item.items]
    return told


def text_of(item: Item, ruleset: Ruleset) -> str:
    """Return what an item asks: the question as the rule set words it, else what the answer says."""
    if item.key in ruleset.questions:
        return ruleset.questions[item.key]
    if item.name in (MONTHS_AGO, COUNTED_FROM):
        moment = by_place()[item.place.rpartition(".")[0]]
        return f"{text_of(moment, ruleset)} ({item.meaning})"
    return item.meaning or item.name.replace("_", " ")


def _extensions(item: Item) -> Iterator[Resource]:
    if item.bounds:
        yield extension(MIN_VALUE, "Integer", item.bounds[0])
        yield extension(MAX_VALUE, "Integer", item.bounds[1])
    if item.needed and item.most > 1:
        yield extension(MIN_OCCURS, "Integer", item.most)
    if item.repeats:
        yield extension(MAX_OCCURS, "Integer", item.most)


def _enable_when(item: Item) -> list[Resource]:
    """Return when the item is asked; a question that may yet arise is, while that is open."""
    if item.type == "group" and item.place.endswith("[]"):
        return [{"question": item.place.removesuffix("[]"), "operator": "=", "answerBoolean": True}]
    moment = item.place.rpartition(".")[0]
    if item.name == MONTHS_AGO:
        return [_answered(moment, yes=False)]
    if item.name == COUNTED_FROM:
        return [_answered(f"{moment}.{MONTHS_AGO}", yes=True)]
    if item.only_if is None:
        return []
    decides, words = by_place()[item.only_if[0]], item.only_if[1]
    codings = [{"system": system_of(decides), "code": word} for word in words]
    arising = [{"question": decides.place, "operator": "=", "answerCoding": coding} for coding in codings]
    return [*arising, _answered(decides.place, yes=False)]


def _answered(place: str, *, yes: bool) -> Resource:
    return {"question": place, "operator": "exists", "answerBoolean": yes}


def coding(item: Item, word: str, ruleset: Ruleset | None = None) -> Resource:
    """Return an answer to a choice as a Coding, displayed in the words of a rule set."""
    return {"system": system_of(item), "code": word, "display": _displayed(item, word, ruleset)}


def _displayed(item: Item, word: str, ruleset: Ruleset | None) -> str:
    worded = {} if ruleset is None else ruleset.words.get(_WORDED_BY.get(item.name, ""), {})
    if word in worded:
        return worded[word]
    part, found, position = word.removesuffix("]").partition("[")
    if found:
        return f"{part} {int(position) + 1}"
    return "none of these" if word == NO_SUBJECT and "losses[0]" in item.options else word.replace("_", " ")
