"""Explanations as HTML: for a notebook each in a frame of its own, as a page, and in parts for the report."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

from ipt_rules.render.explain_said import MARKS, Words
from ipt_rules.render.explain_told import MATTERS, explained, outcomes
from ipt_rules.render.html import Markup, element, joined, page, several, style, table
from ipt_rules.render.said import CLINICIAN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ipt_rules.explain import NextQuestion, NextQuestions
    from ipt_rules.explain.explanation import Explanation
    from ipt_rules.render.explain_said import Line

_CLASSES: Final = {"heading": "title", "lesser": "lesser", "false": "not-so", "unknown": "not-known"}


def explanation_html(shown: Explanation) -> Markup:
    """Return what a notebook shows of an explanation.

    Args:
        shown: one of the explanations of ``ipt_rules.explain``, told in the words of its rule set.

    """
    told = explained(shown, Words(shown.ruleset))
    return element(
        "div",
        element("style", style("small.css")),
        element("p", told.title, class_="title"),
        lines(told.lines),
        element("p", told.certainty, class_="lesser"),
        class_="ipt-shown",
    )


def explanation_page(shown: Explanation) -> str:
    """Return an explanation as a whole HTML page.

    Args:
        shown: one of the explanations of ``ipt_rules.explain``, told in the words of its rule set.

    """
    told = explained(shown, Words(shown.ruleset))
    answer = element("div", lines(told.lines), element("p", told.certainty, class_="aside"), class_="explained")
    head, foot = element("header", element("h1", told.title)), element("footer", element("p", CLINICIAN))
    return page(told.title, head, element("main", answer), foot)


def lines(told: Iterable[Line]) -> Markup:
    """Return lines of an explanation: entries as lists, and what belongs to a line as a list below it."""
    runs = itertools.groupby(told, key=lambda line: line.is_entry)
    return joined(_entries(run) if are_entries else _plain(run) for are_entries, run in runs)


def _plain(run: Iterable[Line]) -> Markup:
    return joined(element("div", _said(line), _entries(line.below)) for line in run)


def _entries(run: Iterable[Line]) -> Markup:
    return several("ul", (joined([_said(line), _entries(line.below)]) for line in run))


def _said(line: Line) -> Markup:
    mark = MARKS.get(line.kind, "")
    beside = element("code", line.beside) if line.beside else ""
    parts = [element("strong", f"{mark}: ") if mark else "", line.said, " " if beside else "", beside]
    return element("span" if line.is_entry else "div", *parts, class_=_CLASSES.get(line.kind))


def questions_table(shown: NextQuestions, words: Words) -> Markup:
    """Return the questions to ask next, each with what its answers would do."""
    rows = (_row(question, words) for question in shown.questions)
    return table("The questions that matter most, best first", ("Question", "What its answers would do"), rows)


def _row(told: NextQuestion, words: Words) -> list[str]:
    question = told.question
    about = f" ({question.about})" if question.about else ""
    small = element("span", element("code", question.path), f"; {MATTERS[told.matters_because]}", class_="rule")
    answers = (joined([element("strong", answer), f": {then}"]) for answer, then in outcomes(told, words))
    return [joined([question.text, about, " ", small]), several("ul", answers)]
