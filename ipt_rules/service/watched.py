"""One plain line in the log for each request: method, route, status, milliseconds. Nothing else of a request is ever written."""

from __future__ import annotations

import logging
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.requests import ClientDisconnect
from starlette.routing import Match, Route

if TYPE_CHECKING:
    from collections import Counter

    from starlette.applications import Starlette
    from starlette.types import Message, Receive, Scope, Send

LOGGER: Final = logging.getLogger("ipt_rules.service")
_METHODS: Final = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
_LEFT: Final = "left"
"""Stands for a status where the client went away before it was answered."""

_OURS: Final = Path(__file__).parent.parent


class Watched:
    """Runs an application; writes a line for each request, and lets no error out that could tell of a patient.

    Args:
        application: what answers.
        statuses: counts the answers by status.

    """

    def __init__(self, application: Starlette, statuses: Counter[str]) -> None:
        self._application = application
        self._statuses = statuses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, as ASGI has it."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        begun, status = time.perf_counter(), _LEFT

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        try:
            await self._application(scope, receive, noted)
        except ClientDisconnect:
            status = _LEFT
        except Exception as error:
            LOGGER.error("failed: %s at %s", type(error).__name__, _place_of(error))  # a traceback could tell values
        finally:
            self._statuses[status] += 1
            milliseconds = 1000 * (time.perf_counter() - begun)
            LOGGER.info("%s %s %s %.0f ms", _method(scope), self._route(scope), status, milliseconds)

    def _route(self, scope: Scope) -> str:
        """Return the template of the route that a request takes, and never its path."""
        for route in self._application.routes:
            if isinstance(route, Route) and route.matches(scope)[0] is not Match.NONE:
                return route.path
        return "-"


def _method(scope: Scope) -> str:
    return scope["method"] if scope["method"] in _METHODS else "-"


def _place_of(error: BaseException) -> str:
    """Return the line of this library where an error came from: a place in code, and nothing that was in it."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(_OURS)]
    return f"{Path(ours[-1].filename).relative_to(_OURS.parent)}:{ours[-1].lineno}" if ours else "-"
