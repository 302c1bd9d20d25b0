"""The export of a review: what ``Review.to_dict`` returns, key by key, in the order in which the keys are written.

The JSON Schema is made from these types; those that an assessment has too are the same here. A place that begins with
``check_ins``, ``goals`` or ``foci`` is a path into the course, such as ``check_ins[2].events[0]``; any other is one into its
intake, as it is known after the session.
"""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypeAlias

from annotated_types import Ge, Interval, Len
from pydantic import ConfigDict, WithJsonSchema, with_config
from typing_extensions import TypedDict

from ipt_rules.export import (
    Count,
    Focus,
    PhaseName,
    Provenance,
    Session,
    Sources,
    Strategy,
    Withheld,
    one_of,
    says,
)
from ipt_rules.intake import Gate  # noqa: TC001  # pydantic reads the annotations
from ipt_rules.records import options
from ipt_rules.ruleset.consequences import CAUTIONS, DIRECTIONS, PROPOSED_IN, TOPICS
from ipt_rules.sessions import SCALES, AgreedFocus, CheckIn, GoalProgress, InterpersonalEvent
from ipt_rules.words import Area, Level  # noqa: TC001  # likewise

Day: TypeAlias = Annotated[str, WithJsonSchema({"type": "string", "format": "date"})]
Mood: TypeAlias = Annotated[int, Interval(ge=0, le=10)]
Move: TypeAlias = Annotated[str, one_of(options(GoalProgress, "moved"))]
Answer: TypeAlias = Annotated[str, one_of(options(AgreedFocus, "answer"))]
"""What a patient says to a focus."""
Topic: TypeAlias = Annotated[str, one_of(TOPICS)]


# ── where the therapy stands ─────────────────────────────────────────────────────────────────────────────────────────────


class AgreedLength(TypedDict):
    """How many sessions were agreed on, and since when."""

    sessions: Annotated[Session, says("how many sessions the therapy has by this contract, counted from the first")]
    agreed_in: Annotated[
        Session, says("the session in which it was agreed; it holds from then on, until the next contract")
    ]


# Keys that are words of Python, such as "from", can be written in this form only.
_PhaseInCourse = TypedDict(
    "_PhaseInCourse",
    {
        "phase": Annotated[PhaseName | None, says("the phase; null: nobody can say")],
        "from": Annotated[Session, says("its first session, counted from 1")],
        "to": Annotated[Session, says("its last session")],
    },
)


class PhaseInCourse(_PhaseInCourse):
    """Sessions in a row that lie in one phase, each by the contract that was in force in it."""


class Measured(TypedDict):
    """The scale by which the course can be drawn: the one that was filled in most often."""

    scale: Annotated[str, one_of(SCALES), says("its name, as in the scales of a session")]
    label: Annotated[str, says("what it is called")]
    least: Annotated[int, says("the fewest points that it can have")]
    most: Annotated[int, says("the most points that it can have")]
    at_first: Annotated[int | None, says("its points in the intake; null: not recorded there")]


class FocusInWork(TypedDict):
    """A focus that was agreed and is worked on now, with where its area stands by all that is known."""

    area: Annotated[Area, says("the problem area")]
    subject: Annotated[str | None, says("place of the subject; null: it has none")]
    label: Annotated[str | None, says("what the subject is called; null: there is none")]
    agreed_in: Annotated[Session, says("the session in which it was agreed")]
    answer: Annotated[Answer | None, says("the patient's answer to it; null: not asked, or not answered")]
    answered_in: Annotated[Session | None, says("the session in which they answered; null: not recorded")]
    agreed: Annotated[bool | None, says('whether they agreed: "agrees" alone is agreement; null: no answer')]
    rank: Annotated[Annotated[int, Ge(1)] | None, says("rank of the area today; null: not supported")]
    points: Annotated[Count, says("points of the area today; a design choice, never a probability")]
    level: Annotated[Level, says("how well the area is supported today")]


class MoveOfGoal(TypedDict):
    """How a goal moved in one session."""

    session: Annotated[Session, says("number of the session in which it was told")]
    moved: Annotated[Move, says("how it has moved since the session before")]


