"""A folder of facts: one table for each kind of row, in parts, with a mark for each part that is whole.

loss/part-000000.parquet   dispute/…   change/…   isolation/…   patient/…
parts/000000.json          the mark: what the part was made from and by, how many intakes it has, and what was rejected
rejects.ndjson             every record that is no intake, with its line and the reasons
facts.json                 written last: without it the making was interrupted
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from ipt_rules._version import __version__
from ipt_rules.cohort.tables import ID, INTAKE, KINDS
from ipt_rules.errors import IntakeError, Problem
from ipt_rules.row_tables import schema_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

FORMAT: Final = 2
"""Raised when the facts of one version are to be made again though their columns are the same."""
_OF_RECORDS: Final = b"ipt_rules.records"
"""The digest of the records that a table was made from, in its own metadata: a table from elsewhere is not taken for it."""
_BEGUN: Final = ".begun-"
"""How the name of a file starts that is not whole yet."""


@functools.cache
def made_by() -> str:
    """Return what tells facts apart that were made otherwise: the library's version, and all columns."""
    columns = {kind: [str(one) for one in schema_of(kind)] for kind in KINDS}
    layout = hashlib.sha256(json.dumps([FORMAT, INTAKE, ID, columns]).encode()).hexdigest()
    return f"ipt-rules {__version__}, layout {layout[:16]}"


@dataclass(frozen=True)
class Mark:
    """What a part holds.

    Attributes:
        digest: of the records that it was made from.
        by: what made it.
        records: how many records it was made from.
        intakes: how many of them are intakes.
        rows: how many rows it has of each kind.
        rejects: the other records, as plain values.

    """

    digest: str
    by: str
    records: int
    intakes: int
    rows: dict[str, int]
    rejects: list[dict[str, Any]]

    def is_sound(self) -> bool:
        """Return whether it can be what was written: texts, and numbers that agree with each other."""
        texts, numbers = (self.digest, self.by), (self.records, self.intakes, *self.rows.values())
        typed = all(isinstance(one, str) for one in texts) and all(type(one) is int for one in numbers)
        agrees = typed and self.records == self.intakes + len(self.rejects)
        return agrees and self.rows.keys() == set(KINDS) and self.rows[KINDS[-1]] == self.intakes


