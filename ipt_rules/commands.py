"""What the command ``ipt-rules`` does. Bad input ends with exit code 2 and a message that names every place."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Optional

import typer
from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from ipt_rules._version import __version__
from ipt_rules.assessor import Assessor
from ipt_rules.catalogue import catalogue as _catalogue
from ipt_rules.catalogue import is_generated
from ipt_rules.commands_attributes import attributes
from ipt_rules.commands_cohort import cohort
from ipt_rules.commands_course import course as _course
from ipt_rules.commands_diff import diff
from ipt_rules.commands_explain import explain
from ipt_rules.commands_fhir import fhir
from ipt_rules.commands_inventory import inventory
from ipt_rules.commands_mutate import mutate
from ipt_rules.commands_serve import serve
from ipt_rules.commands_suite import suite
from ipt_rules.commands_verify import check, coverage
from ipt_rules.engines import EngineName
from ipt_rules.errors import IntakeError, Problem
from ipt_rules.reading_courses import example_course, example_courses
from ipt_rules.reading_intakes import example, examples
from ipt_rules.sessions import MOST_SESSIONS
from ipt_rules.sources import source_report
from ipt_rules.template import blank_dict, blank_yaml
from ipt_rules.template_course import blank_check_in_dict, blank_check_in_yaml, blank_course_dict, blank_course_yaml
from ipt_rules.terminal import (
    FileArgument,
    FormatOption,
    OutOption,
    RulesOption,
    errors_told,
    intake_in,
    named_ruleset,
    not_over,
    put,
    put_json,
    show,
)
from ipt_rules.vocabulary import fields, path_to_key

if TYPE_CHECKING:
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


@app.callback(invoke_without_command=True)
def _about(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit


@app.command()
def assess(
    file: FileArgument,
    format_: Annotated[
        Literal["text", "json", "html"],
        typer.Option("--format", help="For people in a terminal, for programs, or as one page to show and print."),
    ] = "text",
    to: OutOption = None,
    engine: Annotated[EngineName, typer.Option("--engine", help="What evaluates the rules.")] = "auto",
    rules: RulesOption = None,
    brief: Annotated[bool, typer.Option("--brief", help="Text without sources and lesser detail.")] = False,
    steps: Annotated[bool, typer.Option("--steps", help="Text with the steps and sources of each strategy.")] = False,
) -> None:
    """Rank the four problem areas for one intake, with reasons and sources."""
    with errors_told(format_):
        ruleset = named_ruleset(rules)
        not_over(file, to)
        assessment = Assessor(ruleset, engine).assess(intake_in(file))
        if format_ == "json":
            put_json(assessment.to_dict(), to)
        elif format_ == "html":
            put(assessment.to_html(), to)
        else:
            from ipt_rules.render.text import assessment_text

            show(assessment_text(assessment, brief=brief, steps=steps), to)


app.add_typer(explain, name="explain")
app.add_typer(fhir, name="fhir")
app.add_typer(cohort, name="cohort")
app.command("inventory")(inventory)
app.command("check")(check)
app.command("coverage")(coverage)
app.command("mutate")(mutate)
app.command("diff")(diff)
app.command("suite")(suite)
app.command("course")(_course)
app.command("attributes")(attributes)
app.command("serve")(serve)


@app.command("fields")
def fields_(format_: FormatOption = "text", rules: RulesOption = None) -> None:
    """Print every field that a rule may name."""
    with errors_told(format_):
        ruleset = named_ruleset(rules)
        described = [_described(field, ruleset) for field in fields().values()]
        if format_ == "json":
            put_json(described)
            return
        show(Group(*map(_told, described)))


@app.command()
def sources(format_: FormatOption = "text", rules: RulesOption = None) -> None:
    """Print what the rules rest on, and which of them rest on recall or inference and are to be checked."""
    with errors_told(format_):
        ruleset = named_ruleset(rules)
        report = source_report(ruleset)
        if format_ == "json":
            put_json(report)
        else:
            from ipt_rules.render.sources_text import sources_text

            show(sources_text(report))


@app.command()
def catalogue(
    to: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to write into; it is made when missing.")],
    rules: RulesOption = None,
) -> None:
    """Write every rule in words as Markdown pages, with the worked cases or courses in which it fires and is near.

    Pages of an earlier run that are no longer made are removed; nothing else in the folder is touched.
    """
    with errors_told("text"):
        cases = {name: example(name) for name in examples()}
        courses = {name: example_course(name) for name in example_courses()}
        pages = _catalogue(named_ruleset(rules), cases, courses)
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
    course: Annotated[bool, typer.Option("--course", help="A blank course, for a therapy that has begun.")] = False,
    intake: Annotated[
        Optional[str], typer.Option("--intake", metavar="FILE", help="With --course: the intake that it begins with.")
    ] = None,
    check_in: Annotated[
        Optional[int],
        typer.Option(
            "--check-in",
            metavar="N",
            min=1,
            max=MOST_SESSIONS,
            help="A blank check-in of session N, to append to a course, under check_ins.",
        ),
    ] = None,
) -> None:
    """Print a blank intake, a blank course, or a blank check-in for one, every question as a comment."""
    with errors_told(format_):
        _go_together(assessed_on=assessed_on, course=course or None, intake=intake, check_in=check_in)
        ruleset = named_ruleset(rules)
        day = _day(assessed_on)
        if check_in is not None:
            text, plain = blank_check_in_yaml(ruleset, check_in), blank_check_in_dict(check_in)
        elif course:
            recorded = None if intake is None else intake_in(intake)
            text, plain = blank_course_yaml(ruleset, day, recorded), blank_course_dict(day, recorded)
        else:
            text, plain = blank_yaml(ruleset, day), blank_dict(day)
        if format_ == "json":
            put_json(plain)
        else:
            put(text)


def _go_together(**options: object) -> None:
    """Make sure that what was asked for can be one template."""
    given = {name for name, value in options.items() if value is not None}
    wrong = None
    if "check_in" in given and len(given) > 1:
        wrong = "--check-in", "is a template of its own; leave out the other options"
    elif "intake" in given and "course" not in given:
        wrong = "--intake", "goes with --course"
    elif {"intake", "assessed_on"} <= given:
        wrong = "--assessed-on", "leave it out: the intake says when it was assessed"
    if wrong:
        raise _no_template(*wrong)


def _day(assessed_on: str | None) -> date:
    try:
        return date.today() if assessed_on is None else date.fromisoformat(assessed_on)
    except ValueError:
        raise _no_template("--assessed-on", "write a full date, such as 2026-03-14") from None


def _no_template(option: str, what: str) -> IntakeError:
    return IntakeError("The template cannot be made:", [Problem("", 0, 0, option, what)])


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


def _told(entry: dict[str, Any]) -> Group:
    """Return a field as people read it; a name or place that is wider than the terminal goes on in the next line."""
    origin = f"from {entry['path']}"
    if entry["reads"]:
        origin = f"computed from {', '.join(entry['reads'])}; {entry['source']}".removesuffix("; ")
    below = [one for one in (entry["type"], entry["meaning"], entry["question"], origin) if one]
    return Group(Text(entry["name"], style="bold"), *(Padding(Text(one), (0, 0, 0, 4)) for one in below), Text())
