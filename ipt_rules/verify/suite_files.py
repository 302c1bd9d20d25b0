"""A suite as files: each intake and course, and beside it the sheet of what is expected of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import yaml

from ipt_rules.errors import IntakeError, Problem
from ipt_rules.verify.aims import Aims
from ipt_rules.verify.signing import as_yaml, is_sheet, sheet_of, signatures, with_signatures

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from ipt_rules.ruleset import Ruleset
    from ipt_rules.verify.aims import Aim
    from ipt_rules.verify.signing import Sheet
    from ipt_rules.verify.suites import Suite
    from ipt_rules.verify.witnesses import Case

SHEET: Final = ".expected.yaml"
"""How the file of a sheet ends."""

_WIDTH: Final = 128


def write_suite(suite: Suite, folder: Path, ruleset: Ruleset) -> int:
    """Write a suite into a folder: ``intakes/01.yaml`` with ``intakes/01.expected.yaml``, and ``courses/…`` likewise.

    What stood there of an earlier suite is replaced; its signatures are kept where the case and the line are still the same, under
    whatever number. Returns how many were not kept.

    Args:
        suite: the intakes and courses.
        folder: where to write; it is made where it is not there.
        ruleset: the rules.

    Raises:
        OSError: something cannot be written.

    """
    aims = Aims(ruleset)
    parts = (("intakes", suite.intakes), ("courses", suite.courses))
    return sum(_write(cases, folder / name, aims, name.removesuffix("s")) for name, cases in parts)


def there_for(cases: Iterable[Case], aims: Aims) -> Iterator[tuple[Case, frozenset[Aim]]]:
    """Yield each case with what it is there for: what it shows and none before it does."""
    left = set(aims.whole)
    for case in cases:
        about = aims.shown_by(case) & left
        left -= about
        yield case, about


def case_text(case: Case) -> str:
    """Return an intake or a course as the text of its file."""
    return yaml.safe_dump(case.to_dict(), sort_keys=False, allow_unicode=True, width=_WIDTH)


def _write(cases: Sequence[Case], folder: Path, aims: Aims, what: str) -> int:
    """Write some cases with their sheets, and return how many signatures were not kept."""
    folder.mkdir(parents=True, exist_ok=True)
    earlier = _earlier(folder)
    signed = {case.read_text("utf-8"): sheet for case, _, sheet in earlier}
    for case_file, sheet_file, _ in earlier:
        case_file.unlink()
        sheet_file.unlink()
    before, after = sum(map(signatures, signed.values())), 0
    for number, (case, about) in enumerate(there_for(cases, aims), 1):
        text, sheet = case_text(case), sheet_of(case, aims, about)
        if text in signed:
            sheet = with_signatures(sheet, signed[text])
        after += signatures(sheet)
        (folder / f"{number:02}.yaml").write_text(text, "utf-8")
        (folder / f"{number:02}{SHEET}").write_text(as_yaml(sheet, f"{what} {number:02}"), "utf-8")
    return before - after


def check_folder(folder: Path) -> None:
    """Look whether a suite can be written into a folder, before it takes minutes to make one.

    Raises:
        IntakeError: something else stands there, or a sheet cannot be read; with each of them.
        OSError: nothing can be written there.

    """
    problems: list[Problem] = []
    for part in ("intakes", "courses"):
        (folder / part).mkdir(parents=True, exist_ok=True)
        (folder / part / _PROBE).touch()
        (folder / part / _PROBE).unlink()
        own = {file for case, sheet, _ in _earlier(folder / part, problems) for file in (case, sheet)}
        told = {problem.file for problem in problems}
        others = [file for file in sorted((folder / part).iterdir()) if file not in own and str(file) not in told]
        problems += [Problem(str(file), 0, 0, "", _NOT_OURS) for file in others]
    if problems:
        raise IntakeError("The suite cannot be written:", problems)


_PROBE: Final = ".suite"
_NOT_OURS: Final = "is not of a suite; name a folder for the suite alone, or move this elsewhere"
_NO_SHEET: Final = "is no sheet as it was written; mend it, or remove it together with its case"


def _earlier(folder: Path, problems: list[Problem] | None = None) -> list[tuple[Path, Path, Sheet]]:
    """Return what an earlier suite left in a folder: each case, its sheet, and what that holds."""
    found = []
    for sheet_file in sorted(folder.glob(f"*{SHEET}")):
        case_file = sheet_file.with_name(sheet_file.name.removesuffix(SHEET) + ".yaml")
        try:
            sheet = yaml.safe_load(sheet_file.read_text("utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError):
            sheet = None
        if is_sheet(sheet) and case_file.exists():
            found.append((case_file, sheet_file, sheet))
        elif problems is not None:
            problems.append(Problem(str(sheet_file), 0, 0, "", _NO_SHEET))
    return found
