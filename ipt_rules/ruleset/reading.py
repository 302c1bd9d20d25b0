"""Reading rules: one mapping of a rule file becomes one rule, or mistakes at their places."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ipt_rules.documents import ListNode, MappingNode
from ipt_rules.intake import GATES
from ipt_rules.ruleset.conditions import All, Comparison, comparisons
from ipt_rules.ruleset.consequences import (
    CAUTIONS,
    DIRECTIONS,
    PARTS_OF_A_FORMULATION,
    PROPOSED_IN,
    STRENGTHS,
    TOPICS,
    Advice,
    Ask,
    Caution,
    Consequence,
    Evidence,
    Formulation,
    Goal,
    HoldsBack,
    Link,
    Proposal,
    StageFound,
    Window,
)
from ipt_rules.ruleset.forms import Form, Mistakes, closest, one_of
from ipt_rules.ruleset.model import BASES, SEEN, Citation, Position, Rule
from ipt_rules.ruleset.reading_conditions import ConditionReader
from ipt_rules.ruleset.waivers import read_waivers
from ipt_rules.vocabulary import ROW_KINDS, STAGE_FIELDS, STAGES
from ipt_rules.words import AREAS, Area

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ipt_rules.documents import ValueNode
    from ipt_rules.ruleset.conditions import Condition
    from ipt_rules.ruleset.side_files import SideFiles

ID_PATTERN: Final = r"[a-z][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)*"
CONSEQUENCES_BY_KIND: Final[Mapping[str, tuple[str, ...]]] = {
    "supports": ("loss", "dispute", "change", "isolation", "patient"),
    "opposes": ("loss", "dispute", "change", "isolation", "patient"),
    "stage": ("dispute",),
    "caution": ("loss", "dispute", "change", "isolation", "patient", "standing", "checkin", "event"),
    "ask": ("loss", "dispute", "change", "isolation", "patient", "standing", "checkin", "event"),
    "holds_back": ("standing",),
    "propose": ("patient", "focus"),
    "goal": ("focus",),
    "formulate": ("patient", "focus"),
    "link": ("event",),
    "advise": ("checkin", "event"),
}
"""What a rule may lead to, with the row kinds whose rules may."""

_CONSEQUENCES: Final = tuple(CONSEQUENCES_BY_KIND)
_GOES_WITH: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("strength", "evidence"), ("supports", "opposes")),
    "gate": ("caution",),
    **dict.fromkeys(
        ("phase", "aim", "steps", "needs", "sessions", "order", "before_clearance", "on_demand"), ("propose",)
    ),
    "say": ("formulate",),
    "about": ("advise", "ask"),
    **dict.fromkeys(("reconsiders_focus", "brings_forward"), ("advise",)),
}
"""The keys that say more about a consequence, with the consequences that they go with."""
_KEYS: Final = ("id", "for", "when", *_CONSEQUENCES, *_GOES_WITH, "because", "basis", "cites", "replaces", "waives")
_OF_A_SESSION: Final = ("checkin", "event")
LAST_IN_ORDER: Final = 1000
"""The order of a strategy that names none."""
_CAUTIONS_THAT_COUNT: Final = tuple(caution for caution in CAUTIONS if caution != "note")
_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}|[{}]")
_PLACEHOLDERS: Final = ("person", "subject", "event")


@dataclass(frozen=True, slots=True)
class RuleFromFile:
    """A rule with what only matters while rule sets are put together.

    Attributes:
        id: its id.
        position: where it stands.
        rule: None where it has a mistake; its id is known all the same.
        replaces: whether it replaces one of the rule set that is extended; None where that has a mistake.

    """

    id: str
    position: Position
    rule: Rule | None
    replaces: bool | None


def read_rules(root: ValueNode, mistakes: Mistakes, side: SideFiles) -> Iterator[RuleFromFile]:
    """Yield the rules of one file whose id can be read; where a mistake is noted, nobody may use any of them.

    Args:
        root: the value of the whole file.
        mistakes: receives what is wrong.
        side: what the files beside the rules say.

    """
    if not isinstance(root, ListNode):
        mistakes.add(root, "", "a rule file is a list of rules; each begins with '- id: …'")
        return
    for position, node in enumerate(root.items):
        if not isinstance(node, MappingNode):
            mistakes.add(node, f"[{position}]", "a rule is a mapping that begins with 'id:'")
            continue
        read = _RuleReader(node, f"[{position}]", mistakes, side).read()
        if read is not None:
            yield read


class _RuleReader:
    def __init__(self, node: MappingNode, path: str, mistakes: Mistakes, side: SideFiles) -> None:
        self._mistakes = mistakes
        self._side = side
        self._form = Form(node, path, mistakes)
        self._position = Position(mistakes.file, node.line, node.column)

    def read(self) -> RuleFromFile | None:
        before = self._mistakes.count
        rule_id = self._id()
        rule = self._rule(rule_id or "")
        replaces = self._form.flag("replaces")
        self._form.nothing_else(_KEYS)
        if rule_id is None:
            return None
        return RuleFromFile(rule_id, self._position, rule if self._mistakes.count == before else None, replaces)

    def _id(self) -> str | None:
        rule_id = self._form.text("id", hint="such as grief.sudden-death")
        if rule_id is not None:
            self._form.path = rule_id
            if not re.fullmatch(ID_PATTERN, rule_id):
                self._form.wrong(
                    "id", "an id is lower-case words joined by - and separated by dots, such as grief.sudden-death"
                )
        return rule_id

    def _rule(self, rule_id: str) -> Rule | None:
        form = self._form
        before = self._mistakes.count
        kind = form.choice("for", ROW_KINDS)
        word = self._consequence_word(kind)
        condition = self._condition("when", kind, may_ask_known=_may_look_at_what_was_not_asked(form, word))
        if word == "stage" and condition and any(one.field in STAGE_FIELDS for one in comparisons(condition)):
            form.wrong("when", "a stage rule cannot read what the stage rules find; name the signs, or dispute.stage")
        consequence = self._consequence(word, kind, rule_id)
        because = self._sentence("because", kind)
        basis = form.choice("basis", BASES)
        cites = tuple(self._cites())
        waives = tuple(read_waivers(form))
        self._check_company(word)
        if self._mistakes.count > before:
            return None
        assert kind is not None and condition is not None  # noqa: PT018  # or a mistake was noted
        assert consequence is not None and because is not None and basis is not None  # noqa: PT018  # likewise
        return Rule(rule_id, kind, condition, consequence, because, basis, cites, self._position, waives)

    def _consequence_word(self, kind: str | None) -> str | None:
        given = [word for word in _CONSEQUENCES if word in self._form]
        if not given and self._has_a_misspelt_consequence():
            self._mistakes.follow()
            return None
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

    def _has_a_misspelt_consequence(self) -> bool:
        """Whether an unknown key, which is told as such, is nearest to a consequence."""
        unknown = [key for key in self._form.node.keys if key not in _KEYS]
        return any(closest(key, _KEYS) in _CONSEQUENCES for key in unknown)

    def _check_company(self, word: str | None) -> None:
        """Note the keys that do not go with the consequence; where that is a mistake itself, nobody can say which do."""
        if word is None:
            for key in (*_CONSEQUENCES, *_GOES_WITH):
                self._form.take(key)
            return
        for key, words in _GOES_WITH.items():
            if key in self._form and word not in words:
                self._form.take(key)
                what = f"'{key}' goes with {' or '.join(words)}"
                self._mistakes.add(self._form.place(key), self._form.path, what)

    def _condition(self, key: str, kind: str | None, *, may_ask_known: bool) -> Condition | None:
        node = self._form.take(key)
        if node is None:
            self._form.wrong(key, f"'{key}' is missing; a mapping of fields, or the word 'always'")
            return None
        if kind is None:
            return None
        reader = ConditionReader(kind, self._side, self._mistakes, may_ask_known=may_ask_known)
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
            question, about = self._sentence("ask", kind), form.choice("about", TOPICS, required=False)
            if about and kind not in (None, *_OF_A_SESSION):
                form.wrong("about", f"a question has a topic only in rules for: {one_of(_OF_A_SESSION)}")
            return Ask(question, about or "") if question else None
        if word == "goal":
            goal = self._sentence("goal", kind)
            return Goal(goal) if goal else None
        if word == "formulate":
            part, say = form.choice("formulate", PARTS_OF_A_FORMULATION), self._sentence("say", kind)
            return Formulation(part, say) if part and say else None
        if word == "link":
            direction = form.choice("link", DIRECTIONS)
            return Link(direction) if direction else None
        if word == "advise":
            return self._advice(kind)
        return self._proposal(kind) if word == "propose" else None

    def _advice(self, kind: str | None) -> Advice | None:
        form = self._form
        about, advise = form.choice("about", TOPICS), self._sentence("advise", kind)
        reconsiders = form.flag("reconsiders_focus")
        forward = tuple(form.texts("brings_forward", required=False))
        if about is None or advise is None or reconsiders is None:
            return None
        return Advice(about, advise, reconsiders, forward)

    def _proposal(self, kind: str | None) -> Proposal | None:
        form = self._form
        phase = form.choice("phase", PROPOSED_IN)
        propose, aim = self._sentence("propose", kind), self._sentence("aim", kind)
        steps = tuple(self._steps(kind))
        needs = self._needs(kind) if "needs" in form else None
        sessions = self._sessions()
        order = form.integer("order", least=1, most=999, required=False)
        before_clearance, on_demand = form.flag("before_clearance"), form.flag("on_demand")
        if phase is None or propose is None or aim is None or before_clearance is None or on_demand is None:
            return None
        last = order or LAST_IN_ORDER
        return Proposal(phase, propose, aim, steps, needs, sessions, last, before_clearance, on_demand)

    def _needs(self, kind: str | None) -> Condition | None:
        needs = self._condition("needs", kind, may_ask_known=False)
        parts = needs.parts if isinstance(needs, All) else (needs,)
        if needs is not None and not all(isinstance(part, Comparison) for part in parts):
            self._form.wrong("needs", "conditions of safety must all hold; write them beside each other, without 'any'")
        return needs

    def _steps(self, kind: str | None) -> Iterator[str]:
        for node, path, step in self._form.texts_at("steps"):
            self._check_placeholders(step, node, path, kind)
            yield step

    def _sessions(self) -> Window:
        window = self._form.form("sessions", required=False)
        if window is None:
            return Window()
        first = window.integer("from", least=1, most=60, required=False)
        last = window.integer("to", least=1, most=60, required=False)
        of_the_last = window.integer("last", least=1, most=60, required=False)
        window.nothing_else()
        if first is not None and last is not None and first > last:
            self._form.wrong("sessions", f"ends before it begins; write from: {last}, to: {first}, or leave one out")
        if of_the_last is not None and (first is not None or last is not None):
            self._form.wrong("sessions", "'last' counts from the end, and goes with neither 'from' nor 'to'")
        return Window(first, last, of_the_last)

    def _area(self, key: str) -> Area | None:
        chosen = self._form.choice(key, AREAS)
        return next((area for area in AREAS if area == chosen), None)

    def _sentence(self, key: str, kind: str | None) -> str | None:
        text = self._form.text(key)
        if text is not None:
            self._check_placeholders(text, self._form.node.items[key], f"{self._form.path}.{key}", kind)
        return text

    def _check_placeholders(self, text: str, node: ValueNode, path: str, kind: str | None) -> None:
        for found in _PLACEHOLDER.finditer(text):
            if found[1] not in _PLACEHOLDERS:
                self._mistakes.add(node, path, f"'{found[0]}' is no placeholder; write {{person}} or {{subject}}")
            elif kind is not None and found[1] not in _named_by(kind):
                what = f"a rule for: {kind} is about no one {found[1]}, so '{found[0]}' means nothing here"
                self._mistakes.add(node, path, what)

    def _cites(self) -> Iterator[Citation]:
        for entry in self._form.forms("cites"):
            ref = entry.text("ref", hint="a key of references.yaml")
            at = entry.text("at", hint="the chapter, section or page")
            seen = entry.choice("seen", SEEN)
            if ref is not None:
                self._check_reference(entry, ref)
            entry.nothing_else()
            if ref and at and seen:
                yield Citation(ref, at, seen)

    def _check_reference(self, entry: Form, ref: str) -> None:
        if ref in self._side.references:
            return
        if self._side.may_hide("references", ref):
            self._mistakes.follow()
            return
        near = closest(ref, self._side.references)
        hint = f"did you mean '{near}'?" if near else "add it there"
        entry.wrong("ref", f"'{ref}' is not in references.yaml; {hint}")


def _named_by(kind: str) -> tuple[str, ...]:
    """Return the placeholders that mean something in the sentences of a rule for this kind of row."""
    if kind in ("patient", "standing"):
        return ()
    return {"isolation": ("subject",), "event": ("person", "event")}.get(kind, ("person", "subject"))


def _may_look_at_what_was_not_asked(form: Form, word: str | None) -> bool:
    """Rules that ask or give words, and cautions of kind note, may: they count nothing.

    Nobody knows where the consequence is a mistake.
    """
    if word != "caution":
        return word in (None, "ask", "formulate")
    node = form.node.items["caution"]
    return getattr(node, "value", None) not in _CAUTIONS_THAT_COUNT
