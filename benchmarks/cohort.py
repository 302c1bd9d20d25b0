"""Many intakes: the rule set as SQL in DuckDB beside the other engines, on the same facts; and how it grows.

    uv run python benchmarks/cohort.py
    uv run python benchmarks/cohort.py --sizes 10000 100000 1000000

What is compared finds the same, or the script ends with an error. Rows for the other engines are made beforehand, where it says so.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import multiprocessing
import os
import random
import re
import statistics
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import duckdb
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ipt_rules import load_ruleset
from ipt_rules.cohort import make_facts, rank_facts
from ipt_rules.cohort.folder import Folder
from ipt_rules.cohort.query import rules_as_columns
from ipt_rules.cohort.running import run
from ipt_rules.cohort.tables import KINDS
from ipt_rules.drawn.intakes import Seeded, draw_intake
from ipt_rules.engines import CompiledEngine, DurableEngine
from ipt_rules.facts import Facts, Row
from ipt_rules.pipeline import rank_rows, with_stages
from ipt_rules.row_tables import rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ipt_rules.engines import Engine
    from ipt_rules.ruleset import Ruleset

SEED: Final = 20261126
FEW: Final = 2_000
"""Intakes of which the slow engines are given the rows."""


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000], help="intakes, from few to many")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--records", type=Path, help="an NDJSON file of intakes; drawn ones when left out")
    chosen = parser.parse_args()
    print(f"{len(load_ruleset().rules)} rules, DuckDB {duckdb.__version__}, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as place:
        source = chosen.records or drawn(Path(place) / "intakes.ndjson", max(chosen.sizes))
        folders = growth(Path(place), source, sorted(chosen.sizes))
        findings_beside(folders[-1], chosen.rounds)
        standings_beside(folders[len(folders) // 2], Path(place) / "ranked.parquet", chosen.rounds)


# ── intakes ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def drawn(file: Path, intakes: int) -> Path:
    """Write seeded intakes, one on each line."""
    begun, block = time.perf_counter(), 500
    blocks = [range(start, min(start + block, intakes)) for start in range(0, intakes, block)]
    with multiprocessing.Pool() as pool, file.open("w", encoding="utf-8") as lines:
        for text in pool.imap(_drawn, blocks):
            lines.write(text)
    print(
        f"{intakes:,} intakes drawn in {time.perf_counter() - begun:.0f} s, {file.stat().st_size / 1e6:,.0f} MB of JSON"
    )
    return file


def _drawn(numbers: range) -> str:
    intakes = (draw_intake(Seeded(random.Random(f"cohort {SEED} {number}"))) for number in numbers)
    return "".join(json.dumps(intake.to_dict()) + "\n" for intake in intakes)


def first(place: Path, source: Path, intakes: int) -> Path:
    """Write the first intakes into a file of their own."""
    file = place / f"first-{intakes}.ndjson"
    with source.open("rb") as lines, file.open("wb") as some:
        some.writelines(islice(lines, intakes))
    return file


# ── how it grows ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def growth(place: Path, source: Path, sizes: list[int]) -> list[Path]:
    """Return the facts of more and more intakes, and print what they and the rankings take, each in a process of its own."""
    folders = []
    print("\n   intakes     facts  µs each  most MB      disk   ranked  µs each  most MB")
    for size in sizes:
        folder = place / f"facts-{size}"
        making, memory = in_a_process(_make, first(place, source, size), folder)
        disk = sum(file.stat().st_size for file in folder.rglob("*.parquet"))
        ranking, other_memory = in_a_process(_rank, folder, place / f"ranked-{size}.parquet")
        print(
            f"{size:>10,}{making:>8.1f} s{1e6 * making / size:>9,.0f}{memory:>9,.0f}{disk / 1e6:>7,.0f} MB"
            f"{ranking:>7.1f} s{1e6 * ranking / size:>9,.1f}{other_memory:>9,.0f}",
            flush=True,
        )
        folders.append(folder)
    return folders


def in_a_process(work: Callable[..., object], *given: Path) -> tuple[float, float]:
    """Return how long some work takes in a process of its own, and the most memory (MB) that one of its processes had."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_measured, work, given).result()


def _measured(work: Callable[..., object], given: tuple[Path, ...]) -> tuple[float, float]:
    peaks, done = [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.1):
            processes = [str(child.pid) for child in multiprocessing.active_children()]
            peaks.extend(map(_most_memory, ["self", *processes]))

    watcher = threading.Thread(target=watch)
    watcher.start()
    seconds = timed(lambda: work(*given))
    done.set()
    watcher.join()
    return seconds, max(peaks) / 1024


def _most_memory(process: str) -> int:
    """Return the most memory (kB) that a process has had; 0 where it is gone."""
    with contextlib.suppress(OSError):
        told = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{process}/status").read_text("utf-8"))
        return int(told[1]) if told else 0
    return 0


def _make(source: Path, folder: Path) -> None:
    make_facts(source, folder)


def _rank(folder: Path, to: Path) -> None:
    rank_facts(folder, to, load_ruleset())


# ── beside the other engines ─────────────────────────────────────────────────────────────────────────────────────────────


