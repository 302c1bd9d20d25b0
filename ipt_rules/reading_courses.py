"""Reading courses written in YAML or JSON, each mistake with its line and column; and the worked courses that come along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeGuard

from ipt_rules.course import Course
from ipt_rules.documents import DocumentReader, MappingNode, plain
from ipt_rules.errors import IntakeError, Problem
from ipt_rules.intake import Intake
from ipt_rules.reading_intakes import read_record, worked, worked_names

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ipt_rules.documents import ValueNode

_HEADING: Final = "The course cannot be reviewed:"
_EMPTY: Final = "`intake` is empty; indent the lines of the intake under it"
_OF_AN_INTAKE: Final = frozenset(Intake.model_fields) - frozenset(Course.model_fields)
"""The keys that only an intake has."""
_NO_MAPPING: Final = (
    "a course is a mapping of intake, contracts, foci, goals and check_ins; see `ipt-rules template --course`"
)


def read_course(source: str | Path, file: str = "") -> Course:
    """Return the course written in a YAML or JSON text.

    Args:
        source: the text, or the path of a file that holds it.
        file: what to call the text in problems; a path is called as it is written.

    Raises:
        IntakeError: with everything that is wrong, each with its line, column and place.
        OSError: the file cannot be read.
        UnicodeDecodeError: the file is no UTF-8 text.

    """
    try:
        return read_record(Course, source, file, heading=_HEADING, no_mapping=_NO_MAPPING)
    except IntakeError as error:
        problems = error.problems
    root = DocumentReader(source if isinstance(source, str) else source.read_text("utf-8"), quote=False).read()
    raise IntakeError(_HEADING, _told_once(problems, root) if _lies_beside(root) else problems)


def _lies_beside(root: ValueNode | None) -> TypeGuard[MappingNode]:
    """Return whether the lines of the intake stand beside an empty ``intake``: pasted, and not indented."""
    if not isinstance(root, MappingNode) or plain(root.items.get("intake", root)) is not None:
        return False
    return not _OF_AN_INTAKE.isdisjoint(root.keys)


def _told_once(problems: Iterable[Problem], root: MappingNode) -> list[Problem]:
    """Return what is wrong, with one problem for all the lines of the intake that are not where they belong."""
    intake, astray = root.keys["intake"], {"intake", "schema", *_OF_AN_INTAKE}
    lines = {key.line for name, key in root.keys.items() if name in astray}
    file = next(iter(problems)).file
    others = [one for one in problems if one.line not in lines]
    return sorted([Problem(file, intake.line, intake.column, "intake", _EMPTY), *others], key=lambda one: one.line)


def example_course(name: str) -> Course:
    """Return a worked course that comes with the library, such as ``example_course("good_outcome")``.

    Raises:
        KeyError: there is no course of that name; the message says which there are.

    """
    return read_course(*worked(name, "courses", "course"))


def example_courses() -> list[str]:
    """Return the names of the worked courses that come with the library."""
    return worked_names("courses")
