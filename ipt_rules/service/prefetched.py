"""The intake among what a client sent along: the newest that is this patient's, and what newer scales add to it.

What cannot be told apart is refused. Nothing of another patient is ever read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ipt_rules.errors import IntakeError
from ipt_rules.intake import Intake
from ipt_rules.interop.cds_hooks import PREFETCH
from ipt_rules.interop.fhir_reading import intake_from
from ipt_rules.interop.fhir_scales import scale_answers, scales_in, with_answers
from ipt_rules.interop.fhir_words import QUESTIONNAIRE
from ipt_rules.interop.loinc import SCALES
from ipt_rules.service.authored import moment, newest
from ipt_rules.service.refusals import RefusedError, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ipt_rules.errors import Problem
    from ipt_rules.interop.fhir_words import Resource
    from ipt_rules.interop.loinc import Scale
    from ipt_rules.service.calls import Call

(_KEY,) = PREFETCH
AT: Final = f"prefetch.{_KEY}"
"""Where the responses are sent along."""

_ASKED_FOR: Final = ("completed", "amended")
"""The status of the responses that are asked for, and looked at."""

_FAILED: Final = ("error", "fatal")
_BESIDE: Final = ("include", "outcome")
_RESPONSE: Final = re.compile(
    r"(https?://\S+)/QuestionnaireResponse/[A-Za-z0-9.-]{1,64}(?:/_history/[A-Za-z0-9.-]{1,64})?"
)
_PARTS_OF_A_DAY: Final = 3
_OTHER_PAGES: Final = ("next", "previous", "prev")
_ALL: Final = "the newest response may be among the others; send all of them in one Bundle"
_PATIENT: Final = re.compile(r"(?:(https?://\S+)/)?Patient/([A-Za-z0-9.-]{1,64})(?:/_history/[A-Za-z0-9.-]{1,64})?")


class _Placed(NamedTuple):
    """A resource that was sent along, and its place; ``server`` is what its relative references are relative to, where that is told."""

    at: str
    resource: Resource
    server: str | None = None


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
    responses = _of_the_patient(list(_resources(call.prefetch)), call)
    ours = [one for one in responses if _canonical(one) == QUESTIONNAIRE]
    if not ours:
        raise RefusedError(412, [wrong(AT, f"holds no response to {QUESTIONNAIRE} that is completed or amended")])
    recorded = _read(ours)
    sent = Sent(recorded, recorded)
    others = [(one, scales_in(one)) for one in responses if _canonical(one) != QUESTIONNAIRE]
    for scale in SCALES:
        sent = _with_newer(sent, scale, [one for one, scales in others if scale in scales])
    return sent


def _resources(prefetch: dict[str, Any]) -> Iterator[_Placed]:
    """Yield the resources that were sent along, each with its place.

    Raises:
        RefusedError: what is needed was not sent, or not all of it.

    """
    given = prefetch.get(_KEY)
    if given is None:
        raise RefusedError(412, [wrong(AT, f"is not there or null; this service needs {PREFETCH[_KEY]}")])
    kind = given.get("resourceType") if isinstance(given, dict) else None
    if kind in ("QuestionnaireResponse", "OperationOutcome"):
        _make_sure_it_worked(AT, given)
        yield _Placed(AT, given)
    elif kind == "Bundle" and given.get("type") == "searchset":
        yield from _entries(given)
    else:
        raise RefusedError(412, [wrong(AT, "must be a Bundle of the type searchset, or a QuestionnaireResponse")])


def _entries(bundle: Resource) -> Iterator[_Placed]:
    entries, links = bundle.get("entry", []), bundle.get("link", [])
    if not isinstance(entries, list) or not isinstance(links, list):
        raise RefusedError(412, [wrong(AT, "must have a list of entries, and of links")])
    if any(isinstance(link, dict) and link.get("relation") in _OTHER_PAGES for link in links):
        raise RefusedError(412, [wrong(f"{AT}.link", f"is one page of several, and {_ALL}")])
    if type(total := bundle.get("total")) is int and total > sum(map(_is_found, entries)):
        raise RefusedError(412, [wrong(f"{AT}.total", f"says that there are more than were sent: {_ALL}")])
    for position, entry in enumerate(entries):
        at, resource = f"{AT}.entry[{position}].resource", entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(resource, dict):
            raise RefusedError(412, [wrong(at, "must be a FHIR resource")])
        _make_sure_it_worked(at, resource)
        lies_at = _RESPONSE.fullmatch(str(entry.get("fullUrl")))
        yield _Placed(at, resource, lies_at[1] if lies_at else None)


def _is_found(entry: Any) -> bool:
    """Return whether an entry of a Bundle is among what was searched for, as its total counts it."""
    search = entry.get("search") if isinstance(entry, dict) else None
    return not (isinstance(search, dict) and search.get("mode") in _BESIDE)


def _make_sure_it_worked(at: str, resource: Resource) -> None:
    """Make sure that a resource does not say that the search failed, and that the rest is thus not all there is."""
    issues = resource.get("issue") if resource.get("resourceType") == "OperationOutcome" else None
    known = issues if isinstance(issues, list) else []
    if resource.get("resourceType") == "OperationOutcome" and (
        at == AT or any(isinstance(issue, dict) and issue.get("severity") in _FAILED for issue in known)
    ):
        raise RefusedError(
            412, [wrong(at, "is an OperationOutcome: the responses could not be fetched, or not all of them")]
        )


def _of_the_patient(resources: Sequence[_Placed], call: Call) -> list[Resource]:
    """Return the responses that are asked for and of the patient.

    Raises:
        RefusedError: one is another patient's, or answers our questionnaire and does not say whose it is.

    """
    found, problems = [], []
    for at, resource, server in resources:
        if resource.get("resourceType") != "QuestionnaireResponse":
            continue
        is_theirs = _is_theirs(resource, server, call)
        asked_for = resource.get("status") in _ASKED_FOR
        if is_theirs and asked_for:
            found.append(resource)
        elif is_theirs is False:
            problems.append(wrong(f"{at}.subject", "is not the patient of the context; nothing was read"))
        elif is_theirs is None and asked_for and _canonical(resource) == QUESTIONNAIRE:
            problems.append(wrong(f"{at}.subject", "must say whose response it is: Patient/ and the FHIR id"))
    if problems:
        raise RefusedError(422, problems)
    return found


def _is_theirs(response: Resource, server: str | None, call: Call) -> bool | None:
    """Return whether a response, from this server where that is told, is the patient's; None where it does not say."""
    subject = response.get("subject")
    reference = subject.get("reference") if isinstance(subject, dict) else None
    named = _PATIENT.fullmatch(reference) if isinstance(reference, str) else None
    if named is None:
        return None
    server = named[1] or server
    elsewhere = server is not None and call.server is not None and server != call.server.rstrip("/")
    return named[2] == call.patient and not elsewhere


