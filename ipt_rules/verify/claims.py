"""Claims about one row, "this holds" and "this does not", and whether a row can meet several of them: exact, however many fields.

What is asked of one field alone narrows its values; fields of which one decides whether another's question arises narrow each
other; what is left is tried case by case. Values are the cells of the algebra (``ruleset.cells``), and ranges wider than one number
beside them: on one from 1 to 5, neither "at least 3" nor "at most 2" is known to hold.
"""

from __future__ import annotations

import functools
import itertools
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from ipt_rules.engines.reference import compare
from ipt_rules.ruleset.cells import Space
from ipt_rules.ruleset.conditions import All, Comparison, Condition, Some, comparisons
from ipt_rules.values import Range
from ipt_rules.verify.links import Link, Option, links
from ipt_rules.verify.session_links import session_link
from ipt_rules.verify.stage_links import FOUND, stage_link
from ipt_rules.vocabulary import fields

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from ipt_rules.ruleset.model import Ruleset
    from ipt_rules.values import Value


class Claim(NamedTuple):
    """A condition, and whether a row makes it true; what is unknown is not true."""

    condition: Condition
    holds: bool


Claims: TypeAlias = tuple[Claim, ...]

_Domains: TypeAlias = "dict[str, tuple[Option, ...]]"
"""The values that each field can still have, one for each that comparisons can tell apart."""


def possible(kind: str, claims: Claims, *, could: bool = False, ruleset: Ruleset | None = None) -> bool:
    """Return whether some row of a kind meets all of some claims, as far as it is known which fields cannot vary alone.

    Args:
        kind: the row kind.
        claims: what holds and what does not.
        could: whether "holds" stands for "holds or could".
        ruleset: the rules that say how a therapy is divided into phases, and by what a stage is found.

    """
    return row_meeting(kind, claims, could=could, ruleset=ruleset) is not None


@functools.lru_cache(maxsize=65536)
def row_meeting(
    kind: str, claims: Claims, *, could: bool = False, ruleset: Ruleset | None = None
) -> Mapping[str, Value] | None:
    """Return what a row says that meets all of some claims, field by field; None where no row does.

    Args:
        kind: the row kind.
        claims: what holds and what does not.
        could: whether "holds" stands for "holds or could".
        ruleset: the rules that say how a therapy is divided into phases, and by what a stage is found.

    """
    simple = simplified(claims)
    if simple is None:
        return None
    reads = dict.fromkeys(one.field for claim in simple for one in comparisons(claim.condition))
    together = _together(kind, reads, ruleset)
    beside = [test for link in together for test in link.tests]
    tests: dict[str, dict[Comparison, None]] = {}
    for one in (*(one for claim in simple for one in comparisons(claim.condition)), *beside):
        tests.setdefault(one.field, {})[one] = None
    wanted = (True, None) if could else (True,)
    linked = dict.fromkeys(name for link in together for name in link.names)
    domains = {
        name: _options(kind, name, tuple(tests.get(name, ())), could) for name in dict.fromkeys((*tests, *linked))
    }
    return _Search(together, wanted).found(simple, domains)


def _together(kind: str, reads: Collection[str], ruleset: Ruleset | None) -> list[Link]:
    """Return how the fields hang together that claims read."""
    found = links(kind, reads)
    known = {*reads, *(name for link in found for name in link.names)}
    stages = stage_link(ruleset, kind) if ruleset is not None and FOUND in known else None
    if stages is not None and not known.isdisjoint({*stages.names} - {FOUND, "focus.subject"}):
        found = [*links(kind, {**dict.fromkeys(reads), **dict.fromkeys(stages.names)}), stages]
    sessions = session_link(frozenset(reads), ruleset)
    return found if sessions is None else [*found, sessions]


def simplified(claims: Iterable[Claim]) -> Claims | None:
    """Return claims of which none is a bundle: "all hold" is that each holds. None where one cannot be met by anything."""
    found: dict[Claim, None] = {}
    for claim in claims:
        condition, holds = claim
        if isinstance(condition, Comparison):
            found[claim] = None
        elif isinstance(condition, All) is holds:
            inner = simplified(Claim(part, holds) for part in condition.parts)
            if inner is None:
                return None
            found |= dict.fromkeys(inner)
        elif condition.parts:
            found[claim] = None
        else:
            return None  # "any of nothing" holds never, "all of nothing" always
    return tuple(found)


def points_of(kind: str, claims: Claims, *, ruleset: Ruleset | None = None) -> tuple[Space, int] | None:
    """Return a space with the points that meet some claims; None where one that holds all their fields is too big.

    Args:
        kind: the row kind.
        claims: what holds and what does not.
        ruleset: the rules that say how a therapy is divided into phases, and by what a stage is found.

    """
    simple = simplified(claims) or ()
    together = _together(kind, {one.field for claim in simple for one in comparisons(claim.condition)}, ruleset)
    space = _space(kind, simple, together)
    if space is None:
        return None
    points = space.everything
    for name in space.cells:
        if name.startswith(_OF_STANDINGS):
            points &= space.where(name, lambda cell: cell.value is not None)
    for condition, holds in simple:
        points &= space.set_of(condition) if holds else ~space.set_of(condition)
    for link in together:
        if all(name in space.cells for name in link.names):
            points &= ~_at_odds(link, space)
    return space, points


