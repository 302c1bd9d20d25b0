"""Mutation of a rule set: which of its mutants some intakes and courses tell from the rules.

A mutant is killed by a row on which its line among what is found differs: whether the rule is found at all, with its id and the
place of the row; what it counts for (area, side, points) or says (stage, kind of caution, topic, direction, part); and of a
strategy whether it is proposed or withheld, and its phase. So a change of a consequence is killed by any row on which the rule
holds: whoever expects the whole line sees it, points and all. Expecting the first area alone would see far less.

A mutant is equivalent when it is proved that no row can kill it. What a rule could come to once more is known makes no line, but
decides bounds, and whether a stage counts as found: an equivalent that differs there is told apart, and never for a stage rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from ipt_rules.course import Course
from ipt_rules.ruleset.conditions import All, Condition
from ipt_rules.ruleset.consequences import Evidence, HoldsBack, Proposal, StageFound
from ipt_rules.verify.apart import apart
from ipt_rules.verify.claims import Claim, Claims, points_of, possible
from ipt_rules.verify.coverage import counted
from ipt_rules.verify.mutants import OPERATORS, Mutant, mutants
from ipt_rules.verify.rows_in_words import wanted
from ipt_rules.verify.tables import Table, tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ipt_rules.intake import Intake
    from ipt_rules.ruleset.cells import Space
    from ipt_rules.ruleset.model import Rule, Ruleset

    FindsWitness: TypeAlias = Callable[[Ruleset, Space, int], Intake | Course | None]

Verdict: TypeAlias = Literal["killed", "equivalent", "survived", "undecided"]
VERDICTS: Final[tuple[Verdict, ...]] = ("killed", "equivalent", "survived", "undecided")


@dataclass(frozen=True)
class Judged:
    """A mutant, and what became of it.

    Attributes:
        verdict: ``killed`` by a row; ``equivalent``, which is proved; ``survived``, where some row would kill it and none does;
            ``undecided``, where the proof fails and no intake or course that would kill it was found either.
        bounds_differ: whether an equivalent mutant differs in what could hold, and so in bounds.
        claims: what a row that kills a survivor meets.
        witness: an intake or a course that kills a survivor, where one was looked for.

    """

    mutant: Mutant
    verdict: Verdict
    bounds_differ: bool = False
    claims: Claims = ()
    witness: Intake | Course | None = None


@dataclass(frozen=True)
class Mutation:
    """What became of every mutant of a rule set.

    Attributes:
        ruleset: the rules.
        judged: every mutant, in the order of the rules.
        own: whether the rules of a rule set that it extends are left out.

    """

    ruleset: Ruleset
    judged: tuple[Judged, ...]
    own: bool = False

    def count(self, verdict: Verdict, operator: str | None = None) -> int:
        """Return how many mutants came to a verdict, of all operators or of one."""
        return sum(one.verdict == verdict and operator in (None, one.mutant.operator) for one in self.judged)

    @property
    def survivors(self) -> tuple[Judged, ...]:
        """The mutants that were neither killed nor proved to be equivalent."""
        return tuple(one for one in self.judged if one.verdict in ("survived", "undecided"))

    @property
    def percent(self) -> float:
        """Of the mutants that are not equivalent, how many per cent are killed, rounded down to one decimal."""
        feasible = len(self.judged) - self.count("equivalent")
        return 100.0 if not feasible else 1000 * self.count("killed") // feasible / 10

    def to_dict(self) -> dict[str, Any]:
        """Return the counts and the survivors as plain values."""
        return {
            "ruleset": self.ruleset.name,
            "digest": self.ruleset.digest,
            "rules": (rules := len(counted(self.ruleset, own=self.own))),
            "rules_not_counted": len(self.ruleset.rules) - rules,
            "mutants": len(self.judged),
            **{verdict: self.count(verdict) for verdict in VERDICTS},
            "percent": self.percent,
            "equivalent_but_for_bounds": sum(one.bounds_differ for one in self.judged),
            "operators": {
                operator: {verdict: self.count(verdict, operator) for verdict in VERDICTS} for operator in OPERATORS
            },
            "survivors": [self._told(one) for one in self.survivors],
        }

    def _told(self, one: Judged) -> dict[str, Any]:
        rule = self.ruleset.rule(one.mutant.rule)
        return {
            "rule": rule.id,
            "file": rule.position.file,
            "line": rule.position.line,
            "operator": one.mutant.operator,
            "what": one.mutant.what,
            "verdict": one.verdict,
            "wanted": wanted(rule.kind, one.claims),
            "witness": None if one.witness is None else one.witness.to_dict(),
        }


def mutation(
    ruleset: Ruleset,
    intakes: Iterable[Intake] = (),
    courses: Iterable[Course] = (),
    *,
    witness_of: FindsWitness | None = None,
    own: bool = False,
) -> Mutation:
    """Return what becomes of every mutant of a rule set.

    Args:
        ruleset: the rules.
        intakes: what is assessed.
        courses: what is reviewed; the rules of sessions and events are seen there alone.
        own: whether to leave out the rules of a rule set that it extends.
        witness_of: finds an intake or a course with a row in a set of points. With it, a survivor for which nothing is found is
            undecided: the algebra has a row that tells it apart, and nobody has seen one.

    Raises:
        EvaluationError: the rules could not be evaluated for one of them.

    """
    seen = tables(ruleset, intakes, courses)
    nothing = Table(())
    killers = None if witness_of is None else _Killers(ruleset, witness_of)
    return Mutation(
        ruleset,
        tuple(
            _judged(one, rule, ruleset, seen.get(rule.kind, nothing), killers)
            for rule in counted(ruleset, own=own)
            for one in mutants(rule, ruleset)
        ),
        own,
    )


def kills(rule: Rule, mutant: Mutant, rows: Table) -> bool:
    """Return whether some row of the rule's kind tells a mutant from the rule."""
    other = mutant.mutated
    holds, mutated = rows.holding(rule.condition), rows.holding(other.condition)
    if holds != mutated or rule.consequence == other.consequence:
        return holds != mutated
    if not _differ_in_needs_alone(rule, other):
        return bool(holds)
    return bool(holds & (rows.holding(_needs(rule)) ^ rows.holding(_needs(other))))


