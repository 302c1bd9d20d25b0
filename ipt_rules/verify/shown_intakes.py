"""Intakes and courses that show what a check has found, with nothing in them that does not matter."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ipt_rules.verify.shortened import shortened
from ipt_rules.verify.witnesses import rows_of, witness_of
from ipt_rules.vocabulary import fields_of

if TYPE_CHECKING:
    from ipt_rules.facts import Row
    from ipt_rules.ruleset.model import Ruleset
    from ipt_rules.verify.defects import Defect, Shown
    from ipt_rules.verify.witnesses import Case


def with_intake(ruleset: Ruleset, defect: Defect) -> Defect:
    """Return a finding with a short intake, or course, that shows it; as it is where there is none, or none was found."""
    shown = defect.shown
    if shown is None or not shown.space.cells.keys() <= fields_of(shown.space.kind).keys():
        return defect
    case = witness_of(ruleset, shown.space, shown.points)
    return defect if case is None else replace(defect, case=shortened(case, lambda one: _shows(one, shown, ruleset)))


def _shows(case: Case, shown: Shown, ruleset: Ruleset) -> bool:
    return any(_is_shown(row, shown) for row in rows_of(case, ruleset))


def _is_shown(row: Row, shown: Shown) -> bool:
    space, points = shown
    return row.kind == space.kind and space.holds(
        points, {name: space.cell_of(name, row.value(name)) for name in space.cells}
    )
