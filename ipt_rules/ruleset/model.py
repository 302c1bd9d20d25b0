"""Rules as data: what a rule set holds once it has been read."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from ipt_rules.display import Displayed
from ipt_rules.kept import kept
from ipt_rules.ruleset.attributes import Attributes
from ipt_rules.ruleset.conditions import All, Comparison, Condition, comparisons
from ipt_rules.ruleset.consequences import (
    PROPOSED_IN,
    Consequence,
    Evidence,
    Formulation,
    Goal,
    HoldsBack,
    Proposal,
    StageFound,
)
from ipt_rules.ruleset.frozen import frozen, thawed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ipt_rules.ruleset.scoring import Scoring
    from ipt_rules.words import Area

LANGUAGE: Final = 1
"""Version of the rule language that this library reads."""

BASES: Final = ("article", "manual", "study", "guideline", "inference")
SEEN: Final = ("read", "excerpt", "recalled")


Pass: TypeAlias = Literal["stages", "evidence", "standing", "strategies", "course"]
PASSES: Final[tuple[Pass, ...]] = ("stages", "evidence", "standing", "strategies", "course")


@dataclass(frozen=True, slots=True)
class Position:
    """Where a rule stands: the file as it was named, 1-based line and column."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Citation:
    """Who says so: a reference, the place in it, and how the claim is known (read whole, in an excerpt, or recalled)."""

    ref: str
    at: str
    seen: str

    def to_dict(self) -> dict[str, str]:
        """Return the citation as plain values."""
        return {"ref": self.ref, "at": self.at, "seen": self.seen}


@dataclass(frozen=True, slots=True)
class Waiver:
    """A finding of a check that is meant: the check, the reason, and where the waiver stands."""

    check: str
    reason: str
    position: Position = field(compare=False)


@dataclass(frozen=True, slots=True)
class Rule(Displayed):
    """A predicate over one row, what follows from it, how strongly, and who says so.

    Where it stands and which findings of checks it waives are no part of what it means.
    """

    id: str
    kind: str
    condition: Condition
    consequence: Consequence
    because: str
    basis: str
    cites: tuple[Citation, ...]
    position: Position = field(compare=False)
    waives: tuple[Waiver, ...] = field(default=(), compare=False)

    @property
    def runs_in(self) -> Pass:
        """The pass in which the rule is evaluated."""
        if self.kind in ("checkin", "event"):
            return "course"
        if isinstance(self.consequence, StageFound):
            return "stages"
        if self.kind == "standing":
            return "standing"
        return "strategies" if isinstance(self.consequence, Proposal | Goal | Formulation) else "evidence"


