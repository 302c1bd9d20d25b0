"""What comparisons of rules come to, as literals that follow from the answers chosen.

Nothing of the meaning of a field is written down here: rows of intakes with other answers are made, and looked at. A comparison
that rests on few answers is tried with all of them. One that rests on many is left free, and a solution that gets it wrong is met
with a lemma: what these answers, and no others, make of it. Facts only grow: what is so with some answers open stays so
whatever they are, so a lemma speaks of few answers and holds for many choices.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ipt_rules.engines.reference import compare
from ipt_rules.explain.clauses import TRUE
from ipt_rules.explain.dates_apart import is_date
from ipt_rules.explain.influence import paths_behind
from ipt_rules.explain.trials import changed_intake, engine_of
from ipt_rules.facts import facts
from ipt_rules.pipeline import with_stages
from ipt_rules.places import pattern
from ipt_rules.vocabulary import GROUPS_OF_ROWS, STAGE_FIELDS, fields

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from ipt_rules.engines.reference import Truth
    from ipt_rules.explain.choices import Answers, Choices
    from ipt_rules.explain.clauses import Clauses
    from ipt_rules.facts import Row
    from ipt_rules.intake import Intake
    from ipt_rules.ruleset.conditions import Comparison
    from ipt_rules.ruleset.model import Ruleset

MOST_TRIED: Final = 32
"""How many choices of the answers behind a comparison are tried at the most before it is left to lemmas."""


class Seen(NamedTuple):
    """A comparison on one row; the row's place is empty for what every row says of the patient."""

    place: str
    comparison: Comparison


class Rows:
    """The rows of one intake with any of its answers changed, stages found."""

    def __init__(self, intake: Intake, ruleset: Ruleset) -> None:
        self._intake = intake
        self._ruleset = ruleset
        self._facts = facts(intake, ruleset.reads)
        self._made: dict[str, Mapping[str, Row]] = {}

    def of(self, changes: Answers) -> Mapping[str, Row]:
        """Return the rows by the place of their subject, the patient's without one."""
        key = repr(sorted(changes.items(), key=lambda change: change[0]))
        if key not in self._made:
            changed = changed_intake(self._intake, changes)
            rows = facts(changed, self._ruleset.reads, since=(self._facts, tuple(changes)))
            subjects, _ = with_stages(rows.subjects, self._ruleset, engine_of(self._ruleset))
            self._made[key] = {row.place: row for row in (*subjects, rows.patient)}
        return self._made[key]


