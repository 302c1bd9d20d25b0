"""Changes to an intake as they are written on a command line: ``losses[0].mourning=moving``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from ipt_rules import places
from ipt_rules.documents import DocumentReader, plain
from ipt_rules.errors import IntakeError, Problem
from ipt_rules.vocabulary import path_to_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipt_rules.intake import Intake

_HEADING = "The intake cannot be changed so:"


def read_changes(written: Sequence[str], intake: Intake) -> dict[str, Any]:
    """Return changes as place → plain answer; answers are read as in an intake, and none leaves the question open.

    Args:
        written: each a place, ``=`` and an answer in YAML.
        intake: the intake that is to be changed.

    Raises:
        IntakeError: with everything that is wrong; a change whose place cannot be told is named by its number.

    """
    changes: dict[str, Any] = {}
    problems: list[Problem] = []
    for number, change in enumerate(written, 1):
        place, found, answer = change.partition("=")
        wrong = list(_wrong_with_place(place, intake)) if found else ["write a place, = and an answer"]
        if not wrong and place in changes:
            wrong = ["is given twice"]
        if wrong:
            problems += [Problem("", 0, 0, f"change {number}", what) for what in wrong]
        else:
            changes[place], mistakes = _answer(answer, place)
            problems += mistakes
    if problems:
        raise IntakeError(_HEADING, problems)
    return changes


def places_in(found: Sequence[str]) -> str:
    """Return places as a list in a sentence."""
    return ", ".join(found) or "none"


def _wrong_with_place(place: str, intake: Intake) -> Iterator[str]:
    """Yield why nothing can be changed at a place, and what would be right."""
    try:
        above = places.parse(place)[:-1]
    except ValueError:
        yield "begins with no place; write it as losses[0].mourning=moving"
        return
    try:
        holder = places.at(intake, above) if above else intake
    except LookupError:
        yield f"this intake has no such place; what is recorded in it: {places_in(list(_recorded(intake)))}"
        return
    if not isinstance(holder, BaseModel) or places.pattern(place) not in path_to_key():
        names = ", ".join(sorted(_asked_of(holder)))
        yield f"nothing is asked at this place{f'; what is asked there: {names}' if names else ''}"


def _asked_of(holder: object) -> Iterator[str]:
    """Yield what is asked in a part of an intake."""
    if isinstance(holder, BaseModel):
        asked = {path.rpartition(".")[2] for path in path_to_key()}
        yield from (name for name in type(holder).model_fields if name in asked)


def _recorded(intake: Intake) -> Iterator[str]:
    """Yield the places of the subjects and people of an intake."""
    yield from (place for place, _ in intake.subjects())
    if people := intake.inventory.people:
        first, last = "inventory.people[0]", f"inventory.people[{len(people) - 1}]"
        yield first if first == last else f"{first} to {last}"


def _answer(text: str, place: str) -> tuple[Any, list[Problem]]:
    """Return the answer that a text gives, and what is wrong with it."""
    reader = DocumentReader(text, quote=False)
    answer = plain(reader.read())
    return answer, [Problem("", 0, 0, place, problem.what) for problem in reader.problems]
