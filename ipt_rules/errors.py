"""What can go wrong, one type for each kind of reader.

Every error collects all that was found, each with its place and what would be right. None of them holds a value, an id or an
unknown key of an intake: a place is named by position (``disputes[1].person``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable


MOST_TOLD: Final = 100
"""How many problems a message tells; ``problems`` holds them all."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong: where, what, and what would be right.

    Attributes:
        file: the file as the caller named it, or ``""`` when there is none.
        line: 1-based line, 0 when there is none.
        column: 1-based column, 0 when there is none.
        path: the place inside the document, e.g. ``losses[0].mourning`` or ``grief.sudden.when``.
        what: one sentence.

    """

    file: str
    line: int
    column: int
    path: str
    what: str

    def __str__(self) -> str:
        file = "".join(sign if sign.isprintable() else "?" for sign in self.file)
        position = f"{file or 'input'}:{self.line}:{self.column}" if self.line else file
        return ": ".join(part for part in (position, self.path, self.what) if part)

    def to_dict(self) -> dict[str, Any]:
        """Return the problem as plain values, in a fixed order."""
        return {"file": self.file, "line": self.line, "column": self.column, "path": self.path, "what": self.what}


class IptRulesError(Exception):
    """Base of all errors of this library. Catch it to catch them all; ``problems`` says each thing that is wrong."""

    def __init__(self, heading: str, problems: Iterable[Problem] = ()) -> None:
        self.heading = heading
        self.problems: tuple[Problem, ...] = tuple(problems)
        told = [f"  {problem}" for problem in self.problems[:MOST_TOLD]]
        left = len(self.problems) - len(told)
        super().__init__("\n".join([heading, *told, *([f"  and {left} more"] if left else [])]))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.heading, self.problems)

    def to_dict(self) -> dict[str, Any]:
        """Return the error as plain values, for a caller that logs or shows it."""
        return {
            "error": type(self).__name__,
            "heading": self.heading,
            "problems": [problem.to_dict() for problem in self.problems],
        }


class IntakeError(IptRulesError):
    """The intake cannot be read or contradicts itself. Mend the places named in ``problems`` and submit it again."""


class RulesetError(IptRulesError):
    """The rule set cannot be read or run on an engine, or has no such rule. Mend the rules at the lines named in ``problems``.

    Nothing was loaded, or no engine made; where only ``durable_rules`` refuses, the engine ``compiled`` takes the rules.
    """


class EvaluationError(IptRulesError):
    """The rules could not be evaluated. There is no result: treat the intake as not assessed, and report the error."""


class DisagreementError(EvaluationError):
    """Two engines differ. There is no result: treat the intake as not assessed, and report the rules named in ``problems``."""


class MissingExtraError(IptRulesError):
    """A part of the library needs a package that is not installed. Install the extra that the message names."""
