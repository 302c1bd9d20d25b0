"""The source attributes of a rule set, and what a clinician needs to review its basis: as plain values and as a page.

The attributes are the thirteen that 45 CFR 170.315(b)(11)(iv)(A) asks of an evidence-based decision support intervention. The
first comes from the sources that rules cite, the last nine from the fields that rules read; what nobody has recorded says so.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from ipt_rules.citations import in_full
from ipt_rules.ruleset.attributes import USES, uses_in
from ipt_rules.ruleset.conditions import comparisons
from ipt_rules.ruleset.consequences import Proposal
from ipt_rules.ruleset.model import PASSES
from ipt_rules.sources import source_report
from ipt_rules.vocabulary import fields

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ipt_rules.ruleset.attributes import Use
    from ipt_rules.ruleset.model import Rule, Ruleset
    from ipt_rules.vocabulary import Field

SCHEMA: Final = "ipt-rules/source-attributes/v1"
"""What the plain values call themselves."""

NOT_RECORDED: Final = "not recorded"
"""What stands where nobody has recorded something."""


def source_attributes(ruleset: Ruleset) -> dict[str, Any]:
    """Return the source attributes of a rule set, and what it takes to review its basis, as plain values.

    ``attributes`` are the thirteen, by number. ``used`` is true where a rule reads a field that counts as the attribute, false
    where none does, and null where none does so far as is known: some rule reads a field of which nobody has said what it counts
    as, and ``unclassified`` names it. ``review`` holds purpose, users, patients, inputs, logic, sources and limits.
    """
    reading = _readers(ruleset)
    counted, unclassified = _counted(ruleset, reading)
    return {
        "schema": SCHEMA,
        "name": ruleset.name,
        "version": ruleset.version,
        "digest": ruleset.digest,
        "attributes": [*_of_the_intervention(ruleset), *_uses(reading, counted, unclassified)],
        "unclassified": unclassified,
        "review": _review(ruleset, reading),
    }


def _readers(ruleset: Ruleset) -> dict[str, list[str]]:
    """Return the rules that read each field, in the order of the vocabulary; fields that no rule reads are left out."""
    found: dict[str, list[str]] = {name: [] for name in fields()}
    for rule in ruleset.rules:
        for name in _read_by(rule):
            found[name].append(rule.id)
    return {name: rules for name, rules in found.items() if rules}


def _read_by(rule: Rule) -> dict[str, None]:
    """Return the fields that a rule reads, in its condition or among the conditions of safety of what it proposes."""
    needs = rule.consequence.needs if isinstance(rule.consequence, Proposal) else None
    conditions = (rule.condition,) if needs is None else (rule.condition, needs)
    return dict.fromkeys(one.field for condition in conditions for one in comparisons(condition))


def _of_the_intervention(ruleset: Ruleset) -> Iterator[dict[str, Any]]:
    said = ruleset.attributes
    cited = source_report(ruleset)["references"]
    yield {
        "number": 1,
        "attribute": "bibliographic_citation",
        "citations": [
            {"reference": one["reference"], "text": in_full(ruleset.references[one["reference"]], one["reference"])}
            | {"cited": one["cited"], "seen": one["seen"]}
            for one in cited
            if one["cited"]
        ],
    }
    yield {"number": 2, "attribute": "developer", "value": said.developer or NOT_RECORDED}
    yield {"number": 3, "attribute": "funding", "value": said.funding or NOT_RECORDED}
    yield {
        "number": 4,
        "attribute": "dates",
        "released": said.released or NOT_RECORDED,
        "revised": list(said.revised) or NOT_RECORDED,
    }


# ── what the rules use ───────────────────────────────────────────────────────────────────────────────────────────────────


def _counted(ruleset: Ruleset, reading: Mapping[str, Any]) -> tuple[dict[str, list[tuple[Use, Field]]], list[str]]:
    """Return by field what it counts as, and the fields that rules read and of which nobody has said it."""
    recorded = {field.path: field for field in fields().values() if not field.is_derived}
    counted, unclassified = {}, []
    for name, field in fields().items():
        uses = uses_in(field, ruleset.attributes, recorded)
        counted[name] = list(uses or ())
        if uses is None and name in reading:
            unclassified.append(name)
    return counted, unclassified


def _uses(
    reading: Mapping[str, list[str]],
    counted: Mapping[str, list[tuple[Use, Field]]],
    unclassified: list[str],
) -> Iterator[dict[str, Any]]:
    for number, attribute in enumerate(USES, start=5):
        told = {name: list(_reasons(attribute, name, uses)) for name, uses in counted.items()}
        read = [name for name in reading if told[name]]
        yield {
            "number": number,
            "attribute": attribute,
            "used": True if read else None if unclassified else False,
            "fields": [
                {"field": name, "meaning": fields()[name].meaning, "counts": told[name], "rules": reading[name]}
                for name in read
            ],
            "not_read": [name for name, reasons in told.items() if reasons and name not in reading],
        }


def _reasons(attribute: str, name: str, uses: list[tuple[Use, Field]]) -> Iterator[dict[str, str]]:
    """Yield why a field counts as an attribute; ``through`` names the field behind a computed one."""
    for use, behind in uses:
        if use.attribute == attribute:
            yield {"why": use.why} if behind.name == name else {"why": use.why, "through": behind.name}


# ── what a clinician reviews ─────────────────────────────────────────────────────────────────────────────────────────────


def _review(ruleset: Ruleset, reading: Mapping[str, list[str]]) -> dict[str, Any]:
    said = ruleset.attributes
    report = source_report(ruleset)
    passes = Counter(rule.runs_in for rule in ruleset.rules)
    basis = Counter(rule.basis for rule in ruleset.rules)
    return {
        "purpose": said.purpose or NOT_RECORDED,
        "users": said.users or NOT_RECORDED,
        "patients": said.patients or NOT_RECORDED,
        "inputs": [_input(fields()[name]) for name in reading],
        "logic": said.logic or NOT_RECORDED,
        "rules": {one: passes[one] for one in PASSES if passes[one]},
        "sources": {
            "basis": dict(sorted(basis.items())),
            "recalled_only": [entry["rule"] for entry in report["recalled"]],
            "inferred": [entry["rule"] for entry in report["inferred"]],
            "design_choices": ruleset.scoring.note,
        },
        "limits": list(said.limits) or NOT_RECORDED,
    }


def _input(field: Field) -> dict[str, Any]:
    told: dict[str, Any] = {"field": field.name, "meaning": field.meaning}
    return {**told, "computed_from": list(field.reads)} if field.is_derived else {**told, "recorded_at": field.path}
