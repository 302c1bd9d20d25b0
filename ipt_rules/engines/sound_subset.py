"""Rules and rows as ``durable_rules`` may have them.

Inside a narrow subset that engine is exact; outside it, it gives wrong answers in silence, hangs, or ends the process. So nothing
reaches it but whole numbers under keys made here: a rule becomes conjunctions of comparisons, a row a flat message. Words travel as
their place in the vocabulary, flags as 0 and 1, what is not known not at all: a comparison with a missing key does not hold.
What does not fit is refused here, when a rule set is made ready, and not when a patient is assessed.
"""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ipt_rules.errors import EvaluationError, Problem, RulesetError
from ipt_rules.ruleset.conditions import All, Comparison, Condition, Some
from ipt_rules.ruleset.model import PASSES
from ipt_rules.values import NOT_ARISING
from ipt_rules.vocabulary import ROW_KINDS, fields, layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ipt_rules.facts import Cell, Cells
    from ipt_rules.ruleset.model import Pass, Rule, Ruleset

SESSION: Final = "0"
"""The one session id: two that are open at once could be taken for each other."""
BEGIN_RULE: Final = "begin"
BEGIN: Final = f'{{"id":-1,"t":0,"sid":"{SESSION}"}}'
"""The message that opens a session; one rule fires on it, since a session in which none has fired cannot be deleted."""
BEGIN_AGAIN: Final = BEGIN.replace('"id":-1', '"id":-2')
"""The same with another number, for a session of which it is not known whether it has begun."""

MOST_BRANCHES: Final = 32
"""Engine rules that one rule may become."""
MOST_RULES: Final = 50
"""Engine rules in a portion; more than 64 that match one message make the engine give up."""
MOST_COMPARISONS: Final = 400
"""Comparisons in a portion; with 512 beside each other the engine does not end."""
MOST_KEYS: Final = 240
"""Keys of a message, of which the engine holds 254."""
MOST_CHOICES: Final = 14
"""``in`` comparisons in one branch; the engine notes two steps for each, and 32 in all."""
EXACT: Final = 2**53
"""Numbers beyond this are equal for the engine when they are not."""

_RESERVED: Final = ("id", "sid", "t", "$s", "$m", "$i", "$forward", "$and", "$or", "$neq", "$gte", "$lte")
_SYMBOLS: Final = {"is_not": "$neq", "at_least": "$gte", "at_most": "$lte"}


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison for the engine.

    Attributes:
        cell: position in the row.
        asks_known: whether the term is about the value being known, and not about the value.
        operator: ``is``, ``is_not``, ``at_least``, ``at_most`` or ``in``.
        constants: whole numbers; one, but for ``in``.

    """

    cell: int
    asks_known: bool
    operator: str
    constants: tuple[int, ...]

    @property
    def reads(self) -> tuple[int, bool]:
        """What a message must tell for the term."""
        return self.cell, self.asks_known

    def to_plain(self, key: str) -> dict[str, Any]:
        """Return the term in the engine's form."""
        either = [{key: constant} for constant in self.constants]
        if self.operator in _SYMBOLS:
            return {_SYMBOLS[self.operator]: either[0]}
        return either[0] if len(either) == 1 else {"$or": either}


Branch: TypeAlias = tuple[Term, ...]


