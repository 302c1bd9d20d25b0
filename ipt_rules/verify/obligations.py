"""Masking MC/DC of conditions: for each comparison of a rule, a row on which it alone decides, true once and false once.

A comparison decides where everything beside it, on the way up, is known and leaves the outcome to it: its neighbours in an "all"
hold, its neighbours in an "any" are known not to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipt_rules.ruleset.cells import Space
from ipt_rules.ruleset.conditions import All, Comparison, Condition, Some, comparisons
from ipt_rules.sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipt_rules.engines.reference import Trace
    from ipt_rules.ruleset.model import Rule, Ruleset


class Obligation(NamedTuple):
    """One comparison that has to decide once, with one outcome.

    Attributes:
        rule: id of the rule.
        number: which of the comparisons of its condition, counted from 0 in reading order.
        truth: what the comparison comes to.

    """

    rule: str
    number: int
    truth: bool


def obligations(rule: Rule) -> list[Obligation]:
    """Return all that a rule's condition asks for: two for each of its comparisons."""
    count = sum(1 for _ in comparisons(rule.condition))
    return [Obligation(rule.id, number, truth) for number in range(count) for truth in (True, False)]


def met_by(rule: Rule, told: Trace) -> list[Obligation]:
    """Return the obligations of a rule that one row meets.

    Args:
        rule: the rule.
        told: its condition evaluated on the row.

    """
    return [Obligation(rule.id, number, truth) for number, truth in _deciding(told) if truth is not None]


def _deciding(told: Trace, first: int = 0) -> Iterator[tuple[int, bool | None]]:
    """Yield the number and the truth of each comparison that decides what a condition comes to."""
    if isinstance(told.condition, Comparison):
        yield first, told.truth
        return
    neutral = isinstance(told.condition, All)  # neighbours that leave the outcome open: true in "all", false in "any"
    for part in told.parts:
        if all(other.truth is neutral for other in told.parts if other is not part):
            yield from _deciding(part, first)
        first += sum(1 for _ in comparisons(part.condition))


def infeasible(rule: Rule) -> list[Obligation]:
    """Return the obligations that no row can meet: proved by the algebra of conditions."""
    space = Space(rule.kind, [rule.condition], unknown=True)
    found = []
    for number, (one, with_true, with_false) in enumerate(_replaced(rule.condition)):
        decides = space.set_of(with_true) & ~space.set_of(with_false, could=True)
        holds, fails = space.set_of(one), space.everything & ~space.set_of(one, could=True)
        found += [
            Obligation(rule.id, number, truth) for truth, at in ((True, holds), (False, fails)) if not at & decides
        ]
    return found


def _replaced(condition: Condition) -> Iterator[tuple[Comparison, Condition, Condition]]:
    """Yield each comparison, with the condition in which it always holds, and that in which it never does."""
    if isinstance(condition, Comparison):
        yield condition, All(()), Some(())
        return
    for number, part in enumerate(condition.parts):
        for one, with_true, with_false in _replaced(part):
            around = [
                type(condition)((*condition.parts[:number], other, *condition.parts[number + 1 :]))
                for other in (with_true, with_false)
            ]
            yield one, around[0], around[1]


def in_words(obligation: Obligation, ruleset: Ruleset) -> str:
    """Return what would meet an obligation, e.g. "an intake in which … is known not to hold, and that alone decides"."""
    rule = ruleset.rule(obligation.rule)
    one = list(comparisons(rule.condition))[obligation.number]
    what = "a course" if rule.runs_in == "course" else "an intake"
    holds = "holds" if obligation.truth else "is known not to hold"
    return f"{what} in which “{sentence(one)}” {holds}, and that alone decides"
