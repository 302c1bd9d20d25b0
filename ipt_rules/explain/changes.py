"""What could be otherwise in an intake: every answer that the ranking reads, with the other answers that rules can tell apart."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ipt_rules import places
from ipt_rules.engines.reference import holds
from ipt_rules.explain.dates_apart import dates_apart
from ipt_rules.intake import SUBJECT_LISTS
from ipt_rules.inventory import Inventory
from ipt_rules.open_answers import open_places
from ipt_rules.records import NO_SUBJECT, NOBODY, Asked, Refers, arises, bounds, declared, is_flag, most_items, options
from ipt_rules.ruleset.conditions import comparisons
from ipt_rules.vocabulary import RECORDS, fields, path_to_key
from ipt_rules.ways_back import proposed_way

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pydantic import BaseModel

    from ipt_rules.intake import Intake
    from ipt_rules.ruleset.conditions import Comparison
    from ipt_rules.ruleset.model import Ruleset

LISTS: Final = (*SUBJECT_LISTS, "inventory.people", "inventory.ties")
"""The lists of an intake that may not have been asked for."""


@dataclass(frozen=True, slots=True)
class Changeable:
    """One answer that could be otherwise.

    Attributes:
        place: where it stands.
        kind: ``open`` (not answered), ``answer`` or ``history`` (it tells of what has happened).
        now: the answer as it is, plain; None when open.
        price: what changing it costs, by the rule set.

    """

    place: str
    kind: str
    now: Any
    price: int


class Space:
    """The answers of an intake that a rule set's ranking reads.

    Args:
        ruleset: the rules that decide the ranking.

    """

    def __init__(self, ruleset: Ruleset) -> None:
        self._scoring = ruleset.scoring
        self.tests = _tests(ruleset)
        self.patterns = _patterns(frozenset(self.tests), frozenset(rule.kind for rule in ruleset.rules))

    def changeable(self, intake: Intake, *, arising: bool = True) -> list[Changeable]:
        """Return the answers that could be otherwise, in the order of the intake.

        Who a subject is about, the lists of what is recorded and the clinician's judgements stay as they are where they are known.

        Args:
            intake: the intake as it is.
            arising: leave out the questions that do not arise with the answers as they are.

        """
        found = []
        for pattern in self.patterns:
            for place in _expanded(intake, pattern):
                record, name = _holder(intake, place)
                now = getattr(record, name)
                asked = declared(type(record), name)
                fixed = now is not None and (place in LISTS or (isinstance(asked, Refers) and asked.to == "person"))
                if now is None and arising and not any(open_places(intake, place)):
                    continue
                if not fixed and not (isinstance(asked, Asked) and asked.judgement):
                    kind = "open" if now is None else self._kind(pattern)
                    found.append(Changeable(place, kind, _plain(now), self._scoring.prices[kind]))
        return found

    def tellings(self, intake: Intake, place: str) -> tuple[Any, ...]:
        """Return the other answers that a place could have with nothing added: a list not asked for may turn out empty."""
        return ([],) if place in LISTS else self.other_answers(intake, place)

    def open_answers(self, intake: Intake) -> list[Changeable]:
        """Return the open questions that the ranking reads, and the dates that could be told more exactly."""
        return [
            answer for answer in self.changeable(intake) if answer.kind == "open" or _is_partial(intake, answer.place)
        ]

    def _kind(self, pattern: str) -> str:
        return "history" if path_to_key().get(pattern) in self._scoring.history else "answer"

    def other_answers(self, intake: Intake, place: str, *, completing: bool = False) -> tuple[Any, ...]:
        """Return the answers that a place could have instead of its own: one for each that the rules can tell apart.

        Args:
            intake: the intake as it is.
            place: where the answer stands.
            completing: only those that a fuller telling of what is known allows.

        """
        record, name = _holder(intake, place)
        now = getattr(record, name)
        if place in LISTS:
            return self._lists(intake, place)
        asked = declared(type(record), name)
        if isinstance(asked, Refers):
            found = _references(intake, record, asked, place)
        elif is_flag(type(record), name):
            found = [True, False]
        elif words := options(type(record), name):
            found = self._words(places.pattern(place), words)
        elif limits := bounds(type(record), name):
            found = self._numbers(places.pattern(place), limits)
        else:
            return dates_apart(intake, place, self.tests, completing=completing)
        same = () if now is None else self.alike(place, now)
        if len(same) == 2 and bounds(type(record), name):
            same = (same[0],)  # a stretch of numbers is told by its least
        return tuple([answer for answer in found if answer not in same])

    def alike(self, place: str, answer: Any) -> tuple[Any, ...]:
        """Return all answers that the rules cannot tell from one: words, or the ends of a stretch of numbers; else that one."""
        pattern = places.pattern(place)
        field = next((one for one in fields().values() if one.path == pattern and not one.is_derived), None)
        if field is None or field.type == "flag" or not isinstance(answer, str | int):
            return (answer,)
        if field.type == "choice":
            return next(group for group in self._groups(pattern, field.options) if answer in group)
        low, high = field.bounds or (0, 0)
        starts = [*self._numbers(pattern, (low, high)), high + 1]
        least = max(start for start in starts if start <= answer)
        return (least, min(start for start in starts if start > answer) - 1)

    def _words(self, pattern: str, words: Sequence[str]) -> list[Any]:
        """Return one word of each group that no rule, and nothing that rules read, can tell apart."""
        return [group[0] for group in self._groups(pattern, words)]

    def _groups(self, pattern: str, words: Sequence[str]) -> list[tuple[str, ...]]:
        field = next((one for one in fields().values() if one.path == pattern and not one.is_derived), None)
        if field is None or _decides_more(pattern):
            return [(word,) for word in words]
        codes = {word: code if field.ordered else word for code, word in enumerate(words)}
        tests = [test for test in self.tests.get(field.name, ()) if test.value is not None]
        groups: dict[tuple[bool, ...], tuple[str, ...]] = {}
        for word in words:
            key = tuple([holds(test, codes[word]) for test in tests])
            groups[key] = (*groups.get(key, ()), word)
        return list(groups.values())

    def _numbers(self, pattern: str, limits: tuple[int, int]) -> list[Any]:
        """Return the least number of each stretch that the rules can tell apart."""
        field = next(one for one in fields().values() if one.path == pattern and not one.is_derived)
        return _one_of_each([test for test in self.tests.get(field.name, ()) if test.value is not None], limits)

    def _lists(self, intake: Intake, place: str) -> tuple[Any, ...]:
        """Return what a list that was not asked for could hold: nothing, one entry, or people as some rule counts them."""
        if place in SUBJECT_LISTS:
            return ([], [{}])
        found: list[Any] = []
        for name in sorted(self.tests):
            if fields()[name].is_derived and place in fields()[name].reads and name.startswith("network."):
                limits = fields()[name].bounds or (0, 1)
                wanted = _one_of_each(self.tests[name], limits) if fields()[name].type == "number" else [True, False]
                ways = [proposed_way(intake, name, "", one) or {} for one in wanted]
                found += [way[place] for way in ways if way.keys() == {place} and way[place] not in found]
        most = most_items(Inventory, place.rpartition(".")[2]) or 0
        return (*[one for one in found if 0 < len(one) <= most], [])


@functools.lru_cache(maxsize=8)
def space_of(ruleset: Ruleset) -> Space:
    """Return the space of a rule set's ranking, made once."""
    return Space(ruleset)


