"""Other rule libraries on the same rules: each condition is translated into what the library reads, unknown counting as false.

A row becomes a mapping of the cells that its rules name; what is unknown or does not arise is left out. A comparison that would
hold of nothing, or that the library refuses, gets a default for which it fails. All of that is done before anything is timed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from itertools import compress
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from plain_loop import Group, Key, Node, Test, rules_by_row, tests_of

from ipt_rules.values import NOT_ARISING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ipt_rules.facts import Row
    from ipt_rules.ruleset.model import Pass, Ruleset

Found: TypeAlias = "list[tuple[int, ...]]"
Rules: TypeAlias = "Mapping[Key, list[tuple[int, Node]]]"


@dataclass(frozen=True)
class Contestant:
    """Says which rules hold on each row.

    Attributes:
        name: what it is called in the table.
        version: its version.
        form: the form in which it has the rules and the rows.
        prepare: makes of the rows of a pass what ``holding`` takes; not timed.
        holding: returns, for each row, the positions of the rules that hold; this is timed.
        fast: fast enough for all intakes.

    """

    name: str
    version: str
    form: str
    prepare: Callable[[Pass, Sequence[Row]], Any]
    holding: Callable[[Pass, Any], Found]
    fast: bool = False


class Mappings:
    """Rows as mappings, with the cells that the rules of their kind name and no more."""

    def __init__(self, rules: Rules) -> None:
        self._tests = {
            key: tuple({test.name: test for _, node in entries for test in tests_of(node)}.values())
            for key, entries in rules.items()
        }

    def of(self, run: Pass, row: Row) -> dict[str, Any]:
        """Return one row by names."""
        found: dict[str, Any] = {}
        for test in self._tests[run, row.kind]:
            value = row.cells[test.cell]
            if test.sign == "open":
                found[test.name] = value is None
            elif value is not None and value is not NOT_ARISING:
                found[test.name] = value
        return found

    def keyed(self, run: Pass, rows: Sequence[Row]) -> list[tuple[Key, dict[str, Any]]]:
        """Return the rows of a pass, each with its pass and kind."""
        return [((run, row.kind), self.of(run, row)) for row in rows]


def _in_text(node: Node) -> str:
    """Return the condition in the notation that zen and rule-engine share; equalities are faster than lists in both."""
    if isinstance(node, Group):
        joint = " and " if node.every else " or "
        return f"({joint.join(map(_in_text, node.parts))})" if node.parts else _word(node.every)
    name, value = node.name, _word(node.constant)
    if node.sign in ("==", "open"):
        return f"{name} == {value}"
    if node.sign == "!=":
        return f"({name} ?? {value}) != {value}"
    if node.sign in (">=", "<="):
        fails = node.constant - 1 if node.sign == ">=" else node.constant + 1
        return f"({name} ?? {fails}) {node.sign} {value}"
    if node.sign == "known":
        return f"{name} != null"
    words = sorted(node.constant)
    if node.sign == "in":
        return f"({' or '.join(f'{name} == {_word(word)}' for word in words)})"
    return f"({name} != null and {' and '.join(f'{name} != {_word(word)}' for word in words)})"


def _word(value: object) -> str:
    return json.dumps(value) if isinstance(value, str | bool | int) else ""


def _of_all(rules: Rules) -> dict[Key, str]:
    """Return one expression for each pass and row kind: a list that says of each rule whether it holds."""
    return {key: f"[{', '.join(_in_text(node) for _, node in entries)}]" for key, entries in rules.items() if entries}


def _positions(rules: Rules) -> dict[Key, list[int]]:
    return {key: [position for position, _ in entries] for key, entries in rules.items()}


# ── zen-engine ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def zen(ruleset: Ruleset, *, text: bool) -> Contestant:
    """GoRules' engine in Rust, with compiled expressions; decisions and decision tables take twenty times as long."""
    compile_expression = import_module("zen").compile_expression
    rules = rules_by_row(ruleset)
    evaluate = {key: compile_expression(expression).evaluate for key, expression in _of_all(rules).items()}
    positions, mappings = _positions(rules), Mappings(rules)

    def prepare(run: Pass, rows: Sequence[Row]) -> list[tuple[Key, Any]]:
        keyed = mappings.keyed(run, rows)
        return [(key, json.dumps(row, separators=(",", ":"))) for key, row in keyed] if text else list(keyed)

    def holding(_: Pass, prepared: list[tuple[Key, Any]]) -> Found:
        return [tuple(compress(positions[key], evaluate[key](row))) for key, row in prepared]

    form = f"one compiled expression per row kind, rows as {'JSON text' if text else 'dicts'}"
    return Contestant("zen-engine", version("zen-engine"), form, prepare, holding, fast=True)


