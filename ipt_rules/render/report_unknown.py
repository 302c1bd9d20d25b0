"""What is not known, in a report: every open question, with what waits for its answer."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from ipt_rules.render.html import Markup, element, joined, several
from ipt_rules.render.report_parts import Shown, facts, rule_name, sentence_case, source
from ipt_rules.render.said import listed
from ipt_rules.ruleset.model import Ask, Caution, Evidence, Formulation, Goal, HoldsBack, Proposal, StageFound

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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

_POINTS: Final = ("point", "points")


def unknown(shown: Shown) -> Markup:
    """Return what is not known and would matter: safety first, then what withheld strategies need, then the rest."""
    return joined(
        element("div", element("h3", heading), several("ul", found, class_="questions"), class_="group")
        for heading, found in _groups(shown)
        if found
    )


def _groups(shown: Shown) -> Iterator[tuple[str, list[Markup]]]:
    told = shown.told
    questions = told["questions"]
    still_open = [question for question in questions if question["kind"] == "open"]
    yield "Safety, first", _asked(told["open_gates"], shown)
    needed = [question for question in questions if question["kind"] == "needed"]
    yield "Before what is withheld below could be proposed", _asked(needed, shown)
    clinician = [question for question in questions if question["kind"] == "clinician"]
    yield "To consider, and to talk over with the patient", [_considered(question, shown) for question in clinician]
    changes = "points" if told["settled"] else "the ranking"
    yield f"Answers that could change {changes}", _asked([one for one in still_open if one["points"]], shown)
    yield (
        "Also open; the first place does not hang on it",
        _asked([one for one in still_open if not one["points"]], shown),
    )


def _asked(questions: Sequence[Mapping[str, Any]], shown: Shown) -> list[Markup]:
    return [_question(question, shown) for question in questions]


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
        said.append(f"up to {_counted(question['points'], _POINTS)}{areas}")
    return sentence_case(f"{'; '.join(said)}.") if said else ""


def _counted(number: int, words: tuple[str, str]) -> str:
    return f"{number} {words[number != 1]}"


def _considered(question: Mapping[str, Any], shown: Shown) -> Markup:
    return joined(
        [
            element("p", question["question"], " ", rule_name(question["rule"]), class_="question"),
            element("p", question["because"], class_="waits"),
            facts(question["facts"]),
            source(question, shown),
        ]
    )
