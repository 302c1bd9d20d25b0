"""How an intake's answers are declared: once, with type, bounds, unit, meaning and when the question arises.

The vocabulary of the rules, the blank intake, the generators of test data and the forms are all read off these declarations.
"""

from __future__ import annotations

import functools
import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Optional, Self, TypeAlias, get_args, get_origin

from annotated_types import Interval, MaxLen
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from ipt_rules.errors import IntakeError
from ipt_rules.malformed import malformed, parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the intake.

    Attributes:
        meaning: what the answer says, for whoever writes rules or forms. The wording of the question stands in the rule set.
        unit: unit of a number.
        only_if: the question arises only when this other field of the same record has one of these values.
        ordered: the options of the answer go from least to most.
        judgement: recorded when the clinician has judged, or used a form that is not for everybody; leaving it out means "none
            recorded" and is no open question.
        part_of: the total, in the same record, to which this item adds its points.

    """

    meaning: str
    unit: str = ""
    only_if: tuple[str, tuple[str, ...]] | None = None
    ordered: bool = False
    judgement: bool = False
    part_of: str = ""


@dataclass(frozen=True, slots=True)
class Refers:
    """An answer that points to something else: a ``person`` (or ``nobody``), a ``subject`` (or ``none``), or a ``goal``."""

    meaning: str
    to: str


@dataclass(frozen=True, slots=True)
class Private:
    """For people only (a name, a note): no rule, log, error or export without names ever holds it."""

    meaning: str


def _whole(given: Any) -> Any:
    """Take whole numbers, numpy's too, and nothing that only looks like one."""
    if isinstance(given, bool) or not hasattr(given, "__index__"):
        raise ValueError("must be a whole number")
    return operator.index(given)


def _yes_or_no(given: Any) -> Any:
    """Take truth values, numpy's too, and no words or numbers."""
    if type(given).__module__ == "numpy" and type(given).__name__ in ("bool", "bool_"):
        return bool(given)
    if not isinstance(given, bool):
        raise ValueError("must be true or false; leave it empty when it is not known")
    return given


WHOLE: Final = BeforeValidator(_whole)
"""Beside the interval of a number. (pydantic's own ``Strict`` makes Hypothesis warn.)"""

Flag: TypeAlias = Optional[Annotated[bool, BeforeValidator(_yes_or_no)]]
Text: TypeAlias = Optional[Annotated[str, MaxLen(2000)]]
Identity: TypeAlias = Annotated[str, MaxLen(100)]

NOBODY = "nobody"
"""As an answer to "which person?": it concerns nobody."""

NO_SUBJECT = "none"
"""As an answer to "which subject?": none of those recorded."""


_HEADING = "These answers cannot be read:"


class Record(BaseModel):
    """Base of all that an intake is made of: frozen, nothing unknown accepted, nothing of it repeated in errors."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
    )

    if not TYPE_CHECKING:  # type checkers see the answers that a record takes

        def __init__(self, /, **answers: Any) -> None:
            invalid = None
            try:
                super().__init__(**answers)
            except ValidationError as error:
                invalid = error
            if invalid is not None:
                raise IntakeError(_HEADING, malformed(type(self), invalid))

        __init__.__pydantic_base_init__ = True  # parts of a record are validated by it, and told by it

        def __setattr__(self, name: str, value: Any) -> None:
            if name.startswith("_"):
                super().__setattr__(name, value)
            else:
                raise AttributeError(f"a {type(self).__name__} is frozen; make a new one, with the other answers")

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """Return the record that a mapping of answers describes.

        Raises:
            IntakeError: with everything that is wrong, and nothing of what was given.

        """
        return cls._telling(lambda: super(Record, cls).model_validate(obj, **options))

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Any) -> Self:
        """Return the record that a JSON text describes.

        Raises:
            IntakeError: with everything that is wrong, and nothing of what was given.

        """
        return cls._telling(lambda: super(Record, cls).model_validate_json(json_data, **options))

    @classmethod
    def _telling(cls, validate: Callable[[], Self]) -> Self:
        """Validate; what is wrong is told without pydantic's own error, which knows what was given."""
        try:
            return validate()
        except ValidationError as error:
            invalid = error
        raise IntakeError(_HEADING, malformed(cls, invalid))

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """Show what is answered, without names, notes and ids: a repr ends up in logs."""
        for name in type(self).model_fields:
            value = getattr(self, name)
            asked = declared(type(self), name)
            hidden = isinstance(asked, Private) or (isinstance(asked, Refers) and asked.to == "person")
            if value is not None and not hidden:
                yield name, value


@functools.cache
def declared(record: type[BaseModel], field: str) -> Asked | Refers | Private | None:
    """Return how a field of a record is declared, or None for a part that is a record or a list of its own."""
    metadata = record.model_fields[field].metadata
    return next((entry for entry in metadata if isinstance(entry, Asked | Refers | Private)), None)


@functools.cache
def options(record: type[BaseModel], field: str) -> tuple[str, ...]:
    """Return the words that a field accepts; empty when it is no choice."""
    return next((get_args(part) for part in parts(record.model_fields[field].annotation) if _is_literal(part)), ())


@functools.cache
def bounds(record: type[BaseModel], field: str) -> tuple[int, int] | None:
    """Return the least and the most that a number may be; None when the field is no number."""
    info = record.model_fields[field]
    for part in parts(info.annotation):
        for entry in (*getattr(part, "__metadata__", ()), *info.metadata):
            if isinstance(entry, Interval) and isinstance(entry.ge, int) and isinstance(entry.le, int):
                return entry.ge, entry.le
    return None


@functools.cache
def is_flag(record: type[BaseModel], field: str) -> bool:
    """Return whether a field is a yes or no."""
    return any(getattr(part, "__origin__", part) is bool for part in parts(record.model_fields[field].annotation))


@functools.cache
def most_items(record: type[BaseModel], field: str) -> int | None:
    """Return how many entries a list may have; None when the field is no list."""
    for part in parts(record.model_fields[field].annotation):
        if get_origin(getattr(part, "__origin__", None)) is tuple:
            return next(entry.max_length for entry in part.__metadata__ if isinstance(entry, MaxLen))
    return None


@functools.cache
def words_of_items(record: type[BaseModel], field: str) -> tuple[str, ...]:
    """Return the words that the entries of a list are; empty when it is no such list."""
    for part in parts(record.model_fields[field].annotation):
        inner = part.__origin__ if hasattr(part, "__metadata__") else part
        if get_origin(inner) is tuple and _is_literal(get_args(inner)[0]):
            return get_args(get_args(inner)[0])
    return ()


def _is_literal(part: Any) -> bool:
    return get_origin(part) is Literal


@functools.cache
def items_of_totals(record: type[BaseModel]) -> tuple[tuple[str, str, int], ...]:
    """Return the items of a record that add to a total in it: total, item, and the points that the other items can add."""
    found = []
    for item in record.model_fields:
        asked = declared(record, item)
        if isinstance(asked, Asked) and asked.part_of:
            most_of_total, most_of_item = (bounds(record, name) or (0, 0) for name in (asked.part_of, item))
            found.append((asked.part_of, item, most_of_total[1] - most_of_item[1]))
    return tuple(found)


def arises(record: BaseModel, field: str) -> bool:
    """Return whether a question could still be answered: it arises, as far as is known, and is no judgement."""
    asked = declared(type(record), field)
    if not isinstance(asked, Asked):
        return True
    if asked.judgement:
        return False
    if asked.only_if is None:
        return True
    decided = getattr(record, asked.only_if[0])
    return decided is None or decided in asked.only_if[1]
