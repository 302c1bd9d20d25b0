"""What the evidence comes to, as SQL: the points of each area, and the least and most that open answers could give it.

The same as ``ranking``: within a focus only the strongest finding of each body of evidence counts, over the row of its subject and
the patient's together; an area has the points of its best focus.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from sqlglot import exp

from ipt_rules.cohort.expressions import (
    added,
    any_of,
    chosen,
    greatest,
    least,
    less,
    named,
    no_word,
    not_below_0,
    number,
    table,
    with_table,
)
from ipt_rules.cohort.found import rules_of_evidence
from ipt_rules.cohort.tables import INTAKE, KINDS, SUBJECTS
from ipt_rules.engines.sql import column, is_there
from ipt_rules.row_tables import PLACE
from ipt_rules.words import AREAS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ipt_rules.ranking import Side
    from ipt_rules.ruleset.model import Ruleset
    from ipt_rules.words import Area

Bodies: TypeAlias = dict[str, list[tuple[int, int]]]
"""The rules of each body of evidence, by position, with their points."""

_SIGNS: Final = ("h", "c")
"""What holds, and what holds or could."""

_BEST: Final = (
    ("points", "MAX", "sure", "points"),
    ("least", "MAX", "sure", "least"),
    ("most", "MAX", "perhaps", "most"),
    ("least of all", "MIN", "perhaps", "least"),
)
"""What is kept of the rows of a kind: its name, what picks it, among which rows, and from which column."""


def scored(ruleset: Ruleset) -> Iterator[tuple[str, exp.Select]]:
    """Yield the queries from what holds on each row to the points of each area, each with its name."""
    made = _Scored(ruleset)
    yield "patient_weighed", made.patient()
    for kind in SUBJECTS:
        if made.areas[kind]:
            yield f"{kind}_weighed", made.weighed(kind)
            yield f"{kind}_best", made.best(kind)
    yield "scored", made.scored()
    yield "best_subjects", made.best_subjects()


class _Scored:
    """The queries of one rule set."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._cap = ruleset.scoring.most_without_subject
        self._bodies = {kind: _bodies(ruleset, kind) for kind in KINDS}
        self.areas = {kind: [area for area in AREAS if (area, True) in self._bodies[kind]] for kind in SUBJECTS}

    def patient(self) -> exp.Select:
        """Return the points on the patient's row: of each side, and of each body of evidence that rows of subjects have too."""
        columns = []
        for side, bodies in self._bodies["patient"].items():
            for sign in _SIGNS:
                columns.append(named(added(_points(sign, rules) for rules in bodies.values()), _total(side, sign)))
                for body, rules in bodies.items():
                    if self._is_shared(side, body):
                        columns.append(named(_points(sign, rules), _of_body(side, body, sign)))
        return exp.select(column(INTAKE), *columns).from_(table("patient_found"))

    def weighed(self, kind: str) -> exp.Select:
        """Return what each row of a subject comes to, for each area that something on such a row can support."""
        columns = []
        for area in self.areas[kind]:
            rules = [position for body in self._bodies[kind][area, True].values() for position, _ in body]
            holds, could = (any_of(column(f"{sign}{position}") for position in rules) for sign in _SIGNS)
            points, lowest, highest = _ends(*self._sums(area, kind))
            columns += [
                named(exp.and_(is_there(column(PLACE)), holds), f"{area} sure"),
                named(could, f"{area} perhaps"),
                named(points, f"{area} points"),
                named(not_below_0(lowest), f"{area} least"),
                named(not_below_0(highest), f"{area} most"),
            ]
        query = exp.select(column(INTAKE), column(PLACE), *columns).from_(table(f"{kind}_found"))
        return with_table(query, "patient_weighed")

    def best(self, kind: str) -> exp.Select:
        """Return what the best row of a kind comes to, for each intake that has such rows."""
        columns = []
        for area in self.areas[kind]:
            for name, picks, where, value in _BEST:
                picked = chosen([(column(f"{area} {where}"), column(f"{area} {value}"))])
                columns.append(named(exp.func(picks, picked), f"{kind} {area} {name}"))
        return exp.select(column(INTAKE), *columns).from_(table(f"{kind}_weighed")).group_by(column(INTAKE))

    def scored(self) -> exp.Select:
        """Return the points of each area with their bounds."""
        columns = []
        for area in AREAS:
            points, sure_least, most, maybe_least = (
                [column(f"{kind} {area} {name}") for kind in SUBJECTS if area in self.areas[kind]] for name, *_ in _BEST
            )
            alone = [not_below_0(least(end, number(self._cap))) for end in _ends(*self._sums(area))]
            best = greatest(*points)
            is_sure = is_there(best)
            columns += [
                named(chosen([(is_sure, not_below_0(best))], alone[0]), f"{area}_points"),
                named(chosen([(is_sure, greatest(*sure_least))], least(alone[1], *maybe_least)), f"{area}_least"),
                named(chosen([(is_sure, greatest(*most))], greatest(alone[2], *most)), f"{area}_most"),
            ]
        query = exp.select(column(INTAKE), *columns).from_(table("patient_weighed"))
        for kind in SUBJECTS:
            query = with_table(query, f"{kind}_best", how="left") if self.areas[kind] else query
        return query

    def best_subjects(self) -> exp.Select:
        """Return the subjects that give each area its points; more than one where they are equal."""
        parts = [self._best_of(kind) for kind in SUBJECTS if self.areas[kind]]
        nothing = exp.select(column(INTAKE), *(named(no_word(), area) for area in AREAS)).from_(table("patient_found"))
        together = exp.union(*parts, nothing.where(exp.false()), distinct=False) if parts else nothing
        lists = [named(_all_of(area), f"{area}_subjects") for area in AREAS]
        return exp.select(column(INTAKE), *lists).from_(together.subquery("best")).group_by(column(INTAKE))

    def _best_of(self, kind: str) -> exp.Select:
        """Return, for each row of a kind, its place under each area to which it gives the points.

        The comparison is no condition of the query: Spark would put it together with all others, without end.
        """
        columns = []
        for area in AREAS:
            reaches = not_below_0(column(f"{area} points")).eq(column(f"{area}_points"))
            is_best = exp.and_(column(f"{area} sure"), reaches)
            there = area in self.areas[kind]
            columns.append(named(chosen([(is_best, column(PLACE))]) if there else no_word(), area))
        return with_table(exp.select(column(INTAKE), *columns).from_(table(f"{kind}_weighed")), "scored")

    def _sums(self, area: Area, kind: str = "") -> Sequence[exp.Expr]:
        """Return the points for and against an area, as it holds and as it could: of a row with the patient's, or of that."""
        return [self._sum(kind, (area, supports), sign) for sign in _SIGNS for supports in (True, False)]

    def _sum(self, kind: str, side: Side, sign: str) -> exp.Expr:
        """Return the points of a row and the patient's row together: of a body of evidence that both have, the stronger."""
        terms: list[exp.Expr] = [column(_total(side, sign))] if side in self._bodies["patient"] else []
        for body, rules in self._bodies[kind].get(side, {}).items() if kind else ():
            own = _points(sign, rules)
            shared = self._is_shared(side, body)
            terms.append(not_below_0(less(own, column(_of_body(side, body, sign)))) if shared else own)
        return added(terms)

    def _is_shared(self, side: Side, body: str) -> bool:
        on_patient = body in self._bodies["patient"].get(side, {})
        return on_patient and any(body in self._bodies[kind].get(side, {}) for kind in SUBJECTS)


