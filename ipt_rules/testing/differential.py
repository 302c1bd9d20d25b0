"""Engines beside each other on many seeded intakes: on each pass all are given the very same rows, and must answer the same.

The intake of a seed and a number is always the same one, so the figures do not depend on how the work is divided, and an intake on
which something differs can be drawn again by itself.

What is compared on every intake: the rules that hold, by the compiled engine, the reference and (where installed) durable_rules;
and those that could, by the compiled engine and the reference. All that follows is computed from these answers by one pipeline. On
one intake in so many, that is compared too: two separate assessments, by the compiled engine and by the reference as it stands, and
every value of their JSON.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from ipt_rules.assessment import Assessment
from ipt_rules.drawn.intakes import Seeded, draw_intake
from ipt_rules.engines import CompiledEngine, DurableEngine, ReferenceEngine
from ipt_rules.errors import EvaluationError, MissingExtraError
from ipt_rules.facts import facts
from ipt_rules.pipeline import evaluate
from ipt_rules.ruleset import load_ruleset
from ipt_rules.ruleset.model import PASSES
from ipt_rules.testing.conformance import Shares
from ipt_rules.testing.remembering import Remembering

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ipt_rules.engines import Engine
    from ipt_rules.facts import Row
    from ipt_rules.intake import Intake
    from ipt_rules.ruleset.model import Pass, Ruleset

WHOLE: Final = 10
"""One intake in so many is assessed twice, by separate engines, and compared to the last value."""
_TOGETHER: Final = 25
"""Intakes whose rows durable_rules is handed in one call."""


def intake_of(seed: int, number: int) -> Intake:
    """Return the intake of a seed that has a number."""
    return draw_intake(Seeded(random.Random(f"differential {seed} {number}")))


@dataclass(frozen=True)
class Figures:
    """What was compared, and what differed.

    Attributes:
        intakes: intakes on which every pass was compared.
        rows: rows that the engines were given.
        holding: findings, by the compiled engine, that the others were held to.
        possible: rules that hold or could, likewise.
        on_durable: rows of ``rows`` that durable_rules was given too.
        asked: questions (a rule, and all that it reads) to which the reference had to find the answer; the rest were asked before.
        whole: intakes of which the whole result and the JSON were compared.
        values: plain values in that JSON.
        states: how often the fields of those intakes were known, unknown, ranges, or did not arise.
        differences: what differed, by rule, row kind and engine, each with the number of the first intake on which it did.

    """

    intakes: int = 0
    rows: int = 0
    holding: int = 0
    possible: int = 0
    on_durable: int = 0
    asked: int = 0
    whole: int = 0
    values: int = 0
    states: Counter[str] = field(default_factory=Counter)
    differences: dict[str, int] = field(default_factory=dict)

    def __add__(self, other: Figures) -> Figures:
        counts = ("intakes", "rows", "holding", "possible", "on_durable", "asked", "whole", "values")
        both = {name: getattr(self, name) + getattr(other, name) for name in counts}
        first = {**other.differences, **self.differences}
        for name in self.differences.keys() & other.differences.keys():
            first[name] = min(self.differences[name], other.differences[name])
        return Figures(**both, states=self.states + other.states, differences=first)

    def shares(self) -> dict[str, float]:
        """Return the share of each state of a field in percent."""
        total = self.states.total() or 1
        return {state: round(100 * count / total, 1) for state, count in sorted(self.states.items())}


def compare(
    numbers: Iterable[int],
    *,
    seed: int,
    ruleset: Ruleset | None = None,
    against: Sequence[Callable[[Ruleset], Engine]] = (),
    whole: int = WHOLE,
) -> Figures:
    """Compare the engines on the intakes of some numbers.

    Args:
        numbers: which intakes.
        seed: of the intakes.
        ruleset: the rules; None for those that come with the library.
        against: further engines, each held to the same on what holds and what could.
        whole: one intake in so many is compared to the last value of its JSON.

    """
    beside = _Beside(load_ruleset() if ruleset is None else ruleset, against)
    for number in numbers:
        beside.compare(number, intake_of(seed, number), whole=number % whole == 0)
        if number % _TOGETHER == 0:
            beside.ask_durable()
    beside.ask_durable()
    return beside.figures()


def _durable(ruleset: Ruleset) -> DurableEngine | None:
    try:
        return DurableEngine(ruleset)
    except MissingExtraError:
        return None


class _Beside:
    """The compiled engine, which asks the others the same before it answers."""

    name: Final = "compiled"

    def __init__(self, ruleset: Ruleset, against: Sequence[Callable[[Ruleset], Engine]]) -> None:
        self.ruleset = ruleset
        self.number = 0
        self._compiled, self._reference = CompiledEngine(ruleset), ReferenceEngine(ruleset)
        self._remembering = Remembering(ruleset)
        self._others = [make(ruleset) for make in against]
        self._durable = _durable(ruleset)
        self._waiting: dict[Pass, list[tuple[Row, tuple[int, ...], int]]] = {run: [] for run in PASSES}
        self._counts: Counter[str] = Counter()
        self._shares = Shares()
        self._differences: dict[str, int] = {}

    def compare(self, number: int, intake: Intake, *, whole: bool) -> None:
        """Carry an intake through all passes, each of which asks every engine; an engine that fails differs."""
        self.number = number
        self._counts["intakes"] += 1
        try:
            evaluate(intake, self.ruleset, self)
            if whole:
                self._compare_whole(intake)
        except EvaluationError as failed:
            self._differences.setdefault(f"no result: {failed}", number)

    def holding(self, run: Pass, rows: Sequence[Row]) -> list[tuple[int, ...]]:
        """Return what holds by the compiled engine, once the others were asked too."""
        held, could = self._compiled.holding(run, rows), self._compiled.possible(run, rows)
        for row, sure, open_ in zip(rows, held, could, strict=True):
            expected_sure, expected_open = self._remembering.answers(run, row)
            if sure != expected_sure or open_ != expected_open:
                self._differ("reference", row, {*sure} ^ {*expected_sure} | {*open_} ^ {*expected_open})
            self._waiting[run].append((row, sure, self.number))
            self._counts["rows"] += 1
            self._counts["holding"] += len(sure)
            self._counts["possible"] += len(open_)
        for engine in self._others:
            self._ask(engine, run, rows, list(zip(held, could, strict=True)))
        return held

    def possible(self, run: Pass, rows: Sequence[Row]) -> list[tuple[int, ...]]:
        """Return what holds or could, by the compiled engine."""
        return self._compiled.possible(run, rows)

    def _ask(
        self, engine: Engine, run: Pass, rows: Sequence[Row], expected: list[tuple[tuple[int, ...], tuple[int, ...]]]
    ) -> None:
        told = zip(rows, expected, engine.holding(run, rows), engine.possible(run, rows), strict=True)
        for row, (sure, open_), held, could in told:
            if sure != held or open_ != could:
                self._differ(engine.name, row, {*sure} ^ {*held} | {*open_} ^ {*could})

    def ask_durable(self) -> None:
        """Hand over the rows that wait to durable_rules, many at a time."""
        for run, waiting in self._waiting.items():
            if self._durable is not None and waiting:
                found = self._durable.holding(run, [row for row, _, _ in waiting])
                for (row, sure, number), held in zip(waiting, found, strict=True):
                    if sure != held:
                        self._differ("durable_rules", row, {*sure} ^ {*held}, number)
                self._counts["on_durable"] += len(waiting)
            waiting.clear()

    def _compare_whole(self, intake: Intake) -> None:
        """Assess an intake twice, by engines that are not told of each other, and compare all values."""
        told = []
        for engine in (self._compiled, self._reference):
            result = evaluate(intake, self.ruleset, engine)
            told.append((result, Assessment(intake, self.ruleset, result, "", evaluator=engine).to_dict()))
        (one, plain), (other, other_plain) = told
        if one != other or plain != other_plain:
            parts = [name for name in plain if plain[name] != other_plain.get(name)]
            self._differences.setdefault(f"whole result: {', '.join(parts) or 'not in the JSON'}", self.number)
        rows = facts(intake)
        self._shares.count([*rows.subjects, rows.patient, *rows.not_asked])
        self._counts["values"] += _values(plain)
        self._counts["whole"] += 1

    def figures(self) -> Figures:
        """Return what was compared so far."""
        counts = dict(self._counts)
        asked = self._remembering.asked
        return Figures(**counts, asked=asked, states=self._shares.seen, differences=dict(self._differences))

    def _differ(self, engine: str, row: Row, positions: set[int], number: int | None = None) -> None:
        at = self.number if number is None else number
        for position in positions:
            what = f"{self.ruleset.rules[position].id} on a {row.kind} row by {engine}"
            self._differences[what] = min(at, self._differences.get(what, at))


def _values(plain: Any) -> int:
    """Return how many plain values something holds."""
    if isinstance(plain, dict):
        return sum(map(_values, plain.values()))
    return sum(map(_values, plain)) if isinstance(plain, list | tuple) else 1
