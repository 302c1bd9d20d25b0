"""Reading an intake from a FHIR R4 QuestionnaireResponse; all that is wrong is told at once, each with its link id."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any, Final

from ipt_rules import places
from ipt_rules.errors import IntakeError, Problem
from ipt_rules.intake import Intake
from ipt_rules.interop.fhir_response import VALUES
from ipt_rules.interop.fhir_words import (
    ASKED_AS,
    DATA_ABSENT_REASON,
    EMPTY_TEXT,
    QUESTIONNAIRE,
    WITHOUT_ANSWER,
    extended,
    of_a_response,
    system_of,
)
from ipt_rules.interop.form import Item, by_place, form
from ipt_rules.malformed import MOST_PROBLEMS, problem
from ipt_rules.malformed import by_place as sorted_by_place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

HEADING: Final = "The questionnaire response cannot be read:"
_WRONG: Final = object()
"""Stands for an answer that cannot be read: the intake leaves it out and looks for contradictions among the rest."""

MOST_COMPARED: Final = 100
"""How many characters of an unknown link id are compared with known ones."""

_ON_A_SERVER: Final = re.compile(r"(?:[^\s]+/)?Questionnaire/[A-Za-z0-9.-]{1,64}")
_ASKED: Final = "asked_without_answer"
_MOST_WORDS: Final = 20
_LAST: Final = 1_000_000
"""Puts a question without a place in the list of those without an answer at its end."""


def intake_from(given: Any) -> Intake:
    """Return the intake that a QuestionnaireResponse holds.

    Args:
        given: the response as JSON holds it, to the questionnaire that ``questionnaire`` returns.

    Raises:
        IntakeError: with everything that is wrong; each problem names its link id, and nothing that was answered.

    """
    if wrong := [*of_a_response(given), *_of_another_form(given)]:
        raise IntakeError(HEADING, wrong)
    reader = _Reader()
    record = reader.record(given.get("item", []), form(), ())
    return reader.intake(record)


def _of_another_form(given: Any) -> Iterator[Problem]:
    """Yield that a response answers another form; where it names one by its place on a server, the link ids will tell."""
    asked = given.get("questionnaire") if isinstance(given, dict) else None
    named = asked.partition("|")[0] if isinstance(asked, str) else ""
    if asked is not None and named != QUESTIONNAIRE and not _ON_A_SERVER.fullmatch(named):
        yield Problem("", 0, 0, "questionnaire", f"this answers another questionnaire than {QUESTIONNAIRE}")


class _Reader:
    """Reads items into plain answers, and keeps what is wrong."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []
        self._silent: dict[str, int] = {}

    def intake(self, record: dict[str, Any]) -> Intake:
        """Return the intake that the plain answers make."""
        intake: Intake | None = None
        silent = sorted(self._silent, key=lambda place: self._silent[place])
        try:
            intake = Intake.model_validate({**record, _ASKED: silent})
        except IntakeError as error:
            told = {problem.path for problem in self._problems}
            self._problems += [
                one for one in (_placed(found, silent) for found in error.problems) if one.path not in told
            ]
        if self._problems or intake is None:
            raise IntakeError(HEADING, [_with_link_id(one) for one in sorted(self._problems, key=sorted_by_place)])
        return intake

    def record(self, given: Any, items: Sequence[Item], at: places.Steps) -> dict[str, Any]:
        """Return the answers that items give, as a plain record."""
        found = self._by_link_id(given, items, at)
        answers: dict[str, Any] = {}
        for item in items:
            here = (*at, item.moment or item.name)
            if item.type == "any":
                _put(answers, item, self._list(item, found, here))
            elif item.type != "group":
                _put(answers, item, self._answered(item, found.get(item.place, []), here))
            elif not item.repeats and (entry := self._only(item, found.get(item.place, []), here)):
                answers[item.name] = self._group(item, entry, here)
        return answers

    def _by_link_id(self, given: Any, items: Sequence[Item], at: places.Steps) -> dict[str, list[dict[str, Any]]]:
        known = {item.place: item for item in items}
        found: dict[str, list[dict[str, Any]]] = {}
        if not isinstance(given, list):
            self._tell(at, "'item' must be a list of items")
            return found
        for entry in given:
            link_id = entry.get("linkId") if isinstance(entry, dict) else None
            if not isinstance(link_id, str):
                self._tell(at, "holds an item without a linkId that is text")
            elif link_id not in known:
                enough = len(self._problems) >= MOST_PROBLEMS  # a near one takes long to find
                self._tell(at, "" if enough else _unknown(link_id))
            else:
                found.setdefault(link_id, []).append(entry)
        return found

    def _list(self, asked: Item, found: Mapping[str, list[dict[str, Any]]], here: places.Steps) -> Any:
        """Return the entries of a list, empty where there are none; None where nobody asked."""
        group = by_place()[f"{asked.place}[]"]
        given = found.get(group.place, [])
        if len(given) > group.most:  # their answers are not looked at: there could be any number of them
            return self._wrong(here, f"has too many entries; at most {group.most} are allowed")
        entries = [self._group(group, entry, (*here, position)) for position, entry in enumerate(given)]
        there_are = self._answered(asked, found.get(asked.place, []), here)
        if there_are is True and not entries:
            return self._wrong(
                here, f"says that there are some, and no {group.place} follows; add them, or leave this open"
            )
        if there_are in (None, False) and entries:
            return self._wrong(here, f"{group.place} follows without a yes to this; answer true, or leave those out")
        return entries if isinstance(there_are, bool) else there_are

    def _group(self, item: Item, entry: dict[str, Any], here: places.Steps) -> dict[str, Any]:
        if "answer" in entry:
            self._tell(here, "is a group: it holds items and takes no answer")
        return self.record(entry.get("item", []), item.items, here)

    def _only(self, item: Item, entries: list[dict[str, Any]], here: places.Steps) -> dict[str, Any] | None:
        if len(entries) > 1:
            self._tell(here, f"is there {len(entries)} times; an item that does not repeat stands once")
        return entries[0] if entries else None

    def _answered(self, item: Item, entries: list[dict[str, Any]], here: places.Steps) -> Any:
        """Return the answer to an item: None where there is none, and what stands for it where it cannot be read."""
        entry = self._only(item, entries, here)
        if entry is None:
            return None
        answers = entry.get("answer", [])
        if not isinstance(answers, list) or not all(isinstance(answer, dict) for answer in answers):
            return self._wrong(here, "'answer' must be a list of answers")
        if "item" in entry or any("item" in answer for answer in answers):
            return self._wrong(here, "holds no items below it")
        if any(_absent_because(one) in WITHOUT_ANSWER for one in (entry, *answers)):
            self._asked_in_vain(entry, here)
        answers = [answer for answer in answers if _absent_because(answer) is None]
        if not answers:
            return None
        if len(answers) > item.most:
            return self._wrong(here, f"has {len(answers)} answers; at most {item.most} can be given")
        values = [_value(item, answer) for answer in answers]
        if any(value is _WRONG for value in values):
            return self._wrong(here, _wanted(item))
        return values if item.most > 1 else values[0]

    def _asked_in_vain(self, entry: dict[str, Any], here: places.Steps) -> None:
        position = extended(entry, ASKED_AS, "valueInteger")
        self._silent.setdefault(places.written(here), position if type(position) is int else _LAST)

    def _wrong(self, here: places.Steps, what: str) -> Any:
        self._tell(here, what)
        return _WRONG

    def _tell(self, here: places.Steps, what: str) -> None:
        if len(self._problems) < MOST_PROBLEMS:
            self._problems.append(problem(here, what))


