"""The smallest sets of changed answers that put another area first.

What may change is every answer that the ranking reads, open or given, about what is recorded; and one more loss, dispute, change or
history of isolation, in a list that was asked for or not. A change has a price by the rule set: answering an open question costs
least, what has happened costs more, and one more event most. Sets are tried in the order of their prices. Those are passed over
that surely do not do it: the limits of ``influence`` say how far each answer can move an area's points. So where the search was not
cut short, no cheaper set is missing, but for those that contain one that was found.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ipt_rules.errors import IntakeError
from ipt_rules.explain.changes import Changeable, Space, space_of, with_left_out
from ipt_rules.explain.events import one_more_event
from ipt_rules.explain.influence import SHARES, Influence
from ipt_rules.explain.trials import Trials
from ipt_rules.intake import SUBJECT_LISTS
from ipt_rules.kept import kept
from ipt_rules.open_answers import with_answers
from ipt_rules.words import AREAS, Area

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ipt_rules.intake import Intake
    from ipt_rules.ruleset.model import Ruleset

MOST_TRIALS: Final = 400
"""How many trials one area's search may take before it is cut short; a number and no time, so that an answer is the same always."""


MOST_TRIALS_FOR_MORE: Final = 40
"""How many it may take once some set is found, to find others."""


@dataclass(frozen=True, slots=True)
class FlipFound:
    """A set of changed answers that puts another area first.

    Attributes:
        to: the area that is first then, alone.
        changes: place → plain answer; None where a question does not arise any more. A list that gains an entry is given whole.
        event: the place of the event that is added, if one is.
        price: what the changes cost together, by the rule set.
        exact: whether no cheaper set puts this area first, but for those that stand before this one or contain one of those.

    """

    to: Area
    changes: Mapping[str, Any]
    event: str
    price: int
    exact: bool

    @property
    def changed(self) -> frozenset[str]:
        """The places of the changes without those that are only left out with them."""
        return frozenset(place for place, answer in self.changes.items() if answer is not None)


@dataclass(frozen=True, slots=True)
class Search:
    """What a search for flips came to.

    Attributes:
        flips: the sets found, the cheapest first.
        at_least: for each area that was looked for, the price below which there is surely no set.

    """

    flips: tuple[FlipFound, ...]
    at_least: Mapping[Area, int]


def search_flips(
    intake: Intake, ruleset: Ruleset, *, to: Area | None = None, most: int = 3, trials: Trials | None = None
) -> Search:
    """Return the cheapest sets of changed answers that put another area first.

    Args:
        intake: the intake as it is.
        ruleset: the rules.
        to: the area that is to be first; None for whichever takes least.
        most: how many sets to return at the most.
        trials: trials of this intake by these rules, where there are some already.

    """
    trials = trials or Trials(intake, ruleset)
    searches = [_OfArea(trials, area) for area in (AREAS if to is None else (to,)) if area != trials.base.first]
    event = ruleset.scoring.prices["event"]
    for price in range(1, event):
        for search in searches:
            search.look_at(price, most)
        if sum(len(search.found) for search in searches) >= most:
            break
        if any(search.found for search in searches):
            for search in searches:
                search.be_brief()
    found = in_order(flip for search in searches for flip in search.found)
    if len(found) < most:
        found = in_order([*found, *(flip for search in searches for flip in search.with_an_event())])
    return Search(tuple(found[:most]), {search.area: search.at_least for search in searches})


def in_order(flips: Iterable[FlipFound]) -> list[FlipFound]:
    """Return flips in the order in which they are told, the cheapest first."""
    return sorted(flips, key=lambda flip: (flip.price, AREAS.index(flip.to), len(flip.changes), sorted(flip.changes)))


