"""A plan that was told, as flat rows for tables, and its sessions and reasons in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipt_rules.vocabulary import fields
from ipt_rules.wording import shown_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipt_rules.ranking import Focus


def plan_rows(told: dict[str, Any], foci: Sequence[Focus]) -> list[dict[str, Any]]:
    """Return one flat dict for each strategy of a plan, those withheld among them.

    Args:
        told: the plan as plain values, from ``told_plan``.
        foci: the foci that it is for.

    """
    return [
        _row(phase["phase"], entry, foci, withheld=status == "withheld")
        for phase in told["phases"]
        for status in ("strategies", "withheld")
        for entry in phase[status]
    ]


def _row(phase: str, entry: dict[str, Any], foci: Sequence[Focus], *, withheld: bool) -> dict[str, Any]:
    focus = None if entry["focus"] is None else foci[entry["focus"]]
    windows = [window for window in entry["sessions"] if window]
    one = windows[0] if len(entry["sessions"]) == len(windows) == 1 else (None, None)
    return {
        "phase": phase,
        "sessions": in_sessions(entry["sessions"]),
        "first_session": one[0],
        "last_session": one[1],
        "area": focus and focus.area,
        "subject": (focus and focus.row.place) or None,
        "strategy": entry["propose"],
        "aim": entry["aim"],
        "rule": entry["rule"],
        "withheld": withheld,
        "withheld_because": "; ".join(why_withheld(entry)),
        "cites": "; ".join(f"{cite['ref']}, {cite['at']} ({cite['seen']})" for cite in entry["cites"]),
        "basis": entry["basis"],
    }


def in_sessions(windows: Sequence[list[int] | None]) -> str:
    """Return sessions as people write them, such as ``4–9``; with several lengths of a therapy, ``4–9 or 4–12``."""
    written = [f"{first}" if first == last else f"{first}–{last}" for first, last in filter(None, windows)]
    return " or ".join(dict.fromkeys(written))


def why_withheld(entry: dict[str, Any]) -> list[str]:
    """Return why a strategy is withheld, each reason in words; nothing for one that is not."""
    gates = [f"{gate.replace('_', ' ')} is not cleared" for gate in entry.get("gates", ())]
    unmet = [f"not safe as recorded: {recorded(need)}" for need in entry.get("unmet", ())]
    return gates + unmet + [f"not known: {need['needs']} ({need['path']})" for need in entry.get("unknown", ())]


def recorded(need: dict[str, Any]) -> str:
    """Return what is recorded of a condition of safety, with its place."""
    field = fields()[need["field"]]
    return f"{field.meaning}: {shown_value(field, need['value'])} ({need['path']})"
