"""Derived fields of a session and of the therapy up to it. They look back only: no later session changes them.

Each is computed from the course up to one check-in, that check-in the last one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ipt_rules.derived.registry import STAGE_WORDS, field
from ipt_rules.intake import DEATHS, Episode
from ipt_rules.records import NO_SUBJECT, NOBODY
from ipt_rules.sessions import MOST_EVENTS, MOST_SESSIONS, SCALES
from ipt_rules.values import NOT_ARISING, Range, count
from ipt_rules.words import AREAS, LEVELS, PHASES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ipt_rules.intake import Intake
    from ipt_rules.ranking import Standing
    from ipt_rules.ruleset.scoring import Scale, Scoring
    from ipt_rules.sessions import AgreedFocus, AgreedGoal, CheckIn, InterpersonalEvent
    from ipt_rules.values import Value

MOST_WEEKS: Final = 520
_POINTS: Final = 1000
_SCALES: Final = tuple(f"check_ins[].{name}" for name in SCALES)
_SCALES_READ: Final = (*_SCALES, *(f"episode.{name}" for name in SCALES if name in Episode.model_fields))
_SYMPTOMS: Final = ("worse", "unchanged", "better")


@dataclass(frozen=True, slots=True)
class SoFar:
    """The therapy up to one session that was held, as far as rules may know it.

    Attributes:
        check_ins: what was recorded of each session, this one last.
        intake: the intake with all that became known by now.
        at_choice: the intake as it was when the focus was agreed, and the ranking then; None while there is none.
        at_first: the intake as it was at the beginning.
        planned: the sessions agreed on by now, or None.
        phase: the phase of this session, or None where nobody can say.
        foci: what is agreed to work on; none while nothing is.
        goals: the goals agreed by now.
        ranking: the areas as the intake now ranks them.
        scoring: of the rule set.
        event: of an event's row, the event.

    """

    check_ins: tuple[CheckIn, ...]
    intake: Intake
    at_choice: tuple[Intake, Sequence[Standing]] | None
    at_first: Intake
    planned: int | None
    phase: str | None
    foci: tuple[AgreedFocus, ...]
    goals: tuple[AgreedGoal, ...]
    ranking: Sequence[Standing]
    scoring: Scoring
    event: InterpersonalEvent | None = None

    @property
    def now(self) -> CheckIn:
        """What was recorded of the last session."""
        return self.check_ins[-1]

    @property
    def before(self) -> CheckIn | None:
        """The session held before this one."""
        return self.check_ins[-2] if len(self.check_ins) > 1 else None

    @property
    def standing(self) -> Standing | None:
        """Where the area of the agreed focus stands."""
        return next((one for one in self.ranking if self.foci and one.area == self.foci[0].area), None)

    def best_other(self, ranking: Sequence[Standing]) -> int:
        """Return the points of the best area that is neither in focus nor held back."""
        areas = {focus.area for focus in self.foci}
        return max((one.points for one in ranking if one.area not in areas and not one.held_back_by), default=0)


def _flag(name: str, *reads: str, **more: Any) -> Callable[[Any], Any]:
    return field(name, type="flag", reads=reads, **more)


def _number(name: str, low: int, high: int, unit: str, *reads: str, **more: Any) -> Callable[[Any], Any]:
    return field(name, type="number", bounds=(low, high), unit=unit, reads=reads, **more)


def _choice(name: str, options: tuple[str, ...], *reads: str, **more: Any) -> Callable[[Any], Any]:
    return field(name, type="choice", options=options, reads=reads, **more)


# ── this session, beside the one before ──────────────────────────────────────────────────────────────────────────────────


@_number("checkin.mood_change", -10, 10, "points", "check_ins[].mood_before")
def _mood_change(so_far: SoFar) -> Value:
    """Mood at the beginning of this session, less that at the beginning of the session before."""
    if so_far.before is None:
        return NOT_ARISING
    moods = so_far.now.mood_before, so_far.before.mood_before
    return None if moods[0] is None or moods[1] is None else moods[0] - moods[1]


@_number("checkin.weeks_since_last", 0, MOST_WEEKS, "weeks", "check_ins[].day")
def _weeks_since_last(so_far: SoFar) -> Value:
    """Whole weeks since the session before."""
    if so_far.before is None:
        return NOT_ARISING
    days = so_far.now.day, so_far.before.day
    if days[0] is None or days[1] is None:
        return None
    return min((days[0] - days[1]).days // 7, MOST_WEEKS)


@_number("checkin.events", 0, MOST_EVENTS, "events", "check_ins[].events")
def _events(so_far: SoFar) -> Value:
    """Interpersonal events told since the session before."""
    return None if so_far.now.events is None else len(so_far.now.events)


def _with_effect(so_far: SoFar, effect: str) -> Value:
    if so_far.now.events is None:
        return None
    return count([None if one.effect is None else one.effect == effect for one in so_far.now.events])


@_number(
    "checkin.hard_events", 0, MOST_EVENTS, "events", "check_ins[].events[].effect", "check_ins[].events", ranged=True
)
def _hard_events(so_far: SoFar) -> Value:
    """Events since the session before after which the patient felt worse."""
    return _with_effect(so_far, "worse")


@_number(
    "checkin.good_events", 0, MOST_EVENTS, "events", "check_ins[].events[].effect", "check_ins[].events", ranged=True
)
def _good_events(so_far: SoFar) -> Value:
    """Events since the session before after which the patient felt better."""
    return _with_effect(so_far, "better")


def _is_on_focus(check_in: CheckIn, foci: Sequence[AgreedFocus]) -> bool | None:
    if check_in.worked_on is None:
        return None
    return check_in.worked_on in {focus.subject or NO_SUBJECT for focus in foci}


@_flag("checkin.on_focus", "check_ins[].worked_on", "foci", source="article the four problem areas")
def _on_focus(so_far: SoFar) -> Value:
    """Most of the session was spent on the agreed focus."""
    return _is_on_focus(so_far.now, so_far.foci) if so_far.foci else NOT_ARISING


# ── an event ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@_flag("event.with_person_in_focus", "check_ins[].events[].person", "foci")
def _with_person_in_focus(so_far: SoFar) -> Value:
    """The event was with the person whom the agreed focus concerns."""
    people = _people_in_focus(so_far)
    if not people or so_far.event is None:
        return NOT_ARISING
    return None if so_far.event.person is None else so_far.event.person in people


def _people_in_focus(so_far: SoFar) -> set[str]:
    subjects = dict(so_far.intake.subjects())
    found = {getattr(subjects.get(focus.subject or ""), "person", None) for focus in so_far.foci}
    return {person for person in found if person not in (None, NOBODY)}


@_number(
    "event.same_before",
    0,
    MOST_SESSIONS,
    "sessions",
    "check_ins[].events[].effect",
    "check_ins[].events[].person",
    "check_ins[].events",
    ranged=True,
    source="markowitz2017 ch. 7 and pocket guide",
)
def _same_before(so_far: SoFar) -> Value:
    """Earlier sessions in which an event with the same person had the same effect."""
    event = so_far.event
    if event is None or event.person == NOBODY:
        return NOT_ARISING
    if event.person is None or event.effect is None:
        return None
    return count([_has_alike(check_in, event) for check_in in so_far.check_ins[:-1]])


def _has_alike(check_in: CheckIn, event: InterpersonalEvent) -> bool | None:
    if check_in.events is None:
        return None
    alike = [
        False
        if one.person not in (None, event.person) or one.effect not in (None, event.effect)
        else (True if one.person is not None and one.effect is not None else None)
        for one in check_in.events
    ]
    return True if True in alike else (None if None in alike else False)


# ── where the therapy stands ─────────────────────────────────────────────────────────────────────────────────────────────


@_choice("course.phase", PHASES, "check_ins[].session", "contracts", ordered=True, source="isipt key strategies")
def _phase(so_far: SoFar) -> Value:
    """Phase of the therapy in which the session lies, by the sessions agreed on then; past their number, the final one."""
    return None if so_far.phase is None else PHASES.index(so_far.phase)


@_number("course.planned_sessions", 1, MOST_SESSIONS, "sessions", "contracts")
def _planned_sessions(so_far: SoFar) -> Value:
    """Sessions agreed on by then."""
    return so_far.planned


@_number("course.sessions_left", -MOST_SESSIONS, MOST_SESSIONS, "sessions", "check_ins[].session", "contracts")
def _sessions_left(so_far: SoFar) -> Value:
    """Sessions that are left of those agreed on, after this one; negative past their number."""
    return None if so_far.planned is None else so_far.planned - so_far.now.session


@_number("course.percent_done", 0, 100 * MOST_SESSIONS, "percent", "check_ins[].session", "contracts")
def _percent_done(so_far: SoFar) -> Value:
    """The number of this session, as a share of the sessions agreed on."""
    return None if so_far.planned is None else 100 * so_far.now.session // so_far.planned


@_flag("course.ended", "check_ins[].ended")
def _ended(so_far: SoFar) -> Value:
    """The therapy has ended with this session, as far as is recorded."""
    return so_far.now.ended is True


# ── the agreed focus and goals ───────────────────────────────────────────────────────────────────────────────────────────


@_flag("course.has_focus", "foci", source="article the four problem areas")
def _has_focus(so_far: SoFar) -> Value:
    """A focus has been agreed on by then."""
    return bool(so_far.foci)


@_choice("course.focus_area", AREAS, "foci")
def _focus_area(so_far: SoFar) -> Value:
    """Problem area of the agreed focus."""
    return so_far.foci[0].area if so_far.foci else NOT_ARISING


@_choice(
    "course.answer_to_focus",
    ("does_not_agree", "in_part", "agrees"),
    "foci",
    ordered=True,
    source="markowitz2017 pocket guide, p. 39",
)
def _answer_to_focus(so_far: SoFar) -> Value:
    """The patient's answer to the focus that is worked on."""
    if not so_far.foci:
        return NOT_ARISING
    answer = so_far.foci[0].answer
    return None if answer is None else ("does_not_agree", "in_part", "agrees").index(answer)


