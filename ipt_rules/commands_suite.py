"""The command ``ipt-rules suite``: few intakes and courses that show all that there is in a rule set, each with a sheet to sign."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ipt_rules.errors import IntakeError, Problem
from ipt_rules.terminal import RulesOption, errors_told, named_ruleset
from ipt_rules.verify.aims import Aims
from ipt_rules.verify.fewest import fewest
from ipt_rules.verify.suite_files import check_folder, write_suite
from ipt_rules.verify.suites import suite as _suite


def suite(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Where to write; what an earlier suite left is replaced.")
    ],
    rules: RulesOption = None,
) -> None:
    """Write few intakes and courses that meet every obligation that can be met and kill every mutant, each with a sheet to sign.

    Takes some minutes, and tells how far it is. Signatures are kept where a case and a line stay as they were. Ends with 1 where
    something is shown by no case that was found.
    """
    with errors_told("text"):
        ruleset = named_ruleset(rules)
        try:
            check_folder(folder)
        except OSError as error:
            raise IntakeError(
                "The suite cannot be written:", [Problem(str(folder), 0, 0, "", error.strerror or "is no folder")]
            ) from None
        found = _suite(ruleset, lambda told: typer.echo(told, err=True))
        lost = write_suite(found, folder, ruleset)
    aims = Aims(ruleset)
    least = fewest(aims, found.missing)
    for what, cases, proof in (("intakes", found.intakes, least.intakes), ("courses", found.courses, least.courses)):
        typer.echo(f"{len(cases)} {what}; there can be no fewer than {max(len(proof), min(len(cases), 1))}.")
    typer.echo(
        f"They show {len(aims.whole) - len(found.missing)} of {len(aims.whole)}: obligations, and mutants to kill."
    )
    if lost:
        typer.echo(f"{lost} signatures were not kept: their case or their line is not the same any more.")
    if found.missing:
        raise typer.Exit(1)
