"""What the clinician records before a focus is chosen.

Every question may be left open: an answer that is absent is unknown, never "no". An empty list says "asked: none". Events carry a
date, a partial date or a number of months ago. Names and notes are for people; rules never see them.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Optional, TypeAlias, get_args

from annotated_types import Interval, MaxLen
from pydantic import BeforeValidator, Field, ModelWrapValidatorHandler, ValidationError, model_validator

from ipt_rules.contradictions import contradictions
from ipt_rules.dates import LAST_YEAR, When, full_day
from ipt_rules.errors import IntakeError
from ipt_rules.inventory import Inventory
from ipt_rules.malformed import by_place, malformed, problem, without_malformed
from ipt_rules.records import WHOLE, Asked, Flag, Private, Record, Refers, Text
from ipt_rules.scales import Epds, EpdsItem10, Gad7, Phq9, Phq9Item9  # pydantic reads them when it runs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ipt_rules.errors import Problem
    from ipt_rules.places import Steps

SCHEMA: Final = "ipt-rules/intake/v1"
_LAST_DAY: Final = date(LAST_YEAR, 12, 31)
DEATHS: Final = ("death", "pregnancy_loss")
_DEATH: Final = ("kind", DEATHS)
_OTHER_LOSS: Final = ("kind", ("separation", "estrangement", "job", "health", "home", "other"))

Gate: TypeAlias = Literal[
    "suicide_risk",
    "harm_to_others",
    "psychosis",
    "mania",
    "substance_dependence",
    "abuse",
    "cognitive_impairment",
    "medical_cause_open",
    "medical_risk_of_eating_disorder",
    "minor",
    "below_threshold",
]
"""What a clinician may have to settle before any plan: what ``safety`` asks about, and two that follow from other answers."""


class Patient(Record):
    """Who the patient is, as far as it matters here. No birth date, no name."""

    age: Annotated[Optional[Annotated[int, Interval(ge=0, le=120), WHOLE]], Asked("age", unit="years")] = None
    perinatal: Annotated[
        Optional[Literal["neither", "pregnant", "postpartum"]], Asked("pregnant, or within a year after a birth")
    ] = None


class Episode(Record):
    """What the patient suffers from now, and since when. No diagnosis is needed."""

    condition: Annotated[
        Optional[
            Literal[
                "none",
                "depression",
                "chronic_depression",
                "bipolar",
                "social_anxiety",
                "anxiety",
                "ptsd",
                "eating_disorder",
                "prolonged_grief",
                "personality_disorder",
                "other",
            ]
        ],
        Asked("leading condition, as diagnosed by a clinician; 'none' when there is no diagnosis"),
    ] = None
    onset: Annotated[Optional[When], Asked("when this episode began")] = None
    phq9: Phq9 = None
    phq9_item9: Phq9Item9 = None
    gad7: Gad7 = None
    epds: Epds = None
    epds_item10: EpdsItem10 = None
    pg13r: Annotated[
        Optional[Annotated[int, Interval(ge=10, le=50), WHOLE]],
        Asked("PG-13-R total (prolonged grief)", unit="points"),
    ] = None
    ucla3: Annotated[
        Optional[Annotated[int, Interval(ge=3, le=9), WHOLE]],
        Asked("three-item UCLA loneliness scale", unit="points"),
    ] = None
    medication: Annotated[
        Optional[Literal["none", "antidepressant", "other"]], Asked("medication for the mood, now")
    ] = None
    note: Annotated[Text, Private("anything else, for people")] = None


class Loss(Record):
    """A death, or another loss. Whether it is one to work on is for the rules and the clinician."""

    kind: Annotated[
        Optional[Literal["death", "pregnancy_loss", "separation", "estrangement", "job", "health", "home", "other"]],
        Asked("what was lost; a pregnancy loss counts as a death"),
    ] = None
    person: Annotated[Optional[str], Refers("who died or was lost", to="person")] = None
    when: Annotated[Optional[When], Asked("when the loss happened")] = None
    tied_to_episode: Annotated[
        Flag, Asked("the clinician sees the onset or the upkeep of the episode tied to this loss")
    ] = None
    mourning: Annotated[
        Optional[Literal["moving", "settled", "suppressed", "delayed", "stalled"]],
        Asked("how the mourning goes: moving on its own, settled, held back, put off, or stuck", only_if=_DEATH),
    ] = None
    sudden: Annotated[Flag, Asked("the death was unexpected", only_if=_DEATH)] = None
    traumatic: Annotated[Flag, Asked("the death was violent or otherwise traumatic", only_if=_DEATH)] = None
    avoids_reminders: Annotated[
        Flag,
        Asked("avoids places, people or belongings that recall the dead, or keeps them as a shrine", only_if=_DEATH),
    ] = None
    preoccupied: Annotated[Flag, Asked("yearns for the dead or thinks of little else", only_if=_DEATH)] = None
    guilt_or_anger: Annotated[Flag, Asked("guilt or unspoken anger towards the dead", only_if=_DEATH)] = None
    rituals_missed: Annotated[Flag, Asked("missed the funeral or other rites", only_if=_DEATH)] = None
    anniversary_worsening: Annotated[Flag, Asked("mood worsens around anniversaries of the death", only_if=_DEATH)] = (
        None
    )
    illness_like_deceased: Annotated[
        Flag,
        Asked("has symptoms like those of the illness of which the person died", only_if=("kind", ("death",))),
    ] = None
    mourned_with_others: Annotated[Flag, Asked("had people to mourn with", only_if=_DEATH)] = None
    role_changed: Annotated[
        Flag, Asked("the death chiefly changed the patient's own role (sole parent, lost income)", only_if=_DEATH)
    ] = None
    old_role_missed: Annotated[Flag, Asked("mourns or idealises what was before the loss", only_if=_OTHER_LOSS)] = None
    lacks_mastery: Annotated[Flag, Asked("feels unable to cope with life since the loss", only_if=_OTHER_LOSS)] = None
    supports_lost: Annotated[Flag, Asked("people or support went with what was lost", only_if=_OTHER_LOSS)] = None
    note: Annotated[Text, Private("anything else, for people")] = None


class Dispute(Record):
    """A relationship with somebody living in which the two expect different things of each other, openly or silently."""

    person: Annotated[Optional[str], Refers("with whom", to="person")] = None
    began: Annotated[Optional[When], Asked("when the dispute began or grew worse")] = None
    tied_to_episode: Annotated[
        Flag, Asked("the clinician sees the onset or the upkeep of the episode tied to this dispute")
    ] = None
    stage: Annotated[
        Optional[Literal["renegotiation", "impasse", "dissolution"]],
        Asked("stage of the dispute as the clinician judges it", judgement=True),
    ] = None
    expectations_differ: Annotated[Flag, Asked("the two expect different things of each other")] = None
    covert: Annotated[Flag, Asked("silent: distance and resentment without open argument")] = None
    still_trying: Annotated[Flag, Asked("both know of the differences and still try to change things")] = None
    talk_has_stopped: Annotated[Flag, Asked("the two no longer talk about what is wrong")] = None
    ending: Annotated[
        Optional[Literal["lasting", "ending", "ended"]], Asked("whether the relationship lasts, is ending or has ended")
    ] = None
    repetitive: Annotated[Flag, Asked("the same quarrel again and again, with little hope of change")] = None
    gives_in: Annotated[Flag, Asked("the patient gives in, or treats their own anger as wrong")] = None
    mood_worse_after_contact: Annotated[Flag, Asked("mood drops after meeting or speaking with the person")] = None
    fears_losing: Annotated[Flag, Asked("feels threatened by, and helpless about, losing the relationship")] = None
    about_a_change: Annotated[
        Flag, Asked("the quarrels are a by-product of a change in the patient's life, which is the real trouble")
    ] = None
    only_since_episode: Annotated[
        Flag, Asked("the relationship was good until the episode began; irritability explains the friction")
    ] = None
    violence: Annotated[Flag, Asked("violence, or fear of it, between the two")] = None
    coercion: Annotated[Flag, Asked("one controls or threatens the other")] = None
    note: Annotated[Text, Private("anything else, for people")] = None


class Change(Record):
    """A change in the patient's life, wanted or not: a move from one role to another."""

    kind: Annotated[
        Optional[
            Literal[
                "job_start",
                "job_loss",
                "promotion",
                "retirement",
                "move",
                "migration",
                "marriage",
                "separation",
                "parenthood",
                "child_leaving",
                "illness",
                "illness_of_other",
                "caregiving",
                "trauma",
                "study",
                "other",
            ]
        ],
        Asked("what changed"),
    ] = None
    person: Annotated[Optional[str], Refers("whom the change concerns besides the patient", to="person")] = None
    when: Annotated[Optional[When], Asked("when the change happened or began")] = None
    tied_to_episode: Annotated[
        Flag, Asked("the clinician sees the onset or the upkeep of the episode tied to this change")
    ] = None
    wanted: Annotated[Flag, Asked("the patient wanted the change")] = None
    unexpected: Annotated[Flag, Asked("the change came unforeseen or at an unusual time of life")] = None
    old_role_missed: Annotated[Flag, Asked("mourns or idealises the old role")] = None
    new_role_all_bad: Annotated[Flag, Asked("sees nothing good in the new role")] = None
    new_role_ambivalent: Annotated[Flag, Asked("is of two minds about the new role, also where it was wanted")] = None
    lacks_mastery: Annotated[Flag, Asked("feels unable to meet the demands of the new role")] = None
    supports_lost: Annotated[Flag, Asked("the change took people or support away")] = None
    sense_of_self_shaken: Annotated[Flag, Asked("no longer knows who they are or what they can do")] = None
    note: Annotated[Text, Private("anything else, for people")] = None


