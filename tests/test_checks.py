"""The checks of a rule set: the shipped rules pass, and each planted defect is found, by its check alone, at its place."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ipt_rules import Course, Intake, load_ruleset
from ipt_rules.ruleset import shipped_folder
from ipt_rules.verify import CHECKS, check_ruleset, findings, infeasible
from ipt_rules.verify.shown_intakes import with_intake
from tests.helpers import MINI, write
from tests.test_command import run

if TYPE_CHECKING:
    from ipt_rules.verify import Defect

TOP = Path(__file__).parents[1]

_SAID = "  because: So it is.\n  basis: inference\n  cites: [{ref: manual, at: ch. 1, seen: read}]\n"
_SUPPORTS = "  strength: slight\n" + _SAID


def _rule(name: str, kind: str, when: str, then: str, *, said: str = _SAID) -> str:
    return f"- id: planted.{name}\n  for: {kind}\n  when: {when}\n  {then}\n{said}"


def _pair(kind: str, one: tuple[str, str], other: tuple[str, str], name: str) -> str:
    return _rule(f"a-{name}", kind, *one) + _rule(name, kind, *other)


_STRATEGY = "propose: Do it\n  aim: Have it done.\n  steps: [Do it.]\n  phase: "
_PLANTED = {
    "dead-rule": _rule(
        "dead-rule", "loss", "{loss.kind: job, loss.mourning: stalled}", "supports: grief", said=_SUPPORTS
    ),
    "always-true": _rule(
        "always-true",
        "patient",
        "{any: [{patient.phq9: {known: true}}, {patient.phq9: {known: false}}]}",
        "ask: Is it so?",
    ),
    "idle-condition": _rule(
        "idle-condition",
        "loss",
        "{loss.kind: death, all: [{loss.kind: {in: [death, pregnancy_loss]}}]}",
        "supports: transitions",
        said=_SUPPORTS,
    ),
    "infeasible-obligation": _rule(
        "infeasible-obligation",
        "loss",
        "{loss.kind: {in: [death, pregnancy_loss]}, loss.sudden: true}",
        "ask: How was it told?",
    ),
    "contained-rule": _pair(
        "isolation",
        (
            "{isolation.matters_most: true, isolation.most_workable: true}",
            "supports: deficits\n  strength: moderate\n  evidence: planted-view",
        ),
        (
            "{isolation.matters_most: true, isolation.most_workable: true, isolation.unfulfilling: true}",
            "supports: deficits\n  strength: slight\n  evidence: planted-view",
        ),
        "contained-rule",
    ),
    "counted-twice": _pair(
        "isolation",
        ("{isolation.hard_to_keep: true, isolation.most_workable: true}", "supports: deficits\n  strength: slight"),
        ("{isolation.most_workable: true, isolation.hard_to_keep: true}", "supports: deficits\n  strength: slight"),
        "counted-twice",
    ),
    "contradiction": _pair(
        "isolation",
        ("{isolation.hard_to_start: true, isolation.most_workable: true}", "supports: deficits\n  strength: slight"),
        (
            "{isolation.hard_to_start: true, isolation.most_workable: true}",
            "opposes: deficits\n  strength: slight\n  evidence: planted-against",
        ),
        "contradiction",
    ),
    "band-gap": _pair(
        "patient",
        ("{patient.gad7: {between: [5, 9]}}", "supports: transitions\n  strength: slight\n  evidence: planted-gad7"),
        ("{patient.gad7: {at_least: 15}}", "supports: transitions\n  strength: moderate\n  evidence: planted-gad7"),
        "band-gap",
    ),
    "band-overlap": _pair(
        "patient",
        ("{patient.pg13r: {between: [15, 30]}}", "supports: disputes\n  strength: slight\n  evidence: planted-pg13r"),
        ("{patient.pg13r: {between: [25, 40]}}", "supports: disputes\n  strength: moderate\n  evidence: planted-pg13r"),
        "band-overlap",
    ),
    "lowering-evidence": _rule(
        "lowering-evidence", "patient", "{patient.epds: {at_least: 13}}", "supports: transitions", said=_SUPPORTS
    )
    + _rule(
        "lowering",
        "patient",
        "{patient.epds: {at_least: 13}, patient.age: {at_least: 30}}",
        "opposes: transitions\n  strength: strong",
    ),
    "tied-areas": _pair(
        "patient",
        ("{patient.medication: none}", "supports: disputes\n  strength: strong"),
        ("{patient.medication: none}", "supports: transitions\n  strength: strong"),
        "tied-areas",
    ),
    "never-reached": _rule(
        "never-reached",
        "focus",
        "{focus.area: grief, focus.subject: isolation, focus.level: likely}",
        f"{_STRATEGY}middle",
    ),
    "needs-never-met": _rule(
        "needs-never-met",
        "focus",
        "{focus.area: disputes, dispute.violence: true}",
        f"{_STRATEGY}middle\n  needs: {{dispute.violence: false}}",
    ),
    "never-brought-forward": _rule(
        "never-brought-forward", "patient", "always", f"{_STRATEGY}final\n  on_demand: true"
    ),
    "idle-waiver": _rule(
        "idle-waiver", "patient", "{patient.phq9: {at_least: 26}}", "ask: Is it so?\n  waives: {dead-rule: it is not}"
    ),
}
"""By check, rules of which the one called by the check has its defect."""

_NEVER_FIRST = "".join(
    _rule(f"against-{body}", "patient", "always", f"opposes: grief\n  strength: decisive\n  evidence: planted-{body}")
    for body in ("a", "b", "c", "d", "e")
)
"""More points against an area than all that can be for it."""

_OF_WHOLE_SETS = ("never-first", "never-reached", "never-read", "question-missing")
"""What a small rule set cannot help."""


def found_in(folder: Path, rules: str = "") -> list[Defect]:
    """Return what the checks of rules find in the small rule set with further rules."""
    ruleset = load_ruleset(write(folder, {**MINI, **({"planted.yaml": rules} if rules else {})}))
    return check_ruleset(ruleset, [name for name in CHECKS if name not in _OF_WHOLE_SETS])


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the shipped rules, with a reference that planted rules cite."""
    folder = tmp_path_factory.mktemp("copied") / "rules"
    shutil.copytree(shipped_folder("rules"), folder, ignore=shutil.ignore_patterns("schema", "variants"))
    with (folder / "references.yaml").open("a", encoding="utf-8") as file:
        file.write(MINI["references.yaml"])
    return folder


