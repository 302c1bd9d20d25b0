"""Deciding by a SAT solver whether some answers bring a claim about; needs the extra ``verify``.

The solver chooses answers, the rules are evaluated with them, and where it was wrong about a comparison or chose answers that
contradict each other it learns a lemma and chooses again. What it finds is evaluated; where it finds that there is nothing, there
is nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ipt_rules.contradictions import contradictions
from ipt_rules.errors import MissingExtraError
from ipt_rules.explain.changes import LISTS
from ipt_rules.explain.choices import Choices
from ipt_rules.explain.clauses import TRUE, Clauses, Total
from ipt_rules.explain.dates_apart import dates_together
from ipt_rules.explain.encoding import Encoding
from ipt_rules.explain.trials import changed_intake
from ipt_rules.explain.truths import Rows, Truths
from ipt_rules.facts import Row, facts
from ipt_rules.intake import SUBJECT_LISTS, Episode, Loss
from ipt_rules.inventory import Person
from ipt_rules.kept import kept
from ipt_rules.places import at, parse, pattern
from ipt_rules.records import bounds, items_of_totals, options
from ipt_rules.words import AREAS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from ipt_rules.explain.changes import Changeable, Space
    from ipt_rules.explain.choices import Answers
    from ipt_rules.explain.trials import Trials
    from ipt_rules.intake import Intake

_LIST_OF: Final = {kind: part for part, kind in SUBJECT_LISTS.items()}

_SCORES: Final = {f"episode.{name}" for total, item, _ in items_of_totals(Episode) for name in (total, item)}

_STATUS: Final = "inventory.people[].status"

_RULED_OUT: Final = frozenset({"losses[].kind", "disputes[].person", _STATUS})
"""The questions of which other answers may rule out every answer: what was lost, with whom, and whether somebody lives."""

MOST_ROUNDS: Final = 400
"""How often the solver may choose anew before a claim is left undecided; a number and no time, so that answers stay the same."""

MOST_UNCONFIRMED: Final = 3
"""How many choices may be right in all that the solver knows, and yet not be confirmed, before a claim is left undecided."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether some answers bring a claim about.

    Attributes:
        answers: answers that do, evaluated; None where there are none, or none were found.
        is_sure: False where the search was cut short, so that it is not decided.

    """

    answers: Mapping[str, Any] | None
    is_sure: bool


class Solving:
    """The claims about one intake's ranking that some choice of answers brings about.

    Args:
        trials: trials of the intake.
        options: place → the answers that it may have.
        now: place → its present answer.
        not_listed: lists that could turn out to hold anything; the others stay as they are where they are not chosen.

    """

    def __init__(
        self,
        trials: Trials,
        options: Mapping[str, Sequence[Any]],
        now: Mapping[str, Any],
        not_listed: frozenset[str] | None = None,
    ) -> None:
        self._intake = trials.intake
        self._not_listed = not_listed
        self._clauses = Clauses()
        self.choices = Choices(self._intake, self._clauses, options, now, leaving_out=not_listed is None)
        rows = Rows(self._intake, trials.ruleset)
        self._truths = Truths(rows, trials.ruleset, self.choices, self._clauses, not_listed)
        patient = facts(self._intake).patient
        self.ranking = Encoding(trials.ruleset, patient, dict(self._subjects()), self._truths, self._clauses)
        self._given = 0

    def price(self, prices: Mapping[str, int]) -> Total:
        """Return what the answers that are not the present ones, the first of their options, cost together."""
        changed = {place: -self.choices.literal(place, self.choices.options[place][0]) for place in prices}
        return Total(self._clauses, [{price: changed[place]} for place, price in prices.items()])

    def forbid_all_of(self, places: Iterable[str]) -> None:
        """Demand that one of some places keep its present answer, the first of its options."""
        self._clauses.add([self.choices.literal(place, self.choices.options[place][0]) for place in places])

    def demand_if_open(self, place: str, answers: Iterable[tuple[str, Any]]) -> None:
        """Demand that one of some answers be chosen where a question stays open."""
        self._clauses.add(
            [-self.choices.literal(place, None), *(self.choices.literal(other, one) for other, one in answers)]
        )

    def decide(self, demands: Sequence[int], confirmed: Callable[[Answers], Mapping[str, Any] | None]) -> Decision:
        """Return answers with which all demands are met, or that there are none.

        Args:
            demands: literals that have to be true.
            confirmed: makes of the answers chosen those that are returned; None where evaluating them does not bear it out.

        """
        unconfirmed = 0
        for turn in range(MOST_ROUNDS):
            true = self._solution(demands)
            if true is None:
                return Decision(None, is_sure=not unconfirmed)
            answers = self.choices.chosen(true)
            lemmas = self._truths.lemmas(true, answers)
            if not turn or not lemmas:  # evaluating takes long, and what the solver has wrong seldom comes true
                if (found := confirmed(self.choices.changes(answers))) is not None:
                    return Decision(found, is_sure=True)
                lemmas = lemmas or self._contradiction(answers)
                unconfirmed += not lemmas
            if unconfirmed > MOST_UNCONFIRMED:
                break
            for lemma in lemmas or [[-literal for literal in self.choices.literals(true)]]:
                self._clauses.add(lemma)
        return Decision(None, is_sure=False)

    def _solution(self, demands: Sequence[int]) -> frozenset[int] | None:
        for clause in self._clauses.clauses[self._given :]:
            self._solver.add_clause(clause)
        self._given = len(self._clauses.clauses)
        if not self._solver.solve(assumptions=list(demands)):
            return None
        return frozenset(literal for literal in self._solver.get_model() if literal > 0)

    def _contradiction(self, answers: Answers) -> list[list[int]]:
        """Return a clause that forbids what contradicts itself in some answers."""

        def contradict(fewer: Answers) -> bool:
            return _contradicts(self._intake, self.choices.changes(fewer))

        if not contradict(answers):
            return []
        found = self.choices.fewer(answers, contradict)
        return [[self.choices.is_none_of(place, [answer]) for place, answer in found.items()]]

    def _subjects(self) -> Iterator[tuple[Row, int]]:
        """Yield the rows of the subjects recorded, and for each list left open one that could be there, for each area."""
        rows = facts(self._intake)
        yield from ((row, TRUE) for row in rows.subjects)
        for row in rows.not_asked if self._not_listed is not None else ():
            for area in AREAS:
                yield Row(row.kind, f"{_LIST_OF[row.kind]}[for {area}]", None, row.cells), self._clauses.new()

    @kept
    def _solver(self) -> Any:
        return solver_class()()


def solver_class() -> Any:
    """Return the class of the solver.

    Raises:
        MissingExtraError: the extra ``verify`` is not installed.

    """
    try:
        from pysat.solvers import Glucose4
    except ModuleNotFoundError:
        raise MissingExtraError('Exact answers need the extra "verify": pip install "ipt-rules[verify]"') from None
    return Glucose4


def changing(trials: Trials, space: Space) -> tuple[Solving, Mapping[str, int]]:
    """Return what other answers could make of an intake, and the price of each change."""
    answers = space.changeable(trials.intake, arising=False)
    others = {one.place: space.tellings(trials.intake, one.place) for one in answers}
    others |= dates_together(trials.intake, others, space.tests)
    options = {one.place: (one.now, *[other for other in others[one.place] if other != one.now]) for one in answers}
    solving = Solving(trials, options, {one.place: one.now for one in answers})
    return solving, {one.place: one.price for one in answers}


def completing(trials: Trials, space: Space) -> Solving:
    """Return what answers to the open questions could make of an intake.

    A question stays open only where each answer to it contradicts what is told, or what is chosen of people, who come first.
    """
    answers = [one for one in space.open_answers(trials.intake) if one.place not in LISTS]
    told = {one.place: _completing(one, trials.intake, space) for one in answers}
    ruled_out = {place: found for place in told if (found := _ruled_out(trials.intake, place)) is not None}
    told |= {place: (*(one for one in told[place] if one is not None), None) for place in ruled_out}
    lists = frozenset(part for part in LISTS if at(trials.intake, parse(part)) is None)
    solving = Solving(trials, told, {one.place: one.now for one in answers}, lists)
    for place, by_answer in ruled_out.items():
        for statuses in by_answer:
            if all(other in told for other, _ in statuses):  # else one that no rule reads may do it
                solving.demand_if_open(place, statuses)
    return solving


def _ruled_out(intake: Intake, place: str) -> list[list[tuple[str, Any]]] | None:
    """Return, for each answer that fits what is told, the people's statuses that rule it out; None where none rules one out."""
    if pattern(place) not in _RULED_OUT:
        return None
    statuses = [one for one in _statuses(intake) if one[0] != place]
    found: list[list[tuple[str, Any]]] = []
    for answer in _answers(intake, place):
        if not _contradicts(intake, {place: answer}):
            found.append([one for one in statuses if _contradicts(intake, {place: answer, one[0]: one[1]})])
            if not found[-1]:
                return None
    return found


