"""Records in blocks of so many lines: of an NDJSON file by where they stand in it, of a Parquet file by their rows."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from ipt_rules.cohort.tables import ID
from ipt_rules.documents import MAX_CHARACTERS
from ipt_rules.errors import IntakeError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RECORD: Final = "intake"
"""The column of a Parquet file that holds the intakes, as JSON."""
MOST_BYTES: Final = 4 * MAX_CHARACTERS
"""Bytes of a line that can be a record; what is longer is rejected without being read whole."""
_AT_ONCE: Final = 1 << 20

Text: TypeAlias = bytes | str | None
"""A record as it was written; None where its line has too many bytes."""


@dataclass(frozen=True)
class Block:
    """Some records that stand together.

    Attributes:
        number: of the block, from 0.
        first: line of the first record, from 1.
        digest: of the records, and of the line of the first.
        start: how much of the source stands before this block, in bytes or rows.
        end: how much of the source has been seen with this block, in bytes or rows.
        file: the file that they stand in, from ``start`` to ``end``; None where ``rows`` holds them.
        rows: what each record is called, and the record.

    """

    number: int
    first: int
    digest: str
    start: int
    end: int
    file: Path | None
    rows: tuple[tuple[str | None, bytes | None], ...] = ()

    def records(self) -> Iterator[tuple[int, str | None, Text]]:
        """Yield the line of each record, its id if one stands beside it, and the record; empty lines are passed over.

        Raises:
            IntakeError: the file is not what it was when its blocks were told apart.

        """
        if self.file is None:
            for line, (name, row) in enumerate(self.rows, self.first):
                yield line, name, row or b""
            return
        digest, line = _digest_from(self.first), self.first
        with self.file.open("rb") as source:
            source.seek(self.start)
            while source.tell() < self.end and (read := source.readline(MOST_BYTES + 1)):
                digest.update(read)
                if len(read) > MOST_BYTES:
                    _skip_line(source, read, digest)
                    yield line, None, None
                elif read.strip():
                    yield line, None, read
                line += 1
        if digest.hexdigest() != self.digest:
            what = "changed while it was read; call again once nothing writes into it"
            raise IntakeError("The records cannot be read:", [Problem(str(self.file), 0, 0, "", what)])


def _digest_from(first: int) -> hashlib._Hash:
    """Begin the digest of a block: equal records on other lines are others, since their rows say on which."""
    return hashlib.sha256(f"from {first}\n".encode())


def _skip_line(source: BinaryIO, text: bytes, digest: hashlib._Hash) -> None:
    while text and not text.endswith(b"\n"):
        text = source.readline(_AT_ONCE)
        digest.update(text)


def size_of(source: Path) -> int:
    """Return how much a source holds: bytes, or the rows of a Parquet file.

    Raises:
        IntakeError: it cannot be read.

    """
    if source.exists() and not source.is_file():
        what = "is no file; records are read twice, so a folder, a pipe or standard input will not do"
        raise IntakeError("The records cannot be read:", [Problem(str(source), 0, 0, "", what)])
    try:
        return pq.ParquetFile(source).metadata.num_rows if _is_parquet(source) else source.stat().st_size
    except (OSError, pa.ArrowException) as error:
        raise _unreadable(source, error) from None


def blocks_of(source: Path, records: int) -> Iterator[Block]:
    """Yield the records of a file in blocks of so many lines; a Parquet file is one whose name ends in ``.parquet``.

    Raises:
        IntakeError: the file cannot be read.

    """
    try:
        yield from _of_parquet(source, records) if _is_parquet(source) else _of_lines(source, records)
    except (OSError, pa.ArrowException) as error:
        raise _unreadable(source, error) from None


def _is_parquet(source: Path) -> bool:
    return source.suffix == ".parquet"


def _of_lines(source: Path, records: int) -> Iterator[Block]:
    number, first, start, here, lines, digest = 0, 1, 0, 0, 0, _digest_from(1)
    with source.open("rb") as file:
        while chunk := file.read(_AT_ONCE):
            begun = 0
            while lines + (more := chunk.count(b"\n", begun)) >= records:
                end = _after(chunk, begun, records - lines)
                digest.update(chunk[begun:end])
                yield Block(number, first, digest.hexdigest(), start, here + end, source)
                number, first, start, begun = number + 1, first + records, here + end, end
                lines, digest = 0, _digest_from(first)
            digest.update(chunk[begun:])
            lines += more
            here += len(chunk)
    if here > start:
        yield Block(number, first, digest.hexdigest(), start, here, source)


def _after(chunk: bytes, begun: int, newlines: int) -> int:
    """Return the position after so many line ends."""
    for _ in range(newlines):
        begun = chunk.index(b"\n", begun) + 1
    return begun


def _of_parquet(source: Path, records: int) -> Iterator[Block]:
    with pq.ParquetFile(source) as file:
        names = file.schema_arrow.names
        if problems := [Problem(str(source), 0, 0, "", what) for what in _wrong_columns(file.schema_arrow)]:
            raise IntakeError("The records cannot be read:", problems)
        columns = [RECORD, *([ID] if ID in names else [])]
        first = 1
        for number, batch in enumerate(file.iter_batches(records, columns=columns)):
            texts = _bytes_of(batch.column(RECORD))
            called = _names_of(batch.column(ID)) if ID in names else [None] * len(texts)
            rows = tuple(zip(called, texts, strict=True))
            digest = _digest_from(first)
            digest.update(repr(rows).encode())
            yield Block(number, first, digest.hexdigest(), first - 1, first - 1 + len(rows), None, rows)
            first += len(rows)


def _wrong_columns(schema: pa.Schema) -> Iterator[str]:
    """Yield what is wrong with the columns that are read."""
    found = [schema.field(at).type for at, name in enumerate(schema.names) if name == RECORD]
    if not found:
        yield f"has no column '{RECORD}' with an intake in JSON in each row"
    elif len(found) > 1 or not _is_text(found[0]):
        yield f"must have one column '{RECORD}', of texts: an intake in JSON in each row"
    called = [schema.field(at).type for at, name in enumerate(schema.names) if name == ID]
    if len(called) > 1 or not all(_is_text(one) or pa.types.is_integer(one) for one in called):
        yield f"must have no more than one column '{ID}', of texts or whole numbers"


def _is_text(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    texts = (
        pa.string(),
        pa.large_string(),
        pa.string_view(),
        pa.binary(),
        pa.large_binary(),
        pa.binary_view(),
        pa.null(),
    )
    return kind in texts


def _bytes_of(column: pa.Array) -> list[bytes | None]:
    """Return texts as the bytes that they are; nobody has checked that they are UTF-8."""
    plain = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
    found: list[bytes | None] = plain.cast(pa.large_binary()).to_pylist()
    return found


def _names_of(column: pa.Array) -> list[str | None]:
    """Return ids; what is no UTF-8 in them becomes signs that no id may have."""
    texts = column.cast(pa.string()) if pa.types.is_integer(column.type) else column
    return [None if one is None else one.decode("utf-8", "surrogateescape") for one in _bytes_of(texts)]


def _unreadable(source: Path, error: Exception) -> IntakeError:
    number = error.errno if isinstance(error, OSError) else None
    what = os.strerror(number) if number else "this is no Parquet file"
    return IntakeError("The records cannot be read:", [Problem(str(source), 0, 0, "", f"cannot be read: {what}")])
