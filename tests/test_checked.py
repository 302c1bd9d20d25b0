"""Two opinions on every decision: a difference gives no result, and threads, processes and interruptions change nothing."""

from __future__ import annotations

import gc
import importlib.metadata
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
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
from ipt_rules.facts import facts
from ipt_rules.pipeline import evaluate
from tests.helpers import MARK, marked
from tests.processes import drawn, told

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ipt_rules.facts import Row
    from ipt_rules.ruleset.model import Pass


class Faulty:
    """The C module with a fault planted in it."""

    def __init__(self, **faults: Callable[..., Any]) -> None:
        self._module = holder.durable_rules()
        self._faults = faults

    begun: list[int]

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
    again = '{"r0.0":{"m":{"id":0,"t":1}}}'
    module = Faulty(complete_and_start_action=lambda sound, *given: sound(*given) or again * (len(module.begun) > 1))
    module.begun = []
    monkeypatch.setattr(holder, "durable_rules", lambda: module)
    engine = make_engine(load_ruleset(), "durable")
    module.begun += [1, 2]
    with pytest.raises(EvaluationError, match="more matches than there can be"):
        engine.holding("evidence", facts(example("grief")).subjects)


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


# ── threads, processes, interruptions ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.durable
def test_eight_threads_say_what_one_does() -> None:
    """Eight threads that share an assessor say of the same intakes what one alone does."""
    assessor = Assessor(engine="checked")
    expected, found = told(assessor), []
    together = threading.Barrier(8)

    def work() -> None:
        together.wait()
        found.append(told(assessor))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 8


@pytest.mark.durable
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_four_processes_say_what_one_does(method: str) -> None:
    """Four processes, with the assessor they were given and with one of their own, say what their parent does."""
    done = run("-W", "ignore::DeprecationWarning", "-m", "tests.processes", method)
    assert done == f"{[True] * 8} True\n"


@pytest.mark.durable
def test_control_c_leaves_the_engine_usable() -> None:
    """A process that is interrupted while it assesses says afterwards what it said before."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.processes", "interrupted", "5"], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        for _ in range(5):
            assert process.stdout.readline() == "ready\n"
            process.send_signal(signal.SIGINT)
            assert process.stdout.readline() == "True\n"
    assert process.returncode == 0


@pytest.mark.durable
@pytest.mark.parametrize("after", [False, True])
def test_an_interruption_at_any_step_leaves_the_engine_usable(after: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupted before or after each single call of the C module, the engine frees what it held and goes on."""
    module = Interrupting(after=after)
    monkeypatch.setattr(holder, "durable_rules", lambda: module)
    assessor, intake = Assessor(engine="checked"), example("disputes")
    expected = assessor.assess(intake).to_json()
    module.count = 0
    assessor.assess(intake)
    steps = module.count
    assert steps > 50
    for step in range(steps):
        module.count, module.stop_at = 0, step
        with pytest.raises(KeyboardInterrupt):
            assessor.assess(intake)
        module.stop_at = -1
        assert assessor.assess(intake).to_json() == expected
    del assessor
    gc.collect()
    assert module.live == set()
    assert module.leaked == 0


class Interrupting:
    """The C module, interrupted at one of its calls."""

    def __init__(self, *, after: bool) -> None:
        self._module = holder.durable_rules()
        self._after = after
        self.error = self._module.error
        self.count = 0
        self.stop_at = -1
        self.live: set[int] = set()
        self.open: set[int] = set()
        self.leaked = 0

    def assert_fact(self, handle: int, message: str) -> Any:
        """Note that a session is open, and do as asked."""
        stops = self.steps()
        if '"t":0' in message:
            self.open.add(handle)
        result = self._module.assert_fact(handle, message)
        if stops:
            raise KeyboardInterrupt
        return result

    def delete_state(self, handle: int, session: str) -> None:
        """Note that the session is closed, and do as asked."""
        stops = self.steps()
        self._module.delete_state(handle, session)
        self.open.remove(handle)
        if stops:
            raise KeyboardInterrupt

    def steps(self) -> bool:
        """Count a call; return whether it ends with an interruption, or begin with one."""
        stops = self.count == self.stop_at
        self.count += 1
        if stops and not self._after:
            raise KeyboardInterrupt
        return stops

    def create_ruleset(self, *arguments: Any) -> Any:
        handle = self._module.create_ruleset(*arguments)
        self.live.add(handle)
        return handle

    def delete_ruleset(self, handle: int) -> None:
        self._module.delete_ruleset(handle)
        self.live.remove(handle)
        self.leaked += handle in self.open
        self.open.discard(handle)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        sound = getattr(self._module, name)

        def call(*arguments: Any) -> Any:
            stops = self.steps()
            result = sound(*arguments)
            if stops:
                raise KeyboardInterrupt
            return result

        return call


