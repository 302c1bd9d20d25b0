"""Reading intakes written in YAML or JSON, each mistake with its line and column; and the worked cases that come along."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from ipt_rules.documents import DocumentReader, MappingNode, below, place, plain
from ipt_rules.errors import IntakeError, Problem
from ipt_rules.intake import Intake
from ipt_rules.malformed import UNKNOWN_KEY, unknown_keys
from ipt_rules.places import parse, written
from ipt_rules.ruleset import shipped_folder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ipt_rules.documents import ValueNode


def read_intake(source: str | Path, file: str = "") -> Intake:
    """Return the intake written in a YAML or JSON text.

    Args:
        source: the text, or the path of a file that holds it.
        file: what to call the text in problems; a path is called as it is written.

    Raises:
        IntakeError: with everything that is wrong, each with its line, column and place.
        OSError: the file cannot be read.
        UnicodeDecodeError: the file is no UTF-8 text.

    """
    if isinstance(source, Path):
        return read_intake(source.read_text("utf-8"), file or str(source))
    if not isinstance(source, str):
        raise TypeError("read_intake takes a text or a pathlib.Path; for a mapping there is Intake.model_validate")
    reader = DocumentReader(_without_tabs(source), file, quote=False)
    root = reader.read()
    problems = list(reader.problems)
    intake = None
    if isinstance(root, MappingNode):
        try:
            intake = Intake.model_validate(plain(root))
        except IntakeError as error:
            told = {(problem.line, problem.column) for problem in problems}
            found = _placed(error.problems, file, root)
            problems += [problem for problem in found if _value_place(problem, root) not in told]
    elif not problems:
        is_a_name = _FILE_NAME.fullmatch(source.strip()) is not None
        problems = [Problem(file, 1, 1, "", _A_FILE_NAME if is_a_name else _NO_MAPPING)]
    if problems or intake is None:
        raise IntakeError(
            "The intake cannot be assessed:", sorted(problems, key=lambda problem: (problem.line, problem.column))
        )
    return intake


_FILE_NAME = re.compile(r"[^\n]*\.(ya?ml|json)")
_A_FILE_NAME = "this is the name of a file, not what it holds; hand in a pathlib.Path"
_NO_MAPPING = "an intake is a mapping of parts (episode, losses, …) to answers; see `ipt-rules template`"


def _without_tabs(text: str) -> str:
    """Return JSON with blanks for the tabs that indent it; YAML, which knows no tabs there, as it is."""
    if not text.lstrip().startswith("{"):
        return text
    return re.sub(r"^[ \t]+", lambda blanks: " " * len(blanks[0]), text, flags=re.MULTILINE)


def _placed(problems: Iterable[Problem], file: str, root: ValueNode | None) -> list[Problem]:
    """Return the problems with the lines and columns at which they stand; each unknown key with its own."""
    found = []
    with_unknown_keys = set()
    for problem in problems:
        steps = parse(problem.path) if problem.path else ()
        holder = below(root, steps)
        if problem.what.startswith(UNKNOWN_KEY) and isinstance(holder, MappingNode):
            with_unknown_keys.add(steps)
        else:
            found.append(Problem(file, *place(root, steps), problem.path, problem.what))
    for steps in with_unknown_keys:
        holder = below(root, steps)
        assert isinstance(holder, MappingNode)
        for key, what in unknown_keys(Intake, steps, holder.keys).items():
            found.append(Problem(file, holder.keys[key].line, holder.keys[key].column, written(steps), what))
    return found


def _value_place(problem: Problem, root: ValueNode | None) -> tuple[int, int]:
    node = below(root, parse(problem.path)) if problem.path else None
    return (node.line, node.column) if node is not None else (0, 0)


def example(name: str) -> Intake:
    """Return a worked case that comes with the library, such as ``example("grief")``.

    Raises:
        KeyError: there is no case of that name; the message says which there are.

    """
    if name not in (cases := examples()):
        raise KeyError(f"no worked case is called {name!r}; there are: {', '.join(cases)}")
    file = _cases() / f"{name}.yaml"
    return read_intake(file.read_text("utf-8"), f"fixtures/intakes/{name}.yaml")


def examples() -> list[str]:
    """Return the names of the worked cases that come with the library."""
    return sorted(path.stem for path in _cases().glob("*.yaml"))


def _cases() -> Path:
    return shipped_folder("fixtures") / "intakes"
