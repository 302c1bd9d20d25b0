"""Two opinions on every decision: a difference gives no result, and where there is only one, that is said."""

from __future__ import annotations

import importlib.metadata
import sys
from typing import TYPE_CHECKING, Any

import pytest

from ipt_rules import (
    Assessor,
    DisagreementError,
    EvaluationError,
    MissingExtraError,
    Problem,
    assess,
    example,
    load_ruleset,
)
from ipt_rules.engines import CheckedEngine, CompiledEngine, EngineName, compiled, make_engine
from ipt_rules.engines import durable as holder
from ipt_rules.engines.sound_subset import Portion
from ipt_rules.pipeline import evaluate
from tests.helpers import MARK, marked
from tests.processes import drawn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ipt_rules.facts import Row
    from ipt_rules.ruleset.model import Pass


class Faulty:
    """The C module with a fault planted in it."""

    def __init__(self, **faults: Callable[..., Any]) -> None:
        self._module = holder.durable_rules()
        self._faults = faults

    def __getattr__(self, name: str) -> Any:
        sound = getattr(self._module, name)
        fault = self._faults.get(name)
        return sound if fault is None else lambda *arguments: fault(sound, *arguments)


def lost(sound: Callable[..., Any], handle: int, state: int) -> Any:
    """Lose every third match or so."""
    match = sound(handle, state)
    while match is not None and '"r' in match and len(match) % 3 == 0:
        match = sound(handle, state)
    return match


def on_another_row(sound: Callable[..., Any], handle: int, state: int) -> Any:
    """Tell matches of the second row as matches of the first."""
    match = sound(handle, state)
    return match if match is None else match.replace('"id":1,', '"id":0,')


def row_not_taken(sound: Callable[..., Any], handle: int, message: str) -> Any:
    """Say of some rows that no rule looks at them."""
    result, state = sound(handle, message)
    return (1 if '"id":1,' in message else result, state)


def off_by_one(sound: Callable[..., Any], name: str, definition: str) -> Any:
    """Compile "at least" as "more than"."""
    return sound(name, definition.replace("$gte", "$gt"))


def negated_unknown(sound: Callable[..., Any], name: str, definition: str) -> Any:
    """Compile "is not" as "is"."""
    return sound(name, definition.replace('"$neq"', '"$eq"'))


