"""Records in blocks of so many lines: of an NDJSON file by where they stand in it, of a Parquet file by their rows."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from ipt_rules.cohort.query import ID
from ipt_rules.documents import MAX_CHARACTERS
from ipt_rules.errors import IntakeError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RECORD: Final = "intake"
"""The column of a Parquet file that holds the intakes, as JSON."""
MOST_BYTES: Final = 4 * MAX_CHARACTERS
"""Bytes of one record; what is longer is rejected without being read."""
_AT_ONCE: Final = 1 << 20

Text: TypeAlias = bytes | str | None
"""A record as it was written; None where it is too long."""


@dataclass(frozen=True)
class Block:
    """Some records that stand together.

    Attributes:
        number: of the block, from 0.
        first: line of the first record, from 1.
        digest: of the records, and of the line of the first.
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
    rows: tuple[tuple[str | None, str | None], ...] = ()

    def records(self) -> Iterator[tuple[int, str | None, Text]]:
        """Yield the line of each record, its id if one stands beside it, and the record; empty lines are passed over.

        Raises:
            IntakeError: the file is not what it was when its blocks were told apart.

        """
        if self.file is None:
            for line, (name, row) in enumerate(self.rows, self.first):
                text = row or ""
                yield line, name, text if len(text) <= MAX_CHARACTERS else None
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
        if RECORD not in names:
            what = f"has no column '{RECORD}' with an intake in JSON in each row"
            raise IntakeError("The records cannot be read:", [Problem(str(source), 0, 0, "", what)])
        columns = [RECORD, *([ID] if ID in names else [])]
        first = 1
        for number, batch in enumerate(file.iter_batches(records, columns=columns)):
            texts = batch.column(RECORD).cast(pa.string()).to_pylist()
            called = batch.column(ID).cast(pa.string()).to_pylist() if ID in names else [None] * len(texts)
            rows = tuple(zip(called, texts, strict=True))
            digest = _digest_from(first)
            digest.update(repr(rows).encode())
            yield Block(number, first, digest.hexdigest(), first - 1, first - 1 + len(rows), None, rows)
            first += len(rows)


def _unreadable(source: Path, error: Exception) -> IntakeError:
    number = error.errno if isinstance(error, OSError) else None
    what = os.strerror(number) if number else "this is no Parquet file"
    return IntakeError("The records cannot be read:", [Problem(str(source), 0, 0, "", f"cannot be read: {what}")])
