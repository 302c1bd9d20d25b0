"""What all explanations have in common."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ipt_rules.display import Displayed, paged
from ipt_rules.printed import printed

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
        return printed(lambda: self, width)

    def to_html(self) -> str:
        """Return one HTML page that needs nothing else; people are named where the question was asked with ``names=True``."""
        return paged(self)
