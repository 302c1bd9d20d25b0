"""The service and clients that do not keep to HTTP, send too much or too slowly, or leave: the next is answered all the same."""

from __future__ import annotations

import re
import socket
from typing import TYPE_CHECKING

import pytest

from ipt_rules import example
from tests.calls import answered, bundle, call, written
from tests.serving import Served, head, rest_on, served, status_on

if TYPE_CHECKING:
    from collections.abc import Iterator

GOOD = call(bundle(answered(example("grief"))))


@pytest.fixture(scope="module")
def service() -> Iterator[Served]:
    """The service with its usual limits."""
    with served() as running:
        yield running


@pytest.fixture(scope="module")
def narrow() -> Iterator[Served]:
    """A service that takes on little."""
    options = {"--body-bytes": "100000", "--body-seconds": "1", "--at-once": "2", "--threads": "1"}
    with served(*(word for option in options.items() for word in option)) as running:
        yield running


def make_sure_it_answers(running: Served) -> None:
    """Make sure that the next client gets cards."""
    answer = running.post(GOOD)
    assert answer.status_code == 200
    assert answer.json()["cards"]


def test_a_body_that_says_it_is_too_long_is_not_read(narrow: Served) -> None:
    """From its declared length alone the answer is 413."""
    with narrow.connected() as connection:
        connection.sendall(head(10**12))
        assert status_on(connection) == 413


def test_a_body_that_turns_out_too_long_is_read_no_further(narrow: Served) -> None:
    """Sent in chunks without a length, the answer is 413 as soon as it is too long, and the connection ends."""
    chunk = b"%x\r\n%s\r\n" % (60_000, b"[" * 60_000)
    with narrow.connected() as connection:
        connection.sendall(head("chunked") + chunk + chunk)
        assert status_on(connection) == 413
        assert b"connection: close" in rest_on(connection).lower()


def test_a_length_that_lies_harms_nobody(service: Served) -> None:
    """A body longer than it says is cut where it said, and the rest is no request; the next client is answered."""
    body = written(GOOD)
    with service.connected() as connection:
        connection.sendall(head(len(body) - 1) + body + b"GARBAGE\r\n\r\n")
        assert status_on(connection) == 400
    make_sure_it_answers(service)


def test_a_body_that_does_not_arrive_is_not_waited_for(narrow: Served) -> None:
    """A body of which a part is missing is 408 when its time is over, and the connection ends."""
    with narrow.connected() as connection:
        connection.sendall(head(1_000) + b'{"hook":')
        assert status_on(connection) == 408
        assert b"connection: close" in rest_on(connection).lower()


def test_more_than_can_be_taken_on_are_told_to_come_again(narrow: Served) -> None:
    """While as many as may be are arriving, the next is 503 with a time to try again; when they are gone, it is answered."""
    with narrow.connected() as one, narrow.connected() as other:
        for connection in (one, other):
            connection.sendall(head(1_000, "Expect: 100-continue"))
            assert status_on(connection) == 100
        answer = narrow.post(GOOD)
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "1"
        for connection in (one, other):
            assert connection.recv(2) == b"\r\n"
            assert status_on(connection) == 408
    make_sure_it_answers(narrow)


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00\x01\x02\x03\r\n\r\n",
        b"GET /cds-services HTTP/9.9\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
        head("chunked") + b"zz\r\n",
        b"GET /cds-services HTTP/1.1\r\nHost: a\r\n\r\n" + head(2) + b"{}" + b"\x00garbage\r\n\r\n",
    ],
)
def test_what_is_no_http_harms_nobody(service: Served, garbage: bytes) -> None:
    """Garbage, alone or after requests on the same connection, is 400 or cut off; the next client is answered."""
    with service.connected() as connection:
        connection.sendall(garbage)
        connection.shutdown(socket.SHUT_WR)
        assert status_on(connection) in (0, 200, 400)
    assert service.get("/cds-services").status_code == 200


@pytest.mark.parametrize("sent", [head(1_000), head(1_000) + b"{", head(1_000)[:40], b""])
def test_a_client_that_leaves_harms_nobody(service: Served, sent: bytes) -> None:
    """Half a request and then nothing more: the next client is answered."""
    with service.connected() as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        assert status_on(connection) == 0
    make_sure_it_answers(service)


def test_several_requests_on_one_connection_are_answered_in_order(service: Served) -> None:
    """Requests that are sent before the first is answered each get their own answer."""
    request = b"GET /cds-services HTTP/1.1\r\nHost: a\r\n\r\n"
    with service.connected() as connection:
        connection.sendall(request + head(2) + b"{}" + request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        answers = rest_on(connection)
    assert re.findall(rb"HTTP/1.1 (\d+)", answers) == [b"200", b"400", b"200"]