def _statuses(intake: Intake) -> Iterator[tuple[str, Any]]:
    """Yield what each person's status could be, where it is open and fits what is told."""
    for number, person in enumerate(intake.inventory.people or ()):
        place = _STATUS.replace("[]", f"[{number}]")
        for word in options(Person, "status") if person.status is None else ():
            if not _contradicts(intake, {place: word}):
                yield place, word


def _answers(intake: Intake, place: str) -> Sequence[Any]:
    """Return the answers to a question that others may rule out; of what was lost, first those that the fewest do."""
    if pattern(place) == "disputes[].person":
        return [person.id for person in intake.inventory.people or ()]
    return options(Person, "status") if pattern(place) == _STATUS else options(Loss, "kind")[::-1]


def _contradicts(intake: Intake, answers: Answers) -> bool:
    return bool(contradictions(changed_intake(intake, {**answers, "asked_without_answer": ()})))


def _completing(answer: Changeable, intake: Intake, space: Space) -> tuple[Any, ...]:
    """Return the answers that a completion may have; of a score and its items each number, since they bound each other."""
    if answer.place in _SCORES and (limits := bounds(Episode, answer.place.rpartition(".")[2])):
        return tuple(range(limits[0], limits[1] + 1))
    others = space.other_answers(intake, answer.place, completing=True)
    return others if answer.kind == "open" and others else (answer.now, *others)
