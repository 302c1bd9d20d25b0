"""Explanations as HTML: for a notebook each in a frame of its own, and in parts for the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ipt_rules.render.explain_said import MARKS, Words, sentence_case
from ipt_rules.render.explain_told import MATTERS, explained, outcome
from ipt_rules.render.html import Markup, element, joined, several, style, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipt_rules.explain import NextQuestion, NextQuestions
    from ipt_rules.render.explain_said import Line
    from ipt_rules.ruleset import Ruleset

_CLASSES: Final = {"heading": "title", "lesser": "lesser", "false": "not-so", "unknown": "not-known"}


def explanation_html(shown: object, ruleset: Ruleset | None = None) -> Markup:
    """Return what a notebook shows of an explanation.

    Args:
        shown: one of the explanations of ``ipt_rules.explain``.
        ruleset: whose words are used; without one, areas and sources are called by their keys.

    """
    told = explained(shown, Words(ruleset))
    return element(
        "div",
        element("style", style("small.css")),
        element("p", told.title, class_="title"),
        lines(told.lines),
        element("p", told.certainty, class_="lesser"),
        class_="ipt-shown",
    )


def lines(told: Iterable[Line]) -> Markup:
    """Return lines of an explanation, those that belong to another as a list below it."""
    return joined(element("div", _said(line), _below(line)) for line in told)


def _below(line: Line) -> Markup:
    return several("ul", (joined([_said(below), _below(below)]) for below in line.below))


def _said(line: Line) -> Markup:
    mark = MARKS.get(line.kind, "")
    beside = element("code", line.beside) if line.beside else ""
    parts = [element("strong", f"{mark}: ") if mark else "", line.said, " " if beside else "", beside]
    return element("span" if line.is_entry else "div", *parts, class_=_CLASSES.get(line.kind))


def questions_table(shown: NextQuestions, words: Words) -> Markup:
    """Return the questions to ask next, one row for each answer: what it would do."""
    rows = (row for question in shown.questions for row in _rows(question, words))
    return table("What to ask next, and what each answer would do", ("Question", "Answer", "Then"), rows)


def _rows(told: NextQuestion, words: Words) -> Iterator[list[str]]:
    question = told.question
    about = f" ({question.about})" if question.about else ""
    asked = joined([question.text, about, " ", element("code", question.path), f" {MATTERS[told.matters_because]}"])
    for number, answer in enumerate(told.answers):
        yield [asked if number == 0 else "", answer.answer.shown, sentence_case(outcome(answer, words))]
    if not told.answers:
        yield [asked, "any", "Try it with what-if"]
