"""One more event: an entry that, added to an intake, puts an area first, told with as few answers as that takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipt_rules.explain.completions import best_option
from ipt_rules.explain.influence import Influence
from ipt_rules.explain.trials import Trials, changed_intake
from ipt_rules.intake import SUBJECT_LISTS
from ipt_rules.records import most_items

if TYPE_CHECKING:
    from ipt_rules.explain.changes import Space
    from ipt_rules.explain.trials import Outcome
    from ipt_rules.words import Area


def one_more_event(area: Area, trials: Trials, space: Space) -> tuple[str, dict[str, Any]] | None:
    """Return the place of an event that puts an area first, and the list that holds it; None where none was found.

    The lists are tried in turn, those first whose entries have most rules in favour of the area.
    """
    ruleset = trials.ruleset
    rules = {part: len(ruleset.evidence_by_kind.get((kind, area, True), ())) for part, kind in SUBJECT_LISTS.items()}
    parts = sorted((part for part in rules if rules[part]), key=lambda part: -rules[part])
    return next((found for part in parts if (found := _in_list(part, area, trials, space)) is not None), None)


def _in_list(part: str, area: Area, trials: Trials, space: Space) -> tuple[str, dict[str, Any]] | None:
    intake = trials.intake
    entries = [entry.model_dump(mode="json", exclude_none=True) for entry in getattr(intake, part) or ()]
    if len(entries) >= (most_items(type(intake), part) or 0):
        return None
    place = f"{part}[{len(entries)}]"
    tried = Trials(changed_intake(intake, {part: [*entries, {}]}), trials.ruleset)
    answers = _answers_towards(area, place, tried, space)
    if tried.outcome(answers).first != area:
        return None
    for one in list(answers):
        fewer = {other: answer for other, answer in answers.items() if other != one}
        if tried.outcome(fewer).first == area:
            answers = fewer
    entry = {one.rpartition(".")[2]: answer for one, answer in answers.items()}
    return place, {part: [*entries, entry]}


def _answers_towards(area: Area, place: str, tried: Trials, space: Space) -> dict[str, Any]:
    """Return answers about an entry that bring an area forward, those first that can do most, until it is first."""
    longer = tried.intake
    row = next(number for number, counted in enumerate(tried.subjects) if counted.row.place == place)
    known = [answer.place for answer in space.changeable(longer) if answer.place.startswith(f"{place}.")]
    limits = Influence(tried.ruleset, tried.subjects, tried.patient, known).up(area, row)
    answers: dict[str, Any] = {}
    outcome = tried.base
    for one in sorted(limits, key=lambda place: (not place.endswith(".kind"), -limits[place], place)):
        if outcome.first == area:
            break
        options = space.other_answers(changed_intake(longer, answers), one)
        best = best_option(one, options, answers, tried, lambda found: _worth(found, area))
        if best is not None and _worth(best[1], area) > _worth(outcome, area):
            answers[one], outcome = best
    return answers


def _worth(outcome: Outcome, area: Area) -> tuple[int, ...]:
    """Return how near an area is to the first place, and how much could still bring it there."""
    others = [points for other, points in outcome.points.items() if other != area and other not in outcome.held_back]
    return (
        area not in outcome.held_back,
        outcome.points[area] - max(others, default=0),
        outcome.outlook.bounds[area].most,
    )
