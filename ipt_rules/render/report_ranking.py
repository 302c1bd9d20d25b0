"""The ranking in a report and in a notebook: what it comes to, as a table, and as a drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipt_rules.render.bars import evidence_bars
from ipt_rules.render.html import Markup, element, joined, table
from ipt_rules.render.said import could_be, sentence_case, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipt_rules.render.report_parts import Shown


def ranking_table(shown: Shown) -> Markup:
    """Return the areas in order, with their points and what those could still be."""
    headings = ("Rank", "Problem area", "Support", "Points", "Could be", "Work on")
    rows = (_row(entry, shown) for entry in shown.told["ranking"])
    return table("The four problem areas, by points", headings, rows, named_by=1)


def _row(entry: dict[str, Any], shown: Shown) -> Iterator[str]:
    rank, focus = entry["rank"], entry["focus"]
    held_back = ", held back" if entry["held_back_by"] and rank else ""
    yield "–" if rank is None else str(rank)
    yield sentence_case(shown.wording.area(entry["area"]))
    yield f"{sentence_case(shown.wording.level(entry['level']))}{held_back}"
    yield str(entry["points"])
    yield could_be(entry["bounds"])
    yield sentence_case(focus["label"]) if focus and rank else ""


def bars(shown: Shown, *, id_prefix: str = "") -> Markup:
    """Return the drawing of what stands for and against each area."""
    names = {entry["area"]: shown.wording.area(entry["area"]) for entry in shown.told["ranking"]}
    levels = shown.ruleset.scoring.levels
    drawn = evidence_bars(shown.told["ranking"], names, levels=levels, id_prefix=id_prefix)
    return element("figure", Markup(drawn), class_="bars")


def verdicts(shown: Shown) -> Markup:
    """Return what the ranking comes to."""
    return joined(element("p", said, class_="verdict") for said in verdict(shown.told, shown.wording))


def ranking(shown: Shown) -> Markup:
    """Return what the ranking comes to, the ranking, and its drawing."""
    return joined([verdicts(shown), ranking_table(shown), bars(shown)])
