"""The public API as a user's type checker sees it; mypy reads this file, nothing runs it."""

from __future__ import annotations

from typing import Any, assert_type

import networkx as nx
from hypothesis.strategies import SearchStrategy

import ipt_rules
from ipt_rules import (
    Assessment,
    Assessor,
    Course,
    Intake,
    IntakeError,
    Inventory,
    Person,
    Problem,
    Rule,
    Ruleset,
    assess,
    assess_many,
    cohort,
    example,
    examples,
    interop,
    load_ruleset,
    read_intake,
    service,
    testing,
)

intake = read_intake("assessed_on: 2026-03-31")
assert_type(intake, Intake)
assert_type(example("grief"), Intake)
assert_type(examples(), list[str])

ruleset = load_ruleset()
assert_type(ruleset, Ruleset)
assert_type(load_ruleset("rules"), Ruleset)
assert_type(load_ruleset(variant="grief-and-loss"), Ruleset)
assert_type(ruleset.rules, tuple[Rule, ...])
assert_type(ruleset.digest, str)

assessment = assess(intake, ruleset, engine="compiled")
assert_type(assessment, Assessment)
assert_type(assessment.first, str | None)
assert_type(assessment.settled, bool)
assert_type(assessment.to_dict(names=False), dict[str, Any])
assert_type(assessment.to_json(), str)
assert_type(assessment.findings_table(), list[dict[str, Any]])
assert_type(assessment.standings_table(), list[dict[str, Any]])
assert_type(assessment.plan_table(), list[dict[str, Any]])
assert_type(assessment.plan.answers, tuple[str | None, ...])
assert_type(assessment.provenance, dict[str, str])
assert_type(Assessor(ruleset).assess(intake), Assessment)

for one in assess_many([intake]):
    assert_type(one, Assessment)

inventory = Inventory(people=(Person(id="m", role="partner", closeness="closest", confides=True),))
graph = inventory.to_graph()
assert_type(graph, nx.Graph[str])
assert_type(Inventory.from_graph(graph), Inventory)

try:
    read_intake("losses: 3")
except IntakeError as error:
    assert_type(error.problems, tuple[Problem, ...])
    assert_type(error.to_dict(), dict[str, Any])

assert_type(ipt_rules.__version__, str)

assess(intake, engine="rete")  # type: ignore[arg-type]  # there is no such engine
Person(id="m", role="enemy")  # type: ignore[arg-type]  # there is no such role

assert_type(testing.intakes(), SearchStrategy[Intake])
assert_type(testing.partial_intakes(share=20), SearchStrategy[Intake])
assert_type(testing.inventories(), SearchStrategy[Inventory])
assert_type(testing.intakes_where_holds("grief.mourning-held-back", ruleset), SearchStrategy[Intake])
assert_type(testing.near_ties(), SearchStrategy[Intake])
assert_type(testing.boundary_intakes(ruleset, rules=["grief.mourning-held-back"]), SearchStrategy[Intake])
assert_type(testing.courses(most_sessions=3), SearchStrategy[Course])
assert_type(testing.rulesets(), SearchStrategy[Ruleset])

assert_type(service.app(ruleset, limits=service.Limits(seconds=2), origins=["https://record.example"]), service.Service)

assert_type(interop.questionnaire(ruleset), dict[str, Any])
assert_type(interop.intake_from(interop.response(intake, subject="Patient/17")), Intake)
assert_type(interop.with_scale(intake, {}), Intake)
assert_type(interop.scale_answers({}), dict[str, int])
assert_type(interop.care_plan(assessment, "Patient/17", names=False), dict[str, Any])
assert_type(interop.guidance_response(assessment, "Patient/17"), dict[str, Any])

made = cohort.make_facts("intakes.ndjson", "facts")
assert_type(made, cohort.Made)
assert_type(cohort.rank_facts("facts", "ranked.parquet", ruleset), int)
assert_type(cohort.compare_rules("facts", ruleset, ruleset), cohort.Comparison)
assert_type(cohort.sql(ruleset, "spark"), str)
