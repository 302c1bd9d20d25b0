"""The command ``ipt-rules explain``: questions put to the assessment of one intake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple, Optional

import typer

from ipt_rules.asked_changes import places_in, read_changes
from ipt_rules.assessor import Assessor
from ipt_rules.errors import IntakeError, Problem
from ipt_rules.terminal import (
    FileArgument,
    Format,
    FormatOption,
    NamesOption,
    RulesOption,
    errors_told,
    intake_in,
    named_ruleset,
    put_json,
    show,
)
from ipt_rules.words import AREAS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ipt_rules.assessment import Assessment
    from ipt_rules.explain import Flips, NextQuestions, SufficientFacts, WhatIf, Why, WhyNot, Winners

    Explanation = Why | WhyNot | WhatIf | Flips | NextQuestions | Winners | SufficientFacts

explain = typer.Typer(
    help="Question the assessment of one intake: ipt-rules explain FILE why grief.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

AreaArgument = Annotated[str, typer.Argument(metavar="AREA", help=f"A problem area: {', '.join(AREAS)}.")]
MostOption = Annotated[int, typer.Option("--most", min=1, max=50, help="How many to tell at the most.")]
ExactOption = Annotated[
    bool,
    typer.Option("--exact", help="Decide what plain search leaves bounded; needs the extra verify, and takes longer."),
]


class _Shown(NamedTuple):
    """How an explanation is to be shown."""

    format: Format
    rules: Path | None
    names: bool | None


@explain.callback()
def _about(context: typer.Context, file: FileArgument) -> None:
    context.obj = file


@explain.command()
def why(
    context: typer.Context,
    area: AreaArgument,
    subject: Annotated[
        Optional[str],
        typer.Option("--subject", metavar="PLACE", help="A subject, such as losses[0]; left out, the area's best."),
    ] = None,
    format_: FormatOption = "text",
    rules: RulesOption = None,
    names: NamesOption = None,
) -> None:
    """Tell why an area has the points it has: each finding with its proof, and the sum."""

    def ask(one: Assessment, named: bool) -> Why:
        _check(_area_problems(area, "AREA") + _subject_problems(one, area, subject))
        return one.why(area, subject, names=named)

    _explain(context, _Shown(format_, rules, names), ask)


@explain.command("why-not")
def why_not(
    context: typer.Context,
    area: AreaArgument,
    most: MostOption = 5,
    exact: ExactOption = False,
    format_: FormatOption = "text",
    rules: RulesOption = None,
    names: NamesOption = None,
) -> None:
    """Tell why an area does not stand higher: what comes nearest to speaking for it, and the smallest change."""

    def ask(one: Assessment, named: bool) -> WhyNot:
        _check(_area_problems(area, "AREA"))
        return one.why_not(area, most, exact=exact, names=named)

    _explain(context, _Shown(format_, rules, names), ask)


@explain.command("what-if")
def what_if(
    context: typer.Context,
    changes: Annotated[
        list[str],
        typer.Argument(metavar="PATH=ANSWER...", help="Other answers, such as losses[0].mourning=moving."),
    ],
    format_: FormatOption = "text",
    rules: RulesOption = None,
    names: NamesOption = None,
) -> None:
    """Tell what other answers would make of the assessment.

    An answer is written as in an intake: true, false, a word, a number, or a list such as []. PATH= or PATH=null leaves the
    question open. A shell reads brackets itself: put quotes around each, as in 'losses[0].mourning=moving'.
    """

    def ask(one: Assessment, named: bool) -> WhatIf:
        return one.what_if(read_changes(changes, one.intake), names=named)

    _explain(context, _Shown(format_, rules, names), ask)


@explain.command()
def flips(
    context: typer.Context,
    to: Annotated[
        Optional[str],
        typer.Option("--to", metavar="AREA", help=f"The area that is to be first: {', '.join(AREAS)}; left out, any."),
    ] = None,
    most: MostOption = 3,
    exact: ExactOption = False,
    format_: FormatOption = "text",
    rules: RulesOption = None,
    names: NamesOption = None,
) -> None:
    """Tell the smallest changes that would put another area first. No advice: it shows what the ranking hangs on."""

    def ask(one: Assessment, named: bool) -> Flips:
        _check([] if to is None else _area_problems(to, "--to"))
        return one.flips(to, most, exact=exact, names=named)

    _explain(context, _Shown(format_, rules, names), ask)


@explain.command("ask")
def ask_next(
    context: typer.Context,
    most: MostOption = 5,
    format_: FormatOption = "text",
    rules: RulesOption = None,
    names: NamesOption = None,
) -> None:
    """Tell what to ask next, and what each answer would do."""
    _explain(context, _Shown(format_, rules, names), lambda one, named: one.ask_next(most, names=named))


@explain.command()
def winners(
    context: typer.Context,
    exact: ExactOption = False,
    format_: FormatOption = "text",
    rules: RulesOption = None,
    names: NamesOption = None,
) -> None:
    """Tell which areas could still come first, and which one must."""
    _explain(context, _Shown(format_, rules, names), lambda one, named: one.winners(exact=exact, names=named))


@explain.command()
def sufficient(
    context: typer.Context,
    exact: ExactOption = False,
    format_: FormatOption = "text",
    rules: RulesOption = None,
    names: NamesOption = None,
) -> None:
    """Tell the facts that alone guarantee the first place."""
    _explain(context, _Shown(format_, rules, names), lambda one, named: one.sufficient_facts(exact=exact, names=named))


def _explain(context: typer.Context, how: _Shown, ask: Callable[[Assessment, bool], Explanation]) -> None:
    """Assess the file that the command began with, ask, and print the answer."""
    with errors_told(how.format):
        assessment = Assessor(named_ruleset(how.rules)).assess(intake_in(context.obj))
        named = how.format == "text" if how.names is None else how.names
        told = ask(assessment, named)
        if how.format == "json":
            put_json(told.to_dict())
        else:
            from ipt_rules.render.explain_text import explanation_text

            show(explanation_text(told))


def _check(problems: list[Problem]) -> None:
    if problems:
        raise IntakeError("This cannot be explained:", problems)


def _area_problems(area: str, where: str) -> list[Problem]:
    if area in AREAS:
        return []
    return [Problem("", 0, 0, where, f"no problem area is called so; there are: {', '.join(AREAS)}")]


def _subject_problems(assessment: Assessment, area: str, subject: str | None) -> list[Problem]:
    """Return what is wrong with a subject: it is not recorded, or the area has no focus on it."""
    known = [place for place, _ in assessment.intake.subjects()]
    if subject is None:
        return []
    if subject not in known:
        what = f"no such subject is recorded; there are: {places_in(known)}"
        return [Problem("", 0, 0, "--subject", what)]
    foci = [focus.row.place for one in assessment.ranking if one.area == area for focus in one.foci]
    if area not in AREAS or subject in foci:
        return []
    what = f"the area has no focus on this subject; it has: {places_in([place for place in foci if place])}"
    return [Problem("", 0, 0, "--subject", what)]
