"""Checks of what can be reached: strategies, cautions and stages that no intake leads to, and what nothing demands."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Final

from ipt_rules.errors import MissingExtraError
from ipt_rules.explain.changes import space_of
from ipt_rules.explain.solving import completing, solver_class
from ipt_rules.explain.trials import Trials
from ipt_rules.ruleset.cells import Space, truth
from ipt_rules.ruleset.conditions import All, Comparison, Condition, Some, comparisons
from ipt_rules.ruleset.consequences import Advice, Formulation, Goal, HoldsBack, Proposal
from ipt_rules.schedules import schedules
from ipt_rules.values import NOT_ARISING
from ipt_rules.verify.defects import DECIDED_BY, Shown, defect_of
from ipt_rules.verify.pairs import evidence_of, evidence_rules, stage_of
from ipt_rules.verify.tried import NOTHING_TOLD, never_seen
from ipt_rules.vocabulary import STAGES, fields
from ipt_rules.words import AREAS, LEVELS, Area

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ipt_rules.ruleset.cells import CellValue
    from ipt_rules.ruleset.model import Rule, Ruleset
    from ipt_rules.verify.defects import Defect

_SUBJECTS: Final = ("loss", "dispute", "change", "isolation")
_NO_SUBJECT: Final = "none"


def never_reached(ruleset: Ruleset) -> Iterator[Defect]:
    """Yield what no intake leads to, although its condition could hold on some row: stages, strategies, what standings bring."""
    yield from _stages_never_found(ruleset)
    yield from _foci_never_so(ruleset)
    yield from _windows_never_open(ruleset)
    yield from _standings_never_so(ruleset)


# ── stages ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _stages_never_found(ruleset: Ruleset) -> Iterator[Defect]:
    """Yield the first rule of each stage that is never found, since wherever its rules hold those of another could."""
    rules = ruleset.stage_rules
    try:
        space = Space("dispute", [rule.condition for rule in rules], unknown=True)
    except ValueError:  # more points than a space may have
        what = f"too much hangs together to say whether each stage can be found; {DECIDED_BY}"
        yield from (defect_of("never-reached", rule, what, exact=False) for rule in rules[:1])
        return
    for stage in STAGES:
        own = [rule for rule in rules if stage_of(rule) == stage]
        alone = 0
        for rule in own:
            alone |= space.set_of(rule.condition)
        holds = alone
        for rule in rules:
            alone &= ~(space.set_of(rule.condition, could=True) if rule not in own else 0)
        if holds and not alone:
            what = f"wherever it holds, a rule for another stage could hold too, so that {stage} is never found"
            yield defect_of("never-reached", own[0], what, Shown(space, holds))


# ── foci and their strategies ────────────────────────────────────────────────────────────────────────────────────────────


def _foci_never_so(ruleset: Ruleset) -> Iterator[Defect]:
    """Yield the rules for a focus of a level that the evidence never gives it.

    Any area can be agreed on for any subject, at level none where nothing supports it; a higher level comes from the evidence.
    """
    made = list(_foci(ruleset))
    for rule in ruleset.rules:
        if rule.kind != "focus" or not isinstance(rule.consequence, Proposal | Goal | Formulation):
            continue
        if _may_hold(rule, rule.condition) and not any(_may_hold(rule, given(rule.condition, one)) for one in made):
            what = "no evidence brings such a focus to this level; add evidence that does, or mend the condition"
            yield defect_of("never-reached", rule, what)


def _foci(ruleset: Ruleset) -> Iterator[dict[str, CellValue]]:
    """Yield what is known of each kind of focus, proposed or agreed on: area, kind of subject, level, and what does not arise."""
    for area in AREAS:
        for subject in (*_SUBJECTS, _NO_SUBJECT):
            most = ruleset.scoring.level_code(_most_points(ruleset, area, subject))
            for level in range(LEVELS.index("none"), most + 1):
                known: dict[str, CellValue] = {"focus.area": area, "focus.subject": subject, "focus.level": level}
                silent = [
                    name for name, field in fields().items() if field.group in _SUBJECTS and field.group != subject
                ]
                silent += ["focus.stage"] if subject != "dispute" else []
                yield {**known, **dict.fromkeys(silent, NOT_ARISING)}


def _most_points(ruleset: Ruleset, area: Area, subject: str) -> int:
    """Return the most points that a focus on a kind of subject could have; 0 where nothing makes it a focus."""
    own = [rule for rule in evidence_rules(ruleset) if evidence_of(rule).area == area and evidence_of(rule).supports]
    own = [rule for rule in own if rule.kind in (subject, "patient")]
    if subject != _NO_SUBJECT and all(rule.kind == "patient" for rule in own):
        return 0
    by_body: dict[str, int] = {}
    for rule in own:
        points = ruleset.scoring.points[evidence_of(rule).strength]
        by_body[evidence_of(rule).body] = max(points, by_body.get(evidence_of(rule).body, 0))
    total = sum(by_body.values())
    return min(total, ruleset.scoring.most_without_subject) if subject == _NO_SUBJECT else total


def given(condition: Condition, known: Mapping[str, CellValue]) -> Condition:
    """Return what a condition still asks where some fields are known."""
    if isinstance(condition, Comparison):
        if condition.field not in known:
            return condition
        return All(()) if truth(condition, known[condition.field]) else Some(())
    return type(condition)(tuple(given(part, known) for part in condition.parts))


def _may_hold(rule: Rule, condition: Condition) -> bool:
    """Return whether a condition can hold on a row; one that no space can hold is told as undecided by other checks."""
    try:
        return bool(Space(rule.kind, [condition], unknown=True).set_of(condition))
    except ValueError:
        return True


def _windows_never_open(ruleset: Ruleset) -> Iterator[Defect]:
    """Yield the strategies for sessions that their phase has in a therapy of no length."""
    lengths = [number for row in ruleset.scoring.phases for number in range(row.least, row.most + 1)]
    plans = [schedule for number in lengths for schedule in schedules(ruleset.scoring, number) if schedule.phases]
    for rule in ruleset.rules:
        if isinstance(rule.consequence, Proposal) and plans:
            phase, window = rule.consequence.phase, rule.consequence.sessions
            if not any(schedule.sessions_of(phase, window) for schedule in plans):
                what = f"the {phase} phase of no therapy, however long, has the sessions that it is limited to"
                yield defect_of("never-reached", rule, f"{what}; mend 'sessions' or 'phase'")


# ── where the areas stand ────────────────────────────────────────────────────────────────────────────────────────────────


def _standings_never_so(ruleset: Ruleset) -> Iterator[Defect]:
    """Yield the rules for standings that no intake brings about."""
    looked_for = [
        rule
        for rule in ruleset.rules
        if rule.kind == "standing"
        and any(one.field.startswith("standing.") for one in comparisons(rule.condition))
        and _may_hold(rule, rule.condition)
    ]
    for rule in never_seen(ruleset, looked_for):
        if (never := _never_so(ruleset, rule)) is not False:
            what = (
                "the areas can never stand as it asks; mend the condition, or remove the rule"
                if never
                else f"whether the areas can stand as it asks is undecided; {DECIDED_BY}"
            )
            yield defect_of("never-reached", rule, what, exact=bool(never))


def _never_so(ruleset: Ruleset, rule: Rule) -> bool | None:
    """Return whether it is proved that the areas never stand as a rule asks; None where nobody can say."""
    try:
        solver_class()
    except MissingExtraError:
        return None
    condition = _without_open(rule.condition)
    asking = dataclasses.replace(rule, condition=condition, consequence=HoldsBack(AREAS[0]))
    probe = dataclasses.replace(ruleset.counting, rules=(*ruleset.counting.rules, asking))
    solving = completing(Trials(NOTHING_TOLD, probe), space_of(probe))
    decision = solving.decide([solving.ranking.of_standing(condition)], lambda answers: None)
    return True if decision.is_sure and decision.answers is None else None


def _without_open(condition: Condition) -> Condition:
    """Return a condition that holds at least where this one does, and does not ask whether something is open."""
    if isinstance(condition, Comparison):
        return All(()) if condition.operator == "not_known" else condition
    return type(condition)(tuple(map(_without_open, condition.parts)))


# ── what nothing demands ─────────────────────────────────────────────────────────────────────────────────────────────────


def never_brought_forward(ruleset: Ruleset) -> Iterator[Defect]:
    """Yield the strategies that come on an agenda only on demand, and that no rule of the course demands."""
    demanded = {
        strategy
        for rule in ruleset.rules
        if isinstance(rule.consequence, Advice)
        for strategy in rule.consequence.brings_forward
    }
    for rule in ruleset.rules:
        if isinstance(rule.consequence, Proposal) and rule.consequence.on_demand and rule.id not in demanded:
            what = "comes on an agenda on demand only, and no rule brings it forward; bring it forward, or drop 'on_demand'"
            yield defect_of("never-brought-forward", rule, what)
