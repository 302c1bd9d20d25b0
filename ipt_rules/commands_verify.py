"""The commands ``ipt-rules check`` and ``ipt-rules coverage``: what cannot be meant in a rule set, and what intakes reach of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer
import yaml
from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from ipt_rules.measured import AllOption, Measured, measured
from ipt_rules.terminal import CasesArgument, FormatOption, RulesOption, errors_told, named_ruleset, put_json, show
from ipt_rules.verify import CHECKS, Coverage, Table, findings, monotonicity
from ipt_rules.verify import coverage as _coverage
from ipt_rules.words import AREAS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from ipt_rules.ruleset.model import Ruleset
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
    table: Annotated[
        bool,
        typer.Option(
            "--monotonicity",
            help="Tell instead what more of each answer can do to the points of each area; ends with 0.",
        ),
    ] = False,
) -> None:
    """Find what cannot be meant in a rule set: rules that never hold, conditions that never matter, and more.

    Ends with 0 where nothing is found, with 1 where something is, and with 2 where the rules cannot be read. What is waived in
    the rules, or is undecided without the extra "verify", is told and is no finding.
    """
    if unknown := [name for name in only or () if name not in CHECKS]:
        typer.echo(f"No check is called {unknown[0]!r}; there are: {', '.join(CHECKS)}.", err=True)
        raise typer.Exit(2)
    with errors_told(format_):
        ruleset = named_ruleset(folder)
    if table:
        _tell_monotonicity(ruleset, format_)
        return
    told, meant = findings(ruleset, only or CHECKS, intakes=True)
    found, undecided = [one for one in told if one.exact], [one for one in told if not one.exact]
    if format_ == "json":
        put_json(
            {
                "ruleset": ruleset.name,
                "digest": ruleset.digest,
                "found": [defect.to_dict() for defect in found],
                "undecided": [defect.to_dict() for defect in undecided],
                "waived": [{**defect.to_dict(), "reason": waiver.reason} for defect, waiver in meant],
            }
        )
    else:
        numbers = _numbers(len(found), len(undecided), len(meant), rules=len(ruleset.rules), checks=len(only or CHECKS))
        show(Group(*[line for defect in told for line in _lines(defect)], Text(numbers)))
    if found:
        raise typer.Exit(1)


def _lines(defect: Defect) -> Iterator[RenderableType]:
    place = "" if defect.position is None else f"{defect.position}: "
    yield Text.assemble((f"{defect.check}: ", "bold"), (place, "dim"), (defect.about, "bold"))
    yield Padding(Text(defect.what), (0, 0, 0, 2))
    if defect.witness:
        values = "; ".join(f"{name}: {_said(value)}" for name, value in defect.witness)
        yield Padding(Text(f"such as {values}", style="dim"), (0, 0, 0, 2))
    if defect.case is not None:
        answers = {key: value for key, value in defect.case.to_dict().items() if key != "schema"}
        shown = yaml.safe_dump(answers, sort_keys=False, allow_unicode=True, width=100)
        yield Padding(Text(shown.rstrip(), style="dim"), (0, 0, 0, 4))
    yield Padding(Text(f"docs/checks/{defect.check}.md", style="dim"), (0, 0, 0, 2))


def _said(value: object) -> object:
    return ("yes" if value else "no") if isinstance(value, bool) else value


def _numbers(found: int, undecided: int, meant: int, *, rules: int, checks: int) -> str:
    number = f"{found} finding{'' if found == 1 else 's'}" if found else "Nothing found"
    more = [f"{undecided} undecided" if undecided else "", f"{meant} waived" if meant else ""]
    return f"{', '.join([number, *filter(None, more)])}: {checks} checks, {rules} rules."


_SIGNS = {"none": "·", "rises": "rises", "falls": "falls", "either": "either", "undecided": "undecided"}


def _tell_monotonicity(ruleset: Ruleset, format_: str) -> None:
    found = monotonicity(ruleset)
    if format_ == "json":
        put_json({"ruleset": ruleset.name, "digest": ruleset.digest, "monotonicity": found.to_dict()})
    else:
        show(
            Group(
                Text("With more of an answer, and all others the same, the points of an area:", "bold"), *_rows(found)
            )
        )


def _rows(found: Table) -> Iterator[RenderableType]:
    """Yield a line for each field: what more of it can do to the points of each area."""
    width = max((len(name) for name in found.trends), default=0)
    yield Text(" " * width + "".join(f"  {area:<11}" for area in AREAS).rstrip(), style="dim")
    for name, trends in found.trends.items():
        yield Text(f"{name:<{width}}" + "".join(f"  {_SIGNS[trends[area]]:<11}" for area in AREAS).rstrip())


# ── coverage ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

_MOST_TOLD = 20
"""Missing obligations that the text tells; JSON has them all."""


def coverage(
    folder: CasesArgument = None,
    format_: FormatOption = "text",
    rules: RulesOption = None,
    fail_under: Annotated[
        Optional[float],
        typer.Option(
            "--fail-under", metavar="PERCENT", min=0, max=100, help="End with 1 where fewer obligations are met."
        ),
    ] = None,
    all_: AllOption = False,
) -> None:
    """Tell what intakes and courses reach of a rule set: which rules hold, and which comparisons decide, once true and once false.

    Files that end in .expected.json are passed over. Of a rule set that extends another
    its own rules count, or with --all every rule.
    """
    with errors_told(format_):
        by = measured(folder, rules, own=not all_)
        found = _coverage(by.ruleset, by.intakes, by.courses, own=by.own)
    if format_ == "json":
        put_json({**found.to_dict(), "measured_by": by.to_dict()})
    else:
        show(Group(*_coverage_lines(found, by)))
    if fail_under is not None and found.is_under(fail_under):
        met = f"{found.share} % of the obligations are met" if found.obligations else "The rules ask for nothing"
        typer.echo(f"{met}, and at least {fail_under:g} % should be met.", err=True)
        raise typer.Exit(1)


def _coverage_lines(found: Coverage, by: Measured) -> Iterator[RenderableType]:
    feasible = len(found.obligations) - len(found.infeasible)
    yield Text(by.head, style="dim")
    yield Text(f"{len(found.fired)} of {len(found.rules)} rules hold on some row.", style="bold")
    yield Text(
        f"MC/DC: {len(found.met)} of {feasible} obligations are met ({found.percent} %); "
        f"{len(found.infeasible)} more can be met by no row, which is proved."
    )
    if by.left_out:
        yield Text(by.left_out)
    missing = found.to_dict()["missing"]
    for one in missing[:_MOST_TOLD]:
        yield Text.assemble(("  " + one["rule"], "bold"), f": {one['wanted']}")
    if len(missing) > _MOST_TOLD:
        yield Text(f"  and {len(missing) - _MOST_TOLD} more; --format json tells them all")
