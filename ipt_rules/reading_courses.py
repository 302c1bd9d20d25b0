"""Reading courses written in YAML or JSON, each mistake with its line and column; and the worked courses that come along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ipt_rules.course import Course
from ipt_rules.reading_intakes import read_record
from ipt_rules.ruleset import shipped_folder

if TYPE_CHECKING:
    from pathlib import Path

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
    return read_record(Course, source, file, heading="The course cannot be reviewed:", no_mapping=_NO_MAPPING)


def example_course(name: str) -> Course:
    """Return a worked course that comes with the library, such as ``example_course("good_outcome")``.

    Raises:
        KeyError: there is no course of that name; the message says which there are.

    """
    if name not in (courses := example_courses()):
        raise KeyError(f"no worked course is called {name!r}; there are: {', '.join(courses)}")
    file = _courses() / f"{name}.yaml"
    return read_course(file.read_text("utf-8"), f"fixtures/courses/{name}.yaml")


def example_courses() -> list[str]:
    """Return the names of the worked courses that come with the library."""
    return sorted(path.stem for path in _courses().glob("*.yaml"))


def _courses() -> Path:
    return shipped_folder("fixtures") / "courses"
