"""What the rules rest on, as text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rich.console import Group
from rich.table import Table
from rich.text import Text

from ipt_rules.ruleset.model import BASES, SEEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

_TO_CHECK: Final = (
    ("recalled", "Rules that rest on nothing but recall: look up the places cited before relying on them"),
    ("partly_recalled", "Rules of which one citation or more is recalled"),
    ("inferred", "Rules that are our inference; what they cite is where the inference starts"),
)


def sources_text(report: dict[str, Any]) -> Group:
    """Return what a terminal shows of a report on sources."""
    return Group(*_parts(report))


def _parts(report: dict[str, Any]) -> Iterator[RenderableType]:
    yield _heading("What the rules rest on, by file")
    yield Text("First by the kind of source, then by how the best citation of each rule is known.", style="dim")
    yield _files(report["files"])
    for key, heading in _TO_CHECK:
        yield _heading(f"{heading} ({len(report[key])})")
        yield _rules(report[key]) if report[key] else Text("none")
    yield _heading("References: how often they are cited, and what of them is unknown")
    yield _references(report["references"])
    yield _heading("Numbers")
    yield Text(report["design_choices"]["note"])
    table = _table("number", "rests on")
    for name, why in report["design_choices"]["numbers"].items():
        table.add_row(Text(name), Text(why))
    yield table


def _files(files: Sequence[dict[str, Any]]) -> Table:
    table = _table("file", "rules", *BASES, *SEEN, gap=1)
    total: dict[str, int] = {}
    for entry in files:
        counts = {"rules": entry["rules"], **entry["basis"], **entry["seen"]}
        total = {key: total.get(key, 0) + counts.get(key, 0) for key in ("rules", *BASES, *SEEN)}
        table.add_row(Text(entry["file"]), *_counts(counts))
    table.add_row(Text("all", style="bold"), *_counts(total))
    return table


def _rules(found: Sequence[dict[str, Any]]) -> Table:
    table = _table("rule", "cites")
    for entry in found:
        cites = "; ".join(f"{cite['ref']}, {cite['at']} ({cite['seen']})" for cite in entry["cites"])
        table.add_row(Text(entry["rule"]), Text(cites))
    return table


def _counts(counts: dict[str, int]) -> Iterator[str]:
    yield from (str(counts.get(key) or "–") for key in ("rules", *BASES, *SEEN))


def _references(references: Sequence[dict[str, Any]]) -> Table:
    table = _table("reference", "cited", "how it is known", "unknown")
    for entry in references:
        unknown = ", ".join(entry["unknown"]) or "–"
        table.add_row(Text(entry["reference"]), str(entry["cited"]), entry["seen"], unknown)
    return table


def _table(*headings: str, gap: int = 2) -> Table:
    table = Table(box=None, padding=(0, gap, 0, 0), pad_edge=False, header_style="dim")
    for heading in headings:
        numbers = heading in ("rules", "cited", *BASES, *SEEN)
        table.add_column(heading, justify="right" if numbers else "left", no_wrap=heading in ("file", "rule"))
    return table


def _heading(text: str) -> Text:
    return Text(f"\n{text}", style="bold underline")
