"""The worked cases: what is expected of each stands beside it, and together they show every rule at work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml

from ipt_rules import Assessor, assess, example, examples, load_ruleset, variants
from ipt_rules.ruleset.consequences import Evidence
from ipt_rules.schemas import schemas
from ipt_rules.worked_cases import seen_in

if TYPE_CHECKING:
    from ipt_rules.worked_cases import Seen

FOLDER = Path(__file__).parents[1] / "fixtures" / "intakes"
CASES = examples()


@pytest.mark.parametrize("case", CASES)
def test_worked_case(case: str) -> None:
    """A worked case has exactly the ranking, findings, cautions, questions and plan that stand beside it."""
    expected = json.loads((FOLDER / f"{case}.expected.json").read_text("utf-8"))
    assert summary(case) == expected


def summary(case: str) -> dict[str, Any]:
    """Return what a worked case comes to, by ids."""
    assessment = assess(example(case))
    told = assessment.to_dict()
    phases = {phase["phase"]: phase for phase in told["plan"]["phases"]}
    in_text = [question for question in told["questions"] if question["kind"] == "open"][:10]
    return {
        "settled": told["settled"],
        "ranking": [
            {
                **{key: entry[key] for key in ("area", "rank", "points", "level", "bounds", "held_back_by")},
                "focus": entry["focus"] and entry["focus"]["subject"],
                "for": sorted(reason["rule"] for reason in entry["for"]),
                "against": sorted(reason["rule"] for reason in entry["against"]),
            }
            for entry in told["ranking"]
        ],
        "foci": [[focus["area"], focus["subject"], focus["stage"], focus["agreed"]] for focus in told["foci"]],
        "findings": sorted(f"{finding.rule.id} {finding.row.place}".strip() for finding in assessment.result.findings),
        "cautions": [[caution["kind"], caution["rule"]] for caution in told["cautions"]],
        "asks": sorted(question["rule"] for question in told["questions"] if question["kind"] == "clinician"),
        "gates_to_clear": told["gates_to_clear"],
        "open_gates": [gate["path"] for gate in told["open_gates"]],
        "needed": [question["path"] for question in told["questions"] if question["kind"] == "needed"],
        "first_questions": [[question["path"], question["points"]] for question in in_text],
        "schedules": told["plan"]["schedules"],
        "goals": [[goal["rule"], goal["focus"]] for goal in told["plan"]["goals"]],
        "formulations": [[part["rule"] for part in draft["parts"]] for draft in told["plan"]["formulations"]],
        "strategies": {name: [_in_short(entry) for entry in phase["strategies"]] for name, phase in phases.items()},
        "withheld": [
            {
                "strategy": _in_short(entry),
                "gates": entry["gates"],
                "unmet": [need["field"] for need in entry["unmet"]],
                "unknown": [need["field"] for need in entry["unknown"]],
            }
            for phase in phases.values()
            for entry in phase["withheld"]
        ],
    }


def _in_short(entry: dict[str, Any]) -> str:
    focus = "" if entry["focus"] is None else f" for focus {entry['focus']}"
    return f"{entry['rule']}{focus}"


STORIES = yaml.safe_load((FOLDER.parent / "stories.yaml").read_text("utf-8"))
"""What is expected of each case by its story: written by hand, and never generated."""


@pytest.mark.parametrize("case", CASES)
def test_a_case_ends_as_its_story_says(case: str) -> None:
    """The area that comes first, the gates, and what has to be withheld and asked are those of the story."""
    story = STORIES[case]
    assessment = assess(example(case))
    told = assessment.to_dict()
    leading = [entry["area"] for entry in told["ranking"] if entry["rank"] == 1 and entry["level"] != "none"]
    first = story["first"]
    assert set(leading) <= set(first if isinstance(first, list) else [first])
    assert bool(leading) is (first is not None)
    assert told["gates_to_clear"] == story.get("gates", [])
    withheld = {entry["rule"] for phase in told["plan"]["phases"] for entry in phase["withheld"]}
    assert set(story.get("withheld", [])) <= withheld
    assert set(story.get("asks", [])) <= {finding.rule.id for finding in assessment.result.asks}


def test_every_case_has_a_story_and_every_story_a_case() -> None:
    """The stories and the cases are the same."""
    assert sorted(STORIES) == CASES


def test_nothing_is_expected_of_a_case_that_is_not_there() -> None:
    """Each expected file stands beside its case, and there are at least thirty cases."""
    expected = {path.name.removesuffix(".expected.json") for path in FOLDER.glob("*.expected.json")}
    assert expected == set(CASES)
    assert len(CASES) >= 30


def test_each_case_tells_its_story_first() -> None:
    """Every case begins with a comment of some lines that tells the case."""
    for case in CASES:
        lines = (FOLDER / f"{case}.yaml").read_text("utf-8").splitlines()
        told = [line for line in lines[:12] if line.startswith("# ")]
        assert len(told) >= 4, case


def test_worked_cases_satisfy_the_intake_schema() -> None:
    """Every worked case, as plain values, is valid by the schema of the intake."""
    schema = schemas()["intake.schema.json"]
    jsonschema.Draft202012Validator.check_schema(schema)
    for case in CASES:
        assert list(jsonschema.Draft202012Validator(schema).iter_errors(example(case).to_dict())) == [], case


@pytest.mark.parametrize("area", ["grief", "disputes", "transitions", "deficits"])
def test_each_area_is_first_on_its_own_case(area: str) -> None:
    """The worked case of an area ranks it first, alone, with at least three reasons that can be checked."""
    assessment = assess(example(area))
    assert assessment.first == area
    told = assessment.to_dict()["ranking"][0]
    assert len(told["for"]) >= 3
    for reason in (*told["for"], *told["against"]):
        assert reason["rule"]
        assert reason["cites"]
        assert all(fact["path"] for fact in reason["facts"])
        assert reason["facts"]


@pytest.fixture(scope="module")
def seen() -> dict[str, Seen]:
    """Where the shipped rules are seen."""
    return seen_in(load_ruleset(), {case: example(case) for case in CASES})


def test_every_rule_fires_in_a_worked_case(seen: dict[str, Seen]) -> None:
    """Every evidence, stage, caution, standing, question, strategy, goal and formulation rule holds in some case."""
    assert [rule_id for rule_id, where in seen.items() if not where.fires] == []


def test_every_evidence_rule_fails_narrowly_in_a_worked_case(seen: dict[str, Seen]) -> None:
    """For every evidence rule there is a case in which one other answer would have made it hold."""
    evidence = [rule.id for rule in load_ruleset().rules if isinstance(rule.consequence, Evidence)]
    assert [rule_id for rule_id in evidence if not seen[rule_id].near] == []


@pytest.mark.parametrize("case", CASES)
def test_every_case_shows_a_plan(case: str) -> None:
    """On any worked case each phase has session numbers and strategies; with a gate to clear, only what may come before."""
    told = assess(example(case)).to_dict()["plan"]
    phases = {phase["phase"]: phase for phase in told["phases"]}
    assert told["schedules"]
    for name in ("initial", "middle", "final"):
        assert phases[name]["strategies"] or phases[name]["withheld"], name
        assert None not in phases[name]["sessions"]
    if told["gates"]:
        assert all(entry["before_clearance"] for phase in phases.values() for entry in phase["strategies"])
        assert (told["goals"], told["formulations"]) == ([], [])
    text = assess(example(case)).to_text(steps=True)
    assert all(f"{name.capitalize()} phase, sessions " in text for name in ("initial", "middle", "final"))


@pytest.mark.parametrize("case", CASES)
def test_every_draft_has_each_part_once(case: str) -> None:
    """A draft formulation has illness, situation, area, hope and the question of agreement, each once."""
    for draft in assess(example(case)).to_dict()["plan"]["formulations"]:
        assert [part["part"] for part in draft["parts"]] == ["illness", "situation", "area", "hope", "agreement"]


def test_variants_run_on_every_case() -> None:
    """The shipped variants assess every worked case, on every engine alike."""
    assert variants() == ["grief-and-loss"]
    rules = load_ruleset(variant="grief-and-loss")
    engines = Assessor(rules), Assessor(rules, "reference")
    for case in CASES:
        assessed = [engine.assess(example(case)).result for engine in engines]
        assert assessed[0] == assessed[1], case


if __name__ == "__main__":
    for name in CASES:
        path = FOLDER / f"{name}.expected.json"
        path.write_text(json.dumps(summary(name), indent=1) + "\n", "utf-8")
