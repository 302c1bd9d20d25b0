"""What is expected of one case, line by line, for a clinician to sign: each rule that holds, on what, and what it then says.

A sheet is plain YAML, one line for each that is found. It is signed by a name behind its ``signed_by``; a signature is kept as long
as the case and the line stay what they were.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

import yaml

from ipt_rules.course import Course
from ipt_rules.course_wording import CourseWording
from ipt_rules.drawn.courses import known_now
from ipt_rules.engines.reference import trace
from ipt_rules.intake import Intake
from ipt_rules.ruleset.consequences import (
    Advice,
    Ask,
    Caution,
    Evidence,
    Formulation,
    Goal,
    HoldsBack,
    Link,
    Proposal,
    StageFound,
)
from ipt_rules.verify.witnesses import rows_of
from ipt_rules.wording import Wording
from ipt_rules.worked_cases import ranking_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipt_rules.facts import Row
    from ipt_rules.ruleset import Rule, Ruleset
    from ipt_rules.verify.witnesses import Case

Sheet: TypeAlias = dict[str, Any]

_HEAD: Final = """\
# What is expected of {name}: the rules that hold, row by row, and what each then says.
# Whoever agrees with a line writes their name behind its signed_by, and behind the first one when all lines are right.
"""
_NO_WRAP: Final = 1_000_000


def sheet_of(case: Case, ruleset: Ruleset) -> Sheet:
    """Return what is expected of a case, with nothing signed.

    Raises:
        EvaluationError: the rules could not be evaluated for it.

    """
    sheet: Sheet = {"signed_by": ""}
    if isinstance(case, Intake):
        sheet["standings"] = [{"signed_by": "", **standing} for standing in _standings(case, ruleset)]
    sheet["rows"] = [{"row": row, "lines": lines} for row, lines in _rows(case, ruleset)]
    return sheet


def as_yaml(sheet: Sheet, name: str) -> str:
    """Return a sheet as the text of its file.

    Args:
        sheet: the sheet.
        name: what the case is called.

    """
    parts = [_HEAD.format(name=name), f"signed_by: {_in_a_line(sheet['signed_by'])}\n"]
    if "standings" in sheet:
        parts += ["standings:\n", *(f"- {_in_a_line(line)}\n" for line in sheet["standings"])]
    parts.append("rows:\n")
    for row in sheet["rows"]:
        parts += [f"- row: {row['row']}\n  lines:\n", *(f"  - {_in_a_line(line)}\n" for line in row["lines"])]
    return "".join(parts)


def _in_a_line(value: Any) -> str:
    """Return a value as YAML on one line."""
    text = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, allow_unicode=True, width=_NO_WRAP)
    return text.removesuffix("\n").removesuffix("\n...")


def with_signatures(sheet: Sheet, signed: Sheet) -> Sheet:
    """Return a sheet with the signatures of an earlier one of the same case, where the line is still what was signed."""
    names = {_key(place, line): line["signed_by"] for place, line in _lines(signed)}
    for place, line in _lines(sheet):
        line["signed_by"] = names.get(_key(place, line), "")
    unchanged = {_key(place, line) for place, line in _lines(sheet)} == {*names}
    return {**sheet, "signed_by": signed["signed_by"] if unchanged else ""}


def signatures(sheet: Sheet) -> int:
    """Return how many lines of a sheet are signed."""
    return sum(bool(line["signed_by"]) for _, line in _lines(sheet))


def _lines(sheet: Sheet) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from (("", line) for line in sheet.get("standings", ()))
    for row in sheet["rows"]:
        yield from ((row["row"], line) for line in row["lines"])


def _key(place: str, line: dict[str, Any]) -> tuple[object, ...]:
    return place, *(value for name, value in line.items() if name != "signed_by")


# ── what is found ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _standings(case: Intake, ruleset: Ruleset) -> Iterator[dict[str, Any]]:
    for standing in ranking_of(case, ruleset):
        yield {
            "area": standing.area,
            "rank": standing.rank,
            "level": standing.level,
            "points": standing.points,
            "held_back": bool(standing.held_back_by),
        }


def _rows(case: Case, ruleset: Ruleset) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield what each row is called, and the lines of what holds on it.

    Rows on which nothing holds are left out, and so is a focus of which the session before said just the same.
    """
    wording = Wording(case, ruleset) if isinstance(case, Intake) else CourseWording(case, known_now(case), ruleset)
    session, last = "", dict[str, list[dict[str, Any]]]()
    for row in rows_of(case, ruleset):
        if isinstance(case, Course) and row.kind == "checkin":
            session = f"session {row.value('checkin.session')}, "
        lines = [_line(rule, row, wording) for rule in ruleset.rules if rule.kind == row.kind and _holds(rule, row)]
        if lines and not (row.kind == "focus" and last.get(row.place) == lines):
            yield f"{session}{row.kind} {row.place}".strip(), lines
        if row.kind == "focus":
            last[row.place] = lines


def _holds(rule: Rule, row: Row) -> bool:
    return trace(rule.condition, row).truth is True


def _line(rule: Rule, row: Row, wording: Wording) -> dict[str, Any]:
    counts, says = _effect(rule, row)
    return {"signed_by": "", "rule": rule.id, "counts": counts, "says": wording.sentence(says or rule.because, row)}


def _effect(rule: Rule, row: Row) -> tuple[str, str]:
    """Return what a rule that holds comes to, in a few words, and what it says; empty where that is why it holds."""
    entry = rule.consequence
    match entry:
        case Evidence():
            return f"{'for' if entry.supports else 'against'} {entry.area}, {entry.strength} ({entry.body})", ""
        case StageFound():
            return f"stage {entry.stage}", ""
        case Caution():
            return f"caution, {entry.kind}{f', gate {entry.gate}' if entry.gate else ''}", ""
        case Ask():
            return "question", entry.question
        case HoldsBack():
            return f"holds back {entry.area}", ""
        case Proposal():
            is_safe = entry.needs is None or trace(entry.needs, row).truth is True
            return f"{'proposed' if is_safe else 'withheld'}, {entry.phase} phase", entry.propose
        case Goal():
            return "goal", entry.goal
        case Formulation():
            return f"formulation, {entry.part}", entry.say
        case Link():
            return f"link, mood {entry.direction}", ""
        case Advice():
            return f"advice, {entry.about}", entry.advise
