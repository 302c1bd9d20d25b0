"""Derived fields of what a therapy keeps an eye on to its end: risk, the stage of the dispute in focus, and the ending."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipt_rules.agreed import dispute_in_focus
from ipt_rules.derived.registry import STAGE_WORDS
from ipt_rules.derived.so_far import choice, flag, number
from ipt_rules.values import NOT_ARISING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipt_rules.derived.so_far import SoFar
    from ipt_rules.values import Value


@flag(
    "checkin.thoughts_asked",
    "check_ins[].suicidal_thoughts",
    "check_ins[].phq9_item9",
    "check_ins[].epds_item10",
    source="casebook ch. 12",
)
def _thoughts_asked(so_far: SoFar) -> Value:
    """Thoughts of death were asked about in this session, by a question or an item of a scale; else not known."""
    now = so_far.now
    return True if any(one is not None for one in (now.suicidal_thoughts, now.phq9_item9, now.epds_item10)) else None


@flag(
    "course.risk_told",
    "check_ins[].suicidal_thoughts",
    "check_ins[].suicide_risk",
    "safety.suicide_risk",
    source="casebook ch. 12",
)
def _risk_told(so_far: SoFar) -> Value:
    """Thoughts of death, or a risk of suicide, were told in the intake or in a session so far; else not known."""
    told = [answer for one in so_far.check_ins for answer in (one.suicidal_thoughts, one.suicide_risk)]
    return True if so_far.at_first.safety.suicide_risk or any(told) else None


@flag(
    "course.danger_told",
    "check_ins[].unsafe",
    "safety.abuse",
    "disputes[].violence",
    "disputes[].coercion",
    source="weissman2018 as recalled",
)
def _danger_told(so_far: SoFar) -> Value:
    """Violence, control or fear of it was told in the intake or in a session so far."""
    return so_far.danger_told


def _most(so_far: SoFar, item: str) -> Value:
    points = [getattr(so_far.at_first.episode, item), *(getattr(one, item) for one in so_far.check_ins)]
    return max((point for point in points if point is not None), default=None)


@number("course.most_item9", 0, 3, "points", "check_ins[].phq9_item9", "episode.phq9_item9", source="casebook ch. 12")
def _most_item9(so_far: SoFar) -> Value:
    """The highest answer to PHQ-9 item 9 (thoughts of death or self-harm), in the intake and in every session so far."""
    return _most(so_far, "phq9_item9")


@number(
    "course.most_item10", 0, 3, "points", "check_ins[].epds_item10", "episode.epds_item10", source="casebook ch. 13"
)
def _most_item10(so_far: SoFar) -> Value:
    """The highest answer to EPDS item 10 (thoughts of self-harm), in the intake and in every session so far."""
    return _most(so_far, "epds_item10")


@choice("course.stage_before", STAGE_WORDS, "check_ins[].stage", "disputes[].stage", source="casebook ch. 3")
def _stage_before(so_far: SoFar) -> Value:
    """Stage of the dispute in focus as it was last judged before this session."""
    place = dispute_in_focus(so_far.foci)
    if place is None:
        return NOT_ARISING
    dispute = dict(so_far.before.subjects()).get(place)
    stage: str | None = getattr(dispute, "stage", None)
    return stage


def _ever(answers: Sequence[bool | None]) -> Value:
    if True in answers:
        return True
    return None if None in answers else False


@flag("course.ending_named", "check_ins[].ending_named", source="article how IPT concludes")
def _ending_named(so_far: SoFar) -> Value:
    """The ending has been spoken about, in this session or before."""
    return _ever([check_in.ending_named for check_in in so_far.check_ins])


@flag("course.ending_felt", "check_ins[].ending_feelings", source="article how IPT concludes")
def _ending_felt(so_far: SoFar) -> Value:
    """The patient has told what they feel about the ending, in this session or before; else not known."""
    return True if any(check_in.ending_feelings is not None for check_in in so_far.check_ins) else None
