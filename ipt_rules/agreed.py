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
    """Return what is worked on in a session: the foci that were agreed last, one or two; none before the first.

    An answer that the patient gave in a later session is left out.
    """
    by_then = [focus for focus in course.foci if focus.agreed_in <= session]
    return tuple(answered_by(session, focus) for focus in by_then if focus.agreed_in == by_then[-1].agreed_in)


def answered_by(session: int, focus: AgreedFocus) -> AgreedFocus:
    """Return a focus without an answer that the patient gave later."""
    later = focus.answered_in is not None and focus.answered_in > session
    return focus.model_copy(update={"answer": None, "answered_in": None}) if later else focus


def done_before(course: Course, focus: AgreedFocus) -> int:
    """Return the last session in which what was done was not done for a focus: that in which it took the place of another.

    0 where it is the first focus of the therapy; a focus that was agreed on again counts from the first time.
    """
    same = [one.agreed_in for one in course.foci if (one.area, one.place) == (focus.area, focus.place)]
    first = min(same, default=focus.agreed_in)
    return 0 if not course.foci or first == course.foci[0].agreed_in else first


def dispute_judged_in(course: Course, session: int) -> str | None:
    """Return the place of the dispute of which a session records the stage: the one in focus in it, else in the one before."""
    return dispute_in_focus(foci_at(course, session)) or dispute_in_focus(foci_at(course, session - 1))


def dispute_in_focus(foci: Sequence[AgreedFocus]) -> str | None:
    """Return the place of the dispute among some foci, the first where there are two; None where there is none."""
    return next((focus.place for focus in foci if focus.place.startswith("disputes[")), None)
