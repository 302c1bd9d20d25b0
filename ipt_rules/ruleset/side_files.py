"""What the files beside the rules say: ``scoring.yaml``, ``references.yaml``, ``questions.yaml`` and ``attributes.yaml``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from ipt_rules.documents import MappingNode, ScalarNode, plain
from ipt_rules.ruleset.attributes import Attributes
from ipt_rules.ruleset.attributes_file import read_attributes
from ipt_rules.ruleset.card_words import CARD_WORDS, unfilled
from ipt_rules.ruleset.files import read_form
from ipt_rules.ruleset.forms import closest, nearest, one_of
from ipt_rules.ruleset.model import SEEN, Position
from ipt_rules.ruleset.scoring import WITHOUT_PRICES
from ipt_rules.ruleset.scoring_file import read_scoring
from ipt_rules.ruleset.waivers import read_waivers, waivers_in
from ipt_rules.vocabulary import course_questions, fields, questions
from ipt_rules.words import AREAS

if TYPE_CHECKING:
    from pathlib import Path

    from ipt_rules.documents import ValueNode
    from ipt_rules.errors import Problem
    from ipt_rules.ruleset.forms import Form
    from ipt_rules.ruleset.model import Waiver

Part: TypeAlias = Literal["scoring", "numbers", "references"]

_WORDS: Final = ("areas", "levels", "strengths", "gates", "subjects", "people", "events", "cards", "override_reasons")
_REFERENCE: Final = ("type", "title", "author", "issued")
_TEXTS: Final = ("type", "title", "title-short", "container-title", "publisher", "DOI", "URL", "ISBN", "PMCID", "note")
_TEXTS_OR_NUMBERS: Final = ("volume", "issue", "page", "edition")


@dataclass
class SideFiles:
    """What the files beside the rules of a folder, and of those that it extends, say so far.

    Attributes:
        scoring: note, points, levels and close.
        numbers: the named numbers; None for one with a mistake.
        references: the sources by key.
        questions: the wording of questions by key.
        words: the wording of words, by part.
        attributes: what the rule set says of itself.
        positions: where each source, question and name of an area stands, by its path.
        waives: the findings of checks that are meant, by source, field or area.
        places: the file that gave a table of the scoring last, and the node of its key.
        faulty: what of the scoring has a mistake.
        unread: what stands where nobody could read it.
        lacks_base: whether a rule set that is extended could not be read.

    """

    scoring: dict[str, Any] = field(default_factory=lambda: {"prices": dict(WITHOUT_PRICES)})
    numbers: dict[str, int | None] = field(default_factory=dict)
    references: dict[str, dict[str, Any]] = field(default_factory=dict)
    questions: dict[str, str] = field(default_factory=dict)
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    attributes: Attributes = field(default_factory=Attributes)
    positions: dict[str, Position] = field(default_factory=dict)
    waives: dict[str, tuple[Waiver, ...]] = field(default_factory=dict)
    places: dict[str, tuple[str, ValueNode]] = field(default_factory=dict)
    faulty: set[str] = field(default_factory=set)
    unread: set[Part] = field(default_factory=set)
    lacks_base: bool = False

    def lacks(self, key: str) -> bool:
        """Whether a part of the scoring is missing, and not merely where nobody could read it."""
        hidden = self.lacks_base or "scoring" in self.unread
        return not hidden and key not in self.scoring and key not in self.faulty

    def may_hide(self, part: Literal["numbers", "references"], name: str) -> bool:
        """Whether an unknown name may stand where nobody could read it; then it is no mistake of the rule that uses it."""
        known = self.numbers if part == "numbers" else self.references
        return part in self.unread or (self.lacks_base and closest(name, known) is None)


def read_side_files(folder: Path, named: str, side: SideFiles, problems: list[Problem]) -> None:
    """Add what the files beside the rules of one folder say; what is wrong with them goes to ``problems``."""
    read_scoring(folder / "scoring.yaml", f"{named}/scoring.yaml", side, problems)
    _read_references(folder / "references.yaml", f"{named}/references.yaml", side, problems)
    _read_questions(folder / "questions.yaml", f"{named}/questions.yaml", side, problems)
    attributes = folder / "attributes.yaml", f"{named}/attributes.yaml"
    side.attributes = read_attributes(*attributes, side.attributes, problems)


# ── references.yaml ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _read_references(path: Path, name: str, side: SideFiles, problems: list[Problem]) -> None:
    if not path.is_file():
        return
    form = read_form(path, name, problems, holds="write the sources that the rules cite, or remove the file")
    if form is None:
        side.unread.add("references")
        return
    for key in form.node.items:
        side.references[key] = {}
        if (entry := form.form(key)) is not None:
            side.waives[key] = tuple(read_waivers(entry))
            _check_reference(entry)
            value = plain(entry.node)
            assert isinstance(value, dict)  # the form of a mapping
            side.references[key] = {part: told for part, told in value.items() if part != "waives"}
            _remember(form, key, f"references.{key}", side)
    problems.extend(form.mistakes.found)


def _check_reference(entry: Form) -> None:
    for key in _REFERENCE:
        if key not in entry:
            entry.wrong(key, f"'{key}' is missing; write 'unknown' when nobody has seen it")
    for key in _TEXTS:
        entry.text(key, required=False)
    for key in _TEXTS_OR_NUMBERS:
        if not _is_text_or_number(entry.take(key)):
            entry.wrong(key, "must be text or a whole number")
    issued = entry.take("issued")
    if not isinstance(issued, MappingNode) and not _is_text_or_number(issued):
        entry.wrong("issued", "must be a year, a date as text, or 'unknown'")
    for key in ("author", "editor"):
        _check_names(entry, key)
    entry.choice("seen", SEEN)
    entry.nothing_else()


def _is_text_or_number(node: ValueNode | None) -> bool:
    """Whether a value is text or a whole number, or absent."""
    if node is None:
        return True
    value = node.value if isinstance(node, ScalarNode) else None
    return isinstance(value, str | int) and not isinstance(value, bool) and value != ""


def _check_names(entry: Form, key: str) -> None:
    node = entry.take(key)
    if isinstance(node, ScalarNode) and isinstance(node.value, str) and node.value.strip():
        return
    if isinstance(node, ScalarNode | MappingNode):
        entry.wrong(key, "must be a list of {family: …, given: …} or {literal: …}, or text")
        return
    for name in entry.forms(key, required=False):
        if "literal" in name:
            name.text("literal")
        else:
            name.text("family", hint="or 'literal' for a name that is not divided")
            name.text("given", required=False)
        name.nothing_else()


# ── questions.yaml ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _read_questions(path: Path, name: str, side: SideFiles, problems: list[Problem]) -> None:
    if not path.is_file():
        return
    known = ("questions", "waives", *_WORDS)
    form = read_form(path, name, problems, holds=f"write any of {one_of(known)}, or remove the file")
    if form is None:
        return
    if (wordings := form.form("questions", required=False)) is not None:
        _read_wordings(wordings, side)
    if (waives := form.form("waives", required=False)) is not None:
        _read_waivers(waives, side)
    for part in _WORDS:
        if (table := form.form(part, required=False)) is not None:
            _read_words(table, part, side)
    form.nothing_else(known)
    problems.extend(form.mistakes.found)


def _read_wordings(wordings: Form, side: SideFiles) -> None:
    asked = {**questions(), **course_questions()}
    for key in wordings.node.items:
        if key not in asked:
            hint = nearest(key, asked, otherwise="see `ipt-rules template` for what is asked")
            what = f"neither an intake nor a check-in asks such a question; {hint}"
            wordings.mistakes.add(wordings.place(key), f"questions.{key}", what)
        elif (text := wordings.text(key)) is not None:
            side.questions[key] = text
            _remember(wordings, key, f"questions.{key}", side)


def _read_waivers(waives: Form, side: SideFiles) -> None:
    """Add the waivers of fields, questions and areas, which stand beside no rule."""
    known = (*AREAS, *questions(), *course_questions(), *fields())
    for key in waives.node.items:
        if key not in known:
            what = f"neither a field nor a problem area; {nearest(key, known, otherwise='see `ipt-rules fields`')}"
            waives.mistakes.add(waives.place(key), f"waives.{key}", what)
        elif (checks := waives.form(key)) is not None:
            side.waives[key] = tuple(waivers_in(checks))


def _read_words(table: Form, part: str, side: SideFiles) -> None:
    for key in table.node.items:
        if part == "areas" and key not in AREAS:
            table.mistakes.add(table.place(key), f"areas.{key}", f"no problem area; {nearest(key, AREAS)}")
        elif part == "cards" and key not in CARD_WORDS:
            hint = nearest(key, CARD_WORDS, otherwise="see rules/questions.yaml")
            table.mistakes.add(table.place(key), f"cards.{key}", f"no card says that; {hint}")
        elif (text := table.text(key)) is not None:
            if part == "cards" and (placeholder := unfilled(key, text)):
                filled = one_of(f"{{{name}}}" for name in CARD_WORDS[key]) or "none"
                table.wrong(key, f"'{placeholder}' is not filled in here; known are: {filled}")
            side.words.setdefault(part, {})[key] = text
            _remember(table, key, f"{part}.{key}", side)


def _remember(form: Form, key: str, path: str, side: SideFiles) -> None:
    """Note where a key stands, for what is told about it later."""
    place = form.place(key)
    side.positions[path] = Position(form.mistakes.file, place.line, place.column)
