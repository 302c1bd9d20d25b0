"""What tells two conditions apart, as claims that a row must meet: this holds, and that does not.

Where both conditions have parts in common, only what differs is compared, on the rows on which the common parts leave the outcome
to it. So however many fields the conditions read, the claims stay few.
"""

from __future__ import annotations

import itertools
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from ipt_rules.ruleset.conditions import All, Comparison, Condition, Some
from ipt_rules.verify.claims import Claim, Claims, possible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Apart(NamedTuple):
    """Rows on which one of two conditions holds and the other does not: those that meet all of some claims."""

    first_holds: bool
    claims: Claims


def apart(one: Condition, other: Condition) -> Iterator[Apart]:
    """Yield claims such that two conditions come to different ends on exactly the rows that meet all claims of some yield."""
    if one == other:
        return
    for kind in _KINDS:
        mine, others = _parts(one, kind), _parts(other, kind)
        shared = Counter(mine) & Counter(others)
        if shared:
            around = tuple(Claim(part, kind is All) for part in shared)
            for first_holds, claims in apart(_without(mine, shared, kind), _without(others, shared, kind)):
                yield Apart(first_holds, (*claims, *around))
            return
    if not isinstance(one, Comparison) and _is_exchanged(one, other):
        yield from _exchanged(one.parts, some_first=isinstance(one, Some))
        return
    yield Apart(True, (Claim(one, True), Claim(other, False)))
    yield Apart(False, (Claim(one, False), Claim(other, True)))


_Joined: TypeAlias = All | Some
_KINDS: Final[tuple[type[_Joined], ...]] = (All, Some)


def may_differ(kind: str, one: Condition, other: Condition) -> bool:
    """Return whether one of two conditions holds and the other does not on some row of a kind; False is proved."""
    return any(possible(kind, entry.claims) for entry in apart(one, other))


def may_hold_alone(kind: str, one: Condition, other: Condition) -> bool:
    """Return whether one condition holds on some row of a kind on which another does not; False is proved."""
    return possible(kind, (Claim(one, True), Claim(other, False)))


def _parts(condition: Condition, kind: type[_Joined]) -> tuple[Condition, ...]:
    return condition.parts if isinstance(condition, kind) else (condition,)


def _without(parts: Sequence[Condition], taken: Counter[Condition], kind: type[_Joined]) -> Condition:
    """Return what is left of a joined condition when some of its parts are taken away."""
    left = []
    still = Counter(taken)
    for part in parts:
        if still[part]:
            still[part] -= 1
        else:
            left.append(part)
    return left[0] if len(left) == 1 else kind(tuple(left))


def _is_exchanged(one: _Joined, other: Condition) -> bool:
    """Return whether two conditions are "all" and "any" of the same parts."""
    if isinstance(other, Comparison) or type(one) is type(other):
        return False
    return bool(one.parts) and one.parts == other.parts


def _exchanged(parts: Sequence[Condition], *, some_first: bool) -> Iterator[Apart]:
    """Yield where "any" of some parts holds and "all" of them does not: one holds, and another does not."""
    for holding, failing in itertools.permutations(parts, 2):
        yield Apart(some_first, (Claim(holding, True), Claim(failing, False)))
