"""An assessment as one page that needs nothing else: for a screen of any width, and for paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ipt_rules.render.circle import closeness_circle
from ipt_rules.render.html import Markup, element, page, several
from ipt_rules.render.report_parts import Shown, references, section
from ipt_rules.render.report_plan import plan
from ipt_rules.render.report_questioned import answers_of, questioned
from ipt_rules.render.report_ranking import ranking
from ipt_rules.render.report_reasons import before_any_plan, cautions, reasons
from ipt_rules.render.report_unknown import unknown
from ipt_rules.render.said import CAUTIONS, CLINICIAN, provenance
from ipt_rules.render.timeline import timeline
from ipt_rules.told_pictures import told_inventory, told_timeline
from ipt_rules.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipt_rules.assessment import Assessment

_TITLE: Final = "Interpersonal Psychotherapy: which problem area"


def report(assessment: Assessment, *, names: bool = True) -> str:
    """Return the report of an assessment as a whole HTML page.

    Args:
        assessment: what is shown.
        names: call people by name; their names come from the intake and go nowhere else.

    """
    wording = Wording(assessment.intake, assessment.ruleset, names=names)
    answers = answers_of(assessment, names=names)
    shown = Shown(assessment.intake, assessment.ruleset, wording, assessment.to_dict(names=names), answers)
    sections = [(place, heading, tell(shown)) for place, heading, tell in _SECTIONS]
    told = [(place, heading, body) for place, heading, body in sections if body]
    main = element("main", *(section(*one) for one in told))
    return page(f"{_TITLE} ({shown.intake.assessed_on})", _head(shown), _contents(told), main, _foot(shown))


def _head(shown: Shown) -> Markup:
    facts = [("Assessed on", shown.intake.assessed_on.isoformat()), *_session(shown.told["plan"])]
    terms = (element("div", element("dt", term), element("dd", said)) for term, said in facts)
    return element("header", element("h1", _TITLE), element("dl", *terms))


def _session(told: dict[str, Any]) -> Iterator[tuple[str, str]]:
    session, planned, phase = told["current_session"], told["planned_sessions"], told["current_phase"]
    here = f", in the {phase} phase" if phase else ""
    yield "Session", f"{'not known' if session is None else session}{here}"
    yield "Sessions agreed", "none yet" if planned is None else str(planned)


def _contents(told: list[tuple[str, str, Markup]]) -> Markup:
    links = (element("a", heading, href=f"#{place}") for place, heading, _ in told)
    return element("nav", several("ul", links), aria_label="On this page")


def _pictures(shown: Shown) -> Markup:
    circle = closeness_circle(told_inventory(shown.intake, shown.wording))
    times = timeline(told_timeline(shown.intake, shown.wording))
    return element("div", element("figure", Markup(circle)), element("figure", Markup(times)), class_="side-by-side")


def _foot(shown: Shown) -> Markup:
    told = shown.told
    said = (told["design_choices"], provenance(told["provenance"]))
    return element("footer", element("p", element("strong", CLINICIAN)), *(element("p", line) for line in said))


_SECTIONS: Final = (
    ("before", CAUTIONS["refer"], before_any_plan),
    ("ranking", "The ranking", ranking),
    ("pictures", "People and events", _pictures),
    ("reasons", "Reasons, for and against", reasons),
    ("cautions", "Form and fit", cautions),
    ("unknown", "What is not known", unknown),
    ("hangs-on", "What the first place hangs on", questioned),
    ("plan", "Plan", plan),
    ("sources", "Sources", references),
)
"""The sections of a report from top to bottom: the place to link to, the heading, and what tells it; an empty one is left out."""
