"""How sessions, events and agreed foci are called in the words of a rule set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ipt_rules import places
from ipt_rules.agreed import foci_at
from ipt_rules.records import NOBODY
from ipt_rules.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipt_rules.course import Course
    from ipt_rules.facts import Row
    from ipt_rules.intake import Intake
    from ipt_rules.ruleset.model import Ruleset
    from ipt_rules.sessions import InterpersonalEvent

_SESSIONS: Final = "check_ins["


class CourseWording(Wording):
    """The words of one rule set for one course: what a session's rules say is about the agreed focus, an event's about its person.

    Args:
        course: the course.
        intake: its intake, with all that is known by now.
        ruleset: the rules.
        names: whether people may be called by name. Only for output that is read by people who may see it.

    """

    def __init__(self, course: Course, intake: Intake, ruleset: Ruleset, *, names: bool = False) -> None:
        super().__init__(intake, ruleset, names=names)
        self._course = course

    def event(self, event: InterpersonalEvent) -> str:
        """Return what an event is called, e.g. "a quarrel with the partner (person 1)"."""
        kind, words = event.kind or "any", self._words.get("events", {})
        alone = f"{kind}.alone"
        key = alone if event.person in (None, NOBODY) and alone in words else kind
        template = words.get(key, kind.replace("_", " "))
        return template.replace("{person}", self.person_called(event.person))

    def told_at(self, path: str) -> Iterator[str]:
        """Yield the places of answers in lists that say more than "no", those of the latest session first."""
        if not path.startswith(_SESSIONS):
            yield from super().told_at(path)
            return
        part, _, rest = path.partition("[]")
        for position in reversed(range(len(places.at(self._course, places.parse(part)) or ()))):
            place = f"{part}[{position}]{rest}"
            if "[]" in rest:
                yield from self.told_at(place)
            elif places.at(self._course, places.parse(place)) not in (None, False, "none"):
                yield place

    def _named(self, row: Row) -> tuple[str, str, str]:
        if not row.place.startswith(_SESSIONS):
            return super()._named(row)
        steps = places.parse(row.place)
        if row.kind == "event":
            event = places.at(self._course, steps)
            return self.person_called(event.person), "", self.event(event)
        foci = foci_at(self._course, places.at(self._course, (*steps, "session")))
        if not foci:
            return self._word("people", "unknown"), self._word("subjects", "focus"), ""
        return *self._of(foci[0].place), ""
