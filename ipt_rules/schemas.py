"""JSON Schemas of all that the library reads and writes; ``python -m ipt_rules.schemas DIR`` writes their files.

They are generated: the rules' from the vocabulary, the intake's and the course's from the models, those of what is exported from
the types of the exports.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

from pydantic import TypeAdapter

from ipt_rules.course import Course
from ipt_rules.export import AssessmentExport
from ipt_rules.export_review import ReviewExport
from ipt_rules.intake import Intake
from ipt_rules.records import Asked, Record, Refers, declared
from ipt_rules.ruleset.schema import rules_schema
from ipt_rules.template_course import MEANINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, dict[str, Any]]:
    """Return the schemas by file name."""
    return {
        "rules.schema.json": rules_schema(),
        "intake.schema.json": intake_schema(),
        "course.schema.json": course_schema(),
        "assessment.schema.json": assessment_schema(),
        "review.schema.json": review_schema(),
    }


def intake_schema() -> dict[str, Any]:
    """Return the schema of an intake."""
    return _of_record(Intake, "IPT intake")


def course_schema() -> dict[str, Any]:
    """Return the schema of a course; the intake in it is described as in the schema of an intake."""
    return _of_record(Course, "IPT course")


def assessment_schema() -> dict[str, Any]:
    """Return the schema of an exported assessment (``Assessment.to_dict``)."""
    return {"$schema": _DRAFT, **TypeAdapter(AssessmentExport).json_schema()}


def review_schema() -> dict[str, Any]:
    """Return the schema of an exported review (``Review.to_dict``)."""
    return {"$schema": _DRAFT, **TypeAdapter(ReviewExport).json_schema()}


# ── what is read: the models, with the meaning of each answer ────────────────────────────────────────────────────────────

_PLACES: Final = {
    "subject": r"^(none|(losses|disputes|changes|isolation)\[[0-9]+\])$",
    "goal": r"^goals\[[0-9]+\]$",
}
"""How the place of a subject, or of a goal, is written."""


def _of_record(record: type[Record], title: str) -> dict[str, Any]:
    """Return the schema of a record, each answer with what it means."""
    schema = record.model_json_schema(by_alias=True)
    for one in dict.fromkeys(_records(record)):
        found = schema if one is record else schema["$defs"][one.__name__]
        found["description"] = found["description"].partition("\n\nRaises:")[0]
        for name in one.model_fields:
            _describe(one, name, found["properties"].get(name))
    return {"$schema": _DRAFT, **schema, "title": title}


def _describe(record: type[Record], name: str, described: dict[str, Any] | None) -> None:
    """Say what an answer means, for whoever writes it in an editor."""
    if described is None:  # the name and version of the schema, which says itself what it is
        return
    asked = declared(record, name)
    meaning = MEANINGS.get(f"{record.__name__}.{name}", "" if asked is None else asked.meaning)
    if isinstance(asked, Asked) and asked.unit:
        meaning += f" ({asked.unit})"
    if meaning:
        described["description"] = meaning
    if isinstance(asked, Refers) and asked.to in _PLACES:
        described["anyOf"][0]["pattern"] = _PLACES[asked.to]


def _records(record: type[Record]) -> Iterator[type[Record]]:
    """Yield a record and all the records that it is made of."""
    yield record
    for info in record.model_fields.values():
        for inner in _within(info.annotation):
            yield from _records(inner)


def _within(annotation: Any) -> Iterator[type[Record]]:
    if isinstance(annotation, type):
        if issubclass(annotation, Record):
            yield annotation
        return
    for part in get_args(annotation):
        yield from _within(part)


def written(schema: dict[str, Any]) -> str:
    """Return a schema as the text of its file."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for name, content in schemas().items():
        Path(sys.argv[1], name).write_text(written(content), "utf-8")
