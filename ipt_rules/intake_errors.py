"""Everything that is wrong with an intake, at once: answers of the wrong form, and answers that contradict each other.

A problem names the place by position and says what would be right. It never repeats a value, an id or an unknown key.
"""

from __future__ import annotations

import copy
import difflib
from datetime import date
from typing import TYPE_CHECKING, Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from ipt_rules import places
from ipt_rules.errors import IntakeError, Problem
from ipt_rules.inventory import PATIENT, Inventory, Person
from ipt_rules.records import NOBODY, NO_SUBJECT, Asked, Record, Refers, declared, parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydantic_core import ErrorDetails

    from ipt_rules.intake import Intake

_HEADING = "The intake cannot be assessed:"


def collect(
    given: Any, intake: Intake | None, invalid: ValidationError | None, validate: Callable[[Any], Intake]
) -> Intake:
    """Return the intake when nothing is wrong with it.

    Raises:
        IntakeError: with every problem of form and every contradiction that can be seen beside them.
    """
    problems: list[Problem] = []
    if invalid is not None:
        from ipt_rules.intake import Intake as Whole

        errors = invalid.errors(include_url=False, include_input=False)
        problems = [_problem(Whole, error) for error in errors]
        intake = _without(given, errors, validate)
    if intake is not None:
        problems.extend(contradictions(intake))
    if problems or intake is None:
        raise IntakeError(_HEADING, sorted(set(problems))) from None
    return intake


def checked_inventory(given: dict[str, Any], *, directed: bool) -> Inventory:
    """Return the inventory of a graph's answers.

    Raises:
        IntakeError: with every problem.
    """
    if directed:
        raise IntakeError("The inventory cannot be read:", [Problem("", 0, 0, "", "ties have no direction; use networkx.Graph")])
    try:
        inventory = Inventory.model_validate(given)
    except ValidationError as error:
        problems = [_problem(Inventory, entry) for entry in error.errors(include_url=False, include_input=False)]
        raise IntakeError("The inventory cannot be read:", sorted(set(problems))) from None
    found = sorted(_at("", *entry) for entry in _inventory(inventory, ()))
    if found:
        raise IntakeError("The inventory cannot be read:", found)
    return inventory


def contradictions(intake: Intake) -> list[Problem]:
    """Return the contradictions in an intake whose answers are all well-formed."""
    checks = (_inventory(intake.inventory, ("inventory",)), _people(intake), _times(intake), _arising(intake), _views(intake))
    found = [_at("", steps, what) for check in checks for steps, what in check]
    return found + [_at("", steps, what) for steps, what in (*_scores(intake), *_asked(intake))]


def _at(file: str, steps: places.Steps, what: str) -> Problem:
    return Problem(file, 0, 0, places.written(steps), what)


# ── answers of the wrong form ────────────────────────────────────────────────────────────────────────────────────────────


def _problem(record: type[BaseModel], error: ErrorDetails) -> Problem:
    steps, innermost = _known_steps(record, error["loc"])
    kind, context = error["type"], error.get("ctx", {})
    if kind in ("extra_forbidden", "invalid_key"):
        return _at("", steps, _nearest(innermost, error["loc"][-1]))
    return _at("", steps, _WHAT[kind](context) if kind in _WHAT else "this is not an answer to the question")


_WHAT: dict[str, Callable[[dict[str, Any]], str]] = {
    "missing": lambda _: "must be given",
    "bool_type": lambda _: "must be true or false",
    "bool_parsing": lambda _: "must be true or false",
    "int_type": lambda _: "must be a whole number",
    "string_type": lambda _: "must be text",
    "tuple_type": lambda _: "must be a list; an empty list says that the answer is 'none'",
    "model_type": lambda _: "must be a mapping of questions to answers",
    "model_attributes_type": lambda _: "must be a mapping of questions to answers",
    "literal_error": lambda context: f"must be one of: {context['expected']}",
    "greater_than_equal": lambda context: f"must be at least {context['ge']}",
    "less_than_equal": lambda context: f"must be at most {context['le']}",
    "too_long": lambda context: f"has more than the {context['max_length']} entries that are allowed",
    "string_too_long": lambda context: f"is longer than the {context['max_length']} characters that are allowed",
    "value_error": lambda context: str(context["error"]),
}


