"""Whether some row tells two conditions apart: proved over all rows, however many fields they read.

Where both conditions have parts in common, only what differs is compared, on the rows on which the common parts leave the outcome
to it. What is left are claims, "this holds" and "this does not", that one row must meet together; those about different fields
are decided by themselves, in small spaces of the algebra (``ruleset.cells``). Ranges wider than one number are looked at too: on
one from 1 to 5, neither "at least 3" nor "at most 2" holds.
"""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from ipt_rules.engines.reference import compare
from ipt_rules.ruleset.cells import SUBJECTS_OF_FOCI, Space, cells, only_if
from ipt_rules.ruleset.conditions import All, Comparison, Condition, Some, comparisons
from ipt_rules.values import Range
from ipt_rules.vocabulary import fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class Claim(NamedTuple):
    """A condition, and whether a row makes it true; what is unknown is not true."""

    condition: Condition
    holds: bool


Claims = tuple[Claim, ...]


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


# ── claims that one row must meet together ───────────────────────────────────────────────────────────────────────────────


def possible(kind: str, claims: Claims, *, could: bool = False) -> bool:
    """Return whether some row of a kind meets all of some claims, as far as it is known which fields cannot vary alone.

    Args:
        kind: the row kind.
        claims: what holds and what does not.
        could: whether "holds" stands for "holds or could".

    Raises:
        ValueError: more fields hang together than a space can hold.

    """
    simple = _simplified(claims)
    if simple is None:
        return False
    groups = _independent(kind, simple)
    if all(_has_a_point(kind, group, could) for group in groups):
        return True
    return any(possible(kind, narrowed, could=could) for narrowed in _with_a_wide_range(simple, could=could))


def points_of(kind: str, claims: Claims) -> tuple[Space, int] | None:
    """Return a space with the points that meet some claims; None where one that holds all their fields is too big."""
    simple = _simplified(claims) or ()
    try:
        space = _space(kind, simple)
    except ValueError:
        return None
    return space, _points(space, simple, could=False)


def _simplified(claims: Iterable[Claim]) -> Claims | None:
    """Return claims of which none is a bundle: "all hold" is that each holds. None where one cannot be met by anything."""
    found: dict[Claim, None] = {}
    for claim in claims:
        condition, holds = claim
        if isinstance(condition, Comparison) or isinstance(condition, All) is not holds:
            if not isinstance(condition, Comparison) and not condition.parts:
                return None  # "any of nothing" holds never, "all of nothing" always
            found[claim] = None
            continue
        inner = _simplified(Claim(part, holds) for part in condition.parts)
        if inner is None:
            return None
        found |= dict.fromkeys(inner)
    return tuple(found)


def _independent(kind: str, claims: Claims) -> list[Claims]:
    """Return claims in groups, such that no field of one group hangs together with one of another."""
    groups: list[tuple[set[str], list[Claim]]] = []
    for claim in claims:
        reads, together = _bound_by(kind, claim.condition), [claim]
        for group in [group for group in groups if not reads.isdisjoint(group[0])]:
            groups.remove(group)
            reads, together = reads | group[0], [*group[1], *together]
        groups.append((reads, together))
    return [tuple(together) for _, together in groups]


def _bound_by(kind: str, condition: Condition) -> set[str]:
    """Return the fields that a condition reads, and those that decide whether their questions arise."""
    found = {one.field for one in comparisons(condition)}
    found |= {only_if(name)[0] for name in found} - {""}
    if kind == "focus" and any(fields()[name].group in SUBJECTS_OF_FOCI for name in found):
        found.add("focus.subject")
    return found


@functools.lru_cache(maxsize=65536)
def _has_a_point(kind: str, claims: Claims, could: bool) -> bool:
    """Return whether some point meets some claims; where the space is big, the cases of one claim are looked at one by one."""
    cases = _cases(claims)
    try:
        space = _space(kind, claims)
    except ValueError:
        if not cases:
            raise
    else:
        if not cases or space.points <= _MOST_POINTS_AT_ONCE:
            return bool(_points(space, claims, could=could))
    return any(all(_has_a_point(kind, group, could) for group in _independent(kind, case)) for case in cases)


_MOST_POINTS_AT_ONCE: Final = 1 << 12
"""The most points of a space that is looked at whole where it can be taken apart."""


def _cases(claims: Claims) -> list[Claims]:
    """Return claims of which one must be met where some of these are: "any holds" as "this one does", and the same for the next."""
    for claim in claims:
        if not isinstance(claim.condition, Comparison):
            others = tuple(other for other in claims if other is not claim)
            cases = (_simplified((Claim(part, claim.holds), *others)) for part in claim.condition.parts)
            return [case for case in cases if case is not None]
    return []


def _space(kind: str, claims: Claims) -> Space:
    """Return the space of all that some claims read, with what decides whether those questions arise.

    Raises:
        ValueError: it would be too big.

    """
    reads = {one.field for claim in claims for one in comparisons(claim.condition)}
    deciding = [(decider, words) for decider, words in map(only_if, sorted(reads)) if decider]
    if kind == "focus":
        deciding += [("focus.subject", frozenset([group])) for group in {fields()[name].group for name in reads}]
    beside = [Comparison(decider, "in", words) for decider, words in deciding if words <= {*fields()[decider].options}]
    return Space(kind, [*(claim.condition for claim in claims), *beside], unknown=True)


def _points(space: Space, claims: Claims, *, could: bool) -> int:
    points = space.everything
    for name in space.cells:
        if fields()[name].group == "standing":  # where areas stand is known whenever something is found
            points &= space.where(name, lambda cell: cell.value is not None)
    for condition, holds in claims:
        found = space.set_of(condition, could=could)
        points &= found if holds else ~found
    return points


# ── ranges wider than one number ─────────────────────────────────────────────────────────────────────────────────────────


def _with_a_wide_range(claims: Claims, *, could: bool) -> Iterator[Claims]:
    """Yield the claims as they are where a field is a range on which comparisons come to what they do at no single value."""
    tests: dict[str, list[Comparison]] = {}
    for claim in claims:
        for one in comparisons(claim.condition):
            if fields()[one.field].ranged and fields()[one.field].group != "standing":
                tests.setdefault(one.field, []).append(one)
    for name, found in tests.items():
        distinct = list(dict.fromkeys(found))
        for truths in _only_of_ranges(name, tuple(distinct), could) if len(distinct) > 1 else ():
            settled = dict(zip(distinct, truths, strict=True))
            yield tuple(Claim(_settled(condition, settled), holds) for condition, holds in claims)


@functools.lru_cache(maxsize=4096)
def _only_of_ranges(name: str, tests: tuple[Comparison, ...], could: bool) -> tuple[tuple[bool, ...], ...]:
    """Return what some comparisons of a field come to on ranges, and on no single value of it."""
    wanted = (True, None) if could else (True,)
    single = cells(fields()[name], tests, unknown=True)
    numbers = sorted({int(value) for cell in single for value in cell.values if isinstance(value, int)})
    pairs = itertools.combinations(numbers, 2)
    found = {tuple(compare(one, Range(*pair)) in wanted for one in tests) for pair in pairs}
    return tuple(sorted(found - {tuple(truth in wanted for truth in cell.truths) for cell in single}))


def _settled(condition: Condition, truths: dict[Comparison, bool]) -> Condition:
    """Return a condition in which some comparisons are known to hold always or never."""
    if isinstance(condition, Comparison):
        if condition not in truths:
            return condition
        return All(()) if truths[condition] else Some(())
    return type(condition)(tuple(_settled(part, truths) for part in condition.parts))
