"""What is missing for an area to be first, and which sets of answers could make up for it.

The limits of ``influence`` say how far each answer can move an area's points; a set whose limits together do not close the gap is
passed over, and so is one that contains a set that does it already. No other is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ipt_rules.explain.changes import deciding
from ipt_rules.explain.influence import SHARES, Influence
from ipt_rules.kept import kept
from ipt_rules.words import AREAS, Area

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from ipt_rules.explain.changes import Changeable, Space
    from ipt_rules.explain.trials import Trials


class Gaps:
    """What is missing for an area to be first, and the sets of answers that could make up for it.

    Args:
        trials: trials of an intake.
        space: what could be told otherwise.
        area: the area that is to be first.

    """

    def __init__(self, trials: Trials, space: Space, area: Area) -> None:
        self._trials = trials
        self._area = area
        base = trials.base
        self._answers = space.changeable(trials.intake, arising=False)
        arising = {answer.place for answer in space.changeable(trials.intake)}
        self._deciding = {one.place: deciding(one.place) for one in self._answers if one.place not in arising}
        self._influence = Influence(
            trials.ruleset, trials.subjects, trials.patient, [answer.place for answer in self._answers]
        )
        may_be_held_back = trials.ruleset.may_be_held_back
        self._rivals = [
            other for other in AREAS if other != area and other not in base.held_back and base.points[other] > 0
        ]
        fixed: list[Area] = [other for other in self._rivals if other not in may_be_held_back]
        fixed.sort(key=lambda other: -base.points[other])
        self._rival = next(iter(fixed), None)

    def sets(self, price: int, found: Sequence[AbstractSet[str]]) -> Iterator[tuple[Changeable, ...]]:
        """Yield the sets of answers of this price that could put the area first, those with most influence first.

        Args:
            price: what a set costs.
            found: sets that do it; those that contain one are passed over, also of those that are added meanwhile.

        """
        seen: set[frozenset[str]] = set()
        for needed, gains in self._needs:
            order = sorted(self._answers, key=lambda one: (-gains[one.place], one.place in self._deciding))
            for chosen in _subsets(order, gains, price, needed, _Passed(found, self._deciding)):
                places = frozenset(answer.place for answer in chosen)
                if places not in seen:
                    seen.add(places)
                    yield tuple(sorted(chosen, key=self._answers.index))

    @kept
    def _needs(self) -> tuple[tuple[int, Mapping[str, int]], ...]:
        return tuple(self._missing())

    def _missing(self) -> Iterator[tuple[int, Mapping[str, int]]]:
        """Yield, for each focus that the area could have, the points that are missing and what each answer could make up.

        An answer that makes up nothing by itself may still be needed beside others: to keep off what they bring about, to lose the
        weaker findings of a body of evidence too, to end another focus, or to hold an area back.
        """
        base, scoring = self._trials.base, self._trials.ruleset.scoring
        least = scoring.levels["possible"]
        if self._rival is not None:
            least = max(least, base.points[self._rival] + 1)
        down = self._down()
        for row in (*range(len(self._trials.subjects)), None):
            has = self._trials.points_on(row, self._area)
            up = self._influence.up(self._area, row)
            gains = {place: up.get(place, 0) + down.get(place, 0) for place in {*up, *down}}
            yield SHARES * (least - has), self._of_all(gains)

    def _of_all(self, gains: Mapping[str, int]) -> Mapping[str, int]:
        """Return what each answer makes up; one that lets a question arise as much as the answer to it, to go before."""
        found = {answer.place: gains.get(answer.place, 0) for answer in self._answers}
        for place, decided_at in self._deciding.items():
            if decided_at in found:
                found[decided_at] = max(found[decided_at], found[place])
        return found

    def _down(self) -> Mapping[str, int]:
        """Return the most points that each answer can take from the rival that has most."""
        if self._rival is None:
            return {}
        return self._influence.down(self._rival, self._trials.best_row(self._rival))


@dataclass(frozen=True, slots=True)
class _Passed:
    """What is passed over: sets that contain one that does it, and answers to questions that do not arise.

    Attributes:
        found: the sets that do it.
        deciding: the place of a question that does not arise now → the place of the answer that decides it.

    """

    found: Sequence[AbstractSet[str]]
    deciding: Mapping[str, str | None]

    def over(self, chosen: Sequence[Changeable]) -> bool:
        """Return whether a set is passed over, and all that contain it and what comes after its last answer."""
        places = {answer.place for answer in chosen}
        return any(one <= places for one in self.found) or not self._arises(chosen[-1:], places)

    def _arises(self, last: Sequence[Changeable], places: AbstractSet[str]) -> bool:
        return all(self.deciding[one.place] in places for one in last if one.place in self.deciding)


def _subsets(
    order: Sequence[Changeable], gains: Mapping[str, int], price: int, needed: int, passed: _Passed
) -> Iterator[tuple[Changeable, ...]]:
    """Yield the sets of a price whose gains together reach what is needed.

    Args:
        order: the answers, those with most gain first; those by which a question comes to arise before the answer to that.
        gains: what each can make up at the most.
        price: what the set costs.
        needed: what has to be made up.
        passed: the sets that are passed over.

    """
    cheapest = min((answer.price for answer in order), default=1)
    costs = [1]  # what answers from each on can cost together, one bit for each sum
    for answer in reversed(order):
        costs.insert(0, costs[0] | costs[0] << answer.price)

    def grow(start: int, chosen: tuple[Changeable, ...], left: int, missing: int) -> Iterator[tuple[Changeable, ...]]:
        if passed.over(chosen):
            return
        if left == 0:
            if missing <= 0:
                yield chosen
            return
        for number in range(start, len(order)):
            answer = order[number]
            if gains[answer.place] * (left // cheapest) < missing or not costs[number] >> left & 1:
                return  # those that follow have no more to give, or do not make up the price
            if answer.price <= left:
                yield from grow(number + 1, (*chosen, answer), left - answer.price, missing - gains[answer.place])

    yield from grow(0, (), price, needed)
