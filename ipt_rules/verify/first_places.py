"""What the difference of two rule sets does to the areas: whose points can rise or fall, which can gain or lose the first place.

"Cannot" is proved from the rules that differ: more support and less opposition raise points and never lower them, but for one
exception. A subject counts as a focus of an area once something on its own row supports it, and brings what opposes the area on
that row with it; so where a kind of row has both, support that comes may lower points, and support that goes may raise them. "Can"
is said with an intake that shows it, and no other way. What is neither proved nor shown is undecided.
"""

from __future__ import annotations

import functools
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias

from ipt_rules.assessor import Assessor
from ipt_rules.drawn.intakes import Seeded, draw_intake
from ipt_rules.intake import Intake
from ipt_rules.reading_intakes import example, examples
from ipt_rules.ruleset.conditions import comparisons
from ipt_rules.ruleset.consequences import Evidence, HoldsBack, StageFound
from ipt_rules.vocabulary import STAGE_FIELDS
from ipt_rules.words import AREAS, Area

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ipt_rules.pipeline import Result
    from ipt_rules.ruleset.model import Rule
    from ipt_rules.verify.difference import RuleDifference, RulesetDifference

Answer: TypeAlias = Literal["can", "cannot", "undecided"]
Move: TypeAlias = Literal["rises", "falls", "gains_first", "loses_first"]
MOVES: Final[tuple[Move, ...]] = ("rises", "falls", "gains_first", "loses_first")

DRAWN: Final = 200
"""Intakes that are drawn where an example of a move is looked for."""

_SEED: Final = 20261126


