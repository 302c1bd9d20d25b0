"""Conditions as SQL, over the tables of ``row_tables``: the same meaning, for many rows at once.

In SQL what is unknown is null, and so is a question that does not arise: neither makes a condition true. Where it is asked what
could still hold, the column ``….open`` tells the two apart. Expressions are built, not written as text, for any dialect of sqlglot.
"""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING, Any, Final

from ipt_rules.engines.reference import holds as compares
from ipt_rules.errors import MissingExtraError
from ipt_rules.row_tables import OPEN, columns_of, table_of
from ipt_rules.ruleset.conditions import All, Comparison
from ipt_rules.vocabulary import fields

try:
    import duckdb
    from sqlglot import exp
except ModuleNotFoundError as missing:
    raise MissingExtraError('SQL needs the extra "cohort": pip install "ipt-rules[cohort]"') from missing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ipt_rules.facts import Row
    from ipt_rules.ruleset.conditions import Condition
    from ipt_rules.ruleset.model import Pass, Ruleset
    from ipt_rules.vocabulary import Field


def holds(condition: Condition) -> exp.Expr:
    """Return what is true on the rows on which a condition holds, and false or null on all others."""
    return combined(condition, _known)


def could_hold(condition: Condition) -> exp.Expr:
    """Return what is true on the rows on which a condition holds, or could once more is known."""
    return combined(condition, _not_excluded)


def is_true(expression: exp.Expr) -> exp.Expr:
    """Return what is false, and not null, where an expression is not true."""
    return exp.paren(exp.Is(this=exp.paren(expression), expression=exp.true()))


def is_there(expression: exp.Expr) -> exp.Expr:
    """Return whether an expression is not null."""
    return exp.not_(exp.paren(expression.is_(exp.null())))


def column(name: str, table: str | None = None) -> exp.Column:
    """Return a column by its whole name, dots included, of a table or whichever has it."""
    return exp.column(exp.to_identifier(name, quoted=True), table=table, quoted=True)


def combined(condition: Condition, of: Callable[[Comparison], exp.Expr]) -> exp.Expr:
    """Return a condition, with an expression for each of its comparisons."""
    if isinstance(condition, Comparison):
        return of(condition)
    if not condition.parts:
        return exp.true() if isinstance(condition, All) else exp.false()
    parts = [combined(part, of) for part in condition.parts]
    return exp.and_(*parts) if isinstance(condition, All) else exp.paren(exp.or_(*parts))


def _known(comparison: Comparison) -> exp.Expr:
    """Return what is true where the answer is known and compares so, a range in all its numbers."""
    field = fields()[comparison.field]
    least, most = _ends(field)
    if comparison.operator == "known":
        return is_there(least)
    if comparison.operator == "not_known":
        return column(field.name + OPEN)
    if not field.ranged:
        return _single(comparison, field, least)
    number = _number(comparison)
    match comparison.operator:
        case "at_least":
            return least >= number
        case "at_most":
            return most <= number
        case "is":
            return exp.and_(least.eq(number), most.eq(number))
        case _:
            return exp.paren(exp.or_(least > number, most < number))


def _not_excluded(comparison: Comparison) -> exp.Expr:
    """Return what is true where the answer is open, or known and compares so, a range in some of its numbers."""
    field = fields()[comparison.field]
    opened = column(field.name + OPEN)
    if comparison.operator == "not_known":
        return opened
    if comparison.operator == "known":
        return exp.paren(exp.or_(is_there(_ends(field)[0]), opened))
    return exp.func("COALESCE", _some_number(comparison, field), opened)


def _some_number(comparison: Comparison, field: Field) -> exp.Expr:
    """Return a comparison of a known answer; of a range, whether one of its numbers compares so."""
    least, most = _ends(field)
    if not field.ranged:
        return _single(comparison, field, least)
    number = _number(comparison)
    match comparison.operator:
        case "at_least":
            return most >= number
        case "at_most":
            return least <= number
        case "is":
            return exp.and_(least <= number, most >= number)
        case _:
            return exp.or_(least.neq(number), most.neq(number))


