"""Why: findings told in words, with the facts that they rest on, and the questions that are open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from ipt_rules import places
from ipt_rules.engines.reference import trace
from ipt_rules.intake import SUBJECT_LISTS
from ipt_rules.open_answers import open_places
from ipt_rules.ruleset.model import Ask, Caution, Evidence, HoldsBack
from ipt_rules.vocabulary import fields, path_to_key, questions
from ipt_rules.wording import plain_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ipt_rules.facts import Row
    from ipt_rules.intake import Intake
    from ipt_rules.pipeline import Result
    from ipt_rules.ranking import Finding
    from ipt_rules.ruleset.conditions import Condition
    from ipt_rules.ruleset.model import Citation, Rule, Ruleset
    from ipt_rules.wording import Wording


class Fact(NamedTuple):
    """What the intake says of one field.

    Attributes:
        field: the field's name.
        path: the place of the answer, e.g. ``losses[0].mourning``; of a computed field, the one that counts most.
        value: a word, number, truth value, or ``{"least", "most"}``.
        reads: for a computed field, every place that it comes from.

    """

    field: str
    path: str
    value: object
    reads: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the fact as plain values."""
        plain = {"path": self.path, "value": self.value, "field": self.field}
        return plain | {"reads": list(self.reads)} if self.reads else plain


class Reason(NamedTuple):
    """A finding told in words.

    Attributes:
        counts: False where a stronger finding of the same body of evidence stands.
        points: what the rule is worth; with ``counts`` false it adds nothing.
        because: the rule's sentence about this subject.
        basis: what kind of source it rests on.

    """

    rule: str
    kind: str
    place: str
    because: str
    facts: tuple[Fact, ...]
    cites: tuple[Citation, ...]
    basis: str
    strength: str = ""
    points: int = 0
    counts: bool = True

    def to_dict(self) -> dict[str, Any]:
        """Return the reason as plain values."""
        return {
            "rule": self.rule,
            "strength": self.strength,
            "points": self.points,
            "counts": self.counts,
            "because": self.because,
            "facts": [fact.to_dict() for fact in self.facts],
            "basis": self.basis,
            "cites": [citation.to_dict() for citation in self.cites],
        }


class Teller:
    """Tells findings in words: each rule's sentence, and the facts that made its condition true.

    Args:
        ruleset: the rules that found them.
        wording: the words of the rule set for the intake that the findings are about.

    """

    def __init__(self, ruleset: Ruleset, wording: Wording) -> None:
        self.wording = wording
        self._fields_of_plain_rules = ruleset.fields_of_plain_rules
        self._facts: dict[tuple[str, str, str], Fact] = {}

    def reasons(self, findings: Sequence[Finding]) -> tuple[Reason, ...]:
        """Tell several findings."""
        return tuple(map(self.reason, findings))

    def reason(self, finding: Finding) -> Reason:
        """Tell one finding."""
        rule, row = finding.rule, finding.row
        consequence = rule.consequence
        return Reason(
            rule=rule.id,
            kind=_KINDS.get(type(consequence), "stage"),
            place=row.place,
            because=self.wording.sentence(rule.because, row),
            facts=tuple([self._fact(name, row) for name in self._deciding_fields(rule, row)]),
            cites=rule.cites,
            basis=rule.basis,
            strength=consequence.strength if isinstance(consequence, Evidence) else "",
            points=finding.points,
            counts=finding.counts,
        )

    def _deciding_fields(self, rule: Rule, row: Row) -> Iterable[str]:
        """Return the fields of the comparisons that make a rule's condition true, each once."""
        plain = self._fields_of_plain_rules.get(rule.id)
        if plain is not None:
            return plain
        return dict.fromkeys([comparison.field for comparison in trace(rule.condition, row).deciding()])

    def _fact(self, name: str, row: Row) -> Fact:
        key = (row.kind, row.place, name)
        if key not in self._facts:
            field = fields()[name]
            paths = row.paths(name)
            value = plain_value(field, row.value(name))
            self._facts[key] = Fact(name, paths[0], value, paths if field.is_derived else ())
        return self._facts[key]


