"""Rules as data: what a rule set holds once it has been read."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias

from ipt_rules.display import Displayed
from ipt_rules.kept import kept
from ipt_rules.ruleset.conditions import All, Comparison, Condition, comparisons
from ipt_rules.words import LEVELS, PHASES, Area, Level

if TYPE_CHECKING:
    from collections.abc import Mapping

LANGUAGE: Final = 1
"""Version of the rule language that this library reads."""

STRENGTHS: Final = ("slight", "moderate", "strong", "decisive")
BASES: Final = ("article", "manual", "study", "guideline", "inference")
PRICES: Final = ("open", "answer", "history", "event")
"""What a change of an intake may be: an open question answered, an answer changed, one about what has happened, one more event."""
WITHOUT_PRICES: Final = {"open": 1, "answer": 1, "history": 1, "event": 5}
"""Where a rule set gives no prices: changes of answers are counted, up to four of them; then one more event is tried."""
SEEN: Final = ("read", "excerpt", "recalled")
CAUTIONS: Final = ("refer", "protocol", "fit", "note")
EVERY_PHASE: Final = "every"
PROPOSED_IN: Final = (EVERY_PHASE, *PHASES)
"""The phases of strategies: throughout, or one of the three."""
PARTS_OF_A_FORMULATION: Final = ("illness", "situation", "area", "hope", "agreement")

TOPICS: Final = ("opening", "safety", "mood", "progress", "focus", "goals", "session", "frame", "ending")
"""What advice for the next session is about, in the order in which it is told; the opening comes first in every session."""
DIRECTIONS: Final = ("lower", "higher")
"""Which way mood went with an event."""

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
class Evidence:
    """The rule counts for or against an area."""

    area: Area
    supports: bool
    strength: str
    body: str
    """Within one focus only the strongest finding of a body of evidence counts."""


@dataclass(frozen=True, slots=True)
class StageFound:
    """The rule finds the stage of a dispute."""

    stage: str


@dataclass(frozen=True, slots=True)
class Caution:
    """The rule says what to be careful about; a ``gate`` is closed until a clinician has cleared it."""

    kind: str
    gate: str | None


@dataclass(frozen=True, slots=True)
class Ask:
    """The rule has a question for the clinician."""

    question: str


@dataclass(frozen=True, slots=True)
class HoldsBack:
    """The rule puts an area behind every area that is not held back."""

    area: Area


class Window(NamedTuple):
    """The sessions within its phase to which a strategy is limited: from one, to one, or the last so many of the therapy."""

    first: int | None = None
    last: int | None = None
    of_the_last: int | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """The rule proposes a strategy, unless a condition of safety (``needs``) is not known to hold.

    Attributes:
        phase: one of ``PROPOSED_IN``.
        order: where it stands among those of its phase, the lowest first.
        before_clearance: whether it stays proposed while a gate is not cleared.
        on_demand: whether it comes on the agenda of a session only where a rule of the course brings it forward.

    """

    phase: str
    propose: str
    aim: str
    steps: tuple[str, ...]
    needs: Condition | None
    sessions: Window
    order: int
    before_clearance: bool
    on_demand: bool = False


@dataclass(frozen=True, slots=True)
class Goal:
    """The rule says what the work on a focus is for."""

    goal: str


@dataclass(frozen=True, slots=True)
class Formulation:
    """The rule gives the words for one part of a draft formulation."""

    part: str
    say: str


@dataclass(frozen=True, slots=True)
class Link:
    """The rule links an event between people with a change of mood. A link, not a cause."""

    direction: str


@dataclass(frozen=True, slots=True)
class Advice:
    """The rule says what a session means for the next one.

    Attributes:
        about: one of ``TOPICS``.
        advise: what to do.
        reconsiders_focus: whether this is a reason to look at the agreed focus again; without one, it stands.
        brings_forward: ids of strategies that come first on the agenda where they are proposed.

    """

    about: str
    advise: str
    reconsiders_focus: bool
    brings_forward: tuple[str, ...]


Consequence: TypeAlias = (
    Evidence | StageFound | Caution | Ask | HoldsBack | Proposal | Goal | Formulation | Link | Advice
)


@dataclass(frozen=True, slots=True)
class Rule(Displayed):
    """A predicate over one row, what follows from it, how strongly, and who says so."""

    id: str
    kind: str
    condition: Condition
    consequence: Consequence
    because: str
    basis: str
    cites: tuple[Citation, ...]
    position: Position = field(compare=False)

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


def frozen(value: Any) -> Any:
    """Return nested mappings and lists as ones that nobody can change."""
    if isinstance(value, dict | MappingProxyType):
        return MappingProxyType({key: frozen(entry) for key, entry in value.items()})
    return tuple(map(frozen, value)) if isinstance(value, list | tuple) else value


def thawed(value: Any) -> Any:
    """Return nested mappings and lists as plain ones, for copies and exports."""
    if isinstance(value, MappingProxyType):
        return {key: thawed(entry) for key, entry in value.items()}
    return list(map(thawed, value)) if isinstance(value, tuple) else value


class Lengths(NamedTuple):
    """How a therapy of so many sessions is divided.

    Attributes:
        least: the fewest sessions for which this holds.
        most: the most.
        initial: sessions of the initial phase; None where so few sessions make no three phases.
        final: sessions of the final phase; None likewise.
        note: what to say of a therapy of this length; may be empty.

    """

    least: int
    most: int
    initial: int | None
    final: int | None
    note: str


class Scale(NamedTuple):
    """A scale by which a therapy can be measured; fewer points are better.

    Attributes:
        name: what a check-in calls it.
        meaningful_change: the least points that count as a change.
        remission: the most points that count as remission; None where the rule set says nothing.
        why: what these rest on.

    """

    name: str
    meaningful_change: int
    remission: int | None
    why: str


@dataclass(frozen=True)
class Scoring:
    """Points, levels, windows and lengths of phases. They are design choices of the rule set, and ``note`` says so.

    Attributes:
        why: what each of the named numbers rests on: its source, or that it is a design choice.
        usual: the usual numbers of sessions, for a therapy for which none is agreed yet.
        prices: what each kind of change (``PRICES``) costs where the smallest change of an intake is looked for.
        history: the questions whose answers tell of what has happened; changing those is priced as ``history``.
        scales: the scales by which a therapy is measured, the one that is preferred first.

    """

    note: str
    points: Mapping[str, int]
    levels: Mapping[str, int]
    close: int
    numbers: Mapping[str, int]
    why: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    phases: tuple[Lengths, ...] = ()
    usual: tuple[int, ...] = ()
    prices: Mapping[str, int] = field(default_factory=lambda: MappingProxyType(dict(WITHOUT_PRICES)))
    history: frozenset[str] = frozenset()
    scales: tuple[Scale, ...] = ()

    def __post_init__(self) -> None:
        for name in ("points", "levels", "numbers", "why", "prices"):
            object.__setattr__(self, name, frozen(getattr(self, name)))

    def __reduce__(self) -> tuple[Any, ...]:
        tables = (thawed(self.points), thawed(self.levels), self.close, thawed(self.numbers), thawed(self.why))
        return Scoring, (self.note, *tables, self.phases, self.usual, thawed(self.prices), self.history, self.scales)

    def level(self, points: int) -> Level:
        """Return the highest level whose least points are reached."""
        return LEVELS[self.level_code(points)]

    def level_code(self, points: int) -> int:
        """Return the position of the level in ``LEVELS``."""
        levels = self.levels
        return (points >= levels["possible"]) + (points >= levels["likely"]) + (points >= levels["strong"])

    @property
    def most_without_subject(self) -> int:
        """The most points of a focus without a subject: the top of "possible"."""
        return self.levels["likely"] - 1


@dataclass(frozen=True, repr=False)
class Ruleset(Displayed):
    """A whole rule set, ready to be interpreted. Make one with ``load_ruleset``."""

    name: str
    version: str
    rules: tuple[Rule, ...]
    scoring: Scoring
    references: Mapping[str, Mapping[str, Any]]
    questions: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]]

    def __post_init__(self) -> None:
        for name in ("references", "questions", "words"):
            object.__setattr__(self, name, frozen(getattr(self, name)))

    def __reduce__(self) -> tuple[Any, ...]:
        plain = (thawed(self.references), thawed(self.questions), thawed(self.words))
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
