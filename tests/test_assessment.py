"""The assessment as a value: nothing hidden, nothing leaked, nothing that can be changed behind its back."""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys
import threading
import traceback
from typing import TYPE_CHECKING, Any

import pytest

import ipt_rules
from ipt_rules import (
    Assessment,
    Assessor,
    Change,
    Dispute,
    Episode,
    EvaluationError,
    Intake,
    IntakeError,
    Inventory,
    Isolation,
    Loss,
    Person,
    Tie,
    View,
    assess,
    assess_many,
    example,
    load_ruleset,
    read_intake,
)
from ipt_rules.records import Private, Refers, declared
from ipt_rules.render.text import assessment_text
from tests.helpers import MARK, intake, marked
from tests.test_ranking import closed, rule, ruleset

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import BaseModel


def test_json_is_the_same_after_a_round_trip() -> None:
    """``to_dict`` holds only what JSON holds, in the same order."""
    told = assess(example("disputes")).to_dict()
    assert json.loads(assess(example("disputes")).to_json()) == told
    assert list(json.loads(json.dumps(told))) == list(told)


def test_numbers_that_no_source_gives_are_called_design_choices() -> None:
    """Every output that shows points says what they rest on: JSON, text and the catalogue."""
    note = load_ruleset().scoring.note
    assert "design choices" in note
    assessment = assess(example("grief"))
    assert assessment.to_dict()["design_choices"] == note
    for text in (assessment.to_text(), assessment.to_text(brief=True)):
        assert note in " ".join(text.split())


def test_nothing_of_the_patient_leaves_without_names() -> None:
    """Without ``names`` no output, repr or table holds a name, note or id; with it, only names."""
    assessment = assess(marked())
    shown = [
        assessment.to_json(),
        assessment.to_text(names=False),
        repr(assessment),
        repr(marked()),
        repr(marked().inventory),
    ]
    shown += [str(assessment.findings_table()), str(assessment.standings_table()), repr(assessment.result)]
    assert not any(MARK in text for text in shown)
    assert MARK in assessment.to_text()
    assert MARK in assessment.to_json(names=True)


def test_a_failed_evaluation_says_nothing_of_the_patient() -> None:
    """Where an engine fails there is no result, and neither message, cause nor context holds anything of the intake."""

    class Broken:
        name = "broken"

        def holding(self, *_: object) -> Any:
            raise KeyError(MARK)

        possible = holding

    assessor = Assessor()
    assessor._engine = Broken()
    with pytest.raises(EvaluationError, match=r"'broken' \(KeyError at pipeline.py:[0-9]+\)") as raised:
        assessor.assess(marked())
    assert MARK not in "".join(traceback.format_exception(raised.value))
    assert raised.value.__context__ is None


def test_public_constructors_tell_as_the_intake_does() -> None:
    """A person made with an unknown key or a wrong answer is refused without repeating it."""
    for answers in ({MARK: 1}, {"role": MARK}, {"note": 5}):
        with pytest.raises(IntakeError) as raised:
            Person(id="a", **answers)
        assert raised.value.__context__ is None
        assert MARK not in str(raised.value)
        assert MARK not in json.dumps(raised.value.to_dict())
    with pytest.raises(IntakeError, match="no well-formed JSON"):
        Intake.model_validate_json("{" + MARK)


def test_a_cyclic_intake_is_refused() -> None:
    """An intake that holds itself is told as nested too deeply."""
    cyclic: dict[str, Any] = {"assessed_on": "2026-03-31"}
    cyclic["losses"] = cyclic
    with pytest.raises(IntakeError):
        Intake.model_validate(cyclic)


def test_an_endless_list_is_refused_with_a_short_message() -> None:
    """Ten thousand wrong entries are refused, and the message tells the first of them."""
    with pytest.raises(IntakeError) as raised:
        read_intake("assessed_on: 2026-03-31\nsafety: {cleared: [" + "x, " * 11_000 + "x]}\n")
    assert len(str(raised.value).splitlines()) == 102


