"""Honest sources: what rules rest on is counted and named, and what nobody knows of a reference stays unknown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from ipt_rules import load_ruleset
from ipt_rules.commands import app
from ipt_rules.ruleset.model import BASES, SEEN
from ipt_rules.sources import source_report
from tests.helpers import MINI, changed_once, write_mini

if TYPE_CHECKING:
    from pathlib import Path


def report() -> dict[str, Any]:
    """Return the report on the shipped rules."""
    return source_report(load_ruleset())


def test_every_rule_is_counted_once_by_basis_and_once_by_how_it_is_known() -> None:
    """By file, the counts of the bases and of what is best known add up to the number of rules."""
    files = report()["files"]
    assert sum(entry["rules"] for entry in files) == len(load_ruleset().rules)
    for entry in files:
        assert sum(entry["basis"].values()) == sum(entry["seen"].values()) == entry["rules"]
        assert set(entry["basis"]) <= set(BASES)
        assert set(entry["seen"]) <= set(SEEN)


def test_a_small_rule_set_is_told_exactly(tmp_path: Path) -> None:
    """What is inferred, recalled and unknown is named, with place and citations."""
    references = changed_once(MINI["references.yaml"], "issued: 2018", "issued: unknown")
    told = source_report(load_ruleset(write_mini(tmp_path, references=references)))
    cite = {"ref": "manual", "at": "ch. 5", "seen": "recalled"}
    settled = {"rule": "grief.settled", "at": f"{tmp_path}/evidence/grief.yaml:15:3", "cites": [cite]}
    assert told["inferred"] == [settled]
    assert told["recalled"] == [settled]
    assert told["partly_recalled"] == []
    assert told["references"] == [{"reference": "manual", "cited": 3, "seen": "read", "unknown": ["issued"]}]
    assert told["files"][0] == {
        "file": f"{tmp_path}/evidence/grief.yaml",
        "rules": 2,
        "basis": {"manual": 1, "inference": 1},
        "seen": {"excerpt": 1, "recalled": 1},
    }
    assert told["design_choices"]["numbers"] == {"recent_event": "a design choice"}


def test_every_reference_that_is_cited_is_there_and_every_one_there_is_used() -> None:
    """No reference is cited by nothing: by no rule of the shipped set or its variants, and no field."""
    from ipt_rules import variants
    from ipt_rules.derived import REGISTRY

    cited = {entry["reference"] for entry in report()["references"] if entry["cited"]}
    for variant in variants():
        cited |= {cite.ref for rule in load_ruleset(variant=variant).rules for cite in rule.cites}
    cited |= {entry.source.split()[0] for entry in REGISTRY.values()}
    whys = " ".join(load_ruleset().scoring.why.values())
    assert [key for key in load_ruleset().references if key not in cited and key not in whys] == []


@pytest.mark.parametrize("words", [(), ("--format", "json")])
def test_the_command_tells_it_all(words: tuple[str, ...]) -> None:
    """`ipt-rules sources` names every rule to be checked, and every reference."""
    shown = CliRunner().invoke(app, ["sources", *words], env={"COLUMNS": "200"})
    assert shown.exit_code == 0
    told = report()
    for key in ("inferred", "recalled", "partly_recalled"):
        assert all(entry["rule"] in shown.stdout for entry in told[key])
    assert all(entry["reference"] in shown.stdout for entry in told["references"])
    assert "design choice" in shown.stdout
    if words:
        assert json.loads(shown.stdout) == told
