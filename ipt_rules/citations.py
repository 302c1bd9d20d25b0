"""References as people read them: who, when, where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ipt_rules.ruleset.model import Citation, Ruleset

_SEEN: Final = {"read": "read", "excerpt": "excerpt read", "recalled": "recalled, to be checked"}
_LONGEST_TITLE: Final = 60


def cited(citation: Citation, ruleset: Ruleset) -> str:
    """Return a citation in words, e.g. ``Weissman, Markowitz & Klerman 2018, ch. 5 (excerpt read)``."""
    return f"{_short(ruleset.references.get(citation.ref, {}), citation.ref)}, {citation.at} ({_SEEN[citation.seen]})"


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
