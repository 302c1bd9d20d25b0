"""What a terminal shows of a rule set and of a rule, and the plain table that small displays share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from ipt_rules.render.said import generic, kinds_of_rules, rests_on
from ipt_rules.sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ipt_rules.ruleset.model import Rule, Ruleset


def ruleset_text(ruleset: Ruleset) -> Group:
    """Return what a rule set is called, its digest, and how many rules of each kind it has."""
    rows = ((kind, area, str(number)) for (kind, area), number in kinds_of_rules(ruleset).items())
    heading = Text(f"{ruleset.name} {ruleset.version}, {len(ruleset.rules)} rules", style="bold")
    return Group(heading, Text(ruleset.digest, style="dim"), plain_table(("what", "problem area", "rules"), rows))


def rule_text(rule: Rule) -> Group:
    """Return a rule in words: what it says, when it holds, and who says so."""
    return Group(
        Text(rule.id, style="bold"),
        Text(generic(rule.because)),
        Text(f"When ({rule.kind}): {sentence(rule.condition)}."),
        Text(rests_on(rule), style="dim"),
    )


def plain_table(headings: Iterable[str], rows: Iterable[Iterable[str | Text]]) -> Table:
    """Return a table without lines; a row may be shorter than the headings."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for heading in headings:
        table.add_column(heading)
    for row in rows:
        table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in row))
    return table
