"""Drawn intakes among broken records, as a file that Spark reads, and the facts and rankings that it makes of them."""

from __future__ import annotations

import json
import os
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from ipt_rules import load_ruleset
from tests.cohort.expected import draw
from tests.helpers import DAY, MARK

if TYPE_CHECKING:
    from pathlib import Path

    from ipt_rules import Intake

INTAKES: Final = int(os.environ.get("IPT_RULES_SPARK_INTAKES") or 5_000)
_ONE_BROKEN_IN: Final = 100
_FILES: Final = 3
BROKEN: Final = (
    f'{{"assessed_on": "{DAY}", "note": "{MARK}"',
    json.dumps({"assessed_on": DAY, MARK: 1}),
    json.dumps({"assessed_on": DAY, "losses": [{"kind": MARK}]}),
    json.dumps({"id": MARK, "intake": {"assessed_on": MARK}}),
    json.dumps([MARK]),
    "",
    None,
    json.dumps({"assessed_on": DAY, "note": MARK * 200_000}),
)
"""Records that are no intakes."""


@dataclass(frozen=True)
class Cases:
    """Intakes by key, broken records by key, and where the facts and the rankings of all are, as Parquet files.

    Every second record says what it calls its intake.
    """

    intakes: dict[str, Intake]
    broken: dict[str, str | None]
    facts: Path
    assessments: Path


def make_cases(spark: Any, folder: Path) -> Cases:
    """Draw the records, and have Spark make facts and rankings of them."""
    from ipt_rules.cohort.spark import spark_assessments, spark_facts

    intakes = {f"case {n}": draw(n) for n in range(INTAKES)}
    broken = {f"broken {n}": BROKEN[n % len(BROKEN)] for n in range(INTAKES // _ONE_BROKEN_IN)}
    records = {key: as_record(key, intake) for key, intake in intakes.items()} | broken
    rows = list(records.items())
    random.Random(0).shuffle(rows)
    cases = Cases(intakes, broken, folder / "facts", folder / "assessments")
    source = folder / "records"
    source.mkdir()
    for number in range(_FILES):
        keys, texts = zip(*rows[number::_FILES], strict=True)
        pq.write_table(pa.table({"key": keys, "intake": texts}), source / f"{number}.parquet")
    facts = spark_facts(spark.read.parquet(str(source)), key="key")
    facts.write.partitionBy("kind").parquet(str(cases.facts))
    written = spark.read.parquet(str(cases.facts))
    spark_assessments(written, load_ruleset()).write.parquet(str(cases.assessments))
    return cases


def as_record(key: str, intake: Intake) -> str:
    """Return an intake as a record."""
    name, plain = called(key), intake.to_dict()
    return json.dumps(plain if name is None else {"id": name, "intake": plain})


def called(key: str) -> str | None:
    """Return what the record with a key calls its intake."""
    return f"id of {key}" if key.endswith(tuple("02468")) else None


def plain_row(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of Spark's without key and id."""
    return {name: value for name, value in row.items() if name not in ("intake", "id")}