_KINDS = {Evidence: "evidence", Caution: "caution", Ask: "ask", HoldsBack: "holds_back"}


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question without an answer that some rule waits for.

    Attributes:
        path: its place in the intake.
        text: its wording.
        about: the subject that it is about; empty for the patient.
        gate: whether it asks about a condition of safety; those come first.
        areas: the problem areas whose points the answer could change.
        rules: the rules that wait for it.
        points: the points of those rules together, as a measure of what is at stake.

    """

    path: str
    text: str
    about: str
    gate: bool
    areas: tuple[str, ...]
    rules: tuple[str, ...]
    points: int

    def to_dict(self) -> dict[str, Any]:
        """Return the question as plain values."""
        return {
            "kind": "gate" if self.gate else "open",
            "path": self.path,
            "question": self.text,
            "about": self.about,
            "areas": list(self.areas),
            "rules": list(self.rules),
            "points": self.points,
        }


def open_questions(intake: Intake, ruleset: Ruleset, result: Result, wording: Wording) -> tuple[OpenQuestion, ...]:
    """Return the open questions for which some rule waits, gates first, then by what is at stake.

    A question that was asked without an answer is not asked again, and one that does not arise never is.
    """
    waiting: dict[str, dict[str, tuple[int, str]]] = {}
    gates: set[str] = set()
    silent = {places.written(places.parse(place)) for place in intake.asked_without_answer}
    closed = set(intake.safety.cleared)
    for evaluated in result.evaluated:
        for position in set(evaluated.possible) - set(evaluated.holding):
            rule = ruleset.rules[position]
            if isinstance(rule.consequence, Caution) and rule.consequence.gate in closed:
                continue
            for path in _unanswered(intake, rule.condition, evaluated.row):
                if path in silent:
                    continue
                consequence = rule.consequence
                area = consequence.area if isinstance(consequence, Evidence | HoldsBack) else ""
                points = ruleset.scoring.points[consequence.strength] if isinstance(consequence, Evidence) else 0
                waiting.setdefault(path, {})[rule.id] = (points, area)
                if isinstance(consequence, Caution) and consequence.kind == "refer":
                    gates.add(path)
    found = [
        OpenQuestion(
            path=path,
            text=_text(path, wording),
            about=_about(intake, path, wording),
            gate=path in gates,
            areas=tuple(sorted({area for _, area in rules.values() if area})),
            rules=tuple(sorted(rules)),
            points=sum(points for points, _ in rules.values()),
        )
        for path, rules in waiting.items()
    ]
    return tuple(sorted(found, key=lambda question: (not question.gate, -question.points, _natural(question.path))))


def _text(path: str, wording: Wording) -> str:
    key = path_to_key()[_pattern(path)]
    return wording.question(key, questions()[key].meaning)


def _pattern(path: str) -> str:
    steps = places.parse(path)
    return "".join("[]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


def _natural(path: str) -> tuple[tuple[str, int], ...]:
    return tuple(("", step) if isinstance(step, int) else (step, 0) for step in places.parse(path))


def _about(intake: Intake, path: str, wording: Wording) -> str:
    """Return what the subject or the person is called that a question is about; empty for the patient and for lists."""
    holder, found, _ = path.partition("]")
    if not found:
        return ""
    if holder.startswith("inventory"):
        return wording.inventory_person(int(holder.partition("[")[2]))
    return wording.subject(f"{holder}]")


def _unanswered(intake: Intake, condition: Condition, row: Row) -> Iterator[str]:
    """Yield the places of the answers that keep a condition unknown."""
    for comparison in trace(condition, row).deciding():
        if row.kind in SUBJECT_LISTS.values() and not row.place:
            group = fields()[comparison.field].group
            if group in (row.kind, "tie"):  # the whole list was not asked for
                yield next(part for part, kind in SUBJECT_LISTS.items() if kind == row.kind)
                continue
        person = getattr(places.at(intake, places.parse(row.place)), "person", None) if row.place else None
        if fields()[comparison.field].group == "tie" and row.place and person is None:
            yield f"{row.place}.person"
            continue
        for path in row.paths(comparison.field):
            yield from open_places(intake, path)
