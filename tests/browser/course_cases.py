"""The reviews that are opened in a browser: worked courses, and made ones that are hard to show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ipt_rules import Review, example_course
from tests.made_courses import MADE, hostile
from tests.test_report import HOSTILE

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipt_rules import Course

_MADE: Final[dict[str, Callable[[], Course]]] = {
    **MADE,
    "hostile": lambda: hostile(f"{HOSTILE} {'W' * 100}"[:60]),
}

COURSES: Final = ("good_outcome", "stuck_at_mid_course", "new_facts", "danger_in_mid_course", *_MADE)


def opened_course(name: str) -> Review:
    """Return the review of a case."""
    made = _MADE.get(name)
    course = example_course(name) if made is None else made()
    return course.review(engine="compiled")
