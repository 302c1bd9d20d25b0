"""The plan of an assessment as text for a terminal: foci, draft formulation, goals, then the strategies phase by phase."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.padding import Padding
from rich.text import Text

from ipt_rules.plan_rows import in_sessions
from ipt_rules.render.said import (
    ANSWERS,
    DRAFT,
    NO_FOCUS,
    WAITS,
    WITHHELD,
    called,
    lengths,
    needs,
    numbered_needs,
    phase_heading,
    sources,
    until_cleared,
    within,
)
from ipt_rules.ruleset.consequences import EVERY_PHASE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from ipt_rules.ruleset import Ruleset
    from ipt_rules.wording import Wording


class StrategyText:
    """A strategy as text.

    Args:
        foci: as plain values, those of which strategies say the position.
        wording: the words of the rule set.
        ruleset: the rules, for their sources.
        steps: with the steps and the sources of each strategy.

    """

    def __init__(
        self, foci: Sequence[dict[str, Any]], wording: Wording, ruleset: Ruleset, *, steps: bool = False
    ) -> None:
        self._foci = foci
        self._wording = wording
        self._ruleset = ruleset
        self._steps = steps

    def title(self, mark: str, entry: dict[str, Any], whole: str) -> Text:
        """Return what to do, in which sessions where those are not those of the whole phase, and by which rule."""
        when = within(in_sessions(entry["sessions"]), whole)
        return Text.assemble(mark, entry["propose"], when, self.rule(entry))

    def rule(self, entry: dict[str, Any]) -> tuple[str, str]:
        """Return the id of the rule, with the area of its focus where there are several foci."""
        focus = entry["focus"]
        several = len(self._foci) > 1 and focus is not None
        about = f"; {self._wording.area(self._foci[focus]['area'])}" if several else ""
        return (f"  [{entry['rule']}{about}]", "dim")

    def detail(self, entry: dict[str, Any]) -> Iterator[RenderableType]:
        """Yield the steps and the sources, where those are wanted."""
        if not self._steps:
            return
        for step in entry["steps"]:
            yield Padding(Text(f"- {step}"), (0, 0, 0, 4))
        yield from self.sources(entry)

    def sources(self, entry: dict[str, Any]) -> Iterator[RenderableType]:
        """Yield the sources, where they are wanted."""
        if self._steps:
            yield Padding(Text(sources(entry, self._ruleset), style="dim italic"), (0, 0, 0, 4))


class PlanText:
    """The plan as text.

    Args:
        told: the whole assessment as plain values.
        wording: the words of the rule set.
        ruleset: the rules, for their sources.
        brief: strategies by name only, and none of those that hold throughout.
        steps: with the steps and the sources of each strategy.

    """

    def __init__(
        self, told: dict[str, Any], wording: Wording, ruleset: Ruleset, *, brief: bool = False, steps: bool = False
    ) -> None:
        self._told = told["plan"]
        self._foci: Sequence[dict[str, Any]] = told["foci"]
        self._wording = wording
        self._brief = brief
        self._strategy = StrategyText(self._foci, wording, ruleset, steps=steps)

    def parts(self) -> Iterator[RenderableType]:
        """Yield what is printed, from top to bottom."""
        phases = self._told["phases"]
        if not any(phase["strategies"] or phase["withheld"] for phase in phases):
            return
        yield Text(f"\nPlan, {lengths(self._told)}", style="bold underline")
        for note in dict.fromkeys(schedule["note"] for schedule in self._told["schedules"] if schedule["note"]):
            yield Text(note, style="italic")
        if self._told["gates"]:
            yield Text(until_cleared(self._told["gates"], self._wording), style="bold")
        else:
            yield from self._focus_lines()
            yield from self._formulations()
            yield from self._goals()
        for phase in phases:
            if not (self._brief and phase["phase"] == EVERY_PHASE):
                yield from self._phase(phase)

    def _focus_lines(self) -> Iterator[RenderableType]:
        if not self._foci:
            yield Text(NO_FOCUS)
        for focus in self._foci:
            yield Text(f"Focus: {called(focus, self._wording)} – {ANSWERS[focus['answer']]}")

    def _formulations(self) -> Iterator[RenderableType]:
        drafts = [draft for draft in self._told["formulations"] if draft["parts"]]
        for draft in drafts:
            about = f" ({called(self._foci[draft['focus']], self._wording)})" if len(drafts) > 1 else ""
            yield Text(f"\n{DRAFT}{about}", style="dim")
            yield Padding(Text(" ".join(part["say"] for part in draft["parts"])), (0, 0, 0, 2))

    def _goals(self) -> Iterator[RenderableType]:
        if self._told["goals"]:
            yield Text("\nGoals", style="dim")
        for goal in self._told["goals"]:
            yield Text.assemble("* ", goal["goal"], self._strategy.rule(goal))
            yield from self._strategy.sources(goal)

    def _phase(self, phase: dict[str, Any]) -> Iterator[RenderableType]:
        unsafe = [entry for entry in phase["withheld"] if not entry["gates"]]
        sessions = in_sessions(phase["sessions"])
        now = self._told["current_phase"]
        if phase["strategies"] or phase["withheld"]:
            yield Text(f"\n{phase_heading(phase, sessions, now)}", style="bold")
        if phase["withheld"] and not phase["strategies"] and not unsafe:
            yield Text(WAITS, style="dim")
        for entry in phase["strategies"]:
            yield self._strategy.title("* ", entry, sessions)
            if not self._brief and now in (None, phase["phase"]):
                yield Padding(Text(entry["aim"], style="dim"), (0, 0, 0, 4))
            yield from self._strategy.detail(entry)
        yield from self._withheld(unsafe, sessions)

    def _withheld(self, found: Sequence[dict[str, Any]], whole: str) -> Iterator[RenderableType]:
        """Yield what is withheld, each with the numbers of what it needs, then what that is: many need the same."""
        if not found:
            return
        yield Text(WITHHELD, style="dim")
        numbers = numbered_needs(found)
        for entry in found:
            wanted = ", ".join(str(numbers[need]) for need in dict.fromkeys(needs(entry)))
            yield self._strategy.title(f"x needs {wanted}: ", entry, whole)
            yield from self._strategy.detail(entry)
        for need, number in numbers.items():
            yield Padding(Text(f"{number}. {need}"), (0, 0, 0, 4))
