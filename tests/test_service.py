"""The service over HTTP on loopback: cards for who asks rightly, a plain refusal for all else, and silence about patients."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING, Any

import pytest
from fhir.resources.R4B.operationoutcome import OperationOutcome

from ipt_rules import assess, example, examples, load_ruleset
from ipt_rules.interop import cards, discovery, override_reasons
from tests.calls import INSTANCE, answered, bundle, call, longest, phq9, written
from tests.card_schema import check
from tests.helpers import MARK, intake, marked
from tests.serving import CALL, FEEDBACK, Served, served, status_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

GOOD = call(bundle(answered(example("grief"))))


@pytest.fixture(scope="module")
def service() -> Iterator[Served]:
    """The service with its usual limits."""
    with served() as running:
        yield running


@pytest.fixture(scope="module")
def from_a_page() -> Iterator[Served]:
    """A service that may be called from a web page."""
    with served("--origin", "https://record.example") as running:
        yield running


def without_ids(answer: httpx.Response) -> dict[str, Any]:
    """Return the cards of an answer that is as the specification wants it, without the ids that are new each time."""
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.headers["cache-control"] == "no-store"
    response: dict[str, Any] = answer.json()
    check(response, "response")
    ids = [card.pop("uuid") for card in response["cards"]]
    assert len(set(ids)) == len(ids)
    return response


def refusal(answer: httpx.Response) -> tuple[int, list[str]]:
    """Return the status of a refusal and what it says, which is an OperationOutcome."""
    told = answer.json()
    OperationOutcome.model_validate(told)
    assert {issue["severity"] for issue in told["issue"]} == {"error"}
    return answer.status_code, [issue["details"]["text"] for issue in told["issue"]]


def test_discovery_is_that_of_the_library(service: Served) -> None:
    """What is served at /cds-services is what the library makes, and as the specification wants it."""
    answer = service.get("/cds-services")
    check(answer.json(), "discovery")
    assert answer.json() == discovery(load_ruleset())


def test_each_worked_case_gets_the_cards_of_the_library(service: Served) -> None:
    """The cards are those that the library makes of the same intake, each with an id of its own."""
    for name in examples():
        recorded = example(name)
        assert without_ids(service.post(call(bundle(answered(recorded))))) == cards(assess(recorded))


def test_cards_point_to_the_addresses_that_were_named() -> None:
    """With --catalogue and --source the cards have links, and with --rules the words of those rules."""
    pages = ("--catalogue", "https://clinic.example/rules", "--source", "https://clinic.example/{name}")
    with served(*pages, "--rules", "grief-and-loss", "--engine", "compiled") as running:
        first = without_ids(running.post(GOOD))["cards"][0]
        health = running.get("/health").json()
    assert first["source"]["url"] == "https://clinic.example/grief-and-loss"
    assert first["links"][0]["url"].startswith("https://clinic.example/rules/")
    assert (health["ruleset"]["name"], health["engine"]) == ("grief-and-loss", "compiled")


def test_danger_told_after_a_gate_was_cleared_comes_first(service: Served) -> None:
    """A newer PHQ-9 that tells of thoughts of death gets the first card, though that gate was cleared at the intake."""
    cleared = answered(intake(safety={"suicide_risk": False, "cleared": ["suicide_risk"]}))
    first = "Before any plan: assess by your local protocol the risk of suicide."
    for scales, is_first in (([], False), ([phq9(14, "2026-03-20", item_9=2)], True)):
        card, *_ = without_ids(service.post(call(bundle(cleared, *scales))))["cards"]
        assert (card["summary"] == first) is is_first


def test_the_longest_intake_is_answered_in_time(service: Served) -> None:
    """With every list and note as long as it may be, the cards come within the usual limits."""
    recorded = longest()
    assert without_ids(service.post(call(bundle(answered(recorded))))) == cards(assess(recorded))


def test_a_body_full_of_mistakes_is_refused_in_time(service: Served) -> None:
    """As many mistakes as fit into a body are told, in short, within the usual limits."""
    items = [*answered(intake())["item"], *({"linkId": f"losse{number}s[].kind"} for number in range(90_000))]
    status, texts = refusal(service.post(call(answered(intake(), item=items))))
    assert (status, len(texts)) == (422, 101)


@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        (b"{", 400, "the body is no well-formed JSON"),
        (b"[" * 4_000_000, 400, "the body is nested too deeply"),
        (b'{"hook": "\xff"}', 400, "the body is no UTF-8 text"),
        (b'{"hook": NaN}', 400, "the body holds NaN or Infinity"),
        (b'{"hook": 1, "hook": 2}', 400, "an object of the body says a key twice"),
        ({"hook": "patient-view"}, 400, "hookInstance: must be a UUID"),
        (call(None), 412, "prefetch.responses: is not there or null"),
        (call(bundle()), 412, "prefetch.responses: holds no response to"),
        (
            call(bundle(answered(example("grief"), patient="18"))),
            422,
            "prefetch.responses.entry[0].resource.subject: is not",
        ),
        (call(answered(example("grief"), item=[{"linkId": "losess"}])), 422, "the intake: "),
    ],
)
def test_what_cannot_be_answered_is_refused(service: Served, given: Any, status: int, said: str) -> None:
    """Each kind of refusal comes with its status, and an OperationOutcome that says what is wrong."""
    found, texts = refusal(service.post(given))
    assert found == status
    assert texts[0].startswith(said)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", CALL, 405),
        ("PUT", CALL, 405),
        ("DELETE", "/cds-services", 405),
        ("OPTIONS", CALL, 405),
        ("POST", "/health", 405),
        ("GET", "/", 404),
        ("GET", "/cds-services/", 404),
        ("POST", "/cds-services/another", 404),
        ("POST", "/cds-services/another/feedback", 404),
        ("POST", f"{CALL}/more/feedback", 404),
        ("GET", "/cds-services%2f", 404),
    ],
)
def test_other_addresses_and_methods_are_refused(service: Served, method: str, path: str, status: int) -> None:
    """404 where there is nothing, without being sent elsewhere; 405 with the methods that are taken."""
    answer = service.send(method, path, b"{}")
    found, texts = refusal(answer)
    assert found == status
    assert ("allow" in answer.headers) is (status == 405)
    assert status == 404 or texts == [f"this address takes only: {answer.headers['allow']}"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": ""},
        {"Content-Type": "application/json; charset=latin-1"},
        {"Content-Encoding": "gzip"},
        {"Content-Encoding": "br, gzip"},
    ],
)
def test_other_forms_of_a_body_are_refused(service: Served, headers: dict[str, str]) -> None:
    """A body that is not plain JSON in UTF-8 is 415, and is never unpacked."""
    assert refusal(service.post(gzip.compress(written(GOOD)), **headers))[0] == 415
    assert refusal(service.post(b"{}", FEEDBACK, **headers))[0] == 415


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json;charset=utf-8", 'Application/JSON; charset="UTF-8"']
)
def test_json_is_known_however_it_is_named(service: Served, kind: str) -> None:
    """The type of the content may be written in each way that HTTP has."""
    without_ids(service.post(GOOD, **{"Content-Type": kind}))


def feedback(*entries: Any) -> dict[str, Any]:
    """Return feedback on cards as a client sends it."""
    usual = {"card": INSTANCE, "outcome": "overridden", "outcomeTimestamp": "2026-03-14T10:00:00Z"}
    return {"feedback": [{**usual, **entry} if isinstance(entry, dict) else entry for entry in entries]}


def test_feedback_is_counted_by_outcome_and_reason() -> None:
    """Our own codes are counted each, all others together; comments and codes that are not ours are nowhere to be seen."""
    ours = override_reasons(load_ruleset())[0]
    reasons = [
        {"reason": ours},
        {"reason": {**ours, "display": MARK}, "userComment": MARK},
        {"reason": {"code": MARK, "system": ours["system"]}},
        {"reason": {"code": ours["code"], "system": "https://elsewhere.example"}},
        {"userComment": MARK},
        {"reason": MARK},
        {},
    ]
    given = feedback(*({"overrideReason": reason} for reason in reasons), {}, {"outcome": "accepted"})
    with served() as running:
        assert running.post(given, FEEDBACK).status_code == 200
        assert refusal(running.post(feedback({}, {"outcome": "ignored"}), FEEDBACK))[0] == 400
        told = running.get("/health").json()
        _, written_down = running.stop()
    assert told["feedback"] == {
        "accepted": 1,
        "overridden": 8,
        "reasons": {ours["code"]: 2, "none given": 2, "other": 4},
    }
    assert told["requests"] == {"200": 1, "400": 1}
    assert MARK not in written_down + str(told)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], ["feedback: must be a list, in a JSON object"]),
        ({}, ["feedback: must be a list, in a JSON object"]),
        ({"feedback": {}}, ["feedback: must be a list, in a JSON object"]),
        (feedback(7), ["feedback[0]: must be an object"]),
        (feedback({"card": None}, {"outcomeTimestamp": 7}), ["feedback[0].card: must be given, as text"]),
        (feedback({"outcome": MARK}), ["feedback[0].outcome: must be one of: accepted, overridden"]),
        (feedback({"outcome": []}), ["feedback[0].outcome: must be one of: accepted, overridden"]),
    ],
)
def test_feedback_that_is_none_is_refused(service: Served, given: Any, said: list[str]) -> None:
    """A report without what the specification asks for is 400, and says where."""
    status, texts = refusal(service.post(given, FEEDBACK))
    assert (status, texts[: len(said)]) == (400, said)


def test_no_web_page_may_call_unless_it_is_named(service: Served) -> None:
    """Without origins no answer says that a page may read it."""
    answer = service.post(GOOD, Origin="https://record.example")
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_web_page_that_is_named_may_call(from_a_page: Served) -> None:
    """A page of a named origin may ask and read, refusals too; one of another origin may not."""
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type,authorization"}
    for origin, allowed in (("https://record.example", True), ("https://elsewhere.example", False)):
        answers = [
            from_a_page.send("OPTIONS", CALL, b"", **asked, Origin=origin),
            from_a_page.post(GOOD, Origin=origin),
            from_a_page.post(b"{", Origin=origin),
        ]
        assert {answer.headers.get("access-control-allow-origin") == origin for answer in answers} == {allowed}
        assert not any("access-control-allow-credentials" in answer.headers for answer in answers)


LINE = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} "
    r"(?:(?:GET|POST|-) (?:/cds-services|/cds-services/\{id\}|/cds-services/\{id\}/feedback|/health|-) (?:\d{3}|left) \d+ ms"
    r"|Invalid HTTP request received\.)"
)


def test_nothing_of_a_patient_is_printed_or_logged() -> None:
    """With a mark wherever a client can put one, no line has it: each is method, route, status and time, and nothing more."""
    spoiled = answered(
        marked(), item=[*answered(marked())["item"], {"linkId": MARK, "answer": [{"valueString": MARK}]}]
    )
    with served() as running:
        answers = [
            running.post(
                call(
                    bundle(answered(marked()), phq9(9, "2026-03-14", text=MARK)),
                    fhirAuthorization={"access_token": MARK},
                    extension={MARK: MARK},
                )
            ),
            running.post(call(answered(marked(), patient=MARK), patient=MARK)),
            running.post(call(answered(marked(), patient=MARK))),
            running.post(call(bundle(spoiled))),
            running.post(call(None, hookInstance=MARK, hook=MARK, context={"patientId": f"{MARK}/"})),
            running.post(MARK.encode()),
            running.post(GOOD, f"/cds-services/{MARK}"),
            running.post(GOOD, f"{CALL}?patient={MARK}", Authorization=f"Bearer {MARK}", **{f"X-{MARK}": MARK}),
            running.get(f"/{MARK}?{MARK}"),
        ]
        for garbage in (MARK.encode() + b"\r\n\r\n", f"{MARK} /{MARK} HTTP/1.1\r\nHost: {MARK}\r\n\r\n".encode()):
            with running.connected() as connection:
                connection.sendall(garbage)
                status_on(connection)
        ended, written_down = running.stop()
    assert [answer.status_code for answer in answers] == [200, 200, 422, 422, 400, 400, 404, 200, 404]
    assert not any(MARK in answer.text for answer in answers)
    assert (ended, MARK in written_down) == (0, False)
    lines = written_down.splitlines()[2:]
    assert len(lines) == len(answers) + 2
    assert all(LINE.fullmatch(line) for line in lines), lines


def test_an_intake_that_tells_nothing_gets_a_card(service: Served) -> None:
    """Where nothing was recorded but the day, or hardly more, one card tells what to ask."""
    assert len(without_ids(service.post(call(answered(intake()))))["cards"]) == 1
    assert len(without_ids(service.post(call(answered(intake(losses=[])))))["cards"]) == 1
