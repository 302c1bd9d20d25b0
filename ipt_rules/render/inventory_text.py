"""An inventory as text for a terminal: the people by ring, from the innermost out, and what they add up to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rich.console import Group
from rich.text import Text

from ipt_rules.render.circle_signs import RING_WORDS, nobody
from ipt_rules.render.said import sentence_case
from ipt_rules.render.small_text import plain_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from rich.console import RenderableType
    from rich.table import Table

_COLUMNS: Final = ("status", "support", "conflict")


def inventory_text(told: Mapping[str, Any], network: Sequence[Mapping[str, Any]]) -> Group:
    """Return what a terminal shows of an intake's inventory.

    Args:
        told: the people, as ``told_pictures.told_inventory`` gives them.
        network: the measures, as ``told_network`` gives them.

    """
    return Group(people_by_ring(told), Text("\nWhat they add up to", style="bold underline"), _measures(network))


def people_by_ring(told: Mapping[str, Any]) -> Group:
    """Return the people, told as above or by ``told_pictures.told_bare_inventory``; what is not known says so."""
    return Group(*_people(told))


def _people(told: Mapping[str, Any]) -> Iterator[RenderableType]:
    if not told["people"]:
        yield Text(nobody(told))
        return
    yield plain_table(("person", *_COLUMNS, "part in what happened"), _rows(told["people"]))
    yield Text(_ties(told), style="dim")


def _rows(people: Sequence[Mapping[str, Any]]) -> Iterator[Iterable[str | Text]]:
    for ring, heading in RING_WORDS.items():
        inside = [person for person in people if person["closeness"] == ring]
        if inside:
            yield [Text(sentence_case(heading), style="bold")]
        yield from map(_person, inside)


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
    return plain_table(("now", "measure"), ((measure["shown"], measure["meaning"]) for measure in network))
