"""The command ``ipt-rules serve``: the library as a service of CDS Hooks."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from ipt_rules.assessor import Assessor
from ipt_rules.engines import EngineName
from ipt_rules.errors import IptRulesError, Problem
from ipt_rules.interop.cds_hooks import Addresses
from ipt_rules.terminal import RulesOption, errors_told, named_ruleset

if TYPE_CHECKING:
    import socket

    from ipt_rules.service import Service

_NOT_LOOPBACK = (
    "Warning: other machines can reach this address. The service authenticates nobody and encrypts nothing. In front of it must "
    "stand what ends TLS, lets in nobody but the clinical record, and cuts off slow and idle connections."
)
_HEADING = "The service cannot start:"


def serve(
    host: Annotated[
        str, typer.Option("--host", help="Where it listens; only this machine can reach the usual one.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 for any that is free.")] = 8081,
    rules: RulesOption = None,
    engine: Annotated[EngineName, typer.Option("--engine", help="What evaluates the rules.")] = "auto",
    catalogue: Annotated[
        Optional[str],
        typer.Option("--catalogue", metavar="URL", help="Where the pages of `ipt-rules catalogue` lie, for links."),
    ] = None,
    source: Annotated[
        Optional[str],
        typer.Option(
            "--source", metavar="URL", help="A page about the rules: {name}, {version}, {digest} are filled in."
        ),
    ] = None,
    origin: Annotated[
        Optional[list[str]],
        typer.Option(
            "--origin", metavar="ORIGIN", help="A web page that may call it from a browser; again for another."
        ),
    ] = None,
    body_bytes: Annotated[Optional[int], typer.Option("--body-bytes", help="How long a request may be.")] = None,
    body_seconds: Annotated[
        Optional[float], typer.Option("--body-seconds", help="How long a request may take to arrive.")
    ] = None,
    seconds: Annotated[
        Optional[float], typer.Option("--seconds", help="How long reading and assessing it may take.")
    ] = None,
    at_once: Annotated[Optional[int], typer.Option("--at-once", help="How many requests are taken on at once.")] = None,
    threads: Annotated[Optional[int], typer.Option("--threads", help="How many of them are worked on at once.")] = None,
) -> None:
    """Answer a clinical record over HTTP (CDS Hooks 2.0.1) until stopped; nothing is stored, and no log tells of a patient."""
    limits = {"body_bytes": body_bytes, "body_seconds": body_seconds, "seconds": seconds, "at_once": at_once}
    limits = {name: limit for name, limit in {**limits, "threads": threads}.items() if limit is not None}
    with errors_told("text"):
        from ipt_rules.service.running import listening, run

        assessor = Assessor(named_ruleset(rules), engine)
        service = _service(assessor, {"catalogue": catalogue, "source": source}, origin or [], limits)
        try:
            listener = listening(host, port)
        except OSError as error:
            raise IptRulesError(_HEADING, [Problem("", 0, 0, f"--host {host} --port {port}", _why(error))]) from None
    run(service, listener, lambda: _tell(assessor, listener))


def _why(error: OSError) -> str:
    """Return what the system says; where it is a name that could not be found, what was said of that."""
    number = error.errno or 0
    return os.strerror(number) if number > 0 else str(error.strerror)


def _service(assessor: Assessor, addresses: dict[str, Any], origins: list[str], limits: dict[str, Any]) -> Service:
    from ipt_rules.service import Limits, Service

    try:
        return Service(assessor, Addresses(**addresses), Limits(**limits), origins)
    except ValueError as error:
        raise IptRulesError(_HEADING, [Problem("", 0, 0, "", str(error))]) from None


def _tell(assessor: Assessor, listener: socket.socket) -> None:
    """Print where the service is, and by which rules it answers."""
    from ipt_rules._version import __version__
    from ipt_rules.service.running import address_of, is_loopback

    ruleset = assessor.ruleset
    typer.echo(f"{address_of(listener)}/cds-services")
    typer.echo(
        f"{ruleset.name} {ruleset.version}, {ruleset.digest}; engine {assessor.engine.name}; ipt-rules {__version__}"
    )
    if not is_loopback(listener):
        typer.echo(_NOT_LOOPBACK, err=True)