class Truths:
    """The literals of comparisons, each true exactly when the answers chosen make the comparison true.

    Args:
        rows: the rows with other answers.
        choices: the answers that may be chosen.
        clauses: where the literals are made.
        not_listed: where an intake is completed, the lists that could turn out to hold anything: what reads them stays free, and so
            does what two dates decide together, since their options are each date's own. None where answers are changed.

    """

    def __init__(
        self, rows: Rows, ruleset: Ruleset, choices: Choices, clauses: Clauses, not_listed: AbstractSet[str] | None
    ) -> None:
        self._rows = rows
        self._ruleset = ruleset
        self._choices = choices
        self._clauses = clauses
        self._not_listed = not_listed
        self._literals: dict[Seen, int] = {}
        self._left_to_lemmas: dict[Seen, tuple[str, ...]] = {}

    def literal(self, row: Row, comparison: Comparison) -> int:
        """Return the literal for "this comparison is true on this row"."""
        everywhere = fields()[comparison.field].group in GROUPS_OF_ROWS["patient"]
        seen = Seen("" if everywhere else row.place, comparison)
        if seen not in self._literals:
            self._literals[seen] = self._made(seen, row)
        return self._literals[seen]

    def lemmas(self, true: AbstractSet[int], answers: Answers) -> list[list[int]]:
        """Return a clause for each comparison that a solution gets wrong; none when it is right throughout.

        Args:
            true: the literals that the solution makes true.
            answers: the answers that it chooses.

        """
        found = []
        for seen, behind in self._left_to_lemmas.items():
            chosen = {place: answers[place] for place in behind}
            truth = self._truth(seen, chosen)
            if (self._literals[seen] in true) is not (truth is True):
                found.append(self._lemma(seen, chosen, truth))
        return found

    def _made(self, seen: Seen, row: Row) -> int:
        paths = set(self._paths(seen, row))
        behind = tuple(place for place in self._choices.options if place in paths or pattern(place) in paths)
        if (
            self._not_listed is not None
            and (known := self._truth(seen, {})) is not None
            and seen.place in self._rows.of({})
        ):
            return TRUE if known else -TRUE  # facts only grow
        if self._is_free(paths, behind):
            return self._clauses.new()
        if math.prod(len(self._choices.options[place]) for place in behind) <= MOST_TRIED:
            return self._clauses.some(self._all_that_hold(seen, behind))
        self._left_to_lemmas[seen] = behind
        return self._clauses.new()

    def _paths(self, seen: Seen, row: Row) -> Iterator[str]:
        """Yield the places that a comparison comes from, with ``[]`` where everybody's answers count."""
        name = seen.comparison.field
        yield from paths_behind(name, row)
        if name in STAGE_FIELDS:
            for one in self._ruleset.fields_of_stages:
                yield from paths_behind(one, row)
        if seen.place:
            yield seen.place.partition("[")[0]
        if fields()[name].group == "tie" and row.person is None:
            yield "inventory.people"

    def _is_free(self, paths: AbstractSet[str], behind: tuple[str, ...]) -> bool:
        if self._not_listed is None:
            return False
        return bool(paths & self._not_listed) or sum(map(is_date, behind)) > 1

    def _all_that_hold(self, seen: Seen, behind: tuple[str, ...]) -> Iterator[int]:
        """Yield a literal for each choice of the answers behind a comparison with which it is true."""
        for chosen in itertools.product(*(self._choices.options[place] for place in behind)):
            answers = dict(zip(behind, chosen, strict=True))
            if self._truth(seen, self._choices.arising(answers)):
                yield self._clauses.every([self._choices.literal(place, one) for place, one in answers.items()])

    def _truth(self, seen: Seen, answers: Answers) -> Truth:
        row = self._rows.of(self._choices.changes(answers)).get(seen.place)
        return False if row is None else compare(seen.comparison, row.value(seen.comparison.field))

    def _lemma(self, seen: Seen, answers: Answers, truth: Truth) -> list[int]:
        literal = self._literals[seen]
        if truth:
            kept = self._choices.fewer(answers, lambda fewer: self._truth(seen, fewer) is True)
            return [literal, *(self._choices.is_none_of(place, [answer]) for place, answer in kept.items())]
        denying = answers if truth is False else self._denied(seen, answers)
        if denying is None:
            asked = [place for place in answers if self._choices.arises(place, answers)]
            return [-literal, *(self._choices.is_none_of(place, [answers[place]]) for place in asked)]
        kept = self._choices.fewer(denying, lambda fewer: self._truth(seen, fewer) is False)
        return [-literal, *(self._choices.is_none_of(place, self._below(place, one)) for place, one in kept.items())]

    def _below(self, place: str, answer: Any) -> list[Any]:
        """Return an answer and, where no other question depends on it, None: while it is open, it cannot be true either."""
        return [answer] if self._choices.decides(place) else [answer, None]

    def _denied(self, seen: Seen, answers: Answers) -> Answers | None:
        """Return the answers with open ones filled in so that an unknown comparison is false; None where none were found."""
        options = {
            place: [one for one in self._choices.options[place] if one is not None]
            for place, answer in answers.items()
            if answer is None
        }
        for number in range(max(map(len, options.values()), default=0)):
            filled = {place: known[min(number, len(known) - 1)] for place, known in options.items() if known}
            tried = self._choices.arising(answers | filled)
            if self._truth(seen, tried) is False:
                return tried
        return None
