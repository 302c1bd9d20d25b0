"""The service as an application: mounted in another, failing, taking too long; and the command that starts it, or says why not."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from typer.testing import CliRunner

from ipt_rules import assess, example, load_ruleset
from ipt_rules.commands import app as command
from ipt_rules.engines import ReferenceEngine
from ipt_rules.interop import Addresses, cards
from ipt_rules.service import Limits, Service, app, application
from ipt_rules.service import running as runner
from tests.calls import answered, bundle, call, written
from tests.helpers import MARK, marked
from tests.serving import CALL, JSON, rest_on, served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ipt_rules.facts import Row
    from ipt_rules.ruleset.model import Pass

ROOT = Path(__file__).parent.parent
GOOD = written(call(bundle(answered(example("grief")))))


async def posted(application: Any, path: str = CALL, body: bytes = GOOD) -> httpx.Response:
    """Return the answer of an application that runs in this process."""
    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.post(path, content=body, headers=JSON)


def without_ids(answer: httpx.Response) -> Any:
    """Return the cards of an answer without their ids."""
    told = answer.json()
    for card in told["cards"]:
        del card["uuid"]
    return told


def test_it_can_be_mounted_in_another_application() -> None:
    """Below a path of somebody else's application it answers as by itself, by the rules and with the addresses it was given."""
    ruleset, pages = load_ruleset(variant="grief-and-loss"), Addresses("https://clinic.example/rules")
    mine = app(ruleset, engine="compiled", addresses=pages, limits=Limits(threads=1))
    answer = asyncio.run(posted(Starlette(routes=[Mount("/ipt", mine)]), f"/ipt{CALL}"))
    assert answer.status_code == 200
    assert without_ids(answer) == cards(assess(example("grief"), ruleset), pages)


class Troubled(ReferenceEngine):
    """An engine that waits, or fails, when it is told to."""

    go_on = threading.Event()
    go_on.set()
    fails = False

    def holding(self, run: Pass, rows: Sequence[Row]) -> list[tuple[int, ...]]:
        """Evaluate the rules, when it may."""
        self.go_on.wait()
        if self.fails:
            raise RuntimeError(MARK)
        return super().holding(run, rows)


@pytest.fixture
def troubled() -> Iterator[type[Troubled]]:
    """An engine that does as it should, until a test says otherwise; what still waits when the test is over goes on."""
    yield Troubled
    Troubled.fails = False
    Troubled.go_on.set()


def test_an_assessment_that_takes_too_long_is_told_and_counts_until_it_is_done(troubled: type[Troubled]) -> None:
    """Its caller gets 504 in time; it keeps its place, so that no more than may be is taken on; when it is done, that is free."""
    service = app(engine=troubled, limits=Limits(seconds=0.5, at_once=1, threads=1))

    async def statuses() -> list[int]:
        troubled.go_on.clear()
        found = [(await posted(service)).status_code, (await posted(service)).status_code]
        troubled.go_on.set()
        while (status := (await posted(service, f"{CALL}/feedback", b'{"feedback": []}')).status_code) == 503:
            await asyncio.sleep(0)
        return [*found, status]

    assert asyncio.run(statuses()) == [504, 503, 200]


def test_what_waits_longer_than_it_may_is_never_begun(troubled: type[Troubled]) -> None:
    """A request that is still waiting for a thread when its time is over is taken off, and not worked on afterwards."""
    service = app(engine=troubled, limits=Limits(seconds=0.5, at_once=3, threads=1))

    async def answers() -> list[int]:
        troubled.go_on.clear()
        found = await asyncio.gather(*(posted(service) for _ in range(3)))
        both = await asyncio.gather(*(posted(service) for _ in range(3)))
        troubled.go_on.set()
        return sorted(answer.status_code for answer in [*found, *both])

    assert asyncio.run(answers()) == [503, 504, 504, 504, 504, 504]


