"""What every section of a report is made with: what is shown, and how a section, a finding and its sources look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ipt_rules.citations import in_full, seen_as
from ipt_rules.render.html import Markup, element, joined, several
from ipt_rules.render.said import fact, sentence_case, sources

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ipt_rules.intake import Intake
    from ipt_rules.render.report_questioned import Answers
    from ipt_rules.ruleset import Ruleset
    from ipt_rules.wording import Wording


class Shown(NamedTuple):
    """An assessment as a report shows it.

    Attributes:
        intake: what was recorded.
        ruleset: the rules, for their sources.
        wording: the words of the rule set, with or without names.
        told: the whole assessment as plain values.
        answers: what questions put to the assessment were answered with, where a report tells them.

    """

    intake: Intake
    ruleset: Ruleset
    wording: Wording
    told: dict[str, Any]
    answers: Answers | None = None


def section(place: str, heading: str, body: str) -> Markup:
    """Return a section with its heading; nothing where there is nothing to say."""
    if not body:
        return Markup()
    named = f"{place}-heading"
    return element("section", element("h2", heading, id=named), body, id=place, aria_labelledby=named)


def rule_name(rule: str, *more: str) -> Markup:
    """Return the id of a rule, which may break after each of its dots, and what else is said beside it."""
    first, *others = rule.split(".")
    return element("span", element("code", first, *map(_after_dot, others)), *more, class_="rule")


def _after_dot(part: str) -> Markup:
    return joined([".", element("wbr"), part])


def facts(found: Iterable[Mapping[str, Any]]) -> Markup:
    """Return the facts that something rests on, each once."""
    return several("ul", dict.fromkeys(map(fact, found)), class_="facts")


def source(told: Mapping[str, Any], shown: Shown) -> Markup:
    """Return what something rests on."""
    return element("p", sentence_case(sources(told, shown.ruleset)), class_="source")


def references(shown: Shown) -> Markup:
    """Return the references that are cited anywhere in what is told, in full."""
    known = shown.ruleset.references
    entries = (_reference(known.get(key, {}), key) for key in sorted(set(_cited(shown.told))))
    return several("ul", entries, class_="references")


def _reference(reference: Any, key: str) -> Markup:
    seen = seen_as(reference)
    return joined([in_full(reference, key), f" ({seen})" if seen else ""])


def _cited(told: Any) -> Iterator[str]:
    """Yield the keys of all references that are cited anywhere in plain values."""
    if isinstance(told, dict):
        yield from (citation["ref"] for citation in told.get("cites", ()))
    for value in told.values() if isinstance(told, dict) else told if isinstance(told, list) else ():
        yield from _cited(value)
