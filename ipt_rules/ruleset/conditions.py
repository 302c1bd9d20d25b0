"""Conditions as data: comparisons joined by "all" and "any".

Negation stands only inside comparisons: a rule file's ``none:`` is pushed down when it is read. So every interpretation sees three
kinds of node and no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from ipt_rules.vocabulary import fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipt_rules.values import Known

Operator: TypeAlias = Literal["is", "is_not", "in", "not_in", "at_least", "at_most", "known", "not_known"]

NEGATED: Final[dict[Operator, Operator]] = {
    "is": "is_not",
    "is_not": "is",
    "in": "not_in",
    "not_in": "in",
    "known": "not_known",
    "not_known": "known",
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One field compared with a constant; ordered choices are compared by their code.

    ``value`` is a frozenset for ``in`` and ``not_in``, and None for ``known`` and ``not_known``.

    Raises:
        ValueError: there is no such field, or it cannot be compared so.

    """

    field: str
    operator: Operator
    value: Known | frozenset[str] | None

    def __post_init__(self) -> None:
        if not _fits(self):
            raise ValueError(f"{self.operator!r} cannot compare the field {self.field!r} with a value of this kind")

    def in_words(self) -> str:
        """Return the comparison in the words of the rule language, e.g. ``tie.closeness at_least close``."""
        if self.value is None:
            return f"{self.field} {self.operator.replace('_', ' ')}"
        if isinstance(self.value, frozenset):
            return f"{self.field} {self.operator} [{', '.join(sorted(self.value))}]"
        word = fields()[self.field].to_word(self.value)
        shown = str(word).lower() if isinstance(word, bool) else str(word)
        return f"{self.field} {self.operator} {shown}"

    def to_plain(self) -> Any:
        """Return plain values that mean the same and sort."""
        value = sorted(self.value) if isinstance(self.value, frozenset) else self.value
        return [self.field, self.operator, value]


def _fits(comparison: Comparison) -> bool:
    field, operator, value = fields().get(comparison.field), comparison.operator, comparison.value
    if field is None:
        return False
    if operator in ("known", "not_known"):
        return value is None
    if field.type == "flag":
        return operator == "is" and isinstance(value, bool)
    if field.type == "number" or field.ordered:
        return operator in ("is", "is_not", "at_least", "at_most") and type(value) is int
    if isinstance(value, frozenset):
        return operator in ("in", "not_in") and value <= {*field.options}
    return operator in ("is", "is_not") and value in field.options


@dataclass(frozen=True, slots=True)
class All:
    """Holds when every part holds; with no part, always."""

    parts: tuple[Condition, ...]

    def to_plain(self) -> Any:
        """Return plain values that mean the same, whatever the order of the parts."""
        return {"all": _sorted_parts(self.parts)}


@dataclass(frozen=True, slots=True)
class Some:  # "any" is the rule language's own word
    """Holds when some part holds."""

    parts: tuple[Condition, ...]

    def to_plain(self) -> Any:
        """Return plain values that mean the same, whatever the order of the parts."""
        return {"any": _sorted_parts(self.parts)}


Condition: TypeAlias = Comparison | All | Some


def negated(condition: Condition) -> Condition:
    """Return the condition that is known to hold when this one is known not to."""
    if isinstance(condition, All):
        return Some(tuple(negated(part) for part in condition.parts))
    if isinstance(condition, Some):
        return All(tuple(negated(part) for part in condition.parts))
    if condition.operator in ("at_least", "at_most"):
        assert isinstance(condition.value, int)  # only numbers and ordered codes are ordered
        if condition.operator == "at_least":
            return Comparison(condition.field, "at_most", condition.value - 1)
        return Comparison(condition.field, "at_least", condition.value + 1)
    if condition.operator == "is" and isinstance(condition.value, bool):
        return Comparison(condition.field, "is", not condition.value)
    return Comparison(condition.field, NEGATED[condition.operator], condition.value)


def flat(condition: Condition) -> Condition:
    """Return the same condition without "all" directly inside "all", "any" directly inside "any", or a lone part."""
    if isinstance(condition, Comparison):
        return condition
    kind = type(condition)
    parts: list[Condition] = []
    for part in map(flat, condition.parts):
        parts.extend(part.parts if isinstance(part, kind) else (part,))
    return parts[0] if len(parts) == 1 else kind(tuple(parts))


def comparisons(condition: Condition) -> Iterator[Comparison]:
    """Yield every comparison, in reading order."""
    if isinstance(condition, Comparison):
        yield condition
    else:
        for part in condition.parts:
            yield from comparisons(part)


def _sorted_parts(parts: tuple[Condition, ...]) -> list[Any]:
    return sorted((part.to_plain() for part in parts), key=repr)
