"""The command, as a person at a terminal and as a program see it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from ipt_rules import Intake, assess, example, load_ruleset, read_intake
from ipt_rules.commands import app
from ipt_rules.engines import make_engine
from ipt_rules.vocabulary import fields, questions

if TYPE_CHECKING:
    from typer.testing import Result

CASES = Path(__file__).parents[1] / "fixtures" / "intakes"
MARK = "MARKED-SECRET"


def run(*words: str, given: str | bytes | None = None) -> Result:
    """Run the command in this process."""
    return CliRunner(env={"COLUMNS": "120", "TERM": "dumb"}).invoke(app, list(words), input=given)


def printed(*words: str, given: str | None = None) -> Any:
    """Return the JSON that the command prints."""
    done = run(*words, "--format", "json", given=given)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_assess_prints_what_the_library_says() -> None:
    """The JSON is that of ``to_dict``, whatever the engine but for its name."""
    assert (
        printed("assess", str(CASES / "grief.yaml"), "--engine", "compiled")
        == assess(example("grief"), engine="compiled").to_dict()
    )
    by_reference = printed("assess", str(CASES / "grief.yaml"), "--engine", "reference")
    assert by_reference["provenance"].pop("engine") == "reference"
    by_default = printed("assess", str(CASES / "grief.yaml"))
    assert by_default["provenance"].pop("engine") == make_engine(load_ruleset()).name
    assert by_reference == by_default


def test_assess_json_has_the_promised_keys() -> None:
    """The keys on which other programs rely are there, on every entry."""
    told = printed("assess", str(CASES / "disputes.yaml"))
    assert {"settled", "ranking", "foci", "gates_to_clear", "cautions", "questions", "plan", "provenance"} <= set(told)
    assert {"schedules", "gates", "formulations", "goals", "phases"} <= set(told["plan"])
    assert set(told["provenance"]) == {"ruleset", "version", "digest", "engine", "library"}
    keys = {"area", "rank", "points", "level", "bounds", "held_back_by", "focus", "for", "against"}
    for entry in told["ranking"]:
        assert keys <= set(entry)
        assert entry["bounds"][0] <= entry["points"] <= entry["bounds"][1]
        for reason in (*entry["for"], *entry["against"]):
            assert {"rule", "strength", "points", "counts", "because", "facts", "cites"} <= set(reason)
            assert all({"path", "value"} <= set(fact) for fact in reason["facts"])


def test_assess_reads_standard_input_in_yaml_and_json() -> None:
    """``-`` is standard input, and JSON is read as YAML is."""
    text = (CASES / "transitions.yaml").read_text("utf-8")
    as_json = json.dumps(read_intake(text).to_dict())
    assert printed("assess", "-", given=text) == printed("assess", "-", given=as_json)


def test_text_shows_ranking_then_reasons_then_what_is_unknown() -> None:
    """The text begins with the ranking; reasons carry rule ids and sources; open questions come last."""
    text = run("assess", str(CASES / "grief.yaml")).stdout
    places = [text.index("problem area"), text.index("\nFor"), text.index("What is not known")]
    assert places == sorted(places)
    reasons = assess(example("grief")).reasons("grief")
    assert all(f"[{reason.rule};" in re.sub(r"\s+", " ", text) for reason in reasons)


def test_text_calls_people_by_name_and_json_does_not() -> None:
    """Names are for people: the text has them, the JSON has role and number."""
    intake = {
        "assessed_on": "2026-03-31",
        "losses": [{"kind": "death", "person": "m", "mourning": "suppressed", "tied_to_episode": True}],
        "inventory": {
            "people": [
                {"id": "m", "name": "Mina [b]Osei[/b]", "role": "family", "status": "deceased", "closeness": "close"}
            ]
        },
    }
    text = run("assess", "-", given=json.dumps(intake)).stdout
    assert "Mina [b]Osei[/b]" in text
    told = run("assess", "-", "--format", "json", given=json.dumps(intake)).stdout
    assert "Mina" not in told
    assert "(person 1)" in told


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("patient:\n  age: ten\n", "standard input:2:3: patient.age: must be a whole number"),
        ("assessed_on: 2026-03-31\nepisode:\n  phq9: 28\n", "standard input:3:3: episode.phq9: must be at most 27"),
        ("- 1\n", "an intake is a mapping of parts"),
        ("", "an intake is a mapping of parts"),
        ("a: [\n", "standard input:2:1: this is not well-formed YAML"),
        ("assessed_on: 2026-03-31\nlosses: &x []\n", "standard input:2:9: an anchor (&) is not allowed"),
    ],
)
def test_bad_input_ends_with_2_and_the_place(text: str, expected: str) -> None:
    """Bad input is told with line, column and place on standard error; standard output stays empty."""
    done = run("assess", "-", given=text)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert expected in done.stderr


def test_missing_file_and_wrong_bytes_end_with_2(tmp_path: Path) -> None:
    """A file that is not there, a folder, and bytes that are no text are told, not traced."""
    (tmp_path / "latin").write_bytes(b"assessed_on: \xff")
    for name in ("not-there.yaml", "latin", "."):
        done = run("assess", str(tmp_path / name))
        assert (done.exit_code, done.stdout) == (2, "")
        assert "Traceback" not in done.stderr


def test_errors_as_json() -> None:
    """With ``--format json`` an error is JSON too."""
    done = run("assess", "-", "--format", "json", given="assessed_on: 2026-03-31\nlosses: 3\n")
    assert done.exit_code == 2
    assert json.loads(done.stderr)["problems"] == [
        {
            "file": "standard input",
            "line": 2,
            "column": 1,
            "path": "losses",
            "what": "must be a list; an empty list says that the answer is 'none'",
        }
    ]


def test_broken_rules_end_with_2(tmp_path: Path) -> None:
    """A folder that is no rule set is told with what would be right."""
    done = run("assess", str(CASES / "grief.yaml"), "--rules", str(tmp_path))
    assert done.exit_code == 2
    assert "a rule set is a folder with a ruleset.yaml" in done.stderr


def test_no_error_repeats_the_patient() -> None:
    """Whatever is wrong with an intake, the message holds nothing that stood in it."""
    text = f"assessed_on: {MARK}\n{MARK}: 1\nepisode: {{note: 5, condition: {MARK}, {MARK}: 1}}\nlosses: [{MARK}]\n"
    for broken in (text, text + "  x: [", f"{MARK}: !tag {{{MARK}", f"a: {MARK}\na: {MARK}\n", f"\x07{MARK}"):
        done = run("assess", "-", given=broken)
        assert done.exit_code == 2
        assert MARK not in done.output


def test_template_is_valid_as_it_stands_and_asks_everything() -> None:
    """The blank intake is valid, says nothing, and has every question in it as a comment above its answer."""
    text = run("template", "--assessed-on", "2026-03-31").stdout
    assert read_intake(text) == Intake.model_validate({"assessed_on": "2026-03-31"})
    for question in questions().values():
        assert re.search(rf"^[ #-]*{question.path.rpartition('.')[2]}:", text, re.MULTILINE), question.key
    assert Intake.model_validate(printed("template", "--assessed-on", "2026-03-31")) == read_intake(text)


def test_template_lists_are_valid_when_taken_out_of_the_comment() -> None:
    """Taking the ``#`` away from a list gives one entry about which nothing is known."""
    text = run("template", "--assessed-on", "2026-03-31").stdout
    opened = re.sub(r"^( *)#  (?=[ -])", r"\1  ", text, flags=re.MULTILINE)
    opened = opened.replace("- id:", "- id: somebody").replace("- between: [id of one person, id of another]", "[]")
    intake = read_intake(opened)
    assert [len(part or ()) for part in (intake.losses, intake.disputes, intake.changes, intake.isolation)] == [
        1,
        1,
        1,
        1,
    ]


