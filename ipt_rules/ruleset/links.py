"""What hangs together in a row, whatever was recorded: values that a field never has, and conditions that never hold both.

It follows from how the fields are computed, and a law in the tests looks for a row that it does not fit. The algebra of conditions
leaves out the points that it rules out, so that more can be proved; nothing is decided by it alone.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final, TypeAlias

from ipt_rules.ruleset.conditions import Comparison, Condition, Some

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ipt_rules.values import Known

Apart: TypeAlias = "tuple[Condition, Condition]"
"""Two conditions that no row fulfils both."""

NEVER_UNKNOWN: Final = frozenset(
    {
        "focus.area",
        "focus.level",
        "focus.subject",
        "checkin.session",
        "course.ended",
        "course.has_focus",
        "course.grief_in_focus",
        "course.isolation_in_focus",
        "course.lead_of_others",
        "course.others_gained",
        "course.sessions_since_focus",
        "course.goals",
        "course.sessions_since_scale",
    }
)
"""Fields that are known wherever their question arises; a number known within limits is none of them."""

_OF_A_FOCUS: Final = (
    "checkin.on_focus",
    "course.grief_in_focus",
    "course.isolation_in_focus",
    "course.answer_to_focus",
    "course.lead_of_others",
    "course.others_gained",
    "course.sessions_since_focus",
    "course.deaths_since_focus",
    "course.off_focus_run",
    "course.stage_before",
)
"""Fields of a course that do not arise before a focus is agreed on."""

MAY_NOT_ARISE: Final = frozenset(
    {
        "dispute.stage_found",
        "dispute.stage_used",
        "focus.stage",
        "event.same_before",
        "tie.ambivalent",
        "tie.bridge",
        "checkin.mood_change",
        "checkin.weeks_since_last",
        "network.density",
        *_OF_A_FOCUS,
    }
)
"""Computed fields of which the question need not arise on the rows that have them; that of every other one does."""

NEVER: Final[Mapping[str, frozenset[Known]]] = {
    "course.risk_told": frozenset({False}),
    "course.ending_felt": frozenset({False}),
    "checkin.thoughts_asked": frozenset({False}),
}
"""Values that a field never has: what was not told is not known, and no "no"."""

AT_LEAST_ONE: Final = frozenset(
    {
        ("dispute", "story.disputes"),
        ("change", "story.changes"),
        ("isolation", "story.isolation"),
        ("loss", "story.events"),
        ("dispute", "story.events"),
        ("change", "story.events"),
        ("event", "checkin.events"),
    }
)
"""By the kind of a row, the counts that count it too."""

NO_MORE_THAN: Final = (
    *((f"network.{count}", "network.people") for count in ("close_ties", "confidants", "supporters", "conflicts")),
    *((f"network.{count}", "network.people") for count in ("worse_since_onset", "isolates", "reach")),
    *((f"story.{count}", "story.events") for count in ("deaths", "other_losses", "disputes", "changes", "tied_events")),
    ("checkin.phq9_item9", "course.most_item9"),
    ("checkin.epds_item10", "course.most_item10"),
    ("checkin.goals_reached", "course.goals"),
    ("course.goals_unmoved", "course.goals"),
)
"""Pairs of numbers of which the first is never more than the second, where both are known."""


def _is(name: str, value: Known) -> Comparison:
    return Comparison(name, "is", value)


def _asked(name: str) -> Condition:
    """Return the condition that a question arises, answered or not."""
    return Some((Comparison(name, "known", None), Comparison(name, "not_known", None)))


def _not_true(name: str) -> Condition:
    """Return the condition that a question arises and is not answered by yes."""
    return Some((_is(name, False), Comparison(name, "not_known", None)))


def _known(name: str) -> Comparison:
    return Comparison(name, "known", None)


def _unknown(name: str) -> Comparison:
    return Comparison(name, "not_known", None)


def _apart() -> Iterator[Apart]:
    for told, answer in (("checkin.unsafe", "patient.abuse"), ("checkin.suicide_risk", "patient.suicide_risk")):
        yield _is(told, True), _not_true(answer)
    yield _is("checkin.unsafe", True), _not_true("course.danger_told")
    yield _is("patient.abuse", True), _not_true("course.danger_told")
    yield _is("story.violence", True), _not_true("course.danger_told")
    for told in ("checkin.suicidal_thoughts", "checkin.suicide_risk"):
        yield _is(told, True), _not_true("course.risk_told")
    yield _is("checkin.ending_named", True), _not_true("course.ending_named")
    for harm in ("dispute.violence", "dispute.coercion"):
        yield _is(harm, True), _not_true("story.violence")
        yield _unknown(harm), _is("story.violence", False)
    yield Comparison("focus.subject", "is_not", "dispute"), _asked("focus.stage")
    for one, other in itertools.permutations(("planned_sessions", "sessions_left", "percent_done"), 2):
        yield _known(f"course.{one}"), _unknown(f"course.{other}")
    for name in _OF_A_FOCUS:
        yield _is("course.has_focus", False), _asked(name)
    for measured in ("course.in_remission", "course.symptoms_lately"):
        yield _known(measured), _unknown("course.symptoms")
    yield _known("course.symptoms"), _unknown("course.symptoms_lately")
    yield _known("course.symptoms"), Comparison("course.sessions_since_scale", "at_least", 1)
    yield _is("network.support_rests_on_one", True), Comparison("network.supporters", "is_not", 1)
    yield _is("network.support_rests_on_one", False), _is("network.supporters", 1)


APART: Final[tuple[Apart, ...]] = tuple(_apart())
"""Pairs of conditions that never hold both."""
