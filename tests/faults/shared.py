"""Mistakes in what all engines share: how rows are made, what counts, the bounds, what is withheld."""

from __future__ import annotations

import bisect
import dataclasses
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from unittest import mock

from ipt_rules import dates, load_ruleset, ranking
from ipt_rules import facts as row_making
from ipt_rules.engines.reference import Trace, trace
from ipt_rules.pipeline import evaluate
from ipt_rules.values import Range

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from ipt_rules.engines import Engine
    from ipt_rules.facts import Row
    from ipt_rules.intake import Intake
    from ipt_rules.pipeline import Result
    from ipt_rules.ruleset.conditions import Condition
    from ipt_rules.ruleset.model import Ruleset
    from ipt_rules.ruleset.scoring import Scoring


Work: TypeAlias = "Callable[[Intake, Ruleset, Engine], Result]"

_weighed, _score, _standings = ranking.weighed, ranking.score, ranking.standings
_facts, _position, _completed_months = row_making.facts, row_making._Parts.position, dates.completed_months


def patched(place: str, other: object) -> Work:
    """Return an evaluation in which one thing of ours is another."""

    def work(intake: Intake, ruleset: Ruleset, engine: Engine) -> Result:
        with mock.patch(f"ipt_rules.{place}", other):
            return evaluate(intake, ruleset, engine)

    return work


def _adds_up(bodies: dict[str, int], body: str, points: int) -> None:
    bodies[body] = bodies.get(body, 0) + points


def _nothing_against(area: Any, row: Any, patient: Any) -> ranking.Weighed:
    holding = {side: bodies for side, bodies in patient.holding.items() if side[1]}
    return _weighed(area, row, dataclasses.replace(patient, holding=holding))


def _against_counts_for(area: Any, row: Any, patient: Any) -> ranking.Weighed:
    known = _weighed(area, row, patient)
    against = 2 * sum(patient.holding.get((area, False), {}).values())
    return known._replace(points=known.points + against, most=known.most + against)


def _no_bounds(rows: Any, without: Any, cap: int) -> ranking.Score:
    points = _score(rows, without, cap).points
    return ranking.Score(points, Range(points, points))


def _unknown_is_safe(condition: Condition, row: Row) -> Trace:
    told = trace(condition, row)
    return dataclasses.replace(told, truth=True) if told.truth is None else told


def _first_subject(
    rules: Any, subjects: Sequence[Any], patient: Any, not_asked: Sequence[Any]
) -> list[ranking.Standing]:
    return _standings(rules, subjects[:1], patient, not_asked)


def _not_asked_is_none(*given: Any, **named: Any) -> row_making.Facts:
    return dataclasses.replace(_facts(*given, **named), not_asked=())


def _first_person(self: Any, reference: str | None) -> int:
    return 0 if self._positions.get(reference) is not None else -1 if reference is None else -2


def _named_only(self: Any, reference: str | None) -> int:
    position = _position(self, reference)
    return -1 if position >= 0 and self._people[position].name is None else position


def _years_of_two_digits(start: date, end: date) -> int:
    turned = end < start
    return (
        _completed_months(start, end) if turned else max(0, _completed_months(start, end) - 1200 * (start.year < 2000))
    )


def _levels_in_the_code(_: Scoring, points: int) -> int:
    return bisect.bisect_right(tuple(load_ruleset().scoring.levels.values()), points)


SHARED: Final[Mapping[str, Work]] = {
    "findings of one body of evidence add up": patched("ranking._add", _adds_up),
    "evidence against, on the patient's row, is lost": patched("ranking.weighed", _nothing_against),
    "evidence against, on the patient's row, counts for": patched("ranking.weighed", _against_counts_for),
    "the bounds are the points": patched("ranking.score", _no_bounds),
    "a list that was not asked for counts as empty": patched("pipeline.facts", _not_asked_is_none),
    "only the first subject can be a focus": patched("pipeline.standings", _first_subject),
    "every subject concerns the first person": patched("facts._Parts.position", _first_person),
    "a person without a name is nobody that is known": patched("facts._Parts.position", _named_only),
    "years are counted by their last two digits": patched("dates.completed_months", _years_of_two_digits),
    "the levels of the shipped rules stand in the code": patched(
        "ruleset.scoring.Scoring.level_code", _levels_in_the_code
    ),
    "a condition of safety that is not known is met": patched("plan.trace", _unknown_is_safe),
}
