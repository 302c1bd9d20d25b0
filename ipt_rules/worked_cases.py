"""In which worked cases and courses each rule fires, and in which it is near: where one other answer would make it fire."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ipt_rules.agenda import as_agreed
from ipt_rules.agreed import foci_at, sessions_at
from ipt_rules.assessor import Assessor
from ipt_rules.course import Course
from ipt_rules.engines.reference import trace
from ipt_rules.held_sessions import evaluate_course
from ipt_rules.pipeline import focus_on, guarded
from ipt_rules.plan import focus_rows
from ipt_rules.ruleset.conditions import All, Comparison
from ipt_rules.session_facts import session_rows
from ipt_rules.values import NOT_ARISING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ipt_rules.assessment import Assessment
    from ipt_rules.engines.reference import Trace
    from ipt_rules.facts import Row
    from ipt_rules.held_sessions import Held
    from ipt_rules.intake import Intake
    from ipt_rules.ranking import Standing
    from ipt_rules.ruleset.model import Rule, Ruleset


@dataclass(frozen=True, slots=True)
class Seen:
    """Where a rule was seen.

    Attributes:
        fires: the cases in which it holds.
        near: the cases in which it is known not to hold on some row because of one comparison alone; of intakes, only those
            where it holds on no row.

    """

    fires: tuple[str, ...]
    near: tuple[str, ...]


def seen_in(ruleset: Ruleset, cases: Mapping[str, Intake]) -> dict[str, Seen]:
    """Return for each rule of an intake, by its id, in which cases it fires and in which it is near.

    Args:
        ruleset: the rules.
        cases: intakes by name.

    Raises:
        EvaluationError: the rules could not be evaluated for one of the cases.

    """
    assessor = _assessor(ruleset)
    rules = [rule for rule in ruleset.rules if rule.runs_in != "course"]
    found = _seen(rules, {name: list(_rows(assessor.assess(intake))) for name, intake in cases.items()})
    return {
        rule_id: Seen(seen.fires, tuple(name for name in seen.near if name not in seen.fires))
        for rule_id, seen in found.items()
    }


def seen_in_courses(ruleset: Ruleset, courses: Mapping[str, Course]) -> dict[str, Seen]:
    """Return for each rule of a session or an event, by its id, in which courses it fires and in which it is near.

    A course has many sessions, so a rule may fire in one of them and be near in another.

    Args:
        ruleset: the rules.
        courses: courses by name.

    Raises:
        EvaluationError: the rules could not be evaluated for one of the courses.

    """
    rules = [rule for rule in ruleset.rules if rule.runs_in == "course"]
    return _seen(rules, {name: rows_of_course(course, ruleset) for name, course in courses.items()})


def _seen(rules: Sequence[Rule], rows: Mapping[str, Sequence[Row]]) -> dict[str, Seen]:
    """Return where rules hold on some of the rows of a case, and where they are near on some."""
    fires: dict[str, list[str]] = {rule.id: [] for rule in rules}
    near: dict[str, list[str]] = {rule.id: [] for rule in rules}
    for name, of_case in rows.items():
        for rule in rules:
            told = [(trace(rule.condition, row), row) for row in of_case if row.kind == rule.kind]
            if any(found.truth for found, _ in told):
                fires[rule.id].append(name)
            if any(found.truth is False and _missing(found, row) == 1 for found, row in told):
                near[rule.id].append(name)
    return {rule.id: Seen(tuple(fires[rule.id]), tuple(near[rule.id])) for rule in rules}


def rows_of_intake(intake: Intake, ruleset: Ruleset) -> list[Row]:
    """Return every row of an intake that rules saw, but for those that stand for lists nobody asked for."""
    return list(_rows(_assessor(ruleset).assess(intake)))


def ranking_of(intake: Intake, ruleset: Ruleset) -> tuple[Standing, ...]:
    """Return where the areas of an intake stand."""
    return _assessor(ruleset).assess(intake).result.ranking


def gates_of(case: Intake | Course, ruleset: Ruleset) -> tuple[tuple[str, ...], ...]:
    """Return the gates that are to be cleared: of an intake, and of a course after each of its sessions."""
    assessor = _assessor(ruleset)
    if not isinstance(case, Course):
        return (assessor.assess(case).gates_to_clear,)
    therapy = guarded(assessor.engine.name, lambda: evaluate_course(case, ruleset, assessor.engine))
    return tuple(held.gates.to_clear() for held in therapy.held)


@functools.lru_cache(maxsize=8)
def _assessor(ruleset: Ruleset) -> Assessor:
    """Return the assessor for a rule set, made once."""
    return Assessor(ruleset, "compiled")


def _rows(assessment: Assessment) -> Iterator[Row]:
    """Yield every row that rules saw, but for those that stand for lists nobody asked for."""
    result = assessment.result
    for evaluated in result.evaluated:
        if evaluated.row.place or evaluated.row.kind in ("patient", "standing"):
            yield evaluated.row
    yield from (evaluated.row for evaluated in result.plan.evaluated if evaluated.row.kind == "focus")


def rows_of_course(course: Course, ruleset: Ruleset) -> list[Row]:
    """Return the rows of every session that was held, of the events told in it, and of what was in focus for the next one."""
    engine = _assessor(ruleset).engine
    therapy = guarded(engine.name, lambda: evaluate_course(course, ruleset, engine))
    return [row for held in therapy.held for row in (*_rows_of(held, ruleset), *_rows_in_focus(course, held, ruleset))]


def _rows_in_focus(course: Course, held: Held, ruleset: Ruleset) -> list[Row]:
    """Return the rows of what is agreed to work on in the session after one that was held."""
    session = held.check_in.session + 1
    agreed = foci_at(course, session)
    intake = as_agreed(held.intake, agreed, sessions_at(course, session), session)
    foci = [focus_on(held.result, one.area, one.place) for one in agreed]
    return focus_rows(intake, foci, held.result.patient)


def _rows_of(held: Held, ruleset: Ruleset) -> Sequence[Row]:
    return session_rows(held.so_far, held.result.patient, ruleset.reads)


def _missing(found: Trace, row: Row) -> float:
    """Return how many comparisons would have to come out otherwise; infinite where what they compare is not known."""
    if found.truth:
        return 0
    if isinstance(found.condition, Comparison):
        value = row.value(found.condition.field)
        return 1 if found.truth is False and value is not NOT_ARISING else float("inf")
    parts = [_missing(part, row) for part in found.parts]
    return sum(parts) if isinstance(found.condition, All) else min(parts, default=float("inf"))
