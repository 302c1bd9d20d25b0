"""Derived fields of a therapy up to one session: where it stands, the agreed focus, and the agreed goals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ipt_rules.derived.so_far import choice, flag, number
from ipt_rules.intake import DEATHS
from ipt_rules.sessions import MOST_SESSIONS
from ipt_rules.values import NOT_ARISING, Range, count
from ipt_rules.words import PHASES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ipt_rules.derived.so_far import SoFar
    from ipt_rules.intake import Loss
    from ipt_rules.sessions import AgreedFocus, CheckIn
    from ipt_rules.values import Value

_POINTS: Final = 1000
_ANSWERS: Final = ("does_not_agree", "in_part", "agrees")
"""What a patient says to a focus, from least to most."""


@choice("course.phase", PHASES, "check_ins[].session", "contracts", ordered=True, source="isipt key strategies")
def _phase(so_far: SoFar) -> Value:
    """Phase of the therapy in which the session lies, by the sessions agreed on then; past their number, the final one."""
    return None if so_far.phase is None else PHASES.index(so_far.phase)


@number("course.planned_sessions", 1, MOST_SESSIONS, "sessions", "contracts")
def _planned_sessions(so_far: SoFar) -> Value:
    """Sessions agreed on by then."""
    return so_far.planned


@number("course.sessions_left", -MOST_SESSIONS, MOST_SESSIONS, "sessions", "check_ins[].session", "contracts")
def _sessions_left(so_far: SoFar) -> Value:
    """Sessions that are left of those agreed on, after this one; negative past their number."""
    return None if so_far.planned is None else so_far.planned - so_far.now.session


@number("course.percent_done", 0, 100 * MOST_SESSIONS, "percent", "check_ins[].session", "contracts")
def _percent_done(so_far: SoFar) -> Value:
    """The number of this session, as a share of the sessions agreed on."""
    return None if so_far.planned is None else 100 * so_far.now.session // so_far.planned


@flag("course.ended", "check_ins[].ended")
def _ended(so_far: SoFar) -> Value:
    """The therapy has ended with this session, as far as is recorded."""
    return so_far.now.ended is True


# ── the agreed focus and goals ───────────────────────────────────────────────────────────────────────────────────────────


def _is_on_focus(check_in: CheckIn, foci: Sequence[AgreedFocus]) -> bool | None:
    if check_in.worked_on is None:
        return None
    subjects = {focus.subject for focus in foci}
    if check_in.worked_on in subjects:
        return True
    return None if None in subjects else False


@flag("checkin.on_focus", "check_ins[].worked_on", "foci", source="article the four problem areas")
def _on_focus(so_far: SoFar) -> Value:
    """Most of the session was spent on the agreed focus."""
    return _is_on_focus(so_far.now, so_far.foci) if so_far.foci else NOT_ARISING


@flag("course.has_focus", "foci", source="article the four problem areas")
def _has_focus(so_far: SoFar) -> Value:
    """A focus has been agreed on by then."""
    return bool(so_far.foci)


@flag("course.grief_in_focus", "foci")
def _grief_in_focus(so_far: SoFar) -> Value:
    """The agreed focus, or one of the two, is grief."""
    return any(focus.area == "grief" for focus in so_far.foci) if so_far.foci else NOT_ARISING


@flag("course.isolation_in_focus", "foci")
def _isolation_in_focus(so_far: SoFar) -> Value:
    """The agreed focus, or one of the two, is isolation or sensitivity."""
    return any(focus.area == "deficits" for focus in so_far.foci) if so_far.foci else NOT_ARISING


@choice(
    "course.answer_to_focus",
    _ANSWERS,
    "foci",
    ordered=True,
    source="markowitz2017 pocket guide, p. 39",
)
def _answer_to_focus(so_far: SoFar) -> Value:
    """The patient's answer to the focus that is worked on; with two foci, the answer that agrees less."""
    if not so_far.foci:
        return NOT_ARISING
    told = [_ANSWERS.index(focus.answer) for focus in so_far.foci if focus.answer is not None]
    least = min(told, default=None)
    return least if least == 0 or len(told) == len(so_far.foci) else None


@number("course.lead_of_others", -_POINTS, _POINTS, "points", "check_ins[].new_facts", "intake")
def _lead_of_others(so_far: SoFar) -> Value:
    """Points by which the best other area is ahead of the focus's area, with all that is known by then.

    An area that is held back leads nobody; where the focus's own is, all points of the other are its lead.
    """
    if so_far.standing is None:
        return NOT_ARISING
    own = 0 if so_far.standing.held_back_by else so_far.standing.points
    return so_far.best_other(so_far.now_known) - own


@number("course.others_gained", -_POINTS, _POINTS, "points", "check_ins[].new_facts", "intake")
def _others_gained(so_far: SoFar) -> Value:
    """Points that the best other area has gained since the focus was agreed, by what became known."""
    if so_far.at_choice is None:
        return NOT_ARISING
    return so_far.best_other(so_far.now_known) - so_far.best_other(so_far.at_choice)


