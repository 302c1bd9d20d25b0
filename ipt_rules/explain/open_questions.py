"""The open questions for which some rule waits, gates first, then by what is at stake."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ipt_rules import places
from ipt_rules.dates import When
from ipt_rules.engines.reference import trace
from ipt_rules.intake import GATES, SUBJECT_LISTS
from ipt_rules.open_answers import open_places
from ipt_rules.ruleset.consequences import Caution, Evidence, Proposal
from ipt_rules.vocabulary import STAGE_FIELDS, fields, path_to_key, questions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipt_rules.facts import Row
    from ipt_rules.intake import Intake
    from ipt_rules.pipeline import Result
    from ipt_rules.ruleset.conditions import Condition
    from ipt_rules.ruleset.model import Ruleset
    from ipt_rules.wording import Wording


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question without an answer that some rule waits for.

    Attributes:
        path: its place in the intake.
        text: its wording.
        about: the subject or person that it is about; empty for the patient and for lists.
        gate: whether it asks about a gate; those come first.
        needed: whether a strategy is withheld until its safety is known from the answer; those come next.
        areas: the problem areas whose points the answer could change.
        rules: the rules that wait for it.
        points: the points of those rules together, as a measure of what is at stake.
        silent: whether it was asked without an answer; only gates are told all the same.

    """

    path: str
    text: str
    about: str
    gate: bool
    needed: bool
    areas: tuple[str, ...]
    rules: tuple[str, ...]
    points: int
    silent: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the question as plain values."""
        return {
            "kind": "gate" if self.gate else "needed" if self.needed else "open",
            "path": self.path,
            "question": self.text,
            "about": self.about,
            "areas": list(self.areas),
            "rules": list(self.rules),
            "points": self.points,
            "asked_without_answer": self.silent,
        }


def open_questions(intake: Intake, ruleset: Ruleset, result: Result, wording: Wording) -> tuple[OpenQuestion, ...]:
    """Return the open questions for which some rule waits.

    Gates come first, in the order in which gates are told, then what a withheld strategy needs for safety, then those that could
    change the points of an area that could be first, by what is at stake, and last the others. A question that was asked without an
    answer is not asked again, but for gates: what is not known of safety stays visible. A question that does not arise is never
    asked.
    """
    waiting = _waiting(intake, ruleset, result)
    silent = {places.written(places.parse(place)) for place in intake.asked_without_answer}
    in_play = _areas_in_play(result)
    order = {question.path: number for number, question in enumerate(questions().values())}
    found = []
    places_of_gates: dict[str, int] = {}
    for path, positions in waiting.items():
        rules = [ruleset.rules[position] for position in positions]
        gates = [rule.consequence.gate for rule in rules if isinstance(rule.consequence, Caution)]
        gate = min((GATES.index(name) for name in gates if name), default=None)
        needed = any(isinstance(rule.consequence, Proposal) for rule in rules)
        evidence = [rule.consequence for rule in rules if isinstance(rule.consequence, Evidence)]
        if path in silent and gate is None:
            continue
        places_of_gates[path] = -1 if gate is None else gate
        found.append(
            OpenQuestion(
                path=path,
                text=question_at(path, wording) + _so_far(intake, path),
                about=about(intake, path, wording),
                gate=gate is not None,
                needed=needed,
                areas=tuple(sorted({entry.area for entry in evidence})),
                rules=tuple(sorted(rule.id for rule in rules)),
                points=sum(_at_stake(evidence, area, reach, ruleset) for area, reach in in_play.items()),
                silent=path in silent,
            )
        )
    return tuple(
        sorted(
            found,
            key=lambda question: (
                not question.gate,
                places_of_gates[question.path],
                not question.needed,
                0 if question.gate else -question.points,
                order[places.pattern(question.path)],
                _positions(question.path),
            ),
        )
    )


def _waiting(intake: Intake, ruleset: Ruleset, result: Result) -> dict[str, set[int]]:
    """Return, by the place of an open question, the positions of the rules that wait for its answer."""
    waiting: dict[str, set[int]] = {}
    movable = {standing.area for standing in result.ranking if standing.bounds.least < standing.bounds.most}
    for evaluated in result.evaluated:
        for position in set(evaluated.possible) - set(evaluated.holding):
            rule = ruleset.rules[position]
            consequence = rule.consequence
            if isinstance(consequence, Evidence) and consequence.area not in movable:
                continue
            if isinstance(consequence, Caution) and (
                consequence.gate in intake.safety.cleared
                or (consequence.kind == "refer" and _stands_for_a_list(evaluated.row))
            ):
                continue
            for path in _unanswered(intake, ruleset, rule.condition, evaluated.row):
                waiting.setdefault(path, set()).add(position)
    for withheld in result.plan.withheld:
        rule, row = withheld.strategy.finding.rule, withheld.strategy.finding.row
        for comparison in withheld.unknown:
            for path in open_behind(intake, comparison.field, row):
                waiting.setdefault(path, set()).add(ruleset.position(rule.id))
    return waiting


def _areas_in_play(result: Result) -> dict[str, int]:
    """Return the areas that open answers could still bring to the first place, or keep from it, with the width of their bounds."""
    least_of_first = max(standing.bounds.least for standing in result.ranking)
    in_play = [standing for standing in result.ranking if standing.bounds.most >= max(least_of_first, 1)]
    return {standing.area: standing.bounds.most - standing.bounds.least for standing in in_play}


def _at_stake(evidence: Sequence[Evidence], area: str, reach: int, ruleset: Ruleset) -> int:
    """Return the points that rules for or against an area are worth together, at most what the area could gain or lose."""
    return min(reach, sum(ruleset.scoring.points[entry.strength] for entry in evidence if entry.area == area))


def _so_far(intake: Intake, path: str) -> str:
    """Return what is told of a date already, where it could be told more exactly."""
    return f" (so far: {places.at(intake, places.parse(path)).date})" if _is_partial_date(intake, path) else ""


def _stands_for_a_list(row: Row) -> bool:
    return row.kind in SUBJECT_LISTS.values() and not row.place


def question_at(path: str, wording: Wording) -> str:
    """Return the wording of the question at a place of the intake."""
    key = path_to_key()[places.pattern(path)]
    return wording.question(key, questions()[key].meaning)


def _positions(path: str) -> tuple[int, ...]:
    return tuple(step for step in places.parse(path) if isinstance(step, int))


def about(intake: Intake, path: str, wording: Wording) -> str:
    """Return what the subject or the person is called that a question is about; empty for the patient and for lists."""
    holder, found, _ = path.partition("]")
    if not found:
        return ""
    if holder.startswith("inventory"):
        return wording.inventory_person(int(holder.partition("[")[2]))
    return wording.subject(f"{holder}]")


def _unanswered(intake: Intake, ruleset: Ruleset, condition: Condition, row: Row) -> Iterator[str]:
    """Yield the places of the answers that keep a condition unknown."""
    for comparison in trace(condition, row).deciding():
        names = ruleset.fields_of_stages if comparison.field in STAGE_FIELDS else (comparison.field,)
        for name in names:
            yield from open_behind(intake, name, row)


def open_behind(intake: Intake, name: str, row: Row) -> Iterator[str]:
    """Yield the places of the open answers behind one field of a row."""
    group = fields()[name].group
    if _stands_for_a_list(row) and group in (row.kind, "tie"):
        yield next(part for part, kind in SUBJECT_LISTS.items() if kind == row.kind)
        return
    if group == "tie" and row.place and getattr(places.at(intake, places.parse(row.place)), "person", None) is None:
        yield f"{row.place}.person"
        return
    for path in row.paths(name):
        yield from open_places(intake, path)
        if _is_partial_date(intake, path):
            yield path


def _is_partial_date(intake: Intake, path: str) -> bool:
    """Return whether a place holds a date that could be told more exactly."""
    if "[]" in path:
        return False
    answer = places.at(intake, places.parse(path))
    return isinstance(answer, When) and answer.date is not None and len(answer.date) < len("2026-03-14")
