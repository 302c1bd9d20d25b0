"""What a notebook shows of a course and of a review, and a terminal of a course: small, and nobody is named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ipt_rules.render import course_found as found
from ipt_rules.render import course_said as said
from ipt_rules.render.course_page import drawn, shown_review
from ipt_rules.render.html import Markup, element, joined, several, table
from ipt_rules.render.report_parts import rule_name
from ipt_rules.render.said import CLINICIAN, until_cleared
from ipt_rules.render.small_html import framed, prefix
from ipt_rules.sessions import SCALES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Group

    from ipt_rules.course import Course
    from ipt_rules.review import Review

_CAPTION: Final = "The sessions that are recorded"


def small_course(course: Course) -> Markup:
    """Return a table of the sessions of a course."""
    sessions = table(_CAPTION, _headings(course), _rows(course)) if course.check_ins else ""
    return framed(element("p", _title(course), class_="title"), sessions)


def small_review(review: Review) -> Markup:
    """Return where a therapy stands, the drawing of its sessions, and what the last one means, without reasons and sources."""
    shown = shown_review(review, names=False)
    told = shown.told
    gates = until_cleared(told["gates"], shown.wording) if told["gates"] else ""
    advice = several("ul", (joined([one["advise"], " ", rule_name(one["rule"])]) for one in told["advice"]))
    return framed(
        element("p", f"{said.heading(told)}. {said.standing(told)}", class_="title"),
        element("p", f"{said.FIRST}: {gates}", class_="title") if gates else "",
        *(element("p", said.focus(focus, shown.wording)) for focus in told["foci"]),
        element("p", said.whether_it_stands(told)),
        several("ul", (one["said"] for one in found.open_reasons(told))),
        element("p", said.MEANS, class_="title") if advice else "",
        advice,
        drawn(shown, id_prefix=prefix(repr(told["sessions"]))),
        element("p", CLINICIAN, class_="lesser"),
    )


def course_text(course: Course) -> Group:
    """Return the same for a terminal; whoever asks has rich."""
    from rich.console import Group
    from rich.text import Text

    from ipt_rules.render.small_text import plain_table

    title = Text(_title(course), style="bold")
    return Group(title, plain_table(_headings(course), _rows(course))) if course.check_ins else Group(title)


def _title(course: Course) -> str:
    held, contracts = len(course.check_ins), course.contracts
    agreed = f", {contracts[-1].sessions} sessions agreed" if contracts else ""
    sessions = {0: "no session", 1: "1 session"}.get(held, f"{held} sessions")
    return f"A course: {sessions} recorded{agreed}"


def _scales(course: Course) -> list[str]:
    """Return the scales that were filled in at least once."""
    return [name for name in SCALES if any(getattr(one, name) is not None for one in course.check_ins)]


def _headings(course: Course) -> list[str]:
    return ["session", "day", "mood before", "mood after", *_scales(course), "events"]


def _rows(course: Course) -> Iterator[list[str]]:
    for one in course.check_ins:
        values = (one.mood_before, one.mood_after, *(getattr(one, name) for name in _scales(course)))
        events = None if one.events is None else len(one.events)
        yield [str(one.session), one.day.isoformat() if one.day else "–", *map(_shown, (*values, events))]


def _shown(value: Any) -> str:
    return "–" if value is None else str(value)
