"""Standings → plan: the strategies of each phase, those withheld with the reason, the goals, and a draft formulation.

A strategy is proposed when its condition holds and its conditions of safety are known to hold. It is withheld when they are not, or
while a gate is not cleared; what is not known withholds as what is known to be unsafe does. Whether conditions of safety hold is
decided by the definition of the language (``engines.reference``) on every engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ipt_rules.engines.reference import trace
from ipt_rules.facts import focus_row
from ipt_rules.ranking import Finding
from ipt_rules.records import NO_SUBJECT
from ipt_rules.ruleset.conditions import Comparison
from ipt_rules.ruleset.consequences import PARTS_OF_A_FORMULATION, Formulation, Goal
from ipt_rules.schedules import Schedule, schedules
from ipt_rules.values import NOT_ARISING
from ipt_rules.words import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipt_rules.engines.reference import Trace, Truth
    from ipt_rules.facts import Row
    from ipt_rules.intake import Intake
    from ipt_rules.ranking import Evaluated, Focus
    from ipt_rules.ruleset.consequences import Proposal
    from ipt_rules.ruleset.model import Ruleset
    from ipt_rules.values import Value


@dataclass(frozen=True, slots=True)
class Strategy:
    """Something to do in a phase.

    Attributes:
        finding: the rule that proposes it, and the row on which it does.
        proposal: what the rule says of it.
        focus: the focus that it is for, counted from 0; None when it is for the therapy as a whole.

    """

    finding: Finding
    proposal: Proposal
    focus: int | None


@dataclass(frozen=True, slots=True)
class Withheld:
    """A strategy that is not proposed although its condition holds, and why.

    Attributes:
        gates: the gates that are not cleared, where that is what withholds it.
        unmet: the conditions of safety that are known not to hold.
        unknown: the conditions of safety that nobody knows; to be asked about.

    """

    strategy: Strategy
    gates: tuple[str, ...]
    unmet: tuple[Comparison, ...]
    unknown: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do in each phase of the therapy. Proposed to a clinician; nothing of it is decided.

    Attributes:
        schedules: one for the number of sessions agreed; where none is, one for each usual number.
        answers: for each proposed focus, what the patient said to it; None where they have not been asked. It is agreed by
            "agrees" alone.
        strategies: what is proposed, by phase and order.
        withheld: what is not, and why, likewise.
        goals: for each proposed focus, what the work on it is for.
        formulations: for each focus that ranks first, the parts of a draft formulation; a draft for the clinician, never agreed
            by being written. While a gate is not cleared there are neither goals nor drafts.
        gates: the gates that are not cleared.
        evaluated: the patient's row and those of the foci, with the rules of this pass that hold and those that could.

    """

    schedules: tuple[Schedule, ...]
    answers: tuple[str | None, ...]
    strategies: tuple[Strategy, ...]
    withheld: tuple[Withheld, ...]
    goals: tuple[tuple[Finding, ...], ...]
    formulations: tuple[tuple[Finding, ...], ...]
    gates: tuple[str, ...]
    evaluated: tuple[Evaluated, ...]


def focus_rows(intake: Intake, foci: Sequence[Focus], patient: Row) -> list[Row]:
    """Return the rows of the proposed foci, which the rules of the strategies see."""
    return [_focus_row(intake, focus, patient) for focus in foci]


def planned(
    intake: Intake,
    ruleset: Ruleset,
    foci: Sequence[Focus],
    *,
    on_patient: Evaluated,
    on_foci: Sequence[Evaluated],
    gates: Sequence[str],
) -> Plan:
    """Return the plan.

    Args:
        intake: what was recorded.
        ruleset: the rules.
        foci: what is proposed to work on.
        on_patient: the rules of the strategies that hold on the patient's row.
        on_foci: those that hold on the row of each focus.
        gates: the gates that are not cleared.

    """
    first = sum([focus.points == foci[0].points for focus in foci])
    strategies, withheld = [], []
    for strategy in _strategies(ruleset, on_patient, on_foci):
        needs = strategy.proposal.needs
        closed = () if strategy.proposal.before_clearance else tuple(gates)
        told = None if needs is None else trace(needs, strategy.finding.row)
        if closed or (told and not told.truth):
            withheld.append(_withheld(strategy, closed, told))
        else:
            strategies.append(strategy)
    return Plan(
        schedules=schedules(ruleset.scoring, intake.therapy.planned_sessions),
        answers=tuple(_answer(intake, focus) for focus in foci),
        strategies=tuple(strategies),
        withheld=tuple(withheld),
        goals=() if gates else tuple(tuple(_findings(ruleset, entry, Goal)) for entry in on_foci),
        formulations=() if gates else tuple(_formulation(ruleset, on_patient, entry) for entry in on_foci[:first]),
        gates=tuple(gates),
        evaluated=(on_patient, *on_foci),
    )


