"""What the facts that became known in a therapy make of the ranking, and whether to reconsider the agreed focus."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Final

from ipt_rules import places
from ipt_rules.agreed import dispute_judged_in, foci_at
from ipt_rules.assessment import Assessment
from ipt_rules.assessor import assessor_for
from ipt_rules.course_wording import CourseWording
from ipt_rules.explain import NewFact, Reassessment, Teller, difference, question_at, told_answer
from ipt_rules.held_sessions import evaluate_course
from ipt_rules.intake import SUBJECT_LISTS
from ipt_rules.later_intake import implied_answers
from ipt_rules.pipeline import guarded, plan_for
from ipt_rules.vocabulary import path_to_key
from ipt_rules.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipt_rules.course import Course
    from ipt_rules.engines import Engine, EngineChoice
    from ipt_rules.held_sessions import EvaluatedCourse, Held
    from ipt_rules.intake import Intake
    from ipt_rules.pipeline import Result
    from ipt_rules.ruleset import Ruleset


_TOLD_BY_ENTRY: Final = (*SUBJECT_LISTS, "inventory.people")
"""The lists whose entries are told one by one."""


def reassessed(course: Course, ruleset: Ruleset | None, engine: EngineChoice, *, names: bool = False) -> Reassessment:
    """Return what is known after the last session of a course, beside what was known at the beginning.

    Raises:
        EvaluationError: the rules could not be evaluated; there is no result.

    """
    assessor = assessor_for(ruleset, engine)
    return guarded(assessor.engine.name, lambda: _reassessed(course, assessor.ruleset, assessor.engine, names=names))


def _reassessed(course: Course, ruleset: Ruleset, engine: Engine, *, names: bool) -> Reassessment:
    evaluated = evaluate_course(course, ruleset, engine)
    result = _with_gates(evaluated, ruleset, engine)
    wording = CourseWording(course, evaluated.intake, ruleset, names=names)
    teller = Teller(ruleset, wording)
    before = Teller(ruleset, Wording(course.intake, ruleset, names=names))
    return Reassessment(
        facts=tuple(_facts(evaluated, ruleset, names=names)),
        difference=difference((evaluated.first, before), (result, teller)),
        labels={standing.area: wording.area(standing.area) for standing in evaluated.first.ranking},
        focus=tuple(_foci(evaluated, wording)),
        reasons=tuple(teller.reason(finding) for _, finding in evaluated.open_reasons),
        before=Assessment(course.intake, ruleset, evaluated.first, engine.name, evaluator=engine),
        after=Assessment(evaluated.intake, ruleset, result, engine.name, evaluator=engine),
        ruleset=ruleset,
    )


def _with_gates(evaluated: EvaluatedCourse, ruleset: Ruleset, engine: Engine) -> Result:
    """Return what follows from the intake as it is known now, with the plan that the gates of the therapy leave."""
    intake, result, gates = evaluated.intake, evaluated.result, evaluated.gates.to_clear()
    plan = plan_for(intake, ruleset, engine, result=result, foci=result.foci, gates=gates)
    return dataclasses.replace(result, plan=plan)


def _foci(evaluated: EvaluatedCourse, wording: CourseWording) -> Iterator[str]:
    """Yield what is worked on now, in words."""
    last = evaluated.held[-1].check_in.session if evaluated.held else 1
    for focus in foci_at(evaluated.course, last):
        area = wording.area(focus.area)
        yield f"{area}: {wording.subject(focus.place)}" if focus.place else area


def _facts(evaluated: EvaluatedCourse, ruleset: Ruleset, *, names: bool) -> Iterator[NewFact]:
    """Yield what became known, each in the words of the intake as it was then."""
    known = evaluated.course.intake
    for held in evaluated.held:
        wording = Wording(held.intake, ruleset, names=names)
        dispute = dispute_judged_in(evaluated.course, held.check_in.session)
        yield from _of_session(held, known, dispute, wording)
        known = held.intake


def _of_session(held: Held, before: Intake, dispute: str | None, wording: Wording) -> Iterator[NewFact]:
    session, facts, now = held.check_in.session, held.check_in.new_facts, held.intake
    for number in range(len(before.inventory.people or ()), len(now.inventory.people or ())):
        yield NewFact(session, f"inventory.people[{number}]", "", wording.inventory_person(number))
    for part in SUBJECT_LISTS:
        for number in range(len(getattr(before, part) or ()), len(getattr(now, part) or ())):
            yield NewFact(session, f"{part}[{number}]", "", wording.subject(f"{part}[{number}]"))
    answers = {place: None for place in facts.answers if place not in _TOLD_BY_ENTRY}
    for implied in implied_answers(held.check_in, dispute).values():
        answers |= dict.fromkeys(implied)
    for place in answers:
        if places.pattern(place) in path_to_key():
            answer = places.at(now, places.parse(place))
            if answer != _at(before, place):
                told = told_answer(now, place, _plain(answer), wording)
                yield NewFact(session, place, question_at(place, wording), told.shown)


def _at(intake: Intake, place: str) -> Any:
    try:
        return places.at(intake, places.parse(place))
    except LookupError:
        return None


def _plain(answer: Any) -> Any:
    return answer.model_dump(mode="json") if hasattr(answer, "model_dump") else answer
