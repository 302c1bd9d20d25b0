"""Facts of many intakes: each intake once, each broken record among the rejects, whatever happened in between."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ipt_rules import IntakeError
from ipt_rules.cohort import Made, make_facts, rank_facts
from ipt_rules.cohort.blocks import MOST_BYTES
from ipt_rules.cohort.tables import KINDS
from ipt_rules.documents import MAX_CHARACTERS
from ipt_rules.facts import facts
from ipt_rules.row_tables import rows_of, table_of
from ipt_rules.ruleset import load_ruleset
from tests.cohort.expected import drawn, written
from tests.helpers import MARK, marked

if TYPE_CHECKING:
    from pathlib import Path


def lines_of(folder: Path) -> dict[str, list[int]]:
    """Return the lines whose intakes have rows, by kind, and those that were rejected."""
    found = {kind: pq.read_table(folder / kind).column("intake").to_pylist() for kind in KINDS}
    rejects = (folder / "rejects.ndjson").read_text("utf-8").splitlines()
    return {**found, "rejected": [json.loads(one)["line"] for one in rejects]}


def tables_in(folder: Path) -> dict[str, Any]:
    """Return all that the tables of a folder hold."""
    return {kind: pq.read_table(folder / kind).to_pylist() for kind in KINDS}


def test_rows_come_back_from_their_table() -> None:
    """A table holds all that its rows say: values, ranges, what is open, and what does not arise."""
    for number in range(150):
        known = facts(drawn(number))
        for kind in KINDS:
            rows = [row for row in (*known.subjects, known.patient, *known.not_asked) if row.kind == kind]
            assert rows_of(kind, table_of(kind, rows, of_facts=False)) == rows
            if kind != "dispute":
                assert rows_of(kind, table_of(kind, rows)) == rows


def test_each_row_of_each_intake_is_there(tmp_path: Path) -> None:
    """The tables hold the rows of the intakes, each under the line of its record, a list that was not asked for among them."""
    intakes = [drawn(number) for number in range(60)]
    made = make_facts(written(tmp_path / "in.ndjson", intakes), tmp_path / "facts", jobs=1, records_in_a_part=25)
    known = [facts(one) for one in intakes]
    all_rows = [
        (line, row) for line, one in enumerate(known, 1) for row in (*one.subjects, *one.not_asked, one.patient)
    ]
    assert made == Made(
        60, 60, 0, {kind: sum(row.kind == kind for _, row in all_rows) for kind in KINDS}, kept=0, parts=3
    )
    for kind in KINDS:
        table = pq.read_table(tmp_path / "facts" / kind)
        there = zip(table.column("intake").to_pylist(), rows_of(kind, table), strict=True)
        assert list(there) == [(line, row) for line, row in all_rows if row.kind == kind]


BROKEN = {
    f'{{"assessed_on": "2026-03-31", "losses": [{{"mourning": "{MARK}"}}]}}': ("losses[0].mourning", "must be one of"),
    f'{{"assessed_on": "2026-03-31", "{MARK}": 1}}': ("", "holds an unknown key"),
    f'{{"assessed_on": "2026-03-31", "x": {MARK}': (
        "",
        "this is no well-formed JSON from column 36 on; a record is a whole one, and stands on one line",
    ),
    "[1, 2]": ("", "a record is an intake as a JSON object, or an object with 'id' and 'intake'"),
    "null": ("", "a record is an intake as a JSON object"),
    '{"id": "a", "intake": {"assessed_on": "2026-03-31"}, "more": 1}': ("", "there is something else"),
    '{"id": ["a"], "intake": {"assessed_on": "2026-03-31"}}': ("id", "must be a text of at most 200 characters"),
    '{"id": "\\ud800", "intake": {"assessed_on": "2026-03-31"}}': ("id", "must be a text of at most 200 characters"),
    '{"id": true, "intake": {"assessed_on": "2026-03-31"}}': ("id", "or a whole number"),
    '{"id": "a", "intake": "b"}': ("", "must be"),
    '{"assessed_on": "2026-03-31", "assessed_on": "2026-03-30"}': ("", "a key is given twice in one object"),
    '{"assessed_on": NaN}': ("", "NaN and Infinity are no numbers of JSON"),
    '{"a": ' + "[" * 100_000 + "]" * 100_000 + "}": ("", "is nested too deeply"),
    '{"a": ' + "9" * 5000 + "}": ("", "holds a number that is too long to be read"),
}


@pytest.mark.parametrize("record", BROKEN)
def test_what_is_wrong_with_a_record_is_said(tmp_path: Path, record: str) -> None:
    """A record that is no intake is rejected with its line, the place and the reason, and nothing that it says."""
    source = tmp_path / "in.ndjson"
    source.write_text(f'{{"assessed_on": "2026-03-31"}}\n\n{record}\n', "utf-8")
    made = make_facts(source, tmp_path / "facts", jobs=1)
    assert (made.records, made.intakes, made.rejected) == (2, 1, 1)
    (line,) = (tmp_path / "facts" / "rejects.ndjson").read_text("utf-8").splitlines()
    told = json.loads(line)
    path, what = BROKEN[record]
    assert told["line"] == 3
    assert any(one["path"] == path and what in one["what"] for one in told["problems"]), told
    assert MARK not in line


def test_bytes_that_are_no_text_and_lines_without_end(tmp_path: Path) -> None:
    """Bytes that are no UTF-8, a line longer than any record, and one that is cut off are rejected; the next is read."""
    good = b'{"assessed_on": "2026-03-31"}\n'
    source = tmp_path / "in.ndjson"
    source.write_bytes(b'{"a": "\xff"}\n' + good + b" " * (2 * MOST_BYTES) + good + good + b'{"assessed_on": "2026-0')
    made = make_facts(source, tmp_path / "facts", jobs=1, records_in_a_part=2)
    assert (made.records, made.intakes, made.rejected) == (5, 2, 3)
    assert lines_of(tmp_path / "facts")["rejected"] == [1, 3, 5]
    assert lines_of(tmp_path / "facts")["patient"] == [2, 4]


def test_marks_of_other_systems(tmp_path: Path) -> None:
    """A byte order mark at the start of a file and line ends of two characters are no part of a record."""
    source = tmp_path / "in.ndjson"
    source.write_bytes(b"\xef\xbb\xbf" + 2 * b'{"assessed_on": "2026-03-31"}\r\n' + b"\r\n")
    made = make_facts(source, tmp_path / "facts", jobs=1)
    assert (made.records, made.intakes, made.rejected) == (2, 2, 0)


def test_nothing_of_a_patients_text_is_kept(tmp_path: Path) -> None:
    """Names, notes and free text are in no file of the facts; the id that the record gives is, beside the patient's row."""
    source = tmp_path / "in.ndjson"
    source.write_text(json.dumps({"id": "record 17", "intake": marked().to_dict()}) + "\n", "utf-8")
    make_facts(source, tmp_path / "facts", jobs=1)
    assert pq.read_table(tmp_path / "facts" / "patient").column("id").to_pylist() == ["record 17"]
    for kind, rows in tables_in(tmp_path / "facts").items():
        assert MARK not in repr(rows), kind
    for file in (tmp_path / "facts").rglob("*json"):
        assert MARK not in file.read_text("utf-8")


