"""Where the areas stand, as SQL: levels, what is held back, ranks, and whether the first place is settled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlglot import exp

from ipt_rules.cohort.expressions import (
    added,
    any_of,
    at_least,
    chosen,
    counted,
    greatest,
    less,
    more_than,
    named,
    no_word,
    number,
    table,
    with_table,
    word,
)
from ipt_rules.cohort.found import rules_of, truth
from ipt_rules.cohort.tables import INTAKE
from ipt_rules.engines.sql import column, could_hold, holds, is_true
from ipt_rules.row_tables import OPEN, PLACE, columns_of
from ipt_rules.ruleset.conditions import comparisons
from ipt_rules.ruleset.consequences import HoldsBack
from ipt_rules.vocabulary import fields
from ipt_rules.words import AREAS, LEVELS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ipt_rules.ruleset.conditions import Condition
    from ipt_rules.ruleset.model import Rule, Ruleset
    from ipt_rules.ruleset.scoring import Scoring
    from ipt_rules.words import Area

NONE: Final = LEVELS[0]
"""What ``first`` says where no area is supported yet."""

OF_AN_AREA: Final = ("points", "level", "rank", "held_back", "least", "most")
"""What is told of each area, in columns such as ``grief_points``."""


def ranked(ruleset: Ruleset) -> Iterator[tuple[str, exp.Select]]:
    """Yield the queries from the points of each area to their order, each with its name."""
    rules = rules_of(ruleset, "standing", "standing")
    yield "standing_known", _standing(ruleset.scoring, rules, ("points", "points"))
    yield "standing_bounds", _standing(ruleset.scoring, rules, ("least", "most"))
    columns = [truth("h", position, holds, rule.condition) for position, rule in rules]
    found = exp.select(column(INTAKE), named(no_word(), PLACE), *columns)
    yield "standing_found", found.from_(table("standing_known"))
    yield "held_back", _held_back(rules)
    yield "ranks", _ranks(ruleset.scoring)
    yield "standings", _standings()


# ── what the standing rules see ──────────────────────────────────────────────────────────────────────────────────────────


def _standing(scoring: Scoring, rules: Sequence[tuple[int, Rule]], ends: tuple[str, str]) -> exp.Select:
    """Return the row that the standing rules see: points, levels and margin, as they are or within their bounds."""
    columns: list[exp.Expr] = []
    for area in AREAS:
        points = [column(f"{area}_{end}") for end in ends]
        columns += _range(f"standing.{area}.points", points)
        columns += _range(f"standing.{area}.level", [_level_code(scoring, end) for end in points])
    columns += _range("standing.margin", [_margin(ends), _margin(ends[::-1])])
    query = exp.select(column(INTAKE), *columns, *_of_the_patient(rules)).from_(table("scored"))
    return with_table(query, "patient")


def _range(name: str, ends: Sequence[exp.Expr]) -> list[exp.Expr]:
    values = [named(end, label) for end, label in zip(ends, columns_of(fields()[name]), strict=True)]
    return [*values, named(exp.false(), name + OPEN)]


def _of_the_patient(rules: Sequence[tuple[int, Rule]]) -> list[exp.Expr]:
    names = {one.field: None for _, rule in rules for one in comparisons(rule.condition)}
    about = [fields()[name] for name in names if not name.startswith("standing.")]
    return [column(label) for field in about for label in (*columns_of(field), field.name + OPEN)]


def _level_code(scoring: Scoring, points: exp.Expr) -> exp.Expr:
    return _of_levels(scoring, points, [number(code) for code in range(len(LEVELS))])


def _of_levels(scoring: Scoring, points: exp.Expr, values: Sequence[exp.Expr]) -> exp.Expr:
    """Return the value of the highest level whose least points are reached."""
    reached = [
        (at_least(points, scoring.levels[level]), value)
        for level, value in zip(LEVELS, values, strict=True)
        if level != NONE
    ]
    return chosen(reversed(reached), values[0])


def _margin(ends: tuple[str, str]) -> exp.Expr:
    """Return how far the first area is ahead, with these ends for it and for the others."""
    leads = []
    for area in AREAS:
        others = [column(f"{other}_{ends[1]}") for other in AREAS if other != area]
        leads.append(less(column(f"{area}_{ends[0]}"), greatest(*others)))
    return greatest(number(0), *leads)


# ── what they hold back ──────────────────────────────────────────────────────────────────────────────────────────────────


def _held_back(rules: Sequence[tuple[int, Rule]]) -> exp.Select:
    """Return which areas are held back, always, or perhaps."""
    columns: list[exp.Expr] = [column(INTAKE)]
    for area in AREAS:
        by = [(position, rule.condition) for position, rule in rules if _holds_back(rule, area)]
        columns += [
            named(any_of(column(f"h{position}") for position, _ in by), f"{area}_held_back"),
            named(_some(holds, [condition for _, condition in by]), f"{area} always"),
            named(_some(could_hold, [condition for _, condition in by]), f"{area} perhaps"),
        ]
    return with_table(exp.select(*columns).from_(table("standing_found")), "standing_bounds")


def _some(says: Callable[[Condition], exp.Expr], conditions: Sequence[Condition]) -> exp.Expr:
    return any_of(is_true(says(condition)) for condition in conditions)


def _holds_back(rule: Rule, area: Area) -> bool:
    return isinstance(rule.consequence, HoldsBack) and rule.consequence.area == area


# ── the order ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _ranks(scoring: Scoring) -> exp.Select:
    """Return the rank of each area, its level, and whether it would be first whatever the open answers turn out to be."""
    columns = []
    for area in AREAS:
        others = [other for other in AREAS if other != area]
        ahead = counted(_is_before(scoring, other, area) for other in others)
        columns += [
            named(chosen([(_is_supported(scoring, f"{area}_points"), added([number(1), ahead]))]), f"{area}_rank"),
            named(_of_levels(scoring, column(f"{area}_points"), [word(level) for level in LEVELS]), f"{area}_level"),
            named(_is_certain(scoring, area, others), f"{area} certain"),
        ]
    return with_table(exp.select(exp.Star(), *columns).from_(table("scored")), "held_back")


def _is_supported(scoring: Scoring, points: str) -> exp.Expr:
    return at_least(column(points), scoring.levels["possible"])


def _is_before(scoring: Scoring, one: Area, other: Area) -> exp.Expr:
    """Return whether an area stands before another that is supported: one not held back before one that is, then by points."""
    back, other_back = (column(f"{area}_held_back") for area in (one, other))
    more = more_than(column(f"{one}_points"), column(f"{other}_points"))
    earlier = any_of([exp.and_(exp.not_(back), other_back), exp.and_(back.eq(other_back), more)])
    return exp.and_(_is_supported(scoring, f"{one}_points"), earlier)


def _is_certain(scoring: Scoring, area: Area, others: Sequence[Area]) -> exp.Expr:
    """Return whether an area is supported and ahead of all that may stand before it, whatever comes."""
    lowest = column(f"{area}_least")
    behind = [any_of([column(f"{other} always"), more_than(lowest, column(f"{other}_most"))]) for other in others]
    return exp.and_(exp.not_(column(f"{area} perhaps")), _is_supported(scoring, f"{area}_least"), *behind)


def _standings() -> exp.Select:
    """Return the ranking of each intake, ready to be read."""
    is_first = {area: is_true(column(f"{area}_rank").eq(1)) for area in AREAS}
    nothing = chosen([(exp.not_(any_of(is_first.values())), word(NONE))])
    words = [chosen([(is_first[area], word(area))]) for area in AREAS]
    # Not sqlglot's own CONCAT_WS, which gives null where one of its texts is null.
    first = exp.Anonymous(this="CONCAT_WS", expressions=[word(", "), *words, nothing])
    settled = any_of(
        exp.and_(is_first[area], exp.not_(column(f"{area}_held_back")), column(f"{area} certain")) for area in AREAS
    )
    told = [column(f"{area}_{name}") for area in AREAS for name in OF_AN_AREA]
    return exp.select(column(INTAKE), named(first, "first"), named(settled, "settled"), *told).from_(table("ranks"))
