"""Each explanation told in plain sentences, as lines that the terminal and the page share."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

from ipt_rules.explain import (
    Flip,
    Flips,
    NextQuestions,
    Reassessment,
    SufficientFacts,
    WhatIf,
    Why,
    WhyNot,
    Winners,
)
from ipt_rules.render.explain_new_facts import new_fact
from ipt_rules.render.explain_said import (
    NO_ADVICE,
    Line,
    Told,
    Words,
    answered,
    asked,
    changed,
    lacking,
    proof,
)
from ipt_rules.render.said import could_be, listed, points, sentence_case
from ipt_rules.words import AREAS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ipt_rules.explain import NextQuestion, PossibleAnswer, Winner
    from ipt_rules.explain.difference import Difference, Item, Place
    from ipt_rules.explain.near import NearMiss
    from ipt_rules.explain.why import Argument
    from ipt_rules.words import Area

MATTERS: Final = {
    "safety": "matters for safety",
    "ranking": "could decide the ranking",
    "points": "moves points, not the first place",
}
"""Why a question matters, in words."""

_DIFFERENCES: Final = {
    "evidence_gained": "Reasons that come",
    "evidence_lost": "Reasons that go",
    "cautions_gained": "Cautions that come",
    "cautions_lost": "Cautions that go",
    "strategies_gained": "Strategies that are proposed then",
    "strategies_lost": "Strategies that are proposed no more",
    "withheld_gained": "Strategies that are withheld then",
    "withheld_lost": "Strategies that are withheld no more",
}


@functools.singledispatch
def explained(shown: object, words: Words) -> Told:
    """Return an explanation in words.

    Raises:
        TypeError: nobody has said how such an explanation reads.

    """
    raise TypeError(f"how a {type(shown).__name__} reads is not registered in ipt_rules.render.explain_told")


@explained.register
def _why(shown: Why, words: Words) -> Told:
    lines = [_where(shown, words), Line(f"The sum: {shown.sum_in_words}."), _thresholds(shown.thresholds, words)]
    sides = {
        "For": [one for one in shown.arguments if one.supports],
        "Against": [one for one in shown.arguments if not one.supports],
        "Held back": shown.held_back,
    }
    for heading, arguments in sides.items():
        if arguments:
            lines += [Line(heading, "", "heading"), *(_argument(one, words) for one in arguments)]
    return Told(f"Why {shown.label}", tuple(lines), "Exact: the rules were replayed on what is recorded.")


def _where(shown: Why, words: Words) -> Line:
    level = words.of("levels", shown.level)
    rank = "The area has no rank" if shown.rank is None else f"The area stands at rank {shown.rank}"
    return Line(f"{points(shown.points)}: {level}. {rank}.")


def _thresholds(thresholds: Iterable[tuple[str, int]], words: Words) -> Line:
    named = ", ".join(f"{words.of('levels', level)} from {least}" for level, least in thresholds)
    return Line(f"By points: {named}.", "", "lesser")


def _argument(told: Argument, words: Words) -> Line:
    reason = told.reason
    below = (*proof(told.proof), Line(sentence_case(words.source(reason.basis, reason.cites)), "", "lesser"))
    if not reason.strength:  # holds an area back: no points
        return Line(reason.because, f"[{reason.rule}]", "plain", below)
    strength = words.of("strengths", reason.strength)
    if not reason.counts:
        return Line(f"Not added, the same evidence counts above: {reason.because}", f"[{reason.rule}]", "plain", below)
    sign = "+" if told.supports else "-"
    return Line(f"{sign}{reason.points} {reason.because}", f"[{reason.rule}; {strength}]", "plain", below)


@explained.register
def _why_not(shown: WhyNot, words: Words) -> Told:
    lines = [Line(standing(shown, words))]
    lines += [Line(f"Held back: {one.because}", f"[{one.rule}]") for one in shown.held_back]
    if shown.against:
        against = (Line(f"-{one.points} {one.because}", f"[{one.rule}]") for one in shown.against)
        lines += [Line("What speaks against it", "", "heading"), *against]
    if shown.near:
        lines.append(Line("What is nearest to speaking for it", "", "heading"))
        lines += [_near(miss, words) for miss in shown.near]
    if shown.smallest is not None:
        lines.append(Line("The smallest change that was found to put it first", "", "heading"))
        lines += changed(shown.smallest.changes)
        lines.append(Line(NO_ADVICE, "", "lesser"))
    return Told(f"Why not {shown.label}", tuple(lines), how_small(shown))


def standing(shown: WhyNot, words: Words) -> str:
    """Return where an area stands, and what stands before it."""
    if shown.is_first:
        return f"It is first already, alone, with {points(shown.points)}."
    has = points(shown.points)
    beside = ", beside another" if shown.rank == 1 else ""
    said = f"It has {has}, too few for a rank."
    if shown.rank is not None:
        said = f"It is at rank {shown.rank}{beside}, with {has}."
    ahead = ", ".join(f"{words.of('areas', area)} ({points(number)})" for area, number in shown.ahead)
    return f"{said} Before it: {ahead}." if ahead else said


def how_small(shown: WhyNot) -> str:
    """Return whether a smaller change could put an area first."""
    if shown.is_first:
        return "Exact: nothing has to change."
    if shown.smallest is None:
        return f"Bounded: no change was found that puts it first; none costs less than {shown.at_least}."
    return _size(shown.smallest, shown.at_least)


def _size(flip: Flip, at_least: int) -> str:
    if flip.is_smallest:
        return f"Exact: evaluated at a price of {flip.price}, and no smaller change does it."
    return f"Bounded: evaluated at a price of {flip.price}; there may be a smaller one, but none costs less than {at_least}."


def _near(miss: NearMiss, words: Words) -> Line:
    below = (*map(lacking, miss.lacking), Line(sentence_case(words.source(miss.basis, miss.cites)), "", "lesser"))
    would = f"Worth {points(miss.gain)} more by itself, if this held: {miss.because}"
    return Line(would, f"[{miss.rule}{f'; {miss.subject}' if miss.subject else ''}]", "plain", below)


@explained.register
def _what_if(shown: WhatIf, words: Words) -> Told:
    if shown.difference.is_empty:
        lines = [*changed(shown.changes), Line("Nothing would differ.")]
    else:
        lines = [*changed(shown.changes), Line("Then", "", "heading"), *_differs(shown.difference, shown.labels, words)]
    return Told("What if", tuple(lines), "Exact: the changed intake was evaluated.")


@explained.register
def _reassessment(shown: Reassessment, words: Words) -> Told:
    facts = [Line(new_fact(one, shown), one.path, "item") for one in shown.facts]
    lines = [Line("What became known since the intake", "", "heading", tuple(facts))] if facts else []
    if shown.difference.is_empty:
        lines.append(Line("The ranking is what it was at the beginning."))
    else:
        lines += [Line("The ranking now", "", "heading"), *_differs(shown.difference, shown.labels, words)]
    lines += _whether_it_stands(shown, words)
    return Told("Reassessment", tuple(lines), "Exact: the intake was evaluated as it was, and as it is known now.")


def _whether_it_stands(shown: Reassessment, words: Words) -> Iterator[Line]:
    if not shown.focus:
        yield Line("No focus is agreed yet.")
    elif not shown.reasons:
        yield Line(f"The agreed focus stands: {' and '.join(shown.focus)}. No condition to reconsider it holds.")
    else:
        because = (
            Line(one.because, f"[{one.rule}]", "item", (Line(words.source(one.basis, one.cites), "", "lesser"),))
            for one in shown.reasons
        )
        yield Line(f"To be reconsidered with the patient: {' and '.join(shown.focus)}", "", "heading", tuple(because))


def _differs(told: Difference, labels: Mapping[str, str], words: Words) -> Iterator[Line]:
    before, after = (" and ".join(labels[area] for area in areas) or "no area" for areas in told.first)
    yield Line(f"First stays {before}." if before == after else f"First: {before} → {after}.")
    if told.settled[0] != told.settled[1]:
        yield Line("Settled then, and not before." if told.settled[1] else "Not settled any more.")
    for area, was, now in told.areas:
        yield Line(f"{sentence_case(labels[area])}: {_place(was, words)} → {_place(now, words)}", "", "item")
    for name, heading in _DIFFERENCES.items():
        items: Sequence[Item] = getattr(told, name)
        if items:
            yield Line(heading, "", "heading", tuple(Line(one.said, f"[{one.rule}]", "item") for one in items))


def _place(place: Place, words: Words) -> str:
    rank = "no rank" if place.rank is None else f"rank {place.rank}"
    held = ", held back" if place.held_back and place.rank else ""
    level = words.of("levels", place.level)
    return f"{rank}, {points(place.points)} (could be {could_be((place.least, place.most))}), {level}{held}"


@explained.register
def _flip(shown: Flip, _words: Words) -> Told:
    lines = (*changed(shown.changes), Line(NO_ADVICE, "", "lesser"))
    if shown.is_smallest:
        certainty = f"Exact: evaluated at a price of {shown.price}; no smaller change does it but those told before it."
    else:
        certainty = f"Bounded: evaluated at a price of {shown.price}; there may be a smaller change."
    return Told(f"With this {shown.label} would be first", lines, certainty)


@explained.register
def _flips(shown: Flips, words: Words) -> Told:
    lines = [_one_flip(flip, shown) for flip in shown.flips]
    nothing = "No change was found that puts another area first." if shown.at_least else "There is nothing to change."
    lines.append(Line(NO_ADVICE if lines else nothing, "", "lesser"))
    if prices := _prices(words):
        lines.append(Line(prices, "", "lesser"))
    return Told("The smallest changes that would put another area first", tuple(lines), how_sure(shown, words))


def _one_flip(flip: Flip, among: Flips) -> Line:
    least = next(price for area, price in among.at_least.items() if area == flip.to)
    smaller = any(other.to == flip.to and other.price < flip.price for other in among.flips)
    sure = "no smaller change does it but those above" if smaller else "no smaller change does it"
    size = sure if flip.is_smallest else _limit(flip.to, least, among)
    said = f"{sentence_case(flip.label)} would be first with (price {flip.price}; {size}):"
    return Line(said, below=tuple(changed(flip.changes)))


def how_sure(shown: Flips, words: Words) -> str:
    """Return whether smaller changes could put another area first, of all that were looked for."""
    if shown.flips and all(flip.is_smallest for flip in shown.flips):
        above = " but those above it" if len(shown.flips) > 1 else ""
        return f"Exact: each was evaluated, and no smaller change puts its area first{above}."
    limits = "; ".join(
        f"{words.of('areas', area)}: {_limit(area, price, shown)}" for area, price in shown.at_least.items()
    )
    start = "each was evaluated, but there may be smaller ones" if shown.flips else "the search was cut short"
    return f"Bounded: {start}. {sentence_case(limits)}." if limits else "Exact: that area is first already, alone."


def _limit(area: str, price: int, among: Flips) -> str:
    """Return the price below which no change puts an area first but those that are told."""
    told = any(flip.to == area and flip.price < price for flip in among.flips)
    return f"{'no other' if told else 'none'} costs less than {price}"


def _prices(words: Words) -> str:
    prices = words.ruleset.scoring.prices
    return (
        f"Prices: to answer an open question {prices['open']}, to change an answer {prices['answer']}, "
        f"to tell otherwise what has happened {prices['history']}, one more event {prices['event']}."
    )


@explained.register
def _winners(shown: Winners, _words: Words) -> Told:
    if shown.necessary is not None:
        label = next(winner.label for winner in shown.possible if winner.area == shown.necessary)
        lines = [Line(f"Only {label}: it is first, alone, whatever the open answers turn out to be.")]
    elif not shown.possible:
        lines = [Line("No area could: whatever the open answers turn out to be, none is supported.")]
    else:
        lines = [_chance(winner) for winner in shown.possible]
    return Told("Which area could still come first", tuple(lines), sure_of_winners(shown))


def _chance(winner: Winner) -> Line:
    label = sentence_case(winner.label)
    if not winner.confirmed:
        return Line(f"{label} is not ruled out, but no answers were found that bring it there.", "", "item")
    if not winner.answers:
        return Line(f"{label} could, and needs no further answer for it.", "", "item")
    answers = (Line(f"{asked(one)} {one.after.shown}", one.path, "item") for one in winner.answers)
    return Line(f"{label} could, alone or beside another, for example with:", "", "item", tuple(answers))


def sure_of_winners(shown: Winners) -> str:
    """Return whether it is sure which areas could come first."""
    if shown.exact:
        return "Exact: answers were evaluated for each area that is named, and every other is ruled out."
    return "Bounded: every other area is ruled out, but not each one that is named was confirmed."


@explained.register
def _sufficient(shown: SufficientFacts, _words: Words) -> Told:
    title = "What guarantees the first place"
    if shown.area is None:
        if shown.is_smallest:
            return Told(
                title,
                (Line("Nothing does: no area is first, alone, whatever the open answers turn out to be."),),
                "Exact: it is not settled.",
            )
        said = Line("Nothing is known to: bounds leave open that other answers change it.")
        return Told(title, (said,), "Bounded: no answers were found that do change it.")
    lead = Line(f"Whatever every other answer were, {shown.label} would stay first while these stand:")
    return Told(title, (lead, *answered(shown.facts)), how_few(shown))


def how_few(shown: SufficientFacts) -> str:
    """Return whether fewer facts could do."""
    if shown.is_smallest:
        return "Exact: with any one of them open, the first place would be open too."
    return "Bounded: these suffice for sure; fewer may."


@explained.register
def _questions(shown: NextQuestions, words: Words) -> Told:
    lines = [_question(question, number, words) for number, question in enumerate(shown.questions, 1)]
    if not lines:
        lines.append(Line("No open question matters for safety or for the points."))
    if shown.left:
        lines.append(Line(f"And {shown.left} more.", "", "lesser"))
    certainty = "Exact in the points; which areas stay possible is told by bounds, which may name too many."
    return Told("What to ask next", tuple(lines), certainty)


def _question(told: NextQuestion, number: int, words: Words) -> Line:
    question = told.question
    about = f" ({question.about})" if question.about else ""
    below = tuple(Line(f"{answers}: {then}", "", "item") for answers, then in outcomes(told, words))
    said = f"{number}. {question.text}{about}"
    return Line(said, f"{question.path}; {MATTERS[told.matters_because]}", "plain", below)


def outcomes(told: NextQuestion, words: Words) -> list[tuple[str, str]]:
    """Return what each answer to a question would come to; answers that come to the same stand together."""
    alike: dict[str, list[str]] = {}
    for answer in told.answers:
        said = [*([] if told.leaves_the_ranking else _standing(answer, words)), *_closing(answer, words)]
        alike.setdefault("; ".join(said) or "closes no gate", []).append(answer.answer.shown)
    if not alike:
        return [("any answer", "has to be told in full; try it with what-if")]
    return [(" or ".join(answers), then) for then, answers in alike.items()]


def _standing(told: PossibleAnswer, words: Words) -> list[str]:
    """Return where the areas would stand with an answer."""
    first = " and ".join(_scored(area, told, words) for area in AREAS if area in told.first)
    said = [f"{first} first{', settled' if told.settled else ''}" if first else "no area supported yet"]
    others = [area for area in AREAS if area not in told.first]
    if told.settled:
        behind = [_scored(area, told, words) for area in others if told.points[area]]
        said.append(f"behind it {', '.join(behind)}" if behind else "")
    else:
        possible = [_scored(area, told, words) for area in others if area in told.possible]
        everything = "every area is still possible"
        said.append(everything if len(told.possible) == len(AREAS) else f"still possible: {', '.join(possible)}")
        said[-1] = said[-1] if possible else "not settled"
    return [part for part in said if part]


def _closing(told: PossibleAnswer, words: Words) -> Iterator[str]:
    """Yield what an answer would close, and how much would be withheld."""
    if told.closes:
        gates = listed([words.of("gates", gate) for gate in told.closes])
        yield f"a clinician has to clear {gates} before any plan"
    if told.withheld:
        yield f"{told.withheld} {'strategy' if told.withheld == 1 else 'strategies'} withheld"


def _scored(area: Area, told: PossibleAnswer, words: Words) -> str:
    return f"{words.of('areas', area)} ({told.points[area]})"