def test_the_shipped_rules_pass() -> None:
    """No check finds anything in the shipped rules, nor in their variants, that is not waived; and each question is decided."""
    assert check_ruleset(load_ruleset()) == []
    assert check_ruleset(load_ruleset(variant="grief-and-loss")) == []


def test_what_the_shipped_rules_waive() -> None:
    """Waived are comparisons that never decide alone, and answers that the plan and the course read instead of rules."""
    waived = findings(load_ruleset()).waived
    assert {defect.check for defect, _ in waived} == {"infeasible-obligation", "never-read"}
    proved = {one.rule for rule in load_ruleset().rules for one in infeasible(rule)}
    assert {defect.about for defect, _ in waived if defect.check == "infeasible-obligation"} == proved


def test_the_small_rule_set_passes(tmp_path: Path) -> None:
    """A plain rule set has no finding but a comparison that only holds a rule back while something is not known."""
    assert [(defect.check, defect.about) for defect in found_in(tmp_path)] == []


def test_planted_defects_are_found_in_a_copy_of_the_shipped_rules(copied: Path, tmp_path: Path) -> None:
    """Each planted defect is found once, at its place, and nothing else is."""
    folder = shutil.copytree(copied, tmp_path / "rules")
    rules = "".join(_PLANTED.values())
    write(folder, {"planted.yaml": rules})
    references = (folder / "references.yaml").read_text("utf-8")
    questions = (folder / "questions.yaml").read_text("utf-8")
    questions = questions.replace(_line(questions, "  loss.sudden: "), "")
    questions = questions.replace(
        _line(questions, "  progress.goal:\n") + _line(questions, "    never-read: It says which"), ""
    )
    extra = "extra:\n  type: book\n  title: Another\n  author: unknown\n  issued: 2001\n  seen: recalled\n"
    write(folder, {"references.yaml": references + extra, "questions.yaml": questions})
    found = check_ruleset(load_ruleset(folder))
    beside = [("never-cited", "extra"), ("never-read", "progress.goal"), ("question-missing", "loss.sudden")]
    planted = [(check, f"planted.{check}") for check in _PLANTED]
    assert sorted((defect.check, defect.about) for defect in found) == sorted(beside + planted)
    for defect in found:
        assert defect.position is not None
        if defect.about.startswith("planted."):
            line = rules[: rules.index(f"- id: {defect.about}\n")].count("\n") + 1
            line += 4 if defect.check == "idle-waiver" else 0
            assert (defect.position.file, defect.position.line) == (f"{folder}/planted.yaml", line)


