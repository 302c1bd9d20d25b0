"""How the numbers of a session hang together: which it is, how many are agreed on, what is left, how far the therapy is, its phase.

There are few of them, so every combination that there can be is listed, and what is asked about is looked up.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

from ipt_rules.schedules import phase_at
from ipt_rules.sessions import MOST_SESSIONS
from ipt_rules.verify.links import Link
from ipt_rules.words import PHASES

if TYPE_CHECKING:
    from ipt_rules.ruleset.model import Ruleset
    from ipt_rules.ruleset.scoring import Scoring
    from ipt_rules.verify.links import Option

_Combination = tuple[int | None, ...]

NAMES: Final = (
    "checkin.session",
    "course.planned_sessions",
    "course.sessions_left",
    "course.percent_done",
    "course.phase",
)


@functools.lru_cache(maxsize=64)
def session_link(names: frozenset[str], ruleset: Ruleset | None) -> Link | None:
    """Return how those of some fields hang together that are about the number of a session; None where fewer than two are.

    Args:
        names: the fields.
        ruleset: the rules, which divide a therapy into phases; without, nothing is said of the phase.

    """
    asked = tuple(name for name in NAMES if name in names and (ruleset is not None or name != "course.phase"))
    if len(asked) < 2:
        return None
    there = sorted({tuple(one[NAMES.index(name)] for name in asked) for one in _combinations(ruleset)}, key=str)

    @functools.cache
    def fits(*told: Option) -> bool:
        return any(all(map(_is_among, one, told)) for one in there)

    return Link(asked, (), fits)


def _is_among(number: int | None, told: Option) -> bool:
    """Return whether a number is among the values of an option, or not known where the option is that."""
    if number is None or not isinstance(told.value, int) or not isinstance(told.most, int):
        return number is None and told.value is None
    return told.value <= number <= told.most


@functools.lru_cache(maxsize=8)
def _combinations(ruleset: Ruleset | None) -> frozenset[_Combination]:
    """Return every combination of the numbers of a session."""
    numbers = range(1, MOST_SESSIONS + 1)
    scoring = None if ruleset is None else ruleset.scoring
    return frozenset(_combination(session, planned, scoring) for session in numbers for planned in (None, *numbers))


def _combination(session: int, planned: int | None, scoring: Scoring | None) -> _Combination:
    found = None if scoring is None else phase_at(scoring, planned, session)
    phase = None if found is None else PHASES.index(found)
    if planned is None:
        return session, None, None, None, phase
    return session, planned, planned - session, 100 * session // planned, phase
