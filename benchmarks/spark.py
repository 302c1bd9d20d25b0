"""Facts and rankings of many drawn intakes on a local Spark: seconds, and intakes a second.

Spark's start and the planning of a query cost the same for few intakes and for many, so each step is timed as a whole, and the
ranking a second time, when Java has compiled it. At the end it is made sure that Spark finds what ``compiled`` does, on a share.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import SparkSession

from ipt_rules import Assessor, load_ruleset
from ipt_rules.cohort.spark import spark_assessments, spark_facts
from ipt_rules.drawn.intakes import Seeded, draw_intake

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipt_rules import Intake
    from ipt_rules.ruleset.model import Ruleset

_COMPARED: Final = 200
_IN_A_FILE: Final = 5_000


def main() -> None:
    """Draw intakes, and time what Spark makes of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--intakes", type=int, default=50_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory", default="4g")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write_records(folder / "records", asked.intakes)
        started = time.perf_counter()
        spark = _session(asked.threads, asked.memory, folder)
        print(f"start of Spark {spark.version}: {time.perf_counter() - started:.0f} s")
        _run(spark, folder, asked.intakes)
        spark.stop()


def _run(spark: Any, folder: Path, intakes: int) -> None:
    records = spark.read.parquet(str(folder / "records"))
    _timed("facts", intakes, lambda: spark_facts(records).write.partitionBy("kind").parquet(str(folder / "facts")))
    facts = spark.read.parquet(str(folder / "facts"))
    ruleset = load_ruleset()
    _timed("ranking", intakes, lambda: _rank(facts, ruleset, folder / "ranked"))
    _timed("ranking again", intakes, lambda: _rank(facts, ruleset, folder / "ranked again"))
    _compare(folder / "ranked again", intakes)


def _rank(facts: Any, ruleset: Ruleset, to: Path) -> None:
    spark_assessments(facts, ruleset).write.parquet(str(to))


def _timed(name: str, intakes: int, work: Callable[[], object]) -> None:
    started = time.perf_counter()
    work()
    seconds = time.perf_counter() - started
    print(f"{name}: {seconds:.1f} s, {intakes / seconds:,.0f} intakes/s", flush=True)


def _drawn(number: int) -> Intake:
    return draw_intake(Seeded(random.Random(f"cohort {number}")))


def _write_records(folder: Path, intakes: int) -> None:
    folder.mkdir()
    for start in range(0, intakes, _IN_A_FILE):
        numbers = range(start, min(start + _IN_A_FILE, intakes))
        texts = [json.dumps(_drawn(number).to_dict()) for number in numbers]
        pq.write_table(pa.table({"id": list(numbers), "intake": texts}), folder / f"{start:09}.parquet")


def _session(threads: int, memory: str, folder: Path) -> Any:
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": memory,
        "spark.local.dir": str(folder / "local"),
        "spark.sql.shuffle.partitions": str(2 * threads),
        "spark.pyspark.python": sys.executable,
    }
    builder = SparkSession.builder.master(f"local[{threads}]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def _compare(ranked: Path, intakes: int) -> None:
    """Make sure that every intake is there once, and that some have the first area and findings that they ought to."""
    rows = {row["intake"]: row for row in pq.read_table(ranked, columns=["intake", "first", "findings"]).to_pylist()}
    assert sorted(rows) == list(range(intakes))
    assessor = Assessor(engine="compiled")
    for number in range(0, intakes, max(1, intakes // _COMPARED)):
        result = assessor.assess(_drawn(number)).result
        first: set[str] = {one.area for one in result.ranking if one.rank == 1}
        assert set(rows[number]["first"].split(", ")) == (first or {"none"})
        found = sorted((one["rule"], one["place"] or "") for one in rows[number]["findings"])
        assert found == sorted((one.rule.id, one.row.place) for one in result.findings)


if __name__ == "__main__":
    main()
