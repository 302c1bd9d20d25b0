"""The service as an ASGI application: discovery, cards, feedback, and how it fares. It stores nothing and asks nobody."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.routing import Route

from ipt_rules._version import __version__
from ipt_rules.assessor import Assessor
from ipt_rules.interop.cds_hooks import SERVICE, Addresses, cards, discovery
from ipt_rules.reading_intakes import example
from ipt_rules.service.assessed import assessed
from ipt_rules.service.calls import call_in, json_in
from ipt_rules.service.feedback import FeedbackCounts
from ipt_rules.service.limits import Limits
from ipt_rules.service.refusals import RefusedError
from ipt_rules.service.scales import sent_in
from ipt_rules.service.watched import Watched
from ipt_rules.service.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from ipt_rules.engines import EngineChoice
    from ipt_rules.ruleset.model import Ruleset

_NOT_KEPT: Final = {"Cache-Control": "no-store"}
_MINUTES_OF_A_PREFLIGHT: Final = 10
_MOST_DIGITS: Final = 20
"""Of a declared length; a number of some thousands of digits could not even be read."""


def app(
    ruleset: Ruleset | None = None,
    *,
    engine: EngineChoice = "auto",
    addresses: Addresses | None = None,
    limits: Limits | None = None,
    origins: Sequence[str] = (),
) -> Service:
    """Return the service as an ASGI application, to be run by itself or mounted in another.

    It authenticates nobody and encrypts nothing: what stands in front of it has to.

    Args:
        ruleset: the rules; None for those that come with the library.
        engine: what evaluates them, as for ``Assessor``.
        addresses: where the pages lie that cards point to.
        limits: how much it takes on; None for the usual limits.
        origins: the web pages that may call it from a browser, such as ``https://record.example``; none unless they are named.

    Raises:
        ValueError: an origin is none.
        MissingExtraError: ``durable`` or ``checked`` was asked for, and durable_rules cannot be used.
        RulesetError: rules that durable_rules cannot run safely; ``compiled`` takes them.

    """
    return Service(Assessor(ruleset, engine), addresses or Addresses(), limits or Limits(), origins)


class Service:
    """The service as an ASGI application; ``app`` makes it.

    Attributes:
        limits: how much it takes on.

    """

    def __init__(self, assessor: Assessor, addresses: Addresses, limits: Limits, origins: Sequence[str]) -> None:
        if any(not one.startswith(("https://", "http://")) or one.endswith("/") for one in origins):
            raise ValueError("origins: each must begin with https:// or http:// and end without a slash")
        self._assessor = assessor
        self._addresses = addresses
        self.limits = limits
        self._workers = Workers(limits)
        self._feedback = FeedbackCounts(assessor.ruleset)
        self._statuses: Counter[str] = Counter()
        self._application = Watched(self._routed(origins), self._statuses)
        cards(assessor.assess(example("grief")))  # so that the first patient does not wait for what is made once

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, as ASGI has it."""
        await self._application(scope, receive, send)

    def _routed(self, origins: Sequence[str]) -> Starlette:
        routes = [
            Route("/cds-services", self._discover, methods=["GET"]),
            Route("/cds-services/{id}", self._call, methods=["POST"]),
            Route("/cds-services/{id}/feedback", self._take_feedback, methods=["POST"]),
            Route("/health", self._health, methods=["GET"]),
        ]
        asked = Middleware(
            CORSMiddleware,
            allow_origins=list(origins),
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type"],
            max_age=60 * _MINUTES_OF_A_PREFLIGHT,
        )
        application = Starlette(
            routes=routes,
            middleware=[asked] if origins else [],
            exception_handlers={RefusedError: _refused, HTTPException: _not_here, Exception: _failed},
        )
        application.router.redirect_slashes = False  # an address would be made of what the client calls us
        return application

    async def _discover(self, _: Request) -> Response:
        return _answer(200, discovery(self._assessor.ruleset))

    async def _health(self, _: Request) -> Response:
        ruleset = self._assessor.ruleset
        told = {
            "status": "ok",
            "ruleset": {"name": ruleset.name, "version": ruleset.version, "digest": ruleset.digest},
            "engine": self._assessor.engine.name,
            "version": __version__,
            "requests": dict(sorted(self._statuses.items())),
            "feedback": self._feedback.to_dict(),
        }
        return _answer(200, told)

    async def _call(self, request: Request) -> Response:
        _make_sure_it_is_for_us(request)
        with self._workers.place():
            body = await self._body(request)
            return await self._workers.run(self._cards, body)

    async def _take_feedback(self, request: Request) -> Response:
        _make_sure_it_is_for_us(request)
        with self._workers.place():
            body = await self._body(request)
            reported = await self._workers.run(lambda: self._feedback.read(json_in(body)))
        self._feedback.count(reported)
        return _answer(200, {})

    def _cards(self, body: bytes) -> Response:
        """Return the answer to a call; runs in a thread, and shares nothing with others but the assessor."""
        assessment = assessed(self._assessor, sent_in(call_in(body)))
        return _answer(200, cards(assessment, self._addresses, new_uuid=lambda: str(uuid.uuid4())))

    async def _body(self, request: Request) -> bytes:
        """Return the body of a request, read no further than it may be long.

        Raises:
            RefusedError: it is too long (413), or takes too long (408).

        """
        most, found = self.limits.body_bytes, bytearray()
        too_long = f"the body is longer than {most} bytes"
        declared = request.headers.get("content-length", "")
        if declared.isdecimal() and (len(declared) > _MOST_DIGITS or int(declared) > most):
            raise RefusedError(413, too_long)
        try:
            async with asyncio.timeout(self.limits.body_seconds):
                async for part in request.stream():
                    found += part
                    if len(found) > most:
                        raise RefusedError(413, too_long, _closed(request))
        except TimeoutError:
            what = f"the body did not arrive within {self.limits.body_seconds:g} seconds"
            raise RefusedError(408, what, _closed(request)) from None
        return bytes(found)


def _closed(request: Request) -> dict[str, str]:
    """Return what says that a connection ends here: the rest of a body that never ends would be read for nothing."""
    return {"Connection": "close"} if request.scope["http_version"].startswith("1") else {}


def _make_sure_it_is_for_us(request: Request) -> None:
    """Make sure that a request is to the service that there is, and in the form that is read."""
    if request.path_params["id"] != SERVICE:
        raise RefusedError(404, f"there is no such service; there is: {SERVICE}")
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.lower().partition("charset=")[2].strip(' "')
    if kind.strip().lower() != "application/json" or charset not in ("", "utf-8"):
        raise RefusedError(415, "the body must be application/json, in UTF-8")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise RefusedError(415, "the body must not be compressed", {"Accept-Encoding": "identity"})


def _answer(status: int, told: Any, headers: Mapping[str, str] | None = None) -> Response:
    body = json.dumps(told, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    return Response(body, status, {**_NOT_KEPT, **(headers or {})}, "application/json")


def _refused(_: Request, refused: Exception) -> Response:
    assert isinstance(refused, RefusedError)
    return _answer(refused.status, refused.outcome(), refused.headers)


def _not_here(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    what = "there is nothing at this address; begin with GET /cds-services"
    if error.status_code == 405:
        what = f"this address takes only: {(error.headers or {}).get('Allow', 'other methods')}"
    return _refused(request, RefusedError(error.status_code, what, error.headers))


def _failed(request: Request, _: Exception) -> Response:
    return _refused(request, RefusedError(500, "the service failed; there is no result"))
