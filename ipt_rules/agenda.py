"""The agenda for the next session: the check-in first, safety, then at most three strategies of its phase that are not done yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ipt_rules.agreed import done_before, foci_at, sessions_at
from ipt_rules.pipeline import evaluate, focus_on, plan_for
from ipt_rules.records import NO_SUBJECT
from ipt_rules.ruleset.consequences import EVERY_PHASE, Advice, Ask
from ipt_rules.schedules import phase_at
from ipt_rules.sessions import MOST_SESSIONS
from ipt_rules.words import PHASES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ipt_rules.engines import Engine
    from ipt_rules.held_sessions import EvaluatedCourse
    from ipt_rules.intake import Intake
    from ipt_rules.plan import Plan, Strategy, Withheld
    from ipt_rules.ranking import Finding, Focus
    from ipt_rules.ruleset.model import Ruleset
    from ipt_rules.sessions import AgreedFocus

MOST_STRATEGIES: Final = 3


@dataclass(frozen=True, slots=True, repr=False)
class Agenda:
    """What the next session could be for. Proposed to a clinician; nothing of it is decided.

    Attributes:
        session: the number of the next session.
        phase: the phase in which it lies, or None where nobody can say.
        foci: what it works on: the agreed foci; in the initial phase, while none is agreed, those that are proposed.
        agreed: whether the foci are agreed ones.
        first: advice about safety, which comes before everything else.
        asks: questions about safety that the last session left open.
        opening: the advice with which every session begins; what it brings forward is no strategy beside it.
        safety: strategies for every session that may come before a gate is cleared.
        strategies: at most ``MOST_STRATEGIES`` of the phase that are proposed and not done yet, those brought forward first.
        brought_forward: the ids of those strategies that the last session brought forward.
        waiting: strategies that were brought forward and are withheld, and why.
        unasked: strategies that are proposed only where it is safe, and wait since the last session did not ask about danger.
        left: the other strategies of the phase that are proposed and not done yet, in their order.
        later: those of later phases.
        plan: the plan that these come from.
        intake: the intake that the plan is for, with the sessions and the focus as agreed.

    """

    session: int
    phase: str | None
    foci: tuple[Focus, ...]
    agreed: bool
    first: tuple[Finding, ...]
    asks: tuple[Finding, ...]
    opening: tuple[Finding, ...]
    safety: tuple[Strategy, ...]
    strategies: tuple[Strategy, ...]
    brought_forward: tuple[str, ...]
    waiting: tuple[Withheld, ...]
    unasked: tuple[Strategy, ...]
    left: tuple[Strategy, ...]
    later: tuple[Strategy, ...]
    plan: Plan
    intake: Intake

    def __repr__(self) -> str:
        return f"<Agenda: session {self.session}, {self.phase or 'no'} phase, {len(self.strategies)} strategies>"


def next_agenda(evaluated: EvaluatedCourse, ruleset: Ruleset, engine: Engine) -> Agenda:
    """Return the agenda for the session after the last one that was held.

    Raises:
        EvaluationError: the rules could not be evaluated; there is no agenda.

    """
    course = evaluated.course
    session = (course.check_ins[-1].session if course.check_ins else 0) + 1
    planned = sessions_at(course, session)
    agreed = foci_at(course, session)
    intake = as_agreed(evaluated.intake, agreed, planned, session)
    result = evaluate(intake, ruleset, engine)
    phase = phase_at(ruleset.scoring, planned, session)
    foci = tuple(focus_on(result, one.area, one.place) for one in agreed)
    if not agreed and phase == PHASES[0]:
        foci = result.foci
    plan = plan_for(intake, ruleset, engine, result=result, foci=foci, gates=evaluated.gates.to_clear())
    choice = _Choice(evaluated, plan, phase, session)
    ready = choice.undone()
    undone = [one for one in ready if choice.is_safe_to_propose(one)]
    now = tuple(undone[:MOST_STRATEGIES])
    return Agenda(
        session=session,
        phase=phase,
        foci=foci,
        agreed=bool(agreed),
        first=choice.first,
        asks=choice.asks,
        opening=choice.opening,
        safety=tuple(choice.throughout()),
        strategies=now,
        brought_forward=tuple(one.finding.rule.id for one in now if one.finding.rule.id in choice.forward),
        waiting=tuple(choice.waiting()),
        unasked=tuple(one for one in ready if not choice.is_safe_to_propose(one)),
        left=tuple(undone[MOST_STRATEGIES:]),
        later=tuple(choice.later()),
        plan=plan,
        intake=intake,
    )


class _Choice:
    """Chooses among the strategies of a plan what comes in the next session, and what after it."""

    def __init__(self, evaluated: EvaluatedCourse, plan: Plan, phase: str | None, session: int) -> None:
        found, course = evaluated.findings, evaluated.course
        self._check_ins = course.check_ins
        self._not_before = [done_before(course, focus) for focus in foci_at(course, session)]
        self._plan = plan
        self._phase = phase
        self._session = session
        self.first = tuple(one for one in found if _topic(one) == "safety" and isinstance(one.rule.consequence, Advice))
        self.asks = tuple(one for one in found if _topic(one) == "safety" and isinstance(one.rule.consequence, Ask))
        self.opening = tuple(one for one in found if _topic(one) == "opening")
        self._begins = _brought_forward(self.opening)
        open_reasons = [finding for _, finding in evaluated.open_reasons]
        self.forward = _brought_forward([*(one for one in found if _topic(one) != "opening"), *open_reasons])
        self._asked_about_danger = not evaluated.held or evaluated.held[-1].check_in.unsafe is not None

    def throughout(self) -> Iterator[Strategy]:
        """Yield the strategies for every session that may come before a gate is cleared."""
        for one in self._plan.strategies:
            if one.proposal.phase == EVERY_PHASE and one.proposal.before_clearance:
                yield one

    def undone(self) -> list[Strategy]:
        """Return the strategies of the phase that are proposed and not done yet, those brought forward first."""
        ready = [
            one
            for one in self._plan.strategies
            if one.proposal.phase == self._phase and self._is_in_time(one) and self._is_wanted(one)
        ]
        return sorted(ready, key=lambda one: one.finding.rule.id not in self.forward)

    def waiting(self) -> Iterator[Withheld]:
        """Yield what was brought forward and is withheld."""
        for one in self._plan.withheld:
            if one.strategy.finding.rule.id in self.forward and one.strategy.proposal.phase == self._phase:
                yield one

    def later(self) -> Iterator[Strategy]:
        """Yield the strategies of the phases that are still to come."""
        phases = [one.name for one in self._plan.schedules[0].phases] if self._plan.schedules else []
        to_come = phases[phases.index(self._phase) + 1 :] if self._phase in phases else []
        yield from (one for one in self._plan.strategies if one.proposal.phase in to_come and self._is_wanted(one))

    def _is_wanted(self, strategy: Strategy) -> bool:
        """Return whether a strategy is not done yet, and needs nobody to bring it forward or was brought forward."""
        rule_id = strategy.finding.rule.id
        if rule_id in self._begins or self._is_done(strategy):
            return False
        return not strategy.proposal.on_demand or rule_id in self.forward

    def is_safe_to_propose(self, strategy: Strategy) -> bool:
        """Return whether a strategy with conditions of safety may be proposed: an answer of an earlier session is none today."""
        return strategy.proposal.needs is None or self._asked_about_danger

    def _is_done(self, strategy: Strategy) -> bool:
        """Return whether a strategy is recorded as done; one for a focus, since that took the place of another."""
        after = self._not_before[strategy.focus] if strategy.focus is not None and self._not_before else 0
        return any(strategy.finding.rule.id in one.strategies for one in self._check_ins if one.session > after)

    def _is_in_time(self, strategy: Strategy) -> bool:
        """Return whether the session lies in the window of a strategy, whichever of the lengths of a therapy it is."""
        for schedule in self._plan.schedules:
            window = schedule.sessions_of(strategy.proposal.phase, strategy.proposal.sessions)
            if window is None or not window[0] <= min(self._session, schedule.sessions) <= window[1]:
                return False
        return True


def as_agreed(intake: Intake, agreed: Sequence[AgreedFocus], planned: int | None, session: int) -> Intake:
    """Return the intake with what was agreed in the therapy, instead of what it said of that at the beginning."""
    therapy: dict[str, Any] = {"planned_sessions": planned, "current_session": min(session, MOST_SESSIONS)}
    view: dict[str, Any] = {}
    if agreed:
        first = agreed[0]
        view = {
            "offered_area": first.area,
            "offered_subject": first.place or NO_SUBJECT,
            "answer_to_focus": first.answer,
        }
    return intake.model_copy(
        update={
            "therapy": intake.therapy.model_copy(update=therapy),
            "view": intake.view.model_copy(update=view),
        }
    )


def _brought_forward(findings: Iterable[Finding]) -> set[str]:
    """Return the ids of the strategies that advice brings forward."""
    advice = (one.rule.consequence for one in findings)
    return {rule_id for one in advice if isinstance(one, Advice) for rule_id in one.brings_forward}


def _topic(finding: Finding) -> str:
    """Return what advice or a question is about; empty for everything else."""
    consequence = finding.rule.consequence
    return consequence.about if isinstance(consequence, Advice | Ask) else ""
