"""The smallest sets of changed answers that put another area first.

What may change is every answer that the ranking reads, open or given, about what is recorded, and questions that come to arise with
it; a list of events that was not asked for may turn out empty; and there may be one more loss, dispute, change or history of
isolation. A change has a price by the rule set: answering an open question costs least, what has happened costs more, and one more
event most. Sets are tried in the order of their prices, but for those that surely do not do it (``gaps``). So where the search was
not cut short, no cheaper set is missing, but for those that contain one that was found.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ipt_rules.errors import IntakeError
from ipt_rules.explain.changes import Changeable, Space, space_of, with_left_out
from ipt_rules.explain.dates_apart import ONSET, is_date, onsets_apart
from ipt_rules.explain.events import one_more_event
from ipt_rules.explain.gaps import Gaps
from ipt_rules.explain.trials import Trials, changed_intake
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
        at_least: for each area that was looked for, the price below which there is surely no set but those found, and those that
            contain one of them.

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
    options = _Options(space_of(trials.ruleset), intake)
    areas = [area for area in (AREAS if to is None else (to,)) if area != trials.base.first]
    searches = [_OfArea(trials, area, options) for area in areas]
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

    def __init__(self, trials: Trials, area: Area, options: _Options) -> None:
        self.area = area
        self.found: list[FlipFound] = []
        self.at_least = 1
        self._changed: list[frozenset[str]] = []
        self._trials = trials
        self._options = options
        self._gaps = Gaps(trials, options.space, area)
        self._left = MOST_TRIALS

    def look_at(self, price: int, most: int) -> None:
        """Try the sets of one price, until as many are found as are wanted, or the search has taken as much as it may."""
        if self._left <= 0:
            return
        for answers in self._gaps.sets(price, self._changed):
            if self._left <= 0:
                return
            flip = self._try(answers, price)
            if flip is not None:
                self.found.append(flip)
                self._changed.append(flip.changed)
                if len(self.found) == most:
                    return
        if self._left > 0:
            self.at_least = price + 1

    def be_brief(self) -> None:
        """Look only a little further, since something smaller is found already."""
        self._left = min(self._left, MOST_TRIALS_FOR_MORE)

    def with_an_event(self) -> list[FlipFound]:
        """Return the flip by one more event, if one is found."""
        added = one_more_event(self.area, self._trials, self._options.space)
        if added is None or not is_first_with(added[1], self.area, self._trials):
            return []
        price = self._trials.ruleset.scoring.prices["event"]
        return [FlipFound(self.area, added[1], added[0], price, exact=price <= self.at_least)]

    def _try(self, answers: Sequence[Changeable], price: int) -> FlipFound | None:
        for changed in self._options.choices([answer.place for answer in answers]):
            if self._left <= 0:
                return None
            self._left -= 1
            changes = with_left_out(self._trials.intake, changed)
            if self._trials.outcome(changes).first == self.area and is_first_with(changes, self.area, self._trials):
                return FlipFound(self.area, changes, "", price, exact=price <= self.at_least)
        return None


class _Options:
    """The other answers of one intake, found when they are first needed."""

    def __init__(self, space: Space, intake: Intake) -> None:
        self.space = space
        self._intake = intake
        self._found: dict[str, tuple[Any, ...]] = {}

    def choices(self, places: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Yield each choice of other answers at some places."""
        events = [place for place in places if is_date(place) and place != ONSET]
        if events and ONSET in places:
            yield from self._with_an_onset(places, events)
        else:
            yield from _each({place: self._of(place) for place in places})

    def _of(self, place: str) -> tuple[Any, ...]:
        if place not in self._found:
            self._found[place] = self.space.tellings(self._intake, place)
        return self._found[place]

    def _with_an_onset(self, places: Sequence[str], events: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Yield each choice where dates of events change with the onset: for each onset, the dates that it tells apart."""
        others = {place: self._of(place) for place in places}
        for onset in onsets_apart(self._intake, events, self.space.tests):
            changed = changed_intake(self._intake, {ONSET: onset})
            dated = {place: self.space.tellings(changed, place) for place in events}
            yield from _each({**others, **dated, ONSET: (onset,)})


def _each(options: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    for chosen in itertools.product(*options.values()):
        yield dict(zip(options, chosen, strict=True))


def is_first_with(changes: Mapping[str, Any], area: Area, trials: Trials) -> bool:
    """Return whether the changed intake is one that may be recorded, and an area is first in it, alone."""
    try:
        changed = with_answers(trials.intake, {**changes, "asked_without_answer": []})
    except IntakeError:
        return False
    return Trials(changed, trials.ruleset).base.first == area
