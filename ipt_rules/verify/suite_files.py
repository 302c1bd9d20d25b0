"""A suite as files: each intake and course, and beside it the sheet of what is expected of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import yaml

from ipt_rules.verify.signing import as_yaml, sheet_of, with_signatures

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ipt_rules.ruleset import Ruleset
    from ipt_rules.verify.suites import Suite
    from ipt_rules.verify.witnesses import Case

SHEET: Final = ".expected.yaml"
"""How the file of a sheet ends."""

_WIDTH: Final = 128


def write_suite(suite: Suite, folder: Path, ruleset: Ruleset) -> None:
    """Write a suite into a folder: ``intakes/01.yaml`` with ``intakes/01.expected.yaml``, and ``courses/…`` likewise.

    What stood there of an earlier suite is replaced; its signatures are kept where the case and the line are still the same.

    Args:
        suite: the intakes and courses.
        folder: where to write; it is made where it is not there.
        ruleset: the rules.

    Raises:
        OSError: something cannot be written.

    """
    for name, cases in (("intakes", suite.intakes), ("courses", suite.courses)):
        _write(cases, folder / name, ruleset, name.removesuffix("s"))


def case_text(case: Case) -> str:
    """Return an intake or a course as the text of its file."""
    return yaml.safe_dump(case.to_dict(), sort_keys=False, allow_unicode=True, width=_WIDTH)


def _write(cases: Sequence[Case], folder: Path, ruleset: Ruleset, what: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"{number:02}" for number in range(1, len(cases) + 1)]
    for name, case in zip(names, cases, strict=True):
        file, sheet_file = folder / f"{name}.yaml", folder / f"{name}{SHEET}"
        text, sheet = case_text(case), sheet_of(case, ruleset)
        if sheet_file.exists() and file.exists() and file.read_text("utf-8") == text:
            sheet = with_signatures(sheet, yaml.safe_load(sheet_file.read_text("utf-8")))
        file.write_text(text, "utf-8")
        sheet_file.write_text(as_yaml(sheet, f"{what} {name}"), "utf-8")
    for file in folder.glob("[0-9][0-9]*.yaml"):
        if file.name.partition(".")[0] not in names:
            file.unlink()
