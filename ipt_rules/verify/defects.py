"""What a check finds: what is wrong, where it stands, and a row that shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ipt_rules.values import NotArising
from ipt_rules.vocabulary import fields

if TYPE_CHECKING:
    from ipt_rules.course import Course
    from ipt_rules.intake import Intake
    from ipt_rules.ruleset.cells import CellValue, Space
    from ipt_rules.ruleset.model import Position, Rule


DECIDED_BY: Final = 'the extra "verify" may decide it: pip install "ipt-rules[verify]"'
"""What to do about a question that is left undecided."""


class Shown(NamedTuple):
    """Rows that show a defect: points of a space, of which an intake can be made."""

    space: Space
    points: int


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing in a rule set that cannot be meant, or that nobody needs.

    Attributes:
        check: the check that found it; its page is ``docs/checks/<check>.md``.
        about: the id of the rule, or the key of the reference or field, or the area.
        position: where it stands; None for what stands nowhere.
        what: what is wrong, and what would be right.
        witness: field → value of a row that shows it, where one does.
        shown: the rows that show it, where the algebra knows them.
        case: an intake, or a course, that shows it; None where there is none, or nobody looked for one.
        exact: False where it could not be decided whether it is so; then it is no finding, and says what would decide it.

    """

    check: str
    about: str
    position: Position | None
    what: str
    witness: tuple[tuple[str, object], ...] = ()
    shown: Shown | None = field(default=None, compare=False, repr=False)
    case: Intake | Course | None = field(default=None, compare=False, repr=False)
    exact: bool = True

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
            "witness_intake": None if self.case is None else self.case.to_dict(),
        }


def defect_of(check: str, rule: Rule, what: str, shown: Shown | None = None, *, exact: bool = True) -> Defect:
    """Return what a check found about a rule.

    Args:
        check: the check.
        rule: the rule.
        what: what is wrong, and what would be right.
        shown: the rows that show it.
        exact: whether it is decided.

    """
    return Defect(check, rule.id, rule.position, what, () if shown is None else told(shown), shown, exact=exact)


def told(shown: Shown) -> tuple[tuple[str, object], ...]:
    """Return one of some rows as plain values, field by field."""
    found = shown.space.witness(shown.points) or {}
    return tuple((name, plain(name, value)) for name, value in found.items())


def plain(name: str, value: CellValue) -> object:
    """Return a value of a row as plain data: words for codes, and words for what is not known or does not arise."""
    if value is None:
        return "not known"
    return "does not arise" if isinstance(value, NotArising) else fields()[name].to_word(value)