def test_what_is_no_intake_is_a_type_error() -> None:
    """Handing in something else says what to hand in."""
    with pytest.raises(TypeError, match="read_intake"):
        assess("grief.yaml")  # type: ignore[arg-type]  # the point of the test
    with pytest.raises(TypeError, match="load_ruleset"):
        assess(example("grief"), "rules")  # type: ignore[arg-type]  # the point of the test
    with pytest.raises(TypeError, match="model_validate"):
        read_intake({"assessed_on": "2026-03-31"})  # type: ignore[arg-type]  # the point of the test
    with pytest.raises(IntakeError, match=r"pathlib\.Path"):
        read_intake("grief.yaml")


def test_read_intake_takes_a_path(tmp_path: Path) -> None:
    """A path is read, and named in what is wrong."""
    path = tmp_path / "mine.json"
    path.write_text('{\n\t"assessed_on": "2026-03-31",\n\t"patient": {"age": 200}\n}', "utf-8")
    with pytest.raises(IntakeError, match=r"mine\.json:3:14: patient\.age: must be at most 120"):
        read_intake(path)


def test_a_gate_asked_without_an_answer_stays_visible() -> None:
    """A question of safety that nobody could answer is not asked again, and is told as open all the same."""
    told = assess(intake(asked_without_answer=["safety.suicide_risk"])).to_dict()
    assert "safety.suicide_risk" not in [question.get("path") for question in told["questions"]]
    gate = next(gate for gate in told["open_gates"] if gate["path"] == "safety.suicide_risk")
    assert gate["asked_without_answer"] is True
    assert "Asked without an answer." in assess(intake(asked_without_answer=["safety.suicide_risk"])).to_text()


def test_gates_come_first_and_in_the_order_of_the_intake() -> None:
    """What is not known of safety is asked first, suicide before all else."""
    questions = assess(intake()).to_dict()["questions"]
    kinds = [question["kind"] for question in questions]
    assert kinds == sorted(kinds, key=["gate", "needed", "clinician", "open"].index)
    assert questions[0]["path"] in ("episode.phq9_item9", "safety.suicide_risk")


def test_a_cleared_gate_is_told_as_cleared() -> None:
    """Once a clinician has cleared a gate, the caution is told as cleared and commands nothing."""
    parts = {"safety": {"suicide_risk": True, "cleared": ["suicide_risk"]}}
    assessment = assess(intake(**parts))
    caution = assessment.to_dict()["cautions"][0]
    assert (caution["kind"], caution["gate"], caution["cleared"]) == ("refer", "suicide_risk", True)
    assert "* cleared by a clinician: the risk of suicide" in assessment.to_text()


def test_evidence_against_is_told_where_no_focus_has_it(tmp_path: Path) -> None:
    """A finding against an area on a subject that nothing supports stands in the table and in the JSON, and counts nothing."""
    rules = ruleset(tmp_path, rule("never", "loss", "loss.kind: job", "opposes grief strong"))
    assessment = assess(intake(**closed(losses=[{"kind": "job"}])), rules)
    row = assessment.findings_table(case="A")[0]
    assert (row["case"], row["rule"], row["direction"], row["counts"], row["area"]) == (
        "A",
        "never",
        "against",
        False,
        "grief",
    )
    grief = next(entry for entry in assessment.to_dict()["ranking"] if entry["area"] == "grief")
    assert [(entry["subject"], entry["rule"]) for entry in grief["against_elsewhere"]] == [("losses[0]", "never")]


def test_stages_that_are_found_point_at_their_signs() -> None:
    """A reason that rests on the stage found names the answers from which it was found, and waits for them while they are open."""
    clear = intake(disputes=[{"ending": "ended", "expectations_differ": True}])
    reasons = [*assess(clear).reasons("transitions"), *assess(clear).reasons("disputes")]
    paths = {fact.path for reason in reasons for fact in reason.facts if fact.field == "dispute.stage_used"}
    assert paths == {"disputes[0].ending"}
    unclear = intake(disputes=[{"expectations_differ": True}])
    assert "disputes[0].ending" in {question.path for question in assess(unclear).open_questions}


def test_a_partial_date_is_asked_for() -> None:
    """A date that is too vague for a rule comes back as a question."""
    vague = intake(losses=[{"kind": "death", "when": "2025", "tied_to_episode": True}], episode={"onset": "2025-12-01"})
    assert "losses[0].when" in {question.path for question in assess(vague).open_questions}


