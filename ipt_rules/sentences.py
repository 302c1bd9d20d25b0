"""Conditions read aloud: a rule's condition as a sentence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ipt_rules.ruleset.conditions import All, Comparison, Condition
from ipt_rules.vocabulary import fields
from ipt_rules.wording import shown_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipt_rules.values import Known
    from ipt_rules.vocabulary import Field

_OPERATORS: Final = {"is": "", "is_not": "not ", "at_least": "at least ", "at_most": "at most "}
_OTHER_WAY: Final = {"at least ": "at most ", "at most ": "at least "}


def sentence(condition: Condition) -> str:
    """Return a condition as a sentence without a full stop, e.g. "the death was unexpected: yes; and …"."""
    if isinstance(condition, Comparison):
        return _comparison(condition)
    if not condition.parts:
        return "always"
    if isinstance(condition, All):
        return "; and ".join(_all(condition))
    parts = [_part(part) for part in condition.parts]
    return parts[0] if len(parts) == 1 else f"either {', or '.join(parts)}"


def _all(condition: All) -> Iterator[str]:
    """Yield the parts of an "all", a lower and an upper limit of one field together."""
    limits = {(part.field, part.operator): part for part in condition.parts if isinstance(part, Comparison)}
    for part in condition.parts:
        if not isinstance(part, Comparison):
            yield _part(part)
            continue
        least, most = limits.get((part.field, "at_least")), limits.get((part.field, "at_most"))
        if least is None or most is None or part not in (least, most):
            yield _comparison(part)
        elif part is least:
            ends = [shown_value(fields()[one.field], _word(one)) for one in (least, most)]
            yield f"{short_meaning(fields()[part.field])}: from {ends[0]} to {ends[1]}"


def _part(condition: Condition) -> str:
    said = sentence(condition)
    return said if isinstance(condition, Comparison) else f"({said})"


def _comparison(comparison: Comparison) -> str:
    field = fields()[comparison.field]
    said = short_meaning(field)
    if comparison.operator in ("known", "not_known"):
        return f"{said}: {'told' if comparison.operator == 'known' else 'not told yet'}"
    if isinstance(comparison.value, frozenset):
        words = [word.replace("_", " ") for word in field.options if word in comparison.value]
        listed = f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else words[0]
        return f"{said}: {listed if comparison.operator == 'in' else f'told, and not {listed}'}"
    word = _word(comparison)
    operator = _OPERATORS[comparison.operator]
    if (
        field.unit == "months" and isinstance(word, int) and word < 0
    ):  # told as so many months after, which counts the other way
        operator = _OTHER_WAY.get(operator, operator)
    return f"{said}: {operator}{shown_value(field, word)}"


def _word(comparison: Comparison) -> Known:
    """Return the constant of a comparison with one value, as its word."""
    assert comparison.value is not None and not isinstance(comparison.value, frozenset)  # noqa: PT018  # one value
    return fields()[comparison.field].to_word(comparison.value)


def short_meaning(field: Field) -> str:
    """Return the meaning of a field up to its explanations, with whom or what it is about where that is not clear."""
    meaning = re.split(r"[:;(]", field.meaning)[0].strip()
    if meaning[1:2].islower():  # no abbreviation
        meaning = meaning[:1].lower() + meaning[1:]
    about = {"tie": "the person", "network": "people around the patient", "story": "recorded"}.get(field.group)
    return f"{meaning} ({about})" if about and field.type != "flag" else meaning
