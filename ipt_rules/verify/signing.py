"""What is expected of one case, for a clinician to sign: what each rule that the case is there for comes to, and what else holds.

A sheet is plain YAML. What the case is there for has a line for each rule, with what it says and whether it holds; the ids of all
else that holds on a row stand in one line. Each is signed by a name behind its ``signed_by``; a signature is kept as long as the
case and the line stay what they were.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeGuard

import yaml

from ipt_rules.course import Course
from ipt_rules.course_wording import CourseWording
from ipt_rules.drawn.courses import known_now
from ipt_rules.engines.reference import trace
from ipt_rules.intake import Intake
from ipt_rules.ruleset.conditions import comparisons
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
from ipt_rules.worked_cases import gates_of, ranking_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipt_rules.facts import Row
    from ipt_rules.ruleset import Rule, Ruleset
    from ipt_rules.verify.aims import Aim, Aims
    from ipt_rules.verify.witnesses import Case

Sheet: TypeAlias = dict[str, Any]

_HEAD: Final = """\
# What is expected of {name}. The lines are what the case is there for: rules that hold, and such as do not, though little
# is missing. Under "also" stands what else holds. Whoever agrees with a line writes their name behind its signed_by; behind that
# of a row for what also holds on it, and behind the first one when all is right.
"""
_NO_WRAP: Final = 1_000_000


def sheet_of(case: Case, aims: Aims, about: frozenset[Aim] | None = None) -> Sheet:
    """Return what is expected of a case, with nothing signed.

    Args:
        case: the intake or the course.
        aims: what suites of the rules have to show.
        about: what this case is there for; None for all that it shows.

    Raises:
        EvaluationError: the rules could not be evaluated for it.

    """
    sheet: Sheet = {"signed_by": ""}
    if isinstance(case, Intake):
        sheet["standings"] = [{"signed_by": "", **standing} for standing in _standings(case, aims.ruleset)]
    sheet["rows"] = list(_rows(case, aims, about))
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
        parts += [f"- row: {row['row']}\n", f"  signed_by: {_in_a_line(row['signed_by'])}\n"]
        parts += (
            ["  lines:\n", *(f"  - {_in_a_line(line)}\n" for line in row["lines"])]
            if row["lines"]
            else ["  lines: []\n"]
        )
        parts.append(f"  also: {_in_a_line(row['also'])}\n")
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


def is_sheet(read: object) -> TypeGuard[Sheet]:
    """Return whether something that was read has the shape of a sheet."""
    if not isinstance(read, dict) or not isinstance(read.get("rows"), list) or "signed_by" not in read:
        return False
    rows = [*read["rows"], *read.get("standings", ())]
    return all(isinstance(row, dict) and "signed_by" in row for row in rows) and all(
        isinstance(line, dict) and "signed_by" in line for row in read["rows"] for line in row.get("lines") or ()
    )


def signatures(sheet: Sheet) -> int:
    """Return how many lines of a sheet are signed."""
    return sum(bool(line["signed_by"]) for _, line in _lines(sheet))


def _lines(sheet: Sheet) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield all that can be signed but the whole: standings, lines, and rows for what also holds on them."""
    yield from (("", line) for line in sheet.get("standings", ()))
    for row in sheet["rows"]:
        yield row["row"], row
        yield from ((row["row"], line) for line in row["lines"])


def _key(place: str, line: dict[str, Any]) -> tuple[object, ...]:
    return place, *(str(value) for name, value in line.items() if name not in ("signed_by", "lines"))


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


def _rows(case: Case, aims: Aims, about: frozenset[Aim] | None) -> Iterator[dict[str, Any]]:
    """Yield what is expected on each row; a focus of which the session before said just the same is left out."""
    ruleset = aims.ruleset
    wording = Wording(case, ruleset) if isinstance(case, Intake) else CourseWording(case, known_now(case), ruleset)
    gates, left = gates_of(case, ruleset), set(aims.shown_by(case) if about is None else about)
    session, position, last = "", 0, dict[str, object]()
    for row in rows_of(case, ruleset):
        if isinstance(case, Course) and row.kind == "checkin":
            session, position = f"session {row.value('checkin.session')}, ", int(row.place[len("check_ins[") : -1])
        here = aims.shown_on([row]) & left
        left -= here
        told = _Told(row, wording, gates[position])
        rules = [rule for rule in ruleset.rules if rule.kind == row.kind]
        named = {aim.rule for aim in here}
        found = {
            "row": f"{session}{row.kind} {row.place}".strip(),
            "signed_by": "",
            "lines": [told.line(rule) for rule in rules if rule.id in named],
            "also": [told.briefly(rule) for rule in rules if rule.id not in named and told.holds(rule)],
        }
        same = row.kind == "focus" and not named and last.get(row.place) == found["also"]
        if row.kind == "focus":
            last[row.place] = found["also"]
        if (found["lines"] or found["also"]) and not same:
            yield found


@dataclass(frozen=True, slots=True)
class _Told:
    """One row, and how the rules are told that are evaluated on it.

    Attributes:
        row: the row.
        wording: the words.
        gates: the gates that are to be cleared.

    """

    row: Row
    wording: Wording
    gates: tuple[str, ...]

    def holds(self, rule: Rule) -> bool:
        """Return whether a rule holds on the row."""
        return trace(rule.condition, self.row).truth is True

    def line(self, rule: Rule) -> dict[str, Any]:
        """Return the line of a rule that the case is there for."""
        counts, says = self._effect(rule)
        told = self.wording.sentence(says or rule.because, self.row)
        return {"signed_by": "", "rule": rule.id, "holds": self.holds(rule), "counts": counts, "says": told}

    def briefly(self, rule: Rule) -> str:
        """Return the id of a rule that holds; of a strategy, with what becomes of it."""
        entry = rule.consequence
        return f"{rule.id}: {self._becomes(entry)}" if isinstance(entry, Proposal) else rule.id

    def _becomes(self, entry: Proposal) -> str:
        """Return whether a strategy is proposed, waits for gates, or is withheld, and then for want of what."""
        if self.gates and not entry.before_clearance:
            return f"waits for {', '.join(self.gates)}"
        if entry.needs is None or trace(entry.needs, self.row).truth is True:
            return "proposed"
        failing = [one.in_words() for one in comparisons(entry.needs) if trace(one, self.row).truth is not True]
        return f"withheld, needs {' and '.join(failing)}"

    def _effect(self, rule: Rule) -> tuple[str, str]:
        """Return what a rule comes to where it holds, in a few words, and what it says; empty where that is why it holds."""
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
                return f"{entry.phase} phase, {self._becomes(entry)}", entry.propose
            case Goal():
                return "goal", entry.goal
            case Formulation():
                return f"formulation, {entry.part}", entry.say
            case Link():
                return f"link, mood {entry.direction}", ""
            case Advice():
                return f"advice, {entry.about}", entry.advise
