"""What Hypothesis draws for our types where nobody says how; Hypothesis runs this whenever it is imported (entry point).

The strategies themselves are imported when one is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipt_rules.course import Course
from ipt_rules.intake import Intake
from ipt_rules.inventory import Inventory
from ipt_rules.ruleset import Ruleset

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy


def register() -> None:
    """Let ``st.from_type`` draw intakes, inventories, courses and rule sets."""
    from hypothesis import strategies as st

    for drawn in (Intake, Inventory, Course, Ruleset):
        st.register_type_strategy(drawn, _strategy)


def _strategy(drawn: type[Any]) -> SearchStrategy[Any]:
    from ipt_rules.testing import strategies

    made: dict[type[Any], Callable[[], SearchStrategy[Any]]] = {
        Intake: strategies.intakes,
        Inventory: strategies.inventories,
        Course: strategies.courses,
        Ruleset: strategies.rulesets,
    }
    return made[drawn]()
