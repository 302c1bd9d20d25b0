"""Text as Markdown that shows it as it was written, and holds no HTML."""

from __future__ import annotations

from typing import Final

_MARKS: Final = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_[]<>|#~"})


def marked_down(text: str) -> str:
    """Return a text as it has to be written in Markdown to be read as it is."""
    return text.translate(_MARKS)
