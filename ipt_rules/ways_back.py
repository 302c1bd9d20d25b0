"""The way back from a field to answers: which answers to change so that a field gets a wanted value.

Each way is a small recipe; what it proposes is tried before it is returned, so an answer is right or there is none. It changes as
little as the recipe can: an answer before a person, a person before an event.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ipt_rules import places
from ipt_rules.dates import add_months
from ipt_rules.errors import IntakeError
from ipt_rules.facts import facts
from ipt_rules.intake import DEATHS, SUBJECT_LISTS, Loss
from ipt_rules.inventory import Person
from ipt_rules.open_answers import with_answers
from ipt_rules.records import NO_SUBJECT, Asked, declared, options
from ipt_rules.values import Range
from ipt_rules.vocabulary import fields

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ipt_rules.intake import Intake
    from ipt_rules.values import Known

Answers: TypeAlias = "dict[str, Any]"
"""Place → answer; None leaves the question open. A list that gains or loses entries is given whole."""


def way_back(intake: Intake, field: str, place: str, wanted: Known) -> Answers | None:
    """Return answers that give a field a wanted value, or None where none was found.

    Args:
        intake: the intake as it is.
        field: name of a recorded or derived field; fields of the groups ``standing`` and ``focus`` have no way back.
        place: place of the subject on whose row the field stands, such as ``losses[0]``; empty for the patient's row.
        wanted: a word, number or truth value.

    """
    answers = proposed_way(intake, field, place, wanted)
    if answers is None:
        return None
    try:
        changed = with_answers(intake, answers)
    except (IntakeError, LookupError):
        return None
    return answers if _value(changed, field, place) == wanted else None


def proposed_way(intake: Intake, field: str, place: str, wanted: Known) -> Answers | None:
    """Return answers that may give a field a wanted value, not tried yet; ``way_back`` tries them."""
    return _Back(intake, place, wanted).answers(field)


def _value(intake: Intake, field: str, place: str) -> object:
    rows = facts(intake, frozenset({field}))
    row = next((row for row in rows.subjects if row.place == place), rows.patient)
    value = row.value(field)
    if isinstance(value, Range):
        value = value.least if value.least == value.most else None
    return fields()[field].to_word(value) if isinstance(value, bool | int | str) else value


@dataclass(frozen=True, slots=True)
class _Back:
    """One question of ``way_back``."""

    intake: Intake
    place: str
    wanted: Any

    def answers(self, field: str) -> Answers | None:
        if field in _WAYS:
            return _WAYS[field](self)
        info = fields()[field]
        if info.is_derived:
            return None
        if info.group == "tie":
            person = self.person()
            return None if person is None else {f"inventory.people[{person}].{field.partition('.')[2]}": self.wanted}
        return {f"{self.place}.{field.partition('.')[2]}" if "[]" in info.path else info.path: self.wanted}

    def person(self) -> int | None:
        reference = getattr(places.at(self.intake, places.parse(self.place)), "person", None)
        people = self.intake.inventory.people or ()
        return next((number for number, person in enumerate(people) if person.id == reference), None)

    def people(self) -> list[dict[str, Any]]:
        """Return the people as plain values, those of unknown status as present."""
        plain = [person.model_dump(mode="json", exclude_none=True) for person in self.intake.inventory.people or ()]
        return [{**person, "status": person.get("status", "current")} for person in plain]

    def listed(self, part: str) -> list[dict[str, Any]]:
        """Return a list of subjects as plain values."""
        return [subject.model_dump(mode="json", exclude_none=True) for subject in getattr(self.intake, part) or ()]


# ── recipes for one subject or person ────────────────────────────────────────────────────────────────────────────────


def _months_since(date_field: str) -> Callable[[_Back], Answers | None]:
    return lambda back: {f"{back.place}.{date_field}": {"months_ago": back.wanted}}


def _months_before_onset(date_field: str) -> Callable[[_Back], Answers | None]:
    def recipe(back: _Back) -> Answers | None:
        onset = back.intake.episode.onset
        first, last = (back.intake.assessed_on,) * 2 if onset is None else onset.span(back.intake.assessed_on)
        day = min(first, back.intake.assessed_on)
        if onset is None and back.wanted < 0:
            day = add_months(day, back.wanted)
        event = add_months(day, -back.wanted)
        answers: Answers = {f"{back.place}.{date_field}": event.isoformat()}
        return answers if first == last and onset is not None else {**answers, "episode.onset": day.isoformat()}

    return recipe


def _view(answer: str) -> Callable[[_Back], Answers | None]:
    return lambda back: {f"view.{answer}": back.place if back.wanted else NO_SUBJECT}


def _ambivalent(back: _Back) -> Answers | None:
    position = back.person()
    if position is None:
        return None
    place = f"inventory.people[{position}]"
    if not back.wanted:
        return {f"{place}.satisfying": "none"}
    person = (back.intake.inventory.people or ())[position]
    return {
        f"{place}.{side}": "some" for side in ("satisfying", "unsatisfying") if getattr(person, side) in (None, "none")
    }


def _bridge(back: _Back) -> Answers | None:
    position, people = back.person(), back.people()
    if position is None:
        return None
    ties = [list(tie.between) for tie in back.intake.inventory.ties or ()]
    own = people[position]["id"]
    if not back.wanted:
        return {"inventory.ties": [{"between": pair} for pair in ties if own not in pair]}
    others = [person["id"] for person in people if person["status"] != "deceased" and person["id"] != own][:2]
    if len(others) < 2:
        return None
    answers = _people_answers(back, people)
    return {**answers, "inventory.ties": [{"between": [own, other]} for other in others]}


# ── recipes that count people ────────────────────────────────────────────────────────────────────────────────────────


def _people_answers(back: _Back, people: list[dict[str, Any]]) -> Answers:
    """Return the answers by which the people differ from what they are; the whole list when there are more of them."""
    old = [person.model_dump(mode="json", exclude_none=True) for person in back.intake.inventory.people or ()]
    if len(old) != len(people) or back.intake.inventory.people is None:
        return {"inventory.people": people}
    return {
        f"inventory.people[{position}].{key}": new.get(key)
        for position, (was, new) in enumerate(zip(old, people, strict=True))
        for key in {**was, **new}
        if was.get(key) != new.get(key)
    }


def _newcomers(people: list[dict[str, Any]], number: int, **answers: Any) -> list[dict[str, Any]]:
    taken = {person["id"] for person in people}
    free = (name for name in map("person-{}".format, itertools.count(1)) if name not in taken)
    return [{"id": next(free), "status": "current", **answers} for _ in range(number)]


def _people_with(answer: str, yes: Any, no: Any, words: tuple[Any, ...]) -> Callable[[_Back], Answers | None]:
    def recipe(back: _Back) -> Answers | None:
        people = back.people()
        present = [person for person in people if person["status"] == "current"]
        counted = [person for person in present if person.get(answer) in words]
        others = [person for person in present if person.get(answer) not in words]
        for person in counted[back.wanted :]:
            person[answer] = no
        missing = max(0, back.wanted - len(counted))
        for person in others[:missing]:
            person[answer] = yes
        for person in others[missing:]:
            person.setdefault(answer, no)
        return _people_answers(back, people + _newcomers(people, missing - len(others), **{answer: yes}))

    return recipe


def _number_of_people(back: _Back) -> Answers | None:
    people = back.people()
    present = [person for person in people if person["status"] == "current"]
    for person in present[back.wanted :]:
        person["status"] = "past"
        person.pop("confides", None)
    return _people_answers(back, people + _newcomers(people, back.wanted - len(present)))


def _reach(back: _Back) -> Answers | None:
    people = back.people()
    present = [person for person in people if person["status"] == "current"]
    if back.wanted == 0 and present:
        return None
    newcomers = _newcomers(people, back.wanted - len(present))
    for position, person in enumerate([*present, *newcomers]):
        person["role"] = _ROLES[min(position, back.wanted - 1)]
    return _people_answers(back, people + newcomers)


_ROLES: Final = options(Person, "role")


def _rests_on_one(back: _Back) -> Answers | None:
    return _people_with("support", "some", "none", ("some", "much"))(_Back(back.intake, back.place, int(back.wanted)))


def _isolates(back: _Back) -> Answers | None:
    people = back.people()
    present = [person["id"] for person in people if person["status"] == "current"]
    newcomers = _newcomers(people, back.wanted - len(present))
    together = present[back.wanted :]
    if len(together) == 1:
        return None
    ties = [{"between": list(pair)} for pair in itertools.pairwise(together)]
    return {**_people_answers(back, people + newcomers), "inventory.ties": ties}


def _density(back: _Back) -> Answers | None:
    people = back.people()
    pairs = list(itertools.combinations([person["id"] for person in people if person["status"] == "current"], 2))
    counts = range(len(pairs) + 1) if pairs else ()
    fitting = (count for count in counts if int(100 * count / len(pairs) + 0.5) == back.wanted)
    count = next(fitting, None)
    if count is None:
        return None
    return {**_people_answers(back, people), "inventory.ties": [{"between": list(pair)} for pair in pairs[:count]]}


# ── recipes that count events ────────────────────────────────────────────────────────────────────────────────────────


def _losses(back: _Back, *, deaths: bool) -> Answers | None:
    """Set how many losses are deaths (or are none): by what was lost, then by more losses."""
    losses = back.listed("losses")
    wanted_kind, other_kind = ("death", "other") if deaths else ("other", "death")
    for loss in losses:
        loss.setdefault("kind", other_kind)
    counted = [loss for loss in losses if (loss["kind"] in DEATHS) is deaths]
    for loss in counted[back.wanted :]:
        loss["kind"] = other_kind
        for name in Loss.model_fields:
            asked = declared(Loss, name)
            if isinstance(asked, Asked) and asked.only_if and loss["kind"] not in asked.only_if[1]:
                loss.pop(name, None)
    return {"losses": losses + [{"kind": wanted_kind}] * (back.wanted - len(counted))}


def _entries(part: str) -> Callable[[_Back], Answers | None]:
    def recipe(back: _Back) -> Answers | None:
        entries = back.listed(part)[: back.wanted]
        return {part: entries + [{}] * (back.wanted - len(entries))}

    return recipe


_EVENTS: Final = tuple(part for part in SUBJECT_LISTS if part != "isolation")


def _violence(back: _Back) -> Answers | None:
    disputes = back.listed("disputes")
    if back.wanted:
        return {"disputes": [{**(disputes or [{}])[0], "violence": True}, *disputes[1:]]}
    return {"disputes": [{**dispute, "violence": False, "coercion": False} for dispute in disputes]}


def _events(back: _Back) -> Answers | None:
    lists = {part: back.listed(part) for part in _EVENTS}
    total = sum(map(len, lists.values()))
    for part in reversed(_EVENTS):
        surplus = min(max(0, total - back.wanted), len(lists[part]))
        lists[part] = lists[part][: len(lists[part]) - surplus]
        total -= surplus
    for part in _EVENTS:
        missing = min(back.wanted - total, 12 - len(lists[part]))
        lists[part] += [{}] * missing
        total += missing
    return dict(lists)


def _tied_events(back: _Back) -> Answers | None:
    lists = {part: back.listed(part) for part in _EVENTS}
    events = [event for entries in lists.values() for event in entries]
    events.sort(key=lambda event: not event.get("tied_to_episode", False))
    for position, event in enumerate(events):
        event["tied_to_episode"] = position < back.wanted
    lists["losses"] += [{"tied_to_episode": True}] * (back.wanted - len(events))
    return dict(lists)


_WAYS: Final[Mapping[str, Callable[[_Back], Answers | None]]] = {
    **{f"{kind}.matters_most": _view("matters_most") for kind in SUBJECT_LISTS.values()},
    **{f"{kind}.linked_by_patient": _view("links_mood_to") for kind in SUBJECT_LISTS.values()},
    **{f"{kind}.most_workable": _view("most_workable") for kind in SUBJECT_LISTS.values()},
    **{f"{kind}.strongest_affect": _view("strongest_affect") for kind in SUBJECT_LISTS.values()},
    **{
        f"{kind}.months_since": _months_since(date)
        for kind, date in (("loss", "when"), ("dispute", "began"), ("change", "when"))
    },
    **{
        f"{kind}.months_before_onset": _months_before_onset(date)
        for kind, date in (("loss", "when"), ("dispute", "began"), ("change", "when"))
    },
    "tie.ambivalent": _ambivalent,
    "tie.bridge": _bridge,
    "patient.months_since_onset": lambda back: {"episode.onset": {"months_ago": back.wanted}},
    "network.people": _number_of_people,
    "network.close_ties": _people_with("closeness", "close", "distant", ("close", "closest")),
    "network.confidants": _people_with("confides", True, False, (True,)),
    "network.supporters": _people_with("support", "some", "none", ("some", "much")),
    "network.conflicts": _people_with("conflict", "some", "none", ("some", "much")),
    "network.worse_since_onset": _people_with("changed_since_onset", "worse", "unchanged", ("worse",)),
    "network.reach": _reach,
    "network.isolates": _isolates,
    "network.density": _density,
    "network.support_rests_on_one": _rests_on_one,
    "story.deaths": lambda back: _losses(back, deaths=True),
    "story.other_losses": lambda back: _losses(back, deaths=False),
    "story.disputes": _entries("disputes"),
    "story.changes": _entries("changes"),
    "story.violence": _violence,
    "story.isolation": _entries("isolation"),
    "story.events": _events,
    "story.tied_events": _tied_events,
}
