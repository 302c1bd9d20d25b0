"""What plain search leaves bounded, decided: flips, winners and sufficient facts by the extra ``verify``."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from ipt_rules.explain.changes import LISTS, space_of
from ipt_rules.explain.completions import answers_against, answers_towards
from ipt_rules.explain.dates_apart import is_date
from ipt_rules.explain.flips import FlipFound, Search, in_order, is_first_with
from ipt_rules.explain.solving import changing, completing, solver_class
from ipt_rules.explain.sufficient import Sufficient, is_needed, told, with_only
from ipt_rules.explain.trials import Trials, changed_intake
from ipt_rules.explain.winners import Chance, Found, is_so
from ipt_rules.kept import kept

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from ipt_rules.explain.changes import Space
    from ipt_rules.explain.choices import Answers
    from ipt_rules.explain.clauses import Total
    from ipt_rules.explain.solving import Decision, Solving
    from ipt_rules.explain.trials import Outcome
    from ipt_rules.words import Area

_Further: TypeAlias = "Callable[[Trials, Space], dict[str, Any] | None]"
"""Answers what is left open, with a goal."""


def exact_flips(search: Search, trials: Trials, most: int) -> Search:
    """Return the flips that a search came to, and those that it may have missed below the price of one more event.

    Raises:
        MissingExtraError: the extra ``verify`` is not installed.

    """
    solver_class()
    searches = [_OfArea(area, least, search, trials) for area, least in search.at_least.items()]
    flips = list(search.flips)
    for price in range(1, trials.ruleset.scoring.prices["event"]):
        for one in searches:
            flips += one.missed(price, most)
        if sum(flip.price <= price for flip in flips) >= most:
            break
    at_least = {one.area: one.at_least for one in searches}
    flips = [replace(flip, exact=flip.price <= at_least[flip.to]) for flip in flips]
    return Search(tuple(in_order(flips)[:most]), at_least)


class _OfArea:
    """The search for the flips of one area that an earlier one may have missed."""

    def __init__(self, area: Area, least: int, search: Search, trials: Trials) -> None:
        self.area = area
        self.at_least = least
        self._trials = trials
        self._known = [flip for flip in search.flips if flip.to == area and not flip.event]

    def missed(self, price: int, most: int) -> list[FlipFound]:
        """Return the sets of at most a price that were missed, each containing none that is known; no more than are wanted."""
        found: list[FlipFound] = []
        while self.at_least == price and len(found) < most:
            decision = self._solving.decide([self._alone, self._costs_at_most(price)], self._confirmed)
            if decision.answers is not None:
                found.append(FlipFound(self.area, decision.answers, "", price, exact=True))
                self._solving.forbid_all_of(_changed(decision.answers))
            elif decision.is_sure:
                self.at_least += 1
            else:
                break
        return found

    @kept
    def _model(self) -> tuple[Solving, Mapping[str, int]]:
        return changing(self._trials, space_of(self._trials.ruleset))

    @kept
    def _solving(self) -> Solving:
        solving, _ = self._model
        for flip in self._known:
            solving.forbid_all_of(_changed(flip.changes))
        return solving

    @kept
    def _alone(self) -> int:
        return self._solving.ranking.alone(self.area)

    @kept
    def _total(self) -> Total:
        solving, prices = self._model
        return solving.price(prices)

    def _costs_at_most(self, price: int) -> int:
        return -self._total.at_least(price + 1)

    def _confirmed(self, changes: Mapping[str, Any]) -> Mapping[str, Any] | None:
        return changes if is_first_with(changes, self.area, self._trials) else None


def _changed(changes: Mapping[str, Any]) -> list[str]:
    """Return the places of changes without those that are only left out with them."""
    return [place for place, answer in changes.items() if answer is not None]


def exact_winners(found: Found, trials: Trials) -> Found:
    """Return which areas could come first, each of them decided, and the one that must.

    Raises:
        MissingExtraError: the extra ``verify`` is not installed.

    """
    solver_class()
    chances = tuple(
        _chance(chance, trials) if chance.possible and not chance.confirmed else chance for chance in found.chances
    )
    possible = [chance for chance in chances if chance.possible]
    decided = all(chance.confirmed for chance in possible)
    necessary = found.necessary
    if decided and necessary is None and len(possible) == 1:
        against = decide_against(possible[0].area, trials)
        necessary = possible[0].area if against.is_sure and against.answers is None else None
        decided = against.is_sure
    return Found(chances, necessary, decided)


def _chance(chance: Chance, trials: Trials) -> Chance:
    decision = decide_towards(chance.area, trials)
    if decision.answers is not None:
        return Chance(chance.area, possible=True, confirmed=True, answers=decision.answers)
    return replace(chance, possible=not decision.is_sure, confirmed=decision.is_sure)


def exact_sufficient(found: Sufficient, trials: Trials) -> Sufficient:
    """Return the facts that guarantee the first place, with all left out that can be spared, whatever bounds say.

    Raises:
        MissingExtraError: the extra ``verify`` is not installed.

    """
    solver_class()
    area = found.area or trials.base.first
    if area is None or (found.is_smallest and found.area is not None):
        return found
    kept = list(found.places)
    if found.area is None:
        against = decide_against(area, trials)
        if against.answers is not None or not against.is_sure:
            return replace(found, is_smallest=against.is_sure)
        kept = list(told(trials.intake, space_of(trials.ruleset)))
    smallest = True
    for place in list(kept):
        if not is_needed(trials, area, kept, place):
            others = [other for other in kept if other != place]
            against = decide_against(area, Trials(with_only(trials.intake, others), trials.ruleset))
            if against.is_sure and against.answers is None:
                kept = others
            smallest = smallest and against.is_sure
    return Sufficient(area, tuple(kept), with_only(trials.intake, kept), smallest)


def decide_towards(area: Area, trials: Trials) -> Decision:
    """Return answers to open questions that put an area at rank 1, alone or beside others, or that there are none."""
    solving = completing(trials, space_of(trials.ruleset))
    further = functools.partial(answers_towards, area)
    return solving.decide(
        [solving.ranking.leading(area)],
        lambda answers: _completed(trials, answers, further, lambda one: _leads(area, one)),
    )


def decide_against(area: Area, trials: Trials) -> Decision:
    """Return answers to open questions with which an area is not first alone, or that there are none."""
    solving = completing(trials, space_of(trials.ruleset))
    further = functools.partial(answers_against, area)
    return solving.decide(
        [-solving.ranking.alone(area)],
        lambda answers: _completed(trials, answers, further, lambda one: _is_not_alone(area, one)),
    )


def _leads(area: Area, outcome: Outcome) -> bool:
    """Return whether an area is at rank 1 whatever else comes."""
    return outcome.outlook.is_sure_to_lead(area) or (_is_final(outcome) and area in outcome.leading)


def _is_not_alone(area: Area, outcome: Outcome) -> bool:
    """Return whether an area is not first alone whatever else comes."""
    return outcome.outlook.is_surely_not_alone(area) or (_is_final(outcome) and area != outcome.first)


def _is_final(outcome: Outcome) -> bool:
    """Return whether nothing that is open can move an area, so that bounds need not be asked."""
    outlook = outcome.outlook
    return outlook.always == outlook.perhaps and all(least == most for least, most in outlook.bounds.values())


def _completed(
    trials: Trials, answers: Answers, further: _Further, claim: Callable[[Outcome], bool]
) -> Mapping[str, Any] | None:
    """Return answers with which a claim is so, what is still open answered too where that takes it; few of them."""
    chosen = _filled(trials, answers, further, claim)
    if chosen is None:
        return None
    for place in [place for place in chosen if place not in LISTS]:
        fewer = {other: answer for other, answer in chosen.items() if other != place}
        if claim(trials.outcome(fewer)):
            chosen = fewer
    return chosen if is_so(trials, chosen, claim) else None


def _filled(
    trials: Trials, answers: Answers, further: _Further, claim: Callable[[Outcome], bool]
) -> dict[str, Any] | None:
    """Return answers with more of what is open answered, until a claim is so; dates anew, since each was chosen by itself."""
    if claim(trials.outcome(answers)):
        return answers
    undated = {place: answer for place, answer in answers.items() if not is_date(place)}
    for chosen in (answers, undated):
        added = further(Trials(changed_intake(trials.intake, chosen), trials.ruleset), space_of(trials.ruleset))
        if added is not None:
            return {**chosen, **added}
    return None
