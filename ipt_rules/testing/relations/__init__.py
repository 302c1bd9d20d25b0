"""Metamorphic relations: how the result of one intake must relate to that of another, or to that under other rules.

No relation needs to know what the right result is, so they find mistakes that all engines share, and hold on any intake and any
rules. Each is a function of what is under test, a rule set, an intake, and a ``Chooser`` of what it changes; it returns the
differences, which name rules and areas only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ipt_rules.testing.relations.of_conditions import (
    conditions_denied,
    loosened,
    open_and_closed,
    said_otherwise,
    spelled_out,
)
from ipt_rules.testing.relations.of_intakes import (
    a_twin,
    dates_shifted,
    names_and_notes,
    one_more_answer,
    order_of_the_intake,
    safety_unknown,
    same_again,
    unread_answer,
    within_bounds,
)
from ipt_rules.testing.relations.of_rules import (
    a_rule_added,
    a_rule_repeated,
    a_rule_split,
    a_sure_rule,
    a_sure_stage,
    order_of_rules,
    own_rows_only,
    points_doubled,
    rules_apart,
)
from ipt_rules.testing.relations.told import Evaluates, Relation, on_engine

if TYPE_CHECKING:
    from ipt_rules.drawn.intakes import Chooser
    from ipt_rules.intake import Intake
    from ipt_rules.ruleset.model import Ruleset

RELATIONS: Final[tuple[Relation, ...]] = (
    same_again,
    order_of_the_intake,
    names_and_notes,
    dates_shifted,
    a_twin,
    one_more_answer,
    within_bounds,
    unread_answer,
    safety_unknown,
    order_of_rules,
    own_rows_only,
    rules_apart,
    a_rule_repeated,
    a_rule_added,
    a_sure_rule,
    a_sure_stage,
    a_rule_split,
    points_doubled,
    conditions_denied,
    open_and_closed,
    said_otherwise,
    spelled_out,
    loosened,
)
"""Every relation."""


def broken(evaluates: Evaluates, ruleset: Ruleset, intake: Intake, choose: Chooser) -> list[str]:
    """Return the differences of all relations on one intake, each after the name of its relation."""
    return [
        f"{relation.__name__}: {difference}"
        for relation in RELATIONS
        for difference in relation(evaluates, ruleset, intake, choose)
    ]


__all__ = [
    "RELATIONS",
    "Evaluates",
    "Relation",
    "a_rule_added",
    "a_rule_repeated",
    "a_rule_split",
    "a_sure_rule",
    "a_sure_stage",
    "a_twin",
    "broken",
    "conditions_denied",
    "dates_shifted",
    "loosened",
    "names_and_notes",
    "on_engine",
    "one_more_answer",
    "open_and_closed",
    "order_of_rules",
    "order_of_the_intake",
    "own_rows_only",
    "points_doubled",
    "rules_apart",
    "safety_unknown",
    "said_otherwise",
    "same_again",
    "spelled_out",
    "unread_answer",
    "within_bounds",
]
