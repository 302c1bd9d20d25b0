"""Which areas could still come first once more is known, and whether one of them must."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ipt_rules.errors import IntakeError
from ipt_rules.explain.changes import space_of
from ipt_rules.explain.completions import answers_against, answers_towards
from ipt_rules.explain.trials import Trials
from ipt_rules.open_answers import with_answers
from ipt_rules.words import AREAS, Area

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ipt_rules.explain.trials import Outcome


@dataclass(frozen=True, slots=True)
class Chance:
    """Whether an area could come to rank 1, alone or beside others.

    Attributes:
        possible: False where no completion of the open answers brings it there.
        confirmed: whether answers were found that do.
        answers: those answers, place → plain answer; empty where none are needed, or none were found.

    """

    area: Area
    possible: bool
    confirmed: bool
    answers: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """Which areas could come first.

    Attributes:
        chances: one for each area.
        necessary: the area that is first, alone, in every completion; None where there is none.
        exact: whether each possible area is confirmed, and it is sure that no other, or none, is necessary.

    """

    chances: tuple[Chance, ...]
    necessary: Area | None
    exact: bool


def find_winners(trials: Trials) -> Found:
    """Return which areas some completion of the open answers puts at rank 1, and the one that every completion does."""
    chances = tuple(_chance(area, trials) for area in AREAS)
    possible = [chance for chance in chances if chance.possible]
    necessary = trials.base.certain
    decided = all(chance.confirmed for chance in possible)
    if necessary is None and len(possible) == 1 and decided:
        space = space_of(trials.ruleset)
        area = possible[0].area
        against = answers_against(area, trials, space)
        decided = against is not None and is_so(trials, against, lambda one: one.outlook.is_surely_not_alone(area))
    return Found(chances, necessary, decided)


def _chance(area: Area, trials: Trials) -> Chance:
    outlook = trials.base.outlook
    if outlook.is_excluded(area):
        return Chance(area, possible=False, confirmed=True, answers={})
    answers = answers_towards(area, trials, space_of(trials.ruleset))
    confirmed = answers is not None and is_so(trials, answers, lambda one: one.outlook.is_sure_to_lead(area))
    return Chance(
        area, possible=True, confirmed=confirmed, answers=answers if answers is not None and confirmed else {}
    )


def is_so(trials: Trials, answers: Mapping[str, Any], claim: Callable[[Outcome], bool]) -> bool:
    """Return whether the intake with these answers may be recorded, and what is claimed of it is so."""
    try:
        completed = with_answers(trials.intake, {**answers, "asked_without_answer": []})
    except IntakeError:
        return False
    return claim(Trials(completed, trials.ruleset).base)