def _known_steps(record: type[BaseModel], loc: tuple[str | int, ...]) -> tuple[places.Steps, type[BaseModel] | None]:
    """Return the part of a location that names declared questions, and the record it ends in."""
    steps: list[str | int] = []
    here: Any = record
    for step in loc:
        if isinstance(step, int) and get_origin(here) is tuple:
            here = get_args(here)[0]
        elif isinstance(step, str) and _is_record(here) and step in _keys(here):
            here = _inner(here.model_fields[_keys(here)[step]].annotation)
        else:
            break
        steps.append(step)
    return tuple(steps), here if _is_record(here) else None


def _inner(annotation: Any) -> Any:
    part = parts(annotation)[0] if get_origin(annotation) is not tuple else annotation
    return getattr(part, "__origin__", part) if hasattr(part, "__metadata__") else part


def _is_record(part: Any) -> bool:
    return isinstance(part, type) and issubclass(part, BaseModel)


def _keys(record: type[BaseModel]) -> dict[str, str]:
    return {info.alias or name: name for name, info in record.model_fields.items()}


def _nearest(record: type[BaseModel] | None, unknown: str | int) -> str:
    known = list(_keys(record)) if record else []
    near = difflib.get_close_matches(str(unknown), known, n=1)
    if near:
        return f"holds an unknown key; the nearest known one is '{near[0]}'"
    return f"holds an unknown key; known are: {', '.join(known)}"


def _without(given: Any, errors: list[ErrorDetails], validate: Callable[[Any], Intake]) -> Intake | None:
    """Return the intake without its malformed answers, so that contradictions among the rest are told too."""
    if not isinstance(given, dict):
        return None
    kept = copy.deepcopy(given)
    for error in sorted(errors, key=lambda error: len(error["loc"]), reverse=True):
        _leave_out(kept, error["loc"])
    kept.setdefault("assessed_on", date.max)
    try:
        return validate(kept)
    except (ValidationError, IntakeError):
        return None


def _leave_out(plain: Any, loc: tuple[str | int, ...]) -> None:
    for position, step in enumerate(loc):
        known = step in plain if isinstance(plain, dict) else isinstance(plain, list | tuple) and isinstance(step, int)
        if not known:
            return
        if position == len(loc) - 1 and isinstance(plain, dict):
            del plain[step]
        elif position == len(loc) - 1 and isinstance(plain, list):
            plain[step] = {}  # type: ignore[call-overload]  # an entry about which nothing is known keeps its neighbours' places
        else:
            plain = plain[step]


# ── answers that contradict each other ───────────────────────────────────────────────────────────────────────────────────


def _inventory(inventory: Inventory, at: places.Steps) -> Iterator[tuple[places.Steps, str]]:
    first: dict[str, int] = {}
    for position, person in enumerate(inventory.people or ()):
        here = (*at, "people", position)
        if person.id in (PATIENT, NOBODY, NO_SUBJECT):
            yield (*here, "id"), f"'{PATIENT}', '{NOBODY}' and '{NO_SUBJECT}' have a meaning of their own; choose another id"
        elif person.id in first:
            yield (*here, "id"), f"the same id as {places.written((*at, 'people', first[person.id]))}; ids must differ"
        first.setdefault(person.id, position)
        yield from _not_arising(person, here)
    seen: set[frozenset[str]] = set()
    for position, tie in enumerate(inventory.ties or ()):
        here = (*at, "ties", position, "between")
        if missing := [end for end in (0, 1) if tie.between[end] not in first]:
            yield from (((*here, end), "refers to a person who is not in the inventory; add the person") for end in missing)
        elif tie.between[0] == tie.between[1]:
            yield here, "ties a person to themselves; name two people"
        elif frozenset(tie.between) in seen:
            yield here, "the same two people as an earlier tie; name each pair once"
        seen.add(frozenset(tie.between))


