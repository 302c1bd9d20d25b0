"""An inventory as text for a terminal: the people by ring, from the innermost out, and what they add up to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rich.console import Group
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from rich.console import RenderableType

_RINGS: Final = {
    "closest": "Closest",
    "close": "Close",
    "distant": "Distant",
    None: "Ring not known",
}
_COLUMNS: Final = ("status", "support", "conflict")


def people_by_ring(told: Mapping[str, Any], network: Sequence[Mapping[str, Any]]) -> Group:
    """Return what a terminal shows of an inventory.

    Args:
        told: the people, as ``told_pictures.told_inventory`` gives them.
        network: the measures, as ``told_network`` gives them.

    """
    return Group(*_people(told), Text("\nWhat they add up to", style="bold underline"), _measures(network))


def _people(told: Mapping[str, Any]) -> Iterator[RenderableType]:
    if not told["people"]:
        yield Text("Asked for people: there is nobody." if told["asked"] else "Nobody has asked for people yet.")
        return
    table = _table(("person", *_COLUMNS, "part in what happened"))
    for ring, heading in _RINGS.items():
        inside = [person for person in told["people"] if person["closeness"] == ring]
        if inside:
            table.add_row(Text(heading, style="bold"))
        for person in inside:
            table.add_row(*map(Text, _person(person)))
    yield table
    yield Text(_ties(told), style="dim")


def _person(person: Mapping[str, Any]) -> Iterator[str]:
    yield f"  {person['label']}"
    for answer in _COLUMNS:
        said = "not known" if person[answer] is None else str(person[answer])
        yield f"{said}, ambivalent" if answer == "conflict" and person["ambivalent"] else said
    yield ", ".join(f"{subject['kind']} [{subject['place']}]" for subject in person["subjects"])


def _ties(told: Mapping[str, Any]) -> str:
    if not told["ties_asked"]:
        return "Who of them knows whom has not been asked."
    number = len(told["ties"])
    return f"Ties among them: {number or 'none'}."


def _measures(network: Iterable[Mapping[str, Any]]) -> Table:
    table = _table(("now", "measure"))
    for measure in network:
        table.add_row(Text(measure["shown"]), Text(measure["meaning"]))
    return table


def _table(headings: Iterable[str]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for heading in headings:
        table.add_column(heading)
    return table
