"""Suites: few intakes, and few courses, that show all that is aimed at of a rule set.

Cases are drawn, the one that shows most of what is still missing is taken and changed towards more of it, row by row, as long
as it loses nothing; then the next. What no drawn case comes near gets a witness of its own. At the end all is left out that the
others show too, and of each case all that it shows nothing by.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, TypeAlias, TypeVar

from ipt_rules.course import Course
from ipt_rules.drawn.courses import draw_course
from ipt_rules.drawn.intakes import Seeded, draw_intake
from ipt_rules.intake import Intake
from ipt_rules.verify.aims import Aims
from ipt_rules.verify.changed import changed
from ipt_rules.verify.shortened import shortened
from ipt_rules.verify.witnesses import SEED, rows_of, witness_of
from ipt_rules.vocabulary import ROW_KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ipt_rules.ruleset import Ruleset
    from ipt_rules.verify.aims import Aim

CaseT = TypeVar("CaseT", Intake, Course)
_Shown: TypeAlias = tuple[CaseT, "frozenset[Aim]"]
"""A case, and what it shows."""

_OF_SESSIONS: Final = ("checkin", "event")
_OF_INTAKES: Final = tuple(kind for kind in ROW_KINDS if kind not in _OF_SESSIONS)
_DRAWN_INTAKES: Final = 300
_DRAWN_COURSES: Final = 160
_MOST_SUBJECTS: Final = 12
_MOST_PEOPLE: Final = 12
_MOST_SESSIONS: Final = 20
_CHANGES: Final = 160
"""How often one case is changed towards what is missing."""


@dataclass(frozen=True)
class Suite:
    """Intakes and courses that show what is aimed at.

    Attributes:
        intakes: the intakes.
        courses: the courses, for the rules of sessions and events, and for foci that no intake proposes.
        missing: what none of them shows.

    """

    intakes: tuple[Intake, ...]
    courses: tuple[Course, ...]
    missing: frozenset[Aim]


def suite(ruleset: Ruleset, tell: Callable[[str], None] = lambda _: None) -> Suite:
    """Return few intakes and courses that meet every feasible obligation of a rule set, and kill every mutant.

    Args:
        ruleset: the rules.
        tell: is told how far it is.

    """
    aims = Aims(ruleset)
    choose = Seeded(random.Random(SEED))
    sizes = ((_MOST_SUBJECTS, _MOST_PEOPLE), (4, 6))
    drawn = [
        draw_intake(choose, most_subjects=subjects, most_people=people)
        for subjects, people in sizes
        for _ in range(_DRAWN_INTAKES)
    ]
    intakes, left = _Cover(aims, drawn, choose, tell).of(aims.all(_OF_INTAKES))
    lengths = (_MOST_SESSIONS, _MOST_SESSIONS // 2)
    courses = [
        draw_course(choose, most_sessions=most, ruleset=ruleset) for most in lengths for _ in range(_DRAWN_COURSES)
    ]
    held, missing = _Cover(aims, courses, choose, tell).of(left | aims.all(_OF_SESSIONS))
    return Suite(tuple(intakes), tuple(held), missing)


class _Cover(Generic[CaseT]):
    """Covers what is aimed at by few cases of one type."""

    def __init__(self, aims: Aims, drawn: Sequence[CaseT], choose: Seeded, tell: Callable[[str], None]) -> None:
        self._aims = aims
        self._type: type[CaseT] = type(drawn[0])
        self._drawn: list[_Shown[CaseT]] = [(case, aims.shown_by(case)) for case in drawn]
        self._choose = choose
        self._tell = tell

    def of(self, wanted: frozenset[Aim]) -> tuple[list[CaseT], frozenset[Aim]]:
        """Return cases that show what is wanted, and what none of them shows."""
        left, missing = set(wanted), set()
        taken: list[CaseT] = []
        while left:
            case, shown = max(self._drawn, key=lambda one: len(one[1] & left))
            if not shown & left:
                aim = min(left)
                found = self._witness(aim)
                if found is None:
                    missing.add(aim)
                    left.discard(aim)
                    continue
                case, shown = found
            case, shown = self._with_more(case, shown, left)
            taken.append(case)
            left -= shown
            self._tell(f"{len(taken)} cases, {len(left)} left")
        return self._short(taken, wanted - missing), frozenset(missing)

    def _witness(self, aim: Aim) -> _Shown[CaseT] | None:
        for space, points in self._aims.points(aim):
            case = witness_of(self._aims.ruleset, space, points)
            if isinstance(case, self._type):
                return case, self._aims.shown_by(case)
        return None

    def _with_more(self, case: CaseT, shown: frozenset[Aim], left: set[Aim]) -> _Shown[CaseT]:
        """Return a case changed so that it shows more of what is missing, for as long as that goes on."""
        for _ in range(_CHANGES):
            open_ = sorted(left - shown)
            if not open_:
                break
            other = self._towards(case, self._choose.one_of(open_))
            if other is None:
                continue
            more = self._aims.shown_by(other)
            if len(more & left) > len(shown & left):
                case, shown = other, more
        return case, shown

    def _towards(self, case: CaseT, aim: Aim) -> CaseT | None:
        """Return a case with a row changed so that it may show an aim."""
        kind = self._aims.kind_of(aim)
        rows = [row for row in rows_of(case, self._aims.ruleset) if row.kind == kind]
        ways = list(self._aims.points(aim))
        if not rows or not ways:
            return None
        row, (space, points) = self._choose.one_of(rows), self._choose.one_of(ways)
        at = {name: space.cell_of(name, row.value(name)) for name in space.cells}
        near = space.nearest(points, at, sorted(space.cells))
        cells = {name: space.cells[name][cell] for name, cell in near.items() if cell != at[name]}
        other = changed(case, row, cells, self._aims.ruleset)
        return other if other is None or isinstance(other, type(case)) else None

    def _short(self, cases: Iterable[CaseT], wanted: frozenset[Aim]) -> list[CaseT]:
        """Return the cases without those that the others make superfluous, each without all that shows nothing more."""
        entries: list[_Shown[CaseT]] = [(case, self._aims.shown_by(case) & wanted) for case in cases]
        number: int
        kept: list[_Shown[CaseT]] = []
        for number, (case, shown) in enumerate(entries):
            others: frozenset[Aim] = frozenset().union(*(one for _, one in (*kept, *entries[number + 1 :])))
            own = shown - others
            if own:
                made = self._without_the_rest(case, own)
                kept.append((made, self._aims.shown_by(made) & wanted))
                self._tell(f"{len(kept)} cases made short")
        return [case for case, _ in kept]

    def _without_the_rest(self, case: CaseT, own: frozenset[Aim]) -> CaseT:
        return shortened(case, lambda one: own <= self._aims.shown_by(one))
