"""Rules of the course in rule files: what they may lead to, and what is told of their mistakes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ipt_rules import load_ruleset
from ipt_rules.ruleset.conditions import comparisons
from ipt_rules.ruleset.consequences import Advice, Link
from ipt_rules.ruleset.scoring import Scale
from ipt_rules.vocabulary import fields
from tests.helpers import MINI, changed_once, mistakes_in, write

if TYPE_CHECKING:
    from pathlib import Path

_COURSE = """\
- id: course.link
  for: event
  when: {event.effect: worse, checkin.mood_change: {at_most: -2}}
  link: lower
  because: Mood fell after what happened with {person}.
  basis: inference
  cites: [{ref: manual, at: ch. 9, seen: read}]
- id: course.drift
  for: checkin
  when: {course.off_focus_run: {at_least: 2}}
  advise: Lead back to {subject}.
  about: focus
  reconsiders_focus: true
  brings_forward: [middle.joint-session]
  because: Other things took the time.
  basis: inference
  cites: [{ref: manual, at: ch. 9, seen: read}]
"""
_SCALES = """\
scales:
  - {scale: phq9, meaningful_change: 5, remission: 4, why: a design choice}
  - {scale: epds, meaningful_change: 4, why: a design choice}
"""


def written(folder: Path, rules: str = _COURSE, scoring: str = _SCALES) -> Path:
    """Write the small rule set with rules of the course, and scales."""
    return write(folder, {**MINI, "scoring.yaml": MINI["scoring.yaml"] + scoring, "course.yaml": rules})


def test_rules_of_the_course_are_read(tmp_path: Path) -> None:
    """A link and a piece of advice become what they say, and run in the pass of the course."""
    ruleset = load_ruleset(written(tmp_path))
    assert ruleset.rule("course.link").consequence == Link("lower")
    drift = ruleset.rule("course.drift")
    assert drift.consequence == Advice("focus", "Lead back to {subject}.", True, ("middle.joint-session",))
    assert {ruleset.rule(one).runs_in for one in ("course.link", "course.drift")} == {"course"}
    assert ruleset.scoring.scales == (
        Scale("phq9", 5, 4, "a design choice"),
        Scale("epds", 4, None, "a design choice"),
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "path", "what"),
    [
        (
            "link: lower",
            "link: down",
            4,
            9,
            "course.link.link",
            "'down' is not a value of 'link'; known are: lower, higher",
        ),
        ("  link: lower\n", "", 1, 3, "course.link", "a rule has one consequence, and this one has none; one of: "),
        ("about: focus", "about: mourning", 12, 10, "course.drift.about", "'mourning' is not a value of 'about'; "),
        ("  about: focus\n", "", 8, 3, "course.drift.about", "'about' is missing; one of: opening, safety, "),
        (
            "[middle.joint-session]",
            "[middle.joint-sesion]",
            8,
            3,
            "course.drift.brings_forward",
            "'middle.joint-sesion' is no strategy of this rule set; did you mean 'middle.joint-session'?",
        ),
        (
            "[middle.joint-session]",
            "[grief.settled]",
            8,
            3,
            "course.drift.brings_forward",
            "'grief.settled' is no strat",
        ),
        (
            "happened with {person}",
            "happened with {subject}",
            5,
            12,
            "course.link.because",
            "a rule for: event is about no one subject",
        ),
        (
            "link: lower",
            "supports: grief\n  strength: slight",
            4,
            3,
            "course.link",
            "'supports' is for rules for: loss",
        ),
        (
            "link: lower",
            "link: lower\n  about: mood",
            5,
            3,
            "course.link",
            "'about' goes with advise or ask",
        ),
    ],
)
def test_a_mistake_in_a_rule_of_the_course_is_told_at_its_place(  # a table's columns
    tmp_path: Path, old: str, new: str, line: int, column: int, path: str, what: str
) -> None:
    """What cannot stand where it stands is one problem, with line and column and what would be right."""
    found = mistakes_in(written(tmp_path, changed_once(_COURSE, old, new)))
    assert len(found) == 1
    assert found[0][:4] == ("course.yaml", line, column, path)
    assert found[0][4].startswith(what)


@pytest.mark.parametrize(
    ("old", "new", "path", "what"),
    [
        ("scale: phq9", "scale: phq", "scales[0].scale", "'phq' is not a value of 'scale'; did you mean 'phq9'?"),
        ("scale: epds", "scale: phq9", "scales[1].scale", "stands above already; name each scale once"),
        ("remission: 4", "remission: 28", "scales[0].remission", "must be a whole number from 0 to 27"),
        ("meaningful_change: 4, ", "", "scales[1].meaningful_change", "'meaningful_change' is missing; a whole number"),
        ("meaningful_change: 4, why: a design choice", "meaningful_change: 4", "scales[1].why", "'why' is missing; "),
    ],
)
def test_a_mistake_in_the_scales_is_told_at_its_place(tmp_path: Path, old: str, new: str, path: str, what: str) -> None:
    """Every scale is one of those of a check-in, stands once, and says what its numbers rest on."""
    found = mistakes_in(written(tmp_path, scoring=changed_once(_SCALES, old, new)))
    assert [(file, at) for file, _, _, at, _ in found] == [("scoring.yaml", path)]
    assert found[0][4].startswith(what)


def test_an_event_is_named_in_rules_for_events_only(tmp_path: Path) -> None:
    """A rule for events may speak of ``{event}``; a rule for sessions has none to speak of."""
    assert load_ruleset(written(tmp_path / "good", changed_once(_COURSE, "what happened with {person}", "{event}")))
    bad = written(
        tmp_path / "bad", changed_once(_COURSE, "Other things took the time.", "It took the time after {event}.")
    )
    assert [(file, path) for file, _, _, path, _ in mistakes_in(bad)] == [("course.yaml", "course.drift.because")]


def test_shipped_rules_ask_only_whether_something_is_known_that_can_be_unknown() -> None:
    """A judgement that nobody made is no open question, so a rule that waits for it to be unknown would never hold."""
    tested = [
        (rule.id, comparison.field)
        for rule in load_ruleset().rules
        for comparison in comparisons(rule.condition)
        if comparison.operator in ("known", "not_known")
    ]
    assert tested
    assert [one for one in tested if fields()[one[1]].judgement] == []


def test_what_a_rule_brings_forward_may_stand_in_the_base(tmp_path: Path) -> None:
    """A rule set that extends another may bring its strategies forward, and may not once it drops them."""
    write(tmp_path / "base", MINI)
    head = 'name: more\nversion: "1.0"\nlanguage: 1\nextends: ../base\n'
    rules = {"ruleset.yaml": head, "course.yaml": _COURSE}
    assert load_ruleset(write(tmp_path / "more", rules)).rule("course.drift")
    dropped = {**rules, "ruleset.yaml": head + "drop: [middle.joint-session]\n"}
    (problem,) = mistakes_in(write(tmp_path / "less", dropped))
    assert problem[3:] == (
        "course.drift.brings_forward",
        "'middle.joint-session' is no strategy of this rule set; none is known",
    )
