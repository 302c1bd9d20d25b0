"""All that the evidence for an area can come to on a row, before and after there is more of one field.

The bodies of evidence that share no field are counted apart and added. Those that share one are taken apart by its values: a
question that was not asked, or does not arise, makes nothing hold; a number known within limits is a stretch of values.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from ipt_rules.ruleset.cells import Space, only_if, truth
from ipt_rules.ruleset.conditions import All, Comparison, Condition, Some, comparisons
from ipt_rules.values import NotArising
from ipt_rules.vocabulary import fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ipt_rules.ruleset.cells import Cell
    from ipt_rules.values import Known

MOST_STATES: Final = 1 << 20
"""The most states that are made for one question; where there would be more, it is left undecided."""

_HOLDS: Final = All(())
_FAILS: Final = Some(())

Holding: TypeAlias = frozenset[Comparison]
"""The comparisons on one field that hold with a value of it."""


class Counts(NamedTuple):
    """What one row comes to for an area.

    Attributes:
        is_focus: whether something on its own row supports the area.
        points: for less against, of its own row and the patient's together.
        without: the same of the patient's row alone.

    """

    is_focus: bool = False
    points: int = 0
    without: int = 0

    def __add__(self, other: Counts) -> Counts:  # type: ignore[override]  # a sum of counts, not a longer tuple
        return Counts(self.is_focus or other.is_focus, self.points + other.points, self.without + other.without)


class State(NamedTuple):
    """What a row comes to before and after a step."""

    before: Counts = Counts()
    after: Counts = Counts()

    def __add__(self, other: State) -> State:  # type: ignore[override]  # a sum of states, not a longer tuple
        return State(self.before + other.before, self.after + other.after)


class Step(NamedTuple):
    """Two values of a field, the second with more of it: which comparisons hold with each."""

    before: Holding
    after: Holding


class Part(NamedTuple):
    """A rule of a body of evidence: what it is worth, and what it still asks before and after a step."""

    points: int
    is_own: bool
    before: Condition
    after: Condition


class Body(NamedTuple):
    """A body of evidence on one side of an area; ``turns`` stands for a rule that has to come to hold, and counts nothing."""

    name: str
    side: int
    parts: frozenset[Part]
    turns: bool = False

    def fields(self) -> frozenset[str]:
        """Return what it still reads."""
        return frozenset().union(*(names_of(part.before) | names_of(part.after) for part in self.parts))

    def state(self) -> State | None:
        """Return what it comes to where nothing is left to read; None where a rule does not come to hold that has to."""
        if self.turns:
            return State() if all((one.before, one.after) == (_FAILS, _HOLDS) for one in self.parts) else None
        return State(
            self._counts([part for part in self.parts if part.before == _HOLDS]),
            self._counts([part for part in self.parts if part.after == _HOLDS]),
        )

    def _counts(self, held: Sequence[Part]) -> Counts:
        most = max((part.points for part in held), default=0)
        without = max((part.points for part in held if not part.is_own), default=0)
        return Counts(self.side > 0 and any(part.is_own for part in held), self.side * most, self.side * without)


class Counting:
    """Counts all states of bodies of evidence on rows of one kind, and keeps those it has counted.

    Args:
        kind: the kind of row.

    """

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._known: dict[tuple[frozenset[Body], str], frozenset[State]] = {}
        self._cells = functools.cache(self._cells_of)
        self._made = 0

    def states(self, bodies: Iterable[Body], name: str, step: Step) -> frozenset[State]:
        """Return what some bodies of evidence can come to before and after a step of a field.

        Raises:
            ValueError: too much hangs together.

        """
        self._made = 0
        return self._states(_stepped(bodies, name, step), name)

    def witness(self, bodies: Iterable[Body], name: str, step: Step, state: State) -> dict[str, Known] | None:
        """Return answers, all others not known, with which bodies of evidence come to a state; the field as it is after the step.

        None where only a number known within limits is so.
        """
        found = self._witness(_stepped(bodies, name, step), name, state)
        return None if found is None else self._values({**found, name: step.after})

    def steps(self, name: str, tests: Iterable[Comparison]) -> list[Step]:
        """Return the steps from one value of a field, or stretch of values, to the next with more, where tests tell them apart."""
        tests = frozenset(tests)
        values = sorted(
            value
            for cell in self._cells(name, tests)
            for value in cell.values
            if value is not None and not isinstance(value, NotArising)
        )
        holding = [_holding(tests, value) for value in values]
        if not fields()[name].ranged:
            found = [Step(holding[number], holding[number + 1]) for number in range(len(holding) - 1)]
        else:
            found = list(_steps_of_ranges(holding))
        return [step for step in dict.fromkeys(found) if step.before != step.after]

    def _states(self, bodies: frozenset[Body], moved: str) -> frozenset[State]:
        key = bodies, moved if only_if(moved)[0] in _fields_of(bodies) else ""
        if key not in self._known:
            found = self._count(bodies, moved)
            self._made += len(found)
            if self._made > MOST_STATES:
                raise ValueError(f"there are more than the {MOST_STATES} states that are counted")
            self._known[key] = found
        return self._known[key]

    def _count(self, bodies: frozenset[Body], moved: str) -> frozenset[State]:
        """Return the states of bodies apart, or taken apart by a field that they share."""
        groups = _apart(bodies)
        if len(groups) != 1:
            found = frozenset({State()})
            for group in groups:
                states = self._states(group, moved)
                found = frozenset(one + other for one in found for other in states)
            return found
        names = _fields_of(bodies)
        if not names:
            (body,) = bodies
            state = body.state()
            return frozenset() if state is None else frozenset({state})
        name = _dividing(bodies, names)
        divided = {_where(bodies, name, value, tests) for value, tests in self._divided(bodies, name, moved)}
        return frozenset().union(*(self._states(one, moved) for one in divided))

    def _witness(self, bodies: frozenset[Body], moved: str, state: State) -> dict[str, Holding]:
        """Return field → the comparisons that hold, if any, with which bodies come to one of their states."""
        groups = sorted(_apart(bodies), key=lambda group: min((body.name, body.side) for body in group))
        if len(groups) > 1:
            first, others = groups[0], frozenset().union(*groups[1:])
            rest = self._states(others, moved)
            pairs = (
                (one, other)
                for one in sorted(self._states(first, moved))
                for other in sorted(rest)
                if one + other == state
            )
            one, other = next(pairs)
            return {**self._witness(first, moved, one), **self._witness(others, moved, other)}
        if not _fields_of(bodies):
            return {}
        name = _dividing(bodies, _fields_of(bodies))
        for silent, holding in sorted(self._divided(bodies, name, moved), key=_in_order):
            left = _where(bodies, name, silent, holding)
            if state in self._states(left, moved):
                return (
                    {name: holding, **self._witness(left, moved, state)}
                    if holding
                    else self._witness(left, moved, state)
                )
        raise AssertionError("a state that was counted comes from some value")

    def _values(self, holdings: Mapping[str, Holding]) -> dict[str, Known] | None:
        """Return a value of each field with which some comparisons hold; None where only a number within limits is so."""
        found: dict[str, Known] = {}
        for name, holding in holdings.items():
            values = [value for cell in self._cells(name, holding) for value in cell.values]
            known = [value for value in values if value is not None and not isinstance(value, NotArising)]
            fitting = [value for value in known if _holding(holding, value) == holding]
            if not fitting:
                return None
            found[name] = fitting[0]
        return found

    def _divided(self, bodies: frozenset[Body], name: str, moved: str) -> Iterator[tuple[frozenset[str], Holding]]:
        """Yield the questions that a value of a field silences, and the comparisons that hold with it, for each value.

        Values with which the field that is moved does not arise are left out.
        """
        tests = frozenset(one for one in _tests(bodies) if one.field == name)
        silenced = {one: only_if(one)[1] for one in (*_fields_of(bodies), moved) if only_if(one)[0] == name}
        deciding = frozenset(Comparison(name, "in", words) for words in silenced.values())
        for holding in self._held(name, tests | deciding):
            silent = frozenset(
                one
                for one, words in silenced.items()
                if Comparison(name, "in", words) not in holding.holds and holding.is_known
            )
            if moved not in silent:
                yield silent, holding.holds & tests

    def _held(self, name: str, tests: frozenset[Comparison]) -> set[_Held]:
        """Return which comparisons hold together with some value of a field, or with a stretch of values."""
        known = []
        found = set()
        for cell in self._cells(name, tests):
            for value in cell.values:
                if value is None or isinstance(value, NotArising):
                    found.add(_Held(frozenset(), is_known=False))
                else:
                    known.append(value)
        holding = [_holding(tests, value) for value in (sorted(known) if fields()[name].ranged else known)]
        if fields()[name].ranged:
            holding = [
                frozenset.intersection(*holding[i : j + 1]) for i in range(len(holding)) for j in range(i, len(holding))
            ]
        return found | {_Held(one, is_known=True) for one in holding}

    def _cells_of(self, name: str, tests: frozenset[Comparison]) -> tuple[Cell, ...]:
        ordered: list[Condition] = [*sorted(tests, key=lambda one: one.in_words())]
        return Space(self._kind, ordered, unknown=True).cells[name]


def _in_order(divided: tuple[frozenset[str], Holding]) -> tuple[int, list[str], list[str]]:
    """Return a key that puts first with what least holds, and is the same each time."""
    silent, holding = divided
    return len(holding), sorted(silent), sorted(one.in_words() for one in holding)


class _Held(NamedTuple):
    holds: Holding
    is_known: bool


def _holding(tests: Iterable[Comparison], value: object) -> Holding:
    return frozenset(one for one in tests if truth(one, value))  # type: ignore[arg-type]  # a known value


def _steps_of_ranges(holding: Sequence[Holding]) -> Iterator[Step]:
    """Yield the steps of a number known within limits: the least it can be goes up, or the most."""

    def within(least: int, most: int) -> Holding:
        return frozenset.intersection(*holding[least : most + 1])

    for least in range(len(holding)):
        for most in range(least, len(holding)):
            if most + 1 < len(holding):
                yield Step(within(least, most), within(least, most + 1))
            if least < most:
                yield Step(within(least, most), within(least + 1, most))
    yield from (Step(holding[one], holding[one + 1]) for one in range(len(holding) - 1))


def _stepped(bodies: Iterable[Body], name: str, step: Step) -> frozenset[Body]:
    """Return bodies of which each rule asks what a step leaves open, before it and after."""

    def left(part: Part) -> Part:
        return part._replace(before=_with(part.before, name, step.before), after=_with(part.after, name, step.after))

    return frozenset(body._replace(parts=frozenset(map(left, body.parts))) for body in bodies)


# ── conditions of which something is known ───────────────────────────────────────────────────────────────────────────────


def _with(condition: Condition, name: str, holding: Holding) -> Condition:
    """Return what a condition still asks where it is known which comparisons on a field hold."""
    if isinstance(condition, Comparison):
        return condition if condition.field != name else _HOLDS if condition in holding else _FAILS
    parts = [_with(part, name, holding) for part in condition.parts]
    decided, idle = (_FAILS, _HOLDS) if isinstance(condition, All) else (_HOLDS, _FAILS)
    if decided in parts:
        return decided
    left = tuple(dict.fromkeys(part for part in parts if part != idle))
    return left[0] if len(left) == 1 else type(condition)(left)


def _where(bodies: frozenset[Body], name: str, silent: frozenset[str], holding: Holding) -> frozenset[Body]:
    """Return bodies where it is known which comparisons on a field hold, and which questions do not arise."""

    def left(condition: Condition) -> Condition:
        condition = _with(condition, name, holding)
        for one in silent:
            condition = _with(condition, one, frozenset())
        return condition

    made = set()
    for body in bodies:
        parts = {part._replace(before=left(part.before), after=left(part.after)) for part in body.parts}
        if not body.turns:
            parts = {part for part in parts if (part.before, part.after) != (_FAILS, _FAILS)}
        made.add(body._replace(parts=frozenset(parts)))
    return frozenset(made)


@functools.lru_cache(maxsize=1 << 14)
def names_of(condition: Condition) -> frozenset[str]:
    """Return the fields that a condition reads."""
    return frozenset(one.field for one in comparisons(condition))


def _fields_of(bodies: Iterable[Body]) -> frozenset[str]:
    return frozenset().union(*(body.fields() for body in bodies))


def _tests(bodies: Iterable[Body]) -> Iterator[Comparison]:
    for body in bodies:
        for part in body.parts:
            yield from comparisons(part.before)
            yield from comparisons(part.after)


def _apart(bodies: frozenset[Body]) -> list[frozenset[Body]]:
    """Return groups of bodies that share no field; a question hangs together with the one that decides whether it arises."""
    groups: list[tuple[frozenset[str], frozenset[Body]]] = []
    everything = _fields_of(bodies)
    for body in bodies:
        names = body.fields()
        names |= {only_if(name)[0] for name in names} & everything
        joined = frozenset({body})
        apart = []
        for others, group in groups:
            if others & names:
                names, joined = names | others, joined | group
            else:
                apart.append((others, group))
        groups = [*apart, (names, joined)]
    return [group for _, group in groups]


def _dividing(bodies: frozenset[Body], names: frozenset[str]) -> str:
    """Return the field that most bodies read; the one that decides whether it arises before it."""
    name = max(sorted(names), key=lambda one: sum(one in body.fields() for body in bodies))
    decider = only_if(name)[0]
    return decider if decider in names else name
