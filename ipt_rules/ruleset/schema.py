"""The JSON Schema of a rule file, for editors, generated from the vocabulary.

It helps while typing. What a rule set may hold is decided by the reader, which says more about each mistake.
"""

from __future__ import annotations

from typing import Any, Final

from ipt_rules.intake import GATES
from ipt_rules.ruleset.consequences import CAUTIONS, DIRECTIONS, PARTS_OF_A_FORMULATION, PROPOSED_IN, STRENGTHS, TOPICS
from ipt_rules.ruleset.model import BASES, SEEN
from ipt_rules.ruleset.reading import CONSEQUENCES_BY_KIND, ID_PATTERN
from ipt_rules.ruleset.waivers import WAIVABLE
from ipt_rules.vocabulary import ROW_KINDS, STAGES, Field, fields, fields_of
from ipt_rules.words import AREAS

_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Final[dict[str, Any]] = {"type": "string", "minLength": 1}


def rules_schema() -> dict[str, Any]:
    """Return the schema of a rule file."""
    definitions: dict[str, Any] = {name: _field(field) for name, field in fields().items()}
    definitions |= {f"when a {kind}": _condition(kind) for kind in ROW_KINDS}
    return {
        "$schema": _DRAFT,
        "title": "IPT rules",
        "type": "array",
        "items": _rule(),
        "$defs": definitions,
    }


def _rule() -> dict[str, Any]:
    properties: dict[str, Any] = {
        "id": {"type": "string", "pattern": f"^{ID_PATTERN}$"},
        "for": _words(ROW_KINDS),
        "when": True,
        "supports": _words(AREAS),
        "opposes": _words(AREAS),
        "strength": _words(STRENGTHS),
        "evidence": {
            **_TEXT,
            "description": "within one focus only the strongest finding of one body of evidence counts",
        },
        "stage": _words(STAGES),
        "caution": _words(CAUTIONS),
        "gate": _words(GATES),
        "ask": _TEXT,
        "holds_back": _words(AREAS),
        "propose": _TEXT,
        "phase": _words(PROPOSED_IN),
        "sessions": {
            "type": "object",
            "properties": {end: {"type": "integer", "minimum": 1, "maximum": 60} for end in ("from", "to", "last")},
            "additionalProperties": False,
        },
        "order": {"type": "integer", "minimum": 1, "maximum": 999},
        "needs": True,
        "aim": _TEXT,
        "steps": {"type": "array", "items": _TEXT, "minItems": 1},
        "before_clearance": {"type": "boolean"},
        "on_demand": {
            "type": "boolean",
            "description": "on the agenda only where a rule of the course brings it forward",
        },
        "goal": _TEXT,
        "formulate": _words(PARTS_OF_A_FORMULATION),
        "say": _TEXT,
        "link": _words(DIRECTIONS),
        "advise": _TEXT,
        "about": _words(TOPICS),
        "reconsiders_focus": {"type": "boolean"},
        "brings_forward": {"type": "array", "items": _TEXT, "minItems": 1},
        "because": _TEXT,
        "basis": _words(BASES),
        "cites": {"type": "array", "minItems": 1, "items": _citation()},
        "replaces": {"type": "boolean"},
        "waives": {
            "type": "object",
            "description": "check → the reason why what it finds here is meant",
            "minProperties": 1,
            "properties": dict.fromkeys(WAIVABLE, _TEXT),
            "additionalProperties": False,
        },
    }
    return {
        "type": "object",
        "required": ["id", "for", "when", "because", "basis", "cites"],
        "properties": properties,
        "additionalProperties": False,
        "allOf": [_of_kind(kind) for kind in ROW_KINDS],
    }


def _of_kind(kind: str) -> dict[str, Any]:
    """Return what holds for the rules of one row kind: their fields, and one of their consequences."""
    condition = {"anyOf": [{"const": "always"}, {"$ref": f"#/$defs/when a {kind}"}]}
    consequences = [word for word, kinds in CONSEQUENCES_BY_KIND.items() if kind in kinds]
    return {
        "if": {"properties": {"for": {"const": kind}}, "required": ["for"]},
        "then": {
            "properties": {"when": condition, "needs": condition},
            "oneOf": [{"required": [word]} for word in consequences],
        },
    }


def _citation() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["ref", "at", "seen"],
        "properties": {"ref": _TEXT, "at": _TEXT, "seen": _words(SEEN)},
        "additionalProperties": False,
    }


def _condition(kind: str) -> dict[str, Any]:
    nested = {"type": "array", "minItems": 1, "items": {"$ref": f"#/$defs/when a {kind}"}}
    properties = dict.fromkeys(("all", "any", "none"), nested)
    properties |= {name: {"$ref": f"#/$defs/{name}"} for name in fields_of(kind)}
    return {"type": "object", "minProperties": 1, "properties": properties, "additionalProperties": False}


def _field(field: Field) -> dict[str, Any]:
    constant = _constant(field)
    operators: dict[str, Any] = {"is": constant, "is_not": constant, "known": {"type": "boolean"}}
    if field.type == "number" or field.ordered:
        operators |= dict.fromkeys(("at_least", "at_most", "more_than", "less_than"), constant)
        operators["between"] = {"type": "array", "items": constant, "minItems": 2, "maxItems": 2}
    elif field.type == "choice":
        operators |= {word: {"type": "array", "items": constant, "minItems": 1} for word in ("in", "not_in")}
    mapping = {"type": "object", "minProperties": 1, "properties": operators, "additionalProperties": False}
    return {"description": field.meaning, "anyOf": [constant, mapping]}


def _constant(field: Field) -> dict[str, Any]:
    if field.type == "flag":
        return {"type": "boolean"}
    if field.type == "choice":
        return _words(field.options)
    low, high = field.bounds or (0, 0)
    named = {"type": "string", "pattern": "^[a-z][a-z0-9_]*$", "description": "a name under 'numbers' in scoring.yaml"}
    return {"anyOf": [{"type": "integer", "minimum": low, "maximum": high}, named]}


def _words(words: tuple[str, ...]) -> dict[str, Any]:
    return {"enum": list(words)}
