"""A plan told in words: plain values for people, programs and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipt_rules.explain import open_behind
from ipt_rules.ruleset.model import PROPOSED_IN, Formulation, Goal
from ipt_rules.vocabulary import STAGE_FIELDS, fields, path_to_key, questions
from ipt_rules.wording import plain_value, shown_value

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def told_plan(intake: Intake, result: Result, teller: Teller) -> dict[str, Any]:
    """Return the plan of an assessment as plain values.

    Args:
        intake: what was recorded.
        result: what follows from it.
        teller: tells findings in words, with or without names.

    """
    return _Told(intake, result, teller).whole()


class _Told:
    def __init__(self, intake: Intake, result: Result, teller: Teller) -> None:
        self._intake = intake
        self._foci = result.foci
        self._plan: Plan = result.plan
        self._teller = teller
        self._wording = teller.wording

    def whole(self) -> dict[str, Any]:
        plan = self._plan
        session = self._intake.therapy.current_session
        known = len(plan.schedules) == 1 and session is not None
        return {
            "planned_sessions": self._intake.therapy.planned_sessions,
            "current_session": session,
            "current_phase": plan.schedules[0].phase_of(session) if known and session is not None else None,
            "schedules": [
                {
                    "sessions": schedule.sessions,
                    "phases": {phase.name: [phase.first, phase.last] for phase in schedule.phases},
                    "note": schedule.note,
                }
                for schedule in plan.schedules
            ],
            "foci": [
                {
                    **told_focus(focus, self._wording),
                    "answer": answer,
                    "agreed": None if answer is None else answer == "agrees",
                }
                for focus, answer in zip(self._foci, plan.answers, strict=True)
            ],
            "formulations": [
                {"focus": position, "draft": True, "parts": [self._part(finding) for finding in parts]}
                for position, parts in enumerate(plan.formulations)
            ],
            "goals": [self._goal(finding) for finding in plan.goals],
            "phases": [self._phase(phase) for phase in PROPOSED_IN],
        }

    def _phase(self, phase: str) -> dict[str, Any]:
        plan = self._plan
        whole = [schedule.sessions_of(phase) for schedule in plan.schedules]
        withheld = [entry for entry in plan.withheld if entry.strategy.proposal.phase == phase]
        return {
            "phase": phase,
            "sessions": [list(sessions) for sessions in whole if sessions],
            "strategies": [self._strategy(entry) for entry in plan.strategies if entry.proposal.phase == phase],
            "withheld": [{**self._strategy(entry.strategy), **self._why(entry)} for entry in withheld],
        }

    def _strategy(self, strategy: Strategy) -> dict[str, Any]:
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

    def _why(self, withheld: Withheld) -> dict[str, Any]:
        row = withheld.strategy.finding.row
        return {
            "gates": list(withheld.gates),
            "unmet": [self._need(comparison, row) for comparison in withheld.unmet],
            "unknown": [self._need(comparison, row) for comparison in withheld.unknown],
        }

    def _need(self, comparison: Comparison, row: Row) -> dict[str, Any]:
        """Return a condition of safety: what it needs, what is recorded, and what to ask."""
        field = fields()[comparison.field]
        places = list(open_behind(self._intake, comparison.field, row))
        asks = [path_to_key().get(field.path, "")] if not field.is_derived and field.name not in STAGE_FIELDS else []
        return {
            "field": field.name,
            "needs": comparison.in_words(),
            "path": row.paths(field.name)[0],
            "value": plain_value(field, row.value(field.name)),
            "question": next((self._wording.question(key, questions()[key].meaning) for key in asks if key), None),
            "open": places,
        }

    def _goal(self, finding: Finding) -> dict[str, Any]:
        goal = finding.rule.consequence
        assert isinstance(goal, Goal)  # goals only
        focus = next(
            (position for position, focus in enumerate(self._foci) if _is_of(finding.row, focus)),
            None,
        )
        return {"goal": self._wording.sentence(goal.goal, finding.row), "focus": focus, **self._sources(finding)}

    def _part(self, finding: Finding) -> dict[str, Any]:
        words = finding.rule.consequence
        assert isinstance(words, Formulation)  # words only
        return {
            "part": words.part,
            "say": self._wording.sentence(words.say, finding.row),
            **self._sources(finding),
        }

    def _sources(self, finding: Finding) -> dict[str, Any]:
        told = self._teller.reason(finding).to_dict()
        return {key: told[key] for key in ("rule", "because", "facts", "basis", "cites")}


def _is_of(row: Row, focus: Focus) -> bool:
    return (row.value("focus.area"), row.place) == (focus.area, focus.row.place)


def plan_table(told: dict[str, Any]) -> list[dict[str, Any]]:
    """Return one flat dict for each strategy of a plan that was told, those withheld among them.

    Args:
        told: what ``told_plan`` returned.

    """
    rows = []
    for phase in told["phases"]:
        for status in ("strategies", "withheld"):
            for entry in phase[status]:
                focus = None if entry["focus"] is None else told["foci"][entry["focus"]]
                rows.append(
                    {
                        "phase": phase["phase"],
                        "sessions": in_sessions(entry["sessions"]),
                        "area": focus and focus["area"],
                        "subject": focus and focus["subject"],
                        "strategy": entry["propose"],
                        "aim": entry["aim"],
                        "rule": entry["rule"],
                        "withheld": status == "withheld",
                        "because": "; ".join(reasons(entry)),
                        "cites": "; ".join(f"{citation['ref']}, {citation['at']}" for citation in entry["cites"]),
                        "basis": entry["basis"],
                    }
                )
    return rows


def in_sessions(windows: Sequence[list[int] | None]) -> str:
    """Return sessions as people write them, such as ``4–9``; with several lengths of a therapy, ``4–9 or 4–12``."""
    written = [f"{first}" if first == last else f"{first}–{last}" for first, last in filter(None, windows)]
    return " or ".join(dict.fromkeys(written))


def reasons(withheld: dict[str, Any]) -> list[str]:
    """Return why a strategy is withheld, each reason in words; nothing for one that is not."""
    gates = [f"{gate.replace('_', ' ')} is not cleared" for gate in withheld.get("gates", ())]
    unmet = [_needs(need, "recorded") for need in withheld.get("unmet", ())]
    return gates + unmet + [_needs(need, "") for need in withheld.get("unknown", ())]


def _needs(need: dict[str, Any], recorded: str) -> str:
    field = fields()[need["field"]]
    said = f"recorded: {shown_value(field, need['value'])}" if recorded else "not known"
    return f"{field.meaning}: {said} ({need['path']})"
