"""Laws of the algebra of conditions: sets of points are what the conditions mean, and the operations are those of sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipt_rules import load_ruleset
from ipt_rules.drawn.intakes import draw_intake
from ipt_rules.engines.reference import compare, trace
from ipt_rules.facts import Row, facts
from ipt_rules.ruleset.cells import MOST_POINTS, Cell, Space, cells
from ipt_rules.ruleset.conditions import All, Comparison, Some, comparisons, negated
from ipt_rules.testing.rules import draw_condition, every_comparison
from ipt_rules.testing.strategies import Drawn
from ipt_rules.values import NotArising, Range
from ipt_rules.vocabulary import ROW_KINDS, fields, layout

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipt_rules.ruleset.cells import CellValue
    from ipt_rules.ruleset.conditions import Condition

_FEW = 4000
"""Points of a space that are looked at one by one."""


_TESTS: dict[str, dict[Comparison, None]] = {}
for _rule in every_comparison().rules:
    for _one in comparisons(_rule.condition):
        _TESTS.setdefault(_one.field, {})[_one] = None


def row_of(kind: str, values: dict[str, CellValue]) -> Row:
    """Return a row about which nothing but some values is known."""
    width = max(layout(kind).values()) + 2
    return Row(kind, "", None, (None,) * width).with_values(
        {
            name: Range(value, value) if fields()[name].ranged and isinstance(value, int) else value
            for name, value in values.items()
        }
    )


def points_of(space: Space, points: int) -> Iterator[tuple[int, dict[str, CellValue]]]:
    """Yield each point of a set, as a set of its own and as values."""
    while points:
        one = points & -points
        found = space.witness(one)
        assert found is not None
        yield one, found
        points ^= one


def draw_small(data: st.DataObject, *, unknown: bool = True) -> tuple[str, Condition, Condition, Space]:
    """Return a row kind, two conditions on it, and their space, few enough points to look at each."""
    choose = Drawn(data.draw)  # type: ignore[arg-type]  # a data object draws as a strategy does
    kind = choose.one_of(ROW_KINDS)
    one, other = (draw_condition(choose, kind, depth=depth) for depth in (2, 1))
    try:
        return kind, one, other, Space(kind, (one, other), unknown=unknown)
    except ValueError:
        few = next(comparisons(one))
        return kind, few, other, Space(kind, (few, other), unknown=unknown)


@pytest.mark.parametrize("name", list(fields()))
def test_the_cells_of_a_field_are_its_values_each_once(name: str) -> None:
    """On both ends of a cell each comparison comes to what the definition of the language says, and no two cells are alike."""
    tests = list(_TESTS[name])
    found = cells(fields()[name], tests, unknown=True)
    for cell in found:
        for end in (cell.value, cell.most):
            value = Range(end, end) if fields()[name].ranged and isinstance(end, int) else end
            assert tuple(compare(test, value) for test in tests) == cell.truths
    known = [cell.truths for cell in found[:-2]]
    assert len(known) == len(set(known))
    assert isinstance(found[-2].value, NotArising)
    assert found[-1].value is None


@given(st.data())
@settings(max_examples=60)
def test_a_set_holds_the_points_at_which_the_condition_holds(data: st.DataObject) -> None:
    """Point by point, the set says what the definition of the language says of a row with these values."""
    kind, condition, _, space = draw_small(data)
    if space.points > _FEW:
        return
    holds, could = space.set_of(condition), space.set_of(condition, could=True)
    for one, values in points_of(space, space.everything):
        told = trace(condition, row_of(kind, values)).truth
        assert bool(holds & one) is (told is True)
        assert bool(could & one) is (told is not False)


@given(st.data())
@settings(max_examples=60)
def test_sets_are_joined_as_conditions_are(data: st.DataObject) -> None:
    """An "all" is an intersection and an "any" a union; a condition holds only where it could."""
    _, one, other, space = draw_small(data)
    first, second = space.set_of(one), space.set_of(other)
    assert space.set_of(All((one, other))) == first & second
    assert space.set_of(Some((one, other))) == first | second
    assert first & ~space.set_of(one, could=True) == 0
    assert space.size(first | second) == space.size(first) + space.size(second) - space.size(first & second)


@given(st.data())
@settings(max_examples=60)
def test_a_witness_lies_in_its_set(data: st.DataObject) -> None:
    """A witness of a set makes the condition true, and only the empty set has none."""
    kind, condition, _, space = draw_small(data, unknown=False)
    found = space.set_of(condition)
    witness = space.witness(found)
    assert (witness is None) is (found == 0)
    if witness is not None:
        assert trace(condition, row_of(kind, witness)).truth is True
    against = space.set_of(negated(condition))
    if not any(one.operator in ("known", "not_known") for one in comparisons(condition)):
        assert found & against == 0


@given(st.data())
@settings(max_examples=60)
def test_no_row_of_an_intake_is_left_out(data: st.DataObject) -> None:
    """The points that a space takes for impossible are none of the rows that intakes make."""
    choose = Drawn(data.draw)  # type: ignore[arg-type]  # a data object draws as a strategy does
    made = facts(draw_intake(choose))
    row = choose.one_of([*made.subjects, made.patient])
    rules = [rule for rule in load_ruleset().rules if rule.kind == row.kind]
    space = Space(row.kind, [choose.one_of(rules).condition], unknown=True)
    values = {name: row.value(name) for name in space.cells}
    if any(isinstance(value, Range) and value.least != value.most for value in values.values()):
        return
    found = space.everything
    for name, value in values.items():
        exact = value.least if isinstance(value, Range) else value
        found &= space.where(name, lambda cell, exact=exact: _lies_in(exact, cell))  # type: ignore[misc]  # a default
    assert space.size(found) == 1


def _lies_in(value: CellValue, cell: Cell) -> bool:
    if isinstance(value, int) and not isinstance(value, bool) and isinstance(cell.value, int):
        return cell.value <= value <= cell.values[-1]  # type: ignore[operator]  # a stretch of numbers has two ends
    return value in cell.values or (isinstance(value, NotArising) and isinstance(cell.value, NotArising))


def test_a_space_that_is_too_large_says_so() -> None:
    """More points than can be held in one integer are refused with both numbers."""
    many = All(tuple(Comparison(name, "known", None) for name, field in fields().items() if field.group == "patient"))
    with pytest.raises(ValueError, match=rf"^\d+ points are more than the {MOST_POINTS} that a space may have$"):
        Space("patient", [many], unknown=True)