class Isolation(Record):
    """A history of few or unfulfilling relationships. It describes; it never blames."""

    began: Annotated[
        Optional[Literal["childhood", "adolescence", "adulthood", "this_episode"]],
        Asked("when the isolation began; 'this_episode' when it came with the present symptoms"),
    ] = None
    hard_to_start: Annotated[Flag, Asked("finds it hard to begin relationships")] = None
    hard_to_keep: Annotated[Flag, Asked("finds it hard to keep relationships going")] = None
    hard_to_express: Annotated[Flag, Asked("finds it hard to tell others what they feel or need")] = None
    unfulfilling: Annotated[Flag, Asked("has contacts that give little")] = None
    avoids_people: Annotated[Flag, Asked("shy of people, or keeps away from them")] = None
    sensitive_to_rejection: Annotated[Flag, Asked("easily hurt by signs of rejection")] = None
    note: Annotated[Text, Private("anything else, for people")] = None


class Safety(Record):
    """What has to be settled by a clinician before any plan: each gate asked about, and those cleared since."""

    suicide_risk: Annotated[Flag, Asked("plan, intent or recent attempt to take their own life")] = None
    harm_to_others: Annotated[Flag, Asked("intent to harm somebody else")] = None
    psychosis: Annotated[Flag, Asked("psychotic symptoms now, or schizophrenia")] = None
    mania: Annotated[Flag, Asked("manic or mixed symptoms now, or bipolar disorder suspected and not yet assessed")] = (
        None
    )
    substance_dependence: Annotated[Flag, Asked("dependence on alcohol or drugs comes first")] = None
    abuse: Annotated[
        Flag, Asked("violence, coercive control or abuse at home, of the patient or somebody dependent")
    ] = None
    cognitive_impairment: Annotated[Flag, Asked("dementia, delirium or severe cognitive impairment")] = None
    medical_cause_open: Annotated[Flag, Asked("a medical cause of the symptoms has not been ruled out")] = None
    medical_risk_of_eating_disorder: Annotated[Flag, Asked("an eating disorder with medical risk")] = None
    cleared: Annotated[
        Annotated[tuple[Gate, ...], MaxLen(11)],
        Asked("gates that a clinician has assessed and cleared", judgement=True),
    ] = ()


