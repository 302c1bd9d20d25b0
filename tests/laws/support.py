"""What several laws share."""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING, Any

from ipt_rules import Assessor
from ipt_rules.course import Course
from ipt_rules.reading_courses import read_course
from ipt_rules.values import NOT_ARISING, Range
from ipt_rules.vocabulary import fields_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipt_rules import Assessment
    from ipt_rules.facts import Row
    from ipt_rules.review import Review
    from ipt_rules.values import Value


@functools.cache
def assessor() -> Assessor:
    """Return the shipped rules on the compiled engine, made once."""
    return Assessor(engine="compiled")


def refines(before: Value, after: Value) -> bool:
    """Return whether what was known before still stands: unknown may become anything, a range may only narrow."""
    if before is None:
        return True
    if before is NOT_ARISING or after is NOT_ARISING or after is None:
        return before is after
    if isinstance(before, Range):
        return isinstance(after, Range) and before.least <= after.least <= after.most <= before.most
    return before == after


def grown(before: Row, after: Row) -> list[str]:
    """Return the fields of a row whose value another row of the same kind takes back."""
    names = fields_of(before.kind)
    return [name for name in names if not refines(before.value(name), after.value(name))]


def outcome(assessment: Assessment) -> dict[str, Any]:
    """Return what must not depend on how an intake is written down: no places, no labels."""
    return {
        "settled": assessment.settled,
        "ranking": {
            standing.area: (
                standing.rank,
                standing.points,
                standing.level,
                standing.bounds,
                sorted(finding.rule.id for finding in standing.held_back_by),
                sorted((focus.points, focus.capped) for focus in standing.foci),
                ids(standing.best.found),
            )
            for standing in assessment.ranking
        },
        "findings": ids(assessment.result.findings),
        "foci": sorted((focus.area, focus.points) for focus in assessment.result.foci),
    }


def ids(findings: Sequence[Any]) -> list[tuple[str, bool]]:
    """Return the ids of findings with whether they count, sorted."""
    return sorted((finding.rule.id, finding.counts) for finding in findings)


def as_text(review: Review) -> str:
    """Return a review with every byte that it tells."""
    return json.dumps(review.to_dict(names=True))


def assert_same_from_json(course: Course) -> None:
    """Assert that a course rebuilt from plain values, and from JSON text, is the same and gives the same review."""
    text = json.dumps(course.to_dict())
    again = Course.model_validate(course.to_dict()), Course.model_validate(json.loads(text)), read_course(text)
    review = as_text(course.review(engine="compiled"))
    for other in (*again, Course.model_validate_json(text)):
        assert other == course
        assert as_text(other.review(engine="compiled")) == review


def assert_same_on_all_engines(course: Course) -> None:
    """Assert that every engine gives the same review, but for its name; ``auto`` is durable_rules too, where installed."""
    told = [course.review(engine=engine).to_dict() for engine in ("compiled", "reference", "auto")]
    for one in told:
        one["provenance"].pop("engine")
    assert told[0] == told[1] == told[2]
