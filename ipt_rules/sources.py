"""What the rules rest on, so that a clinician can check it: by file, by reference, and rule by rule."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from ipt_rules.ruleset.model import BASES, SEEN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ipt_rules.ruleset.model import Rule, Ruleset

UNKNOWN: Final = "unknown"
_BEST: Final = {seen: number for number, seen in enumerate(SEEN)}
"""Read whole before seen in an excerpt before recalled."""


def source_report(ruleset: Ruleset) -> dict[str, Any]:
    """Return what the rules of a rule set rest on, as plain values.

    ``files``: for each rule file how many rules rest on what (``basis``), and how the best of their citations is known (``seen``).
    ``references``: for each reference how often it is cited, how it is known, and what of it is unknown.
    ``inferred``, ``recalled``, ``partly_recalled``: the rules that rest on inference, on nothing but recalled citations, and on
    recalled ones among others, each with its place and what it cites.
    """
    files: dict[str, list[Rule]] = {}
    for rule in ruleset.rules:
        files.setdefault(rule.position.file, []).append(rule)
    return {
        "files": [{"file": file, **_counted(rules)} for file, rules in sorted(files.items())],
        "references": list(_references(ruleset)),
        "inferred": [_rule(rule) for rule in ruleset.rules if rule.basis == "inference"],
        "recalled": [_rule(rule) for rule in ruleset.rules if _seen(rule) == {"recalled"}],
        "partly_recalled": [_rule(rule) for rule in ruleset.rules if {"recalled"} < _seen(rule)],
        "design_choices": {"note": ruleset.scoring.note, "numbers": dict(ruleset.scoring.why)},
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {"rule": rule.id, "at": str(rule.position), "cites": [cite.to_dict() for cite in rule.cites]}


def _seen(rule: Rule) -> set[str]:
    return {cite.seen for cite in rule.cites}


def _counted(rules: list[Rule]) -> dict[str, Any]:
    basis = Counter(rule.basis for rule in rules)
    seen = Counter(min((cite.seen for cite in rule.cites), key=_BEST.__getitem__) for rule in rules)
    return {
        "rules": len(rules),
        "basis": {word: basis[word] for word in BASES if basis[word]},
        "seen": {word: seen[word] for word in SEEN if seen[word]},
    }


def _references(ruleset: Ruleset) -> Any:
    cited = Counter(cite.ref for rule in ruleset.rules for cite in rule.cites)
    for key, reference in sorted(ruleset.references.items()):
        yield {
            "reference": key,
            "cited": cited[key],
            "seen": reference.get("seen", UNKNOWN),
            "unknown": sorted(_unknown(reference)),
        }


def _unknown(reference: Mapping[str, Any]) -> set[str]:
    """Return the parts of a reference that say ``unknown``."""
    return {part for part, value in reference.items() if value == UNKNOWN}
