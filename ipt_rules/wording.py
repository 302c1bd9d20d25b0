"""How people, subjects and values are called: by role and number, or by name in output that only people see."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ipt_rules import places
from ipt_rules.records import NOBODY
from ipt_rules.values import NOT_ARISING, Range, Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ipt_rules.facts import Row
    from ipt_rules.intake import Intake
    from ipt_rules.ruleset.model import Ruleset
    from ipt_rules.vocabulary import Field


_PLACEHOLDER: Final = re.compile(r"\{(person|subject|event)\}")

_UNITS: Final = ("years", "months", "percent")
"""Units that a number is shown with; what else is counted, the field's name says."""


class Wording:
    """The words of one rule set for one intake.

    Args:
        names: whether people may be called by name. Only for output that is read by people who may see it.

    """

    def __init__(self, intake: Intake, ruleset: Ruleset, *, names: bool = False) -> None:
        self._intake = intake
        self._words = ruleset.words
        self._questions = ruleset.questions
        self._names = names
        self._labels: dict[str, tuple[str, str]] = {}

    def area(self, area: str) -> str:
        """Return a problem area as it is shown."""
        return self._word("areas", area)

    def level(self, level: str) -> str:
        """Return a level as it is shown."""
        return self._word("levels", level)

    def strength(self, strength: str) -> str:
        """Return a strength as it is shown."""
        return self._word("strengths", strength)

    def gate(self, gate: str) -> str:
        """Return a gate as it is shown."""
        return self._word("gates", gate)

    def question(self, key: str, otherwise: str) -> str:
        """Return the wording of a question."""
        return self._questions.get(key, otherwise)

    def subject(self, place: str) -> str:
        """Return what a subject is called, e.g. "the death of the family member (person 2)"."""
        return self._of(place)[1]

    def person(self, place: str) -> str:
        """Return what the person whom a subject concerns is called."""
        return self._of(place)[0]

    def sentence(self, text: str, row: Row) -> str:
        """Return a rule's sentence about one row, its placeholders filled."""
        if "{" not in text:
            return text
        named = dict(zip(("person", "subject", "event"), self._named(row), strict=True))
        filled = _PLACEHOLDER.sub(lambda found: named[found[1]], text)
        return filled[:1].upper() + filled[1:] if text.startswith("{") else filled

    def _named(self, row: Row) -> tuple[str, str, str]:
        """Return what the person, the subject and the event of a row are called; rows of an intake have no event."""
        return *self._of(row.place), ""

    def _of(self, place: str) -> tuple[str, str]:
        if place not in self._labels:
            self._labels[place] = self._label(place)
        return self._labels[place]

    def _label(self, place: str) -> tuple[str, str]:
        if not place:
            return self._word("people", "unknown"), self._word("subjects", "none")
        subject = places.at(self._intake, places.parse(place))
        kind = type(subject).__name__.lower()
        person = self.person_called(getattr(subject, "person", None))
        words: Mapping[str, str] = self._words.get("subjects", {})
        variety = getattr(subject, "kind", None) or getattr(subject, "ending", None)
        key = f"{kind}.{variety}" if f"{kind}.{variety}" in words else kind
        template = words.get(key, f"the {kind}")
        if "{person}" in template and getattr(subject, "person", None) in (None, NOBODY):
            template = words.get(f"{key}.alone", template)
        return person, template.replace("{person}", person)

    def person_called(self, reference: str | None) -> str:
        """Return what a person is called to whom an answer refers."""
        if reference is None:
            return self._word("people", "unknown")
        if reference == NOBODY:
            return self._word("people", "nobody")
        people = self._intake.inventory.people or ()
        return self.inventory_person(next(n for n, person in enumerate(people) if person.id == reference))

    def told_at(self, path: str) -> Iterator[str]:
        """Yield the places of answers in a list (``losses[].tied_to_episode``) that say more than "no"."""
        part, _, rest = path.partition("[]")
        for position in range(len(places.at(self._intake, places.parse(part)) or ())):
            place = f"{part}[{position}]{rest}"
            if places.at(self._intake, places.parse(place)) not in (None, False, "none"):
                yield place

    def inventory_person(self, position: int) -> str:
        """Return what a person of the inventory is called: by role and number, or by name where names are allowed."""
        person = (self._intake.inventory.people or ())[position]
        known = person.name or person.relation
        if self._names and known:
            return clean(known) or ""
        return f"{self._word('people', person.role or 'any')} (person {position + 1})"

    def _word(self, part: str, key: str) -> str:
        return self._words.get(part, {}).get(key, key.replace("_", " "))


def clean(text: str | None) -> str | None:
    """Return text that people wrote on one line, without signs that steer a terminal or a page."""
    return None if text is None else " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def plain_value(field: Field, value: Value) -> object:
    """Return a value as plain data: a word, number or truth, ``{"least", "most"}`` for a range, None when not known."""
    if value is None or value is NOT_ARISING:
        return None
    if isinstance(value, Range):
        ends = [field.to_word(end) for end in value]
        return ends[0] if ends[0] == ends[1] else {"least": ends[0], "most": ends[1]}
    assert isinstance(value, bool | int | str)  # nothing else is left
    return field.to_word(value)


def shown_value(field: Field, value: object) -> str:
    """Return a plain value as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "not known"
    if isinstance(value, dict):
        least, most = value["least"], value["most"]
        if field.unit == "months" and isinstance(most, int) and most < 0:
            return f"{-most} to {-least} months after"
        return f"{least} to {shown_value(field, most)}".replace("_", " ")
    if isinstance(value, int):
        if field.unit == "months" and value < 0:
            return f"{-value} {'month' if value == -1 else 'months'} after"
        unit = field.unit.removesuffix("s") if value == 1 else field.unit
        return f"{value} {unit}".strip() if field.unit in _UNITS else str(value)
    return str(value).replace("_", " ")
