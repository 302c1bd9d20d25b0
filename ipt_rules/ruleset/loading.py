"""Reading a whole rule set: a folder with ``ruleset.yaml``, and the one that it extends.

All mistakes of all files are collected and reported together. Nothing is loaded while there is one.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ipt_rules.documents import ListNode, ScalarNode
from ipt_rules.errors import Problem, RulesetError
from ipt_rules.folders import below
from ipt_rules.ruleset.consequences import Advice, Proposal
from ipt_rules.ruleset.files import read_document, read_form
from ipt_rules.ruleset.forms import Mistakes, nearest
from ipt_rules.ruleset.model import LANGUAGE, Rule, Ruleset
from ipt_rules.ruleset.reading import read_rules
from ipt_rules.ruleset.scoring_file import scoring_of
from ipt_rules.ruleset.side_files import SideFiles, read_side_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from os import PathLike

    from ipt_rules.ruleset.forms import Form
    from ipt_rules.ruleset.reading import RuleFromFile

SHIPPED: Final = "ipt-rules"
"""What a rule set writes under ``extends:`` to build on the shipped one."""

_NOT_RULES: Final = ("ruleset.yaml", "scoring.yaml", "references.yaml", "questions.yaml", "attributes.yaml")
_NOT_RULE_FOLDERS: Final = ("schema", "variants")


def load_ruleset(folder: str | PathLike[str] | None = None, *, variant: str | None = None) -> Ruleset:
    """Return the rule set in a folder, the shipped one, or a shipped variant of it.

    Args:
        folder: a folder with ``ruleset.yaml``; None for the rule set that comes with the library.
        variant: name of a shipped variant (one of ``variants()``), instead of a folder.

    Raises:
        RulesetError: with every mistake in every file, each with line and column.
        ValueError: there is no such variant, or a folder was named too.

    """
    if variant is None:
        return _shipped() if folder is None else _load(Path(folder), str(folder))
    if folder is not None:
        raise ValueError("name a folder or a variant, not both")
    if variant not in variants():
        raise ValueError(f"there is no variant of that name; there are: {', '.join(variants())}")
    return _shipped_variant(variant)


def variants() -> list[str]:
    """Return the names of the shipped variants: readings of the method by other schools, built on the shipped rules."""
    return sorted(path.parent.name for path in (shipped_folder("rules") / "variants").glob("*/ruleset.yaml"))


def shipped_folder(name: str) -> Path:
    """Return where ``rules`` or ``fixtures`` lie: inside an installed package, or beside the package in a checkout."""
    inside = Path(__file__).parents[1] / name
    return inside if inside.is_dir() else Path(__file__).parents[2] / name


@functools.cache
def _shipped() -> Ruleset:
    return _load(shipped_folder("rules"), "rules")


@functools.cache
def _shipped_variant(name: str) -> Ruleset:
    return _load(shipped_folder("rules") / "variants" / name, f"rules/variants/{name}")


@dataclass
class _Parts:
    """What a folder and those that it extends say so far.

    Attributes:
        name: what the rule set read last is called.
        version: its version.
        rules: the rules by id, with those that have a mistake.
        side: what the files beside the rules say.
        stated: ids of the rules that the folder read last states itself.
        lacks_rules: whether there are rules to build on that nobody could read.

    """

    name: str = ""
    version: str = ""
    rules: dict[str, RuleFromFile] = field(default_factory=dict)
    side: SideFiles = field(default_factory=SideFiles)
    stated: frozenset[str] = frozenset()
    lacks_rules: bool = False

    def lose_base(self) -> None:
        """Note that a rule set to build on could not be read: what it may hold is not told as missing."""
        self.lacks_rules = True
        self.side.lacks_base = True


def _load(folder: Path, shown: str) -> Ruleset:
    problems: list[Problem] = []
    parts = _Parts()
    scoring = None
    try:
        _read_folder(folder, shown, parts, problems, ())
        scoring = scoring_of(folder, shown, parts.side, problems)
        problems += _not_brought_forward(parts)
    except RecursionError:
        problems.append(Problem(shown, 0, 0, "", "is nested too deeply to be read"))
    if problems or scoring is None:
        found = sorted(set(problems))
        heading = f"The rule set in {shown} has {len(found)} {'mistake' if len(found) == 1 else 'mistakes'}:"
        raise RulesetError(heading, found)
    rules = tuple(_whole(parts.rules[rule_id]) for rule_id in sorted(parts.rules))
    side = parts.side
    plain = (side.references, side.questions, side.words)
    stated = None if parts.stated.issuperset(parts.rules) else parts.stated
    return Ruleset(
        parts.name, parts.version, rules, scoring, *plain, side.positions, side.waives, side.attributes, stated
    )


def _not_brought_forward(parts: _Parts) -> Iterator[Problem]:
    """Yield what advice brings forward although it is no strategy."""
    if parts.lacks_rules:
        return
    read = {rule_id: entry.rule for rule_id, entry in parts.rules.items()}
    strategies = [rule_id for rule_id, rule in read.items() if rule and isinstance(rule.consequence, Proposal)]
    for rule in filter(None, read.values()):
        if not isinstance(rule.consequence, Advice):
            continue
        for strategy in rule.consequence.brings_forward:
            if strategy not in strategies and read.get(strategy, rule) is not None:
                hint = nearest(strategy, strategies, otherwise="see the ids in its files")
                what, at = f"'{strategy}' is no strategy of this rule set; {hint}", rule.position
                yield Problem(at.file, at.line, at.column, f"{rule.id}.brings_forward", what)


def _whole(read: RuleFromFile) -> Rule:
    assert read.rule is not None  # or a problem was told
    return read.rule


def _read_folder(folder: Path, shown: str, parts: _Parts, problems: list[Problem], through: tuple[Path, ...]) -> None:
    path, name = folder / "ruleset.yaml", f"{shown}/ruleset.yaml"
    if _rule_set_in(folder) is None:
        what = "there is no such file; a rule set is a folder with a ruleset.yaml"
        problems.append(Problem(name, 0, 0, "", what))
        parts.lose_base()
        return
    head = read_form(path, name, problems, holds="it gives name, version and language")
    if head is None:
        parts.lose_base()
    else:
        _read_head(folder, shown, head, parts, problems, through)
    read_side_files(folder, shown, parts.side, problems)
    _read_rule_files(folder, shown, parts, problems)


def _read_head(
    folder: Path, shown: str, head: Form, parts: _Parts, problems: list[Problem], through: tuple[Path, ...]
) -> None:
    name = head.text("name", hint="what the rule set is called")
    version = head.text("version", hint='in quotes, such as "1.0"')
    _check_language(head)
    extends = head.text("extends", required=False)
    if extends is not None:
        _read_base(folder, shown, extends, head, parts, problems, through)
    elif "extends" in head:
        parts.lose_base()
    _drop(head, parts)
    head.nothing_else(("drop", "extends"))
    problems.extend(head.mistakes.found)
    parts.name, parts.version = name or "", version or ""


def _check_language(head: Form) -> None:
    node = head.take("language")
    value = node.value if isinstance(node, ScalarNode) else None
    if node is None:
        head.wrong("language", f"'language' is missing; this library reads language {LANGUAGE}")
    elif not isinstance(value, int) or isinstance(value, bool) or value != LANGUAGE:
        head.wrong("language", f"this library reads language {LANGUAGE}")


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
    found = _rule_set_in(base)
    if found is None:
        head.wrong("extends", f"there is no rule set in that folder; write '{SHIPPED}' or a folder, seen from this one")
        parts.lose_base()
    elif found in (*through, folder.resolve()):
        head.wrong("extends", "the rule sets extend each other in a circle")
        parts.lose_base()
    else:
        _read_folder(base, base_shown, parts, problems, (*through, folder.resolve()))


def _rule_set_in(folder: Path) -> Path | None:
    """Return the real place of a folder that holds a rule set, or None."""
    try:
        return folder.resolve() if (folder / "ruleset.yaml").is_file() else None
    except (OSError, ValueError, RuntimeError):  # a name that no file can have, or links in a circle
        return None


def _drop(head: Form, parts: _Parts) -> None:
    base = dict(parts.rules)
    if "drop" in head and not base and not parts.lacks_rules:
        head.wrong("drop", "there is nothing to drop: this rule set extends no rules")
    for node, path, dropped in head.texts_at("drop", required=False):
        if base and dropped not in base and not parts.lacks_rules:
            what = f"the rule set that this one extends has no rule '{dropped}'; {_near_id(dropped, base)}"
            head.mistakes.add(node, path, what)
        parts.rules.pop(dropped, None)


def _near_id(rule_id: str, base: Mapping[str, RuleFromFile]) -> str:
    return nearest(rule_id, base, otherwise="see the ids in its files")


def _read_rule_files(folder: Path, shown: str, parts: _Parts, problems: list[Problem]) -> None:
    own: dict[str, RuleFromFile] = {}
    all_read = True
    found = below(folder)
    for unread in found.unread:
        problems.append(
            Problem(f"{shown}/{unread.relative_to(folder).as_posix()}", 0, 0, "", "this folder cannot be read")
        )
        all_read = False
    for path in found.files:
        inner = path.relative_to(folder)
        if path.suffix not in (".yaml", ".yml") or not path.is_file() or _is_no_rule_file(folder, inner):
            continue
        name = f"{shown}/{inner.as_posix()}"
        if path.suffix == ".yml":
            problems.append(Problem(name, 0, 0, "", "rule files end in .yaml; rename it, or nobody reads it"))
            all_read = False
        else:
            all_read = _read_rule_file(path, name, own, parts, problems) and all_read
    parts.rules.update(own)
    parts.stated = frozenset(own)
    parts.lacks_rules = parts.lacks_rules or not all_read


def _is_no_rule_file(folder: Path, inner: Path) -> bool:
    """Whether a file is hidden, belongs to a rule set of its own further in, or is there for something else."""
    return (
        any(part.startswith(".") for part in inner.parts)
        or inner.parts[0] in _NOT_RULE_FOLDERS
        or inner.as_posix() in _NOT_RULES
        or any((folder / between / "ruleset.yaml").is_file() for between in inner.parents[:-1])
    )


def _read_rule_file(
    path: Path, name: str, own: dict[str, RuleFromFile], parts: _Parts, problems: list[Problem]
) -> bool:
    """Add the rules of one file to the own ones; return whether the id of each could be read."""
    holds = "write a list of rules, each of which begins with '- id: …', or remove the file"
    root = read_document(path, name, problems, holds=holds)
    if root is None:
        return False
    mistakes = Mistakes(name)
    found = list(read_rules(root, mistakes, parts.side))
    for read in found:
        _add(read, own, parts, mistakes)
    problems.extend(mistakes.found)
    return isinstance(root, ListNode) and len(found) == len(root.items)


def _add(read: RuleFromFile, own: dict[str, RuleFromFile], parts: _Parts, mistakes: Mistakes) -> None:
    here = ScalarNode(read.position.line, read.position.column, None)
    base = parts.rules
    if read.id in own:
        what = f"the id is taken by the rule at {own[read.id].position}; ids must differ"
        mistakes.add(here, read.id, what)
        return
    if read.id in base and read.replaces is False:
        what = f"the id is taken by the rule at {base[read.id].position}; to replace it write 'replaces: true'"
        mistakes.add(here, read.id, what)
    elif read.id not in base and read.replaces and not parts.lacks_rules:
        what = f"the rule set that this one extends has no such rule; {_near_id(read.id, base)}"
        mistakes.add(here, read.id, f"replaces nothing: {what if base else 'this rule set extends no rules'}")
    own[read.id] = read
