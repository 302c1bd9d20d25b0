"""What the first place hangs on, in a report: who could still win, what guarantees it, what would change it, what to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipt_rules.render.explain_html import lines, questions_table
from ipt_rules.render.explain_said import Line, Words, changed
from ipt_rules.render.explain_told import explained, how_small, standing
from ipt_rules.render.html import Markup, element, joined, several
from ipt_rules.render.said import sentence_case

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipt_rules.assessment import Assessment
    from ipt_rules.explain import Flips, NextQuestions, SufficientFacts, WhyNot, Winners
    from ipt_rules.render.report_parts import Shown


class Answers(NamedTuple):
    """What the questions that a report tells were answered with."""

    winners: Winners
    sufficient: SufficientFacts
    flips: Flips
    why_nots: tuple[WhyNot, ...]
    questions: NextQuestions


def answers_of(assessment: Assessment, *, names: bool) -> Answers:
    """Put to an assessment the questions that a report tells.

    Args:
        assessment: what is shown.
        names: call people by name.

    """
    others = [one.area for one in assessment.ranking if one.rank is not None and one.area != assessment.first]
    return Answers(
        winners=assessment.winners(names=names),
        sufficient=assessment.sufficient_facts(names=names),
        flips=assessment.flips(names=names),
        why_nots=tuple(assessment.why_not(area, 1, names=names) for area in others),
        questions=assessment.ask_next(names=names),
    )


def questioned(shown: Shown) -> Markup:
    """Return what the first place hangs on; nothing where nobody has asked."""
    if shown.answers is None:
        return Markup()
    return joined(_parts(shown.answers, Words(shown.ruleset)))


def _parts(answers: Answers, words: Words) -> Iterator[Markup]:
    sure: tuple[object, ...] = (answers.winners,)
    if answers.sufficient.area is not None:
        sure = (answers.winners, answers.sufficient)
    yield from (_told(one, words) for one in (*sure, answers.flips))
    if answers.why_nots:
        told_already = {flip.to for flip in answers.flips.flips}
        whys = (_why_not(one, words, with_change=one.area not in told_already) for one in answers.why_nots)
        yield element("div", element("h3", "Why not the others"), several("ul", whys), class_="explained")
    if answers.questions.questions:
        told = explained(answers.questions, words)
        yield element("h3", told.title)
        yield questions_table(answers.questions, words)
        more = f" {answers.questions.left} more are open." if answers.questions.left else ""
        yield element("p", told.certainty, more, class_="aside")


def _told(one: object, words: Words) -> Markup:
    told = explained(one, words)
    certainty = element("p", told.certainty, class_="aside")
    return element("div", element("h3", told.title), lines(told.lines), certainty, class_="explained")


def _why_not(shown: WhyNot, words: Words, *, with_change: bool) -> Markup:
    """Return briefly why an area does not stand first: where it stands, what is nearest, and the change if it is not told above."""
    held_back = "".join(f" Held back: {one.because}" for one in shown.held_back)
    found = [Line(f"{sentence_case(shown.label)}: {_lower(standing(shown, words))}{held_back}")]
    found += [Line(f"It would speak for it if this held: {miss.because}", f"[{miss.rule}]") for miss in shown.near]
    if with_change:
        change = () if shown.smallest is None else tuple(changed(shown.smallest.changes))
        found.append(Line(how_small(shown), "", "lesser", change))
    return lines(found)


def _lower(sentence: str) -> str:
    return f"{sentence[:1].lower()}{sentence[1:]}"
