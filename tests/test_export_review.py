"""The export of a review: whatever a course comes to, it is written as its schema says, key by key."""

from __future__ import annotations

import copy
import functools
import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import given, settings
from pydantic import TypeAdapter

from ipt_rules import Course, example, example_course, example_courses
from ipt_rules.agenda import MOST_STRATEGIES
from ipt_rules.export_review import ReviewExport, Scales
from ipt_rules.review import REVIEW_SCHEMA
from ipt_rules.ruleset.loading import shipped_folder
from ipt_rules.schemas import review_schema
from ipt_rules.sessions import SCALES
from ipt_rules.testing.strategies import courses
from tests.helpers import DAY, MARK, marked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OPTIONAL = {("Fact", "reads"), ("GoalInWork", "text"), *(("Scales", scale) for scale in SCALES)}
"""The keys that may be left out."""

QUARREL = {"person": "partner", "kind": "quarrel", "effect": "worse", "particular": True, "strong_feelings": True}
SAFE = {"suicidal_thoughts": False, "suicide_risk": False, "unsafe": False}


@functools.cache
def validator() -> jsonschema.Draft202012Validator:
    """Return what checks an export."""
    return jsonschema.Draft202012Validator(review_schema())


@functools.cache
def declared() -> TypeAdapter[ReviewExport]:
    """Return what puts an export into the declared order."""
    return TypeAdapter(ReviewExport)


def assert_as_declared(told: dict[str, Any]) -> None:
    """Assert that an export satisfies the schema, and has its keys in the declared order."""
    assert [error.json_path for error in validator().iter_errors(told)] == []
    assert json.dumps(declared().validate_python(told, strict=True)) == json.dumps(told)


def course(*check_ins: dict[str, Any], **parts: Any) -> Course:
    """Return a course about a dispute, with some check-ins."""
    agreed = {
        "contracts": [{"sessions": 12}],
        "foci": [{"area": "disputes", "subject": "disputes[0]", "agreed_in": 2, "answer": "agrees", "answered_in": 2}],
        "goals": [{"text": MARK, "agreed_in": 3}, {"agreed_in": 3}],
    }
    return Course.model_validate(
        {"intake": example("disputes").to_dict(), **agreed, **parts, "check_ins": list(check_ins)}
    )


def everything() -> Course:
    """Return a course in which there is something under every key."""
    goals = [{"goal": "goals[0]", "moved": "forward"}, {"goal": "goals[1]", "moved": "not"}]
    return course(
        {"session": 1, "day": "2026-03-17", "mood_before": 5, "suicidal_thoughts": True, "phq9": 18},
        {"session": 2, "day": "2026-03-24", "mood_before": 6, "strategies": ["nowhere.to-be-found"], **SAFE},
        {
            "session": 3,
            "day": "2026-03-31",
            "mood_before": 3,
            "mood_after": 4,
            "phq9": 21,
            "events": [QUARREL, {}, {"person": "nobody", "kind": "other", "effect": "none"}],
            "progress": goals,
            "worked_on": "none",
            "unsafe": True,
            "new_facts": {"losses": [{"kind": "death"}]},
        },
    )


HAND_MADE = {
    "nothing held": course(),
    "nothing agreed": course({"session": 1}, contracts=[], foci=[], goals=[]),
    "no contract": course({"session": 5}, intake={"assessed_on": DAY}, contracts=[], foci=[]),
    "everything": everything(),
    "ended": course({"session": 12, "ended": True, "ready_to_end": "in_part", "after_the_end": "maintenance"}),
    "past the end": course({"session": 15, "ending_named": False}),
    "texts everywhere": Course.model_validate(
        {
            "intake": marked(),
            "note": MARK,
            "check_ins": [{"session": 1, "note": MARK, "events": [{"person": MARK, "note": MARK}]}],
        }
    ),
}


@pytest.mark.parametrize("names", [False, True])
@pytest.mark.parametrize("case", HAND_MADE)
def test_courses_of_every_kind_are_exported_as_declared(case: str, names: bool) -> None:
    """The review of a course satisfies the schema, with and without names, its keys in the declared order."""
    assert_as_declared(HAND_MADE[case].review(engine="compiled").to_dict(names=names))


@pytest.mark.parametrize("case", example_courses())
def test_worked_courses_are_exported_as_declared(case: str) -> None:
    """The review of a worked course is exported as declared after each of its sessions."""
    worked = example_course(case)
    for check_in in worked.check_ins:
        assert_as_declared(worked.review(check_in.session, engine="compiled").to_dict())


