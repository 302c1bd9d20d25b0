"""Threads, processes, interruptions and replaced rule sets change nothing in what an engine finds, and leave nothing behind."""

from __future__ import annotations

import gc
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ipt_rules import Assessor, example, load_ruleset
from ipt_rules.engines import durable as holder
from tests.processes import drawn, told

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.durable


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


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_four_processes_say_what_one_does(method: str) -> None:
    """Four processes, with the assessor they were given and with one of their own, say what their parent does."""
    done = run("-W", "ignore::DeprecationWarning", "-m", "tests.processes", method)
    assert done == f"{[True] * 8} True\n"


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
