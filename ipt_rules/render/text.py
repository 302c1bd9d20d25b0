"""An assessment as text for a terminal: the ranking, the reasons with rule ids and sources, then what is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ipt_rules.explain import Teller
from ipt_rules.render.plan_text import PlanText
from ipt_rules.render.said import (
    CAUTIONS,
    CLINICIAN,
    could_be,
    fact,
    open_groups,
    provenance,
    sentence_case,
    sources,
    verdict,
)
from ipt_rules.ruleset.consequences import Caution, Evidence
from ipt_rules.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from ipt_rules.assessment import Assessment
    from ipt_rules.explain import Fact, Reason
    from ipt_rules.ranking import Finding, Standing
    from ipt_rules.render.said import OpenGroup

_MOST: Final = {"ranking": 10, "rest": 5}
_MOST_IF_BRIEF: Final = {"ranking": 5, "rest": 0}
"""Questions of a group, at the most; of the other groups, all."""


def assessment_text(assessment: Assessment, *, names: bool = True, brief: bool = False, steps: bool = False) -> Group:
    """Return what a terminal shows of an assessment.

    Args:
        assessment: what is shown.
        names: call people by name; their names come from the intake and go nowhere else.
        brief: leave out sources, facts, findings that add nothing, areas that nothing supports, notes, and what holds throughout.
        steps: add to each strategy of the plan its steps and sources.

    """
    return Group(*_Page(assessment, names=names, brief=brief, steps=steps).parts())


class _Page:
    def __init__(self, assessment: Assessment, *, names: bool, brief: bool, steps: bool) -> None:
        self._assessment = assessment
        self._brief = brief
        self._steps = steps
        self._told = assessment.to_dict(names=names)
        self._ruleset = assessment.ruleset
        self._wording = Wording(assessment.intake, assessment.ruleset, names=names)
        self._teller = Teller(self._ruleset, self._wording)

    def parts(self) -> Iterator[RenderableType]:
        yield from self._cautions("refer")
        yield self._ranking()
        yield self._verdict()
        for standing in self._assessment.ranking:
            yield from self._area(standing)
        for kind in ("protocol", "fit") if self._brief else ("protocol", "fit", "note"):
            yield from self._cautions(kind)
        yield from self._unknown()
        plan = PlanText(self._told, self._wording, self._ruleset, brief=self._brief, steps=self._steps)
        yield from plan.parts()
        yield from self._foot()

    def _ranking(self) -> Table:
        table = Table(box=None, padding=(0, 2, 0, 0), title=None, header_style="dim")
        for heading, justify in (("", "right"), ("problem area", "left"), ("support", "left"), ("points", "right")):
            table.add_column(heading, justify=justify)  # type: ignore[arg-type]  # the literals are rich's own
        table.add_column("could be", justify="right")
        table.add_column("work on")
        for standing in self._assessment.ranking:
            best = standing.best
            focus = self._wording.subject(best.row.place) if best.has_subject and standing.rank else ""
            table.add_row(
                "–" if standing.rank is None else str(standing.rank),
                Text(self._wording.area(standing.area), style="bold" if standing.rank == 1 else ""),
                Text(
                    self._wording.level(standing.level)
                    + (", held back" if standing.held_back_by and standing.rank else "")
                ),
                str(standing.points),
                could_be(standing.bounds),
                Text(focus),
            )
        return table

    def _verdict(self) -> Text:
        said = "\n".join(verdict(self._told, self._wording))
        return Text(f"\n{said}")

    def _area(self, standing: Standing) -> Iterator[RenderableType]:
        found = standing.best.found
        if (not found and not standing.held_back_by) or (self._brief and standing.rank is None):
            return
        told = self._teller.reasons(found)
        sides: dict[bool, list[Reason]] = {True: [], False: []}
        for finding, entry in zip(found, told, strict=True):
            assert isinstance(finding.rule.consequence, Evidence)  # a focus holds evidence only
            sides[finding.rule.consequence.supports].append(entry)
        heading = self._wording.area(standing.area)
        if standing.best.has_subject:
            heading += f": {self._wording.subject(standing.best.row.place)}"
        yield Text(f"\n{sentence_case(heading)}", style="bold underline")
        if standing.best.capped:
            yield Text(f"Nothing recorded to work on, so no more than {standing.points} points count.", style="italic")
        if standing.equal:
            yield Text("Another subject has as many points; which of them stands here means nothing.", style="italic")
        for reason in self._teller.reasons(standing.held_back_by):
            yield Text.assemble("held back: ", reason.because, (f"  [{reason.rule}]", "dim"))
        yield from self._side("For", "+", sides[True])
        yield from self._side("Against", "-", sides[False])
        others = [f"{self._wording.subject(focus.row.place)} ({focus.points})" for focus in standing.foci[1:]]
        if others:
            yield Text(f"Also, with fewer points or as many: {'; '.join(others)}", style="dim")

    def _side(self, heading: str, sign: str, told: Sequence[Reason]) -> Iterator[RenderableType]:
        if not told:
            return
        yield Text(heading, style="dim")
        table = Table(box=None, show_header=False, padding=(0, 1, 0, 0))
        table.add_column(justify="right", width=4)
        table.add_column()
        for reason in told:
            if self._brief and not reason.counts:
                continue
            points = f"{sign}{reason.points}" if reason.counts else "·"
            table.add_row(points, self._reason(reason))
        yield table

    def _reason(self, reason: Reason) -> Group:
        strength = self._wording.strength(reason.strength)
        weight = strength if reason.counts else f"{strength}; not added, the same evidence counts above"
        if self._brief:
            return Group(Text.assemble(reason.because, (f"  [{reason.rule}]", "dim")))
        return Group(
            Text.assemble(reason.because, (f"  [{reason.rule}; {weight}]", "dim")),
            Padding(Text("; ".join(map(_fact, reason.facts)), style="dim"), (0, 0, 0, 2)),
            Padding(Text(self._sources(reason), style="dim italic"), (0, 0, 0, 2)),
        )

    def _sources(self, reason: Reason) -> str:
        return sources(reason.to_dict(), self._ruleset)

    def _cautions(self, kind: str) -> Iterator[RenderableType]:
        found = [entry for entry in self._assessment.result.cautions if _kind(entry.rule.consequence) == kind]
        if not found:
            return
        yield Text(f"\n{CAUTIONS[kind]}" if kind != "refer" else CAUTIONS[kind], style="bold underline")
        merged: dict[tuple[str, str], tuple[Finding, list[Reason]]] = {}
        for finding, told in zip(found, self._teller.reasons(found), strict=True):
            merged.setdefault((told.rule, told.because), (finding, []))[1].append(told)
        for finding, alike in merged.values():
            gate = getattr(finding.rule.consequence, "gate", None)
            told = alike[0]
            if gate in self._assessment.intake.safety.cleared:
                yield Text.assemble("* cleared by a clinician: ", self._wording.gate(gate), (f"  [{told.rule}]", "dim"))
                continue
            yield Text.assemble("* ", told.because, (f"  [{told.rule}]", "dim"))
            if self._brief:
                continue
            facts = dict.fromkeys(_fact(told_fact) for entry in alike for told_fact in entry.facts)
            yield Padding(Text("; ".join(facts), style="dim"), (0, 0, 0, 2))
            yield Padding(Text(self._sources(told), style="dim italic"), (0, 0, 0, 2))
        if kind == "refer":
            yield Text("")

    def _unknown(self) -> Iterator[RenderableType]:
        groups = open_groups(self._told)
        if groups:
            yield Text("\nWhat is not known", style="bold underline")
        most = _MOST_IF_BRIEF if self._brief else _MOST
        for group in groups:
            yield from self._questions(group, most.get(group.kind, len(group.questions)))

    def _questions(self, group: OpenGroup, most: int) -> Iterator[RenderableType]:
        if not most:
            return
        yield Text(group.heading, style="dim")
        for question in group.questions[:most]:
            yield _question(question)
        left = len(group.questions) - most
        if left > 0:
            yield Text(f"  and {left} more; --format json lists them all", style="dim")

    def _foot(self) -> Iterator[RenderableType]:
        yield Text("")
        yield Text(self._ruleset.scoring.note, style="dim")
        yield Text(CLINICIAN, style="dim")
        yield Text(provenance(self._assessment.provenance), style="dim")


def _question(told: dict[str, Any]) -> Text:
    if told["kind"] == "clinician":
        return Text.assemble("? ", told["question"], (f"  [{told['rule']}]", "dim"))
    about = f" ({told['about']})" if told["about"] else ""
    silent = " Asked without an answer." if told["asked_without_answer"] else ""
    return Text.assemble("? ", told["question"], about, silent, (f"  [{told['path']}]", "dim"))


def _kind(consequence: object) -> str:
    return consequence.kind if isinstance(consequence, Caution) else ""


def _fact(told: Fact) -> str:
    return fact(told.to_dict())
