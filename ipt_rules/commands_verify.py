"""The commands ``ipt-rules check`` and ``ipt-rules coverage``: what cannot be meant in a rule set, and what intakes reach of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer
from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from ipt_rules.terminal import (
    CasesArgument,
    FormatOption,
    RulesOption,
    cases_in,
    errors_told,
    named_ruleset,
    put_json,
    show,
)
from ipt_rules.verify import CHECKS, Coverage, check_ruleset
from ipt_rules.verify import coverage as _coverage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from ipt_rules.verify import Defect


def check(
    folder: Annotated[
        Optional[Path],
        typer.Argument(
            metavar="DIR", help="A folder with a ruleset.yaml, or a shipped variant; the shipped rules when left out."
        ),
    ] = None,
    format_: FormatOption = "text",
    only: Annotated[
        Optional[list[str]], typer.Option("--only", metavar="CHECK", help=f"Run this check alone: {', '.join(CHECKS)}.")
    ] = None,
) -> None:
    """Find what cannot be meant in a rule set: rules that never hold, conditions that never matter, and more.

    Ends with 0 where nothing is found, with 1 where something is, and with 2 where the rules cannot be read.
    """
    if unknown := [name for name in only or () if name not in CHECKS]:
        typer.echo(f"No check is called {unknown[0]!r}; there are: {', '.join(CHECKS)}.", err=True)
        raise typer.Exit(2)
    with errors_told(format_):
        ruleset = named_ruleset(folder)
    found = check_ruleset(ruleset, only or CHECKS)
    if format_ == "json":
        put_json({"ruleset": ruleset.name, "digest": ruleset.digest, "found": [defect.to_dict() for defect in found]})
    else:
        show(Group(*_lines(found, len(ruleset.rules), len(only or CHECKS))))
    if found:
        raise typer.Exit(1)


def _lines(found: list[Defect], rules: int, checks: int) -> Iterator[RenderableType]:
    for defect in found:
        yield Text.assemble((f"{defect.position or 'references.yaml'}: ", "dim"), (defect.about, "bold"))
        yield Padding(Text(defect.what), (0, 0, 0, 2))
        if defect.witness:
            values = "; ".join(f"{name}: {value}" for name, value in defect.witness)
            yield Padding(Text(f"such as {values}", style="dim"), (0, 0, 0, 2))
        yield Padding(Text(f"docs/checks/{defect.check}.md", style="dim"), (0, 0, 0, 2))
    number = f"{len(found)} finding{'' if len(found) == 1 else 's'}" if found else "Nothing found"
    yield Text(f"{number}: {checks} checks, {rules} rules.")


# ── coverage ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

_MOST_TOLD = 20
"""Missing obligations that the text tells; JSON has them all."""


def coverage(
    folder: CasesArgument = None,
    format_: FormatOption = "text",
    rules: RulesOption = None,
) -> None:
    """Tell what intakes and courses reach of a rule set: which rules hold, and which comparisons decide, once true and once false.

    Files that end in .expected.json are passed over.
    """
    with errors_told(format_):
        ruleset = named_ruleset(rules)
        found = _coverage(ruleset, *cases_in(folder))
    if format_ == "json":
        put_json(found.to_dict())
    else:
        show(Group(*_coverage_lines(found)))


def _coverage_lines(found: Coverage) -> Iterator[RenderableType]:
    feasible = len(found.obligations) - len(found.infeasible)
    yield Text(f"{len(found.fired)} of {len(found.ruleset.rules)} rules hold on some row.", style="bold")
    yield Text(
        f"MC/DC: {len(found.met)} of {feasible} obligations are met ({found.percent} %); "
        f"{len(found.infeasible)} more can be met by no row, which is proved."
    )
    missing = found.to_dict()["missing"]
    for one in missing[:_MOST_TOLD]:
        yield Text.assemble(("  " + one["rule"], "bold"), f": {one['wanted']}")
    if len(missing) > _MOST_TOLD:
        yield Text(f"  and {len(missing) - _MOST_TOLD} more; --format json tells them all")
