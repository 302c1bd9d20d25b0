"""How far each answer can move the points of an area: limits that hold for any set of answers, since they may be added.

They are what makes a search for the smallest change exact without trying everything: a set of answers whose limits together do not
close a gap cannot close it. A rule that waits for several answers lends each of them a share of its points; all that are needed
together have the whole.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, TypeAlias

from ipt_rules.engines.reference import trace
from ipt_rules.explain.changes import deciding
from ipt_rules.intake import SUBJECT_LISTS
from ipt_rules.places import pattern
from ipt_rules.ruleset.conditions import All, Comparison
from ipt_rules.vocabulary import STAGE_FIELDS, fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ipt_rules.engines.reference import Trace
    from ipt_rules.facts import Row
    from ipt_rules.ranking import Counted
    from ipt_rules.ruleset.model import Ruleset
    from ipt_rules.words import Area

Limits: TypeAlias = "Mapping[str, int]"
"""Place → the most that another answer there can add or take, in shares of a point."""

SHARES: Final = 12
"""Shares of a point: rules that wait for two, three or four answers divide without a rest."""

_Groups: TypeAlias = "tuple[frozenset[str], ...]"
"""Places such that one of each group has to change before a rule turns from not holding to holding, or back."""

_OF_A_TIE: Final = tuple(part for part, kind in SUBJECT_LISTS.items() if kind != "isolation")


class Influence:
    """What other answers could do to the points of each area, at the most.

    Args:
        ruleset: the rules that decide the ranking.
        rows: the rows of the recorded subjects, counted.
        patient: the patient's row, counted.
        places: the answers that may change.

    """

    def __init__(self, ruleset: Ruleset, rows: Sequence[Counted], patient: Counted, places: Iterable[str]) -> None:
        self._ruleset = ruleset
        self._rows = [*rows, patient]
        self._patient = patient
        self._by_pattern: dict[str, list[str]] = {}
        for place in places:
            self._by_pattern.setdefault(pattern(place), []).append(place)
        self._places = frozenset(place for known in self._by_pattern.values() for place in known)
        self._behind: dict[tuple[int, str], frozenset[str]] = {}
        self._turning: dict[tuple[int, int], _Groups] = {}

    def up(self, area: Area, row: int | None) -> Limits:
        """Return what each answer can add to an area's focus on one row, at the most; None for the one without a subject."""
        return self._limits(area, row, raising=True)

    def down(self, area: Area, row: int | None) -> Limits:
        """Return what each answer can take from an area whose best focus is on one row, at the most; None for no subject."""
        limits = defaultdict(int, self._limits(area, row, raising=False))
        lost = SHARES * sum(self._patient.holding.get((area, True), {}).values())
        turning = self._starting_a_focus(area) if row is None else self._ending_a_focus(area, row)
        for place in (
            turning if lost else ()
        ):  # what is known of the patient then counts on another row, less what opposes there
            limits[place] += lost
        return dict(limits)

    def _limits(self, area: Area, row: int | None, *, raising: bool) -> dict[str, int]:
        found: dict[str, int] = {}
        for supports in (True, False):
            gaining = supports is raising
            by_body = self._gaining(area, row, supports) if gaining else self._losing(area, row, supports)
            for shares in by_body.values():
                for place, share in shares.items():
                    found[place] = found.get(place, 0) + share
        return found

    def _gaining(self, area: Area, row: int | None, supports: bool) -> dict[str, dict[str, int]]:
        """Return the shares by which bodies of evidence gain points: one stronger rule has to turn."""
        now = self._now(area, row, supports)
        found: dict[str, dict[str, int]] = {}
        for number in self._numbers(row):
            counted = self._rows[number]
            held = counted.found.get((area, supports), ())
            for position in self._ruleset.evidence_by_kind.get((counted.row.kind, area, supports), ()):
                entry, points = self._ruleset.evidence[position]
                more = points - now.get(entry.body, 0)
                if more > 0 and position not in held:
                    body = found.setdefault(entry.body, {})
                    for place, share in _shared(more, self._groups(number, position)).items():
                        body[place] = max(body.get(place, 0), share)
        return found

    def _losing(self, area: Area, row: int | None, supports: bool) -> dict[str, dict[str, int]]:
        """Return the shares by which bodies of evidence lose points: all of their strongest rules have to turn."""
        now = self._now(area, row, supports)
        strongest: dict[str, list[frozenset[str]]] = {}
        for number in self._numbers(row):
            for position in self._rows[number].found.get((area, supports), ()):
                entry, points = self._ruleset.evidence[position]
                if points == now[entry.body]:
                    strongest.setdefault(entry.body, []).append(_union(self._groups(number, position)))
        return {body: _shared(now[body], tuple(groups)) for body, groups in strongest.items()}

    def _now(self, area: Area, row: int | None, supports: bool) -> Mapping[str, int]:
        """Return what each body of evidence counts with, on a row and the patient's together."""
        found: dict[str, int] = {}
        for number in self._numbers(row):
            for body, points in self._rows[number].holding.get((area, supports), {}).items():
                found[body] = max(points, found.get(body, 0))
        return found

    def _numbers(self, row: int | None) -> tuple[int, ...]:
        return (len(self._rows) - 1,) if row is None else (len(self._rows) - 1, row)

    def _ending_a_focus(self, area: Area, row: int) -> frozenset[str]:
        """Return answers one of which has to change before a row supports an area no more."""
        holding = self._rows[row].found.get((area, True), ())
        by_rule = [_union(self._groups(row, rule)) for rule in holding]
        return min(by_rule, key=len, default=frozenset())

    def _starting_a_focus(self, area: Area) -> frozenset[str]:
        """Return answers one of which has to change before some row supports an area that none supports now."""
        found: set[str] = set()
        for number, counted in enumerate(self._rows[:-1]):
            for position in self._ruleset.evidence_by_kind.get((counted.row.kind, area, True), ()):
                found |= min(self._groups(number, position), key=len)
        return frozenset(found)

    def _groups(self, number: int, position: int) -> _Groups:
        """Return the groups of places that have to change before a rule turns on a row."""
        key = number, position
        if key not in self._turning:
            told = trace(self._ruleset.rules[position].condition, self._rows[number].row)
            if told.truth:
                found: _Groups = (_union(self._all_behind(told, number)),)
            else:
                found = tuple(self._missing(told, number))
            self._turning[key] = found
        return self._turning[key]

    def _missing(self, told: Trace, number: int) -> Iterator[frozenset[str]]:
        """Yield, for each thing that keeps a condition from holding, the places of which one has to change."""
        if told.truth:
            return
        if isinstance(told.condition, Comparison):
            yield self._places_behind(number, told.condition.field)
        elif isinstance(told.condition, All):
            for part in told.parts:
                yield from self._missing(part, number)
        else:
            yield _union(group for part in told.parts for group in self._missing(part, number))

    def _all_behind(self, told: Trace, number: int) -> Iterator[frozenset[str]]:
        if isinstance(told.condition, Comparison):
            yield self._places_behind(number, told.condition.field)
        for part in told.parts:
            yield from self._all_behind(part, number)

    def _places_behind(self, number: int, name: str) -> frozenset[str]:
        """Return the answers that may change which a field of a row comes from; the stage of a dispute comes from its signs."""
        key = number, name
        if key not in self._behind:
            names = [name, *(self._ruleset.fields_of_stages if name in STAGE_FIELDS else ())]
            paths = {path for one in names for path in paths_behind(one, self._rows[number].row)}
            self._behind[key] = frozenset(
                place
                for path in paths
                for place in (self._by_pattern.get(path, ()) if "[]" in path else (path,))
                if place in self._places
            )
        return self._behind[key]


def _shared(points: int, groups: _Groups) -> dict[str, int]:
    """Return the shares of the places in points for which one place of each group is needed."""
    if not all(groups):
        return {}  # nothing that may change would do it
    each = -(-SHARES * points // len(groups))
    found: dict[str, int] = {}
    for group in groups:
        for place in group:
            found[place] = found.get(place, 0) + each
    return found


def _union(groups: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*groups)


def paths_behind(name: str, row: Row) -> Iterator[str]:
    """Yield the places that a field of a row comes from, those that decide whether it arises, and who it is about."""
    for path in row.paths(name):
        yield path
        if (decided_at := deciding(path)) is not None:
            yield decided_at
    if fields()[name].group == "tie" and row.place.partition("[")[0] in _OF_A_TIE:
        yield f"{row.place}.person"
