"""Findings → standings: points, levels and bounds of the four areas, and their order.

A focus is an area with a subject whose own row supports it; a finding on the patient row belongs to every focus of its area. A
focus's points are the strongest supporting finding of each body of evidence, summed, less the strongest opposing ones, not below 0.
An area has the points of its best focus. The bounds are what the open answers could still make of that: always true, not always
tight, since they take each rule by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ipt_rules.ruleset.model import Evidence, HoldsBack
from ipt_rules.values import Range
from ipt_rules.words import AREAS, LEVELS, Area, Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ipt_rules.facts import Row
    from ipt_rules.ruleset.model import Rule, Ruleset, Scoring
    from ipt_rules.values import Value


@dataclass(frozen=True, slots=True)
class Finding:
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


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What an engine found on one row: the rules that hold, and those that hold or could."""

    row: Row
    holding: tuple[int, ...]
    possible: tuple[int, ...]


def standings(ruleset: Ruleset, subjects: Sequence[Evaluated], patient: Evaluated, not_asked: Sequence[Evaluated]) -> list[Standing]:
    """Return the four areas with points and bounds, in their fixed order, not yet ranked.

    Args:
        subjects: the rows of the recorded subjects.
        patient: the patient's row.
        not_asked: rows of lists that were not asked for; they take part in the bounds only.
    """
    evidence = _Evidence(ruleset)
    return [_standing(area, evidence, subjects, patient, not_asked) for area in AREAS]


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


def standing_values(found: Sequence[Standing], scoring: Scoring, *, open_answers: bool) -> Mapping[str, Value]:
    """Return what the standing rules see: points, levels and margin as they are, or within their bounds (``open_answers``)."""
    values: dict[str, Value] = {}
    points = {
        standing.area: standing.bounds if open_answers else Range(standing.points, standing.points) for standing in found
    }
    for area, known in points.items():
        values[f"standing.{area}.points"] = known
        least, most = (LEVELS.index(scoring.level(end)) for end in known)
        values[f"standing.{area}.level"] = Range(least, most)
    ahead = []
    for area, known in points.items():
        others = [other for name, other in points.items() if name != area]
        ahead.append(
            Range(known.least - max(other.most for other in others), known.most - max(other.least for other in others))
        )
    values["standing.margin"] = Range(max(0, *(lead.least for lead in ahead)), max(0, *(lead.most for lead in ahead)))
    return values


def is_settled(ranking: Sequence[Standing], scoring: Scoring, may_hold_back: Mapping[Area, tuple[bool, bool]]) -> bool:
    """Return whether the same area is first, alone, whatever the open answers turn out to be.

    Args:
        may_hold_back: for each area, whether standing rules hold it back whatever comes, and whether they could.
    """
    first, *others = ranking
    if first.rank != 1 or first.held_back_by or may_hold_back[first.area][1]:
        return False
    if scoring.level(first.bounds.least) == "none":
        return False
    return all(may_hold_back[other.area][0] or other.bounds.most < first.bounds.least for other in others)


def held_back(ruleset: Ruleset, positions: Iterable[int]) -> set[Area]:
    """Return the areas that some of these standing rules hold back."""
    rules = (ruleset.rules[position].consequence for position in positions)
    return {rule.area for rule in rules if isinstance(rule, HoldsBack)}


# ── one area ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


class _Evidence:
    """The evidence rules by position: what each counts for, and how much."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset
        self._points = ruleset.scoring.points
        self._of = {
            position: rule.consequence
            for position, rule in enumerate(ruleset.rules)
            if isinstance(rule.consequence, Evidence)
        }

    def about(self, area: Area, positions: Iterable[int], *, supports: bool) -> dict[int, Evidence]:
        """Return the rules among these that support, or oppose, an area."""
        found = {position: self._of[position] for position in positions if position in self._of}
        return {position: entry for position, entry in found.items() if entry.area == area and entry.supports is supports}

    def points(self, position: int) -> int:
        """Return what a rule's strength is worth."""
        return self._points[self._of[position].strength]

    def total(self, area: Area, positions: Iterable[int], *, supports: bool) -> int:
        """Return the points of the strongest rule of each body of evidence, summed."""
        return sum(self.strongest(area, positions, supports=supports).values())

    def strongest(self, area: Area, positions: Iterable[int], *, supports: bool) -> dict[str, int]:
        """Return the points that each body of evidence counts with."""
        bodies: dict[str, int] = {}
        for position, entry in self.about(area, positions, supports=supports).items():
            bodies[entry.body] = max(bodies.get(entry.body, 0), self.points(position))
        return bodies