@pytest.mark.durable
def test_a_rule_set_is_replaced_while_others_use_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """While threads assess, the assessor is replaced again and again: each result is one rule set's, and nothing is kept."""
    module = Interrupting(after=False)
    monkeypatch.setattr(holder, "durable_rules", lambda: module)
    one = load_ruleset()
    other = replace(one, rules=one.rules[::2])
    intakes = drawn(5)
    expected = {
        ruleset.digest: [Assessor(ruleset, "reference").assess(intake).result for intake in intakes]
        for ruleset in (one, other)
    }
    current, wrong, stop = [Assessor(one, "checked")], [], threading.Event()

    def work() -> None:
        while not stop.is_set():
            for number, intake in enumerate(intakes):
                found = current[0].assess(intake)
                if found.result != expected[found.ruleset.digest][number]:
                    wrong.append(found.ruleset.digest)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for turn in range(20):
        current[0] = Assessor((other, one)[turn % 2], "checked")
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    current.clear()
    gc.collect()
    assert module.live == set()


@pytest.mark.durable
def test_what_interrupts_a_session_has_one_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """An assessment made in the middle of another, as by a signal's handler, neither sees nor changes it."""
    module = Interrupting(after=False)
    monkeypatch.setattr(holder, "durable_rules", lambda: module)
    assessor, inner = Assessor(engine="checked"), []
    expected = assessor.assess(example("disputes")).to_json()
    sound, nested = module.assert_fact, [False]

    def assert_fact(handle: int, message: str) -> Any:
        if not nested[0]:
            nested[0] = True
            inner.append(assessor.assess(example("grief")).to_json())
            nested[0] = False
        return sound(handle, message)

    monkeypatch.setattr(module, "assert_fact", assert_fact)
    assert assessor.assess(example("disputes")).to_json() == expected
    assert len(inner) > 5
    assert set(inner) == {Assessor(engine="checked").assess(example("grief")).to_json()}


@pytest.mark.durable
@pytest.mark.slow
def test_memory_does_not_grow(record_property: Callable[[str, object], None]) -> None:
    """Twenty thousand assessments make the process grow by less than 5 MB."""
    grown = float(run("-m", "tests.processes", "memory"))
    record_property("grown by MB", grown)
    assert grown < 5


ROOT = Path(__file__).parent.parent


def run(*arguments: str) -> str:
    """Run Python from the root of the repository and return what it prints."""
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, cwd=ROOT, check=False)  # noqa: S603  # our own module
    assert done.returncode == 0, done.stderr
    return done.stdout


# ── where durable_rules is not installed ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "failure", [ImportError("undefined symbol: PyEval_CallObject"), OSError("bad file"), SystemExit(0)]
)
def test_any_failure_to_import_counts_as_absent(failure: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever keeps durable_rules from being imported, ``auto`` is ``compiled`` and the others say why and what to do."""

    def fails(name: str) -> None:
        raise failure

    monkeypatch.setattr(importlib.metadata, "version", lambda _: "2.0.28")
    monkeypatch.setattr(importlib, "import_module", fails)
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


@pytest.mark.parametrize("faults", [{"create_ruleset": None}, {"complete_and_start_action": lambda *_: "{}"}])
@pytest.mark.durable
def test_what_imports_and_does_not_work_counts_as_absent(
    faults: dict[str, Callable[..., Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module that imports and cannot find a rule that always holds is not used."""
    module = Faulty(**faults) if faults.get("create_ruleset", True) else object()
    monkeypatch.setattr(importlib, "import_module", lambda _: module)
    assert assess_by_auto() == "compiled"
    with pytest.raises(MissingExtraError, match="cannot be used here"):
        make_engine(load_ruleset(), "checked")


def test_another_version_counts_as_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the version that was measured is used."""
    monkeypatch.setattr(importlib.metadata, "version", lambda _: "2.0.29")
    assert assess_by_auto() == "compiled"
    with pytest.raises(MissingExtraError, match=r"version 2\.0\.29 is installed, and only 2\.0\.28 was measured"):
        make_engine(load_ruleset(), "durable")


def assess_by_auto() -> str:
    """Return the engine that ``auto`` ran."""
    return assess(example("grief"), load_ruleset()).provenance["engine"]
