"""What queries are put together from: columns, numbers, choices and sums, as expressions of sqlglot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from ipt_rules.cohort.tables import INTAKE

if TYPE_CHECKING:
    from collections.abc import Iterable


def number(value: int) -> exp.Expr:
    """Return a whole number."""
    return exp.Literal.number(value)


def word(value: str) -> exp.Expr:
    """Return a text."""
    return exp.Literal.string(value)


def no_word() -> exp.Expr:
    """Return a null where a text belongs."""
    return exp.cast(exp.null(), "TEXT")


def named(expression: exp.Expr, name: str) -> exp.Expr:
    """Return an expression with a name of its own."""
    return exp.alias_(expression, name, quoted=True)


def table(name: str) -> exp.Table:
    """Return a table, or another query, by its name."""
    return exp.table_(name, quoted=True)


def with_table(query: exp.Select, name: str, *, how: str = "inner") -> exp.Select:
    """Return a query joined with a table on the intake."""
    return query.join(table(name), using=exp.to_identifier(INTAKE, quoted=True), join_type=how)


def any_of(expressions: Iterable[exp.Expr]) -> exp.Expr:
    """Return what is true where some expression is; false where there are none."""
    there = list(expressions)
    return exp.paren(exp.or_(*there)) if there else exp.false()


def chosen(cases: Iterable[tuple[exp.Expr, exp.Expr]], otherwise: exp.Expr | None = None) -> exp.Expr:
    """Return the value beside the first condition that is true; without such, another one, or null."""
    made = exp.case()
    for condition, value in cases:
        made = made.when(condition, value)
    if not made.args.get("ifs"):
        return exp.null() if otherwise is None else otherwise
    return made if otherwise is None else made.else_(otherwise)


def counted(conditions: Iterable[exp.Expr]) -> exp.Expr:
    """Return how many conditions are true."""
    return added(chosen([(condition, number(1))], number(0)) for condition in conditions)


def added(numbers: Iterable[exp.Expr]) -> exp.Expr:
    """Return a sum; 0 of nothing."""
    total: exp.Expr | None = None
    for one in numbers:
        total = one if total is None else exp.Add(this=total, expression=one)
    return exp.paren(number(0) if total is None else total)


def less(one: exp.Expr, other: exp.Expr) -> exp.Expr:
    """Return a difference."""
    return exp.paren(exp.Sub(this=one, expression=exp.paren(other)))


def more_than(one: exp.Expr, other: exp.Expr) -> exp.Expr:
    """Return whether a number is greater than another."""
    return exp.GT(this=one, expression=other)


def at_least(one: exp.Expr, other: int) -> exp.Expr:
    """Return whether a number reaches another."""
    return exp.GTE(this=one, expression=number(other))


def greatest(*numbers: exp.Expr) -> exp.Expr:
    """Return the greatest of the numbers that are not null; null where all are, or there are none."""
    return _of_those_there("GREATEST", numbers)


def least(*numbers: exp.Expr) -> exp.Expr:
    """Return the least of the numbers that are not null; null where all are, or there are none."""
    return _of_those_there("LEAST", numbers)


def _of_those_there(picks: str, numbers: tuple[exp.Expr, ...]) -> exp.Expr:
    if len(numbers) < 2:
        return numbers[0] if numbers else exp.null()
    return exp.func(picks, *numbers)


def not_below_0(one: exp.Expr) -> exp.Expr:
    """Return a number, or 0 where it is below."""
    return greatest(one, number(0))
