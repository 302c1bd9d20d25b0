"""A course → what the rules find in each of its sessions. Each session is seen with what was known by then, and nothing later."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ipt_rules.agreed import dispute_judged_in, foci_at, sessions_at
from ipt_rules.derived.so_far import Known, SoFar
from ipt_rules.gates import Gates
from ipt_rules.later_intake import after_session
from ipt_rules.pipeline import evaluate, run_pass
from ipt_rules.ranking import Finding
from ipt_rules.ruleset.consequences import Advice
from ipt_rules.schedules import phase_at
from ipt_rules.session_facts import session_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipt_rules.course import Course
    from ipt_rules.engines import Engine
    from ipt_rules.intake import Intake
    from ipt_rules.pipeline import Result
    from ipt_rules.ruleset.model import Ruleset
    from ipt_rules.sessions import CheckIn


@dataclass(frozen=True, slots=True, repr=False)
class Held:
    """One session that was held, and what the rules find in it.

    Attributes:
        check_in: what was recorded.
        so_far: the therapy up to it.
        intake: with all that became known by the end of the session, and the gates that were cleared by then.
        result: what follows from that intake.
        findings: the course rules that hold on the session and its events.
        gates: the gates after it.

    """

    check_in: CheckIn
    so_far: SoFar
    intake: Intake
    result: Result
    findings: tuple[Finding, ...]
    gates: Gates

    def __repr__(self) -> str:
        return f"<Held: session {self.check_in.session}, {len(self.findings)} findings>"


@dataclass(frozen=True, slots=True, repr=False)
class EvaluatedCourse:
    """A course with what the rules find: before the first session, and in each that was held."""

    course: Course
    first: Result
    first_gates: Gates
    held: tuple[Held, ...]

    @property
    def intake(self) -> Intake:
        """The intake with all that is known now."""
        return self.held[-1].intake if self.held else self.course.intake

    @property
    def result(self) -> Result:
        """What follows from the intake as it is known now."""
        return self.held[-1].result if self.held else self.first

    @property
    def gates(self) -> Gates:
        """The gates as they are now."""
        return self.held[-1].gates if self.held else self.first_gates

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found in the last session."""
        return self.held[-1].findings if self.held else ()

    @property
    def open_reasons(self) -> tuple[tuple[int, Finding], ...]:
        """The reasons to look at the agreed focus again, each once, with the session that gave it first.

        A reason stays open until a focus is agreed on anew, be it the same one; what was found in that session is answered too.
        """
        if not self.held or not self.held[-1].so_far.foci:
            return ()
        agreed_in = self.held[-1].so_far.foci[0].agreed_in
        since = agreed_in if agreed_in == self.course.foci[0].agreed_in else agreed_in + 1
        found: dict[str, tuple[int, Finding]] = {}
        for held in self.held:
            for finding in held.findings if held.check_in.session >= since else ():
                consequence = finding.rule.consequence
                if isinstance(consequence, Advice) and consequence.reconsiders_focus:
                    found.setdefault(finding.rule.id, (held.check_in.session, finding))
        return tuple(found.values())

    def __repr__(self) -> str:
        return f"<EvaluatedCourse: {len(self.held)} sessions held, {len(self.findings)} findings in the last>"


def evaluate_course(course: Course, ruleset: Ruleset, engine: Engine) -> EvaluatedCourse:
    """Return what the rules find in each session of a course.

    Raises:
        EvaluationError: the rules could not be evaluated; there is no result.

    """
    first = evaluate(course.intake, ruleset, engine)
    sofar = EvaluatedCourse(course, first, Gates.at_first(course.intake.safety.cleared, first.cautions), ())
    for position in range(len(course.check_ins)):
        sofar = replace(sofar, held=(*sofar.held, _held(sofar, position, ruleset, engine)))
    return sofar


def _held(before: EvaluatedCourse, position: int, ruleset: Ruleset, engine: Engine) -> Held:
    """Return what is found in the session after those that were evaluated."""
    check_in = before.course.check_ins[position]
    dispute = dispute_judged_in(before.course, check_in.session)
    intake = after_session(before.intake, check_in, dispute)
    result = before.result if intake is before.intake else evaluate(intake, ruleset, engine)
    so_far = _so_far(before, position, intake, result, ruleset)
    evaluated = run_pass("course", session_rows(so_far, result.patient, ruleset.reads), engine)
    findings = tuple(Finding(ruleset.rules[number], entry.row) for entry in evaluated for number in entry.holding)
    gates = before.gates.after(
        check_in.session,
        result.cautions,
        findings,
        answers=check_in.new_facts.answers,
        cleared=check_in.cleared,
    )
    safety = intake.safety.model_copy(update={"cleared": gates.cleared_in_order()})
    return Held(check_in, so_far, intake.model_copy(update={"safety": safety}), result, findings, gates)


def _so_far(before: EvaluatedCourse, position: int, intake: Intake, result: Result, ruleset: Ruleset) -> SoFar:
    course, session = before.course, before.course.check_ins[position].session
    foci, planned = foci_at(course, session), sessions_at(course, session)
    now = Known(intake, result.ranking)
    return SoFar(
        check_ins=course.check_ins[: position + 1],
        at_first=course.intake,
        before=before.intake,
        now_known=now,
        at_choice=_at_choice(before, foci[0].agreed_in, session, now) if foci else None,
        planned=planned,
        phase=phase_at(ruleset.scoring, planned, session),
        foci=foci,
        goals=tuple(goal for goal in course.goals if goal.agreed_in <= session),
        danger_told=_danger_told(before, course.check_ins[position], intake),
        scoring=ruleset.scoring,
    )


def _danger_told(before: EvaluatedCourse, check_in: CheckIn, intake: Intake) -> bool | None:
    """Return whether danger was told in the intake or in a session so far; what is not told any more stays told."""
    earlier = before.held[-1].so_far.danger_told if before.held else _tells_of_danger(before.course.intake)
    return _any((earlier, check_in.unsafe, _tells_of_danger(intake)))


def _tells_of_danger(intake: Intake) -> bool | None:
    disputes = [answer for one in intake.disputes or () for answer in (one.violence, one.coercion)]
    return _any((intake.safety.abuse, *disputes, False if intake.disputes is not None else None))


def _any(answers: Sequence[bool | None]) -> bool | None:
    """Three-valued "or"."""
    return True if True in answers else (None if None in answers else False)


def _at_choice(before: EvaluatedCourse, agreed_in: int, session: int, now: Known) -> Known:
    """Return what was known by the end of the session in which the focus was agreed on."""
    if session <= agreed_in:
        return now
    by_then = [held for held in before.held if held.check_in.session <= agreed_in]
    if not by_then:
        return Known(before.course.intake, before.first.ranking)
    return Known(by_then[-1].intake, by_then[-1].result.ranking)
