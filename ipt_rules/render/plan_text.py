"""The plan of an assessment as text for a terminal: foci, draft formulation, goals, then the strategies phase by phase."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rich.padding import Padding
from rich.text import Text

from ipt_rules.citations import cited
from ipt_rules.ruleset.model import EVERY_PHASE, Citation
from ipt_rules.told_plan import in_sessions, reasons

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
        told: the plan as plain values.
        wording: the words of the rule set.
        ruleset: the rules, for their sources.
        brief: strategies by name only, and none of those that hold throughout.
        steps: with the steps and the sources of each strategy.

    """

    def __init__(
        self, told: dict[str, Any], wording: Wording, ruleset: Ruleset, *, brief: bool = False, steps: bool = False
    ) -> None:
        self._told = told
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
        yield from self._foci()
        gates = dict.fromkeys(gate for phase in phases for entry in phase["withheld"] for gate in entry["gates"])
        if gates:
            yield Text(
                f"Until a clinician has assessed and cleared {_listed(gates)}, only what may come before that is shown.",
                style="bold",
            )
        else:
            yield from self._formulation()
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

    def _foci(self) -> Iterator[RenderableType]:
        foci = self._told["foci"]
        if not foci:
            yield Text("Focus: none is proposed yet, so what follows is what any therapy begins and ends with.")
        for focus in foci:
            about = f", {focus['label']}" if focus["label"] else ""
            yield Text(f"Focus: {self._wording.area(focus['area'])}{about} – {_ANSWERS[focus['answer']]}")

    def _formulation(self) -> Iterator[RenderableType]:
        for draft in self._told["formulations"]:
            if draft["parts"]:
                yield Text("\nDraft formulation, for the clinician to put in their own words", style="dim")
                said = " ".join(part["say"] for part in draft["parts"])
                yield Padding(Text(said), (0, 0, 0, 2))

    def _goals(self) -> Iterator[RenderableType]:
        if self._told["goals"]:
            yield Text("\nGoals", style="dim")
        for goal in self._told["goals"]:
            yield Text.assemble("* ", goal["goal"], (f"  [{goal['rule']}]", "dim"))
            yield from self._sources(goal)

    def _phase(self, phase: dict[str, Any]) -> Iterator[RenderableType]:
        shown = [entry for entry in phase["withheld"] if entry["unmet"] or entry["unknown"]]
        shown = [entry for entry in shown if not entry["gates"]]
        if not phase["strategies"] and not shown:
            return
        sessions = in_sessions(phase["sessions"])
        when = f", sessions {sessions}" if sessions else ""
        now = self._told["current_phase"]
        here = " (now)" if now == phase["phase"] else ""
        heading = "Throughout" if phase["phase"] == EVERY_PHASE else f"{phase['phase'].capitalize()} phase{when}{here}"
        yield Text(f"\n{heading}", style="bold")
        for entry in phase["strategies"]:
            yield self._title("* ", entry, sessions)
            if not self._brief and now in (None, phase["phase"]):
                yield Padding(Text(entry["aim"], style="dim"), (0, 0, 0, 4))
            yield from self._detail(entry)
        yield from self._withheld(shown, sessions)

    def _withheld(self, found: Sequence[dict[str, Any]], whole: str) -> Iterator[RenderableType]:
        """Yield what is withheld, each with the numbers of what it needs, then what that is: many need the same."""
        if not found:
            return
        yield Text("Withheld while it is not known to be safe", style="dim")
        numbers: dict[str, int] = {}
        for entry in found:
            needs = list(_needs(entry))
            for need in needs:
                numbers.setdefault(need, len(numbers) + 1)
            yield self._title(f"x needs {', '.join(str(numbers[need]) for need in needs)}: ", entry, whole)
            yield from self._detail(entry)
        for need, number in numbers.items():
            yield Padding(Text(f"{number}. {need}"), (0, 0, 0, 4))

    def _title(self, mark: str, entry: dict[str, Any], whole: str) -> Text:
        sessions = in_sessions(entry["sessions"])
        within = f" (session{'s' if '–' in sessions or ' or ' in sessions else ''} {sessions})" if sessions else ""
        none_left = not sessions and any(window is None for window in entry["sessions"]) and bool(whole)
        note = " (no session is left for it in a therapy of this length)" if none_left else ""
        return Text.assemble(mark, entry["propose"], "" if sessions == whole else within, note, self._id(entry))

    def _id(self, entry: dict[str, Any]) -> tuple[str, str]:
        focus = entry["focus"]
        several = len(self._told["foci"]) > 1
        about = f"; {self._wording.area(self._told['foci'][focus]['area'])}" if several and focus is not None else ""
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
        yield f"not known, so ask first: {need['question'] or need['needs']}  [{need['path']}]"
    for reason in reasons({"unmet": entry["unmet"]}):
        yield f"not safe as recorded: {reason}"


def _listed(gates: Sequence[str] | dict[str, None]) -> str:
    words = [gate.replace("_", " ") for gate in gates]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