class Portion:
    """Some rules of one pass and row kind, few enough for one rule set of the engine.

    Attributes:
        run: the pass.
        kind: the row kind.
        rules: how many the engine is given.
        definition: the rules, as the JSON text that the engine reads.

    """

    def __init__(self, run: Pass, kind: str, rules: Sequence[tuple[str, Branch]]) -> None:
        self.run = run
        self.kind = kind
        self.rules = len(rules)
        reads = sorted({term.reads for _, branch in rules for term in branch})
        keys = dict(zip(reads, distinct_keys(f"a{number}" for number in itertools.count()), strict=False))
        self._tells = [(cell, _texts(kind, cell, key, asks_known)) for (cell, asks_known), key in keys.items()]
        self.definition = json.dumps(
            {
                BEGIN_RULE: _engine_rule([{"t": 0}]),
                **{
                    name: _engine_rule([term.to_plain(keys[term.reads]) for term in branch] or [{"t": 1}])
                    for name, branch in rules
                },
            }
        )

    def message(self, number: int, cells: Cells) -> str:
        """Return a row as the message with a number.

        Raises:
            EvaluationError: a cell holds what the engine would misread; the error does not tell it.

        """
        try:
            told = "".join([texts[cells[cell]] for cell, texts in self._tells])
        except (KeyError, TypeError):
            told = None
        if told is None:
            raise EvaluationError("A row holds a value that is none of its field's, so durable_rules may not have it.")
        return f'{{"id":{number},"t":1{told},"sid":"{SESSION}"}}'


def portions(ruleset: Ruleset) -> list[Portion]:
    """Return the rules of a rule set in portions that the engine can hold.

    Raises:
        RulesetError: rules that would leave the sound subset, all of them, each with the reason.

    """
    problems: list[Problem] = []
    branches: dict[tuple[Pass, str], list[tuple[str, Branch]]] = {}
    for position, rule in enumerate(ruleset.rules):
        found, refused = _branches(rule)
        named = [(f"r{position}.{number}", branch) for number, branch in enumerate(found)]
        branches.setdefault((rule.runs_in, rule.kind), []).extend(named)
        if refused:
            problems.append(Problem(rule.position.file, rule.position.line, rule.position.column, rule.id, refused))
    if problems:
        raise RulesetError("These rules cannot run on durable_rules; the engine 'compiled' takes them.", problems)
    return [
        Portion(run, kind, part)
        for run, kind in itertools.product(PASSES, ROW_KINDS)
        for part in _parted(branches.get((run, kind), []))
    ]


def _parted(rules: Iterable[tuple[str, Branch]]) -> Iterator[list[tuple[str, Branch]]]:
    part: list[tuple[str, Branch]] = []
    for named in rules:
        if part and not _fits([*part, named]):
            yield part
            part = []
        part.append(named)
    if part:
        yield part


def _fits(rules: Sequence[tuple[str, Branch]]) -> bool:
    terms = [term for _, branch in rules for term in branch]
    return (
        len(rules) <= MOST_RULES
        and sum(len(term.constants) for term in terms) <= MOST_COMPARISONS
        and len({term.reads for term in terms}) <= MOST_KEYS
    )


def _engine_rule(terms: list[dict[str, Any]]) -> dict[str, Any]:
    return {"all": [{"m": terms[0] if len(terms) == 1 else {"$and": terms}}], "count": 1}


# ── conditions ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _branches(rule: Rule) -> tuple[list[Branch], str]:
    """Return the conjunctions of which one must hold, or none and why the engine may not have them."""
    count = _count(rule.condition, rule.kind)
    if count > MOST_BRANCHES:
        return [], (
            f"it holds in {count} separate ways, and at most {MOST_BRANCHES} are allowed; "
            "write it as several rules (of one body, where it is evidence), or put words of one field together with `in`"
        )
    found = _expanded(rule.condition, rule.kind)
    if any(sum(len(term.constants) for term in branch) > MOST_COMPARISONS for branch in found):
        return [], f"more than {MOST_COMPARISONS} comparisons must hold at once; write fewer"
    if any(len({term.reads for term in branch}) > MOST_KEYS for branch in found):
        return [], f"comparisons with more than {MOST_KEYS} fields must hold at once; write fewer"
    if any(sum(term.operator == "in" for term in branch) > MOST_CHOICES for branch in found):
        return [], f"more than {MOST_CHOICES} `in` comparisons must hold at once; write fewer"
    if any(abs(constant) > EXACT for branch in found for term in branch for constant in term.constants):
        return [], f"a number is beyond {EXACT}, where the engine no longer tells numbers apart; write a smaller one"
    return found, ""


def _count(condition: Condition, kind: str) -> int:
    if isinstance(condition, Comparison):
        return len(_terms(condition, kind))
    counts = [_count(part, kind) for part in condition.parts]
    return math.prod(counts) if isinstance(condition, All) else sum(counts)


