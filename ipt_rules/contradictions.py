"""Answers that contradict each other, each with its place and what would be right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel

from ipt_rules import places
from ipt_rules.inventory import Person, inventory_contradictions, not_arising
from ipt_rules.malformed import problem
from ipt_rules.records import NO_SUBJECT, NOBODY, Asked, Record, Refers, arises, declared, items_of_totals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipt_rules.errors import Problem
    from ipt_rules.intake import Intake


_LISTS: Final = ("losses", "disputes", "changes", "isolation", "inventory.people", "inventory.ties")


def contradictions(intake: Intake, left_out: frozenset[places.Steps] = frozenset()) -> list[Problem]:
    """Return the contradictions in an intake whose answers are all well-formed.

    Args:
        intake: the intake, without what was malformed.
        left_out: the places of what was malformed; what refers to them is not called wrong for it.

    """
    people_known = not left_out & {("inventory",), ("inventory", "people")}
    checks = (
        inventory_contradictions(intake.inventory, ("inventory",), people_known=people_known),
        _people(intake, people_known=people_known),
        _times(intake),
        _arising(intake),
        _views(intake, left_out),
        _scores(intake),
        _asked(intake, left_out),
    )
    return [problem(steps, what) for check in checks for steps, what in check]


def _people(intake: Intake, *, people_known: bool) -> Iterator[tuple[places.Steps, str]]:
    people = {person.id: person for person in intake.inventory.people or ()}
    for place, subject in intake.subjects():
        here = places.parse(place)
        reference = getattr(subject, "person", None)
        if reference in people:
            yield from _of_the_dead(subject, people[reference], here)
        elif reference == NOBODY:
            if here[0] == "disputes":
                yield (*here, "person"), "a dispute is with somebody; name the person, or leave this open"
        elif reference is not None and people_known:
            what = "refers to a person who is not in the inventory; add the person, or leave this open"
            yield (*here, "person"), what


def _of_the_dead(subject: Record, person: Person, here: places.Steps) -> Iterator[tuple[places.Steps, str]]:
    if getattr(subject, "stage", None) is not None and person.status == "deceased":
        yield (
            (*here, "stage"),
            "a stage is recorded for a dispute with somebody who died; leave the stage out, or record a loss",
        )
    if getattr(subject, "kind", None) == "death" and person.status in ("current", "past"):
        yield (
            (*here, "person"),
            "the death of somebody whose status is not 'deceased'; mend the person's status or the loss",
        )


def _times(intake: Intake) -> Iterator[tuple[places.Steps, str]]:
    events: list[tuple[places.Steps, Any]] = [(("episode", "onset"), intake.episode.onset)]
    for place, subject in intake.subjects():
        events += [((*places.parse(place), field), getattr(subject, field, None)) for field in ("when", "began")]
    for steps, when in events:
        if hasattr(when, "span") and when.span(intake.assessed_on)[0] > intake.assessed_on:
            yield steps, "lies after the day of the assessment (assessed_on)"


def _arising(intake: Intake) -> Iterator[tuple[places.Steps, str]]:
    for place, subject in intake.subjects():
        yield from not_arising(subject, places.parse(place))


def _views(intake: Intake, left_out: frozenset[places.Steps]) -> Iterator[tuple[places.Steps, str]]:
    subjects = {place for place, _ in intake.subjects()}
    for field in type(intake.view).model_fields:
        asked = declared(type(intake.view), field)
        if not isinstance(asked, Refers):
            continue
        answer = getattr(intake.view, field)
        if answer not in (None, NO_SUBJECT) and answer not in subjects and not _below(answer, left_out):
            yield (
                ("view", field),
                f"refers to no subject of this intake; write its place, such as losses[0], or '{NO_SUBJECT}'",
            )


def _scores(intake: Intake) -> Iterator[tuple[places.Steps, str]]:
    for total, item, others in items_of_totals(type(intake.episode)):
        points, of_item = getattr(intake.episode, total), getattr(intake.episode, item)
        if points is not None and of_item is not None and not of_item <= points <= of_item + others:
            yield ("episode", total), f"does not fit {item}: the other items add 0 to {others} points to it"


def _below(place: str, left_out: frozenset[places.Steps]) -> bool:
    """Return whether a place lies in what was left out."""
    try:
        steps = places.parse(place)
    except ValueError:
        return False
    return any(steps[: len(above)] == above for above in left_out if above)


def _asked(intake: Intake, left_out: frozenset[places.Steps]) -> Iterator[tuple[places.Steps, str]]:
    seen: set[places.Steps] = set()
    for position, place in enumerate(intake.asked_without_answer):
        here = ("asked_without_answer", position)
        try:
            steps = places.parse(place)
            answer = places.at(intake, steps)
        except (ValueError, LookupError):
            if _below(place, left_out):
                continue
            yield here, "is no question of this intake; write its place, such as losses[0].mourning"
            continue
        if not is_question(intake, steps):
            yield here, "is a part of the intake, not a question; name the question, such as episode.phq9"
        elif answer not in (None, ()):
            yield here, f"{places.written(steps)} is answered; it cannot be without an answer too"
        elif not arises(places.at(intake, steps[:-1]), str(steps[-1])):
            yield here, f"{places.written(steps)} is no open question: it does not arise here, or is a judgement"
        elif steps in seen:
            yield here, f"{places.written(steps)} is listed twice"
        seen.add(steps)


def is_question(intake: Intake, steps: places.Steps) -> bool:
    """Return whether a place is a question: something asked, a reference, or a list of subjects, people or ties."""
    if isinstance(steps[-1], int):
        return False
    holder = places.at(intake, steps[:-1])
    if not isinstance(holder, BaseModel):
        return False
    if isinstance(declared(type(holder), steps[-1]), Asked | Refers):
        return True
    return places.written(steps) in _LISTS
