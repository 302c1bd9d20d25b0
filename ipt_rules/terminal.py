"""What every command does alike: options, reading files, telling errors, and printing or writing what was made."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Optional, TypeAlias

import typer
from rich.console import Console, RenderableType

from ipt_rules.documents import MAX_CHARACTERS, DocumentReader, MappingNode
from ipt_rules.errors import EvaluationError, IntakeError, IptRulesError, Problem, RulesetError
from ipt_rules.folders import below
from ipt_rules.reading_courses import read_course
from ipt_rules.reading_intakes import read_intake
from ipt_rules.ruleset import load_ruleset, shipped_folder, variants

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipt_rules.course import Course
    from ipt_rules.intake import Intake
    from ipt_rules.ruleset import Ruleset

_WIDTH_OF_A_FILE = 110

Format: TypeAlias = Literal["text", "json"]
FormatOption = Annotated[Format, typer.Option("--format", help="For people, or for programs.")]
FileArgument = Annotated[str, typer.Argument(metavar="FILE", help="An intake in YAML or JSON; - for standard input.")]
CourseArgument = Annotated[str, typer.Argument(metavar="FILE", help="A course in YAML or JSON; - for standard input.")]
RulesOption = Annotated[
    Optional[Path],
    typer.Option(
        "--rules",
        metavar="DIR",
        help="A folder with a ruleset.yaml, or a shipped variant, instead of the shipped rules.",
    ),
]
CasesArgument = Annotated[
    Optional[Path],
    typer.Argument(
        metavar="DIR", help="A folder of intakes and courses in YAML or JSON; those that come along when left out."
    ),
]
OutOption = Annotated[
    Optional[Path], typer.Option("-o", "--output", metavar="FILE", help="Write into this file instead of printing.")
]
NamesOption = Annotated[
    Optional[bool],
    typer.Option("--names/--no-names", help="Call people by name; left out, all but JSON does."),
]


def named_ruleset(named: Path | None) -> Ruleset:
    """Return the rule set in a folder, the variant of that name, or the shipped one.

    Raises:
        RulesetError: there is none, or it cannot be read.

    """
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


def not_over(file: str, to: Path | None, read: str = "intake") -> None:
    """Make sure that what is written does not take the place of the intake, or the course, that is read.

    Raises:
        IntakeError: both are the same file.

    """
    if to is not None and file != "-" and to.exists() and Path(file).exists() and to.samefile(file):
        problem = Problem("", 0, 0, "--output", f"is the {read} itself; name another file")
        raise IntakeError("Nothing was written:", [problem])


def intake_in(file: str) -> Intake:
    """Return the intake in a file, or on standard input.

    Raises:
        IntakeError: it cannot be read, with everything that is wrong; or it is a course.

    """
    text, name = _text(file, "intake")
    try:
        return read_intake(text, name)
    except IntakeError:
        if "intake" in _parts(text):
            raise _unreadable(name, "holds a course, not an intake; use `ipt-rules course`", "intake") from None
        raise


def course_in(file: str) -> Course:
    """Return the course in a file, or on standard input.

    Raises:
        IntakeError: it cannot be read, with everything that is wrong; or it is an intake.

    """
    text, name = _text(file, "course")
    try:
        return read_course(text, name)
    except IntakeError:
        there = _parts(text)
        if "assessed_on" in there and not there & {"intake", "check_ins"}:
            raise _unreadable(name, "holds an intake, not a course; use `ipt-rules assess`", "course") from None
        raise


def json_in(file: str) -> Any:
    """Return what is written in a JSON file, or on standard input.

    Raises:
        IntakeError: it cannot be read.

    """
    text, name = _text(file, "resource")
    if len(text) > MAX_CHARACTERS:
        raise _unreadable(name, f"is longer than the {MAX_CHARACTERS} characters that are read", "resource")
    line = column = 0
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        line, column, what = error.lineno, error.colno, "this is no well-formed JSON"
    except ValueError:
        what = "holds a number that is too long to be read"
    except RecursionError:
        what = "is nested too deeply"
    raise IntakeError("The resource cannot be read:", [Problem(name, line, column, "", what)])


def holds_a_course(file: str) -> bool:
    """Return whether a file holds a course, or something else.

    Raises:
        IntakeError: it cannot be read.

    """
    return bool(_parts(_text(file, "course")[0]) & {"intake", "check_ins"})


def cases_in(folder: Path | None) -> tuple[list[Intake], list[Course]]:
    """Return the intakes and the courses of a folder, files of expectations passed over; without a folder those that come along.

    Raises:
        IntakeError: there are none, one of them cannot be read, or it is a folder of rules.

    """
    if folder is not None and _exists(folder / "ruleset.yaml"):
        what = "is a rule set; put --rules before it, and name a folder of intakes"
        raise IntakeError("Nothing was read:", [Problem(str(folder), 0, 0, "", what)])
    fixtures = shipped_folder("fixtures")
    folders = [folder] if folder else [fixtures / name for name in ("intakes", "courses", "suites")]
    files = [file for one in folders for file in _files_in(one)]
    courses = [file for file in files if holds_a_course(file)]
    return [intake_in(file) for file in files if file not in courses], [course_in(file) for file in courses]


def intakes_in(folder: Path) -> dict[str, Intake]:
    """Return the intakes of a folder by their files; courses and files of expectations are passed over.

    Raises:
        IntakeError: there are no files, or one of them cannot be read.

    """
    return {file: intake_in(file) for file in _files_in(folder) if not holds_a_course(file)}


def _files_in(folder: Path) -> list[str]:
    inside = below(folder)
    found = [str(file) for file in inside.files if file.suffix in (".yaml", ".yml", ".json")]
    found = [file for file in found if not Path(file).stem.endswith(".expected")]
    problems = [Problem(str(unread), 0, 0, "", "this folder cannot be read") for unread in inside.unread]
    if not found and not problems:
        problems.append(Problem(str(folder), 0, 0, "", _holds_nothing(folder)))
    if problems:
        raise IntakeError("Nothing was read:", problems)
    return found


def _holds_nothing(folder: Path) -> str:
    if folder.is_file():
        return "is a file; name the folder that it lies in"
    return "holds no .yaml, .yml or .json file" if folder.is_dir() else "there is no such folder"


def _parts(text: str) -> frozenset[str]:
    """Return the outermost keys of a text, where it has any."""
    root = DocumentReader(text, quote=False).read()
    return frozenset(root.keys) if isinstance(root, MappingNode) else frozenset()


def _text(file: str, wanted: str) -> tuple[str, str]:
    name = "standard input" if file == "-" else file
    try:
        if file == "-" and sys.stdin is None:
            raise _unreadable(name, "is closed", wanted)
        with contextlib.nullcontext(sys.stdin.buffer) if file == "-" else Path(file).open("rb") as source:
            text = source.read(4 * MAX_CHARACTERS + 1).decode("utf-8")
    except UnicodeDecodeError:
        raise _unreadable(name, "is no UTF-8 text", wanted) from None
    except OSError as error:
        raise _unreadable(name, f"cannot be read: {error.strerror}", wanted) from None
    return text, name


def _unreadable(name: str, what: str, wanted: str) -> IntakeError:
    return IntakeError(f"The {wanted} cannot be read:", [Problem(name, 0, 0, "", what)])


@contextlib.contextmanager
def errors_told(format_: str) -> Iterator[None]:
    """Tell errors on standard error, and end with 2 for bad input and 3 where the rules could not be evaluated."""
    try:
        yield
    except IptRulesError as error:
        told = json.dumps(error.to_dict(), indent=2, ensure_ascii=False) if format_ == "json" else str(error)
        typer.echo(told, err=True)
        raise typer.Exit(3 if isinstance(error, EvaluationError) else 2) from None


def show(page: RenderableType, to: Path | None = None) -> None:
    """Print for people: as wide as the terminal, or as ``COLUMNS`` says; into a file without blanks at the ends of lines."""
    console = Console(highlight=False)
    if to is None and console.is_terminal:
        console.print(page)
        return
    width = None if to is None and os.environ.get("COLUMNS", "0") not in ("", "0") else _WIDTH_OF_A_FILE
    with (plain := Console(highlight=False, width=width, color_system=None)).capture() as captured:
        plain.print(page)
    put("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()), to)


def numbered(number: int, what: str) -> str:
    """Return a number of things in words: one thing, or so many things."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def put_json(value: Any, to: Path | None = None) -> None:
    """Print plain values as JSON, or write them into a file."""
    put(json.dumps(value, indent=2, ensure_ascii=False) + "\n", to)


def put(text: str, to: Path | None = None) -> None:
    """Print a text, or write it into a file; ``cli`` tells where that cannot be done."""
    if to is None:
        sys.stdout.write(text)
    else:
        to.write_text(text, "utf-8")
