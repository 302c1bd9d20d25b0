"""The benchmarks run, and assert first that what they compare finds the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


def test_engines_beside_the_plain_loop() -> None:
    """Our engines and the plain loop find the same on the rows of a few intakes, and the table says how fast."""
    done = run("engines.py", "--intakes", "20", "--rounds", "1", "--only", "reference", "compiled")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "| plain loop |" in done.stdout
    assert "| compiled |" in done.stdout


def test_questions_on_a_few_cases() -> None:
    """A trial finds what a whole assessment finds, flips flip, and the table says how long each question takes."""
    done = run("explain.py", "--cases", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "| why not |" in done.stdout


@pytest.mark.durable
def test_cohorts_beside_the_other_engines() -> None:
    """DuckDB finds and ranks what durable_rules and the compiled engine do, and the script says how fast and how large."""
    done = run("cohort.py", "--sizes", "60", "120", "--rounds", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "DuckDB and durable: durable_rules 2.0.28 find the same" in done.stdout
    assert "120 intakes: DuckDB and the compiled engine say the same, findings and standings" in done.stdout


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a benchmark."""
    command = [sys.executable, str(BENCHMARKS / script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # our own script
