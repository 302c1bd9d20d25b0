"""The command ``ipt-rules course``: the review of a therapy after a session, or what new facts make of its ranking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Optional

import typer

from ipt_rules.engines import EngineName
from ipt_rules.errors import IntakeError, Problem
from ipt_rules.terminal import (
    CourseArgument,
    NamesOption,
    OutOption,
    RulesOption,
    course_in,
    errors_told,
    named_ruleset,
    not_over,
    put,
    put_json,
    show,
)

if TYPE_CHECKING:
    from pathlib import Path

    from ipt_rules.course import Course
    from ipt_rules.explain import Reassessment
    from ipt_rules.review import Review


def course(
    file: CourseArgument,
    session: Annotated[
        Optional[int],
        typer.Option("--session", metavar="N", help="Review as after this session; left out, after the last one."),
    ] = None,
    format_: Annotated[
        Literal["text", "json", "html", "svg"],
        typer.Option("--format", help="For people in a terminal, for programs, as one page, or the drawing alone."),
    ] = "text",
    to: OutOption = None,
    engine: Annotated[EngineName, typer.Option("--engine", help="What evaluates the rules.")] = "auto",
    rules: RulesOption = None,
    reassess: Annotated[
        bool, typer.Option("--reassess", help="What new facts make of the first ranking, instead; text, JSON or page.")
    ] = False,
    steps: Annotated[bool, typer.Option("--steps", help="Text with the steps and sources of each strategy.")] = False,
    names: NamesOption = None,
) -> None:
    """Print where a therapy stands after a session, what that means, and the agenda for the next one."""
    with errors_told(format_):
        if reassess and format_ == "svg":
            raise _refused("--format", "a reassessment has no drawing; it is told as text, json or html")
        ruleset = named_ruleset(rules)
        not_over(file, to, "course")
        recorded = course_in(file)
        _must_be_held(recorded, session)
        named = format_ != "json" if names is None else names
        if reassess:
            _reassessment(recorded.reassess(session, ruleset, engine=engine, names=named), format_, to)
        else:
            _review(recorded.review(session, ruleset, engine=engine), format_, to, names=named, steps=steps)


def _must_be_held(course: Course, session: int | None) -> None:
    """Make sure that there is a check-in of a session that was asked for."""
    held = [check_in.session for check_in in course.check_ins]
    if session is not None and session not in held:
        there = ", ".join(map(str, held)) or "none"
        raise _refused("--session", f"there is no check-in of session {session}; there are check-ins of: {there}")


def _refused(option: str, what: str) -> IntakeError:
    return IntakeError("The course cannot be reviewed:", [Problem("", 0, 0, option, what)])


def _review(review: Review, format_: str, to: Path | None, *, names: bool, steps: bool) -> None:
    if format_ == "json":
        put_json(review.to_dict(names=names), to)
    elif format_ == "html":
        put(review.to_html(names=names), to)
    elif format_ == "svg":
        put(review.to_svg(names=names) + "\n", to)
    else:
        from ipt_rules.render.course_text import review_text

        show(review_text(review, names=names, steps=steps), to)


def _reassessment(found: Reassessment, format_: str, to: Path | None) -> None:
    if format_ == "json":
        put_json(found.to_dict(), to)
    elif format_ == "html":
        put(found.to_html(), to)
    else:
        from ipt_rules.render.explain_text import explanation_text

        show(explanation_text(found), to)
