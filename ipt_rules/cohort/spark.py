"""Many intakes on Spark: the facts by ``mapInArrow``, and a rule set as one query in Spark's own SQL.

Facts are one DataFrame with the rows of every kind, told apart by a column ``kind``, so that they can be written in one go with
``partitionBy("kind")``. Records that are no intakes are among them, as rows of the kind ``rejected``.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

import pyarrow as pa
from sqlglot import exp

from ipt_rules.cohort.blocks import RECORD
from ipt_rules.cohort.making import tables_of
from ipt_rules.cohort.query import assessments
from ipt_rules.cohort.reading import Rejected, read_record
from ipt_rules.cohort.tables import ID, INTAKE, KINDS
from ipt_rules.errors import IntakeError, MissingExtraError, Problem
from ipt_rules.row_tables import schema_of

try:
    from pyspark.sql import functions as F  # noqa: N812  # as everybody calls it
    from pyspark.sql import types as T  # noqa: N812  # likewise
    from pyspark.sql.window import Window
except ModuleNotFoundError as missing:
    raise MissingExtraError(
        "Cohorts on Spark need pyspark 4, the one of your cluster; for a Spark on this machine: pip install pyspark"
    ) from missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pyspark.sql import DataFrame

    from ipt_rules.cohort.reading import Known
    from ipt_rules.ruleset.model import Ruleset

KIND: Final = "kind"
REJECTED: Final = "rejected"
PROBLEMS: Final = "problems"
"""The column with what is wrong with a record that is no intake."""
RECORDS_AT_ONCE: Final = 2_000
"""Records whose rows are held in memory by each task."""

_RECORD: Final = "record"
_TYPES: Final = {pa.bool_(): T.BooleanType(), pa.int16(): T.ShortType(), pa.string(): T.StringType()}
_PROBLEMS: Final = pa.list_(pa.struct([("path", pa.string()), ("what", pa.string())]))
_NO_KEY: Final = Problem("", 0, 0, "", "has no key; every record needs one of its own")
_ALIKE: Final = (
    "Two intakes have the same key, so that their rows cannot be told apart; give each record one of its own."
)


def spark_facts(records: DataFrame, *, key: str = ID, record: str = RECORD) -> DataFrame:
    """Return the facts of many intakes, all rows of all kinds; Spark makes them anew whenever it reads them, so write them.

    The key becomes the column ``intake`` of the facts. Kinds other than ``rejected`` have no ``problems``; rejected records have
    nothing else but their keys, and nothing in their problems repeats what they say.

    Args:
        records: a record in each row.
        key: the column that tells the intakes apart, of texts or whole numbers; no two may be equal.
        record: the column with an intake as JSON, or ``{"id": "…", "intake": {…}}``.

    Raises:
        IntakeError: the columns are not there, or of other types.

    """
    types = {field.name: field.dataType for field in records.schema}
    keys = (T.StringType, T.ByteType, T.ShortType, T.IntegerType, T.LongType)
    wanted = [(key, keys, "texts or whole numbers that tell the intakes apart"), (record, T.StringType, "JSON texts")]
    problems = [
        Problem("", 0, 0, name, f"there must be such a column, of {what}")
        for name, allowed, what in wanted
        if not isinstance(types.get(name), allowed)
    ]
    if problems:
        raise IntakeError("The records cannot be read:", problems)
    columns = [F.col(_quoted(key)).alias(INTAKE), F.col(_quoted(record)).alias(_RECORD)]
    return records.select(*columns).mapInArrow(_facts_of_batches, _schema(types[key]))


def table_of_kind(facts: DataFrame, kind: str) -> DataFrame:
    """Return the rows of one kind, with its own columns only.

    Args:
        facts: what ``spark_facts`` gave, or was read from where it was written.
        kind: ``loss``, ``dispute``, ``change``, ``isolation``, ``patient`` or ``rejected``.

    Raises:
        IntakeError: the columns are others, as of facts that another version made.

    """
    columns = _columns_of(kind)
    if not {KIND, *columns} <= set(facts.columns):
        what = "these are not the columns of facts that this version of the library makes; make them again"
        raise IntakeError("The facts cannot be read:", [Problem("", 0, 0, "", what)])
    return facts.where(F.col(KIND) == kind).select(*map(_quoted, columns))


def spark_assessments(facts: DataFrame, ruleset: Ruleset) -> DataFrame:
    """Return a row for each intake, in no order, with the columns that the query of ``sql`` has.

    Facts that two intakes have under one key cannot be evaluated: whatever reads the rows then ends with an error that says so.

    Raises:
        IntakeError: the facts are not those of this version of the library.

    """
    tables = {kind: table_of_kind(facts, kind) for kind in KINDS}
    tables[_ONCE] = _once_each(tables["patient"])
    return facts.sparkSession.sql(_query(ruleset), **tables)


# ── facts ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _facts_of_batches(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        for start in range(0, batch.num_rows, RECORDS_AT_ONCE):
            yield from _facts_of(batch.slice(start, RECORDS_AT_ONCE))


def _facts_of(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Yield the rows of some records, one batch for each kind that there is."""
    keys, texts = batch.columns
    known: list[tuple[int, Known]] = []
    rejects: list[Rejected] = []
    for position, (text, is_keyed) in enumerate(zip(texts.to_pylist(), keys.is_valid().to_pylist(), strict=True)):
        read = read_record(position, None, text or "") if is_keyed else Rejected(position, (_NO_KEY,))
        if isinstance(read, Rejected):
            rejects.append(read)
        else:
            known.append((position, read))
    tables = tables_of(known) if known else {}
    if rejects:
        tables[REJECTED] = _rejected(rejects)
    for kind, table in tables.items():
        if table.num_rows:
            yield _widened(kind, table.combine_chunks().to_batches()[0], keys)