def _space(kind: str, claims: Claims, together: Sequence[Link]) -> Space | None:
    """Return a space of what claims read, with what that hangs together with where there is room for it."""
    conditions = [claim.condition for claim in claims]
    beside = [test for link in together for test in link.tests]
    for more in (beside, ()):
        try:
            return Space(kind, [*conditions, *more], unknown=True)
        except ValueError:  # too many points
            continue
    return None


def _at_odds(link: Link, space: Space) -> int:
    """Return the points at which fields have values that they cannot have together."""
    found = 0
    for chosen in itertools.product(*(space.cells[name] for name in link.names)):
        if not link.fits(*(Option(cell.value, cell.most) for cell in chosen)):
            points = space.everything
            for name, cell in zip(link.names, chosen, strict=True):
                points &= space.where(name, cell.__eq__)
            found |= points
    return found


# ── the values of fields ─────────────────────────────────────────────────────────────────────────────────────────────────


@functools.lru_cache(maxsize=65536)
def _options(kind: str, name: str, tests: tuple[Comparison, ...], could: bool) -> tuple[Option, ...]:
    """Return values of a field, one for each that some comparisons can tell apart; wide ranges apart from single numbers."""
    cells = Space(kind, tests or [Comparison(name, "known", None)], unknown=True).cells[name]
    of_standing = name.startswith(_OF_STANDINGS)
    single = [Option(cell.value, cell.most) for cell in cells if cell.value is not None or not of_standing]
    if not fields()[name].ranged or (of_standing and not could):
        return tuple(single)
    numbers = sorted({value for cell in cells for value in cell.values if isinstance(value, int)})
    found: dict[tuple[bool | None, ...], Option] = {}
    for pair in itertools.combinations(numbers, 2):
        wide = Range(*pair)
        found.setdefault(tuple(compare(one, wide) for one in tests), Option(wide, wide))
    return *single, *found.values()


_OF_STANDINGS: Final = "standing."
"""Where areas stand is known wherever something is found, and exactly but in bounds."""


# ── the search ───────────────────────────────────────────────────────────────────────────────────────────────────────────


class _Search:
    """Looks for values that meet claims: what is forced first, then one field after another."""

    def __init__(self, together: list[Link], wanted: tuple[bool | None, ...]) -> None:
        self._links = together
        self._wanted = wanted

    def found(self, claims: Claims, domains: _Domains) -> Mapping[str, Value] | None:
        """Return one value for each field; None where there are none."""
        narrowed = self._narrowed(claims, domains)
        if narrowed is None:
            return None
        left, domains = narrowed
        asked = [one.field for claim in left for one in comparisons(claim.condition)]
        linked = [name for link in self._links for name in link.names]
        name = next((name for name in (*asked, *linked, *domains) if len(domains[name]) > 1), None)
        if name is None:
            return {name: options[0].value for name, options in domains.items()}
        tries = (self.found(left, {**domains, name: (option,)}) for option in domains[name])
        return next((found for found in tries if found is not None), None)

    def _narrowed(self, claims: Claims, domains: _Domains) -> tuple[Claims, _Domains] | None:
        """Return the claims that are still open and the values that are left; None where a claim or a field has none left."""
        domains = dict(domains)
        while True:
            before = {name: len(values) for name, values in domains.items()}
            for one, holds in claims:
                if isinstance(one, Comparison):
                    domains[one.field] = tuple(v for v in domains[one.field] if self._true(one, v) is holds)
            for link in self._links:
                self._narrow_together(link, domains)
            if not all(domains.values()):
                return None
            settled = simplified(Claim(self._settled(claim.condition, domains), claim.holds) for claim in claims)
            if settled is None:
                return None
            if settled == claims and before == {name: len(values) for name, values in domains.items()}:
                return claims, domains
            claims = settled

    def _narrow_together(self, link: Link, domains: _Domains) -> None:
        """Leave of each field of a link the values that fit some values of the others."""
        fitting = [
            values for values in itertools.product(*(domains[name] for name in link.names)) if link.fits(*values)
        ]
        for name, left in zip(
            link.names, zip(*fitting, strict=True) if fitting else [()] * len(link.names), strict=True
        ):
            kept = {id(value) for value in left}
            domains[name] = tuple(value for value in domains[name] if id(value) in kept)

    def _settled(self, condition: Condition, domains: _Domains) -> Condition:
        """Return a condition in which comparisons are "always" or "never" where all values that are left agree."""
        if not isinstance(condition, Comparison):
            parts = tuple(self._settled(part, domains) for part in condition.parts)
            return _without_neutral(type(condition), parts)
        truths = {self._true(condition, option) for option in domains[condition.field]}
        if len(truths) > 1:
            return condition
        return All(()) if True in truths else Some(())

    def _true(self, one: Comparison, option: Option) -> bool:
        return compare(one, option.value) in self._wanted


def _without_neutral(kind: type[All | Some], parts: tuple[Condition, ...]) -> Condition:
    """Return parts joined, without those that leave the outcome open; or what one of them settles."""
    neutral, settles = (All(()), Some(())) if kind is All else (Some(()), All(()))
    if settles in parts:
        return settles
    left = tuple(part for part in parts if part != neutral)
    return left[0] if len(left) == 1 else kind(left) if left else neutral
