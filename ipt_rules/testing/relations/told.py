"""What relations compare: the rules found on each row, and where the areas stand. Differences name rules and areas alone."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, TypeAlias

from ipt_rules.engines import make_engine
from ipt_rules.pipeline import evaluate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ipt_rules.drawn.intakes import Chooser
    from ipt_rules.engines import Engine, EngineChoice
    from ipt_rules.intake import Intake
    from ipt_rules.pipeline import Result
    from ipt_rules.ranking import Evaluated, Standing
    from ipt_rules.ruleset.model import Pass, Ruleset

Evaluates: TypeAlias = "Callable[[Intake, Ruleset], Result]"
"""What is under test: it carries an intake through the rules of any rule set."""

Relation: TypeAlias = "Callable[[Evaluates, Ruleset, Intake, Chooser], list[str]]"
"""Evaluates an intake, and something of which it is known how its result must relate; returns the differences, none where it does.

What it changes it chooses by the ``Chooser``. Where an intake gives nothing to compare, there is no difference.
"""

_MADE_AT_MOST: Final = 16
"""Engines that are kept ready; relations come back to a few rule sets."""


def on_engine(engine: EngineChoice) -> Evaluates:
    """Return what evaluates intakes on an engine, which is made once for each rule set."""
    made: list[tuple[Ruleset, Engine]] = []

    def evaluates(intake: Intake, ruleset: Ruleset) -> Result:
        ready = next((one for known, one in made if known is ruleset), None)
        if ready is None:
            ready = make_engine(ruleset, engine)
            made.append((ruleset, ready))
            del made[:-_MADE_AT_MOST]
        return evaluate(intake, ruleset, ready)

    return evaluates


def rows_of(result: Result) -> list[Evaluated]:
    """Return every row with what holds and what could: of subjects, the patient, the standings, and the foci."""
    return [*result.evaluated, *result.plan.evaluated]


def passes_of(result: Result) -> Iterator[tuple[Pass, Evaluated]]:
    """Yield the same rows with the pass in which they were evaluated; the stages are left out."""
    for entry in result.evaluated:
        yield "standing" if entry.row.kind == "standing" else "evidence", entry
    for entry in result.plan.evaluated:
        yield "strategies", entry


def found(ruleset: Ruleset, rows: Iterable[Evaluated], only: frozenset[str] | None = None) -> Counter[tuple[str, ...]]:
    """Return how often each rule (of those named) holds, and could, on rows of each kind."""
    seen: Counter[tuple[str, ...]] = Counter()
    for row, holding, possible in rows:
        for truth, positions in (("holds", holding), ("could hold", possible)):
            seen.update((ruleset.rules[position].id, row.kind, truth) for position in positions)
    return Counter({key: count for key, count in seen.items() if only is None or key[0] in only})


def told(seen: Counter[tuple[str, ...]], other: Counter[tuple[str, ...]]) -> list[str]:
    """Return on which rules two counts differ."""
    differing = sorted(key for key in seen.keys() | other.keys() if seen[key] != other[key])
    return [
        f"{rule} on a {kind} row: {truth} on {seen[rule, kind, truth]} and {other[rule, kind, truth]}"
        for rule, kind, truth in differing
    ]


def stands(standing: Standing) -> tuple[object, ...]:
    """Return where an area stands, without any place of the intake."""
    by = sorted(finding.rule.id for finding in standing.held_back_by)
    foci = sorted((focus.points, focus.level, focus.capped) for focus in standing.foci)
    return standing.rank, standing.points, standing.level, standing.bounds, by, foci


def areas(one: Result, other: Result) -> list[str]:
    """Return the areas that stand otherwise, and whether one result is settled alone."""
    before = {standing.area: stands(standing) for standing in one.ranking}
    after = {standing.area: stands(standing) for standing in other.ranking}
    differing = [f"{area} stands otherwise" for area in before if before[area] != after[area]]
    return [*differing, *([] if one.settled == other.settled else ["only one of the two is settled"])]


def differences(ruleset: Ruleset, one: Result, other: Result, *, rules: Ruleset | None = None) -> list[str]:
    """Return what two results differ in, whatever the order of their rows.

    Args:
        ruleset: the rules of both.
        one: a result.
        other: another.
        rules: the rules of the other, where they are not the same.

    """
    return [*told(found(ruleset, rows_of(one)), found(rules or ruleset, rows_of(other))), *areas(one, other)]


def row_by_row(
    one: Sequence[Evaluated],
    other: Sequence[Evaluated],
    ids: Sequence[str],
    others: Sequence[str],
    only: frozenset[str],
) -> list[str]:
    """Return the rules, of those named, that are found on one of two rows alone; the rows stand in the same order."""
    if [entry.row.kind for entry in one] != [entry.row.kind for entry in other]:
        return ["other rows"]
    differing = []
    for (row, *found_on_one), (_, *found_on_other) in zip(one, other, strict=True):
        for truth, before, after in zip(("holds", "could hold"), found_on_one, found_on_other, strict=True):
            known = {ids[position] for position in before} ^ {others[position] for position in after}
            differing += [f"{rule} {truth} on one of two {row.kind} rows" for rule in sorted(known & only)]
    return differing
