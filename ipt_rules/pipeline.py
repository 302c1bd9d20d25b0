"""Intake + rule set → result: the arrows as one function. No I/O, no clock, no state: the same in, the same out."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from ipt_rules.errors import EvaluationError, IptRulesError
from ipt_rules.facts import facts, standing_row
from ipt_rules.intake import GATES, SUBJECT_LISTS
from ipt_rules.plan import Plan, focus_rows, planned
from ipt_rules.ranking import (
    Evaluated,
    Finding,
    Focus,
    Outlook,
    Standing,
    held_back,
    is_settled,
    proposed,
    ranked,
    standing_values,
    standings,
)
from ipt_rules.ruleset.consequences import CAUTIONS, Ask, Caution, HoldsBack, StageFound
from ipt_rules.values import NOT_ARISING, Range

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ipt_rules.engines import Engine
    from ipt_rules.facts import Facts, Row
    from ipt_rules.intake import Intake
    from ipt_rules.ruleset.model import Pass, Ruleset
    from ipt_rules.values import Value
    from ipt_rules.words import Area


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Result:
    """All that follows from an intake by a rule set.

    Attributes:
        ranking: the four areas in order.
        settled: whether the first area stays first whatever the open answers turn out to be.
        outlook: where the areas can stand once more is known.
        foci: what is proposed to work on, at most two.
        findings: every rule on stages, evidence, cautions, questions and standings that holds, on every row; which of them count is
            said in the foci. The strategies that hold stand in the plan.
        cautions: the findings that caution, ``refer`` first.
        asks: the findings that have a question for the clinician.
        plan: what to do in each phase.
        evaluated: each row with what holds and what could, for explanations.

    """

    ranking: tuple[Standing, ...]
    settled: bool
    outlook: Outlook
    foci: tuple[Focus, ...]
    findings: tuple[Finding, ...]
    cautions: tuple[Finding, ...]
    asks: tuple[Finding, ...]
    plan: Plan
    evaluated: tuple[Evaluated, ...]

    @property
    def patient(self) -> Row:
        """The patient's row."""
        return next(entry.row for entry in self.evaluated if entry.row.kind == "patient")


def guarded(engine: str, work: Callable[[], T]) -> T:
    """Do some work of an evaluation; whatever fails in it is an evaluation error that says nothing of the intake.

    Raises:
        EvaluationError: the work failed; there is no result.

    """
    try:
        return work()
    except IptRulesError:
        raise
    except Exception as error:
        failed = f"{type(error).__name__} at {_place(error)}"
    raise EvaluationError(f"The rules could not be evaluated by the engine '{engine}' ({failed}).")


def _place(error: Exception) -> str:
    """Return the file and line of ours in which an error arose."""
    place, step = "an unknown place", error.__traceback__
    while step is not None:
        file = step.tb_frame.f_code.co_filename
        if "ipt_rules" in file:
            place = f"{file.replace(os.sep, '/').rpartition('/')[2]}:{step.tb_lineno}"
        step = step.tb_next
    return place


def evaluate(intake: Intake, ruleset: Ruleset, engine: Engine) -> Result:
    """Carry an intake through all passes.

    Raises:
        EvaluationError: the engine failed; there is no result, and the message says nothing of the intake.

    """
    return guarded(engine.name, lambda: _evaluate(intake, ruleset, engine))


def _evaluate(intake: Intake, ruleset: Ruleset, engine: Engine) -> Result:
    rows = facts(intake, ruleset.reads)
    found = rank_rows(rows, ruleset, engine)
    foci = proposed(ruleset, found.ranking)
    cautions = tuple(sorted([entry for entry in found.findings if _is(entry, Caution)], key=_caution_order))
    return Result(
        ranking=found.ranking,
        settled=is_settled(found.ranking, found.outlook),
        outlook=found.outlook,
        foci=foci,
        findings=found.findings,
        cautions=cautions,
        asks=tuple([entry for entry in found.findings if _is(entry, Ask)]),
        plan=_plan(intake, ruleset, engine, rows.patient, foci, _closed_gates(intake, cautions)),
        evaluated=found.evaluated,
    )


class Ranked(NamedTuple):
    """What follows from the rows of an intake before anything is planned; the attributes are those of ``Result``."""

    ranking: tuple[Standing, ...]
    outlook: Outlook
    findings: tuple[Finding, ...]
    evaluated: tuple[Evaluated, ...]


def rank_rows(rows: Facts, ruleset: Ruleset, engine: Engine) -> Ranked:
    """Carry the rows of an intake through the passes up to the ranking.

    Args:
        rows: all rows of the intake, with every field that the rules read.
        ruleset: the rules.
        engine: what evaluates them.

    Raises:
        EvaluationError: the engine contradicts itself. What fails in it otherwise comes through as it is; ``evaluate`` guards it.

    """
    recorded, stages = with_stages(rows.subjects, ruleset, engine)
    evaluated = run_pass("evidence", [*recorded, rows.patient, *rows.not_asked], engine)
    subjects, (patient, *not_asked) = evaluated[: len(recorded)], evaluated[len(recorded) :]
    found = standings(ruleset, subjects, patient, not_asked)

    bounds = {standing.area: standing.bounds for standing in found}
    points = {standing.area: Range(standing.points, standing.points) for standing in found}
    seen = [standing_row(rows.patient, standing_values(known, ruleset.scoring)) for known in (points, bounds)]
    standing, whatever = run_pass("standing", seen, engine)
    on_standing = _findings(ruleset, [standing])
    return Ranked(
        ranking=ranked([_held_back(entry, on_standing) for entry in found]),
        outlook=Outlook(
            ruleset.scoring, bounds, held_back(ruleset, whatever.holding), held_back(ruleset, whatever.possible)
        ),
        findings=(*stages, *_findings(ruleset, [*subjects, patient]), *on_standing),
        evaluated=(*subjects, patient, *not_asked, standing),
    )


