"""Why a request is not answered with what it asks for: a status of HTTP, and what is wrong as a FHIR OperationOutcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ipt_rules.errors import MOST_TOLD, IptRulesError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CODES: Final[Mapping[int, str]] = {
    400: "structure",
    404: "not-found",
    405: "not-supported",
    408: "timeout",
    412: "required",
    413: "too-long",
    415: "not-supported",
    422: "invalid",
    500: "exception",
    503: "throttled",
    504: "timeout",
}
"""What FHIR calls the kind of a problem (``issue-type``), by status."""


class RefusedError(IptRulesError):
    """A request that is refused. Mend what ``problems`` names, or do as the status says, and send it again.

    Attributes:
        status: the status of HTTP.
        headers: what the answer says besides.

    """

    def __init__(
        self, status: int, problems: Iterable[Problem] | str, headers: Mapping[str, str] | None = None
    ) -> None:
        told = [Problem("", 0, 0, "", problems)] if isinstance(problems, str) else problems
        super().__init__(f"The request is refused ({status}):", told)
        self.status = status
        self.headers = dict(headers or {})

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.status, self.problems, self.headers)

    def outcome(self) -> dict[str, Any]:
        """Return what is wrong as an OperationOutcome; as much of it as somebody reads."""
        told = [str(problem) for problem in self.problems[:MOST_TOLD]]
        if len(self.problems) > MOST_TOLD:
            told.append(f"and {len(self.problems) - MOST_TOLD} more")
        code = CODES.get(self.status, "processing")
        issues = [{"severity": "error", "code": code, "details": {"text": text}} for text in told]
        return {"resourceType": "OperationOutcome", "issue": issues}


def wrong(path: str, what: str) -> Problem:
    """Return what is wrong at a place of a request."""
    return Problem("", 0, 0, path, what)