# ── rule-engine ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def rule_engine(ruleset: Ruleset) -> Contestant:
    """An expression language in Python; what a row lacks is null, by a resolver of ours, since raising costs ten times as much."""
    library = import_module("rule_engine")
    rules = rules_by_row(ruleset)
    context = library.Context(resolver=dict.get)
    evaluate = {key: library.Rule(expression, context=context).evaluate for key, expression in _of_all(rules).items()}
    positions, mappings = _positions(rules), Mappings(rules)

    def holding(_: Pass, prepared: list[tuple[Key, Any]]) -> Found:
        return [tuple(compress(positions[key], evaluate[key](row))) for key, row in prepared]

    form = "one expression per row kind, rows as dicts"
    return Contestant("rule-engine", version("rule-engine"), form, mappings.keyed, holding)


# ── JsonLogic ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def json_logic(ruleset: Ruleset) -> Contestant:
    """JsonLogic as panzi-json-logic has it: the fastest that runs on every Python of ours and has the whole language."""
    apply = import_module("json_logic").jsonLogic
    rules = rules_by_row(ruleset)
    logic = {key: [_in_json(node) for _, node in entries] for key, entries in rules.items()}
    positions, mappings = _positions(rules), Mappings(rules)

    def holding(_: Pass, prepared: list[tuple[Key, Any]]) -> Found:
        return [tuple(compress(positions[key], apply(logic[key], row))) for key, row in prepared]

    form = "a list of rules per row kind, rows as dicts"
    return Contestant("panzi-json-logic", version("panzi-json-logic"), form, mappings.keyed, holding)


def _in_json(node: Node) -> Any:
    if isinstance(node, Group):
        return {"and" if node.every else "or": [_in_json(part) for part in node.parts]} if node.parts else node.every
    name, value = node.name, node.constant
    if node.sign in ("==", "open"):
        return {"===": [{"var": name}, value]}
    if node.sign == "!=":
        return {"!==": [{"var": [name, value]}, value]}
    if node.sign in (">=", "<="):
        return {node.sign: [{"var": [name, value - 1 if node.sign == ">=" else value + 1]}, value]}
    if node.sign == "known":
        return {"!==": [{"var": name}, None]}
    words = sorted(value)
    inside = {"in": [{"var": name if node.sign == "in" else [name, words[0]]}, words]}
    return inside if node.sign == "in" else {"!": inside}


# ── business-rules ───────────────────────────────────────────────────────────────────────────────────────────────────────


def business_rules(ruleset: Ruleset) -> Contestant:
    """Venmo's business-rules; its numbers and choices cannot be missing, so whether they are known is a variable of its own."""
    library = import_module("business_rules")
    rules = rules_by_row(ruleset)
    mappings = Mappings(rules)
    variables = {
        key: _variables([test for _, node in entries for test in tests_of(node)]) for key, entries in rules.items()
    }
    listed = {
        key: [
            {"conditions": _in_conditions(node), "actions": [{"name": "holds", "params": {"position": position}}]}
            for position, node in entries
        ]
        for key, entries in rules.items()
    }
    actions = import_module("business_rules.actions")

    class Holding(actions.BaseActions):  # type: ignore[name-defined,misc]  # the library has no types
        def __init__(self) -> None:
            self.positions: list[int] = []

        @actions.rule_action(params={"position": "numeric"})  # type: ignore[untyped-decorator]  # likewise
        def holds(self, position: int) -> None:
            self.positions.append(position)

    def prepare(run: Pass, rows: Sequence[Row]) -> list[tuple[Key, Any]]:
        return [(key, variables[key](row)) for key, row in mappings.keyed(run, rows)]

    def holding(_: Pass, prepared: list[tuple[Key, Any]]) -> Found:
        found = []
        for key, row in prepared:
            held = Holding()
            library.run_all(listed[key], row, held)
            found.append(tuple(held.positions))
        return found

    form = "run_all, an action that notes the rule"
    return Contestant("business-rules", version("business-rules"), form, prepare, holding)


def _variables(tests: list[Test]) -> Any:
    """Return a class of variables with one for each cell, and one for whether it is known."""
    kinds = import_module("business_rules.variables")

    def init(self: Any, row: dict[str, Any]) -> None:
        self.row = row

    made: dict[str, Any] = {"__init__": init, "always": kinds.boolean_rule_variable()(lambda self: True)}
    for test in tests:
        name, constant = test.name, test.constant
        made[f"{name}_is_known"] = kinds.boolean_rule_variable()(lambda self, name=name: name in self.row)
        if test.sign == "known":
            continue
        if isinstance(constant, bool):
            made[name] = kinds.boolean_rule_variable()(lambda self, name=name: self.row.get(name, False))
        elif isinstance(constant, int):
            made[name] = kinds.numeric_rule_variable()(lambda self, name=name: self.row[name])
        else:
            made[name] = kinds.string_rule_variable()(lambda self, name=name: self.row.get(name))
            made[f"{name}_among"] = kinds.select_rule_variable()(lambda self, name=name: [self.row[name]])
    return type("Variables", (kinds.BaseVariables,), made)


