"""What several test modules need: a small valid rule set on disk, intakes in one line, and problems as plain tuples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from ipt_rules import Intake, IntakeError, RulesetError, load_ruleset

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ipt_rules.ruleset.model import Ruleset

DAY: Final = "2026-03-14"
"""The day of every assessment in these tests."""

MARK: Final = "MARKED-SECRET"
"""A text that must not be seen where nothing of a patient may be."""

MINI: Final[Mapping[str, str]] = {
    "ruleset.yaml": 'name: mini\nversion: "1.0"\nlanguage: 1\n',
    "scoring.yaml": """\
note: These numbers are design choices.
points: {slight: 1, moderate: 2, strong: 4, decisive: 6}
levels: {possible: 1, likely: 4, strong: 8}
close: 2
numbers:
  recent_event: {value: 6, why: a design choice}
""",
    "references.yaml": """\
manual:
  type: book
  title: A manual
  author: [{family: Somebody}]
  issued: 2018
  seen: read
""",
    "questions.yaml": """\
questions:
  loss.mourning: How has the mourning gone?
areas:
  grief: Grief
""",
    "evidence/grief.yaml": """\
- id: grief.held-back
  for: loss
  when:
    loss.kind: death
    any:
      - loss.mourning: {in: [suppressed, delayed]}
      - loss.avoids_reminders: true
    loss.months_since: {at_least: recent_event}
  supports: grief
  strength: strong
  evidence: course-of-mourning
  because: Feelings about the death of {person} have been held back.
  basis: manual
  cites: [{ref: manual, at: ch. 5, seen: excerpt}]
- id: grief.settled
  for: loss
  when: {loss.mourning: settled}
  opposes: grief
  strength: moderate
  because: The mourning has found its end.
  basis: inference
  cites: [{ref: manual, at: ch. 5, seen: recalled}]
""",
    "strategies.yaml": """\
- id: middle.joint-session
  for: focus
  phase: middle
  sessions: {from: 5}
  when: {focus.area: disputes, tie.contact: {is_not: none}}
  needs: {dispute.violence: false}
  propose: A joint session with {person}
  aim: Hear both sides in the room.
  steps: [Prepare it., Hold it.]
  because: Both sides are heard best together.
  basis: manual
  cites: [{ref: manual, at: ch. 6, seen: read}]
""",
}
"""A small valid rule set: file name to text."""

Found = tuple[str, int, int, str]
"""A problem without its wording: file, line, column, path."""


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Write files into a folder and return the folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def write_mini(folder: Path, **changed: str) -> Path:
    """Write the small rule set, with some files changed; ``rules`` stands for ``evidence/grief.yaml``."""
    names = {"rules": "evidence/grief.yaml"}
    return write(folder, {**MINI, **{names.get(name, f"{name}.yaml"): text for name, text in changed.items()}})


def changed_once(text: str, old: str, new: str) -> str:
    """Return the text with one passage replaced that stands in it exactly once."""
    assert text.count(old) == 1, old
    return text.replace(old, new)


def mistakes_in(folder: Path, named: str = "") -> list[tuple[str, int, int, str, str]]:
    """Return what is wrong with a rule set: file (seen from its folder), line, column, path and wording."""
    with pytest.raises(RulesetError) as raised:
        load_ruleset(named or folder)
    shown = f"{named or folder}/"
    return [
        (problem.file.removeprefix(shown), problem.line, problem.column, problem.path, problem.what)
        for problem in raised.value.problems
    ]


def intake(**parts: Any) -> Intake:
    """Return an intake of the usual day."""
    return Intake(**{"assessed_on": DAY, **parts})


def marked(text: str = MARK) -> Intake:
    """Return an intake with a marked text wherever a text or an id can stand."""
    other = f"other {text}"
    person = {
        "id": text,
        "name": text,
        "relation": text,
        "role": "family",
        "status": "deceased",
        "closeness": "close",
        "note": text,
    }
    return intake(
        losses=[{"kind": "death", "person": text, "mourning": "delayed", "tied_to_episode": True, "note": text}],
        disputes=[{"person": text, "note": text, "repetitive": True}],
        changes=[{"kind": "move", "person": other, "note": text}],
        isolation=[{"note": text}],
        inventory={
            "people": [person, {**person, "id": other}],
            "ties": [{"between": [text, other]}],
            "note": text,
        },
        episode={"note": text},
        view={"note": text, "matters_most": "losses[0]"},
        note=text,
    )


def refused(make: Callable[[], object]) -> list[tuple[str, str]]:
    """Return place and wording of everything that is wrong with an intake or an inventory."""
    with pytest.raises(IntakeError) as raised:
        make()
    return [(problem.path, problem.what) for problem in raised.value.problems]


def digest_of(folder: Path) -> str:
    """Return the digest of the rule set in a folder."""
    ruleset: Ruleset = load_ruleset(folder)
    return ruleset.digest


RULES: Final = "evidence/grief.yaml"
ONE_RULE: Final = """\
- id: more.of-it
  for: loss
  when: {loss.sudden: true}
  supports: grief
  strength: slight
  because: It was sudden.
  basis: manual
  cites: [{ref: manual, at: ch. 5, seen: read}]
"""
"""One more valid rule: eight lines, each key at column 3."""
