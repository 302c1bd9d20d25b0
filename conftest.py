"""Runs the examples in README.md and docs/ as tests, from the top of the checkout.

A block that begins with the name of a file in a comment (``# my_rules/rules.yaml``) is written, and not run; the commands after it
on the same page run in the folder in which it lies.
"""

from __future__ import annotations

import functools
import os
import re
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sybil import Document, Example, Region, Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser, SkipParser

from ipt_rules import RulesetError, load_ruleset

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sybil.typing import Evaluator

TOP = Path(__file__).parent
_FOLDER = "folder of the page"


def _written(example: Example) -> bool:
    """Write a block that is a file into the folder of its page; return whether it is one."""
    named = re.match(r"# ([\w./-]+\.(?:py|yaml))\n", example.parsed)
    if named:
        if _FOLDER not in example.namespace:
            example.namespace[_FOLDER] = tempfile.TemporaryDirectory()
        path = Path(example.namespace[_FOLDER].name, named[1])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(example.parsed, "utf-8")
    return bool(named)


def _removed(namespace: dict[str, Any]) -> None:
    """Remove the folder of a page, if it has one."""
    if _FOLDER in namespace:
        namespace[_FOLDER].cleanup()


class PythonParser(PythonCodeBlockParser):
    """Runs ``python`` blocks, but for those that are files."""

    def __call__(self, document: Document) -> Iterable[Region]:
        """Yield the blocks, each with what runs it."""
        for region in super().__call__(document):
            region.evaluator = functools.partial(_written_or_run, region.evaluator)
            yield region


def _written_or_run(run: Evaluator, example: Example) -> str | None:
    return None if _written(example) else run(example)


class ConsoleParser(CodeBlockParser):
    """Runs the commands in ``console`` blocks and compares what they print; ``…`` stands for anything."""

    language = "console"

    def evaluate(self, example: Example) -> str | None:
        """Return what differs, or None."""
        lines = example.parsed.splitlines()
        command = lines[0].removeprefix("$ ")
        env = {**os.environ, "COLUMNS": "110"}
        cwd = example.namespace[_FOLDER].name if _FOLDER in example.namespace else TOP
        done = subprocess.run(  # noqa: S603  # the commands of our own docs
            shlex.split(command), cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=60
        )
        printed = [line.rstrip() for line in (done.stdout + done.stderr).splitlines()]
        return _difference([line.rstrip() for line in lines[1:]], printed)


class RuleFileParser(CodeBlockParser):
    """Reads ``yaml`` blocks: rules as part of a rule set that extends the shipped one, other files as what their keys say."""

    language = "yaml"

    def evaluate(self, example: Example) -> str | None:
        """Return what is wrong with the block, or None."""
        if _written(example):
            return None
        text = example.parsed
        names = {"- id": "rules.yaml", "name": "ruleset.yaml", "note": "scoring.yaml", "manual": "references.yaml"}
        name = next((file for start, file in names.items() if text.startswith(f"{start}:")), None)
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "ruleset.yaml").write_text(
                'name: docs\nversion: "1"\nlanguage: 1\nextends: ipt-rules\n', "utf-8"
            )
            if name is not None:
                Path(folder, name).write_text(text, "utf-8")
            try:
                load_ruleset(folder)
            except RulesetError as error:
                return str(error)
        return None


def _difference(wanted: list[str], printed: list[str]) -> str | None:
    """Compare line by line; a line ``…`` stands for any number of lines, and at the end of a line for the rest of it."""
    position = 0
    skipping = False
    for line in wanted:
        if line.strip() == "…":
            skipping = True
            continue
        if skipping:
            while position < len(printed) and not _fits(line, printed[position]):
                position += 1
        if position >= len(printed) or not _fits(line, printed[position]):
            found = printed[position] if position < len(printed) else "the end of the output"
            return f"expected the line\n  {line}\nand found\n  {found}\nin\n" + "\n".join(printed)
        position += 1
        skipping = False
    return None


def _fits(wanted: str, printed: str) -> bool:
    return printed.startswith(wanted[:-1]) if wanted.endswith("…") else printed == wanted


pytest_collect_file = Sybil(
    parsers=[PythonParser(), ConsoleParser(), RuleFileParser(), SkipParser()],
    patterns=["README.md", "docs/*.md"],
    teardown=_removed,
).pytest()