def with_left_out(intake: Intake, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return changes of answers, and None for each answer to a question that then does not arise any more."""
    dropped = [one for place, answer in changes.items() for one in _no_longer_arising(intake, place, answer)]
    return {**dict.fromkeys(dropped), **changes}


def _no_longer_arising(intake: Intake, place: str, answer: Any) -> list[str]:
    steps = places.parse(place)
    if len(steps) < 2 or isinstance(steps[-1], int) or not isinstance(answer, str):
        return []
    record = places.at(intake, steps[:-1])
    changed = record.model_copy(update={steps[-1]: answer})
    dropped = [
        name for name in type(record).model_fields if getattr(record, name) is not None and not _stays(changed, name)
    ]
    return [places.written((*steps[:-1], name)) for name in dropped]


def _stays(record: BaseModel, name: str) -> bool:
    asked = declared(type(record), name)
    return not isinstance(asked, Asked) or asked.only_if is None or arises(record, name)


def _tests(ruleset: Ruleset) -> dict[str, list[Comparison]]:
    """Return the comparisons of the rules that decide the ranking, by field, each once."""
    found: dict[str, list[Comparison]] = {}
    for rule in ruleset.rules:
        for comparison in comparisons(rule.condition):
            tests = found.setdefault(comparison.field, [])
            if comparison not in tests:
                tests.append(comparison)
    return found


def _patterns(reads: frozenset[str], kinds: frozenset[str]) -> tuple[str, ...]:
    """Return the places, with ``[]`` for positions, of all questions that fields and rows come from, in the order of the intake."""
    found = {part for part, kind in SUBJECT_LISTS.items() if kind in kinds}
    for name in reads:
        field = fields()[name]
        found |= set(field.reads) or {field.path}
        if field.group == "tie":
            found |= {f"{part}[].person" for part, kind in SUBJECT_LISTS.items() if kind != "isolation"}
    found |= {part for pattern in found for part in LISTS if pattern.startswith(part)}
    found |= {decider(pattern) or pattern for pattern in found}
    return tuple(pattern for pattern in path_to_key() if pattern in found)


def decider(pattern: str) -> str | None:
    """Return the pattern of the answer that decides whether the question at a place arises."""
    holder, _, name = pattern.rpartition(".")
    record = next((RECORDS[SUBJECT_LISTS[part]] for part in SUBJECT_LISTS if holder == f"{part}[]"), None)
    record = RECORDS["tie"] if holder == "inventory.people[]" else record
    asked = None if record is None else declared(record, name)
    return f"{holder}.{asked.only_if[0]}" if isinstance(asked, Asked) and asked.only_if else None


def deciding(place: str) -> str | None:
    """Return the place, of the same subject or person, of the answer that decides whether the question at a place arises."""
    found = decider(places.pattern(place))
    return None if found is None else f"{place.rpartition('.')[0]}.{found.rpartition('.')[2]}"


@functools.cache
def _decides_more(pattern: str) -> bool:
    """Return whether an answer decides which questions arise, or is read by computed fields."""
    read = any(pattern in field.reads for field in fields().values())
    return read or any(decider(other) == pattern for other in path_to_key())


def _one_of_each(tests: Sequence[Comparison], limits: tuple[int, int]) -> list[int]:
    """Return the least number of each stretch between the constants of some comparisons."""
    low, high = limits
    cuts = {low}
    for test in tests:
        if isinstance(test.value, int):
            cuts |= {test.value, test.value + 1} if test.operator != "at_least" else {test.value}
    return sorted(cut for cut in cuts if low <= cut <= high)


def _expanded(intake: Intake, pattern: str) -> Iterator[str]:
    """Yield the places of a pattern that an intake has."""
    head, found, rest = pattern.partition("[]")
    if not found:
        yield pattern
        return
    entries = places.at(intake, places.parse(head)) or ()
    yield from (f"{head}[{number}]{rest}" for number in range(len(entries)))


def _holder(intake: Intake, place: str) -> tuple[BaseModel, str]:
    steps = places.parse(place)
    record = places.at(intake, steps[:-1]) if len(steps) > 1 else intake
    return record, str(steps[-1])


def _references(intake: Intake, record: BaseModel, asked: Refers, place: str) -> list[Any]:
    if asked.to == "subject":
        return [*(subject for subject, _ in intake.subjects()), NO_SUBJECT]
    people = [person.id for person in intake.inventory.people or ()]
    return people if place.startswith("disputes") else [*people, NOBODY]


def _plain(answer: Any) -> Any:
    return answer.model_dump(mode="json") if hasattr(answer, "model_dump") else answer


def _is_partial(intake: Intake, place: str) -> bool:
    when = places.at(intake, places.parse(place))
    first, last = when.span(intake.assessed_on) if hasattr(when, "span") else (0, 0)
    return bool(first != last)
