"""Two opinions on every decision: ``durable_rules`` and generated Python, which share nothing but the rules and the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipt_rules.engines.compiled import CompiledEngine
from ipt_rules.engines.durable import MEASURED, DurableEngine
from ipt_rules.errors import DisagreementError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipt_rules.facts import Row
    from ipt_rules.ruleset.model import Pass, Ruleset


class CheckedEngine:
    """Runs both engines on every pass and gives a result only where they agree; the default where ``durable_rules`` is installed.

    What *could* hold once more is known rests on generated Python alone; an evaluation checks that what holds is part of it.

    Raises:
        MissingExtraError: ``durable_rules`` cannot be imported.
        RulesetError: rules that ``durable_rules`` cannot run safely.

    """

    def __init__(self, ruleset: Ruleset) -> None:
        self.name = f"checked: durable_rules {MEASURED} + compiled"
        self._ruleset = ruleset
        self._durable = DurableEngine(ruleset)
        self._compiled = CompiledEngine(ruleset)

    def __reduce__(self) -> tuple[Any, ...]:
        return CheckedEngine, (self._ruleset,)

    def holding(self, run: Pass, rows: Sequence[Row]) -> list[tuple[int, ...]]:
        """Return, for each row, the positions of the rules of a pass that hold by both engines.

        Raises:
            DisagreementError: the engines differ; there is no result.
            EvaluationError: durable_rules failed; there is no result.

        """
        durable, compiled = self._durable.holding(run, rows), self._compiled.holding(run, rows)
        if durable != compiled:
            raise DisagreementError(
                "The two engines differ, so there is no result. Report these rules:",
                self._differences(rows, durable, compiled),
            )
        return compiled

    def possible(self, run: Pass, rows: Sequence[Row]) -> list[tuple[int, ...]]:
        """Return, for each row, the positions of the rules of a pass that hold or could, once more is known."""
        return self._compiled.possible(run, rows)

    def _differences(
        self, rows: Sequence[Row], durable: Sequence[tuple[int, ...]], compiled: Sequence[tuple[int, ...]]
    ) -> Iterator[Problem]:
        told = set()
        for row, one, other in zip(rows, durable, compiled, strict=True):
            for position in sorted({*one} ^ {*other}):
                holds, not_ = ("durable_rules", "compiled") if position in one else ("compiled", "durable_rules")
                told.add((position, f"holds on a {row.kind} row by {holds}, and does not by {not_}"))
        for position, what in sorted(told):
            rule = self._ruleset.rules[position]
            yield Problem(rule.position.file, rule.position.line, rule.position.column, rule.id, what)
