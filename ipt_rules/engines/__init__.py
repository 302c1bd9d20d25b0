"""The engines: one rule set, identical findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeAlias

from ipt_rules.engines.compiled import CompiledEngine
from ipt_rules.engines.reference import ReferenceEngine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipt_rules.facts import Row
    from ipt_rules.ruleset.model import Pass, Ruleset

EngineName: TypeAlias = Literal["auto", "reference", "compiled"]
ENGINES: Final[tuple[EngineName, ...]] = ("auto", "reference", "compiled")


class Engine(Protocol):
    """Finds the rules of a pass that hold on each row; positions are those in ``Ruleset.rules``, in ascending order."""

    @property
    def name(self) -> str:
        """What the provenance says."""

    def holding(self, run: Pass, rows: Sequence[Row]) -> list[tuple[int, ...]]:
        """Return, for each row, the rules that hold."""

    def possible(self, run: Pass, rows: Sequence[Row]) -> list[tuple[int, ...]]:
        """Return, for each row, the rules that hold or could, once more is known."""


def make_engine(ruleset: Ruleset, name: EngineName = "auto") -> Engine:
    """Return an engine for a rule set; ``auto`` takes the best that is installed.

    Raises:
        ValueError: there is no engine of that name.

    """
    if name == "reference":
        return ReferenceEngine(ruleset)
    if name in ("auto", "compiled"):
        return CompiledEngine(ruleset)
    raise ValueError(f"no engine is called {name!r}; there are: {', '.join(ENGINES)}")


__all__ = ["ENGINES", "CompiledEngine", "Engine", "EngineName", "ReferenceEngine", "make_engine"]
