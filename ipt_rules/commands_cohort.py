"""The command ``ipt-rules cohort``: facts of many intakes, and what rule sets make of them."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Optional

import typer
from rich.console import Console, Group
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from ipt_rules.errors import IntakeError, Problem
from ipt_rules.terminal import (
    FormatOption,
    OutOption,
    RulesOption,
    errors_told,
    named_ruleset,
    numbered,
    put,
    put_json,
    show,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from rich.console import RenderableType

    from ipt_rules.cohort import Comparison

cohort = typer.Typer(help="Many intakes: facts once, rules many times.", no_args_is_help=True)

FactsArgument = Annotated[Path, typer.Argument(metavar="FACTS_DIR", help="What `ipt-rules cohort facts` wrote.")]
JobsOption = Annotated[
    Optional[int], typer.Option("--jobs", min=1, help="How many cores to use; all of them when left out.")
]

_MOST_TOLD = 20
"""Rules and moves that the text tells; JSON has them all."""


@cohort.command("facts")
def facts(
    records: Annotated[
        Path,
        typer.Argument(
            metavar="IN",
            help="NDJSON with an intake on each line, or with its 'id' and 'intake'; or Parquet with such columns.",
        ),
    ],
    folder: Annotated[Path, typer.Argument(metavar="OUT_DIR", help="Where the facts go; what is there is kept.")],
    jobs: JobsOption = None,
    part: Annotated[
        int, typer.Option("--part", metavar="RECORDS", min=1, help="Records in one part of a table.")
    ] = 10_000,
    format_: FormatOption = "text",
) -> None:
    """Make the facts of many intakes: a table for each kind of row, in Parquet, and the records that are no intakes.

    What was interrupted goes on where it stopped. Ends with 1 where no record is an intake.
    """
    with errors_told(format_), _progress("facts") as told:
        from ipt_rules.cohort import make_facts

        with _written_to(folder):
            made = make_facts(records, folder, jobs=jobs, records_in_a_part=part, told=told)
    if format_ == "json":
        put_json(made.__dict__)
    else:
        kept = f" {made.kept} of {numbered(made.parts, 'part')} kept from before." if made.kept else ""
        put(f"{numbered(made.intakes, 'intake')}, {numbered(sum(made.rows.values()), 'row')}.{kept}\n")
    if made.rejected:
        typer.echo(
            f"Rejected, {made.rejected:,} of {numbered(made.records, 'record')}: {folder / 'rejects.ndjson'}", err=True
        )
    if not made.intakes:
        typer.echo("There is no intake among the records.", err=True)
        raise typer.Exit(1)


@cohort.command("rank")
def rank(
    folder: FactsArgument,
    to: Annotated[Path, typer.Argument(metavar="OUT.parquet", help="The table to write: one row for each intake.")],
    rules: RulesOption = None,
    jobs: JobsOption = None,
    format_: FormatOption = "text",
) -> None:
    """Rank the four problem areas for every intake, in DuckDB; with findings and cautions."""
    with errors_told(format_), _progress("ranked") as told:
        from ipt_rules.cohort import rank_facts
        from ipt_rules.cohort.running import summary

        ruleset = named_ruleset(rules)
        with _written_to(to):
            rank_facts(folder, to, ruleset, jobs=jobs, told=told)
        found = summary(to)
    if format_ == "json":
        put_json(found)
    else:
        show(Group(*_ranked(found, ruleset.words["areas"])))


@cohort.command("compare")
def compare(
    folder: FactsArgument,
    new: Annotated[
        Path, typer.Option("--new", metavar="DIR", help="The rules as they could be; a folder or a variant.")
    ],
    old: Annotated[
        Optional[Path],
        typer.Option("--old", metavar="DIR", help="The rules as they are; the shipped ones when left out."),
    ] = None,
    to: Annotated[
        Optional[Path],
        typer.Option("-o", "--output", metavar="FILE", help="Write the intakes whose first area changes, in Parquet."),
    ] = None,
    jobs: JobsOption = None,
    format_: FormatOption = "text",
) -> None:
    """Tell whose first area changes with other rules, and through which rules."""
    with errors_told(format_), _progress("compared") as told:
        from ipt_rules.cohort import compare_rules

        with _written_to(to):
            found = compare_rules(folder, named_ruleset(old), named_ruleset(new), to=to, jobs=jobs, told=told)
    if format_ == "json":
        put_json(found.to_dict())
    else:
        show(Group(*_compared(found)))


@cohort.command("sql")
def sql_(
    rules: RulesOption = None,
    dialect: Annotated[str, typer.Option("--dialect", help="duckdb or spark.")] = "duckdb",
    rows: Annotated[
        Optional[Literal["loss", "dispute", "change", "isolation", "patient"]],
        typer.Option(
            "--rows", help="Instead of rankings, one row for each row of this kind, with a column for each rule."
        ),
    ] = None,
    to: OutOption = None,
) -> None:
    """Print a rule set as one SQL query over the tables of facts."""
    with errors_told("text"):
        from ipt_rules.cohort import sql
        from ipt_rules.cohort.query import rules_as_columns

        ruleset = named_ruleset(rules)
        try:
            query = rules_as_columns(ruleset, rows).sql(dialect) if rows else sql(ruleset, dialect)
        except ValueError:
            what = "there is no such dialect; duckdb and spark are tested"
            raise IntakeError("Nothing was written:", [Problem("", 0, 0, "--dialect", what)]) from None
        put(f"{query}\n", to)


@contextlib.contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on standard error while something is done, where a person is looking."""
    columns = (TextColumn(what), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not _is_watched()) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, whole: bar.update(task, completed=done, total=whole)


