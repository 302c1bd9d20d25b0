"""A rule set as SQL finds, ranks and bounds as the reference does."""

from __future__ import annotations

import dataclasses
import multiprocessing
import random
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow.parquet as pq
import pytest
import sqlglot

from ipt_rules import Intake, load_ruleset
from ipt_rules.cohort import make_facts, rank_facts, sql
from ipt_rules.cohort.query import rules_as_columns
from ipt_rules.cohort.tables import KINDS
from ipt_rules.drawn.intakes import Seeded
from ipt_rules.engines import Engine, ReferenceEngine
from ipt_rules.engines.sql import SqlEngine
from ipt_rules.facts import facts
from ipt_rules.pipeline import evaluate
from ipt_rules.ruleset.consequences import Evidence, HoldsBack
from ipt_rules.testing.conformance import EngineConformance, Shares
from ipt_rules.testing.rules import draw_ruleset
from ipt_rules.words import AREAS
from tests.cohort.expected import Remembered, draw, drawn, expected, in_duckdb, without_plan, written

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ipt_rules.ruleset import Ruleset
    from ipt_rules.ruleset.model import Rule


def ranked(ruleset: Ruleset, intakes: Sequence[Intake]) -> list[dict[str, Any]]:
    """Return what the query says of some intakes, in their order."""
    with duckdb.connect(config={"threads": 1}) as connection:
        in_duckdb(connection, intakes)
        rows: list[dict[str, Any]] = connection.sql(sql(ruleset)).to_arrow_table().to_pylist()
    assert [row.pop("intake") for row in rows] == list(range(len(intakes)))
    assert {row.pop("id") for row in rows} <= {None}
    return rows


@pytest.mark.slow
class TestSqlEngine(EngineConformance):
    def make(self, ruleset: Ruleset) -> Engine:
        return SqlEngine(ruleset)


def test_it_says_what_the_reference_says() -> None:
    """Standings, bounds, findings and cautions of drawn intakes are those of the reference, in every state of an answer."""
    ruleset = without_plan(load_ruleset())
    intakes = [drawn(number) for number in range(1500)]
    engine = Remembered(ruleset)
    assert ranked(ruleset, intakes) == [expected(intake, ruleset, engine) for intake in intakes]
    shares = Shares()
    for intake in intakes[:300]:
        rows = facts(intake)
        shares.count([*rows.subjects, rows.patient, *rows.not_asked])
    assert min(shares.in_percent().values()) > 3, "some state of an answer is hardly tried"
    lists = [getattr(intake, part) for intake in intakes for part in ("losses", "disputes", "changes")]
    assert lists.count(None) > 100
    assert lists.count(()) > 100


def test_any_rule_set_says_the_same() -> None:
    """Rule sets drawn by chance, with conditions of any shape, are ranked as the reference ranks them."""
    choose = Seeded(random.Random(8))
    for block in range(12):
        ruleset = draw_ruleset(choose)
        intakes = [drawn(number) for number in range(40 * block, 40 * block + 40)]
        engine = ReferenceEngine(ruleset)
        assert ranked(ruleset, intakes) == [expected(intake, ruleset, engine) for intake in intakes]


def test_a_variant_and_a_rule_set_without_rules(mini: Path) -> None:
    """A variant, a small rule set and one without any rules are ranked as the reference ranks them."""
    shipped = load_ruleset()
    nothing = type(shipped)(**{**_parts(shipped), "rules": ()})
    intakes = [drawn(number) for number in range(200)]
    for ruleset in (load_ruleset(variant="grief-and-loss"), load_ruleset(mini), nothing):
        engine = ReferenceEngine(ruleset)
        assert ranked(ruleset, intakes) == [expected(intake, ruleset, engine) for intake in intakes]


def test_evidence_turned_round() -> None:
    """With half of the evidence turned against its area, and areas held back by what may be unknown, the reference agrees."""
    ruleset, choose = without_plan(load_ruleset()), random.Random(3)
    rules = [_turned(rule) if choose.random() < 0.5 else rule for rule in ruleset.rules]
    (holding, *_) = (rule for rule in rules if isinstance(rule.consequence, HoldsBack))
    conditions = [rule.condition for rule in rules if (rule.runs_in, rule.kind) == ("evidence", "patient")]
    for number, condition in enumerate(choose.sample(conditions, 6)):
        consequence = HoldsBack(area=AREAS[number % len(AREAS)])
        name = f"standing.held-{number}"
        rules.append(dataclasses.replace(holding, id=name, condition=condition, consequence=consequence))
    odd = dataclasses.replace(ruleset, rules=tuple(rules))
    intakes, engine = [drawn(number) for number in range(100)], ReferenceEngine(odd)
    rows = ranked(odd, intakes)
    assert rows == [expected(intake, odd, engine) for intake in intakes]
    for area in AREAS:
        assert any(row[f"{area}_held_back"] for row in rows)
    assert any(row[f"{area}_points"] == 0 and row[f"{area}_subjects"] for row in rows for area in AREAS)