def _single(comparison: Comparison, field: Field, value: exp.Column) -> exp.Expr:
    """Return a comparison of a single answer; of a choice, as the words that compare so."""
    if field.type == "flag":
        return value if comparison.value else value.not_()
    if field.type == "choice":
        words = [word for code, word in enumerate(field.options) if _compares(comparison, field, code)]
        return value.isin(*map(exp.Literal.string, words)) if words else exp.and_(value.is_(exp.null()), exp.null())
    number = _number(comparison)
    match comparison.operator:
        case "at_least":
            return value >= number
        case "at_most":
            return value <= number
        case "is":
            return value.eq(number)
        case _:
            return value.neq(number)


def _compares(comparison: Comparison, field: Field, code: int) -> bool:
    """Return whether an option of a choice, by its position, compares so."""
    return compares(comparison, code if field.ordered else field.options[code])


def _ends(field: Field) -> tuple[exp.Column, exp.Column]:
    names = columns_of(field)
    return column(names[0]), column(names[-1])


def _number(comparison: Comparison) -> int:
    assert isinstance(comparison.value, int)  # words and sets of them are compared as choices
    return int(comparison.value)


class SqlEngine:
    """Runs the conditions in DuckDB: slow for the rows of one intake, the fastest for many; see ``ipt_rules.cohort``."""

    name: Final = f"sql: duckdb {duckdb.__version__}"

    def __init__(self, ruleset: Ruleset) -> None:
        self._ruleset = ruleset

    def __reduce__(self) -> tuple[Any, ...]:
        return SqlEngine, (self._ruleset,)

    def holding(self, run: Pass, rows: Sequence[Row]) -> list[tuple[int, ...]]:
        """Return, for each row, the positions of the rules of a pass that hold."""
        return self._found(run, rows, sure=True)

    def possible(self, run: Pass, rows: Sequence[Row]) -> list[tuple[int, ...]]:
        """Return, for each row, the positions of the rules of a pass that hold or could, once more is known."""
        return self._found(run, rows, sure=False)

    def _found(self, run: Pass, rows: Sequence[Row], *, sure: bool) -> list[tuple[int, ...]]:
        found: list[tuple[int, ...]] = [()] * len(rows)
        for kind in dict.fromkeys(row.kind for row in rows):
            numbers = [number for number, row in enumerate(rows) if row.kind == kind]
            if query := self._query(run, kind, sure=sure):
                of_kind = table_of(kind, [rows[number] for number in numbers], of_facts=False)
                with _database(os.getpid()).cursor() as connection:
                    connection.execute("PRAGMA disable_optimizer")  # for few rows that takes longer than the query
                    connection.register("rows", of_kind.append_column(_NUMBER, [numbers]))
                    for number, held in connection.execute(query).fetchall():
                        found[number] = tuple(position for position in held if position is not None)
        return found

    @functools.cache  # noqa: B019  # an engine lives as long as what it was made for
    def _query(self, run: Pass, kind: str, *, sure: bool) -> str:
        """Return the query for the rules of a pass on a kind of row; empty where there are none."""
        says = holds if sure else could_hold
        cases = [
            exp.case().when(says(rule.condition), exp.Literal.number(position))
            for position, rule in enumerate(self._ruleset.rules)
            if (rule.runs_in, rule.kind) == (run, kind)
        ]
        return exp.select(column(_NUMBER), exp.array(*cases)).from_("rows").sql("duckdb") if cases else ""


_NUMBER: Final = "number of the row"


@functools.cache
def _database(process: int) -> duckdb.DuckDBPyConnection:  # a forked process cannot use its parent's
    """Return an empty database in memory."""
    return duckdb.connect(config={"threads": 1})
