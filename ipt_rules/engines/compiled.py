"""Python generated from the conditions of a rule set: one function for each row kind and pass.

The text is made from positions in a row, whole numbers, and words of the vocabulary; nothing of a rule file is ever executed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from ipt_rules.ruleset.conditions import All, Comparison, Condition
from ipt_rules.ruleset.model import PASSES, Pass, Rule, Ruleset
from ipt_rules.values import NOT_ARISING
from ipt_rules.vocabulary import ROW_KINDS, fields, layout

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ipt_rules.facts import Cells, Row

Selector: TypeAlias = "Callable[[Cells], tuple[int, ...]]"


class CompiledEngine:
    """Runs generated Python; the default where no other engine is installed."""

    name: Final = "compiled"

    def __init__(self, ruleset: Ruleset) -> None:
        chosen = [(run, kind) for run in PASSES for kind in ROW_KINDS]
        rules = {
            key: [(position, rule) for position, rule in enumerate(ruleset.rules) if (rule.runs_in, rule.kind) == key]
            for key in chosen
        }
        self._holding = {key: _selector(rules[key], key[1], sure=True) for key in chosen}
        self._possible = {key: _selector(rules[key], key[1], sure=False) for key in chosen}

    def holding(self, run: Pass, rows: Sequence[Row]) -> list[tuple[int, ...]]:
        """Return, for each row, the positions of the rules of a pass that hold."""
        return [self._holding[run, row.kind](row.cells) for row in rows]

    def possible(self, run: Pass, rows: Sequence[Row]) -> list[tuple[int, ...]]:
        """Return, for each row, the positions of the rules of a pass that hold or could, once more is known."""
        return [self._possible[run, row.kind](row.cells) for row in rows]


def _selector(rules: list[tuple[int, Rule]], kind: str, *, sure: bool) -> Selector:
    if not rules:
        return lambda _: ()
    lines = ["def select(r):", "    found = []"]
    for position, rule in rules:
        lines += [f"    if {expression(rule.condition, kind, sure=sure)}:", f"        found.append({position})"]
    lines.append("    return tuple(found)")
    namespace: dict[str, Selector] = {}
    code = compile("\n".join(lines), f"<rules for {kind}>", "exec")
    exec(code, {"NA": NOT_ARISING}, namespace)  # noqa: S102  # text made here from numbers and the vocabulary's own words
    return namespace["select"]


def expression(condition: Condition, kind: str, *, sure: bool) -> str:
    """Return Python that is true of the cells ``r`` when the condition holds (``sure``), or when it could hold."""
    if isinstance(condition, Comparison):
        return f"({_comparison(condition, kind, sure=sure)})"
    if not condition.parts:
        return str(isinstance(condition, All))
    joint = " and " if isinstance(condition, All) else " or "
    return f"({joint.join(expression(part, kind, sure=sure) for part in condition.parts)})"


def _comparison(comparison: Comparison, kind: str, *, sure: bool) -> str:
    field = fields()[comparison.field]
    least = layout(kind)[comparison.field]
    most = least + 1 if field.ranged else least
    operator = comparison.operator
    if operator == "known":
        held = f"r[{least}] is not None and r[{least}] is not NA"
        return held if sure else f"r[{least}] is not NA"
    if operator == "not_known":
        return f"r[{least}] is None"
    if field.type == "flag":
        return (
            f"r[{least}] is {comparison.value}" if sure else f"r[{least}] is {comparison.value} or r[{least}] is None"
        )
    if isinstance(comparison.value, frozenset):
        words = [word for word in field.options if word in comparison.value]  # the vocabulary's own, not the rule's
        return _membership(least, words, negative=operator == "not_in", sure=sure)
    constant = _constant(comparison)
    if field.ranged:
        return _ranged(operator, least, most, constant, sure=sure)
    symbol = {"is": "==", "is_not": "!=", "at_least": ">=", "at_most": "<="}[operator]
    if operator == "is" and sure:
        return f"r[{least}] == {constant}"
    return f"(v := r[{least}]) is {'not None and' if sure else 'None or'} v {symbol} {constant}"


def _ranged(operator: str, least: int, most: int, constant: str, *, sure: bool) -> str:
    """Compare a range: every number of it holds (``sure``), or some number of it could."""
    low, high = f"r[{least}]", f"r[{most}]"
    if operator in ("at_least", "at_most"):
        end = low if (operator == "at_least") is sure else high
        symbol = ">=" if operator == "at_least" else "<="
        return f"(v := {end}) is {'not None and' if sure else 'None or'} v {symbol} {constant}"
    if operator == "is":
        return (
            f"{low} == {constant} and {high} == {constant}"
            if sure
            else f"(v := {low}) is None or v <= {constant} <= {high}"
        )
    if sure:
        return f"(v := {low}) is not None and (v > {constant} or {high} < {constant})"
    return f"(v := {low}) is None or v != {constant} or {high} != {constant}"


def _membership(cell: int, words: Sequence[str], *, negative: bool, sure: bool) -> str:
    inside = "{" + ", ".join(map(repr, words)) + "}"
    if negative:
        known = f"r[{cell}] is not NA and r[{cell}] not in {inside}"
        return f"r[{cell}] is not None and {known}" if sure else known
    return f"r[{cell}] in {inside}" if sure else f"r[{cell}] is None or r[{cell}] in {inside}"


def _constant(comparison: Comparison) -> str:
    """Return the constant as Python; a word is taken from the vocabulary, never from the rule."""
    if isinstance(comparison.value, int):
        return repr(int(comparison.value))
    known = fields()[comparison.field].options
    return repr(known[known.index(str(comparison.value))])
