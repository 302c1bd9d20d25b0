"""Why an area does not stand higher: the rules in its favour that came nearest to holding, and what each of them lacks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from ipt_rules.engines.reference import trace
from ipt_rules.explain.open_questions import open_behind, question_at
from ipt_rules.explain.why import Proof, prove
from ipt_rules.ruleset.conditions import All, Comparison
from ipt_rules.ruleset.consequences import Evidence
from ipt_rules.values import NOT_ARISING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from ipt_rules.engines.reference import Trace
    from ipt_rules.explain.reasons import Teller
    from ipt_rules.facts import Row
    from ipt_rules.intake import Intake
    from ipt_rules.pipeline import Result
    from ipt_rules.ruleset.model import Citation, Rule, Ruleset
    from ipt_rules.words import Area


class Lacking(NamedTuple):
    """One comparison that keeps a rule from holding.

    Attributes:
        status: ``false`` (known to be otherwise), ``unknown`` (nobody knows), or ``does not arise``.
        proof: the comparison, and the value that there is.
        asks: the open questions behind it, each with its place.

    """

    status: str
    proof: Proof
    asks: tuple[tuple[str, str], ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as plain values."""
        asks = [{"path": path, "question": question} for path, question in self.asks]
        return {"status": self.status, **self.proof.to_dict(), "ask": asks}


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A rule in favour of an area that does not hold on a subject, and what it lacks.

    Attributes:
        points: what the rule is worth.
        gain: how many points more it would bring by itself: what its evidence counts with already is taken off.

    """

    rule: str
    subject: str
    because: str
    strength: str
    points: int
    gain: int
    lacking: tuple[Lacking, ...]
    basis: str
    cites: tuple[Citation, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the near miss as plain values."""
        return {
            "rule": self.rule,
            "subject": self.subject or None,
            "because": self.because,
            "strength": self.strength,
            "points": self.points,
            "gain": self.gain,
            "lacking": [lacking.to_dict() for lacking in self.lacking],
            "basis": self.basis,
            "cites": [citation.to_dict() for citation in self.cites],
        }


def near_misses(
    area: Area, intake: Intake, result: Result, ruleset: Ruleset, teller: Teller, *, most: int
) -> tuple[NearMiss, ...]:
    """Return the rules in favour of an area that came nearest to holding: those first that lack least, then those that bring most.

    Rules of which something does not arise (mourning after a divorce) are passed over: no answer could make them hold. So are rules
    whose evidence counts already with as many points: they would bring nothing.
    """
    found = []
    patient = next(evaluated for evaluated in result.evaluated if evaluated.row.kind == "patient")
    for evaluated in result.evaluated:
        row = evaluated.row
        if not row.place and row.kind != "patient":
            continue
        counts = _counting(area, ruleset, {*evaluated.holding, *patient.holding})
        for position in set(ruleset.evidence_by_kind.get((row.kind, area, True), ())) - set(evaluated.holding):
            rule = ruleset.rules[position]
            told = trace(rule.condition, row)
            lacking = tuple(missing(told, row))
            entry, points = ruleset.evidence[position]
            gain = points - counts.get(entry.body, 0)
            if gain > 0 and all(status != "does not arise" for _, status in lacking):
                found.append((len(lacking), -gain, rule.id, row.place, points, rule, row, lacking))
    found.sort(key=lambda one: one[:4])
    return tuple(
        _told(rule, row, points, -minus, lacking, intake, teller)
        for _, minus, _, _, points, rule, row, lacking in found[:most]
    )


def _counting(area: Area, ruleset: Ruleset, holding: AbstractSet[int]) -> dict[str, int]:
    """Return what each body of evidence in favour of an area counts with."""
    found: dict[str, int] = {}
    for position in holding & ruleset.evidence.keys():
        entry, points = ruleset.evidence[position]
        if entry.supports and entry.area == area:
            found[entry.body] = max(points, found.get(entry.body, 0))
    return found


def missing(told: Trace, row: Row) -> Iterator[tuple[Trace, str]]:
    """Yield the comparisons that have to come out otherwise before a condition holds, as few as can be, each with its status."""
    if told.truth:
        return
    if isinstance(told.condition, Comparison):
        arises = row.value(told.condition.field) is not NOT_ARISING
        yield told, ("unknown" if told.truth is None else "false") if arises else "does not arise"
        return
    ways = [list(missing(part, row)) for part in told.parts]
    if isinstance(told.condition, All):
        for way in ways:
            yield from way
    elif ways:
        yield from min(ways, key=_effort)


def _effort(way: list[tuple[Trace, str]]) -> tuple[int, int]:
    return sum(status == "does not arise" for _, status in way), len(way)


def _told(
    rule: Rule, row: Row, points: int, gain: int, lacking: tuple[tuple[Trace, str], ...], intake: Intake, teller: Teller
) -> NearMiss:
    consequence = rule.consequence
    assert isinstance(consequence, Evidence)  # rules in favour of an area
    return NearMiss(
        rule=rule.id,
        subject=row.place,
        because=teller.wording.sentence(rule.because, row),
        strength=consequence.strength,
        points=points,
        gain=gain,
        lacking=tuple(_lacking(told, status, row, intake, teller) for told, status in lacking),
        basis=rule.basis,
        cites=rule.cites,
    )


def _lacking(told: Trace, status: str, row: Row, intake: Intake, teller: Teller) -> Lacking:
    assert isinstance(told.condition, Comparison)  # what lacks is a comparison
    places = open_behind(intake, told.condition.field, row) if status == "unknown" else ()
    asks = tuple((path, question_at(path, teller.wording)) for path in places)
    return Lacking(status, prove(told, row), asks)
