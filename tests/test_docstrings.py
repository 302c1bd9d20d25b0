"""The tests' own sentences."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).parent
_NEXT_SENTENCE: Final = re.compile(r"[.?!]\s+[A-Z]")


def test_every_test_says_its_property_in_one_sentence() -> None:
    """Each test function and method has a docstring of one sentence, which ends with a full stop."""
    wrong = []
    for path in sorted(TESTS.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                said = ast.get_docstring(node) or ""
                if not said.endswith(".") or "\n\n" in said or _NEXT_SENTENCE.search(said):
                    wrong.append(f"{path.relative_to(TESTS)}:{node.lineno} {node.name}")
    assert wrong == []
