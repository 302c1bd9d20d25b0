"""The export: whatever an assessment comes to, it is written as its schema says, key by key."""

from __future__ import annotations

import copy
import functools
import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import given, settings
from pydantic import TypeAdapter

from ipt_rules import Assessor, assess, example, examples, load_ruleset, variants
from ipt_rules.export import SCHEMA, AssessmentExport
from ipt_rules.ruleset.loading import shipped_folder
from ipt_rules.schemas import assessment_schema
from ipt_rules.testing.strategies import intakes
from tests.helpers import MARK, intake, marked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ipt_rules import Intake

OPTIONAL = {("Fact", "reads")}
"""The keys that may be left out."""


@functools.cache
def validator() -> jsonschema.Draft202012Validator:
    """Return what checks an export."""
    return jsonschema.Draft202012Validator(assessment_schema())


@functools.cache
def declared() -> TypeAdapter[AssessmentExport]:
    """Return what puts an export into the declared order."""
    return TypeAdapter(AssessmentExport)


@functools.cache
def assessor(variant: str | None) -> Assessor:
    """Return the shipped rules, or a variant, on the compiled engine."""
    return Assessor(load_ruleset(variant=variant) if variant else None, engine="compiled")


def assert_as_declared(told: dict[str, Any]) -> None:
    """Assert that an export satisfies the schema, and has its keys in the declared order."""
    assert [error.json_path for error in validator().iter_errors(told)] == []
    assert json.dumps(declared().validate_python(told, strict=True)) == json.dumps(told)


@pytest.mark.parametrize("names", [False, True])
@pytest.mark.parametrize("case", examples())
def test_worked_cases_are_exported_as_declared(case: str, names: bool) -> None:
    """The export of a worked case satisfies the schema, with and without names, its keys in the declared order."""
    assert_as_declared(assess(example(case), engine="compiled").to_dict(names=names))


@settings(max_examples=40)
@given(intakes())
def test_whatever_is_recorded_is_exported_as_declared(recorded: Intake) -> None:
    """Whatever an intake holds, its export satisfies the schema, by the shipped rules and by every variant."""
    for variant in (None, *variants()):
        assert_as_declared(assessor(variant).assess(recorded).to_dict())


@pytest.mark.parametrize("recorded", [intake(), marked()], ids=["nothing", "texts everywhere"])
def test_ends_are_exported_as_declared(recorded: Intake) -> None:
    """An intake in which nothing is answered is exported as declared, and one with texts wherever they can stand, without them."""
    told = assess(recorded).to_dict()
    assert_as_declared(told)
    assert MARK not in json.dumps(told)


def test_an_export_says_first_what_it_is() -> None:
    """The first key is the schema's name and version, and the JSON text has the keys in the same order."""
    assessment = assess(example("disputes"))
    assert next(iter(assessment.to_dict().items())) == ("schema", SCHEMA)
    assert json.dumps(json.loads(assessment.to_json())) == json.dumps(assessment.to_dict())


def _unknown(told: dict[str, Any]) -> None:
    told["ranking"][0]["probability"] = 1


def _missing(told: dict[str, Any]) -> None:
    del told["plan"]["gates"]


def _another_version(told: dict[str, Any]) -> None:
    told["schema"] = "ipt-rules/assessment/v2"


def _another_level(told: dict[str, Any]) -> None:
    told["ranking"][0]["level"] = "certain"


def _no_rank_as_a_number(told: dict[str, Any]) -> None:
    told["ranking"][0]["rank"] = 0


def _a_question_of_no_kind(told: dict[str, Any]) -> None:
    told["questions"][0]["kind"] = "other"


CHANGES: dict[str, Callable[[dict[str, Any]], None]] = {
    "$.ranking[0]": _unknown,
    "$.plan": _missing,
    "$.schema": _another_version,
    "$.ranking[0].level": _another_level,
    "$.ranking[0].rank": _no_rank_as_a_number,
    "$.questions[0]": _a_question_of_no_kind,
}


@pytest.mark.parametrize("place", CHANGES)
def test_what_is_not_declared_is_refused(place: str) -> None:
    """An unknown key, a missing one, another version, and a word or number that cannot stand there are refused at their place."""
    told = copy.deepcopy(assess(example("disputes")).to_dict())
    CHANGES[place](told)
    assert {error.json_path for error in validator().iter_errors(told)} == {place}


def _types() -> Iterator[tuple[str, dict[str, Any]]]:
    schema = assessment_schema()
    yield schema["title"], schema
    yield from schema["$defs"].items()


def test_the_schema_is_one() -> None:
    """The schema is valid by the draft that it names."""
    schema = assessment_schema()
    assert schema["$schema"] == jsonschema.Draft202012Validator.META_SCHEMA["$id"]
    jsonschema.Draft202012Validator.check_schema(schema)


def test_nothing_is_open() -> None:
    """No type takes keys that it does not name, and every key must be there but those that say otherwise."""
    for name, found in _types():
        assert found["additionalProperties"] is False, name
        assert [key for key in found["properties"] if (name, key) not in OPTIONAL] == found["required"], name


def test_everything_says_what_it_means() -> None:
    """Every type and every key has a description; one that may be null says what that stands for."""
    for name, found in _types():
        assert found["description"], name
        for key, described in found["properties"].items():
            assert described["description"], (name, key)
            may_be_null = {"type": "null"} in described.get("items", described).get("anyOf", ())
            assert may_be_null is ("null: " in described["description"]), (name, key)


def test_the_schema_travels_with_the_rules() -> None:
    """The file that is shipped beside the rules, and inside an installed package, is the one that the types give."""
    shipped = shipped_folder("rules") / "schema" / "assessment.schema.json"
    assert json.loads(shipped.read_text("utf-8")) == assessment_schema()