@_choice("course.focus_level", LEVELS, "check_ins[].new_facts", "intake", ordered=True)
def _focus_level(so_far: SoFar) -> Value:
    """Level of the focus's area, with all that has become known by then."""
    return NOT_ARISING if so_far.standing is None else LEVELS.index(so_far.standing.level)


@_number("course.lead_of_others", -_POINTS, _POINTS, "points", "check_ins[].new_facts", "intake")
def _lead_of_others(so_far: SoFar) -> Value:
    """Points by which the best other area is ahead of the focus's area, with all that is known by then.

    An area that is held back leads nobody; where the focus's own is, all points of the other are its lead.
    """
    if so_far.standing is None:
        return NOT_ARISING
    own = 0 if so_far.standing.held_back_by else so_far.standing.points
    return so_far.best_other(so_far.ranking) - own


@_number("course.others_gained", -_POINTS, _POINTS, "points", "check_ins[].new_facts", "intake")
def _others_gained(so_far: SoFar) -> Value:
    """Points that the best other area has gained since the focus was agreed, by what became known."""
    if so_far.at_choice is None:
        return NOT_ARISING
    return so_far.best_other(so_far.ranking) - so_far.best_other(so_far.at_choice[1])


@_number("course.sessions_since_focus", 0, MOST_SESSIONS, "sessions", "foci", "check_ins[].session")
def _sessions_since_focus(so_far: SoFar) -> Value:
    """Sessions that were held since the one in which the focus was agreed."""
    if not so_far.foci:
        return NOT_ARISING
    return sum(one.session > so_far.foci[0].agreed_in for one in so_far.check_ins)