def test_a_parquet_file_is_read_as_well(tmp_path: Path) -> None:
    """Records in a column of a Parquet file give the same facts as on lines; one that is missing or too long is rejected."""
    intakes = [drawn(number) for number in range(30)]
    texts = [json.dumps(one.to_dict()) for one in intakes]
    broken = [None, " " * 1_000_001]
    columns = {"intake": [*texts, *broken], "id": [f"r{number}" for number in range(32)], "other": list(range(32))}
    pq.write_table(pa.table(columns), tmp_path / "in.parquet")
    made = make_facts(tmp_path / "in.parquet", tmp_path / "one", jobs=1, records_in_a_part=7)
    assert (made.intakes, made.rejected) == (30, 2)
    make_facts(written(tmp_path / "in.ndjson", intakes), tmp_path / "other", jobs=1, records_in_a_part=7)
    one, other = tables_in(tmp_path / "one"), tables_in(tmp_path / "other")
    assert [row.pop("id") for row in one["patient"]] == [f"r{number}" for number in range(30)]
    assert {row.pop("id") for row in other["patient"]} == {None}
    assert one == other


def test_the_longest_record_is_the_same_in_either_file(tmp_path: Path) -> None:
    """A record of so many characters is read from a line and from Parquet, and one that has a character more from neither."""
    text = '{"assessed_on": "2026-03-31"}'
    for number, characters in enumerate((MAX_CHARACTERS, MAX_CHARACTERS + 1)):
        record = text + " " * (characters - len(text))
        (tmp_path / "in.ndjson").write_text(record + "\n", "utf-8")
        pq.write_table(pa.table({"intake": [record]}), tmp_path / "in.parquet")
        for name in ("in.ndjson", "in.parquet"):
            made = make_facts(tmp_path / name, tmp_path / f"{name} {number}", jobs=1)
            assert (made.intakes, made.rejected) == (1 - number, number), name


