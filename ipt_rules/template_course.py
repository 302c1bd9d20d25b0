"""A blank course: the contract, the focus, the goals, and a check-in with every question and its wording, nothing answered."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import yaml

from ipt_rules.course import COURSE_SCHEMA
from ipt_rules.intake import SCHEMA
from ipt_rules.records import Private, Refers, bounds, declared, options
from ipt_rules.sessions import AgreedFocus, AgreedGoal, CheckIn, Contract, GoalProgress, InterpersonalEvent
from ipt_rules.template import blank_dict
from ipt_rules.vocabulary import course_questions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from ipt_rules.intake import Intake
    from ipt_rules.records import Record
    from ipt_rules.ruleset import Ruleset

MEANINGS: Final = {
    "Intake.assessed_on": "day of the assessment",
    "Intake.losses": "losses recorded; [] when they were asked about and there are none",
    "Intake.disputes": "disputes recorded; [] when they were asked about and there are none",
    "Intake.changes": "changes recorded; [] when they were asked about and there are none",
    "Intake.isolation": "the isolation history; [] when it was asked about and there is none",
    "Intake.asked_without_answer": "places of questions that were asked and could not be answered",
    "Inventory.people": "people in the patient's life; [] when they were asked about and there is nobody",
    "Inventory.ties": "ties between these people; [] when they were asked about and there are none",
    "Course.intake": "the intake, as it was when the therapy began",
    "Course.contracts": "how many sessions were agreed on, each contract in force until the next one",
    "Course.foci": "what was agreed to work on, in order; two from the same session are worked on together",
    "Course.goals": "the goals that were agreed, two or three",
    "Course.check_ins": "one check-in for each session that was held, in order",
    "Contract.sessions": "how many sessions the therapy has, counted from the first",
    "Contract.agreed_in": "the session in which this was agreed; it holds from then on",
    "AgreedFocus.area": "the problem area that was agreed on",
    "AgreedFocus.agreed_in": "the session in which it was agreed",
    "AgreedFocus.answer": "what the patient said to it; only 'agrees' is agreement",
    "AgreedFocus.answered_in": "the session in which they said it",
    "AgreedGoal.agreed_in": "the session in which the goal was agreed",
    "CheckIn.events": "what happened between the patient and others since the session before",
    "CheckIn.strategies": "ids of the strategies of the plan that were done, such as middle.general.role-play",
    "CheckIn.progress": "how the agreed goals have moved",
    "CheckIn.new_facts": "what became known and belongs into the intake",
    "NewFacts.people": "people who are added to the inventory",
    "NewFacts.ties": "ties that are added to the inventory",
    "NewFacts.losses": "losses that are added",
    "NewFacts.disputes": "disputes that are added",
    "NewFacts.changes": "changes that are added",
    "NewFacts.isolation": "the isolation history, where there was none",
    "NewFacts.answers": "other answers, by their place in the intake, such as losses[0].mourning: delayed",
}
"""What the parts of a course and of an intake are that no question asks about."""

_Question: TypeAlias = tuple[str, str, str, str]
"""Key, wording, accepted answers, and the answer that stands there already."""

_HEAD: Final = """\
# A blank course. It is valid as it stands: one session, of which nothing is recorded yet.
# Answer what you know and leave the rest empty; what is empty is unknown, never "no".
# A part with a # before each line is left out; take the # away to fill it in, and copy an entry for each further one.
# Entries are counted from 0: losses[0] is the first loss, goals[0] the first goal. A `note:` may stand in each part; it is
# for people, no rule sees it.
"""
_CHECK_IN: Final = "  # A blank check-in of session {session}, to put under check_ins, after those of earlier sessions."
_INTAKE: Final = """\

# The intake as it was when the therapy began: put it here whole, each line two blanks further in. `ipt-rules template`
# prints a blank one.
intake:"""
_RECORDED_INTAKE: Final = """\

# The intake as it was when the therapy began. It stays so: what becomes known later goes into the check-in of its session.
intake:"""
_NEW_FACTS: Final = """\
    # What became known and belongs into the intake: people, ties, losses, disputes, changes and isolation that are added,
    # written as there, and answers by place. They need the day of the session.
    #new_facts:
    #  losses:
    #  - kind:
    #  answers:
    #    episode.medication:"""
_LISTS: Final = ("cleared", "strategies")
_PLAIN_WORD: Final = re.compile("[a-z][a-z0-9_]+")


def blank_course_yaml(ruleset: Ruleset, assessed_on: date, intake: Intake | None = None) -> str:
    """Return a blank course as YAML; each question stands above its answer, with the answers that it takes.

    Args:
        ruleset: whose wording the questions have.
        assessed_on: day of the assessment, for an intake that is still to be put in.
        intake: the intake that stands in it already.

    """
    return "\n".join([_HEAD, *_lines(ruleset, assessed_on, intake)]) + "\n"


def blank_course_dict(assessed_on: date, intake: Intake | None = None) -> dict[str, Any]:
    """Return a blank course as plain values, every question of the check-in with the answer None."""
    parts: dict[str, Any] = {"contracts": [], "foci": [], "goals": [], "check_ins": [blank_check_in_dict(1)]}
    whole = blank_dict(assessed_on) if intake is None else intake.to_dict()
    return {"schema": COURSE_SCHEMA, "intake": whole, **parts}


