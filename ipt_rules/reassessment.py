"""What the facts that became known in a therapy make of the ranking, and whether to reconsider the agreed focus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipt_rules import places
from ipt_rules.agreed import foci_at
from ipt_rules.assessment import Assessment
from ipt_rules.assessor import assessor_for
from ipt_rules.course_wording import CourseWording
from ipt_rules.explain import NewFact, Reassessment, Teller, difference, question_at, told_answer
from ipt_rules.held_sessions import evaluate_course
from ipt_rules.intake import SUBJECT_LISTS
from ipt_rules.later_intake import SAFETY_TOLD
from ipt_rules.pipeline import evaluate, guarded
from ipt_rules.ruleset.consequences import Advice
from ipt_rules.vocabulary import path_to_key
from ipt_rules.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipt_rules.course import Course
    from ipt_rules.engines import Engine, EngineChoice
    from ipt_rules.held_sessions import Held, Therapy
    from ipt_rules.intake import Intake
    from ipt_rules.ruleset import Ruleset


def reassessed(course: Course, ruleset: Ruleset | None, engine: EngineChoice, *, names: bool = False) -> Reassessment:
    """Return what is known after the last session of a course, beside what was known at the beginning.

    Raises:
        EvaluationError: the rules could not be evaluated; there is no result.

    """
    assessor = assessor_for(ruleset, engine)
    return guarded(assessor.engine.name, lambda: _reassessed(course, assessor.ruleset, assessor.engine, names=names))


def _reassessed(course: Course, ruleset: Ruleset, engine: Engine, *, names: bool) -> Reassessment:
    therapy = evaluate_course(course, ruleset, engine)
    result = evaluate(therapy.intake, ruleset, engine)  # with what was cleared since: that opens a plan
    wording = CourseWording(course, therapy.intake, ruleset, names=names)
    teller = Teller(ruleset, wording)
    before = Teller(ruleset, Wording(course.intake, ruleset, names=names))
    return Reassessment(
        facts=tuple(_facts(therapy, ruleset, names=names)),
        difference=difference((therapy.first, before), (result, teller)),
        labels={standing.area: wording.area(standing.area) for standing in therapy.first.ranking},
        focus=tuple(_foci(therapy, wording)),
        reasons=tuple(
            teller.reason(finding)
            for finding in (therapy.held[-1].findings if therapy.held else ())
            if isinstance(finding.rule.consequence, Advice) and finding.rule.consequence.reconsiders_focus
        ),
        before=Assessment(course.intake, ruleset, therapy.first, engine.name, evaluator=engine),
        after=Assessment(therapy.intake, ruleset, result, engine.name, evaluator=engine),
        ruleset=ruleset,
    )


def _foci(therapy: Therapy, wording: CourseWording) -> Iterator[str]:
    """Yield what is worked on now, in words."""
    last = therapy.held[-1].check_in.session if therapy.held else 1
    for focus in foci_at(therapy.course, last):
        subject = None if focus.subject in (None, "none") else focus.subject
        yield f"{wording.area(focus.area)}: {wording.subject(subject)}" if subject else wording.area(focus.area)


def _facts(therapy: Therapy, ruleset: Ruleset, *, names: bool) -> Iterator[NewFact]:
    """Yield what became known, each in the words of the intake as it was then."""
    known = therapy.course.intake
    for held in therapy.held:
        wording = Wording(held.intake, ruleset, names=names)
        yield from _of_session(held, known, wording)
        known = held.intake


def _of_session(held: Held, before: Intake, wording: Wording) -> Iterator[NewFact]:
    session, facts, now = held.check_in.session, held.check_in.new_facts, held.intake
    for number in range(len(before.inventory.people or ()), len(now.inventory.people or ())):
        yield NewFact(session, f"inventory.people[{number}]", "", wording.inventory_person(number))
    for part in SUBJECT_LISTS:
        for number in range(len(getattr(before, part) or ()), len(getattr(now, part) or ())):
            yield NewFact(session, f"{part}[{number}]", "", wording.subject(f"{part}[{number}]"))
    answers: dict[str, Any] = dict(facts.answers)
    for focus in held.so_far.foci:
        if held.check_in.stage is not None and (focus.subject or "").startswith("disputes["):
            answers[f"{focus.subject}.stage"] = held.check_in.stage
            break
    answers |= {f"safety.{gate}": True for told, gate in SAFETY_TOLD.items() if getattr(held.check_in, told)}
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
