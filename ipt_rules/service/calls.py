"""What a client sends to a service of CDS Hooks: JSON without surprises, and the parts of a call."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from ipt_rules.interop.cds_hooks import HOOK
from ipt_rules.service.refusals import RefusedError, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipt_rules.errors import Problem

_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_FHIR_ID: Final = re.compile(r"[A-Za-z0-9.-]{1,64}")


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the hook ``patient-view``, as far as it is looked at. The token for the record's own server is not among it.

    Attributes:
        patient: the FHIR id of the patient whose chart is open.
        server: the address of the record's FHIR server, where it is told; nothing is ever asked of it.
        prefetch: what was sent along, by key.

    """

    patient: str = field(repr=False)
    server: str | None = field(repr=False)
    prefetch: dict[str, Any] = field(repr=False)


def call_in(body: bytes) -> Call:
    """Return the call that a request holds.

    Raises:
        RefusedError: with all that is wrong (400); no value of it is repeated.

    """
    given = json_in(body)
    if not isinstance(given, dict):
        raise RefusedError(400, "the body must be a JSON object")
    if problems := list(_wrong_in(given)):
        raise RefusedError(400, problems)
    return Call(given["context"]["patientId"], given.get("fhirServer"), given.get("prefetch") or {})


def _wrong_in(given: dict[str, Any]) -> Iterator[Problem]:
    if given.get("hook") != HOOK:
        yield wrong("hook", f"must be {HOOK!r}: this service answers no other")
    if not _text_like(given.get("hookInstance"), _UUID):
        yield wrong("hookInstance", "must be a UUID, such as d1577c69-dfbe-44ad-ba6d-3e05e953b2ea")
    context = given.get("context")
    if not isinstance(context, dict):
        yield wrong("context", "must be an object")
    elif not _text_like(context.get("patientId"), _FHIR_ID):
        yield wrong("context.patientId", "must be the FHIR id of the patient: 1 to 64 letters, digits, '-' and '.'")
    if not isinstance(given.get("prefetch"), dict | None):
        yield wrong("prefetch", "must be an object, with a FHIR resource or null by each key")
    if not isinstance(given.get("fhirServer"), str | None):
        yield wrong("fhirServer", "must be an address")


def _text_like(given: Any, pattern: re.Pattern[str]) -> bool:
    return isinstance(given, str) and pattern.fullmatch(given) is not None


def json_in(body: bytes) -> Any:
    """Return what a request holds as JSON, as every reader of JSON would understand it.

    Raises:
        RefusedError: it is no UTF-8, no JSON, nested too deeply, says a key twice in one object, or holds what is no number (400).

    """
    try:
        return json.loads(
            body.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_number, parse_float=_number
        )
    except RefusedError:
        raise
    except UnicodeDecodeError:
        what = "the body is no UTF-8 text"
    except RecursionError:
        what = "the body is nested too deeply"
    except ValueError:  # JSONDecodeError is one; its message would repeat nothing, its document all
        what = "the body is no well-formed JSON"
    raise RefusedError(400, what)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise RefusedError(400, "an object of the body says a key twice; which one is meant cannot be told")
    return found


def _no_number(_: str) -> Any:
    raise RefusedError(400, "the body holds NaN or Infinity, which are no JSON")


def _number(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise RefusedError(400, "the body holds a number that is too large")
    return number
