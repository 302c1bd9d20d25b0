"""A rule set as one SQL query: from the tables of facts to a row for each intake, with its ranking, findings and cautions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlglot import exp

from ipt_rules.cohort.expressions import chosen, named, no_word, table, word
from ipt_rules.cohort.found import found, rules_of
from ipt_rules.cohort.ranked import OF_AN_AREA, ranked
from ipt_rules.cohort.scored import scored
from ipt_rules.cohort.tables import ID, INTAKE, KINDS
from ipt_rules.engines.sql import column, is_there
from ipt_rules.row_tables import PLACE
from ipt_rules.ruleset.consequences import CAUTIONS, Caution
from ipt_rules.words import AREAS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ipt_rules.ruleset.model import Rule, Ruleset

RULE: Final = "rule"
"""What the column, and the part of an entry of a list, with the id of a rule is called."""


def assessments(ruleset: Ruleset) -> exp.Select:
    """Return the query for one row an intake, in the order of ``intake``; it reads the tables of ``KINDS``.

    Its columns: ``first`` (the areas at rank 1) and ``settled``; of each area its points, level, rank, whether it is held back, the
    least and most points that open answers could give it, and the subjects that give it its points; ``findings`` and ``cautions``.
    """
    columns: list[exp.Expr] = [column(INTAKE, table="patient"), column(ID, table="patient")]
    columns += [column(name, table="standings") for name in ("first", "settled")]
    for area in AREAS:
        columns += [column(f"{area}_{name}", table="standings") for name in OF_AN_AREA]
        columns.append(_listed(f"{area}_subjects", "best_subjects"))
    columns += [_listed(name, "lists") for name in ("findings", "cautions")]
    query = exp.select(*columns).from_(table("patient"))
    for name, how in (("standings", "inner"), ("best_subjects", "left"), ("lists", "left")):
        on = column(INTAKE, table="patient").eq(column(INTAKE, table=name))
        query = query.join(table(name), on=on, join_type=how)
    sources = {**_on_rows(ruleset), "standing_found": rules_of(ruleset, "standing", "standing")}
    lists = (("findings", _findings(sources)), ("lists", _lists(ruleset)))
    for name, part in (*found(ruleset), *scored(ruleset), *ranked(ruleset), *lists):
        query = query.with_(exp.to_identifier(name, quoted=True), as_=part, copy=False)
    return query.order_by(column(INTAKE, table="patient"))


def rules_as_columns(ruleset: Ruleset, kind: str) -> exp.Select:
    """Return the query for one row of a kind, with a column for each rule on evidence, by its id: true where it holds.

    Its other columns: ``intake`` and ``place`` (null for the patient, and for a list that was not asked for).

    Args:
        ruleset: the rules.
        kind: one of ``KINDS``.

    """
    rules = [named(column(f"h{position}"), rule.id) for position, rule in rules_of(ruleset, "evidence", kind)]
    query = exp.select(column(INTAKE), column(PLACE), *rules).from_(table(f"{kind}_found"))
    for name, part in found(ruleset):
        if name.startswith(f"{kind}_"):
            query = query.with_(exp.to_identifier(name, quoted=True), as_=part, copy=False)
    return query


def _on_rows(ruleset: Ruleset) -> dict[str, list[tuple[int, Rule]]]:
    """Return the rules on stages and evidence, by the query that tells on which rows they hold."""
    of_kinds = {f"{kind}_found": rules_of(ruleset, "evidence", kind) for kind in KINDS}
    return {"dispute_stages": rules_of(ruleset, "stages", "dispute"), **of_kinds}


def _findings(sources: Mapping[str, Sequence[tuple[int, Rule]]]) -> exp.Select:
    each = [_found_in(source, rules) for source, rules in sources.items() if rules]
    nothing = exp.select(column(INTAKE), column(PLACE), named(no_word(), RULE)).from_(table("patient"))
    together = exp.union(*each, nothing.where(exp.false()), distinct=False, copy=False) if each else nothing
    return exp.select(exp.Star()).from_(together.subquery("of_rows", copy=False)).where(is_there(column(RULE)))


def _found_in(source: str, rules: Sequence[tuple[int, Rule]]) -> exp.Select:
    """Return the findings on the rows of one query; a list that was not asked for has none."""
    ids = [chosen([(column(f"h{position}"), word(rule.id))]) for position, rule in rules]
    each = exp.select(column(INTAKE), column(PLACE), named(exp.Explode(this=exp.array(*ids)), RULE))
    query = each.from_(table(source))
    return query if source in ("patient_found", "standing_found") else query.where(is_there(column(PLACE)))


def _lists(ruleset: Ruleset) -> exp.Select:
    """Return the findings of each intake, and those of them that caution, as lists in no order."""
    kinds = {kind: [rule.id for rule in ruleset.rules if _cautions(rule, kind)] for kind in CAUTIONS}
    cases = [(column(RULE).isin(*map(word, ids)), word(kind)) for kind, ids in kinds.items() if ids]
    with_kind = exp.select(exp.Star(), named(chosen(cases, no_word()), "kind")).from_(table("findings"))
    cautions = exp.Filter(this=_collected(RULE, PLACE, "kind"), expression=exp.Where(this=is_there(column("kind"))))
    columns = [named(_collected(RULE, PLACE), "findings"), named(cautions, "cautions")]
    return exp.select(column(INTAKE), *columns).from_(with_kind.subquery("of_kinds")).group_by(column(INTAKE))


def _cautions(rule: Rule, kind: str) -> bool:
    return isinstance(rule.consequence, Caution) and rule.consequence.kind == kind


def _collected(*names: str) -> exp.Expr:
    parts = [exp.PropertyEQ(this=exp.to_identifier(name, quoted=True), expression=column(name)) for name in names]
    return exp.func("ARRAY_AGG", exp.Struct(expressions=parts))


def _listed(name: str, source: str) -> exp.Expr:
    """Return a list in order, whose entries were collected in any; empty where there was nothing to collect."""
    there = exp.func("COALESCE", column(name, table=source), exp.array())
    return named(exp.ArraySort(this=there, nulls_first=exp.true()), name)
