"""Answers of the wrong form, told without repeating them: where they stand, and what would be right."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from ipt_rules import places
from ipt_rules.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic_core import ErrorDetails

MOST_PROBLEMS: Final = 1000
"""How many malformed answers are looked at; more come from what is no intake at all."""

UNKNOWN_KEY: Final = "holds an unknown key"

R = TypeVar("R", bound=BaseModel)


def malformed(record: type[BaseModel], error: ValidationError) -> list[Problem]:
    """Return what is wrong with the answers of a record; no problem holds a value or an unknown key."""
    entries = error.errors(include_url=False, include_input=False)
    return [_problem(record, entry) for entry in entries[:MOST_PROBLEMS]]


def without_malformed(
    given: Any, error: ValidationError, validate: Callable[[Any], R], needed: Mapping[str, Any]
) -> tuple[R | None, frozenset[places.Steps]]:
    """Return the record without its malformed answers, so that contradictions among the rest are told too, and what was left out.

    First the answers themselves are left out; where that does not make it whole, the list that they stand in; then the part.

    Args:
        given: what was given as the record.
        error: what was wrong with it.
        validate: makes the record.
        needed: what the record cannot be without, where that is left out or missing.

    """
    if not isinstance(given, dict):
        return None, frozenset()
    kept = _copied(given)
    left_out: set[places.Steps] = set()
    for widen in (_itself, _its_list, _its_part):
        for entry in sorted(error.errors(include_url=False), key=lambda entry: len(entry["loc"]), reverse=True):
            loc = widen(entry["loc"])
            left_out.add(loc)
            _leave_out(kept, loc)
        for key, value in needed.items():
            kept.setdefault(key, value)
        try:
            return validate(kept), frozenset(left_out)
        except ValidationError as still:
            error = still
    return None, frozenset()


def _itself(loc: places.Steps) -> places.Steps:
    return loc


def _its_list(loc: places.Steps) -> places.Steps:
    return loc[: next((position for position, step in enumerate(loc) if isinstance(step, int)), len(loc))]


def _its_part(loc: places.Steps) -> places.Steps:
    return loc[:1]


def _copied(given: Any) -> Any:
    """Return a copy of nested mappings and lists that can be changed."""
    if isinstance(given, dict):
        return {key: _copied(value) for key, value in given.items()}
    if isinstance(given, list | tuple | Iterator):
        return [_copied(item) for item in given]
    return given


def by_place(problem: Problem) -> tuple[object, ...]:
    """Return a key that sorts problems by their place, ``losses[2]`` before ``losses[10]``."""
    digits = re.split(r"([0-9]+)", problem.path)
    return tuple((part.isdigit(), int(part) if part.isdigit() else 0, part) for part in digits), problem.what


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
    "json_invalid": lambda _: "this is no well-formed JSON",
    "missing": lambda _: "must be given",
    "string_type": lambda _: "must be text",
    "tuple_type": lambda _: "must be a list; an empty list says that the answer is 'none'",
    "model_type": lambda _: "must be a mapping of questions to answers",
    "model_attributes_type": lambda _: "must be a mapping of questions to answers",
    "literal_error": lambda context: (
        f"must be {'one of: ' if ' or ' in context['expected'] else ''}{context['expected']}"
    ),
    "greater_than_equal": lambda context: f"must be at least {context['ge']}",
    "less_than_equal": lambda context: f"must be at most {context['le']}",
    "too_long": lambda context: f"has too many entries; at most {context['max_length']} are allowed",
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
            here = _inner(here.model_fields[_keys(here)[step]].annotation)
        else:
            break
        steps.append(step)
    return tuple(steps), here if _is_record(here) else None


def _inner(annotation: Any) -> Any:
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
        return f"{UNKNOWN_KEY}; the nearest known one is '{near[0]}'"
    return f"{UNKNOWN_KEY}; known are: {', '.join(known)}"


def _leave_out(plain: Any, loc: places.Steps) -> None:
    for step in loc[:-1]:
        if not _has(plain, step):
            return
        plain = plain[step]
    if not loc or not _has(plain, loc[-1]):
        return
    if isinstance(plain, dict):
        del plain[loc[-1]]
    else:
        plain[loc[-1]] = {}  # an entry about which nothing is known keeps its neighbours' places


def _has(plain: Any, step: str | int) -> bool:
    if isinstance(plain, dict):
        return step in plain
    return isinstance(plain, list) and isinstance(step, int) and step < len(plain)


def unknown_keys(record: type[BaseModel], steps: places.Steps, keys: Iterable[str]) -> dict[str, str]:
    """Return those keys of the mapping at a place that are unknown, each with what to say of it without naming it."""
    _, innermost = _known_steps(record, steps)
    known = _keys(innermost) if innermost else {}
    return {key: _nearest(innermost, key) for key in keys if key not in known}


def parts(annotation: Any) -> tuple[Any, ...]:
    """Return the members of an ``Optional[...]``, or the type itself."""
    if get_origin(annotation) is not Union:
        return (annotation,)
    return tuple(part for part in get_args(annotation) if part is not type(None))