@_number(
    "course.deaths_since_focus", 0, 12, "deaths", "check_ins[].new_facts", ranged=True, source="weissman2018 ch. 8"
)
def _deaths_since_focus(so_far: SoFar) -> Value:
    """Deaths that became known since the focus was agreed."""
    if so_far.at_choice is None:
        return NOT_ARISING
    then = len(so_far.at_choice[0].losses or ())
    new = (so_far.intake.losses or ())[then:]
    return count([None if loss.kind is None else loss.kind in DEATHS for loss in new])


def _run(so_far: SoFar, holds: Callable[[CheckIn], bool | None]) -> Range:
    """Return of how many sessions, this one the last, something holds without a break: at the least and at the most."""
    truths = [holds(check_in) for check_in in reversed(so_far.check_ins)]
    least = next((number for number, truth in enumerate(truths) if truth is not True), len(truths))
    most = next((number for number, truth in enumerate(truths) if truth is False), len(truths))
    return Range(least, most)


@_number(
    "course.off_focus_run",
    0,
    MOST_SESSIONS,
    "sessions",
    "check_ins[].worked_on",
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
        if check_in.session <= agreed_in or check_in.unsafe or check_in.suicidal_thoughts:
            return False
        on_focus = _is_on_focus(check_in, so_far.foci)
        if on_focus:
            return False
        return None if None in (on_focus, check_in.unsafe, check_in.suicidal_thoughts) else True

    return _run(so_far, is_off)


@_number("course.eventless_run", 0, MOST_SESSIONS, "sessions", "check_ins[].events", ranged=True)
def _eventless_run(so_far: SoFar) -> Value:
    """Sessions in a row, this one the last, in which no interpersonal event was told."""
    return _run(so_far, lambda check_in: None if check_in.events is None else not check_in.events)


@_number(
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


@_number("course.goals", 0, 3, "goals", "goals")
def _goals(so_far: SoFar) -> Value:
    """Goals agreed on by then."""
    return len(so_far.goals)


@_number("checkin.goals_reached", 0, 3, "goals", "check_ins[].progress[].moved")
def _goals_reached(so_far: SoFar) -> Value:
    """Goals that are told to be reached in this session."""
    return sum(progress.moved == "reached" for progress in so_far.now.progress)


@_number("course.goals_unmoved", 0, 3, "goals", "check_ins[].progress[].moved", "goals", ranged=True)
def _goals_unmoved(so_far: SoFar) -> Value:
    """Goals that have been asked about and have never moved forward."""
    moves = [list(_moves(so_far, number)) for number in range(len(so_far.goals))]
    return count([not {"forward", "reached"} & {*moved} if moved else None for moved in moves])


def _moves(so_far: SoFar, number: int) -> Iterator[str]:
    """Yield how a goal has moved, session by session, as far as was told."""
    for check_in in so_far.check_ins:
        yield from (one.moved for one in check_in.progress if one.goal == f"goals[{number}]" and one.moved is not None)


# ── symptoms ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _measured(so_far: SoFar) -> tuple[Scale, list[int | None]] | None:
    """Return the scale by which the therapy is measured, and its values: before the first session, then session by session.

    It is the first one of the rule set that was filled in in this session and at some time before.
    """
    for scale in so_far.scoring.scales:
        first = getattr(so_far.at_first.episode, scale.name, None)
        values = [first, *(getattr(check_in, scale.name) for check_in in so_far.check_ins)]
        if values[-1] is not None and any(value is not None for value in values[:-1]):
            return scale, values
    return None


def _compared(so_far: SoFar, *, with_last: bool) -> Value:
    found = _measured(so_far)
    if found is None:
        return None
    scale, values = found
    earlier = [value for value in values[:-1] if value is not None]
    now, then = values[-1], earlier[-1 if with_last else 0]
    assert now is not None  # by how the scale was chosen
    moved = (then - now >= scale.meaningful_change) - (now - then >= scale.meaningful_change)
    return 1 + moved


@_choice("course.symptoms", _SYMPTOMS, *_SCALES_READ, ordered=True)
def _symptoms(so_far: SoFar) -> Value:
    """Symptoms beside the beginning, where a scale has moved by a meaningful number of points; not known without a scale today."""
    return _compared(so_far, with_last=False)


@_choice("course.symptoms_lately", _SYMPTOMS, *_SCALES_READ, ordered=True)
def _symptoms_lately(so_far: SoFar) -> Value:
    """Symptoms beside the last time that the same scale was filled in."""
    return _compared(so_far, with_last=True)


@_flag("course.in_remission", *_SCALES)
def _in_remission(so_far: SoFar) -> Value:
    """The scale by which the therapy is measured was filled in in this session, and lies in the range of remission.

    Not known where the rule set gives no such range for it.
    """
    for scale in so_far.scoring.scales:
        value = getattr(so_far.now, scale.name)
        if value is not None:
            return None if scale.remission is None else bool(value <= scale.remission)
    return None


@_number("course.sessions_since_scale", 0, MOST_SESSIONS, "sessions", *_SCALES)
def _sessions_since_scale(so_far: SoFar) -> Value:
    """Sessions held since a scale was filled in; 0 when one was today."""
    for number, check_in in enumerate(reversed(so_far.check_ins)):
        if any(getattr(check_in, scale.name) is not None for scale in so_far.scoring.scales):
            return number
    return len(so_far.check_ins)


# ── safety, the stage of a dispute, and the ending ───────────────────────────────────────────────────────────────────────


def _has_sign_of_risk(check_in: CheckIn) -> bool:
    signs = (check_in.suicide_risk, check_in.suicidal_thoughts, check_in.phq9_item9, check_in.epds_item10)
    return any(signs)


@_flag(
    "course.risk_told",
    "check_ins[].suicide_risk",
    "check_ins[].suicidal_thoughts",
    "check_ins[].phq9_item9",
    "check_ins[].epds_item10",
    "safety.suicide_risk",
    "episode.phq9_item9",
    "episode.epds_item10",
    source="casebook ch. 12",
)
def _risk_told(so_far: SoFar) -> Value:
    """Thoughts of death, or a risk of suicide, were told in the intake, in an earlier session or in this one."""
    first = so_far.at_first
    if first.safety.suicide_risk or first.episode.phq9_item9 or first.episode.epds_item10:
        return True
    return any(map(_has_sign_of_risk, so_far.check_ins))


@_choice("course.stage_before", STAGE_WORDS, "check_ins[].stage", "disputes[].stage", source="casebook ch. 3")
def _stage_before(so_far: SoFar) -> Value:
    """Stage of the dispute in focus as it was last judged before this session."""
    dispute = next((focus for focus in so_far.foci if (focus.subject or "").startswith("disputes[")), None)
    if dispute is None:
        return NOT_ARISING
    earlier = [
        check_in.stage
        for check_in in so_far.check_ins[:-1]
        if check_in.stage is not None and check_in.session >= dispute.agreed_in
    ]
    if earlier:
        return earlier[-1]
    recorded = dict(so_far.at_first.subjects()).get(dispute.subject or "")
    return getattr(recorded, "stage", None) or NOT_ARISING


def _ever(answers: Sequence[bool | None]) -> Value:
    if True in answers:
        return True
    return None if None in answers else False


@_flag("course.ending_named", "check_ins[].ending_named", source="article how IPT concludes")
def _ending_named(so_far: SoFar) -> Value:
    """The ending has been spoken about, in this session or before."""
    return _ever([check_in.ending_named for check_in in so_far.check_ins])


@_flag("course.ending_felt", "check_ins[].ending_feelings", source="article how IPT concludes")
def _ending_felt(so_far: SoFar) -> Value:
    """The patient has told what they feel about the ending, in this session or before."""
    return any(check_in.ending_feelings is not None for check_in in so_far.check_ins)
