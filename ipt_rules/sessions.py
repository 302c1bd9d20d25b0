"""What is recorded of a therapy as it goes on: the contract, the agreed focus and goals, and a check-in for each session held.

As in the intake, an answer that is absent is unknown and never "no"; an empty list says "asked: none".
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Final, Literal, Optional, TypeAlias

from annotated_types import Interval, MaxLen
from pydantic import AfterValidator, BeforeValidator, Field, field_validator

from ipt_rules.dates import full_day
from ipt_rules.intake import Change, Dispute, Gate, Isolation, Loss
from ipt_rules.inventory import Person, Tie
from ipt_rules.records import NO_SUBJECT, WHOLE, Asked, Flag, Private, Record, Refers, Text
from ipt_rules.scales import Bdi2, Epds, EpdsItem10, Gad7, Hamd17, Phq9, Phq9Item9
from ipt_rules.words import Area

MOST_SESSIONS: Final = 60
MOST_EVENTS: Final = 8
SCALES: Final = ("phq9", "hamd17", "bdi2", "epds", "gad7")
"""The scales of a check-in; which of them a therapy is measured by, and how, stands in the rule set."""

_ID_OF_A_STRATEGY: Final = r"[a-z][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)+"

SessionNumber: TypeAlias = Annotated[int, Interval(ge=1, le=MOST_SESSIONS), WHOLE]
"""The number of a session, counted from 1."""


class Contract(Record):
    """How many sessions were agreed on, counted from the first, and in which session. It holds from then on, until the next."""

    sessions: SessionNumber
    agreed_in: SessionNumber = 1
    note: Annotated[Text, Private("why it was agreed so, for people")] = None


class AgreedFocus(Record):
    """What clinician and patient chose to work on, and in which session. It may differ from what ranked first."""

    area: Area
    subject: Annotated[Optional[str], Refers("the subject to work on, e.g. losses[0], or none", to="subject")] = None
    agreed_in: SessionNumber = 1
    answer: Optional[Literal["agrees", "in_part", "does_not_agree"]] = None
    answered_in: Optional[SessionNumber] = None
    note: Annotated[Text, Private("in what words it was agreed, for people")] = None

    @property
    def place(self) -> str:
        """The place of the subject; empty where there is none, or none is recorded."""
        return "" if self.subject in (None, NO_SUBJECT) else self.subject or ""


class AgreedGoal(Record):
    """A goal that patient and clinician agreed on; what it says is for people, and rules see how it moves."""

    text: Annotated[Text, Private("the goal in the patient's words")] = None
    agreed_in: SessionNumber = 1


class InterpersonalEvent(Record):
    """Something that happened between the patient and others since the session before."""

    person: Annotated[Optional[str], Refers("with whom", to="person")] = None
    kind: Annotated[
        Optional[
            Literal[
                "quarrel",
                "withdrawal",
                "talk",
                "closeness",
                "support",
                "demand",
                "reminder",
                "parting",
                "meeting",
                "other",
            ]
        ],
        Asked("what it was"),
    ] = None
    effect: Annotated[
        Optional[Literal["worse", "none", "better"]],
        Asked("how the patient felt after it, and because of it as they say"),
    ] = None
    particular: Annotated[
        Flag, Asked("one occasion with words that were said, which can be gone through step by step")
    ] = None
    strong_feelings: Annotated[Flag, Asked("strong feelings came with it")] = None
    note: Annotated[Text, Private("what happened, for people")] = None


class GoalProgress(Record):
    """How one agreed goal has moved since the session before."""

    goal: Annotated[Optional[str], Refers("which of the agreed goals, e.g. goals[0]", to="goal")] = None
    moved: Annotated[
        Optional[Literal["back", "not", "forward", "reached"]], Asked("how the goal has moved", ordered=True)
    ] = None


class FrozenAnswers(dict[str, Any]):
    """Answers by place that nobody changes."""

    @classmethod
    def of(cls, given: Any) -> Any:
        """Return nested answers as ones that nobody changes, and that share nothing with what was given."""
        if isinstance(given, dict):
            return cls({key: cls.of(value) for key, value in given.items()})
        return tuple(map(cls.of, given)) if isinstance(given, list | tuple) else given

    def _refuse(self, *_: object, **__: object) -> Any:
        raise TypeError("new facts are frozen; make new ones")

    __setitem__ = __delitem__ = __ior__ = update = setdefault = pop = popitem = clear = _refuse

    def __hash__(self) -> int:  # type: ignore[override]  # nobody changes it
        return hash(frozenset(self))

    def __reduce__(self) -> tuple[Any, ...]:
        return FrozenAnswers, (dict(self),)


class NewFacts(Record):
    """What became known in a session and belongs into the intake: subjects and people that are added, and other answers.

    ``answers`` are the answers to questions of the intake that were open or are now otherwise, by their place
    (``losses[0].mourning``). A list that is answered as a whole comes before what is added, every other answer after it.
    """

    people: Annotated[tuple[Person, ...], MaxLen(40)] = ()
    ties: Annotated[tuple[Tie, ...], MaxLen(400)] = ()
    losses: Annotated[tuple[Loss, ...], MaxLen(12)] = ()
    disputes: Annotated[tuple[Dispute, ...], MaxLen(12)] = ()
    changes: Annotated[tuple[Change, ...], MaxLen(12)] = ()
    isolation: Annotated[tuple[Isolation, ...], MaxLen(1)] = ()
    answers: Annotated[dict[str, Any], AfterValidator(FrozenAnswers.of), Private("answers by place")] = Field(
        default={}, validate_default=True
    )

    @property
    def are_none(self) -> bool:
        """Whether nothing new became known."""
        return not any(getattr(self, part) for part in type(self).model_fields)


class CheckIn(Record):
    """What the clinician records of one session that was held."""

    session: Annotated[SessionNumber, Asked("number of the session, counted from 1", unit="sessions")]
    day: Annotated[Optional[Annotated[date, BeforeValidator(full_day)]], Asked("day of the session")] = None
    phq9: Phq9 = None
    phq9_item9: Phq9Item9 = None
    gad7: Gad7 = None
    epds: Epds = None
    epds_item10: EpdsItem10 = None
    hamd17: Hamd17 = None
    bdi2: Bdi2 = None
    mood_before: Annotated[
        Optional[Annotated[int, Interval(ge=0, le=10), WHOLE]],
        Asked("mood at the beginning of the session, from 0 (worst) to 10 (best)", unit="points"),
    ] = None
    mood_after: Annotated[
        Optional[Annotated[int, Interval(ge=0, le=10), WHOLE]],
        Asked("mood at the end of the session, from 0 (worst) to 10 (best)", unit="points"),
    ] = None
    events: Optional[Annotated[tuple[InterpersonalEvent, ...], MaxLen(MOST_EVENTS)]] = None
    suicidal_thoughts: Annotated[
        Flag, Asked("thoughts of death, of suicide or of self-harm since the session before")
    ] = None
    suicide_risk: Annotated[
        Flag, Asked("plan, intent or an attempt to take their own life since the session before")
    ] = None
    unsafe: Annotated[
        Flag, Asked("violence, control or fear of it, by or towards the patient, since the session before")
    ] = None
    cleared: Annotated[
        Annotated[tuple[Gate, ...], MaxLen(11)],
        Asked("gates that a clinician has assessed and cleared in this session", judgement=True),
    ] = ()
    worked_on: Annotated[
        Optional[str], Refers("the subject on which most of the session was spent, or none", to="subject")
    ] = None
    spent_on: Annotated[
        Optional[Literal["recent_events", "present_life", "distant_past", "symptoms", "ending", "other"]],
        Asked("what most of the session was spent on"),
    ] = None
    techniques: Annotated[
        Optional[
            Annotated[
                tuple[
                    Literal[
                        "exploration",
                        "direct_elicitation",
                        "encouragement_of_affect",
                        "clarification",
                        "communication_analysis",
                        "decision_analysis",
                        "role_play",
                        "therapeutic_relationship",
                        "work_between_sessions",
                    ],
                    ...,
                ],
                MaxLen(9),
            ]
        ],
        Asked("techniques used"),
    ] = None
    strategies: Annotated[tuple[Annotated[str, MaxLen(100)], ...], MaxLen(60)] = ()
    progress: Annotated[tuple[GoalProgress, ...], MaxLen(3)] = ()
    stage: Annotated[
        Optional[Literal["renegotiation", "impasse", "dissolution"]],
        Asked("stage of the dispute in focus, as the clinician judges it now", judgement=True),
    ] = None
    ending_named: Annotated[Flag, Asked("the ending of the therapy was spoken about")] = None
    ending_feelings: Annotated[
        Optional[Literal["none", "mild", "strong"]],
        Asked("sorrow, anger or worry about the ending, as the patient tells it", ordered=True),
    ] = None
    ready_to_end: Annotated[
        Optional[Literal["no", "in_part", "yes"]],
        Asked("the patient feels able to go on without the sessions", ordered=True),
    ] = None
    after_the_end: Annotated[
        Optional[Literal["nothing_more", "maintenance", "further_sessions", "other_treatment"]],
        Asked("what was settled for the time after the last session"),
    ] = None
    ended: Annotated[Flag, Asked("the therapy ended with this session", judgement=True)] = None
    new_facts: NewFacts = NewFacts()
    note: Annotated[Text, Private("anything else, for people")] = None

    @field_validator("strategies")
    @classmethod
    def _are_ids_of_rules(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        if not all(re.fullmatch(_ID_OF_A_STRATEGY, entry) for entry in given):
            raise ValueError("must be a list of ids of strategies, such as middle.general.role-play")
        return given
