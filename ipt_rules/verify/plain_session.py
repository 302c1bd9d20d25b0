"""One session of a plain course, as the ways back to what was recorded see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from ipt_rules.words import AREAS

if TYPE_CHECKING:
    from ipt_rules.ruleset.scoring import Scoring

Plain: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Session:
    """One session of a plain course, which the ways change.

    Attributes:
        course: the plain course.
        position: of the check-in.
        event: position of the event that a row is about; None for the row of the session.
        scoring: of the rule set.

    """

    course: Plain
    position: int
    event: int | None
    scoring: Scoring

    @property
    def now(self) -> Plain:
        """The check-in."""
        return self.so_far[-1]

    @property
    def so_far(self) -> list[Plain]:
        """The check-ins up to this one."""
        check_ins: list[Plain] = self.course["check_ins"]
        return check_ins[: self.position + 1]

    @property
    def foci(self) -> list[Plain]:
        """What was agreed to work on; one focus is made where there is none."""
        foci: list[Plain] = self.course.setdefault("foci", [])
        if not foci:
            foci.append({"area": AREAS[0], "agreed_in": self.now["session"]})
        return foci

    def over_all(self, name: str, value: Any) -> None:
        """Answer a question alike in every session so far; None leaves it open."""
        for check_in in self.so_far:
            put(check_in, name, value)


def put(plain: Plain, name: str, value: Any) -> None:
    """Set an answer; None leaves it open."""
    if value is None:
        plain.pop(name, None)
    else:
        plain[name] = value
