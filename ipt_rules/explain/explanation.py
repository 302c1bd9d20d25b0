"""What all explanations have in common."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ipt_rules.display import Displayed

if TYPE_CHECKING:
    from ipt_rules.ruleset.model import Ruleset


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation(Displayed):
    """The answer to a question that was put to an assessment.

    Attributes:
        ruleset: the rules, in whose words it is shown.

    """

    ruleset: Ruleset = field(compare=False, repr=False)
