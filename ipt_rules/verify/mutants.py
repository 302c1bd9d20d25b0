"""Mutants of a rule: the rule changed in one place, as somebody might have written it by mistake.

Every mutant is a rule that the language has words for; none changes what only people read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from ipt_rules.ruleset.conditions import NEGATED, All, Comparison, Condition, Operator, Some, comparisons, flat, negated
from ipt_rules.ruleset.consequences import (
    CAUTIONS,
    DIRECTIONS,
    PARTS_OF_A_FORMULATION,
    PROPOSED_IN,
    STRENGTHS,
    TOPICS,
    Advice,
    Caution,
    Consequence,
    Evidence,
    Formulation,
    HoldsBack,
    Link,
    Proposal,
    StageFound,
)
from ipt_rules.vocabulary import STAGE_FIELDS, STAGES, Field, fields, fields_of
from ipt_rules.words import AREAS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipt_rules.ruleset.model import Rule, Ruleset
    from ipt_rules.values import Known

OPERATORS: Final = (
    "drop",
    "negate",
    "operator",
    "number",
    "word",
    "field",
    "all-any",
    "needs",
    "strength",
    "side",
    "area",
    "stage",
    "caution",
    "phase",
    "topic",
    "direction",
    "part",
)
"""The kinds of change, those of conditions first; where two make the same rule, the first of them is its name."""

OTHER_FIELDS: Final = 2
"""How many fields take the place of one, by the operator ``field``: those that follow it in the vocabulary."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A rule changed in one place.

    Attributes:
        rule: id of the rule.
        operator: one of ``OPERATORS``.
        what: the change in the words of the rule language, e.g. ``loss.months_since at_least 12 → at_least 13``.
        mutated: the changed rule, with the same id.

    """

    rule: str
    operator: str
    what: str
    mutated: Rule


def mutants(rule: Rule, ruleset: Ruleset) -> Iterator[Mutant]:
    """Yield every mutant of a rule, each changed rule once.

    Args:
        rule: one of the rules.
        ruleset: the rules; what none of them reads takes no field's place where it would have to be computed.

    """
    seen = {rule}
    found = [*_of_conditions(rule, ruleset), *_of_consequence(rule)]
    for one in sorted(found, key=lambda one: OPERATORS.index(one.operator)):
        if one.mutated not in seen:
            seen.add(one.mutated)
            yield one


# ── conditions ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _of_conditions(rule: Rule, ruleset: Ruleset) -> Iterator[Mutant]:
    """Yield the mutants of what a rule asks for, and of the needs of a strategy."""
    if rule.condition != All(()):
        yield Mutant(rule.id, "drop", f"{_told(rule.condition)} dropped", replace(rule, condition=All(())))
    for operator, what, condition in _inside(rule.condition, rule, ruleset):
        yield Mutant(rule.id, operator, what, replace(rule, condition=flat(condition)))
    needs = rule.consequence.needs if isinstance(rule.consequence, Proposal) else None
    if needs is None:
        return
    yield _with(rule, "needs", f"needs {_told(needs)} dropped", needs=None)
    yield _with(rule, "needs", f"needs {_told(needs)} negated", needs=flat(negated(needs)))
    for operator, what, condition in _inside(needs, rule, ruleset):
        yield _with(rule, operator, f"needs: {what}", needs=flat(condition))


def _inside(condition: Condition, rule: Rule, ruleset: Ruleset) -> Iterator[tuple[str, str, Condition]]:
    """Yield a condition changed in one place, with the operator and the change in words."""
    if isinstance(condition, Comparison):
        for operator, instead in _other_comparisons(condition, rule, ruleset):
            yield operator, f"{condition.in_words()} → {_beside(condition, instead)}", instead
        return
    kind = type(condition)
    if len(condition.parts) > 1:
        other_kind, words = (Some, "all → any") if kind is All else (All, "any → all")
        yield "all-any", f"{words} of {', '.join(map(_told, condition.parts))}", other_kind(condition.parts)
    for number, part in enumerate(condition.parts):
        before, after = condition.parts[:number], condition.parts[number + 1 :]
        if before or after:
            yield "drop", f"{_told(part)} dropped", kind((*before, *after))
        for operator, what, other in _inside(part, rule, ruleset):
            yield operator, what, kind((*before, other, *after))


def _told(condition: Condition) -> str:
    """Return a condition in the words of the rule language."""
    if isinstance(condition, Comparison):
        return condition.in_words()
    return f"({(' and ' if isinstance(condition, All) else ' or ').join(map(_told, condition.parts))})"


def _beside(one: Comparison, other: Comparison) -> str:
    """Return what takes the place of a comparison, without the field where it is the same."""
    told = other.in_words()
    return told if one.field != other.field else told.removeprefix(f"{other.field} ")


def _other_comparisons(one: Comparison, rule: Rule, ruleset: Ruleset) -> Iterator[tuple[str, Comparison]]:
    """Yield what may stand in the place of a comparison, with the operator."""
    opposite = negated(one)
    assert isinstance(opposite, Comparison)  # as every comparison's is
    yield "negate", opposite
    for operator in _other_operators(one):
        yield "operator", replace(one, operator=operator)
    if type(one.value) is int:
        for value in (one.value + 1, one.value - 1):
            if _within(fields()[one.field], value):
                yield "number", replace(one, value=value)
    else:
        for words in _other_words(one):
            yield "word", replace(one, value=words)
    for name in _other_fields(one, rule, ruleset):
        yield "field", replace(one, field=name)


def _other_operators(one: Comparison) -> tuple[Operator, ...]:
    """Return the operators with which a comparison could be mistaken for another of the same constant."""
    if type(one.value) is not int:
        return () if isinstance(one.value, bool) else (NEGATED[one.operator],)
    beside: dict[str, tuple[Operator, ...]] = {
        "at_least": ("at_most", "is"),
        "at_most": ("at_least", "is"),
        "is": ("is_not", "at_least", "at_most"),
        "is_not": ("is",),
    }
    return beside[one.operator]


def _within(field: Field, value: int) -> bool:
    low, high = field.bounds or (0, len(field.options) - 1)
    return low <= value <= high


def _other_words(one: Comparison) -> Iterator[str | frozenset[str]]:
    """Yield another word for one; of several, all but one, one more, and each in exchange for the next that is not among them."""
    options = fields()[one.field].options
    if isinstance(one.value, str):
        yield from (word for word in options if word != one.value)
    elif isinstance(one.value, frozenset):
        others = [word for word in options if word not in one.value]
        listed = [word for word in options if word in one.value]
        yield from (one.value - {word} for word in listed if len(listed) > 1)
        yield from (one.value | {word} for word in others)
        if others:
            yield from (one.value - {word} | {others[at % len(others)]} for at, word in enumerate(listed))


def _other_fields(one: Comparison, rule: Rule, ruleset: Ruleset) -> list[str]:
    """Return the fields that follow in the same group of which the comparison could be made, the last followed by the first."""
    alike = [
        name
        for name, field in fields_of(rule.kind).items()
        if _alike(field, fields()[one.field], one.value)
        and (name in ruleset.reads or not field.is_derived)
        and not (name in STAGE_FIELDS and rule.runs_in == "stages")
    ]
    at = alike.index(one.field)
    return (alike[at + 1 :] + alike[:at])[:OTHER_FIELDS]


def _alike(field: Field, other: Field, constant: Known | frozenset[str] | None) -> bool:
    """Return whether a field could be taken for another that is compared with a constant."""
    if (field.group, field.type, field.unit, field.ordered) != (other.group, other.type, other.unit, other.ordered):
        return False
    if field.ordered:
        return field.options == other.options
    if field.type == "number":
        return constant is None or (isinstance(constant, int) and _within(field, constant))
    words = constant if isinstance(constant, frozenset) else {constant}
    return field.type == "flag" or constant is None or words <= {*field.options}


# ── consequences ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _of_consequence(rule: Rule) -> Iterator[Mutant]:
    """Yield the mutants of what follows from a rule."""
    match rule.consequence:
        case Evidence() as entry:
            for strength in _steps(STRENGTHS, entry.strength):
                yield _with(rule, "strength", f"strength {entry.strength} → {strength}", strength=strength)
            sides = ("supports", "opposes") if entry.supports else ("opposes", "supports")
            yield _with(rule, "side", f"{sides[0]} {entry.area} → {sides[1]}", supports=not entry.supports)
            yield from _words(rule, "area", "area", AREAS)
        case HoldsBack():
            yield from _words(rule, "area", "area", AREAS)
        case StageFound():
            yield from _words(rule, "stage", "stage", STAGES)
        case Caution(kind):
            if not any(
                one.operator in ("known", "not_known") for one in comparisons(rule.condition)
            ):  # else a note alone
                for other in (other for other in CAUTIONS if other != kind):
                    yield _with(rule, "caution", f"caution {kind} → {other}", kind=other, gate=None)
        case Proposal():
            yield from _words(rule, "phase", "phase", PROPOSED_IN)
        case Advice():
            yield from _words(rule, "topic", "about", TOPICS)
        case Link():
            yield from _words(rule, "direction", "direction", DIRECTIONS)
        case Formulation():
            yield from _words(rule, "part", "part", PARTS_OF_A_FORMULATION)


def _steps(words: tuple[str, ...], word: str) -> Iterator[str]:
    """Yield the words next to one in their order."""
    at = words.index(word)
    yield from words[max(at - 1, 0) : at] + words[at + 1 : at + 2]


def _words(rule: Rule, operator: str, name: str, words: Sequence[str]) -> Iterator[Mutant]:
    """Yield a rule with each other word for one attribute of its consequence."""
    said = getattr(rule.consequence, name)
    for word in words:
        if word != said:
            yield _with(rule, operator, f"{operator} {said} → {word}", **{name: word})


def _with(rule: Rule, operator: str, what: str, **change: Any) -> Mutant:
    """Return a rule with a consequence that is otherwise in some attributes."""
    consequence: Consequence = replace(rule.consequence, **change)
    return Mutant(rule.id, operator, what, replace(rule, consequence=consequence))
