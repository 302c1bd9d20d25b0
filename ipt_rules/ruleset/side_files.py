"""The files beside the rules: ``scoring.yaml``, ``references.yaml`` and ``questions.yaml``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from ipt_rules.documents import MappingNode, ScalarNode, plain
from ipt_rules.errors import Problem
from ipt_rules.records import bounds
from ipt_rules.ruleset.files import read_form
from ipt_rules.ruleset.forms import closest, nearest, one_of
from ipt_rules.ruleset.model import PRICES, SEEN, STRENGTHS, WITHOUT_PRICES, Lengths, Scale, Scoring
from ipt_rules.sessions import SCALES, CheckIn
from ipt_rules.vocabulary import course_questions, questions
from ipt_rules.words import AREAS, LEVELS

if TYPE_CHECKING:
    from pathlib import Path

    from ipt_rules.documents import ValueNode
    from ipt_rules.ruleset.forms import Form

Part: TypeAlias = Literal["scoring", "numbers", "references"]

_TABLES: Final = (("points", STRENGTHS), ("levels", LEVELS[1:]))
_MAY_BE_LEFT_OUT: Final = (("prices", PRICES),)
_SCORING: Final = ("note", "points", "levels", "close")
_WORDS: Final = ("areas", "levels", "strengths", "gates", "subjects", "people", "events")
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
    _read_scoring(folder / "scoring.yaml", f"{named}/scoring.yaml", side, problems)
    _read_references(folder / "references.yaml", f"{named}/references.yaml", side, problems)
    _read_questions(folder / "questions.yaml", f"{named}/questions.yaml", side, problems)


# ── scoring.yaml ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def scoring_of(folder: Path, named: str, side: SideFiles, problems: list[Problem]) -> Scoring | None:
    """Return the scoring once all files are read, or None where there is a problem."""
    name = f"{named}/scoring.yaml"
    missing = [key for key in _SCORING if side.lacks(key)]
    if missing and not (folder / "scoring.yaml").is_file():
        problems.append(Problem(name, 0, 0, "", f"there is no such file; it gives {one_of(missing)}"))
    else:
        problems.extend(Problem(name, 0, 0, key, f"'{key}' is missing") for key in missing)
    for key, words in (*_TABLES, *_MAY_BE_LEFT_OUT):
        _check_that_it_rises(key, words, side, problems)
    _check_that_usual_is_divided(name, side, problems)
    if problems:
        return None
    numbers = {number: value for number, value in side.numbers.items() if value is not None}
    return Scoring(numbers=numbers, **side.scoring)


def _check_that_usual_is_divided(name: str, side: SideFiles, problems: list[Problem]) -> None:
    rows: tuple[Lengths, ...] = side.scoring.get("phases", ())
    problems.extend(
        Problem(name, 0, 0, "usual", f"no row of 'phases' says how {number} sessions are divided")
        for number in side.scoring.get("usual", ())
        if rows and not any(row.least <= number <= row.most for row in rows)
    )


def _check_that_it_rises(key: str, words: tuple[str, ...], side: SideFiles, problems: list[Problem]) -> None:
    table = side.scoring.get(key, {})
    if key in side.faulty or len(table) < len(words):
        return
    values = [table[word] for word in words]
    if values != sorted(values) or (key == "levels" and len(set(values)) < len(values)):
        file, node = side.places[key]
        problems.append(Problem(file, node.line, node.column, key, f"must rise from {words[0]} to {words[-1]}"))


def _read_scoring(path: Path, name: str, side: SideFiles, problems: list[Problem]) -> None:
    if not path.is_file():
        return
    holds = "write note, points, levels, close, numbers, phases, usual, prices, history and scales, or remove the file"
    form = read_form(path, name, problems, holds=holds)
    if form is None:
        side.unread |= {"scoring", "numbers"}
        return
    _read_note(form, side)
    for key, words in _TABLES:
        _read_table(form, key, words, side, required=side.lacks(key))
    for key, words in _MAY_BE_LEFT_OUT:
        _read_table(form, key, words, side, required=False)
    _read_history(form, side)
    _read_close(form, side)
    _read_numbers(form, side)
    _read_phases(form, side)
    _read_usual(form, side)
    _read_scales(form, side)
    form.nothing_else()
    problems.extend(form.mistakes.found)


def _read_note(form: Form, side: SideFiles) -> None:
    required = side.lacks("note")
    note = form.text("note", required=required, hint="the sentence that says what these numbers rest on")
    if note is not None:
        side.scoring["note"] = note
    elif required or "note" in form:
        side.faulty.add("note")


def _read_table(form: Form, key: str, words: tuple[str, ...], side: SideFiles, *, required: bool) -> None:
    before = form.mistakes.count
    table = form.form(key, required=False)
    if table is not None:
        side.places[key] = (form.mistakes.file, form.place(key))
        found = side.scoring.setdefault(key, {})
        for word in words:
            if (value := table.integer(word, least=1, most=100, required=required)) is not None:
                found[word] = value
        table.nothing_else(words)
    if form.mistakes.count > before:
        side.faulty.add(key)


def _read_history(form: Form, side: SideFiles) -> None:
    """Read which answers tell of what has happened."""
    found = []
    for node, path, key in form.texts_at("history", required=False):
        if key in questions():
            found.append(key)
        else:
            form.mistakes.add(node, path, f"'{key}' is no question; {nearest(key, questions())}")
    if found:
        side.scoring["history"] = frozenset(found)


def _read_close(form: Form, side: SideFiles) -> None:
    close = form.integer("close", least=0, most=100, required=False)
    if close is not None:
        side.scoring["close"] = side.numbers["close"] = close  # rules may name it as they name the other numbers
    elif "close" in form:
        side.faulty.add("close")


def _read_numbers(form: Form, side: SideFiles) -> None:
    table = form.form("numbers", required=False)
    if table is None:
        if "numbers" in form:
            side.unread.add("numbers")
        return
    for name in table.node.items:
        entry = table.form(name)
        if name == "close":
            table.wrong(name, "'close' is a number already; it stands beside 'points' and 'levels'")
            continue
        side.numbers[name] = None
        if entry is not None:
            value = entry.integer("value", least=-10_000, most=10_000)
            why = entry.text("why", hint="the source, or that it is a design choice")
            entry.nothing_else()
            if value is not None and why is not None:
                side.numbers[name] = value
                side.scoring.setdefault("why", {})[name] = why


def _read_phases(form: Form, side: SideFiles) -> None:
    """Read how therapies of different lengths are divided: each length stands in one row at most."""
    found: list[Lengths] = []
    for row in form.forms("phases", required=False):
        before = row.mistakes.count
        least, most = _two_numbers(row, "sessions")
        initial = row.integer("initial", least=1, most=58, required=False)
        final = row.integer("final", least=1, most=58, required=False)
        undivided = "initial" not in row and "final" not in row
        note = row.text("note", required=undivided, hint="why so few sessions make no three phases") or ""
        row.nothing_else()
        if row.mistakes.count > before:
            side.faulty.add("phases")
            continue
        if (initial is None) is not (final is None):
            row.wrong(
                "initial" if initial is None else "final", "'initial' and 'final' stand together, or neither does"
            )
        elif initial is not None and final is not None and initial + final >= least:
            row.wrong("sessions", f"with {least} sessions nothing is left for the middle phase")
        if any(least <= other.most and other.least <= most for other in found):
            row.wrong("sessions", "a row above holds for some of these numbers already")
        found.append(Lengths(least, most, initial, final, note))
    if found:
        side.scoring["phases"] = tuple(sorted(found))


def _read_usual(form: Form, side: SideFiles) -> None:
    """Read the usual numbers of sessions."""
    if "usual" in form:
        side.scoring["usual"] = tuple(sorted({*_two_numbers(form, "usual")}))


def _read_scales(form: Form, side: SideFiles) -> None:
    """Read the scales by which a therapy is measured, each once, the preferred one first."""
    found: list[Scale] = []
    for row in form.forms("scales", required=False):
        name = row.choice("scale", SCALES)
        most = (bounds(CheckIn, name) or (0, 0))[1] if name else 100
        change = row.integer("meaningful_change", least=1, most=most)
        remission = row.integer("remission", least=0, most=most, required=False)
        why = row.text("why", hint="the source, or that it is a design choice")
        row.nothing_else()
        if name in [scale.name for scale in found]:
            row.wrong("scale", "stands above already; name each scale once")
        elif name and change and why:
            found.append(Scale(name, change, remission, why))
    if found:
        side.scoring["scales"] = tuple(found)


def _two_numbers(form: Form, key: str) -> tuple[int, int]:
    if isinstance(form.node.items.get(key), ScalarNode):
        form.take(key)
        form.wrong(key, "must be a list of two whole numbers from 1 to 60, the lower first, such as [12, 16]")
        return 0, 0
    values = [node.value if isinstance(node, ScalarNode) else None for node in form.items(key)]
    numbers = [value for value in values if type(value) is int and 1 <= value <= 60]
    if len(numbers) == len(values) == 2 and numbers == sorted(numbers):
        return numbers[0], numbers[1]
    if values:
        form.wrong(key, "must be a list of two whole numbers from 1 to 60, the lower first")
    return 0, 0


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
            _check_reference(entry)
            value = plain(entry.node)
            assert isinstance(value, dict)  # the form of a mapping
            side.references[key] = value
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
    known = ("questions", *_WORDS)
    form = read_form(path, name, problems, holds=f"write any of {one_of(known)}, or remove the file")
    if form is None:
        return
    if (wordings := form.form("questions", required=False)) is not None:
        _read_wordings(wordings, side)
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


def _read_words(table: Form, part: str, side: SideFiles) -> None:
    for key in table.node.items:
        if part == "areas" and key not in AREAS:
            table.mistakes.add(table.place(key), f"areas.{key}", f"no problem area; {nearest(key, AREAS)}")
        elif (text := table.text(key)) is not None:
            side.words.setdefault(part, {})[key] = text
