"""What the service reads of a call: nothing that is wrong, nothing that is another patient's, and the newest of what is left."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import pytest

from ipt_rules import Intake, example, examples
from ipt_rules.drawn.intakes import Seeded, draw_intake
from ipt_rules.interop.fhir_words import QUESTIONNAIRE
from ipt_rules.service.authored import moment
from ipt_rules.service.calls import call_in, json_in
from ipt_rules.service.refusals import RefusedError
from ipt_rules.service.scales import sent_in
from tests.calls import answered, bundle, call, phq9, written
from tests.helpers import MARK, intake, marked

if TYPE_CHECKING:
    from collections.abc import Iterator


def read(given: dict[str, Any]) -> Intake:
    """Return the intake that a call holds."""
    return sent_in(call_in(written(given))).intake


def refused(given: Any) -> tuple[int, list[str]]:
    """Return the status with which a call is refused, and all that is said."""
    with pytest.raises(RefusedError) as caught:
        sent_in(call_in(given if isinstance(given, bytes) else written(given)))
    return caught.value.status, [str(problem) for problem in caught.value.problems]


GRIEF = example("grief")
OTHER = example("transitions")
OUTCOME = {"resourceType": "OperationOutcome", "issue": [{"severity": "information"}]}


def test_every_worked_case_is_read_as_it_was_recorded() -> None:
    """In a Bundle, or alone: what is read is the intake."""
    for name in examples():
        recorded = example(name)
        assert read(call(bundle(answered(recorded)))) == recorded
        assert read(call(answered(recorded))) == recorded


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (call(None, hook="order-sign"), ["hook: must be 'patient-view': this service answers no other"]),
        (call(None, hook=...), ["hook: must be 'patient-view': this service answers no other"]),
        (
            call(None, hookInstance="17"),
            ["hookInstance: must be a UUID, such as d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"],
        ),
        (call(None, hookInstance=...), ["hookInstance: must be a UUID, such as d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"]),
        (call(None, context=...), ["context: must be an object"]),
        (
            call(None, context={"userId": "Practitioner/1"}),
            ["context.patientId: must be the FHIR id of the patient: 1 to 64 letters, digits, '-' and '.'"],
        ),
        (call(None, prefetch=[1]), ["prefetch: must be an object, with a FHIR resource or null by each key"]),
        (call(None, fhirServer=7, context=[]), ["context: must be an object", "fhirServer: must be an address"]),
        ([1], ["the body must be a JSON object"]),
    ],
)
def test_what_is_no_call_is_refused_with_all_that_is_wrong(given: Any, said: list[str]) -> None:
    """A wrong or missing field is 400, named by its place, all at once and without its value."""
    assert refused(given) == (400, said)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "the body is no well-formed JSON"),
        (b"{", "the body is no well-formed JSON"),
        (b"{'a': 1}", "the body is no well-formed JSON"),
        (b"\xef\xbb\xbf{}", "the body is no well-formed JSON"),
        (b'{"a": "\xff"}', "the body is no UTF-8 text"),
        ('{"a": 1}'.encode("utf-16"), "the body is no UTF-8 text"),
        (b'{"a":' * 200_000, "the body is nested too deeply"),
        (b"[" * 200_000, "the body is nested too deeply"),
        (b'{"a": NaN}', "the body holds NaN or Infinity, which are no JSON"),
        (b'{"a": -Infinity}', "the body holds NaN or Infinity, which are no JSON"),
        (b'{"a": 1e999}', "the body holds a number that is too large"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "the body is no well-formed JSON"),
        (b'{"a": {"b": 1, "b": 1}}', "an object of the body says a key twice; which one is meant cannot be told"),
    ],
)
def test_what_is_no_plain_json_is_refused(body: bytes, said: str) -> None:
    """JSON that readers understand differently, or not at all, is 400."""
    assert refused(body) == (400, [said])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            call(None, prefetch=...),
            "prefetch.responses: is not there or null; this service needs QuestionnaireResponse?",
        ),
        (
            call(None, prefetch={}),
            "prefetch.responses: is not there or null; this service needs QuestionnaireResponse?",
        ),
        (call(None), "prefetch.responses: is not there or null; this service needs QuestionnaireResponse?"),
        (call([]), "prefetch.responses: must be a Bundle of the type searchset, or a QuestionnaireResponse"),
        (call({"resourceType": "Patient"}), "prefetch.responses: must be a Bundle"),
        (call({"resourceType": "OperationOutcome"}), "prefetch.responses: is an OperationOutcome"),
        (call(bundle()), f"prefetch.responses: holds no response to {QUESTIONNAIRE} that is completed or amended"),
        (
            call({"resourceType": "Bundle", "type": "searchset"}),
            f"prefetch.responses: holds no response to {QUESTIONNAIRE}",
        ),
        (call(bundle(answered(GRIEF), type="history")), "prefetch.responses: must be a Bundle of the type searchset"),
        (call(bundle(phq9(9, "2026-03-14"))), f"prefetch.responses: holds no response to {QUESTIONNAIRE}"),
        (
            call(bundle(answered(GRIEF, status="in-progress"))),
            f"prefetch.responses: holds no response to {QUESTIONNAIRE}",
        ),
        (
            call(bundle(answered(GRIEF, status="entered-in-error"))),
            f"prefetch.responses: holds no response to {QUESTIONNAIRE}",
        ),
        (call(bundle(answered(GRIEF), 7)), "prefetch.responses.entry[1].resource: must be a FHIR resource"),
        (call(bundle(answered(GRIEF), entry={})), "prefetch.responses: must have a list of entries, and of links"),
        (
            call(bundle(answered(GRIEF), {"resourceType": "OperationOutcome", "issue": [{"severity": "error"}]})),
            "prefetch.responses.entry[1].resource: is an OperationOutcome",
        ),
        (
            call(bundle(answered(GRIEF), link=[{"relation": "next", "url": "https://record.example/2"}])),
            "prefetch.responses.link: is one page of several, and the newest response may be among the others",
        ),
        (
            call(bundle(answered(GRIEF), link=[{"relation": "previous", "url": "https://record.example/1"}])),
            "prefetch.responses.link: is one page of several, and the newest response may be among the others",
        ),
        (
            call(
                {
                    **(told := bundle(answered(GRIEF), OUTCOME)),
                    "entry": [told["entry"][0], {"resource": OUTCOME, "search": {"mode": "outcome"}}],
                }
            ),
            "prefetch.responses.total: says that there are more than were sent",
        ),
        (call(bundle(answered(GRIEF), total=2)), "prefetch.responses.total: says that there are more than were sent"),
    ],
)
def test_what_is_needed_and_was_not_sent_is_told(given: dict[str, Any], said: str) -> None:
    """Without the newest intake at hand the answer is 412, and says what is missing."""
    status, problems = refused(given)
    assert (status, len(problems)) == (412, 1)
    assert problems[0].startswith(said)


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Patient/18"},
        {"reference": "https://record.example/fhir/Patient/18"},
        {"reference": "https://elsewhere.example/fhir/Patient/17"},
        {"reference": "Patient/18/_history/17"},
    ],
)
@pytest.mark.parametrize("where", ["the intake", "an older intake", "a scale", "one not completed"])
def test_nothing_is_read_where_anything_is_another_patients(subject: dict[str, str], where: str) -> None:
    """One response of another patient among them, whatever it answers, and the whole call is 422."""
    foreign = {
        "the intake": answered(OTHER, subject=subject),
        "an older intake": answered(OTHER, subject=subject, authored="2020-01-01"),
        "a scale": phq9(9, "2026-03-14", subject=subject),
        "one not completed": answered(OTHER, subject=subject, status="in-progress"),
    }[where]
    assert refused(call(bundle(answered(GRIEF), foreign))) == (
        422,
        ["prefetch.responses.entry[1].resource.subject: is not the patient of the context; nothing was read"],
    )


@pytest.mark.parametrize(
    ("lies_at", "server", "is_read"),
    [
        ("https://record.example/fhir/QuestionnaireResponse/1", "https://record.example/fhir/", True),
        ("https://record.example/fhir/QuestionnaireResponse/1/_history/2", "https://record.example/fhir", True),
        ("urn:uuid:d1577c69-dfbe-44ad-ba6d-3e05e953b2ea", "https://record.example/fhir", True),
        ("https://elsewhere.example/fhir/QuestionnaireResponse/1", ..., True),
        ("https://elsewhere.example/fhir/QuestionnaireResponse/1", "https://record.example/fhir", False),
    ],
)
def test_a_relative_reference_is_to_the_server_of_its_entry(lies_at: str, server: Any, is_read: bool) -> None:
    """The same id on another server is another patient."""
    given = bundle(answered(GRIEF))
    given["entry"][0]["fullUrl"] = lies_at
    if is_read:
        assert read(call(given, fhirServer=server)) == GRIEF
    else:
        assert refused(call(given, fhirServer=server))[0] == 422


@pytest.mark.parametrize("subject", [None, {}, [], {"reference": 17}, {"reference": "Group/17"}, {"display": "Jo"}])
def test_an_intake_that_does_not_say_whose_it_is_is_refused(subject: Any) -> None:
    """A response to our questionnaire without a patient might be anybody's: 422."""
    assert refused(call(answered(GRIEF, subject=subject))) == (
        422,
        ["prefetch.responses.subject: must say whose response it is: Patient/ and the FHIR id"],
    )


