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
from ipt_rules.ruleset.conditions import All, Comparison, comparisons
from ipt_rules.values import NotArising
from ipt_rules.verify.before_after import Body, Counting, Part, State, Step
from ipt_rules.verify.defects import Shown
from ipt_rules.verify.pairs import evidence_of, evidence_rules
from ipt_rules.vocabulary import fields, fields_of
from ipt_rules.words import AREAS, Area

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ipt_rules.ruleset.conditions import Condition
    from ipt_rules.ruleset.model import Rule, Ruleset
    from ipt_rules.values import Known
    from ipt_rules.verify.before_after import Counts
    from ipt_rules.vocabulary import Field

Trend: TypeAlias = Literal["none", "rises", "falls", "either", "undecided"]
"""What more of a field can do to the points of an area: nothing, raise them, lower them, or either. The first three are proved."""

_SUBJECTS = ("loss", "dispute", "change", "isolation")


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


class Loss(NamedTuple):
    """How an area can lose points: how many, on which kind of row, and with which answers, where they are single values."""

    points: int
    kind: str
    answers: Mapping[str, Known] | None

    def shown(self) -> Shown | None:
        """Return the rows that show it; None where there is none, as far as is known."""
        if self.answers is None:
            return None
        asked: list[Condition] = [Comparison(name, "is", value) for name, value in self.answers.items()]
        try:
            space = Space(self.kind, asked, unknown=True)
        except ValueError:  # more points than a space may have
            return None
        rows = space.set_of(All(tuple(asked)))
        return Shown(space, rows) if rows else None


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

    def states(self, name: str, area: Area) -> Iterator[State]:
        """Yield what each kind of row can come to before and after each step of a field; nothing where no rule reads it.

        Raises:
            ValueError: too much hangs together.

        """
        for kind, counting in self._counting.items():
            bodies, steps = self._of(kind, name, area)
            for step in steps:
                yield from counting.states(bodies, name, step)

    def losses(self, name: str, area: Area, rule: Rule) -> Iterator[Loss]:
        """Yield how an area can lose points by a step of a field that makes a rule for it hold, the most for each step.

        Only where more of the field makes it hold and never ends it, or less of it, throughout.
        What a first focus brings against the area is no loss by the rule, unless the same step brings it.

        Raises:
            ValueError: too much hangs together.

        """
        part = Part(0, is_own=False, before=rule.condition, after=rule.condition)
        turning = Body(rule.id, 0, frozenset({part}), turns=True)
        for kind in self._counting if rule.kind == "patient" else (rule.kind,):
            bodies, ups = self._of(kind, name, area)
            counting = self._counting[kind]
            downs = [Step(step.after, step.before) for step in ups]
            up, down = ([step for step in steps if counting.states([turning], name, step)] for steps in (ups, downs))
            for step in [] if up and down else up or down:
                states = counting.states([turning, *bodies], name, step)
                worst = max(states, key=lambda state: (*self._lost(state), state), default=State())
                if (points := self._lost(worst)[0]) > 0:
                    yield Loss(points, kind, counting.witness([turning, *bodies], name, step, worst))

    def _lost(self, state: State) -> tuple[int, int]:
        """Return how many points a row loses as a focus, and how many an area that has no other."""
        return state.before.points - state.after.points, self._alone(state.before) - self._alone(state.after)

    def _of(self, kind: str, name: str, area: Area) -> tuple[list[Body], list[Step]]:
        """Return the bodies of evidence for and against an area on a kind of row, and the steps of a field that they read."""
        rules = [rule for rule in self._rules if rule.kind in (kind, "patient") and evidence_of(rule).area == area]
        tests = {one for rule in rules for one in comparisons(rule.condition) if one.field == name}
        if not tests or name not in fields_of(kind):
            return [], []
        return self._bodies(rules), self._counting[kind].steps(name, tests)

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


class Stretches(NamedTuple):
    """Two neighbouring stretches of a field: the numbers of their cells."""

    first: int
    then: int


class Turning:
    """Where rules come to hold with one field on rows of one kind.

    Args:
        kind: the kind of row.
        name: the field.
        rules: the rules.

    Raises:
        ValueError: the space of them would have more points than a space may have.

    """

    def __init__(self, kind: str, name: str, rules: Sequence[Rule]) -> None:
        conditions = [rule.condition for rule in rules]
        self.space = Space(kind, [*conditions, *_cuts(name, conditions)])
        self._name = name
        self._cells = self.space.cells[name]
        self._sets = {rule.id: self.space.set_of(rule.condition) for rule in rules}

    def ways(self, rule: Rule) -> list[Stretches]:
        """Return the steps with which a rule comes to hold; none where a field makes it hold and ends it, both on the way up."""
        up = [step for step in self.upwards if self.on(rule, step)]
        down = [back for step in self.upwards if self.on(rule, back := Stretches(step.then, step.first))]
        return [] if up and down else up or down

    @property
    def upwards(self) -> list[Stretches]:
        """Neighbouring stretches, the one with less first."""
        known = [number for number, cell in enumerate(self._cells) if not isinstance(cell.value, NotArising)]
        by_value = sorted(known, key=lambda number: int(self._cells[number].value))  # type: ignore[arg-type]  # numbers, codes and flags
        return [Stretches(*pair) for pair in itertools.pairwise(by_value)]

    def on(self, rule: Rule, step: Stretches) -> int:
        """Return the rows, without the field, on which a rule comes to hold with a step."""
        held, every = self._sets[rule.id], self.space.everything
        return self._at(held, step.then) & ~self._at(held, step.first) & self._at(every, step.first)

    def shown(self, step: Stretches, rows: int) -> Shown:
        """Return rows, given without the field, as they are after a step."""
        return Shown(self.space, self.space.put(self._name, step.then, rows))

    def _at(self, points: int, cell: int) -> int:
        return self.space.take(self._name, cell, points)


def _part(rule: Rule) -> tuple[bool, str]:
    """Return on which side of its area a rule counts, and in which body of evidence."""
    return evidence_of(rule).supports, evidence_of(rule).body


def _cuts(name: str, conditions: Iterable[Condition]) -> Iterator[Comparison]:
    """Yield comparisons that part a number wherever some condition names one, so that every cell is one stretch."""
    field = fields()[name]
    if field.type == "number" or field.ordered:
        for condition in conditions:
            for one in comparisons(condition):
                if one.field == name and isinstance(one.value, int):
                    yield from (Comparison(name, "at_least", one.value + more) for more in (0, 1))