def test_template_refuses_a_day_that_is_none() -> None:
    """A wrong day is told, not traced."""
    done = run("template", "--assessed-on", "yesterday")
    assert done.exit_code == 2
    assert "write a full date" in done.stderr


def test_fields_are_all_printed() -> None:
    """``fields`` prints every field, with type, meaning, question and source."""
    told = {entry["name"]: entry for entry in printed("fields")}
    assert list(told) == list(fields())
    assert told["loss.mourning"]["path"] == "losses[].mourning"
    assert told["loss.mourning"]["question"].endswith("?")
    assert told["network.confidants"]["reads"][0] == "inventory.people"


def test_nothing_of_a_field_is_cut_off() -> None:
    """In a narrow terminal too each field is told whole: what is wider than a line goes on in the next."""
    narrow = CliRunner(env={"COLUMNS": "60", "TERM": "dumb"}).invoke(app, ["fields"]).stdout
    assert max(map(len, narrow.splitlines())) <= 60
    flat = " ".join(narrow.split())
    for entry in printed("fields"):
        for said in (entry["name"], entry["type"], entry["meaning"], entry["question"], entry["source"]):
            assert " ".join(said.split()) in flat, entry["name"]
        for place in entry["reads"] or [entry["path"]]:
            assert place in flat, entry["name"]


