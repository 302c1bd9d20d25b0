"""Laws of telling conditions apart: what is claimed is what rows show, and nothing that a row shows is said to be impossible."""

from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipt_rules import load_ruleset
from ipt_rules.drawn.courses import draw_course
from ipt_rules.drawn.intakes import Seeded, draw_intake
from ipt_rules.engines.reference import trace
from ipt_rules.facts import Row, facts
from ipt_rules.ruleset.cells import Space
from ipt_rules.ruleset.conditions import All, Comparison, Some
from ipt_rules.testing.rules import draw_condition
from ipt_rules.testing.strategies import Drawn
from ipt_rules.values import NOT_ARISING, Range
from ipt_rules.verify.apart import apart
from ipt_rules.verify.claims import Claim, points_of, possible, row_meeting
from ipt_rules.verify.links import Option, links
from ipt_rules.verify.session_links import session_link
from ipt_rules.verify.stage_links import stage_link
from ipt_rules.vocabulary import ROW_KINDS, STAGE_FIELDS, fields, fields_of, layout
from ipt_rules.worked_cases import rows_of_course, rows_of_intake
from tests.helpers import intake

if TYPE_CHECKING:
    from ipt_rules.ruleset.conditions import Condition
    from ipt_rules.values import Value
    from ipt_rules.verify.claims import Claims

_FEW = 50_000
"""Points of a space that is made whole beside the claims."""


def is_met(claims: Claims, row: Row, *, could: bool = False) -> bool:
    """Return whether a row meets all of some claims, by the definition of the language."""
    wanted = (True, None) if could else (True,)
    return all((trace(one.condition, row).truth in wanted) is one.holds for one in claims)


def draw_pair(choose: Drawn, kind: str) -> tuple[Condition, Condition]:
    """Return two conditions that may have parts in common."""
    one, other, shared = (draw_condition(choose, kind, depth=2) for _ in range(3))
    joins: list[type[All | Some]] = [All, Some]
    join = choose.one_of(joins)
    pairs: list[tuple[Condition, Condition]] = [
        (one, other),
        (join((shared, one)), join((other, shared))),
        (All((one, other)), Some((one, other))),
        (shared, join((shared, one))),
        (join((one, shared)), shared),
    ]
    return choose.one_of(pairs)


@given(st.data())
@settings(max_examples=150)
def test_two_conditions_differ_where_claims_are_met(data: st.DataObject) -> None:
    """A row on which one condition holds and the other does not meets all claims of some yield, and any other row of none."""
    choose = Drawn(data.draw)  # type: ignore[arg-type]  # a data object draws as a strategy does
    one, other = draw_pair(choose, "patient")
    row = facts(draw_intake(choose)).patient
    for could in (False, True):
        first, second = (is_met((Claim(condition, True),), row, could=could) for condition in (one, other))
        met = [entry.first_holds for entry in apart(one, other) if is_met(entry.claims, row, could=could)]
        assert bool(met) is (first is not second)
        assert set(met) <= {first}


@given(st.data())
@settings(max_examples=150)
def test_what_a_row_meets_is_possible(data: st.DataObject) -> None:
    """No claims that a row of some intake meets are said to be impossible, ranges wider than one number among its fields."""
    choose = Drawn(data.draw)  # type: ignore[arg-type]  # likewise
    drawn = draw_intake(choose)
    row = choose.one_of([facts(drawn).patient, *rows_of_intake(drawn, load_ruleset())])
    conditions = [draw_condition(choose, row.kind, depth=2) for _ in range(3)]
    for could in (False, True):
        claims = tuple(Claim(one, is_met((Claim(one, True),), row, could=could)) for one in conditions)
        assert possible(row.kind, claims, could=could)


@given(st.data())
@settings(max_examples=150)
def test_claims_are_possible_where_the_algebra_has_a_point(data: st.DataObject) -> None:
    """Where one space holds all the fields, claims are possible exactly when it has a point for them."""
    choose = Drawn(data.draw)  # type: ignore[arg-type]  # likewise
    kind = choose.one_of(("loss", "focus", "checkin", "standing"))
    claims = tuple(Claim(draw_condition(choose, kind, depth=2), choose.chance(50)) for _ in range(2))
    found = points_of(kind, claims)
    if found is not None and found[0].points <= _FEW:
        assert possible(kind, claims) or not found[1]
        if not any(fields()[name].ranged for name in found[0].cells):  # else ranges are looked at too
            assert possible(kind, claims) is bool(found[1])