class View(Record):
    """What the patient says and shows. It is weighed by people; to rules it is a small thing, always shown."""

    matters_most: Annotated[
        Optional[str], Refers("the subject that matters most to the patient, e.g. losses[0]", to="subject")
    ] = None
    links_mood_to: Annotated[
        Optional[str], Refers("the subject to which the patient links their mood, e.g. disputes[1]", to="subject")
    ] = None
    most_workable: Annotated[
        Optional[str], Refers("the subject on which most can be done now, within the sessions there are", to="subject")
    ] = None
    strongest_affect: Annotated[
        Optional[str], Refers("the subject at which the patient's feelings are strongest", to="subject")
    ] = None
    wishes_to_work_on: Annotated[
        Optional[Literal["relationships", "thoughts", "early_life", "no_preference"]],
        Asked("what the patient wishes to work on: life with others now, own thoughts and habits, or early life"),
    ] = None
    offered_area: Annotated[
        Optional[Literal["grief", "disputes", "transitions", "deficits"]],
        Asked("problem area of the focus that was put to the patient"),
    ] = None
    offered_subject: Annotated[
        Optional[str], Refers("subject of the focus that was put to the patient", to="subject")
    ] = None
    answer_to_focus: Annotated[
        Optional[Literal["agrees", "in_part", "does_not_agree"]],
        Asked("the patient's answer to the focus that was put to them"),
    ] = None
    note: Annotated[Text, Private("the patient's own words, for people")] = None


