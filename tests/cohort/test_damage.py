"""Facts that are damaged, mixed or made from what would not keep still: an error that says so, and never a wrong result."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ipt_rules import IntakeError, load_ruleset
from ipt_rules.cohort import compare_rules, make_facts, rank_facts
from ipt_rules.cohort.tables import KINDS
from tests.cohort.expected import drawn, written
from tests.helpers import MARK

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

INTAKES = [drawn(number) for number in range(6)]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a file with six records."""
    return written(tmp_path / "in.ndjson", INTAKES)


@pytest.fixture
def folder(source: Path, tmp_path: Path) -> Path:
    """Return a folder with the facts of six intakes in three parts."""
    make_facts(source, tmp_path / "facts", jobs=1, records_in_a_part=2)
    return tmp_path / "facts"


def firsts(folder: Path, to: Path, rules: Path | None = None) -> list[tuple[int, str]]:
    """Return the first area of each intake."""
    rank_facts(folder, to, load_ruleset(rules), jobs=1)
    table = pq.read_table(to)
    return list(zip(table.column("intake").to_pylist(), table.column("first").to_pylist(), strict=True))


def cut(folder: Path) -> None:
    """Cut a table short."""
    table = folder / "loss" / "part-000001.parquet"
    table.write_bytes(table.read_bytes()[:-100])


def emptied(folder: Path) -> None:
    """Take the rows out of a table, and leave all else."""
    table = folder / "patient" / "part-000002.parquet"
    there = pq.read_table(table)
    pq.write_table(there.slice(0, there.num_rows - 1).replace_schema_metadata(there.schema.metadata), table)


def exchanged(folder: Path) -> None:
    """Let two parts change places in one table."""
    one, other = (folder / "loss" / f"part-00000{part}.parquet" for part in (0, 1))
    one.rename(folder / "kept")
    other.rename(one)
    (folder / "kept").rename(other)