@dataclass(frozen=True)
class AreaMove:
    """Whether an area can move in one way when one rule set takes the place of another.

    Attributes:
        because: ids of the rules, and keys of the scoring, by which it might.
        shown_by: an intake on which it does.

    """

    area: Area
    move: Move
    answer: Answer
    because: tuple[str, ...] = ()
    shown_by: Shown | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain values."""
        return {
            "answer": self.answer,
            "because": list(self.because),
            "witness": None if self.shown_by is None else self.shown_by.to_dict(),
        }


class Shown(NamedTuple):
    """An intake that shows something.

    Attributes:
        source: which of those given (``intakes[2]``), the name of a worked case, or ``made``.

    """

    source: str
    intake: Intake

    def to_dict(self) -> dict[str, Any]:
        """Return the intake as plain values; of one that somebody gave, only which it was."""
        given = self.source.startswith("intakes[")
        return {"source": self.source, **({} if given else {"intake": self.intake.to_dict()})}


class OnIntake(NamedTuple):
    """What two rule sets make of one intake.

    Attributes:
        first: the areas at rank 1, before and after.
        points: of each area whose points differ, before and after.
        through: ids of the rules that differ and hold before or after, on evidence, stages and standings.

    """

    first: tuple[tuple[Area, ...], tuple[Area, ...]]
    points: Mapping[Area, tuple[int, int]]
    through: tuple[str, ...]

    @property
    def first_place_changes(self) -> bool:
        """Whether other areas are first."""
        return self.first[0] != self.first[1]

    def to_dict(self) -> dict[str, Any]:
        """Return the difference as plain values."""
        return {
            "first": {"old": list(self.first[0]), "new": list(self.first[1])},
            "changes": self.first_place_changes,
            "points": {area: {"old": before, "new": after} for area, (before, after) in self.points.items()},
            "through": list(self.through),
        }


class Comparing:
    """Assesses intakes by both rule sets of a difference."""

    def __init__(self, found: RulesetDifference) -> None:
        self._old, self._new = (Assessor(ruleset, "compiled") for ruleset in (found.old, found.new))
        self._different = {one.rule for one in found.different} | set(_of_changed_strength(found))

    def on(self, intake: Intake) -> OnIntake:
        """Return what both make of an intake.

        Raises:
            EvaluationError: one of the rule sets could not be evaluated.

        """
        before, after = (assessor.assess(intake).result for assessor in (self._old, self._new))
        points = {area: (_points(before, area), _points(after, area)) for area in AREAS}
        held = {finding.rule.id for result in (before, after) for finding in result.findings}
        return OnIntake(
            (_first(before), _first(after)),
            {area: pair for area, pair in points.items() if pair[0] != pair[1]},
            tuple(sorted(held & self._different)),
        )


def _points(result: Result, area: Area) -> int:
    return next(standing.points for standing in result.ranking if standing.area == area)


def _first(result: Result) -> tuple[Area, ...]:
    return tuple(standing.area for standing in result.ranking if standing.rank == 1)


# ── what can move ────────────────────────────────────────────────────────────────────────────────────────────────────────


def moves(found: RulesetDifference, intakes: Iterable[Intake] = (), *, drawn: int = DRAWN) -> list[AreaMove]:
    """Return for each area whether it can move in each way.

    Args:
        found: the difference of two rule sets.
        intakes: intakes that may show a move, looked at before the worked cases.
        drawn: how many intakes are drawn where neither shows it.

    Raises:
        EvaluationError: the rules could not be evaluated for an intake.

    """
    reasons = _Reasons(found)
    open_moves = {(area, move): reasons.of(area, move) for area in AREAS for move in MOVES}
    wanted = {key for key, because in open_moves.items() if because}
    shown = _shown(found, wanted, _candidates(found, intakes, drawn))
    made = []
    for (area, move), because in open_moves.items():
        shown_by = shown.get((area, move))
        answer: Answer = "can" if shown_by else "undecided" if because else "cannot"
        made.append(AreaMove(area, move, answer, tuple(sorted(because)), shown_by))
    return made


def _shown(
    found: RulesetDifference, wanted: set[tuple[Area, Move]], candidates: Iterator[Shown]
) -> dict[tuple[Area, Move], Shown]:
    """Return the first intake that shows each move, as far as one does."""
    shown: dict[tuple[Area, Move], Shown] = {}
    if wanted:
        comparing = Comparing(found)
        for candidate in candidates:
            for key in _moves_on(comparing.on(candidate.intake)):
                shown.setdefault(key, candidate)
            if wanted <= shown.keys():
                break
    return shown


def _candidates(found: RulesetDifference, intakes: Iterable[Intake], drawn: int) -> Iterator[Shown]:
    """Yield the intakes given, those that witness the difference of a rule, the worked cases, and then drawn ones."""
    yield from (Shown(f"intakes[{number}]", intake) for number, intake in enumerate(intakes))
    for one in found.different:
        for witness in (one.gained, one.lost):
            if witness is not None and isinstance(witness.shown_by, Intake):
                yield Shown("made", witness.shown_by)
    yield from _worked_cases()
    choose = Seeded(random.Random(_SEED))  # the same intakes each time, and nothing to keep secret
    yield from (Shown("made", draw_intake(choose)) for _ in range(drawn))


@functools.cache
def _worked_cases() -> tuple[Shown, ...]:
    return tuple(Shown(name, example(name)) for name in examples())


def _moves_on(seen: OnIntake) -> Iterator[tuple[Area, Move]]:
    for area, (before, after) in seen.points.items():
        yield area, "rises" if after > before else "falls"
    old, new = seen.first
    yield from ((area, "gains_first") for area in new if area not in old)
    yield from ((area, "loses_first") for area in old if area not in new)


class _Reasons:
    """By what an area might move: the rules and the numbers without whose difference it cannot."""

    def __init__(self, found: RulesetDifference) -> None:
        self._found = found
        self._opposed = {
            (rule.kind, rule.consequence.area)
            for ruleset in (found.old, found.new)
            for rule in ruleset.rules
            if isinstance(rule.consequence, Evidence) and not rule.consequence.supports
        }
        self._up: dict[Area, set[str]] = {area: set() for area in AREAS}
        self._down: dict[Area, set[str]] = {area: set() for area in AREAS}
        for one in found.rules:
            self._count(one)
        self._levels = {key for key, _, _ in found.scoring if key.startswith("levels.")}
        self._count_stages()
        if found.old.scoring.most_without_subject != found.new.scoring.most_without_subject:
            for area in AREAS:  # that of a focus without subject
                self._up[area].add("levels.likely")
                self._down[area].add("levels.likely")
        self._held = self._hold_backs()

    def of(self, area: Area, move: Move) -> set[str]:
        """Return by what an area might move in one way; nothing where it cannot."""
        if move == "rises":
            return self._up[area]
        if move == "falls":
            return self._down[area]
        mine, others = (self._up, self._down) if move == "gains_first" else (self._down, self._up)
        beside = set().union(*(others[other] for other in AREAS if other != area))
        return mine[area] | beside | self._levels | self._held

    def _count(self, one: RuleDifference) -> None:
        """Count what a rule that counts for or against an area could do."""
        before, after = _counts_for(one.old), _counts_for(one.new)
        gained, lost = one.gained is not None, one.lost is not None
        if not _same_side(one):
            gained = lost = True  # it counts no longer where it did, and does where it did not
        more, less = self._stronger_and_weaker(one)
        if after is not None and one.new is not None:
            self._push(after, one.new, is_more=True, moves=gained or more, rows=gained)
        if before is not None and one.old is not None:
            self._push(before, one.old, is_more=False, moves=lost or less, rows=lost)

    def _stronger_and_weaker(self, one: RuleDifference) -> tuple[bool, bool]:
        """Return whether a rule could count more than before on a row on which it held, and whether it could count less."""
        before, after = _counts_for(one.old), _counts_for(one.new)
        if before is None or after is None or before.body != after.body:
            return True, True
        points_before = self._found.old.scoring.points[before.strength]
        points_after = self._found.new.scoring.points[after.strength]
        return points_after > points_before, points_after < points_before

    def _push(self, entry: Evidence, rule: Rule, *, is_more: bool, moves: bool, rows: bool) -> None:
        """Note what a rule could do that counts more, or less: whether it does at all, and whether on other rows."""
        up, down = (self._up, self._down) if entry.supports is is_more else (self._down, self._up)
        if moves:
            up[entry.area].add(rule.id)
        if rows and entry.supports and rule.kind != "patient" and (rule.kind, entry.area) in self._opposed:
            down[entry.area].add(rule.id)  # another subject becomes a focus, or ceases to be one

    def _count_stages(self) -> None:
        """Count what reads the stage that is found, where rules that find it differ; what could hold counts there too."""
        stages = {
            one.rule
            for one in self._found.different
            if any(rule is not None and isinstance(rule.consequence, StageFound) for rule in (one.old, one.new))
            and (one.relation != "equal" or one.bounds_differ or {"stage", "consequence"} & {*one.changed})
        }
        if not stages:
            return
        for rule in (*self._found.old.rules, *self._found.new.rules):
            entry = _counts_for(rule)
            if entry is not None and any(test.field in STAGE_FIELDS for test in comparisons(rule.condition)):
                self._up[entry.area] |= stages
                self._down[entry.area] |= stages

    def _hold_backs(self) -> set[str]:
        """Return by what an area might be held back that was not, or the other way round."""
        rules = [
            one
            for one in self._found.rules
            if any(rule is not None and isinstance(rule.consequence, HoldsBack) for rule in (one.old, one.new))
        ]
        found = {one.rule for one in rules if one.relation != "equal" or {"area", "consequence"} & {*one.changed}}
        moved: set[str] = set().union(*self._up.values(), *self._down.values(), self._levels)
        return found | (moved if rules else set())


def _counts_for(rule: Rule | None) -> Evidence | None:
    return rule.consequence if rule is not None and isinstance(rule.consequence, Evidence) else None


def _same_side(one: RuleDifference) -> bool:
    """Return whether a rule counts for the same side of the same area in both rule sets, on rows of the same kind."""
    before, after = _counts_for(one.old), _counts_for(one.new)
    if before is None or after is None or one.old is None or one.new is None:
        return False
    return (before.area, before.supports, one.old.kind) == (after.area, after.supports, one.new.kind)


def _of_changed_strength(found: RulesetDifference) -> Sequence[str]:
    """Return the ids of the rules that count otherwise because their strength is worth other points."""
    old, new = found.old.scoring.points, found.new.scoring.points
    return [
        one.rule
        for one in found.rules
        if (entry := _counts_for(one.new)) is not None and old.get(entry.strength) != new[entry.strength]
    ]