def test_rows_keep_to_the_links() -> None:
    """On every row of drawn intakes and courses, fields have values that they can have together."""
    rules = load_ruleset()
    choose = Seeded(random.Random(2))
    rows = [row for _ in range(150) for row in rows_of_intake(draw_intake(choose), rules)]
    rows += [row for _ in range(30) for row in rows_of_course(draw_course(choose), rules)]
    for kind in ROW_KINDS:
        sessions = session_link(frozenset(fields_of(kind)), rules)
        known = [*links(kind, [*fields_of(kind)]), *([] if sessions is None else [sessions])]
        known = [link for link in known if rules.reads.issuperset(link.names) or link is sessions]
        stages = stage_link(rules, kind)
        assert stages is not None
        known += [stages] if kind in ("dispute", "focus") else []
        for row in (row for row in rows if row.kind == kind):
            assert all(link.fits(*(option(row.value(name)) for name in link.names)) for link in known)


def option(value: Value) -> Option:
    """Return one value as an option."""
    return Option(value, value)


def test_a_final_phase_lies_beyond_the_middle_of_a_therapy() -> None:
    """By the shipped lengths of phases, no session of the final phase has less than half of the therapy behind it."""
    final, half = (
        Comparison(name, "at_most", number) for name, number in (("course.phase", 1), ("course.percent_done", 49))
    )
    claims = (Claim(final, False), Claim(half, True), Claim(Comparison("course.phase", "known", None), True))
    assert not possible("checkin", claims, ruleset=load_ruleset())
    assert possible("checkin", claims)  # where nobody says how a therapy is divided
    left = Comparison("course.sessions_left", "is", 3)
    assert possible("checkin", (Claim(left, True), Claim(Comparison("course.planned_sessions", "is", 12), True)))
    assert not possible(
        "checkin", (Claim(left, True), Claim(Comparison("course.planned_sessions", "at_most", 3), True))
    )


def test_the_stage_that_is_found_follows_from_its_signs() -> None:
    """A dispute that is ending is found to be dissolving by the shipped rules, and nothing else is; by no rules, anything is."""
    rules = load_ruleset()
    ending = Claim(Comparison("dispute.ending", "is", "ending"), True)
    found = Claim(Comparison("dispute.stage_found", "is", "dissolution"), True)
    assert possible("dispute", (ending, found), ruleset=rules)
    assert not possible("dispute", (ending, found._replace(holds=False)), ruleset=rules)
    assert possible("dispute", (ending, found._replace(holds=False)))


def test_the_stage_that_is_used_is_the_recorded_one() -> None:
    """Of three stages the used one is the recorded one, and the one that was found where none is recorded."""
    (used,) = (link for link in links("dispute", STAGE_FIELDS) if len(link.names) == 3)
    recorded, found = option("impasse"), option("renegotiation")
    assert used.fits(recorded, found, recorded)
    assert not used.fits(recorded, found, found)
    assert used.fits(option(NOT_ARISING), found, found)
    assert not used.fits(option(NOT_ARISING), found, recorded)


@given(st.data())
@settings(max_examples=150)
def test_the_row_that_is_told_meets_the_claims(data: st.DataObject) -> None:
    """What a row is told to say makes true what is to hold, and nothing that is not to."""
    choose = Drawn(data.draw)  # type: ignore[arg-type]  # likewise
    kind = choose.one_of(ROW_KINDS)
    claims = tuple(Claim(draw_condition(choose, kind, depth=3), choose.chance(50)) for _ in range(3))
    for could in (False, True):
        told = row_meeting(kind, claims, could=could)
        if told is not None:
            row = Row(kind, "", None, (None,) * (max(layout(kind).values()) + 2)).with_values(told)
            assert is_met(claims, row, could=could)


def test_a_wide_range_tells_apart_what_no_number_does() -> None:
    """Of a number known to be 2 or 3, "at most 3" is known to hold, and neither "at least 3" nor "at most 2" is."""
    least = Comparison("network.people", "at_least", 3)
    one, other = (Some((least, Comparison("network.people", "at_most", most))) for most in (2, 3))
    space = Space("patient", [one, other], unknown=True)
    assert space.set_of(one) == space.set_of(other)
    assert any(possible("patient", entry.claims) for entry in apart(one, other))
    row = facts(intake()).patient.with_values({"network.people": Range(2, 3)})
    assert (trace(one, row).truth, trace(other, row).truth) == (None, True)


def test_conditions_that_no_space_holds_are_told_apart() -> None:
    """Flags that together make more points than a space may have are no hindrance."""
    flags = [name for name, field in fields().items() if field.type == "flag" and field.group in ("loss", "patient")]
    many = [Comparison(name, "is", True) for name in flags[:40]]
    with pytest.raises(ValueError, match="points are more than"):
        Space("loss", many, unknown=True)
    assert [possible("loss", one.claims) for one in apart(All(tuple(many)), All(tuple(many[1:])))] == [False, True]
    pairs = tuple(All(pair) for pair in itertools.pairwise(many))
    one, other = Some(pairs), Some((*pairs, All(tuple(many[:3]))))
    assert [possible("loss", entry.claims) for entry in apart(one, other)] == [False, False]
