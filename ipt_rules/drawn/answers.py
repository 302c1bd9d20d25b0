"""Answers for drawn courses: those of a session, those of a safe beginning, and those that may turn out to be otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ipt_rules.intake import PARTS_OF_THE_PATIENT, Episode, Intake, Safety
from ipt_rules.later_intake import ELSEWHERE
from ipt_rules.records import bounds, is_flag, items_of_totals, options, words_of_items

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

    from ipt_rules.drawn.intakes import Chooser, Plain

_DECIDING: Final = ("kind", "person", "status", "stage")
"""Answers of an intake that others may contradict."""

_ADULT: Final = 21
"""An age, in years, at which nobody is a minor."""


def known_safe(intake: Intake) -> Intake:
    """Return the intake of an adult, with every question about safety answered by no, and thoughts of death by not at all."""
    plain = intake.to_dict()
    plain["asked_without_answer"] = ()
    plain["safety"] = dict.fromkeys((name for name in Safety.model_fields if is_flag(Safety, name)), False)
    plain["patient"] = {**plain.get("patient", {}), "age": max(plain.get("patient", {}).get("age", 0), _ADULT)}
    for dispute in plain.setdefault("disputes", []):
        dispute |= {"violence": False, "coercion": False}
    episode = plain.get("episode", {})
    for total, item, others in items_of_totals(Episode):
        if episode.get(item):
            episode |= {item: 0, total: min(episode.get(total, others), others)}
    return Intake.model_validate(plain)


def given_answers(known: Intake) -> Iterator[tuple[str, list[Any]]]:
    """Yield the answers that may turn out to be otherwise whatever else is known, each with what they may turn out to be."""
    people = [(f"inventory.people[{number}]", one) for number, one in enumerate(known.inventory.people or ())]
    parts = [(part, getattr(known, part)) for part in PARTS_OF_THE_PATIENT]
    records: list[tuple[str, BaseModel]] = [*known.subjects(), *people, *parts]
    for place, record in records:
        for name in type(record).model_fields:
            answer = getattr(record, name)
            alternatives = [True, False] if is_flag(type(record), name) else options(type(record), name)
            if answer is None or not alternatives or name in _DECIDING or f"{place}.{name}" in ELSEWHERE:
                continue
            yield f"{place}.{name}", [None, *(one for one in alternatives if one != answer)]


def draw_answer(choose: Chooser, record: type[BaseModel], plain: Plain, name: str) -> None:
    """Answer one question of a session, of an event or of a loss."""
    if is_flag(record, name):
        plain[name] = choose.chance(50)
    elif words := options(record, name):
        plain[name] = choose.one_of(words)
    elif words := words_of_items(record, name):
        plain[name] = [word for word in words if choose.chance(20)]
    elif limits := bounds(record, name):
        plain[name] = choose.number(*_that_fit(record, plain, name, limits))


def _that_fit(record: type[BaseModel], plain: Plain, name: str, limits: tuple[int, int]) -> tuple[int, int]:
    """Return the least and the most that a number can be beside the total or the item that is answered already."""
    least, most = limits
    for total, item, others in items_of_totals(record):
        if name == item and plain.get(total) is not None:
            least, most = max(least, plain[total] - others), min(most, plain[total])
        if name == total and plain.get(item) is not None:
            least, most = max(least, plain[item]), min(most, plain[item] + others)
    return least, most
