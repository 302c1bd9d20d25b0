"""Answers of the wrong form, told without repeating them: where they stand, and what would be right."""

from __future__ import annotations

import copy
import difflib
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError

from ipt_rules import places
from ipt_rules.errors import Problem
from ipt_rules.records import parts

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic_core import ErrorDetails

R = TypeVar("R", bound=BaseModel)


def malformed(record: type[BaseModel], error: ValidationError) -> list[Problem]:
    """Return what is wrong with the answers of a record; no problem holds a value or an unknown key."""
    return [_problem(record, entry) for entry in error.errors(include_url=False, include_input=False)]


def without_malformed(given: Any, error: ValidationError, validate: Callable[[Any], R]) -> R | None:
    """Return the record without its malformed answers, so that contradictions among the rest are told too."""
    if not isinstance(given, dict):
        return None
    kept = copy.deepcopy(given)
    for entry in sorted(error.errors(include_url=False), key=lambda entry: len(entry["loc"]), reverse=True):
        _leave_out(kept, entry["loc"])
    kept.setdefault("assessed_on", date.max)
    try:
        return validate(kept)
    except ValidationError:
        return None


def problem(steps: places.Steps, what: str) -> Problem:
    """Return a problem at a place of an intake."""
    return Problem("", 0, 0, places.written(steps), what)


def _problem(record: type[BaseModel], error: ErrorDetails) -> Problem:
    steps, innermost = _known_steps(record, error["loc"])
    kind, context = error["type"], error.get("ctx", {})
    if kind in ("extra_forbidden", "invalid_key"):
        return problem(steps, _nearest(innermost, error["loc"][-1]))
    return problem(steps, _WHAT[kind](context) if kind in _WHAT else "this is not an answer to the question")


_WHAT: dict[str, Callable[[dict[str, Any]], str]] = {
    "missing": lambda _: "must be given",
    "bool_type": lambda _: "must be true or false",
    "bool_parsing": lambda _: "must be true or false",
    "int_type": lambda _: "must be a whole number",
    "string_type": lambda _: "must be text",
    "tuple_type": lambda _: "must be a list; an empty list says that the answer is 'none'",
    "model_type": lambda _: "must be a mapping of questions to answers",
    "model_attributes_type": lambda _: "must be a mapping of questions to answers",
    "literal_error": lambda context: f"must be one of: {context['expected']}",
    "greater_than_equal": lambda context: f"must be at least {context['ge']}",
    "less_than_equal": lambda context: f"must be at most {context['le']}",
    "too_long": lambda context: f"has more than the {context['max_length']} entries that are allowed",
    "string_too_long": lambda context: f"is longer than the {context['max_length']} characters that are allowed",
    "value_error": lambda context: str(context["error"]),
}


def _known_steps(record: type[BaseModel], loc: tuple[str | int, ...]) -> tuple[places.Steps, type[BaseModel] | None]:
    """Return the part of a location that names declared questions, and the record it ends in."""
    steps: list[str | int] = []
    here: Any = record
    for step in loc:
        if isinstance(step, int) and get_origin(here) is tuple:
            here = get_args(here)[0]
        elif isinstance(step, str) and _is_record(here) and step in _keys(here):
            here = inner(here.model_fields[_keys(here)[step]].annotation)
        else:
            break
        steps.append(step)
    return tuple(steps), here if _is_record(here) else None


def inner(annotation: Any) -> Any:
    """Return the type inside ``Optional[Annotated[…]]``."""
    part = parts(annotation)[0] if get_origin(annotation) is not tuple else annotation
    return getattr(part, "__origin__", part) if hasattr(part, "__metadata__") else part


def _is_record(part: Any) -> bool:
    return isinstance(part, type) and issubclass(part, BaseModel)


def _keys(record: type[BaseModel]) -> dict[str, str]:
    return {info.alias or name: name for name, info in record.model_fields.items()}


def _nearest(record: type[BaseModel] | None, unknown: str | int) -> str:
    known = list(_keys(record)) if record else []
    near = difflib.get_close_matches(str(unknown), known, n=1)
    if near:
        return f"holds an unknown key; the nearest known one is '{near[0]}'"
    return f"holds an unknown key; known are: {', '.join(known)}"


def _leave_out(plain: Any, loc: tuple[str | int, ...]) -> None:
    *above, last = loc
    for step in above:
        if not isinstance(plain, dict | list) or (isinstance(plain, dict) and step not in plain):
            return
        plain = plain[step]  # type: ignore[index]  # locations hold positions for lists, keys for mappings
    if isinstance(plain, dict):
        plain.pop(last, None)
    elif isinstance(plain, list):
        plain[int(last)] = {}  # an entry about which nothing is known keeps its neighbours' places
