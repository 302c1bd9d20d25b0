"""The service in a process of its own, as ``ipt-rules serve`` runs it, and clients that keep to HTTP or do not."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import httpx

from tests.calls import written

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST: Final = 30
"""Seconds after which a test that waits for the service has failed."""

CALL: Final = "/cds-services/ipt-problem-areas"
FEEDBACK: Final = f"{CALL}/feedback"
JSON: Final = {"Content-Type": "application/json"}


class Served:
    """A service that runs.

    Attributes:
        process: what runs it.
        host: where it listens.
        port: likewise.
        told: the lines that it printed when it started.

    """

    def __init__(self, process: subprocess.Popen[str], errors: IO[str]) -> None:
        assert process.stdout is not None
        self.process = process
        self._errors = errors
        self._client = client()
        self.told = [process.stdout.readline(), process.stdout.readline()]
        assert self.told[1], self.logged()
        url = httpx.URL(self.told[0].strip())
        self.host, self.port = url.host, url.port or 0

    @property
    def url(self) -> str:
        """Where the service is, without a path."""
        return f"http://{self.host}:{self.port}"

    def logged(self) -> str:
        """Return all that was written to standard error so far."""
        return Path(self._errors.name).read_text("utf-8")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Tell it to stop; return how it ended, and all that it printed and logged."""
        self._client.close()
        self.process.send_signal(number)
        printed, _ = self.process.communicate(timeout=LONGEST)
        return self.process.returncode, "".join(self.told) + printed + self.logged()

    def post(self, given: Any, path: str = CALL, **headers: str) -> httpx.Response:
        """Send something to the service on a connection of its own."""
        return self.send("POST", path, given if isinstance(given, bytes) else written(given), **headers)

    def get(self, path: str) -> httpx.Response:
        """Get something from the service on a connection of its own."""
        return self.send("GET", path)

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> httpx.Response:
        """Send any request to the service on a connection of its own."""
        return self._client.request(method, f"{self.url}{path}", content=body, headers={**JSON, **headers})

    @contextlib.contextmanager
    def connected(self) -> Iterator[socket.socket]:
        """Open a connection, on which a test may say what no client of HTTP would."""
        with socket.create_connection((self.host, self.port), timeout=LONGEST) as connection:
            yield connection

    def resident(self) -> int:
        """Return the resident memory of the process in bytes."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text("ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")


def client(connections: int = 0) -> httpx.Client:
    """Return a client that keeps so many connections open between its requests."""
    limits = httpx.Limits(max_keepalive_connections=connections)
    return httpx.Client(limits=limits, timeout=LONGEST, trust_env=False, verify=False)  # noqa: S501  # there is no TLS to verify


@contextlib.contextmanager
def served(*options: str) -> Iterator[Served]:
    """Run the service on a port of its own until the test is done with it."""
    command = [sys.executable, "-m", "ipt_rules.cli", "serve", "--port", "0", *options]
    with (
        tempfile.NamedTemporaryFile("w", suffix=".log") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as process,  # noqa: S603  # our own command
    ):
        try:
            yield Served(process, errors.file)
        finally:
            if process.poll() is None:
                process.terminate()
                process.communicate(timeout=LONGEST)


def head(length: int | str, *lines: str, path: str = CALL) -> bytes:
    """Return the head of a request with a body, as it is sent."""
    told = [f"POST {path} HTTP/1.1", "Host: test", "Content-Type: application/json", *lines]
    how_long = "Transfer-Encoding: chunked" if length == "chunked" else f"Content-Length: {length}"
    return "\r\n".join([*told, how_long, "", ""]).encode()


def status_on(connection: socket.socket) -> int:
    """Return the status of the next answer on a connection; 0 where it is closed without one."""
    line = b""
    with contextlib.suppress(ConnectionResetError):
        while not line.endswith(b"\n") and (byte := connection.recv(1)):
            line += byte
    return int(line.split()[1]) if line else 0


def rest_on(connection: socket.socket) -> bytes:
    """Return all that still comes on a connection until it is closed."""
    parts = []
    with contextlib.suppress(ConnectionResetError):
        while part := connection.recv(65_536):
            parts.append(part)
    return b"".join(parts)
