"""What was agreed in a therapy by some session: the contract in force, and the foci."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipt_rules.course import Course
    from ipt_rules.sessions import AgreedFocus


def sessions_at(course: Course, session: int) -> int | None:
    """Return how many sessions the contract in force in a session has.

    Before the first contract these are the sessions that the intake says were agreed; None where it does not.
    """
    in_force = [one.sessions for one in course.contracts if one.agreed_in <= session]
    return in_force[-1] if in_force else course.intake.therapy.planned_sessions


def foci_at(course: Course, session: int) -> tuple[AgreedFocus, ...]:
    """Return what is worked on in a session: the foci that were agreed last, one or two; none before the first."""
    by_then = [focus for focus in course.foci if focus.agreed_in <= session]
    return tuple(focus for focus in by_then if focus.agreed_in == by_then[-1].agreed_in)


def disputes_in_focus(foci: Sequence[AgreedFocus]) -> list[str]:
    """Return the places of the disputes among some foci."""
    return [focus.subject for focus in foci if (focus.subject or "").startswith("disputes[") and focus.subject]