def findings_beside(folder: Path, rounds: int) -> None:
    """Compare how fast DuckDB tells whether each rule holds on each row, and durable_rules which rules do."""
    ruleset, parts = load_ruleset(), list(Folder(folder).parts())
    durable = DurableEngine(ruleset)
    few = [known for _, known in islice(rows_by_intake(folder), FEW)]
    queries = {kind: rules_as_columns(ruleset, kind).sql("duckdb") for kind in KINDS}
    assert_equal_findings(found_in_duckdb(folder, parts, queries), ruleset, few, durable)
    of_intakes = [of_evidence(known, ruleset, durable) for known in few]
    together = [row for rows in of_intakes for row in rows]
    whole = sum(pq.read_metadata(file).num_rows for kind in KINDS for file in sorted((folder / kind).iterdir()))

    print(f"\nfindings on rows: DuckDB reads {whole:,} from Parquet, durable_rules is handed {len(together):,}")
    rates: dict[str, list[float]] = {"duckdb": [], "durable, one intake a call": [], "durable, all in one call": []}
    for _ in range(rounds):
        rates["duckdb"].append(whole / timed(lambda: found_in_duckdb(folder, parts, queries)))
        one_a_call = timed(lambda: [durable.holding("evidence", rows) for rows in of_intakes])
        rates["durable, one intake a call"].append(len(together) / one_a_call)
        in_one = timed(lambda: durable.holding("evidence", together))
        rates["durable, all in one call"].append(len(together) / in_one)
    compared(rates, "rows")


def standings_beside(folder: Path, to: Path, rounds: int) -> None:
    """Compare how fast DuckDB and the compiled engine rank the intakes of the same Parquet files, findings and all."""
    ruleset = load_ruleset()
    compiled = CompiledEngine(ruleset)
    intakes = sum(Folder(folder).parts().values())
    print(f"\nfindings and standings of {intakes:,} intakes, from the same Parquet files")
    rates: dict[str, list[float]] = {"duckdb": [], "compiled, one process": []}
    for _ in range(rounds):
        rates["duckdb"].append(intakes / timed(lambda: rank_facts(folder, to, ruleset)))
        begun = time.perf_counter()
        by_compiled = [(number, rank_rows(known, ruleset, compiled)) for number, known in rows_by_intake(folder)]
        rates["compiled, one process"].append(intakes / (time.perf_counter() - begun))
    compared(rates, "intakes")
    assert_equal_standings(to, by_compiled)


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that some work takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def compared(rates: dict[str, list[float]], what: str) -> None:
    """Print rates, and how many times as fast DuckDB is, as the median of the rounds."""
    for name, of_rounds in rates.items():
        ratios = [one / other for one, other in zip(rates["duckdb"], of_rounds, strict=True)]
        told = "" if name == "duckdb" else f", duckdb is {statistics.median(ratios):,.1f} times as fast"
        print(f"  {name:<28}{statistics.median(of_rounds):>12,.0f} {what}/s{told}")


def rows_by_intake(folder: Path) -> Iterator[tuple[int, Facts]]:
    """Yield the rows of each intake, read from the tables of facts."""
    for part in Folder(folder).parts():
        of_intakes: dict[int, list[Row]] = {}
        for kind in KINDS:
            table = pq.read_table(Folder(folder).table(kind, part))
            for number, row in zip(table.column("intake").to_pylist(), rows_of(kind, table), strict=True):
                of_intakes.setdefault(number, []).append(row)
        for number, rows in sorted(of_intakes.items()):
            *subjects, patient = rows
            recorded = tuple(row for row in subjects if row.place)
            yield number, Facts(recorded, patient, tuple(row for row in subjects if not row.place), {})


def of_evidence(known: Facts, ruleset: Ruleset, engine: Engine) -> list[Row]:
    """Return the rows of an intake that evidence rules see."""
    return [*with_stages(known.subjects, ruleset, engine)[0], known.patient]


def found_in_duckdb(folder: Path, parts: list[int], queries: dict[str, str]) -> dict[str, Any]:
    """Return, for each kind of row, whether each rule holds on each row of some parts."""
    with duckdb.connect(config={"threads": os.cpu_count() or 1}) as connection:
        return {kind: run(connection, Folder(folder), parts, query) for kind, query in queries.items()}


def assert_equal_findings(tables: dict[str, Any], ruleset: Ruleset, few: list[Facts], engine: Engine) -> None:
    """Make sure that an engine finds the same on some intakes."""
    expected = set()
    for number, known in enumerate(few, 1):
        rows = of_evidence(known, ruleset, engine)
        for row, held in zip(rows, engine.holding("evidence", rows), strict=True):
            expected |= {(number, row.place or None, ruleset.rules[position].id) for position in held}
    there = set()
    for kind, table in tables.items():
        for row in table.filter(pc.field("intake") <= len(few)).to_pylist():
            number, place = row.pop("intake"), row.pop("place")
            if place or kind == "patient":
                there |= {(number, place, rule) for rule, holds in row.items() if holds}
    assert there == expected
    print(f"{len(few):,} intakes, {len(expected):,} findings: DuckDB and {engine.name} find the same")


def assert_equal_standings(file: Path, by_compiled: list[tuple[int, Any]]) -> None:
    """Make sure that the table says of each intake what the compiled engine says."""
    table = pq.read_table(file).to_pylist()
    for row, (number, found) in zip(table, by_compiled, strict=True):
        assert row["intake"] == number
        for standing in found.ranking:
            told = [
                row[f"{standing.area}_{name}"] for name in ("points", "level", "rank", "least", "most", "held_back")
            ]
            bounds = (standing.bounds.least, standing.bounds.most)
            assert told == [standing.points, standing.level, standing.rank, *bounds, bool(standing.held_back_by)]
        held = sorted((finding.rule.id, finding.row.place) for finding in found.findings)
        assert [(one["rule"], one["place"] or "") for one in row["findings"]] == held
    print(f"  {len(table):,} intakes: DuckDB and the compiled engine say the same, findings and standings")


if __name__ == "__main__":
    main()
