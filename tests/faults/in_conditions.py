"""Mistakes in how an engine compares, and in "all" and "any"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipt_rules.ruleset.conditions import Comparison
from ipt_rules.values import NOT_ARISING, Range
from ipt_rules.vocabulary import fields
from tests.faults.interpreter import Interpreter

if TYPE_CHECKING:
    from ipt_rules.engines.reference import Truth
    from ipt_rules.values import Value


# ── comparisons ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class UnknownIsNo(Interpreter):
    """An unanswered question counts as answered by no."""

    def compare(self, one: Comparison, value: Value) -> Truth:
        if value is None and one.operator == "is" and isinstance(one.value, bool):
            return not one.value
        return super().compare(one, value)


class UnknownIsFalse(Interpreter):
    """A comparison with something unknown is false, and no longer open."""

    def compare(self, one: Comparison, value: Value) -> Truth:
        return super().compare(one, value) or False


class UnknownIsTrue(Interpreter):
    """A comparison with something unknown is true."""

    def compare(self, one: Comparison, value: Value) -> Truth:
        return True if value is None else super().compare(one, value)


class DeniedUnknownIsTrue(Interpreter):
    """A denied comparison with something unknown is true, as with ``!=`` in Python."""

    def compare(self, one: Comparison, value: Value) -> Truth:
        if value is None and one.operator in ("is_not", "not_in"):
            return True
        return super().compare(one, value)


class NotArisingIsUnknown(Interpreter):
    """A question that does not arise is taken for an open one."""

    def compare(self, one: Comparison, value: Value) -> Truth:
        return super().compare(one, None if value is NOT_ARISING else value)


class DeniedNotArisingIsTrue(Interpreter):
    """What does not arise is "not" anything."""

    def compare(self, one: Comparison, value: Value) -> Truth:
        if value is NOT_ARISING and one.operator in ("is_not", "not_in"):
            return True
        return super().compare(one, value)


class NotKnownNeverTrue(Interpreter):
    """That something is not known is itself taken for unknown."""

    def compare(self, one: Comparison, value: Value) -> Truth:
        return None if value is None else super().compare(one, value)


class AtLeastIsMore(Interpreter):
    """The limit itself is left out of "at least"."""

    def compare(self, one: Comparison, value: Value) -> Truth:
        if one.operator == "at_least" and isinstance(one.value, int):
            one = Comparison(one.field, "at_least", one.value + 1)
        return super().compare(one, value)


class AtMostIsLess(Interpreter):
    """The limit itself is left out of "at most"."""

    def compare(self, one: Comparison, value: Value) -> Truth:
        if one.operator == "at_most" and isinstance(one.value, int):
            one = Comparison(one.field, "at_most", one.value - 1)
        return super().compare(one, value)


class LeastForMost(Interpreter):
    """Of a range only the least is looked at."""

    def compare(self, one: Comparison, value: Value) -> Truth:
        return super().compare(one, Range(value.least, value.least) if isinstance(value, Range) else value)


class MostForLeast(Interpreter):
    """In "at least" the most of a range is looked at: what may be so is taken to be so."""

    def compare(self, one: Comparison, value: Value) -> Truth:
        if one.operator == "at_least" and isinstance(value, Range):
            value = Range(value.most, value.most)
        return super().compare(one, value)


class WideRangeIs(Interpreter):
    """A range is any number within it."""

    def compare(self, one: Comparison, value: Value) -> Truth:
        if one.operator == "is" and isinstance(value, Range) and isinstance(one.value, int):
            return value.least <= one.value <= value.most
        return super().compare(one, value)


class WideRangeIsNot(Interpreter):
    """A range whose ends are other numbers is not a number within it."""

    def compare(self, one: Comparison, value: Value) -> Truth:
        if one.operator == "is_not" and isinstance(value, Range):
            return one.value not in (value.least, value.most)
        return super().compare(one, value)


class LastWordIgnored(Interpreter):
    """The last of several words in a list is lost."""

    def compare(self, one: Comparison, value: Value) -> Truth:
        if isinstance(one.value, frozenset) and len(one.value) > 1:
            one = Comparison(one.field, one.operator, frozenset(sorted(one.value)[:-1]))
        return super().compare(one, value)


class OrderedByLetters(Interpreter):
    """Ordered words are compared by their letters."""

    def compare(self, one: Comparison, value: Value) -> Truth:
        field = fields()[one.field]
        in_order = sorted(field.options)
        if field.ordered and one.operator in ("at_least", "at_most") and type(value) is int and type(one.value) is int:
            codes = [in_order.index(field.options[code]) for code in (value, min(max(one.value, 0), len(in_order) - 1))]
            return codes[0] >= codes[1] if one.operator == "at_least" else codes[0] <= codes[1]
        return super().compare(one, value)


# ── "all" and "any" ──────────────────────────────────────────────────────────────────────────────────────────────────────


class AnyIsAll(Interpreter):
    """An "any" asks for every part."""

    def any_of(self, truths: list[Truth]) -> Truth:
        return self.all_of(truths)


class AllOfManyIsAny(Interpreter):
    """From four parts on, "all" is content with one."""

    def all_of(self, truths: list[Truth]) -> Truth:
        return self.any_of(truths) if len(truths) > 3 else super().all_of(truths)


class AllStopsAtUnknown(Interpreter):
    """An "all" stops at the first part that is not true, and says what that says."""

    def all_of(self, truths: list[Truth]) -> Truth:
        return next((truth for truth in truths if truth is not True), True)


class EmptyAllFails(Interpreter):
    """An "all" of nothing does not hold."""

    def all_of(self, truths: list[Truth]) -> Truth:
        return super().all_of(truths) if truths else False


class PartsBeyondTheThird(Interpreter):
    """The fourth part of an "any" and all after it are not looked at."""

    def any_of(self, truths: list[Truth]) -> Truth:
        return super().any_of(truths[:3])
