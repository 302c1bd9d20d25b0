"""The plan in a report: foci, draft formulation and goals, then the strategies of each phase and what is withheld."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipt_rules.plan_rows import in_sessions
from ipt_rules.render.html import Markup, element, joined, several
from ipt_rules.render.report_parts import Shown, rule_name, source
from ipt_rules.render.said import (
    ANSWERS,
    DRAFT,
    NO_FOCUS,
    WAITS,
    WITHHELD,
    called,
    lengths,
    needs,
    numbered_needs,
    phase_heading,
    sentence_case,
    until_cleared,
    within,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


def plan(shown: Shown) -> Markup:
    """Return the plan; nothing where no strategy is proposed or withheld."""
    told = shown.told["plan"]
    if not any(phase["strategies"] or phase["withheld"] for phase in told["phases"]):
        return Markup()
    notes = dict.fromkeys(schedule["note"] for schedule in told["schedules"] if schedule["note"])
    return joined(
        [
            element("p", f"{sentence_case(lengths(told))}.", class_="lengths"),
            *(element("p", note, class_="aside") for note in notes),
            *_work(told, shown),
            *(_phase(phase, shown) for phase in told["phases"]),
        ]
    )


def _work(told: Mapping[str, Any], shown: Shown) -> Iterator[Markup]:
    """Yield what the work is about, or what has to be cleared before there is any."""
    if told["gates"]:
        yield element("p", until_cleared(told["gates"], shown.wording), class_="gates")
        return
    yield from _foci(shown)
    yield from _formulations(told, shown)
    if told["goals"]:
        yield element("div", element("h3", "Goals"), several("ul", (_goal(goal, shown) for goal in told["goals"])))


def _foci(shown: Shown) -> Iterator[Markup]:
    if not shown.told["foci"]:
        yield element("p", NO_FOCUS, class_="focus")
    for focus in shown.told["foci"]:
        about = element("strong", f"Focus: {called(focus, shown.wording)}")
        yield element("p", about, f" – {ANSWERS[focus['answer']]}", class_="focus")


def _formulations(told: Mapping[str, Any], shown: Shown) -> Iterator[Markup]:
    drafts = [draft for draft in told["formulations"] if draft["parts"]]
    for draft in drafts:
        about = f" ({called(shown.told['foci'][draft['focus']], shown.wording)})" if len(drafts) > 1 else ""
        said = element("blockquote", element("p", " ".join(part["say"] for part in draft["parts"])))
        yield element("div", element("h3", f"{DRAFT}{about}"), said)


def _goal(goal: Mapping[str, Any], shown: Shown) -> Markup:
    return joined(
        [
            element("p", goal["goal"], " ", _id(goal, shown), class_="because"),
            source(goal, shown),
        ]
    )


def _phase(phase: Mapping[str, Any], shown: Shown) -> Markup:
    unsafe = [entry for entry in phase["withheld"] if not entry["gates"]]
    if not phase["strategies"] and not phase["withheld"]:
        return Markup()
    whole = in_sessions(phase["sessions"])
    heading = phase_heading(phase, whole, shown.told["plan"]["current_phase"])
    waits = [] if phase["strategies"] or unsafe else [element("p", WAITS, class_="aside")]
    return element(
        "div",
        element("h3", heading),
        *waits,
        several("ul", (strategy(entry, whole, shown) for entry in phase["strategies"]), class_="strategies"),
        _withheld(unsafe, whole, shown),
        class_="phase",
    )


def strategy(entry: Mapping[str, Any], whole: str, shown: Shown, before: str = "") -> Markup:
    """Return a strategy with its aim; its steps and sources unfold, and are always printed."""
    when = within(in_sessions(entry["sessions"]), whole)
    steps = several("ol", entry["steps"])
    more = element("details", element("summary", "Steps and sources"), steps, source(entry, shown))
    return joined(
        [
            element("p", element("strong", entry["propose"]), when, " ", _id(entry, shown), class_="propose"),
            element("p", entry["aim"], class_="aim"),
            before,
            more,
        ]
    )


def _withheld(found: Sequence[Mapping[str, Any]], whole: str, shown: Shown) -> Markup:
    """Return what is withheld, each with the numbers of what it needs, after the list of that: many need the same."""
    if not found:
        return Markup()
    numbers = numbered_needs(found)
    entries = [strategy(entry, whole, shown, _needed(entry, numbers)) for entry in found]
    return element(
        "div",
        element("h4", WITHHELD),
        several("ol", map(sentence_case, numbers), class_="needs", aria_label="What is needed"),
        several("ul", entries, class_="strategies"),
        class_="withheld",
    )


def _needed(entry: Mapping[str, Any], numbers: Mapping[str, int]) -> Markup:
    wanted = dict.fromkeys(str(numbers[need]) for need in needs(entry))
    return element("p", f"Withheld; needs {', '.join(wanted)} above", class_="needs-these")


def _id(entry: Mapping[str, Any], shown: Shown) -> Markup:
    """Return the id of a rule, with the area of its focus where there are several foci."""
    foci = shown.told["foci"]
    several_foci = len(foci) > 1 and entry["focus"] is not None
    return rule_name(entry["rule"], f"; {shown.wording.area(foci[entry['focus']]['area'])}" if several_foci else "")
