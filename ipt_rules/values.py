"""What a row can say of a question: a value, a range, nothing yet, or that the question does not arise."""

from __future__ import annotations

from typing import Final, NamedTuple, TypeAlias, final


@final
class NotArising:
    """The question does not arise, such as mourning after a divorce: no comparison with this value holds, not even ``!=``."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return False

    def __ne__(self, other: object) -> bool:
        return False

    def __lt__(self, other: object) -> bool:
        return False

    __le__ = __gt__ = __ge__ = __lt__

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return "NOT_ARISING"

    def __reduce__(self) -> str:
        return "NOT_ARISING"


NOT_ARISING: Final = NotArising()


class Range(NamedTuple):
    """A whole number known only within limits, both included; exact when they are equal."""

    least: int
    most: int


Known: TypeAlias = int | bool | str
Value: TypeAlias = Known | Range | NotArising | None
"""What one field says: ``None`` is "not known yet"."""


def both(first: bool | None, second: bool | None) -> bool | None:
    """Three-valued "and": unknown unless one side settles it."""
    if first is False or second is False:
        return False
    return None if first is None or second is None else True


def count(answers: list[bool | None]) -> Range:
    """Count the true answers; the unanswered ones widen the range."""
    least = answers.count(True)
    return Range(least, least + answers.count(None))
