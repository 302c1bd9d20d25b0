"""Questions put to one assessment, answered in words: each answer is a value, and nothing of the assessment changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from ipt_rules import places
from ipt_rules.contradictions import is_question
from ipt_rules.errors import IntakeError, Problem
from ipt_rules.explain.answers import TellsChanges
from ipt_rules.explain.ask import NextQuestions, questions_next
from ipt_rules.explain.changes import space_of, with_left_out
from ipt_rules.explain.conclusions import Flip, Flips, SufficientFacts, WhatIf, WhyNot, Winner, Winners
from ipt_rules.explain.difference import difference
from ipt_rules.explain.exact import exact_flips, exact_sufficient, exact_winners
from ipt_rules.explain.flips import search_flips
from ipt_rules.explain.near import near_misses
from ipt_rules.explain.open_questions import open_questions
from ipt_rules.explain.reasons import Teller
from ipt_rules.explain.sufficient import find_sufficient
from ipt_rules.explain.trials import Trials
from ipt_rules.explain.why import Why, explain_why, standing_of
from ipt_rules.explain.winners import find_winners
from ipt_rules.kept import kept
from ipt_rules.open_answers import open_places, with_answers
from ipt_rules.ruleset.consequences import Evidence
from ipt_rules.ruleset.forms import nearest
from ipt_rules.wording import Wording
from ipt_rules.words import AREAS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ipt_rules.explain.answers import ChangedAnswer
    from ipt_rules.explain.flips import FlipFound, Search
    from ipt_rules.intake import Intake
    from ipt_rules.pipeline import Result
    from ipt_rules.ruleset.model import Ruleset
    from ipt_rules.words import Area


class Questioner:
    """Answers questions about what follows from one intake.

    Args:
        intake: what was recorded.
        ruleset: the rules.
        result: what follows.
        names: call people by name.

    """

    def __init__(self, intake: Intake, ruleset: Ruleset, result: Result, *, names: bool = False) -> None:
        self._intake = intake
        self._ruleset = ruleset
        self._result = result
        self._names = names
        self._wording = Wording(intake, ruleset, names=names)
        self._teller = Teller(ruleset, self._wording)

    @kept
    def trials(self) -> Trials:
        """Trials of this intake by the rules that decide the ranking."""
        return Trials(self._intake, self._ruleset)

    def why(self, area: str, subject: str | None = None) -> Why:
        """Return why an area's focus has the points it has; ``subject`` names one other than the best."""
        return explain_why(area, self._result, self._ruleset, self._teller, subject=subject)

    def why_not(self, area: str, most: int = 5, *, exact: bool = False) -> WhyNot:
        """Return why an area does not stand higher: rules that are near, what speaks against it, and what would put it first."""
        _at_least_one(most)
        standing = standing_of(area, self._result)
        is_first = self.trials.base.first == area
        search = self._search(standing.area, 1, exact)
        ahead = [
            other for other in self._result.ranking if other.rank and other.rank < (standing.rank or len(AREAS) + 1)
        ]
        against = [one for one in standing.best.found if one.counts and _opposes(one.rule.consequence)]
        return WhyNot(
            ruleset=self._ruleset,
            area=area,
            label=self._wording.area(area),
            rank=standing.rank,
            is_first=is_first,
            points=standing.points,
            ahead=tuple((other.area, other.points) for other in ahead),
            near=near_misses(standing.area, self._intake, self._result, self._ruleset, self._teller, most=most),
            against=self._teller.reasons(against),
            held_back=self._teller.reasons(standing.held_back_by),
            smallest=next((self._flip(found) for found in search.flips), None),
            at_least=search.at_least.get(standing.area, 0),
        )

    def flips(self, to: str | None = None, most: int = 3, *, exact: bool = False) -> Flips:
        """Return the smallest sets of changed answers that put another area first."""
        _at_least_one(most)
        area = None if to is None else standing_of(to, self._result).area
        search = self._search(area, most, exact)
        return Flips(tuple(map(self._flip, search.flips)), search.at_least, ruleset=self._ruleset)

    def ask_next(self, most: int = 5) -> NextQuestions:
        """Return the open questions that matter, best first, each with what its answers would do."""
        _at_least_one(most)
        waiting = open_questions(self._intake, self._ruleset, self._result, self._wording)
        return questions_next(waiting, self.trials, self._result, self._ruleset, self._wording, most=most)

    def winners(self, *, exact: bool = False) -> Winners:
        """Return the areas that could come first once more is known, and the one that must."""
        found = find_winners(self.trials)
        if exact:
            found = exact_winners(found, self.trials)
        possible = [
            Winner(chance.area, self._wording.area(chance.area), chance.confirmed, self._completing(chance.answers))
            for chance in found.chances
            if chance.possible
        ]
        return Winners(tuple(possible), found.necessary, found.exact, ruleset=self._ruleset)

    def sufficient_facts(self, *, exact: bool = False) -> SufficientFacts:
        """Return the facts that alone guarantee the first place."""
        found = find_sufficient(self.trials)
        if exact:
            found = exact_sufficient(found, self.trials)
        facts = self._tells.changes(dict.fromkeys(found.places))
        label = "" if found.area is None else self._wording.area(found.area)
        return SufficientFacts(found.area, label, facts, found.is_smallest, ruleset=self._ruleset)

    def what_if(self, asked: Mapping[str, Any], every: Mapping[str, Any], changed: Intake, result: Result) -> WhatIf:
        """Return what changes make of the result.

        Args:
            asked: the changes that were asked for: place → plain answer.
            every: those, and the answers that are left out for them.
            changed: the changed intake.
            result: what follows from it.

        """
        wording = Wording(changed, self._ruleset, names=self._names)
        told = self._tells.changes(
            every, left_out=every.keys() - asked.keys(), after=(changed, wording), as_groups=False
        )
        differs = difference((self._result, self._teller), (result, Teller(self._ruleset, wording)))
        labels: dict[str, str] = {area: self._wording.area(area) for area in AREAS}
        return WhatIf(told, differs, labels, ruleset=self._ruleset)

    def _search(self, area: Area | None, most: int, exact: bool) -> Search:
        search = search_flips(self._intake, self._ruleset, to=area, most=most, trials=self.trials)
        return exact_flips(search, self.trials, most) if exact else search

    def _completing(self, answers: Mapping[str, Any]) -> tuple[ChangedAnswer, ...]:
        """Return answers to open questions in words; some may be about people and subjects that others of them add."""
        completed = with_answers(self._intake, {"asked_without_answer": [], **answers})
        return self._tells.changes(answers, after=(completed, Wording(completed, self._ruleset, names=self._names)))

    def _flip(self, found: FlipFound) -> Flip:
        left_out = {place for place, answer in found.changes.items() if answer is None}
        changes = self._tells.changes(found.changes, event=found.event, left_out=left_out)
        return Flip(found.to, self._wording.area(found.to), changes, found.price, found.exact, ruleset=self._ruleset)

    @kept
    def _tells(self) -> TellsChanges:
        return TellsChanges(self._intake, self._wording, space_of(self.trials.ruleset))