@pytest.mark.parametrize(
    ("reference", "server"),
    [
        ("Patient/17", "https://record.example/fhir"),
        ("Patient/17/_history/3", "https://record.example/fhir"),
        ("https://record.example/fhir/Patient/17", "https://record.example/fhir"),
        ("https://record.example/fhir/Patient/17", "https://record.example/fhir/"),
        ("https://record.example/fhir/Patient/17", ...),
    ],
)
def test_a_patient_may_be_named_in_each_way_of_fhir(reference: str, server: Any) -> None:
    """Relative, of a version, or absolute on the server of the record."""
    given = call(answered(GRIEF, subject={"reference": reference}), fhirServer=server)
    assert read(given) == GRIEF


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        ("2026-03-15", "2026-03-14"),
        ("2026-04", "2026-03-14"),
        ("2027", "2026-12-31"),
        ("2026-03-14T10:00:00Z", "2026-03-14T09:59:59.999Z"),
        ("2026-03-14T10:00:00-05:00", "2026-03-14T14:59:00Z"),
        ("2026-03-15T00:30:00+10:00", "2026-03-14"),
        ("2026-03-14T10:00:00.123456789Z", "2026-03-14T10:00:00.123455Z"),
    ],
)
def test_the_newest_intake_is_read(newer: str, older: str) -> None:
    """By when it was authored, in whatever order they are sent."""
    first, second = answered(GRIEF, authored=newer), answered(OTHER, authored=older)
    assert read(call(bundle(first, second))) == GRIEF
    assert read(call(bundle(second, first))) == GRIEF


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2026-03-14", "2026-03-14"),
        ("2026-03", "2026-03-14"),
        ("2026-03-14T10:00:00Z", "2026-03-14"),
        ("2026-03-14T10:00:00Z", "2026-03-14T11:00:00+01:00"),
        ("2026-03-14", None),
        ("2026-03-14", "the day before"),
        ("2026-03-14", "2026-02-30"),
        (None, None),
    ],
)
def test_where_the_newest_cannot_be_told_none_is_read(one: str | None, other: str | None) -> None:
    """Two intakes of which either may be the newer are 422; when they were saved decides only where they are of one moment."""
    first, second = answered(GRIEF, authored=one), answered(OTHER, authored=other)
    for pair in ((first, second), (second, first)):
        status, problems = refused(call(bundle(*pair)))
        assert (status, len(problems)) == (422, 1)
        assert "which is the newest cannot be told" in problems[0]