def _turned(rule: Rule) -> Rule:
    evidence = rule.consequence
    if not isinstance(evidence, Evidence):
        return rule
    return dataclasses.replace(rule, consequence=dataclasses.replace(evidence, supports=not evidence.supports))


def _parts(ruleset: Ruleset) -> dict[str, Any]:
    return {name: getattr(ruleset, name) for name in ("name", "version", "scoring", "references", "questions", "words")}


def test_a_missing_list_is_no_empty_one() -> None:
    """Where losses were not asked for, grief could still have points; where there were none, it cannot."""
    silent = Intake.model_validate({"assessed_on": "2026-03-31", "losses": None})
    none = Intake.model_validate({"assessed_on": "2026-03-31", "losses": []})
    open_, closed = ranked(load_ruleset(), [silent, none])
    assert open_["grief_most"] > closed["grief_most"]
    assert (open_["grief_points"], closed["grief_points"]) == (0, 0)


def test_words_of_a_rule_file_are_texts_in_sql(mini: Path) -> None:
    """The id of a rule, whatever it holds, is a text in the query and nothing else."""
    ruleset = load_ruleset(mini)
    rules = tuple(
        type(rule)(
            **{**{name: getattr(rule, name) for name in rule.__slots__}, "id": f"x'; DROP TABLE loss; -- {rule.id}"}
        )
        for rule in ruleset.rules
    )
    odd = type(ruleset)(**{**_parts(ruleset), "rules": rules})
    intakes = [drawn(number) for number in range(50)]
    engine = ReferenceEngine(odd)
    assert ranked(odd, intakes) == [expected(intake, odd, engine) for intake in intakes]


def test_rules_as_columns() -> None:
    """Each row of a kind says of each rule of evidence whether it holds, and what holds is what the reference finds."""
    ruleset = without_plan(load_ruleset())
    intakes = [drawn(number) for number in range(150)]
    expected_ = {
        (number, finding.row.place or None, finding.rule.id)
        for number, intake in enumerate(intakes)
        for finding in evaluate(intake, ruleset, ReferenceEngine(ruleset)).findings
        if finding.rule.runs_in == "evidence"
    }
    there = set()
    with duckdb.connect(config={"threads": 1}) as connection:
        in_duckdb(connection, intakes)
        for kind in KINDS:
            table = connection.sql(rules_as_columns(ruleset, kind).sql("duckdb")).to_arrow_table()
            rules = [rule.id for rule in ruleset.rules if (rule.runs_in, rule.kind) == ("evidence", kind)]
            assert table.column_names == ["intake", "place", *rules]
            for row in table.to_pylist():
                number, place = row.pop("intake"), row.pop("place")
                assert set(row.values()) <= {True, False}
                if place or kind == "patient":  # the row of a list that was not asked for is no finding
                    there |= {(number, place, rule) for rule, holds in row.items() if holds}
    assert there == expected_


def test_each_tested_dialect_is_one_statement() -> None:
    """The query for DuckDB and for Spark is one statement that reads the five tables of facts and no other."""
    tables = {"loss", "dispute", "change", "isolation", "patient"}
    for dialect in ("duckdb", "spark"):
        (statement,) = sqlglot.parse(sql(load_ruleset(), dialect), read=dialect)
        assert statement is not None
        parts = {part.alias for part in statement.find_all(sqlglot.exp.CTE)}
        assert {table.name for table in statement.find_all(sqlglot.exp.Table)} - parts == tables


@pytest.mark.slow
def test_fifty_thousand_intakes(tmp_path: Path, record_property: Any) -> None:
    """From records on disk to the table of rankings, 50,000 intakes are what the reference makes of them."""
    number = 50_000
    source = written(tmp_path / "intakes.ndjson", map(draw, range(number)))
    make_facts(source, tmp_path / "facts", jobs=2)
    ruleset = without_plan(load_ruleset())
    assert rank_facts(tmp_path / "facts", tmp_path / "ranked.parquet", ruleset) == number
    blocks = [(tmp_path / "ranked.parquet", start, start + 2500) for start in range(0, number, 2500)]
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        compared = pool.map(_compare, blocks)
    record_property("findings that are equal", sum(compared))
    assert sum(compared) > 10 * number


def _compare(block: tuple[Path, int, int]) -> int:
    """Compare the rows of some intakes with the reference, and return how many findings they have."""
    file, start, end = block
    ruleset = without_plan(load_ruleset())
    engine = Remembered(ruleset)
    rows = pq.read_table(file, filters=[("intake", ">", start), ("intake", "<=", end)]).to_pylist()
    assert len(rows) == end - start
    for row in rows:
        number = row.pop("intake")
        assert row.pop("id") is None
        assert row == expected(draw(number - 1), ruleset, engine)
    return sum(len(row["findings"]) for row in rows)
