"""Reading rules: one mapping of a rule file becomes one rule, or mistakes at their places."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ipt_rules.documents import ListNode, MappingNode
from ipt_rules.intake import Safety
from ipt_rules.ruleset.forms import Form, Mistakes, nearest, one_of
from ipt_rules.ruleset.model import (
    BASES,
    CAUTIONS,
    PHASES,
    SEEN,
    STRENGTHS,
    Ask,
    Caution,
    Citation,
    Consequence,
    Evidence,
    HoldsBack,
    Position,
    Proposal,
    Rule,
    StageFound,
)
from ipt_rules.ruleset.reading_conditions import ConditionReader
from ipt_rules.vocabulary import ROW_KINDS, STAGES
from ipt_rules.words import AREAS, Area

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ipt_rules.documents import ValueNode
    from ipt_rules.ruleset.conditions import Condition

ID_PATTERN: Final = r"[a-z][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)*"
CONSEQUENCES_BY_KIND: Final[Mapping[str, tuple[str, ...]]] = {
    "supports": ("loss", "dispute", "change", "isolation", "patient"),
    "opposes": ("loss", "dispute", "change", "isolation", "patient"),
    "stage": ("dispute",),
    "caution": ("loss", "dispute", "change", "isolation", "patient", "standing"),
    "ask": ("loss", "dispute", "change", "isolation", "patient", "standing"),
    "holds_back": ("standing",),
    "propose": ("focus",),
}
"""What a rule may lead to, with the row kinds whose rules may."""

_CONSEQUENCES: Final = tuple(CONSEQUENCES_BY_KIND)
_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}|[{}]")
_PLACEHOLDERS: Final = ("person", "subject")
GATES: Final = tuple(name for name in Safety.model_fields if name != "cleared")


@dataclass(frozen=True, slots=True)
class RuleFromFile:
    """A rule with what only matters while rule sets are put together."""

    rule: Rule
    replaces: bool


def read_rules(
    root: ValueNode | None, mistakes: Mistakes, *, numbers: Mapping[str, int], references: Mapping[str, object]
) -> Iterator[RuleFromFile]:
    """Yield the rules of one file that are free of mistakes; where a mistake is noted, nobody may use any of them."""
    if root is None:
        return
    if not isinstance(root, ListNode):
        mistakes.add(root, "", "a rule file is a list of rules; each begins with '- id: …'")
        return
    for position, node in enumerate(root.items):
        if not isinstance(node, MappingNode):
            mistakes.add(node, f"[{position}]", "a rule is a mapping that begins with 'id:'")
            continue
        read = _RuleReader(node, f"[{position}]", mistakes, numbers, references).read()
        if read is not None:
            yield read


class _RuleReader:
    def __init__(
        self,
        node: MappingNode,
        path: str,
        mistakes: Mistakes,
        numbers: Mapping[str, int],
        references: Mapping[str, object],
    ) -> None:
        self._mistakes = mistakes
        self._numbers = numbers
        self._references = references
        self._form = Form(node, path, mistakes)
        self._position = Position(mistakes.file, node.line, node.column)

    def read(self) -> RuleFromFile | None:
        form = self._form
        before = len(self._mistakes.found)
        rule_id = form.text("id", hint="such as grief.sudden-death")
        if rule_id is not None:
            form.path = rule_id
            if not re.fullmatch(ID_PATTERN, rule_id):
                form.wrong(
                    "id", "an id is lower-case words joined by - and separated by dots, such as grief.sudden-death"
                )
        kind = form.choice("for", ROW_KINDS)
        word = self._consequence_word(kind)
        condition = self._condition("when", kind, may_ask_known=_may_look_at_what_was_not_asked(form))
        consequence = self._consequence(word, kind, rule_id or "")
        because = self._sentence("because", kind)
        basis = form.choice("basis", BASES)
        cites = tuple(self._cites())
        replaces = form.flag("replaces")
        form.nothing_else(("evidence", "strength", "gate", "replaces", *_CONSEQUENCES))
        if len(self._mistakes.found) > before:
            return None
        assert rule_id is not None and kind is not None and condition is not None  # noqa: PT018  # or a mistake was noted
        assert consequence is not None and because is not None and basis is not None  # noqa: PT018  # likewise
        return RuleFromFile(
            Rule(rule_id, kind, condition, consequence, because, basis, cites, self._position), replaces
        )

    def _consequence_word(self, kind: str | None) -> str | None:
        given = [word for word in _CONSEQUENCES if word in self._form]
        if len(given) != 1:
            found = f"has {one_of(given)}" if given else "has none"
            self._mistakes.add(
                self._form.node,
                self._form.path,
                f"a rule has one consequence, and this one {found}; one of: {one_of(_CONSEQUENCES)}",
            )
            return None
        if kind is not None and kind not in CONSEQUENCES_BY_KIND[given[0]]:
            kinds = one_of(CONSEQUENCES_BY_KIND[given[0]])
            self._mistakes.add(
                self._form.place(given[0]),
                self._form.path,
                f"'{given[0]}' is for rules for: {kinds}; this one is for: {kind}",
            )
        return given[0]

    def _condition(self, key: str, kind: str | None, *, may_ask_known: bool) -> Condition | None:
        node = self._form.take(key)
        if node is None:
            self._form.wrong(key, f"'{key}' is missing; a mapping of fields, or the word 'always'")
            return None
        if kind is None:
            return None
        reader = ConditionReader(kind, self._numbers, self._mistakes, may_ask_known=may_ask_known)
        return reader.read(node, f"{self._form.path}.{key}")

    def _consequence(self, word: str | None, kind: str | None, rule_id: str) -> Consequence | None:
        form = self._form
        if word in ("supports", "opposes"):
            area = self._area(word)
            strength = form.choice("strength", STRENGTHS)
            body = form.text("evidence", required=False) or rule_id
            return Evidence(area, word == "supports", strength, body) if area and strength else None
        if word == "holds_back":
            area = self._area(word)
            return HoldsBack(area) if area else None
        if word == "stage":
            stage = form.choice("stage", STAGES)
            return StageFound(stage) if stage else None
        if word == "caution":
            caution = form.choice("caution", CAUTIONS)
            gate = form.choice("gate", GATES, required=caution == "refer")
            if gate and caution not in (None, "refer"):
                form.wrong("gate", "only a caution of kind refer has a gate")
            return Caution(caution, gate) if caution else None
        if word == "ask":
            question = self._sentence("ask", kind)
            return Ask(question) if question else None
        return self._proposal(kind) if word == "propose" else None

    def _proposal(self, kind: str | None) -> Proposal | None:
        form = self._form
        phase = form.choice("phase", PHASES)
        propose, aim = self._sentence("propose", kind), self._sentence("aim", kind)
        steps = tuple(form.texts("steps"))
        needs = self._condition("needs", kind, may_ask_known=False) if "needs" in form else None
        sessions: tuple[int | None, int | None] = (None, None)
        if (window := form.form("sessions", required=False)) is not None:
            sessions = (
                window.integer("from", least=1, most=60, required=False),
                window.integer("to", least=1, most=60, required=False),
            )
            window.nothing_else(("from", "to"))
        before_clearance = form.flag("before_clearance")
        if phase is None or propose is None or aim is None:
            return None
        return Proposal(phase, propose, aim, steps, needs, sessions, before_clearance)

    def _area(self, key: str) -> Area | None:
        chosen = self._form.choice(key, AREAS)
        return next((area for area in AREAS if area == chosen), None)

    def _sentence(self, key: str, kind: str | None) -> str | None:
        text = self._form.text(key)
        for found in _PLACEHOLDER.finditer(text or ""):
            if found[1] not in _PLACEHOLDERS:
                self._form.wrong(key, f"'{found[0]}' is no placeholder; write {{person}} or {{subject}}")
            elif kind in ("patient", "standing"):
                self._form.wrong(key, f"a rule for: {kind} is about no one subject, so '{found[0]}' means nothing here")
        return text

    def _cites(self) -> Iterator[Citation]:
        for entry in self._form.forms("cites"):
            ref = entry.text("ref", hint="a key of references.yaml")
            at = entry.text("at", hint="the chapter, section or page")
            seen = entry.choice("seen", SEEN)
            if ref is not None and ref not in self._references:
                entry.wrong("ref", f"'{ref}' stands not in references.yaml; {_near_reference(ref, self._references)}")
            entry.nothing_else()
            if ref and at and seen:
                yield Citation(ref, at, seen)


def _may_look_at_what_was_not_asked(form: Form) -> bool:
    """Rules that ask, and cautions of kind note, may: they count nothing."""
    node = form.node.items.get("caution")
    return "ask" in form or (node is not None and getattr(node, "value", None) == "note")


def _near_reference(ref: str, references: Mapping[str, object]) -> str:
    near = nearest(ref, references)
    return near if "mean" in near else "add it there"
