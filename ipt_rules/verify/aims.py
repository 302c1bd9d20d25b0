"""What a suite of intakes and courses has to show: every feasible obligation of the rules, and every mutant that some row kills."""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from ipt_rules.verify.claims import Claim, points_of, possible
from ipt_rules.verify.mutants import mutants
from ipt_rules.verify.mutation import kills, told_apart_by
from ipt_rules.verify.obligations import (
    Obligation,
    comparisons_of,
    deciding,
    infeasible,
    met_by,
    points_meeting,
    space_of,
)
from ipt_rules.verify.tables import Table
from ipt_rules.verify.witnesses import rows_of
from ipt_rules.vocabulary import ROW_KINDS

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping

    from ipt_rules.facts import Row
    from ipt_rules.ruleset import Ruleset
    from ipt_rules.ruleset.cells import Space
    from ipt_rules.ruleset.model import Rule
    from ipt_rules.verify.claims import Claims
    from ipt_rules.verify.mutants import Mutant
    from ipt_rules.verify.witnesses import Case


class Killing(NamedTuple):
    """One mutant that has to be killed.

    Attributes:
        rule: id of the rule.
        number: which of the rule's mutants, counted from 0.

    """

    rule: str
    number: int


Aim: TypeAlias = Obligation | Killing


@dataclass(frozen=True, slots=True)
class _OfRule:
    """What is aimed at for one rule."""

    rule: Rule
    obligations: Mapping[Obligation, int]
    mutants: Mapping[Killing, Mutant]
    reads: tuple[str, ...]


class Aims:
    """All that a suite has to show of a rule set, and what a case shows of it."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset
        self._of = {rule.id: _aims_of(rule, ruleset) for rule in ruleset.rules}
        self._by_kind: dict[str, list[_OfRule]] = defaultdict(list)
        for entry in self._of.values():
            self._by_kind[entry.rule.kind].append(entry)
        self._known: dict[Hashable, frozenset[Aim]] = {}

    def all(self, kinds: Iterable[str]) -> frozenset[Aim]:
        """Return the aims for the rules of some row kinds."""
        entries = [entry for kind in kinds for entry in self._by_kind[kind]]
        return frozenset(
            itertools.chain(*(entry.obligations for entry in entries), *(entry.mutants for entry in entries))
        )

    @property
    def whole(self) -> frozenset[Aim]:
        """The aims for all rules."""
        return self.all(ROW_KINDS)

    def shown_by(self, case: Case) -> frozenset[Aim]:
        """Return what an intake or a course shows."""
        return self.shown_on(rows_of(case, self.ruleset))

    def shown_on(self, rows: Iterable[Row]) -> frozenset[Aim]:
        """Return what some rows show."""
        found: set[Aim] = set()
        for row in rows:
            for entry in self._by_kind[row.kind]:
                key = entry.rule.id, *(row.value(name) for name in entry.reads)
                if key not in self._known:
                    self._known[key] = frozenset(_shown(entry, row))
                found |= self._known[key]
        return frozenset(found)

    def kind_of(self, aim: Aim) -> str:
        """Return the kind of the rows that can show an aim."""
        return self._of[aim.rule].rule.kind

    def points(self, aim: Aim) -> Iterator[tuple[Space, int]]:
        """Yield sets of points; a row in any of them shows the aim."""
        entry = self._of[aim.rule]
        if isinstance(aim, Obligation):
            if entry.obligations[aim]:
                yield space_of(entry.rule), entry.obligations[aim]
            return
        for claims in self.claims(aim):
            found = points_of(entry.rule.kind, claims, ruleset=self.ruleset)
            if found is not None and found[1]:
                yield found

    def claims(self, aim: Aim) -> Iterator[Claims]:
        """Yield claims such that every row that shows an aim meets all of some yield."""
        entry = self._of[aim.rule]
        if isinstance(aim, Obligation):
            yield tuple(Claim(condition, holds) for condition, holds in deciding(entry.rule, aim))
            return
        for claims in told_apart_by(entry.rule, entry.mutants[aim]):
            if possible(entry.rule.kind, claims, ruleset=self.ruleset):
                yield claims


def _aims_of(rule: Rule, ruleset: Ruleset) -> _OfRule:
    found = {
        Killing(rule.id, number): mutant
        for number, mutant in enumerate(mutants(rule, ruleset))
        if any(possible(rule.kind, claims, ruleset=ruleset) for claims in told_apart_by(rule, mutant))
    }
    others = [one.field for mutant in found.values() for one in comparisons_of(mutant.mutated)]
    reads = dict.fromkeys([*(one.field for one in comparisons_of(rule)), *others])
    cannot = {*infeasible(rule)}
    feasible = {one: points for one, points in points_meeting(rule).items() if one not in cannot}
    return _OfRule(rule, feasible, found, tuple(reads))


def _shown(entry: _OfRule, row: Row) -> Iterator[Aim]:
    yield from met_by(entry.rule, row)
    table = Table((row,))
    yield from (aim for aim, mutant in entry.mutants.items() if kills(entry.rule, mutant, table))
