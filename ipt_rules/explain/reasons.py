"""Findings told in words: each rule's sentence, the facts that it rests on, and its sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ipt_rules.engines.reference import trace
from ipt_rules.ruleset.consequences import Advice, Ask, Caution, Evidence, Formulation, Goal, HoldsBack, Link, Proposal
from ipt_rules.vocabulary import STAGE_FIELDS, fields
from ipt_rules.wording import plain_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ipt_rules.facts import Row
    from ipt_rules.ranking import Finding
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
        self._stage_rules = ruleset.stage_rules
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

    def _signs(self, row: Row) -> Iterable[str]:
        """Return the fields from which the stage of a dispute was found."""
        holding = [rule for rule in self._stage_rules if trace(rule.condition, row).truth]
        return dict.fromkeys(sign for rule in holding for sign in self._deciding_fields(rule, row))

    def _fact(self, name: str, row: Row) -> Fact:
        key = (row.kind, row.place, name)
        if key not in self._facts:
            field = fields()[name]
            paths = row.paths(name)
            if name in STAGE_FIELDS and not isinstance(row.value("dispute.stage"), str):
                paths = tuple(path for sign in self._signs(row) for path in row.paths(sign)) or paths
            value = plain_value(field, row.value(name))
            first = self._telling(paths) if field.is_derived else paths[0]
            self._facts[key] = Fact(name, first, value, paths if field.is_derived else ())
        return self._facts[key]

    def _telling(self, paths: tuple[str, ...]) -> str:
        """Return the place that tells most of a computed field: of answers in lists, the first that is more than a "no"."""
        if "[]" not in "".join(paths):
            return paths[0]
        told = (place for path in paths if "[]" in path for place in self.wording.told_at(path))
        return next(told, None) or next((path for path in paths if "[]" not in path), paths[0])


_KINDS = {
    Evidence: "evidence",
    Caution: "caution",
    Ask: "ask",
    HoldsBack: "holds_back",
    Proposal: "propose",
    Goal: "goal",
    Formulation: "formulate",
    Link: "link",
    Advice: "advise",
}
