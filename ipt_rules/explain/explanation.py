"""What all explanations have in common."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ipt_rules.display import Displayed, paged
from ipt_rules.errors import MissingExtraError

if TYPE_CHECKING:
    from ipt_rules.ruleset.model import Ruleset


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation(Displayed):
    """The answer to a question that was put to an assessment, or to a course.

    Attributes:
        ruleset: the rules, in whose words it is shown.

    """

    ruleset: Ruleset = field(compare=False, repr=False)

    def to_text(self, *, width: int = 110) -> str:
        """Return what the command prints for people; they are named where the question was asked with ``names=True``.

        Args:
            width: characters in a line.

        Raises:
            MissingExtraError: the extra ``cli`` is not installed.

        """
        try:
            from rich.console import Console
        except ModuleNotFoundError:
            raise MissingExtraError('Text needs the extra "cli": pip install "ipt-rules[cli]"') from None
        console = Console(width=width, highlight=False, color_system=None, file=io.StringIO())
        with console.capture() as captured:
            console.print(self)
        return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())

    def to_html(self) -> str:
        """Return one HTML page that needs nothing else; people are named where the question was asked with ``names=True``."""
        return paged(self)
