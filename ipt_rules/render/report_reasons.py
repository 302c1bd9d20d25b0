"""The reasons in a report, those for an area beside those against it, each with its facts and sources; and the cautions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipt_rules.render.html import Markup, element, joined, several
from ipt_rules.render.report_parts import Shown, facts, rule_name, source
from ipt_rules.render.said import CAUTIONS, could_be, points, sentence_case, until_cleared
from ipt_rules.render.stages import dispute_stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


def reasons(shown: Shown) -> Markup:
    """Return the reasons for and against each area that has any."""
    return joined(_area(entry, shown) for entry in shown.told["ranking"])


def _area(entry: Mapping[str, Any], shown: Shown) -> Markup:
    if not (entry["for"] or entry["against"] or entry["held_back_because"]):
        return Markup()
    heading = sentence_case(shown.wording.area(entry["area"]))
    if entry["focus"]:
        heading += f": {entry['focus']['label']}"
    sides = (_side("For", "+", entry["for"], shown), _side("Against", "−", entry["against"], shown))
    alone = not (entry["for"] and entry["against"])
    return element(
        "article",
        element("h3", heading),
        element("p", _where_it_stands(entry, shown), class_="stands"),
        *(element("p", note, class_="aside") for note in _notes(entry, shown)),
        _stage(entry, shown),
        element("div", *sides, class_="sides alone" if alone else "sides"),
        class_="area",
    )


def _where_it_stands(entry: Mapping[str, Any], shown: Shown) -> str:
    least, most = entry["bounds"]
    settled = "no open answer changes that" if least == most else f"with the open answers, {could_be(entry['bounds'])}"
    return f"{sentence_case(shown.wording.level(entry['level']))}: {points(entry['points'])}; {settled}."


def _notes(entry: Mapping[str, Any], shown: Shown) -> Iterator[Markup]:
    if entry["capped"]:
        yield joined([f"Nothing recorded to work on, so no more than {entry['points']} points count."])
    if entry["equal_foci"]:
        yield joined(["Another subject has as many points; which of them stands here means nothing."])
    for reason in entry["held_back_because"]:
        yield joined(["Held back: ", reason["because"], " ", rule_name(reason["rule"])])
    others = [f"{shown.wording.subject(focus['subject'])} ({focus['points']})" for focus in entry["foci"][1:]]
    if others:
        yield joined([f"Also, with fewer points or as many: {'; '.join(others)}."])


def _stage(entry: Mapping[str, Any], shown: Shown) -> Markup:
    """Draw the stage where the focus is a dispute."""
    focus = entry["focus"]
    if focus is None or not focus["subject"].startswith("disputes["):
        return Markup()
    recorded = dict(shown.intake.subjects())[focus["subject"]]
    drawn = dispute_stage(focus["stage"], getattr(recorded, "stage", None) is not None, id_prefix=f"{entry['area']}-")
    return element("figure", Markup(drawn), class_="stage")


def _side(heading: str, sign: str, told: Sequence[Mapping[str, Any]], shown: Shown) -> Markup:
    found = several("ul", (_reason(reason, sign, shown) for reason in told), class_="reasons")
    return element("div", element("h4", heading), found or element("p", "Nothing recorded.", class_="aside"))


def _reason(reason: Mapping[str, Any], sign: str, shown: Shown) -> Markup:
    strength = shown.wording.strength(reason["strength"])
    counts = reason["counts"]
    weight = strength if counts else f"{strength}; not added, the same evidence counts above"
    return joined(
        [
            element("span", f"{sign}{reason['points']}" if counts else "·", class_="points"),
            element(
                "div",
                element("p", reason["because"], " ", rule_name(reason["rule"], f"; {weight}"), class_="because"),
                facts(reason["facts"]),
                source(reason, shown),
            ),
        ]
    )


def before_any_plan(shown: Shown) -> Markup:
    """Return what has to be cleared or referred before any plan."""
    gates = shown.told["gates_to_clear"]
    until = element("p", until_cleared(gates, shown.wording), class_="gates") if gates else ""
    return joined([until, _cautions(shown, "refer")])


def cautions(shown: Shown) -> Markup:
    """Return the other cautions, by kind."""
    kinds = [kind for kind in CAUTIONS if kind != "refer"]
    found = ((CAUTIONS[kind], _cautions(shown, kind)) for kind in kinds)
    return joined(element("div", element("h3", heading), body) for heading, body in found if body)


def _cautions(shown: Shown, kind: str) -> Markup:
    return listed_cautions([caution for caution in shown.told["cautions"] if caution["kind"] == kind], shown)


def listed_cautions(found: Iterable[Mapping[str, Any]], shown: Shown) -> Markup:
    """Return cautions, those of one rule that say the same as one."""
    alike: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for caution in found:
        alike.setdefault((caution["rule"], caution["because"]), []).append(caution)
    return several("ul", (_caution(same, shown) for same in alike.values()), class_="cautions")


def _caution(alike: Sequence[Mapping[str, Any]], shown: Shown) -> Markup:
    told = alike[0]
    if told["cleared"]:
        gate = shown.wording.gate(told["gate"])
        return element("p", f"Cleared by a clinician: {gate}. ", rule_name(told["rule"]), class_="because")
    return joined(
        [
            element("p", told["because"], " ", rule_name(told["rule"]), class_="because"),
            facts(_all_facts(alike)),
            source(told, shown),
        ]
    )


def _all_facts(alike: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for told in alike:
        yield from told["facts"]