class GoalInWork(TypedDict):
    """A goal that was agreed, and how it has moved."""

    goal: Annotated[str, says("place of the goal in the course")]
    agreed_in: Annotated[Session, says("the session in which it was agreed")]
    moved: Annotated[Move | None, says("how it moved when it was last told; null: never told")]
    moved_in: Annotated[Session | None, says("the session in which that was told; null: never told")]
    moves: Annotated[list[MoveOfGoal], says("all that was told of it, in order")]
    text: NotRequired[Annotated[str | None, says("the goal in words, with names only; null: not written down")]]


# ── what was found ───────────────────────────────────────────────────────────────────────────────────────────────────────


class _CourseCaution(TypedDict):
    kind: Annotated[str, one_of(CAUTIONS), says("what kind of caution it is")]
    gate: Annotated[Gate | None, says("the gate that it sets; null: it sets none")]
    cleared: Annotated[bool | None, says("whether a clinician cleared that gate in the session; null: it sets none")]


class CourseCaution(_CourseCaution, Sources):
    """What to be careful about after the session."""


class _CourseAdvice(TypedDict):
    about: Annotated[Topic, says("what it is about")]
    advise: Annotated[str, says("what to do")]
    reconsiders_focus: Annotated[bool, says("whether it is a reason to look at the agreed focus again")]
    brings_forward: Annotated[list[str], says("ids of strategies that come first where they are proposed")]


class CourseAdvice(_CourseAdvice, Sources):
    """What the session means for the next one."""


class _OpenReason(TypedDict):
    session: Annotated[Session, says("the session that gave it first")]


class OpenReason(_OpenReason, CourseAdvice):
    """A reason to look at the agreed focus again; it stays open until a focus is agreed on anew, be it the same one."""


class _ClosedGate(TypedDict):
    gate: Annotated[Gate, says("the gate")]
    session: Annotated[Session | None, says("the session in which it was raised; null: the intake")]


class ClosedGate(_ClosedGate, Sources):
    """What closes a gate that is not cleared."""


class _MoodLink(TypedDict):
    session: Annotated[Session, says("number of the session")]
    event: Annotated[str, says("place of the event in the course")]
    person: Annotated[str | None, says("place of the person; null: nobody, or not known")]
    direction: Annotated[str, one_of(DIRECTIONS), says("which way mood went")]
    mood: Annotated[
        list[Mood | None],
        Len(2, 2),
        says("mood at the beginning of this session, and of the session before; null: not recorded"),
    ]


class MoodLink(_MoodLink, Sources):
    """An event between people that went together with a change of mood. A link, not a cause."""


class _CourseQuestion(TypedDict):
    question: Annotated[str, says("its wording")]
    about: Annotated[Topic | None, says("what it is about; null: its rule does not say")]


class CourseQuestion(_CourseQuestion, Sources):
    """A question that a rule puts to the clinician after the session."""


class EarlierFinding(TypedDict):
    """What was found in an earlier session, in short; links are told apart."""

    session: Annotated[Session, says("number of the session")]
    kind: Annotated[Literal["caution", "ask", "advise"], says("what kind of finding it is")]
    because: Annotated[str, says("the rule's sentence about that session")]
    rule: Annotated[str, says("id of the rule")]


class Scales(TypedDict):
    """The totals of the scales that were filled in; a scale that was not has no key."""

    phq9: NotRequired[Annotated[Count, says("PHQ-9 total")]]
    hamd17: NotRequired[Annotated[Count, says("HAM-D total, 17 items")]]
    bdi2: NotRequired[Annotated[Count, says("BDI-II total")]]
    epds: NotRequired[Annotated[Count, says("EPDS total")]]
    gad7: NotRequired[Annotated[Count, says("GAD-7 total")]]


