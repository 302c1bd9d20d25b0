"""All engines do what the definition of the language says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ipt_rules.engines import CheckedEngine, CompiledEngine, DurableEngine, Engine, ReferenceEngine, make_engine
from ipt_rules.ruleset import load_ruleset
from ipt_rules.testing.conformance import EngineConformance

if TYPE_CHECKING:
    from ipt_rules.ruleset import Ruleset


class TestReference(EngineConformance):
    def make(self, ruleset: Ruleset) -> Engine:
        return ReferenceEngine(ruleset)


class TestCompiled(EngineConformance):
    def make(self, ruleset: Ruleset) -> Engine:
        return CompiledEngine(ruleset)


@pytest.mark.durable
class TestDurable(EngineConformance):
    def make(self, ruleset: Ruleset) -> Engine:
        return DurableEngine(ruleset)


@pytest.mark.durable
class TestChecked(EngineConformance):
    def make(self, ruleset: Ruleset) -> Engine:
        return CheckedEngine(ruleset)


@pytest.mark.durable
def test_auto_is_checked_where_durable_rules_is_installed() -> None:
    """``auto`` takes two opinions where it can, and the provenance says whose."""
    assert make_engine(load_ruleset()).name == "checked: durable_rules 2.0.28 + compiled"


def test_unknown_engine_is_refused() -> None:
    """A name that is no engine is refused with those that are."""
    with pytest.raises(ValueError, match="there are: auto, reference, compiled, durable, checked"):
        make_engine(load_ruleset(), "rete")  # type: ignore[arg-type]  # the point of the test
