"""Records → a folder of facts, in parallel, block by block; a making that was interrupted goes on where it stopped."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from ipt_rules.cohort.blocks import blocks_of, size_of
from ipt_rules.cohort.folder import Folder, Mark, made_by
from ipt_rules.cohort.reading import Rejected, read_record
from ipt_rules.cohort.tables import ID, INTAKE, SUBJECTS
from ipt_rules.errors import EvaluationError
from ipt_rules.row_tables import own_columns, schema_of, table_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ipt_rules.cohort.blocks import Block
    from ipt_rules.cohort.reading import Known

RECORDS_IN_A_PART: Final = 10_000
"""Records whose rows each process holds in memory."""
_WAITING: Final = 2
"""Blocks that wait for each process, so that none is idle and memory does not grow."""


@dataclass(frozen=True)
class Made:
    """What a folder of facts holds.

    Attributes:
        records: records in the source.
        intakes: those that are intakes, whose facts are there.
        rejected: the others, which ``rejects.ndjson`` tells with their lines and the reasons.
        rows: how many rows there are of each kind.
        kept: parts that were there already, made from the same records.
        parts: all parts.

    """

    records: int
    intakes: int
    rejected: int
    rows: dict[str, int]
    kept: int
    parts: int


def make_facts(
    source: str | Path,
    folder: str | Path,
    *,
    jobs: int | None = None,
    records_in_a_part: int = RECORDS_IN_A_PART,
    told: Callable[[int, int], None] | None = None,
) -> Made:
    """Make the facts of many intakes, and return what there is.

    Args:
        source: an NDJSON file with an intake, or ``{"id": "…", "intake": {…}}``, on each line; or a Parquet file with a column
            ``intake`` of such texts, and perhaps ``id``.
        folder: where the facts go. Parts that are there and were made from the same records are kept.
        jobs: processes; None for one for each core. A script that asks for more than one needs ``if __name__ == "__main__":``.
        records_in_a_part: the more, the more memory each process takes.
        told: is told from time to time how much of the source is done, and how much there is, in bytes or rows of Parquet.

    Raises:
        IntakeError: the source cannot be read, or something else is in the folder. A record that is no intake is no error.
        EvaluationError: a process was ended from outside; what was finished is kept.
        OSError: the folder cannot be written.

    """
    source, to = Path(source), Folder(Path(folder))
    whole = size_of(source)
    to.prepare(source)
    workers = jobs or os.cpu_count() or 1
    made = _Making(to, (lambda done: told(done, whole)) if told else lambda done: None)
    blocks = blocks_of(source, records_in_a_part)
    if workers == 1:
        for block in blocks:
            made.one(block, None)
    else:
        made.all_in_processes(blocks, workers)
    sums = to.close(made.digests)
    return Made(sums["records"], sums["intakes"], sums["rejected"], sums["rows"], made.kept, sums["parts"])


class _Making:
    """Hands out blocks and waits for them."""

    def __init__(self, folder: Folder, told: Callable[[int], None]) -> None:
        self.digests: list[str] = []
        self.kept = 0
        self._folder = folder
        self._told = told
        self._waiting: deque[tuple[Future[None], Block]] = deque()

    def one(self, block: Block, pool: ProcessPoolExecutor | None) -> None:
        """Make the part of a block, or have it made, unless it is there."""
        self.digests.append(block.digest)
        mark = self._folder.mark(block.number)
        if (
            mark is not None
            and (mark.digest, mark.by) == (block.digest, made_by())
            and self._folder.is_whole(block.number, mark)
        ):
            self.kept += 1
            self._told(block.end)
        elif pool is None:
            make_part(self._folder.path, block)
            self._told(block.end)
        else:
            self._waiting.append((pool.submit(make_part, self._folder.path, block), block))

    def all_in_processes(self, blocks: Iterable[Block], workers: int) -> None:
        """Have the parts of all blocks made by so many processes."""
        with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _prepare_process) as pool:
            try:
                for block in blocks:
                    self.one(block, pool)
                    self.wait_for(workers * _WAITING)
                self.wait_for(0)
            except BaseException:
                pool.shutdown(cancel_futures=True)  # what has begun is finished, and kept
                raise

    def wait_for(self, most: int) -> None:
        """Wait until no more than so many blocks are being made."""
        while len(self._waiting) > most:
            future, block = self._waiting.popleft()
            try:
                future.result()
            except BrokenProcessPool:
                what = "A process that made facts was ended from outside; call again, and what is finished is kept."
                raise EvaluationError(what) from None
            self._told(block.end)


def make_part(folder: Path, block: Block) -> None:
    """Write the tables of the intakes of a block, and then the mark that says so."""
    known: list[tuple[int, Known]] = []
    rejects: list[dict[str, Any]] = []
    records = 0
    for line, name, text in block.records():
        records += 1
        read = read_record(line, name, text)
        if isinstance(read, Rejected):
            rejects.append(read.to_dict())
        else:
            known.append((line, read))
    to = Folder(folder)
    tables = tables_of(known)
    for kind, table in tables.items():
        to.write(kind, block.number, table, block.digest)
    rows = {kind: table.num_rows for kind, table in tables.items()}
    to.set_mark(block.number, Mark(block.digest, made_by(), records, len(known), rows, rejects))


def tables_of(known: Sequence[tuple[int, Known]]) -> dict[str, pa.Table]:
    """Return the rows of some intakes as one table for each kind of row, each intake under its number."""
    facts = [one.facts for _, one in known]
    numbers = pa.array([number for number, _ in known], pa.int64())
    patient = table_of("patient", [one.patient for one in facts])
    tables = {}
    for kind in SUBJECTS:
        rows = [
            (at, row) for at, one in enumerate(facts) for row in (*one.subjects, *one.not_asked) if row.kind == kind
        ]
        positions = pa.array([at for at, _ in rows], pa.int64())
        own = table_of(kind, [row for _, row in rows], only=own_columns(kind))
        columns = _columns(patient.take(positions)) | _columns(own)
        of_row = {name: columns[name] for name in schema_of(kind).names}
        tables[kind] = pa.table({INTAKE: numbers.take(positions), **of_row})
    names = pa.array([one.name for _, one in known], pa.string())
    tables["patient"] = pa.table({INTAKE: numbers, ID: names, **_columns(patient)})
    return tables


def _columns(table: pa.Table) -> dict[str, pa.ChunkedArray]:
    return dict(zip(table.column_names, table.columns, strict=True))


def _prepare_process() -> None:
    """Let this process end with the one that started it, so that nothing goes on writing, and leave Ctrl-C to that one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None  # only processes of a pool come here

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
