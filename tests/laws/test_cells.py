"""Laws of the algebra of conditions: sets of points are what the conditions mean, and the operations are those of sets."""

from __future__ import annotations

import functools
import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipt_rules import load_ruleset
from ipt_rules.drawn.courses import draw_course
from ipt_rules.drawn.intakes import Seeded, draw_intake
from ipt_rules.engines.reference import compare, trace
from ipt_rules.facts import Row
from ipt_rules.ruleset.cells import MOST_POINTS, Space, cells
from ipt_rules.ruleset.conditions import All, Comparison, Some, comparisons, negated
from ipt_rules.ruleset.links import APART, AT_LEAST_ONE, NEVER, NEVER_UNKNOWN, NO_MORE_THAN
from ipt_rules.testing.conformance import draw_rows
from ipt_rules.testing.rules import draw_condition, every_comparison
from ipt_rules.testing.strategies import Drawn
from ipt_rules.values import NotArising, Range
from ipt_rules.verify.obligations import space_of
from ipt_rules.verify.witnesses import rows_of
from ipt_rules.vocabulary import ROW_KINDS, fields, fields_of, layout

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipt_rules.ruleset.cells import CellValue
    from ipt_rules.ruleset.conditions import Condition
    from ipt_rules.values import Value

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


@functools.cache
def rows_that_are() -> list[Row]:
    """Return the rows of some intakes and courses, of every kind."""
    choose, rules = Seeded(random.Random(77)), load_ruleset()
    rows = [row for _ in range(150) for row in rows_of(draw_intake(choose), rules)]
    return rows + [row for _ in range(50) for row in rows_of(draw_course(choose), rules)]


@functools.cache
def whole_rows() -> list[Row]:
    """Return such rows with all that is computed, whether a shipped rule reads it or not."""
    choose, made_up = Seeded(random.Random(78)), ("standing", "focus")
    drawn = [row for _ in range(200) for row in draw_rows(choose, draw_intake(choose))]
    return [row for row in drawn if row.kind not in made_up] + [row for row in rows_that_are() if row.kind in made_up]


def test_no_row_is_left_out() -> None:
    """The points that a space takes for impossible are none of the rows that intakes and courses make."""
    seen = set()
    for rule in load_ruleset().rules:
        space = space_of(rule)
        for row in rows_that_are():
            if row.kind == rule.kind:
                at = {name: space.cell_of(name, row.value(name)) for name in space.cells}
                assert None in at.values() or space.holds(space.everything, at), rule.id
                seen.add(row.kind)
    assert seen == {*ROW_KINDS}


def test_no_row_is_what_no_row_can_be() -> None:
    """A field that never has a value, or is always known, has none and is; a number is no more than one it cannot exceed."""
    for row in rows_that_are():
        values = {name: row.value(name) for name in fields_of(row.kind)}
        for name, value in values.items():
            assert value not in NEVER.get(name, ())
            assert not (value is None and name in NEVER_UNKNOWN)
        for one, other in NO_MORE_THAN:
            pair = [_ends(values.get(name)) for name in (one, other)]
            assert None in pair or pair[0][0] <= pair[1][1]  # type: ignore[index]  # None is looked for first
        for kind, name in AT_LEAST_ONE:
            ends = _ends(values.get(name)) if kind == row.kind else None
            assert ends is None or ends[1] >= 1


def _ends(value: Value) -> tuple[int, int] | None:
    if isinstance(value, Range):
        return value
    return (value, value) if isinstance(value, int) else None


@pytest.mark.parametrize(
    "pair",
    APART,
    ids=lambda pair: f"{pair[0].in_words()} and {' or '.join(one.in_words() for one in comparisons(pair[1]))}",
)
def test_conditions_that_are_apart_never_hold_both(pair: tuple[Condition, Condition]) -> None:
    """No row of an intake or of a course fulfils both."""
    names = {one.field for part in pair for one in comparisons(part)}
    rows = [row for row in whole_rows() if names <= {*fields_of(row.kind)}]
    assert rows
    assert not [row for row in rows if all(trace(part, row).truth is True for part in pair)]


@given(st.data())
@settings(max_examples=40)
def test_the_nearest_point_lies_in_the_set(data: st.DataObject) -> None:
    """The point of a set that keeps most of another one lies in the set, and is that other one where it lies in it already."""
    _, condition, _, space = draw_small(data)
    found = space.set_of(condition)
    start = {name: data.draw(st.integers(0, len(cells) - 1)) for name, cells in space.cells.items()}
    if found:
        at: dict[str, int | None] = {**start}
        near = space.nearest(found, at, sorted(space.cells))
        assert space.holds(found, {**near})
        assert (near == start) is space.holds(found, at)


def test_a_space_that_is_too_large_says_so() -> None:
    """More points than can be held in one integer are refused with both numbers."""
    many = All(tuple(Comparison(name, "known", None) for name, field in fields().items() if field.group == "patient"))
    with pytest.raises(ValueError, match=rf"^\d+ points are more than the {MOST_POINTS} that a space may have$"):
        Space("patient", [many], unknown=True)
