"""The shipped rules: complete in their words, honest in their sources, and right on their worked cases."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import jsonschema
import pytest
import yaml

from ipt_rules import assess, example, load_ruleset
from ipt_rules.derived import REGISTRY
from ipt_rules.intake import GATES
from ipt_rules.ruleset.model import Caution, Evidence, HoldsBack
from ipt_rules.ruleset.schema import schemas, written
from ipt_rules.vocabulary import questions
from ipt_rules.words import AREAS
from tests.helpers import MINI

TOP = Path(__file__).parents[1]
NAMED = ("grief", "disputes", "transitions", "deficits")
CASES = sorted(path.stem for path in (TOP / "fixtures" / "intakes").glob("*.yaml"))


def test_enough_rules_for_and_against_each_area() -> None:
    """There are at least forty evidence rules, and each area has some for and some against it."""
    entries = [rule.consequence for rule in load_ruleset().rules if isinstance(rule.consequence, Evidence)]
    assert len(entries) >= 40
    counted = Counter((entry.area, entry.supports) for entry in entries)
    assert all(counted[area, supports] >= 3 for area in AREAS for supports in (True, False))


def test_every_question_is_worded() -> None:
    """Every question of the intake has its wording in the rule set."""
    assert sorted(load_ruleset().questions) == sorted(questions())


def test_every_source_of_a_field_is_a_reference() -> None:
    """The source of a derived field is an entry of ``references.yaml``, or says that it is inference."""
    known = load_ruleset().references
    sources = {entry.source.split()[0] for entry in REGISTRY.values()}
    assert sources - {"inference"} <= set(known)


def test_recalled_claims_and_inference_say_so() -> None:
    """Only the article was read whole; every other citation was seen in an excerpt or is recalled."""
    for rule in load_ruleset().rules:
        for citation in rule.cites:
            assert citation.seen != "read" or citation.ref == "article", rule.id


def test_deficits_are_the_last_resort_by_a_standing_rule() -> None:
    """That isolation is chosen last is a rule, and the only area held back is this one."""
    held = {rule.consequence.area for rule in load_ruleset().rules if isinstance(rule.consequence, HoldsBack)}
    assert held == {"deficits"}


def test_every_gate_has_a_rule() -> None:
    """Each gate of the intake's safety part closes by some rule."""
    gates = {rule.consequence.gate for rule in load_ruleset().rules if isinstance(rule.consequence, Caution)}
    assert set(GATES) <= gates


def test_no_wording_blames_or_calls_a_person_deficient() -> None:
    """No sentence that people read calls anybody deficient or promises anything."""
    ruleset = load_ruleset()
    sentences = [rule.because for rule in ruleset.rules] + list(ruleset.questions.values())
    for sentence in sentences:
        lowered = sentence.lower()
        assert not any(
            word in lowered for word in ("deficien", "their fault", "will recover", "will get better", "guarantee")
        ), sentence


@pytest.mark.parametrize("area", NAMED)
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


@pytest.mark.parametrize("case", CASES)
def test_worked_case(case: str) -> None:
    """A worked case has exactly the ranking, findings, cautions and questions that stand beside it."""
    expected = json.loads((TOP / "fixtures" / "intakes" / f"{case}.expected.json").read_text("utf-8"))
    assert summary(case) == expected


def summary(case: str) -> dict[str, object]:
    """Return what a worked case comes to, by ids."""
    told = assess(example(case)).to_dict()
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
        "foci": [[focus["area"], focus["subject"]] for focus in told["foci"]],
        "cautions": [[caution["kind"], caution["rule"]] for caution in told["cautions"]],
        "asks": sorted(question["rule"] for question in told["questions"] if question["kind"] == "clinician"),
        "open_gates": [gate["path"] for gate in told["open_gates"]],
    }


def test_schemas_are_fresh() -> None:
    """The schemas for editors are those that the vocabulary gives."""
    for name, schema in schemas().items():
        assert (TOP / "rules" / "schema" / name).read_text("utf-8") == written(schema)


def test_shipped_rule_files_satisfy_the_schema() -> None:
    """Every shipped rule file is valid by the schema, and one with an unknown field is not."""
    schema = schemas()["rules.schema.json"]
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    files = [TOP / "rules" / name for name in ("stages.yaml", "standing.yaml", "cautions.yaml")]
    for path in [*files, *(TOP / "rules" / "evidence").glob("*.yaml")]:
        assert list(validator.iter_errors(yaml.safe_load(path.read_text("utf-8")))) == [], path.name
    assert list(validator.iter_errors(yaml.safe_load(MINI["strategies.yaml"]))) == []
    assert list(
        validator.iter_errors(yaml.safe_load(MINI["evidence/grief.yaml"].replace("loss.mourning", "loss.mourn")))
    )


def test_worked_cases_satisfy_the_intake_schema() -> None:
    """Every worked case, as plain values, is valid by the schema of the intake."""
    schema = schemas()["intake.schema.json"]
    jsonschema.Draft202012Validator.check_schema(schema)
    for case in CASES:
        assert list(jsonschema.Draft202012Validator(schema).iter_errors(example(case).to_dict())) == [], case


if __name__ == "__main__":
    for name in CASES:
        path = TOP / "fixtures" / "intakes" / f"{name}.expected.json"
        path.write_text(json.dumps(summary(name), indent=1) + "\n", "utf-8")
