"""What the drawings show, as plain values: the people around the patient, and what happened when."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from ipt_rules.derived import REGISTRY
from ipt_rules.derived.registry import Case
from ipt_rules.intake import SUBJECT_LISTS, Intake
from ipt_rules.network import Network

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ipt_rules.dates import When
    from ipt_rules.inventory import Inventory, Person
    from ipt_rules.wording import Wording

_DATED: Final = {"losses": "when", "disputes": "began", "changes": "when"}
"""The lists of events, and which answer says when."""

_ANSWERS: Final = ("role", "status", "closeness", "contact", "support", "conflict")


def told_inventory(intake: Intake, wording: Wording) -> dict[str, Any]:
    """Return the people around the patient as the closeness circle shows them; what is not known is None.

    ``people`` stand in the order of the inventory, ``ties`` are pairs of positions in it, and ``subjects`` are the losses, disputes
    and changes that concern a person.
    """
    subjects: dict[str, list[dict[str, str]]] = {}
    for place, subject in intake.subjects():
        kind = SUBJECT_LISTS[place.partition("[")[0]]
        subjects.setdefault(getattr(subject, "person", None) or "", []).append({"kind": kind, "place": place})
    return _told(intake, wording.inventory_person, subjects)


def told_bare_inventory(inventory: Inventory, *, names: bool = False) -> dict[str, Any]:
    """Return the same for an inventory that belongs to no intake.

    Args:
        inventory: the people.
        names: call them by name, or by what they are to the patient, instead of by role and number.

    """

    def label(position: int) -> str:
        person = (inventory.people or ())[position]
        known = person.name or person.relation
        return known if names and known else f"{person.role or 'person'} (person {position + 1})"

    return _told(Intake.model_construct(assessed_on=date.min, inventory=inventory), label, {})


def _told(intake: Intake, label: Callable[[int], str], subjects: Mapping[str, list[dict[str, str]]]) -> dict[str, Any]:
    people = intake.inventory.people or ()
    positions = {person.id: position for position, person in reversed(list(enumerate(people)))}
    ends = [[positions.get(end) for end in tie.between] for tie in intake.inventory.ties or ()]
    return {
        "asked": intake.inventory.people is not None,
        "ties_asked": intake.inventory.ties is not None,
        "people": [
            {
                "label": label(position),
                **{answer: getattr(person, answer) for answer in _ANSWERS},
                "ambivalent": _ambivalent(intake, person),
                "subjects": subjects.get(person.id, []),
            }
            for position, person in enumerate(people)
        ],
        "ties": [pair for pair in ends if None not in pair],
    }


def _ambivalent(intake: Intake, person: Person) -> bool | None:
    """Return whether the relationship has good and hard sides, as the field ``tie.ambivalent`` defines it."""
    compute = REGISTRY["tie.ambivalent"].compute
    assert compute is not None  # only fields of later passes have none
    value = compute(Case(intake, Network(intake.inventory), person=person))
    return value if isinstance(value, bool) else None


def told_timeline(intake: Intake, wording: Wording) -> dict[str, Any]:
    """Return what happened when, as the timeline shows it. Days are ISO dates; partial dates are their first and last day.

    ``undated`` are events of which no date is known, ``not_asked`` the lists that were not asked for.
    """
    onset = intake.episode.onset
    told: dict[str, Any] = {
        "assessed_on": intake.assessed_on.isoformat(),
        "onset": None if onset is None else _days(onset, intake),
        "events": [],
        "undated": [],
        "not_asked": [part for part in _DATED if getattr(intake, part) is None],
    }
    for place, kind, when in _events(intake):
        event = {"kind": kind, "place": place, "label": wording.subject(place)}
        if when is None:
            told["undated"].append(event)
        else:
            told["events"].append({**event, **dict(zip(("from", "to"), _days(when, intake), strict=True))})
    return told


def _events(intake: Intake) -> Iterator[tuple[str, str, When | None]]:
    for place, subject in intake.subjects():
        part = place.partition("[")[0]
        if part in _DATED:
            yield place, SUBJECT_LISTS[part], getattr(subject, _DATED[part])


def _days(when: When, intake: Intake) -> list[str]:
    return [day.isoformat() for day in when.span(intake.assessed_on)]