def test_feedback_that_is_answered_with_504_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading it goes on after its time is over, and counts nothing: told that there is no result, the client sends it again."""
    go_on, done = threading.Event(), threading.Event()

    def slowly(body: bytes) -> Any:
        go_on.wait()
        done.set()
        return json.loads(body)

    monkeypatch.setattr(application, "json_in", slowly)
    service = app(engine="compiled", limits=Limits(seconds=0.2, threads=1))
    entry = {"card": "1", "outcome": "accepted", "outcomeTimestamp": "2026-03-14T10:00:00Z"}
    given = json.dumps({"feedback": [entry]}).encode()

    async def answers() -> tuple[int, int, int]:
        first = await posted(service, f"{CALL}/feedback", given)
        go_on.set()
        await asyncio.to_thread(done.wait)
        again = await posted(service, f"{CALL}/feedback", given)
        transport = httpx.ASGITransport(service)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            health = (await client.get("/health")).json()
        return first.status_code, again.status_code, health["feedback"]["accepted"]

    assert asyncio.run(answers()) == (504, 200, 1)


def test_a_declared_length_of_any_number_of_digits_is_too_long() -> None:
    """Whatever server stands beneath: a length that is no number to Python is 413, as every other that is too long."""

    async def status() -> int:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app(engine="compiled")), base_url="http://test"
        ) as client:
            return (await client.post(CALL, content=b"{}", headers={**JSON, "Content-Length": "9" * 5_000})).status_code

    assert asyncio.run(status()) == 413


def test_a_failure_says_nothing_of_the_patient(troubled: type[Troubled], caplog: pytest.LogCaptureFixture) -> None:
    """An error within is 500; what it says is in neither the answer nor the log, which names its kind and the line of code."""
    service = app(engine=troubled)
    troubled.fails = True
    with caplog.at_level(logging.INFO, "ipt_rules.service"):
        answer = asyncio.run(posted(service, body=written(call(answered(marked())))))
    assert answer.status_code == 500
    assert answer.json()["issue"][0]["details"]["text"] == "the service failed; there is no result"
    failed, line = caplog.messages
    assert failed.startswith("failed: EvaluationError at ipt_rules/pipeline.py:")
    assert line.startswith("POST /cds-services/{id} 500 ")
    assert MARK not in answer.text + caplog.text
    assert all(record.exc_info is None for record in caplog.records)


@pytest.mark.parametrize(
    "limits", [{"seconds": 0}, {"body_seconds": float("nan")}, {"threads": -1}, {"seconds": float("inf")}]
)
def test_a_limit_is_a_number_above_0(limits: dict[str, Any]) -> None:
    """Every other limit is refused by its name."""
    with pytest.raises(ValueError, match=f"must be a number above 0: {next(iter(limits))}"):
        Limits(**limits)


@pytest.mark.parametrize("origin", ["*", "record.example", "https://record.example/", "null"])
def test_an_origin_is_named_in_full(origin: str) -> None:
    """No page is let in by a star, and none by half an address."""
    with pytest.raises(ValueError, match="origins: each must begin with https:// or http://"):
        app(origins=[origin])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_it_is_told_to(number: signal.Signals) -> None:
    """SIGTERM and Ctrl-C end it with 0; it had told where it was, by which rules, and on which engine."""
    with served("--engine", "compiled") as running:
        assert running.told[0] == f"http://127.0.0.1:{running.port}/cds-services\n"
        assert running.told[1].startswith(f"ipt-rules 0.1.0, {load_ruleset().digest}; engine compiled; ipt-rules ")
        ended, written_down = running.stop(number)
    assert (ended, len(written_down.splitlines())) == (0, 2)


def test_a_request_that_has_begun_is_answered_before_it_stops() -> None:
    """Told to stop while a body is arriving, it takes the rest of it, answers, and ends with 0."""
    with served() as running, running.connected() as connection:
        lines = [
            "POST",
            CALL,
            "HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length:",
        ]
        connection.sendall(f"{' '.join(lines)} {len(GOOD)}\r\n\r\n".encode())
        assert connection.recv(65_536).startswith(b"HTTP/1.1 100")
        running.process.send_signal(signal.SIGTERM)
        while True:
            try:
                socket.create_connection((running.host, running.port)).close()
            except (ConnectionRefusedError, ConnectionResetError):
                break
        connection.sendall(GOOD)
        answer = rest_on(connection)
        ended, _ = running.stop()
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"]}")
    assert ended == 0


def test_the_call_in_the_documentation_gets_cards() -> None:
    """What the page tells to type sends a call that is answered with the cards of the case it names."""
    page = (ROOT / "docs" / "service.md").read_text("utf-8")
    (typed,) = re.findall(r"^```sh\n(\{\n.*?)^```$", page, re.DOTALL | re.MULTILINE)
    shell = ["bash", "-euo", "pipefail", "-c", f"curl() {{ printf '%s\\n' \"$*\"; cat; }}; {typed}"]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(shell, cwd=ROOT, env={**os.environ, "PATH": path}, capture_output=True, check=True)  # noqa: S603  # our own page
    words, _, body = done.stdout.partition(b"\n")
    assert words.decode() == f"-s -H Content-Type: application/json --data-binary @- http://127.0.0.1:8081{CALL}"
    answer = asyncio.run(posted(app(engine="compiled"), body=body))
    assert without_ids(answer) == cards(assess(example("grief")))


def started(*options: str) -> tuple[int, str]:
    """Run the command where it cannot start; return how it ended and what it said."""
    result = CliRunner().invoke(command, ["serve", *options])
    return result.exit_code, result.stderr


def test_a_port_in_use_is_told() -> None:
    """The command ends with 2, names the port, and says what is wrong with it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended, said = started("--port", port)
    assert (ended, said) == (
        2,
        f"The service cannot start:\n  --host 127.0.0.1 --port {port}: Address already in use\n",
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--rules", "no-such-rules"], "there is no such folder, and no such variant"),
        (["--catalogue", "rules/"], "catalogue: must be an absolute address"),
        (["--source", "https://a.example/{patient}"], "source: may hold the placeholders"),
        (["--origin", "*"], "origins: each must begin with"),
        (["--seconds", "0"], "must be a number above 0: seconds"),
        (["--host", "no.such.host.invalid"], "--host no.such.host.invalid --port 8081: "),
    ],
)
def test_what_keeps_it_from_starting_is_told(options: list[str], said: str) -> None:
    """Rules, addresses and limits that are none end the command with 2 and one plain message."""
    ended, told = started(*options)
    assert ended == 2
    assert said in told


