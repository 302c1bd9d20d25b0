"""Places in an intake, written as ``losses[0].mourning``: reading them, and reading what stands there."""

from __future__ import annotations

import functools
import itertools
import re
from typing import TYPE_CHECKING, Any, TypeAlias

from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Iterable

Steps: TypeAlias = "tuple[str | int, ...]"

_STEP = re.compile(r"(?:^|\.)([A-Za-z_][A-Za-z0-9_]*)|\[(0|[1-9][0-9]{0,8})\]")


def parse(place: str) -> Steps:
    """Return the steps of a written place.

    Raises:
        ValueError: the text is no place.

    """
    steps: list[str | int] = []
    position = 0
    while position < len(place):
        step = _STEP.match(place, position)
        if step is None or (position == 0 and place[0] in ".["):  # a place begins with a name
            break
        steps.append(step[1] or int(step[2]))
        position = step.end()
    if not steps or position < len(place):
        raise ValueError("not a place; write it as losses[0].mourning")
    return tuple(steps)


def written(steps: Iterable[str | int]) -> str:
    """Return the steps as a written place."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


@functools.lru_cache(maxsize=8192)
def pattern(place: str) -> str:
    """Return a place with ``[]`` for every position; a place is made of names and positions, so nothing of a patient is kept."""
    return re.sub(r"\[[0-9]+\]", "[]", place)


def at(record: BaseModel, steps: Steps) -> Any:
    """Return what stands at a place.

    Raises:
        LookupError: there is no such place in this record.

    """
    here: Any = record
    for step in steps:
        if isinstance(step, int):
            if not isinstance(here, tuple):
                raise LookupError
            here = here[step]
        elif isinstance(here, BaseModel) and step in type(here).model_fields:
            here = getattr(here, step)
        else:
            raise LookupError
    return here


def put(plain: Any, steps: Steps, value: Any) -> None:
    """Set a value inside plain dicts and lists; mappings on the way are made, list entries are not.

    Raises:
        LookupError: a list on the way has no such entry.

    """
    for step, following in itertools.pairwise(steps):
        if isinstance(step, str):
            if plain.get(step) is None:
                if isinstance(following, int):
                    raise LookupError
                plain[step] = {}
        elif step >= len(plain):
            raise LookupError
        plain = plain[step]
    if isinstance(steps[-1], int) and steps[-1] >= len(plain):
        raise LookupError
    plain[steps[-1]] = value
