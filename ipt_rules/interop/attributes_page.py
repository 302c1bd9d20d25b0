"""The source attributes of a rule set as a page in Markdown, for people who decide whether to rely on it."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, Final

from ipt_rules.interop.markdown import marked_down
from ipt_rules.interop.source_attributes import NOT_RECORDED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_HEADINGS: Final = {
    "bibliographic_citation": "Bibliographic citation of the intervention",
    "developer": "Developer of the intervention",
    "funding": "Funding source of the technical implementation",
    "dates": "Release and revision dates",
    "race": "Use of race",
    "ethnicity": "Use of ethnicity",
    "language": "Use of language",
    "sexual_orientation": "Use of sexual orientation",
    "gender_identity": "Use of gender identity",
    "sex": "Use of sex",
    "date_of_birth": "Use of date of birth",
    "social_determinants": "Use of social determinants of health",
    "health_status": "Use of health status assessments",
}
_SEEN: Final = {"read": "read whole", "excerpt": "read in an excerpt", "recalled": "recalled, to be checked"}
_PASSES: Final = {
    "stages": "find the stage of a dispute",
    "evidence": "count for or against an area, caution or ask",
    "standing": "compare the areas",
    "strategies": "propose what to do",
    "course": "review a session",
}


def attributes_page(told: Mapping[str, Any]) -> str:
    """Return the page of what ``source_attributes`` returns."""
    return "\n".join([*_about(told), *_review(told["review"]), *_attributes(told)]) + "\n"


def _about(told: Mapping[str, Any]) -> Iterator[str]:
    yield f"# {marked_down(told['name'])} {marked_down(told['version'])}: source attributes"
    yield from ("", f"Digest of the rules: `{told['digest']}`", "")
    yield "What the rules read and cite is counted from the rules themselves; the other sentences are the rule set's own."


def _review(review: Mapping[str, Any]) -> Iterator[str]:
    for key, heading in (("purpose", "Purpose"), ("users", "Users"), ("patients", "Patients")):
        yield from _section(heading, marked_down(review[key]))
    yield from _section(
        "Inputs", f"The rules read {len(review['inputs'])} fields, each known, open, or not arising:", ""
    )
    for group, entries in itertools.groupby(review["inputs"], key=lambda one: str(one["field"]).partition(".")[0]):
        yield f"- {group}: {', '.join(f'`{_name(one)}`' for one in entries)}"
    counts = ", ".join(f"{number} {_PASSES[one]}" for one, number in review["rules"].items())
    yield from _section("Logic", marked_down(review["logic"]), "", f"Of the rules {counts}.")
    yield from _section("Sources", *_sources(review["sources"]))
    limits = review["limits"]
    yield from _section(
        "Known limits", *([limits] if limits == NOT_RECORDED else [f"- {marked_down(one)}" for one in limits])
    )


def _name(entry: Mapping[str, Any]) -> str:
    return f"{entry['field']}{' (computed)' if 'computed_from' in entry else ''}"


def _sources(sources: Mapping[str, Any]) -> Iterator[str]:
    basis = ", ".join(f"{kind} {number}" for kind, number in sources["basis"].items())
    yield f"Rules by what they rest on: {basis}. Citations stand under attribute 1."
    yield f"{len(sources['recalled_only'])} rules rest on recalled citations alone; {len(sources['inferred'])} are inference."
    yield from ("", marked_down(sources["design_choices"]))


def _attributes(told: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", "## The thirteen source attributes")
    for one in told["attributes"]:
        yield from ("", f"### {one['number']}. {_HEADINGS[one['attribute']]}", "")
        yield from _attribute(one)
    if told["unclassified"]:
        names = ", ".join(f"`{name}`" for name in told["unclassified"])
        yield from _section("Not classified", f"Of these fields the rule set does not say what they count as: {names}.")


def _attribute(one: Mapping[str, Any]) -> Iterator[str]:
    if "citations" in one:
        yield from map(_citation, one["citations"]) if one["citations"] else (NOT_RECORDED,)
    elif "value" in one:
        yield marked_down(one["value"])
    elif "released" in one:
        revised = one["revised"]
        yield f"Released: {one['released']}. Revised: {revised if isinstance(revised, str) else ', '.join(revised)}."
    else:
        yield from _use(one)


def _citation(entry: Mapping[str, Any]) -> str:
    seen = _SEEN.get(entry["seen"], entry["seen"])
    return f"- {marked_down(entry['text'])} (`{entry['reference']}`; {seen}; citations: {entry['cited']})"


def _use(one: Mapping[str, Any]) -> Iterator[str]:
    if one["used"]:
        yield f"Used: {len(one['fields'])} of the fields that rules read count as it."
        yield ""
        yield from map(_field, one["fields"])
    else:
        yield (
            "Not recorded: see “Not classified”."
            if one["used"] is None
            else "Not used: no rule reads a field that counts as it."
        )
    if one["not_read"]:
        yield from (
            "",
            f"Counted as it too, and read by no rule: {', '.join(f'`{name}`' for name in one['not_read'])}.",
        )


def _field(entry: Mapping[str, Any]) -> str:
    number = len(entry["rules"])
    counted = f"{number} {'rule' if number == 1 else 'rules'}"
    return f"- `{entry['field']}` ({counted}): {marked_down(entry['meaning'])}. {'; '.join(_reasons(entry['counts']))}."


def _reasons(counts: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """Yield why a field counts: what is said of itself, or else of those behind it, those of one reason together."""
    if own := [count["why"] for count in counts if "through" not in count]:
        yield from (f"Counts because: {marked_down(why).rstrip('.')}" for why in own)
        return
    through: dict[str, list[str]] = {}
    for count in counts:
        through.setdefault(count["why"], []).append(f"`{count['through']}`")
    for why, names in through.items():
        yield f"Counts through {', '.join(names)}: {marked_down(why).rstrip('.')}"


def _section(heading: str, *lines: str) -> Iterator[str]:
    yield from ("", f"## {heading}", "", *lines)
