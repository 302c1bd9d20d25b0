"""A ranking as formulas over what the comparisons of the rules come to: what ``ranking.py`` counts, for any answers at once."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ipt_rules.explain.clauses import TRUE, Total
from ipt_rules.kept import kept
from ipt_rules.ruleset.conditions import All, Comparison
from ipt_rules.ruleset.consequences import HoldsBack
from ipt_rules.words import AREAS, Area

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ipt_rules.explain.clauses import Clauses
    from ipt_rules.explain.truths import Truths
    from ipt_rules.facts import Row
    from ipt_rules.ruleset.conditions import Condition
    from ipt_rules.ruleset.model import Ruleset


class Encoding:
    """Where the areas stand, as literals.

    Args:
        ruleset: the rules that decide the ranking.
        patient: the patient's row.
        subjects: the rows of the subjects, each with the literal that it is there.
        truths: what the comparisons come to.
        clauses: where the formulas are made.

    """

    def __init__(
        self, ruleset: Ruleset, patient: Row, subjects: Mapping[Row, int], truths: Truths, clauses: Clauses
    ) -> None:
        self._ruleset = ruleset
        self._patient = patient
        self._subjects = subjects
        self._truths = truths
        self._clauses = clauses
        self._points: dict[tuple[Area, int], int] = {}

    def alone(self, area: Area) -> int:
        """Return the literal for "this area is first, alone"."""
        return self._first(area, 1)

    def leading(self, area: Area) -> int:
        """Return the literal for "this area is first, alone or beside others"."""
        return self._first(area, 0)

    def of_standing(self, condition: Condition) -> int:
        """Return the literal for "this condition is true of the patient and of where the areas stand"."""
        return self._holds(condition, self._patient)

    def _first(self, area: Area, lead: int) -> int:
        """Return the literal for "supported, and by so many points ahead of each area that counts"."""
        every, some = self._clauses.every, self._clauses.some
        held = self._held_back[area]
        behind = []
        for other in AREAS:
            if other != area:
                also_held = some([-held, self._held_back[other]])
                ahead = some([every([-held, self._held_back[other]]), self._ahead(area, other, lead)])
                behind.append(some([-self._supported(other), every([also_held, ahead])]))
        return every([self._supported(area), *behind])

    def _supported(self, area: Area) -> int:
        return self._at_least(area, self._ruleset.scoring.levels["possible"])

    def _ahead(self, area: Area, other: Area, lead: int) -> int:
        """Return the literal for "so many points more than another area, or still more"."""
        some = self._clauses.some
        steps = [
            some([-self._at_least(other, points), self._at_least(area, points + lead)])
            for points in range(self._most[other] + 1)
        ]
        return self._clauses.every(steps)

    @kept
    def _held_back(self) -> Mapping[Area, int]:
        """For each area the literal for "held back"."""
        by_area: dict[Area, list[int]] = {area: [] for area in AREAS}
        for rule in self._ruleset.rules:
            if isinstance(rule.consequence, HoldsBack):
                by_area[rule.consequence.area].append(self._holds(rule.condition, self._patient))
        return {area: self._clauses.some(rules) for area, rules in by_area.items()}

    # ── points ───────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _at_least(self, area: Area, points: int) -> int:
        """Return the literal for "this area has so many points or more"."""
        if points <= 0:
            return TRUE
        if (area, points) not in self._points:
            every, some = self._clauses.every, self._clauses.some
            foci = [every([sure, total.at_least(points)]) for sure, total in self._foci[area]]
            capped = points <= self._ruleset.scoring.most_without_subject
            without = self._without[area].at_least(points) if capped else -TRUE
            none_sure = every([-sure for sure, _ in self._foci[area]])
            self._points[area, points] = some([*foci, every([none_sure, without])])
        return self._points[area, points]

    @kept
    def _most(self) -> Mapping[Area, int]:
        """The most points that each area can come to."""
        return {
            area: max(0, self._without[area].most, *(total.most for _, total in self._foci[area])) for area in AREAS
        }

    @kept
    def _without(self) -> Mapping[Area, Total]:
        """The points of each area without a subject, nothing cut off."""
        return {area: self._total(area, [(self._patient, TRUE)]) for area in AREAS}

    @kept
    def _foci(self) -> Mapping[Area, list[tuple[int, Total]]]:
        """For each area and subject the literal for "it is a focus", and its points."""
        found: dict[Area, list[tuple[int, Total]]] = {area: [] for area in AREAS}
        for area in AREAS:
            for row, there in self._subjects.items():
                sure = self._clauses.some([rule for _, _, rule in self._counting(area, row, there, supports=True)])
                found[area].append((sure, self._total(area, [(row, there), (self._patient, TRUE)])))
        return found

    def _total(self, area: Area, rows: list[tuple[Row, int]]) -> Total:
        """Return the points of a focus: of each body of evidence the strongest rule for, less the strongest against."""
        holding: dict[tuple[bool, str], dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        for row, there in rows:
            for supports in (True, False):
                for body, points, rule in self._counting(area, row, there, supports=supports):
                    holding[supports, body][points if supports else -points].append(rule)
        parts = [
            {points: self._clauses.some(rules) for points, rules in by_points.items()} for by_points in holding.values()
        ]
        return Total(self._clauses, parts)

    def _counting(self, area: Area, row: Row, there: int, *, supports: bool) -> Iterator[tuple[str, int, int]]:
        """Yield the rules for, or against, on a row: body of evidence, points, and the literal for "it holds"."""
        for position in self._ruleset.evidence_by_kind.get((row.kind, area, supports), ()):
            entry, points = self._ruleset.evidence[position]
            holds = self._clauses.every([there, self._holds(self._ruleset.rules[position].condition, row)])
            if holds != -TRUE:
                yield entry.body, points, holds

    # ── conditions ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _holds(self, condition: Condition, row: Row) -> int:
        """Return the literal for "this condition is true on this row"."""
        if not isinstance(condition, Comparison):
            join = self._clauses.every if isinstance(condition, All) else self._clauses.some
            return join([self._holds(part, row) for part in condition.parts])
        if condition.field.startswith("standing."):
            return self._compares(condition)
        return self._truths.literal(row, condition)

    def _compares(self, comparison: Comparison) -> int:
        """Return the literal for a comparison with where the areas stand."""
        wanted, field = comparison.value, comparison.field
        assert isinstance(wanted, int)  # points, levels and the margin are ordered
        if comparison.operator == "at_least":
            return self._reaches(field, wanted)
        if comparison.operator == "at_most":
            return -self._reaches(field, wanted + 1)
        same = self._clauses.every([self._reaches(field, wanted), -self._reaches(field, wanted + 1)])
        return same if comparison.operator == "is" else -same

    def _reaches(self, field: str, wanted: int) -> int:
        """Return the literal for "a field of the standing row is so much or more"."""
        if wanted <= 0:
            return TRUE
        if field == "standing.margin":
            return self._clauses.some([self._is_ahead_of_all(area, wanted) for area in AREAS])
        area: Area = next(one for one in AREAS if one == field.split(".")[1])
        if field.endswith(".points"):
            return self._at_least(area, wanted)
        levels = sorted(self._ruleset.scoring.levels.values())
        return self._at_least(area, levels[wanted - 1]) if wanted <= len(levels) else -TRUE

    def _is_ahead_of_all(self, area: Area, lead: int) -> int:
        return self._clauses.every([self._ahead(area, other, lead) for other in AREAS if other != area])
