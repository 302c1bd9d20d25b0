"""Derived fields of the symptoms over a therapy, by the scales that the rule set prefers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ipt_rules.derived.so_far import choice, flag, number
from ipt_rules.intake import Episode
from ipt_rules.sessions import MOST_SESSIONS, SCALES

if TYPE_CHECKING:
    from ipt_rules.derived.so_far import SoFar
    from ipt_rules.ruleset.scoring import Scale
    from ipt_rules.values import Value

_SCALES: Final = tuple(f"check_ins[].{name}" for name in SCALES)
_SCALES_READ: Final = (*_SCALES, *(f"episode.{name}" for name in SCALES if name in Episode.model_fields))
_SYMPTOMS: Final = ("worse", "unchanged", "better")


def measured(so_far: SoFar) -> tuple[Scale, list[int | None]] | None:
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
    found = measured(so_far)
    if found is None:
        return None
    scale, values = found
    earlier = [value for value in values[:-1] if value is not None]
    now, then = values[-1], earlier[-1 if with_last else 0]
    assert now is not None  # by how the scale was chosen
    remitted = scale.remission is not None and now <= scale.remission < then
    moved = (remitted or then - now >= scale.meaningful_change) - (now - then >= scale.meaningful_change)
    return 1 + moved


@choice("course.symptoms", _SYMPTOMS, *_SCALES_READ, ordered=True)
def _symptoms(so_far: SoFar) -> Value:
    """Symptoms beside the beginning: better where a scale has fallen by a meaningful change, or into the range of remission.

    Not known without a scale in this session.
    """
    return _compared(so_far, with_last=False)


@choice("course.symptoms_lately", _SYMPTOMS, *_SCALES_READ, ordered=True)
def _symptoms_lately(so_far: SoFar) -> Value:
    """Symptoms beside the last time that the same scale was filled in."""
    return _compared(so_far, with_last=True)


@flag("course.in_remission", *_SCALES)
def _in_remission(so_far: SoFar) -> Value:
    """The scale by which the therapy is measured was filled in in this session, and lies in the range of remission.

    Not known where the rule set gives no such range for it.
    """
    found = measured(so_far)
    if found is None or found[0].remission is None:
        return None
    now = found[1][-1]
    assert now is not None  # by how the scale was chosen
    return now <= found[0].remission


@number("course.sessions_since_scale", 0, MOST_SESSIONS, "sessions", *_SCALES)
def _sessions_since_scale(so_far: SoFar) -> Value:
    """Sessions held since a scale was filled in; 0 when one was today."""
    for since, check_in in enumerate(reversed(so_far.check_ins)):
        if any(getattr(check_in, scale.name) is not None for scale in so_far.scoring.scales):
            return since
    return len(so_far.check_ins)
