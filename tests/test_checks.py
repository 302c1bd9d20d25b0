"""The checks of a rule set: the shipped rules pass, and each planted defect is found, by its check alone, at its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ipt_rules import load_ruleset
from ipt_rules.verify import CHECKS, check_ruleset
from tests.helpers import MINI, write
from tests.test_command import run

if TYPE_CHECKING:
    from ipt_rules.verify import Defect

TOP = Path(__file__).parents[1]

_END = "  because: So it is.\n  basis: inference\n  cites: [{ref: manual, at: ch. 1, seen: read}]\n"
_PLANTED = {
    "dead-rule": (
        "- id: planted.dead\n  for: loss\n  when: {loss.kind: job, loss.mourning: stalled}\n"
        "  supports: grief\n  strength: slight\n"
    ),
    "always-true": (
        "- id: planted.always\n  for: patient\n  when:\n    any: [{patient.phq9: {known: true}}, {patient.phq9: {known: false}}]\n"
        "  ask: Is it so?\n"
    ),
    "idle-condition": (
        "- id: planted.idle\n  for: loss\n  when: {loss.kind: death, all: [{loss.kind: {in: [death, pregnancy_loss]}}]}\n"
        "  supports: transitions\n  strength: slight\n"
    ),
    "contained-rule": (
        "- id: planted.contained\n  for: loss\n  when: {loss.kind: death, loss.mourning: suppressed, loss.sudden: true,\n"
        "    loss.months_since: {at_least: 12}}\n  supports: grief\n  strength: slight\n  evidence: course-of-mourning\n"
    ),
    "counted-twice": "- id: planted.twice\n  for: loss\n  when: {loss.mourning: settled}\n  opposes: grief\n  strength: slight\n",
    "contradiction": (
        "- id: planted.opposite\n  for: loss\n  when: {loss.mourning: settled}\n  supports: grief\n  strength: slight\n"
    ),
    "needs-never-met": (
        "- id: planted.needs\n  for: focus\n  phase: middle\n  when: {focus.area: disputes, dispute.violence: true}\n"
        "  needs: {dispute.violence: false}\n  propose: Do it\n  aim: Have it done.\n  steps: [Do it.]\n"
    ),
    "never-brought-forward": (
        "- id: planted.on-demand\n  for: patient\n  phase: final\n  on_demand: true\n  when: always\n  propose: Do it\n"
        "  aim: Have it done.\n  steps: [Do it.]\n"
    ),
}
"""By check, a rule that has its defect; beside the small rule set."""


def found_in(folder: Path, rules: str = "") -> list[Defect]:
    """Return what the checks find in the small rule set with further rules."""
    return check_ruleset(load_ruleset(write(folder, {**MINI, **({"planted.yaml": rules} if rules else {})})))


def test_the_shipped_rules_pass() -> None:
    """No check finds anything in the shipped rules, nor in their variants."""
    assert check_ruleset(load_ruleset()) == []
    assert check_ruleset(load_ruleset(variant="grief-and-loss")) == []


def test_the_small_rule_set_passes(tmp_path: Path) -> None:
    """A plain rule set has no finding."""
    assert found_in(tmp_path) == []


@pytest.mark.parametrize("check", sorted(_PLANTED))
def test_a_planted_defect_is_found_by_its_check_alone(tmp_path: Path, check: str) -> None:
    """One rule with one defect gives one finding, with the place of the rule."""
    (defect,) = found_in(tmp_path, _PLANTED[check] + _END)
    assert (defect.check, defect.about.startswith("planted.")) == (check, True)
    assert defect.position is not None
    assert (defect.position.file, defect.position.line) == (f"{tmp_path}/planted.yaml", 1)


def test_what_cannot_be_unknown_is_never_told_to_be(tmp_path: Path) -> None:
    """A judgement that nobody made is no open question: a rule that waits for it to be one never holds."""
    rule = "- id: planted.judgement\n  for: dispute\n  when: {dispute.stage: {known: false}}\n  ask: Which stage?\n"
    (defect,) = found_in(tmp_path, rule + _END)
    assert (defect.check, defect.about) == ("dead-rule", "planted.judgement")


def test_all_planted_defects_are_found_together(tmp_path: Path) -> None:
    """Each defect is found beside the others, and nothing else is."""
    rules = "".join(rule + _END for check, rule in _PLANTED.items() if check != "contradiction")
    assert sorted(defect.check for defect in found_in(tmp_path, rules)) == sorted(set(_PLANTED) - {"contradiction"})


def test_a_reference_that_nobody_cites_is_found(tmp_path: Path) -> None:
    """It is named by its key; it stands in no rule."""
    extra = "extra:\n  type: book\n  title: Another\n  author: unknown\n  issued: 2001\n  seen: recalled\n"
    folder = write(tmp_path, {**MINI, "references.yaml": MINI["references.yaml"] + extra})
    (defect,) = check_ruleset(load_ruleset(folder))
    assert (defect.check, defect.about, defect.position) == ("never-cited", "extra", None)


def test_a_strategy_that_is_always_withheld_is_shown(tmp_path: Path) -> None:
    """The finding has a row on which the condition holds and the needs do not."""
    (defect,) = found_in(tmp_path, _PLANTED["needs-never-met"] + _END)
    assert dict(defect.witness) == {
        "dispute.violence": True,
        "focus.area": "disputes",
        "focus.subject": "dispute",
    }


@pytest.mark.parametrize("check", list(CHECKS))
def test_every_check_has_its_page(check: str) -> None:
    """The page says what to avoid, what to prefer, why, and what is excepted."""
    page = (TOP / "docs" / "checks" / f"{check}.md").read_text("utf-8")
    assert page.startswith(f"# {check}\n")
    assert all(f"\n## {part}\n" in page for part in ("Avoid", "Prefer", "Rationale", "Exceptions"))


def test_there_is_no_check_without_a_name() -> None:
    """A name that is none is a KeyError."""
    with pytest.raises(KeyError, match="dead-rules"):
        check_ruleset(load_ruleset(), ["dead-rules"])


def test_the_command_ends_with_1_where_something_is_found(tmp_path: Path) -> None:
    """Nothing found ends with 0, a finding with 1, rules that cannot be read and unknown checks with 2."""
    plain = write(tmp_path / "plain", MINI)
    planted = write(tmp_path / "planted", {**MINI, "planted.yaml": _PLANTED["dead-rule"] + _END})
    assert run("check", str(plain)).exit_code == 0
    done = run("check", str(planted))
    assert done.exit_code == 1
    assert "planted.dead" in done.stdout
    assert "docs/checks/dead-rule.md" in done.stdout
    assert "1 finding: 9 checks, 4 rules." in done.stdout
    told = json.loads(run("check", str(planted), "--format", "json").stdout)
    assert [defect["check"] for defect in told["found"]] == ["dead-rule"]
    assert run("check", str(planted), "--only", "always-true").exit_code == 0
    assert run("check", str(tmp_path / "nowhere")).exit_code == 2
    assert run("check", "--only", "dead-rules").exit_code == 2