def _canonical(response: Resource) -> str:
    return str(response.get("questionnaire")).partition("|")[0]


def _read(ours: Sequence[Resource]) -> Intake:
    response = newest(ours)
    if response is None:
        raise RefusedError(422, [wrong(AT, f"holds several responses to {QUESTIONNAIRE}, and {_WHICH}")])
    try:
        return intake_from(response)
    except IntakeError as error:
        raise _unreadable("the intake", error.problems) from None


_WHICH: Final = "which is the newest cannot be told: 'authored' and 'meta.lastUpdated' are missing, or the same"


def _with_newer(sent: Sent, scale: Scale, responses: Sequence[Resource]) -> Sent:
    """Return what was sent, with what the newest response to a scale says, of the day of the intake or later."""
    day = _day(sent.recorded)
    current = [(one, written) for one in responses if (written := _day_of(one)) is not None and written >= day]
    if not current:
        return sent
    response = newest([one for one, _ in current])
    if response is None:
        raise RefusedError(422, [wrong(AT, f"holds several responses to {scale.name}, and {_WHICH}")])
    is_later = _day_of(response) != day
    try:
        given = scale_answers(response)
        answers = {name: given[name] for name in (scale.field, *scale.single.values()) if name in given}
        return _with_answers(sent, scale, answers, is_later=is_later)
    except IntakeError as error:
        raise _unreadable(scale.name, error.problems) from None


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


def _unreadable(what: str, problems: Sequence[Problem]) -> RefusedError:
    return RefusedError(422, [wrong(what, str(problem)) for problem in problems])