def _in_conditions(node: Node) -> dict[str, Any]:
    if isinstance(node, Group):
        if not node.parts:  # the library takes no empty list
            return _condition("always", "is_true" if node.every else "is_false")
        return {"all" if node.every else "any": [_in_conditions(part) for part in node.parts]}
    name, value = node.name, node.constant
    known = _condition(f"{name}_is_known", "is_true")
    if node.sign == "known":
        return known
    if isinstance(value, bool):
        return _condition(name, "is_true") if value else {"all": [known, _condition(name, "is_false")]}
    if isinstance(value, int):
        return {"all": [known, *_numeric(name, node.sign, value)]}
    words = [value] if isinstance(value, str) else sorted(value)
    if node.sign in ("==", "in"):
        return {"any": [_condition(name, "equal_to", word) for word in words]}
    return {"all": [known, *(_condition(f"{name}_among", "does_not_contain", word) for word in words)]}


def _numeric(name: str, sign: str, value: int) -> list[dict[str, Any]]:
    if sign == "!=":
        return [{"any": [_condition(name, "less_than", value), _condition(name, "greater_than", value)]}]
    words = {"==": "equal_to", ">=": "greater_than_or_equal_to", "<=": "less_than_or_equal_to"}
    return [_condition(name, words[sign], value)]


def _condition(name: str, operator: str, value: Any = None) -> dict[str, Any]:
    return {"name": name, "operator": operator, "value": value}


# ── experta ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def experta(ruleset: Ruleset) -> Contestant:
    """A Rete in Python, one network per row kind; needs a frozendict newer than the one it pins, which Python 3.10 broke."""
    library = import_module("experta")
    rules = rules_by_row(ruleset)
    mappings = Mappings(rules)
    facts = {kind: type(kind, (library.Fact,), {}) for _, kind in rules}
    engines: dict[Key, Any] = {}
    for (run, kind), entries in rules.items():
        made = {
            f"rule_{position}": library.Rule(_in_patterns(library, facts[kind], node))(
                lambda self, position=position: self.found.add(position)
            )
            for position, node in entries
        }
        engines[run, kind] = type(kind, (library.KnowledgeEngine,), made)()

    def prepare(run: Pass, rows: Sequence[Row]) -> list[tuple[Key, Any]]:
        return [(key, facts[key[1]](**row)) for key, row in mappings.keyed(run, rows)]

    def holding(_: Pass, prepared: list[tuple[Key, Any]]) -> Found:
        found = []
        for key, fact in prepared:
            engine = engines[key]
            engine.reset()
            engine.found = set()
            engine.declare(fact)
            engine.run()
            found.append(tuple(sorted(engine.found)))
        return found

    return Contestant("experta", version("experta"), "patterns over one fact, a run per row", prepare, holding)


def _in_patterns(library: Any, fact: Any, node: Node) -> Any:
    """Return the tests of a group as one pattern, and its groups as further conditions."""
    parts = node.parts if isinstance(node, Group) else (node,)
    if isinstance(node, Group) and not node.every:
        return library.OR(*(_in_patterns(library, fact, part) for part in parts))
    cells: dict[str, Any] = {}
    for part in parts:
        if isinstance(part, Test):
            limit = _limit(library, part)
            cells[part.name] = cells[part.name] & limit if part.name in cells else limit
    further = [_in_patterns(library, fact, part) for part in parts if isinstance(part, Group)]
    return library.AND(fact(**cells), *further) if further else fact(**cells)


def _limit(library: Any, test: Test) -> Any:
    constant = test.constant
    if test.sign == "known":
        return library.W()
    if test.sign in ("==", "!=", "open"):
        return ~library.L(constant) if test.sign == "!=" else library.L(constant)
    holds: dict[str, Callable[[Any], bool]] = {
        ">=": lambda value: value >= constant,
        "<=": lambda value: value <= constant,
        "in": lambda value: value in constant,
        "not in": lambda value: value not in constant,
    }
    return library.P(holds[test.sign])


PEERS: Final[Mapping[str, tuple[str, tuple[Callable[[Ruleset], Contestant], ...]]]] = {
    "zen-engine": ("zen", (lambda ruleset: zen(ruleset, text=True), lambda ruleset: zen(ruleset, text=False))),
    "rule-engine": ("rule_engine", (rule_engine,)),
    "panzi-json-logic": ("json_logic", (json_logic,)),
    "business-rules": ("business_rules", (business_rules,)),
    "experta": ("experta", (experta,)),
}
"""By the name of the package: the module that it installs, and what makes its contestants."""
