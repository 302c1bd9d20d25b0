"""The review of a therapy after a session: where it stands, what was found, and what could come next."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from ipt_rules.agenda import next_agenda
from ipt_rules.assessor import assessor_for
from ipt_rules.course_wording import CourseWording
from ipt_rules.display import Displayed
from ipt_rules.held_sessions import evaluate_course
from ipt_rules.kept import kept
from ipt_rules.pipeline import guarded
from ipt_rules.printed import printed
from ipt_rules.provenance import provenance_of
from ipt_rules.sessions import MOST_SESSIONS
from ipt_rules.told_course import CourseTeller

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ipt_rules.agenda import Agenda
    from ipt_rules.course import Course
    from ipt_rules.engines import EngineChoice
    from ipt_rules.held_sessions import EvaluatedCourse
    from ipt_rules.ruleset import Ruleset

REVIEW_SCHEMA: Final = "ipt-rules/review/v1"
"""What an exported review calls itself."""


class Review(Displayed):
    """Where one therapy stands after a session. Supports a clinician's decision; it decides nothing.

    Attributes:
        course: the course up to that session.
        ruleset: the rules.
        engine: which engine ran.
        evaluated: what the rules found in each session.
        agenda: for the next session; None when the therapy has ended, or has as many sessions as can be recorded.

    """

    def __init__(
        self, course: Course, ruleset: Ruleset, engine: str, evaluated: EvaluatedCourse, agenda: Agenda | None
    ) -> None:
        self.course = course
        self.ruleset = ruleset
        self.engine = engine
        self.evaluated = evaluated
        self.agenda = agenda

    def __reduce__(self) -> tuple[Any, ...]:
        return Review, (self.course, self.ruleset, self.engine, self.evaluated, self.agenda)

    def __repr__(self) -> str:
        told = self._told
        place = "before the first session" if told["session"] is None else f"session {told['session']}"
        planned = f" of {told['planned_sessions']}" if told["planned_sessions"] and told["session"] else ""
        pieces = "1 piece" if len(told["advice"]) == 1 else f"{len(told['advice'])} pieces"
        return f"<Review: {place}{planned}, {told['phase'] or 'no'} phase, {pieces} of advice>"

    @kept
    def _told(self) -> dict[str, Any]:
        return self._tell(names=False)

    def _tell(self, *, names: bool) -> dict[str, Any]:
        wording = CourseWording(self.course, self.evaluated.intake, self.ruleset, names=names)
        return CourseTeller(self.evaluated, self.agenda, self.ruleset, wording, names=names).whole()

    @property
    def focus_stands(self) -> bool | None:
        """Whether the agreed focus stands: nothing that was found is a reason to reconsider it; None while none is agreed."""
        stands: bool | None = self._told["focus_stands"]
        return stands

    @property
    def gates_to_clear(self) -> tuple[str, ...]:
        """The gates that are set and not cleared: a clinician settles them before anything else."""
        return self.evaluated.gates.to_clear()

    @property
    def provenance(self) -> dict[str, str]:
        """Which rule set, engine and library this comes from."""
        return provenance_of(self.ruleset, self.engine)

    def to_dict(self, *, names: bool = False) -> dict[str, Any]:
        """Return everything as plain values that JSON holds unchanged; ``export_review.ReviewExport`` says what each key means.

        Args:
            names: call people by name instead of by role and number, and tell the goals' texts. Off unless whoever reads it may
                know.

        """
        return {
            "schema": REVIEW_SCHEMA,
            **self._tell(names=names),
            "design_choices": self.ruleset.scoring.note,
            "provenance": self.provenance,
        }

    def to_json(self, *, names: bool = False) -> str:
        """Return ``to_dict`` as JSON text."""
        return json.dumps(self.to_dict(names=names), indent=2, ensure_ascii=False)

    def to_text(self, *, names: bool = True, steps: bool = False, width: int = 110) -> str:
        """Return what the command prints for people.

        Args:
            names: call people by name, and tell the goals' texts.
            steps: add to each strategy of the agenda its steps and sources.
            width: characters in a line.

        Raises:
            MissingExtraError: the extra ``cli`` is not installed.

        """

        def page() -> RenderableType:
            from ipt_rules.render.course_text import review_text

            return review_text(self, names=names, steps=steps)

        return printed(page, width)

    def to_html(self, *, names: bool = True) -> str:
        """Return the review as one HTML page that needs nothing else, for people.

        Args:
            names: call people by name, and tell the goals' texts.

        """
        from ipt_rules.render.course_page import course_page

        return course_page(self, names=names)

    def to_svg(self, *, names: bool = False) -> str:
        """Return the drawing of mood, scale and events over the sessions as SVG, a file of its own.

        Args:
            names: call people by name. Off unless whoever sees it may know.

        """
        from ipt_rules.render.mood import mood_over_sessions

        return mood_over_sessions(self.to_dict(names=names))

    def sessions_table(self, **case: Any) -> list[dict[str, Any]]:
        """Return one flat dict for each session that was held, for ``pandas.DataFrame``.

        Args:
            case: columns to put first in every row, such as ``case="A-17"``, so that tables of many courses can be joined.

        """
        rows = []
        for held, told in zip(self.evaluated.held, self._told["sessions"], strict=True):
            events = told["events"]
            rows.append(
                {
                    **case,
                    **{name: told[name] for name in ("session", "day", "phase", "mood_before", "mood_after")},
                    **{scale: told["scales"].get(scale) for scale in self._scales},
                    "events": None if events is None else len(events),
                    "worked_on": told["worked_on"],
                    "on_focus": told["on_focus"],
                    "links": sum(link["session"] == told["session"] for link in self._told["links"]),
                    "rules": "; ".join(dict.fromkeys(finding.rule.id for finding in held.findings)),
                }
            )
        return rows

    @property
    def _scales(self) -> list[str]:
        used = {scale for told in self._told["sessions"] for scale in told["scales"]}
        return [scale.name for scale in self.ruleset.scoring.scales if scale.name in used] + sorted(
            used - {scale.name for scale in self.ruleset.scoring.scales}
        )

    def links_table(self, **case: Any) -> list[dict[str, Any]]:
        """Return one flat dict for each link between an event and mood, for ``pandas.DataFrame``.

        Args:
            case: columns to put first in every row.

        """
        events = {event["event"]: event for told in self._told["sessions"] for event in told["events"] or ()}
        return [
            {
                **case,
                "session": link["session"],
                "direction": link["direction"],
                "kind": events[link["event"]]["kind"],
                "who": events[link["event"]]["who"],
                "mood": link["mood"][0],
                "mood_last": link["mood"][1],
                "because": link["because"],
                "rule": link["rule"],
            }
            for link in self._told["links"]
        ]


def reviewed(course: Course, ruleset: Ruleset | None, engine: EngineChoice) -> Review:
    """Return the review of a course after its last session.

    Raises:
        EvaluationError: the rules could not be evaluated; there is no review.

    """
    assessor = assessor_for(ruleset, engine)
    runs, rules = assessor.engine, assessor.ruleset

    def review() -> Review:
        evaluated = evaluate_course(course, rules, runs)
        last = course.check_ins[-1] if course.check_ins else None
        ended = last is not None and (bool(last.ended) or last.session == MOST_SESSIONS)
        return Review(course, rules, runs.name, evaluated, None if ended else next_agenda(evaluated, rules, runs))

    return guarded(runs.name, review)
