"""A case made short: what can be left out of an intake, or of a course, while it still shows what it is to show."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, TypeVar, cast

from ipt_rules.errors import IntakeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipt_rules.course import Course
    from ipt_rules.intake import Intake

CaseT = TypeVar("CaseT", bound="Intake | Course")


def shortened(case: CaseT, shows: Callable[[CaseT], bool]) -> CaseT:
    """Return a case of which nothing more can be left out: no list, no entry, no answer.

    Args:
        case: an intake or a course that shows something.
        shows: whether a shorter one still does.

    """
    plain = case.to_dict()

    def still_shows() -> bool:
        shorter = _read(type(case), plain)
        return shorter is not None and shows(shorter)

    before = None
    while plain != before:  # what an answer referred to can be spared once the answer is
        before = copy.deepcopy(plain)
        _leave_out(plain, still_shows)
    return _read(type(case), plain) or case


def _read(kind: type[CaseT], plain: dict[str, Any]) -> CaseT | None:
    """Return what plain values say; None where they do not fit together."""
    try:
        return cast("CaseT", kind.model_validate(copy.deepcopy(plain)))
    except IntakeError:
        return None


def _leave_out(part: Any, still_shows: Callable[[], bool]) -> None:
    """Take all that can be spared out of a mapping or a list, whole branches before what is in them."""
    steps = list(part) if isinstance(part, dict) else list(range(len(part))) if isinstance(part, list) else []
    for step in reversed(steps):
        taken = part.pop(step)
        if not still_shows():
            _put_back(part, step, taken)
            _leave_out(taken, still_shows)


def _put_back(part: Any, step: Any, taken: Any) -> None:
    if isinstance(part, list):
        part.insert(step, taken)
    else:
        part[step] = taken