def test_command_without_the_extra_says_what_to_install() -> None:
    """Where typer is missing the command says which extra to install, and ends with 2."""
    hide = "import sys; sys.modules['typer'] = None; from ipt_rules.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", hide], capture_output=True, text=True, check=False)  # noqa: S603  # our own interpreter
    assert done.returncode == 2
    assert 'pip install "ipt-rules[cli]"' in done.stderr


def test_import_is_light() -> None:
    """Importing the library, reading rules and assessing without an inventory import no graph, terminal or test library."""
    look = (
        "import sys, ipt_rules; "
        "print([name for name in ('networkx', 'typer', 'rich', 'hypothesis') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)  # noqa: S603  # our own interpreter
    assert done.stdout.strip() == "[]"


# ── the plan, variants and catalogue ─────────────────────────────────────────────────────────────────────────────────────


def test_steps_are_shown_when_asked_for() -> None:
    """`--steps` adds the steps and sources of each strategy, and nothing else is lost."""
    file = "fixtures/intakes/disputes.yaml"
    short, long = run("assess", file).stdout, run("assess", file, "--steps").stdout
    step = "- Go through the symptoms, their beginning, their course and earlier episodes."
    assert step not in short
    assert step in long
    assert all(f"{phase} phase, sessions " in short for phase in ("Initial", "Middle", "Final"))


def test_a_variant_is_named_and_an_unknown_one_told() -> None:
    """`--rules` takes the name of a shipped variant; what is neither that nor a folder ends with 2 and names them."""
    told = printed(
        "assess", "fixtures/intakes/separation_as_a_loss.yaml", "--rules", "grief-and-loss", "--format", "json"
    )
    assert told["ranking"][0]["area"] == "grief"
    assert told["provenance"]["ruleset"] == "grief-and-loss"
    for name in ("grief_and_loss", "x" * 5000):
        refused = run("assess", "fixtures/intakes/grief.yaml", "--rules", name)
        assert refused.exit_code == 2
        assert "no such variant; there are: grief-and-loss" in refused.stderr


def test_pages_of_others_are_not_overwritten(tmp_path: Path) -> None:
    """A folder with a README that somebody wrote is left alone, and the command ends with 2."""
    (tmp_path / "README.md").write_text("# Mine", "utf-8")
    refused = run("catalogue", str(tmp_path))
    assert refused.exit_code == 2
    assert "README.md" in refused.stderr
    assert [path.read_text("utf-8") for path in tmp_path.iterdir()] == ["# Mine"]


def test_a_gate_to_clear_is_told_before_the_plan() -> None:
    """With a gate to clear the text says so in words, shows no draft and no goal, and keeps the headings of the phases."""
    shown = run("assess", "fixtures/intakes/separation_as_a_loss.yaml").stdout
    flat = " ".join(shown.split())
    assert (
        "Until a clinician has assessed and cleared the risk of suicide, only what may come before that is shown"
        in flat
    )
    assert "Draft formulation" not in shown
    assert "Goals" not in shown
    assert "Nothing before that is cleared." in shown
