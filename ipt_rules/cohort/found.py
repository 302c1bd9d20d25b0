"""Which rules hold on each row, as SQL: one query for each kind of row, in the order of the passes.

Every query gives ``intake``, ``place`` and, for each rule by its position, ``h…`` (it holds); for rules of evidence ``c…`` too (it
holds, or could once more is known). The queries read each other by name, as the parts of one ``WITH``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from ipt_rules.cohort.expressions import (
    any_of,
    chosen,
    counted,
    more_than,
    named,
    number,
    table,
    word,
)
from ipt_rules.cohort.tables import INTAKE, KINDS
from ipt_rules.engines.sql import column, combined, could_hold, holds, is_there, is_true
from ipt_rules.row_tables import OPEN, PLACE
from ipt_rules.ruleset.consequences import StageFound
from ipt_rules.vocabulary import STAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ipt_rules.ruleset.conditions import Comparison, Condition
    from ipt_rules.ruleset.model import Pass, Rule, Ruleset

_RECORDED, _FOUND, _USED = "dispute.stage", "dispute.stage_found", "dispute.stage_used"


def found(ruleset: Ruleset) -> Iterator[tuple[str, exp.Select]]:
    """Yield the queries on stages, and on the evidence of each kind of row, each with its name."""
    yield "dispute_stages", _stages(ruleset)
    yield "dispute_with_stage", _with_stage()
    for kind in KINDS:
        yield from _evidence(ruleset, kind)


def _evidence(ruleset: Ruleset, kind: str) -> Iterator[tuple[str, exp.Select]]:
    """Yield what each comparison of the rules on a kind of row comes to, made once however many rules have it; then the rules."""
    names: dict[tuple[Comparison, Callable[[Condition], exp.Expr]], str] = {}

    def rule(sign: str, position: int, says: Callable[[Condition], exp.Expr]) -> exp.Expr:
        def of(comparison: Comparison) -> exp.Expr:
            return column(names.setdefault((comparison, says), f"t{len(names)}"))

        return named(combined(ruleset.rules[position].condition, of), f"{sign}{position}")

    rules = [rule("h", position, holds) for position, _ in rules_of(ruleset, "evidence", kind)]
    rules += [rule("c", position, could_hold) for position, _ in rules_of_evidence(ruleset, kind)]
    compared = [named(is_true(says(comparison)), name) for (comparison, says), name in names.items()]
    of_row = (column(INTAKE), column(PLACE))
    source = "dispute_with_stage" if kind == "dispute" else kind
    yield f"{kind}_compared", exp.select(*of_row, *compared).from_(table(source))
    yield f"{kind}_found", exp.select(*of_row, *rules).from_(table(f"{kind}_compared"))


def rules_of(ruleset: Ruleset, run: Pass, kind: str) -> list[tuple[int, Rule]]:
    """Return the rules of a pass on a kind of row, with their positions."""
    return [(at, rule) for at, rule in enumerate(ruleset.rules) if rule.runs_in == run and rule.kind == kind]


def rules_of_evidence(ruleset: Ruleset, kind: str) -> list[tuple[int, Rule]]:
    """Return the rules on a kind of row that count for or against an area, with their positions."""
    return [(at, ruleset.rules[at]) for at in ruleset.evidence if ruleset.rules[at].kind == kind]


def truth(sign: str, position: int, says: Callable[[Condition], exp.Expr], condition: Condition) -> exp.Expr:
    """Return a column that tells of a rule, by its position, whether something is true."""
    return named(is_true(says(condition)), f"{sign}{position}")


# ── the stage of a dispute ───────────────────────────────────────────────────────────────────────────────────────────────


def _stages(ruleset: Ruleset) -> exp.Select:
    """Return whether the stage rules hold, and which stages they find, surely and perhaps."""
    rules = rules_of(ruleset, "stages", "dispute")
    columns = [truth("h", position, holds, rule.condition) for position, rule in rules]
    for sign, says in (("sure", holds), ("perhaps", could_hold)):
        for stage in STAGES:
            of_stage = [rule.condition for _, rule in rules if _finds(rule, stage)]
            columns.append(named(any_of(is_true(says(condition)) for condition in of_stage), f"{sign} {stage}"))
    return exp.select(exp.Star(), *columns).from_(table("dispute"))


def _finds(rule: Rule, stage: str) -> bool:
    return isinstance(rule.consequence, StageFound) and rule.consequence.stage == stage


def _with_stage() -> exp.Select:
    """Return the rows of disputes with the stage that is found and the one that is used.

    One is found when its rules hold and those of no other could; none can be, and the question does not arise, when several hold
    or no rule could.
    """
    sure, perhaps = (counted(column(f"{sign} {stage}") for stage in STAGES) for sign in ("sure", "perhaps"))
    one = exp.and_(sure.eq(1), perhaps.eq(1))
    none = exp.or_(more_than(sure, number(1)), perhaps.eq(0))
    recorded, asked = column(_RECORDED), is_there(column(PLACE))
    found = chosen((exp.and_(asked, one, column(f"sure {stage}")), word(stage)) for stage in STAGES)
    found_open = exp.not_(exp.paren(exp.and_(asked, any_of([one, none]))))
    used = exp.func("COALESCE", recorded, chosen([(exp.not_(column(_RECORDED + OPEN)), found)]))
    used_open = exp.and_(recorded.is_(exp.null()), any_of([column(_RECORDED + OPEN), found_open]))
    columns = {_FOUND: found, _FOUND + OPEN: found_open, _USED: used, _USED + OPEN: used_open}
    made = [named(expression, name) for name, expression in columns.items()]
    return exp.select(exp.Star(), *made).from_(table("dispute_stages"))
