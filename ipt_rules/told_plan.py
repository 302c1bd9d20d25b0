"""A plan told in words, as plain values that JSON holds unchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipt_rules import places
from ipt_rules.explain import open_behind, question_at
from ipt_rules.ruleset.consequences import PROPOSED_IN, Formulation, Goal
from ipt_rules.sentences import sentence
from ipt_rules.vocabulary import fields
from ipt_rules.wording import plain_value

if TYPE_CHECKING:
    from ipt_rules.explain import Teller
    from ipt_rules.facts import Row
    from ipt_rules.intake import Intake
    from ipt_rules.pipeline import Result
    from ipt_rules.plan import Plan, Strategy, Withheld
    from ipt_rules.ranking import Finding, Focus
    from ipt_rules.ruleset.conditions import Comparison
    from ipt_rules.wording import Wording


def told_focus(focus: Focus, wording: Wording) -> dict[str, Any]:
    """Return a focus as plain values."""
    row = focus.row
    stage = row.value("dispute.stage_used") if row.kind == "dispute" else None
    return {
        "area": focus.area,
        "subject": row.place or None,
        "label": wording.subject(row.place) if row.place else None,
        "person": None if row.person is None else f"inventory.people[{row.person}]",
        "stage": stage if isinstance(stage, str) else None,
        "points": focus.points,
        "level": focus.level,
    }


def told_foci(result: Result, wording: Wording) -> list[dict[str, Any]]:
    """Return the proposed foci as plain values, each with the patient's answer to it, and whether that is agreement."""
    return [
        {**told_focus(focus, wording), "answer": answer, "agreed": None if answer is None else answer == "agrees"}
        for focus, answer in zip(result.foci, result.plan.answers, strict=True)
    ]


def told_plan(intake: Intake, result: Result, teller: Teller) -> dict[str, Any]:
    """Return the plan of an assessment as plain values.

    ``focus`` is the position of a focus among those proposed, None for what holds for the therapy as a whole. ``sessions`` has one
    entry for each of ``schedules``: the first and the last session, or None where there is none.

    Args:
        intake: what was recorded.
        result: what follows from it.
        teller: tells findings in words, with or without names.

    """
    return PlanTeller(intake, result.plan, teller).whole()


class PlanTeller:
    """Tells a plan, or single strategies of it.

    Args:
        intake: what was recorded.
        plan: what follows from it.
        teller: tells findings in words, with or without names.

    """

    def __init__(self, intake: Intake, plan: Plan, teller: Teller) -> None:
        self._intake = intake
        self._plan = plan
        self._teller = teller
        self._wording = teller.wording

    def whole(self) -> dict[str, Any]:
        """Return the whole plan as plain values."""
        plan = self._plan
        session = self._intake.therapy.current_session
        agreed = self._intake.therapy.planned_sessions
        now = plan.schedules[0].phase_of(session) if agreed is not None and session is not None else None
        return {
            "planned_sessions": agreed,
            "current_session": session,
            "current_phase": now,
            "schedules": [
                {
                    "sessions": schedule.sessions,
                    "phases": [{"phase": one.name, "from": one.first, "to": one.last} for one in schedule.phases],
                    "note": schedule.note,
                }
                for schedule in plan.schedules
            ],
            "gates": list(plan.gates),
            "formulations": [
                {"focus": focus, "draft": True, "parts": [self._part(finding) for finding in parts]}
                for focus, parts in enumerate(plan.formulations)
            ],
            "goals": [self._goal(finding, focus) for focus, found in enumerate(plan.goals) for finding in found],
            "phases": [self._phase(phase) for phase in PROPOSED_IN],
        }

    def _phase(self, phase: str) -> dict[str, Any]:
        plan = self._plan
        whole = [schedule.sessions_of(phase) for schedule in plan.schedules]
        withheld = [entry for entry in plan.withheld if entry.strategy.proposal.phase == phase]
        return {
            "phase": phase,
            "sessions": [list(sessions) if sessions else None for sessions in whole],
            "strategies": [self.strategy(entry) for entry in plan.strategies if entry.proposal.phase == phase],
            "withheld": [self.withheld(entry) for entry in withheld],
        }

    def strategy(self, strategy: Strategy) -> dict[str, Any]:
        """Return a strategy as plain values."""
        proposal, row = strategy.proposal, strategy.finding.row
        windows = [schedule.sessions_of(proposal.phase, proposal.sessions) for schedule in self._plan.schedules]
        return {
            "propose": self._wording.sentence(proposal.propose, row),
            "focus": strategy.focus,
            "sessions": [list(window) if window else None for window in windows],
            "aim": self._wording.sentence(proposal.aim, row),
            "steps": [self._wording.sentence(step, row) for step in proposal.steps],
            "before_clearance": proposal.before_clearance,
            **self._sources(strategy.finding),
        }

    def withheld(self, withheld: Withheld) -> dict[str, Any]:
        """Return a strategy that is withheld as plain values, with what withholds it."""
        return {**self.strategy(withheld.strategy), **self._why(withheld)}

    def _why(self, withheld: Withheld) -> dict[str, Any]:
        row = withheld.strategy.finding.row
        return {
            "gates": list(withheld.gates),
            "unmet": [self._need(comparison, row) for comparison in withheld.unmet],
            "unknown": [self._need(comparison, row) for comparison in withheld.unknown],
        }

    def _need(self, comparison: Comparison, row: Row) -> dict[str, Any]:
        """Return a condition of safety: what it needs, what is recorded, and what to ask (nothing where it cannot be known)."""
        field = fields()[comparison.field]
        return {
            "field": field.name,
            "needs": sentence(comparison),
            "path": row.paths(field.name)[0],
            "value": plain_value(field, row.value(field.name)),
            "ask": [
                {"path": path, "question": question_at(path, self._wording), "about": self._about(path)}
                for path in open_behind(self._intake, field.name, row)
            ],
        }

    def _about(self, path: str) -> str:
        steps = places.parse(path)
        return self._wording.subject(places.written(steps[:2])) if len(steps) > 2 and steps[0] != "inventory" else ""

    def _goal(self, finding: Finding, focus: int) -> dict[str, Any]:
        goal = finding.rule.consequence
        assert isinstance(goal, Goal)  # goals only
        return {"goal": self._wording.sentence(goal.goal, finding.row), "focus": focus, **self._sources(finding)}

    def _part(self, finding: Finding) -> dict[str, Any]:
        words = finding.rule.consequence
        assert isinstance(words, Formulation)  # words only
        return {"part": words.part, "say": self._wording.sentence(words.say, finding.row), **self._sources(finding)}

    def _sources(self, finding: Finding) -> dict[str, Any]:
        told = self._teller.reason(finding).to_dict()
        return {key: told[key] for key in ("rule", "because", "facts", "basis", "cites")}
