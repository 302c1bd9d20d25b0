"""The plan of an assessment as text for a terminal: foci, draft formulation, goals, then the strategies phase by phase."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rich.padding import Padding
from rich.text import Text

from ipt_rules.citations import cited
from ipt_rules.plan_rows import in_sessions, recorded
from ipt_rules.ruleset.model import EVERY_PHASE, Citation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from ipt_rules.ruleset import Ruleset
    from ipt_rules.wording import Wording

_ANSWERS: Final = {
    "agrees": "the patient has agreed to it.",
    "in_part": "the patient agrees in part, which is no agreement yet.",
    "does_not_agree": "the patient does not agree.",
    None: "not agreed yet: put it to the patient and record their answer.",
}


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
        self._ruleset = ruleset
        self._brief = brief
        self._steps = steps

    def parts(self) -> Iterator[RenderableType]:
        """Yield what is printed, from top to bottom."""
        phases = self._told["phases"]
        if not any(phase["strategies"] or phase["withheld"] for phase in phases):
            return
        yield Text(f"\nPlan, {self._lengths()}", style="bold underline")
        for note in dict.fromkeys(schedule["note"] for schedule in self._told["schedules"] if schedule["note"]):
            yield Text(note, style="italic")
        if self._told["gates"]:
            gates = _listed([self._wording.gate(gate) for gate in self._told["gates"]])
            yield Text(
                f"Until a clinician has assessed and cleared {gates}, only what may come before that is shown, "
                "and no focus is put to the patient.",
                style="bold",
            )
        else:
            yield from self._focus_lines()
            yield from self._formulations()
            yield from self._goals()
        for phase in phases:
            if not (self._brief and phase["phase"] == EVERY_PHASE):
                yield from self._phase(phase)

    def _lengths(self) -> str:
        planned, schedules = self._told["planned_sessions"], self._told["schedules"]
        if planned is None:
            numbers = " or ".join(str(schedule["sessions"]) for schedule in schedules)
            return f"for the usual {numbers} sessions, since none are agreed yet" if numbers else "by phases"
        now = self._told["current_phase"]
        here = f"; session {self._told['current_session']} is in the {now} phase" if now else ""
        return f"for {planned} {'session' if planned == 1 else 'sessions'}{here}"

    def _focus_lines(self) -> Iterator[RenderableType]:
        if not self._foci:
            yield Text("Focus: none is proposed yet; what follows belongs to any IPT, should it be the treatment.")
        for focus in self._foci:
            yield Text(f"Focus: {self._called(focus)} – {_ANSWERS[focus['answer']]}")

    def _called(self, focus: dict[str, Any]) -> str:
        about = f", {focus['label']}" if focus["label"] else ""
        return f"{self._wording.area(focus['area'])}{about}"

    def _formulations(self) -> Iterator[RenderableType]:
        drafts = [draft for draft in self._told["formulations"] if draft["parts"]]
        for draft in drafts:
            about = f" ({self._called(self._foci[draft['focus']])})" if len(drafts) > 1 else ""
            yield Text(f"\nDraft formulation, for the clinician to put in their own words{about}", style="dim")
            yield Padding(Text(" ".join(part["say"] for part in draft["parts"])), (0, 0, 0, 2))

    def _goals(self) -> Iterator[RenderableType]:
        if self._told["goals"]:
            yield Text("\nGoals", style="dim")
        for goal in self._told["goals"]:
            yield Text.assemble("* ", goal["goal"], self._id(goal))
            yield from self._sources(goal)

    def _phase(self, phase: dict[str, Any]) -> Iterator[RenderableType]:
        unsafe = [entry for entry in phase["withheld"] if not entry["gates"]]
        sessions = in_sessions(phase["sessions"])
        when = f", sessions {sessions}" if sessions else ""
        now = self._told["current_phase"]
        here = " (now)" if now == phase["phase"] else ""
        heading = "Throughout" if phase["phase"] == EVERY_PHASE else f"{phase['phase'].capitalize()} phase{when}{here}"
        if phase["strategies"] or phase["withheld"]:
            yield Text(f"\n{heading}", style="bold")
        if phase["withheld"] and not phase["strategies"] and not unsafe:
            yield Text("nothing before that is cleared", style="dim")
        for entry in phase["strategies"]:
            yield self._title("* ", entry, sessions)
            if not self._brief and now in (None, phase["phase"]):
                yield Padding(Text(entry["aim"], style="dim"), (0, 0, 0, 4))
            yield from self._detail(entry)
        yield from self._withheld(unsafe, sessions)

    def _withheld(self, found: Sequence[dict[str, Any]], whole: str) -> Iterator[RenderableType]:
        """Yield what is withheld, each with the numbers of what it needs, then what that is: many need the same."""
        if not found:
            return
        yield Text("Withheld while it is not known to be safe", style="dim")
        numbers: dict[str, int] = {}
        for entry in found:
            needs = list(dict.fromkeys(_needs(entry)))
            for need in needs:
                numbers.setdefault(need, len(numbers) + 1)
            yield self._title(f"x needs {', '.join(str(numbers[need]) for need in needs)}: ", entry, whole)
            yield from self._detail(entry)
        for need, number in numbers.items():
            yield Padding(Text(f"{number}. {need}"), (0, 0, 0, 4))

    def _title(self, mark: str, entry: dict[str, Any], whole: str) -> Text:
        sessions = in_sessions(entry["sessions"])
        several = "s" if "–" in sessions or " or " in sessions else ""
        within = f" (session{several} {sessions})" if sessions and sessions != whole else ""
        if whole and not sessions:
            within = " (no session is left for it in a therapy of this length)"
        return Text.assemble(mark, entry["propose"], within, self._id(entry))

    def _id(self, entry: dict[str, Any]) -> tuple[str, str]:
        focus = entry["focus"]
        several = len(self._foci) > 1 and focus is not None
        about = f"; {self._wording.area(self._foci[focus]['area'])}" if several else ""
        return (f"  [{entry['rule']}{about}]", "dim")

    def _detail(self, entry: dict[str, Any]) -> Iterator[RenderableType]:
        if not self._steps:
            return
        for step in entry["steps"]:
            yield Padding(Text(f"- {step}"), (0, 0, 0, 4))
        yield from self._sources(entry)

    def _sources(self, entry: dict[str, Any]) -> Iterator[RenderableType]:
        if self._steps:
            sources = "; ".join(cited(Citation(**citation), self._ruleset) for citation in entry["cites"])
            basis = "our inference, starting from" if entry["basis"] == "inference" else entry["basis"]
            yield Padding(Text(f"{basis}: {sources}", style="dim italic"), (0, 0, 0, 4))


def _needs(entry: dict[str, Any]) -> Iterator[str]:
    """Yield what a withheld strategy needs, in words: what to ask, or what is recorded that makes it unsafe."""
    for need in entry["unknown"]:
        for ask in need["ask"]:
            about = f" ({ask['about']})" if ask["about"] else ""
            yield f"not known, so ask first: {ask['question']}{about}  [{ask['path']}]"
        if not need["ask"]:
            yield f"cannot be known for this focus: {need['needs']}"
    for need in entry["unmet"]:
        yield f"not safe as recorded: {recorded(need)}"


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