def _line(text: str, start: str) -> str:
    """Return the one line of a text that begins so, with its end."""
    (line,) = (line for line in text.splitlines(keepends=True) if line.startswith(start))
    return line


def test_an_area_that_is_never_first_is_found(copied: Path, tmp_path: Path) -> None:
    """An area with more against it than can be for it is found, and nothing else is."""
    folder = shutil.copytree(copied, tmp_path / "rules")
    write(folder, {"planted.yaml": _NEVER_FIRST})
    assert [(defect.check, defect.about) for defect in check_ruleset(load_ruleset(folder))] == [
        ("never-first", "grief")
    ]


@pytest.mark.parametrize("check", sorted(set(_PLANTED) - {*_OF_WHOLE_SETS}))
def test_a_planted_defect_is_found_by_its_check_alone(tmp_path: Path, check: str) -> None:
    """In a small rule set the same defect gives one finding, too."""
    assert [(defect.check, defect.about) for defect in found_in(tmp_path, _PLANTED[check])] == [
        (check, f"planted.{check}")
    ]


def test_what_is_true_once_it_is_known_is_always_true(tmp_path: Path) -> None:
    """A number that is at least the least it can be says nothing but that it is known; no other check tells it again."""
    rule = _rule("always", "patient", "{patient.age: {at_least: 0}}", "ask: Is it so?")
    (defect,) = found_in(tmp_path, rule)
    assert (defect.check, defect.about) == ("always-true", "planted.always")
    assert "where its answers are known" in defect.what


def test_what_cannot_be_unknown_is_never_told_to_be(tmp_path: Path) -> None:
    """A judgement that nobody made is no open question: a rule that waits for it to be one never holds."""
    rule = "- id: planted.judgement\n  for: dispute\n  when: {dispute.stage: {known: false}}\n  ask: Which stage?\n"
    (defect,) = found_in(tmp_path, rule + _SAID)
    assert (defect.check, defect.about) == ("dead-rule", "planted.judgement")


def test_a_reference_that_nobody_cites_is_found(tmp_path: Path) -> None:
    """It is named by its key, at its place."""
    extra = "extra:\n  type: book\n  title: Another\n  author: unknown\n  issued: 2001\n  seen: recalled\n"
    folder = write(tmp_path, {**MINI, "references.yaml": MINI["references.yaml"] + extra})
    (defect,) = check_ruleset(load_ruleset(folder), ["never-cited"])
    assert (defect.check, defect.about) == ("never-cited", "extra")
    assert str(defect.position) == f"{folder}/references.yaml:7:1"


def test_two_stages_found_by_the_same_signs_contradict_each_other(tmp_path: Path) -> None:
    """The later one is told, as one line with its place; the same stage twice is no contradiction."""
    stages = (("a", "impasse"), ("b", "dissolution"), ("c", "dissolution"))
    rules = "".join(_rule(name, "dispute", "{dispute.covert: true}", f"stage: {stage}") for name, stage in stages)
    found = found_in(tmp_path, rules)
    assert [(one.check, one.about) for one in found] == [
        ("contradiction", "planted.b"),
        ("contradiction", "planted.c"),
    ]
    what = "'planted.a' holds on the same rows and finds another stage; then none is found"
    assert str(found[0]) == f"{tmp_path}/planted.yaml:8:3: planted.b: {what} [contradiction]"


@pytest.mark.parametrize("check", ["contradiction", "counted-twice"])
def test_what_was_added_is_told_and_not_what_it_extends(tmp_path: Path, check: str) -> None:
    """Of two rules that do not go together, that of the rule set itself is told, though the other's id comes later."""
    first, later = _PLANTED[check].split("- id: ")[1:]
    write(tmp_path / "base", {**MINI, "planted.yaml": f"- id: {later}"})
    head = 'name: mine\nversion: "1"\nlanguage: 1\nextends: ../base\n'
    mine = write(tmp_path / "mine", {"ruleset.yaml": head, "planted.yaml": f"- id: {first}"})
    (defect,) = check_ruleset(load_ruleset(mine), [check])
    assert defect.about == f"planted.a-{check}"
    assert defect.what.startswith(f"'planted.{check}' holds on the same rows")


