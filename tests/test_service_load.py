"""The service under load: nobody gets another patient's cards, memory stays where it is, and what has begun is answered."""

from __future__ import annotations

import random
import re
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import httpx
import pytest

from ipt_rules import Assessor
from ipt_rules.drawn.intakes import Seeded, draw_intake
from ipt_rules.interop import cards
from tests.calls import answered, bundle, call, written
from tests.serving import CALL, JSON, Served, client, served

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

pytestmark = pytest.mark.slow

CONNECTIONS: Final = 16
REQUESTS: Final = 1_000
FIRST: Final = 200
MOST_GROWN: Final = 8 * 2**20
"""Bytes by which memory may grow from request 200 to request 1,000; a leak of one answer each would be 16 MB."""


class Asked:
    """A call of one patient, and the cards that are due."""

    def __init__(self, number: int, assessor: Assessor) -> None:
        intake = draw_intake(Seeded(random.Random(number)), share=(50, 80, 95, 100)[number % 4])
        patient = f"patient-{number}"
        self.body = written(call(bundle(answered(intake, patient)), patient))
        self.due = cards(assessor.assess(intake))

    def is_answered_by(self, answer: httpx.Response) -> bool:
        """Return whether an answer has the cards that are due, and no others."""
        told = answer.json()
        for card in told["cards"]:
            del card["uuid"]
        return bool(answer.status_code == 200 and told == self.due)


def asked(count: int) -> list[Asked]:
    """Return calls of as many patients, each with an intake of its own."""
    assessor = Assessor(engine="reference")
    return [Asked(number, assessor) for number in range(count)]


def all_answered(running: Served, calls: Sequence[Asked]) -> list[bool]:
    """Send calls over 16 connections at a time; return whether each got the cards that were due."""

    def some(mine: Sequence[Asked]) -> list[bool]:
        with client(1) as connection:
            return [
                one.is_answered_by(connection.post(running.url + CALL, content=one.body, headers=JSON)) for one in mine
            ]

    with ThreadPoolExecutor(CONNECTIONS) as threads:
        return [
            right
            for part in threads.map(some, [calls[start::CONNECTIONS] for start in range(CONNECTIONS)])
            for right in part
        ]


def test_everybody_gets_their_own_cards_and_memory_does_not_grow(
    record_property: Callable[[str, object], None],
) -> None:
    """1,000 calls of different patients over 16 connections: each answer is the one due, and memory grows by less than 8 MB."""
    calls = asked(REQUESTS)
    assert len({str(one.due) for one in calls}) > REQUESTS * 0.9
    with served() as running:
        right = all_answered(running, calls[:FIRST])
        before = running.resident()
        right += all_answered(running, calls[FIRST:])
        grown = running.resident() - before
        counted = running.get("/health").json()["requests"]
    record_property("grown by bytes", grown)
    print(f"resident after {FIRST}: {before / 2**20:.1f} MB; grown by {grown / 2**20:.2f} MB until {REQUESTS}")
    assert right == [True] * REQUESTS
    assert counted == {"200": REQUESTS}
    assert grown < MOST_GROWN


def test_told_to_stop_under_load_it_answers_what_has_begun() -> None:
    """While 16 clients call without a pause it is told to stop: it ends with 0, and each answer it began arrived whole."""
    calls = asked(50)
    enough = threading.Semaphore(0)
    outcomes: list[bool | str] = []

    def work(number: int) -> None:
        with client() as connections:
            while True:
                number = (number + 1) % len(calls)
                found: bool | str
                try:
                    found = calls[number].is_answered_by(
                        connections.post(running.url + CALL, content=calls[number].body, headers=JSON)
                    )
                except httpx.ConnectError:
                    return
                except httpx.TransportError as error:
                    found = str(error)
                outcomes.append(found)
                enough.release()

    with served() as running:
        threads = [threading.Thread(target=work, args=(number,)) for number in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        for _ in range(100):
            assert enough.acquire(timeout=30)
        ended, written_down = running.stop(signal.SIGTERM)
        for thread in threads:
            thread.join()
    answers = [found for found in outcomes if isinstance(found, bool)]
    cut_off = [found for found in outcomes if isinstance(found, str)]
    print(f"{len(answers)} answered, {len(cut_off)} turned away before they had begun")
    assert ended == 0
    assert all(answers)
    assert len(re.findall(r" 200 \d+ ms", written_down)) == len(answers)
    assert not re.findall(r" (?:left|5\d\d) \d+ ms|Exception|Cancel", written_down)
    assert all(re.search(r"without sending a response|reset|Broken pipe", said) for said in cut_off), cut_off
