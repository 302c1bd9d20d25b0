"""A course → what the rules find in each of its sessions. Each session is seen with what was known by then, and nothing later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ipt_rules.agreed import disputes_in_focus, foci_at, sessions_at
from ipt_rules.derived.course import SoFar
from ipt_rules.intake import GATES
from ipt_rules.later_intake import after_session
from ipt_rules.pipeline import evaluate, run_pass
from ipt_rules.ranking import Finding
from ipt_rules.ruleset.consequences import Caution
from ipt_rules.schedules import phase_at
from ipt_rules.session_facts import session_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ipt_rules.course import Course
    from ipt_rules.engines import Engine
    from ipt_rules.intake import Intake
    from ipt_rules.pipeline import Result
    from ipt_rules.ranking import Standing
    from ipt_rules.ruleset.model import Ruleset
    from ipt_rules.sessions import AgreedFocus, CheckIn


@dataclass(frozen=True, slots=True)
class Held:
    """One session that was held, and what the rules find in it.

    Attributes:
        check_in: what was recorded.
        so_far: the therapy up to it.
        intake: with all that became known by the end of the session.
        result: what follows from that intake.
        findings: the course rules that hold on the session and its events.
        gates: the gates that are not cleared after it, in their order.

    """

    check_in: CheckIn
    so_far: SoFar
    intake: Intake
    result: Result
    findings: tuple[Finding, ...]
    gates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Therapy:
    """A course with what the rules find: before the first session, and in each that was held."""

    course: Course
    first: Result
    first_gates: tuple[str, ...]
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
    def gates(self) -> tuple[str, ...]:
        """The gates that are not cleared now."""
        return self.held[-1].gates if self.held else self.first_gates


def evaluate_course(course: Course, ruleset: Ruleset, engine: Engine) -> Therapy:
    """Return what the rules find in each session of a course.

    Raises:
        EvaluationError: the rules could not be evaluated; there is no result.

    """
    first = evaluate(course.intake, ruleset, engine)
    gates = _Gates(course.intake.safety.cleared, first)
    first_gates = gates.closed()
    held: list[Held] = []
    for position in range(len(course.check_ins)):
        held.append(_held(course, position, held, first, gates, ruleset, engine))
    return Therapy(course, first, first_gates, tuple(held))


def _held(
    course: Course,
    position: int,
    before: list[Held],
    first: Result,
    gates: _Gates,
    ruleset: Ruleset,
    engine: Engine,
) -> Held:
    check_in = course.check_ins[position]
    foci = foci_at(course.until(check_in.session), check_in.session)
    disputes = disputes_in_focus(foci)
    known = before[-1].intake if before else course.intake
    intake = after_session(known, check_in, disputes[0] if disputes else None)
    unchanged = intake is known
    result = (before[-1].result if before else first) if unchanged else evaluate(intake, ruleset, engine)
    planned = sessions_at(course, check_in.session)
    known_by = [(0, course.intake, first.ranking)]
    known_by += [(held.check_in.session, held.intake, held.result.ranking) for held in before]
    so_far = SoFar(
        check_ins=course.check_ins[: position + 1],
        intake=intake,
        at_choice=_at_choice(foci, [*known_by, (check_in.session, intake, result.ranking)]),
        at_first=course.intake,
        planned=planned,
        phase=phase_at(ruleset.scoring, planned, check_in.session),
        foci=foci,
        goals=tuple(goal for goal in course.goals if goal.agreed_in <= check_in.session),
        ranking=result.ranking,
        scoring=ruleset.scoring,
    )
    patient = next(entry.row for entry in result.evaluated if entry.row.kind == "patient")
    evaluated = run_pass("course", session_rows(so_far, patient, ruleset.reads), engine)
    findings = tuple(Finding(ruleset.rules[number], entry.row) for entry in evaluated for number in entry.holding)
    gates.after(result, findings, check_in.cleared)
    cleared = intake.model_copy(update={"safety": intake.safety.model_copy(update={"cleared": gates.cleared()})})
    return Held(check_in, so_far, cleared, result, findings, gates.closed())


def _at_choice(
    foci: Sequence[AgreedFocus], known_by: Sequence[tuple[int, Intake, Sequence[Standing]]]
) -> tuple[Intake, Sequence[Standing]] | None:
    """Return what was known by the end of the session in which the focus was agreed; None while none is.

    Args:
        foci: what is worked on.
        known_by: by session, the first one 0, the intake as it then was and the ranking.

    """
    if not foci:
        return None
    chosen_in = foci[0].agreed_in
    return next((known[1:] for known in reversed(known_by) if known[0] <= chosen_in), known_by[-1][1:])


class _Gates:
    """Which gates are closed: what closed one after a clinician cleared it closes it again, until they clear it anew."""

    def __init__(self, cleared: Iterable[str], first: Result) -> None:
        self._cleared = set(cleared)
        self._signs: set[str] = set()
        self._seen = set(_referring(first.cautions))

    def after(self, result: Result, findings: Iterable[Finding], cleared: Iterable[str]) -> None:
        """Go on to a session: what its facts and its check-in raise, then what was cleared in it."""
        seen = set(_referring(result.cautions))
        raised = {gate for gate, *_ in seen - self._seen}
        told = {gate for gate, *_ in _referring(findings)}
        self._cleared = (self._cleared - raised - told) | {*cleared}
        self._signs = (self._signs | told) - {*cleared}
        self._seen = seen

    def closed(self) -> tuple[str, ...]:
        """Return the gates that are not cleared, in their order."""
        open_ = {gate for gate, *_ in self._seen} - self._cleared | self._signs
        return tuple(gate for gate in GATES if gate in open_)

    def cleared(self) -> tuple[str, ...]:
        """Return the gates that were cleared and have not been raised since, in their order."""
        return tuple(gate for gate in GATES if gate in self._cleared)


def _referring(findings: Iterable[Finding]) -> Iterator[tuple[str, str, str]]:
    """Yield the gate, the rule and the place of each finding that refers to a gate."""
    for finding in findings:
        consequence = finding.rule.consequence
        if isinstance(consequence, Caution) and consequence.gate:
            yield consequence.gate, finding.rule.id, finding.row.place
