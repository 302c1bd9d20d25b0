"""Relations between an intake and the same intake told otherwise, or with more or fewer answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, TypeVar

from ipt_rules.drawn.intakes import answer_one, answered, complete
from ipt_rules.errors import IntakeError
from ipt_rules.intake import PARTS_OF_THE_PATIENT, SUBJECT_LISTS, Intake
from ipt_rules.open_answers import all_open_places, with_answers
from ipt_rules.places import at, parse, pattern
from ipt_rules.records import NOBODY
from ipt_rules.ruleset.conditions import All, Comparison, comparisons
from ipt_rules.testing.relations.some_rules import some_rules
from ipt_rules.testing.relations.told import areas, differences, found, row_by_row, told
from ipt_rules.values import NOT_ARISING
from ipt_rules.vocabulary import fields

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipt_rules.drawn.intakes import Chooser
    from ipt_rules.pipeline import Result
    from ipt_rules.ranking import Evaluated
    from ipt_rules.ruleset.conditions import Condition
    from ipt_rules.ruleset.model import Ruleset
    from ipt_rules.testing.relations.told import Evaluates
    from ipt_rules.values import Value

T = TypeVar("T")

YEARS: Final = 28
"""After so many years the calendar repeats, from 1901 to 2099."""
_FIRST, _LAST = 1901, 2099 - YEARS
FEW: Final = 12
"""Rules that leave enough questions unread."""


# ── the same, told otherwise ─────────────────────────────────────────────────────────────────────────────────────────────


def same_again(evaluates: Evaluates, ruleset: Ruleset, intake: Intake, choose: Chooser) -> list[str]:
    """Say that an intake has the same result when it is evaluated again, after another one."""
    first = evaluates(intake, ruleset)
    evaluates(complete(choose, intake), ruleset)
    again = evaluates(Intake.model_validate(intake.to_dict()), ruleset)
    return differences(ruleset, first, again) or ([] if first == again else ["the results differ"])


def order_of_the_intake(evaluates: Evaluates, ruleset: Ruleset, intake: Intake, choose: Chooser) -> list[str]:
    """Say that it does not matter in which order subjects, people and ties are written, nor what people are called."""
    return differences(ruleset, evaluates(intake, ruleset), evaluates(rewritten(intake, choose), ruleset))


def rewritten(intake: Intake, choose: Chooser) -> Intake:
    """Return the same intake with every list in another order and every person under another id."""
    plain = intake.to_dict()
    plain.pop("asked_without_answer", None)
    inventory = plain.get("inventory", {})
    people = inventory.get("people") or []
    names = {person["id"]: f"x{choose.number(0, 10**6)}-{number}" for number, person in enumerate(people)}
    for person in people:
        person["id"] = names[person["id"]]
    _shuffle(choose, people)
    for tie in inventory.get("ties") or []:
        ends = [names[one] for one in tie["between"]]
        tie["between"] = ends[::-1] if choose.chance(50) else ends
    _shuffle(choose, inventory.get("ties") or [])
    moved = _subjects_moved(plain, names, choose)
    for field, place in plain.get("view", {}).items():
        plain["view"][field] = moved.get(place, place)
    return Intake.model_validate(plain)


def _subjects_moved(plain: dict[str, Any], names: dict[str, str], choose: Chooser) -> dict[str, str]:
    """Put the subjects in another order; return where each stands now."""
    moved = {}
    for part in SUBJECT_LISTS:
        subjects = plain.get(part) or []
        for subject in subjects:
            if subject.get("person", NOBODY) != NOBODY:
                subject["person"] = names[subject["person"]]
        order = list(range(len(subjects)))
        _shuffle(choose, order)
        subjects[:] = [subjects[old] for old in order]
        moved.update({f"{part}[{old}]": f"{part}[{new}]" for new, old in enumerate(order)})
    return moved


def _shuffle(choose: Chooser, entries: list[T]) -> None:
    for position in range(len(entries) - 1, 0, -1):
        other = choose.number(0, position)
        entries[position], entries[other] = entries[other], entries[position]


def names_and_notes(evaluates: Evaluates, ruleset: Ruleset, intake: Intake, choose: Chooser) -> list[str]:
    """Say that names and free text, which are for people, change nothing."""
    plain = intake.to_dict()
    text = choose.one_of(("a note", "true", "0", "unknown"))
    subjects = [subject for part in SUBJECT_LISTS for subject in plain.get(part) or ()]
    people = plain.get("inventory", {}).get("people") or []
    for record in [plain, *subjects, *people]:
        record["note"] = text
    for person in people:
        person |= {"name": text, "relation": text}
    one, other = evaluates(intake, ruleset), evaluates(Intake.model_validate(plain), ruleset)
    return differences(ruleset, one, other) or ([] if one == other else ["the results differ"])


def dates_shifted(evaluates: Evaluates, ruleset: Ruleset, intake: Intake, choose: Chooser) -> list[str]:
    """Say that the same story 28 years later, when the calendar repeats, has the same result."""
    plain = intake.to_dict()
    if not all(_FIRST <= int(text[:4]) <= _LAST for text in _dates(plain)):
        return []
    later = Intake.model_validate(_shifted(plain))
    return differences(ruleset, evaluates(intake, ruleset), evaluates(later, ruleset))


_DATE: Final = re.compile(r"\d{4}(-\d\d){0,2}")
_FREE: Final = ("id", "person", "between", "name", "relation", "note")


def _is_dated(key: str, value: Any) -> bool:
    return isinstance(value, str) and key not in _FREE and bool(_DATE.fullmatch(value))


def _dates(plain: Any, key: str = "") -> Iterator[str]:
    """Yield every date of a plain intake."""
    if isinstance(plain, dict):
        for name, value in plain.items():
            yield from _dates(value, name)
    elif isinstance(plain, list | tuple):
        for value in plain:
            yield from _dates(value, key)
    elif _is_dated(key, plain):
        yield plain


def _shifted(plain: Any, key: str = "") -> Any:
    """Return the same with every date so much later."""
    if isinstance(plain, dict):
        return {name: _shifted(value, name) for name, value in plain.items()}
    if isinstance(plain, list | tuple):
        return [_shifted(value, key) for value in plain]
    return f"{int(plain[:4]) + YEARS}{plain[4:]}" if _is_dated(key, plain) else plain


def a_twin(evaluates: Evaluates, ruleset: Ruleset, intake: Intake, choose: Chooser) -> list[str]:
    """Say that the same subject recorded twice has the same findings on both rows."""
    parts = [part for part in SUBJECT_LISTS if getattr(intake, part)]
    if not parts:
        return []
    part = choose.one_of(parts)
    plain = intake.to_dict()
    position = choose.number(0, len(plain[part]) - 1)
    plain[part] = [*plain[part], dict(plain[part][position])]
    try:
        result = evaluates(Intake.model_validate(plain), ruleset)
    except IntakeError:  # one that there can be only once
        return []
    rows = {entry.row.place: entry for entry in result.evaluated if entry.row.place}
    one, other = rows[f"{part}[{position}]"], rows[f"{part}[{len(plain[part]) - 1}]"]
    if one.row.cells != other.row.cells:  # the patient's own view points to one of them
        return []
    return told(found(ruleset, [one]), found(ruleset, [other]))


# ── more answers, fewer answers ──────────────────────────────────────────────────────────────────────────────────────────


def one_more_answer(evaluates: Evaluates, ruleset: Ruleset, intake: Intake, choose: Chooser) -> list[str]:
    """Say that an answer to an open question takes no finding away, and makes none possible that was not.

    Rules that ask whether something is known are left out, and so are the rows of standings and foci.
    """
    step = answer_one(choose, intake)
    fuller = step[1] if step and choose.chance(50) else complete(choose, intake, share=60)
    old, new = evaluates(intake, ruleset), evaluates(fuller, ruleset)
    differing = []
    for entry, other in _grown(old, new):
        lost = [f"{rule} held on a {entry.row.kind} row" for rule in _lost(ruleset, entry.holding, other.holding)]
        won = [
            f"{rule} could not hold on a {entry.row.kind} row"
            for rule in _lost(ruleset, other.possible, entry.possible)
        ]
        differing += [*lost, *won]
    return differing


def _grown(old: Result, new: Result) -> Iterator[tuple[Evaluated, Evaluated]]:
    """Yield each row of subjects and the patient, beside what it became; one that was not asked for, beside all it became."""
    rows = {(entry.row.kind, entry.row.place): entry for entry in new.evaluated}
    for entry in old.evaluated:
        if entry.row.kind in SUBJECT_LISTS.values() and not entry.row.place:
            yield from ((entry, other) for other in new.evaluated if other.row.kind == entry.row.kind)
        elif entry.row.kind != "standing":
            yield entry, rows[entry.row.kind, entry.row.place]


def _lost(ruleset: Ruleset, before: Sequence[int], after: Sequence[int]) -> list[str]:
    rules = [ruleset.rules[position] for position in sorted({*before} - {*after})]
    return [rule.id for rule in rules if not _asks_what_is_known(rule.condition)]


def _asks_what_is_known(condition: Condition) -> bool:
    return any(one.operator in ("known", "not_known") for one in comparisons(condition))


def within_bounds(evaluates: Evaluates, ruleset: Ruleset, intake: Intake, choose: Chooser) -> list[str]:
    """Say that answers never put an area's points outside its bounds, never widen them, and never unsettle what is settled."""
    fuller = complete(choose, intake, share=choose.one_of((60, 100)))
    old, new = evaluates(intake, ruleset), evaluates(fuller, ruleset)
    before = {standing.area: standing.bounds for standing in old.ranking}
    differing = [
        f"{after.area} leaves its bounds"
        for after in new.ranking
        if not before[after.area].least
        <= after.bounds.least
        <= after.points
        <= after.bounds.most
        <= before[after.area].most
    ]
    kept = not old.settled or (new.settled and old.ranking[0].area == new.ranking[0].area)
    return [*differing, *([] if kept else [f"{old.ranking[0].area} was settled"])]


