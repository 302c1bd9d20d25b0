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

from ipt_rules._version import __version__
from ipt_rules.cohort.tables import ID, INTAKE, KINDS
from ipt_rules.errors import IntakeError, Problem
from ipt_rules.row_tables import schema_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORMAT: Final = 1
"""Raised when the facts of one version are to be made again though their columns are the same."""
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

    def prepare(self) -> None:
        """Make the folder ready to be written into; until ``close`` it counts as interrupted.

        Raises:
            IntakeError: something else is there.

        """
        others = self.path.exists() and not self._whole.exists() and not self._marks.exists()
        if others and (not self.path.is_dir() or any(self.path.iterdir())):
            what = "holds something else; name a folder that is empty or not there yet"
            raise IntakeError("No facts were made:", [Problem(str(self.path), 0, 0, "", what)])
        for folder in (self._marks, *(self.path / kind for kind in KINDS)):
            folder.mkdir(parents=True, exist_ok=True)
            for left in folder.glob(f"{_BEGUN}*"):
                left.unlink()
        self._whole.unlink(missing_ok=True)
        self.rejects.unlink(missing_ok=True)

    def mark(self, part: int) -> Mark | None:
        """Return what a part holds; None where it is not whole."""
        try:
            told = json.loads((self._marks / f"{part:06}.json").read_text("utf-8"))
            return Mark(**told)
        except (OSError, ValueError, TypeError):
            return None

    def set_mark(self, part: int, mark: Mark) -> None:
        """Say that a part is whole."""
        with replaced(self._marks / f"{part:06}.json") as file:
            file.write_text(json.dumps(mark.__dict__), "utf-8")

    def close(self, parts: int) -> dict[str, Any]:
        """Leave out all parts from a number on, write the rejects, and say that the folder is whole; return what it holds.

        Raises:
            IntakeError: one of the other parts is not whole.

        """
        for left in self._marks.glob("*.json"):
            if left.stem.isdigit() and int(left.stem) >= parts:
                for kind in KINDS:
                    self.table(kind, int(left.stem)).unlink(missing_ok=True)
                left.unlink()
        sums = {"records": 0, "intakes": 0, "rejected": 0}
        rows = dict.fromkeys(KINDS, 0)
        with replaced(self.rejects) as file, file.open("w", encoding="utf-8") as lines:
            for mark in self._all(parts):
                sums["records"] += mark.records
                sums["intakes"] += mark.intakes
                sums["rejected"] += len(mark.rejects)
                for kind, count in mark.rows.items():
                    rows[kind] += count
                lines.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in mark.rejects)
        whole = {"made_by": made_by(), "parts": parts, **sums, "rows": rows}
        with replaced(self._whole) as file:
            file.write_text(json.dumps(whole, indent=2) + "\n", "utf-8")
        return whole

    def _all(self, parts: int) -> Iterator[Mark]:
        for part in range(parts):
            mark = self.mark(part)
            if mark is None:
                raise IntakeError(
                    "The facts are not whole:", [Problem(str(self.path), 0, 0, "", f"part {part} is gone")]
                )
            yield mark

    def parts(self) -> dict[int, int]:
        """Return the number of intakes in each part.

        Raises:
            IntakeError: there are no facts, the making of them was interrupted, or another version made them.

        """
        try:
            whole = json.loads(self._whole.read_text("utf-8"))
            by, parts = whole["made_by"], whole["parts"]
        except (OSError, ValueError, TypeError, KeyError):
            raise self._unreadable(_INTERRUPTED if self._marks.is_dir() else _NO_FACTS) from None
        if by != made_by():
            raise self._unreadable("another version of the library made these facts; make them again")
        counts = {part: mark.intakes for part, mark in enumerate(self._all(parts))}
        if not sum(counts.values()):
            raise self._unreadable("there is no intake among them; rejects.ndjson says what is wrong with each record")
        return counts

    def _unreadable(self, what: str) -> IntakeError:
        return IntakeError("The facts cannot be read:", [Problem(str(self.path), 0, 0, "", what)])


@contextlib.contextmanager
def replaced(file: Path) -> Iterator[Path]:
    """Give a file to write into that takes the place of another once it is whole, and never before."""
    beside = file.with_name(f"{_BEGUN}{file.name}.{os.getpid()}")
    try:
        yield beside
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)


_INTERRUPTED: Final = "the making of these facts was interrupted; make them again, what is there is kept"
_NO_FACTS: Final = "holds no facts; `ipt-rules cohort facts` makes them"