def test_a_settled_ranking_asks_nothing_that_cannot_matter() -> None:
    """No open question is told for evidence on an area whose points no answer can change."""
    assessment = assess(example("violence_not_asked"))
    fixed = {entry.area for entry in assessment.ranking if entry.bounds.least == entry.bounds.most}
    assert all(not question.areas or set(question.areas) - fixed for question in assessment.open_questions)


def test_a_rule_set_cannot_be_changed() -> None:
    """Nobody can change points, words or references of a loaded rule set under its digest."""
    shipped = load_ruleset()
    for mapping in (
        shipped.scoring.points,
        shipped.scoring.levels,
        shipped.questions,
        shipped.words["areas"],
        shipped.evidence,
    ):
        with pytest.raises(TypeError):
            mapping["strong"] = 99  # type: ignore[index]  # that it is read-only is the claim


@pytest.mark.parametrize("copied", [pickle.dumps, copy.deepcopy], ids=["pickle", "deepcopy"])
def test_values_can_be_copied(copied: Any) -> None:
    """Intakes, rule sets, assessors and assessments survive pickling and copying."""
    assessment = assess(example("grief"))
    for value in (assessment.intake, assessment.ruleset, assessment, Assessor()):
        made = copied(value)
        again = pickle.loads(made) if isinstance(made, bytes) else made  # noqa: S301  # written a line above
        if isinstance(again, Assessment):
            assert again.to_json() == assessment.to_json()
        elif isinstance(again, Assessor):
            assert again.assess(assessment.intake).to_json() == assessment.to_json()
        else:
            assert again == value
            assert hash(again) == hash(value)


def test_threads_share_an_assessor() -> None:
    """Eight threads on one assessor find what one finds."""
    cases = [example(name) for name in ("grief", "disputes", "transitions", "deficits")]
    assessor = Assessor()
    expected = [assessment.to_json() for assessment in assess_many(cases)]
    found: list[list[str]] = []
    threads = [
        threading.Thread(target=lambda: found.append([assessor.assess(case).to_json() for case in cases]))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 8


def test_text_is_told_without_colour_and_blanks() -> None:
    """Text for a notebook or a file has no escape codes, no blanks at the ends of lines, and the width that was asked for."""
    text = assess(example("grief")).to_text(width=80)
    assert "\x1b" not in text
    assert all(line == line.rstrip() and len(line) <= 80 for line in text.splitlines())
    assert len(assess(example("grief")).to_text(brief=True)) < len(text) / 2
    assert assessment_text(assess(example("nothing_known"))).renderables


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1", "utf-8"])
def test_the_command_prints_in_any_encoding(encoding: str) -> None:
    """A terminal that lacks a character gets another one, not a traceback."""
    command = [sys.executable, "-m", "ipt_rules.cli", "assess", "fixtures/intakes/grief.yaml"]
    done = subprocess.run(command, env={"PYTHONIOENCODING": encoding}, capture_output=True, check=False)  # noqa: S603  # our own interpreter
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout


def test_public_names_are_sorted_and_there() -> None:
    """``__all__`` is sorted, complete and true."""
    names = [name for name in ipt_rules.__all__ if name != "__version__"]
    assert [name for name in names if name[0].isupper()] == sorted(name for name in names if name[0].isupper())
    assert [name for name in names if name[0].islower()] == sorted(name for name in names if name[0].islower())
    assert all(hasattr(ipt_rules, name) for name in ipt_rules.__all__)


def test_marked_texts_stand_wherever_a_text_can() -> None:
    """The intake with which leaks are looked for has a marked text in every field that is private or points to a person."""
    found = marked()
    records: list[BaseModel] = [found, found.episode, found.view, found.inventory, *(found.inventory.people or ())]
    records += [*(found.inventory.ties or ()), *(found.losses or ()), *(found.disputes or ())]
    records += [*(found.changes or ()), *(found.isolation or ())]
    declares = {type(one): {name for name in type(one).model_fields if _holds_text(type(one), name)} for one in records}
    assert {record.__name__ for record, names in declares.items() if names} == {
        record.__name__ for record in (Intake, Episode, Loss, Dispute, Change, Isolation, View, Inventory, Person, Tie)
    }
    for record in records:
        assert {name for name in declares[type(record)] if MARK not in str(getattr(record, name))} == set()


def _holds_text(record: type[BaseModel], name: str) -> bool:
    how = declared(record, name)
    return isinstance(how, Private) or (isinstance(how, Refers) and how.to == "person")