def blank_check_in_yaml(ruleset: Ruleset, session: int) -> str:
    """Return a blank check-in as YAML, as an entry of ``check_ins``; at the end of a blank course it can be appended."""
    return "\n".join([_CHECK_IN.format(session=session), *_check_in(ruleset, session)]) + "\n"


def blank_check_in_dict(session: int) -> dict[str, Any]:
    """Return a blank check-in as plain values, every question with the answer None."""
    blank: dict[str, Any] = {name: None for name in CheckIn.model_fields if _is_asked(name)}
    return blank | {"session": session, "progress": [], "new_facts": {}} | {name: [] for name in _LISTS}


def _is_asked(name: str) -> bool:
    return not isinstance(declared(CheckIn, name), Private)


def _lines(ruleset: Ruleset, assessed_on: date, intake: Intake | None) -> Iterator[str]:
    yield f"schema: {COURSE_SCHEMA}"
    if intake is None:
        yield _INTAKE
        yield f"  schema: {SCHEMA}\n  assessed_on: {assessed_on.isoformat()}"
    else:
        yield _RECORDED_INTAKE
        yield textwrap.indent(_written(intake.to_dict()), "  ").rstrip()
    for part, record in (("contracts", Contract), ("foci", AgreedFocus), ("goals", AgreedGoal)):
        yield f"\n# {_sentence(MEANINGS[f'Course.{part}'])}"
        yield f"#{part}:"
        yield from _entry([_agreed(record, name) for name in record.model_fields if name != "note"], "")
    yield f"\n# {_sentence(MEANINGS['Course.check_ins'])}"
    yield "check_ins:"
    yield from _check_in(ruleset, 1)


class _Writer(yaml.SafeDumper):
    """Writes YAML in which every text but a plain word is quoted, so that none is read as a number or a truth value."""


_Writer.add_representer(
    str,
    lambda writer, text: writer.represent_scalar(
        "tag:yaml.org,2002:str", text, None if _PLAIN_WORD.fullmatch(text) else '"'
    ),
)


def _written(plain: dict[str, Any]) -> str:
    written: str = yaml.dump(plain, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=120)
    return written


def _check_in(ruleset: Ruleset, session: int) -> Iterator[str]:
    dash = "- "
    for name in filter(_is_asked, CheckIn.model_fields):
        yield from _of_session(ruleset, name, dash, session)
        dash = "  "


def _of_session(ruleset: Ruleset, name: str, dash: str, session: int) -> Iterator[str]:
    """Yield what is asked under one key of a check-in."""
    if name == "new_facts":
        yield _NEW_FACTS
    elif name == "progress":
        yield f"    # {_sentence(MEANINGS['CheckIn.progress'])}"
        yield "    #progress:"
        yield from _entry(_asked(ruleset, GoalProgress, "progress"), "    ")
    elif name == "strategies":
        yield f"    # {_sentence(MEANINGS['CheckIn.strategies'])}"
        yield "    strategies: []"
    else:
        key = "check_ins[].events" if name == "events" else f"checkin.{name}"
        question = course_questions()[key]
        answer = {"session": f" {session}", **dict.fromkeys(_LISTS, " []")}.get(name, "")
        yield f"    # {ruleset.questions.get(key, question.meaning)} ({question.answers})"
        yield f"  {dash}{name}:{answer}"
        if name == "events":
            yield from _entry(_asked(ruleset, InterpersonalEvent, "event"), "    ")


def _asked(ruleset: Ruleset, record: type[Record], group: str) -> list[_Question]:
    """Return the questions about one thing, none answered."""
    questions = {name: course_questions().get(f"{group}.{name}") for name in record.model_fields}
    return [
        (name, ruleset.questions.get(question.key, question.meaning), question.answers, "")
        for name, question in questions.items()
        if question is not None
    ]


def _agreed(record: type[Record], name: str) -> _Question:
    """Return a key of something agreed with what stands there, what is accepted, and what holds when it is left out."""
    asked, limits = declared(record, name), bounds(record, name)
    if isinstance(asked, Refers):
        return name, asked.meaning, "place of a subject, or none", ""
    if isinstance(asked, Private):
        return name, f"for people only: {asked.meaning}", "text", ""
    answers = f"{limits[0]} to {limits[1]}" if limits else " | ".join(options(record, name))
    default = record.model_fields[name].get_default()
    return name, MEANINGS[f"{record.__name__}.{name}"], answers, f" {default}" if isinstance(default, int) else ""


def _entry(questions: list[_Question], indent: str) -> Iterator[str]:
    """Yield one entry of a list as a comment, each question above its answer."""
    dash = "- "
    for key, wording, answers, answer in questions:
        yield f"{indent}#    # {wording} ({answers})"
        yield f"{indent}#  {dash}{key}:{answer}"
        dash = "  "


def _sentence(meaning: str) -> str:
    return f"{meaning[0].upper()}{meaning[1:]}."
