"""Answers told in words: what a question is, what it is about, and what was or would be answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel

from ipt_rules import places
from ipt_rules.explain.open_questions import about, question_at
from ipt_rules.intake import SUBJECT_LISTS
from ipt_rules.records import NO_SUBJECT, NOBODY, Refers, declared
from ipt_rules.vocabulary import fields, path_to_key
from ipt_rules.wording import shown_value

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from ipt_rules.explain.changes import Space
    from ipt_rules.intake import Intake
    from ipt_rules.vocabulary import Field
    from ipt_rules.wording import Wording


class Answer(NamedTuple):
    """An answer in words.

    Attributes:
        value: the plain answer; a person by place (``inventory.people[2]``), None when open.
        shown: the same as people read it.

    """

    value: object
    shown: str


class ChangedAnswer(NamedTuple):
    """One answer that changes.

    Attributes:
        path: its place in the intake; of an event that is added, the place it gets.
        kind: ``open`` (a question that is answered), ``answer``, ``history`` (what has happened, told otherwise), ``event`` (one
            more loss, dispute, change or history of isolation), or ``left_out`` (a question that does not arise any more).
        question: the question.
        about: the subject or person that it is about; empty for the patient.
        before: the answer as it is.
        after: the answer as it would be.

    """

    path: str
    kind: str
    question: str
    about: str
    before: Answer
    after: Answer

    def to_dict(self) -> dict[str, Any]:
        """Return the change as plain values."""
        return {
            "path": self.path,
            "kind": self.kind,
            "question": self.question,
            "about": self.about,
            "before": self.before.value,
            "after": self.after.value,
            "before_shown": self.before.shown,
            "after_shown": self.after.shown,
        }


OPEN = Answer(None, "not known")


def told_answer(intake: Intake, place: str, answer: Any, wording: Wording, alike: Sequence[Any] = ()) -> Answer:
    """Return a plain answer in words, without ids of people.

    Args:
        intake: the intake that the place and people belong to.
        place: where the answer stands.
        answer: the answer.
        wording: the words of the rule set.
        alike: all answers that come to the same, where this one stands for several: words, or the ends of a stretch of numbers.

    """
    if answer is None:
        return OPEN
    if isinstance(answer, BaseModel):
        answer = answer.model_dump(mode="json", exclude_none=True)
    if isinstance(answer, list | tuple):
        return Answer([] if not answer else len(answer), "asked, and none" if not answer else f"{len(answer)} recorded")
    pattern = places.pattern(place)
    refers = _reference(intake, place)
    if refers == "person":
        return _person(intake, answer, wording)
    if refers == "subject":
        return Answer(answer, "none of them" if answer == NO_SUBJECT else wording.subject(answer))
    if isinstance(answer, dict):
        return Answer(answer, f"{answer.get('months_ago')} months ago")
    field = fields().get(path_to_key().get(pattern, ""))
    if field is None:
        return Answer(answer, str(answer))
    return Answer(answer, _shown_together(field, alike) if len(alike) > 1 else shown_value(field, answer))


def _shown_together(field: Field, alike: Sequence[Any]) -> str:
    """Return several answers that come to the same as one: "none, anxiety or other", "30 or more"."""
    if field.type != "number":
        words = [shown_value(field, word) for word in alike]
        return f"{', '.join(words[:-1])} or {words[-1]}"
    (least, most), (lowest, highest) = alike, field.bounds or (0, 0)
    if least == most:
        return str(least)
    if (least, most) == (lowest, highest):
        return "any number"
    if most == highest:
        return f"{least} or more"
    return f"{most} or less" if least == lowest else f"{least} to {most}"


@dataclass(frozen=True, slots=True)
class TellsChanges:
    """Tells changes of one intake in words.

    Attributes:
        before: the intake as it is.
        wording: the words of the rule set for it.
        space: the answers that could be otherwise.

    """

    before: Intake
    wording: Wording
    space: Space

    def changes(
        self,
        changes: Mapping[str, Any],
        *,
        event: str = "",
        left_out: Collection[str] = (),
        after: tuple[Intake, Wording] | None = None,
        as_groups: bool = True,
    ) -> tuple[ChangedAnswer, ...]:
        """Return changes in words, those left out last.

        Args:
            changes: place → plain answer.
            event: the place of an event that one of the changes adds to its list.
            left_out: the places of answers whose questions do not arise any more.
            after: the changed intake and its words, where it has other people or subjects.
            as_groups: whether each new answer stands for all that the rules cannot tell from it.

        """
        kinds = {answer.place: answer.kind for answer in self.space.changeable(self.before)}
        intake, wording = after or (self.before, self.wording)
        told = []
        for place in sorted(changes, key=lambda one: one in left_out):
            if event and place == event.partition("[")[0]:
                told.append(_added(self.before, event, changes[place][-1], self.wording))
                continue
            now = _at(self.before, place)
            kind = "left_out" if place in left_out else kinds.get(place, "open" if now is None else "answer")
            was = told_answer(self.before, place, now, self.wording)
            alike = self.space.alike(place, changes[place]) if as_groups else ()
            becomes = told_answer(intake, place, changes[place], wording, alike)
            told.append(
                ChangedAnswer(place, kind, question_at(place, wording), about(intake, place, wording), was, becomes)
            )
        return tuple(told)


def _at(intake: Intake, place: str) -> Any:
    try:
        return places.at(intake, places.parse(place))
    except LookupError:
        return None


def _added(before: Intake, place: str, entry: Mapping[str, Any], wording: Wording) -> ChangedAnswer:
    part = place.partition("[")[0]
    kind = SUBJECT_LISTS[part]
    told = {name: told_answer(before, f"{place}.{name}", answer, wording) for name, answer in entry.items()}
    meanings = {name: _meaning(f"{kind}.{name}") for name in told}
    shown = "; ".join(f"{meanings[name]}: {answer.shown}" for name, answer in told.items())
    after = Answer(
        {name: answer.value for name, answer in told.items()}, f"one more {kind}{f' ({shown})' if shown else ''}"
    )
    return ChangedAnswer(place, "event", question_at(part, wording), "", Answer(None, "not there"), after)


def _meaning(key: str) -> str:
    field = fields().get(key)
    return key.partition(".")[2].replace("_", " ") if field is None else field.meaning.partition(";")[0]


def _reference(intake: Intake, place: str) -> str:
    """Return what the answer at a place refers to: a person, a subject, or nothing."""
    part, _, name = place.rpartition(".")
    if name == "person":
        return "person"
    if part != "view":
        return ""
    asked = declared(type(intake.view), name)
    return asked.to if isinstance(asked, Refers) else ""


def _person(intake: Intake, reference: str, wording: Wording) -> Answer:
    if reference == NOBODY:
        return Answer(NOBODY, "nobody")
    people = intake.inventory.people or ()
    number = next(number for number, person in enumerate(people) if person.id == reference)
    return Answer(f"inventory.people[{number}]", wording.inventory_person(number))
