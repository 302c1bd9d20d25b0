"""Rule sets made from another one: some of its rules, further ones, or others that ask whether its conditions hold."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

from ipt_rules.ruleset.conditions import comparisons
from ipt_rules.ruleset.consequences import Ask, Goal
from ipt_rules.ruleset.model import Position
from ipt_rules.testing.rules import draw_condition
from ipt_rules.vocabulary import STAGE_FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ipt_rules.drawn.intakes import Chooser
    from ipt_rules.ruleset.conditions import Comparison, Condition
    from ipt_rules.ruleset.consequences import Evidence
    from ipt_rules.ruleset.model import Rule, Ruleset

Pairs: TypeAlias = "tuple[tuple[int, int], ...]"
"""Positions of rules that belong together."""
Change: TypeAlias = "Callable[[Condition], Condition]"

NOWHERE: Final = Position("", 0, 0)


def some_rules(choose: Chooser, ruleset: Ruleset, most: int) -> Ruleset:
    """Return a rule set with a few of the rules that an intake reaches, in their order."""
    positions = [position for position, rule in enumerate(ruleset.rules) if rule.runs_in != "course"]
    if len(positions) <= most:
        return ruleset
    chosen = sorted({choose.one_of(positions) for _ in range(most)})
    return replace(ruleset, rules=tuple(ruleset.rules[position] for position in chosen))


def without_course(ruleset: Ruleset) -> tuple[Rule, ...]:
    """Return the rules that an intake reaches; those of sessions and events are reached by courses alone."""
    return tuple(rule for rule in ruleset.rules if rule.runs_in != "course")


def draw_evidence(choose: Chooser, kinds: Sequence[str], evidence: Evidence, *, like: Rule) -> Rule:
    """Return a rule that counts for or against an area, on a drawn condition."""
    kind = choose.one_of(kinds)
    condition = draw_sound(choose, kind, depth=choose.number(0, 2))
    return replace(like, id="the-rule-added", kind=kind, condition=condition, consequence=evidence, position=NOWHERE)


def draw_sound(choose: Chooser, kind: str, *, depth: int) -> Condition:
    """Return a condition that evidence may rest on: it asks neither what is known nor for a stage."""
    while True:
        drawn = draw_condition(choose, kind, depth=depth)
        if all(
            one.operator not in ("known", "not_known") and one.field not in STAGE_FIELDS for one in comparisons(drawn)
        ):
            return drawn


@functools.lru_cache(maxsize=16)
def changed(ruleset: Ruleset, change: Change) -> Ruleset:
    """Return the rule set with every condition changed; what is counted stays, and so do the ids."""
    rules = tuple(replace(rule, condition=change(rule.condition)) for rule in without_course(ruleset))
    return replace(ruleset, rules=rules)


@functools.lru_cache(maxsize=16)
def asked_beside(ruleset: Ruleset, change: Change) -> tuple[Ruleset, Pairs]:
    """Return the rule set with two rules more for each: one asks whether its condition holds, and one whether the changed does.

    Nothing that counts is changed by them. The pairs are the positions of the two.
    """
    rules = without_course(ruleset)
    more: list[Rule] = []
    pairs = []
    for rule in rules:
        pairs.append((len(rules) + len(more), len(rules) + len(more) + 1))
        more += [_asking(rule, rule.condition, "as it is"), _asking(rule, change(rule.condition), "changed")]
    return replace(ruleset, rules=(*rules, *more)), tuple(pairs)


@functools.lru_cache(maxsize=4)
def each_comparison(ruleset: Ruleset) -> tuple[Ruleset, dict[int, Comparison]]:
    """Return the rule set with one rule more for each comparison that a rule makes, and those by position."""
    rules = without_course(ruleset)
    alone = {
        (rule.kind, rule.runs_in == "strategies", one): rule for rule in rules for one in comparisons(rule.condition)
    }
    more = [_asking(rule, one, f"{number}") for number, ((_, _, one), rule) in enumerate(alone.items())]
    compared = {len(rules) + number: one for number, (_, _, one) in enumerate(alone)}
    return replace(ruleset, rules=(*rules, *more)), compared


def _asking(rule: Rule, condition: Condition, which: str) -> Rule:
    """Return a rule of the same pass, or of the next one for stages, from which nothing follows that counts."""
    consequence = Goal("Does it hold?") if rule.runs_in == "strategies" else Ask("Does it hold?")
    return replace(rule, id=f"{rule.id} {which}", condition=condition, consequence=consequence, position=NOWHERE)
