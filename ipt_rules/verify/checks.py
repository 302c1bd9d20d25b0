"""The checks of a rule set by name, and running them all."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeAlias

from ipt_rules.verify.rule_checks import (
    always_holds,
    contained_rules,
    contradictions,
    counted_twice,
    idle_conditions,
    needs_never_met,
    never_brought_forward,
    never_cited,
    never_holds,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from ipt_rules.ruleset.model import Ruleset
    from ipt_rules.verify.defects import Defect

Check: TypeAlias = "Callable[[Ruleset], Iterator[Defect]]"

CHECKS: Final[Mapping[str, Check]] = MappingProxyType(
    {
        "dead-rule": never_holds,
        "always-true": always_holds,
        "idle-condition": idle_conditions,
        "contained-rule": contained_rules,
        "counted-twice": counted_twice,
        "contradiction": contradictions,
        "needs-never-met": needs_never_met,
        "never-brought-forward": never_brought_forward,
        "never-cited": never_cited,
    }
)
"""Each check by the name that its findings and its page in ``docs/checks`` have."""


def check_ruleset(ruleset: Ruleset, names: Iterable[str] = CHECKS) -> list[Defect]:
    """Return what the checks find, in the order of the files.

    Args:
        ruleset: the rules.
        names: the checks to run.

    Raises:
        KeyError: there is no check of that name.

    """
    found = [defect for name in names for defect in CHECKS[name](ruleset)]
    return sorted(found, key=lambda one: (one.position is None, str(one.position), one.about, one.check))