def _at_least_one(most: int) -> None:
    if most < 1:
        raise ValueError("most is how many to tell at the most: 1 or more")


def _opposes(consequence: object) -> bool:
    return isinstance(consequence, Evidence) and not consequence.supports


def changed_by(intake: Intake, changes: Mapping[str, Any]) -> tuple[Intake, dict[str, Any]]:
    """Return the intake with other answers, and all that changes: answers to questions that do not arise any more are left out.

    Args:
        intake: the intake as it is.
        changes: place → plain answer; None leaves the question open.

    Raises:
        IntakeError: a key is no place of this intake, or the answers do not fit it or each other.

    """
    problems = [
        Problem("", 0, 0, path, f"change {number}: {what}")
        for number, place in enumerate(changes, 1)
        for path, what in _not_there(intake, place)
    ]
    if problems:
        raise IntakeError("The intake cannot be changed so:", problems)
    every = with_left_out(intake, changes)
    changed = with_answers(intake, {"asked_without_answer": [], **every})
    silent = tuple(place for place in intake.asked_without_answer if any(open_places(changed, place)))
    return changed.model_copy(update={"asked_without_answer": silent}), every


def _not_there(intake: Intake, place: str) -> Iterator[tuple[str, str]]:
    """Yield why a place is none of an intake: the part of it that is there, and what would be right."""
    try:
        steps = places.parse(place)
    except (ValueError, TypeError):
        yield "", "is at no place; write it as losses[0].mourning"
        return
    here: Any = intake
    for number, step in enumerate(steps[:-1]):
        known = places.written(steps[:number])
        if isinstance(step, int):
            if not isinstance(here, tuple) or step >= len(here):
                entries = here if isinstance(here, tuple) else ()
                yield known, f"has no such entry; {_entries(known, len(entries))}"
                return
            here = here[step]
        elif isinstance(here, BaseModel) and step in type(here).model_fields:
            here = getattr(here, step)
        else:
            names = type(here).model_fields if isinstance(here, BaseModel) else ()
            yield known, f"has no such part; {nearest(step, names)}"
            return
    if isinstance(here, BaseModel) and steps[-1] not in type(here).model_fields:
        return  # told with the answers, and the nearest name
    if not is_question(intake, steps):
        named = steps if isinstance(here, BaseModel) else steps[:-1]
        yield places.written(named), "is no question; name one, such as losses[0].mourning or losses"


def _entries(name: str, number: int) -> str:
    if not number:
        return "it has none"
    return f"it has {number}, the last is {name}[{number - 1}]"
