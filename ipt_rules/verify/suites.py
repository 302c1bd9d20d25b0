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
from ipt_rules.drawn.courses import draw_check_in, draw_course
from ipt_rules.drawn.intakes import Seeded, draw_intake
from ipt_rules.errors import IntakeError
from ipt_rules.intake import Intake
from ipt_rules.kept import kept
from ipt_rules.ruleset.conditions import Comparison
from ipt_rules.sessions import NewFacts
from ipt_rules.verify.aims import Aims
from ipt_rules.verify.changed import changed
from ipt_rules.verify.claims import Claim, possible
from ipt_rules.verify.shortened import shortened
from ipt_rules.verify.witnesses import SEED, rows_of, witness_of
from ipt_rules.vocabulary import ROW_KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from ipt_rules.facts import Row
    from ipt_rules.ruleset import Ruleset
    from ipt_rules.ruleset.cells import Cell, Space
    from ipt_rules.verify.aims import Aim

CaseT = TypeVar("CaseT", Intake, Course)
_Shown: TypeAlias = tuple[CaseT, "frozenset[Aim]"]
"""A case, and what it shows."""

_ROUNDS: Final = 3
"""How often a row is changed in a row towards one aim."""

_LOOKED_AT: Final = 10
"""How many rows of a case are looked at for the one that is nearest."""

_FEW: Final = 3
"""A third of the cases, those that show least alone, are tried to be spared."""

_NOT_AGAIN: Final = {"day": None, "new_facts": NewFacts(), "ended": None}
"""What a session that is like an earlier one has not."""

_SCARCE: Final = 20
"""How many other aims one is worth that a course can show in its last session alone."""

_OF_SESSIONS: Final = ("checkin", "event")
_OF_INTAKES: Final = tuple(kind for kind in ROW_KINDS if kind not in _OF_SESSIONS)
_DRAWN: Final = 200
_MOST_SUBJECTS: Final = 12
_MOST_PEOPLE: Final = 12
_MOST_SESSIONS: Final = 30
_MOST_NUMBER: Final = 50
_CHANGES: Final = 280
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