def _differ_in_needs_alone(rule: Rule, other: Rule) -> bool:
    return isinstance(rule.consequence, Proposal) and _needs(rule) != _needs(other)


def _needs(rule: Rule) -> Condition:
    needs = rule.consequence.needs if isinstance(rule.consequence, Proposal) else None
    return All(()) if needs is None else needs


# ── those that nothing kills ─────────────────────────────────────────────────────────────────────────────────────────────


def _judged(mutant: Mutant, rule: Rule, ruleset: Ruleset, rows: Table, killers: _Killers | None) -> Judged:
    if kills(rule, mutant, rows):
        return Judged(mutant, "killed")
    open_ways = [claims for claims in told_apart_by(rule, mutant) if possible(rule.kind, claims, ruleset=ruleset)]
    if not open_ways:
        return _equivalent(mutant, rule, ruleset)
    if killers is None:
        return Judged(mutant, "survived", claims=open_ways[0])
    found = killers.find(rule.kind, open_ways)
    if found is None:
        return Judged(mutant, "undecided", claims=open_ways[0])
    return Judged(mutant, "survived", claims=found[0], witness=found[1])


class _Killers:
    """Finds what would kill survivors; what was found for one is tried on the others first, so that few are needed."""

    def __init__(self, ruleset: Ruleset, witness_of: FindsWitness) -> None:
        self._ruleset = ruleset
        self._witness_of = witness_of
        self._found: list[tuple[Intake | Course, dict[str, Table]]] = []

    def find(self, kind: str, ways: Sequence[Claims]) -> tuple[Claims, Intake | Course] | None:
        """Return an intake or a course with a row that meets the claims of one of some ways, and that way; or None."""
        for case, seen in reversed(self._found):
            met = next((claims for claims in ways if kind in seen and seen[kind].meeting(claims)), None)
            if met is not None:
                return met, case
        for claims in ways:
            points = points_of(kind, claims, ruleset=self._ruleset)
            made = None if points is None else self._witness_of(self._ruleset, *points)
            if made is not None:
                intakes, courses = ([], [made]) if isinstance(made, Course) else ([made], [])
                self._found.append((made, tables(self._ruleset, intakes, courses)))
                return claims, made
        return None


def told_apart_by(rule: Rule, mutant: Mutant) -> Iterator[Claims]:
    """Yield claims such that the rows that kill a mutant are those that meet all claims of one of the yields."""
    other = mutant.mutated
    if rule.condition != other.condition:
        yield from (one.claims for one in apart(rule.condition, other.condition))
    elif _differ_in_needs_alone(rule, other):
        for one in apart(_needs(rule), _needs(other)):
            yield (*one.claims, Claim(rule.condition, True))
    else:
        yield (Claim(rule.condition, True),)


def _equivalent(mutant: Mutant, rule: Rule, ruleset: Ruleset) -> Judged:
    """Return a mutant that no row kills; one whose rule could hold on other rows differs in bounds, or in the stage found."""
    differs = isinstance(rule.consequence, Evidence | HoldsBack | StageFound) and any(
        possible(rule.kind, one.claims, could=True, ruleset=ruleset)
        for one in apart(rule.condition, mutant.mutated.condition)
    )
    if differs and isinstance(rule.consequence, StageFound):
        return Judged(mutant, "undecided")
    return Judged(mutant, "equivalent", bounds_differ=differs)
