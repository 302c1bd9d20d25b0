"""The export of an assessment: what ``Assessment.to_dict`` returns, key by key, in the order in which the keys are written.

The JSON Schema is made from these types. Where a key may be null (None), its meaning says what that stands for. A place is a path
into the intake, such as ``losses[0].mourning``; ``[]`` in it stands for every entry of a list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, NotRequired, TypeAlias

from annotated_types import Ge, Len
from pydantic import ConfigDict, Field, WithJsonSchema, with_config
from typing_extensions import TypedDict

from ipt_rules.intake import Gate, View
from ipt_rules.records import options
from ipt_rules.ruleset.consequences import CAUTIONS, PARTS_OF_A_FORMULATION, PROPOSED_IN, STRENGTHS
from ipt_rules.ruleset.model import BASES, SEEN
from ipt_rules.vocabulary import STAGES
from ipt_rules.words import PHASES, Area, Level

if TYPE_CHECKING:
    from collections.abc import Sequence

SCHEMA: Final = "ipt-rules/assessment/v1"
"""What an export calls itself."""


def says(meaning: str) -> Any:
    """Return what a key says, for the schema."""
    return Field(description=meaning)


def one_of(words: Sequence[str]) -> WithJsonSchema:
    """Return the words that may stand there, for the schema."""
    return WithJsonSchema({"type": "string", "enum": list(words)})


Basis: TypeAlias = Annotated[str, one_of(BASES)]
PhaseName: TypeAlias = Annotated[str, one_of(PHASES)]
Stage: TypeAlias = Annotated[str, one_of(STAGES)]
Count: TypeAlias = Annotated[int, Ge(0)]
Session: TypeAlias = Annotated[int, Ge(1)]
Window: TypeAlias = Annotated[list[Session], Len(2, 2)]
Windows: TypeAlias = list[Window | None]


# ── reasons ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Citation(TypedDict):
    """Who says so."""

    ref: Annotated[str, says("key of the work in the references of the rule set")]
    at: Annotated[str, says("where in the work")]
    seen: Annotated[str, one_of(SEEN), says("how the claim is known: read whole, excerpt read, recalled")]


class Range(TypedDict):
    """What is known only within limits, both included."""

    least: Annotated[int | str, says("the least that it can be: a number, or a word of an ordered choice")]
    most: Annotated[int | str, says("the most that it can be")]


Value: TypeAlias = bool | int | str | Range | None


class Fact(TypedDict):
    """What the intake says of one field."""

    path: Annotated[str, says("place of the answer; of a computed field, of the answer that counts most")]
    value: Annotated[Value, says("what is known, in the field's unit; null: not known, or it does not arise")]
    field: Annotated[str, says("name of the field, as rules write it")]
    reads: NotRequired[Annotated[list[str], says("every place that a computed field comes from")]]


class _Rule(TypedDict):
    rule: Annotated[str, says("id of the rule")]


class _Weight(TypedDict):
    strength: Annotated[str, one_of(("", *STRENGTHS)), says("how strongly it counts; empty: the rule is no evidence")]
    points: Annotated[Count, says("what that strength is worth; 0 for a rule that is no evidence")]
    counts: Annotated[bool, says("false where its body of evidence counts already, or no focus holds it")]


class _Grounds(TypedDict):
    because: Annotated[str, says("the rule's sentence about this subject")]
    facts: Annotated[list[Fact], says("the facts that make its condition true; empty where it always holds")]
    basis: Annotated[Basis, says("what kind of source the rule rests on")]
    cites: Annotated[list[Citation], says("the sources")]


class Sources(_Rule, _Grounds):
    """The rule behind something, and what it rests on."""


class Reason(_Rule, _Weight, _Grounds):
    """A finding told in words."""


class _Elsewhere(TypedDict):
    subject: Annotated[str, says("place of the subject")]


class ReasonElsewhere(_Elsewhere, Reason):
    """A finding against an area on a subject that nothing supports there; it counts nothing."""


# ── the ranking ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class Focus(TypedDict):
    """An area with a subject: a candidate for what the therapy works on."""

    area: Annotated[Area, says("the problem area")]
    subject: Annotated[str | None, says("place of the subject; null: there is none")]
    label: Annotated[str | None, says("what the subject is called; null: there is none")]
    person: Annotated[str | None, says("place of the person concerned; null: nobody, or not known")]
    stage: Annotated[Stage | None, says("stage of a dispute; null: not known, or no dispute")]
    points: Annotated[Count, says("points for, less those against; never below 0")]
    level: Annotated[Level, says("how well it is supported, by points")]


class ProposedFocus(Focus):
    """A focus that is proposed, with what the patient said to it."""

    answer: Annotated[
        Annotated[str, one_of(options(View, "answer_to_focus"))] | None,
        says("the patient's answer; null: not asked, or not answered"),
    ]
    agreed: Annotated[bool | None, says('whether they agreed: "agrees" alone is agreement; null: no answer')]


class FocusPoints(TypedDict):
    """A focus in short."""

    subject: Annotated[str | None, says("place of the subject; null: there is none")]
    points: Annotated[Count, says("its points")]


# Keys that are words of Python, such as "for", can be written in this form only.
_Standing = TypedDict(
    "_Standing",
    {
        "area": Annotated[Area, says("the problem area")],
        "rank": Annotated[Annotated[int, Ge(1)] | None, says("1 for the first, shared by equals; null: not supported")],
        "points": Annotated[Count, says("points of its best focus; a design choice, never a probability")],
        "level": Annotated[Level, says("how well it is supported, by points")],
        "bounds": Annotated[list[Count], Len(2, 2), says("least and most points that open answers could give")],
        "held_back_by": Annotated[list[str], says("ids of the rules that put it behind every area not held back")],
        "held_back_because": Annotated[list[Reason], says("the same rules, told in words")],
        "focus": Annotated[Focus | None, says("its best focus; null: no subject supports it")],
        "capped": Annotated[bool, says("whether points were cut to the most that it can have without a subject")],
        "equal_foci": Annotated[Count, says("how many more foci are equal to the best; their order means nothing")],
        "foci": Annotated[list[FocusPoints], says("all its foci, best first")],
        "for": Annotated[list[Reason], says("what supports its best focus: what counts first, strongest first")],
        "against": Annotated[list[Reason], says("what speaks against its best focus, likewise")],
        "against_elsewhere": Annotated[list[ReasonElsewhere], says("what speaks against it on other subjects")],
    },
)


class Standing(_Standing):
    """Where an area stands after the evidence."""


# ── cautions and questions ───────────────────────────────────────────────────────────────────────────────────────────────


class _Caution(TypedDict):
    kind: Annotated[str, one_of(CAUTIONS), says("what kind of caution it is")]
    gate: Annotated[Gate | None, says("the gate that it sets; null: it sets none")]
    cleared: Annotated[bool, says("whether a clinician has cleared that gate; false where there is none")]


class Caution(_Caution, Sources):
    """What to be careful about."""


class OpenQuestion(TypedDict):
    """A question without an answer, for which some rule waits."""

    kind: Annotated[
        Literal["gate", "needed", "open"],
        says("gate: it asks about a gate; needed: a strategy is withheld until it is answered; open: any other"),
    ]
    path: Annotated[str, says("place of the answer")]
    question: Annotated[str, says("its wording")]
    about: Annotated[str, says("the subject or person that it is about; empty for the patient and for lists")]
    areas: Annotated[list[Area], says("the problem areas whose points the answer could change")]
    rules: Annotated[list[str], says("ids of the rules that wait for it")]
    points: Annotated[Count, says("what is at stake, in points")]
    asked_without_answer: Annotated[bool, says("whether it was asked without an answer")]


class _ClinicianQuestion(TypedDict):
    kind: Annotated[Literal["clinician"], says("a question of a rule to the clinician")]
    question: Annotated[str, says("its wording")]


class ClinicianQuestion(_ClinicianQuestion, Sources):
    """A question that a rule puts to the clinician, with the reason; no answer of the intake settles it."""


Question: TypeAlias = Annotated[OpenQuestion | ClinicianQuestion, Field(discriminator="kind")]


# ── the plan ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

_PhaseOfSchedule = TypedDict(
    "_PhaseOfSchedule",
    {
        "phase": Annotated[PhaseName, says("the phase")],
        "from": Annotated[Session, says("its first session, counted from 1")],
        "to": Annotated[Session, says("its last session")],
    },
)


class PhaseOfSchedule(_PhaseOfSchedule):
    """The sessions of one phase."""


class Schedule(TypedDict):
    """How a therapy of so many sessions is divided."""

    sessions: Annotated[Session, says("how many sessions")]
    phases: Annotated[list[PhaseOfSchedule], says("in order; empty where this length has no phases")]
    note: Annotated[str, says("what the rule set says of this length; may be empty")]


class _Part(TypedDict):
    part: Annotated[str, one_of(PARTS_OF_A_FORMULATION), says("which part of the formulation it is")]
    say: Annotated[str, says("words for it")]


class Part(_Part, Sources):
    """One part of a draft formulation."""


class Formulation(TypedDict):
    """A formulation for the clinician to put in their own words."""

    focus: Annotated[Count, says("position of its focus in foci, from 0")]
    draft: Annotated[Literal[True], says("always true: nothing is agreed by being written")]
    parts: Annotated[list[Part], says("its parts, in order")]


class _Goal(TypedDict):
    goal: Annotated[str, says("what the work is for")]
    focus: Annotated[Count, says("position of its focus in foci, from 0")]


class Goal(_Goal, Sources):
    """What the work on a focus is for."""


class _Strategy(TypedDict):
    propose: Annotated[str, says("what to do")]
    focus: Annotated[Count | None, says("position of its focus in foci, from 0; null: the therapy as a whole")]
    sessions: Annotated[Windows, says("for each of schedules, first and last session; null: it has none")]
    aim: Annotated[str, says("what it is for")]
    steps: Annotated[list[str], says("how to do it")]
    before_clearance: Annotated[bool, says("whether it stays proposed while a gate is not cleared")]


class Strategy(_Strategy, Sources):
    """Something to do in a phase."""


class Ask(TypedDict):
    """An open question behind a condition of safety."""

    path: Annotated[str, says("place of the answer")]
    question: Annotated[str, says("its wording")]
    about: Annotated[str, says("the subject that it is about; empty for the patient and for lists")]


class Need(TypedDict):
    """A condition of safety that is not known to hold."""

    field: Annotated[str, says("name of the field that it is about")]
    needs: Annotated[str, says("the condition, in words")]
    path: Annotated[str, says("place of the answer")]
    value: Annotated[Value, says("what is recorded; null: not known, or it does not arise")]
    ask: Annotated[list[Ask], says("the open questions behind it; none where all is answered")]


class Withheld(Strategy):
    """A strategy that is not proposed although its condition holds, and why."""

    gates: Annotated[list[Gate], says("the gates that have to be cleared first")]
    unmet: Annotated[list[Need], says("conditions of safety that are known not to hold")]
    unknown: Annotated[list[Need], says("conditions of safety that nobody knows; to be asked about")]


class Phase(TypedDict):
    """What to do in one phase, or in every one."""

    phase: Annotated[str, one_of(PROPOSED_IN), says("the phase; every: throughout the therapy")]
    sessions: Annotated[Windows, says("for each of schedules, first and last session; null: it has none")]
    strategies: Annotated[list[Strategy], says("what is proposed, in order")]
    withheld: Annotated[list[Withheld], says("what is not proposed, and why")]


class Plan(TypedDict):
    """What to do in each phase. Proposed to a clinician; nothing of it is decided."""

    planned_sessions: Annotated[Session | None, says("sessions agreed; null: no number is agreed yet")]
    current_session: Annotated[Session | None, says("number of the present session; null: not recorded")]
    current_phase: Annotated[PhaseName | None, says("phase of the present session; null: none, or not known")]
    schedules: Annotated[list[Schedule], says("one for the number agreed; where none is, one for each usual number")]
    gates: Annotated[list[Gate], says("the gates that are set and not cleared, as in gates_to_clear")]
    formulations: Annotated[list[Formulation], says("for each focus that ranks first; none while a gate is to clear")]
    goals: Annotated[list[Goal], says("the goals of each focus; none while a gate is to clear")]
    phases: Annotated[list[Phase], says("what holds throughout, then the three phases")]


# ── the whole ────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Provenance(TypedDict):
    """Which rule set, engine and library an assessment comes from."""

    ruleset: Annotated[str, says("name of the rule set")]
    version: Annotated[str, says("version of the rule set")]
    digest: Annotated[str, says("SHA-256 of the meaning of the rule set")]
    engine: Annotated[str, says("what evaluated the rules")]
    library: Annotated[str, says("version of the library")]


@with_config(ConfigDict(extra="forbid"))
class AssessmentExport(TypedDict):
    """What follows from one intake by one rule set. It supports a clinician's decision and decides nothing."""

    schema: Annotated[Literal["ipt-rules/assessment/v1"], says("what this is, with its version")]
    settled: Annotated[bool, says("whether the first area stays first whatever the open answers turn out to be")]
    ranking: Annotated[list[Standing], Len(4, 4), says("the four areas in order; those not supported stand last")]
    foci: Annotated[list[ProposedFocus], Len(0, 2), says("the foci that are proposed, two at most")]
    gates_to_clear: Annotated[list[Gate], says("the gates that are set and not cleared; the plan waits for them")]
    open_gates: Annotated[list[OpenQuestion], says("the gates that nobody has answered, in the order of gates")]
    cautions: Annotated[list[Caution], says("what to be careful about")]
    questions: Annotated[list[Question], says("what would be worth asking next, best first")]
    plan: Annotated[Plan, says("what to do in each phase")]
    design_choices: Annotated[str, says("what points, levels and windows rest on, in words of the rule set")]
    provenance: Annotated[Provenance, says("which rule set, engine and library it comes from")]
