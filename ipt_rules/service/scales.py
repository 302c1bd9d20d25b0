"""The intake with what newer scales say: they fill what it leaves open, and where they tell of more danger they stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ipt_rules.errors import IntakeError
from ipt_rules.intake import Intake
from ipt_rules.interop.fhir_scales import scale_answers, scales_in, with_answers
from ipt_rules.interop.loinc import SCALES
from ipt_rules.service.authored import moment, newest
from ipt_rules.service.prefetched import AT, WHICH, recorded_in, unreadable
from ipt_rules.service.refusals import RefusedError, wrong

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ipt_rules.interop.fhir_words import Resource
    from ipt_rules.interop.loinc import Scale
    from ipt_rules.service.calls import Call

_PARTS_OF_A_DAY: Final = 3


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent along of the patient whose chart is open.

    Attributes:
        recorded: the newest intake, as it was recorded.
        intake: the same with what newer scales say.
        told_later: the places of what a scale of a later day tells, whether or not it was recorded before.

    """

    recorded: Intake = field(repr=False)
    intake: Intake = field(repr=False)
    told_later: frozenset[str] = field(repr=False, default=frozenset())


def sent_in(call: Call) -> Sent:
    """Return the intake of the patient whose chart is open, and what newer scales say.

    The newest response to the questionnaire of the library is read. What it leaves open of a scale is taken from the newest
    response to that scale, where that is not of an earlier day. What it records of a scale stands, unless an item that is recorded
    by itself has more points on the newer one: then that takes the place of all that is recorded of the scale.

    Raises:
        RefusedError: there is none (412); it is another patient's, cannot be told from others, or cannot be read (422).

    """
    recorded, others = recorded_in(call)
    sent = Sent(recorded, recorded)
    known = [(one, scales_in(one)) for one in others]
    for scale in SCALES:
        sent = _with_newer(sent, scale, [one for one, scales in known if scale in scales])
    return sent


def _with_newer(sent: Sent, scale: Scale, responses: Sequence[Resource]) -> Sent:
    """Return what was sent, with what the newest response to a scale says, of the day of the intake or later."""
    day = _day(sent.recorded)
    current = [(one, written) for one in responses if (written := _day_of(one)) is not None and written >= day]
    if not current:
        return sent
    response = newest([one for one, _ in current])
    if response is None:
        raise RefusedError(422, [wrong(AT, f"holds several responses to {scale.name}, and {WHICH}")])
    is_later = _day_of(response) != day
    try:
        given = scale_answers(response)
        answers = {name: given[name] for name in (scale.field, *scale.single.values()) if name in given}
        return _with_answers(sent, scale, answers, is_later=is_later)
    except IntakeError as error:
        raise unreadable(scale.name, error.problems) from None


def _with_answers(sent: Sent, scale: Scale, answers: Mapping[str, int], *, is_later: bool) -> Sent:
    recorded = sent.recorded.to_dict().get("episode", {})
    told = {name: answers[name] for name in scale.single.values() if name in answers}
    intake = sent.intake
    if any(points > recorded.get(name, 0) for name, points in told.items()):
        intake = with_answers(_without(intake, scale), answers)
    elif all(recorded.get(name, points) == points for name, points in answers.items()):
        intake = with_answers(intake, answers)
    no_less = (f"episode.{name}" for name, points in told.items() if points >= recorded.get(name, points))
    return Sent(sent.recorded, intake, sent.told_later | frozenset(no_less if is_later else ()))


def _without(intake: Intake, scale: Scale) -> Intake:
    """Return an intake in which a scale is open."""
    plain, left_out = intake.to_dict(), {scale.field, *scale.single.values()}
    episode = {name: told for name, told in plain.get("episode", {}).items() if name not in left_out}
    return Intake.model_validate({**plain, "episode": episode})


def _day(intake: Intake) -> tuple[int, ...]:
    return (intake.assessed_on.year, intake.assessed_on.month, intake.assessed_on.day)


def _day_of(response: Resource) -> tuple[int, ...] | None:
    """Return the day of a response; None where it does not say one."""
    written = moment(response.get("authored"))
    return written.day if written is not None and len(written.day) == _PARTS_OF_A_DAY else None
