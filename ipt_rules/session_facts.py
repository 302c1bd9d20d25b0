"""A therapy up to one session → rows: one for the session, and one for each interpersonal event told in it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from ipt_rules.derived import Case
from ipt_rules.facts import Row, answered, computed
from ipt_rules.network import Network
from ipt_rules.records import NOBODY
from ipt_rules.values import NOT_ARISING
from ipt_rules.vocabulary import fields_of

if TYPE_CHECKING:
    from pydantic import BaseModel

    from ipt_rules.derived.so_far import SoFar
    from ipt_rules.facts import Cells


def session_rows(so_far: SoFar, patient: Row, reading: frozenset[str] | None = None) -> tuple[Row, ...]:
    """Return the row of the last session so far, then those of its events.

    Args:
        so_far: the therapy up to that session.
        patient: the patient's row, made of all that was known by then.
        reading: the fields that somebody will read; derived fields beside them are not computed. None for all.

    """
    place = f"check_ins[{len(so_far.check_ins) - 1}]"
    session = (*_cells("checkin", so_far, so_far.now, reading), *computed("course", so_far, reading))
    rows = [Row("checkin", place, None, (*session, *patient.cells))]
    events = so_far.now.events or ()
    network = Network(so_far.now_known.intake.inventory) if events else None
    for number, event in enumerate(events):
        assert network is not None  # there are events
        about = dataclasses.replace(so_far, event=event)
        person = _position(so_far, event.person)
        cells = (*_cells("event", about, event, reading), *_tie(so_far, event.person, person, network, reading))
        rows.append(Row("event", f"{place}.events[{number}]", person, (*cells, *session, *patient.cells)))
    return tuple(rows)


def _cells(group: str, so_far: SoFar, record: BaseModel, reading: frozenset[str] | None) -> Cells:
    return (*answered(group, [record]), *computed(group, so_far, reading))


def _position(so_far: SoFar, reference: str | None) -> int | None:
    """Return where somebody stands in the inventory as it was known then."""
    people = so_far.now_known.intake.inventory.people or ()
    return next((number for number, person in enumerate(people) if person.id == reference), None)


def _tie(
    so_far: SoFar, reference: str | None, person: int | None, network: Network, reading: frozenset[str] | None
) -> Cells:
    """Return what is known of the person with whom an event was."""
    if person is None:
        width = sum(2 if field.ranged else 1 for field in fields_of("event").values() if field.group == "tie")
        return ((NOT_ARISING if reference == NOBODY else None),) * width
    intake = so_far.now_known.intake
    known = (intake.inventory.people or ())[person]
    case = Case(intake, network, person=known)
    return (*answered("tie", [known]), *computed("tie", case, reading))
