"""Reading one file of a rule set; what nobody can read is a mistake of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipt_rules.documents import MAX_CHARACTERS, DocumentReader, MappingNode, ScalarNode
from ipt_rules.errors import Problem
from ipt_rules.ruleset.forms import Form, Mistakes

if TYPE_CHECKING:
    from pathlib import Path

    from ipt_rules.documents import ValueNode


def read_document(path: Path, name: str, problems: list[Problem], *, holds: str) -> ValueNode | None:
    """Return the value in a file, or None where there is none (then ``problems`` says why).

    Args:
        path: the file.
        name: the file as it is told.
        problems: receives what is wrong with it.
        holds: what would be right, for a file that is empty.

    """
    text = _text(path, name, problems)
    if text is None:
        return None
    reader = DocumentReader(text, name)
    root = reader.read()
    problems.extend(reader.problems)
    if root is None or (isinstance(root, ScalarNode) and root.value is None):
        if not reader.problems:
            problems.append(Problem(name, 0, 0, "", f"is empty; {holds}"))
        return None
    return root


def read_form(path: Path, name: str, problems: list[Problem], *, holds: str) -> Form | None:
    """Return the mapping in a file, or None where there is none (then ``problems`` says why)."""
    root = read_document(path, name, problems, holds=holds)
    if isinstance(root, MappingNode):
        return Form(root, "", Mistakes(name))
    if root is not None:
        problems.append(Problem(name, root.line, root.column, "", "must be a mapping"))
    return None


def _text(path: Path, name: str, problems: list[Problem]) -> str | None:
    try:
        if path.stat().st_size > 4 * MAX_CHARACTERS:
            problems.append(Problem(name, 0, 0, "", f"the file is larger than {MAX_CHARACTERS:,} characters; split it"))
            return None
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        problems.append(Problem(name, 0, 0, "", "is no UTF-8 text"))
    except OSError as error:
        problems.append(Problem(name, 0, 0, "", f"cannot be read: {error.strerror}"))
    return None