class Folder:
    """A folder of facts at a path, which need not be there yet."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rejects = path / "rejects.ndjson"
        self._whole = path / "facts.json"
        self._marks = path / "parts"

    def table(self, kind: str, part: int) -> Path:
        """Return the file with the rows of a kind in a part."""
        return self.path / kind / f"part-{part:06}.parquet"

    def prepare(self, source: Path) -> None:
        """Make the folder ready to be written into; until ``close`` it counts as interrupted.

        Raises:
            IntakeError: something else is there, or the source is.

        """
        if self.path.exists() and not self._is_ours():
            what = "holds something else; name a folder that is empty or not there yet"
            raise IntakeError("No facts were made:", [Problem(str(self.path), 0, 0, "", what)])
        self.keep_out(source, "No facts were made:")
        for folder in (*(self.path / kind for kind in KINDS), self._marks):
            folder.mkdir(parents=True, exist_ok=True)
            for left in folder.glob(f"{_BEGUN}*"):
                left.unlink()
        self._whole.unlink(missing_ok=True)
        self.rejects.unlink(missing_ok=True)

    def _is_ours(self) -> bool:
        """Return whether there is a folder that holds facts, whole or not, and nothing that facts do not have."""
        if not self.path.is_dir():
            return False
        names = {one.name for one in self.path.iterdir() if not one.name.startswith(_BEGUN)}
        ours = {self._whole.name, self._marks.name, self.rejects.name, *KINDS}
        return names <= ours and (not names or {self._marks.name, *KINDS} <= names)

    def keep_out(self, file: Path, said: str) -> None:
        """Make sure that a file is none of this folder, where it would be written over or would write over facts.

        Raises:
            IntakeError: it is.

        """
        if file.resolve().is_relative_to(self.path.resolve()):
            raise IntakeError(said, [Problem(str(file), 0, 0, "", "is in the folder of facts; name a file elsewhere")])

    def write(self, kind: str, part: int, table: pa.Table, digest: str) -> None:
        """Write the rows of a kind that were made from records with such a digest."""
        with replaced(self.table(kind, part)) as file:
            pq.write_table(table.replace_schema_metadata({_OF_RECORDS: digest}), file, compression="zstd")

    def is_whole(self, part: int, mark: Mark) -> bool:
        """Return whether the tables of a part are there, made from the records of its mark, with as many rows as it says."""
        return all(self._is_of(mark, kind, self.table(kind, part)) for kind in KINDS)

    @staticmethod
    def _is_of(mark: Mark, kind: str, table: Path) -> bool:
        try:
            told = pq.read_metadata(table)
        except (OSError, pa.ArrowException):
            return False
        digest = (told.metadata or {}).get(_OF_RECORDS)
        return digest == mark.digest.encode() and told.num_rows == mark.rows[kind]

    def mark(self, part: int) -> Mark | None:
        """Return what a part holds; None where it is not whole."""
        try:
            told = json.loads((self._marks / f"{part:06}.json").read_text("utf-8"))
            mark = Mark(**told)
            return mark if mark.is_sound() else None
        except (OSError, ValueError, TypeError, AttributeError):
            return None

    def set_mark(self, part: int, mark: Mark) -> None:
        """Say that a part is whole."""
        with replaced(self._marks / f"{part:06}.json") as file:
            file.write_text(json.dumps(mark.__dict__), "utf-8")

    def close(self, digests: Sequence[str]) -> dict[str, Any]:
        """Leave out all parts but those of records with such digests, write the rejects, and say that the folder is whole.

        Returns:
            What it holds.

        Raises:
            IntakeError: a part is not there, or is of other records: somebody else writes into this folder too.

        """
        parts = len(digests)
        for left in self._marks.glob("*.json"):
            if left.stem.isdigit() and int(left.stem) >= parts:
                for kind in KINDS:
                    self.table(kind, int(left.stem)).unlink(missing_ok=True)
                left.unlink()
        marks = list(self._all(parts, "The facts were not made:"))
        if [mark.digest for mark in marks] != list(digests):
            what = "something else makes facts in this folder, from other records; call again once it has ended"
            raise IntakeError("The facts were not made:", [Problem(str(self.path), 0, 0, "", what)])
        with replaced(self.rejects) as file, file.open("w", encoding="utf-8") as lines:
            for mark in marks:
                lines.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in mark.rejects)
        whole = _told(marks)
        with replaced(self._whole) as file:
            file.write_text(json.dumps(whole, indent=2) + "\n", "utf-8")
        return whole

    def _all(self, parts: int, said: str) -> Iterator[Mark]:
        for part in range(parts):
            mark = self.mark(part)
            if mark is None or mark.by != made_by() or not self.is_whole(part, mark):
                what = f"part {part} is gone, damaged or of other records; make the facts again, what is whole is kept"
                raise IntakeError(said, [Problem(str(self.path), 0, 0, "", what)])
            yield mark

    def parts(self) -> dict[int, int]:
        """Return the number of intakes in each part.

        Raises:
            IntakeError: there are no facts, the making of them was interrupted, they are damaged, or another version made them.

        """
        try:
            whole = json.loads(self._whole.read_text("utf-8"))
            by, parts = whole["made_by"], range(whole["parts"])
        except (OSError, ValueError, TypeError, KeyError):
            raise self._unreadable(_INTERRUPTED if self._marks.is_dir() else _NO_FACTS) from None
        if by != made_by():
            raise self._unreadable("another version of the library made these facts; make them again")
        marks = list(self._all(len(parts), "The facts cannot be read:"))
        if _told(marks) != whole:
            raise self._unreadable(
                "facts.json does not agree with the parts; make the facts again, what is whole is kept"
            )
        counts = {part: mark.intakes for part, mark in enumerate(marks)}
        if not sum(counts.values()):
            raise self._unreadable("there is no intake among them; rejects.ndjson says what is wrong with each record")
        return counts

    def _unreadable(self, what: str) -> IntakeError:
        return IntakeError("The facts cannot be read:", [Problem(str(self.path), 0, 0, "", what)])


def _told(marks: Sequence[Mark]) -> dict[str, Any]:
    """Return what ``facts.json`` says of parts."""
    sums = {
        "records": sum(mark.records for mark in marks),
        "intakes": sum(mark.intakes for mark in marks),
        "rejected": sum(len(mark.rejects) for mark in marks),
    }
    rows = {kind: sum(mark.rows[kind] for mark in marks) for kind in KINDS}
    digest = hashlib.sha256("".join(mark.digest for mark in marks).encode()).hexdigest()
    return {"made_by": made_by(), "parts": len(marks), **sums, "rows": rows, "digest": digest}


@contextlib.contextmanager
def replaced(file: Path) -> Iterator[Path]:
    """Give a file to write into that takes the place of another once it is whole, and never before."""
    beside = file.parent / f"{_BEGUN}{file.name}.{os.getpid()}"
    try:
        yield beside
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)


_INTERRUPTED: Final = "the making of these facts was interrupted; make them again, what is there is kept"
_NO_FACTS: Final = "holds no facts; `ipt-rules cohort facts` makes them"
