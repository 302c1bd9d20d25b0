"""Ranking facts on disk, and comparing rule sets on them: the same as ranking each intake twice."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import duckdb
import pyarrow.parquet as pq
import pytest

from ipt_rules import EvaluationError, load_ruleset
from ipt_rules._version import __version__
from ipt_rules.cohort import compare_rules, make_facts, rank_facts
from ipt_rules.cohort.comparing import SCORING
from ipt_rules.cohort.running import summary
from ipt_rules.engines import ReferenceEngine
from ipt_rules.ruleset.consequences import Evidence, HoldsBack, StageFound
from tests.cohort.expected import drawn, expected, without_plan, written
from tests.helpers import MINI, RULES, changed_once, write_mini

if TYPE_CHECKING:
    from pathlib import Path

    from ipt_rules.ruleset import Ruleset

NUMBER = 120
DECIDES = (Evidence, StageFound, HoldsBack)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The facts of some drawn intakes, in parts of 25."""
    place = tmp_path_factory.mktemp("cohort")
    make_facts(written(place / "in.ndjson", map(drawn, range(NUMBER))), place / "facts", jobs=1, records_in_a_part=25)
    return place / "facts"


@pytest.mark.parametrize("intakes_at_once", [1, 60, 1000])
def test_it_does_not_matter_how_many_are_ranked_at_once(folder: Path, tmp_path: Path, intakes_at_once: int) -> None:
    """The table has a row for each intake, in the order of the records, however the parts are taken together."""
    ruleset = without_plan(load_ruleset())
    engine, told = ReferenceEngine(ruleset), list[tuple[int, int]]()
    file = tmp_path / "ranked.parquet"
    ranked = rank_facts(
        folder,
        file,
        ruleset,
        intakes_at_once=intakes_at_once,
        jobs=1,
        told=lambda done, whole: told.append((done, whole)),
    )
    rows = pq.read_table(file).to_pylist()
    assert ranked == NUMBER
    assert told[-1] == (NUMBER, NUMBER)
    assert len(told) == {1: 5, 60: 3, 1000: 1}[intakes_at_once]
    assert [row.pop("intake") for row in rows] == list(range(1, NUMBER + 1))
    assert [row for row in rows if row.pop("id") is None] == [
        expected(drawn(number), ruleset, engine) for number in range(NUMBER)
    ]


def test_the_table_names_its_rules(folder: Path, tmp_path: Path) -> None:
    """The file says which rule set made it, by name, version and digest, and which library and engine."""
    ruleset = load_ruleset()
    rank_facts(folder, tmp_path / "ranked.parquet", ruleset)
    told = pq.read_schema(tmp_path / "ranked.parquet").metadata
    assert told[b"ipt_rules.digest"].decode() == ruleset.digest
    assert told[b"ipt_rules.ruleset"].decode() == f"{ruleset.name} {ruleset.version}"
    assert told[b"ipt_rules.library"].decode() == __version__
    assert told[b"ipt_rules.engine"].decode() == f"sql: duckdb {duckdb.__version__}"


def test_a_failure_writes_nothing(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the query fails, or gives fewer rows than there are intakes, there is an error and no table."""
    for query in ("SELECT no_such_column FROM loss", "SELECT intake, id FROM patient LIMIT 3"):
        monkeypatch.setattr("ipt_rules.cohort.running.sql", lambda ruleset, query=query: query)
        with pytest.raises(EvaluationError):
            rank_facts(folder, tmp_path / "ranked.parquet", load_ruleset())
        assert list(tmp_path.iterdir()) == []


def test_the_summary_counts_first_places(folder: Path, tmp_path: Path) -> None:
    """Each first place is counted with how often it is settled, and the intakes on which a caution refers."""
    ruleset = without_plan(load_ruleset())
    engine = ReferenceEngine(ruleset)
    rank_facts(folder, tmp_path / "ranked.parquet", ruleset)
    rows = [expected(drawn(number), ruleset, engine) for number in range(NUMBER)]
    told = summary(tmp_path / "ranked.parquet")
    assert told["intakes"] == NUMBER
    assert told["refer"] == sum(any(one["kind"] == "refer" for one in row["cautions"]) for row in rows)
    counted = {"none" if not one["areas"] else ", ".join(one["areas"]): one["intakes"] for one in told["first"]}
    assert counted == Counter(row["first"] for row in rows)
    assert sum(one["settled"] for one in told["first"]) == sum(row["settled"] for row in rows)


def test_changes_are_those_of_ranking_twice(folder: Path, tmp_path: Path) -> None:
    """Whose first area changes, from what to what, and through which deciding rules, is what two assessments of each tell."""
    old, new = (without_plan(load_ruleset(variant=variant)) for variant in (None, "grief-and-loss"))
    found = compare_rules(folder, old, new, to=tmp_path / "changed.parquet", intakes_at_once=40)
    moves: Counter[tuple[str, str]] = Counter()
    through: Counter[str] = Counter()
    rows = []
    for number in range(NUMBER):
        before, after = (expected(drawn(number), rules, ReferenceEngine(rules)) for rules in (old, new))
        if before["first"] != after["first"]:
            moves[before["first"], after["first"]] += 1
            rules = sorted(_differing(before, old) ^ _differing(after, new))
            through.update({rule for rule, _ in rules})
            rows.append((number + 1, before["first"], after["first"], sorted({rule for rule, _ in rules})))
    assert found.changed == len(rows) > 5
    assert (found.intakes, found.moves, found.through) == (NUMBER, moves, through)
    table = pq.read_table(tmp_path / "changed.parquet").to_pylist()
    assert [(row["intake"], row["before"], row["after"], row["through"]) for row in table] == rows


def _differing(row: dict[str, list[dict[str, str]]], ruleset: Ruleset) -> set[tuple[str, str]]:
    deciding = {rule.id for rule in ruleset.rules if isinstance(rule.consequence, DECIDES)}
    return {(one["rule"], one["place"]) for one in row["findings"] if one["rule"] in deciding}


def test_the_same_rules_change_nothing(folder: Path, tmp_path: Path) -> None:
    """A rule set beside itself changes no first area, and the table of changes is empty."""
    found = compare_rules(folder, load_ruleset(), load_ruleset(), to=tmp_path / "changed.parquet")
    assert (found.intakes, found.changed, found.to_dict()["moves"]) == (NUMBER, 0, [])
    assert pq.read_table(tmp_path / "changed.parquet").num_rows == 0


def test_rules_that_count_otherwise_are_named(folder: Path, tmp_path: Path) -> None:
    """A rule that holds in both but counts otherwise is named; where the rules count the same, the scoring is."""
    slight = changed_once(MINI[RULES], "strength: strong", "strength: slight")
    demanding = changed_once(MINI["scoring.yaml"], "possible: 1", "possible: 2")
    strong_, slight_ = (
        load_ruleset(write_mini(tmp_path / name, rules=rules, scoring=demanding))
        for name, rules in (("strong", MINI[RULES]), ("slight", slight))
    )
    found = compare_rules(folder, strong_, slight_)
    assert found.changed > 0
    assert dict(found.through) == {"grief.held-back": found.changed}
    easier = load_ruleset(write_mini(tmp_path / "easier", rules=slight))
    found = compare_rules(folder, easier, slight_)
    assert found.changed > 0
    assert dict(found.through) == {SCORING: found.changed}
