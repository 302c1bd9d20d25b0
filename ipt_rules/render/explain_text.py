"""Explanations as text for a terminal: the title, lines with what belongs to them below, and how sure it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ipt_rules.render.explain_said import MARKS, Words
from ipt_rules.render.explain_told import explained

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from ipt_rules.explain.explanation import Explanation
    from ipt_rules.render.explain_said import Kind, Line

_STYLES: Final[dict[Kind, str]] = {"heading": "bold", "lesser": "dim", "false": "red", "unknown": "yellow"}
_INDENT: Final = 2


def explanation_text(shown: Explanation) -> Group:
    """Return what a terminal shows of an explanation.

    Args:
        shown: one of the explanations of ``ipt_rules.explain``, told in the words of its rule set.

    """
    told = explained(shown, Words(shown.ruleset))
    lines = (part for line in told.lines for part in _parts(line, 0))
    return Group(Text(told.title, style="bold underline"), *lines, Text(told.certainty, style="italic"))


def _parts(line: Line, depth: int) -> Iterator[RenderableType]:
    """Yield a line and those below it, each indented by how deep it stands."""
    if line.kind == "heading" and not depth:
        yield Text()
    yield Padding(_said(line), (0, 0, 0, _INDENT * depth))
    for below in line.below:
        yield from _parts(below, depth + 1)


def _said(line: Line) -> RenderableType:
    """Return the line itself; an entry of a list wraps beside its dash, not below it."""
    mark, colour = MARKS.get(line.kind, ""), _STYLES.get(line.kind, "")
    beside = (f"  {line.beside}" if line.beside else "", "dim")
    said = Text.assemble((f"{mark}: " if mark else "", f"bold {colour}"), (line.said, colour), beside)
    if not line.is_entry:
        return said
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_row("-", said)
    return table
