"""Runs the examples in README.md and docs/ as tests, from the top of the checkout."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path

from sybil import Example, Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser, SkipParser

from ipt_rules import RulesetError, load_ruleset

TOP = Path(__file__).parent


class ConsoleParser(CodeBlockParser):
    """Runs ``$ ipt-rules …`` lines in ``console`` blocks and compares what they print; ``…`` stands for anything."""

    language = "console"

    def evaluate(self, example: Example) -> str | None:
        """Return what differs, or None."""
        lines = example.parsed.splitlines()
        command = lines[0].removeprefix("$ ")
        env = {**os.environ, "COLUMNS": "110"}
        done = subprocess.run(  # noqa: S603  # the commands of our own docs
            shlex.split(command), cwd=TOP, env=env, capture_output=True, text=True, check=False, timeout=60
        )
        printed = [line.rstrip() for line in (done.stdout + done.stderr).splitlines()]
        return _difference([line.rstrip() for line in lines[1:]], printed)


class RuleFileParser(CodeBlockParser):
    """Reads ``yaml`` blocks: rules as part of a rule set that extends the shipped one, other files as what their keys say."""

    language = "yaml"

    def evaluate(self, example: Example) -> str | None:
        """Return what is wrong with the block, or None."""
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
    parsers=[PythonCodeBlockParser(), ConsoleParser(), RuleFileParser(), SkipParser()],
    patterns=["README.md", "docs/*.md"],
).pytest()
