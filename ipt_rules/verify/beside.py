"""Checks of what stands beside the rules: references, questions, and waivers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipt_rules.intake import SUBJECT_LISTS
from ipt_rules.ruleset.conditions import comparisons
from ipt_rules.ruleset.consequences import Proposal
from ipt_rules.verify.defects import Defect
from ipt_rules.vocabulary import course_questions, fields, questions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ipt_rules.ruleset.model import Rule, Ruleset, Waiver
    from ipt_rules.vocabulary import Question


def never_cited(ruleset: Ruleset) -> Iterator[Defect]:
    """Yield the references that no rule cites."""
    cited = {citation.ref for rule in ruleset.rules for citation in rule.cites}
    for key in ruleset.references:
        if key not in cited:
            position = ruleset.places.get(f"references.{key}")
            what = "no rule cites this reference; cite it, or remove it from references.yaml"
            yield Defect("never-cited", key, position, what)


def never_read(ruleset: Ruleset) -> Iterator[Defect]:
    """Yield the questions that a rule set has words for and whose answers reach no rule, neither as a field nor by way of one."""
    read = _readers(ruleset)
    for key, question in _asked().items():
        if key in ruleset.questions and _reader(question, read) is None:
            what = "no rule reads the answer to this question; read it, or waive it with what else it is there for"
            yield Defect("never-read", key, ruleset.places.get(f"questions.{key}"), what)


def question_missing(ruleset: Ruleset) -> Iterator[Defect]:
    """Yield the questions whose answers reach a rule, and for which ``questions.yaml`` has no words."""
    read = _readers(ruleset)
    for key, question in _asked().items():
        if key not in ruleset.questions and (reader := _reader(question, read)) is not None:
            what = f"'{reader.id}' reads the answer, and questions.yaml has no words to ask it in; write them"
            yield Defect("question-missing", key, reader.position, what)


def idle_waivers(ruleset: Ruleset, found_by: Callable[[str], Sequence[Defect]]) -> Iterator[Defect]:
    """Yield the waivers of findings that are none.

    Args:
        ruleset: the rules.
        found_by: returns what a check finds, waived or not.

    """
    for about, waivers in _waivers(ruleset):
        for waiver in waivers:
            if not any(defect.about == about for defect in found_by(waiver.check)):
                what = f"waives '{waiver.check}', which finds nothing here; remove the waiver"
                yield Defect("idle-waiver", about, waiver.position, what)


def waiver_of(ruleset: Ruleset, defect: Defect) -> Waiver | None:
    """Return the waiver of a finding, or None where it is not waived."""
    if defect.check == "idle-waiver":
        return None
    waivers = [waiver for about, found in _waivers(ruleset) if about == defect.about for waiver in found]
    return next((waiver for waiver in waivers if waiver.check == defect.check), None)


def _waivers(ruleset: Ruleset) -> Iterator[tuple[str, Sequence[Waiver]]]:
    yield from ((rule.id, rule.waives) for rule in ruleset.rules if rule.waives)
    yield from ruleset.waives.items()


def _asked() -> Mapping[str, Question]:
    return {**questions(), **course_questions()}


def _readers(ruleset: Ruleset) -> Mapping[str, Rule]:
    """Return the places of answers that rules read, each with the first rule that does."""
    found: dict[str, Rule] = {}
    for rule in ruleset.rules:
        for name in _fields_of(rule):
            field = fields()[name]
            for path in (
                *(field.reads if field.is_derived else (field.path,)),
                *_who_it_is_about(rule.kind, field.group),
            ):
                found.setdefault(path, rule)
    return found


def _fields_of(rule: Rule) -> Iterator[str]:
    needs = rule.consequence.needs if isinstance(rule.consequence, Proposal) else None
    for condition in (rule.condition, *(() if needs is None else (needs,))):
        yield from (one.field for one in comparisons(condition))


def _who_it_is_about(kind: str, group: str) -> Iterator[str]:
    """Yield the places of the references by which a row has the tie to a person."""
    if group == "tie":
        yield from (f"{part}[].person" for part, subject in SUBJECT_LISTS.items() if kind in (subject, "focus"))
        if kind == "event":
            yield "check_ins[].events[].person"


def _reader(question: Question, read: Mapping[str, Rule]) -> Rule | None:
    """Return a rule that an answer reaches; that of a list by way of any of its entries. None where there is none."""
    inside = (f"{question.path}[", f"{question.path}.")
    return next((rule for path, rule in read.items() if path == question.path or path.startswith(inside)), None)
