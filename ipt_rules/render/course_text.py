"""A review as text for a terminal, for a therapist just before a session: where it stands, what it means, and the agenda."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ipt_rules.plan_rows import in_sessions
from ipt_rules.render import course_found as found
from ipt_rules.render import course_said as said
from ipt_rules.render.plan_text import StrategyText
from ipt_rules.render.said import CLINICIAN, needs, provenance, sentence_case, sources, until_cleared
from ipt_rules.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from rich.console import RenderableType

    from ipt_rules.review import Review

_MOST: Final = 10
"""The highest mood; the chart has a place for each from 0 on."""


def review_text(review: Review, *, names: bool = True, steps: bool = False) -> Group:
    """Return what a terminal shows of a review.

    Args:
        review: what is shown.
        names: call people by name, and tell the goals' texts.
        steps: add to each strategy of the agenda its steps and sources.

    """
    return Group(*_Page(review, names=names, steps=steps).parts())


def small_review_text(review: Review) -> Group:
    """Return where a therapy stands, its sessions, and what the last one means, without names, reasons and sources."""
    return Group(*_Page(review, names=False, steps=False).small_parts())


class _Page:
    def __init__(self, review: Review, *, names: bool, steps: bool) -> None:
        self._told = review.to_dict(names=names)
        self._ruleset = review.ruleset
        self._wording = Wording(review.evaluated.intake, review.ruleset, names=names)
        self._steps = steps

    def parts(self) -> Iterator[RenderableType]:
        yield from self._head()
        yield from self._first()
        yield from self._focus()
        yield from self._means()
        yield from self._agenda()
        yield from self._remains()
        yield from self._sessions()
        yield from self._links()
        yield from self._earlier()
        yield from self._foot()

    def small_parts(self) -> Iterator[RenderableType]:
        yield from self._head()
        if self._told["gates"]:
            yield Text(until_cleared(self._told["gates"], self._wording), style="bold")
        yield from self._focus(in_short=True)
        for advice in self._told["advice"]:
            yield _advice(advice)
        yield from self._sessions()
        yield Text(CLINICIAN, style="dim")

    # ── where the therapy stands ─────────────────────────────────────────────────────────────────────────────────────────

    def _head(self) -> Iterator[RenderableType]:
        day = f" ({self._told['day']})" if self._told["day"] else ""
        yield Text(f"{said.heading(self._told)}{day}", style="bold")
        yield Text(said.standing(self._told))

    def _first(self) -> Iterator[RenderableType]:
        """Yield what a clinician settles before anything else."""
        first = found.before_anything(self._told)
        if not first and not self._told["gates"]:
            return
        yield _heading(said.FIRST)
        if self._told["gates"]:
            yield Text(until_cleared(self._told["gates"], self._wording), style="bold")
        for one in first:
            yield from self._reason("* ", one, one["said"])
        if waits := found.waits(self._told):
            yield Text(waits)

    def _focus(self, *, in_short: bool = False) -> Iterator[RenderableType]:
        yield _heading(said.FOCUS)
        for focus in self._told["foci"]:
            yield Text(said.focus(focus, self._wording))
        if stands := said.whether_it_stands(self._told):
            yield Text(stands, style="bold" if self._told["focus_stands"] is False else "")
        for reason in found.open_reasons(self._told):
            if in_short:
                yield _hanging("* ", Text.assemble(reason["said"], _rule(reason)))
            else:
                yield from self._reason("* ", reason, reason["said"], sentence_case(reason["advise"]))
        for goal in self._told["goals"]:
            yield Text(said.goal(goal))
        if not self._told["goals"]:
            yield Text(said.NO_GOALS)

    # ── the sessions ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _sessions(self) -> Iterator[RenderableType]:
        if not self._told["sessions"]:
            return
        yield _heading(said.MOOD)
        measured = self._told["measured"]
        table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
        table.add_column("", justify="right")
        for name in ("day", "0   mood  10", "mood"):
            table.add_column(name, no_wrap=True)
        if measured:
            table.add_column(said.scale_name(measured), justify="right")
        table.add_column("since the session before")
        for row in self._rows():
            table.add_row(*row)
        yield table
        if measured:
            first = "not known" if measured["at_first"] is None else measured["at_first"]
            yield Text(f"{measured['label']}: fewer points are better; before the first session {first}.", style="dim")
        yield Text(said.MOOD_KEY, style="dim")

    def _rows(self) -> Iterator[list[str | Text]]:
        """Yield a row for each session, those of which nothing is recorded among them."""
        scale = [""] if self._told["measured"] else []
        for number, entry in said.rows(self._told):
            missing: list[str | Text] = [
                Text(number, style="dim"),
                "",
                "",
                "",
                *scale,
                Text("nothing recorded", style="dim"),
            ]
            yield missing if entry is None else self._row(entry)

    def _row(self, entry: Mapping[str, Any]) -> list[str | Text]:
        number = Text(str(entry["session"]), style="bold" if entry["session"] == self._told["session"] else "")
        scale = [said.scale(entry, self._told)] if self._told["measured"] else []
        events = Text("\n".join(said.events(entry, self._told["links"])))
        return [number, entry["day"] or "–", _chart(entry["mood_before"]), said.mood(entry), *scale, events]

    def _links(self) -> Iterator[RenderableType]:
        if self._told["links"]:
            yield _heading(said.LINKS)
        for link in self._told["links"]:
            yield _hanging("* ", Text.assemble(f"session {link['session']}: ", link["because"], _rule(link)))

    # ── what the session means ───────────────────────────────────────────────────────────────────────────────────────────

    def _means(self) -> Iterator[RenderableType]:
        groups = found.by_topic(found.advice(self._told))
        if groups:
            yield _heading(said.MEANS)
        for topic, advice in groups:
            yield Text(topic, style="dim")
            yield from self._advised(advice)
        cautions = found.other_cautions(self._told)
        if cautions:
            yield _heading(said.CAUTION)
        for caution in cautions:
            cleared = "cleared by a clinician: " if caution["cleared"] else ""
            yield from self._reason("* ", caution, f"{cleared}{found.because(caution, self._told)}")
        questions = found.questions(self._told)
        if questions:
            yield _heading(said.CONSIDER)
        yield from self._asked(questions)

    def _advised(self, advice: Iterable[Mapping[str, Any]]) -> Iterator[RenderableType]:
        for one in advice:
            yield from self._reason("* ", one, sentence_case(one["advise"]), found.because(one, self._told))

    def _asked(self, questions: Iterable[Mapping[str, Any]]) -> Iterator[RenderableType]:
        for one in questions:
            yield from self._reason("? ", one, one["question"], found.because(one, self._told))

    def _reason(self, mark: str, told: Mapping[str, Any], first: str, *more: str) -> Iterator[RenderableType]:
        """Yield what a rule says, with the facts and the sources that it rests on below."""
        yield _hanging(mark, Text.assemble(first, *(() if more else (_rule(told),))))
        facts = "; ".join(found.facts(told["facts"], self._told))
        rest = [Text.assemble(line, _rule(told)) for line in more]
        rest += [Text(facts, style="dim")] if facts else []
        yield from _below(*rest, Text(sources(told, self._ruleset), style="dim italic"))

    # ── what comes next ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _agenda(self) -> Iterator[RenderableType]:
        agenda = self._told["agenda"]
        if agenda is None:
            return
        yield _heading(said.agenda_heading(agenda))
        yield Text(said.agenda_for(agenda, self._wording))
        if agenda["first"] or agenda["asks"]:
            yield Text(said.SAFETY_FIRST, style="dim")
        yield from self._advised(agenda["first"])
        yield from self._asked(agenda["asks"])
        if first := said.to_settle_first(self._told):
            yield Text(first, style="bold")
        if agenda["opening"]:
            yield Text(said.OPENING, style="dim")
        for opening in agenda["opening"]:
            yield _advice(opening)
        shows = StrategyText(agenda["foci"], self._wording, self._ruleset, steps=self._steps)
        if agenda["safety"]:
            yield Text(said.SAFETY, style="dim")
            yield from _strategies(agenda["safety"], shows)
        yield Text(said.STRATEGIES if agenda["strategies"] else said.NO_STRATEGY, style="dim")
        yield from _strategies(agenda["strategies"], shows)
        if unasked := said.unasked(agenda):
            yield Text(unasked)
        if agenda["waiting"]:
            yield Text(said.WAITING, style="dim")
        for entry in agenda["waiting"]:
            yield _hanging("x ", shows.title("", entry, in_sessions(entry["sessions"])))
            yield from _below(*map(Text, self._why_withheld(entry)))

    def _why_withheld(self, entry: Mapping[str, Any]) -> Iterator[str]:
        if entry["gates"]:
            yield said.for_clearance(entry, self._wording)
        yield from needs(entry)

    def _remains(self) -> Iterator[RenderableType]:
        remaining = said.remaining(self._told)
        if remaining:
            yield _heading(said.REMAINS)
        for left in remaining:
            if self._steps or not left.strategies:
                yield Text(left.said)
                yield from (_hanging("  * ", Text.assemble(one["propose"], _rule(one))) for one in left.strategies)
            else:
                yield Text(f"{left.said} {'; '.join(one['propose'] for one in left.strategies)}.")
        if unknown := said.unknown_strategies(self._told):
            yield Text(unknown)

    def _earlier(self) -> Iterator[RenderableType]:
        earlier = found.earlier(self._told)
        if earlier:
            yield _heading(said.EARLIER)
        for one in earlier:
            yield _hanging("* ", Text.assemble(f"{one.sessions}: ", one.because, (f"  [{one.rule}]", "dim")))

    def _foot(self) -> Iterator[RenderableType]:
        yield Text("")
        yield Text(self._told["design_choices"], style="dim")
        yield Text(CLINICIAN, style="dim")
        yield Text(provenance(self._told["provenance"]), style="dim")


def _heading(words: str) -> Text:
    return Text(f"\n{words}", style="bold underline")


def _rule(told: Mapping[str, Any]) -> tuple[str, str]:
    return (f"  [{told['rule']}]", "dim")


def _advice(told: Mapping[str, Any]) -> RenderableType:
    return _hanging("* ", Text(sentence_case(told["advise"])))


def _hanging(mark: str, words: Text) -> RenderableType:
    """Return words after a mark, under which no line of them begins."""
    entry = Table.grid(padding=0)
    entry.add_column(width=len(mark), no_wrap=True)
    entry.add_column()
    entry.add_row(mark, words)
    return entry


def _below(*lines: Text) -> Iterator[RenderableType]:
    yield from (Padding(line, (0, 0, 0, 2)) for line in lines)


def _chart(mood: int | None) -> str:
    """Return mood as a mark on a line from 0 to 10; nothing where it is not known."""
    return "" if mood is None else f"{'·' * mood}●{'·' * (_MOST - mood)}"


def _strategies(told: Iterable[dict[str, Any]], shows: StrategyText) -> Iterator[RenderableType]:
    for entry in told:
        forward = f"({said.FORWARD}) " if entry.get("brought_forward") else ""
        yield _hanging("* ", shows.title(forward, entry, in_sessions(entry["sessions"])))
        yield from _below(Text(entry["aim"], style="dim"))
        yield from shows.detail(entry)
