"""Mistakes that an engine, or what all engines share, may truly have: planted one at a time, to see what finds them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ipt_rules.pipeline import evaluate
from tests.faults import in_conditions, on_rows
from tests.faults.interpreter import Interpreter
from tests.faults.shared import SHARED, Work, patched

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipt_rules.engines import Engine
    from ipt_rules.ruleset.model import Ruleset


@dataclass(frozen=True)
class Fault:
    """One mistake.

    Attributes:
        what: the mistake in words.
        engine: the engine that has it; a right one where the mistake is in what all engines share.
        work: the evaluation, with the mistake where all engines share it.

    """

    what: str
    engine: Callable[[Ruleset], Engine] = Interpreter
    work: Work = evaluate

    @property
    def is_shared(self) -> bool:
        """Whether all engines share the mistake."""
        return self.work is not evaluate


def _in_words(planted: type[Interpreter]) -> str:
    said = " ".join((planted.__doc__ or "").split()).removesuffix(".")
    return said[0].lower() + said[1:]


IN_AN_ENGINE: Final = tuple(
    Fault(_in_words(planted), planted)
    for planted in Interpreter.__subclasses__()
    if planted.__module__ in (in_conditions.__name__, on_rows.__name__)
)
IN_ALL: Final = tuple(Fault(what, work=work) for what, work in SHARED.items())
NO_FAULT: Final = Fault("none: the same interpreter without a mistake")

__all__ = ["IN_ALL", "IN_AN_ENGINE", "NO_FAULT", "Fault", "Interpreter", "patched"]
