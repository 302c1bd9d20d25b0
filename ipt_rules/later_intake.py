"""The intake as it is after a session: with all that became known in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from ipt_rules import places
from ipt_rules.errors import IntakeError, Problem
from ipt_rules.explain import changed_by
from ipt_rules.intake import SUBJECT_LISTS, Intake
from ipt_rules.malformed import problem
from ipt_rules.open_answers import open_places

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from ipt_rules.sessions import CheckIn, NewFacts

_ADDED: Final = {
    **{part: (part,) for part in SUBJECT_LISTS},
    "people": ("inventory", "people"),
    "ties": ("inventory", "ties"),
}
"""What new facts add to, with its place in an intake."""

_SAFETY_TOLD: Final = {"unsafe": "abuse", "suicide_risk": "suicide_risk"}
"""What is told in a check-in, and the answer about safety in the intake that it then gives."""

ELSEWHERE: Final = {
    "safety.cleared": "write it as 'cleared', beside the session",
    "therapy.planned_sessions": "write it as a contract",
    "therapy.current_session": "is the number of the check-in",
    **dict.fromkeys(
        ("view.offered_area", "view.offered_subject", "view.answer_to_focus"), "write it as a focus, with its answer"
    ),
}
"""What a course records elsewhere, with where."""

DAY_NEEDED: Final = "must be given where new facts are: they are told on that day"

_LISTS: Final = tuple(places.written(steps) for steps in _ADDED.values())
_FACTS: Final = "new_facts"
_HEADING: Final = "The new facts do not fit the intake:"


def after_session(intake: Intake, check_in: CheckIn, dispute: str | None = None) -> Intake:
    """Return the intake with what became known in a session; the very same where that is nothing.

    With new facts its day of assessment becomes the day of the session; what was told as so many months ago is counted from the day
    on which it was told.

    Args:
        intake: as it was before the session.
        check_in: what was recorded of the session.
        dispute: place of the dispute in focus, of which a check-in records the stage.

    Raises:
        IntakeError: the new facts do not fit the intake or each other; places are those within the check-in.

    """
    facts = check_in.new_facts
    if not facts.are_none:
        intake = _with_facts(intake, facts, _day(intake, check_in))
    for told, answers in implied_answers(check_in, dispute).items():
        if any(places.at(intake, places.parse(place)) != answer for place, answer in answers.items()):
            intake = _answered(intake, answers, told)
    return intake


def implied_answers(check_in: CheckIn, dispute: str | None) -> dict[str, dict[str, Any]]:
    """Return the answers in the intake that a check-in gives by itself: question of the check-in → place → answer.

    Args:
        check_in: what was recorded of the session.
        dispute: place of the dispute in focus, of which a check-in records the stage.

    """
    found = {told: {f"safety.{gate}": True} for told, gate in _SAFETY_TOLD.items() if getattr(check_in, told)}
    if check_in.stage is not None and dispute is not None:
        found["stage"] = {f"{dispute}.stage": check_in.stage}  # type: ignore[dict-item]  # a word
    return found


def _day(intake: Intake, check_in: CheckIn) -> date:
    """Return the day on which the facts became known."""
    if check_in.day is None:
        raise IntakeError(_HEADING, [problem(("day",), DAY_NEEDED)])
    if check_in.day < intake.assessed_on:
        what = "new facts of a session before the intake was assessed; record them in the intake itself"
        raise IntakeError(_HEADING, [problem((_FACTS,), what)])
    return check_in.day


def _with_facts(intake: Intake, facts: NewFacts, day: date) -> Intake:
    problems = [
        problem((_FACTS, "answers"), f"{place}: {ELSEWHERE[place]}") for place in facts.answers if place in ELSEWHERE
    ]
    problems += [
        problem(
            (_FACTS, "answers"), f"{place}: is answered in the intake; add to it, and mend its entries by their places"
        )
        for place in facts.answers
        if place in _LISTS and places.at(intake, places.parse(place)) is not None
    ]
    if problems:
        raise IntakeError(_HEADING, problems)
    whole = {place: answer for place, answer in facts.answers.items() if place in _LISTS}
    others = {place: answer for place, answer in facts.answers.items() if place not in whole}
    today = _counted_from(intake).model_copy(update={"assessed_on": day})
    later = _answered(today, whole, f"{_FACTS}.answers")
    later = _answered(_with_added(later, facts), others, f"{_FACTS}.answers")
    silent = tuple(place for place in intake.asked_without_answer if any(open_places(later, place)))
    return later.model_copy(update={"asked_without_answer": silent})


def _with_added(intake: Intake, facts: NewFacts) -> Intake:
    """Return the intake with the subjects and people that are added."""
    problems = [problem((_FACTS, part), what) for part, what in _cannot_be_added(intake, facts)]
    if problems:
        raise IntakeError(_HEADING, problems)
    plain = intake.to_dict()
    for part, steps in _ADDED.items():
        added = [one.model_dump(mode="json", exclude_none=True) for one in getattr(facts, part)]
        if added:
            places.put(plain, steps, [*_entries(plain, steps), *added])
    plain["asked_without_answer"] = ()
    try:
        return Intake.model_validate(plain)
    except IntakeError as error:
        raise IntakeError(_HEADING, [_told_within(one, intake) for one in error.problems]) from None


def _cannot_be_added(intake: Intake, facts: NewFacts) -> Iterator[tuple[str, str]]:
    """Yield the lists to which nothing can be added: adding to one that nobody asked for would make it complete."""
    for part, steps in _ADDED.items():
        if getattr(facts, part) and places.at(intake, steps) is None:
            name = places.written(steps)
            yield part, f"the intake does not say who or what else there is; answer {name} as a whole, under 'answers'"


def _entries(plain: dict[str, Any], steps: Sequence[str]) -> list[Any]:
    for step in steps:
        plain = plain[step]
    return list(plain)


def _told_within(found: Problem, before: Intake) -> Problem:
    """Return a problem of the intake as one of the facts that were added to it."""
    steps = places.parse(found.path) if found.path else ()
    for part, above in _ADDED.items():
        number = steps[len(above)] if len(steps) > len(above) and steps[: len(above)] == above else None
        then = len(places.at(before, above) or ())
        if isinstance(number, int) and number >= then:
            return problem((_FACTS, part, number - then, *steps[len(above) + 1 :]), found.what)
    return problem((_FACTS,), f"{found.path}: {found.what}")


def _answered(intake: Intake, answers: dict[str, Any], at: str) -> Intake:
    """Return the intake with other answers; problems are told at a place of the check-in, those with places and with values."""
    if not answers:
        return intake
    try:
        return changed_by(intake, answers)[0]
    except IntakeError as error:
        found = error.problems
    numbers = {int(match[1]) for one in found if (match := re.match(r"change ([0-9]+): ", one.what))}
    told = [(one.path, re.sub(r"^change ([0-9]+): ", r"answer \1: ", one.what)) for one in found]
    problems = [Problem("", 0, 0, at, ": ".join(filter(None, one))) for one in told]
    if numbers:
        try:
            _answered(intake, {place: answers[place] for n, place in enumerate(answers, 1) if n not in numbers}, at)
        except IntakeError as error:
            problems += error.problems
    raise IntakeError(_HEADING, problems)


def _counted_from(intake: Intake) -> Intake:
    """Return the intake with every number of months counted from the day on which it was told."""
    day = intake.assessed_on
    onset = intake.episode.onset
    update: dict[str, Any] = {}
    if onset is not None:
        update["episode"] = intake.episode.model_copy(update={"onset": onset.told_on(day)})
    for part, dated in (("losses", "when"), ("disputes", "began"), ("changes", "when")):
        if subjects := getattr(intake, part):
            moments = [getattr(subject, dated) for subject in subjects]
            update[part] = tuple(
                subject if moment is None else subject.model_copy(update={dated: moment.told_on(day)})
                for subject, moment in zip(subjects, moments, strict=True)
            )
    return intake.model_copy(update=update)
