"""Witnesses: for each obligation that is not proved to be infeasible there is an intake or a course that meets it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ipt_rules import load_ruleset
from ipt_rules.course import Course
from ipt_rules.intake import Intake
from ipt_rules.ruleset.cells import Space
from ipt_rules.ruleset.conditions import All, Comparison, Some
from ipt_rules.verify.obligations import meeting, met_by, space_of
from ipt_rules.verify.witnesses import rows_of, witness_of
from ipt_rules.vocabulary import ROW_KINDS

if TYPE_CHECKING:
    from ipt_rules.ruleset import Ruleset
    from ipt_rules.ruleset.model import Rule
    from ipt_rules.verify.obligations import Obligation


def met(ruleset: Ruleset, rule: Rule, one: Obligation, points: int) -> bool:
    """Return whether a witness was found, and one of its rows meets the obligation."""
    case = witness_of(ruleset, space_of(rule), points)
    return case is not None and any(one in met_by(rule, row) for row in rows_of(case, ruleset) if row.kind == rule.kind)


@pytest.mark.parametrize("kind", ROW_KINDS)
def test_every_obligation_is_infeasible_or_met_by_a_witness(kind: str) -> None:
    """Of the shipped rules of a row kind, no obligation is left undecided."""
    ruleset = load_ruleset()
    rules = [rule for rule in ruleset.rules if rule.kind == kind]
    wanted = [(rule, one, points) for rule in rules for one, points in meeting(rule).items() if points]
    assert wanted
    assert [one for rule, one, points in wanted if not met(ruleset, rule, one, points)] == []


def test_nothing_is_a_witness_of_the_empty_set() -> None:
    """Where no row can be, none is looked for."""
    assert witness_of(load_ruleset(), Space("loss", [Comparison("loss.kind", "is", "death")]), 0) is None


def test_a_witness_is_the_same_every_time() -> None:
    """Two searches for one set of points find the same intake."""
    ruleset = load_ruleset()
    space = Space("patient", [All((Comparison("patient.age", "is", 41), Comparison("network.confidants", "is", 7)))])
    wanted = space.set_of(All((Comparison("patient.age", "is", 41), Comparison("network.confidants", "is", 7))))
    one, other = witness_of(ruleset, space, wanted), witness_of(ruleset, space, wanted)
    assert isinstance(one, Intake)
    assert one == other
    assert one.patient.age == 41
    assert sum(person.confides is True for person in one.inventory.people or ()) >= 7


@pytest.mark.parametrize(
    ("kind", "condition"),
    [
        ("loss", All((Comparison("loss.kind", "is", "death"), Comparison("tie.closeness", "known", None)))),
        ("dispute", Comparison("dispute.stage_used", "is", "dissolution")),
        ("change", All((Comparison("change.months_before_onset", "is", 17), Comparison("change.wanted", "is", False)))),
        ("isolation", Comparison("isolation.matters_most", "is", True)),
        ("checkin", All((Comparison("course.sessions_left", "is", 2), Comparison("course.symptoms", "is", 0)))),
        ("event", All((Comparison("event.same_before", "at_least", 2), Comparison("tie.status", "is", "current")))),
        ("focus", All((Comparison("focus.area", "is", "grief"), Comparison("focus.subject", "is", "change")))),
        ("standing", Some((Comparison("standing.deficits.level", "at_least", 2),))),
    ],
)
def test_fields_of_every_kind_have_a_way_back(kind: str, condition: All | Some | Comparison) -> None:
    """An intake or a course is found for conditions of no shipped rule on fields that one reads; a session's only in a course."""
    ruleset = load_ruleset()
    space = Space(kind, [condition], unknown=True)
    case = witness_of(ruleset, space, space.set_of(condition))
    assert isinstance(case, Course if kind in ("checkin", "event") else Intake | Course)
    assert json.dumps(case.to_dict())
