"""Planted mistakes are found: by the relations, by evaluators that are asked the same, and all of them by the two together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ipt_rules.testing.relations import RELATIONS
from tests.faults import IN_ALL, IN_AN_ENGINE, NO_FAULT, Fault, patched
from tests.faults_found import EVALUATORS, Found, cases, look, sums, table

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

PAGE = Path(__file__).parent.parent / "docs" / "testing-engines.md"
BEGIN, END = "<!-- table: begin -->\n", "<!-- table: end -->\n"
FAULTS = (*IN_AN_ENGINE, *IN_ALL)


def told() -> str:
    """Return the table as it stands in the docs."""
    return PAGE.read_text("utf-8").partition(BEGIN)[2].partition(END)[0].strip()


def test_every_mistake_and_every_relation_stands_in_the_docs() -> None:
    """The table in the docs has a row for each planted mistake and for each relation, and names no other."""
    rows = [line.split(" | ")[0].removeprefix("| ") for line in told().splitlines() if line.startswith("| ")]
    heads = {"mistake", "relation"}
    assert [row for row in rows if row not in heads] == [
        *(fault.what for fault in FAULTS),
        *(f"`{relation.__name__}`" for relation in RELATIONS),
    ]
    assert len({fault.what for fault in FAULTS}) == len(FAULTS) >= 18


@pytest.mark.durable
def test_an_interpreter_without_a_mistake_is_found_by_nothing() -> None:
    """What is right breaks no relation, and no evaluator answers otherwise."""
    assert look(NO_FAULT, cases(20)) == Found(NO_FAULT, (), ())


@pytest.mark.durable
@pytest.mark.parametrize("fault", [IN_AN_ENGINE[0], IN_AN_ENGINE[-1], IN_ALL[0]], ids=lambda fault: fault.what)
def test_a_few_mistakes_are_found(fault: Fault) -> None:
    """One mistake in a comparison, one in a pass and one in the counting are found on 12 intakes."""
    found = look(fault, cases(12))
    assert found.relations
    assert bool(found.evaluators) is not fault.is_shared


@pytest.mark.durable
def test_a_mistake_that_breaks_no_law_is_found_by_nothing_here() -> None:
    """Months of thirty days, counted so everywhere, break no relation and are no difference: such mistakes need worked examples."""
    thirty = Fault("a month has thirty days", work=patched("dates.completed_months", _of_thirty_days))
    assert look(thirty, cases(12)) == Found(thirty, (), ())


def _of_thirty_days(start: date, end: date) -> int:
    return int((end - start).days / 30)


@pytest.mark.slow
@pytest.mark.durable
def test_all_mistakes_are_found(record_property: Callable[[str, object], None]) -> None:
    """Relations and evaluators together find every planted mistake, each relation one at least; the docs say which found which."""
    tried = cases()
    found = [look(fault, tried) for fault in FAULTS]
    record_property("planted mistakes", sums(found))
    print(table(found))
    assert [one.fault.what for one in found if not one.relations and not one.evaluators] == []
    assert table(found) == told()
    assert {name for one in found for name in one.relations} == {relation.__name__ for relation in RELATIONS}
    for one in found:
        assert not (one.fault.is_shared and one.evaluators), (
            "an engine asked the same cannot see what all engines share"
        )
    for name in EVALUATORS:
        assert any(name in one.evaluators for one in found)


def main() -> None:
    """Write the table in the docs anew."""
    tried = cases()
    text = PAGE.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    made = table([look(fault, tried) for fault in FAULTS])
    PAGE.write_text(f"{before}{BEGIN}\n{made}\n\n{END}{rest.partition(END)[2]}", "utf-8")


if __name__ == "__main__":
    main()
