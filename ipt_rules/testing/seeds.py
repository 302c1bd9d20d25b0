"""Intakes and courses to start from: ones in which a rule holds, or narrowly fails, or that together reach what rules ask for.

They are searched for among the worked cases and then seeded draws, the same ones in every run; what these do not show is made from
the nearest of them, where it can be. No test has asked for any of this, so none of it counts as reached by one.
"""

from __future__ import annotations

import functools
import itertools
import random
from typing import TYPE_CHECKING, Final, TypeVar

from ipt_rules.drawn.intakes import Seeded, draw_intake
from ipt_rules.engines import CompiledEngine
from ipt_rules.engines.reference import trace
from ipt_rules.errors import Problem, RulesetError
from ipt_rules.intake import Intake
from ipt_rules.pipeline import evaluate
from ipt_rules.reading_courses import example_course, example_courses
from ipt_rules.reading_intakes import example, examples
from ipt_rules.ruleset.conditions import comparisons
from ipt_rules.ruleset.forms import nearest
from ipt_rules.testing.reached import rows_of_result, uncounted
from ipt_rules.values import NOT_ARISING
from ipt_rules.verify.obligations import comparisons_of, meeting, met_by, points_meeting, space_of
from ipt_rules.verify.witnesses import Found, drawn_courses, witness_of
from ipt_rules.worked_cases import rows_of_course

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from ipt_rules.course import Course
    from ipt_rules.facts import Row
    from ipt_rules.pipeline import Result
    from ipt_rules.ruleset.model import Rule, Ruleset
    from ipt_rules.verify.obligations import Obligation

T = TypeVar("T")
U = TypeVar("U")

_SEED: Final = 20260331
_MOST_INTAKES: Final = 600
_ENOUGH: Final = 2
"""Seeds in which a rule holds, or fails, in the same way: more make no more difference than what is varied around them."""

_FULL: Final = (None,) * _ENOUGH

_LOOK_AT_LEAST: Final = 300
"""Intakes or courses to look at before ways that none of them shows are given up, where some way was found."""

_MANY: Final = 12
"""People, and subjects of each kind, in every third intake: as many as an intake may have."""


def rules_named(ruleset: Ruleset, ids: Iterable[str]) -> list[Rule]:
    """Return the rules that have some ids.

    Raises:
        RulesetError: with every id that no rule has, and the nearest that one has.

    """
    by_id, named = {rule.id: rule for rule in ruleset.rules}, list(ids)
    problems = [
        Problem("", 0, 0, one, f"no rule has this id; {nearest(one, by_id, otherwise='see the ids in its files')}")
        for one in named
        if one not in by_id
    ]
    if problems:
        raise RulesetError(f"The rule set {ruleset.name} has no such rule:", problems)
    return [by_id[one] for one in named]