@settings(max_examples=30)
@given(courses())
def test_whatever_is_recorded_is_exported_as_declared(recorded: Course) -> None:
    """Whatever a course holds, its review satisfies the schema."""
    assert_as_declared(recorded.review(engine="compiled").to_dict())


def test_an_export_says_first_what_it_is() -> None:
    """The first key is the schema's name and version, and the JSON text has the keys in the same order."""
    review = HAND_MADE["everything"].review()
    assert next(iter(review.to_dict().items())) == ("schema", REVIEW_SCHEMA)
    assert json.dumps(json.loads(review.to_json())) == json.dumps(review.to_dict())


def test_texts_of_the_patient_are_told_with_names_only() -> None:
    """No text, name or id of a course is in its export, but for names and goals where names are asked for."""
    for case in ("everything", "texts everywhere"):
        review = HAND_MADE[case].review()
        assert MARK not in review.to_json()
        assert MARK in review.to_json(names=True)
    first, second = HAND_MADE["everything"].review().to_dict(names=True)["goals"]
    assert (first["text"], second["text"]) == (MARK, None)


def test_each_key_is_filled_somewhere() -> None:
    """Among the hand-made courses and a worked one there is something under every key of a review."""
    made = [*HAND_MADE.values(), example_course("stuck_at_mid_course")]
    told = [one.review(engine="compiled").to_dict() for one in made]
    filled = {key for one in told for key, value in one.items() if value is not None and value != []}
    assert filled == set(ReviewExport.__annotations__)


def _unknown(told: dict[str, Any]) -> None:
    told["sessions"][0]["weather"] = "fine"


def _missing(told: dict[str, Any]) -> None:
    del told["agenda"]["waiting"]


def _another_version(told: dict[str, Any]) -> None:
    told["schema"] = "ipt-rules/review/v2"


def _another_scale(told: dict[str, Any]) -> None:
    told["sessions"][-1]["scales"]["who5"] = 12


def _another_direction(told: dict[str, Any]) -> None:
    told["links"][0]["direction"] = "sideways"


def _four_strategies(told: dict[str, Any]) -> None:
    strategy = {**told["agenda"]["safety"][0], "brought_forward": False}
    told["agenda"]["strategies"] = [strategy] * (MOST_STRATEGIES + 1)


CHANGES: dict[Callable[[dict[str, Any]], None], str] = {
    _unknown: "$.sessions[0]",
    _missing: "$.agenda",
    _another_version: "$.schema",
    _another_scale: "$.sessions[2].scales",
    _another_direction: "$.links[0].direction",
    _four_strategies: "$.agenda",
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_not_declared_is_refused(change: Callable[[dict[str, Any]], None]) -> None:
    """An unknown key, a missing one, another version, another word, and one strategy too many are refused at their place."""
    told = copy.deepcopy(HAND_MADE["everything"].review().to_dict())
    change(told)
    assert {error.json_path for error in validator().iter_errors(told)} == {CHANGES[change]}


def _types() -> Iterator[tuple[str, dict[str, Any]]]:
    schema = review_schema()
    yield schema["title"], schema
    yield from schema["$defs"].items()


def test_nothing_is_open() -> None:
    """No type takes keys that it does not name, and every key must be there but those that say otherwise."""
    jsonschema.Draft202012Validator.check_schema(review_schema())
    for name, found in _types():
        assert found["additionalProperties"] is False, name
        assert [key for key in found["properties"] if (name, key) not in OPTIONAL] == found.get("required", []), name


def test_everything_says_what_it_means() -> None:
    """Every type and every key has a description; one that may be null says what that stands for."""
    for name, found in _types():
        assert found["description"], name
        for key, described in found["properties"].items():
            assert described["description"], (name, key)
            may_be_null = {"type": "null"} in described.get("items", described).get("anyOf", ())
            assert may_be_null is ("null: " in described["description"]), (name, key)


def test_every_scale_has_a_key() -> None:
    """The scales of an export are those of a check-in, in the same order."""
    assert tuple(Scales.__annotations__) == SCALES


def test_the_schema_travels_with_the_rules() -> None:
    """The file that is shipped beside the rules, and inside an installed package, is the one that the types give."""
    shipped = shipped_folder("rules") / "schema" / "review.schema.json"
    assert json.loads(shipped.read_text("utf-8")) == review_schema()