def _people(intake: Intake) -> Iterator[tuple[places.Steps, str]]:
    people = {person.id: person for person in intake.inventory.people or ()}
    for place, subject in intake.subjects():
        here = places.parse(place)
        reference = getattr(subject, "person", None)
        if reference is None or (reference == NOBODY and here[0] != "disputes"):
            continue
        if reference not in people:
            yield (*here, "person"), "refers to a person who is not in the inventory; add the person, or leave this open"
            continue
        yield from _of_the_dead(subject, people[reference], here)


def _of_the_dead(subject: Record, person: Person, here: places.Steps) -> Iterator[tuple[places.Steps, str]]:
    if getattr(subject, "stage", None) is not None and person.status == "deceased":
        yield (*here, "stage"), "a stage is recorded for a dispute with somebody who died; leave the stage out, or record a loss"
    if getattr(subject, "kind", None) == "death" and person.status in ("current", "past"):
        yield (*here, "person"), "the death of somebody whose status is not 'deceased'; mend the person's status or the loss"


def _times(intake: Intake) -> Iterator[tuple[places.Steps, str]]:
    events: list[tuple[places.Steps, Any]] = [(("episode", "onset"), intake.episode.onset)]
    for place, subject in intake.subjects():
        events += [((*places.parse(place), field), getattr(subject, field, None)) for field in ("when", "began")]
    for steps, when in events:
        if hasattr(when, "span") and when.span(intake.assessed_on)[0] > intake.assessed_on:
            yield steps, "lies after the day of the assessment (assessed_on)"


def _arising(intake: Intake) -> Iterator[tuple[places.Steps, str]]:
    for place, subject in intake.subjects():
        yield from _not_arising(subject, places.parse(place))


def _not_arising(record: Record, here: places.Steps) -> Iterator[tuple[places.Steps, str]]:
    for field in type(record).model_fields:
        asked = declared(type(record), field)
        if not isinstance(asked, Asked) or asked.only_if is None or getattr(record, field) is None:
            continue
        decides, words = asked.only_if
        answer = getattr(record, decides)
        if answer is not None and answer not in words:
            if isinstance(record, Person) and record.status == "deceased":
                what = "is a question about the living, and this person has died; leave it out"
            else:
                what = f"is asked only when '{decides}' is {' or '.join(words)}; leave it out, or mend '{decides}'"
            yield (*here, field), what


def _views(intake: Intake) -> Iterator[tuple[places.Steps, str]]:
    subjects = {place for place, _ in intake.subjects()}
    for field in ("matters_most", "links_mood_to"):
        answer = getattr(intake.view, field)
        if answer not in (None, NO_SUBJECT) and answer not in subjects:
            yield ("view", field), f"refers to no subject of this intake; write its place, such as losses[0], or '{NO_SUBJECT}'"


def _scores(intake: Intake) -> Iterator[tuple[places.Steps, str]]:
    total, item = intake.episode.phq9, intake.episode.phq9_item9
    if total is not None and item is not None and not item <= total <= item + 24:
        yield ("episode", "phq9"), "does not fit item 9: the other eight items add 0 to 24 points to it"


def _asked(intake: Intake) -> Iterator[tuple[places.Steps, str]]:
    seen: set[places.Steps] = set()
    for position, place in enumerate(intake.asked_without_answer):
        here = ("asked_without_answer", position)
        try:
            steps = places.parse(place)
            answer = places.at(intake, steps)
        except (ValueError, LookupError):
            yield here, "is no question of this intake; write its place, such as losses[0].mourning"
            continue
        if not is_question(intake, steps):
            yield here, "is a part of the intake, not a question; name the question, such as episode.phq9"
        elif answer not in (None, ()):
            yield here, f"{places.written(steps)} is answered; it cannot be without an answer too"
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
    annotation = type(holder).model_fields[steps[-1]].annotation
    return annotation is not None and get_origin(_inner(annotation)) is tuple and steps[-1] != "asked_without_answer"