def test_a_row_says_what_is_not_known(tmp_path: Path) -> None:
    """What a row that shows a finding leaves open, or does not ask, is said in words."""
    rule = _rule("open", "loss", "{loss.kind: job, none: [{loss.mourning: settled}]}", "ask: Is it so?")
    assert [one.check for one in found_in(tmp_path / "1", rule)] == ["dead-rule"]
    when = "{any: [{patient.phq9: {known: false}}, {patient.phq9: {known: false}, patient.age: {at_least: 1}}]}"
    found = found_in(tmp_path / "2", _rule("open", "patient", when, "ask: Is it so?"))
    assert {dict(one.witness)["patient.phq9"] for one in found if one.check == "idle-condition"} == {"not known"}


def test_a_strategy_that_is_always_withheld_is_shown(tmp_path: Path) -> None:
    """The finding has a row on which the condition holds and the needs do not."""
    (defect,) = found_in(tmp_path, _PLANTED["needs-never-met"])
    assert dict(defect.witness) == {
        "dispute.violence": True,
        "focus.area": "disputes",
        "focus.subject": "dispute",
    }


def test_findings_are_shown_by_intakes(tmp_path: Path) -> None:
    """What a row shows an intake shows, with nothing in it that does not matter; in JSON, and in YAML where it is read."""
    head = 'name: planted\nversion: "1"\nlanguage: 1\nextends: ipt-rules\n'
    files = {"ruleset.yaml": head, "references.yaml": MINI["references.yaml"], "planted.yaml": _PLANTED["band-gap"]}
    folder = write(tmp_path, files)
    done = run("check", str(folder), "--only", "band-gap", "--format", "json")
    (defect,) = json.loads(done.stdout)["found"]
    intake = Intake.model_validate(defect["witness_intake"])
    assert 10 <= (intake.episode.gad7 or 0) <= 14
    assert set(defect["witness_intake"]) == {"schema", "assessed_on", "episode"}
    text = run("check", str(folder), "--only", "band-gap").stdout
    assert f"    episode:\n      gad7: {intake.episode.gad7}\n" in text


def test_the_command_says_yes_and_no(tmp_path: Path) -> None:
    """What a row answers is told in words, a number as a number."""
    folder = write(tmp_path, {**MINI, "planted.yaml": _PLANTED["counted-twice"]})
    done = run("check", str(folder), "--only", "counted-twice")
    assert "such as isolation.hard_to_keep: yes; isolation.most_workable: yes" in done.stdout


def test_a_session_is_shown_by_a_course(tmp_path: Path) -> None:
    """What is wrong with a rule for a check-in is shown by a course."""
    when = "{checkin.mood_after: {at_least: 0}}"
    (defect,) = found_in(tmp_path, _rule("sessions", "checkin", when, "ask: Is it so?"))
    assert defect.check == "always-true"
    case = with_intake(load_ruleset(tmp_path), defect).case
    assert isinstance(case, Course)
    assert len(case.check_ins) == 1


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
    head = 'name: planted\nversion: "1"\nlanguage: 1\nextends: ipt-rules\n'
    files = {"ruleset.yaml": head, "references.yaml": MINI["references.yaml"], "planted.yaml": _PLANTED["dead-rule"]}
    planted = write(tmp_path / "planted", files)
    assert run("check", "--only", "dead-rule").exit_code == 0
    done = run("check", str(planted))
    assert done.exit_code == 1
    place = f"{planted}/planted.yaml:1:3"
    assert " ".join(done.stdout.split()).startswith(f"dead-rule: {place}: planted.dead-rule ")
    assert "docs/checks/dead-rule.md" in done.stdout
    shipped = load_ruleset()
    numbers = f"1 finding, {len(findings(shipped).waived)} waived: 19 checks, {len(shipped.rules) + 1} rules."
    assert numbers in done.stdout
    told = json.loads(run("check", str(planted), "--format", "json").stdout)
    assert [defect["check"] for defect in told["found"]] == ["dead-rule"]
    assert {defect["check"] for defect in told["waived"]} == {"infeasible-obligation", "never-read"}
    assert all(defect["reason"] for defect in told["waived"])
    assert told["undecided"] == []
    assert run("check", str(planted), "--only", "always-true").exit_code == 0
    assert run("check", str(tmp_path / "nowhere")).exit_code == 2
    assert run("check", "--only", "dead-rules").exit_code == 2
