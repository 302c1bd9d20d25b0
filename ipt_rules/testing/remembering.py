"""An interpreter that is asked once about each rule and all that it reads on a row: by the language, nothing else counts."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ipt_rules.engines.reference import trace
from ipt_rules.ruleset.conditions import comparisons
from ipt_rules.vocabulary import fields, layout

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from ipt_rules.engines.reference import Truth
    from ipt_rules.facts import Row
    from ipt_rules.ruleset.conditions import Condition
    from ipt_rules.ruleset.model import Pass, Ruleset

MOST: Final = 2_000_000
"""Answers that are kept at most."""

Answers: TypeAlias = "tuple[tuple[int, ...], tuple[int, ...]]"
"""The rules that hold on a row, and those that hold or could, by position."""


def by_definition(condition: Condition, row: Row) -> Truth:
    """Return what the reference says of a condition on a row."""
    return trace(condition, row).truth


class Remembering:
    """Answers what holds and what could, by an interpreter of conditions.

    Args:
        ruleset: the rules.
        truth: what a condition comes to on a row; it may look at the fields that the condition names, and at nothing else.

    """

    def __init__(self, ruleset: Ruleset, truth: Callable[[Condition, Row], Truth] = by_definition) -> None:
        self.asked = self._kept = 0
        self._rules = ruleset.rules
        self._truth = truth
        self._of: dict[tuple[Pass, str], list[tuple[int, Callable[[Any], Hashable], dict[Hashable, Truth]]]] = {}
        for position, rule in enumerate(ruleset.rules):
            read = itemgetter(*_cells_of(rule.kind, [one.field for one in comparisons(rule.condition)]))
            self._of.setdefault((rule.runs_in, rule.kind), []).append((position, read, {}))

    def answers(self, run: Pass, row: Row) -> Answers:
        """Return the rules of a pass that hold on a row, and those that hold or could."""
        sure, open_ = [], []
        for position, read, known in self._of.get((run, row.kind), ()):
            key = read(row.cells)
            truth = known[key] if key in known else self._ask(position, row, key, known)
            if truth is not False:
                open_.append(position)
                if truth:
                    sure.append(position)
        return tuple(sure), tuple(open_)

    def _ask(self, position: int, row: Row, key: Hashable, known: dict[Hashable, Truth]) -> Truth:
        self.asked += 1
        self._kept += 1
        if self._kept > MOST:
            self._kept = 1
            for entries in self._of.values():
                for _, _, answers in entries:
                    answers.clear()
        known[key] = truth = self._truth(self._rules[position].condition, row)
        return truth


def _cells_of(kind: str, names: Sequence[str]) -> list[int]:
    """Return the positions of all cells that some fields have on a row; of a rule that reads nothing, the first."""
    positions = {layout(kind)[name] + step for name in names for step in range(1 + fields()[name].ranged)}
    return sorted(positions) or [0]
