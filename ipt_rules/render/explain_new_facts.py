"""What became known in a therapy, in one sentence each: in which session, about what, and what was the answer before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel

from ipt_rules import places
from ipt_rules.explain import told_answer
from ipt_rules.wording import Wording

if TYPE_CHECKING:
    from ipt_rules.explain import NewFact, Reassessment


def new_fact(told: NewFact, shown: Reassessment) -> str:
    """Return what became known in a session; an answer with its subject, and with the one before where there was one."""
    if not told.question:
        return f"Session {told.session}: added: {told.said}"
    subject, before = _subject(told.path.rpartition(".")[0], shown), _before(told, shown)
    about = f", {subject}" if subject else ""
    return f"Session {told.session}{about}: {told.question} {told.said}{f' (before: {before})' if before else ''}"


def _subject(place: str, shown: Reassessment) -> str:
    """Return what a subject is called: as when it was added, else by role and number; empty where it is none."""
    added = [one.said for one in shown.facts if one.path == place]
    if added:
        return added[0]
    intake = shown.before.intake
    return _nameless(shown).subject(place) if place in dict(intake.subjects()) else ""


def _before(told: NewFact, shown: Reassessment) -> str:
    """Return the answer before, of an earlier session or of the intake; empty where none was known."""
    earlier = [one.said for one in shown.facts if one.path == told.path and one.session < told.session]
    if earlier:
        return earlier[-1]
    intake = shown.before.intake
    try:
        answer = places.at(intake, places.parse(told.path))
    except LookupError:
        return ""
    plain = answer.model_dump(mode="json") if isinstance(answer, BaseModel) else answer
    return "" if plain is None else told_answer(intake, told.path, plain, _nameless(shown)).shown


def _nameless(shown: Reassessment) -> Wording:
    """Return words for the intake as it was, which name nobody: whether names may be told is not known here."""
    return Wording(shown.before.intake, shown.ruleset, names=False)
