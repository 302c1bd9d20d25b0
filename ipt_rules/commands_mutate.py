"""The command ``ipt-rules mutate``: which changes of the rules some intakes and courses would notice."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Annotated, Optional

import typer
from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from ipt_rules.measured import AllOption, Measured, measured
from ipt_rules.terminal import CasesArgument, FormatOption, RulesOption, errors_told, put_json, show
from ipt_rules.verify import mutation
from ipt_rules.verify.mutants import OPERATORS
from ipt_rules.verify.rows_in_words import wanted
from ipt_rules.verify.witnesses import witness_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from ipt_rules.verify import Mutation

_MOST_TOLD = 20
"""Survivors that the text tells; JSON has them all."""


def mutate(
    folder: CasesArgument = None,
    format_: FormatOption = "text",
    rules: RulesOption = None,
    witnesses: Annotated[
        bool,
        typer.Option(
            "--witnesses/--no-witnesses",
            help="Look for an intake or a course that would kill each survivor; without, the algebra alone decides.",
        ),
    ] = True,
    fail_under: Annotated[
        Optional[float],
        typer.Option(
            "--fail-under", metavar="PERCENT", min=0, max=100, help="End with 1 where fewer mutants are killed."
        ),
    ] = None,
    all_: AllOption = False,
) -> None:
    """Change every rule in one place after another, and tell which changes intakes and courses would not notice.

    Files that end in .expected.json are passed over. Of a rule set that extends another, its own rules are changed, or with --all
    every rule.
    """
    with errors_told(format_):
        by = measured(folder, rules, own=not all_)
        finds = witness_of if witnesses else None
        found = mutation(by.ruleset, by.intakes, by.courses, witness_of=finds, own=by.own)
    if format_ == "json":
        put_json({**found.to_dict(), "measured_by": by.to_dict()})
    else:
        show(Group(*_lines(found, by)))
    if fail_under is not None and (not found.judged or found.percent < fail_under):
        killed = f"{found.percent} % of the mutants are killed" if found.judged else "There is no rule to mutate"
        typer.echo(f"{killed}, and at least {fail_under:g} % should be killed.", err=True)
        raise typer.Exit(1)


def _lines(found: Mutation, by: Measured) -> Iterator[RenderableType]:
    feasible = len(found.judged) - found.count("equivalent")
    yield Text(by.head, style="dim")
    yield Text(f"{found.count('killed')} of {feasible} mutants are killed ({found.percent} %).", style="bold")
    yield Text(
        f"{len(found.judged)} mutants: {found.count('equivalent')} more are equivalent, which is proved; "
        f"{found.count('survived')} survive, {found.count('undecided')} are undecided."
    )
    if by.left_out:
        yield Text(by.left_out)
    for operator in OPERATORS:
        killed, equivalent = found.count("killed", operator), found.count("equivalent", operator)
        left = found.count("survived", operator) + found.count("undecided", operator)
        if killed or equivalent or left:
            yield Text(f"  {operator:<10}{killed:>6} killed{equivalent:>6} equivalent{left:>6} not killed", style="dim")
    yield from _survivors(found)


def _survivors(found: Mutation) -> Iterator[RenderableType]:
    told = found.survivors[:_MOST_TOLD]
    for rule_id, survivors in itertools.groupby(told, key=lambda one: one.mutant.rule):
        rule = found.ruleset.rule(rule_id)
        yield Text.assemble((f"{rule.position}: ", "dim"), (rule_id, "bold"))
        for one in survivors:
            undecided = " (undecided: no intake that would kill it was found)" if one.verdict == "undecided" else ""
            yield Padding(Text.assemble(one.mutant.what, (f" [{one.mutant.operator}]{undecided}", "dim")), (0, 0, 0, 2))
            yield Padding(Text(f"wants {wanted(rule.kind, one.claims)}", style="dim"), (0, 0, 0, 4))
    if len(found.survivors) > len(told):
        yield Text(f"and {len(found.survivors) - len(told)} more; --format json tells them all.")
