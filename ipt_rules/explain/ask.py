"""What to ask next: the open questions that matter, each with what every possible answer would do to the ranking."""

from __future__ import annotations

import dataclasses
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ipt_rules.explain.answers import OPEN, Answer, told_answer
from ipt_rules.explain.changes import LISTS, space_of, with_left_out
from ipt_rules.explain.completions import fits
from ipt_rules.explain.explanation import Explanation
from ipt_rules.explain.trials import changed_intake, engine_of
from ipt_rules.intake import SUBJECT_LISTS
from ipt_rules.pipeline import evaluate
from ipt_rules.words import AREAS, Area

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ipt_rules.explain.open_questions import OpenQuestion
    from ipt_rules.explain.trials import Outcome, Trials
    from ipt_rules.pipeline import Result
    from ipt_rules.ruleset.model import Ruleset
    from ipt_rules.wording import Wording


@dataclass(frozen=True, slots=True)
class PossibleAnswer:
    """One answer to a question, or several that the rules do not tell apart, and where the areas would stand with it.

    Attributes:
        answer: the answer, plain and as people read it.
        first: the areas that would be at rank 1.
        settled: whether the first would stay first whatever else comes.
        possible: the areas that further answers could bring to rank 1, as far as bounds tell.
        points: the points of each area.
        closes: the gates that the answer would close, so that a clinician has to clear them before any plan.
        withheld: how many strategies would be withheld; told for questions about safety, else None.

    """

    answer: Answer
    first: tuple[str, ...]
    settled: bool
    possible: tuple[str, ...]
    points: Mapping[Area, int]
    closes: tuple[str, ...] = ()
    withheld: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the possible answer as plain values."""
        return {
            "answer": self.answer.value,
            "shown": self.answer.shown,
            "first": list(self.first),
            "settled": self.settled,
            "possible": list(self.possible),
            "points": dict(self.points),
            "closes": list(self.closes),
            "withheld": self.withheld,
        }


@dataclass(frozen=True, slots=True)
class NextQuestion:
    """An open question that matters, and what its answers would do.

    Attributes:
        question: its place, wording, and what it is about.
        answers: one for each answer that the rules can tell apart; empty where the answer is told in full only.

    """

    question: OpenQuestion
    answers: tuple[PossibleAnswer, ...]

    @property
    def matters_because(self) -> str:
        """``safety`` (a gate, or what a withheld strategy needs), ``ranking`` (an answer decides more of it) or ``points``."""
        if self.question.gate or self.question.needed:
            return "safety"
        outcomes = {(answer.first, answer.settled, answer.possible) for answer in self.answers}
        return "ranking" if len(outcomes) > 1 else "points"

    @property
    def leaves_the_ranking(self) -> bool:
        """Whether it is about safety alone: all its answers leave the areas where they stand with any other."""
        outcomes = [(one.first, one.settled, one.possible, one.points) for one in self.answers]
        return self.matters_because == "safety" and all(one == outcomes[0] for one in outcomes)

    def to_dict(self) -> dict[str, Any]:
        """Return the question as plain values."""
        return {
            **self.question.to_dict(),
            "matters_because": self.matters_because,
            "answers": [answer.to_dict() for answer in self.answers],
        }


@dataclass(frozen=True, slots=True)
class NextQuestions(Explanation):
    """What to ask next, best first. Exact in what each answer does to the points; which areas stay possible is told by bounds.

    Attributes:
        questions: the best of them.
        left: how many more there are.

    """

    questions: tuple[NextQuestion, ...]
    left: int

    def to_dict(self) -> dict[str, Any]:
        """Return the questions as plain values."""
        return {
            "question": "ask",
            "certainty": "exact",
            "questions": [question.to_dict() for question in self.questions],
            "left": self.left,
        }


def questions_next(
    waiting: Sequence[OpenQuestion], trials: Trials, result: Result, ruleset: Ruleset, wording: Wording, *, most: int
) -> NextQuestions:
    """Return the open questions that matter, best first.

    What has to do with safety comes first, in its own order. Then come the questions whose answers leave the fewest areas that
    could still be first, on the average of their answers; of equals, those that leave the least open.

    Args:
        waiting: the open questions for which some rule waits, gates first.
        trials: trials of the intake.
        result: what follows from the intake as it is.
        ruleset: all rules.
        wording: the words of the rule set for this intake.
        most: how many questions to return at the most.

    """
    asker = _Asker(trials, result, ruleset, wording)
    safety = [question for question in waiting if question.gate or question.needed]
    others = [question for question in waiting if not (question.gate or question.needed) and question.points]
    tried = [(question, outcomes) for question in others if asker.matters(outcomes := asker.outcomes(question.path))]
    tried.sort(key=lambda entry: _left_open([outcome for _, outcome in entry[1]]))
    best = [(question, asker.outcomes(question.path)) for question in safety[:most]]
    best += tried[: most - len(best)]
    told = tuple(asker.told(question, outcomes) for question, outcomes in best)
    return NextQuestions(told, len(safety) + len(tried) - len(best), ruleset=ruleset)


def _left_open(outcomes: Sequence[Outcome]) -> tuple[float, float]:
    """Return what answers leave open on the average: areas that could be first, then points between least and most."""
    if not outcomes:
        return float("inf"), 0.0
    areas = sum(len(outcome.possible) for outcome in outcomes)
    points = sum(known.most - known.least for outcome in outcomes for known in outcome.outlook.bounds.values())
    return areas / len(outcomes), points / len(outcomes)


class _Asker:
    def __init__(self, trials: Trials, result: Result, ruleset: Ruleset, wording: Wording) -> None:
        self._trials = trials
        self._gates = set(result.plan.gates)
        self._ruleset = ruleset
        self._wording = wording

    def outcomes(self, path: str) -> list[tuple[Any, Outcome]]:
        """Return each answer that rules can tell apart and that fits the rest, with what it would come to.

        Who the people are, and who knows whom, can only be told in full: there are no answers to try for them.
        """
        if path in LISTS and path not in SUBJECT_LISTS:
            return []
        intake = self._trials.intake
        options = space_of(self._ruleset).other_answers(intake, path, completing=True)
        tried = [(option, with_left_out(intake, {path: option})) for option in options]
        return [(option, self._trials.outcome(changes)) for option, changes in tried if fits(self._trials, changes)]

    def matters(self, outcomes: Sequence[tuple[Any, Outcome]]) -> bool:
        """Return whether some answer, given alone, changes anything of the ranking or its bounds; one without options may."""
        return not outcomes or any(outcome != self._trials.base for _, outcome in outcomes)

    def told(self, question: OpenQuestion, outcomes: Iterable[tuple[Any, Outcome]]) -> NextQuestion:
        """Return a question with what its answers come to; neighbouring numbers that come to the same stand together."""
        space, path = space_of(self._ruleset), question.path
        tried = [(space.alike(path, option), self._effects(question, option, outcome)) for option, outcome in outcomes]
        answers = []
        for effects, run in itertools.groupby(tried, key=lambda entry: entry[1]):
            together = [alike for alike, _ in run]
            if type(together[0][0]) is int:
                together = [(together[0][0], together[-1][-1])]
            for alike in together:
                told = told_answer(self._trials.intake, path, alike[0], self._wording, alike)
                answers.append(dataclasses.replace(effects, answer=told))
        return NextQuestion(question, tuple(answers))

    def _effects(self, question: OpenQuestion, option: Any, outcome: Outcome) -> PossibleAnswer:
        """Return what an answer comes to, the answer itself left open."""
        intake = self._trials.intake
        points = {area: outcome.points[area] for area in AREAS}
        found = PossibleAnswer(OPEN, outcome.leading, outcome.certain is not None, outcome.possible, points)
        if not (question.gate or question.needed):
            return found
        changed = changed_intake(intake, with_left_out(intake, {question.path: option}))
        plan = evaluate(changed, self._ruleset, engine_of(self._ruleset)).plan
        closes = tuple(gate for gate in plan.gates if gate not in self._gates)
        return dataclasses.replace(found, closes=closes, withheld=len(plan.withheld))
