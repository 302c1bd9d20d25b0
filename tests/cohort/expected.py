"""What a table of a cohort has to say of an intake, by the reference engine and the pipeline; and intakes drawn in numbers."""

from __future__ import annotations

import dataclasses
import functools
import json
import random
from typing import TYPE_CHECKING, Any

from ipt_rules.cohort.making import tables_of
from ipt_rules.cohort.reading import Known
from ipt_rules.drawn.intakes import Seeded, draw_intake
from ipt_rules.facts import facts
from ipt_rules.pipeline import evaluate
from ipt_rules.ruleset.consequences import Caution, Goal, Proposal
from ipt_rules.testing.remembering import Remembering
from ipt_rules.words import AREAS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import duckdb

    from ipt_rules.engines import Engine
    from ipt_rules.facts import Row
    from ipt_rules.intake import Intake
    from ipt_rules.pipeline import Result
    from ipt_rules.ruleset import Ruleset
    from ipt_rules.ruleset.model import Pass


class Remembered:
    """The reference engine, asked once about each rule and all that it reads on a row."""

    name = "reference"

    def __init__(self, ruleset: Ruleset) -> None:
        self._remembering = Remembering(ruleset)

    def holding(self, run: Pass, rows: Sequence[Row]) -> list[tuple[int, ...]]:
        return [self._remembering.answers(run, row)[0] for row in rows]

    def possible(self, run: Pass, rows: Sequence[Row]) -> list[tuple[int, ...]]:
        return [self._remembering.answers(run, row)[1] for row in rows]


def without_plan(ruleset: Ruleset) -> Ruleset:
    """Return a rule set without what only a plan is made of, which no table tells."""
    rules = tuple(rule for rule in ruleset.rules if not isinstance(rule.consequence, Proposal | Goal))
    return dataclasses.replace(ruleset, rules=rules)


@functools.cache
def drawn(number: int) -> Intake:
    """Return the intake of a number, the same every time."""
    return draw(number)


def draw(number: int) -> Intake:
    """Return the intake of a number without keeping it."""
    return draw_intake(Seeded(random.Random(f"cohort {number}")))


def expected(intake: Intake, ruleset: Ruleset, engine: Engine) -> dict[str, Any]:
    """Return what the table has to say, but for the columns that name the intake."""
    return of_result(evaluate(intake, ruleset, engine))


def of_result(result: Result) -> dict[str, Any]:
    """Return a result as a row of the table."""
    first = {standing.area for standing in result.ranking if standing.rank == 1}
    row: dict[str, Any] = {
        "first": ", ".join(area for area in AREAS if area in first) or "none",
        "settled": result.settled,
    }
    for standing in sorted(result.ranking, key=lambda one: AREAS.index(one.area)):
        foci = [focus for focus in standing.foci if focus.has_subject and focus.points == standing.points]
        told = {
            "points": standing.points,
            "level": standing.level,
            "rank": standing.rank,
            "held_back": bool(standing.held_back_by),
            "least": standing.bounds.least,
            "most": standing.bounds.most,
            "subjects": sorted(focus.row.place for focus in foci),
        }
        row |= {f"{standing.area}_{name}": value for name, value in told.items()}
    found = sorted((finding.rule.id, finding.row.place, finding.rule.consequence) for finding in result.findings)
    row["findings"] = [{"rule": rule, "place": place or None} for rule, place, _ in found]
    row["cautions"] = [
        {"rule": rule, "place": place or None, "kind": consequence.kind}
        for rule, place, consequence in found
        if isinstance(consequence, Caution)
    ]
    return row


def written(file: Path, intakes: Iterable[Intake]) -> Path:
    """Write intakes as records, one on each line."""
    with file.open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps(intake.to_dict()) + "\n" for intake in intakes)
    return file


def in_duckdb(connection: duckdb.DuckDBPyConnection, intakes: Sequence[Intake]) -> None:
    """Register the tables of facts of some intakes, numbered from 0."""
    known = [(number, Known(None, facts(intake))) for number, intake in enumerate(intakes)]
    for kind, table in tables_of(known).items():
        connection.register(kind, table)
