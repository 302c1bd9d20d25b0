"""Intakes on which claims about a whole rule set are tried: one that tells nothing, and some drawn by chance."""

from __future__ import annotations

import datetime
import random
from typing import TYPE_CHECKING, Final

from ipt_rules.drawn.intakes import Seeded, draw_intake
from ipt_rules.engines.reference import trace
from ipt_rules.intake import Intake
from ipt_rules.worked_cases import rows_of_intake

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ipt_rules.ruleset.model import Rule, Ruleset

NOTHING_TOLD: Final = Intake(assessed_on=datetime.date(2026, 1, 1))
"""An intake in which everything is open, so that any other is one of its completions."""

_MOST_DRAWN: Final = 400


def never_seen(ruleset: Ruleset, rules: Iterable[Rule]) -> list[Rule]:
    """Return those of some rules that hold in none of the intakes drawn; they may hold in others."""
    left = list(rules)
    for number in range(_MOST_DRAWN):
        if not left:
            break
        rows = rows_of_intake(draw_intake(Seeded(random.Random(number))), ruleset)  # no cryptography
        left = [
            rule for rule in left if not any(row.kind == rule.kind and trace(rule.condition, row).truth for row in rows)
        ]
    return left
