"""Formulas as clauses, for a SAT solver: each formula is a literal that is true exactly when its parts make it so.

A literal is a whole number, its negation the number with the other sign. Formulas made twice are the same literal, and what is
settled by constants makes no clause.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

TRUE: Final = 1
"""The literal that is always true; ``-TRUE`` is always false."""


class Clauses:
    """Clauses that must all hold; a clause holds when one of its literals is true."""

    def __init__(self) -> None:
        self.clauses: list[list[int]] = [[TRUE]]
        self._top = TRUE
        self._made: dict[tuple[int, ...], int] = {}

    def new(self) -> int:
        """Return a literal about which nothing is said yet."""
        self._top += 1
        return self._top

    def add(self, literals: Iterable[int]) -> None:
        """Demand that one of some literals be true."""
        self.clauses.append(list(literals))

    def every(self, literals: Iterable[int]) -> int:
        """Return the literal for "all of these"; with none, always true."""
        parts = {literal for literal in literals if literal != TRUE}
        if -TRUE in parts or any(-part in parts for part in parts):
            return -TRUE
        if len(parts) < 2:
            return next(iter(parts), TRUE)
        key = tuple(sorted(parts))
        if key not in self._made:
            whole = self._made[key] = self.new()
            self.clauses += [[-whole, part] for part in key]
            self.add([whole, *(-part for part in key)])
        return self._made[key]

    def some(self, literals: Iterable[int]) -> int:
        """Return the literal for "one or more of these"; with none, always false."""
        return -self.every([-literal for literal in literals])

    def just_one(self, literals: Sequence[int]) -> None:
        """Demand that one of some literals be true and no other."""
        self.add(literals)
        self.clauses += [[-one, -other] for one, other in itertools.combinations(literals, 2)]


class Total:
    """A sum of parts: each is worth the most of what holds in it, or, where its points are below 0, the least.

    Args:
        clauses: where the formulas are made.
        parts: for each part, points → the literal that lets it count with them; 0 where none is true.

    """

    def __init__(self, clauses: Clauses, parts: Iterable[Mapping[int, int]]) -> None:
        self._clauses = clauses
        self._parts = [part for part in parts if part]
        self._most, self._least = [0], [0]
        for part in reversed(self._parts):
            self._most.append(self._most[-1] + max(0, *part))
            self._least.append(self._least[-1] + min(0, *part))
        self._made: dict[tuple[int, int], int] = {}

    @property
    def most(self) -> int:
        """The most that the sum can come to."""
        return self._most[-1]

    def at_least(self, wanted: int, start: int = 0) -> int:
        """Return the literal for "the parts from a position on come to this or more"."""
        left = len(self._parts) - start
        if wanted > self._most[left] or wanted <= self._least[left]:
            return TRUE if wanted <= self._least[left] else -TRUE
        key = wanted, start
        if key not in self._made:
            self._made[key] = self._with(self._parts[start], wanted, start + 1)
        return self._made[key]

    def _with(self, part: Mapping[int, int], wanted: int, start: int) -> int:
        """Take the first part in: more points help, points below 0 have to be made up for by the rest."""
        both = self._clauses
        helps = [both.every([one, self.at_least(wanted - points, start)]) for points, one in part.items() if points > 0]
        hurts = [both.some([-one, self.at_least(wanted - points, start)]) for points, one in part.items() if points < 0]
        rest = self.at_least(wanted, start)
        return both.every([rest, *hurts]) if hurts else both.some([rest, *helps])
