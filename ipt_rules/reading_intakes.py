"""Reading intakes written in YAML or JSON, each mistake with its line and column; and the worked cases that come along."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ipt_rules.documents import DocumentReader, MappingNode, below, place, plain
from ipt_rules.errors import IntakeError, Problem
from ipt_rules.intake import Intake
from ipt_rules.malformed import UNKNOWN_KEY, unknown_keys
from ipt_rules.places import parse, written
from ipt_rules.ruleset import shipped_folder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ipt_rules.documents import ValueNode
    from ipt_rules.records import Record

R = TypeVar("R", bound="Record")


def read_intake(source: str | Path, file: str = "") -> Intake:
    """Return the intake written in a YAML or JSON text.

    Args:
        source: the text, or the path of a file that holds it.
        file: what to call the text in problems; a path is called as it is written.

    Raises:
        IntakeError: with everything that is wrong, each with its line, column and place.
        OSError: the file cannot be read.
        UnicodeDecodeError: the file is no UTF-8 text.

    """
    return read_record(Intake, source, file, heading="The intake cannot be assessed:", no_mapping=_NO_MAPPING)


_NO_MAPPING = "an intake is a mapping of parts (episode, losses, …) to answers; see `ipt-rules template`"
_NEITHER = "read_{} takes a text or a pathlib.Path; for a mapping there is {}.model_validate"
_FILE_NAME = re.compile(r"[^\n]*\.(ya?ml|json)")
_A_FILE_NAME = "this is the name of a file, not what it holds; hand in a pathlib.Path"


def read_record(record: type[R], source: str | Path, file: str, *, heading: str, no_mapping: str) -> R:
    """Return the record written in a YAML or JSON text, such as an intake or a course.

    Args:
        record: what is read.
        source: the text, or the path of a file that holds it.
        file: what to call the text in problems; a path is called as it is written.
        heading: what the error says first.
        no_mapping: what to say of a text that holds something else.

    Raises:
        IntakeError: with everything that is wrong, each with its line, column and place.
        OSError: the file cannot be read.
        UnicodeDecodeError: the file is no UTF-8 text.

    """
    if isinstance(source, Path):
        text = source.read_text("utf-8")
        return read_record(record, text, file or str(source), heading=heading, no_mapping=no_mapping)
    if not isinstance(source, str):
        raise TypeError(_NEITHER.format(record.__name__.lower(), record.__name__))
    reader = DocumentReader(_without_tabs(source), file, quote=False)
    root = reader.read()
    problems = list(reader.problems)
    read: R | None = None
    if isinstance(root, MappingNode):
        try:
            read = record.model_validate(plain(root))
        except IntakeError as error:
            told = {(problem.line, problem.column) for problem in problems}
            found = _placed(record, error.problems, file, root)
            problems += [problem for problem in found if _value_place(problem, root) not in told]
    elif not problems:
        is_a_name = _FILE_NAME.fullmatch(source.strip()) is not None
        problems = [Problem(file, 1, 1, "", _A_FILE_NAME if is_a_name else no_mapping)]
    if problems or read is None:
        raise IntakeError(heading, sorted(problems, key=lambda problem: (problem.line, problem.column)))
    return read


def _without_tabs(text: str) -> str:
    """Return JSON with blanks for the tabs that indent it; YAML, which knows no tabs there, as it is."""
    if not text.lstrip().startswith("{"):
        return text
    return re.sub(r"^[ \t]+", lambda blanks: " " * len(blanks[0]), text, flags=re.MULTILINE)


def _placed(record: type[Record], problems: Iterable[Problem], file: str, root: ValueNode | None) -> list[Problem]:
    """Return the problems with the lines and columns at which they stand; each unknown key with its own."""
    found = []
    with_unknown_keys = set()
    for problem in problems:
        steps = parse(problem.path) if problem.path else ()
        holder = below(root, steps)
        if problem.what.startswith(UNKNOWN_KEY) and isinstance(holder, MappingNode):
            with_unknown_keys.add(steps)
        else:
            found.append(Problem(file, *place(root, steps), problem.path, problem.what))
    for steps in with_unknown_keys:
        holder = below(root, steps)
        assert isinstance(holder, MappingNode)
        for key, what in unknown_keys(record, steps, holder.keys).items():
            found.append(Problem(file, holder.keys[key].line, holder.keys[key].column, written(steps), what))
    return found


def _value_place(problem: Problem, root: ValueNode | None) -> tuple[int, int]:
    node = below(root, parse(problem.path)) if problem.path else None
    return (node.line, node.column) if node is not None else (0, 0)


def example(name: str) -> Intake:
    """Return a worked case that comes with the library, such as ``example("grief")``.

    Raises:
        KeyError: there is no case of that name; the message says which there are.

    """
    return read_intake(*worked(name, "intakes", "case"))


def examples() -> list[str]:
    """Return the names of the worked cases that come with the library."""
    return worked_names("intakes")


def worked(name: str, folder: str, what: str) -> tuple[str, str]:
    """Return the text of something worked out that comes with the library, and what its file is called.

    Args:
        name: its name.
        folder: where it stands under ``fixtures``.
        what: what such a thing is called in the error.

    Raises:
        KeyError: there is none of that name; the message says which there are.

    """
    if name not in (names := worked_names(folder)):
        raise KeyError(f"no worked {what} is called {name!r}; there are: {', '.join(names)}")
    file = f"{folder}/{name}.yaml"
    return (shipped_folder("fixtures") / file).read_text("utf-8"), f"fixtures/{file}"


def worked_names(folder: str) -> list[str]:
    """Return the names of what is worked out in a folder of ``fixtures``."""
    return sorted(path.stem for path in (shipped_folder("fixtures") / folder).glob("*.yaml"))
