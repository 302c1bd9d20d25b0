"""The agenda for the next session: the check-in first, safety, then at most three strategies of its phase that are not done yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ipt_rules.agreed import foci_at, sessions_at
from ipt_rules.pipeline import focus_on, plan_for
from ipt_rules.records import NO_SUBJECT
from ipt_rules.ruleset.consequences import EVERY_PHASE, Advice
from ipt_rules.schedules import phase_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ipt_rules.engines import Engine
    from ipt_rules.held_sessions import Therapy
    from ipt_rules.intake import Intake
    from ipt_rules.plan import Plan, Strategy, Withheld
    from ipt_rules.ranking import Finding, Focus
    from ipt_rules.ruleset.model import Ruleset
    from ipt_rules.sessions import AgreedFocus

MOST_STRATEGIES: Final = 3


@dataclass(frozen=True, slots=True)
class Agenda:
    """What the next session could be for. Proposed to a clinician; nothing of it is decided.

    Attributes:
        session: the number of the next session.
        phase: the phase in which it lies, or None where nobody can say.
        foci: what it works on: the agreed foci; in the initial phase, while none is agreed, those that are proposed.
        agreed: whether the foci are agreed ones.
        opening: the advice with which every session begins; what it brings forward is no strategy beside it.
        safety: strategies for every session that may come before a gate is cleared.
        strategies: at most ``MOST_STRATEGIES`` of the phase that are proposed and not done yet, those brought forward first.
        brought_forward: the ids of those strategies that the last session brought forward.
        waiting: strategies that were brought forward and are withheld, and why.
        left: the other strategies of the phase that are proposed and not done yet, in their order.
        later: those of later phases.
        plan: the plan that these come from.
        intake: the intake that the plan is for, with the sessions and the focus as agreed.

    """

    session: int
    phase: str | None
    foci: tuple[Focus, ...]
    agreed: bool
    opening: tuple[Finding, ...]
    safety: tuple[Strategy, ...]
    strategies: tuple[Strategy, ...]
    brought_forward: tuple[str, ...]
    waiting: tuple[Withheld, ...]
    left: tuple[Strategy, ...]
    later: tuple[Strategy, ...]
    plan: Plan
    intake: Intake


def next_agenda(therapy: Therapy, ruleset: Ruleset, engine: Engine) -> Agenda:
    """Return the agenda for the session after the last one that was held.

    Raises:
        EvaluationError: the rules could not be evaluated; there is no agenda.

    """
    course = therapy.course
    session = (course.check_ins[-1].session if course.check_ins else 0) + 1
    planned = sessions_at(course, session)
    phase = phase_at(ruleset.scoring, planned, session)
    agreed = foci_at(course, session)
    foci = _foci(therapy, agreed, phase)
    intake = _intake(therapy.intake, agreed, planned, session)
    plan = plan_for(intake, ruleset, engine, result=therapy.result, foci=foci, gates=therapy.gates)
    choice = _Choice(therapy, plan, phase, session)
    undone = choice.undone()
    now = undone[:MOST_STRATEGIES]
    return Agenda(
        session=session,
        phase=phase,
        foci=foci,
        agreed=bool(agreed),
        opening=choice.opening,
        safety=tuple(
            one for one in plan.strategies if one.proposal.phase == EVERY_PHASE and one.proposal.before_clearance
        ),
        strategies=tuple(now),
        brought_forward=tuple(one.finding.rule.id for one in now if one.finding.rule.id in choice.forward),
        waiting=tuple(choice.waiting()),
        left=tuple(undone[MOST_STRATEGIES:]),
        later=tuple(choice.later()),
        plan=plan,
        intake=intake,
    )


class _Choice:
    """Chooses among the strategies of a plan what comes in the next session, and what after it."""

    def __init__(self, therapy: Therapy, plan: Plan, phase: str | None, session: int) -> None:
        found = therapy.held[-1].findings if therapy.held else ()
        self._plan = plan
        self._phase = phase
        self._session = session
        self.opening = tuple(one for one in found if _is_opening(one))
        self.forward = _brought_forward(one for one in found if not _is_opening(one))
        begins = _brought_forward(self.opening)
        self._done = begins | {rule_id for one in therapy.course.check_ins for rule_id in one.strategies}

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
        return rule_id not in self._done and (not strategy.proposal.on_demand or rule_id in self.forward)

    def _is_in_time(self, strategy: Strategy) -> bool:
        """Return whether the session lies in the window of a strategy, whichever of the lengths of a therapy it is."""
        for schedule in self._plan.schedules:
            window = schedule.sessions_of(strategy.proposal.phase, strategy.proposal.sessions)
            if window is None or not window[0] <= min(self._session, schedule.sessions) <= window[1]:
                return False
        return True


def _foci(therapy: Therapy, agreed: Sequence[AgreedFocus], phase: str | None) -> tuple[Focus, ...]:
    if agreed:
        subjects = ((one.area, "" if one.subject in (None, NO_SUBJECT) else one.subject or "") for one in agreed)
        return tuple(focus_on(therapy.result, area, subject) for area, subject in subjects)
    return therapy.result.foci if phase == "initial" else ()


def _intake(intake: Intake, agreed: Sequence[AgreedFocus], planned: int | None, session: int) -> Intake:
    """Return the intake with what was agreed in the therapy, instead of what it said of that at the beginning."""
    therapy: dict[str, Any] = {"planned_sessions": planned, "current_session": min(session, 60)}
    view: dict[str, Any] = {}
    if agreed:
        first = agreed[0]
        view = {
            "offered_area": first.area,
            "offered_subject": first.subject or NO_SUBJECT,
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


def _is_opening(finding: Finding) -> bool:
    return isinstance(finding.rule.consequence, Advice) and finding.rule.consequence.about == "opening"
