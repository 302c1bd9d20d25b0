"""Many intakes on Spark: the same facts, rankings, findings and cautions as one at a time."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow.parquet as pq
import pytest

from ipt_rules import IntakeError, load_ruleset
from ipt_rules.cohort.making import tables_of
from ipt_rules.cohort.reading import Known, read_record
from ipt_rules.cohort.tables import KINDS
from ipt_rules.engines import ReferenceEngine
from ipt_rules.facts import facts
from ipt_rules.row_tables import OPEN, schema_of
from tests.cohort.expected import Remembered, expected, without_plan
from tests.helpers import DAY, MARK, intake
from tests.spark.cases import Cases, as_record, called, plain_row

if TYPE_CHECKING:
    import pyarrow as pa

pytestmark = pytest.mark.slow

PAGE: Final = Path(__file__).parents[2] / "docs" / "cohort-spark.md"


def test_rankings_findings_and_cautions_are_those_of_the_reference(cases: Cases) -> None:
    """For every intake Spark tells the standings, findings and cautions that the reference engine finds, once."""
    ruleset = without_plan(load_ruleset())
    engine = Remembered(ruleset)
    rows = pq.read_table(cases.assessments).to_pylist()
    assert sorted(row["intake"] for row in rows) == sorted(cases.intakes)
    for row in rows:
        known = cases.intakes[row["intake"]]
        assert plain_row(row) == expected(known, ruleset, engine), row["intake"]
        assert row["id"] == called(row["intake"])


def test_the_drawn_intakes_hold_what_is_hard(cases: Cases) -> None:
    """Among the intakes are open answers, open ranges, questions that do not arise, missing lists and empty ones."""
    patient, loss = (_of_kind(cases, kind) for kind in ("patient", "loss"))
    open_answers = sum(sum(patient.column(name).to_pylist()) for name in patient.column_names if name.endswith(OPEN))
    ranges = zip(*(patient.column(f"network.confidants.{end}").to_pylist() for end in ("least", "most")), strict=True)
    mourning = zip(*(loss.column(name).to_pylist() for name in ("loss.mourning", "loss.mourning" + OPEN)), strict=True)
    lists = [one.losses for one in cases.intakes.values()]
    share = len(lists) // 100
    assert open_answers > len(lists)
    assert sum(least is not None and least != most for least, most in ranges) > share
    assert sum(value is None and not is_open for value, is_open in mourning) > share
    assert sum(one is None for one in lists) > share
    assert sum(one == () for one in lists) > share


def test_the_facts_are_those_of_one_machine(cases: Cases) -> None:
    """The rows that Spark makes are those of ``tables_of``, in every column and value, and no other kinds are there."""
    keys = list(cases.intakes)
    made = tables_of([(at, Known(called(key), facts(cases.intakes[key]))) for at, key in enumerate(keys)])
    for kind in KINDS:
        names = [name for name in made[kind].column_names if name != "intake"]
        ours = made[kind].select(names).append_column("intake", [[keys[at] for at in made[kind]["intake"].to_pylist()]])
        ours, theirs = (table.select(["intake", *names]) for table in (ours, _of_kind(cases, kind)))
        order = [("intake", "ascending"), ("place", "ascending")]
        assert theirs.sort_by(order).to_pydict() == ours.sort_by(order).to_pydict(), kind
    assert {folder.name for folder in cases.facts.glob("kind=*")} == {f"kind={one}" for one in (*KINDS, "rejected")}


def test_broken_records_are_told_and_not_repeated(cases: Cases) -> None:
    """Each broken record is rejected under its key with the problems that reading it has, which say nothing that it says."""
    rows = _of_kind(cases, "rejected").to_pylist()
    assert sorted(row["intake"] for row in rows) == sorted(cases.broken)
    for row in rows:
        text = cases.broken[row["intake"]]
        if text is None or len(text) < 1_000_000:
            read = read_record(0, None, text or "")
            assert not isinstance(read, Known)
            assert row["problems"] == read.to_dict()["problems"]
        assert row["problems"]
        assert MARK not in str(row["problems"])


def test_without_a_key_a_record_is_rejected(spark: Any) -> None:
    """Keys may be whole numbers and keep their type; a record without one is rejected, whatever else it says."""
    from ipt_rules.cohort.spark import spark_facts, table_of_kind

    records = spark.createDataFrame([(7, _EMPTY), (None, _EMPTY)], "id long, intake string")
    made = spark_facts(records).persist()
    assert dict(made.dtypes)["intake"] == "bigint"
    assert [row.intake for row in table_of_kind(made, "patient").collect()] == [7]
    (rejected,) = table_of_kind(made, "rejected").collect()
    assert rejected.intake is None
    assert [problem.what for problem in rejected.problems] == ["has no key; every record needs one of its own"]


def test_two_intakes_with_one_key_are_an_error(spark: Any, mini: Path) -> None:
    """Where two intakes have one key there is no ranking, and the error says so without the key."""
    from pyspark.errors import SparkRuntimeException

    from ipt_rules.cohort.spark import spark_assessments, spark_facts

    records = spark.createDataFrame([(MARK, _EMPTY), (MARK, _EMPTY)], "id string, intake string")
    ranked = spark_assessments(spark_facts(records).persist(), load_ruleset(mini))
    with pytest.raises(SparkRuntimeException, match="Two intakes have the same key") as raised:
        ranked.collect()
    assert MARK not in str(raised.value)


def test_other_rules_and_a_view_of_the_same_name(spark: Any, mini: Path) -> None:
    """Another rule set is evaluated as it is by the reference engine, and a view called ``patient`` is not read instead."""
    from ipt_rules.cohort.spark import spark_assessments, spark_facts

    spark.range(1).createOrReplaceTempView("patient")
    ruleset = load_ruleset(mini)
    held_back = {"kind": "death", "mourning": "delayed", "when": {"months_ago": 12}}
    intakes = {
        "0": intake(losses=[held_back, {"kind": "death", "mourning": "settled"}]),
        "1": intake(losses=[{}], disputes=[]),
        "2": intake(),
    }
    rows = [(key, as_record(key, intake)) for key, intake in intakes.items()]
    made = spark_facts(spark.createDataFrame(rows, "id string, intake string")).persist()
    found = {row.intake: plain_row(row.asDict(recursive=True)) for row in spark_assessments(made, ruleset).collect()}
    assert found == {key: expected(one, ruleset, ReferenceEngine(ruleset)) for key, one in intakes.items()}
    assert spark.table("patient").columns == ["id"]


def test_other_columns_are_refused_at_once(spark: Any) -> None:
    """Records without the columns that are named, or with other types, are refused with all that is wrong; other facts too."""
    from ipt_rules.cohort.spark import spark_facts, table_of_kind

    with pytest.raises(IntakeError) as raised:
        spark_facts(spark.createDataFrame([(1.5, 1)], "id double, text int"), record="json")
    assert [problem.path for problem in raised.value.problems] == ["id", "json"]
    with pytest.raises(IntakeError, match="make them again"):
        table_of_kind(spark.createDataFrame([("loss", 1)], "kind string, intake int"), "loss")


def test_the_page_runs(spark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The example of ``docs/cohort-spark.md`` runs as it stands there."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("builtins.print", lambda *_: None)
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert blocks
    exec("\n".join(blocks), {"spark": spark})  # noqa: S102  # our own page


_EMPTY: Final = f'{{"assessed_on": "{DAY}"}}'


def _of_kind(cases: Cases, kind: str) -> pa.Table:
    columns = (*schema_of(kind).names, "id") if kind == "patient" else schema_of(kind).names if kind in KINDS else ()
    return pq.read_table(cases.facts / f"kind={kind}", columns=["intake", *(columns or ["problems"])])
