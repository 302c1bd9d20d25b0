"""A suite as files: each intake and course, and beside it the sheet of what is expected of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import yaml

from ipt_rules.verify.aims import Aims
from ipt_rules.verify.signing import as_yaml, sheet_of, signatures, with_signatures

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
    signed = _signed(folder)
    before, after = sum(map(signatures, signed.values())), 0
    names = [f"{number:02}" for number in range(1, len(cases) + 1)]
    for name, (case, about) in zip(names, there_for(cases, aims), strict=True):
        text, sheet = case_text(case), sheet_of(case, aims, about)
        if text in signed:
            sheet = with_signatures(sheet, signed[text])
        after += signatures(sheet)
        (folder / f"{name}.yaml").write_text(text, "utf-8")
        (folder / f"{name}{SHEET}").write_text(as_yaml(sheet, f"{what} {name}"), "utf-8")
    for file in folder.glob("[0-9][0-9]*.yaml"):
        if file.name.partition(".")[0] not in names:
            file.unlink()
    return before - after


def _signed(folder: Path) -> dict[str, Sheet]:
    """Return the sheets that stand in a folder by the text of their case, whatever its number."""
    sheets = [(file, file.with_name(file.name.removesuffix(SHEET) + ".yaml")) for file in folder.glob(f"*{SHEET}")]
    return {
        case.read_text("utf-8"): yaml.safe_load(sheet.read_text("utf-8")) for sheet, case in sheets if case.exists()
    }
