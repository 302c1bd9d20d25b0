"""The command ``ipt-rules course``, as a therapist at a terminal and as a program see it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest
from typer.testing import CliRunner

from ipt_rules import read_course
from ipt_rules.commands import app
from ipt_rules.ruleset import shipped_folder
from tests.helpers import MARK
from tests.made_courses import full, hostile, not_begun

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

    from ipt_rules import Course

WORKED: Final = str(shipped_folder("fixtures") / "courses" / "good_outcome.yaml")
INTAKE: Final = str(shipped_folder("fixtures") / "intakes" / "grief.yaml")
FAST: Final = ("--engine", "compiled")


def run(*words: str, given: str | None = None) -> Result:
    """Run the command in this process."""
    return CliRunner(env={"COLUMNS": "120", "TERM": "dumb"}).invoke(app, list(words), input=given)


def reviewed(course: Course, *words: str) -> str:
    """Return what the command prints of a course that it reads from standard input."""
    done = run("course", "-", *FAST, *words, given=json.dumps(course.to_dict()))
    assert done.exit_code == 0, done.output
    return done.stdout


def refused(*words: str, given: str | None = None) -> list[str]:
    """Return the lines with which the command refuses."""
    done = run("course", *words, given=given)
    assert done.exit_code == 2, done.output
    assert done.stdout == ""
    return done.stderr.splitlines()


def test_json_is_what_the_library_says() -> None:
    """Whatever engine runs by default, programs get ``to_dict``, without names."""
    course = full()
    told: dict[str, Any] = json.loads(reviewed(course, "--format", "json"))
    assert told == course.review(engine="compiled").to_dict()
    by_default = run("course", "-", "--format", "json", given=json.dumps(course.to_dict()))
    assert json.loads(by_default.stdout)["advice"] == told["advice"]


def test_people_get_text_a_page_or_the_drawing() -> None:
    """Each is that of the library, with names."""
    review = full().review(engine="compiled")
    assert reviewed(full()).splitlines()[0] == "Session 8 of 16, middle phase (2026-05-05)"
    assert reviewed(full(), "--format", "html") == review.to_html()
    assert reviewed(full(), "--format", "svg") == review.to_svg(names=True) + "\n"


def test_names_are_left_out_on_demand_and_in_json() -> None:
    """All but JSON calls people by name unless told not to; JSON only when told to."""
    course = hostile(MARK)
    for format_ in ("text", "html", "svg"):
        assert MARK in reviewed(course, "--format", format_)
        assert MARK not in reviewed(course, "--format", format_, "--no-names")
    assert MARK not in reviewed(course, "--format", "json")
    assert MARK in reviewed(course, "--format", "json", "--names")


def test_an_earlier_session_is_reviewed_as_it_was() -> None:
    """What came later plays no part."""
    told = json.loads(reviewed(full(), "--session", "5", "--format", "json"))
    assert told == full().review(5, engine="compiled").to_dict()
    assert told["session"] == 5


def test_a_session_without_a_check_in_is_refused() -> None:
    """The message names those that there are."""
    given = json.dumps(full().to_dict())
    assert refused("-", "--session", "3", given=given) == [
        "The course cannot be reviewed:",
        "  --session: there is no check-in of session 3; there are check-ins of: 1, 2, 4, 5, 6, 7, 8",
    ]
    lines = refused("-", "--session", "1", given=json.dumps(not_begun().to_dict()))
    assert lines[1] == "  --session: there is no check-in of session 1; there are check-ins of: none"


def test_a_reassessment_is_told_instead() -> None:
    """With names for people, without them for programs; it has no drawing."""
    worked = str(shipped_folder("fixtures") / "courses" / "new_facts.yaml")
    done = run("course", worked, "--reassess", *FAST)
    assert done.exit_code == 0
    assert done.stdout.startswith("Reassessment\n")
    assert "Session 5: added: the death of Tomas" in done.stdout
    told = json.loads(run("course", worked, "--reassess", "--format", "json", *FAST).stdout)
    with open(worked, encoding="utf-8") as file:
        assert told == read_course(file.read()).reassess(engine="compiled").to_dict()
    assert "Tomas" not in json.dumps(told)
    assert refused(worked, "--reassess", "--format", "svg") == [
        "The course cannot be reviewed:",
        "  --format: a reassessment has no drawing; it is told as text, json or html",
    ]
    page = run("course", worked, "--reassess", "--format", "html", *FAST)
    assert page.stdout.startswith("<!doctype html>")


def test_steps_are_added_to_the_text() -> None:
    """With ``--steps`` each strategy of the agenda has its steps and sources."""
    step = full().review(engine="compiled").to_dict()["agenda"]["strategies"][0]["steps"][0]
    assert step not in " ".join(reviewed(full()).split())
    assert step in " ".join(reviewed(full(), "--steps", "--no-names").split())


def test_what_is_made_can_be_written_into_a_file(tmp_path: Path) -> None:
    """It says the same there; the course itself is never written over."""
    page = tmp_path / "review.html"
    assert run("course", WORKED, "--format", "html", "-o", str(page), *FAST).exit_code == 0
    assert page.read_text("utf-8").startswith("<!doctype html>")
    course = tmp_path / "course.json"
    course.write_text(json.dumps(full().to_dict()), "utf-8")
    assert refused(str(course), "-o", str(course)) == [
        "Nothing was written:",
        "  --output: is the course itself; name another file",
    ]
    assert json.loads(course.read_text("utf-8")) == full().to_dict()


@pytest.mark.parametrize("command", ["assess", "inventory"])
def test_a_course_is_no_intake(command: str) -> None:
    """Given where an intake belongs, the error names the command that reads it."""
    done = run(command, WORKED)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "The intake cannot be read:",
        f"  {WORKED}: holds a course, not an intake; use `ipt-rules course`",
    ]


def test_an_intake_is_no_course() -> None:
    """Given where a course belongs, the error names the command that reads it."""
    assert refused(INTAKE) == [
        "The course cannot be read:",
        f"  {INTAKE}: holds an intake, not a course; use `ipt-rules assess`",
    ]


def test_a_malformed_course_is_told_by_place() -> None:
    """All that is wrong is named with its place, and no value of it; as JSON where that was asked for."""
    plain = full().to_dict()
    plain["check_ins"][0]["mood_before"] = 11
    plain["goals"][0]["text"] = ["secret"]
    told = refused("-", given=json.dumps(plain))
    assert told[0] == "The course cannot be reviewed:"
    assert any("check_ins[0].mood_before" in line for line in told)
    assert any("goals[0].text" in line for line in told)
    assert "secret" not in "".join(told)
    problems = json.loads("\n".join(refused("-", "--format", "json", given=json.dumps(plain))))["problems"]
    assert {problem["path"] for problem in problems} == {"check_ins[0].mood_before", "goals[0].text"}


def test_a_file_that_cannot_be_read_is_no_course() -> None:
    """The message speaks of the course."""
    assert refused("nowhere.yaml") == [
        "The course cannot be read:",
        "  nowhere.yaml: cannot be read: No such file or directory",
    ]


def test_other_rules_review_a_course_too() -> None:
    """A shipped variant is named as for the other commands; one that is not there is an error."""
    lines = refused(WORKED, "--rules", "nothing-like-that")
    assert "there is no such folder, and no such variant" in lines[1]