def test_a_killed_making_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """After a kill in the middle, the restart ends with every good intake once and every broken record in the rejects."""
    source, broken = tmp_path / "in.ndjson", {number for number in range(1, 1201) if number % 100 == 37}
    with source.open("w", encoding="utf-8") as lines:
        for number in range(1, 1201):
            text = json.dumps(drawn(number).to_dict())
            lines.write((text[: number // 2] if number in broken else text) + "\n")
    script = tmp_path / "killed.py"
    script.write_text(_KILLED, "utf-8")
    words = [sys.executable, str(script), str(source), str(tmp_path / "facts")]
    killed = subprocess.run(words, check=False)  # noqa: S603  # this Python, and a script that is written here
    assert killed.returncode == -signal.SIGKILL
    with pytest.raises(IntakeError, match="the making of these facts was interrupted"):
        rank_facts(tmp_path / "facts", tmp_path / "out.parquet", load_ruleset())

    made = make_facts(source, tmp_path / "facts", jobs=2, records_in_a_part=100)
    assert (made.records, made.intakes, made.rejected, made.parts) == (1200, 1188, 12, 12)
    assert 5 <= made.kept < 12
    there = lines_of(tmp_path / "facts")
    assert there["rejected"] == sorted(broken)
    assert there["patient"] == [number for number in range(1, 1201) if number not in broken]
    make_facts(source, tmp_path / "whole", jobs=1, records_in_a_part=100)
    assert tables_in(tmp_path / "facts") == tables_in(tmp_path / "whole")
    assert not list((tmp_path / "facts").rglob(".*"))


_KILLED = """
import os, signal, sys
from ipt_rules.cohort import make_facts

def told(done, whole):
    if 2 * done > whole:
        os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    make_facts(sys.argv[1], sys.argv[2], jobs=2, records_in_a_part=100, told=told)
"""


def test_only_what_changed_is_made_again(tmp_path: Path) -> None:
    """Parts of unchanged records are kept; those of changed, added and removed records follow the source."""
    source, to = tmp_path / "in.ndjson", tmp_path / "facts"
    intakes = [drawn(number) for number in range(40)]
    assert make_facts(written(source, intakes), to, jobs=1, records_in_a_part=10).kept == 0
    assert make_facts(source, to, jobs=1, records_in_a_part=10).kept == 4
    changed = [*intakes[:15], drawn(99), *intakes[16:], drawn(100)]
    made = make_facts(written(source, changed), to, jobs=1, records_in_a_part=10)
    assert (made.kept, made.parts, made.intakes) == (3, 5, 41)
    made = make_facts(written(source, changed[:18]), to, jobs=1, records_in_a_part=10)
    assert (made.kept, made.parts, made.intakes) == (1, 2, 18)
    make_facts(source, tmp_path / "anew", jobs=1, records_in_a_part=10)
    assert tables_in(to) == tables_in(tmp_path / "anew")
    (to / "loss" / "part-000001.parquet").unlink()
    assert make_facts(source, to, jobs=1, records_in_a_part=10).kept == 1
    assert tables_in(to) == tables_in(tmp_path / "anew")


def test_facts_of_another_version_are_refused(tmp_path: Path) -> None:
    """Facts that another version made are not ranked, and are made again whatever their records."""
    source = written(tmp_path / "in.ndjson", [drawn(1)])
    make_facts(source, tmp_path / "facts", jobs=1)
    for file in (tmp_path / "facts" / "facts.json", tmp_path / "facts" / "parts" / "000000.json"):
        file.write_text(file.read_text("utf-8").replace("ipt-rules ", "ipt-rules 9."), "utf-8")
    with pytest.raises(IntakeError, match="another version of the library made these facts; make them again"):
        rank_facts(tmp_path / "facts", tmp_path / "out.parquet", load_ruleset())
    assert make_facts(source, tmp_path / "facts", jobs=1).kept == 0


def test_facts_without_intakes_are_not_ranked(tmp_path: Path) -> None:
    """Where no record is an intake, and where there was no record, nothing can be ranked, and the error says so."""
    for number, text in enumerate(("", "no intake\n")):
        (source := tmp_path / "in.ndjson").write_text(text, "utf-8")
        assert make_facts(source, tmp_path / str(number), jobs=1).intakes == 0
        with pytest.raises(IntakeError, match="there is no intake among them"):
            rank_facts(tmp_path / str(number), tmp_path / "out.parquet", load_ruleset())


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("missing.ndjson", "cannot be read: No such file or directory"),
        ("missing.parquet", "cannot be read: No such file or directory"),
        ("text.parquet", "cannot be read: this is no Parquet file"),
        ("other.parquet", "has no column 'intake' with an intake in JSON in each row"),
    ],
)
def test_a_source_that_cannot_be_read(tmp_path: Path, source: str, what: str) -> None:
    """A source that is missing or holds something else is an error that says so."""
    (tmp_path / "text.parquet").write_text("text", "utf-8")
    pq.write_table(pa.table({"a": [1]}), tmp_path / "other.parquet")
    with pytest.raises(IntakeError, match=what):
        make_facts(tmp_path / source, tmp_path / "facts", jobs=1)


def test_nothing_else_is_overwritten(tmp_path: Path) -> None:
    """A folder that holds something else, and a file, are left alone."""
    source = written(tmp_path / "in.ndjson", [drawn(1)])
    for place in (tmp_path, source):
        with pytest.raises(IntakeError, match="holds something else; name a folder that is empty or not there yet"):
            make_facts(source, place, jobs=1)
    assert sorted(tmp_path.iterdir()) == [source]
