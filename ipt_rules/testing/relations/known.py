"""Whether all that a condition reads is known exactly, or not known at all: read off the row, without evaluating anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipt_rules.ruleset.conditions import comparisons
from ipt_rules.values import NOT_ARISING, Range

if TYPE_CHECKING:
    from ipt_rules.facts import Row
    from ipt_rules.ruleset.conditions import Condition
    from ipt_rules.values import Value


def is_known(row: Row, condition: Condition) -> bool:
    """Return whether every field that a condition reads arises on a row and is known exactly."""
    return all(_is_exact(row.value(one.field)) for one in comparisons(condition))


def _is_exact(value: Value) -> bool:
    if isinstance(value, Range):
        return value.least == value.most
    return value is not None and value is not NOT_ARISING
