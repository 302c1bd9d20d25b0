"""The details of cards, in Markdown: reasons with the answers they rest on and every source, and what is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ipt_rules.citations import cited
from ipt_rules.interop.markdown import marked_down
from ipt_rules.ruleset.model import Citation
from ipt_rules.vocabulary import fields
from ipt_rules.wording import shown_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ipt_rules.ruleset.model import Ruleset

Told = dict[str, Any]
"""A part of what ``Assessment.to_dict`` returns."""

MOST_QUESTIONS: Final = 5
"""How many open questions a card tells, besides those about safety, which it tells all."""


class Details:
    """Writes the details of cards.

    Args:
        ruleset: whose sources are cited.
        words: the words of cards.
        day: of the intake, as it is written.

    """

    def __init__(self, ruleset: Ruleset, words: Mapping[str, str], day: str) -> None:
        self._ruleset = ruleset
        self._words = words
        self._day = day

    def of_gate(self, cautions: Iterable[Told]) -> str:
        """Return why a gate is closed; the answers behind it are not repeated, and nothing is weighed."""
        return _page([*map(self._sentence, cautions), "", self._said("gate.detail")])

    def of_cautions(self, cautions: Iterable[Told]) -> str:
        """Return what to keep in mind."""
        return _page(map(self._reason, cautions))

    def of_ranking(self, told: Told) -> str:
        """Return the ranking with the reasons for and against each area, and what is not known: of safety before all else."""
        return _page([*self._head(told), *self._table(told), *self._areas(told), *self._open(told)])

    def of_no_area(self, told: Told) -> str:
        """Return what is not known yet, where no area is supported."""
        return _page([self._said("none.detail"), "", *self._head(told), *self._open(told)])

    @staticmethod
    def reasons(entry: Told) -> list[Told]:
        """Return all that is told of an area of the ranking."""
        return [*entry["for"], *entry["against"], *entry["against_elsewhere"], *entry["held_back_because"]]

    def _head(self, told: Told) -> Iterator[str]:
        """Yield of which day the intake is, what was cleared, and every question about safety that is open."""
        yield self._said("as_of", day=self._day)
        cleared = dict.fromkeys(self._named("gates", one["gate"]) for one in told["cautions"] if one["cleared"])
        if cleared:
            yield from ("", self._said("cleared", gates="; ".join(cleared)))
        yield from self._asked("unasked", [one for one in told["questions"] if one["kind"] == "gate"])

    def _table(self, told: Told) -> Iterator[str]:
        yield from ("", f"### {self._said('ranking')}", "")
        yield f"| {' | '.join(self._said(key) for key in ('area', 'support', 'points_of', 'could_be'))} |"
        yield "|---|---|---|---|"
        for entry in told["ranking"]:
            bounds = "–".join(str(end) for end in dict.fromkeys(entry["bounds"]))
            area, level = self._named("areas", entry["area"]), self._named("levels", entry["level"])
            yield f"| {area} | {level} | {entry['points']} | {bounds} |"
        settled = self._said("settled" if told["settled"] else "not_settled")
        yield from ("", f"{settled} {self._said('points')}")

    def _areas(self, told: Told) -> Iterator[str]:
        for entry in told["ranking"]:
            if not self.reasons(entry):
                continue
            focus = entry["focus"]
            subject = f" – {marked_down(focus['label'])}" if focus and focus["label"] else ""
            yield from ("", f"### {self._named('areas', entry['area'])}{subject}")
            yield from self._listed("for", entry["for"], "+")
            yield from self._listed("against", [*entry["against"], *entry["against_elsewhere"]], "−")
            yield from self._listed("held_back", entry["held_back_because"])

    def _open(self, told: Told) -> Iterator[str]:
        """Yield the questions that are open besides those about safety, as many as somebody reads."""
        yield from self._asked(
            "not_known", [one for one in told["questions"] if one["kind"] != "gate"][:MOST_QUESTIONS]
        )

    def _asked(self, heading: str, questions: list[Told]) -> Iterator[str]:
        if questions:
            yield from ("", f"### {self._said(heading)}", "", *map(self._question, questions))

    def _question(self, one: Told) -> str:
        about = f" ({marked_down(one['about'])})" if one.get("about") else ""
        cites = f" {self._sources(one['cites'])}" if one.get("cites") else ""
        return f"- {marked_down(one['question'])}{about}{cites}"

    def _listed(self, heading: str, reasons: list[Told], sign: str = "") -> Iterator[str]:
        """Yield reasons; where they count, each with its points and their sign, or with 0 where it counts nothing beside others."""
        if reasons:
            yield from ("", f"**{self._said(heading)}**", "")
            for one in reasons:
                points = f"{sign}{one['points']}" if one["counts"] else "0"
                yield self._reason(one, f" {points}" if sign else "")

    def _reason(self, one: Told, points: str = "") -> str:
        """Return a reason with the answers that it rests on, and its sources."""
        facts = "; ".join(
            f"`{fact['path']}`: {marked_down(shown_value(fields()[fact['field']], fact['value']))}"
            for fact in one["facts"]
        )
        return f"{self._sentence(one, points)}{f' ({facts})' if facts else ''}"

    def _sentence(self, one: Told, points: str = "") -> str:
        return f"- {marked_down(one['because'])} `{one['rule']}`{points}. {self._sources(one['cites'])}"

    def _sources(self, cites: Iterable[Mapping[str, str]]) -> str:
        told = "; ".join(marked_down(cited(Citation(**cite), self._ruleset)) for cite in cites)
        return f"{self._said('sources')}: {told}."

    def _named(self, part: str, key: str) -> str:
        return marked_down(self._ruleset.words.get(part, {}).get(key, key.replace("_", " ")))

    def _said(self, key: str, **filled: str) -> str:
        """Return words of cards, with what is filled in, which is Markdown already."""
        text = marked_down(self._words[key])
        for name, said in filled.items():
            text = text.replace(f"{{{name}}}", said)
        return text


def _page(lines: Iterable[str]) -> str:
    return "\n".join(lines)
