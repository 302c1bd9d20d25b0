"""Running the service by itself, with uvicorn: on one socket, until it is told to stop."""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import math
import signal
import socket
from typing import TYPE_CHECKING, Final

from ipt_rules.errors import MissingExtraError
from ipt_rules.service.watched import LOGGER

try:
    import uvicorn
except ModuleNotFoundError as missing:
    if missing.name != "uvicorn":
        raise
    raise MissingExtraError('The service needs the extra "service": pip install "ipt-rules[service]"') from None

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ipt_rules.service.application import Service

_SECONDS_TO_SEND: Final = 5
"""How long answers that are ready may take to be sent, once the service is told to stop."""

_WAITING_CONNECTIONS: Final = 512


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens; port 0 is any that is free.

    Raises:
        OSError: there is no such host, or the port cannot be had.

    """
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    return socket.create_server(address[:2], family=family, backlog=_WAITING_CONNECTIONS)


def address_of(listener: socket.socket) -> str:
    """Return where a socket listens, as a client writes it."""
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def is_loopback(listener: socket.socket) -> bool:
    """Return whether a socket can be reached from this machine only."""
    return ipaddress.ip_address(listener.getsockname()[0].partition("%")[0]).is_loopback


def run(service: Service, listener: socket.socket, tell: Callable[[], None]) -> None:
    """Answer requests until SIGINT or SIGTERM; those that have begun are answered before this returns.

    Args:
        service: what answers.
        listener: where.
        tell: says that it is there; from then on a signal ends it as it should.

    """
    _log_plainly()
    config = uvicorn.Config(
        service,
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=math.ceil(service.limits.body_seconds + service.limits.seconds + _SECONDS_TO_SEND),
    )
    server = _Server(config)
    with _stopped_by_signals(server):
        tell()
        server.run(sockets=[listener])


class _Server(uvicorn.Server):
    """Leaves it to others to listen for signals: it would end with the signal that it was told to stop by, as if it had failed."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Listen for none."""
        yield


@contextlib.contextmanager
def _stopped_by_signals(server: uvicorn.Server) -> Iterator[None]:
    before = {number: signal.signal(number, server.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _log_plainly() -> None:
    """Write the lines of the service to standard error; of the server beneath it only what is wrong."""
    lines = logging.StreamHandler()
    lines.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    for logger, level in ((LOGGER, logging.INFO), (logging.getLogger("uvicorn"), logging.WARNING)):
        logger.setLevel(level)
        logger.propagate = False
        logger.handlers = [lines]
