"""The worked courses: what is expected of each session stands beside them, and together they show every course rule at work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from ipt_rules import example_course, example_courses, load_ruleset
from ipt_rules.worked_cases import seen_in_courses

if TYPE_CHECKING:
    from ipt_rules import Course
    from ipt_rules.engines import EngineName
    from ipt_rules.review import Review
    from ipt_rules.worked_cases import Seen

FOLDER: Final = Path(__file__).parents[1] / "fixtures" / "courses"
COURSES: Final = example_courses()
OPENING: Final = "course.open"
"""The rule that holds in every session of a therapy that goes on; it tells no session from another."""


@pytest.mark.parametrize("name", COURSES)
def test_worked_course(name: str) -> None:
    """Each session of a worked course has exactly the review that stands beside it, and so has the reassessment at the end."""
    expected = json.loads((FOLDER / f"{name}.expected.json").read_text("utf-8"))
    assert summary(name) == expected


def summary(name: str) -> dict[str, Any]:
    """Return what a worked course comes to after each session, by ids."""
    course = example_course(name)
    reassessment = course.reassess().to_dict()
    return {
        "sessions": [_session(course, check_in.session) for check_in in course.check_ins],
        "first": reassessment["first"],
        "reconsider": [reason["rule"] for reason in reassessment["reconsider_because"]],
    }


def _session(course: Course, session: int) -> dict[str, Any]:
    review = course.review(session)
    told = review.to_dict()
    return {
        "session": session,
        "phase": told["phase"],
        "mood": [told["sessions"][-1]["mood_before"], told["sessions"][-1]["mood_after"]],
        "findings": sorted(f"{finding.rule.id} {finding.row.place}" for finding in review.evaluated.held[-1].findings),
        "links": [[link["event"], link["direction"]] for link in told["links"] if link["session"] == session],
        "gates": told["gates"],
        "focus_stands": told["focus_stands"],
        "agenda": told["agenda"] and _agenda(told["agenda"]),
    }


def _agenda(told: dict[str, Any]) -> dict[str, Any]:
    names = ("first", "asks", "opening", "safety", "strategies", "waiting", "unasked")
    parts = {part: [entry["rule"] for entry in told[part]] for part in names}
    forward = [entry["rule"] for entry in told["strategies"] if entry["brought_forward"]]
    return {"session": told["session"], "phase": told["phase"], **parts, "brought_forward": forward}


def test_expected_reviews_and_courses_are_the_same() -> None:
    """Each file of expectations stands beside its course, and each course has one."""
    assert sorted(path.name.removesuffix(".expected.json") for path in FOLDER.glob("*.expected.json")) == COURSES


@pytest.mark.parametrize("name", COURSES)
def test_each_course_tells_its_story_first(name: str) -> None:
    """Every course begins with a comment of some lines that tells the therapy and says what the course is for."""
    lines = (FOLDER / f"{name}.yaml").read_text("utf-8").splitlines()
    told = lines[: next(number for number, line in enumerate(lines) if not line.startswith("# "))]
    assert len(told) >= 4
    assert any(line.startswith("# What it is for: ") for line in told)


@pytest.mark.parametrize("name", COURSES)
def test_only_strategies_that_there_are_were_done(name: str) -> None:
    """Every strategy that a worked course records as done is one of the shipped rule set."""
    assert example_course(name).review().to_dict()["unknown_strategies"] == []


@pytest.mark.parametrize("engine", ["reference", pytest.param("checked", marks=pytest.mark.durable)])
@pytest.mark.parametrize("name", COURSES)
def test_engines_review_worked_courses_alike(name: str, engine: EngineName) -> None:
    """The engines find the same in every session, and tell the same of it."""
    course = example_course(name)
    told = [course.review(engine=one).to_dict() | {"provenance": None} for one in ("compiled", engine)]
    assert told[0] == told[1]


@pytest.mark.parametrize("name", COURSES)
def test_a_session_finds_the_same_however_the_therapy_went_on(name: str) -> None:
    """What is found in a session is the same while it is the last one and when others have followed."""
    course = example_course(name)
    for held in course.review(engine="compiled").evaluated.held:
        alone = course.review(held.check_in.session, engine="compiled").evaluated.held[-1]
        assert [(one.rule.id, one.row.place) for one in alone.findings] == [
            (one.rule.id, one.row.place) for one in held.findings
        ]
        assert (alone.gates, alone.intake) == (held.gates, held.intake)


# ── together they show every course rule ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def seen() -> dict[str, Seen]:
    """Where the shipped course rules are seen."""
    return seen_in_courses(load_ruleset(), {name: example_course(name) for name in COURSES})


def test_every_course_rule_fires_in_a_worked_course(seen: dict[str, Seen]) -> None:
    """Every rule over sessions and events holds in some session of some course."""
    assert sorted(seen) == sorted(rule.id for rule in load_ruleset().rules if rule.runs_in == "course")
    assert [rule_id for rule_id, where in seen.items() if not where.fires] == []


def test_every_course_rule_fails_narrowly_in_another_course(seen: dict[str, Seen]) -> None:
    """For every course rule there is a course in which it fires, and another in which one other answer would make it fire."""
    alone = [
        rule_id
        for rule_id, where in seen.items()
        if not any(fires != near for fires in where.fires for near in where.near)
    ]
    assert alone == []


# ── what the courses are for ─────────────────────────────────────────────────────────────────────────────────────────────


def _found(review: Review) -> list[str]:
    """Return the rules found in the last session, once each, but for the opening that every session has."""
    return sorted({finding.rule.id for finding in review.evaluated.held[-1].findings} - {OPENING})


def test_a_good_outcome_ends_named_felt_and_in_remission() -> None:
    """The ending is named in time and felt, and the therapy ends in remission, with what comes after settled."""
    course = example_course("good_outcome")
    assert _found(course.review(14)) == [
        "course.ending.not-ready",
        "course.ending.strong-feelings",
        "course.mood.lower-without-event",
    ]
    last = course.review()
    assert _found(last) == ["course.ending.remission", "course.progress.better"]
    told = last.to_dict()
    assert (told["session"], told["sessions_left"], told["ended"], told["agenda"]) == (16, 0, True, None)
    assert told["remaining"]["goals"] == []
    assert told["remaining"]["after_the_end"] == "maintenance"
    everything = {entry["rule"] for entry in told["earlier"]} | set(_found(last))
    assert not everything & {"course.ending.name-it", "course.ending.ask-for-feelings", "course.ending.what-then"}
    assert all(course.review(one.session).focus_stands is not False for one in course.check_ins)


def test_stuck_at_mid_course_is_named_half_way() -> None:
    """Half-way the lack of gain, the drift, the past and the goal are all named, and the next session begins with a review."""
    course = example_course("stuck_at_mid_course")
    assert _found(course.review(7)) == [
        "course.frame.long-gap",
        "course.session.in-the-past",
        "course.session.no-events",
    ]
    half_way = course.review(8)
    assert _found(half_way) == [
        "course.focus.drift",
        "course.goals.unmoved",
        "course.progress.none-by-mid-course",
        "course.session.in-the-past",
        "course.session.no-events",
    ]
    told = half_way.to_dict()
    assert told["reconsider_because"] == ["course.progress.none-by-mid-course"]
    assert told["agenda"]["strategies"][0]["rule"] == "middle.general.midcourse"
    assert told["agenda"]["strategies"][0]["brought_forward"]
    assert course.review().to_dict()["ended"] is False


def test_new_facts_change_the_ranking_and_the_focus_is_agreed_anew() -> None:
    """Until the death is told the focus stands; with it another area comes first; once agreed anew, the focus stands again."""
    course = example_course("new_facts")
    assert course.review(4).focus_stands is True
    told = course.reassess(5).to_dict()
    assert told["first"] == {"before": ["deficits"], "after": ["grief"]}
    because = ["course.focus.new-death", "course.focus.other-area-leads"]
    assert [reason["rule"] for reason in told["reconsider_because"]] == because
    assert course.review(5).to_dict()["reconsider_because"] == because
    assert [focus["area"] for focus in course.review(5).to_dict()["foci"]] == ["deficits"]
    after = course.review(6).to_dict()
    assert [(focus["area"], focus["agreed_in"], focus["rank"]) for focus in after["foci"]] == [("grief", 6, 1)]
    assert after["focus_stands"] is True
    assert course.review().focus_stands is True


def test_danger_in_mid_course_closes_the_plan_until_a_clinician_clears_it() -> None:
    """From the session in which danger is told, only safety is on the agenda until the gate is cleared, and told first after it."""
    course = example_course("danger_in_mid_course")
    gates = {one.session: course.review(one.session).gates_to_clear for one in course.check_ins}
    assert {session: closed for session, closed in gates.items() if closed} == {6: ("abuse",), 7: ("abuse",)}
    for session in (6, 7):
        agenda = course.review(session).to_dict()["agenda"]
        assert "course.safety.danger" in _found(course.review(session))
        assert ([entry["rule"] for entry in agenda["safety"]], agenda["strategies"]) == (["safety.at-home"], [])
    waiting = course.review(7).to_dict()["agenda"]["waiting"]
    assert [(entry["rule"], entry["gates"]) for entry in waiting] == [("middle.general.midcourse", ["abuse"])]
    assert len(course.review(8).to_dict()["agenda"]["strategies"]) == 3
    first = [[one["rule"] for one in course.review(session).to_dict()["agenda"]["first"]] for session in range(4, 12)]
    told = ["course.safety.danger-told", "course.safety.told"]
    assert [sorted(rules) for rules in first] == [[], told[1:], *[told] * 6]
    assert [course.review(session).focus_stands for session in (6, 7, 8, 9, 12)] == [True, False, False, True, True]


def test_a_dispute_moves_both_ways_and_the_contract_with_it() -> None:
    """Each move of the stage is named once, a late death reopens nothing, and a therapy past its end asks for a new agreement."""
    course = example_course("a_dispute_that_moves")
    moves = {
        one.session: rule
        for one in course.check_ins
        for rule in _found(course.review(one.session))
        if rule.startswith("course.focus.dispute-")
    }
    assert moves == {5: "course.focus.dispute-moves", 8: "course.focus.dispute-stalls", 10: "course.focus.dispute-ends"}
    assert course.review(10).focus_stands is False
    late = course.review(15)
    assert "course.focus.new-death-late" in _found(late)
    assert late.focus_stands is True
    left = [course.review(session).to_dict()["sessions_left"] for session in (12, 13, 14)]
    assert left == [0, -1, 2]
    past = {
        one.session for one in course.check_ins if "course.frame.past-the-end" in _found(course.review(one.session))
    }
    assert past == {13}


def test_isolation_without_gain_is_said_early_and_again_at_the_end() -> None:
    """Want of gain is named once the scale is filled in, with a strategy for it, until the focus is agreed anew; and at the end."""
    course = example_course("isolation_without_gain")
    early = course.review(8).to_dict()
    assert early["reconsider_because"] == ["course.progress.isolation-without-early-gain"]
    assert early["agenda"]["strategies"][0]["rule"] == "middle.deficits.early-review"
    assert [course.review(session).focus_stands for session in (7, 8, 9, 10)] == [True, False, False, True]
    assert _found(course.review()) == ["course.ending.no-remission"]
    assert course.review().to_dict()["remaining"]["after_the_end"] == "other_treatment"


if __name__ == "__main__":
    for one in COURSES:
        path = FOLDER / f"{one}.expected.json"
        path.write_text(json.dumps(summary(one), indent=1) + "\n", "utf-8")
