"""Checks of points and ranks: evidence that moves its area the wrong way, areas tied by the same findings, areas never first."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

from ipt_rules.errors import MissingExtraError
from ipt_rules.explain.exact import exact_winners
from ipt_rules.explain.trials import Trials
from ipt_rules.explain.winners import find_winners
from ipt_rules.ruleset.cells import Space
from ipt_rules.ruleset.conditions import Comparison, Condition, Some, comparisons
from ipt_rules.ruleset.consequences import HoldsBack
from ipt_rules.verify.defects import DECIDED_BY, Defect, Shown, defect_of
from ipt_rules.verify.monotone import Foci, Turning, is_ordered
from ipt_rules.verify.pairs import compared, evidence_of, evidence_rules, hold_alike
from ipt_rules.verify.tried import NOTHING_TOLD
from ipt_rules.vocabulary import fields

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from ipt_rules.explain.winners import Found
    from ipt_rules.ruleset.model import Position, Rule, Ruleset
    from ipt_rules.words import Area


# ── evidence that moves its area the wrong way ───────────────────────────────────────────────────────────────────────────


def lowering_evidence(ruleset: Ruleset) -> Iterator[Defect]:
    """Yield the rules that read as evidence for an area although its points can fall where they come to hold.

    A rule reads so where more of a field, all else the same, makes it hold and never ends it; or less of it, throughout. One that
    holds on the same rows as a rule against the area is told as a contradiction.
    """
    foci = Foci(ruleset)
    for rule in evidence_rules(ruleset):
        if evidence_of(rule).supports and not _is_gainsaid(ruleset, rule):
            yield from itertools.islice(_wrong_ways(ruleset, foci, rule), 1)
    for rule in ruleset.rules:
        if isinstance(rule.consequence, HoldsBack):
            yield from _held_back_by_itself(rule, rule.consequence.area)


def _is_gainsaid(ruleset: Ruleset, rule: Rule) -> bool:
    """Return whether a rule against the same area holds on the same rows."""
    area = evidence_of(rule).area
    against = [
        one for one in evidence_rules(ruleset) if evidence_of(one).area == area and not evidence_of(one).supports
    ]
    return any(hold_alike(rule, one) for one in against)


def _wrong_ways(ruleset: Ruleset, foci: Foci, rule: Rule) -> Iterator[Defect]:
    """Yield each field by which a rule for an area comes to hold while the area loses points, or comes to be held back."""
    area = evidence_of(rule).area
    for name in dict.fromkeys(one.field for one in comparisons(rule.condition)):
        if not is_ordered(fields()[name]):
            continue
        try:
            loss = next(foci.losses(name, area, rule), None)
            held_back = list(_holding_back_too(ruleset, rule, name))
        except ValueError:  # more points than a space may have
            what = f"too much hangs together with {name} to say whether the area can lose points where it makes the rule hold"
            yield defect_of("lowering-evidence", rule, what, exact=False)
            continue
        if loss is not None:
            what = f"reads as evidence for {area}; where {name} makes it hold, the area can lose {loss.points} points"
            yield defect_of("lowering-evidence", rule, f"{what}; mend it, or what turns with it", loss.shown())
        yield from held_back


def _holding_back_too(ruleset: Ruleset, rule: Rule, name: str) -> Iterator[Defect]:
    """Yield what holds an area back by the same step of a field that makes a rule for it hold."""
    area = evidence_of(rule).area
    for other in ruleset.rules:
        if other.consequence == HoldsBack(area) and name in {one.field for one in comparisons(other.condition)}:
            turning = Turning(rule.kind, name, [rule, other])
            for step in turning.ways(rule):
                if rows := turning.on(rule, step) & turning.on(other, step):
                    what = f"reads as evidence for {area}; where {name} makes it hold, '{other.id}' holds the area back"
                    yield defect_of("lowering-evidence", rule, what, turning.shown(step, rows))
                    break


def _held_back_by_itself(rule: Rule, area: Area) -> Iterator[Defect]:
    """Yield a rule that comes to hold an area back by more evidence for that area."""
    for name in (f"standing.{area}.level", f"standing.{area}.points"):
        if name in {one.field for one in comparisons(rule.condition)}:
            turning = Turning(rule.kind, name, [rule])
            if any(turning.on(rule, step) for step in turning.upwards):
                yield defect_of("lowering-evidence", rule, f"holds {area} back where there is more evidence for it")
                return


# ── areas tied by the very same findings ─────────────────────────────────────────────────────────────────────────────────


class _Twins(NamedTuple):
    """Two rules for two areas that hold on the same rows and count as much."""

    one: Rule
    other: Rule


def tied_areas(ruleset: Ruleset) -> Iterator[Defect]:
    """Yield the areas that can be supported and equal by rules that hold on the same rows, with nothing else for or against either.

    Whatever else an intake could tell is left open, which is possible, and makes no further rule hold.
    """
    told: set[tuple[str, Area, Area]] = set()
    found = list(_twins(ruleset))
    yield from (one for one in found if isinstance(one, Defect))
    twins = [one for one in found if isinstance(one, _Twins)]
    for pair in twins:
        key = pair.one.kind, evidence_of(pair.one).area, evidence_of(pair.other).area
        enough = ruleset.scoring.points[evidence_of(pair.one).strength] >= ruleset.scoring.levels["possible"]
        if not enough or key in told:
            continue
        try:
            shown = _alone(ruleset, pair, twins)
        except ValueError:  # more points than a space may have
            yield defect_of("tied-areas", pair.other, f"too much is read beside '{pair.one.id}' to tell", exact=False)
            continue
        if shown is not None:
            told.add(key)
            what = f"'{pair.one.id}' holds on the same rows and counts as much for {key[1]}"
            yield defect_of("tied-areas", pair.other, f"{what}; by these alone the two areas are equal", shown)


def _twins(ruleset: Ruleset) -> Iterator[_Twins | Defect]:
    points = ruleset.scoring.points
    supporting = [rule for rule in evidence_rules(ruleset) if evidence_of(rule).supports]
    for one, other in itertools.combinations(supporting, 2):
        mine, others = evidence_of(one), evidence_of(other)
        if mine.area == others.area or points[mine.strength] != points[others.strength]:
            continue
        sets = compared("tied-areas", one, other)
        if isinstance(sets, Defect):
            yield sets
        elif sets is not None and sets.alike:
            yield _Twins(one, other)


def _alone(ruleset: Ruleset, pair: _Twins, twins: Sequence[_Twins]) -> Shown | None:
    """Return rows on which a pair holds, and no rule for or against the two areas has to but those that come in pairs; or None."""
    areas = {evidence_of(rule).area for rule in pair}
    in_pairs = {rule.id for one in twins if {evidence_of(rule).area for rule in one} == areas for rule in one}
    names = {one.field for one in comparisons(pair.one.condition)} & {
        one.field for one in comparisons(pair.other.condition)
    }
    others = [
        _as_far_as(rule.condition, names)
        for rule in evidence_rules(ruleset)
        if rule.kind in (pair.one.kind, "patient") and evidence_of(rule).area in areas and rule.id not in in_pairs
    ]
    space = Space(pair.one.kind, [pair.one.condition, pair.other.condition, *others], unknown=True)
    rows = space.set_of(pair.one.condition)
    for other in others:
        rows &= ~space.set_of(other)
    return Shown(space, rows) if rows else None


def _as_far_as(condition: Condition, names: Collection[str]) -> Condition:
    """Return a condition that holds where this one does with some fields known and no others: these make nothing true."""
    if isinstance(condition, Comparison):
        return condition if condition.field in names else Some(())
    return type(condition)(tuple(_as_far_as(part, names) for part in condition.parts))


# ── areas never first ────────────────────────────────────────────────────────────────────────────────────────────────────


def never_first(ruleset: Ruleset) -> Iterator[Defect]:
    """Yield the areas that nothing an intake could tell puts at rank 1, alone or beside others.

    Bounds decide it where they can; else the extra ``verify`` does, and without it the question stays undecided.
    """
    for chance in _winners(Trials(NOTHING_TOLD, ruleset)).chances:
        if not chance.possible or not chance.confirmed:
            what = (
                "nothing that an intake could tell puts this area first; give it evidence that can"
                if chance.confirmed
                else f"whether this area can be first is undecided; {DECIDED_BY}"
            )
            position = _first_for(ruleset, chance.area) or ruleset.places.get(f"areas.{chance.area}")
            yield Defect("never-first", chance.area, position, what, exact=chance.confirmed)


def _winners(trials: Trials) -> Found:
    found = find_winners(trials)
    if found.exact or all(chance.confirmed for chance in found.chances):
        return found
    try:
        return exact_winners(found, trials)
    except MissingExtraError:
        return found


def _first_for(ruleset: Ruleset, area: Area) -> Position | None:
    """Return where the first rule for or against an area stands, or None."""
    return next((rule.position for rule in evidence_rules(ruleset) if evidence_of(rule).area == area), None)
