"""Which words a card for a clinical record needs, and what may be filled in in each: the names, not the words."""

from __future__ import annotations

import re
from typing import Final

CARD_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "title": (),
    "description": (),
    "gate": ("gate",),
    "gate.short": (),
    "gate.detail": (),
    "first": ("area", "level", "subject"),
    "first.short": ("area", "level"),
    "equal": ("areas",),
    "equal.short": (),
    "none": (),
    "none.detail": (),
    "as_of": ("day",),
    "cleared": ("gates",),
    "ranking": (),
    "settled": (),
    "not_settled": (),
    "points": (),
    "area": (),
    "support": (),
    "points_of": (),
    "could_be": (),
    "held_back": (),
    "for": (),
    "against": (),
    "sources": (),
    "not_known": (),
    "unasked": (),
    "cautions.refer": ("number",),
    "cautions.protocol": ("number",),
    "cautions.fit": ("number",),
    "cautions.note": ("number",),
}
"""The words by key, each with its placeholders."""

_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}|[{}]")


def unfilled(key: str, text: str) -> str | None:
    """Return a placeholder that nothing fills in in this text, as it is written, or None."""
    return next((found[0] for found in _PLACEHOLDER.finditer(text) if found[1] not in CARD_WORDS[key]), None)
