"""Rows that somebody looks for, in words: what is claimed of one, and what one says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ipt_rules.ruleset.conditions import All, Some
from ipt_rules.sentences import sentence, short_meaning
from ipt_rules.values import NotArising, Range
from ipt_rules.vocabulary import fields
from ipt_rules.wording import shown_value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ipt_rules.values import Value
    from ipt_rules.verify.claims import Claims

_ROWS: Final = {
    "loss": "a loss of which",
    "dispute": "a dispute of which",
    "change": "a change of which",
    "isolation": "isolation of which",
    "focus": "a proposed focus of which",
    "checkin": "a session of which",
    "event": "an event of which",
}
_OF_COURSES: Final = ("checkin", "event")


def wanted(kind: str, claims: Claims) -> str:
    """Return what has a row that meets some claims, e.g. "an intake with a loss of which “…” holds, and “…” does not hold"."""
    what = "a course" if kind in _OF_COURSES else "an intake"
    said = [one for one in claims if one.condition not in (All(()), Some(()))]  # those say nothing
    holding = [f"“{sentence(one.condition)}”" for one in said if one.holds]
    failing = [f"“{sentence(one.condition)}”" for one in said if not one.holds]
    told = [f"{_listed(holding)} {'holds' if len(holding) == 1 else 'hold'}"] if holding else []
    if failing:
        told.append(f"{_listed(failing)} {'does' if len(failing) == 1 else 'do'} not hold")
    if told:
        row = f"with {_ROWS[kind]}" if kind in _ROWS else "in which"
        return f"{what} {row} {', and '.join(told)}"
    return f"{what} with {_ROWS[kind].removesuffix(' of which')}" if kind in _ROWS else what


def _listed(told: Sequence[str]) -> str:
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"


def row_in_words(row: Mapping[str, Value]) -> str:
    """Return what a row says, e.g. "what was lost: death; how the mourning goes: not known"."""
    return "; ".join(f"{short_meaning(fields()[name])}: {_value(name, value)}" for name, value in row.items())


def _value(name: str, value: Value) -> str:
    if value is None:
        return "not known"
    if isinstance(value, NotArising):
        return "does not arise"
    field = fields()[name]
    if isinstance(value, Range):
        return shown_value(field, {"least": field.to_word(value.least), "most": field.to_word(value.most)})
    return shown_value(field, field.to_word(value))
