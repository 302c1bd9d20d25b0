"""The agenda for the next session: the check-in first, safety, then at most three strategies of its phase that are not done yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ipt_rules.agreed import foci_at, sessions_at
from ipt_rules.pipeline import focus_on, plan_for
from ipt_rules.records import NO_SUBJECT
from ipt_rules.ruleset.model import EVERY_PHASE, Advice
from ipt_rules.schedules import phase_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
    found = therapy.held[-1].findings if therapy.held else ()
    opening = tuple(one for one in found if _is_opening(one))
    forward = [rule_id for advice in _advice(found) for rule_id in advice.brings_forward]
    begins = {rule_id for advice in _advice(opening) for rule_id in advice.brings_forward}
    done = begins | {rule_id for check_in in course.check_ins for rule_id in check_in.strategies}
    ready = [one for one in plan.strategies if one.proposal.phase == phase and _is_in_time(one, plan, session)]
    ready.sort(key=lambda one: one.finding.rule.id not in forward)
    undone = [one for one in ready if one.finding.rule.id not in done]
    now = undone[:MOST_STRATEGIES]
    return Agenda(
        session=session,
        phase=phase,
        foci=foci,
        agreed=bool(agreed),
        opening=opening,
        safety=tuple(
            one for one in plan.strategies if one.proposal.phase == EVERY_PHASE and one.proposal.before_clearance
        ),
        strategies=tuple(now),
        brought_forward=tuple(one.finding.rule.id for one in now if one.finding.rule.id in forward),
        waiting=tuple(
            one
            for one in plan.withheld
            if one.strategy.finding.rule.id in forward
            and one.strategy.finding.rule.id not in begins
            and one.strategy.proposal.phase in (phase, EVERY_PHASE)
        ),
        left=tuple(undone[MOST_STRATEGIES:]),
        later=tuple(_later(plan, phase, done)),
        plan=plan,
        intake=intake,
    )


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


def _is_in_time(strategy: Strategy, plan: Plan, session: int) -> bool:
    """Return whether a session lies in the window of a strategy, whichever of the lengths of a therapy it is."""
    for schedule in plan.schedules:
        window = schedule.sessions_of(strategy.proposal.phase, strategy.proposal.sessions)
        if window is None or not window[0] <= min(session, schedule.sessions) <= window[1]:
            return False
    return True


def _later(plan: Plan, phase: str | None, done: Iterable[str]) -> list[Strategy]:
    """Return the strategies of the phases that are still to come."""
    phases = [one.name for one in plan.schedules[0].phases] if plan.schedules else []
    to_come = phases[phases.index(phase) + 1 :] if phase in phases else []
    return [one for one in plan.strategies if one.proposal.phase in to_come and one.finding.rule.id not in done]


def _advice(findings: Iterable[Finding]) -> list[Advice]:
    return [one.rule.consequence for one in findings if isinstance(one.rule.consequence, Advice)]


def _is_opening(finding: Finding) -> bool:
    return isinstance(finding.rule.consequence, Advice) and finding.rule.consequence.about == "opening"
