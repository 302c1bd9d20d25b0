"""What differs between two results: areas, findings, strategies and cautions."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from ipt_rules.ruleset.consequences import Caution, Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipt_rules.explain.reasons import Teller
    from ipt_rules.pipeline import Result
    from ipt_rules.plan import Strategy
    from ipt_rules.ranking import Finding, Standing


class Place(NamedTuple):
    """Where an area stands in one of two results."""

    rank: int | None
    points: int
    level: str
    least: int
    most: int
    held_back: bool


class AreaChange(NamedTuple):
    """An area that stands elsewhere, or could."""

    area: str
    before: Place
    after: Place


class Item(NamedTuple):
    """Something that is there in one of two results: a finding, a caution or a strategy."""

    rule: str
    subject: str
    said: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What one result has and another has not.

    Attributes:
        first: the areas at rank 1, before and after.
        settled: whether the ranking is settled, before and after.
        areas: the areas that stand elsewhere, or could.
        evidence_gained: findings for or against an area that came.
        evidence_lost: those that went.
        cautions_gained: cautions that came.
        cautions_lost: those that went.
        strategies_gained: strategies that are proposed now and were not.
        strategies_lost: those that were proposed and are not now.
        withheld_gained: strategies that are withheld now and were not.
        withheld_lost: those that were withheld and are not now.

    """

    first: tuple[tuple[str, ...], tuple[str, ...]]
    settled: tuple[bool, bool]
    areas: tuple[AreaChange, ...]
    evidence_gained: tuple[Item, ...]
    evidence_lost: tuple[Item, ...]
    cautions_gained: tuple[Item, ...]
    cautions_lost: tuple[Item, ...]
    strategies_gained: tuple[Item, ...]
    strategies_lost: tuple[Item, ...]
    withheld_gained: tuple[Item, ...]
    withheld_lost: tuple[Item, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        same = self.first[0] == self.first[1] and self.settled[0] == self.settled[1]
        return same and not any(getattr(self, name) for name in ("areas", *_ITEMS))

    def to_dict(self) -> dict[str, Any]:
        """Return the difference as plain values."""
        return {
            "first": {"before": list(self.first[0]), "after": list(self.first[1])},
            "settled": {"before": self.settled[0], "after": self.settled[1]},
            "areas": [
                {"area": area, "before": before._asdict(), "after": after._asdict()}
                for area, before, after in self.areas
            ],
            **{name: [item._asdict() for item in getattr(self, name)] for name in _ITEMS},
        }


_ITEMS = (
    "evidence_gained",
    "evidence_lost",
    "cautions_gained",
    "cautions_lost",
    "strategies_gained",
    "strategies_lost",
    "withheld_gained",
    "withheld_lost",
)

_SAID_ALIKE = ("strategies", "withheld")
"""What may be said in the same words for another subject, and is no difference then: it is done in the same way."""


def difference(before: tuple[Result, Teller], after: tuple[Result, Teller]) -> Difference:
    """Return what differs between two results, each with what tells it in words."""
    was, now = (_Told(*one) for one in (before, after))
    items = {}
    for name in ("evidence", "cautions", "strategies", "withheld"):
        old, new = getattr(was, name)(), getattr(now, name)()
        gained, lost = [new[key] for key in new if key not in old], [old[key] for key in old if key not in new]
        if name in _SAID_ALIKE:
            gained, lost = _without(gained, lost), _without(lost, gained)
        items[f"{name}_gained"], items[f"{name}_lost"] = tuple(gained), tuple(lost)
    places = was.places()
    moved = [AreaChange(area, places[area], place) for area, place in now.places().items() if places[area] != place]
    return Difference((was.first(), now.first()), (was.result.settled, now.result.settled), tuple(moved), **items)


def _without(items: Iterable[Item], others: Iterable[Item]) -> list[Item]:
    """Return items but for those that have a partner with the same rule and words among others, one for one."""
    partners = Counter((one.rule, one.said) for one in others)
    left = []
    for one in items:
        if partners[one.rule, one.said]:
            partners[one.rule, one.said] -= 1
        else:
            left.append(one)
    return left


class _Told:
    """What a result holds, by rule and subject."""

    def __init__(self, result: Result, teller: Teller) -> None:
        self.result = result
        self._teller = teller

    def first(self) -> tuple[str, ...]:
        return tuple(standing.area for standing in self.result.ranking if standing.rank == 1)

    def places(self) -> dict[str, Place]:
        return {standing.area: _place(standing) for standing in self.result.ranking}

    def evidence(self) -> dict[tuple[str, str], Item]:
        return self._items(one for one in self.result.findings if isinstance(one.rule.consequence, Evidence))

    def cautions(self) -> dict[tuple[str, str], Item]:
        return self._items(one for one in self.result.cautions if isinstance(one.rule.consequence, Caution))

    def strategies(self) -> dict[tuple[str, str], Item]:
        return dict(self._proposed(self.result.plan.strategies))

    def withheld(self) -> dict[tuple[str, str], Item]:
        return dict(self._proposed(entry.strategy for entry in self.result.plan.withheld))

    def _items(self, findings: Iterable[Finding]) -> dict[tuple[str, str], Item]:
        told = (self._teller.reason(finding) for finding in findings)
        return {(one.rule, one.place): Item(one.rule, one.place, one.because) for one in told}

    def _proposed(self, strategies: Iterable[Strategy]) -> Iterator[tuple[tuple[str, str], Item]]:
        for one in strategies:
            rule, row = one.finding.rule, one.finding.row
            said = self._teller.wording.sentence(one.proposal.propose, row)
            yield (rule.id, row.place), Item(rule.id, row.place, said)


def _place(standing: Standing) -> Place:
    return Place(standing.rank, standing.points, standing.level, *standing.bounds, bool(standing.held_back_by))
