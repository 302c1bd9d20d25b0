"""What finds which planted mistake: each relation, and each of four evaluators, on a few seeded intakes; and the table of it."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from ipt_rules import load_ruleset
from ipt_rules.drawn.intakes import Seeded, draw_intake
from ipt_rules.engines import CompiledEngine, DurableEngine, ReferenceEngine
from ipt_rules.errors import EvaluationError
from ipt_rules.testing.by_cells import CellsEngine
from ipt_rules.testing.relations import RELATIONS
from ipt_rules.testing.rules import draw_weighing_ruleset
from tests.faults import IN_ALL, IN_AN_ENGINE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ipt_rules.engines import Engine
    from ipt_rules.facts import Row
    from ipt_rules.intake import Intake
    from ipt_rules.pipeline import Result
    from ipt_rules.ruleset.model import Pass, Ruleset
    from ipt_rules.testing.relations import Evaluates
    from tests.faults import Fault

INTAKES: Final = 30
"""Intakes that are tried, half of them by the shipped rules and half by drawn ones."""
DRAWN_RULESETS: Final = 3
SEED: Final = 20260331

Case: TypeAlias = "tuple[int, Intake, Ruleset]"

EVALUATORS: Final[dict[str, Callable[[Ruleset], Engine]]] = {
    "reference": ReferenceEngine,
    "compiled": CompiledEngine,
    "durable_rules": DurableEngine,
    "cells": CellsEngine,
}


def cases(intakes: int = INTAKES) -> list[Case]:
    """Return seeded intakes, each with the rules by which it is evaluated."""
    choose = Seeded(random.Random(SEED))
    rulesets = [draw_weighing_ruleset(choose) for _ in range(DRAWN_RULESETS)]
    drawn = [draw_intake(choose) for _ in range(intakes)]
    return [
        (at, one, load_ruleset() if at % 2 == 0 else rulesets[at // 2 % DRAWN_RULESETS]) for at, one in enumerate(drawn)
    ]


def under_test(fault: Fault) -> Evaluates:
    """Return what evaluates intakes with a mistake; the engine is made once for each rule set, as in use."""
    made: list[tuple[Ruleset, Engine]] = []

    def evaluates(intake: Intake, ruleset: Ruleset) -> Result:
        ready = next((engine for known, engine in made if known is ruleset), None)
        if ready is None:
            ready = fault.engine(ruleset)
            made.append((ruleset, ready))
            del made[:-32]
        return fault.work(intake, ruleset, ready)

    return evaluates


def relations_that_find(fault: Fault, tried: Sequence[Case]) -> list[str]:
    """Return the relations that a mistake breaks; an evaluation that fails is found."""
    evaluates = under_test(fault)
    return [relation.__name__ for relation in RELATIONS if any(_breaks(relation, evaluates, case) for case in tried)]


def _breaks(relation: Callable[..., list[str]], evaluates: Evaluates, case: Case) -> bool:
    at, intake, ruleset = case
    try:
        return bool(relation(evaluates, ruleset, intake, Seeded(random.Random(at))))
    except EvaluationError:
        return True


class Differs(Exception):  # noqa: N818  # no error: the answer
    """Two engines answered otherwise."""


@dataclass(frozen=True)
class Beside:
    """The engine with the mistake, beside another that is asked the same; durable_rules tells only what holds."""

    planted: Engine
    other: Engine
    name: str = "beside"

    def holding(self, run: Pass, rows: Sequence[Row]) -> list[tuple[int, ...]]:
        found = self.planted.holding(run, rows)
        if found != self.other.holding(run, rows):
            raise Differs
        return found

    def possible(self, run: Pass, rows: Sequence[Row]) -> list[tuple[int, ...]]:
        found = self.planted.possible(run, rows)
        if not isinstance(self.other, DurableEngine) and found != self.other.possible(run, rows):
            raise Differs
        return found


def finds_by(evaluator: Callable[[Ruleset], Engine], fault: Fault, tried: Sequence[Case]) -> bool:
    """Return whether an evaluator, asked the same as the engine with the mistake in the same evaluation, answers otherwise.

    Sets of points may rightly know more than the definition where a rule compares one range twice, as drawn rules do; the shipped
    ones are what they are asked about.
    """
    if evaluator is CellsEngine:
        tried = [case for case in tried if case[2] is load_ruleset()]
    made: dict[int, Beside] = {}
    for _, intake, ruleset in tried:
        if id(ruleset) not in made:
            made[id(ruleset)] = Beside(fault.engine(ruleset), evaluator(ruleset))
        try:
            fault.work(intake, ruleset, made[id(ruleset)])
        except (Differs, EvaluationError):
            return True
    return False


# ── the table ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Found:
    """What finds one mistake."""

    fault: Fault
    relations: tuple[str, ...]
    evaluators: tuple[str, ...]

    def row(self) -> str:
        """Return the row of the table."""
        marks = " | ".join("×" if name in self.evaluators else "" for name in EVALUATORS)
        names = ", ".join(f"`{name}`" for name in self.relations[:_NAMED])
        more = len(self.relations) - _NAMED
        return f"| {self.fault.what} | {marks} | {names}{f', {more} more' if more > 0 else ''} |"


_NAMED: Final = 3
"""Relations that a row of the table names."""


def look(fault: Fault, tried: Sequence[Case]) -> Found:
    """Return what finds a mistake."""
    evaluators = tuple(name for name, make in EVALUATORS.items() if finds_by(make, fault, tried))
    return Found(fault, tuple(relations_that_find(fault, tried)), evaluators)


def table(found: Sequence[Found]) -> str:
    """Return what finds which mistake, and how many each finds, as Markdown."""
    head = f"| mistake | {' | '.join(EVALUATORS)} | relations |\n|---|{':-:|' * len(EVALUATORS)}---|"
    parts = []
    for title, faults in (("in one engine", IN_AN_ENGINE), ("in what all engines share", IN_ALL)):
        rows = [one.row() for one in found if one.fault in faults]
        parts.append(f"Mistakes {title}:\n\n{head}\n" + "\n".join(rows))
    by_relation = Counter(name for one in found for name in one.relations)
    alone = Counter(one.relations[0] for one in found if len(one.relations) == 1 and not one.evaluators)
    counts = "\n".join(
        f"| `{relation.__name__}` | {by_relation[relation.__name__]} | {alone[relation.__name__] or ''} |"
        for relation in RELATIONS
    )
    return "\n\n".join(
        (*parts, sums(found), f"| relation | finds | that nothing else finds |\n|---|--:|--:|\n{counts}")
    )


def sums(found: Sequence[Found]) -> str:
    """Return how many mistakes the relations find together, the evaluators each and together, and both."""
    by = {name: sum(name in one.evaluators for one in found) for name in EVALUATORS}
    either = sum(bool(one.evaluators or one.relations) for one in found)
    each = ", ".join(f"{name} {count}" for name, count in by.items())
    return (
        f"Of {len(found)} mistakes the evaluators find {sum(bool(one.evaluators) for one in found)} ({each}), the relations "
        f"{sum(bool(one.relations) for one in found)}, both together {either}."
    )
