"""The meaning of comparisons and of "all" and "any", written out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from ipt_rules.engines.reference import Truth, trace
from ipt_rules.facts import Row, facts
from ipt_rules.intake import Intake
from ipt_rules.ruleset.conditions import All, Comparison, Condition, Operator, Some, flat, negated

UNKNOWN = None


def loss_row(**answers: Any) -> Row:
    """Return the row of one loss; answers named ``tie_…`` are about the person concerned, ``episode_…`` about the episode."""
    own = {
        key: value
        for key, value in answers.items()
        if "_" not in key or key.partition("_")[0] not in ("tie", "episode")
    }
    tie = {key.removeprefix("tie_"): value for key, value in answers.items() if key.startswith("tie_")}
    episode = {key.removeprefix("episode_"): value for key, value in answers.items() if key.startswith("episode_")}
    people = [{"id": "a", **tie}]
    return facts(
        Intake.model_validate(
            {
                "assessed_on": "2026-03-31",
                "losses": [{"person": "a", **own}],
                "episode": episode,
                "inventory": {"people": people, "ties": []},
            }
        )
    ).subjects[0]


def truth(field: str, operator: Operator, value: Any, row: Row) -> Truth:
    """Return what one comparison comes to."""
    return trace(Comparison(field, operator, value), row).truth


@pytest.mark.parametrize(
    ("answers", "is_true", "is_false"),
    [
        ({"kind": "death", "sudden": True}, True, False),
        ({"kind": "death", "sudden": False}, False, True),
        ({"kind": "death"}, UNKNOWN, UNKNOWN),
        ({}, UNKNOWN, UNKNOWN),
        ({"kind": "job"}, False, False),
    ],
    ids=["yes", "no", "not asked", "kind not asked", "does not arise"],
)
def test_flags(answers: dict[str, Any], is_true: Truth, is_false: Truth) -> None:
    """An unanswered question makes both answers unknown, one that does not arise makes both false."""
    row = loss_row(**answers)
    assert truth("loss.sudden", "is", True, row) is is_true
    assert truth("loss.sudden", "is", False, row) is is_false


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"kind": "death", "mourning": "delayed"}, {"is": True, "is_not": False, "in": True, "not_in": False}),
        ({"kind": "death", "mourning": "settled"}, {"is": False, "is_not": True, "in": False, "not_in": True}),
        ({"kind": "death"}, {"is": UNKNOWN, "is_not": UNKNOWN, "in": UNKNOWN, "not_in": UNKNOWN}),
        ({"kind": "home"}, {"is": False, "is_not": False, "in": False, "not_in": False}),
    ],
    ids=["among them", "another", "not asked", "does not arise"],
)
def test_words(answers: dict[str, Any], expected: dict[Operator, Truth]) -> None:
    """Words compare as words, and a negated comparison on an absent answer is no yes."""
    row = loss_row(**answers)
    found = {
        "is": truth("loss.mourning", "is", "delayed", row),
        "is_not": truth("loss.mourning", "is_not", "delayed", row),
        "in": truth("loss.mourning", "in", frozenset({"delayed", "stalled"}), row),
        "not_in": truth("loss.mourning", "not_in", frozenset({"delayed", "stalled"}), row),
    }
    assert found == expected


@pytest.mark.parametrize(
    ("closeness", "at_least_close", "at_most_close"),
    [("distant", False, True), ("close", True, True), ("closest", True, False), (None, UNKNOWN, UNKNOWN)],
)
def test_ordered_words(closeness: str | None, at_least_close: Truth, at_most_close: Truth) -> None:
    """Ordered choices compare by their order."""
    row = loss_row(tie_closeness=closeness)
    assert truth("tie.closeness", "at_least", 1, row) is at_least_close
    assert truth("tie.closeness", "at_most", 1, row) is at_most_close


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2025-03-31", {"at_least": True, "at_most": True, "is": True, "is_not": False}),
        ("2025-03", {"at_least": True, "at_most": True, "is": True, "is_not": False}),
        ("2025", {"at_least": UNKNOWN, "at_most": UNKNOWN, "is": UNKNOWN, "is_not": UNKNOWN}),
        ("2024", {"at_least": True, "at_most": False, "is": False, "is_not": True}),
        ("2026", {"at_least": False, "at_most": True, "is": False, "is_not": True}),
        (None, {"at_least": UNKNOWN, "at_most": UNKNOWN, "is": UNKNOWN, "is_not": UNKNOWN}),
    ],
)
def test_ranges(when: str | None, expected: dict[Operator, Truth]) -> None:
    """A range is compared as all the numbers it may be: twelve months since a loss in some year is not known."""
    row = loss_row(when=when)
    assert {operator: truth("loss.months_since", operator, 12, row) for operator in expected} == expected


def test_known() -> None:
    """``known`` tells what was asked from what was not, and says nothing of what does not arise."""
    assert truth("loss.sudden", "known", None, loss_row(kind="death", sudden=False)) is True
    assert truth("loss.sudden", "known", None, loss_row(kind="death")) is UNKNOWN
    assert truth("loss.sudden", "known", None, loss_row(kind="job")) is False
    assert truth("loss.sudden", "not_known", None, loss_row(kind="death", sudden=False)) is False
    assert truth("loss.sudden", "not_known", None, loss_row(kind="death")) is True
    assert truth("loss.sudden", "not_known", None, loss_row(kind="job")) is False


YES = Comparison("loss.kind", "is", "death")
NO = Comparison("loss.kind", "is", "job")
OPEN = Comparison("loss.sudden", "is", True)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (All(()), True),
        (Some(()), False),
        (All((YES, YES)), True),
        (All((YES, OPEN)), UNKNOWN),
        (All((NO, OPEN)), False),
        (All((OPEN, NO, YES)), False),
        (Some((YES, OPEN)), True),
        (Some((NO, OPEN)), UNKNOWN),
        (Some((NO, NO)), False),
        (Some((All((OPEN, NO)), OPEN)), UNKNOWN),
    ],
)
def test_all_and_any_follow_kleene(condition: Condition, expected: Truth) -> None:
    """One false part settles "all", one true part settles "any", and what is unknown otherwise stays unknown."""
    assert trace(condition, loss_row(kind="death")).truth is expected


def test_none_is_true_only_when_each_is_known_to_be_false() -> None:
    """The negation of "any" holds when every part is known not to."""
    nothing = negated(Some((NO, OPEN)))
    assert trace(nothing, loss_row(kind="death")).truth is UNKNOWN
    assert trace(nothing, loss_row(kind="death", sudden=True)).truth is False
    assert trace(nothing, loss_row(kind="death", sudden=False)).truth is True
    assert trace(nothing, loss_row(kind="home")).truth is False


def test_negation_stands_only_in_comparisons() -> None:
    """Negating twice gives the same condition back, whatever it is made of."""
    condition = All(
        (
            YES,
            Some(
                (OPEN, Comparison("tie.closeness", "at_least", 1), Comparison("tie.role", "in", frozenset({"friend"})))
            ),
        )
    )
    assert negated(negated(condition)) == condition


def test_flat_loses_nothing() -> None:
    """Nested "all" and "any" of the same kind become one."""
    assert flat(All((All((YES, NO)), Some((OPEN,))))) == All((YES, NO, OPEN))


def test_deciding_comparisons_of_any_are_those_that_hold() -> None:
    """What is told as the reason for an "any" are the parts that hold, not those beside them."""
    found = trace(All((YES, Some((NO, OPEN)))), loss_row(kind="death", sudden=True)).deciding()
    assert found == (YES, OPEN)


@pytest.mark.parametrize(
    ("field", "operator", "value"),
    [
        ("no.such_field", "is", 1),
        ("patient.suicide_risk", "is", "True or print('executed')"),
        ("patient.suicide_risk", "is_not", True),
        ("patient.age", "is", True),
        ("patient.age", "at_least", 1.5),
        ("tie.closeness", "is", "distant"),
        ("loss.kind", "is", "nothing that is known"),
        ("loss.kind", "at_least", "death"),
        ("loss.kind", "in", frozenset({"death", "nothing that is known"})),
        ("loss.kind", "known", "death"),
    ],
)
def test_a_comparison_that_means_nothing_is_refused(field: str, operator: str, value: Any) -> None:
    """A comparison made in Python is held to what a rule file may say, so that no engine ever meets another."""
    with pytest.raises(ValueError, match=f"cannot compare the field '{field}'"):
        Comparison(field, operator, value)  # type: ignore[arg-type]  # the point of the test
