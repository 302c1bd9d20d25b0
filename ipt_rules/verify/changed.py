"""An intake or a course changed so that one of its rows comes to lie in other cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ipt_rules import places
from ipt_rules.course import Course
from ipt_rules.errors import IntakeError
from ipt_rules.intake import SUBJECT_LISTS, Intake
from ipt_rules.open_answers import with_answers
from ipt_rules.records import NO_SUBJECT, NOBODY, Asked, declared
from ipt_rules.values import NotArising, Range
from ipt_rules.verify.plain_session import Session
from ipt_rules.verify.ways_of_sessions import OF_A_CONTRACT, set_contract, set_field
from ipt_rules.vocabulary import RECORDS, fields
from ipt_rules.ways_back import proposed_way

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ipt_rules.facts import Row
    from ipt_rules.ruleset import Ruleset
    from ipt_rules.ruleset.cells import Cell
    from ipt_rules.values import Value
    from ipt_rules.ways_back import Answers

_MENDED: Final = 4
"""How often answers that the new ones contradict are left open, one after the other."""

_OF_SESSIONS: Final = ("checkin", "event", "course")


def changed(case: Intake | Course, row: Row, cells: Mapping[str, Cell], ruleset: Ruleset) -> Intake | Course | None:
    """Return a case in which a row lies in other cells, as far as ways back are known; None where nothing could be changed.

    Args:
        case: the intake or the course.
        row: one of its rows.
        cells: by field, the cell that it has to lie in.
        ruleset: the rules, which say how a therapy is divided, and which answers the stage of a dispute is found by.

    """
    if not isinstance(case, Course):
        return _intake(case, row, cells, ruleset)
    own = {name: cell for name, cell in cells.items() if fields()[name].group in _OF_SESSIONS}
    others = {name: cell for name, cell in cells.items() if name not in own}
    focus = {name: cell for name, cell in others.items() if name.startswith("focus.")}
    course = _of_session(case, row, own, ruleset)
    intake = _intake(course.intake, row, {name: others[name] for name in others if name not in focus}, ruleset)
    plain = {**course.to_dict(), **({} if intake is None else {"intake": intake.to_dict()})}
    if focus:
        plain["foci"] = [_focus(one, row, focus) for one in plain.get("foci", ())]
    made = _valid(plain)
    return None if made == case else made


def _valid(plain: dict[str, Any]) -> Course | None:
    try:
        return Course.model_validate(plain)
    except IntakeError:
        return None


# ── intakes ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _intake(intake: Intake, row: Row, cells: Mapping[str, Cell], ruleset: Ruleset) -> Intake | None:
    """Return the intake with each of the fields changed that can be, one after the other."""
    before = intake
    for name, cell in cells.items():
        if name == "dispute.stage_found" and cell.value is None:
            intake = _answered(intake, _without_stage(row, cells, ruleset)) or intake
            continue
        for answers in _known_ways(intake, row, name, cell):
            mended = _answered(intake, answers)
            if mended is not None:
                intake = mended
                break
    return None if intake == before else intake


def _answered(intake: Intake, answers: Answers) -> Intake | None:
    """Return the intake with other answers; answers that they contradict are left open."""
    for _ in range(_MENDED):
        try:
            return with_answers(intake, answers)
        except (LookupError, ValueError):  # a recipe for another kind of row
            return None
        except IntakeError as error:
            at_odds = {problem.path for problem in error.problems} - {*answers}
            if not at_odds or not all(_is_answer(intake, place) for place in at_odds):
                return None
            answers = {**answers, **dict.fromkeys(at_odds)}
    return None


def _is_answer(intake: Intake, place: str) -> bool:
    try:
        return not isinstance(places.at(intake, places.parse(place)), tuple)
    except (LookupError, ValueError):
        return False


def _known_ways(intake: Intake, row: Row, name: str, cell: Cell) -> list[Answers]:
    """Return answers that may bring a field into a cell; none where a recipe does not fit the row."""
    try:
        return [way for way in _ways(intake, row, name, cell) if way]
    except (LookupError, ValueError):  # the row has no such subject, or no place at all
        return []


def _ways(intake: Intake, row: Row, name: str, cell: Cell) -> Iterator[Answers]:
    """Yield answers that may bring a field into a cell, the most direct first."""
    if cell.value is None:
        yield _opened(row, name)
    elif isinstance(cell.value, NotArising):
        yield from _not_arising(row, name)
    else:
        for value in dict.fromkeys((_inside(cell, row.value(name)), *cell.values)):
            assert value is not None and not isinstance(value, NotArising)  # noqa: PT018  # a cell of known values
            word = fields()[name].to_word(value)
            way = proposed_way(intake, name, row.place, word) if row.kind != "event" else _of_person(row, name, word)
            if way is not None:
                yield _with_deciders(way, row, name)
                yield way


def _of_person(row: Row, name: str, word: Any) -> Answers | None:
    """Return the answer about the person with whom an event was; of every other field of the row, the way of the intake."""
    group, _, answer = name.partition(".")
    if group != "tie":
        return {fields()[name].path: word} if "[]" not in fields()[name].path else None
    return {f"{_holder(row, group)}.{answer}": word} if row.person is not None else None


def _inside(cell: Cell, now: Value) -> Any:
    """Return the value of a cell of numbers that is nearest to the present one; of any other, its first."""
    if isinstance(now, Range):
        now = now.least
    if isinstance(cell.value, bool) or not isinstance(cell.value, int) or not isinstance(now, int):
        return cell.value
    return min(max(now, cell.value), int(cell.most))  # type: ignore[arg-type]  # the ends of a stretch of numbers


def _opened(row: Row, name: str) -> Answers:
    """Return what leaves open all that a field comes from."""
    whole = ("assessed_on", *SUBJECT_LISTS, "inventory.people")
    paths = [path for path in row.paths(name) if "[]" not in path and path not in whole]
    return dict.fromkeys(paths) if paths else {}


def _without_stage(row: Row, cells: Mapping[str, Cell], ruleset: Ruleset) -> Answers:
    """Return what leaves open by which stage of a dispute is found, but for what is asked for itself."""
    opened: Answers = {}
    for name in ruleset.fields_of_stages:
        if name not in cells:
            opened |= _opened(row, name)
    return opened


def _not_arising(row: Row, name: str) -> Iterator[Answers]:
    """Yield answers with which a question does not arise."""
    group, _, answer = name.partition(".")
    if group == "tie":
        yield {f"{row.place}.person": NOBODY}
    decider, words = _decides(name)
    if decider and group in RECORDS:
        others = [word for word in fields()[f"{group}.{decider}"].options if word not in words]
        for word in others:
            yield {f"{_holder(row, group)}.{decider}": word, f"{_holder(row, group)}.{answer}": None}
    yield _opened(row, name)


def _with_deciders(way: Answers, row: Row, name: str) -> Answers:
    """Return answers together with the one with which their question arises."""
    group = name.partition(".")[0]
    decider, words = _decides(name)
    if not decider or fields()[name].is_derived:
        return way
    options = fields()[f"{group}.{decider}"].options
    now = row.value(f"{group}.{decider}") if f"{group}.{decider}" in fields() else None
    if now in words or not options:
        return way
    return {f"{_holder(row, group)}.{decider}": words[0], **way}


def _holder(row: Row, group: str) -> str:
    return f"inventory.people[{row.person}]" if group == "tie" else row.place


def _decides(name: str) -> tuple[str, tuple[str, ...]]:
    group, _, answer = name.partition(".")
    if group not in RECORDS or answer not in RECORDS[group].model_fields:
        return "", ()
    asked = declared(RECORDS[group], answer)
    return asked.only_if or ("", ()) if isinstance(asked, Asked) else ("", ())


# ── courses ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _of_session(course: Course, row: Row, cells: Mapping[str, Cell], ruleset: Ruleset) -> Course:
    """Return the course with other answers in the session of a row, or before it, one field after the other."""
    if not cells:
        return course
    _, position, *event = (step for step in places.parse(row.place) if step != "events")
    for name, cell in sorted(cells.items(), key=lambda entry: (not fields()[entry[0]].is_derived, entry[0])):
        plain = course.to_dict()
        session = Session(plain, int(position), int(event[0]) if event else None, ruleset.scoring)
        if name in OF_A_CONTRACT:
            set_contract(session, {one: cells[one] for one in OF_A_CONTRACT if one in cells})
        elif fields()[name].is_derived:
            set_field(session, name, None if isinstance(cell.value, NotArising) else _inside(cell, row.value(name)))
        else:
            _record(session, name, None if isinstance(cell.value, NotArising) else _inside(cell, row.value(name)))
        course = _valid(plain) or course
    return course


def _record(session: Session, name: str, value: Any) -> None:
    """Give one answer of a session, or of an event."""
    group, _, answer = name.partition(".")
    holder = session.now if group == "checkin" else session.now["events"][session.event]
    if value is None:
        holder.pop(answer, None)
    else:
        holder[answer] = fields()[name].to_word(value)


def _focus(plain: dict[str, Any], row: Row, cells: Mapping[str, Cell]) -> dict[str, Any]:
    """Return an agreed focus with another area, where it is that of a row."""
    if (plain.get("subject") or NO_SUBJECT) != (row.place or NO_SUBJECT):
        return plain
    made = dict(plain)
    if "focus.area" in cells:
        made["area"] = cells["focus.area"].value
    if "focus.agreed" in cells:
        value = cells["focus.agreed"].value
        made["answer"] = {True: "agrees", False: "does_not_agree"}.get(value) if isinstance(value, bool) else None
    return made
