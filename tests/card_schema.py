"""What CDS Hooks asks of a discovery document and of cards, as a JSON Schema, for the tests that make or receive them."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any, Final

import jsonschema

SCHEMA: Final = json.loads(Path(__file__).with_name("cds_hooks.schema.json").read_text("utf-8"))


def check(value: Any, what: str) -> None:
    """Check a value by a definition of the schema: ``discovery``, or ``response`` for an answer with cards."""
    _validator(what).validate(value)


@functools.cache
def _validator(what: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator({**SCHEMA, "$ref": f"#/$defs/{what}"})
