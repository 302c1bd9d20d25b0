"""Facts + rule set → a table with a row for each intake, by DuckDB, some parts at a time."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from ipt_rules._version import __version__
from ipt_rules.cohort.folder import Folder, replaced
from ipt_rules.cohort.query import assessments
from ipt_rules.cohort.ranked import NONE
from ipt_rules.cohort.tables import KINDS
from ipt_rules.engines.sql import SqlEngine
from ipt_rules.errors import EvaluationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from ipt_rules.ruleset.model import Ruleset

INTAKES_AT_ONCE: Final = 40_000
"""Intakes that are ranked in one go: so many that planning the query costs little, so few that memory stays small."""
ENGINE: Final = SqlEngine.name
"""What the provenance says."""


def sql(ruleset: Ruleset, dialect: str = "duckdb") -> str:
    """Return a rule set as one query, which reads the tables ``loss``, ``dispute``, ``change``, ``isolation`` and ``patient``.

    Args:
        ruleset: the rules.
        dialect: one of sqlglot's, such as ``duckdb`` or ``spark``; equal results are tested for these two.

    Raises:
        ValueError: sqlglot has no such dialect.

    """
    return assessments(ruleset).sql(dialect)


def rank_facts(
    folder: str | Path,
    to: str | Path,
    ruleset: Ruleset,
    *,
    jobs: int | None = None,
    intakes_at_once: int = INTAKES_AT_ONCE,
    told: Callable[[int, int], None] | None = None,
) -> int:
    """Rank the areas for every intake whose facts are in a folder, and return how many there are.

    Args:
        folder: what ``make_facts`` wrote.
        to: the Parquet file to write; its metadata name the rule set and its digest.
        ruleset: the rules.
        jobs: threads; None for one for each core.
        intakes_at_once: the more, the more memory it takes.
        told: is told from time to time how many intakes are ranked, and how many there are.

    Raises:
        IntakeError: there are no facts, they are damaged, or another version made them; or the table would stand among them.
        EvaluationError: the rules could not be evaluated; nothing is written.
        OSError: the file cannot be written.

    """
    facts = Folder(Path(folder))
    facts.keep_out(Path(to), "Nothing was written:")
    parts = facts.parts()
    whole, done = sum(parts.values()), 0
    query = sql(ruleset)
    with replaced(Path(to)) as file, connected(jobs) as connection:
        writer = None
        try:
            for group in groups(parts, intakes_at_once):
                table = assessed(connection, facts, group, query).replace_schema_metadata(provenance(ruleset))
                writer = writer or pq.ParquetWriter(file, table.schema, compression="zstd")
                writer.write_table(table)
                done += table.num_rows
                if told:
                    told(done, whole)
        finally:
            if writer:
                writer.close()
    return done


def summary(file: str | Path) -> dict[str, Any]:
    """Return how many intakes a table of ``rank_facts`` has, and how often each area is first, alone or beside others.

    Args:
        file: the table.

    """
    with duckdb.connect() as connection:
        ranked = connection.read_parquet(_as_it_is(Path(file)), hive_partitioning=False)
        (intakes, refer), *_ = ranked.aggregate(_REFERRED).fetchall()
        first = ranked.aggregate("first, count(*) AS intakes, count(*) FILTER (WHERE settled) AS settled")
        rows = first.order("intakes DESC, first").fetchall()
    told = [
        {"areas": [] if areas == NONE else areas.split(", "), "intakes": count, "settled": settled}
        for areas, count, settled in rows
    ]
    return {"intakes": intakes, "refer": refer, "first": told}


_REFERRED: Final = "count(*), count(*) FILTER (WHERE len(list_filter(cautions, lambda one: one.kind = 'refer')) > 0)"


def assessed(connection: duckdb.DuckDBPyConnection, facts: Folder, group: Mapping[int, int], query: str) -> pa.Table:
    """Return what the query of a rule set says of every intake of some parts.

    Raises:
        EvaluationError: it failed, or left intakes out.

    """
    table, intakes = run(connection, facts, group, query), sum(group.values())
    if table.num_rows != intakes:
        raise EvaluationError(f"There are {intakes} intakes, and {table.num_rows} were ranked; there is no result.")
    return table


def run(connection: duckdb.DuckDBPyConnection, facts: Folder, parts: Iterable[int], query: str) -> pa.Table:
    """Return what a query over the tables of facts gives for some parts.

    Raises:
        EvaluationError: it failed.

    """
    try:
        for kind in KINDS:
            files = [_as_it_is(facts.table(kind, part)) for part in parts]
            connection.read_parquet(files, hive_partitioning=False).create_view(kind, replace=True)
        return connection.sql(query).to_arrow_table()
    except duckdb.Error as error:
        failed = type(error).__name__
    raise EvaluationError(f"The rules could not be evaluated by the engine '{ENGINE}' ({failed}).")


def _as_it_is(file: Path) -> str:
    """Return the path of a file for DuckDB, which takes ``*``, ``?`` and ``[`` for patterns and would read other files too."""
    return re.sub(r"[*?\[]", r"[\g<0>]", str(file))


def groups(parts: Mapping[int, int], intakes_at_once: int) -> Iterator[dict[int, int]]:
    """Yield parts, each with the number of its intakes, that together have about so many."""
    group: dict[int, int] = {}
    for part, intakes in parts.items():
        if group and sum(group.values()) + intakes > intakes_at_once:
            yield group
            group = {}
        group[part] = intakes
    yield group


def provenance(ruleset: Ruleset) -> dict[str, str]:
    """Return what the metadata of a table say of how it was made."""
    return {
        "ipt_rules.library": __version__,
        "ipt_rules.ruleset": f"{ruleset.name} {ruleset.version}",
        "ipt_rules.digest": ruleset.digest,
        "ipt_rules.engine": ENGINE,
    }


def connected(jobs: int | None) -> duckdb.DuckDBPyConnection:
    """Return a database in memory that uses so many threads; None for one for each core."""
    return duckdb.connect(config={"threads": jobs or os.cpu_count() or 1})
