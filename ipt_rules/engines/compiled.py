"""Python generated from the conditions of a rule set: one function for each pass.

The text is made from positions in a row, whole numbers, and words of the vocabulary; nothing of a rule file is ever executed.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ipt_rules.ruleset.conditions import All, Comparison, Condition
from ipt_rules.ruleset.model import PASSES, Pass, Ruleset
from ipt_rules.values import NOT_ARISING
from ipt_rules.vocabulary import ROW_KINDS, fields, layout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ipt_rules.facts import Row

_DEEPEST: Final = 12
"""Levels to which conditions are nested; Python itself ends at a hundred."""

Selector: TypeAlias = "Callable[[Sequence[Row]], list[tuple[int, ...]]]"

_Named: TypeAlias = "tuple[int, tuple[str, ...]]"
"""The position of a rule, and expressions that must all be true."""


class CompiledEngine:
    """Runs generated Python; the default where no other engine is installed."""

    name: Final = "compiled"

    def __init__(self, ruleset: Ruleset) -> None:
        self._ruleset = ruleset
        self._holding = {run: _selector(ruleset, run, sure=True) for run in PASSES}
        self._possible = {run: _selector(ruleset, run, sure=False) for run in PASSES}

    def __reduce__(self) -> tuple[Any, ...]:
        return CompiledEngine, (self._ruleset,)

    def holding(self, run: Pass, rows: Sequence[Row]) -> list[tuple[int, ...]]:
        """Return, for each row, the positions of the rules of a pass that hold."""
        return self._holding[run](rows)

    def possible(self, run: Pass, rows: Sequence[Row]) -> list[tuple[int, ...]]:
        """Return, for each row, the positions of the rules of a pass that hold or could, once more is known."""
        return self._possible[run](rows)


def _selector(ruleset: Ruleset, run: Pass, *, sure: bool) -> Selector:
    """Return a function that finds the rules of a pass for each of some rows."""
    branches: list[str] = []
    for kind in ROW_KINDS:
        rules = [
            (position, _conjuncts(rule.condition, kind, sure=sure))
            for position, rule in enumerate(ruleset.rules)
            if (rule.runs_in, rule.kind) == (run, kind)
        ]
        if rules:
            statements = list(_statements(rules, 3))
            order = [position for _, position in statements if position is not None]
            branches += [f"  {'elif' if branches else 'if'} kind == {kind!r}:", *(line for line, _ in statements)]
            branches += ["   held.sort()"] if order != sorted(order) else []
    lines = [
        "def select(rows):",
        " found = []",
        " for row in rows:",
        "  r = row.cells",
        "  kind = row.kind",
        "  held = []",
    ]
    lines += [*branches, "  found.append(tuple(held))", " return found"]
    namespace: dict[str, Selector] = {}
    code = compile("\n".join(lines), f"<rules of the pass {run}>", "exec")
    exec(code, {"NA": NOT_ARISING}, namespace)  # noqa: S102  # text made here from numbers and the vocabulary's own words
    return namespace["select"]


def _statements(rules: Sequence[_Named], depth: int) -> Iterator[tuple[str, int | None]]:
    """Yield statements, each with the rule that it finds, if any; what several rules have in common is asked once."""
    indent = " " * depth
    shared = Counter(part for _, parts in rules for part in parts)
    groups: dict[str, list[_Named]] = {}
    for position, parts in rules:
        part = max(parts, key=lambda one: shared[one], default="True")
        groups.setdefault(part, []).append((position, tuple(one for one in parts if one != part)))
    for part, group in groups.items():
        if len(group) > 1 and depth < _DEEPEST and part != "True":
            yield f"{indent}if {part}:", None
            yield from _statements(group, depth + 1)
        else:
            for position, parts in group:
                yield f"{indent}if {' and '.join((part, *parts))}: held.append({position})", position


# ── conditions as expressions over the cells ``r`` ───────────────────────────────────────────────────────────────────────


def _conjuncts(condition: Condition, kind: str, *, sure: bool) -> tuple[str, ...]:
    """Return expressions that are all true when the condition holds (``sure``), or when it could hold."""
    if isinstance(condition, Comparison):
        return _comparison(condition, kind, sure=sure)
    if isinstance(condition, All):
        return tuple(dict.fromkeys(one for part in condition.parts for one in _conjuncts(part, kind, sure=sure)))
    either = (" and ".join(_conjuncts(part, kind, sure=sure)) or "True" for part in condition.parts)
    return (f"({' or '.join(either) or False})",)


def _comparison(comparison: Comparison, kind: str, *, sure: bool) -> tuple[str, ...]:
    field = fields()[comparison.field]
    least = layout(kind)[comparison.field]
    most = least + 1 if field.ranged else least
    low, high = f"r[{least}]", f"r[{most}]"
    if comparison.operator == "known":
        return (f"{low} is not None", f"{low} is not NA") if sure else (f"{low} is not NA",)
    if comparison.operator == "not_known":
        return (f"{low} is None",)
    if field.type == "flag":
        return (f"{low} is {comparison.value}" if sure else f"({low} is {comparison.value} or {low} is None)",)
    if sure:
        return (f"{low} is not None", *_holds(comparison, low, high))
    return (f"({low} is None or {_could_hold(comparison, low, high)})",)


def _holds(comparison: Comparison, low: str, high: str) -> tuple[str, ...]:
    """Return what is true when every number from ``low`` to ``high``, which are known, compares so."""
    constant = _constant(comparison)
    match comparison.operator:
        case "at_least":
            return (f"{low} >= {constant}",)
        case "at_most":
            return (f"{high} <= {constant}",)
        case "is":
            return tuple(dict.fromkeys((f"{low} == {constant}", f"{high} == {constant}")))
        case "is_not":
            return (f"{low} != {constant}" if low == high else f"({low} > {constant} or {high} < {constant})",)
        case "in":
            return (f"{low} in {constant}",)
        case _:
            return (f"{low} is not NA", f"{low} not in {constant}")


def _could_hold(comparison: Comparison, low: str, high: str) -> str:
    """Return what is true when some number from ``low`` to ``high``, which are known, compares so."""
    constant = _constant(comparison)
    match comparison.operator:
        case "at_least":
            return f"{high} >= {constant}"
        case "at_most":
            return f"{low} <= {constant}"
        case "is":
            return f"{low} == {constant}" if low == high else f"{low} <= {constant} <= {high}"
        case "is_not":
            return f"{low} != {constant}" if low == high else f"({low} != {constant} or {high} != {constant})"
        case "in":
            return f"{low} in {constant}"
        case _:
            return f"({low} is not NA and {low} not in {constant})"


def _constant(comparison: Comparison) -> str:
    """Return the constant as Python; words are taken from the vocabulary, never from the rule."""
    if isinstance(comparison.value, int):
        return repr(int(comparison.value))
    known = fields()[comparison.field].options
    if isinstance(comparison.value, frozenset):
        return "{" + ", ".join(repr(word) for word in known if word in comparison.value) + "}"
    return repr(known[known.index(str(comparison.value))])