def test_of_one_moment_the_one_saved_last_is_read() -> None:
    """An intake that was entered again on the same day takes the place of the first."""
    first = answered(GRIEF, authored="2026-03-14", meta={"lastUpdated": "2026-03-14T12:00:00Z"})
    again = answered(OTHER, authored="2026-03-14", meta={"lastUpdated": "2026-03-14T12:00:01Z"})
    assert read(call(bundle(first, again))) == read(call(bundle(again, first))) == OTHER


def test_the_same_intake_sent_twice_is_one() -> None:
    """Copies that say the same need not be told apart."""
    assert read(call(bundle(answered(GRIEF), answered(GRIEF)))) == GRIEF


def test_an_intake_in_progress_does_not_take_the_place_of_one_that_is_complete() -> None:
    """What is not completed or amended is passed over, however new it is."""
    begun = answered(OTHER, status="in-progress", authored="2030-01-01")
    assert read(call(bundle(begun, answered(GRIEF)))) == GRIEF


def test_an_intake_that_cannot_be_read_is_told_by_link_ids() -> None:
    """Each problem names its link id and none its value, and an older intake that can be read is not read instead."""
    items = answered(marked())["item"]
    (losses,) = (item for item in items if item["linkId"] == "losses[]")
    losses["item"][0]["answer"] = [{"valueString": MARK}]
    items.append({"linkId": f"losses.{MARK}"})
    unreadable = answered(marked(), item=items, authored="2026-05-01")
    status, problems = refused(call(bundle(unreadable, answered(GRIEF))))
    assert status == 422
    assert len(problems) == 2
    assert any("(link id losses[].kind)" in problem for problem in problems)
    assert MARK not in "".join(problems)


