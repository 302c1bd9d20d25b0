"""Reading a whole rule set: a folder with ``ruleset.yaml``, and the one that it extends.

All mistakes of all files are collected and reported together. Nothing is loaded while there is one.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ipt_rules.documents import MAX_CHARACTERS, DocumentReader, MappingNode, ScalarNode, plain
from ipt_rules.errors import Problem, RulesetError
from ipt_rules.ruleset.forms import Form, Mistakes, nearest
from ipt_rules.ruleset.model import LANGUAGE, SEEN, STRENGTHS, Rule, Ruleset, Scoring
from ipt_rules.ruleset.reading import read_rules
from ipt_rules.vocabulary import questions
from ipt_rules.words import AREAS, LEVELS

if TYPE_CHECKING:
    from os import PathLike

SHIPPED: Final = "ipt-rules"
"""What a rule set writes under ``extends:`` to build on the shipped one."""

_NOT_RULES: Final = ("ruleset.yaml", "scoring.yaml", "references.yaml", "questions.yaml", "formulation.yaml")
_NOT_RULE_FOLDERS: Final = ("schema", "variants")
_WORDS: Final = ("areas", "levels", "strengths", "subjects", "people")
_REFERENCE_KEYS: Final = (
    *("type", "title", "author", "editor", "issued", "container-title", "publisher", "volume", "issue", "page"),
    *("edition", "DOI", "URL", "ISBN", "PMCID", "note"),
)


def load_ruleset(folder: str | PathLike[str] | None = None) -> Ruleset:
    """Return the rule set in a folder, or the shipped one.

    Args:
        folder: a folder with ``ruleset.yaml``; None for the rule set that comes with the library.

    Raises:
        RulesetError: with every mistake in every file, each with line and column.

    """
    return _shipped() if folder is None else _load(Path(folder), str(folder))


def shipped_folder(name: str) -> Path:
    """Return where ``rules`` or ``fixtures`` lie: inside an installed package, or beside the package in a checkout."""
    inside = Path(__file__).parents[1] / name
    return inside if inside.is_dir() else Path(__file__).parents[2] / name


@functools.cache
def _shipped() -> Ruleset:
    return _load(shipped_folder("rules"), "rules")


@dataclass
class _Parts:
    """What a folder and those that it extends say so far."""

    name: str = ""
    version: str = ""
    rules: dict[str, Rule] = field(default_factory=dict)
    scoring: dict[str, Any] = field(default_factory=dict)
    references: dict[str, dict[str, Any]] = field(default_factory=dict)
    questions: dict[str, str] = field(default_factory=dict)
    words: dict[str, dict[str, str]] = field(default_factory=dict)


def _load(folder: Path, shown: str) -> Ruleset:
    problems: list[Problem] = []
    parts = _Parts()
    scoring = None
    try:
        _read_folder(folder, shown, parts, problems, ())
        scoring = _scoring(parts.scoring, f"{shown}/scoring.yaml", problems)
    except RecursionError:
        problems.append(Problem(shown, 0, 0, "", "is nested too deeply to be read"))
    if problems or scoring is None:
        found = sorted(set(problems))
        heading = f"The rule set in {shown} has {len(found)} {'mistake' if len(found) == 1 else 'mistakes'}:"
        raise RulesetError(heading, found)
    rules = tuple(parts.rules[rule_id] for rule_id in sorted(parts.rules))
    return Ruleset(parts.name, parts.version, rules, scoring, parts.references, parts.questions, parts.words)


def _read_folder(folder: Path, shown: str, parts: _Parts, problems: list[Problem], through: tuple[Path, ...]) -> None:
    if not (folder / "ruleset.yaml").is_file():
        problems.append(
            Problem(
                f"{shown}/ruleset.yaml", 0, 0, "", "there is no such file; a rule set is a folder with a ruleset.yaml"
            )
        )
        return
    head = _form(folder / "ruleset.yaml", f"{shown}/ruleset.yaml", problems)
    if head is None:
        return
    name = head.text("name", hint="what the rule set is called")
    version = head.text("version", hint='in quotes, such as "1.0"')
    head.integer("language", least=LANGUAGE, most=LANGUAGE)
    extends = head.text("extends", required=False)
    if extends is not None:
        _read_base(folder, shown, extends, head, parts, problems, through)
    for dropped in head.texts("drop", required=False):
        if parts.rules.pop(dropped, None) is None:
            head.wrong(
                "drop", f"the rule set that this one extends has no rule '{dropped}'; {nearest(dropped, parts.rules)}"
            )
    head.nothing_else(("drop", "extends"))
    problems.extend(head.mistakes.found)
    parts.name, parts.version = name or "", version or ""
    _read_scoring(folder, shown, parts, problems)
    _read_references(folder, shown, parts, problems)
    _read_questions(folder, shown, parts, problems)
    _read_rule_files(folder, shown, parts, problems)


def _read_base(
    folder: Path,
    shown: str,
    extends: str,
    head: Form,
    parts: _Parts,
    problems: list[Problem],
    through: tuple[Path, ...],
) -> None:
    if extends == SHIPPED:
        base, base_shown = shipped_folder("rules"), "rules"
    else:
        base, base_shown = folder / extends, f"{shown}/{extends}"
    if base.resolve() in (*through, folder.resolve()):
        head.wrong("extends", "the rule sets extend each other in a circle")
    elif not (base / "ruleset.yaml").is_file():
        head.wrong("extends", f"there is no rule set in that folder; write '{SHIPPED}' or a folder, seen from this one")
    else:
        _read_folder(base, base_shown, parts, problems, (*through, folder.resolve()))


def _read_rule_files(folder: Path, shown: str, parts: _Parts, problems: list[Problem]) -> None:
    numbers = _numbers(parts.scoring)
    own: dict[str, Rule] = {}
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder)
        name = f"{shown}/{inner.as_posix()}"
        if (
            inner.parts[0] in _NOT_RULE_FOLDERS
            or inner.name.startswith(".")
            or inner.as_posix() in _NOT_RULES
            or not path.is_file()
        ):
            continue
        if path.suffix == ".yml":
            problems.append(Problem(name, 0, 0, "", "rule files end in .yaml; rename it, or nobody reads it"))
        if path.suffix != ".yaml":
            continue
        mistakes = Mistakes(name)
        root = _document(path, name, problems)
        for read in read_rules(root, mistakes, numbers=numbers, references=parts.references):
            _add(read.rule, own, parts.rules, mistakes, replaces=read.replaces)
        problems.extend(mistakes.found)
    parts.rules.update(own)


def _add(rule: Rule, own: dict[str, Rule], base: dict[str, Rule], mistakes: Mistakes, *, replaces: bool) -> None:
    here = ScalarNode(rule.position.line, rule.position.column, None)
    if rule.id in own:
        mistakes.add(here, rule.id, f"the id is taken by the rule at {own[rule.id].position}; ids must differ")
    elif rule.id in base and not replaces:
        mistakes.add(
            here,
            rule.id,
            f"the id is taken by the rule at {base[rule.id].position}; to replace it write 'replaces: true'",
        )
    elif replaces and rule.id not in base:
        mistakes.add(
            here,
            rule.id,
            f"replaces nothing: the rule set that this one extends has no such rule; {nearest(rule.id, base)}",
        )
    else:
        own[rule.id] = rule


# ── the files beside the rules ───────────────────────────────────────────────────────────────────────────────────────────


def _document(path: Path, name: str, problems: list[Problem]) -> Any:
    try:
        if path.stat().st_size > 4 * MAX_CHARACTERS:
            problems.append(Problem(name, 0, 0, "", f"the file is larger than {MAX_CHARACTERS:,} characters; split it"))
            return None
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        problems.append(Problem(name, 0, 0, "", "is no UTF-8 text"))
        return None
    except OSError as error:
        problems.append(Problem(name, 0, 0, "", f"cannot be read: {error.strerror}"))
        return None
    reader = DocumentReader(text, name)
    root = reader.read()
    problems.extend(reader.problems)
    return root


def _form(path: Path, name: str, problems: list[Problem]) -> Form | None:
    root = _document(path, name, problems)
    if isinstance(root, MappingNode):
        return Form(root, "", Mistakes(name))
    if root is not None:
        problems.append(Problem(name, root.line, root.column, "", "must be a mapping"))
    return None


def _optional_form(folder: Path, shown: str, name: str, problems: list[Problem]) -> Form | None:
    path = folder / name
    return _form(path, f"{shown}/{name}", problems) if path.is_file() else None


def _read_scoring(folder: Path, shown: str, parts: _Parts, problems: list[Problem]) -> None:
    form = _optional_form(folder, shown, "scoring.yaml", problems)
    if form is None:
        return
    found = parts.scoring
    if (
        note := form.text("note", required=not found, hint="the sentence that says what these numbers rest on")
    ) is not None:
        found["note"] = note
    for key, words in (("points", STRENGTHS), ("levels", LEVELS[1:])):
        if (table := form.form(key, required=False)) is not None:
            for word in words:
                if (value := table.integer(word, least=1, most=100, required=key not in found)) is not None:
                    found.setdefault(key, {})[word] = value
            table.nothing_else(words)
    if (close := form.integer("close", least=0, most=100, required=False)) is not None:
        found["close"] = close
    if (numbers := form.form("numbers", required=False)) is not None:
        for name in numbers.node.items:
            entry = numbers.form(name)
            if entry is not None:
                value = entry.integer("value", least=-10_000, most=10_000)
                why = entry.text("why", hint="the source, or that it is a design choice")
                entry.nothing_else()
                if value is not None and why is not None:
                    found.setdefault("numbers", {})[name] = value
    form.nothing_else()
    problems.extend(form.mistakes.found)


def _numbers(scoring: dict[str, Any]) -> dict[str, int]:
    return dict(scoring.get("numbers", {}))


def _scoring(found: dict[str, Any], name: str, problems: list[Problem]) -> Scoring | None:
    missing = [key for key in ("note", "points", "levels", "close") if key not in found]
    problems.extend(Problem(name, 0, 0, key, f"'{key}' is missing") for key in missing)
    if missing or problems:
        return None
    for key, words in (("points", STRENGTHS), ("levels", LEVELS[1:])):
        values = [found[key][word] for word in words]
        if values != sorted(values) or (key == "levels" and len(set(values)) < len(values)):
            problems.append(Problem(name, 0, 0, key, f"must rise from {words[0]} to {words[-1]}"))
    return Scoring(found["note"], found["points"], found["levels"], found["close"], _numbers(found))


def _read_references(folder: Path, shown: str, parts: _Parts, problems: list[Problem]) -> None:
    form = _optional_form(folder, shown, "references.yaml", problems)
    if form is None:
        return
    for key in form.node.items:
        entry = form.form(key)
        if entry is None:
            continue
        for required in ("type", "title", "author", "issued"):
            if required not in entry:
                entry.wrong(required, f"'{required}' is missing; write 'unknown' when nobody has seen it")
        entry.choice("seen", SEEN)
        for known in _REFERENCE_KEYS:
            entry.take(known)
        entry.nothing_else()
        value = plain(entry.node)
        assert isinstance(value, dict)  # the form of a mapping
        parts.references[key] = value
    problems.extend(form.mistakes.found)


def _read_questions(folder: Path, shown: str, parts: _Parts, problems: list[Problem]) -> None:
    form = _optional_form(folder, shown, "questions.yaml", problems)
    if form is None:
        return
    if (wordings := form.form("questions", required=False)) is not None:
        for key in wordings.node.items:
            if key not in questions():
                wordings.mistakes.add(
                    wordings.place(key),
                    f"questions.{key}",
                    f"the intake asks no such question; {nearest(key, questions())}",
                )
            elif (text := wordings.text(key)) is not None:
                parts.questions[key] = text
    for part in _WORDS:
        if (table := form.form(part, required=False)) is not None:
            for key in table.node.items:
                if part == "areas" and key not in AREAS:
                    table.mistakes.add(table.place(key), f"areas.{key}", f"no problem area; {nearest(key, AREAS)}")
                elif (text := table.text(key)) is not None:
                    parts.words.setdefault(part, {})[key] = text
    form.nothing_else(("questions", *_WORDS))
    problems.extend(form.mistakes.found)
