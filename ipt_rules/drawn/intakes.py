"""Intakes drawn from the description of the intake itself: valid by construction, open in places, or completed.

What draws is a ``Chooser``: a seeded one for large numbers, one that asks Hypothesis for small counter-examples. Nothing is drawn
and then thrown away.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from ipt_rules import places
from ipt_rules.dates import When, add_months
from ipt_rules.intake import PARTS_OF_THE_PATIENT, SUBJECT_LISTS, Episode, Intake, View
from ipt_rules.inventory import Inventory, Person
from ipt_rules.malformed import parts
from ipt_rules.records import NO_SUBJECT, NOBODY, Asked, Refers, bounds, declared, is_flag, items_of_totals, options
from ipt_rules.vocabulary import RECORDS

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from pydantic import BaseModel

T = TypeVar("T")
Plain = dict[str, Any]

_DAYS: Final = (date(2026, 3, 31), date(2025, 12, 1), date(2024, 2, 29))
_MONTHS: Final = (0, 1, 2, 3, 5, 6, 7, 11, 12, 13, 18, 23, 24, 25, 36, 60, 120, 300)


_REFERS_TO_SUBJECT: Final = tuple(name for name in View.model_fields if isinstance(declared(View, name), Refers))


class Chooser(Protocol):
    """Chooses among alternatives."""

    def one_of(self, alternatives: Sequence[T]) -> T:
        """Return one of the alternatives."""

    def number(self, least: int, most: int) -> int:
        """Return a whole number, both ends included."""

    def chance(self, percent: int) -> bool:
        """Return true about so often."""


class Seeded:
    """Chooses by a seeded generator: fast, and the same for the same seed."""

    def __init__(self, source: random.Random) -> None:
        self._random = source.random

    def one_of(self, alternatives: Sequence[T]) -> T:
        """Return one of the alternatives."""
        return alternatives[int(self._random() * len(alternatives))]

    def number(self, least: int, most: int) -> int:
        """Return a whole number, both ends included."""
        return least + int(self._random() * (most - least + 1))

    def chance(self, percent: int) -> bool:
        """Return true about so often."""
        return self._random() * 100 < percent


def draw_intake(choose: Chooser, *, most_subjects: int = 3, most_people: int = 6, share: int | None = None) -> Intake:
    """Return an intake with anything from almost nothing to everything answered.

    Args:
        choose: what draws.
        most_subjects: losses, disputes and changes at the most, of each.
        most_people: people at the most.
        share: how many of the questions are answered, in percent; None to draw it.

    """
    share = choose.one_of((15, 50, 80, 95, 100)) if share is None else share
    assessed_on = choose.one_of(_DAYS)
    plain: Plain = {"assessed_on": assessed_on.isoformat()}
    _Filler(plain, assessed_on, choose, share, most_subjects, most_people, judgements=True).fill()
    intake = Intake.model_validate(plain)
    if choose.chance(20):
        from ipt_rules.open_answers import all_open_places

        silent = [place for place in all_open_places(intake) if choose.chance(10)]
        intake = Intake.model_validate({**intake.to_dict(), "asked_without_answer": silent})
    return intake


def draw_inventory(choose: Chooser, *, most_people: int = 6) -> Inventory:
    """Return an inventory with anything from nobody asked for to everything answered about everybody."""
    plain: Plain = {}
    share = choose.one_of((15, 50, 80, 95, 100))
    _Filler(plain, _DAYS[0], choose, share, 0, most_people, judgements=True).fill_inventory()
    return Inventory.model_validate(plain["inventory"])


def complete(choose: Chooser, intake: Intake, *, share: int = 100) -> Intake:
    """Return the intake with its open questions answered (or a share of them, in percent), all that was known unchanged.

    A partial date becomes a fuller one, a list that was not asked for gets its entries; judgements are not made up.
    """
    plain = intake.to_dict()
    plain.pop("asked_without_answer", None)
    _Filler(plain, intake.assessed_on, choose, share, 2, 4, judgements=False).fill()
    return Intake.model_validate(plain)


class _Filler:
    """Fills what is open in a plain intake, never contradicting what is there."""

    def __init__(
        self,
        plain: Plain,
        assessed_on: date,
        choose: Chooser,
        share: int,
        most_subjects: int,
        most_people: int,
        *,
        judgements: bool,
    ) -> None:
        self._plain = plain
        self._assessed_on = assessed_on
        self._choose = choose
        self._share = share
        self._most_subjects = most_subjects
        self._most_people = most_people
        self._judgements = judgements

    def fill(self) -> None:
        self._people()
        for part, kind in SUBJECT_LISTS.items():
            if self._list_opens(self._plain, part):
                most = 1 if part == "isolation" else self._most_subjects
                self._plain[part] = [{} for _ in range(self._choose.number(0, most))]
            for subject in self._plain.get(part) or ():
                self._record(RECORDS[kind], subject)
        for part in PARTS_OF_THE_PATIENT:
            self._record(parts(Intake.model_fields[part].annotation)[0], self._plain.setdefault(part, {}))
        self._ties(self._plain["inventory"])

    def fill_inventory(self) -> None:
        self._people()
        self._ties(self._plain["inventory"])

    def _people(self) -> None:
        inventory = self._plain.setdefault("inventory", {})
        if self._list_opens(inventory, "people"):
            inventory["people"] = [{"id": f"p{number}"} for number in range(self._choose.number(0, self._most_people))]
        for person in inventory.get("people") or ():
            self._record(Person, person)

    def _answers(self) -> bool:
        return self._choose.chance(self._share)

    def _list_opens(self, holder: Plain, part: str) -> bool:
        return holder.get(part) is None and self._choose.chance(max(self._share, 60) if self._share < 100 else 100)

    def _ties(self, inventory: Plain) -> None:
        if inventory.get("ties") is not None or inventory.get("people") is None or not self._answers():
            return
        ids = [person["id"] for person in inventory["people"]]
        pairs = [[one, other] for position, one in enumerate(ids) for other in ids[position + 1 :]]
        inventory["ties"] = [{"between": pair} for pair in pairs if self._choose.chance(30)]

    def _record(self, record: type[BaseModel], plain: Plain) -> None:
        for field in record.model_fields:
            if When in parts(record.model_fields[field].annotation):
                self._date(plain, field)
            elif plain.get(field) is None and field not in ("id", "name", "relation", "note") and self._answers():
                self._answer(record, plain, field)

    def _answer(self, record: type[BaseModel], plain: Plain, field: str) -> None:
        asked = declared(record, field)
        if field == "person":
            self._person(record, plain)
        elif isinstance(asked, Refers) and asked.to == "subject":
            subjects = [f"{part}[{n}]" for part in SUBJECT_LISTS for n in range(len(self._plain.get(part) or ()))]
            plain[field] = self._choose.one_of([*subjects, NO_SUBJECT])
        elif isinstance(asked, Asked):
            if asked.judgement and not self._judgements:
                return
            if asked.only_if and plain.get(asked.only_if[0]) not in (None, *asked.only_if[1]):
                return
            self._value(record, plain, field)

    def _value(self, record: type[BaseModel], plain: Plain, field: str) -> None:
        if is_flag(record, field):
            plain[field] = self._choose.chance(50)
        elif limits := bounds(record, field):
            plain[field] = self._number(plain, field, *limits)
        elif field == "cleared":
            plain[field] = ["suicide_risk"] if self._choose.chance(10) else []
        else:
            words = [word for word in options(record, field) if self._fits(record, plain, field, word)]
            if words:
                plain[field] = self._choose.one_of(words)

    def _number(self, plain: Plain, field: str, least: int, most: int) -> int:
        for total, item, others in items_of_totals(Episode):
            if field == total and plain.get(item) is not None:
                least, most = plain[item], min(most, plain[item] + others)
            if field == item and plain.get(total) is not None:
                least, most = max(least, plain[total] - others), min(most, plain[total])
        return self._choose.number(least, most)

    def _fits(self, record: type[BaseModel], plain: Plain, field: str, word: str) -> bool:
        """Return whether a word contradicts nothing that is answered already."""
        for other in record.model_fields:
            asked = declared(record, other)
            if not isinstance(asked, Asked) or asked.only_if is None or plain.get(other) is None:
                continue
            decides, words = asked.only_if
            if decides == field and word not in words:
                return False
        if field == "status":
            return self._status_fits(plain["id"], word)
        if field == "stage":
            return self._status_of(plain.get("person")) != "deceased"
        if field == "kind" and word == "death" and record is RECORDS["loss"]:
            return self._status_of(plain.get("person")) in (None, "deceased")
        return True

    def _status_fits(self, person: str, word: str) -> bool:
        died = any(
            loss.get("person") == person and loss.get("kind") == "death" for loss in self._plain.get("losses") or ()
        )
        staged = any(one.get("person") == person and one.get("stage") for one in self._plain.get("disputes") or ())
        return not (died and word != "deceased") and not (staged and word == "deceased")

    def _status_of(self, reference: str | None) -> str | None:
        people = self._plain["inventory"].get("people") or ()
        return next((person.get("status") for person in people if person["id"] == reference), None)

    def _person(self, record: type[BaseModel], plain: Plain) -> None:
        people = [person["id"] for person in self._plain["inventory"].get("people") or ()]
        if plain.get("kind") == "death" and record is RECORDS["loss"]:
            people = [person for person in people if self._status_of(person) in (None, "deceased")]
        if plain.get("stage") is not None:
            people = [person for person in people if self._status_of(person) != "deceased"]
        if record is not RECORDS["dispute"]:
            people = [*people, NOBODY]
        if people:
            plain["person"] = self._choose.one_of(people)

    def _date(self, plain: Plain, field: str) -> None:
        given = plain.get(field)
        if given is None and self._answers():
            months = self._choose.one_of(_MONTHS)
            day = add_months(self._assessed_on, -months).isoformat()
            plain[field] = self._choose.one_of([{"months_ago": months}, day[:4], day[:7], day])
        elif isinstance(given, str) and len(given) < 10 and self._answers():
            first, last = When(date=given).span(self._assessed_on)
            day = self._choose.one_of([first, min(last, self._assessed_on)]).isoformat()
            plain[field] = day[: self._choose.one_of([7, 10])]


def answer_one(choose: Chooser, intake: Intake) -> tuple[str, Intake] | None:
    """Return the place of one open question and the intake in which just that is answered; None when none can be."""
    from ipt_rules.open_answers import all_open_places

    full = complete(choose, intake).to_dict()
    open_now = list(all_open_places(intake))
    while open_now:
        place = choose.one_of(open_now)
        value = _at(full, places.parse(place))
        if value is not None and not _refers_beyond(intake, place, value):
            kept = {place: value} if not isinstance(value, list) else {place: _bare(place, value)}
            return place, answered(intake, kept)
        open_now.remove(place)
    return None


def answered(intake: Intake, answers: Plain) -> Intake:
    """Return the intake with open questions answered; what was asked without an answer stays so where it is still open."""
    from ipt_rules.open_answers import all_open_places, with_answers

    fuller = with_answers(intake, {**answers, "asked_without_answer": []})
    still_open = set(all_open_places(fuller))
    silent = [place for place in intake.asked_without_answer if place in still_open]
    return with_answers(fuller, {"asked_without_answer": silent}) if silent else fuller


def _refers_beyond(intake: Intake, place: str, value: Any) -> bool:
    """Return whether an answer points to a person or a subject that the intake does not hold yet."""
    field = place.rpartition(".")[2]
    if field == "ties":
        return intake.inventory.people is None
    if field == "person":
        return value != NOBODY and value not in {person.id for person in intake.inventory.people or ()}
    return field in _REFERS_TO_SUBJECT and value not in {
        NO_SUBJECT,
        *(known for known, _ in intake.subjects()),
    }


def _bare(place: str, entries: list[Any]) -> list[Any]:
    """Return list entries that refer to nobody who is not in the intake yet, and nothing about them answered."""
    if place == "inventory.ties":
        return entries
    return [{"id": entry["id"]} if "id" in entry else {} for entry in entries]


def _at(plain: Any, steps: places.Steps) -> Any:
    for step in steps:
        plain = plain[step] if isinstance(step, int) else plain.get(step)
        if plain is None:
            return None
    return plain
