"""Relations between a rule set and one with fewer rules, with more, with the same in another order, or with other points."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING

from ipt_rules.ruleset.conditions import All, negated
from ipt_rules.ruleset.consequences import STRENGTHS, Evidence, StageFound
from ipt_rules.testing.relations.known import is_known
from ipt_rules.testing.relations.some_rules import draw_evidence, draw_sound, some_rules, without_course
from ipt_rules.testing.relations.told import areas, differences, passes_of, row_by_row
from ipt_rules.vocabulary import STAGES
from ipt_rules.words import AREAS

if TYPE_CHECKING:
    from ipt_rules.drawn.intakes import Chooser
    from ipt_rules.intake import Intake
    from ipt_rules.pipeline import Result
    from ipt_rules.ruleset.conditions import Condition
    from ipt_rules.ruleset.model import Rule, Ruleset
    from ipt_rules.testing.relations.told import Evaluates

FEW = 40
"""Rules of a rule set that is made for one intake."""
_SUBJECTS = ("loss", "dispute", "change", "isolation")


# ── the same rules ───────────────────────────────────────────────────────────────────────────────────────────────────────


def order_of_rules(evaluates: Evaluates, ruleset: Ruleset, intake: Intake, choose: Chooser) -> list[str]:
    """Say that it does not matter in which order the rules stand."""
    turned = _turned(ruleset)
    return differences(ruleset, evaluates(intake, ruleset), evaluates(intake, turned), rules=turned)


@functools.lru_cache(maxsize=8)
def _turned(ruleset: Ruleset) -> Ruleset:
    return replace(ruleset, rules=ruleset.rules[::-1])


def rules_apart(evaluates: Evaluates, ruleset: Ruleset, intake: Intake, choose: Chooser) -> list[str]:
    """Say that rules left out take just their own findings with them; but stages, on which others rest, stay in."""
    fewer = _half(ruleset, choose.number(0, 1))
    one, other = evaluates(intake, ruleset), evaluates(intake, fewer)
    ids, kept = ([rule.id for rule in rules.rules] for rules in (ruleset, fewer))
    rows = [[entry for entry in result.evaluated if entry.row.kind != "standing"] for result in (one, other)]
    return row_by_row(rows[0], rows[1], ids, kept, frozenset(kept))


@functools.lru_cache(maxsize=8)
def _half(ruleset: Ruleset, which: int) -> Ruleset:
    kept = [
        rule for at, rule in enumerate(ruleset.rules) if at % 2 == which or isinstance(rule.consequence, StageFound)
    ]
    return replace(ruleset, rules=tuple(kept))


def own_rows_only(evaluates: Evaluates, ruleset: Ruleset, intake: Intake, choose: Chooser) -> list[str]:
    """Say that a rule is found on rows of its own kind and in its own pass alone, once, and could hold wherever it holds."""
    differing = []
    for run, (row, holding, possible) in passes_of(evaluates(intake, ruleset)):
        rules = [ruleset.rules[position] for position in possible]
        differing += [
            f"{rule.id} on a {row.kind} row, in the pass {run}"
            for rule in rules
            if (rule.runs_in, rule.kind) != (run, row.kind)
        ]
        if not set(holding) <= set(possible) or len(set(possible)) < len(possible) or len(set(holding)) < len(holding):
            differing.append(f"a {row.kind} row has a rule twice, or one that holds and could not")
    return differing


# ── further rules ────────────────────────────────────────────────────────────────────────────────────────────────────────


def a_rule_repeated(evaluates: Evaluates, ruleset: Ruleset, intake: Intake, choose: Chooser) -> list[str]:
    """Say that a rule that stands there twice, in one body of evidence, is found twice and counts once."""
    twice = _twice(ruleset)
    one, other = evaluates(intake, ruleset), evaluates(intake, twice)
    ids = [rule.id.removesuffix(_AGAIN) if rule.id.endswith(_AGAIN) else "" for rule in twice.rules]
    counting = frozenset(ids) - {""}
    rows = [[entry for entry in result.evaluated if entry.row.kind != "standing"] for result in (one, other)]
    found = row_by_row(rows[0], rows[1], [rule.id for rule in ruleset.rules], ids, counting)
    return [*found, *(what for what in areas(one, other) if "settled" in what), *_otherwise(one, other)]


_AGAIN = " again"


@functools.lru_cache(maxsize=8)
def _twice(ruleset: Ruleset) -> Ruleset:
    again = [replace(rule, id=rule.id + _AGAIN) for rule in ruleset.rules if isinstance(rule.consequence, Evidence)]
    return replace(ruleset, rules=(*ruleset.rules, *again))


def _otherwise(one: Result, other: Result) -> list[str]:
    """Return the areas with other points, level, bounds or rank."""
    after = {standing.area: standing for standing in other.ranking}
    names = ("points", "level", "bounds", "rank")
    return [
        f"{standing.area} has other {name}"
        for standing in one.ranking
        for name in names
        if getattr(standing, name) != getattr(after[standing.area], name)
    ]


def a_rule_added(evaluates: Evaluates, ruleset: Ruleset, intake: Intake, choose: Chooser) -> list[str]:
    """Say that a further rule for an area never lowers its points, and one against it never raises them.

    A rule for an area can make a focus of a subject that was none, whose points count then instead of the patient's alone: that is
    no mistake, and not compared.
    """
    few = some_rules(choose, ruleset, FEW)
    area, supports = choose.one_of(AREAS), choose.chance(50)
    evidence = Evidence(area, supports, choose.one_of(STRENGTHS), "a body of its own")
    more = replace(few, rules=(*few.rules, draw_evidence(choose, ("patient", *_SUBJECTS), evidence, like=few.rules[0])))
    one, other = (next(at for at in evaluates(intake, rules).ranking if at.area == area) for rules in (few, more))
    if supports and len(one.foci) == len(other.foci) and one.best.has_subject == other.best.has_subject:
        return [f"a rule for {area} lowers it"] if other.points < one.points else []
    return [f"a rule against {area} raises it"] if not supports and other.points > one.points else []


def a_sure_rule(evaluates: Evaluates, ruleset: Ruleset, intake: Intake, choose: Chooser) -> list[str]:
    """Say that a further rule that always holds, on the patient, adds exactly its points to an area, or takes them, down to 0.

    But where points are cut to the most that an area without a subject can have.
    """
    area, supports, strength = choose.one_of(AREAS), choose.chance(50), choose.one_of(STRENGTHS)
    worth = ruleset.scoring.points[strength]
    more = _with_sure_rule(ruleset, Evidence(area, supports, strength, "a body of its own"))
    one, other = (next(at for at in evaluates(intake, rules).ranking if at.area == area) for rules in (ruleset, more))
    if one.best.capped or other.best.capped or not one.points:
        return []
    wanted = one.points + worth if supports else max(0, one.points - worth)
    return [] if other.points == wanted else [f"a rule {'for' if supports else 'against'} {area} counts wrongly"]


@functools.lru_cache(maxsize=32)
def _with_sure_rule(ruleset: Ruleset, evidence: Evidence) -> Ruleset:
    sure = replace(ruleset.rules[0], id="the-sure-rule", kind="patient", condition=All(()), consequence=evidence)
    return replace(ruleset, rules=(*ruleset.rules, sure))


def a_sure_stage(evaluates: Evaluates, ruleset: Ruleset, intake: Intake, choose: Chooser) -> list[str]:
    """Say that where one stage rule alone always holds, its stage is found for every dispute."""
    stage = choose.one_of(STAGES)
    rows = [entry.row for entry in evaluates(intake, _with_sure_stage(ruleset, stage)).evaluated]
    disputes = [row for row in rows if row.kind == "dispute" and row.place]
    return [f"{stage} is not found" for row in disputes if row.value("dispute.stage_found") not in (stage,)]


@functools.lru_cache(maxsize=8)
def _with_sure_stage(ruleset: Ruleset, stage: str) -> Ruleset:
    others = [rule for rule in ruleset.rules if not isinstance(rule.consequence, StageFound)]
    sure = replace(
        ruleset.rules[0], id="the-sure-rule", kind="dispute", condition=All(()), consequence=StageFound(stage)
    )
    return replace(ruleset, rules=(*others, sure))


def a_rule_split(evaluates: Evaluates, ruleset: Ruleset, intake: Intake, choose: Chooser) -> list[str]:
    """Say that a rule told as two, by cases that exclude each other and of one body of evidence, counts the same where known.

    Where it is not known which of the cases it is, the two never count more.
    """
    few = some_rules(choose, ruleset, FEW)
    positions = [at for at, rule in enumerate(few.rules) if isinstance(rule.consequence, Evidence)]
    if not positions:
        return []
    position = choose.one_of(positions)
    rule = few.rules[position]
    case = draw_sound(choose, rule.kind, depth=0)
    halves = _halves(rule, case)
    split = replace(few, rules=(*few.rules[:position], *halves, *few.rules[position + 1 :]))
    one, other = evaluates(intake, few), evaluates(intake, split)
    if all(is_known(entry.row, case) for entry in other.evaluated if entry.row.kind == rule.kind):
        return [f"{rule.id}, split: {what}" for what in _otherwise(one, other)]
    after = {standing.area: standing.points for standing in other.ranking}
    area, supports = rule.consequence.area, rule.consequence.supports  # type: ignore[union-attr]  # evidence, by position
    before = next(standing.points for standing in one.ranking if standing.area == area)
    return [f"{rule.id}, split, counts more"] if supports and after[area] > before and _same_foci(one, other) else []


def _halves(rule: Rule, case: Condition) -> tuple[Rule, Rule]:
    first, second = (All((rule.condition, one)) for one in (case, negated(case)))
    return replace(rule, condition=first), replace(rule, id=f"{rule.id} otherwise", condition=second)


def _same_foci(one: Result, other: Result) -> bool:
    return [(at.area, len(at.foci)) for at in one.ranking] == [(at.area, len(at.foci)) for at in other.ranking]


# ── other points ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def points_doubled(evaluates: Evaluates, ruleset: Ruleset, intake: Intake, choose: Chooser) -> list[str]:
    """Say that with all points and levels doubled an area has twice the points and the same level.

    But where its points were cut to the most that an area without a subject can have: that is one less than the next level.
    """
    after = {standing.area: standing for standing in evaluates(intake, _doubled(ruleset)).ranking}
    return [
        f"{before.area} has other points or another level"
        for before in evaluates(intake, ruleset).ranking
        if not before.best.capped
        and (after[before.area].points, after[before.area].level) != (2 * before.points, before.level)
    ]


@functools.lru_cache(maxsize=8)
def _doubled(ruleset: Ruleset) -> Ruleset:
    scoring = ruleset.scoring
    points, levels = ({name: 2 * worth for name, worth in of.items()} for of in (scoring.points, scoring.levels))
    doubled = replace(scoring, points=points, levels=levels, close=2 * scoring.close)
    return replace(ruleset, rules=without_course(ruleset), scoring=doubled)
