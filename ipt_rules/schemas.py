"""JSON Schemas of all that the library reads and writes; ``python -m ipt_rules.schemas DIR`` writes their files.

They are generated: the rules' from the vocabulary, the intake's from the models, the assessment's from the types of the export.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from ipt_rules.export import AssessmentExport
from ipt_rules.intake import Intake
from ipt_rules.ruleset.schema import rules_schema

_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, dict[str, Any]]:
    """Return the schemas by file name."""
    return {
        "rules.schema.json": rules_schema(),
        "intake.schema.json": intake_schema(),
        "assessment.schema.json": assessment_schema(),
    }


def intake_schema() -> dict[str, Any]:
    """Return the schema of an intake."""
    return {"$schema": _DRAFT, "title": "IPT intake", **Intake.model_json_schema(by_alias=True)}


def assessment_schema() -> dict[str, Any]:
    """Return the schema of an exported assessment (``Assessment.to_dict``)."""
    return {"$schema": _DRAFT, **TypeAdapter(AssessmentExport).json_schema()}


def written(schema: dict[str, Any]) -> str:
    """Return a schema as the text of its file."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for name, content in schemas().items():
        Path(sys.argv[1], name).write_text(written(content), "utf-8")
