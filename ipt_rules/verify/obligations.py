"""Masking MC/DC of conditions: for each comparison of a rule, a row on which it alone decides, true once and false once.

What is decided is whether the rule holds; where its condition is unknown it does not. A comparison decides where everything beside
it, on the way up, leaves that to it: its neighbours in an "all" hold, its neighbours in an "any" do not. What a strategy needs
decides where the strategy's condition holds.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final, NamedTuple

from ipt_rules.engines.reference import trace
from ipt_rules.ruleset.cells import Space
from ipt_rules.ruleset.conditions import All, Comparison, Condition, Operator, Some, comparisons, negated
from ipt_rules.ruleset.consequences import Proposal
from ipt_rules.sentences import sentence
from ipt_rules.verify.claims import Claim, possible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipt_rules.engines.reference import Trace
    from ipt_rules.facts import Row
    from ipt_rules.ruleset.model import Rule, Ruleset


class Obligation(NamedTuple):
    """One comparison that has to decide once, with one outcome.

    Attributes:
        rule: id of the rule.
        number: which of the comparisons of its condition, and then of what it needs, counted from 0 in reading order.
        truth: what the comparison comes to.

    """

    rule: str
    number: int
    truth: bool


def comparisons_of(rule: Rule) -> list[Comparison]:
    """Return the comparisons of a rule's condition, and then those of what its strategy needs."""
    return [one for condition in _conditions(rule) for one in comparisons(condition)]


def _conditions(rule: Rule) -> tuple[Condition, ...]:
    needs = rule.consequence.needs if isinstance(rule.consequence, Proposal) else None
    return (rule.condition,) if needs is None else (rule.condition, needs)


def obligations(rule: Rule) -> list[Obligation]:
    """Return all that a rule asks for: two for each of its comparisons."""
    return [
        Obligation(rule.id, number, truth) for number in range(len(comparisons_of(rule))) for truth in (True, False)
    ]


# ── on a row ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def met_by(rule: Rule, row: Row, told: Trace | None = None) -> list[Obligation]:
    """Return the obligations of a rule that one row meets.

    Args:
        rule: the rule.
        row: a row of its kind.
        told: its condition evaluated on the row, where somebody has that already.

    """
    told = trace(rule.condition, row) if told is None else told
    found = list(_deciding(told))
    if told.truth and len(conditions := _conditions(rule)) > 1:
        found += _deciding(trace(conditions[1], row), sum(1 for _ in comparisons(rule.condition)))
    return [Obligation(rule.id, number, truth) for number, truth in found if truth is not None]


def _deciding(told: Trace, first: int = 0) -> Iterator[tuple[int, bool | None]]:
    """Yield the number and the truth of each comparison that decides what a condition comes to."""
    if isinstance(told.condition, Comparison):
        yield first, told.truth
        return
    neutral = isinstance(
        told.condition, All
    )  # neighbours that leave the outcome open hold in "all", and do not in "any"
    for part in told.parts:
        if all((other.truth is True) is neutral for other in told.parts if other is not part):
            yield from _deciding(part, first)
        first += sum(1 for _ in comparisons(part.condition))


# ── on any row ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@functools.lru_cache(maxsize=4096)
def space_of(rule: Rule) -> Space:
    """Return the space of all that a rule can tell apart, answers that are missing among it."""
    return Space(rule.kind, _conditions(rule), unknown=True)


def meeting(rule: Rule) -> dict[Obligation, int]:
    """Return for each obligation of a rule the points of its space at which a row meets it; an empty set where none does.

    Raises:
        ValueError: the rule reads so much that no space can hold it.

    """
    space, found, first = space_of(rule), {}, 0
    beside = space.everything
    for condition in _conditions(rule):
        for number, (one, with_true, with_false) in enumerate(_replaced(condition), first):
            decides = beside & space.set_of(with_true) & ~space.set_of(with_false)
            found[Obligation(rule.id, number, True)] = decides & space.set_of(one)
            found[Obligation(rule.id, number, False)] = decides & ~space.set_of(one, could=True)
        first += sum(1 for _ in comparisons(condition))
        beside = space.set_of(rule.condition)
    return found


def deciding(rule: Rule, obligation: Obligation) -> tuple[tuple[Condition, bool], ...]:
    """Return what holds and what does not on every row that meets an obligation: conditions, each with whether it holds."""
    first = 0
    beside: tuple[tuple[Condition, bool], ...] = ()
    for condition in _conditions(rule):
        replaced = list(_replaced(condition))
        if obligation.number < first + len(replaced):
            one, with_true, with_false = replaced[obligation.number - first]
            return (*beside, (with_true, True), (with_false, False), (one, obligation.truth))
        first, beside = first + len(replaced), ((condition, True),)
    raise KeyError(obligation)


def infeasible(rule: Rule) -> list[Obligation]:
    """Return the obligations that no row can meet: proved, for rows on which numbers are known within limits alone too."""
    return [one for one, points in points_meeting(rule).items() if not points and not _may_be_met(rule, one)]


def points_meeting(rule: Rule) -> dict[Obligation, int]:
    """Return what ``meeting`` does; of a rule that no space can hold, no points for any obligation."""
    try:
        return meeting(rule)
    except ValueError:
        return dict.fromkeys(obligations(rule), 0)


def _may_be_met(rule: Rule, obligation: Obligation) -> bool:
    """Return whether some row meets an obligation that no point of the space meets, on which a number is a range."""
    *beside, (one, truth) = deciding(rule, obligation)
    claims = tuple(Claim(condition, holds) for condition, holds in beside)
    if truth:
        return possible(rule.kind, (*claims, Claim(one, True)))
    silent = tuple(Claim(Comparison(_field_of(one), operator, None), False) for operator in _TOLD_OR_NOT)
    return any(possible(rule.kind, (*claims, *false)) for false in ((Claim(negated(one), True),), silent))


def _field_of(condition: Condition) -> str:
    return next(comparisons(condition)).field


_TOLD_OR_NOT: Final[tuple[Operator, Operator]] = ("known", "not_known")
"""What is asked about an answer that is given, or left open; of a question that does not arise neither holds."""


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
    one = comparisons_of(rule)[obligation.number]
    what = "a course" if rule.runs_in == "course" else "an intake"
    holds = "holds" if obligation.truth else "is known not to hold"
    return f"{what} in which “{sentence(one)}” {holds}, and that alone decides"
