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
from ipt_rules.drawn.intakes import Seeded, draw_intake
from tests.helpers import DAY, MARK

if TYPE_CHECKING:
    from pathlib import Path

    from ipt_rules import Intake
    from ipt_rules.pipeline import Result

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

    intakes = {f"case {n}": draw_intake(Seeded(random.Random(f"cohort {n}"))) for n in range(INTAKES)}
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
    plain = intake.to_dict()
    return json.dumps({"id": f"id of {key}", "intake": plain} if key.endswith(tuple("02468")) else plain)


def called(key: str) -> str | None:
    """Return what the record with a key calls its intake."""
    return f"id of {key}" if key.endswith(tuple("02468")) else None


def told(result: Result) -> dict[str, Any]:
    """Return what a result says in the columns of a cohort."""
    first = [one.area for one in result.ranking if one.rank == 1]
    row: dict[str, Any] = {"first": ", ".join(sorted(first, key=_ORDER.index)) or "none", "settled": result.settled}
    for one in result.ranking:
        best = [focus.row.place for focus in one.foci[: one.equal + 1] if focus.row.place]
        row |= {
            f"{one.area}_points": one.points,
            f"{one.area}_level": one.level,
            f"{one.area}_rank": one.rank,
            f"{one.area}_held_back": bool(one.held_back_by),
            f"{one.area}_least": one.bounds.least,
            f"{one.area}_most": one.bounds.most,
            f"{one.area}_subjects": sorted(best),
        }
    row["findings"] = sorted((one.rule.id, one.row.place) for one in result.findings)
    row["cautions"] = sorted(
        (one.rule.id, one.row.place, getattr(one.rule.consequence, "kind", "")) for one in result.cautions
    )
    return row


_ORDER: Final = ("grief", "disputes", "transitions", "deficits")


def plain_row(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of Spark's, without key and id, in the same words."""
    kept = {name: value for name, value in row.items() if name not in ("intake", "id")}
    kept["findings"] = [(one["rule"], one["place"] or "") for one in row["findings"]]
    kept["cautions"] = [(one["rule"], one["place"] or "", one["kind"]) for one in row["cautions"]]
    return kept