def test_rules_with_mistakes_are_told_with_their_lines(tmp_path: Path) -> None:
    """A rule set that cannot be read is told as every other command tells it."""
    (tmp_path / "ruleset.yaml").write_text("name: x\nversion: 1\n", "utf-8")
    ended, told = started("--rules", str(tmp_path))
    assert ended == 2
    assert "ruleset.yaml:2:10: version: " in told


@pytest.mark.parametrize(("host", "warned"), [("0.0.0.0", True), ("127.0.0.1", False), ("localhost", False)])  # noqa: S104  # nothing is run
def test_what_others_can_reach_is_warned_of(monkeypatch: pytest.MonkeyPatch, host: str, warned: bool) -> None:
    """On another address than loopback it says what has to stand in front of it."""

    def not_run(service: Service, listener: socket.socket, tell: Callable[[], None]) -> None:
        assert isinstance(service, Service)
        tell()
        listener.close()

    monkeypatch.setattr(runner, "run", not_run)
    ended, said = started("--host", host, "--port", "0")
    assert ended == 0
    assert ("authenticates nobody and encrypts nothing" in said) is warned


@pytest.mark.parametrize("missing", ["starlette", "uvicorn"])
def test_without_the_extra_the_command_says_what_to_install(missing: str) -> None:
    """It ends with 2 and names the extra, and every other command works."""
    code = f"import sys; sys.modules[{missing!r}] = None; from ipt_rules.cli import main; main()"
    done = [
        subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)  # noqa: S603  # our own command
        for words in (["serve"], ["--version"])
    ]
    assert [one.returncode for one in done] == [2, 0]
    assert done[0].stderr == 'The service needs the extra "service": pip install "ipt-rules[service]"\n'


def test_the_library_loads_no_server() -> None:
    """Neither the library nor the command imports what only the service needs."""
    code = (
        "import sys, ipt_rules, ipt_rules.interop, ipt_rules.commands; "
        "print({'starlette', 'uvicorn', 'anyio'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603  # our own modules
    assert done.stdout == "set()\n"
