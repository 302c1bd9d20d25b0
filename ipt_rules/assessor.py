"""Assessing intakes: one at a time, or many with the engine made once."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from ipt_rules.assessment import Assessment
from ipt_rules.engines import Engine, EngineChoice, EngineName, make_engine
from ipt_rules.intake import Intake
from ipt_rules.pipeline import evaluate, guarded
from ipt_rules.ruleset import Ruleset, load_ruleset

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Assessor:
    """Assesses intakes by one rule set on one engine; make one and use it for many intakes.

    Args:
        ruleset: the rules; None for those that come with the library.
        engine: one of ``ENGINES`` (``auto``: ``checked`` where durable_rules is installed, else ``compiled``), or a class of yours.

    Raises:
        MissingExtraError: ``durable`` or ``checked`` was asked for, and durable_rules cannot be used.
        RulesetError: rules that durable_rules cannot run safely; ``compiled`` takes them.

    """

    def __init__(self, ruleset: Ruleset | None = None, engine: EngineChoice = "auto") -> None:
        if not isinstance(ruleset, Ruleset | None):
            raise TypeError("the rules are a Ruleset; make one with load_ruleset(folder)")
        self._ruleset = load_ruleset() if ruleset is None else ruleset
        self._engine_name = engine
        self._engine: Engine = make_engine(self._ruleset, engine)

    def __reduce__(self) -> tuple[Any, ...]:
        return Assessor, (self._ruleset, self._engine_name)

    @property
    def ruleset(self) -> Ruleset:
        """The rules. For others, make another assessor: the engine is made for these."""
        return self._ruleset

    @property
    def engine(self) -> Engine:
        """What evaluates the rules."""
        return self._engine

    def assess(self, intake: Intake) -> Assessment:
        """Return the assessment of one intake.

        Raises:
            EvaluationError: the rules could not be evaluated; there is no result.

        """
        if not isinstance(intake, Intake):
            raise TypeError("assess takes an Intake; make one with read_intake(text) or Intake.model_validate(mapping)")
        result = evaluate(intake, self._ruleset, self._engine)
        return guarded(
            self._engine.name,
            lambda: Assessment(intake, self._ruleset, result, self._engine.name, evaluator=self._engine),
        )


def assessor_for(ruleset: Ruleset | None, engine: EngineChoice) -> Assessor:
    """Return a new assessor, or the one that is kept for the shipped rules and an engine of ours."""
    return _shipped_assessor(engine) if ruleset is None and isinstance(engine, str) else Assessor(ruleset, engine)


@functools.cache
def _shipped_assessor(engine: EngineName) -> Assessor:
    return Assessor(None, engine)


def assess(intake: Intake, ruleset: Ruleset | None = None, *, engine: EngineChoice = "auto") -> Assessment:
    """Return the assessment of one intake.

    Args:
        intake: what was recorded.
        ruleset: the rules; None for those that come with the library.
        engine: one of ``ENGINES`` (``auto``: ``checked`` where durable_rules is installed, else ``compiled``), or a class of yours.

    Raises:
        EvaluationError: the rules could not be evaluated; there is no result.
        MissingExtraError: ``durable`` or ``checked`` was asked for, and durable_rules cannot be used.
        RulesetError: rules that durable_rules cannot run safely; ``compiled`` takes them.

    """
    return assessor_for(ruleset, engine).assess(intake)


def assess_many(
    intakes: Iterable[Intake], ruleset: Ruleset | None = None, *, engine: EngineChoice = "auto"
) -> Iterator[Assessment]:
    """Yield the assessment of each intake, the engine made once.

    Raises:
        EvaluationError: the rules could not be evaluated for an intake; the ones before it were yielded.
        MissingExtraError: ``durable`` or ``checked`` was asked for, and durable_rules cannot be used.
        RulesetError: rules that durable_rules cannot run safely; ``compiled`` takes them.

    """
    return map(assessor_for(ruleset, engine).assess, intakes)
