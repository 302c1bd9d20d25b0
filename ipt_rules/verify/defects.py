"""What a check of a rule set finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ipt_rules.ruleset.model import Position


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing in a rule set that cannot be meant, or that nobody needs.

    Attributes:
        check: the check that found it; its page is ``docs/checks/<check>.md``.
        about: the id of the rule, or the key of the reference or field.
        position: where it stands; None for what stands in no rule.
        what: what is wrong, and what would be right.
        witness: field → value of a row that shows it, where one does.

    """

    check: str
    about: str
    position: Position | None
    what: str
    witness: tuple[tuple[str, object], ...] = ()

    def __str__(self) -> str:
        place = f"{self.position}: " if self.position else ""
        return f"{place}{self.about}: {self.what} [{self.check}]"

    def to_dict(self) -> dict[str, Any]:
        """Return the defect as plain values."""
        return {
            "check": self.check,
            "about": self.about,
            "file": self.position.file if self.position else "",
            "line": self.position.line if self.position else 0,
            "column": self.position.column if self.position else 0,
            "what": self.what,
            "witness": dict(self.witness),
        }