def _expanded(condition: Condition, kind: str) -> list[Branch]:
    if isinstance(condition, Comparison):
        return _terms(condition, kind)
    if not _count(condition, kind):
        return []  # whatever its other parts would grow to
    parts = [_expanded(part, kind) for part in condition.parts]
    if isinstance(condition, Some):
        return [branch for part in parts for branch in part]
    return [tuple(itertools.chain(*chosen)) for chosen in itertools.product(*parts)]


def _terms(comparison: Comparison, kind: str) -> list[Branch]:
    """Return a comparison as conjunctions of terms, of which one must hold."""
    field, operator = fields()[comparison.field], comparison.operator
    least = layout(kind)[comparison.field]
    most = least + 1 if field.ranged else least
    if operator in ("known", "not_known") or comparison.value == frozenset():
        return [(Term(least, True, "is", (int(operator != "not_known"),)),)] if operator != "in" else []
    constants = tuple(sorted(_code(comparison.field, word) for word in _words(comparison)))
    if operator == "in":
        return [(Term(least, False, "in", constants),)]
    if operator == "not_in":
        return [tuple(Term(least, False, "is_not", (constant,)) for constant in constants)]
    if field.ranged and operator == "is":
        return [(Term(least, False, "is", constants), Term(most, False, "is", constants))]
    if field.ranged and operator == "is_not":
        (constant,) = constants
        return [(Term(least, False, "at_least", (constant + 1,)),), (Term(most, False, "at_most", (constant - 1,)),)]
    return [(Term(most if operator == "at_most" else least, False, operator, constants),)]


def _words(comparison: Comparison) -> Iterable[int | str]:
    if isinstance(comparison.value, frozenset):
        return comparison.value
    return () if comparison.value is None else (comparison.value,)


def _code(field: str, value: int | str) -> int:
    return int(value) if isinstance(value, int) else fields()[field].options.index(value)


# ── messages ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


class _Numbers(dict["Cell", str]):
    """The text of a number is made when it is asked for, and only of a whole number that the engine can hold."""

    def __init__(self, key: str, unknown: dict[Cell, str]) -> None:
        super().__init__(unknown)
        self._key = key

    def __missing__(self, value: Cell) -> str:
        if type(value) is not int or abs(value) > EXACT:
            raise KeyError
        return f',"{self._key}":{value}'


class _Known(dict["Cell", str]):
    """Any value at all says that it is known."""

    def __init__(self, key: str) -> None:
        super().__init__({None: f',"{key}":0', NOT_ARISING: ""})
        self._known = f',"{key}":1'

    def __missing__(self, value: Cell) -> str:
        return self._known


def _texts(kind: str, cell: int, key: str, asks_known: bool) -> dict[Cell, str]:
    """Return what a message says for each value that a cell may hold."""
    if asks_known:
        return _Known(key)
    unknown: dict[Cell, str] = {None: "", NOT_ARISING: ""}
    field = next(fields()[name] for name, at in reversed([*layout(kind).items()]) if at <= cell)
    if field.type == "flag":
        return {**unknown, False: f',"{key}":0', True: f',"{key}":1'}
    if field.options and not field.ordered:
        return {**unknown, **{word: f',"{key}":{code}' for code, word in enumerate(field.options)}}
    return _Numbers(key, unknown)


def distinct_keys(candidates: Iterable[str]) -> Iterator[str]:
    """Yield the candidates that the engine can tell apart; it knows a key by a hash of 32 bits alone."""
    taken = set(map(fnv1a, _RESERVED))
    for candidate in candidates:
        if fnv1a(candidate) not in taken:
            taken.add(fnv1a(candidate))
            yield candidate


def fnv1a(text: str) -> int:
    """Return the 32-bit FNV-1a hash of an ASCII text."""
    found = 0x811C9DC5
    for byte in text.encode("ascii"):
        found = (found ^ byte) * 0x01000193 % 2**32
    return found
