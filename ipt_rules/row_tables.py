"""Rows as Arrow tables, one for each kind of row, in words that people read.

Each field has a column of its own name (a range two, ``….least`` and ``….most``): true or false, a whole number, or a word. Beside
it stands ``….open``: true where the answer is not known yet. Where there is no value and nothing is open, the question does not
arise.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final

from ipt_rules.errors import MissingExtraError
from ipt_rules.facts import Row
from ipt_rules.values import NOT_ARISING
from ipt_rules.vocabulary import GROUPS_OF_ROWS, STAGE_FIELDS, fields_of

try:
    import pyarrow as pa
except ModuleNotFoundError as missing:
    raise MissingExtraError('Tables of rows need the extra "cohort": pip install "ipt-rules[cohort]"') from missing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipt_rules.facts import Cell
    from ipt_rules.vocabulary import Field

PLACE: Final = "place"
"""The column that says which subject of an intake a row is about (``losses[0]``); null where a list was not asked for."""
PERSON: Final = "person"
"""The column with the position in the inventory of the person concerned; null when nobody, or not known."""
OPEN: Final = ".open"


def columns_of(field: Field) -> tuple[str, ...]:
    """Return the columns that hold the value of a field: one, or the least and the most of a range."""
    return (f"{field.name}.least", f"{field.name}.most") if field.ranged else (field.name,)


@functools.cache
def schema_of(kind: str, *, of_facts: bool = True) -> pa.Schema:
    """Return the columns of the rows of a kind, with their types.

    Args:
        kind: the kind of row.
        of_facts: whether to leave out what the rules find later, the stage of a dispute.

    """
    columns = [pa.field(PLACE, pa.string()), pa.field(PERSON, pa.int16())]
    for field in _fields(kind, of_facts=of_facts):
        columns += [pa.field(name, _type(field)) for name in columns_of(field)]
        columns.append(pa.field(field.name + OPEN, pa.bool_(), nullable=False))
    return pa.schema(columns)


def own_columns(kind: str) -> list[str]:
    """Return the columns of a row of a subject that are not the patient's too."""
    return [name for name in schema_of(kind).names if name.partition(".")[0] not in GROUPS_OF_ROWS["patient"]]


def table_of(kind: str, rows: Sequence[Row], *, of_facts: bool = True, only: Sequence[str] = ()) -> pa.Table:
    """Return rows of one kind as a table.

    Args:
        kind: the kind of row.
        rows: the rows.
        of_facts: whether to leave out what the rules find later.
        only: the columns that are wanted; none for all.

    """
    schema = schema_of(kind, of_facts=of_facts)
    wanted = frozenset(only or schema.names)
    cells = _by_position(kind, rows)
    made: dict[str, list[Any]] = {
        PLACE: [row.place or None for row in rows],
        PERSON: [row.person for row in rows],
    }
    for field, start in _starts(kind):
        if wanted.isdisjoint((*columns_of(field), field.name + OPEN)):
            continue
        for position, name in enumerate(columns_of(field), start):
            made[name] = _values(field, cells[position])
        made[field.name + OPEN] = [cell is None for cell in cells[start]]
    columns = [one for one in schema if one.name in wanted]
    return pa.table([pa.array(made[one.name], one.type) for one in columns], schema=pa.schema(columns))


def rows_of(kind: str, table: pa.Table) -> list[Row]:
    """Return the rows that a table holds; what the rules find later is not known in them.

    Args:
        kind: the kind of row.
        table: what ``table_of`` made, all columns of it; others beside them are passed over.

    """
    there = table.column_names
    cells: list[list[Cell]] = []
    for field, _ in _starts(kind):
        if field.name + OPEN not in there:
            cells += [[None] * table.num_rows for _ in columns_of(field)]
            continue
        opened = table.column(field.name + OPEN).to_pylist()
        codes = {word: code for code, word in enumerate(field.options)} if field.ordered and _in_words(field) else {}
        for name in columns_of(field):
            values = table.column(name).to_pylist()
            cells.append([_cell(value, codes, is_open) for value, is_open in zip(values, opened, strict=True)])
    places, people = (table.column(name).to_pylist() for name in (PLACE, PERSON))
    return [
        Row(kind, place or "", person, tuple(of_row))
        for place, person, of_row in zip(places, people, zip(*cells, strict=True), strict=True)
    ]


def _type(field: Field) -> pa.DataType:
    if field.type == "flag":
        return pa.bool_()
    return pa.string() if _in_words(field) else pa.int16()


def _in_words(field: Field) -> bool:
    """Return whether a column holds words; the levels of a range are compared by their codes, and stand in no table of facts."""
    return field.type == "choice" and not field.ranged


def _fields(kind: str, *, of_facts: bool) -> list[Field]:
    return [field for name, field in fields_of(kind).items() if not (of_facts and name in STAGE_FIELDS)]


def _starts(kind: str) -> list[tuple[Field, int]]:
    """Return each field of a row with the position of its first cell."""
    found, position = [], 0
    for field in fields_of(kind).values():
        found.append((field, position))
        position += len(columns_of(field))
    return found


def _by_position(kind: str, rows: Sequence[Row]) -> list[tuple[Cell, ...]]:
    if rows:
        return list(zip(*[row.cells for row in rows], strict=True))
    return [()] * sum(len(columns_of(field)) for field in fields_of(kind).values())


def _values(field: Field, cells: Sequence[Cell]) -> list[Any]:
    known = [None if cell is NOT_ARISING else cell for cell in cells]
    if not (field.ordered and _in_words(field)):
        return known
    return [field.options[cell] if isinstance(cell, int) else None for cell in known]


def _cell(value: Any, codes: dict[str, int], is_open: bool) -> Cell:
    if value is None:
        return None if is_open else NOT_ARISING
    cell: Cell = codes[value] if codes else value
    return cell
