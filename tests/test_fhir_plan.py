"""What follows from an intake as FHIR R4: a care plan that is a draft and a proposal, and a guidance response."""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING, Any

import pytest
from fhir.resources.R4B.careplan import CarePlan
from fhir.resources.R4B.guidanceresponse import GuidanceResponse

from ipt_rules import assess, example, examples
from ipt_rules.interop import care_plan, guidance_response
from tests.helpers import MARK, marked

if TYPE_CHECKING:
    from ipt_rules import Assessment

Plain = dict[str, Any]
SUBJECT = "Patient/17"


@functools.cache
def assessed(name: str) -> Assessment:
    """Return the assessment of a worked case."""
    return assess(example(name))


def of_rules(activities: list[Plain]) -> list[str]:
    """Return the rules behind activities."""
    return [activity["detail"]["extension"][0]["valueString"] for activity in activities]


@pytest.mark.parametrize("name", examples())
def test_both_are_valid_of_every_worked_case(name: str) -> None:
    """The classes of FHIR R4B accept both resources, and each reference into the resource finds what it names."""
    for told, accept in (
        (care_plan(assessed(name), SUBJECT), CarePlan.model_validate),
        (guidance_response(assessed(name), SUBJECT), GuidanceResponse.model_validate),
    ):
        accept(told)
        contained = {f"#{one['id']}" for one in told.get("contained", ())}
        assert contained == set(_references(told))


def _references(told: Any) -> list[str]:
    if isinstance(told, list):
        return [reference for one in told for reference in _references(one)]
    if not isinstance(told, dict):
        return []
    own = [told["reference"]] if str(told.get("reference", "")).startswith("#") else []
    return [*own, *(reference for one in told.values() for reference in _references(one))]


@pytest.mark.parametrize("name", examples())
def test_what_is_withheld_is_no_activity(name: str) -> None:
    """The activities are the strategies that are proposed, in their order, and none of those withheld."""
    phases = assessed(name).to_dict()["plan"]["phases"]
    proposed = [entry["rule"] for phase in phases for entry in phase["strategies"]]
    told = care_plan(assessed(name), SUBJECT)
    assert of_rules(told.get("activity", [])) == proposed
    for phase in phases:
        for entry in phase["withheld"]:
            if not entry["gates"]:
                assert any(entry["propose"] in note["text"] for note in told["note"])


@pytest.mark.parametrize("name", examples())
def test_a_proposal_with_the_digest_of_its_rules(name: str) -> None:
    """A plan is a draft and a proposal, never active, and says by which rules it was made."""
    told = care_plan(assessed(name), SUBJECT)
    assert (told["status"], told["intent"], told["subject"]) == ("draft", "proposal", {"reference": SUBJECT})
    assert {activity["detail"]["status"] for activity in told.get("activity", ())} <= {"not-started"}
    [known] = told["extension"]
    provenance = {one["url"]: one["valueString"] for one in known["extension"]}
    assert provenance == assessed(name).provenance
    assert told["instantiatesUri"] == [f"urn:ipt-rules:fhir:ruleset:ipt-rules:{assessed(name).ruleset.digest}"]


def test_every_activity_has_its_reason_sessions_and_sources() -> None:
    """An activity tells what to do, why, when, by which rule and from which sources."""
    told = care_plan(assessed("grief"), SUBJECT)
    detail = next(one["detail"] for one in told["activity"] if one["detail"]["scheduledString"] != "Throughout")
    assert detail["scheduledString"] == "Initial phase, sessions 1–3"
    assert detail["reasonCode"][0]["text"]
    kinds = [one["url"].rpartition(":")[2] for one in detail["extension"]]
    assert kinds == ["rule", "source"]
    goals = [goal["description"]["text"] for goal in told["contained"]]
    assert goals[0] == "Help the mourning to go forward, with the feelings that have been held back."


def test_a_gate_comes_first_and_stops_the_rest() -> None:
    """While a gate is to clear, the notes begin with it, no focus is named, and there is neither goal nor draft."""
    told = care_plan(assessed("boy_of_ten"), SUBJECT)
    assert told["note"][0]["text"].startswith("Before any plan: The patient is a minor")
    assert any(note["text"].startswith("Until a clinician has assessed and cleared") for note in told["note"])
    assert "Focus:" not in told["description"]
    assert "goal" not in told
    assert not any(note["text"].startswith("Draft formulation") for note in told["note"])


@pytest.mark.parametrize("name", examples())
def test_guidance_asks_for_what_is_open(name: str) -> None:
    """A guidance response is a success when nothing open matters; else it asks, at least where the first place is open."""
    assessment = assessed(name)
    told = guidance_response(assessment, SUBJECT)
    requirements = told.get("dataRequirement", [])
    assert told["status"] == ("data-requested" if requirements or not assessment.settled else "success")
    places = [question["extension"][0]["valueString"] for one in requirements for question in one["extension"]]
    open_gates = {question.path for question in assessment.open_questions if question.gate and not question.silent}
    assert open_gates - {""} <= set(places)


@pytest.mark.parametrize("name", examples())
def test_the_ranking_is_that_of_the_assessment(name: str) -> None:
    """The parameters that are put out hold rank, points and bounds of each area, in their order."""
    told = guidance_response(assessed(name), SUBJECT)
    ranking = next(one for one in told["contained"] if one["id"] == "ranking")
    settled, *areas = ranking["parameter"]
    assert settled["valueBoolean"] is assessed(name).settled
    for area, standing in zip(areas, assessed(name).ranking, strict=True):
        parts = {part["name"]: next(value for key, value in part.items() if key != "name") for part in area["part"]}
        assert (area["name"], parts.get("rank")) == (standing.area, standing.rank)
        assert (parts["points"], parts["least"], parts["most"]) == (standing.points, *standing.bounds)


def test_names_only_when_asked_for() -> None:
    """No name, note or id stands in either resource, but where names are asked for, names do."""
    assessment = assess(marked())
    for tell in (care_plan, guidance_response):
        assert MARK not in json.dumps(tell(assessment, SUBJECT))
    assert MARK in json.dumps(guidance_response(assessment, SUBJECT, names=True))


def test_never_a_risk_or_an_issue() -> None:
    """Neither resource is, or holds, a risk assessment or a detected issue, or calls points a probability."""
    told = json.dumps([guidance_response(assessed(name), SUBJECT) for name in examples()[:20]])
    assert not any(word in told for word in ("RiskAssessment", "DetectedIssue", "probability"))