def _placed(found: Problem, silent: Sequence[str]) -> Problem:
    """Return a problem at the question itself, where it is about what was asked without an answer."""
    steps = places.parse(found.path) if found.path else ()
    if steps[:1] == (_ASKED,) and len(steps) > 1 and isinstance(steps[1], int):
        return Problem("", 0, 0, silent[steps[1]], found.what)
    return found


def _put(answers: dict[str, Any], item: Item, value: Any) -> None:
    """Put an answer into a record; the parts of a moment are put together."""
    name = item.moment or item.name
    held = answers.get(name)
    if value is None or held is _WRONG:
        return
    if value is _WRONG or item.name == name:
        answers[name] = value
    else:
        so_far = held if isinstance(held, dict) else {} if held is None else {"date": held}
        answers[name] = {**so_far, item.name: value}


def _value(item: Item, answer: dict[str, Any]) -> Any:
    """Return the value of an answer, or what stands for it where it is of another type."""
    values = [key for key in answer if key.startswith("value")]
    if item.type == "text" and not values and extended(answer, EMPTY_TEXT, "valueBoolean") is True:
        return ""
    if values != [VALUES[item.type]]:
        return _WRONG
    value = answer[values[0]]
    if item.type == "choice":
        return _code(item, value)
    wanted = {"any": bool, "flag": bool, "number": int}.get(item.type, str)
    return value if type(value) is wanted else _WRONG


def _code(item: Item, coding: Any) -> Any:
    if not isinstance(coding, dict) or coding.get("system", system_of(item)) != system_of(item):
        return _WRONG
    code = coding.get("code")
    return code if isinstance(code, str) and code in item.options else _WRONG


def _wanted(item: Item) -> str:
    """Return what would be right as an answer to an item."""
    kind = VALUES[item.type]
    if item.type == "choice":
        return f"takes a {kind} of the system {system_of(item)}, one of: {_few(item.options)}"
    if item.bounds:
        return f"takes a {kind}, a whole number from {item.bounds[0]} to {item.bounds[1]}"
    if item.type == "date":
        partial = item.name == item.moment
        return f"takes a {kind}: {'2025, 2025-03 or 2025-03-14' if partial else 'a full date, such as 2026-03-14'}"
    return f"takes a {kind}{'' if item.type == 'text' else ', true or false'}"


def _few(words: Sequence[str]) -> str:
    """Return words as a list in which no more stand than a person reads."""
    if len(words) <= _MOST_WORDS:
        return ", ".join(words)
    return f"{words[0]}, {words[1]}, …, {words[-1]}"


def _absent_because(element: dict[str, Any]) -> str | None:
    reason = extended(element, DATA_ABSENT_REASON, "valueCode")
    return reason if isinstance(reason, str) else None


def _unknown(link_id: str) -> str:
    """Return what to say of a link id that is not known at its place, without repeating it."""
    elsewhere = by_place().get(link_id)
    if elsewhere is not None:
        above = link_id.removesuffix("[]").rpartition(".")[0]
        return f"holds the link id {link_id} at a wrong place; it stands {f'below {above}' if above else 'at the top'}"
    near = difflib.get_close_matches(link_id[:MOST_COMPARED], by_place(), n=1)
    if near:
        return f"holds an unknown link id; the nearest known one is {near[0]}"
    return "holds an unknown link id; the questionnaire has all that are known"


def _with_link_id(found: Problem) -> Problem:
    link_id = places.pattern(found.path)
    while link_id and link_id not in by_place():
        link_id = link_id[:-2] if link_id.endswith("[]") else link_id.rpartition(".")[0]
    what = f"{found.what} (link id {link_id})" if link_id else found.what
    return Problem("", 0, 0, found.path, what)