def edited(file: str, old: str, new: str) -> Callable[[Path], None]:
    """Return what edits a file of the folder."""

    def edit(folder: Path) -> None:
        text = (folder / file).read_text("utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new), "utf-8")

    return edit


DAMAGES = {
    "cut": (cut, "part 1 is gone, damaged or of other records"),
    "emptied": (emptied, "part 2 is gone, damaged or of other records"),
    "exchanged": (exchanged, "part 0 is gone, damaged or of other records"),
    "fewer parts": (edited("facts.json", '"parts": 3', '"parts": 2'), "facts.json does not agree with the parts"),
    "parts in words": (edited("facts.json", '"parts": 3', '"parts": "3"'), "was interrupted"),
    "a mark that lies": (edited("parts/000001.json", '"intakes": 2', '"intakes": 1'), "part 1 is gone, damaged"),
    "a mark in words": (edited("parts/000001.json", '"intakes": 2', '"intakes": "2"'), "part 1 is gone, damaged"),
    "no mark": (lambda folder: (folder / "parts" / "000002.json").unlink(), "part 2 is gone, damaged"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_facts_are_not_ranked_and_are_mended_by_making_them_again(
    folder: Path, source: Path, tmp_path: Path, mini: Path, damage: str
) -> None:
    """Facts that are not whole end in an error that names the part; making them again mends them."""
    before = firsts(folder, tmp_path / "before.parquet", mini)
    does, what = DAMAGES[damage]
    does(folder)
    rules = load_ruleset(mini)
    with pytest.raises(IntakeError, match=what):
        rank_facts(folder, tmp_path / "out.parquet", rules)
    with pytest.raises(IntakeError, match=what):
        compare_rules(folder, rules, rules)
    assert not (tmp_path / "out.parquet").exists()
    assert make_facts(source, folder, jobs=1, records_in_a_part=2).kept >= 1
    assert firsts(folder, tmp_path / "out.parquet", mini) == before


def test_a_whole_part_of_other_facts_is_not_taken(folder: Path, tmp_path: Path) -> None:
    """A part that was copied from the facts of other records, with its mark, is told from the one that was there."""
    other = tmp_path / "other"
    make_facts(written(tmp_path / "x.ndjson", INTAKES[::-1]), other, jobs=1, records_in_a_part=2)
    for name in (*(f"{kind}/part-000001.parquet" for kind in KINDS), "parts/000001.json"):
        shutil.copy(other / name, folder / name)
    with pytest.raises(IntakeError, match=r"facts\.json does not agree with the parts"):
        rank_facts(folder, tmp_path / "out.parquet", load_ruleset())


def test_equal_records_on_other_lines_are_others(tmp_path: Path, mini: Path) -> None:
    """Parts of another size are made anew, even where their records say the same: each row has the line of its own record."""
    source = written(tmp_path / "in.ndjson", [INTAKES[0]] * 3)
    make_facts(source, tmp_path / "facts", jobs=1, records_in_a_part=1)
    make_facts(source, tmp_path / "facts", jobs=1, records_in_a_part=2)
    assert [line for line, _ in firsts(tmp_path / "facts", tmp_path / "out.parquet", mini)] == [1, 2, 3]


def test_a_path_is_no_pattern(source: Path, folder: Path, tmp_path: Path) -> None:
    """Stars and brackets in the path of a folder or of a table are signs like others, whatever stands beside it."""
    records = written(tmp_path / "x.ndjson", INTAKES[:3:-1])
    plain, other = tmp_path / "plain", tmp_path / "facts1"
    make_facts(records, plain, jobs=1)
    wanted = firsts(plain, tmp_path / "out.parquet")
    make_facts(source, other, jobs=1)
    for name in ("facts[1]", "fact*"):
        make_facts(records, tmp_path / name, jobs=1)
        assert firsts(tmp_path / name, tmp_path / "out[1]*.parquet") == wanted


@pytest.mark.parametrize(("what", "jobs"), [("cut", 1), ("written over", 1), ("cut", 2)])
def test_a_source_that_changes_while_it_is_read(source: Path, tmp_path: Path, what: str, jobs: int) -> None:
    """Records that are others when they are read than when they were counted end the making, which is not whole then."""
    lines = source.read_text("utf-8").splitlines(keepends=True)

    def told(done: int, whole: int) -> None:
        source.write_text("".join(lines[:2] if what == "cut" else lines[::-1]), "utf-8")

    with pytest.raises(IntakeError, match="changed while it was read"):
        make_facts(source, tmp_path / "to", jobs=jobs, records_in_a_part=1, told=told)
    with pytest.raises(IntakeError, match="was interrupted"):
        rank_facts(tmp_path / "to", tmp_path / "out.parquet", load_ruleset())


def test_two_makings_in_one_folder(source: Path, tmp_path: Path) -> None:
    """Where another making writes its records into the same folder meanwhile, neither is taken for whole."""
    other, to = written(tmp_path / "x.ndjson", INTAKES[::-1]), tmp_path / "to"
    begun: list[int] = []

    def told(done: int, whole: int) -> None:
        if not begun:
            begun.append(done)
            make_facts(other, to, jobs=1, records_in_a_part=2)

    with pytest.raises(IntakeError, match="something else makes facts in this folder, from other records"):
        make_facts(source, to, jobs=1, records_in_a_part=2, told=told)
    with pytest.raises(IntakeError, match="cannot be read"):
        rank_facts(to, tmp_path / "out.parquet", load_ruleset())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_a_pipe_is_no_source(tmp_path: Path) -> None:
    """Records are read twice, so that a pipe is refused, at once, and nothing is made."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(IntakeError, match="is no file; records are read twice"):
        make_facts(tmp_path / "pipe", tmp_path / "to", jobs=1)
    assert not (tmp_path / "to").exists()


def test_nothing_is_written_over_facts_or_by_them(folder: Path, source: Path, tmp_path: Path) -> None:
    """No table of results goes into the folder of facts, and no source is read out of it."""
    for to in (folder / "patient" / "part-000000.parquet", folder / "out.parquet"):
        with pytest.raises(IntakeError, match="is in the folder of facts; name a file elsewhere"):
            rank_facts(folder, to, load_ruleset())
        with pytest.raises(IntakeError, match="is in the folder of facts; name a file elsewhere"):
            compare_rules(folder, load_ruleset(), load_ruleset(), to=to)
    with pytest.raises(IntakeError, match="is in the folder of facts; name a file elsewhere"):
        make_facts(folder / "rejects.ndjson", folder, jobs=1)
    assert len(pq.read_table(folder / "patient")) == 6


@pytest.mark.parametrize("name", ["facts.json", "parts/000009.json"])
def test_files_of_like_names_are_no_facts(source: Path, tmp_path: Path, name: str) -> None:
    """A folder of somebody else's with a file or a folder that facts have too is left as it is."""
    file = tmp_path / "theirs" / name
    file.parent.mkdir(parents=True)
    file.write_text("1", "utf-8")
    with pytest.raises(IntakeError, match="holds something else"):
        make_facts(source, tmp_path / "theirs", jobs=1)
    assert file.read_text("utf-8") == "1"


def test_odd_texts_in_parquet(tmp_path: Path) -> None:
    """Bytes that are no text and an id that is too long are rejected by their rows; texts of any kind of column are read."""
    good = json.dumps(INTAKES[0].to_dict()).encode()
    columns = {
        "intake": pa.array([good, b"\xff" + MARK.encode(), good, good], pa.binary()),
        "id": pa.array([b"a", b"b", MARK.encode() * 50, b"\xff"], pa.binary()),
    }
    pq.write_table(pa.table(columns), tmp_path / "in.parquet")
    made = make_facts(tmp_path / "in.parquet", tmp_path / "facts", jobs=1)
    assert (made.intakes, made.rejected) == (1, 3)
    text = (tmp_path / "facts" / "rejects.ndjson").read_text("utf-8")
    paths = [(one["line"], one["problems"][0]["path"]) for one in map(json.loads, text.splitlines())]
    assert paths == [(2, ""), (3, "id"), (4, "id")]
    assert MARK not in text
    for kind in (pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())):
        pq.write_table(pa.table({"intake": pa.array([good.decode()]).cast(kind)}), tmp_path / "in.parquet")
        assert make_facts(tmp_path / "in.parquet", tmp_path / "facts", jobs=1).intakes == 1


@pytest.mark.parametrize(
    ("columns", "what"),
    [
        ({"intake": [{"assessed_on": MARK}]}, "must have one column 'intake', of texts"),
        ({"intake": [MARK], "id": [{"a": MARK}]}, "must have no more than one column 'id', of texts or whole numbers"),
        ({"intake": [MARK], "id": [1.5]}, "must have no more than one column 'id', of texts or whole numbers"),
    ],
)
def test_columns_that_hold_something_else(tmp_path: Path, columns: dict[str, list[object]], what: str) -> None:
    """Columns of a type that no record or id has are an error that says what they have to be."""
    pq.write_table(pa.table(columns), tmp_path / "in.parquet")
    with pytest.raises(IntakeError, match=what) as caught:
        make_facts(tmp_path / "in.parquet", tmp_path / "facts", jobs=1)
    assert MARK not in str(caught.value)