@number("course.sessions_since_focus", 0, MOST_SESSIONS, "sessions", "foci", "check_ins[].session")
def _sessions_since_focus(so_far: SoFar) -> Value:
    """Sessions that were held since the one in which the focus was agreed."""
    if not so_far.foci:
        return NOT_ARISING
    return sum(one.session > so_far.foci[0].agreed_in for one in so_far.check_ins)


@number("course.deaths_since_focus", 0, 12, "deaths", "check_ins[].new_facts", ranged=True, source="weissman2018 ch. 8")
def _deaths_since_focus(so_far: SoFar) -> Value:
    """Deaths that became known since the focus was agreed, but for those whose mourning is told to be settled."""
    if so_far.at_choice is None:
        return NOT_ARISING
    then = so_far.at_choice.intake.losses or ()
    now = so_far.now_known.intake.losses or ()
    known = [loss.kind in DEATHS for loss in then] + [False] * len(now)
    return count([False if told else _is_a_death(loss) for told, loss in zip(known, now, strict=False)])


def _is_a_death(loss: Loss) -> bool | None:
    if loss.kind is None:
        return None
    return loss.kind in DEATHS and loss.mourning != "settled"


def _run(so_far: SoFar, holds: Callable[[CheckIn], bool | None]) -> Range:
    """Return of how many sessions, this one the last, something holds without a break: at the least and at the most."""
    truths = [holds(check_in) for check_in in reversed(so_far.check_ins)]
    least = next((number for number, truth in enumerate(truths) if truth is not True), len(truths))
    most = next((number for number, truth in enumerate(truths) if truth is False), len(truths))
    return Range(least, most)


@number(
    "course.off_focus_run",
    0,
    MOST_SESSIONS,
    "sessions",
    "check_ins[].worked_on",
    "check_ins[].unsafe",
    "check_ins[].suicidal_thoughts",
    "foci",
    ranged=True,
    source="article what to expect from the therapist",
)
def _off_focus_run(so_far: SoFar) -> Value:
    """Sessions in a row, this one the last, that were spent on something else than the agreed focus.

    A session in which danger or thoughts of death were told is spent as it has to be, and counts as none of them.
    Where neither was asked about, nobody knows.
    """
    if not so_far.foci:
        return NOT_ARISING
    agreed_in = so_far.foci[0].agreed_in

    def is_off(check_in: CheckIn) -> bool | None:
        if check_in.session <= agreed_in or any((check_in.unsafe, check_in.suicidal_thoughts, check_in.suicide_risk)):
            return False
        on_focus = _is_on_focus(check_in, so_far.foci)
        if on_focus:
            return False
        return None if None in (on_focus, check_in.unsafe, check_in.suicidal_thoughts) else True

    return _run(so_far, is_off)


@number("course.eventless_run", 0, MOST_SESSIONS, "sessions", "check_ins[].events", ranged=True)
def _eventless_run(so_far: SoFar) -> Value:
    """Sessions in a row, this one the last, in which no interpersonal event was told."""
    return _run(so_far, lambda check_in: None if check_in.events is None else not check_in.events)


@number(
    "course.past_run",
    0,
    MOST_SESSIONS,
    "sessions",
    "check_ins[].spent_on",
    ranged=True,
    source="article what IPT is",
)
def _past_run(so_far: SoFar) -> Value:
    """Sessions in a row, this one the last, that were spent mostly on the distant past."""
    return _run(so_far, lambda check_in: None if check_in.spent_on is None else check_in.spent_on == "distant_past")


@number("course.goals", 0, 3, "goals", "goals")
def _goals(so_far: SoFar) -> Value:
    """Goals agreed on by then."""
    return len(so_far.goals)


@number("checkin.goals_reached", 0, 3, "goals", "check_ins[].progress[].moved", "goals", ranged=True)
def _goals_reached(so_far: SoFar) -> Value:
    """Goals that are told to be reached in this session."""
    told = {one.goal: one.moved for one in so_far.now.progress}
    moved = [told.get(f"goals[{number}]") for number in range(len(so_far.goals))]
    return count([None if one is None else one == "reached" for one in moved])


@number("course.goals_unmoved", 0, 3, "goals", "check_ins[].progress[].moved", "goals", ranged=True)
def _goals_unmoved(so_far: SoFar) -> Value:
    """Goals that have been asked about and have never moved forward."""
    moves = [list(_moves(so_far, number)) for number in range(len(so_far.goals))]
    return count([not {"forward", "reached"} & {*moved} if moved else None for moved in moves])


def _moves(so_far: SoFar, number: int) -> Iterator[str]:
    """Yield how a goal has moved, session by session, as far as was told."""
    for check_in in so_far.check_ins:
        yield from (one.moved for one in check_in.progress if one.goal == f"goals[{number}]" and one.moved is not None)
