"""The notebooks: kept without outputs, and good to read once they have run."""

from __future__ import annotations

import functools
import importlib.util
import itertools
import os
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest

from ipt_rules import example, example_course, example_courses, examples

if importlib.util.find_spec("nbclient") is None and not os.environ.get("CI"):
    pytest.skip('needs the dependency group "notebooks"', allow_module_level=True)

import nbformat
from nbclient import NotebookClient
from traitlets.config import Config

NOTEBOOKS = sorted((Path(__file__).parents[1] / "docs" / "notebooks").glob("*.ipynb"))
LONGEST_TEXT = 45
"""Lines of plain text that a cell may print; what is longer wants a picture or a table."""
LONGEST_RUN = 240
"""Seconds after which a cell that hangs is ended."""
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def read(path: Path) -> Any:
    """Return a notebook as it is kept."""
    return nbformat.reads(path.read_text("utf-8"), as_version=4)


@functools.cache
def run(path: Path) -> Any:
    """Return a notebook as it is after it ran from top to bottom, in an empty folder and with nobody's settings."""
    notebook = read(path)
    with tempfile.TemporaryDirectory(prefix="nb") as folder, pytest.MonkeyPatch.context() as patched:
        for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
            patched.setenv(name, folder)
        files_and_no_network = Config(ConnectionFileMixin={"transport": "ipc", "ip": f"{folder}/kernel"})
        there = {"metadata": {"path": folder}}
        NotebookClient(notebook, config=files_and_no_network, timeout=LONGEST_RUN, resources=there).execute()
    return notebook


def outputs(path: Path) -> list[tuple[str, Any]]:
    """Return what the cells of a notebook show once it has run, each with the id of its cell."""
    return [(cell.id, output) for cell in run(path).cells for output in cell.get("outputs", ())]


def shown(output: Any) -> str:
    """Return what an output shows: markup where there is some, else text."""
    data = output.get("data", {})
    return str(output.get("text") or data.get("text/html") or data.get("text/plain", ""))


def test_there_are_four() -> None:
    """The notebooks are read in the order of their numbers."""
    assert [path.stem for path in NOTEBOOKS] == [
        "1-first-assessment",
        "2-questioning-it",
        "3-writing-and-testing-a-rule",
        "4-the-course-of-a-therapy",
    ]


@each_notebook
def test_it_is_kept_without_outputs(path: Path) -> None:
    """Nothing of a run is kept, so that a difference between two versions is one of what the notebook says."""
    code = [cell for cell in read(path).cells if cell.cell_type == "code"]
    assert [cell.id for cell in code if cell.outputs or cell.execution_count is not None or cell.metadata] == []


@each_notebook
def test_it_is_kept_as_nbformat_writes_it(path: Path) -> None:
    """The file is valid, in the one order of keys, and each cell has an id of its own, made of words."""
    notebook = read(path)
    nbformat.validate(notebook)
    assert path.read_text("utf-8") == nbformat.writes(notebook) + "\n"
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert [one for one in ids if not re.fullmatch(r"[a-z]+(-[a-z]+)*", one)] == []


@each_notebook
def test_every_cell_is_introduced(path: Path) -> None:
    """Before each cell of code stand a few words on what the reader is about to see."""
    kinds = [cell.cell_type for cell in read(path).cells]
    assert kinds[0] == kinds[-1] == "markdown"
    assert ("code", "code") not in set(itertools.pairwise(kinds))


@each_notebook
def test_its_links_lead_somewhere(path: Path) -> None:
    """Every link to another file of the checkout leads to one."""
    for cell in read(path).cells:
        for target in _LINK.findall(cell.source) if cell.cell_type == "markdown" else ():
            assert (path.parent / target).exists(), target


@each_notebook
def test_it_runs_from_top_to_bottom(path: Path) -> None:
    """No cell fails, and none warns."""
    bad = [
        (cell, output)
        for cell, output in outputs(path)
        if output.output_type == "error" or output.get("name") == "stderr"
    ]
    assert bad == []


@each_notebook
def test_pictures_come_early(path: Path) -> None:
    """Among the first three outputs are the closeness circle and the ranking."""
    first = [shown(output) for _, output in outputs(path)[:3]]
    assert "<svg" in first[0]
    assert ">closest</text>" in first[0]
    assert any("The four problem areas, by points" in one for one in first)


@each_notebook
def test_it_is_no_wall_of_text(path: Path) -> None:
    """Whatever a cell shows has a display or is short, and is never JSON or a bare representation of a long value."""
    text = [(cell, shown(output)) for cell, output in outputs(path) if "text/html" not in output.get("data", {})]
    assert [cell for cell, said in text if len(said.splitlines()) > LONGEST_TEXT] == []
    assert [cell for cell, said in text if said.lstrip().startswith(("{", "[{", "<"))] == []
    assert [cell for cell, said in text if max(map(len, said.splitlines()), default=0) > 200] == []


@each_notebook
def test_nobody_is_named(path: Path) -> None:
    """No name of a person of a worked case or course appears in what a notebook shows."""
    courses = [example_course(name) for name in example_courses()]
    known = [*map(example, examples()), *(course.reassess().after.intake for course in courses)]
    people = {person.name for intake in known for person in intake.inventory.people or () if person.name}
    words = {word for _, output in outputs(path) for word in re.findall(r"\w+", shown(output))}
    assert people & words == set()