def _is_watched() -> bool:
    return Console(stderr=True).is_terminal and "CI" not in os.environ


@contextlib.contextmanager
def _written_to(to: Path | None) -> Iterator[None]:
    """Tell plainly where a file or folder cannot be written."""
    try:
        yield
    except OSError as error:
        what = f"cannot be written: {os.strerror(error.errno) if error.errno else 'the disk refuses'}"
        raise IntakeError("Nothing was written:", [Problem(str(to or ""), 0, 0, "", what)]) from None


def _ranked(found: Mapping[str, Any], words: Mapping[str, str]) -> Iterator[RenderableType]:
    intakes = found["intakes"]
    yield Text(numbered(intakes, "intake"), style="bold")
    table = Table(box=None, pad_edge=False)
    table.add_column("first")
    for name in ("intakes", "share", "settled"):
        table.add_column(name, justify="right")
    for one in found["first"]:
        areas = " and ".join(words.get(area, area) for area in one["areas"]) or "no area is supported yet"
        table.add_row(
            areas, f"{one['intakes']:,}", _share(one["intakes"], intakes), _share(one["settled"], one["intakes"])
        )
    yield table
    yield Text(
        f"A caution refers, and comes before any ranking, in {found['refer']:,} ({_share(found['refer'], intakes)})."
    )


def _compared(found: Comparison) -> Iterator[RenderableType]:
    told, share = found.to_dict(), _share(found.changed, found.intakes)
    yield Text(
        f"Another area is first in {found.changed:,} of {numbered(found.intakes, 'intake')} ({share}).", style="bold"
    )
    if not found.changed:
        return
    moves = Table("before", "after", box=None, pad_edge=False)
    moves.add_column("intakes", justify="right")
    for one in told["moves"][:_MOST_TOLD]:
        moves.add_row(one["before"], one["after"], f"{one['intakes']:,}")
    through = Table("through", box=None, pad_edge=False)
    through.add_column("intakes", justify="right")
    for rule, count in list(told["through"].items())[:_MOST_TOLD]:
        through.add_row(rule, f"{count:,}")
    yield from (moves, Text(""), through)
    if (left := max(len(told["moves"]), len(told["through"])) - _MOST_TOLD) > 0:
        yield Text(f"and up to {left} more; --format json tells them all.", style="dim")


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"
