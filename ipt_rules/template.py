"""A blank intake: every question of the intake with its wording, nothing answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ipt_rules.intake import PARTS_OF_THE_PATIENT, SCHEMA, SUBJECT_LISTS, Intake
from ipt_rules.vocabulary import Question, questions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from ipt_rules.ruleset import Ruleset

_HEAD: Final = """\
# A blank intake. It is valid as it stands: nothing has been asked yet.
# Answer what you know and leave the rest empty; what is empty is unknown, never "no".
# A list: leave it empty when nobody asked, write [] when you asked and there is none, or take the # away below it, and
# copy the entry for each further one. Entries are counted from 0: losses[0] is the first loss, losses[1] the second.
# An event goes into one list only. A `note:` may stand beside any answers; it is for people, no rule sees it.
"""
_CLEARED: Final = "patient.cleared"
_ID: Final = "what the rest of the intake calls this person"
_NAME: Final = "for people only, never seen by a rule: the name"
_RELATION: Final = "for people only: what the person is to the patient, such as mother or neighbour"


def blank_yaml(ruleset: Ruleset, assessed_on: date) -> str:
    """Return a blank intake as YAML; each question stands above its answer, with the answers that it takes."""
    return "\n".join([_HEAD, *_lines(ruleset, assessed_on)]) + "\n"


def blank_dict(assessed_on: date) -> dict[str, Any]:
    """Return a blank intake as plain values, every question with the answer None."""
    blank: dict[str, Any] = {"schema": SCHEMA, "assessed_on": assessed_on.isoformat()}
    for question in questions().values():
        part, _, rest = question.path.partition(".")
        if "[]" not in question.path:
            if rest:
                blank.setdefault(part, {})[rest] = [] if question.key == _CLEARED else None
            else:
                blank[part] = None
    return blank


def _lines(ruleset: Ruleset, assessed_on: date) -> Iterator[str]:
    yield f"schema: {SCHEMA}"
    yield f"assessed_on: {assessed_on.isoformat()}"
    by_path = {question.path: question for question in questions().values()}
    for part in Intake.model_fields:
        if part in PARTS_OF_THE_PATIENT:
            yield f"\n{part}:"
            for path, question in by_path.items():
                if path.startswith(f"{part}."):
                    yield from _asked(question, ruleset, path.partition(".")[2], "  ", "")
        elif part in SUBJECT_LISTS:
            yield ""
            yield from _list(by_path, ruleset, part, "")
        elif part == "inventory":
            yield "\ninventory:"
            yield from _list(by_path, ruleset, "inventory.people", "  ")
            yield from _asked(by_path["inventory.ties"], ruleset, "ties", "  ", "")
            yield "  #  - between: [id of one person, id of another]"
    yield _SILENT


_SILENT: Final = """
# Questions that were asked and could not be answered, by place, such as "losses[0].mourning"; they stay unknown, and are
# not asked again.
asked_without_answer: []"""


def _list(by_path: dict[str, Question], ruleset: Ruleset, path: str, indent: str) -> Iterator[str]:
    yield from _asked(by_path[path], ruleset, path.rpartition(".")[2], indent, "")
    dash = "- "
    if path == "inventory.people":
        for key, meaning in (("id", _ID), ("name", _NAME), ("relation", _RELATION)):
            yield f"{indent}#    # {meaning}"
            yield f"{indent}#  {dash}{key}:"
            dash = "  "
    for inner, question in by_path.items():
        if inner.startswith(f"{path}[]."):
            yield from _asked(question, ruleset, inner.rpartition(".")[2], indent, f"#  {dash}")
            dash = "  "


def _asked(question: Question, ruleset: Ruleset, key: str, indent: str, mark: str) -> Iterator[str]:
    wording = ruleset.questions.get(question.key, question.meaning)
    only_if = f"; only if {question.only_if}" if question.only_if else ""
    comment = f"#    # {wording}" if mark else f"# {wording}"
    yield f"{indent}{comment} ({question.answers}{only_if})"
    yield f"{indent}{mark}{key}:{' []' if question.key == _CLEARED else ''}"
