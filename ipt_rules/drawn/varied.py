"""Other intakes around one that has some property: as many answers are changed as the property allows.

Nothing is drawn and thrown away: where too much was changed, less is, and at last nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ipt_rules import places
from ipt_rules.drawn.intakes import complete
from ipt_rules.errors import IntakeError
from ipt_rules.intake import PARTS_OF_THE_PATIENT, SUBJECT_LISTS, Intake
from ipt_rules.records import Asked, Private, Refers, declared

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from pydantic import BaseModel

    from ipt_rules.drawn.intakes import Chooser, Plain

_MOST_CHANGED: Final = 10
"""Given answers that are changed at the most."""


_SHARE_FULLER: Final = 60
"""Of a hundred intakes, those in which open questions are answered too."""


def varied(choose: Chooser, intake: Intake, keeps: Callable[[Intake], bool], spared: Collection[str] = ()) -> Intake:
    """Return an intake with the same property and other answers; the very same where nothing else keeps it.

    Args:
        choose: what draws; of the simplest choices nothing is changed.
        intake: an intake with the property.
        keeps: whether an intake has the property.
        spared: places of answers that stay, with ``[]`` for every position: those on which the property rests.

    """
    given = [place for place in given_places(intake) if places.pattern(place) not in spared]
    count = choose.number(0, min(_MOST_CHANGED, len(given)))
    changed = list(dict.fromkeys(choose.one_of(given) for _ in range(count)))
    fuller = choose.chance(_SHARE_FULLER)
    if not changed and not fuller:
        return intake
    full = complete(choose, with_plain(intake, dict.fromkeys(changed)), share=choose.one_of((100, 40)))
    attempts = _lesser(intake, full, changed, fuller=fuller)
    return next((attempt for attempt in attempts if attempt is not None and keeps(attempt)), intake)


def _lesser(intake: Intake, full: Intake, changed: Sequence[str], *, fuller: bool) -> Iterator[Intake | None]:
    """Yield intakes in which less and less is changed: the full one, then only given answers, then fewer of them."""
    if fuller:
        yield full
    plain = full.to_dict()
    count = len(changed)
    while count:
        answers = {place: _plain_at(plain, place) for place in changed[:count]}
        yield _or_none(intake, answers)
        yield _or_none(intake, dict.fromkeys(answers))
        count //= 2


def lessened(intake: Intake, keeps: Callable[[Intake], bool]) -> Intake:
    """Return the intake with as much left open as a property allows, looked for in few steps: small enough to be read.

    Args:
        intake: an intake with the property.
        keeps: whether an intake has the property.

    """
    intake = _without_lists(intake, keeps)
    left = [*given_places(intake), *_said_besides(intake)]
    size = len(left)
    while size > 1:
        size = (size + 1) // 2
        for some in [left[start : start + size] for start in range(0, len(left), size)]:
            less = _if_it_keeps(intake, _or_none(intake, dict.fromkeys(some)), keeps)
            if less is not intake:
                intake, left = less, [place for place in left if place not in some]
    return _without_lists(intake, keeps)


def _without_lists(intake: Intake, keeps: Callable[[Intake], bool]) -> Intake:
    for part in (*SUBJECT_LISTS, "inventory.people", "inventory.ties", "asked_without_answer"):
        without = () if part == "asked_without_answer" else None
        intake = _if_it_keeps(intake, _or_none(intake, {part: without}), keeps)
    return intake


def _if_it_keeps(intake: Intake, other: Intake | None, keeps: Callable[[Intake], bool]) -> Intake:
    return other if other is not None and other != intake and keeps(other) else intake


def _said_besides(intake: Intake) -> Iterator[str]:
    """Yield the places of references to people and subjects, and of what is there for people alone."""
    for place, record in _records(intake):
        for name in type(record).model_fields:
            besides = isinstance(declared(type(record), name), Refers | Private)
            if besides and name != "id" and getattr(record, name) is not None:
                yield f"{place}.{name}"


def _records(intake: Intake) -> list[tuple[str, BaseModel]]:
    """Return the parts of an intake, its subjects and people, each with its place."""
    people = [(f"inventory.people[{number}]", one) for number, one in enumerate(intake.inventory.people or ())]
    parts = [(part, getattr(intake, part)) for part in PARTS_OF_THE_PATIENT]
    return [*parts, *intake.subjects(), *people]


def given_places(intake: Intake) -> Iterator[str]:
    """Yield the places of all answers that are given, but for lists and for references to people and subjects."""
    for place, record in _records(intake):
        for name in type(record).model_fields:
            answer = getattr(record, name)
            if isinstance(declared(type(record), name), Asked) and answer is not None and not isinstance(answer, tuple):
                yield f"{place}.{name}"


def with_plain(intake: Intake, answers: dict[str, Any]) -> Intake:
    """Return the intake with other answers at places where some are given; None forgets one.

    Raises:
        IntakeError: the answers contradict the others.

    """
    plain: Plain = intake.to_dict()
    for place, value in answers.items():
        places.put(plain, places.parse(place), value)
    return Intake.model_validate(plain)


def _or_none(intake: Intake, answers: dict[str, Any]) -> Intake | None:
    """Return the intake with other answers; None where they contradict those that stay."""
    try:
        return with_plain(intake, answers)
    except IntakeError:
        return None


def _plain_at(plain: Any, place: str) -> Any:
    for step in places.parse(place):
        plain = plain[step] if isinstance(step, int) else plain.get(step)
        if plain is None:
            return None
    return plain
