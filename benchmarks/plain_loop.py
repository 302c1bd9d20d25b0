"""What a Python programmer would write in an afternoon: a loop over rules that are data, true or false, unknown counting as false.

Conditions become tests of single cells here, joined by "every" and "some"; the loop and the translations for other libraries both
start from them.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ipt_rules.ruleset.conditions import All, Comparison, Condition
from ipt_rules.ruleset.model import PASSES
from ipt_rules.values import NOT_ARISING
from ipt_rules.vocabulary import ROW_KINDS, fields, layout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ipt_rules.facts import Cells, Row
    from ipt_rules.ruleset.model import Pass, Ruleset


@dataclass(frozen=True, slots=True)
class Test:
    """One cell compared with a constant; false of a cell that is unknown or does not arise, except ``open``.

    Attributes:
        cell: position in a row.
        name: the same as a name, for libraries that read mappings: an identifier.
        sign: ``==``, ``!=``, ``>=``, ``<=``, ``in``, ``not in``, ``known`` or ``open`` (not known yet).
        constant: what to compare with; True for ``known`` and ``open``.

    """

    cell: int
    name: str
    sign: str
    constant: Any


@dataclass(frozen=True, slots=True)
class Group:
    """Holds when every part holds, or when some part does."""

    every: bool
    parts: tuple[Node, ...]


Node: TypeAlias = Test | Group
Key: TypeAlias = "tuple[Pass, str]"
"""Pass and row kind."""

_SIGNS: Final = {"is": "==", "is_not": "!=", "at_least": ">=", "at_most": "<=", "in": "in", "not_in": "not in"}


def rules_by_row(ruleset: Ruleset) -> Mapping[Key, list[tuple[int, Node]]]:
    """Return the rules of each pass and row kind, with their positions in the rule set."""
    found: dict[Key, list[tuple[int, Node]]] = {(run, kind): [] for run in PASSES for kind in ROW_KINDS}
    for position, rule in enumerate(ruleset.rules):
        found[rule.runs_in, rule.kind].append((position, _node(rule.condition, rule.kind)))
    return found


def tests_of(node: Node) -> Iterator[Test]:
    """Yield every test."""
    if isinstance(node, Test):
        yield node
    else:
        for part in node.parts:
            yield from tests_of(part)


def _node(condition: Condition, kind: str) -> Node:
    if isinstance(condition, Comparison):
        return _tests(condition, kind)
    return Group(isinstance(condition, All), tuple(_node(part, kind) for part in condition.parts))


def _tests(comparison: Comparison, kind: str) -> Node:
    """Return the tests of one comparison: a range is compared by the end that decides, or by both."""
    cell, name = layout(kind)[comparison.field], comparison.field.replace(".", "_")
    if comparison.operator == "not_known":
        return Test(cell, f"{name}_is_open", "open", True)
    ranged = fields()[comparison.field].ranged
    low, high = ((cell, f"{name}_least"), (cell + 1, f"{name}_most")) if ranged else ((cell, name), (cell, name))
    if comparison.operator == "known":
        return Test(*low, "known", True)
    constant: Any = comparison.value
    if ranged and comparison.operator == "is":
        return Group(True, (Test(*low, "==", constant), Test(*high, "==", constant)))
    if ranged and comparison.operator == "is_not":
        return Group(False, (Test(*low, ">=", constant + 1), Test(*high, "<=", constant - 1)))
    return Test(*(high if comparison.operator == "at_most" else low), _SIGNS[comparison.operator], constant)


# ── the loop ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

Prepared: TypeAlias = "tuple[int, Callable[[Any, Any], bool], Any]"
Nested: TypeAlias = "tuple[bool, tuple[Prepared, ...], tuple[Nested, ...]]"


def _outside(words: frozenset[str], value: object) -> bool:
    return value is not NOT_ARISING and value not in words


def _known(_: object, value: object) -> bool:
    return value is not NOT_ARISING


def _open(_: object, value: object) -> bool:
    return value is None


# Each takes the constant first, so that "in" needs no function of ours.
_COMPARE: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.le,
    "<=": operator.ge,
    "in": operator.contains,
    "not in": _outside,
    "known": _known,
    "open": _open,
}


class PlainLoop:
    """Goes through the rules of a row's kind; each stops at the first comparison that fails."""

    name: Final = "plain loop"

    def __init__(self, ruleset: Ruleset) -> None:
        self._rules = {
            key: [(position, *_split(node)) for position, node in rules] for key, rules in rules_by_row(ruleset).items()
        }

    def holding(self, run: Pass, rows: Sequence[Row]) -> list[tuple[int, ...]]:
        """Return, for each row, the positions of the rules of a pass that hold."""
        rules = self._rules
        found = []
        for row in rows:
            cells = row.cells
            held = []
            for position, tests, nested in rules[run, row.kind]:
                for cell, compare, constant in tests:
                    value = cells[cell]
                    if value is None or not compare(constant, value):
                        break
                else:
                    if nested is None or _holds(nested, cells):
                        held.append(position)
            found.append(tuple(held))
        return found


def _split(node: Node) -> tuple[tuple[Prepared, ...], Nested | None]:
    """Return the comparisons that must all hold, and whatever else must."""
    parts = node.parts if isinstance(node, Group) and node.every else (node,)
    first = [part for part in parts if isinstance(part, Test) and part.sign != "open"]
    rest = tuple(part for part in parts if part not in first)
    return tuple(map(_prepared, first)), _nested(Group(True, rest)) if rest else None


def _prepared(test: Test) -> Prepared:
    compare = operator.is_ if test.sign == "==" and isinstance(test.constant, bool) else _COMPARE[test.sign]
    return test.cell, compare, test.constant


def _nested(group: Group) -> Nested:
    if len(group.parts) == 1 and isinstance(group.parts[0], Group):
        return _nested(group.parts[0])
    tests = tuple(_prepared(part) for part in group.parts if isinstance(part, Test))
    return group.every, tests, tuple(_nested(part) for part in group.parts if isinstance(part, Group))


def _holds(group: Nested, cells: Cells) -> bool:
    every, tests, groups = group
    for cell, compare, constant in tests:
        value = cells[cell]
        if (compare is _open if value is None else compare(constant, value)) is not every:
            return not every
    for inner in groups:
        if _holds(inner, cells) is not every:
            return not every
    return every