def _bodies(ruleset: Ruleset, kind: str) -> Mapping[Side, Bodies]:
    found: dict[Side, Bodies] = {}
    for position, _ in rules_of_evidence(ruleset, kind):
        evidence, points = ruleset.evidence[position]
        bodies = found.setdefault((evidence.area, evidence.supports), {})
        bodies.setdefault(evidence.body, []).append((position, points))
    return found


def _ends(plus: exp.Expr, minus: exp.Expr, most_plus: exp.Expr, most_minus: exp.Expr) -> list[exp.Expr]:
    """Return the points, and the least and the most that they could be."""
    return [less(plus, minus), less(plus, most_minus), less(most_plus, minus)]


def _points(sign: str, rules: Sequence[tuple[int, int]]) -> exp.Expr:
    """Return the points of a body of evidence: those of its strongest rule that holds."""
    worths = sorted({points for _, points in rules}, reverse=True)
    cases = [
        (any_of(column(f"{sign}{position}") for position, points in rules if points == worth), number(worth))
        for worth in worths
    ]
    return chosen(cases, number(0))


def _all_of(name: str) -> exp.Expr:
    there = exp.Where(this=is_there(column(name)))
    return exp.Filter(this=exp.func("ARRAY_AGG", column(name)), expression=there)


def _total(side: Side, sign: str) -> str:
    return f"{side[0]} {'for' if side[1] else 'against'} {sign}"


def _of_body(side: Side, body: str, sign: str) -> str:
    return f"{_total(side, sign)} {body}"
