"""The file ``scoring.yaml``: points, levels, named numbers, phases, prices and scales."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ipt_rules.documents import ScalarNode
from ipt_rules.errors import Problem
from ipt_rules.records import bounds
from ipt_rules.ruleset.consequences import STRENGTHS
from ipt_rules.ruleset.files import read_form
from ipt_rules.ruleset.forms import nearest, one_of
from ipt_rules.ruleset.scoring import PRICES, Lengths, Scale, Scoring
from ipt_rules.sessions import SCALES, CheckIn
from ipt_rules.vocabulary import questions
from ipt_rules.words import LEVELS

if TYPE_CHECKING:
    from pathlib import Path

    from ipt_rules.ruleset.forms import Form
    from ipt_rules.ruleset.side_files import SideFiles

_TABLES: Final = (("points", STRENGTHS), ("levels", LEVELS[1:]))
_MAY_BE_LEFT_OUT: Final = (("prices", PRICES),)
_SCORING: Final = ("note", "points", "levels", "close")


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


def read_scoring(path: Path, name: str, side: SideFiles, problems: list[Problem]) -> None:
    """Add what the scoring of one folder says."""
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
