"""Rule sets drawn or listed for testing engines: every operator on every field, and conditions of any shape."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ipt_rules.ruleset.conditions import All, Comparison, Condition, Operator, Some, comparisons, flat, negated
from ipt_rules.ruleset.consequences import STRENGTHS, Ask, Consequence, Evidence, HoldsBack, StageFound
from ipt_rules.ruleset.model import Citation, Position, Rule, Ruleset
from ipt_rules.ruleset.scoring import Scoring
from ipt_rules.vocabulary import ROW_KINDS, STAGE_FIELDS, STAGES, Field, fields_of
from ipt_rules.words import AREAS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipt_rules.drawn.intakes import Chooser

_SCORING: Final = Scoring(
    note="For tests.",
    points=dict(zip(STRENGTHS, (1, 2, 4, 6), strict=True)),
    levels={"possible": 1, "likely": 5, "strong": 9},
    close=2,
    numbers={},
)


def asking(conditions: Sequence[tuple[str, Condition]]) -> Ruleset:
    """Return a rule set with one rule for each row kind and condition; the rules only ask, so nothing else follows."""
    rules = tuple(_asking(number, kind, condition) for number, (kind, condition) in enumerate(conditions))
    return Ruleset("for tests", "0", rules, _SCORING, {}, {}, {})


def _asking(number: int, kind: str, condition: Condition) -> Rule:
    return Rule(
        id=f"rule-{number:05}",
        kind=kind,
        condition=condition,
        consequence=Ask("Does it hold?"),
        because="It holds.",
        basis="inference",
        cites=(Citation("none", "nowhere", "recalled"),),
        position=Position("", 0, 0),
    )


def draw_weighing_ruleset(choose: Chooser, *, rules: int = 40) -> Ruleset:
    """Return a rule set that counts evidence for and against, finds stages and holds areas back, on conditions of any shape."""
    made = []
    for number in range(rules):
        kind = choose.one_of(("loss", "dispute", "change", "isolation", "patient", "patient", "standing", "stage"))
        row_kind = "dispute" if kind == "stage" else kind
        condition = _drawn(choose, row_kind, may_read_stages=kind != "stage")
        made.append(replace(_asking(number, row_kind, condition), consequence=_drawn_consequence(choose, kind)))
    return Ruleset("for tests", "0", tuple(made), _SCORING, {}, {}, {})


def _drawn(choose: Chooser, kind: str, *, may_read_stages: bool) -> Condition:
    """Return a condition that something counted may rest on: it does not ask what is known."""
    condition = choose.one_of((All(()), draw_condition(choose, kind, depth=1), draw_condition(choose, kind, depth=2)))
    for one in comparisons(condition):
        if one.operator in ("known", "not_known") or (one.field in STAGE_FIELDS and not may_read_stages):
            return All(())
    return condition


def _drawn_consequence(choose: Chooser, kind: str) -> Consequence:
    if kind == "stage":
        return StageFound(choose.one_of(STAGES))
    if kind == "standing":
        return HoldsBack(choose.one_of(AREAS))
    body = f"body-{choose.number(0, 4)}"
    return Evidence(choose.one_of(AREAS), choose.chance(65), choose.one_of(STRENGTHS), body)


def every_comparison() -> Ruleset:
    """Return a rule set with every operator on every field of every row kind, at constants that matter."""
    return asking(
        [(kind, one) for kind in ROW_KINDS for field in fields_of(kind).values() for one in _comparisons(field)]
    )


def _comparisons(field: Field) -> Iterator[Comparison]:
    yield Comparison(field.name, "known", None)
    yield Comparison(field.name, "not_known", None)
    if field.type == "flag":
        yield from (Comparison(field.name, "is", truth) for truth in (True, False))
    elif field.type == "choice" and not field.ordered:
        for word in field.options:
            yield Comparison(field.name, "is", word)
            yield Comparison(field.name, "is_not", word)
        for few in (field.options[:1], field.options[:2], field.options[-2:]):
            yield Comparison(field.name, "in", frozenset(few))
            yield Comparison(field.name, "not_in", frozenset(few))
    else:
        on_numbers: tuple[Operator, ...] = ("is", "is_not", "at_least", "at_most")
        for constant in _constants(field):
            yield from (Comparison(field.name, operator, constant) for operator in on_numbers)


def _constants(field: Field) -> list[int]:
    low, high = field.bounds or (0, len(field.options) - 1)
    near = {low, low + 1, (low + high) // 2, high - 1, high, 0, 1, 2, 3, 6, 12, 24}
    return sorted(constant for constant in near if low <= constant <= high)


def draw_ruleset(choose: Chooser, *, rules: int = 60) -> Ruleset:
    """Return a rule set with conditions of any shape, nested and negated."""
    kinds = [choose.one_of(ROW_KINDS) for _ in range(rules)]
    return asking([(kind, draw_condition(choose, kind)) for kind in kinds])


def draw_condition(choose: Chooser, kind: str, *, depth: int = 3) -> Condition:
    """Return a condition over the fields of a row kind."""
    if depth == 0 or choose.chance(40):
        field = choose.one_of(list(fields_of(kind).values()))
        return choose.one_of(list(_comparisons(field)))
    parts = tuple(draw_condition(choose, kind, depth=depth - 1) for _ in range(choose.number(1, 3)))
    joined: Condition = All(parts) if choose.chance(50) else Some(parts)
    return flat(negated(joined) if choose.chance(30) else joined)
