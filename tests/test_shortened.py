"""Cases made short: nothing is left in them that does not matter to what they show."""

from __future__ import annotations

import random

from ipt_rules import Course, Intake
from ipt_rules.drawn.intakes import Seeded, draw_intake
from ipt_rules.reading_courses import example_course, example_courses
from ipt_rules.verify.shortened import shortened


def _of_deaths(intake: Intake) -> bool:
    return any(loss.kind == "death" and loss.sudden for loss in intake.losses or ())


def test_what_does_not_matter_is_left_out() -> None:
    """A drawn intake with a sudden death comes down to the sudden death; people go once nobody refers to them."""
    drawn = (draw_intake(Seeded(random.Random(number))) for number in range(500))
    intake = next(one for one in drawn if _of_deaths(one) and one.inventory.people)
    short = shortened(intake, _of_deaths)
    assert short.to_dict() == {
        "schema": "ipt-rules/intake/v1",
        "assessed_on": intake.to_dict()["assessed_on"],
        "losses": [{"kind": "death", "sudden": True}],
    }


def test_a_course_is_shortened_too() -> None:
    """Of a course with many check-ins the one that matters is left, and what it cannot do without."""
    course = next(one for one in map(example_course, example_courses()) if len(one.check_ins) > 2)
    last = course.check_ins[-1].session

    def shows(one: Course) -> bool:
        return any(check_in.session == last for check_in in one.check_ins)

    short = shortened(course, shows)
    assert [check_in.session for check_in in short.check_ins] == [last]
    assert short.intake.losses is None


def test_what_cannot_be_shortened_stays() -> None:
    """An intake that tells nothing is as short as can be, and the one that is handed in stays as it is."""
    intake = Intake.model_validate({"assessed_on": "2026-03-14", "losses": [{"kind": "death"}]})
    assert shortened(intake, lambda one: one.losses is not None).to_dict()["losses"] == []
    assert intake.losses is not None
    assert intake.losses[0].kind == "death"
    bare = Intake.model_validate({"assessed_on": "2026-03-14"})
    assert shortened(bare, lambda one: True) == bare
