"""References as people read them: who, when, where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ipt_rules.ruleset.model import Citation, Ruleset

_SEEN: Final = {"read": "read", "excerpt": "excerpt read", "recalled": "recalled, to be checked"}
_LONGEST_TITLE: Final = 60
_WITHIN: Final = {
    "container-title": "{}",
    "volume": "vol. {}",
    "issue": "no. {}",
    "page": "p. {}",
    "edition": "{} edition",
    "publisher": "{}",
}
_FOUND_BY: Final = {"DOI": "DOI {}", "PMCID": "{}", "ISBN": "ISBN {}", "URL": "{}"}
"""What a reference says of where something stands and how it is found, and how that is written."""


def cited(citation: Citation, ruleset: Ruleset) -> str:
    """Return a citation in words, e.g. ``Weissman, Markowitz & Klerman 2018, ch. 5 (excerpt read)``."""
    return f"{_short(ruleset.references.get(citation.ref, {}), citation.ref)}, {citation.at} ({_SEEN[citation.seen]})"


def in_full(reference: Mapping[str, Any], key: str) -> str:
    """Return a reference as a list of sources gives it: who, when, what, and where to find it; what is unknown is left out."""
    title = _known(reference, "title") or key
    within, found = (_written(reference, parts) for parts in (_WITHIN, _FOUND_BY))
    said = (_everybody(reference.get("author")), _year(reference.get("issued")), title, within, found)
    return "".join(f"{part.rstrip('.')}. " for part in said if part).strip()


def seen_as(reference: Mapping[str, Any]) -> str:
    """Return how a reference is known, in words."""
    seen = reference.get("seen")
    return _SEEN.get(seen, "") if isinstance(seen, str) else ""


def _short(reference: Mapping[str, Any], key: str) -> str:
    who = _authors(reference.get("author")) or _title(reference.get("title-short") or reference.get("title"), key)
    year = _year(reference.get("issued"))
    return f"{who} {year}" if year else who


def _authors(authors: Any) -> str:
    if not isinstance(authors, list | tuple):
        return str(authors) if isinstance(authors, str) and authors != "unknown" else ""
    names = [
        str(one.get("family") or one.get("literal") or "") if isinstance(one, Mapping) else str(one) for one in authors
    ]
    names = [name for name in names if name and name != "unknown"]
    if len(names) > 3:
        return f"{names[0]} et al."
    return " & ".join(part for part in (", ".join(names[:-1]), names[-1]) if part) if names else ""


def _title(title: Any, key: str) -> str:
    if not isinstance(title, str) or title == "unknown":
        return key
    return f"“{title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1].rsplit(' ', 1)[0] + ' …'}”"


def _year(issued: Any) -> str:
    if isinstance(issued, Mapping):
        parts = issued.get("date-parts") or [[issued.get("year", "")]]
        issued = parts[0][0] if isinstance(parts[0], list | tuple) else parts[0]
    return str(issued)[:4] if issued not in (None, "", "unknown") else ""


def _everybody(authors: Any) -> str:
    if not isinstance(authors, list | tuple):
        return _authors(authors)
    names = (" ".join(filter(None, (one.get("family"), one.get("given"), one.get("literal")))) for one in authors)
    return ", ".join(name for name in names if name and name != "unknown")


def _written(reference: Mapping[str, Any], parts: Mapping[str, str]) -> str:
    known = ((form, _known(reference, part)) for part, form in parts.items())
    return ", ".join(form.format(value) for form, value in known if value)


def _known(reference: Mapping[str, Any], part: str) -> str:
    value = reference.get(part)
    return "" if value in (None, "", "unknown") else str(value)