class Draws:
    """The worked intakes and then seeded ones, with what follows from each by a rule set; made as far as somebody looks."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._ruleset, self._engine = ruleset, CompiledEngine(ruleset)
        self._choose = Seeded(random.Random(_SEED))
        self._drawn: list[tuple[Intake, Result, tuple[Row, ...]]] = []

    def __iter__(self) -> Iterator[tuple[Intake, Result, tuple[Row, ...]]]:
        worked = examples()
        for number in range(len(worked) + _MOST_INTAKES):
            if number == len(self._drawn):
                intake = example(worked[number]) if number < len(worked) else self._drawn_intake(many=number % 3 == 0)
                result = self.result(intake)
                self._drawn.append((intake, result, tuple(rows_of_result(result))))
            yield self._drawn[number]

    def result(self, intake: Intake) -> Result:
        """Return what follows from an intake. No test has asked for it, so it does not count as reached by one."""
        return evaluate(intake, self._ruleset, self._engine)

    def _drawn_intake(self, *, many: bool) -> Intake:
        if many:
            return draw_intake(self._choose, most_subjects=_MANY, most_people=_MANY)
        return draw_intake(self._choose)


@functools.lru_cache(maxsize=4)
def draws(ruleset: Ruleset) -> Draws:
    """Return the worked and the seeded intakes for a rule set, made once."""
    return Draws(ruleset)


def courses(ruleset: Ruleset, kind: str) -> Iterator[tuple[Course, list[Row]]]:
    """Yield the worked and then seeded courses, each with its rows of a kind."""
    with uncounted():
        found = [*worked_courses(ruleset), *drawn_courses(ruleset).get(kind, ())]
    for _, of_course in itertools.groupby(found, lambda one: id(one.case)):
        rows = [*of_course]
        case = rows[0].case
        if not isinstance(case, Intake):
            yield case, [one.row for one in rows if one.row.kind == kind]


@functools.lru_cache(maxsize=4)
def worked_courses(ruleset: Ruleset) -> tuple[Found, ...]:
    """Return the rows of the worked courses, made once."""
    worked = [example_course(name) for name in example_courses()]
    return tuple(Found(course, row) for course in worked for row in rows_of_course(course, ruleset))


def witness(ruleset: Ruleset, way: Obligation) -> Intake | Course | None:
    """Return an intake or a course that meets an obligation where the rule holds or is known to fail; None where none was found."""
    rule = ruleset.rule(way.rule)
    try:
        space = space_of(rule)
    except ValueError:  # the rule reads so much that no space can hold it
        return None
    points = meeting(rule)[way] & (space.set_of(rule.condition) | ~space.set_of(rule.condition, could=True))
    field = comparisons_of(rule)[way.number].field
    arising = space.where(field, lambda cell: cell.value is not NOT_ARISING)
    with uncounted():
        return witness_of(ruleset, space, points & (space.everything if way.truth else arising))


def few_of_each(found: Iterable[tuple[T, Collection[U]]], ways: Collection[U]) -> dict[U, list[T]]:
    """Return a few things for each way in which they can be as wanted; ways that none shows are left out.

    Args:
        found: the things, each with the ways in which it is as wanted; none where it is not.
        ways: those that are looked for.

    """
    few: dict[U, list[T]] = {way: [] for way in ways}
    for number, (one, shown) in enumerate(found):
        for way in shown:
            if len(few.get(way, _FULL)) < _ENOUGH:
                few[way].append(one)
        least = min(len(those) for those in few.values())
        given_up = number >= _LOOK_AT_LEAST and any(few.values())
        if least == _ENOUGH or given_up or (least and number >= _LOOK_AT_LEAST // 4):
            break
    return {way: those for way, those in few.items() if those}


# ── one rule ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def ways_to(rule: Rule, *, hold: bool) -> list[Obligation]:
    """Return the obligations that a rule can meet where it holds, what it needs among them, or where it narrowly fails."""
    count = sum(1 for _ in comparisons(rule.condition))
    feasible = sorted(_feasible([rule]))
    return [one for one in feasible if (one.truth or one.number >= count) is hold]


def ways_held(rule: Rule, rows: Iterable[Row]) -> set[Obligation] | None:
    """Return the obligations that a rule meets on the rows on which it holds; None where it holds on none."""
    held = [row for row in rows if row.kind == rule.kind and trace(rule.condition, row).truth is True]
    return {one for row in held for one in met_by(rule, row)} if held else None


def holds(rule: Rule, rows: Iterable[Row]) -> bool:
    """Return whether a rule holds on some of the rows."""
    return ways_held(rule, rows) is not None


def ways_failed(rule: Rule, rows: Iterable[Row]) -> set[Obligation]:
    """Return the obligations that a rule meets on the rows on which one comparison alone, with a known value, makes it fail."""
    return {one for row in rows if row.kind == rule.kind for one in _fails_by(rule, row)}


def _fails_by(rule: Rule, row: Row) -> Iterator[Obligation]:
    told = trace(rule.condition, row)
    if told.truth is False:
        fields = [one.field for one in comparisons(rule.condition)]
        yield from (one for one in met_by(rule, row, told) if row.value(fields[one.number]) is not NOT_ARISING)


# ── many rules ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def covering(ruleset: Ruleset, rules: Sequence[Rule]) -> list[Intake]:
    """Return few intakes that together meet the obligations of rules, as far as some are found that do.

    Args:
        ruleset: the rules, all of them.
        rules: those whose obligations are to be met.

    """
    wanted, left = _feasible(rules), _feasible(rules)
    kept: list[tuple[Intake, tuple[Row, ...]]] = []
    for intake, _, rows in draws(ruleset):
        if not left:
            break
        met = _met(rules, rows, left)
        if met:
            left -= met
            kept.append((intake, rows))
    for way in sorted(left):
        made = witness(ruleset, way) if way in left else None
        if isinstance(made, Intake):
            kept.append((made, tuple(rows_of_result(draws(ruleset).result(made)))))
            left -= _met(rules, kept[-1][1], left)
    return _few([(intake, _met(rules, rows, wanted)) for intake, rows in kept], wanted - left)


def _feasible(rules: Iterable[Rule]) -> set[Obligation]:
    return {one for rule in rules for one, points in points_meeting(rule).items() if points}


def _met(rules: Iterable[Rule], rows: Sequence[Row], wanted: Collection[Obligation]) -> set[Obligation]:
    """Return the obligations among those wanted that some of the rows meet."""
    asking = {one.rule for one in wanted}
    return {
        one
        for rule in rules
        if rule.id in asking
        for row in rows
        if row.kind == rule.kind
        for one in met_by(rule, row)
        if one in wanted
    }


def _few(sets: Sequence[tuple[T, set[Obligation]]], wanted: set[Obligation]) -> list[T]:
    """Return a few that meet together what all of them meet: each time the one that meets most of what is left."""
    left, chosen = set(wanted), []
    while left:
        best = max(range(len(sets)), key=lambda number: len(sets[number][1] & left))
        chosen.append(best)
        left -= sets[best][1]
    for number in reversed(chosen[:]):
        others = [sets[other][1] for other in chosen if other != number]
        if sets[number][1] <= set().union(*others):
            chosen.remove(number)
    return [sets[number][0] for number in chosen]
