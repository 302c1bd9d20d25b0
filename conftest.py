"""Runs the examples in README.md and docs/ as tests, from the top of the checkout."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

from sybil import Example, Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser, SkipParser

TOP = Path(__file__).parent


class ConsoleParser(CodeBlockParser):
    """Runs ``$ ipt-rules …`` lines in ``console`` blocks and compares what they print; ``…`` stands for anything."""

    language = "console"

    def evaluate(self, example: Example) -> str | None:
        """Return what differs, or None."""
        lines = example.parsed.splitlines()
        command = lines[0].removeprefix("$ ")
        done = subprocess.run(shlex.split(command), cwd=TOP, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603
        printed = [line.rstrip() for line in (done.stdout + done.stderr).splitlines()]
        return _difference([line.rstrip() for line in lines[1:]], printed)


def _difference(wanted: list[str], printed: list[str]) -> str | None:
    """Compare line by line; a line ``…`` stands for any number of lines."""
    position = 0
    skipping = False
    for line in wanted:
        if line.strip() == "…":
            skipping = True
            continue
        if skipping:
            while position < len(printed) and printed[position] != line:
                position += 1
        if position >= len(printed) or printed[position] != line:
            found = printed[position] if position < len(printed) else "the end of the output"
            return f"expected the line\n  {line}\nand found\n  {found}\nin\n" + "\n".join(printed)
        position += 1
        skipping = False
    return None


pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(), ConsoleParser(), SkipParser()], patterns=["README.md", "docs/*.md"]
).pytest()
