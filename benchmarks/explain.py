"""How long each question to an assessment takes, on all worked cases with the shipped rules, and what a trial saves.

Asserted first: a trial finds what a whole assessment of the changed intake finds, every flip flips, and what-if of nothing changes
nothing. Each question is asked of an assessment of its own, so that nothing kept from another question helps; questions take turns.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import time
from typing import TYPE_CHECKING, Any, Final

from ipt_rules import Assessor, IntakeError, example, examples
from ipt_rules.explain.changes import space_of, with_left_out
from ipt_rules.explain.trials import Trials
from ipt_rules.open_answers import with_answers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ipt_rules import Assessment, Intake

LIMITS: Final = {"why": 20, "why not": 20, "what if": 20, "winners": 20, "flips": 100, "ask next": 100}
"""Milliseconds that the median is to stay below."""


def questions() -> dict[str, Callable[[Assessment], object]]:
    """Return each question by name; those about one area ask about each of the four."""
    return {
        "why": lambda one: [one.why(standing.area) for standing in one.ranking],
        "why not": lambda one: [one.why_not(standing.area) for standing in one.ranking[1:2]],
        "what if": lambda one: one.what_if(a_change(one.intake)),
        "winners": lambda one: one.winners(),
        "flips": lambda one: one.flips(),
        "ask next": lambda one: one.ask_next(),
        "sufficient": lambda one: one.sufficient_facts(),
        "report": lambda one: one.to_html(),
    }


def a_change(intake: Intake) -> dict[str, Any]:
    """Return one other answer about the first event of an intake, or about the patient."""
    place = next((place for place, subject in intake.subjects() if hasattr(subject, "tied_to_episode")), None)
    if place is None:
        return {"patient.age": 51}
    return {f"{place}.tied_to_episode": not dict(intake.subjects())[place].tied_to_episode}  # type: ignore[union-attr]  # chosen so


def trials_of(intake: Intake, assessor: Assessor) -> Iterator[tuple[dict[str, Any], Intake]]:
    """Yield single changes of an intake that may be recorded, each with the changed intake."""
    space = space_of(assessor.ruleset.counting)
    for answer in space.changeable(intake):
        for option in space.other_answers(intake, answer.place)[:1]:
            changes = with_left_out(intake, {answer.place: option})
            try:
                yield changes, with_answers(intake, {**changes, "asked_without_answer": []})
            except IntakeError:
                continue


def assert_equal_results(cases: list[str], assessor: Assessor) -> tuple[float, float]:
    """Assert what the figures rest on; return the CPU time of a trial and of a whole assessment, in milliseconds."""
    of_a_trial, of_a_whole = [], []
    for case in cases:
        assessment = assessor.assess(example(case))
        assert assessment.what_if({}).difference.is_empty, case
        trials = Trials(assessment.intake, assessor.ruleset)
        assert trials.base.first == assessment.first, case
        for changes, changed in trials_of(assessment.intake, assessor):
            start = time.process_time_ns()
            outcome = trials.outcome(changes)
            between = time.process_time_ns()
            whole = assessor.assess(changed)
            of_a_trial.append((between - start) / 1e6)
            of_a_whole.append((time.process_time_ns() - between) / 1e6)
            assert outcome.outlook == whole.result.outlook, (case, changes)
            assert outcome.first == whole.first, (case, changes)
        for flip in assessment.flips().flips:
            if not any(change.kind == "event" or ".person" in change.path for change in flip.changes):
                told = {one.path: one.after.value for one in flip.changes if one.kind != "left_out"}
                after = assessment.what_if(told).assessment
                assert after is not None, case
                assert after.first == flip.to, (case, told)
    return statistics.median(of_a_trial), statistics.median(of_a_whole)


def main() -> None:
    """Print the medians, the slowest case of each question, and the limits."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--cases", type=int, default=None, help="only so many worked cases")
    cases = examples()[: arguments.parse_args().cases]
    assessor = Assessor(engine="compiled")
    trial, whole = assert_equal_results(cases, assessor)
    gc.collect()
    gc.freeze()  # what the benchmark itself holds is not for the measured calls to search through
    taken: dict[str, list[tuple[float, str]]] = {name: [] for name in questions()}
    for case in cases:
        for name, ask in questions().items():
            assessment = assessor.assess(example(case))
            start = time.process_time_ns()
            ask(assessment)
            taken[name].append(((time.process_time_ns() - start) / 1e6, case))
    print(f"{len(assessor.ruleset.rules)} rules, {len(cases)} worked cases, CPU time in milliseconds")
    print(f"a trial {trial:.3f}, a whole assessment {whole:.3f}: {whole / trial:.1f} times as long\n")
    print("| question | median | slowest | in | the median is to stay below |\n|---|--:|--:|---|--:|")
    for name, times in taken.items():
        slowest = max(times)
        median = statistics.median(time for time, _ in times)
        print(f"| {name} | {median:.1f} | {slowest[0]:.0f} | {slowest[1]} | {LIMITS.get(name, '–')} |")


if __name__ == "__main__":
    main()