@dataclass(frozen=True, repr=False)
class Ruleset(Displayed):
    """A whole rule set, ready to be interpreted. Make one with ``load_ruleset``.

    Attributes:
        places: where a reference, a question or the name of an area stands, by its path such as ``references.manual``.
        waives: the findings of checks that are meant, by the reference, field or area that they are about.
        attributes: what the rule set says of itself.
        stated: ids of the rules that its own files state, where it extends another rule set and has rules of that; else None.

    """

    name: str
    version: str
    rules: tuple[Rule, ...]
    scoring: Scoring
    references: Mapping[str, Mapping[str, Any]]
    questions: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]]
    places: Mapping[str, Position] = field(default_factory=dict, compare=False)
    waives: Mapping[str, tuple[Waiver, ...]] = field(default_factory=dict, compare=False)
    attributes: Attributes = field(default_factory=Attributes)
    stated: frozenset[str] | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        for name in ("references", "questions", "words", "places", "waives"):
            object.__setattr__(self, name, frozen(getattr(self, name)))

    def __reduce__(self) -> tuple[Any, ...]:
        plain = (
            thawed(self.references),
            thawed(self.questions),
            thawed(self.words),
            dict(self.places),
            dict(self.waives),
            self.attributes,
            self.stated,
        )
        return Ruleset, (self.name, self.version, self.rules, self.scoring, *plain)

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"<Ruleset {self.name} {self.version}, {len(self.rules)} rules, {self.digest[:19]}>"

    @kept
    def digest(self) -> str:
        """SHA-256 of the meaning: the same whatever the order of rules and files, comments and layout."""
        text = json.dumps(self.to_plain(), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"

    @kept
    def evidence(self) -> Mapping[int, tuple[Evidence, int]]:
        """The evidence rules by their position in ``rules``: what each counts for, and its points."""
        return MappingProxyType(
            {
                position: (rule.consequence, self.scoring.points[rule.consequence.strength])
                for position, rule in enumerate(self.rules)
                if isinstance(rule.consequence, Evidence)
            }
        )

    @kept
    def evidence_by_kind(self) -> Mapping[tuple[str, Area, bool], tuple[int, ...]]:
        """The positions of the evidence rules by the kind of row, the area, and whether they support it."""
        found: dict[tuple[str, Area, bool], tuple[int, ...]] = {}
        for position, (entry, _) in self.evidence.items():
            key = self.rules[position].kind, entry.area, entry.supports
            found[key] = (*found.get(key, ()), position)
        return MappingProxyType(found)

    @kept
    def proposals(self) -> Mapping[int, tuple[tuple[int, int], Proposal]]:
        """The rules that propose strategies by their position in ``rules``: phase and order, and what each proposes."""
        return MappingProxyType(
            {
                position: ((PROPOSED_IN.index(rule.consequence.phase), rule.consequence.order), rule.consequence)
                for position, rule in enumerate(self.rules)
                if isinstance(rule.consequence, Proposal)
            }
        )

    @kept
    def fields_of_plain_rules(self) -> Mapping[str, tuple[str, ...]]:
        """By rule id, the fields of each condition that is one comparison or "all" of some: all of them decide when it holds."""
        found: dict[str, tuple[str, ...]] = {}
        for rule in self.rules:
            parts = rule.condition.parts if isinstance(rule.condition, All) else (rule.condition,)
            if all(isinstance(part, Comparison) for part in parts):
                found[rule.id] = tuple(dict.fromkeys(one.field for one in comparisons(rule.condition)))
        return found

    @kept
    def stage_rules(self) -> tuple[Rule, ...]:
        """The rules that find the stage of a dispute."""
        return tuple(rule for rule in self.rules if rule.runs_in == "stages")

    @kept
    def fields_of_stages(self) -> tuple[str, ...]:
        """The fields that the stage rules read: what the stage that they find comes from."""
        return tuple(sorted({one.field for rule in self.stage_rules for one in comparisons(rule.condition)}))

    @kept
    def reads(self) -> frozenset[str]:
        """The fields that some rule reads."""
        conditions = [rule.condition for rule in self.rules]
        proposals = [rule.consequence for rule in self.rules if isinstance(rule.consequence, Proposal)]
        conditions += [proposal.needs for proposal in proposals if proposal.needs is not None]
        return frozenset(one.field for condition in conditions for one in comparisons(condition))

    @kept
    def counting(self) -> Ruleset:
        """The same rule set with the rules alone that decide the ranking: evidence, stages, and what holds areas back."""
        deciding = (Evidence, StageFound, HoldsBack)
        return dataclasses.replace(
            self, rules=tuple(rule for rule in self.rules if isinstance(rule.consequence, deciding))
        )

    @kept
    def may_be_held_back(self) -> frozenset[Area]:
        """The areas that some rule holds back."""
        consequences = [rule.consequence for rule in self.rules]
        return frozenset(entry.area for entry in consequences if isinstance(entry, HoldsBack))

    @kept
    def _positions(self) -> Mapping[str, int]:
        return {rule.id: position for position, rule in enumerate(self.rules)}

    def states(self, rule: Rule) -> bool:
        """Return whether its own files state a rule, and not those of a rule set that it extends."""
        return self.stated is None or rule.id in self.stated

    def position(self, rule_id: str) -> int:
        """Return where a rule stands in ``rules``.

        Raises:
            KeyError: there is no such rule.

        """
        return self._positions[rule_id]

    def rule(self, rule_id: str) -> Rule:
        """Return a rule by its id.

        Raises:
            KeyError: there is no such rule.

        """
        return self.rules[self._positions[rule_id]]

    def to_plain(self) -> dict[str, Any]:
        """Return all that the rule set means, as plain values."""
        return {
            "language": LANGUAGE,
            "name": self.name,
            "version": self.version,
            "rules": {rule.id: _plain_rule(rule) for rule in self.rules},
            "scoring": {
                "note": self.scoring.note,
                "points": thawed(self.scoring.points),
                "levels": thawed(self.scoring.levels),
                "close": self.scoring.close,
                "numbers": thawed(self.scoring.numbers),
                "why": thawed(self.scoring.why),
                "phases": [lengths._asdict() for lengths in self.scoring.phases],
                "usual": list(self.scoring.usual),
                "prices": thawed(self.scoring.prices),
                "history": sorted(self.scoring.history),
                "scales": [scale._asdict() for scale in self.scoring.scales],
            },
            "references": thawed(self.references),
            "questions": thawed(self.questions),
            "words": thawed(self.words),
            "attributes": self.attributes.to_plain(),
        }


def _plain_rule(rule: Rule) -> dict[str, Any]:
    return {
        "for": rule.kind,
        "when": rule.condition.to_plain(),
        "then": {"kind": type(rule.consequence).__name__, **_plain_consequence(rule.consequence)},
        "because": rule.because,
        "basis": rule.basis,
        "cites": [citation.to_dict() for citation in rule.cites],
    }


def _plain_consequence(consequence: Consequence) -> dict[str, Any]:
    plain = {name: getattr(consequence, name) for name in consequence.__dataclass_fields__}
    if isinstance(consequence, Proposal):
        plain["needs"] = None if consequence.needs is None else consequence.needs.to_plain()
    return plain