def _plan(
    intake: Intake, ruleset: Ruleset, engine: Engine, patient: Row, foci: Sequence[Focus], gates: Sequence[str]
) -> Plan:
    """Run the rules of the strategies on the patient's row and on those of the foci, which see where the areas stand."""
    on_patient, *on_foci = run_pass("strategies", [patient, *focus_rows(intake, foci, patient)], engine)
    return planned(intake, ruleset, foci, on_patient=on_patient, on_foci=on_foci, gates=gates)


def plan_for(
    intake: Intake, ruleset: Ruleset, engine: Engine, *, result: Result, foci: Sequence[Focus], gates: Sequence[str]
) -> Plan:
    """Return the plan for foci that somebody chose, instead of those that the ranking proposes.

    Args:
        intake: what was recorded; with the patient's answer to the focus, and the sessions agreed.
        ruleset: the rules.
        engine: what evaluates them.
        result: what follows from the intake.
        foci: what was chosen, from ``focus_on``.
        gates: the gates that are not cleared.

    Raises:
        EvaluationError: the engine failed; there is no plan, and the message says nothing of the intake.

    """
    return guarded(engine.name, lambda: _plan(intake, ruleset, engine, result.patient, foci, gates))


def focus_on(result: Result, area: Area, subject: str) -> Focus:
    """Return a focus that somebody chose: as the evidence has it, or with no points where nothing supports it.

    Args:
        result: what follows from the intake.
        area: the problem area.
        subject: the place of the subject; empty for none.

    """
    standing = next(one for one in result.ranking if one.area == area)
    supported = next((focus for focus in standing.foci if focus.row.place == subject), None)
    if supported is not None:
        return supported
    kinds = ("patient",) if not subject else tuple(SUBJECT_LISTS.values())
    row = next(one.row for one in result.evaluated if one.row.kind in kinds and one.row.place == subject)
    return Focus(area, row, 0, "none", ())


def _closed_gates(intake: Intake, cautions: Sequence[Finding]) -> list[str]:
    """Return the gates that a clinician has to clear before any other strategy is proposed, each once."""
    gates = [getattr(finding.rule.consequence, "gate", None) for finding in cautions]
    return [gate for gate in dict.fromkeys(gates) if gate and gate not in intake.safety.cleared]


def run_pass(run: Pass, rows: Sequence[Row], engine: Engine) -> list[Evaluated]:
    """Return each row with the rules of a pass that hold on it, and those that hold or could.

    Raises:
        EvaluationError: the engine failed, or contradicts itself.

    """
    held, could = engine.holding(run, rows), engine.possible(run, rows)
    if not all({*sure} <= {*open_} for sure, open_ in zip(held, could, strict=True)):
        raise EvaluationError(f"The engine '{engine.name}' says of a rule that it holds, and that it could not.")
    return [Evaluated(*entry) for entry in zip(rows, held, could, strict=True)]


def with_stages(rows: Sequence[Row], ruleset: Ruleset, engine: Engine) -> tuple[list[Row], tuple[Finding, ...]]:
    """Return the rows, those of disputes with the stage that is found and the one that is used, and the findings on stages."""
    found = run_pass("stages", [row for row in rows if row.kind == "dispute"], engine)
    staged = iter(found)
    completed = [_with_stage(next(staged), ruleset) if row.kind == "dispute" else row for row in rows]
    return completed, _findings(ruleset, found)


def _with_stage(dispute: Evaluated, ruleset: Ruleset) -> Row:
    """Set the stages: one is found when its rules hold and those of no other could, so that no further answer takes it back."""
    sure, possible = (_stages(ruleset, positions) for positions in (dispute.holding, dispute.possible))
    found: Value = None
    if len(sure) > 1 or not possible:
        found = NOT_ARISING
    elif len(sure) == 1 == len(possible):
        found = next(iter(sure))
    recorded = dispute.row.value("dispute.stage")
    used = found if recorded is NOT_ARISING else recorded
    return dispute.row.with_values({"dispute.stage_found": found, "dispute.stage_used": used})


def _stages(ruleset: Ruleset, positions: Sequence[int]) -> set[str]:
    rules = (ruleset.rules[position].consequence for position in positions)
    return {rule.stage for rule in rules if isinstance(rule, StageFound)}


def _findings(ruleset: Ruleset, evaluated: Sequence[Evaluated]) -> tuple[Finding, ...]:
    rules, evidence = ruleset.rules, ruleset.evidence
    return tuple(
        [
            Finding(rules[position], entry.row, evidence[position][1] if position in evidence else 0)
            for entry in evaluated
            for position in entry.holding
        ]
    )


def _held_back(standing: Standing, findings: Sequence[Finding]) -> Standing:
    by = tuple(
        finding
        for finding in findings
        if isinstance(finding.rule.consequence, HoldsBack) and finding.rule.consequence.area == standing.area
    )
    return replace(standing, held_back_by=by) if by else standing


def _is(finding: Finding, consequence: type[Ask | Caution]) -> bool:
    return isinstance(finding.rule.consequence, consequence)


def _caution_order(finding: Finding) -> tuple[int, int, str, str]:
    assert isinstance(finding.rule.consequence, Caution)  # only cautions are sorted
    caution = finding.rule.consequence
    gate = GATES.index(caution.gate) if caution.gate else 0
    return CAUTIONS.index(caution.kind), gate, finding.rule.id, finding.row.place
