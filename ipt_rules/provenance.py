"""Where a result comes from: the rule set, the engine and the library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipt_rules._version import __version__

if TYPE_CHECKING:
    from ipt_rules.ruleset.model import Ruleset


def provenance_of(ruleset: Ruleset, engine: str) -> dict[str, str]:
    """Return which rule set, engine and library a result comes from.

    Args:
        ruleset: the rules.
        engine: the name of what evaluated them.

    """
    return {
        "ruleset": ruleset.name,
        "version": ruleset.version,
        "digest": ruleset.digest,
        "engine": engine,
        "library": __version__,
    }
