"""The facts that alone guarantee the first place: with every other answer open, the same area is first whatever comes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ipt_rules import places
from ipt_rules.explain.changes import LISTS, Space, space_of
from ipt_rules.explain.completions import answers_against
from ipt_rules.explain.influence import Influence
from ipt_rules.explain.trials import Trials
from ipt_rules.explain.winners import find_winners, is_so
from ipt_rules.open_answers import with_answers
from ipt_rules.records import Asked, Refers, declared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipt_rules.intake import Intake
    from ipt_rules.words import Area


@dataclass(frozen=True, slots=True)
class Sufficient:
    """Answers that guarantee the first place.

    Attributes:
        area: the area whose first place is guaranteed; None where open answers could still change it, so that nothing does.
        places: where the answers stand. None of them can be spared, as far as bounds tell.
        intake: the intake with these answers alone; who and what is recorded, and the clinician's own judgements, stand.
        is_smallest: whether, for each of them, answers were found that take the first place away when it is open too; without an
            area, whether answers were found that show that nothing guarantees it.

    """

    area: Area | None
    places: tuple[str, ...]
    intake: Intake
    is_smallest: bool


def find_sufficient(trials: Trials) -> Sufficient:
    """Return a smallest set of answers that alone guarantee the first place: one from which nothing can be taken away."""
    area = trials.base.certain
    if area is None:
        return Sufficient(None, (), trials.intake, find_winners(trials).exact)
    space = space_of(trials.ruleset)
    open_now: dict[str, None] = {}
    kept = []
    for place in _by_weight(trials, area, list(told(trials.intake, space))):
        if trials.outcome(dict.fromkeys([*open_now, place])).certain == area:
            open_now[place] = None
        else:
            kept.append(place)
    order = {place: number for number, place in enumerate(told(trials.intake, space))}
    kept.sort(key=order.__getitem__)
    smallest = all(is_needed(trials, area, kept, place) for place in kept)
    return Sufficient(area, tuple(kept), with_only(trials.intake, kept), smallest)


def is_needed(trials: Trials, area: Area, kept: list[str], place: str) -> bool:
    """Return whether answers are found that take the first place away once one of the facts is open too."""
    without = Trials(with_only(trials.intake, [other for other in kept if other != place]), trials.ruleset)
    against = answers_against(area, without, space_of(trials.ruleset))
    return against is not None and is_so(without, against, lambda one: one.outlook.is_surely_not_alone(area))


def with_only(intake: Intake, kept: list[str]) -> Intake:
    """Return the intake with all questions open but those at some places; judgements, people and subjects stay."""
    others = {place: None for place in _answered(intake) if place not in kept}
    return with_answers(intake, {**others, "asked_without_answer": []})


def told(intake: Intake, space: Space) -> Iterator[str]:
    """Yield the places of the answers that the ranking reads, lists of which there is none among them."""
    read = set(space.patterns)
    yield from (place for place in _answered(intake) if places.pattern(place) in read)


def _answered(intake: Intake) -> Iterator[str]:
    """Yield the places of all that is answered and might be open."""
    for part in LISTS:
        if places.at(intake, places.parse(part)) == ():
            yield part
    yield from _below(intake, "")


def _below(record: object, place: str) -> Iterator[str]:
    for name in type(record).model_fields:  # type: ignore[attr-defined]  # records only
        here = f"{place}.{name}".removeprefix(".")
        value = getattr(record, name)
        asked = declared(type(record), name)  # type: ignore[arg-type]  # records only
        if isinstance(asked, Asked | Refers):
            if value is not None and not (isinstance(asked, Asked) and asked.judgement):
                yield here
        elif isinstance(value, tuple):
            for number, entry in enumerate(value):
                if hasattr(type(entry), "model_fields"):
                    yield from _below(entry, f"{here}[{number}]")
        elif hasattr(type(value), "model_fields"):
            yield from _below(value, here)


def _by_weight(trials: Trials, area: Area, told: list[str]) -> list[str]:
    """Return the answers, those first that bear least on the area, so that what is kept says most."""
    influence = Influence(trials.ruleset, trials.subjects, trials.patient, told)
    best = influence.down(area, trials.best_row(area))
    return sorted(told, key=lambda place: (best.get(place, 0), place))
