"""Which rules hold on each row, beside a plain loop and other libraries, in one run: the shipped rules on generated intakes.

Blocks of intakes take turns over the contestants; CPU time, all threads. Rows are made, and turned into what each contestant
wants, before anything is timed. Each contestant must first find exactly what the reference engine finds on all rows that it is
timed on; what is slow gets the first intakes only. Figures are medians over the blocks; ratios are taken within a block.
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import random
import statistics
import time
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from peers import PEERS, Contestant
from plain_loop import PlainLoop, rules_by_row

from ipt_rules import MissingExtraError, __version__, load_ruleset
from ipt_rules.drawn.intakes import Seeded, draw_intake
from ipt_rules.engines import ENGINES, make_engine
from ipt_rules.ruleset.model import PASSES
from ipt_rules.testing.conformance import draw_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipt_rules.engines import Engine
    from ipt_rules.facts import Row
    from ipt_rules.ruleset import Ruleset
    from ipt_rules.ruleset.model import Pass

SEED: Final = 20260331
BLOCK: Final = 40
FOR_THE_SLOW: Final = 400
BASE: Final = "plain loop"

Call: TypeAlias = "tuple[Pass, Any]"
Calls: TypeAlias = "list[list[Call]]"
"""For each intake, the passes that have rows of it, and the rows as a contestant wants them."""
Times: TypeAlias = "dict[tuple[int, int], float]"
"""Nanoseconds per row by round and block."""

_FORMS: Final = {
    "reference": "three-valued interpreter",
    "compiled": "generated Python",
    "durable": "a Rete in C",
    "checked": "durable beside compiled",
}


def calls(ruleset: Ruleset, intakes: int, together: int) -> list[list[tuple[Pass, list[Row]]]]:
    """Return what is handed over: for each intake (or so many together), the rows of each pass that has rules for their kind."""
    rules = rules_by_row(ruleset)
    choose = Seeded(random.Random(SEED))
    rows = [draw_rows(choose, draw_intake(choose)) for _ in range(intakes)]
    joined = [[row for some in rows[at : at + together] for row in some] for at in range(0, intakes, together)]
    found = [[(run, [row for row in some if rules[run, row.kind]]) for run in PASSES] for some in joined]
    return [[(run, of_pass) for run, of_pass in passes if of_pass] for passes in found]


def contestants(ruleset: Ruleset, only: Sequence[str]) -> Iterator[Contestant]:
    """Yield the contestants that run here; print why another does not."""
    yield _ours(BASE, PlainLoop(ruleset), "rules as data, cells by position")
    for name in ENGINES:
        if name != "auto" and (not only or name in (*only, "compiled")):
            try:
                yield _ours(name, make_engine(ruleset, name), _FORMS[name])
            except MissingExtraError:
                print(f"not installed: {name}")
    for package, (module, forms) in PEERS.items():
        if (not only or package in only) and _imports(package, module):
            for form in forms:
                yield form(ruleset)


def _imports(package: str, module: str) -> bool:
    """Return whether a peer can be imported; print why not."""
    try:
        import_module(module)
    except ModuleNotFoundError as error:
        print(f"not installed: {package}" if error.name == module else f"does not import: {package}: {error}")
    except Exception as error:  # whatever a library does on a Python that it was not made for
        print(f"does not import: {package}: {type(error).__name__}: {error}")
    else:
        return True
    return False


def _ours(name: str, engine: Engine | PlainLoop, form: str) -> Contestant:
    runs_on = engine.name.partition(": ")[2].partition(" + ")[0]  # durable and checked name the library and its version
    form = f"{form}; {runs_on}" if runs_on else form
    fast = name in (BASE, "compiled", "reference")
    return Contestant(name, __version__, form, lambda _, rows: rows, engine.holding, fast)


def differing(ruleset: Ruleset, contestant: Contestant, given: Calls, wanted: Calls) -> list[str]:
    """Return the ids of the rules on which a contestant differs from the reference."""
    found: set[int] = set()
    for intake, expected in zip(given, wanted, strict=True):
        for (run, prepared), (_, right) in zip(intake, expected, strict=True):
            for held, holds in zip(contestant.holding(run, prepared), right, strict=True):
                found |= set(held) ^ set(holds)
    return sorted(ruleset.rules[position].id for position in found)


def nanoseconds(contestant: Contestant, block: Calls) -> int:
    """Return the CPU time of finding what holds on all rows of a block."""
    holding = contestant.holding
    for _ in range(2):  # the first time pays for what others left in the caches; the second is the figure
        start = time.process_time_ns()
        for intake in block:
            for run, prepared in intake:
                holding(run, prepared)
        spent = time.process_time_ns() - start
    return spent


def measure(entered: list[tuple[Contestant, Calls]], rows: list[int], rounds: int, size: int) -> list[Times]:
    """Time every contestant on its calls, each block in turn by all; the one that begins changes."""
    taken: list[Times] = [{} for _ in entered]
    order = list(range(len(entered)))
    for number in range(rounds):
        for start in range(0, len(rows), size):
            order.append(order.pop(0))
            for position in order:
                contestant, given = entered[position]
                if block := given[start : start + size]:
                    spent = nanoseconds(contestant, block)
                    taken[position][number, start] = spent / sum(rows[start : start + len(block)])
    return taken


def ratio(of: Times, to: Times) -> float:
    """Return how many times as long one takes as another, over the blocks that both had."""
    return statistics.median(of[block] / to[block] for block in of.keys() & to.keys())


def machine() -> str:
    """Return the Python and the processor."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    model = models[0] if models else platform.processor() or platform.machine()
    return f"{platform.python_implementation()} {platform.python_version()}, {model}, {os.cpu_count()} cores"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--intakes", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--together", type=int, default=1, help="intakes handed over in one call, 1 as assess() does")
    names = [*(name for name in ENGINES if name != "auto"), *PEERS]
    parser.add_argument("--only", nargs="+", default=[], choices=names, help="beside the plain loop and compiled")
    chosen = parser.parse_args()

    ruleset = load_ruleset()
    given = calls(ruleset, chosen.intakes, chosen.together)
    reference = make_engine(ruleset, "reference")
    wanted: Calls = [[(run, reference.holding(run, rows)) for run, rows in intake] for intake in given]
    rows = [sum(len(of_pass) for _, of_pass in intake) for intake in given]

    entered: list[tuple[Contestant, Calls]] = []
    for contestant in contestants(ruleset, chosen.only):
        most = len(given) if contestant.fast else max(1, FOR_THE_SLOW // chosen.together)
        prepared = [[(run, contestant.prepare(run, of_pass)) for run, of_pass in intake] for intake in given[:most]]
        if wrong := differing(ruleset, contestant, prepared, wanted[:most]):
            raise SystemExit(f"{contestant.name} ({contestant.form}) differs from reference on: {', '.join(wrong)}")
        entered.append((contestant, prepared))

    gc.collect()
    gc.freeze()  # what the benchmark itself holds is not for the measured calls to search through
    taken = measure(entered, rows, chosen.rounds, max(1, BLOCK // chosen.together))
    _print(entered, taken, [min(len(calls_of) * chosen.together, chosen.intakes) for _, calls_of in entered])
    passes = {run: sum(len(of_pass) for at, of_pass in chain(*given) if at == run) for run in PASSES}
    by_pass = ", ".join(f"{count:,} {run}" for run, count in passes.items())
    print(
        f"\n{len(ruleset.rules)} rules; {sum(rows):,} rows of {chosen.intakes:,} intakes ({by_pass}); {chosen.rounds} rounds"
    )
    print(machine())
    print("Before any was timed, its findings were equal to those of reference on every row that it was given.")


def _print(entered: list[tuple[Contestant, Calls]], taken: list[Times], intakes: list[int]) -> None:
    by_name = {contestant.name: times for (contestant, _), times in zip(entered, taken, strict=True)}
    print(f"\n| | version | form | intakes | rows/s | × {BASE} | compiled, times as fast |")
    print("|---|---|---|--:|--:|--:|--:|")
    for (contestant, _), times, count in zip(entered, taken, intakes, strict=True):
        speed = 1e9 / statistics.median(times.values())
        beside = f"{1 / ratio(times, by_name[BASE]):.3g} | {ratio(times, by_name['compiled']):.3g}"
        print(f"| {contestant.name} | {contestant.version} | {contestant.form} | {count:,} | {speed:,.0f} | {beside} |")


if __name__ == "__main__":
    main()