def _standing(
    area: Area, evidence: _Evidence, subjects: Sequence[Evaluated], patient: Evaluated, not_asked: Sequence[Evaluated]
) -> Standing:
    scoring = evidence.ruleset.scoring
    foci = [
        _focus(area, evidence, row, patient)
        for row in subjects
        if evidence.about(area, row.holding, supports=True)
    ] or [_focus(area, evidence, None, patient)]
    foci.sort(key=lambda focus: (-focus.points, _content(focus.row)))
    points = foci[0].points
    equal = sum(focus.points == points for focus in foci) - 1
    bounds = _bounds(area, evidence, [*subjects, *not_asked], patient)
    return Standing(area, points, scoring.level(points), bounds, tuple(foci), equal)


def _content(row: Row) -> list[tuple[str, str]]:
    """Return a key by which equal foci are ordered whatever their place in the intake; its order means nothing."""
    return [(type(cell).__name__, str(cell)) for cell in row.cells]


def _focus(area: Area, evidence: _Evidence, subject: Evaluated | None, patient: Evaluated) -> Focus:
    scoring = evidence.ruleset.scoring
    sources = [patient] if subject is None else [subject, patient]
    positions = [position for source in sources for position in source.holding]
    total = evidence.total(area, positions, supports=True) - evidence.total(area, positions, supports=False)
    capped = subject is None and total > scoring.most_without_subject
    points = max(0, min(total, scoring.most_without_subject) if capped else total)
    found = [
        finding
        for supports in (True, False)
        for finding in _findings(area, evidence, sources, positions, supports=supports)
    ]
    return Focus(area, sources[0].row, points, scoring.level(points), tuple(found), capped)


def _findings(
    area: Area, evidence: _Evidence, sources: Sequence[Evaluated], positions: Sequence[int], *, supports: bool
) -> list[Finding]:
    """Return the findings for, or against, strongest first; of each body of evidence the first that is strongest counts."""
    left = evidence.strongest(area, positions, supports=supports)
    found = [
        (evidence.points(position), position, entry, source.row)
        for source in sources
        for position, entry in evidence.about(area, source.holding, supports=supports).items()
    ]
    found.sort(key=lambda entry: (-entry[0], evidence.ruleset.rules[entry[1]].id))
    findings = []
    for points, position, entry, row in found:
        counts = left.get(entry.body) == points
        if counts:
            del left[entry.body]
        findings.append(Finding(evidence.ruleset.rules[position], row, points, counts))
    return findings


def _bounds(area: Area, evidence: _Evidence, rows: Sequence[Evaluated], patient: Evaluated) -> Range:
    """Return the least and the most points that any completion of the open answers can give the area."""
    cap = evidence.ruleset.scoring.most_without_subject

    def within(*sources: Evaluated) -> Range:
        held = [position for source in sources for position in source.holding]
        could = [position for source in sources for position in source.possible]
        least = evidence.total(area, held, supports=True) - evidence.total(area, could, supports=False)
        most = evidence.total(area, could, supports=True) - evidence.total(area, held, supports=False)
        return Range(max(0, least), max(0, most))

    sure = [within(row, patient) for row in rows if evidence.about(area, row.holding, supports=True)]
    maybe = [within(row, patient) for row in rows if evidence.about(area, row.possible, supports=True)]
    if sure:  # it is a focus in every completion, and others can only do better
        return Range(max(known.least for known in sure), max(known.most for known in maybe))
    without = Range(*(min(cap, end) for end in within(patient)))
    return Range(min(known.least for known in (without, *maybe)), max(known.most for known in (without, *maybe)))