def test_wrong_types_everywhere_are_refused_and_never_fail() -> None:
    """With each value of a call in turn replaced by each kind of JSON, it is read or refused, and no value is repeated."""
    recorded = draw_intake(Seeded(random.Random(3)), most_subjects=1, most_people=1)
    whole = call(bundle(answered(recorded), phq9(14, "2030-01-01")))
    told = [outcome(changed) for changed in replaced(whole)]
    assert {status for status, _ in told} == {200, 400, 412, 422}
    assert not any(MARK in said for _, said in told)


def outcome(given: Any) -> tuple[int, str]:
    """Return the status of a call, and what is said where it is refused."""
    try:
        sent_in(call_in(written(given)))
    except RefusedError as error:
        return error.status, json.dumps(error.outcome())
    return 200, ""


def replaced(whole: Any) -> Iterator[Any]:
    """Yield a JSON value with each part of it in turn replaced by each kind of value."""
    yield from (None, True, -1, 1.5, MARK, [], [MARK], {}, {MARK: MARK})
    parts = (
        list(whole.items()) if isinstance(whole, dict) else list(enumerate(whole)) if isinstance(whole, list) else []
    )
    for key, part in parts:
        for other in replaced(part):
            changed = whole.copy()
            changed[key] = other
            yield changed


def test_a_very_large_number_of_mistakes_is_told_in_short() -> None:
    """A response of nothing but mistakes is refused with as many as somebody reads."""
    response = answered(intake())
    items = [*response["item"], *({"linkId": f"losse{number}"} for number in range(5_000))]
    with pytest.raises(RefusedError) as caught:
        read(call({**response, "item": items}))
    issues = caught.value.outcome()["issue"]
    assert (caught.value.status, len(issues)) == (422, 101)
    assert issues[-1]["details"]["text"] == "and 900 more"


@pytest.mark.parametrize(
    "text", ["", "26-03-14", "2026-13", "2026-03-14T10:00", "2026-03-14T10:00:00", "2026-03-14T25:00:00Z", "x" * 50]
)
def test_what_is_no_moment_of_fhir_is_none(text: str) -> None:
    """A time needs seconds and a zone; months and hours there are not are none."""
    assert moment(text) is None


def test_a_key_said_twice_is_found_at_any_depth() -> None:
    """However deep it stands, and also where both say the same."""
    with pytest.raises(RefusedError, match="says a key twice"):
        json_in(b'[[{"a": [{"b": 1, "c": 2, "b": 1}]}]]')
