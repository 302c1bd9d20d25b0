"""The command ``ipt-rules cohort``: facts, rankings and comparisons of many intakes, and what is wrong said plainly."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ipt_rules import load_ruleset
from ipt_rules.cohort import compare_rules, sql
from ipt_rules.cohort.query import rules_as_columns
from ipt_rules.cohort.running import summary
from tests.cohort.expected import drawn, written
from tests.test_command import run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The facts of thirty intakes and one broken record, made by the command."""
    source = written(tmp_path / "in.ndjson", map(drawn, range(30)))
    with source.open("a", encoding="utf-8") as lines:
        lines.write("{\n")
    done = run("cohort", "facts", str(source), str(tmp_path / "facts"), "--jobs", "1")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("30 intakes, ")
    assert done.stderr == f"Rejected, 1 of 31 records: {tmp_path / 'facts' / 'rejects.ndjson'}\n"
    return tmp_path / "facts"


def test_facts_that_are_there_are_kept(folder: Path) -> None:
    """A second run makes nothing anew and says so, for people and for programs."""
    words = ("cohort", "facts", str(folder.parent / "in.ndjson"), str(folder), "--jobs", "1")
    assert "1 of 1 part kept from before." in run(*words).stdout
    told = json.loads(run(*words, "--format", "json").stdout)
    assert (told["records"], told["intakes"], told["rejected"], told["kept"], told["parts"]) == (31, 30, 1, 1, 1)


def test_it_ranks(folder: Path, tmp_path: Path) -> None:
    """The table is written and summed up in words, and for programs in numbers."""
    words = ("cohort", "rank", str(folder), str(tmp_path / "ranked.parquet"))
    done = run(*words)
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0] == "30 intakes"
    assert lines[1].split() == ["first", "intakes", "share", "settled"]
    assert any(line.startswith("role transitions ") for line in lines)
    assert lines[-1].startswith("A caution refers, and comes before any ranking, in ")
    told = json.loads(run(*words, "--format", "json", "--rules", "grief-and-loss").stdout)
    assert told == summary(tmp_path / "ranked.parquet")


def test_it_compares(folder: Path, tmp_path: Path) -> None:
    """What changes is told in words, and for programs as the library tells it."""
    words = ("cohort", "compare", str(folder), "--new", "grief-and-loss")
    done = run(*words, "-o", str(tmp_path / "changed.parquet"))
    found = compare_rules(folder, load_ruleset(), load_ruleset(variant="grief-and-loss"))
    assert done.stdout.startswith(f"Another area is first in {found.changed} of 30 intakes (")
    assert "grief.loss-other-than-death" in done.stdout
    assert (tmp_path / "changed.parquet").exists()
    assert json.loads(run(*words, "--format", "json").stdout) == found.to_dict()
    same = run("cohort", "compare", str(folder), "--old", "rules", "--new", "rules")
    assert same.stdout == "Another area is first in 0 of 30 intakes (0.0 %).\n"


def test_it_prints_the_query() -> None:
    """The query is that of the library, in either dialect, for rankings or for the rules on each row."""
    rows = rules_as_columns(load_ruleset(), "loss").sql("spark")
    assert run("cohort", "sql", "--rows", "loss", "--dialect", "spark").stdout == rows + "\n"
    assert run("cohort", "sql").stdout == sql(load_ruleset()) + "\n"
    assert run("cohort", "sql", "--dialect", "spark").stdout == sql(load_ruleset(), "spark") + "\n"


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("rank", "{}/none", "{}/out.parquet"), "none: holds no facts; `ipt-rules cohort facts` makes them"),
        (("facts", "{}/none.ndjson", "{}/to"), "none.ndjson: cannot be read: No such file or directory"),
        (("facts", "{}/in.ndjson", "{}"), "holds something else; name a folder that is empty or not there yet"),
        (("facts", "{}/in.ndjson", "/proc/none"), "/proc/none: cannot be written: No such file or directory"),
        (("rank", "{}/facts", "{}/none/out.parquet"), "out.parquet: cannot be written: No such file or directory"),
        (("rank", "{}/facts", "{}/out.parquet", "--rules", "{}/none"), "there is no such folder, and no such variant"),
        (("sql", "--dialect", "klingon"), "--dialect: there is no such dialect; duckdb and spark are tested"),
    ],
)
def test_what_cannot_be_done_is_said(folder: Path, words: tuple[str, ...], what: str) -> None:
    """Bad input ends with 2 and one plain sentence, with no traceback."""
    done = run("cohort", *(word.format(folder.parent) for word in words))
    assert (done.exit_code, done.stdout) == (2, "")
    assert what in done.stderr
    assert "Traceback" not in done.stderr


def test_a_source_without_intakes(tmp_path: Path) -> None:
    """Where no record is an intake, the command ends with 1 and says where the reasons stand."""
    source = tmp_path / "in.ndjson"
    source.write_text("no\nintakes\n", "utf-8")
    done = run("cohort", "facts", str(source), str(tmp_path / "facts"), "--jobs", "1")
    assert done.exit_code == 1
    assert done.stderr.splitlines() == [
        f"Rejected, 2 of 2 records: {tmp_path / 'facts' / 'rejects.ndjson'}",
        "There is no intake among the records.",
    ]
