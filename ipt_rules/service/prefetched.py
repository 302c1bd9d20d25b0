"""What a client sent along, read: the newest intake that is this patient's.

What cannot be told apart is refused. Nothing of another patient is ever read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ipt_rules.errors import IntakeError
from ipt_rules.interop.cds_hooks import PREFETCH
from ipt_rules.interop.fhir_reading import intake_from
from ipt_rules.interop.fhir_words import QUESTIONNAIRE
from ipt_rules.service.authored import newest
from ipt_rules.service.refusals import RefusedError, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipt_rules.errors import Problem
    from ipt_rules.intake import Intake
    from ipt_rules.interop.fhir_words import Resource
    from ipt_rules.service.calls import Call

(_KEY,) = PREFETCH
AT: Final = f"prefetch.{_KEY}"
"""Where the responses are sent along."""

WHICH: Final = "which is the newest cannot be told: 'authored' and 'meta.lastUpdated' are missing, or the same"
"""Why none of several is read."""

_ASKED_FOR: Final = ("completed", "amended")
"""The status of the responses that are asked for, and looked at."""

_FAILED: Final = ("error", "fatal")
_BESIDE: Final = ("include", "outcome")
_RESPONSE: Final = re.compile(
    r"(https?://\S+)/QuestionnaireResponse/[A-Za-z0-9.-]{1,64}(?:/_history/[A-Za-z0-9.-]{1,64})?"
)
_OTHER_PAGES: Final = ("next", "previous", "prev")
_ALL: Final = "the newest response may be among the others; send all of them in one Bundle"
_PATIENT: Final = re.compile(r"(?:(https?://\S+)/)?Patient/([A-Za-z0-9.-]{1,64})(?:/_history/[A-Za-z0-9.-]{1,64})?")


class _Placed(NamedTuple):
    """A resource that was sent along, its place, and the server that its relative references are to, where that is told."""

    at: str
    resource: Resource
    server: str | None = None


def recorded_in(call: Call) -> tuple[Intake, list[Resource]]:
    """Return the newest intake of the patient whose chart is open, and their responses to other questionnaires.

    Raises:
        RefusedError: there is none (412); it is another patient's, cannot be told from others, or cannot be read (422).

    """
    responses = _of_the_patient(list(_resources(call.prefetch)), call)
    ours = [one for one in responses if _canonical(one) == QUESTIONNAIRE]
    if not ours:
        raise RefusedError(412, [wrong(AT, f"holds no response to {QUESTIONNAIRE} that is completed or amended")])
    return _read(ours), [one for one in responses if _canonical(one) != QUESTIONNAIRE]


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
        raise RefusedError(422, [wrong(AT, f"holds several responses to {QUESTIONNAIRE}, and {WHICH}")])
    try:
        return intake_from(response)
    except IntakeError as error:
        raise unreadable("the intake", error.problems) from None


def unreadable(what: str, problems: Sequence[Problem]) -> RefusedError:
    """Return the refusal of a response that cannot be read."""
    return RefusedError(422, [wrong(what, str(problem)) for problem in problems])
