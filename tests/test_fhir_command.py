"""The command ``ipt-rules fhir``: it prints what the library makes, and reads what it printed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ipt_rules import assess, example, load_ruleset
from ipt_rules.interop import care_plan, guidance_response, questionnaire, response
from tests.helpers import MARK, intake
from tests.test_command import CASES, run

if TYPE_CHECKING:
    from pathlib import Path

GRIEF = str(CASES / "grief.yaml")
SUBJECT = ("--subject", "Patient/17")


def printed(*words: str, given: str | None = None) -> Any:
    """Return the JSON that the command prints."""
    done = run("fhir", *words, given=given)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_it_prints_what_the_library_makes() -> None:
    """Each resource is that of the function behind it, people by name only where that is asked for."""
    assessment = assess(example("grief"))
    assert printed("questionnaire") == questionnaire()
    variant = load_ruleset(variant="grief-and-loss")
    assert printed("questionnaire", "--rules", "grief-and-loss") == questionnaire(variant)
    assert printed("response", GRIEF, *SUBJECT) == response(example("grief"), subject="Patient/17")
    assert printed("plan", GRIEF, *SUBJECT) == care_plan(assessment, "Patient/17")
    assert printed("guidance", GRIEF, *SUBJECT, "--names") == guidance_response(assessment, "Patient/17", names=True)


def test_it_reads_what_it_printed(tmp_path: Path) -> None:
    """A response that was written is read as the intake that it was, from a file and from standard input."""
    file = tmp_path / "response.json"
    assert run("fhir", "response", GRIEF, "-o", str(file)).exit_code == 0
    assert printed("read", str(file)) == example("grief").to_dict()
    assert printed("read", "-", given=file.read_text("utf-8")) == example("grief").to_dict()


def test_scales_are_read_into_the_intake(tmp_path: Path) -> None:
    """A GAD-7 that was filled in goes into the intake that a response holds."""
    scale = tmp_path / "gad7.json"
    item = {"linkId": "/70274-6", "answer": [{"valueInteger": 15}]}
    scale.write_text(json.dumps({"resourceType": "QuestionnaireResponse", "status": "completed", "item": [item]}))
    told = printed("read", "-", "--scale", str(scale), given=json.dumps(response(intake(episode={"phq9": 20}))))
    assert told["episode"] == {"phq9": 20, "gad7": 15}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (f'{{"item": {MARK}', "standard input:1:10: this is no well-formed JSON"),
        ("[" * 100_000, "standard input: is nested too deeply"),
        ("9" * 5000, "standard input: holds a number that is too long to be read"),
        ("1" + " " * 1_000_000, "standard input: is longer than the 1000000 characters that are read"),
        (json.dumps({"resourceType": MARK}), "resourceType: must be: 'QuestionnaireResponse'"),
    ],
)
def test_what_cannot_be_read_ends_with_two(text: str, what: str) -> None:
    """Bad input is told at its place, nothing of it is repeated, and the command ends with 2."""
    done = run("fhir", "read", "-", given=text)
    assert done.exit_code == 2
    assert what in done.stderr
    assert MARK not in done.stderr
