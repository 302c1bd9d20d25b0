"""An interpreter of the rule language, right as it stands; each planted mistake is a subclass that does one thing otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipt_rules.engines.reference import compare
from ipt_rules.ruleset.conditions import All, Comparison
from ipt_rules.testing.remembering import Remembering

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipt_rules.engines.reference import Truth
    from ipt_rules.facts import Row
    from ipt_rules.ruleset.conditions import Condition
    from ipt_rules.ruleset.model import Pass, Ruleset
    from ipt_rules.testing.remembering import Answers
    from ipt_rules.values import Value


class Interpreter:
    """An interpreter of its own, right as it stands; each mistake is a subclass that does one thing otherwise."""

    name = "planted"

    def __init__(self, ruleset: Ruleset) -> None:
        self.rules = ruleset.rules
        self._remembering = Remembering(ruleset, self.truth)

    def holding(self, run: Pass, rows: Sequence[Row]) -> list[tuple[int, ...]]:
        return [sure for sure, _ in self.answers(run, rows)]

    def possible(self, run: Pass, rows: Sequence[Row]) -> list[tuple[int, ...]]:
        return [open_ for _, open_ in self.answers(run, rows)]

    def answers(self, run: Pass, rows: Sequence[Row]) -> list[Answers]:
        return [self.on_row(run, row) for row in rows]

    def on_row(self, run: Pass, row: Row) -> Answers:
        return self._remembering.answers(run, row)

    def truth(self, condition: Condition, row: Row) -> Truth:
        if isinstance(condition, Comparison):
            return self.compare(condition, row.value(condition.field))
        truths = [self.truth(part, row) for part in condition.parts]
        return self.all_of(truths) if isinstance(condition, All) else self.any_of(truths)

    def compare(self, one: Comparison, value: Value) -> Truth:
        return compare(one, value)

    def all_of(self, truths: list[Truth]) -> Truth:
        return False if False in truths else None if None in truths else True

    def any_of(self, truths: list[Truth]) -> Truth:
        return True if True in truths else None if None in truths else False
