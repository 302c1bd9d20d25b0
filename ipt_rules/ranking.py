"""Findings → standings: points, levels and bounds of the four areas, and their order.

A focus is an area with a subject whose own row supports it; a finding on the patient row belongs to every focus of its area. A
focus's points are the strongest supporting finding of each body of evidence, summed, less the strongest opposing ones, not below 0.
An area has the points of its best focus. The bounds are what the open answers could still make of that: always true, not always
tight, since they take each rule by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from ipt_rules.ruleset.consequences import Evidence, HoldsBack
from ipt_rules.values import Range
from ipt_rules.words import AREAS, LEVELS, Area, Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from ipt_rules.facts import Row
    from ipt_rules.ruleset.model import Rule, Ruleset
    from ipt_rules.ruleset.scoring import Scoring
    from ipt_rules.values import Value


class Finding(NamedTuple):
    """One rule that holds on one row.

    Attributes:
        counts: False where a stronger finding of the same body of evidence stands in the same focus.
        points: what the rule's strength is worth; 0 for rules that count nothing.

    """

    rule: Rule
    row: Row
    points: int = 0
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Focus:
    """A candidate for what the therapy works on: an area and a subject, or no subject (``row`` is the patient's then).

    Attributes:
        found: the findings for and against, on the subject's row and the patient's.
        capped: whether the points were cut to the most that a focus without subject can have.

    """

    area: Area
    row: Row
    points: int
    level: Level
    found: tuple[Finding, ...]
    capped: bool = False

    @property
    def has_subject(self) -> bool:
        """Whether there is something recorded to work on."""
        return bool(self.row.place)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an area stands after the evidence.

    Attributes:
        rank: 1 for the first; equals share a rank; None at level none.
        bounds: the least and the most points that open answers could give.
        foci: every focus, best first; the first is the area's.
        equal: how many further foci have as many points as the best, so that their order means nothing.
        held_back_by: the standing rules that put it behind all that are not held back.

    """

    area: Area
    points: int
    level: Level
    bounds: Range
    foci: tuple[Focus, ...]
    equal: int
    rank: int | None = None
    held_back_by: tuple[Finding, ...] = ()

    @property
    def best(self) -> Focus:
        """The focus that gives the area its points."""
        return self.foci[0]


class Evaluated(NamedTuple):
    """What an engine found on one row: the rules that hold, and those that hold or could."""

    row: Row
    holding: tuple[int, ...]
    possible: tuple[int, ...]


def standings(
    ruleset: Ruleset, subjects: Sequence[Evaluated], patient: Evaluated, not_asked: Sequence[Evaluated]
) -> list[Standing]:
    """Return the four areas with points and bounds, in their fixed order, not yet ranked.

    Args:
        subjects: the rows of the recorded subjects.
        patient: the patient's row.
        not_asked: rows of lists that were not asked for; they take part in the bounds only.

    """
    rows, others = ([counted(ruleset.evidence, row) for row in given] for given in (subjects, not_asked))
    about_patient = counted(ruleset.evidence, patient)
    return [_standing(area, ruleset, rows, about_patient, others) for area in AREAS]


def ranked(found: Sequence[Standing]) -> tuple[Standing, ...]:
    """Return the standings in order: areas with a rank first, those held back behind the others, equals in the fixed order."""
    order = sorted(found, key=_order)
    placed: list[Standing] = []
    for position, standing in enumerate(order):
        if standing.level == "none":
            placed.append(standing)
            continue
        equal = position > 0 and _order(order[position - 1]) == _order(standing)
        placed.append(replace(standing, rank=placed[-1].rank if equal else position + 1))
    return tuple(placed)


def _order(standing: Standing) -> tuple[bool, bool, int]:
    return standing.level == "none", bool(standing.held_back_by), -standing.points


def proposed(ruleset: Ruleset, ranking: Sequence[Standing]) -> tuple[Focus, ...]:
    """Return the foci to propose: the first area's, and a second when it is likely and close; never more than two.

    Where more areas are equal than can be proposed, none of those equals is: their order would mean nothing.
    """
    with_rank = [standing for standing in ranking if standing.rank is not None]
    first = [standing for standing in with_rank if standing.rank == 1]
    if len(first) != 1:
        return tuple(standing.best for standing in first) if len(first) == _MOST_FOCI else ()
    second = [
        standing
        for standing in with_rank
        if standing.rank == 2
        and not standing.held_back_by
        and LEVELS.index(standing.level) >= LEVELS.index("likely")
        and first[0].points - standing.points <= ruleset.scoring.close
    ]
    return tuple(standing.best for standing in [*first, *(second if len(second) == 1 else [])])


_MOST_FOCI: Final = 2


def standing_values(points: Mapping[Area, Range], scoring: Scoring) -> Mapping[str, Value]:
    """Return what the standing rules see: points, levels and margin, exact or within bounds."""
    values: dict[str, Value] = {}
    for area, known in points.items():
        values[f"standing.{area}.points"] = known
        values[f"standing.{area}.level"] = Range(scoring.level_code(known.least), scoring.level_code(known.most))
    ahead = []
    for area, known in points.items():
        others = [other for name, other in points.items() if name != area]
        ahead.append(
            Range(known.least - max(other.most for other in others), known.most - max(other.least for other in others))
        )
    values["standing.margin"] = Range(max(0, *(lead.least for lead in ahead)), max(0, *(lead.most for lead in ahead)))
    return values


@dataclass(frozen=True, slots=True)
class Outlook:
    """Where the areas can stand once more is known.

    Attributes:
        bounds: the least and the most points of each area.
        always: the areas that standing rules hold back whatever comes.
        perhaps: those that they hold back, or could.

    """

    scoring: Scoring
    bounds: Mapping[Area, Range]
    always: AbstractSet[Area]
    perhaps: AbstractSet[Area]

    def is_certain(self, area: Area) -> bool:
        """Return whether an area is first, alone, whatever the open answers turn out to be."""
        return self._leads(area, by=1)

    def is_sure_to_lead(self, area: Area) -> bool:
        """Return whether an area is first, alone or beside others, whatever the open answers turn out to be."""
        return self._leads(area, by=0)

    def _leads(self, area: Area, *, by: int) -> bool:
        """Return whether an area is surely supported, not held back, and ahead of all that may stand before it by some points."""
        least = self.bounds[area].least
        if area in self.perhaps or self.scoring.level(least) == "none":
            return False
        others = [(other, known) for other, known in self.bounds.items() if other != area]
        return all(other in self.always or known.most + by <= least for other, known in others)

    def is_surely_not_alone(self, area: Area) -> bool:
        """Return whether an area is surely not first alone, whatever the open answers turn out to be."""
        most = self.bounds[area].most
        if self.scoring.level(most) == "none":
            return True
        free = [known.least for other, known in self.bounds.items() if other != area and other not in self.perhaps]
        return any(least >= most for least in free if self.scoring.level(least) != "none")

    def is_excluded(self, area: Area) -> bool:
        """Return whether an area is surely not first, not even beside another, whatever the open answers turn out to be."""
        most = self.bounds[area].most
        if self.scoring.level(most) == "none":
            return True
        ahead = {other for other, known in self.bounds.items() if other != area and known.least > most}
        supported = {other for other, known in self.bounds.items() if self.scoring.level(known.least) != "none"}
        free = area not in self.always and not ahead & supported - self.perhaps
        behind = area in self.perhaps and supported - {area} <= self.perhaps and not ahead & supported & self.always
        return not (free or behind)


def is_settled(ranking: Sequence[Standing], outlook: Outlook) -> bool:
    """Return whether the same area is first, alone, whatever the open answers turn out to be."""
    first = ranking[0]
    return first.rank == 1 and not first.held_back_by and outlook.is_certain(first.area)


def held_back(ruleset: Ruleset, positions: Iterable[int]) -> frozenset[Area]:
    """Return the areas that some of these standing rules hold back."""
    rules = (ruleset.rules[position].consequence for position in positions)
    return frozenset([rule.area for rule in rules if isinstance(rule, HoldsBack)])


# ── one area ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

Bodies: TypeAlias = dict[str, int]
"""The points that each body of evidence counts with."""

_NOTHING: Final[Bodies] = {}


Side: TypeAlias = tuple[Area, bool]
"""An area, and whether it is about what supports it or what opposes it."""


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """What one row holds for and against each area, and what it could once more is known.

    Attributes:
        found: for each side, the rules that hold, by position.
        holding: for each side, the points of each body of evidence among them.
        possible: the same for the rules that hold or could.

    """

    row: Row
    found: Mapping[Side, Sequence[int]]
    holding: Mapping[Side, Bodies]
    possible: Mapping[Side, Bodies]


def counted(evidence: Mapping[int, tuple[Evidence, int]], evaluated: Evaluated) -> Counted:
    """Return what a row holds for and against each area."""
    found: dict[Side, list[int]] = {}
    holding: dict[Side, Bodies] = {}
    for position in evaluated.holding:
        if position in evidence:
            entry, points = evidence[position]
            side = entry.area, entry.supports
            found.setdefault(side, []).append(position)
            _add(holding.setdefault(side, {}), entry.body, points)
    possible: dict[Side, Bodies] = {}
    for position in evaluated.possible:
        if position in evidence:
            entry, points = evidence[position]
            _add(possible.setdefault((entry.area, entry.supports), {}), entry.body, points)
    return Counted(evaluated.row, found, holding, possible)


def _add(bodies: Bodies, body: str, points: int) -> None:
    """Let a rule count within its body of evidence, if it is stronger than those before."""
    if points > bodies.get(body, 0):
        bodies[body] = points


def _total(one: Bodies, other: Bodies) -> int:
    """Return the points of two rows together: of a body of evidence that both have, the stronger."""
    if not other:
        return sum(one.values())
    return sum(one.values()) + sum([max(points - one.get(body, 0), 0) for body, points in other.items()])


class Weighed(NamedTuple):
    """What one row, or none, comes to for an area together with the patient's row.

    Attributes:
        sure: whether it is a focus of the area: recorded, with something on its own row that supports the area.
        perhaps: whether it could be one.
        points: what it has as a focus, before anything is cut off; below 0 where more opposes than supports.
        least: the fewest points that open answers could give it, not below 0.
        most: the most.

    """

    sure: bool
    perhaps: bool
    points: int
    least: int
    most: int


class Score(NamedTuple):
    """The points of an area, and the least and most that open answers could give it."""

    points: int
    bounds: Range


def weighed(area: Area, row: Counted | None, patient: Counted) -> Weighed:
    """Return what a row comes to for an area; None for the area without a subject."""
    support, against = (area, True), (area, False)
    held = _NO_SIDES if row is None else row.holding
    could = _NO_SIDES if row is None else row.possible
    plus = _total(held.get(support, _NOTHING), patient.holding.get(support, _NOTHING))
    minus = _total(held.get(against, _NOTHING), patient.holding.get(against, _NOTHING))
    most_plus = _total(could.get(support, _NOTHING), patient.possible.get(support, _NOTHING))
    most_minus = _total(could.get(against, _NOTHING), patient.possible.get(against, _NOTHING))
    return Weighed(
        row is not None and support in held and bool(row.row.place),
        support in could,
        plus - minus,
        max(0, plus - most_minus),
        max(0, most_plus - minus),
    )


def score(rows: Sequence[Weighed], without: Weighed, cap: int) -> Score:
    """Return the points of an area and their bounds.

    Args:
        rows: what each row of a subject comes to, those of lists that were not asked for among them.
        without: what the area comes to without a subject.
        cap: the most points of a focus without a subject.

    """
    sure = [known for known in rows if known.sure]
    maybe = [known for known in rows if known.perhaps]
    if sure:  # a recorded subject that is a focus in every completion; others can only do better
        points = max(0, max([known.points for known in sure]))
        return Score(points, Range(max([known.least for known in sure]), max([known.most for known in maybe])))
    points = max(0, min(cap, without.points))
    least = min([min(cap, without.least), *[known.least for known in maybe]])
    return Score(points, Range(least, max([min(cap, without.most), *[known.most for known in maybe]])))


def _standing(
    area: Area, ruleset: Ruleset, subjects: Sequence[Counted], patient: Counted, not_asked: Sequence[Counted]
) -> Standing:
    scoring = ruleset.scoring
    rows = [weighed(area, row, patient) for row in subjects]
    without = weighed(area, None, patient)
    others = [weighed(area, row, patient) for row in not_asked]
    points, bounds = score([*rows, *others], without, scoring.most_without_subject)
    foci = [
        _focus(area, ruleset, row, patient, known.points)
        for row, known in zip(subjects, rows, strict=True)
        if known.sure
    ]
    if not foci:
        foci = [_focus(area, ruleset, None, patient, without.points)]
    foci.sort(key=lambda focus: -focus.points)
    equal = sum([focus.points == points for focus in foci]) - 1
    if equal:
        foci.sort(key=lambda focus: (-focus.points, _content(focus.row)))
    return Standing(area, points, scoring.level(points), bounds, tuple(foci), equal)


def _content(row: Row) -> list[tuple[str, str]]:
    """Return a key by which equal foci are ordered whatever their place in the intake; its order means nothing."""
    return [(type(cell).__name__, str(cell)) for cell in row.cells]


def _focus(area: Area, ruleset: Ruleset, subject: Counted | None, patient: Counted, total: int) -> Focus:
    scoring = ruleset.scoring
    sources = [patient] if subject is None else [subject, patient]
    capped = subject is None and total > scoring.most_without_subject
    points = max(0, scoring.most_without_subject if capped else total)
    found = [finding for supports in (True, False) for finding in _found(area, ruleset, sources, supports=supports)]
    return Focus(area, sources[0].row, points, scoring.level(points), tuple(found), capped)


def _found(area: Area, ruleset: Ruleset, sources: Sequence[Counted], *, supports: bool) -> list[Finding]:
    """Return the findings for, or against: those that count, strongest first, then those whose evidence counts already."""
    evidence, rules = ruleset.evidence, ruleset.rules
    entries = [
        (-evidence[position][1], rules[position].id, position, source.row)
        for source in sources
        for position in source.found.get((area, supports), ())
    ]
    entries.sort()
    counted: set[str] = set()
    findings = []
    for minus_points, _, position, row in entries:
        body = evidence[position][0].body
        findings.append(Finding(rules[position], row, -minus_points, body not in counted))
        counted.add(body)
    findings.sort(key=lambda finding: not finding.counts)
    return findings


_NO_SIDES: Final[Mapping[Side, Bodies]] = {}