def _rejected(rejects: Sequence[Rejected]) -> pa.Table:
    problems = pa.array([one.to_dict()[PROBLEMS] for one in rejects], _PROBLEMS)
    return pa.table({INTAKE: pa.array([one.line for one in rejects], pa.int64()), PROBLEMS: problems})


def _widened(kind: str, rows: pa.RecordBatch, keys: pa.Array) -> pa.RecordBatch:
    """Return rows of one kind with the columns of all, and the keys in place of positions."""
    there = dict(zip(rows.schema.names, rows.columns, strict=True))
    there[INTAKE] = keys.take(there[INTAKE])
    there[KIND] = pa.repeat(kind, rows.num_rows)
    columns = {name: there.get(name) for name in (KIND, INTAKE)}
    for name, typed in _columns().items():
        columns[name] = there[name] if name in there else pa.nulls(rows.num_rows, typed)
    return pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))


@functools.cache
def _columns() -> dict[str, pa.DataType]:
    """Return the columns of all kinds together with their types, but for the kind and the key."""
    of_rows = {one.name: one.type for kind in KINDS for one in schema_of(kind)}
    return {ID: pa.string(), **of_rows, PROBLEMS: _PROBLEMS}


def _schema(key: T.DataType) -> T.StructType:
    problem = T.StructType([T.StructField(name, T.StringType()) for name in ("path", "what")])
    types = {KIND: T.StringType(), INTAKE: key}
    types |= {name: _TYPES.get(typed) or T.ArrayType(problem) for name, typed in _columns().items()}
    return T.StructType([T.StructField(name, typed) for name, typed in types.items()])


def _columns_of(kind: str) -> list[str]:
    if kind == REJECTED:
        return [INTAKE, PROBLEMS]
    return [INTAKE, *([ID] if kind == "patient" else []), *schema_of(kind).names]


# ── rules ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

_ONCE: Final = "patient_once"


def _query(ruleset: Ruleset) -> str:
    """Return the query of a rule set with a ``{place}`` for each table of facts, so that none of that name is read by chance."""
    query = assessments(ruleset)
    query.set("order", None)
    of_all = query.args["from_"].this
    for table in list(query.find_all(exp.Table)):
        if table.name in KINDS:
            place = _ONCE if table is of_all else table.name
            table.replace(exp.alias_(exp.table_(f"<{place}>", quoted=True), table.name, table=True, quoted=True))
    text = query.sql("spark").replace("{", "{{").replace("}", "}}")
    for place in (*KINDS, _ONCE):
        text = text.replace(f"`<{place}>`", f"{{{place}}}")
    return text


def _once_each(patients: DataFrame) -> DataFrame:
    """Return the key and id of each intake; reading them ends with an error where a key is there twice."""
    with_same_key = F.count(F.lit(1)).over(Window.partitionBy(INTAKE))
    counted = patients.select(INTAKE, ID, with_same_key.alias("times"))
    return counted.where(F.isnull(F.assert_true(F.col("times") == 1, _ALIKE))).select(INTAKE, ID)


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
