"""One record → the facts of one intake, or what is wrong with it. Nothing that a record says is repeated."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ipt_rules.cohort.tables import ID
from ipt_rules.documents import MAX_CHARACTERS
from ipt_rules.errors import EvaluationError, IntakeError, Problem
from ipt_rules.facts import Facts, facts
from ipt_rules.intake import Intake
from ipt_rules.pipeline import guarded

if TYPE_CHECKING:
    from ipt_rules.cohort.blocks import Text

MOST_PROBLEMS: Final = 20
"""How many problems of one record are told."""
MOST_IN_AN_ID: Final = 200
"""Characters of an id."""
_NO_NAME: Final = f"must be a text of at most {MOST_IN_AN_ID} characters, or a whole number"
_INTAKE: Final = "intake"


class Known(NamedTuple):
    """The facts of an intake, and what its record calls it."""

    name: str | None
    facts: Facts


@dataclass(frozen=True)
class Rejected:
    """A record that is no intake: its line, or its row counted from 1, and all that is wrong, which repeats nothing of it."""

    line: int
    problems: tuple[Problem, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"line": self.line, "problems": [{"path": one.path, "what": one.what} for one in self.problems]}


def read_record(line: int, name: str | None, text: Text) -> Known | Rejected:
    """Return the facts of the intake in a record.

    Args:
        line: of the record, for whoever mends it.
        name: what stands beside the record as its id, if anything does.
        text: an intake as a JSON object, or ``{"id": "…", "intake": {…}}``; None for a line that has too many bytes.

    """
    try:
        called, plain = _parts(text)
        if not _is_a_name(name):
            raise _wrong(_NO_NAME, ID)
        known = guarded("facts", lambda: facts(Intake.model_validate(plain)))
        return Known(called if name is None else name, known)
    except IntakeError as error:
        return Rejected(line, error.problems[:MOST_PROBLEMS])
    except EvaluationError as error:
        return Rejected(line, (Problem("", 0, 0, "", str(error)),))


def _parts(text: Text) -> tuple[str | None, Any]:
    """Return what a record calls its intake, and the intake as plain values."""
    plain = _plain(text)
    if not isinstance(plain, dict):
        raise _wrong("a record is an intake as a JSON object, or an object with 'id' and 'intake'")
    if _INTAKE not in plain:
        return None, plain
    if plain.keys() - {ID, _INTAKE}:
        raise _wrong("beside 'id' and 'intake' there is something else; neither is a part of an intake")
    called = plain.get(ID)
    if not _is_a_name(called):
        raise _wrong(_NO_NAME, ID)
    return None if called is None else str(called), plain[_INTAKE]


def _plain(text: Text) -> Any:
    """Return what a record holds, as plain values."""
    try:
        signs = text.decode("utf-8-sig").rstrip("\r\n") if isinstance(text, bytes) else text
        if signs is None or len(signs) > MAX_CHARACTERS:
            raise _wrong(f"is longer than {MAX_CHARACTERS:,} characters, the most that are read of one record")
        return json.loads(signs, object_pairs_hook=_object, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        what = "this is no well-formed JSON from column {} on; a record is a whole one, and stands on one line"
        raise _wrong(what.format(error.colno)) from None
    except UnicodeDecodeError:
        raise _wrong("this is no UTF-8 text") from None
    except RecursionError:
        raise _wrong("is nested too deeply") from None
    except ValueError:
        raise _wrong("holds a number that is too long to be read") from None


def _is_a_name(called: Any) -> bool:
    if isinstance(called, str):
        halves = any(0xD800 <= ord(sign) <= 0xDFFF for sign in called)  # of signs, which no file can hold
        return len(called) <= MOST_IN_AN_ID and not halves
    return called is None or (type(called) is int and len(str(called)) <= MOST_IN_AN_ID)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise _wrong("a key is given twice in one object")
    return made


def _no_constant(_: str) -> None:
    raise _wrong("NaN and Infinity are no numbers of JSON")


def _wrong(what: str, path: str = "") -> IntakeError:
    return IntakeError("The record cannot be read:", [Problem("", 0, 0, path, what)])
