"""For the tests of those who write rules or engines; what draws needs the extra ``testing``, and is imported when asked for.

- ``strategies``: intakes, intakes open in part, inventories, courses, rule sets, and what comes next in a course.
- ``aimed``: intakes and courses in which a rule holds or narrowly fails, of which an area comes first, or two are close.
- ``boundaries``: intakes that together reach what the rules ask for, and values at which comparisons turn over.
- ``profiles``: settings of Hypothesis by name.
- ``conformance``: the suite that every engine must pass, a class to subclass.
- ``relations``: what is true of every engine on every intake, as functions.
- ``differential``: engines side by side on many intakes; ``by_cells`` and ``remembering`` are evaluators to compare with.
- ``rules``: rule sets for testing engines.

pytest's options ``--ipt-rule-coverage…`` measure what a test run reaches; ``docs/testing.md`` shows all of it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ipt_rules.testing.aimed import (
        courses_where_holds,
        courses_where_narrowly_fails,
        intakes_where_holds,
        intakes_where_narrowly_fails,
        intakes_with_first,
        near_ties,
    )
    from ipt_rules.testing.boundaries import boundary_intakes
    from ipt_rules.testing.conformance import EngineConformance
    from ipt_rules.testing.profiles import register_profiles
    from ipt_rules.testing.strategies import (
        courses,
        intakes,
        inventories,
        partial_intakes,
        rulesets,
    )

_WHERE: Final = {
    "aimed": (
        "courses_where_holds",
        "courses_where_narrowly_fails",
        "intakes_where_holds",
        "intakes_where_narrowly_fails",
        "intakes_with_first",
        "near_ties",
    ),
    "boundaries": ("boundary_intakes",),
    "conformance": ("EngineConformance",),
    "profiles": ("register_profiles",),
    "strategies": ("courses", "intakes", "inventories", "partial_intakes", "rulesets"),
}

__all__ = [
    "EngineConformance",
    "boundary_intakes",
    "courses",
    "courses_where_holds",
    "courses_where_narrowly_fails",
    "intakes",
    "intakes_where_holds",
    "intakes_where_narrowly_fails",
    "intakes_with_first",
    "inventories",
    "near_ties",
    "partial_intakes",
    "register_profiles",
    "rulesets",
]


def __getattr__(name: str) -> Any:
    for module, names in _WHERE.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