def unread_answer(evaluates: Evaluates, ruleset: Ruleset, intake: Intake, choose: Chooser) -> list[str]:
    """Say that answers to questions that no rule reads change nothing; all those that are open are answered."""
    few = some_rules(choose, ruleset, FEW)
    read = {path for name in few.reads for path in (fields()[name].path, *fields()[name].reads)}
    full = complete(choose, intake)
    given = {place: at(full, parse(place)) for place in all_open_places(intake) if not _is_read(place, read)}
    old, new = evaluates(intake, few), evaluates(answered(intake, given), few)
    ids = [rule.id for rule in few.rules]
    return [*row_by_row(old.evaluated, new.evaluated, ids, ids, frozenset(ids)), *areas(old, new)]


def _is_read(place: str, read: set[str]) -> bool:
    """Return whether some field comes from a place; lists, and what points to people and subjects, are taken to be read."""
    known = pattern(place)
    if place.startswith("view.") or known.endswith(".person"):
        return True
    if "[" not in place and place.partition(".")[0] not in PARTS_OF_THE_PATIENT:
        return True
    return any(path.startswith(known) for path in read)


def safety_unknown(evaluates: Evaluates, ruleset: Ruleset, intake: Intake, choose: Chooser) -> list[str]:
    """Say that no strategy is proposed while a condition of safety that it needs is not known, or known not to hold."""
    old = evaluates(intake, ruleset)
    asked = [
        place
        for strategy in (*old.plan.strategies, *(one.strategy for one in old.plan.withheld))
        for field in _needed(strategy.proposal.needs)
        for place in strategy.finding.row.paths(field)[:1]
        if "[]" not in place
    ]
    differing = _unsafe(old)
    if asked:
        try:
            fewer = with_answers(intake, {choose.one_of(asked): None})
        except IntakeError:  # another answer rests on this one
            return differing
        differing += _unsafe(evaluates(fewer, ruleset))
    return differing


def _needed(needs: Condition | None) -> list[str]:
    """Return the fields that must all be known for a condition of safety to hold."""
    parts = needs.parts if isinstance(needs, All) else (needs,)
    return [part.field for part in parts if isinstance(part, Comparison)]


def _unsafe(result: Result) -> list[str]:
    return [
        f"{strategy.finding.rule.id} is proposed, and what it needs is not known"
        for strategy in result.plan.strategies
        if any(_silent(strategy.finding.row.value(field)) for field in _needed(strategy.proposal.needs))
    ]


def _silent(value: Value) -> bool:
    return value is None or value is NOT_ARISING
