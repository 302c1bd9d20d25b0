"""The command ``ipt-rules inventory``: the people around the patient, as text, as a drawing, or for programs."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from ipt_rules.render.circle import closeness_circle
from ipt_rules.terminal import (
    FileArgument,
    NamesOption,
    OutOption,
    RulesOption,
    errors_told,
    intake_in,
    named_ruleset,
    not_over,
    put,
    put_json,
    show,
)
from ipt_rules.told_network import told_network
from ipt_rules.told_pictures import told_inventory
from ipt_rules.wording import Wording


def inventory(
    file: FileArgument,
    format_: Annotated[
        Literal["text", "svg", "json"],
        typer.Option("--format", help="For people in a terminal, as a drawing, or for programs."),
    ] = "text",
    to: OutOption = None,
    rules: RulesOption = None,
    names: NamesOption = None,
) -> None:
    """Print the interpersonal inventory: the people by ring of the closeness circle, and what they add up to."""
    with errors_told(format_):
        ruleset = named_ruleset(rules)
        not_over(file, to)
        intake = intake_in(file)
        named = format_ != "json" if names is None else names
        told: dict[str, Any] = told_inventory(intake, Wording(intake, ruleset, names=named))
        if format_ == "svg":
            put(closeness_circle(told) + "\n", to)
        elif format_ == "json":
            put_json({**told, "network": told_network(intake)}, to)
        else:
            from ipt_rules.render.inventory_text import inventory_text

            show(inventory_text(told, told_network(intake)), to)
