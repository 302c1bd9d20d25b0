"""What the commands ``coverage`` and ``mutate`` measure, and by what: which rules count, and which intakes and courses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ipt_rules.terminal import cases_in, named_ruleset, numbered
from ipt_rules.verify.coverage import counted

if TYPE_CHECKING:
    from pathlib import Path

    from ipt_rules.course import Course
    from ipt_rules.intake import Intake
    from ipt_rules.ruleset import Ruleset

AllOption = Annotated[
    bool, typer.Option("--all", help="Count the rules of a rule set that it extends too, and not its own alone.")
]

_COME_ALONG = "the worked cases, worked courses and suites that come along"


@dataclass(frozen=True)
class Measured:
    """A rule set, and the cases by which it is measured.

    Attributes:
        ruleset: the rules.
        own: whether the rules of a rule set that it extends are left out.
        intakes: what is assessed.
        courses: what is reviewed.
        folder: where the cases were read; None for those that come along.

    """

    ruleset: Ruleset
    own: bool
    intakes: list[Intake]
    courses: list[Course]
    folder: Path | None

    @property
    def head(self) -> str:
        """How many intakes and courses it is measured by, and of what."""
        of = _COME_ALONG if self.folder is None else f"in {self.folder}"
        intakes, courses = numbered(len(self.intakes), "intake"), numbered(len(self.courses), "course")
        return f"Measured by {intakes} and {courses}{':' if self.folder is None else ''} {of}."

    @property
    def left_out(self) -> str:
        """How many rules do not count, and how they would; empty where all do."""
        number = len(self.ruleset.rules) - len(counted(self.ruleset, own=self.own))
        return (
            f"Not counted: {numbered(number, 'rule')} of the set that it extends; --all counts them." if number else ""
        )

    def to_dict(self) -> dict[str, Any]:
        """Return by what it is measured as plain values."""
        folder = None if self.folder is None else str(self.folder)
        return {"folder": folder, "intakes": len(self.intakes), "courses": len(self.courses)}


def measured(folder: Path | None, rules: Path | None, *, own: bool) -> Measured:
    """Return a rule set, and the cases by which it is measured.

    Args:
        folder: a folder of intakes and courses; None for those that come along.
        rules: the folder or variant of the rules; None for those that come along.
        own: whether to leave out the rules of a rule set that it extends.

    Raises:
        IntakeError: there are no cases, one cannot be read, or the folder is one of rules.
        RulesetError: the rules cannot be read.

    """
    return Measured(named_ruleset(rules), own, *cases_in(folder), folder)