# ── foci ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _focus_row(intake: Intake, focus: Focus, patient: Row) -> Row:
    subject = focus.row if focus.has_subject else None
    row = focus_row(subject, patient, {})
    stage: Value = NOT_ARISING
    if subject is not None and subject.kind == "dispute":
        stage = subject.value("dispute.stage_used")
    return row.with_values(
        {
            "focus.area": focus.area,
            "focus.level": LEVELS.index(focus.level),
            "focus.stage": stage,
            "focus.subject": "none" if subject is None else subject.kind,
            "focus.agreed": None if (answer := _answer(intake, focus)) is None else answer == "agrees",
        }
    )


def _answer(intake: Intake, focus: Focus) -> str | None:
    """Return what the patient said to this very focus; None when it has not been put to them, or not answered."""
    view = intake.view
    offered = "" if view.offered_subject == NO_SUBJECT else view.offered_subject
    if view.answer_to_focus is None or (view.offered_area, offered) != (focus.area, focus.row.place):
        return None
    return view.answer_to_focus


# ── strategies ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _strategies(ruleset: Ruleset, patient: Evaluated, foci: Sequence[Evaluated]) -> list[Strategy]:
    """Return the strategies whose conditions hold, by phase and order, those for the whole therapy before those for a focus."""
    proposals = ruleset.proposals
    found = [
        (*proposals[position], focus, position, row)
        for focus, (row, holding, _) in enumerate((patient, *foci), -1)
        for position in holding
        if position in proposals
    ]
    found.sort(key=lambda entry: (entry[0], entry[2], entry[3]))
    return [
        Strategy(Finding(ruleset.rules[position], row), proposal, None if focus < 0 else focus)
        for _, proposal, focus, position, row in found
    ]


def _withheld(strategy: Strategy, gates: tuple[str, ...], told: Trace | None) -> Withheld:
    if told is None:
        return Withheld(strategy, gates, (), ())
    unsafe = list(_failing(told, strategy.finding.row))
    unmet = dict.fromkeys(comparison for comparison, truth in unsafe if truth is False)
    unknown = dict.fromkeys(comparison for comparison, truth in unsafe if truth is None)
    return Withheld(strategy, gates, tuple(unmet), tuple(unknown))


def _failing(told: Trace, row: Row) -> Iterator[tuple[Comparison, Truth]]:
    """Yield the comparisons that keep a condition from being true; what is not recorded on such a row is unknown to it."""
    if told.truth:
        return
    if isinstance(told.condition, Comparison):
        arises = row.value(told.condition.field) is not NOT_ARISING
        yield told.condition, told.truth if arises else None
    for part in told.parts:
        yield from _failing(part, row)


# ── goals and words ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _findings(ruleset: Ruleset, evaluated: Evaluated, consequence: type[Goal | Formulation]) -> list[Finding]:
    rules = [ruleset.rules[position] for position in evaluated.holding]
    return [Finding(rule, evaluated.row) for rule in rules if isinstance(rule.consequence, consequence)]


def _formulation(ruleset: Ruleset, patient: Evaluated, focus: Evaluated) -> tuple[Finding, ...]:
    """Return the parts of a draft formulation of one focus, in their order."""
    found = [finding for entry in (patient, focus) for finding in _findings(ruleset, entry, Formulation)]
    return tuple(sorted(found, key=lambda finding: (_part(finding), finding.rule.id)))


def _part(finding: Finding) -> int:
    words = finding.rule.consequence
    assert isinstance(words, Formulation)  # only words of formulations are sorted
    return PARTS_OF_A_FORMULATION.index(words.part)
