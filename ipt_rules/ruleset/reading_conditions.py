"""Reading the conditions of a rule: ``when:`` and ``needs:``."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

from ipt_rules.documents import ListNode, MappingNode, ScalarNode, ValueNode
from ipt_rules.ruleset.conditions import All, Comparison, Condition, Some, flat, negated
from ipt_rules.ruleset.forms import Mistakes, nearest, one_of, shown
from ipt_rules.vocabulary import ROW_KINDS, Field, fields, fields_of

if TYPE_CHECKING:
    from ipt_rules.ruleset.side_files import SideFiles
    from ipt_rules.values import Known

_JOINED: Final = ("all", "any", "none")
_ON_ANY: Final = ("is", "is_not")
_ON_CHOICES: Final = ("in", "not_in")
_ON_ORDERED: Final = ("at_least", "at_most", "more_than", "less_than", "between")
_OPERATORS: Final = (*_ON_ANY, *_ON_CHOICES, *_ON_ORDERED, "known")
MAX_COMPARISONS: Final = 64


class ConditionReader:
    """Reads the conditions of one rule.

    Args:
        kind: the row kind that the rule is for.
        side: what the files beside the rules say, with the named numbers.
        mistakes: receives what is wrong.
        may_ask_known: whether ``known:`` is allowed; nothing that counts may rest on it.

    """

    def __init__(self, kind: str, side: SideFiles, mistakes: Mistakes, *, may_ask_known: bool) -> None:
        self._kind = kind
        self._fields = fields_of(kind)
        self._side = side
        self._mistakes = mistakes
        self._may_ask_known = may_ask_known

    def read(self, node: ValueNode, path: str) -> Condition | None:
        """Return the condition in its simplest form, or None when there are mistakes in it (noted at their place)."""
        before = self._mistakes.count
        if isinstance(node, ScalarNode) and node.value == "always":
            return All(())
        read = self._mapping(node, path)
        if read is None or self._mistakes.count > before:
            return None
        condition = flat(read)
        if _size(condition) > MAX_COMPARISONS:
            self._wrong(node, path, f"holds more than {MAX_COMPARISONS} comparisons; split the rule")
            return None
        return condition

    def _wrong(self, node: ValueNode, path: str, what: str) -> None:
        self._mistakes.add(node, path, what)

    def _mapping(self, node: ValueNode, path: str) -> Condition | None:
        if not isinstance(node, MappingNode) or not node.items:
            self._wrong(node, path, "must be a mapping of fields to what they should be, or the word 'always'")
            return None
        parts: list[Condition] = []
        for key, value in node.items.items():
            if key in _JOINED:
                part = self._joined(key, value, f"{path}.{key}")
            elif key == "not":
                self._wrong(node.keys[key], path, "there is no 'not'; use 'none:' with a list, or is_not / not_in")
                continue
            else:
                part = self._field(key, node.keys[key], value, path)
            if part is not None:
                parts.append(part)
        return All(tuple(parts)) if parts else None

    def _joined(self, word: str, node: ValueNode, path: str) -> Condition | None:
        if not isinstance(node, ListNode) or not node.items:
            self._wrong(node, path, f"'{word}' takes a list with at least one entry")
            return None
        read = [self._mapping(item, f"{path}[{position}]") for position, item in enumerate(node.items)]
        parts = tuple(part for part in read if part is not None)
        if not parts:
            return None
        if word == "none":
            return All(tuple(negated(part) for part in parts))
        return All(parts) if word == "all" else Some(parts)

    def _field(self, name: str, at: ScalarNode, value: ValueNode, path: str) -> Condition | None:
        field = self._fields.get(name)
        where = f"{path}.{name}"
        if field is None:
            self._wrong(at, path, self._unknown_field(name, at))
            return None
        if not isinstance(value, MappingNode):
            return self._comparison(field, "is", value, where)
        if not value.items:
            self._wrong(value, where, "an empty mapping says nothing; write an operator such as at_least: 2")
            return None
        parts = [self._operator(field, word, value.keys[word], operand, where) for word, operand in value.items.items()]
        found = tuple(part for part in parts if part is not None)
        return All(found) if found else None

    def _unknown_field(self, name: str, at: ScalarNode) -> str:
        known = fields().get(name)
        if known is None:
            bare = [full for full in self._fields if full.partition(".")[2] == name]
            listed = "see `ipt-rules fields` for those that are known"
            hint = f"did you mean '{bare[0]}'?" if bare else nearest(name, self._fields, otherwise=listed)
            return f"unknown field {shown(at)}; {hint}"
        kinds = [kind for kind in ROW_KINDS if name in fields_of(kind)]
        return f"'{name}' is no field of a {self._kind} row; it belongs to rules for: {one_of(kinds)}"

    def _operator(self, field: Field, word: str, at: ScalarNode, operand: ValueNode, path: str) -> Condition | None:
        if word == "known":
            return self._known(field, at, operand, path)
        if word not in _OPERATORS:
            self._wrong(at, path, f"unknown operator {shown(at)}; {nearest(word, _OPERATORS)}")
            return None
        if word in _ON_CHOICES and (field.type != "choice" or field.ordered):
            hint = "use between" if field.type == "number" or field.ordered else "write true or false"
            self._wrong(at, path, f"'{word}' takes a choice without order, and this is {_in_words(field)}; {hint}")
            return None
        if word in _ON_ORDERED and not (field.type == "number" or field.ordered):
            self._wrong(
                at, path, f"'{word}' needs an order, and this is {_in_words(field)}; use is, is_not, in or not_in"
            )
            return None
        return self._comparison(field, word, operand, path)

    def _known(self, field: Field, at: ScalarNode, operand: ValueNode, path: str) -> Condition | None:
        if not self._may_ask_known:
            self._wrong(
                at,
                path,
                "'known' is for rules that ask, note or formulate; nothing that counts may rest on what was not asked",
            )
            return None
        if not isinstance(operand, ScalarNode) or not isinstance(operand.value, bool):
            self._wrong(operand, path, "'known' takes true or false")
            return None
        return Comparison(field.name, "known" if operand.value else "not_known", None)

    def _comparison(self, field: Field, word: str, operand: ValueNode, path: str) -> Condition | None:
        if word in ("in", "not_in", "between"):
            return self._several(field, word, operand, path)
        if isinstance(operand, ListNode):
            self._wrong(operand, path, f"'{word}' takes one value; for several write in: [ … ]")
            return None
        value = self._value(field, operand, path)
        if value is None:
            return None
        if word == "is_not" and isinstance(value, bool):
            return Comparison(field.name, "is", not value)
        if word in ("more_than", "less_than"):
            assert isinstance(value, int)  # only numbers and ordered codes come here
            beyond = value + 1 if word == "more_than" else value - 1
            low, high = field.bounds or (0, len(field.options) - 1)
            if not low <= beyond <= high:
                what = f"the field is a {_number_in_words(field)}" if field.type == "number" else _words_in_order(field)
                self._wrong(operand, path, f"nothing is {word.replace('_', ' ')} this: {what}")
                return None
            return Comparison(field.name, "at_least" if word == "more_than" else "at_most", beyond)
        assert word in ("is", "is_not", "at_least", "at_most")  # all other operators are read above
        return Comparison(field.name, word, value)  # type: ignore[arg-type]  # narrowed by the line above

    def _several(self, field: Field, word: str, operand: ValueNode, path: str) -> Condition | None:
        if not isinstance(operand, ListNode) or not operand.items:
            shown = "[low, high]" if word == "between" else "[ … ] with at least one entry"
            self._wrong(operand, path, f"'{word}' takes a list {shown}")
            return None
        values = [self._value(field, item, path) for item in operand.items]
        if any(value is None for value in values):
            return None
        if word != "between":
            for earlier, later in itertools.combinations(range(len(values)), 2):
                if values[earlier] == values[later]:
                    self._wrong(operand.items[later], path, "the same word twice")
                    return None
            return Comparison(field.name, word, frozenset(str(value) for value in values))  # type: ignore[arg-type]  # in or not_in
        if (
            len(values) != 2
            or not isinstance(values[0], int)
            or not isinstance(values[1], int)
            or values[0] > values[1]
        ):
            self._wrong(operand, path, "'between' takes [low, high], both included, with low not above high")
            return None
        return All((Comparison(field.name, "at_least", values[0]), Comparison(field.name, "at_most", values[1])))

    def _value(self, field: Field, node: ValueNode, path: str) -> Known | None:
        """Return the constant that a comparison is with; ordered choices as codes."""
        given = node.value if isinstance(node, ScalarNode) else None
        if field.type == "flag":
            if isinstance(given, bool):
                return given
        elif field.type == "choice":
            if isinstance(given, str) and given in field.options:
                return field.options.index(given) if field.ordered else given
            if isinstance(given, str):
                hint = nearest(given, field.options)
                self._wrong(node, path, f"'{given}' is not one of its words; {hint}")
                return None
        else:
            return self._number(field, node, given, path)
        self._wrong(node, path, f"must be {f'a word: {_words_in_order(field)}' if field.ordered else _in_words(field)}")
        return None

    def _number(self, field: Field, node: ValueNode, given: object, path: str) -> int | None:
        low, high = field.bounds or (0, 0)
        if isinstance(given, str):
            given = self._named(given, node, path)
            if given is None:
                return None
        if isinstance(given, bool) or not isinstance(given, int):
            self._wrong(node, path, f"must be a {_number_in_words(field)}")
            return None
        if not low <= given <= high:
            self._wrong(node, path, f"{given} lies outside the field: {_number_in_words(field)}")
            return None
        return given

    def _named(self, name: str, node: ValueNode, path: str) -> int | None:
        """Return a named number of ``scoring.yaml``; where that file is to blame for its lack, nothing is told here."""
        numbers = self._side.numbers
        if name in numbers or self._side.may_hide("numbers", name):
            number = numbers.get(name)
            if number is None:
                self._mistakes.follow()
            return number
        hint = nearest(name, numbers) if numbers else "scoring.yaml names none"
        self._wrong(node, path, f"'{name}' is no number, and no name under 'numbers' in scoring.yaml; {hint}")
        return None


def _in_words(field: Field) -> str:
    return f"a {_number_in_words(field)}" if field.type == "number" else field.type_in_words()


def _number_in_words(field: Field) -> str:
    """Return what a constant for the field may be: one number, also where the field's own value is a range."""
    low, high = field.bounds or (0, 0)
    return f"whole number from {low} to {high}{f' ({field.unit})' if field.unit else ''}"


def _words_in_order(field: Field) -> str:
    return f"its words, from least to most, are {one_of(field.options)}"


def _size(condition: Condition) -> int:
    return 1 if isinstance(condition, Comparison) else sum(map(_size, condition.parts))
