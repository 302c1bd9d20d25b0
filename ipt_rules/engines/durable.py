"""The ``durable_rules`` engine, held so that what it cannot do safely never happens.

Its C module is driven directly. Each run opens a session under the one constant id on a network that nobody else is using, drains
it, and deletes it. A network in which anything went wrong is thrown away and made anew. Each thread, and whatever interrupts it,
thus has a network of its own; a forked process has copies of the idle ones, a spawned one makes its own.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import re
import sys
import weakref
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from ipt_rules.engines.compiled import CompiledEngine
from ipt_rules.engines.sound_subset import BEGIN, BEGIN_AGAIN, BEGIN_RULE, SESSION, Portion, portions
from ipt_rules.errors import EvaluationError, MissingExtraError
from ipt_rules.kept import kept

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ipt_rules.facts import Row
    from ipt_rules.ruleset.model import Pass, Ruleset

MEASURED: Final = "2.0.28"
"""The version whose sound subset was measured. No other is used."""

_INSTALL = f"pip install durable_rules=={MEASURED}"
if sys.version_info >= (3, 13):
    # Python no longer has a function that it calls, and what was built without the setting may be cached.
    _INSTALL = (
        'CPPFLAGS="-DPyEval_CallObject=PyObject_CallObject" pip install --no-binary durable_rules --no-cache-dir '
        f"--force-reinstall --no-deps durable_rules=={MEASURED}"
    )
_TAKEN: Final = 0
_NO_RULE_LOOKS_AT_IT: Final = 1
_MATCH: Final = re.compile(r'\{"r(\d+)\.\d+":\{"m":\{"id":(\d+),')


class DurableEngine:
    """Runs ``durable_rules`` inside its sound subset. What could hold once more is known comes from generated Python.

    Raises:
        MissingExtraError: ``durable_rules`` cannot be imported.
        RulesetError: rules that would leave the sound subset.

    """

    def __init__(self, ruleset: Ruleset) -> None:
        module = durable_rules()
        self.name = f"durable: durable_rules {MEASURED}"
        self._ruleset = ruleset
        self._pools: dict[tuple[Pass, str], list[_Pool]] = {}
        for portion in portions(ruleset):
            self._pools.setdefault((portion.run, portion.kind), []).append(_Pool(module, portion))

    def __reduce__(self) -> tuple[Any, ...]:
        return DurableEngine, (self._ruleset,)

    def holding(self, run: Pass, rows: Sequence[Row]) -> list[tuple[int, ...]]:
        """Return, for each row, the positions of the rules of a pass that hold.

        Raises:
            EvaluationError: durable_rules failed, or a row holds what it may not have.

        """
        found: list[set[int]] = [set() for _ in rows]
        of_kind: dict[str, list[int]] = {}
        for number, row in enumerate(rows):
            of_kind.setdefault(row.kind, []).append(number)
        for kind, numbers in of_kind.items():
            for pool in self._pools.get((run, kind), ()):
                messages = [pool.portion.message(number, rows[number].cells) for number in numbers]
                for number, position in pool.matches(messages):
                    found[number].add(position)
        return [tuple(sorted(positions)) for positions in found]

    def possible(self, run: Pass, rows: Sequence[Row]) -> list[tuple[int, ...]]:
        """Return, for each row, the positions of the rules of a pass that hold or could, once more is known."""
        return self._compiled.possible(run, rows)

    @kept
    def _compiled(self) -> CompiledEngine:
        return CompiledEngine(self._ruleset)


def durable_rules() -> Any:
    """Return the C module of ``durable_rules``.

    Raises:
        MissingExtraError: it is not installed, fails to import or to work, or is another version than the one that was measured.

    """
    try:
        found = importlib.metadata.version("durable_rules")
        if found == MEASURED:
            module = importlib.import_module("durable_rules_engine")
            always = Portion("evidence", "patient", [("r0.0", ())])
            if _Network(module, always).matches([always.message(0, ())]) == [(0, 0)]:
                return module
            reason = "it does not find a rule that always holds"
        else:
            reason = f"version {found} is installed, and only {MEASURED} was measured"
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # whatever keeps it from being imported or from working, it cannot be used
        reason = f"{type(error).__name__}: {error}"[:300]
    raise MissingExtraError(
        f"The engines 'durable' and 'checked' need durable_rules, which cannot be used here ({reason}).\n"
        f"With a C compiler and Python's headers: {_INSTALL}\n"
        "In a checkout, uv run installs it, unless it is told --no-group durable.\n"
        "Or use the engine 'compiled', which needs nothing and finds the same."
    )


class _Pool:
    """The networks of one portion that are made and idle."""

    def __init__(self, module: Any, portion: Portion) -> None:
        self.portion = portion
        self.idle = deque([_Network(module, portion)])  # what is refused, is refused before any patient
        self._module = module

    def matches(self, messages: Sequence[str]) -> list[tuple[int, int]]:
        """Return which message fires which rule, as pairs of a message's number and a rule's position."""
        try:
            network = self.idle.pop()
        except IndexError:
            network = _Network(self._module, self.portion)
        found = network.matches(messages)
        self.idle.append(network)  # one in which anything went wrong is not put back, and is freed
        return found


class _Network:
    """Some rules, made ready by ``durable_rules`` for one session at a time."""

    def __init__(self, module: Any, portion: Portion) -> None:
        self._module = module
        self._rules = portion.rules
        self._handle = self._checked(module.create_ruleset, "ipt_rules", portion.definition)
        freed = weakref.finalize(self, module.delete_ruleset, self._handle)
        freed.atexit = False  # a thread that outlives the interpreter may still be using it

    def matches(self, messages: Sequence[str]) -> list[tuple[int, int]]:
        """Return which message fires which rule, as pairs of a message's number and a rule's position.

        Raises:
            EvaluationError: the engine failed, refused a message, or answered something else than it was asked.

        """
        begun = False
        try:
            self._begin()
            begun = True
            state = None
            for message in messages:
                result, at = self._checked(self._module.assert_fact, self._handle, message)
                if result == _TAKEN:
                    state = at
                elif result != _NO_RULE_LOOKS_AT_IT:
                    raise EvaluationError(f"durable_rules did not take a row (answer {result}).")
            found = [] if state is None else self._matches(state, self._rules * len(messages))
            self._checked(self._module.delete_state, self._handle, SESSION)
        except BaseException as error:
            if begun or not isinstance(error, EvaluationError):  # where the engine itself failed, none may have fired
                with suppress(EvaluationError):
                    self._abandon(begun)
            raise
        return found

    def _begin(self) -> None:
        """Open the session with a rule that always fires: one in which none has fired cannot be deleted."""
        _, state = self._checked(self._module.assert_fact, self._handle, BEGIN)
        if [BEGIN_RULE in told for told in self._drained(state, 1)] != [True]:
            raise EvaluationError("durable_rules did not open a session.")

    def _abandon(self, begun: bool) -> None:
        """Free an open session, which throwing away the network does not; one in which no rule has fired must not be deleted."""
        if not begun:
            _, state = self._checked(self._module.assert_fact, self._handle, BEGIN_AGAIN)
            self._drained(state, 2)
        self._checked(self._module.delete_state, self._handle, SESSION)

    def _matches(self, state: int, most: int) -> list[tuple[int, int]]:
        found = [_MATCH.match(told) for told in self._drained(state, most)]
        pairs = [(int(match[2]), int(match[1])) for match in found if match]
        if len(pairs) != len(found):
            raise EvaluationError("durable_rules told a match in a form that is not known.")
        return pairs

    def _drained(self, state: int, most: int) -> list[str]:
        """Return every match that waits, as the engine tells it; more than there can be are an error."""
        told: list[str] = []
        first = self._checked(self._module.start_action_for_state, self._handle, state)
        match = None if first is None else first[1]
        while match is not None:
            told.append(match)
            if len(told) > most:
                raise EvaluationError("durable_rules tells more matches than there can be.")
            match = self._checked(self._module.complete_and_start_action, self._handle, state)
        return told

    def _checked(self, call: Callable[..., Any], *arguments: object) -> Any:
        """Call the engine; its own error tells a number, and nothing of what it was given."""
        try:
            return call(*arguments)
        except self._module.error as failed:
            number = str(failed)
        raise EvaluationError(f"durable_rules failed ({number}).")
