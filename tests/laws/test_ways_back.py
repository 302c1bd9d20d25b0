"""Laws of the way back: what it proposes gives the wanted value, and there is one wherever one is easy to see."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from ipt_rules.derived import REGISTRY
from ipt_rules.drawn.intakes import Seeded, draw_intake
from ipt_rules.facts import facts
from ipt_rules.open_answers import with_answers
from ipt_rules.testing.strategies import Drawn
from ipt_rules.values import NOT_ARISING, Range
from ipt_rules.vocabulary import fields, fields_of
from ipt_rules.ways_back import way_back

if TYPE_CHECKING:
    from ipt_rules import Intake
    from ipt_rules.drawn.intakes import Chooser
    from ipt_rules.values import Known

MADE_LATER = ("standing", "focus")
"""Groups whose fields are made by later passes."""

OF_A_COURSE = ("checkin", "event", "course")
"""Groups whose fields come from what is recorded of sessions; a way back leads to answers of an intake."""


def draw_wish(choose: Chooser) -> tuple[Intake, str, str, Known]:
    """Return an intake, a field of one of its rows, the row's place, and a value that the field could have."""
    intake = draw_intake(choose)
    rows = facts(intake)
    row = choose.one_of([*rows.subjects, rows.patient])
    name = choose.one_of([name for name, field in fields_of(row.kind).items() if not field.judgement])
    return intake, name, row.place, draw_value(choose, name)


def draw_value(choose: Chooser, name: str) -> Known:
    """Return a value that a field could have, numbers small."""
    field = fields()[name]
    if field.type == "flag":
        return choose.chance(50)
    if field.type == "choice":
        return choose.one_of(field.options)
    low, high = field.bounds or (0, 0)
    return choose.number(max(low, -12), min(high, max(low, 0) + 12))


@given(st.data())
@settings(max_examples=120)
def test_a_way_back_gives_the_wanted_value(data: st.DataObject) -> None:
    """Answering as the way back says makes the field exactly what was wanted."""
    intake, name, place, wanted = draw_wish(Drawn(data.draw))  # type: ignore[arg-type]  # a data object draws as a strategy does
    answers = way_back(intake, name, place, wanted)
    if answers is None:
        return
    rows = facts(with_answers(intake, answers))
    row = next((row for row in rows.subjects if row.place == place), rows.patient)
    value = row.value(name)
    exact = value.least if isinstance(value, Range) and value.least == value.most else value
    assert exact is not NOT_ARISING
    assert not isinstance(exact, Range)
    assert exact is not None
    assert fields()[name].to_word(exact) == wanted  # type: ignore[arg-type]  # what does not arise was excluded above


def test_every_computed_field_has_a_way_back() -> None:
    """Of each field that is computed from answers, some small values can be reached from some intakes."""
    choose = Seeded(random.Random(5))
    tried: Counter[str] = Counter()
    reached: Counter[str] = Counter()
    for _ in range(1_500):
        intake, name, place, wanted = draw_wish(choose)
        if name in REGISTRY:
            tried[name] += 1
            reached[name] += way_back(intake, name, place, wanted) is not None
    computed = {
        name for name, entry in REGISTRY.items() if entry.compute and entry.group not in (*MADE_LATER, *OF_A_COURSE)
    }
    assert {name for name in computed if not reached[name]} == set()
    assert reached.total() > tried.total() / 2
