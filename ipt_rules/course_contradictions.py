"""What contradicts itself in the record of a therapy, each with its place and what would be right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ipt_rules import places
from ipt_rules.agreed import dispute_judged_in
from ipt_rules.dates import LAST_YEAR
from ipt_rules.errors import IntakeError, Problem
from ipt_rules.later_intake import DAY_NEEDED, after_session
from ipt_rules.malformed import problem
from ipt_rules.records import NO_SUBJECT, NOBODY, items_of_totals
from ipt_rules.sessions import CheckIn, NewFacts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipt_rules.course import Course
    from ipt_rules.intake import Intake
    from ipt_rules.sessions import AgreedFocus

_MOST_FOCI: Final = 2
_A_YEAR: Final = 366
"""Days."""


def course_contradictions(course: Course, *, whole: bool = True) -> list[Problem]:
    """Return the contradictions in a course.

    Args:
        course: the course; without what was malformed in it.
        whole: whether nothing was left out but single answers; else what refers to something else is not looked at.

    """
    in_order = [*_contracts(course), *_foci_in_order(course), *_check_ins_in_order(course)]
    found = [one for position, check_in in enumerate(course.check_ins) for one in _scores(check_in, position)]
    found += _goals(course) if whole else ()
    problems = [problem(steps, what) for steps, what in (*in_order, *found)]
    return problems + list(_facts(course)) if whole and not in_order else problems


_Found = tuple[places.Steps, str]


def _contracts(course: Course) -> Iterator[_Found]:
    before = 0
    for position, contract in enumerate(course.contracts):
        here = ("contracts", position)
        if contract.agreed_in <= before:
            yield (
                (*here, "agreed_in"),
                "must be later than that of the contract before; write contracts in their order",
            )
        if contract.sessions < contract.agreed_in:
            yield (
                (*here, "sessions"),
                "are fewer than the sessions held when it was agreed; count them from the first session",
            )
        before = contract.agreed_in


def _foci_in_order(course: Course) -> Iterator[_Found]:
    for position, focus in enumerate(course.foci):
        here = ("foci", position)
        before = course.foci[position - 1].agreed_in if position else 0
        if focus.agreed_in < before:
            yield (
                (*here, "agreed_in"),
                "must not be earlier than that of the focus before; write foci in their order",
            )
        together = [one for one in course.foci[:position] if one.agreed_in == focus.agreed_in]
        if len(together) >= _MOST_FOCI:
            yield here, "is a third focus agreed in the same session; a therapy has one focus, or two at the most"
        if any((one.area, one.place) == (focus.area, focus.place) for one in together):
            yield here, "the same focus as another agreed in the same session; name it once"
        if focus.answered_in is not None and focus.answered_in < focus.agreed_in:
            yield (*here, "answered_in"), "lies before the session in which the focus was agreed on; mend one of them"
        if focus.answer is not None and focus.answered_in is None:
            yield (*here, "answered_in"), "must be given beside 'answer': the session in which the patient answered"
        if focus.answer is None and focus.answered_in is not None:
            yield (
                (*here, "answered_in"),
                "says when the patient answered, and 'answer' is not given; give it, or leave this out",
            )


def _check_ins_in_order(course: Course) -> Iterator[_Found]:
    last_day = None
    for position, check_in in enumerate(course.check_ins):
        here = ("check_ins", position)
        before = course.check_ins[position - 1] if position else None
        if before is not None and check_in.session == before.session:
            yield (*here, "session"), "there is a check-in of this session already; each session has one"
        elif before is not None and check_in.session < before.session:
            yield (
                (*here, "session"),
                "comes after a check-in of a later session; write check-ins in the order of the sessions",
            )
        if before is not None and before.ended:
            yield here, "comes after the session with which the therapy ended ('ended'); mend one of them"
        if check_in.day is None and not check_in.new_facts.are_none:
            yield (*here, "day"), DAY_NEEDED
        if check_in.day is not None:
            if last_day is not None and check_in.day < last_day:
                yield (*here, "day"), "lies before the day of an earlier session"
            dated = (
                course.intake.assessed_on.year < LAST_YEAR
            )  # a blank one stands in for an intake that cannot be read
            if dated and (course.intake.assessed_on - check_in.day).days > _A_YEAR:
                yield (*here, "day"), "lies more than a year before the intake was assessed; mend the year"
            last_day = check_in.day


def _goals(course: Course) -> Iterator[_Found]:
    for position, check_in in enumerate(course.check_ins):
        seen: set[str] = set()
        for number, progress in enumerate(check_in.progress):
            here = ("check_ins", position, "progress", number, "goal")
            goals = {f"goals[{place}]": goal for place, goal in enumerate(course.goals)}
            if progress.goal not in goals:
                yield here, "refers to no goal of this course; write its place, such as goals[0]"
            elif progress.goal in seen:
                yield here, "the same goal as before; tell each goal once in a session"
            elif goals[progress.goal].agreed_in > check_in.session:
                yield here, "a goal that was agreed in a later session"
            seen.add(progress.goal or "")


def _scores(check_in: CheckIn, position: int) -> Iterator[_Found]:
    for total, item, others in items_of_totals(CheckIn):
        points, of_item = getattr(check_in, total), getattr(check_in, item)
        if points is not None and of_item is not None and not of_item <= points <= of_item + others:
            yield ("check_ins", position, total), f"does not fit {item}: the other items add 0 to {others} points to it"


# ── what refers to the intake, as it was known then ──────────────────────────────────────────────────────────────────────


def _facts(course: Course) -> Iterator[Problem]:
    """Yield what does not fit the intake as it was known in each session; after facts that do not fit, nobody knows it."""
    intake = course.intake
    checked = 0
    for position, check_in in enumerate(course.check_ins):
        here = ("check_ins", position)
        dispute = dispute_judged_in(course, check_in.session)
        if check_in.stage is not None and dispute is None:
            yield problem((*here, "stage"), "no dispute is in focus in this session; give it under new_facts.answers")
        try:
            known = after_session(intake, check_in.model_copy(update={"stage": None}), None)
            intake = after_session(known, check_in.model_copy(update={"new_facts": NewFacts()}), _there(dispute, known))
        except IntakeError as error:
            yield from (Problem("", 0, 0, f"{places.written(here)}.{one.path}", one.what) for one in error.problems)
            return
        yield from _references(check_in, intake, here)
        while checked < len(course.foci) and course.foci[checked].agreed_in <= check_in.session:
            yield from _subject(course.foci[checked], intake, checked)
            checked += 1
    for number in range(checked, len(course.foci)):
        yield from _subject(course.foci[number], intake, number)


def _there(dispute: str | None, intake: Intake) -> str | None:
    """Return the place of a dispute, if there is one; where there is none, that is told with the focus."""
    return dispute if dispute in dict(intake.subjects()) else None


def _subject(focus: AgreedFocus, intake: Intake, number: int) -> Iterator[Problem]:
    if not _is_subject(focus.subject, intake):
        yield problem(("foci", number, "subject"), _NO_SUCH_SUBJECT)


_NO_SUCH_SUBJECT = (
    "refers to no subject of the intake as it was known then; write its place, such as losses[0], or 'none'"
)


def _is_subject(reference: str | None, intake: Intake) -> bool:
    return reference in (None, NO_SUBJECT) or reference in dict(intake.subjects())


def _references(check_in: CheckIn, intake: Intake, here: Sequence[str | int]) -> Iterator[Problem]:
    if not _is_subject(check_in.worked_on, intake):
        yield problem((*here, "worked_on"), _NO_SUCH_SUBJECT)
    people = {person.id for person in intake.inventory.people or ()}
    for number, event in enumerate(check_in.events or ()):
        if event.person not in (None, NOBODY) and event.person not in people:
            what = (
                "refers to a person who is not in the inventory; add the person under new_facts.people, or write nobody"
            )
            yield problem((*here, "events", number, "person"), what)
