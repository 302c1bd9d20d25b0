"""The answers that an intake could have, as literals: of each place's answers just one is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipt_rules import places
from ipt_rules.explain.changes import deciding, with_left_out
from ipt_rules.records import Asked, declared

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from pydantic import BaseModel

    from ipt_rules.explain.clauses import Clauses
    from ipt_rules.intake import Intake

Answers = dict[str, Any]
"""Place → plain answer; None is open."""


class Choices:
    """The answers to choose from, and the literals that say which is chosen.

    Args:
        intake: the intake as it is.
        clauses: where the literals are made.
        options: place → the answers that it may have, the present one among them if it may stay.
        now: place → the present answer.
        leaving_out: whether an answer beside these is left out where its question does not arise any more; else it stands, and
            contradicts what is chosen.

    """

    def __init__(
        self,
        intake: Intake,
        clauses: Clauses,
        options: Mapping[str, Sequence[Any]],
        now: Mapping[str, Any],
        *,
        leaving_out: bool,
    ) -> None:
        self.intake = intake
        self.options = options
        self._clauses = clauses
        self._leaving_out = leaving_out
        self._literals = {place: [clauses.new() for _ in answers] for place, answers in options.items()}
        self._now = now
        self._deciders = {place: found for place in options if (found := deciding(place)) in options}
        for literals in self._literals.values():
            clauses.just_one(literals)

    def literal(self, place: str, answer: Any) -> int:
        """Return the literal for "this place has this answer"."""
        return self._literals[place][self.options[place].index(answer)]

    def is_none_of(self, place: str, answers: Sequence[Any]) -> int:
        """Return the literal for "this place has none of these answers"."""
        return self._clauses.every([-self.literal(place, one) for one in answers if one in self.options[place]])

    def literals(self, true: AbstractSet[int]) -> list[int]:
        """Return the literals of what a solution chooses."""
        return [literal for literals in self._literals.values() for literal in literals if literal in true]

    def decides(self, place: str) -> bool:
        """Return whether an answer decides that another question arises."""
        return place in self._deciders.values()

    def chosen(self, true: AbstractSet[int]) -> Answers:
        """Return the answers that a solution chooses; those whose question then does not arise are open."""
        found = {
            place: next(
                answer for answer, literal in zip(self.options[place], literals, strict=True) if literal in true
            )
            for place, literals in self._literals.items()
        }
        return self.arising(found)

    def arising(self, answers: Answers) -> Answers:
        """Return the answers without those to questions that do not arise with the others."""
        return {place: answer if self.arises(place, answers) else None for place, answer in answers.items()}

    def arises(self, place: str, answers: Answers) -> bool:
        """Return whether the question at a place could arise with some answers."""
        deciding = self._deciders.get(place)
        answer = None if deciding is None else answers.get(deciding)
        return answer is None or answer in _words(self.intake, place)

    def changes(self, answers: Answers) -> Answers:
        """Return those of some answers that are not the present ones, and what has to be left out with them."""
        changes = {place: answer for place, answer in answers.items() if answer != self._now[place]}
        return with_left_out(self.intake, changes) if self._leaving_out else changes

    def fewer(self, answers: Answers, is_so: Callable[[Answers], bool]) -> Answers:
        """Return few of some answers for which it is still so when all others are open.

        An answer is kept together with the one that decides whether its question arises.
        """
        kept = {place: answer for place, answer in answers.items() if answer is not None}
        size = 2 * len(kept)
        while size > 1:
            size = (size + 1) // 2
            order = sorted(kept, key=self.decides)
            for start in range(0, len(order), size):
                left = {place: answer for place, answer in kept.items() if place not in order[start : start + size]}
                if self._is_closed(left) and is_so(dict.fromkeys(answers) | left):
                    kept = left
        return kept

    def _is_closed(self, answers: Answers) -> bool:
        return all(self._deciders[place] in answers for place in answers if place in self._deciders)


def _words(intake: Intake, place: str) -> tuple[str, ...]:
    steps = places.parse(place)
    record: type[BaseModel] = type(places.at(intake, steps[:-1]))
    asked = declared(record, str(steps[-1]))
    assert isinstance(asked, Asked)  # what has a decider is asked
    assert asked.only_if is not None  # the same
    return asked.only_if[1]