def suite(ruleset: Ruleset, tell: Callable[[str], None] = lambda _: None, *, drawn: int = _DRAWN) -> Suite:
    """Return few intakes and courses that meet every feasible obligation of a rule set, and kill every mutant.

    Args:
        ruleset: the rules.
        tell: is told how far it is.
        drawn: how many intakes of each of two sizes are drawn to begin with, and courses likewise; with fewer it takes less time
            and more cases.

    """
    aims = Aims(ruleset)
    choose = Seeded(random.Random(SEED))
    sizes = ((_MOST_SUBJECTS, _MOST_PEOPLE), (4, 6))
    made = [
        draw_intake(choose, most_subjects=subjects, most_people=people)
        for subjects, people in sizes
        for _ in range(drawn)
    ]
    intakes, left = _Cover(aims, made, choose, tell).of(aims.all(_OF_INTAKES))
    wanted = left | aims.all(_OF_SESSIONS)
    if not wanted:
        return Suite(tuple(intakes), (), frozenset())
    choose = Seeded(random.Random(SEED))
    lengths = (_MOST_SESSIONS * 2 // 3, _MOST_SESSIONS // 3)
    courses = [draw_course(choose, most_sessions=most, ruleset=ruleset) for most in lengths for _ in range(drawn)]
    held, missing = _Cover(aims, courses, choose, tell).of(wanted)
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
            case, shown = max(self._drawn, key=lambda one: self._worth(one[1] & left))
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
        short = self._short(taken, wanted - missing)
        fewer = self._fewer(short, wanted - missing)
        return self._short(fewer, wanted - missing), frozenset(missing)

    def _witness(self, aim: Aim) -> _Shown[CaseT] | None:
        for space, points in self._aims.points(aim):
            case = witness_of(self._aims.ruleset, space, points)
            if isinstance(case, self._type):
                return case, self._aims.shown_by(case)
        return None

    def _with_more(self, case: CaseT, shown: frozenset[Aim], left: set[Aim]) -> _Shown[CaseT]:
        """Return a case changed so that it shows more of what is missing, for as long as that goes on.

        What the last session of a therapy alone can show comes last, since nothing follows it.
        """
        for number in range(_CHANGES):
            at_the_end = number >= _CHANGES * 3 // 4
            open_ = sorted(aim for aim in left - shown if (aim in self._scarce) is at_the_end)
            if not open_:
                continue
            longer = None if at_the_end else self._longer(case)
            other = self._towards(longer or case, self._choose.one_of(open_), last=at_the_end or longer is not None)
            if other is None:
                continue
            more = self._aims.shown_by(other)
            if self._worth(more & left) > self._worth(shown & left):
                case, shown = other, more
        return case, shown

    def _longer(self, case: CaseT) -> CaseT | None:
        """Return a course with one session more, three times in four that there can be one: drawn, or like an earlier one."""
        if not isinstance(case, Course) or not case.check_ins or self._choose.chance(25):
            return None
        last = case.check_ins[-1]
        if last.ended or last.session >= _MOST_NUMBER or len(case.check_ins) >= _MOST_SESSIONS:
            return None
        if self._choose.chance(30):
            return case.with_check_in(draw_check_in(self._choose, case, may_end=False, most_missed=0))
        like = self._choose.one_of(case.check_ins).model_copy(update={"session": last.session + 1, **_NOT_AGAIN})
        try:
            return case.with_check_in(like)
        except IntakeError:  # what was told then does not fit what is agreed now
            return None

    def _towards(self, case: CaseT, aim: Aim, *, last: bool) -> CaseT | None:
        """Return a case with a row changed so that it may show an aim; with ``last``, one of the last session."""
        ways = list(self._aims.points(aim))
        if not ways:
            return None
        space, points = self._choose.one_of(ways)
        made: CaseT | None = None
        for _ in range(_ROUNDS):
            row = self._nearest(made or case, space, points, last=last)
            cells = {} if row is None else _differing(row, space, points)
            other = changed(made or case, row, cells, self._aims.ruleset) if row and cells else None
            if not isinstance(other, self._type):
                break
            made = other
        return made

    def _nearest(self, case: CaseT, space: Space, points: int, *, last: bool) -> Row | None:
        """Return the row of a case that has to be changed least; of some, where there are many."""
        rows = [row for row in rows_of(case, self._aims.ruleset) if row.kind == space.kind]
        if last and rows:
            session = rows[-1].place.partition(".")[0]
            rows = [row for row in rows if row.place.partition(".")[0] == session]
        some = [self._choose.one_of(rows) for _ in range(_LOOKED_AT)] if len(rows) > _LOOKED_AT else rows
        return min(some, key=lambda row: len(_differing(row, space, points)), default=None)

    def _worth(self, shown: Collection[Aim]) -> int:
        """Return what some aims are worth; those that one row alone of a case can show, more than others."""
        return len(shown) + _SCARCE * len(self._scarce.intersection(shown))

    @kept
    def _scarce(self) -> frozenset[Aim]:
        """The aims that only the last session of a therapy can show, for which each course has one row."""
        return _of_the_end(self._aims) if self._type is Course else frozenset()

    def _short(self, cases: Iterable[CaseT], wanted: frozenset[Aim]) -> list[CaseT]:
        """Return the cases without those that the others make superfluous, each without all that shows nothing more."""
        left: list[_Shown[CaseT]] = [(case, self._aims.shown_by(case) & wanted) for case in cases]
        short: list[_Shown[CaseT]] = []
        while left:
            one = left.pop(0)
            own = _own(one, short + left)
            if own:
                made = self._without_the_rest(one[0], own)
                short.append((made, self._aims.shown_by(made) & wanted))
                self._tell(f"{len(short)} cases made short, {len(left)} left")
        return [case for case, _ in short]

    def _fewer(self, cases: Sequence[CaseT], wanted: frozenset[Aim]) -> list[CaseT]:
        """Return the cases without those of which the others can come to show all that nothing else shows."""
        left: list[_Shown[CaseT]] = [(case, self._aims.shown_by(case) & wanted) for case in cases]
        order = sorted(((len(_own(one, left)), number) for number, one in enumerate(left)))
        for one in [left[number] for _, number in order[: len(order) // _FEW + 1]]:
            others = [entry for entry in left if entry is not one]
            if one in left and (taken_over := self._taking_over(_own(one, left), others)):
                left = taken_over
                self._tell(f"{len(left)} cases, one taken over by others")
        return [case for case, _ in left]

    def _taking_over(self, own: frozenset[Aim], others: Sequence[_Shown[CaseT]]) -> list[_Shown[CaseT]] | None:
        """Return some cases changed so that they show more, and all that they alone showed; None where that was not found."""
        left, entries = set(own), list(others)
        for _ in range(_CHANGES if entries else 0):
            if not left:
                return entries
            number = self._choose.number(0, len(entries) - 1)
            case = entries[number][0]
            longer = self._longer(case)
            other = self._towards(longer or case, self._choose.one_of(sorted(left, key=str)), last=longer is not None)
            more = frozenset() if other is None else self._aims.shown_by(other)
            if other is not None and more & left and _own(entries[number], entries) <= more:
                entries[number] = other, more
                left -= more
        return None if left else entries

    def _without_the_rest(self, case: CaseT, own: frozenset[Aim]) -> CaseT:
        return shortened(case, lambda one: own <= self._aims.shown_by(one))


def _own(one: _Shown[CaseT], entries: Iterable[_Shown[CaseT]]) -> frozenset[Aim]:
    """Return what one case shows and none of some others does."""
    return one[1].difference(*(shown for case, shown in entries if case is not one[0]))


def _of_the_end(aims: Aims) -> frozenset[Aim]:
    """Return the aims that no session shows after which the therapy goes on."""
    goes_on = Claim(Comparison("course.ended", "is", True), False)

    def may_go_on(aim: Aim) -> bool:
        kind, ruleset = aims.kind_of(aim), aims.ruleset
        return any(possible(kind, (*claims, goes_on), ruleset=ruleset) for claims in aims.claims(aim))

    return frozenset(aim for aim in aims.all(_OF_SESSIONS) if not may_go_on(aim))


def _differing(row: Row, space: Space, points: int) -> dict[str, Cell]:
    """Return the cells in which fields of a row would have to lie that do not."""
    at = {name: space.cell_of(name, row.value(name)) for name in space.cells}
    near = space.nearest(points, at, sorted(space.cells))
    return {name: space.cells[name][cell] for name, cell in near.items() if cell != at[name]}
