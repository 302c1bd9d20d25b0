"""A whole ``assess()`` of a validated intake, beside ``Intake.model_validate`` of the same intake, in one run.

Each intake is assessed once on each engine, so that nothing kept from an earlier round helps; blocks of intakes take turns. Each
has ten people in the inventory and ties among them, several subjects, and some answers left open. Bounds are part of every
assessment, and the reasons of all four areas are told.
"""

from __future__ import annotations

import gc
import random
import statistics
import time
from typing import TYPE_CHECKING, Any, TypeVar

from ipt_rules import Assessor, Intake, example
from ipt_rules.drawn.intakes import Seeded, complete

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipt_rules.engines import EngineName

ROUNDS = 400
BLOCK = 20
PEOPLE = 10

T = TypeVar("T")


def intakes() -> list[dict[str, Any]]:
    """Return the worked cases, each with ten people and two years' worth of variation, as plain values."""
    choose = Seeded(random.Random(1))
    made = []
    for number in range(ROUNDS):
        plain = example(("grief", "disputes", "transitions", "deficits")[number % 4]).to_dict()
        people = plain["inventory"]["people"]
        people += [{"id": f"extra-{count}"} for count in range(PEOPLE - len(people))]
        made.append(complete(choose, Intake.model_validate(plain), share=80).to_dict())
    return made


def milliseconds(work: Callable[[T], object], given: T) -> float:
    """Return the CPU time of one call."""
    start = time.process_time_ns()
    work(given)
    return (time.process_time_ns() - start) / 1e6


def main() -> None:
    """Print the medians and their ratio."""
    plain = intakes()
    engines: list[EngineName] = ["compiled", "checked", "reference"]
    assessors = {name: Assessor(engine=name) for name in engines}
    for one in plain[:40]:
        intake = Intake.model_validate(one)
        assert len(intake.inventory.people or ()) == PEOPLE, "the benchmark is about ten people"
        results = [assessor.assess(intake).result for assessor in assessors.values()]
        assert all(result == results[0] for result in results), "the engines must agree first"
    gc.collect()
    gc.freeze()  # what the benchmark itself holds is not for the measured calls to search through
    taken: dict[str, list[float]] = {"model_validate": [], **{f"assess, {name}": [] for name in engines}}
    for start in range(0, ROUNDS, BLOCK):
        block = plain[start : start + BLOCK]
        validated = [Intake.model_validate(one) for one in block]
        taken["model_validate"] += [milliseconds(Intake.model_validate, one) for one in block]
        for engine, assessor in assessors.items():
            taken[f"assess, {engine}"] += [milliseconds(assessor.assess, intake) for intake in validated]
    base = statistics.median(taken["model_validate"])
    print(f"{len(assessors['compiled'].ruleset.rules)} rules, {ROUNDS} intakes of {PEOPLE} people, CPU time, medians")
    for name, times in taken.items():
        median = statistics.median(times)
        print(f"{name:18} {median:7.3f} ms   {median / base:5.1f} x model_validate")


if __name__ == "__main__":
    main()