class Event(TypedDict):
    """Something that happened between the patient and others."""

    event: Annotated[str, says("its place in the course")]
    kind: Annotated[
        Annotated[str, one_of(options(InterpersonalEvent, "kind"))] | None, says("what it was; null: not recorded")
    ]
    effect: Annotated[
        Annotated[str, one_of(options(InterpersonalEvent, "effect"))] | None,
        says("how the patient felt after it; null: not recorded"),
    ]
    person: Annotated[str | None, says("place of the person; null: nobody, or not known")]
    who: Annotated[str | None, says("what the person is called; null: nobody, or not known")]
    label: Annotated[str, says("what the event is called, with its person")]


class HeldSession(TypedDict):
    """One session that was held, as it was recorded."""

    session: Annotated[Session, says("its number")]
    day: Annotated[Day | None, says("its day; null: not recorded")]
    phase: Annotated[PhaseName | None, says("its phase by the contract then in force; null: nobody can say")]
    mood_before: Annotated[Mood | None, says("mood at its beginning, from 0 to 10; null: not recorded")]
    mood_after: Annotated[Mood | None, says("mood at its end, from 0 to 10; null: not recorded")]
    scales: Annotated[Scales, says("the scales that were filled in")]
    events: Annotated[list[Event] | None, says("the events told in it, none where it is empty; null: not asked")]
    worked_on: Annotated[str | None, says('place of the subject, or "none"; null: not recorded')]
    on_focus: Annotated[
        bool | None, says("whether that was the agreed focus; null: not recorded, or no focus was agreed by then")
    ]
    new_facts: Annotated[bool, says("whether facts became known that belong into the intake")]
    safety: Annotated[
        Literal["told", "none"] | None,
        says("whether danger, or thoughts of death, were told in it; null: not told, and not asked about all of it"),
    ]


# ── what comes next ──────────────────────────────────────────────────────────────────────────────────────────────────────


class NamedStrategy(TypedDict):
    """A strategy in short."""

    phase: Annotated[str, one_of(PROPOSED_IN), says("its phase")]
    propose: Annotated[str, says("what to do")]
    rule: Annotated[str, says("id of the rule")]
    focus: Annotated[Count | None, says("position of its focus in the agenda; null: the therapy as a whole")]


class AgendaStrategy(Strategy):
    """A strategy for the next session."""

    brought_forward: Annotated[bool, says("whether the last session brought it forward")]


class Agenda(TypedDict):
    """What the next session could be for. Proposed to a clinician; nothing of it is decided.

    Where a strategy names the position of its focus, that is the position in the foci of the agenda.
    """

    session: Annotated[Session, says("number of the next session")]
    phase: Annotated[PhaseName | None, says("the phase in which it lies; null: nobody can say")]
    agreed: Annotated[
        bool, says("whether its foci are agreed ones; while none is, those that are proposed stand there")
    ]
    foci: Annotated[list[Focus], Len(0, 2), says("what it works on")]
    focus_stands: Annotated[
        bool | None, says("false: the agreed focus is to be looked at again first; null: none is agreed")
    ]
    lengths: Annotated[
        list[Session],
        says("for which numbers of sessions a strategy names its sessions: the one agreed, else the usual ones"),
    ]
    first: Annotated[list[CourseAdvice], says("advice about safety, before everything else")]
    asks: Annotated[list[CourseQuestion], says("questions about safety that the last session left open")]
    opening: Annotated[list[CourseAdvice], says("with what every session begins")]
    safety: Annotated[list[Strategy], says("strategies for every session that may come before a gate is cleared")]
    strategies: Annotated[list[AgendaStrategy], Len(0, 3), says("at most three of the phase, not done yet")]
    waiting: Annotated[list[Withheld], says("what was brought forward and is withheld, and why")]
    unasked: Annotated[
        list[NamedStrategy], says("what needs safety, and waits since the last session did not ask about danger")
    ]


