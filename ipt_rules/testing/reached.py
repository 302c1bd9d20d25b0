"""What a run of tests reached of each rule set that it assessed with: a count to which each assessment and review is added."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ipt_rules.engines.reference import trace
from ipt_rules.ruleset.conditions import Comparison
from ipt_rules.ruleset.consequences import Proposal
from ipt_rules.session_facts import session_rows
from ipt_rules.verify.coverage import Coverage, counted, proved_infeasible
from ipt_rules.verify.obligations import met_by, obligations

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ipt_rules.assessment import Assessment
    from ipt_rules.engines.reference import Trace, Truth
    from ipt_rules.facts import Row
    from ipt_rules.pipeline import Result
    from ipt_rules.plan import Plan
    from ipt_rules.review import Review
    from ipt_rules.ruleset.model import Rule, Ruleset
    from ipt_rules.verify.obligations import Obligation

_COUNTS: ContextVar[bool] = ContextVar("counts", default=True)

_OUTCOMES = {"true": True, "false": False, "unknown": None}


@contextmanager
def uncounted() -> Iterator[None]:
    """Let nothing count that is assessed inside: a search that no test has asked for."""
    before = _COUNTS.set(False)
    try:
        yield
    finally:
        _COUNTS.reset(before)


def counts() -> bool:
    """Return whether what is assessed now counts."""
    return _COUNTS.get()


@dataclass
class Seen:
    """What one rule was seen to do.

    Attributes:
        outcomes: what its condition came to.
        comparisons: for each of its comparisons, in reading order, what it came to.
        met: the obligations of masking MC/DC that were met.

    """

    outcomes: set[Truth] = field(default_factory=set)
    comparisons: dict[int, set[Truth]] = field(default_factory=dict)
    met: set[Obligation] = field(default_factory=set)

    def add(self, rule: Rule, row: Row) -> None:
        """Add what the rule comes to on one row, and what its strategy needs."""
        told = trace(rule.condition, row)
        self.outcomes.add(told.truth)
        needs = rule.consequence.needs if isinstance(rule.consequence, Proposal) else None
        leaves = [*_leaves(told), *(() if needs is None else _leaves(trace(needs, row)))]
        for number, truth in enumerate(leaves):
            self.comparisons.setdefault(number, set()).add(truth)
        self.met.update(met_by(rule, row, told))

    def join(self, other: Seen) -> None:
        """Add what was seen elsewhere."""
        self.outcomes |= other.outcomes
        self.met |= other.met
        for number, truths in other.comparisons.items():
            self.comparisons.setdefault(number, set()).update(truths)

    def is_complete(self, rule: Rule) -> bool:
        """Return whether there is nothing left to see of the rule."""
        return len(self.outcomes) == len(_OUTCOMES) and len(self.met) == len(obligations(rule))


def _leaves(told: Trace) -> Iterator[Truth]:
    if isinstance(told.condition, Comparison):
        yield told.truth
    for part in told.parts:
        yield from _leaves(part)


class Reached:
    """What was reached of one rule set. It keeps no row and no intake."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset
        self.seen = {rule.id: Seen() for rule in ruleset.rules}
        self._open: dict[str, list[Rule]] = {}
        for rule in ruleset.rules:
            self._open.setdefault(rule.kind, []).append(rule)

    def add(self, rows: Iterable[Row]) -> None:
        """Add rows that the rules saw. A rule of which everything was seen is not looked at again."""
        for row in rows:
            for rule in tuple(self._open.get(row.kind, ())):
                seen = self.seen[rule.id]
                seen.add(rule, row)
                if seen.is_complete(rule):
                    self._open[row.kind].remove(rule)

    def join(self, seen: Mapping[str, Seen]) -> None:
        """Add what was seen elsewhere of the same rule set."""
        for rule_id, other in seen.items():
            self.seen[rule_id].join(other)

    def coverage(self, *, own: bool = False) -> Coverage:
        """Return what is covered.

        Args:
            own: whether to leave out the rules of a rule set that it extends.

        """
        rules = counted(self.ruleset, own=own)
        return Coverage(
            self.ruleset,
            frozenset(rule.id for rule in rules if True in self.seen[rule.id].outcomes),
            tuple(one for rule in rules for one in obligations(rule)),
            frozenset(one for rule in rules for one in self.seen[rule.id].met),
            proved_infeasible(self.ruleset, own=own),
            own,
        )

    def to_dict(self, found: Coverage) -> dict[str, Any]:
        """Return what was reached as plain values.

        Args:
            found: the coverage of this rule set, or of a part of its rules.

        """
        seen = {rule.id: self.seen[rule.id] for rule in found.rules}
        both = sum({True, False} <= truths for one in seen.values() for truths in one.comparisons.values())
        return {
            **found.to_dict(),
            "comparisons": len(found.obligations) // 2,
            "comparisons_seen_both_ways": both,
            "never_seen": {
                word: [rule_id for rule_id, one in seen.items() if truth not in one.outcomes]
                for word, truth in _OUTCOMES.items()
            },
        }


def rows_of_assessment(assessment: Assessment) -> Iterator[Row]:
    """Yield the rows that the rules saw of an intake."""
    yield from rows_of_result(assessment.result)


def rows_of_review(review: Review) -> Iterator[Row]:
    """Yield the rows that the rules saw in a course: of the intake as it was known in each session, and of the sessions."""
    yield from rows_of_result(review.evaluated.first)
    for held in review.evaluated.held:
        yield from rows_of_result(held.result)
        yield from session_rows(held.so_far, held.result.patient, review.ruleset.reads)
    if review.agenda is not None:
        yield from _of_plan(review.agenda.plan)


def rows_of_result(result: Result) -> Iterator[Row]:
    """Yield the rows that the rules saw, but for those that stand for lists nobody asked for."""
    for evaluated in result.evaluated:
        if evaluated.row.place or evaluated.row.kind in ("patient", "standing"):
            yield evaluated.row
    yield from _of_plan(result.plan)


def _of_plan(plan: Plan) -> Iterator[Row]:
    yield from (evaluated.row for evaluated in plan.evaluated if evaluated.row.kind == "focus")