class Therapy(Record):
    """How many sessions were agreed, which one comes now, and how the patient takes to the work."""

    planned_sessions: Annotated[
        Optional[Annotated[int, Interval(ge=1, le=60), WHOLE]], Asked("sessions agreed", unit="sessions")
    ] = None
    current_session: Annotated[
        Optional[Annotated[int, Interval(ge=1, le=60), WHOLE]], Asked("number of the present session")
    ] = None
    engages: Annotated[Flag, Asked("can put events and feelings into words and takes part in the work")] = None
    accepts_frame: Annotated[Flag, Asked("finds it sensible to work on life with others")] = None
    accepts_time_limit: Annotated[Flag, Asked("is willing to work within an agreed number of sessions")] = None
    alliance: Annotated[
        Optional[Literal["poor", "fair", "good"]],
        Asked("how the patient and the therapist work together, as the clinician judges it", ordered=True),
    ] = None


class Intake(Record):
    """The whole intake, valid and free of contradictions.

    Raises:
        IntakeError: on construction, with everything that is wrong, each with its place.

    """

    schema_: Literal["ipt-rules/intake/v1"] = Field(default=SCHEMA, alias="schema")
    assessed_on: Annotated[date, BeforeValidator(full_day)]
    patient: Patient = Patient()
    episode: Episode = Episode()
    losses: Optional[Annotated[tuple[Loss, ...], MaxLen(12)]] = None
    disputes: Optional[Annotated[tuple[Dispute, ...], MaxLen(12)]] = None
    changes: Optional[Annotated[tuple[Change, ...], MaxLen(12)]] = None
    isolation: Optional[Annotated[tuple[Isolation, ...], MaxLen(1)]] = None
    inventory: Inventory = Inventory()
    safety: Safety = Safety()
    view: View = View()
    therapy: Therapy = Therapy()
    asked_without_answer: Annotated[tuple[str, ...], MaxLen(400)] = ()
    note: Annotated[Text, Private("anything else, for people")] = None

    @model_validator(mode="wrap")
    @classmethod
    def _collect_all_that_is_wrong(cls, given: Any, validate: ModelWrapValidatorHandler[Intake]) -> Intake:
        intake, problems, left_out = _validated(cls, given, validate)
        if intake is not None:
            problems += contradictions(intake, left_out)
        if problems or intake is None:
            raise IntakeError("The intake cannot be assessed:", sorted(problems, key=by_place))
        return intake

    def to_dict(self) -> dict[str, Any]:
        """Return the intake as plain values, without the questions that are open. ``Intake(**d)`` reads it back."""
        return {"schema": self.schema_, **self.model_dump(mode="json", exclude_none=True, exclude_defaults=True)}

    def subjects(self) -> Iterable[tuple[str, Loss | Dispute | Change | Isolation]]:
        """Yield each subject with its place, e.g. ``("losses[0]", Loss(...))``."""
        for part in SUBJECT_LISTS:
            for position, subject in enumerate(getattr(self, part) or ()):
                yield f"{part}[{position}]", subject


def _validated(
    record: type[Intake], given: Any, validate: ModelWrapValidatorHandler[Intake]
) -> tuple[Intake | None, list[Problem], frozenset[Steps]]:
    """Return the intake as far as its answers are well-formed, what is not, and what was left out for it."""
    try:
        return validate(given), [], frozenset()
    except ValidationError as error:
        invalid = error
    except RecursionError:
        return None, [problem((), "is nested too deeply")], frozenset()
    try:
        intake, left_out = without_malformed(given, invalid, validate, {"assessed_on": _LAST_DAY})
    except RecursionError:
        intake, left_out = None, frozenset()
    return intake, malformed(record, invalid), left_out


SUBJECT_LISTS: Final = {"losses": "loss", "disputes": "dispute", "changes": "change", "isolation": "isolation"}
"""The lists of subjects and what their rows are called."""

GATES: Final[tuple[str, ...]] = get_args(Gate)
"""The gates, in the order in which they are told."""

PARTS_OF_THE_PATIENT: Final = ("patient", "episode", "safety", "view", "therapy")
"""The parts of the intake whose answers are fields ``patient.…``."""
