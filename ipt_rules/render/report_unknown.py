"""What is not known, in a report: every open question, with what waits for its answer."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from ipt_rules.render.html import Markup, element, joined, several
from ipt_rules.render.report_parts import Shown, facts, rule_name, source
from ipt_rules.render.said import listed, open_groups, points, sentence_case
from ipt_rules.ruleset.consequences import Ask, Caution, Evidence, Formulation, Goal, HoldsBack, Proposal, StageFound

if TYPE_CHECKING:
    from collections.abc import Mapping

_WAITING: Final = {
    Evidence: ("reason", "reasons"),
    Caution: ("caution", "cautions"),
    Proposal: ("strategy", "strategies"),
    Ask: ("question to consider", "questions to consider"),
    StageFound: ("sign of the stage", "signs of the stage"),
    HoldsBack: ("rule about the order of the areas", "rules about the order of the areas"),
    Goal: ("goal", "goals"),
    Formulation: ("part of the formulation", "parts of the formulation"),
}
"""What waits for an answer: one of it, several of it."""


def unknown(shown: Shown) -> Markup:
    """Return what is not known and would matter: safety first, then what withheld strategies need, then the rest."""
    groups = ((group, [_told(one, shown) for one in group.questions]) for group in open_groups(shown.told))
    return joined(
        element("div", element("h3", group.heading), several("ul", told, class_="questions"), class_="group")
        for group, told in groups
    )


def _told(question: Mapping[str, Any], shown: Shown) -> Markup:
    return considered(question, shown) if question["kind"] == "clinician" else _question(question, shown)


def _question(question: Mapping[str, Any], shown: Shown) -> Markup:
    about = f" ({question['about']})" if question["about"] else ""
    silent = " Asked without an answer." if question["asked_without_answer"] else ""
    return joined(
        [
            element("p", question["question"], about, silent, class_="question"),
            element("p", _waits(question, shown), " ", element("code", question["path"]), class_="waits"),
        ]
    )


def _waits(question: Mapping[str, Any], shown: Shown) -> str:
    """Say how many rules wait for an answer, of what kind, and what they could do to the points."""
    counts = Counter(type(shown.ruleset.rule(rule).consequence) for rule in question["rules"])
    parts = [_counted(counts[kind], words) for kind, words in _WAITING.items() if counts[kind]]
    said = [f"{listed(parts)} {'waits' if len(question['rules']) == 1 else 'wait'} for it"] if parts else []
    if question["points"]:
        areas = f" for {listed([shown.wording.area(area) for area in question['areas']])}" if question["areas"] else ""
        said.append(f"up to {points(question['points'])}{areas}")
    return sentence_case(f"{'; '.join(said)}.") if said else ""


def _counted(number: int, words: tuple[str, str]) -> str:
    return f"{number} {words[number != 1]}"


def considered(question: Mapping[str, Any], shown: Shown) -> Markup:
    """Return a question that a rule asks the clinician, and why."""
    return joined(
        [
            element("p", question["question"], " ", rule_name(question["rule"]), class_="question"),
            element("p", question["because"], class_="waits"),
            facts(question["facts"]),
            source(question, shown),
        ]
    )
