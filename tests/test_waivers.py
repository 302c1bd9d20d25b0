"""Waivers: read beside what they are about, no part of what a rule set means, and told when they waive nothing."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest

from ipt_rules import load_ruleset
from ipt_rules.ruleset.waivers import WAIVABLE
from ipt_rules.verify import CHECKS, check_ruleset, findings
from tests.helpers import MINI, changed_once, mistakes_in, write, write_mini

if TYPE_CHECKING:
    from pathlib import Path

_GRIEF = MINI["evidence/grief.yaml"]
_WAIVING = changed_once(
    _GRIEF, "  because: The mourning has", "  waives: {dead-rule: a reason}\n  because: The mourning has"
)
_DEAD = changed_once(_GRIEF, "when: {loss.mourning: settled}", "when: {loss.kind: job, loss.mourning: settled}")
_DEAD_AND_WAIVED = changed_once(
    _DEAD, "  because: The mourning has", "  waives: {dead-rule: not yet}\n  because: The mourning has"
)


def test_every_check_but_that_of_waivers_can_be_waived() -> None:
    """The names that a rule file may waive are those of the checks."""
    assert set(WAIVABLE) == set(CHECKS) - {"idle-waiver"}


def test_a_waived_finding_is_none(tmp_path: Path) -> None:
    """What is waived is not found, and is told beside what is, with its reason."""
    told = findings(load_ruleset(write_mini(tmp_path, rules=_DEAD_AND_WAIVED)), ["dead-rule", "idle-waiver"])
    assert told.found == []
    assert [(defect.about, waiver.check, waiver.reason) for defect, waiver in told.waived] == [
        ("grief.settled", "dead-rule", "not yet")
    ]


def test_a_waiver_of_nothing_is_found(tmp_path: Path) -> None:
    """It is told where the waiver stands, though nobody asked for the check that it waives."""
    folder = write_mini(tmp_path, rules=_WAIVING)
    ruleset = load_ruleset(folder)
    (defect,) = check_ruleset(ruleset, ["idle-waiver"])
    assert [*CHECKS["idle-waiver"](ruleset)] == [defect]
    assert (defect.check, defect.about) == ("idle-waiver", "grief.settled")
    assert str(defect.position) == f"{folder}/evidence/grief.yaml:20:12"


def test_waivers_are_no_part_of_the_meaning(tmp_path: Path) -> None:
    """With and without waivers a rule set is the same, with the same digest; they travel with it all the same."""
    plain = load_ruleset(write_mini(tmp_path / "plain"))
    questions = MINI["questions.yaml"] + "waives:\n  grief: {never-first: a reason}\n"
    waiving = load_ruleset(write_mini(tmp_path / "waiving", rules=_WAIVING, questions=questions))
    assert (plain, plain.digest) == (waiving, waiving.digest)
    copied = pickle.loads(pickle.dumps(waiving))  # noqa: S301  # our own bytes
    assert copied.rule("grief.settled").waives == waiving.rule("grief.settled").waives != ()
    assert copied.waives == waiving.waives != {}


def test_a_reference_is_waived_in_its_entry(tmp_path: Path) -> None:
    """A reference that no rule cites may say why it stands there; the reason is no part of the source."""
    extra = "extra:\n  type: book\n  title: A\n  author: unknown\n  issued: 2001\n  seen: recalled\n"
    extra += "  waives: {never-cited: for reading}\n"
    ruleset = load_ruleset(write_mini(tmp_path, references=MINI["references.yaml"] + extra))
    assert check_ruleset(ruleset, ["never-cited", "idle-waiver"]) == []
    assert "waives" not in ruleset.references["extra"]


def test_questions_and_areas_are_waived_beside_the_questions(tmp_path: Path) -> None:
    """A question that nobody reads and an area that is never first may say why in ``questions.yaml``."""
    waives = "waives:\n  loss.kind: {question-missing: told by the list}\n  deficits: {never-first: left out here}\n"
    ruleset = load_ruleset(write_mini(tmp_path, questions=MINI["questions.yaml"] + waives))
    found = check_ruleset(ruleset, ["question-missing", "never-first", "idle-waiver"])
    assert not {"loss.kind", "deficits"} & {defect.about for defect in found}
    assert {"losses", "disputes"} <= {defect.about for defect in found}


def test_a_rule_set_that_extends_another_waives_anew(tmp_path: Path) -> None:
    """What an entry says replaces that of the base: an entry without the waiver has none."""
    extra = "extra:\n  type: book\n  title: A\n  author: unknown\n  issued: 2001\n  seen: recalled\n"
    write_mini(
        tmp_path / "base", references=f"{MINI['references.yaml']}{extra}  waives: {{never-cited: for reading}}\n"
    )
    head = 'name: own\nversion: "1"\nlanguage: 1\nextends: ../base\n'
    own = write(tmp_path / "own", {"ruleset.yaml": head})
    assert check_ruleset(load_ruleset(own), ["never-cited"]) == []
    write(own, {"references.yaml": extra})
    assert [defect.about for defect in check_ruleset(load_ruleset(own), ["never-cited"])] == ["extra"]


@pytest.mark.parametrize(
    ("waives", "line", "column", "what"),
    [
        ("{dead-rules: a reason}", 20, 12, "there is no check 'dead-rules'; did you mean 'dead-rule'?"),
        ("{idle-waiver: a reason}", 20, 12, "there is no check 'idle-waiver'; see docs/checks"),
        ("{dead-rule: 1}", 20, 23, "must be text; the reason why its finding is meant"),
        ("{}", 20, 11, "must name a check, with the reason why its finding is meant"),
        ("dead-rule", 20, 11, "must be a mapping"),
    ],
)
def test_a_mistake_in_a_waiver_is_told(tmp_path: Path, waives: str, line: int, column: int, what: str) -> None:
    """An unknown check comes with the nearest that there is, and a reason is text."""
    rules = _WAIVING.replace("{dead-rule: a reason}", waives)
    ((file, *place, _, told),) = mistakes_in(write_mini(tmp_path, rules=rules))
    assert (file, *place, told) == ("evidence/grief.yaml", line, column, what)


def test_a_waiver_about_nothing_known_is_a_mistake(tmp_path: Path) -> None:
    """In ``questions.yaml`` waivers are about fields, questions and areas."""
    waives = "waives:\n  loss.mournings: {never-read: a reason}\n"
    folder = write_mini(tmp_path, questions=MINI["questions.yaml"] + waives)
    ((file, line, column, path, told),) = mistakes_in(folder)
    assert (file, line, column, path) == ("questions.yaml", 6, 3, "waives.loss.mournings")
    assert told == "neither a field nor a problem area; did you mean 'loss.mourning'?"