@pytest.mark.durable
@pytest.mark.parametrize(
    "faults",
    [
        {"complete_and_start_action": lost},
        {"complete_and_start_action": on_another_row},
        {"assert_fact": row_not_taken},
        {"create_ruleset": off_by_one},
        {"create_ruleset": negated_unknown},
    ],
    ids=lambda faults: next(iter(faults.values())).__name__,
)
def test_a_fault_in_durable_rules_is_a_disagreement(
    faults: dict[str, Callable[..., Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the engine gets wrong is an error; no result differs from the definition's."""
    module = Faulty(**faults)
    monkeypatch.setattr(holder, "durable_rules", lambda: module)
    assert disagreements(Assessor(engine="checked")) > 0


@pytest.mark.durable
@pytest.mark.parametrize(
    ("said", "instead"),
    [
        (">=", ">"),
        ("<=", "<"),
        (" is True", " is False"),
        (" is True", " is not False"),
        (" == ", " != "),
        (" or ", " and "),
    ],
)
def test_a_fault_in_generated_python_is_a_disagreement(
    said: str, instead: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the generated Python gets wrong is an error; no result differs from the definition's."""
    sound = compiled._conjuncts

    def faulty(*arguments: Any, sure: bool) -> tuple[str, ...]:
        parts = sound(*arguments, sure=sure)
        return tuple(part.replace(said, instead) for part in parts) if sure else parts

    monkeypatch.setattr(compiled, "_conjuncts", faulty)
    assert disagreements(Assessor(engine="checked")) > 0


def disagreements(assessor: Assessor) -> int:
    """Return on how many of 100 intakes the engines differ; where they do not, the result must be right."""
    reference, count = Assessor(engine="reference"), 0
    for intake in drawn(100):
        try:
            assert assessor.assess(intake).result == reference.assess(intake).result
        except DisagreementError:
            count += 1
    return count


class OtherOpinion(CompiledEngine):
    """An engine that finds the first rule on every patient row."""

    def holding(self, run: Pass, rows: Sequence[Row]) -> list[tuple[int, ...]]:
        """Return what holds, and on the patient row the first rule too."""
        held = super().holding(run, rows)
        return [(0, *found) if row.kind == "patient" else found for row, found in zip(rows, held, strict=True)]


@pytest.mark.durable
def test_a_disagreement_names_rules_only() -> None:
    """The error names the rule, where it stands, who says what and the kind of row: nothing of the intake."""
    ruleset = load_ruleset()
    assessor = Assessor(ruleset, "checked")
    assert isinstance(assessor.engine, CheckedEngine)
    assessor.engine._compiled = OtherOpinion(ruleset)
    with pytest.raises(DisagreementError, match="no result") as raised:
        assessor.assess(marked())
    where = ruleset.rules[0].position
    what = "holds on a patient row by compiled, and does not by durable_rules"
    assert raised.value.problems == (Problem(where.file, where.line, where.column, ruleset.rules[0].id, what),)
    assert MARK not in str(raised.value)
    assert raised.value.__context__ is None
    assert isinstance(raised.value, EvaluationError)


@pytest.mark.durable
def test_an_engine_that_never_ends_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """More matches than there can be are an error, however long the engine goes on telling them."""
    ready = False

    def never_ends(sound: Callable[..., Any], *arguments: int) -> Any:
        return '{"r0.0":{"m":{"id":0,"t":1}}}' if ready else sound(*arguments)

    module = Faulty(complete_and_start_action=never_ends)
    monkeypatch.setattr(holder, "durable_rules", lambda: module)
    network = holder._Network(module, Portion("evidence", "patient", [("r0.0", ())]))
    assert network.matches(['{"id":0,"t":1,"sid":"0"}']) == [(0, 0)]
    ready = True
    with pytest.raises(EvaluationError, match="more matches than there can be"):
        network.matches(['{"id":0,"t":1,"sid":"0"}'])


@pytest.mark.durable
def test_an_engine_that_never_begins_is_an_error() -> None:
    """Where the rule that begins a session does not fire, nothing more is asked, and no session deleted in which none has fired."""
    deleted = []
    module = Faulty(
        start_action_for_state=lambda *_: None, delete_state=lambda _, handle, session: deleted.append(session)
    )
    network = holder._Network(module, Portion("evidence", "patient", [("r0.0", ())]))
    with pytest.raises(EvaluationError, match="did not open a session"):
        network.matches(['{"id":0,"t":1,"sid":"0"}'])
    assert deleted == []


class Forgetful(CompiledEngine):
    """An engine that forgets of one rule that it could hold."""

    def possible(self, run: Pass, rows: Sequence[Row]) -> list[tuple[int, ...]]:
        """Return what could hold, without the first."""
        return [found[1:] for found in super().possible(run, rows)]


def test_what_holds_and_could_not_is_an_error() -> None:
    """An engine that finds a rule true and not even possible gives no result."""
    ruleset = load_ruleset()
    with pytest.raises(EvaluationError, match="that it holds, and that it could not"):
        evaluate(example("grief"), ruleset, Forgetful(ruleset))


def test_an_assessor_keeps_its_rules_and_engine() -> None:
    """The engine is made for the rules, so neither is replaced alone."""
    assessor = Assessor()
    with pytest.raises(AttributeError):
        assessor.ruleset = load_ruleset()  # type: ignore[misc]  # the point of the test
    with pytest.raises(AttributeError):
        assessor.engine = CompiledEngine(load_ruleset())  # type: ignore[misc]  # the point of the test


# ── where durable_rules is not installed ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "failure", [ImportError("undefined symbol: PyEval_CallObject"), OSError("bad file"), SystemExit(0)]
)
def test_any_failure_to_import_counts_as_absent(failure: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever keeps durable_rules from being imported, ``auto`` is ``compiled`` and the others say why and what to do."""

    def fails() -> None:
        raise failure

    monkeypatch.setattr(importlib.metadata, "version", lambda _: "2.0.28")
    imports_instead(monkeypatch, fails)
    assert assess_by_auto() == "compiled"
    names: tuple[EngineName, ...] = ("durable", "checked")
    for name in names:
        with pytest.raises(MissingExtraError) as raised:
            make_engine(load_ruleset(), name)
        said = str(raised.value)
        assert f"{type(failure).__name__}: {failure}" in said
        assert "durable_rules==2.0.28" in said
        assert ("CPPFLAGS" in said) is (sys.version_info >= (3, 13))
        assert "'compiled'" in said


@pytest.mark.durable
@pytest.mark.parametrize("make", [object, lambda: Faulty(complete_and_start_action=lambda *_: "{}")])
def test_what_imports_and_does_not_work_counts_as_absent(
    make: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module that imports and cannot find a rule that always holds is not used."""
    module = make()
    imports_instead(monkeypatch, lambda: module)
    assert assess_by_auto() == "compiled"
    with pytest.raises(MissingExtraError, match="cannot be used here"):
        make_engine(load_ruleset(), "checked")


def test_another_version_counts_as_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the version that was measured is used."""
    monkeypatch.setattr(importlib.metadata, "version", lambda _: "2.0.29")
    assert assess_by_auto() == "compiled"
    with pytest.raises(MissingExtraError, match=r"version 2\.0\.29 is installed, and only 2\.0\.28 was measured"):
        make_engine(load_ruleset(), "durable")


def imports_instead(monkeypatch: pytest.MonkeyPatch, make: Callable[[], object]) -> None:
    """Import something else as the C module; whatever others import meanwhile is not touched."""
    sound = importlib.import_module
    monkeypatch.setattr(
        importlib,
        "import_module",
        lambda name, package=None: make() if name == "durable_rules_engine" else sound(name, package),
    )


def assess_by_auto() -> str:
    """Return the engine that ``auto`` ran."""
    return assess(example("grief"), load_ruleset()).provenance["engine"]