class _OfArea:
    """The search for one area."""

    def __init__(self, trials: Trials, area: Area) -> None:
        self.area = area
        self.found: list[FlipFound] = []
        self.at_least = 1
        self._trials = trials
        self._space: Space = space_of(trials.ruleset)
        self._intake = trials.intake
        self._gaps = _Gaps(trials, self._space, area)
        self._left = MOST_TRIALS
        self._others: dict[str, tuple[Any, ...]] = {}

    def look_at(self, price: int, most: int) -> None:
        """Try the sets of one price, until as many are found as are wanted, or the search has taken as much as it may."""
        if self._left <= 0:
            return
        for answers in self._gaps.sets(price, self.found):
            if self._left <= 0:
                return
            flip = self._try(answers, price)
            if flip is not None:
                self.found.append(flip)
                if len(self.found) == most:
                    return
        self.at_least = price + 1

    def be_brief(self) -> None:
        """Look only a little further, since something smaller is found already."""
        self._left = min(self._left, MOST_TRIALS_FOR_MORE)

    def with_an_event(self) -> list[FlipFound]:
        """Return the flip by one more event, if one is found."""
        added = one_more_event(self.area, self._trials, self._space)
        if added is None or not is_first_with(added[1], self.area, self._trials):
            return []
        price = self._trials.ruleset.scoring.prices["event"]
        return [FlipFound(self.area, added[1], added[0], price, exact=price <= self.at_least)]

    def _try(self, answers: Sequence[Changeable], price: int) -> FlipFound | None:
        options = [self._options(one.place) for one in answers]
        for chosen in itertools.product(*options):
            changed = {one.place: option for one, option in zip(answers, chosen, strict=True)}
            changes = with_left_out(self._intake, changed)
            self._left -= 1
            if self._trials.outcome(changes).first == self.area and is_first_with(changes, self.area, self._trials):
                return FlipFound(self.area, changes, "", price, exact=price <= self.at_least)
        return None

    def _options(self, place: str) -> tuple[Any, ...]:
        if place not in self._others:
            self._others[place] = self._space.other_answers(self._intake, place)
        return self._others[place]


def is_first_with(changes: Mapping[str, Any], area: Area, trials: Trials) -> bool:
    """Return whether the changed intake is one that may be recorded, and an area is first in it, alone."""
    try:
        changed = with_answers(trials.intake, {**changes, "asked_without_answer": []})
    except IntakeError:
        return False
    return Trials(changed, trials.ruleset).base.first == area


class _Gaps:
    """What is missing for an area to be first, and the sets of answers that could make up for it."""

    def __init__(self, trials: Trials, space: Space, area: Area) -> None:
        self._trials = trials
        self._area = area
        base = trials.base
        self._answers = [answer for answer in space.changeable(trials.intake) if answer.place not in SUBJECT_LISTS]
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

    def sets(self, price: int, found: Sequence[FlipFound]) -> Iterator[tuple[Changeable, ...]]:
        """Yield the sets of answers of this price that could put the area first, those with most influence first.

        Args:
            price: what a set costs.
            found: flips; sets that contain one are passed over, those that are found meanwhile too.

        """
        seen: set[frozenset[str]] = set()
        for needed, gains in self._needs:
            order = sorted(self._answers, key=lambda answer: -gains[answer.place])
            for chosen in _subsets(order, gains, price, needed, found):
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
            yield SHARES * (least - has), {answer.place: gains.get(answer.place, 0) for answer in self._answers}

    def _down(self) -> Mapping[str, int]:
        """Return the most points that each answer can take from the rival that has most."""
        if self._rival is None:
            return {}
        return self._influence.down(self._rival, self._trials.best_row(self._rival))


def _subsets(
    order: Sequence[Changeable], gains: Mapping[str, int], price: int, needed: int, found: Sequence[FlipFound]
) -> Iterator[tuple[Changeable, ...]]:
    """Yield the sets of a price whose gains together reach what is needed, and which contain no flip.

    Args:
        order: the answers, those with most gain first.
        gains: what each can make up at the most.
        price: what the set costs.
        needed: what has to be made up.
        found: the flips.

    """
    cheapest = min((answer.price for answer in order), default=1)
    costs = [1]  # of what the answers from each on can cost together, one bit for each sum
    for answer in reversed(order):
        costs.insert(0, costs[0] | costs[0] << answer.price)

    def grow(start: int, chosen: tuple[Changeable, ...], left: int, missing: int) -> Iterator[tuple[Changeable, ...]]:
        places = {answer.place for answer in chosen}
        if any(flip.changed <= places for flip in found):
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
