"""Strategies aimed at a rule, an area or a tie: what they draw has the property that they are asked for, by construction.

Each starts from an intake or a course with the property and changes as much around it as the property allows; nothing is filtered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ipt_rules.course import Course
from ipt_rules.drawn.courses import draw_check_in
from ipt_rules.drawn.varied import lessened, varied
from ipt_rules.intake import Intake
from ipt_rules.ruleset import load_ruleset
from ipt_rules.ruleset.conditions import comparisons
from ipt_rules.testing.extra import st
from ipt_rules.testing.reached import rows_of_result
from ipt_rules.testing.seeds import (
    courses,
    draws,
    few_of_each,
    holds,
    rules_named,
    ways_failed,
    ways_held,
    ways_to,
    witness,
)
from ipt_rules.testing.strategies import Drawn
from ipt_rules.vocabulary import fields
from ipt_rules.words import AREAS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from ipt_rules.facts import Row
    from ipt_rules.pipeline import Result
    from ipt_rules.ruleset.model import Rule, Ruleset
    from ipt_rules.verify.obligations import Obligation

_ANY: Final = "in any way"
"""The way in which something is as wanted where nobody asks how."""

_MOST_LATER: Final = 2
"""Sessions that are held after those of a course that is started from."""


def intakes_where_holds(rule_id: str, ruleset: Ruleset | None = None) -> st.SearchStrategy[Intake]:
    """Return intakes in which a rule holds on some row.

    Args:
        rule_id: id of a rule of intakes.
        ruleset: the rules; None for those that come with the library.

    Raises:
        RulesetError: there is no such rule.
        ValueError: the rule is for sessions or events, of which a course tells.
        LookupError: no such intake was found.

    """
    rules = ruleset or load_ruleset()
    rule = _rule_of(rules, rule_id, course=False)
    ways = ways_to(rule, hold=True)

    def shown(found: Result) -> Collection[object]:
        return _held(rule, rows_of_result(found))

    return _intakes(rules, shown, ways, f"'{rule_id}' holds", _read_by(rule))


def intakes_where_narrowly_fails(rule_id: str, ruleset: Ruleset | None = None) -> st.SearchStrategy[Intake]:
    """Return intakes in which a rule holds on no row, and is known not to hold on one because of one comparison alone.

    Args:
        rule_id: id of a rule of intakes.
        ruleset: the rules; None for those that come with the library.

    Raises:
        RulesetError: there is no such rule.
        ValueError: the rule is for sessions or events, of which a course tells; or it compares nothing.
        LookupError: no such intake was found.

    """
    rules = ruleset or load_ruleset()
    rule = _that_can_fail(_rule_of(rules, rule_id, course=False))

    ways = ways_to(rule, hold=False)

    def shown(found: Result) -> Collection[object]:
        rows = [*rows_of_result(found)]
        return () if holds(rule, rows) else _failed(rule, rows)

    return _intakes(rules, shown, ways, f"'{rule_id}' fails because of one comparison alone", _read_by(rule))


def intakes_with_first(area: str, ruleset: Ruleset | None = None) -> st.SearchStrategy[Intake]:
    """Return intakes of which an area comes first, alone.

    Args:
        area: the problem area.
        ruleset: the rules; None for those that come with the library.

    Raises:
        KeyError: there is no such area.
        LookupError: no such intake was found.

    """
    if area not in AREAS:
        raise KeyError(f"there is no such area; there are: {', '.join(AREAS)}")
    return _intakes(ruleset or load_ruleset(), lambda found: _yes(_first(found) == area), (), f"{area} comes first")


def near_ties(ruleset: Ruleset | None = None) -> st.SearchStrategy[Intake]:
    """Return intakes whose first two areas are close, as ``scoring.yaml`` has it, and neither held back.

    Args:
        ruleset: the rules; None for those that come with the library.

    Raises:
        LookupError: no such intake was found.

    """
    rules = ruleset or load_ruleset()

    def tied(found: Result) -> Collection[object]:
        first, second = found.ranking[:2]
        supported = second.rank is not None and not second.held_back_by
        return _yes(supported and first.points - second.points <= rules.scoring.close)

    return _intakes(rules, tied, (), "the first two areas are close")


def courses_where_holds(rule_id: str, ruleset: Ruleset | None = None) -> st.SearchStrategy[Course]:
    """Return courses in which a rule of sessions or events holds in some session.

    Args:
        rule_id: id of a rule for sessions or events.
        ruleset: the rules; None for those that come with the library.

    Raises:
        RulesetError: there is no such rule.
        ValueError: the rule is none for sessions or events.
        LookupError: no such course was found.

    """
    rules = ruleset or load_ruleset()
    rule = _rule_of(rules, rule_id, course=True)
    ways = ways_to(rule, hold=True)
    return _courses(rules, rule, lambda rows: _held(rule, rows), ways, f"'{rule_id}' holds")


def courses_where_narrowly_fails(rule_id: str, ruleset: Ruleset | None = None) -> st.SearchStrategy[Course]:
    """Return courses in which a rule is known not to hold in some session, because of one comparison alone.

    Args:
        rule_id: id of a rule for sessions or events.
        ruleset: the rules; None for those that come with the library.

    Raises:
        RulesetError: there is no such rule.
        ValueError: the rule is none for sessions or events.
        LookupError: no such course was found.

    """
    rules = ruleset or load_ruleset()
    rule = _rule_of(rules, rule_id, course=True)
    ways = ways_to(rule, hold=False)
    return _courses(
        rules, rule, lambda rows: _failed(rule, rows), ways, f"'{rule_id}' fails because of one comparison alone"
    )


# ── how they are made ────────────────────────────────────────────────────────────────────────────────────────────────────


def _held(rule: Rule, rows: Iterable[Row]) -> Collection[object]:
    """Return the ways in which a rule holds on some of the rows."""
    held = ways_held(rule, rows)
    return () if held is None else (_ANY, *held)


def _failed(rule: Rule, rows: Iterable[Row]) -> Collection[object]:
    """Return the ways in which a rule narrowly fails on some of the rows."""
    failed = ways_failed(rule, rows)
    return (_ANY, *failed) if failed else ()


def _yes(wanted: bool) -> Collection[object]:
    return (_ANY,) if wanted else ()


def _first(found: Result) -> str | None:
    """Return the area that comes first, alone."""
    first = [standing.area for standing in found.ranking if standing.rank == 1]
    return first[0] if len(first) == 1 else None


def _rule_of(ruleset: Ruleset, rule_id: str, *, course: bool) -> Rule:
    (rule,) = rules_named(ruleset, [rule_id])
    if (rule.runs_in == "course") is not course:
        of, instead = ("intakes", "intakes_where_…") if course else ("sessions or events", "courses_where_…")
        raise ValueError(f"'{rule_id}' is a rule of {of}; take {instead}")
    return rule


def _that_can_fail(rule: Rule) -> Rule:
    if not any(True for _ in comparisons(rule.condition)):
        raise ValueError(f"'{rule.id}' compares nothing, so it never fails")
    return rule


def _read_by(rule: Rule) -> frozenset[str]:
    """Return the places of the answers that a rule reads, with ``[]`` for every position."""
    found = (fields()[one.field] for one in comparisons(rule.condition))
    return frozenset(place for field in found for place in (field.path, *field.reads))


def _intakes(
    ruleset: Ruleset,
    shown: Callable[[Result], Collection[object]],
    ways: Sequence[Obligation],
    what: str,
    spared: Collection[str] = (),
) -> st.SearchStrategy[Intake]:
    """Return intakes of which something is true, around some for each way in which it can be."""
    found = draws(ruleset)

    def in_ways(wanted: Collection[object]) -> dict[object, list[Intake]]:
        return few_of_each(((intake, shown(result)) for intake, result, _ in found), wanted)

    seeds = in_ways(ways or (_ANY,))
    for way in ways:
        made = witness(ruleset, way) if way not in seeds else None
        if isinstance(made, Intake) and way in shown(found.result(made)):
            seeds[way] = [made]
    seeds = seeds or in_ways((_ANY,))
    if not seeds:
        raise _not_found("intake", what)

    def shows(way: object) -> Callable[[Intake], bool]:
        return lambda intake: way in shown(found.result(intake))

    small_first = [(shows(way), [lessened(few[0], shows(way)), *few]) for way, few in seeds.items()]
    return _around(small_first, spared)


@st.composite
def _around(
    draw: st.DrawFn, seeds: Sequence[tuple[Callable[[Intake], bool], Sequence[Intake]]], spared: Collection[str]
) -> Intake:
    """Return intakes that show some way, around those that are known to show it."""
    choose = Drawn(draw)
    shows_it, few = choose.one_of(seeds)
    return varied(choose, choose.one_of(few), shows_it, spared)


def _courses(
    ruleset: Ruleset,
    rule: Rule,
    shown: Callable[[Iterable[Row]], Collection[object]],
    ways: Sequence[Obligation],
    what: str,
) -> st.SearchStrategy[Course]:
    """Return courses of which something is true, which go on after some for each way in which it can be."""

    def in_ways(wanted: Collection[object]) -> dict[object, list[Course]]:
        return few_of_each(((course, shown(rows)) for course, rows in courses(ruleset, rule.kind)), wanted)

    seeds = in_ways(ways or (_ANY,))
    for way in ways:
        made = witness(ruleset, way) if way not in seeds else None
        if isinstance(made, Course):
            seeds[way] = [made]
    seeds = seeds or in_ways((_ANY,))
    if not seeds:
        raise _not_found("course", what)
    return _going_on(list(seeds.values()), ruleset)


@st.composite
def _going_on(draw: st.DrawFn, seeds: Sequence[Sequence[Course]], ruleset: Ruleset) -> Course:
    """Return courses that begin as some do, and go on: what comes later changes no session before it."""
    choose = Drawn(draw)
    course = choose.one_of(choose.one_of(seeds))
    for _ in range(0 if course.check_ins[-1].ended else choose.number(0, _MOST_LATER)):
        course = course.with_check_in(draw_check_in(choose, course, ruleset, may_end=False))
    return course


def _not_found(kind: str, what: str) -> LookupError:
    return LookupError(f"no {kind} was found in which {what}; 'ipt-rules check' tells whether there can be one")
