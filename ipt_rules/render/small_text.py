"""What a terminal shows of an inventory, a rule set and a rule; nobody is named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.console import Group
from rich.table import Table
from rich.text import Text

from ipt_rules.render.said import generic, kinds_of_rules, rests_on
from ipt_rules.sentences import sentence
from ipt_rules.told_pictures import told_bare_inventory

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ipt_rules.inventory import Inventory
    from ipt_rules.ruleset.model import Rule, Ruleset

_ANSWERS: Final = ("status", "closeness", "contact", "support", "conflict")


def inventory_text(inventory: Inventory) -> Table | Text:
    """Return a table of the people around the patient; what is not known says so."""
    told = told_bare_inventory(inventory)
    if not told["people"]:
        return Text("Asked for people: there is nobody." if told["asked"] else "Nobody has asked for people yet.")
    rows = ([person["label"], *(_shown(person[answer]) for answer in _ANSWERS)] for person in told["people"])
    return _table(("person", *_ANSWERS), rows)


def ruleset_text(ruleset: Ruleset) -> Group:
    """Return what a rule set is called, its digest, and how many rules of each kind it has."""
    rows = ((kind, area, str(number)) for (kind, area), number in kinds_of_rules(ruleset).items())
    heading = Text(f"{ruleset.name} {ruleset.version}, {len(ruleset.rules)} rules", style="bold")
    return Group(heading, Text(ruleset.digest, style="dim"), _table(("what", "problem area", "rules"), rows))


def rule_text(rule: Rule) -> Group:
    """Return a rule in words: what it says, when it holds, and who says so."""
    return Group(
        Text(rule.id, style="bold"),
        Text(generic(rule.because)),
        Text(f"When ({rule.kind}): {sentence(rule.condition)}."),
        Text(rests_on(rule), style="dim"),
    )


def _shown(answer: str | None) -> str:
    return "not known" if answer is None else answer.replace("_", " ")


def _table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for heading in headings:
        table.add_column(heading)
    for row in rows:
        table.add_row(*map(Text, row))
    return table