class Remaining(TypedDict):
    """What is left before the end: whatever is not recorded as done."""

    goals: Annotated[list[str], says("places of the goals that are not reached")]
    this_phase: Annotated[list[NamedStrategy], says("further strategies of the phase; none when the therapy has ended")]
    later_phases: Annotated[list[NamedStrategy], says("strategies of the phases to come")]
    ending_named: Annotated[bool | None, says("whether the ending has been spoken about; null: not known")]
    ready_to_end: Annotated[
        Annotated[str, one_of(options(CheckIn, "ready_to_end"))] | None,
        says("whether the patient feels able to go on without the sessions; null: not recorded in this session"),
    ]
    after_the_end: Annotated[
        Annotated[str, one_of(options(CheckIn, "after_the_end"))] | None,
        says("what was settled for the time after the last session; null: not recorded in this session"),
    ]


# ── the whole ────────────────────────────────────────────────────────────────────────────────────────────────────────────


class UnknownStrategy(TypedDict):
    """A strategy that was recorded as done, and that the rule set does not have."""

    path: Annotated[str, says("its place in the course")]
    nearest: Annotated[str | None, says("id of the strategy of the rule set that resembles it most; null: none does")]


@with_config(ConfigDict(extra="forbid"))
class ReviewExport(TypedDict):
    """Where one therapy stands after a session, by one rule set. It supports a clinician's decision and decides nothing."""

    schema: Annotated[Literal["ipt-rules/review/v1"], says("what this is, with its version")]
    session: Annotated[Session | None, says("number of the session that it is after; null: none was held")]
    day: Annotated[Day | None, says("day of that session; null: not recorded, or none was held")]
    phase: Annotated[PhaseName | None, says("phase of that session, or of the first; null: nobody can say")]
    planned_sessions: Annotated[Session | None, says("sessions agreed on by then; null: no number is agreed yet")]
    sessions_left: Annotated[int | None, says("how many are left, negative past their number; null: none is agreed")]
    sessions_held: Annotated[Count, says("how many sessions have a check-in")]
    ended: Annotated[bool, says("whether the therapy ended with this session")]
    contracts: Annotated[list[AgreedLength], says("what was agreed on the number of sessions, in order")]
    phases: Annotated[list[PhaseInCourse], says("the phases, up to the last session that was held or agreed on")]
    measured: Annotated[Measured | None, says("the scale by which the therapy is judged; null: none was filled in")]
    foci: Annotated[list[FocusInWork], Len(0, 2), says("what is worked on now; none where nothing is agreed yet")]
    focus_stands: Annotated[
        bool | None, says("whether nothing found is a reason to look at the agreed focus again; null: none is agreed")
    ]
    reconsider_because: Annotated[list[str], says("ids of the rules that gave such a reason")]
    open_reasons: Annotated[
        list[OpenReason],
        says("these reasons, open until a focus is agreed on anew; they wait for gates"),
    ]
    goals: Annotated[list[GoalInWork], Len(0, 3), says("the agreed goals, and how they move")]
    gates: Annotated[list[Gate], says("the gates that are set and not cleared; all but what is safe waits for them")]
    closed_by: Annotated[list[ClosedGate], says("what closes those gates, and since which session")]
    cautions: Annotated[list[CourseCaution], says("what to be careful about after this session")]
    advice: Annotated[
        list[CourseAdvice],
        says("what this session means for the next, by topic; while a gate is closed, for safety alone"),
    ]
    advice_waiting: Annotated[list[str], says("ids of the rules whose advice waits until the gates are cleared")]
    links: Annotated[list[MoodLink], says("events that went together with a change of mood, in all sessions so far")]
    questions: Annotated[list[CourseQuestion], says("questions to the clinician after this session")]
    earlier: Annotated[list[EarlierFinding], says("what was found in earlier sessions")]
    sessions: Annotated[list[HeldSession], says("the sessions held, in order")]
    agenda: Annotated[Agenda | None, says("for the next session; null: the therapy has ended")]
    remaining: Annotated[Remaining, says("what is left before the end")]
    unknown_strategies: Annotated[
        list[UnknownStrategy], says("where a strategy is recorded as done that this rule set does not have")
    ]
    design_choices: Annotated[str, says("what points, levels and thresholds rest on, in words of the rule set")]
    provenance: Annotated[Provenance, says("which rule set, engine and library it comes from")]
