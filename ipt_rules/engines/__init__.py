"""The engines: one rule set, identical findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeAlias

from ipt_rules.engines.checked import CheckedEngine
from ipt_rules.engines.compiled import CompiledEngine
from ipt_rules.engines.durable import DurableEngine
from ipt_rules.engines.reference import ReferenceEngine
from ipt_rules.errors import MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ipt_rules.facts import Row
    from ipt_rules.ruleset.model import Pass, Ruleset

EngineName: TypeAlias = Literal["auto", "reference", "compiled", "durable", "checked"]
ENGINES: Final[tuple[EngineName, ...]] = ("auto", "reference", "compiled", "durable", "checked")

EngineChoice: TypeAlias = "EngineName | Callable[[Ruleset], Engine]"
"""An engine by its name, or whatever makes one for a rule set."""


class Engine(Protocol):
    """Finds the rules of a pass that hold on each row; positions are those in ``Ruleset.rules``, in ascending order."""

    @property
    def name(self) -> str:
        """What the provenance says."""

    def holding(self, run: Pass, rows: Sequence[Row]) -> list[tuple[int, ...]]:
        """Return, for each row, the rules that hold."""

    def possible(self, run: Pass, rows: Sequence[Row]) -> list[tuple[int, ...]]:
        """Return, for each row, the rules that hold or could, once more is known."""


def make_engine(ruleset: Ruleset, name: EngineChoice = "auto") -> Engine:
    """Return an engine for a rule set.

    Args:
        ruleset: the rules.
        name: ``auto`` is ``checked`` where durable_rules is installed, else ``compiled``; or a class of your own.

    Raises:
        ValueError: there is no engine of that name.
        MissingExtraError: ``durable`` or ``checked`` was asked for, and durable_rules cannot be used.
        RulesetError: rules that durable_rules cannot run safely; ``compiled`` takes them.

    """
    if not isinstance(name, str):
        return name(ruleset)
    if name == "auto":
        try:
            return CheckedEngine(ruleset)
        except MissingExtraError:
            return CompiledEngine(ruleset)
    if name not in _MAKERS:
        raise ValueError(f"no engine is called {name!r}; there are: {', '.join(ENGINES)}")
    return _MAKERS[name](ruleset)


_MAKERS: Final[dict[EngineName, Callable[[Ruleset], Engine]]] = {
    "reference": ReferenceEngine,
    "compiled": CompiledEngine,
    "durable": DurableEngine,
    "checked": CheckedEngine,
}

__all__ = [
    "ENGINES",
    "CheckedEngine",
    "CompiledEngine",
    "DurableEngine",
    "Engine",
    "EngineChoice",
    "EngineName",
    "ReferenceEngine",
    "make_engine",
]
