"""Answering open questions with a goal: for each place the answer that leaves most open for an area to come first.

Each step looks at what the answers so far still allow, so that rules that wait for several answers are served too. What is found
is right, since it is evaluated; where nothing is found there may still be something.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipt_rules.contradictions import contradictions
from ipt_rules.explain.changes import LISTS
from ipt_rules.explain.trials import changed_intake

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ipt_rules.explain.changes import Space
    from ipt_rules.explain.trials import Outcome, Trials
    from ipt_rules.intake import Intake
    from ipt_rules.words import Area


def answers_towards(area: Area, trials: Trials, space: Space) -> dict[str, Any] | None:
    """Return answers to open questions with which an area is at rank 1 whatever else comes, or None where none were found."""
    return _answers(trials, space, lambda one: _in_favour(one, area), lambda one: one.outlook.is_sure_to_lead(area))


def answers_against(area: Area, trials: Trials, space: Space) -> dict[str, Any] | None:
    """Return answers with which an area is not first alone whatever else comes, or None where none were found."""
    return _answers(trials, space, lambda one: _against(one, area), lambda one: one.outlook.is_surely_not_alone(area))


def _answers(
    trials: Trials, space: Space, worth: Callable[[Outcome], tuple[int, ...]], is_reached: Callable[[Outcome], bool]
) -> dict[str, Any] | None:
    answers: dict[str, Any] = {}
    outcome = trials.base
    for place, intake in _open_places(trials.intake, answers, space):
        if is_reached(outcome):
            break
        options = space.other_answers(intake, place, completing=True)
        found = best_option(place, options, answers, trials, worth, worth(outcome))
        if found is not None:
            answers[place], outcome = found
    return _fewer(answers, trials, is_reached) if is_reached(outcome) else None


def _fewer(answers: dict[str, Any], trials: Trials, is_reached: Callable[[Outcome], bool]) -> dict[str, Any]:
    """Return those of the answers without which the goal is not reached; lists with entries stay, which others may be about."""
    for place in reversed(list(answers)):
        fewer = {other: answer for other, answer in answers.items() if other != place}
        if (place not in LISTS or not answers[place]) and is_reached(trials.outcome(fewer)):
            answers = fewer
    return answers


def best_option(
    place: str,
    options: Sequence[Any],
    answers: dict[str, Any],
    trials: Trials,
    value: Callable[[Outcome], tuple[int, ...]],
    enough: tuple[int, ...] | None = None,
) -> tuple[Any, Outcome] | None:
    """Return the option of highest value that contradicts nothing, with what it comes to; None where each of them does.

    Args:
        place: the answer to choose.
        options: its options.
        answers: the answers chosen so far.
        trials: what tries them.
        value: what an outcome is worth.
        enough: a value that cannot be surpassed; the first option that reaches it is taken.

    """
    tried = []
    for number, option in enumerate(options):
        outcome = trials.outcome({**answers, place: option})
        tried.append((value(outcome), -number, option, outcome))
        if enough is not None and tried[-1][0] >= enough and fits(trials, {**answers, place: option}):
            return option, outcome
    for _, _, option, outcome in sorted(tried, key=lambda entry: entry[:2], reverse=True):
        if fits(trials, {**answers, place: option}):
            return option, outcome
    return None


def _in_favour(outcome: Outcome, area: Area) -> tuple[int, ...]:
    """Return what an outcome leaves open for an area, the more the higher; no further answer raises it."""
    outlook = outcome.outlook
    others = [known.least for other, known in outlook.bounds.items() if other != area and other not in outlook.always]
    ahead = outlook.bounds[area].most - max(others, default=0)
    return not outlook.is_excluded(area), area not in outlook.always, ahead


def _against(outcome: Outcome, area: Area) -> tuple[int, ...]:
    """Return what an outcome leaves open for others than an area, the more the higher; no further answer raises it."""
    outlook = outcome.outlook
    others = [known.most for other, known in outlook.bounds.items() if other != area and other not in outlook.always]
    return not outlook.is_certain(area), max(others, default=0) - outlook.bounds[area].least


def fits(trials: Trials, answers: Mapping[str, Any]) -> bool:
    """Return whether answers contradict neither each other nor the rest of an intake."""
    return not contradictions(changed_intake(trials.intake, {**answers, "asked_without_answer": ()}))


def _open_places(intake: Intake, answers: dict[str, Any], space: Space) -> Iterator[tuple[str, Intake]]:
    """Yield the open questions, lists and the onset first, each with the intake as it has become; answers open new ones."""
    seen: set[str] = set()
    while True:
        now = changed_intake(intake, answers)
        waiting = [answer.place for answer in space.open_answers(now) if answer.place not in seen]
        if not waiting:
            return
        place = min(waiting, key=lambda one: (one not in LISTS, one != "episode.onset"))
        if place in LISTS or place == "episode.onset":
            seen.add(place)
            yield place, now
            continue
        for one in waiting:
            seen.add(one)
            yield one, changed_intake(intake, answers)
