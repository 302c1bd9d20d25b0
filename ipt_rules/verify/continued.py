"""Courses continued at random: another contract, another focus, other answers in a session, or a session more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipt_rules.course import Course
from ipt_rules.drawn.courses import agreed_also, draw_check_in, draw_contract, draw_foci, draw_goal
from ipt_rules.errors import IntakeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipt_rules.drawn.intakes import Chooser
    from ipt_rules.facts import Row
    from ipt_rules.intake import Intake


def continued(choose: Chooser, case: Intake | Course, row: Row) -> Iterator[Course]:
    """Yield some courses that begin like another one, up to the session of a row or to an earlier one."""
    if not isinstance(case, Course):
        return
    position = int(row.place.partition("[")[2].partition("]")[0])
    sessions = [one.session for one in case.check_ins]
    for kept in (sessions[: position + 1], sessions[:position], sessions[: choose.number(0, position)]):
        course = case.until(kept[-1] if kept else 0)
        made = _continued(choose, course)
        if made is not None:
            yield made


def _continued(choose: Chooser, course: Course) -> Course | None:
    """Return a course with one to three sessions more; None where the therapy has ended."""
    try:
        for _ in range(choose.number(1, 3)):
            if choose.chance(30):
                course = agreed_also(course, contract=draw_contract(choose, course))
            if choose.chance(30):
                course = agreed_also(course, foci=draw_foci(choose, course))
            if choose.chance(20):
                course = agreed_also(course, goal=draw_goal(course))
            course = course.with_check_in(draw_check_in(choose, course))
    except IntakeError:
        return None
    return course
