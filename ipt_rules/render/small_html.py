"""What a notebook shows of an assessment, an inventory, a rule set and a rule: small, and nobody is named."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

from ipt_rules.render.circle import closeness_circle
from ipt_rules.render.html import Markup, element, joined, several, style, table
from ipt_rules.render.report_parts import Shown, rule_name
from ipt_rules.render.report_ranking import bars, ranking_table, verdicts
from ipt_rules.render.said import CLINICIAN, generic, kinds_of_rules, rests_on
from ipt_rules.sentences import sentence
from ipt_rules.told_pictures import told_bare_inventory
from ipt_rules.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ipt_rules.assessment import Assessment
    from ipt_rules.inventory import Inventory
    from ipt_rules.ruleset.model import Rule, Ruleset

_MOST_REASONS: Final = 3
"""Of a side, as many as are shown in a notebook."""


def small_assessment(assessment: Assessment) -> Markup:
    """Return the ranking, its drawing, what it comes to, and the first reasons for and against what stands first."""
    wording = Wording(assessment.intake, assessment.ruleset)
    shown = Shown(assessment.intake, assessment.ruleset, wording, assessment.to_dict())
    prefix_ = prefix(repr(shown.told["ranking"]))
    first = [entry for entry in shown.told["ranking"] if entry["rank"] == 1]
    return framed(
        *_before(shown),
        verdicts(shown),
        ranking_table(shown),
        bars(shown, id_prefix=prefix_),
        *(_top_reasons(entry, shown) for entry in first),
        element("p", CLINICIAN, class_="lesser"),
    )


def _before(shown: Shown) -> list[Markup]:
    gates = [shown.wording.gate(gate) for gate in shown.told["gates_to_clear"]]
    return [element("p", f"Before any plan, to clear: {', '.join(gates)}.", class_="title")] if gates else []


def _top_reasons(entry: Mapping[str, Any], shown: Shown) -> Markup:
    said = [_said(reason, "+") for reason in entry["for"] if reason["counts"]][:_MOST_REASONS]
    said += [_said(reason, "−") for reason in entry["against"] if reason["counts"]][:_MOST_REASONS]
    heading = f"First reasons for and against {shown.wording.area(entry['area'])}"
    return joined([element("p", heading, class_="title"), several("ul", said)])


def _said(reason: Mapping[str, Any], sign: str) -> Markup:
    return joined([f"{sign}{reason['points']} {reason['because']} ", rule_name(reason["rule"])])


def small_inventory(inventory: Inventory) -> Markup:
    """Return the closeness circle."""
    told = told_bare_inventory(inventory)
    return framed(element("figure", Markup(closeness_circle(told, id_prefix=prefix(repr(told))))))


def small_ruleset(ruleset: Ruleset) -> Markup:
    """Return what a rule set is called, its digest, and how many rules of each kind it has."""
    rows = ([kind, area, str(number)] for (kind, area), number in kinds_of_rules(ruleset).items())
    return framed(
        element("p", f"{ruleset.name} {ruleset.version}, {len(ruleset.rules)} rules", class_="title"),
        element("p", element("code", ruleset.digest)),
        table("Rules by what they do", ("What", "Problem area", "Rules"), rows),
    )


def small_rule(rule: Rule) -> Markup:
    """Return a rule in words: what it says, when it holds, and who says so."""
    return framed(
        element("p", rule_name(rule.id), class_="title"),
        element("p", generic(rule.because)),
        element("p", f"When ({rule.kind}): {sentence(rule.condition)}."),
        element("p", rests_on(rule), class_="lesser"),
    )


def framed(*parts: str) -> Markup:
    """Return parts in the frame that all small displays have, with the style for what stands in it."""
    return element("div", element("style", style("small.css")), *parts, class_="ipt-shown")


def prefix(told: str) -> str:
    """Return what tells the ids of drawings apart where a notebook shows several."""
    return f"i{hashlib.sha256(told.encode()).hexdigest()[:8]}-"
