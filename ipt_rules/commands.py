"""What the command ``ipt-rules`` does. Bad input ends with exit code 2 and a message that names every place."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Optional, TypeAlias

import typer
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from ipt_rules._version import __version__
from ipt_rules.assessment import Assessor
from ipt_rules.catalogue import catalogue as _catalogue
from ipt_rules.catalogue import is_generated
from ipt_rules.documents import MAX_CHARACTERS
from ipt_rules.engines import EngineName
from ipt_rules.errors import EvaluationError, IntakeError, IptRulesError, Problem, RulesetError
from ipt_rules.reading_intakes import example, examples, read_intake
from ipt_rules.ruleset import load_ruleset, variants
from ipt_rules.sources import source_report
from ipt_rules.template import blank_dict, blank_yaml
from ipt_rules.vocabulary import fields, path_to_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipt_rules.ruleset import Ruleset
    from ipt_rules.vocabulary import Field

app = typer.Typer(
    help="Ranks the four IPT problem areas from a structured intake, with reasons and sources. For clinicians to weigh.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
)


_WIDTH_OF_A_FILE = 110
_WIDTHS = {"where from": 32, "type": 14}

Format: TypeAlias = Literal["text", "json"]
FormatOption = Annotated[Format, typer.Option("--format", help="For people, or for programs.")]
RulesOption = Annotated[
    Optional[Path],
    typer.Option(
        "--rules",
        metavar="DIR",
        help="A folder with a ruleset.yaml, or a shipped variant, instead of the shipped rules.",
    ),
]


@app.callback(invoke_without_command=True)
def _about(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit


@app.command()
def assess(
    file: Annotated[str, typer.Argument(metavar="FILE", help="An intake in YAML or JSON; - for standard input.")],
    format_: FormatOption = "text",
    engine: Annotated[EngineName, typer.Option("--engine", help="What evaluates the rules.")] = "auto",
    rules: RulesOption = None,
    brief: Annotated[bool, typer.Option("--brief", help="Text without sources and lesser detail.")] = False,
    steps: Annotated[bool, typer.Option("--steps", help="Text with the steps and sources of each strategy.")] = False,
) -> None:
    """Rank the four problem areas for one intake, with reasons and sources."""
    with _errors_told(format_):
        ruleset = _ruleset(rules)
        intake = read_intake(*_text(file))
        assessment = Assessor(ruleset, engine).assess(intake)
        if format_ == "json":
            _print_json(assessment.to_dict())
        else:
            from ipt_rules.render.text import assessment_text

            _show(assessment_text(assessment, brief=brief, steps=steps))


@app.command("fields")
def fields_(format_: FormatOption = "text", rules: RulesOption = None) -> None:
    """Print every field that a rule may name."""
    with _errors_told(format_):
        ruleset = _ruleset(rules)
        described = [_described(field, ruleset) for field in fields().values()]
        if format_ == "json":
            _print_json(described)
            return
        table = Table(box=None, padding=(0, 2, 1, 0), header_style="bold")
        for heading in ("field", "type", "meaning and question", "where from"):
            table.add_column(heading, overflow="fold", no_wrap=heading == "field", min_width=_WIDTHS.get(heading))
        for entry in described:
            question = f"\n{entry['question']}" if entry["question"] else ""
            origin = (
                entry["path"] if not entry["reads"] else f"computed from {', '.join(entry['reads'])}\n{entry['source']}"
            )
            table.add_row(
                Text(entry["name"], style="bold"), Text(entry["type"]), Text(entry["meaning"] + question), Text(origin)
            )
        _show(table)


@app.command()
def sources(format_: FormatOption = "text", rules: RulesOption = None) -> None:
    """Print what the rules rest on, and which of them rest on recall or inference and are to be checked."""
    with _errors_told(format_):
        ruleset = _ruleset(rules)
        report = source_report(ruleset)
        if format_ == "json":
            _print_json(report)
        else:
            from ipt_rules.render.sources_text import sources_text

            _show(sources_text(report))


@app.command()
def catalogue(
    to: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to write into; it is made when missing.")],
    rules: RulesOption = None,
) -> None:
    """Write every rule in words as Markdown pages, with the worked cases in which it fires and in which it is near.

    Pages of an earlier run that are no longer made are removed; nothing else in the folder is touched.
    """
    with _errors_told("text"):
        pages = _catalogue(_ruleset(rules), {name: example(name) for name in examples()})
    to.mkdir(parents=True, exist_ok=True)
    there = {old.name: is_generated(old.read_text("utf-8", errors="replace")) for old in to.glob("*.md")}
    if kept := sorted(name for name in pages if not there.get(name, True)):
        typer.echo(f"{to} holds pages that somebody else wrote: {', '.join(kept)}. Name another folder.", err=True)
        raise typer.Exit(2)
    for name, generated in there.items():
        if generated and name not in pages:
            (to / name).unlink()
    for name, page in pages.items():
        (to / name).write_text(page, "utf-8")
    typer.echo(f"{len(pages)} pages written.")


@app.command()
def template(
    format_: FormatOption = "text",
    rules: RulesOption = None,
    assessed_on: Annotated[
        Optional[str], typer.Option("--assessed-on", metavar="DATE", help="Day of the assessment; today when left out.")
    ] = None,
) -> None:
    """Print a blank intake, every question as a comment."""
    with _errors_told(format_):
        ruleset = _ruleset(rules)
        try:
            day = date.today() if assessed_on is None else date.fromisoformat(assessed_on)
        except ValueError:
            problem = Problem("", 0, 0, "--assessed-on", "write a full date, such as 2026-03-14")
            raise IntakeError("The template cannot be made:", [problem]) from None
        if format_ == "json":
            _print_json(blank_dict(day))
        else:
            typer.echo(blank_yaml(ruleset, day), nl=False)


def _ruleset(named: Path | None) -> Ruleset:
    """Return the rule set in a folder, the variant of that name, or the shipped one."""
    if named is None or _exists(named):
        return load_ruleset(named)
    if str(named) in variants():
        return load_ruleset(variant=str(named))
    problem = Problem(
        str(named), 0, 0, "", f"there is no such folder, and no such variant; there are: {', '.join(variants())}"
    )
    raise RulesetError("The rules cannot be read:", [problem])


def _exists(named: Path) -> bool:
    try:
        return named.exists()
    except OSError:  # a name that no file can have
        return False


def _described(field: Field, ruleset: Ruleset) -> dict[str, Any]:
    key = path_to_key().get(field.path, "") if not field.is_derived else ""
    return {
        "name": field.name,
        "type": field.type_in_words(),
        "meaning": field.meaning,
        "question": ruleset.questions.get(key, ""),
        "path": field.path,
        "reads": list(field.reads),
        "source": field.source,
    }


def _text(file: str) -> tuple[str, str]:
    name = "standard input" if file == "-" else file
    try:
        if file == "-" and sys.stdin is None:
            raise _unreadable(name, "is closed")
        with contextlib.nullcontext(sys.stdin.buffer) if file == "-" else Path(file).open("rb") as source:
            text = source.read(4 * MAX_CHARACTERS + 1).decode("utf-8")
    except UnicodeDecodeError:
        raise _unreadable(name, "is no UTF-8 text") from None
    except OSError as error:
        raise _unreadable(name, f"cannot be read: {error.strerror}") from None
    return text, name


def _unreadable(name: str, what: str) -> IntakeError:
    return IntakeError("The intake cannot be read:", [Problem(name, 0, 0, "", what)])


@contextlib.contextmanager
def _errors_told(format_: Format) -> Iterator[None]:
    """Tell errors on standard error, and end with 2 for bad input and 3 where the rules could not be evaluated."""
    try:
        yield
    except IptRulesError as error:
        told = json.dumps(error.to_dict(), indent=2, ensure_ascii=False) if format_ == "json" else str(error)
        typer.echo(told, err=True)
        raise typer.Exit(3 if isinstance(error, EvaluationError) else 2) from None


def _show(page: RenderableType) -> None:
    """Print for people: as wide as the terminal, or as ``COLUMNS`` says; into a file without blanks at the ends of lines."""
    console = Console(highlight=False)
    if console.is_terminal:
        console.print(page)
        return
    width = None if os.environ.get("COLUMNS", "0") not in ("", "0") else _WIDTH_OF_A_FILE
    with (plain := Console(highlight=False, width=width)).capture() as captured:
        plain.print(page)
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def _print_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")
