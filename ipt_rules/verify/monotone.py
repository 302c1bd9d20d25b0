"""Whether more of an answer can raise or lower the points of an area: field by field, with all other answers the same.

A field is cut into the stretches that some evidence rule tells apart; two neighbouring ones are compared, whatever the others are,
given or not. What a subject's row and the patient's come to together is counted in full: the first subject that becomes a focus of
an area brings what opposes the area on its row, and takes the place of what there was without a subject.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from ipt_rules.ruleset.cells import Space
from ipt_rules.ruleset.conditions import Comparison, comparisons
from ipt_rules.values import NotArising
from ipt_rules.verify.before_after import Body, Counting, Part, State
from ipt_rules.verify.defects import Shown
from ipt_rules.verify.pairs import evidence_of, evidence_rules
from ipt_rules.vocabulary import fields, fields_of
from ipt_rules.words import AREAS, Area

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ipt_rules.ruleset.conditions import Condition
    from ipt_rules.ruleset.model import Rule, Ruleset
    from ipt_rules.verify.before_after import Counts
    from ipt_rules.vocabulary import Field

Trend: TypeAlias = Literal["none", "rises", "falls", "either", "undecided"]
"""What more of a field can do to the points of an area: nothing, raise them, lower them, or either. The first three are proved."""

_SUBJECTS = ("loss", "dispute", "change", "isolation")

Changes: TypeAlias = "Mapping[int, int]"
"""By how many points more or less there are, the rows (without the field) on which it is so."""


class Step(NamedTuple):
    """Two neighbouring stretches of a field, the second with more of it: the numbers of their cells."""

    less: int
    more: int


@dataclass(frozen=True, slots=True)
class Table:
    """What more of each ordered field can do to the points of each area; fields that no evidence rule reads are left out.

    Attributes:
        trends: field → area → what more of it can do.

    """

    trends: Mapping[str, Mapping[Area, Trend]]

    def to_dict(self) -> dict[str, dict[str, str]]:
        """Return the table as plain values."""
        return {name: {str(area): str(trend) for area, trend in row.items()} for name, row in self.trends.items()}


def monotonicity(ruleset: Ruleset) -> Table:
    """Return what more of each field that is ordered can do to the points of each area."""
    reads = {one.field for rule in evidence_rules(ruleset) for one in comparisons(rule.condition)}
    names = [name for name, field in fields().items() if name in reads and is_ordered(field)]
    counting = Foci(ruleset)
    return Table({name: {area: _trend(counting, name, area) for area in AREAS} for name in names})


def _trend(counting: Foci, name: str, area: Area) -> Trend:
    up = down = False
    try:
        for state in counting.states(name, area):
            up, down = up or counting.can_rise(state), down or counting.can_fall(state)
            if up and down:
                return "either"
    except ValueError:  # too much hangs together
        return "undecided"
    return "rises" if up else "falls" if down else "none"


class Foci:
    """What the foci of an area can come to before and after one field has more, and what that does to the area.

    An area has the points of its best focus, or without any those of the patient's row, as far as they count without a subject. So
    it falls only where a focus that stays one falls, where one ends, where the first one begins with less than there was without,
    or where there is none and the patient's row falls; and it rises only where this is so backwards.

    Args:
        ruleset: the rules.

    """

    def __init__(self, ruleset: Ruleset) -> None:
        self._points = ruleset.scoring.points
        self._cap = ruleset.scoring.most_without_subject
        self._rules = evidence_rules(ruleset)
        self._counting = {kind: Counting(kind) for kind in (*_SUBJECTS, "patient")}

    def states(self, name: str, area: Area, turning: Rule | None = None) -> Iterator[State]:
        """Yield what each kind of row can come to before and after each step of a field; nothing where no rule reads it.

        Args:
            name: the field.
            area: the area.
            turning: a rule that has to come to hold with the step.

        Raises:
            ValueError: too much hangs together.

        """
        for kind, counting in self._counting.items():
            rules = [rule for rule in self._rules if rule.kind in (kind, "patient") and evidence_of(rule).area == area]
            tests = {one for rule in rules for one in comparisons(rule.condition) if one.field == name}
            if tests and name in fields_of(kind) and (turning is None or turning in rules):
                bodies = self._bodies(rules)
                if turning is not None:
                    part = Part(0, is_own=False, before=turning.condition, after=turning.condition)
                    bodies.append(Body(turning.id, 0, frozenset({part}), turns=True))
                for step in counting.steps(name, tests):
                    yield from counting.states(bodies, name, step)

    def can_rise(self, state: State) -> bool:
        """Return whether an area with such a row can have more points after the step."""
        return self.can_fall(State(state.after, state.before))

    def can_fall(self, state: State) -> bool:
        """Return whether an area with such a row can have less points after the step."""
        before, after = state
        if before.is_focus and not after.is_focus and before.points > 0:
            return True  # another focus is the best then, with any points
        return self._alone(after) < self._alone(before)

    def _alone(self, counts: Counts) -> int:
        """Return the points of an area that has no other focus."""
        return max(0, counts.points if counts.is_focus else min(self._cap, counts.without))

    def _bodies(self, rules: Iterable[Rule]) -> list[Body]:
        parts: dict[tuple[bool, str], list[Part]] = defaultdict(list)
        for rule in rules:
            points = self._points[evidence_of(rule).strength]
            parts[_part(rule)].append(Part(points, rule.kind != "patient", rule.condition, rule.condition))
        return [Body(body, 1 if supports else -1, frozenset(found)) for (supports, body), found in parts.items()]


def is_ordered(field: Field) -> bool:
    """Return whether there can be more or less of a field; of a yes-or-no question, yes is more."""
    return field.type in ("flag", "number") or field.ordered


def foci(ruleset: Ruleset, name: str, area: Area, rule: Rule | None = None) -> Iterator[Focus]:
    """Yield the focus of an area on each kind of row that has a field, where some rule for or against reads it.

    Args:
        ruleset: the rules.
        name: the field.
        area: the area.
        rule: a rule that has to count for the focus.

    Raises:
        ValueError: so much hangs together that no space can hold it.

    """
    for kind in _SUBJECTS if rule is None or rule.kind == "patient" else (rule.kind,):
        counting = [one for one in evidence_rules(ruleset) if one.kind in (kind, "patient")]
        counting = [one for one in counting if evidence_of(one).area == area]
        touched = {_part(one) for one in counting if name in _fields_of(one)}
        members = [one for one in counting if _part(one) in touched]
        if touched and name in fields_of(kind) and (rule is None or rule in members):
            yield Focus(kind, name, members, points=ruleset.scoring.points)


class Focus:
    """What can change with one field on one kind of row: the points of an area, and which rules hold.

    Args:
        kind: the kind of row.
        name: the field.
        members: the evidence rules that count: those of every body of evidence in which one reads the field.
        points: what each strength is worth.
        watched: other rules of which it matters whether they hold.

    Raises:
        ValueError: its space would have more points than a space may have.

    """

    def __init__(
        self,
        kind: str,
        name: str,
        members: Sequence[Rule],
        *,
        points: Mapping[str, int],
        watched: Sequence[Rule] = (),
    ) -> None:
        conditions = [rule.condition for rule in (*members, *watched)]
        self.space = Space(kind, [*conditions, *_cuts(name, conditions)])
        self._name = name
        self._cells = self.space.cells[name]
        self._sets = {rule.id: self.space.set_of(rule.condition) for rule in (*members, *watched)}
        self._bodies: dict[tuple[bool, str], dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
        for rule in members:
            self._bodies[_part(rule)][points[evidence_of(rule).strength]].append(rule.id)

    @property
    def steps(self) -> list[Step]:
        """Neighbouring stretches, the one with less first."""
        known = [number for number, cell in enumerate(self._cells) if not isinstance(cell.value, NotArising)]
        by_value = sorted(known, key=lambda number: int(self._cells[number].value))  # type: ignore[arg-type]  # numbers, codes and flags
        return [Step(*pair) for pair in itertools.pairwise(by_value)]

    def turning_on(self, rule: Rule, step: Step) -> int:
        """Return the rows, without the field, on which a rule comes to hold with a step."""
        held = self._sets[rule.id]
        return self._at(held, step.more) & ~self._at(held, step.less) & self._both(step)

    def changes(self, step: Step, rows: int | None = None) -> Changes:
        """Return by how much the points change with a step, and on which of some rows, without the field.

        Args:
            step: from one stretch of the field to another.
            rows: the rows to look at; all where None.

        """
        found = {0: self._both(step) if rows is None else rows}
        for (supports, _), by_points in self._bodies.items():
            before, after = self._strongest(by_points, step.less), self._strongest(by_points, step.more)
            sign = 1 if supports else -1
            joined: dict[int, int] = defaultdict(int)
            for (total, where), (had, then), (has, now) in itertools.product(found.items(), before, after):
                if common := where & then & now:
                    joined[total + sign * (has - had)] |= common
            found = joined
        return found

    def shown(self, step: Step, rows: int) -> Shown:
        """Return rows, given without the field, as they are after a step."""
        return Shown(self.space, self.space.put(self._name, step.more, rows))

    def _strongest(self, by_points: Mapping[int, Sequence[str]], cell: int) -> list[tuple[int, int]]:
        """Return how many points a body counts with one stretch of the field, each with the rows on which it does."""
        left = self._at(self.space.everything, cell)
        found = []
        for points in sorted(by_points, reverse=True):
            holds = left & _any(self._at(self._sets[rule], cell) for rule in by_points[points])
            found.append((points, holds))
            left &= ~holds
        return [*found, (0, left)]

    def _both(self, step: Step) -> int:
        return self._at(self.space.everything, step.less) & self._at(self.space.everything, step.more)

    def _at(self, points: int, cell: int) -> int:
        return self.space.take(self._name, cell, points)


def _any(sets: Iterable[int]) -> int:
    joined = 0
    for one in sets:
        joined |= one
    return joined


def _part(rule: Rule) -> tuple[bool, str]:
    """Return on which side of its area a rule counts, and in which body of evidence."""
    return evidence_of(rule).supports, evidence_of(rule).body


def _fields_of(rule: Rule) -> frozenset[str]:
    return frozenset(one.field for one in comparisons(rule.condition))


def _cuts(name: str, conditions: Iterable[Condition]) -> Iterator[Comparison]:
    """Yield comparisons that part a number wherever some condition names one, so that every cell is one stretch."""
    field = fields()[name]
    if field.type == "number" or field.ordered:
        for condition in conditions:
            for one in comparisons(condition):
                if one.field == name and isinstance(one.value, int):
                    yield from (Comparison(name, "at_least", one.value + more) for more in (0, 1))
