"""The algebra of conditions as an evaluator: it finds what the engines find, and takes no row of an intake for impossible."""

from __future__ import annotations

import pytest

from ipt_rules.engines import CompiledEngine
from ipt_rules.facts import facts
from ipt_rules.ruleset.cells import Space
from ipt_rules.ruleset.conditions import All, Comparison, Condition
from ipt_rules.testing.by_cells import CellsEngine
from ipt_rules.testing.differential import compare
from ipt_rules.testing.rules import asking
from tests.helpers import intake


def test_sets_of_points_say_what_the_engines_say() -> None:
    """On every row of 150 seeded intakes the shipped rules hold, and could, by their sets of points as by every engine."""
    found = compare(range(150), seed=11, against=[CellsEngine], whole=1000)
    assert found.differences == {}
    assert found.possible > found.holding > 5_000


@pytest.mark.parametrize(
    ("kind", "condition"),
    [
        (
            "pregnancy_loss",
            All((Comparison("loss.kind", "is_not", "job"), Comparison("loss.illness_like_deceased", "is", True))),
        ),
        (
            "death",
            All((Comparison("loss.kind", "is_not", "job"), Comparison("loss.illness_like_deceased", "is", True))),
        ),
        ("home", All((Comparison("loss.kind", "is_not", "job"), Comparison("loss.mourning", "is", "delayed")))),
    ],
)
def test_a_question_arises_by_the_word_and_not_by_the_cell(kind: str, condition: Condition) -> None:
    """Words that no comparison tells apart, but of which some make a question arise, do not share a cell."""
    row = facts(intake(losses=[{"kind": kind}])).subjects[0]
    rules = asking([("loss", condition)])
    assert CellsEngine(rules).possible("evidence", [row]) == CompiledEngine(rules).possible("evidence", [row])


def test_a_focus_is_of_one_subject() -> None:
    """Subjects that no comparison tells apart do not share a cell where it matters whose answers are known."""
    on_change = All((Comparison("focus.subject", "is_not", "none"), Comparison("change.wanted", "is", True)))
    space = Space("focus", [on_change])
    assert space.witness(space.set_of(on_change)) == {"change.wanted": True, "focus.subject": "change"}
