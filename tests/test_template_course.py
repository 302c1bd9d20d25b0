"""The blank course, and the schema by which an editor helps to fill it in."""

from __future__ import annotations

import functools
import json
import re
from typing import TYPE_CHECKING, Any, Final

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from ipt_rules import (
    Course,
    Intake,
    IntakeError,
    example,
    example_course,
    example_courses,
    load_ruleset,
    read_course,
)
from ipt_rules.commands import app
from ipt_rules.ruleset.loading import shipped_folder
from ipt_rules.schemas import course_schema, intake_schema
from ipt_rules.sessions import CheckIn
from ipt_rules.template_course import blank_course_yaml
from ipt_rules.testing.strategies import courses, intakes
from ipt_rules.vocabulary import course_questions
from tests.helpers import write_mini

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from typer.testing import Result

BLANK = {"intake": {"assessed_on": "2026-03-31"}, "check_ins": [{"session": 1}]}
_BY_OURSELVES = ("contracts", "foci", "goals", "progress", "new_facts")
"""What is left out of a blank course until somebody takes the ``#`` away."""


def asked(*options: str) -> Result:
    """Return what the command makes of options for a template."""
    return CliRunner().invoke(app, ["template", *options])


@functools.cache
def printed(*options: str) -> str:
    """Return what the command prints of a blank course."""
    done = CliRunner().invoke(app, ["template", "--course", "--assessed-on", "2026-03-31", *options])
    assert done.exit_code == 0
    return done.stdout


def filled_in() -> str:
    """Return the blank course with everything taken out of the comment, and answered where an answer must be."""
    text = re.sub(r"^( *)#(?! )", r"\1", printed(), flags=re.MULTILINE)
    text = re.sub(r"^( *)#  (?=[ -]|[a-z]+:$)", r"\1  ", text, flags=re.MULTILINE)
    answers = {
        "sessions:": "16",
        "area:": "grief",
        "day:": "2026-04-07",
        "goal:": "goals[0]",
        "episode.medication:": "none",
    }
    for key, answer in answers.items():
        text = re.sub(rf"^([ -]*){re.escape(key)}$", rf"\1{key} {answer}", text, flags=re.MULTILINE)
    return text.replace("  assessed_on: 2026-03-31", "  assessed_on: 2026-03-31\n  losses: []")


# ── the blank course ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_is_valid_as_it_stands() -> None:
    """The blank course is valid, says nothing, and is the same in JSON."""
    assert read_course(printed()) == Course.model_validate(BLANK)
    assert read_course(printed("--format", "json")) == Course.model_validate(BLANK)
    plain = json.loads(printed("--format", "json"))
    assert set(plain["check_ins"][0]) == set(CheckIn.model_fields) - {"note"}


def test_it_asks_everything_in_the_words_of_the_rule_set() -> None:
    """Each question about a session stands above its answer, in its wording, with the answers that it takes."""
    wording = load_ruleset().questions
    for question in course_questions().values():
        said = re.escape(f"# {wording[question.key]} ({question.answers})")
        key = question.path.rpartition(".")[2]
        assert re.search(rf"^[ #]*{said}\n[ #-]*{key}:", printed(), re.MULTILINE), question.key


def test_a_rule_set_without_wordings_asks_by_meaning(tmp_path: Path) -> None:
    """Where a rule set has no words for a question, what its answer says stands there."""
    text = printed("--rules", str(write_mini(tmp_path)))
    assert "    # number of the session, counted from 1 (1 to 60)\n  - session: 1\n" in text


def test_what_is_taken_out_of_the_comment_is_valid() -> None:
    """Taking the ``#`` away gives a course with one entry in each list; what must be answered there is told otherwise."""
    course = read_course(filled_in())
    assert [len(part) for part in (course.contracts, course.foci, course.goals, course.check_ins)] == [1, 1, 1, 1]
    (check_in,) = course.check_ins
    assert [len(part or ()) for part in (check_in.events, check_in.progress, check_in.new_facts.losses)] == [1, 1, 1]
    assert set(check_in.new_facts.answers) == {"episode.medication"}
    with pytest.raises(IntakeError) as raised:
        read_course(filled_in().replace("sessions: 16", "sessions:").replace("area: grief", "area:"))
    assert [problem.path for problem in raised.value.problems] == ["contracts[0].sessions", "foci[0].area"]


def test_what_is_left_out_says_so() -> None:
    """Nothing but the check-in is asked for at first: each other part is a comment."""
    for part in _BY_OURSELVES:
        assert re.search(rf"^ *#{part}:$", printed(), re.MULTILINE), part
        assert not re.search(rf"^ *{part}:", printed(), re.MULTILINE), part


# ── with an intake in it, and one more check-in ──────────────────────────────────────────────────────────────────────────


def test_an_intake_stands_in_it(tmp_path: Path) -> None:
    """With ``--intake`` the blank course begins with that intake, in YAML and in JSON, and asks everything else."""
    (file := tmp_path / "intake.json").write_text(json.dumps(example("grief").to_dict()), "utf-8")
    for format_ in ("text", "json"):
        done = asked("--course", "--intake", str(file), "--format", format_)
        course = read_course(done.stdout)
        assert course == Course.model_validate({**BLANK, "intake": example("grief").to_dict()})
    without_intake = printed().partition("# Contracts")[2]
    assert asked("--course", "--intake", str(file)).stdout.endswith(without_intake)


@settings(max_examples=30)
@given(intakes(), st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Z")), max_size=200))
def test_whatever_an_intake_says_is_read_back(recorded: Intake, note: str) -> None:
    """No text of it is taken for a number, a truth value or a sign of YAML."""
    noted = Intake.model_validate({**recorded.to_dict(), "note": note or "~"})
    assert read_course(blank_course_yaml(load_ruleset(), noted.assessed_on, noted)).intake == noted


@pytest.mark.parametrize(
    "note", ["y", "no", "1e5", "0o7", "2026-03-31", "null", "- a\n- b", "a: b # c", "&x", " x ", "|"]
)
def test_words_that_mean_something_in_yaml_are_texts(note: str) -> None:
    """A note may be any of them."""
    noted = Intake.model_validate({"assessed_on": "2026-03-31", "note": note})
    assert read_course(blank_course_yaml(load_ruleset(), noted.assessed_on, noted)).intake.note == note


def test_a_blank_check_in_can_be_appended() -> None:
    """What ``--check-in`` prints is valid at the end of a blank course, and of one with its check-ins last."""
    text = printed() + asked("--check-in", "2").stdout + asked("--check-in", "5").stdout
    assert read_course(text) == Course.model_validate({**BLANK, "check_ins": [{"session": n} for n in (1, 2, 5)]})
    stuck = (shipped_folder("fixtures") / "courses" / "stuck_at_mid_course.yaml").read_text("utf-8")
    course = read_course(stuck)
    after = course.check_ins[-1].session + 1
    longer = read_course(stuck + asked("--check-in", str(after)).stdout)
    assert longer == course.with_check_in(CheckIn(session=after))
    plain = json.loads(asked("--check-in", "7", "--format", "json").stdout)
    assert CheckIn.model_validate(plain) == CheckIn(session=7)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--intake", "x"], "--intake: goes with --course"),
        (["--check-in", "3", "--course"], "--check-in: is a template of its own; leave out the other options"),
        (
            ["--course", "--intake", "x", "--assessed-on", "2026-01-01"],
            "--assessed-on: leave it out: the intake says when it was assessed",
        ),
        (["--course", "--intake", "nowhere"], "nowhere: cannot be read: No such file or directory"),
        (["--check-in", "61"], "--check-in"),
    ],
)
def test_what_does_not_go_together_is_refused(options: list[str], told: str) -> None:
    """The error says which option, and what would be right."""
    done = asked(*options)
    assert (done.exit_code, done.stdout) == (2, "")
    assert told in done.stderr


# ── an intake that was pasted beside the course ──────────────────────────────────────────────────────────────────────────

_PASTED: Final = "intake:\nassessed_on: 2026-03-31\nepisode:\n  phq9: 15\nlosses: []\n"
_EMPTY: Final = "intake: `intake` is empty; indent the lines of the intake under it"


def slips(text: str) -> list[str]:
    """Return how a text is refused, by the library and, the same, by the command."""
    with pytest.raises(IntakeError) as raised:
        read_course(text, "standard input")
    done = CliRunner().invoke(app, ["course", "-"], input=text)
    assert done.stderr == f"{raised.value}\n"
    return [str(problem) for problem in raised.value.problems]


def test_an_intake_beside_the_course_is_told_once() -> None:
    """An empty ``intake`` with the lines of an intake beside it is one mistake; what else is wrong is told too."""
    assert slips(_PASTED) == [f"standard input:1:1: {_EMPTY}"]
    course = f"schema: ipt-rules/course/v1\n{_PASTED}check_ins:\n- session: 0\n  mood_before: 11\n"
    assert slips(course) == [
        f"standard input:2:1: {_EMPTY}",
        "standard input:8:3: check_ins[0].session: must be at least 1",
        "standard input:9:3: check_ins[0].mood_before: must be at most 10",
    ]
    assert slips(f"schema: ipt-rules/intake/v1\n{_PASTED}") == [f"standard input:2:1: {_EMPTY}"]


def test_another_empty_or_missing_intake_is_told_as_it_is() -> None:
    """Without the lines of an intake beside it nothing is said of them; a course without an ``intake`` is no intake."""
    assert slips("intake:\n") == ["standard input:1:1: intake: must be a mapping of questions to answers"]
    (first, second) = slips("assessed_on: 2026-03-31\ncheck_ins: []\n")
    assert "intake: must be given" in first
    assert "holds an unknown key" in second


# ── the schema of a course ───────────────────────────────────────────────────────────────────────────────────────────────


@functools.cache
def validator() -> jsonschema.Draft202012Validator:
    """Return what checks a course."""
    return jsonschema.Draft202012Validator(course_schema())


def wrong(plain: dict[str, Any]) -> set[str]:
    """Return the places at which a course does not satisfy the schema."""
    return {error.json_path for error in validator().iter_errors(plain)}


def test_the_schema_travels_with_the_rules() -> None:
    """The file that is shipped beside the rules is the one that the models give, and is valid by the draft that it names."""
    shipped = shipped_folder("rules") / "schema" / "course.schema.json"
    assert json.loads(shipped.read_text("utf-8")) == course_schema()
    jsonschema.Draft202012Validator.check_schema(course_schema())


def test_an_intake_in_a_course_is_described_as_one_alone() -> None:
    """Everything that the schema of an intake says, that of a course says of the intake in it."""
    alone, within = intake_schema(), course_schema()["$defs"]
    assert {key: within[key] for key in alone["$defs"]} == alone["$defs"]
    said = {key: value for key, value in alone.items() if key not in ("$schema", "$defs", "title")}
    assert {key: within["Intake"][key] for key in said} == said


def test_blank_and_worked_courses_satisfy_it() -> None:
    """The blank course, and every worked one, as plain values, are valid by the schema."""
    assert wrong(json.loads(printed("--format", "json"))) == set()
    for case in example_courses():
        assert wrong(example_course(case).to_dict()) == set(), case


@settings(max_examples=30)
@given(courses())
def test_whatever_is_recorded_satisfies_it(recorded: Course) -> None:
    """Whatever a course holds, it is valid by the schema as plain values."""
    assert wrong(recorded.to_dict()) == set()


def test_what_no_course_is_does_not_satisfy_it() -> None:
    """An unknown key, a word or number that cannot stand there, and a place that is none are refused where they stand."""
    check_in = {"session": 0, "effect": "worse", "worked_on": "the quarrel", "events": [{"kind": "row"}]}
    broken = {"intake": {"assessed_on": "2026-03-31", "losses": [{"sudden": "yes"}]}, "check_ins": [check_in]}
    progress = {"session": 1, "progress": [{"goal": "goals[x]", "moved": "forward"}]}
    assert wrong({**broken, "schema": "ipt-rules/intake/v1"}) == {
        "$.schema",
        "$.intake.losses",
        "$.check_ins[0]",
        "$.check_ins[0].session",
        "$.check_ins[0].worked_on",
        "$.check_ins[0].events",
    }
    assert wrong({**BLANK, "check_ins": [progress]}) == {"$.check_ins[0].progress[0].goal"}
    assert wrong({}) == {"$"}


def _properties() -> Iterator[tuple[str, dict[str, Any]]]:
    schema = course_schema()
    for name, found in (("Course", schema), *schema["$defs"].items()):
        for key, described in found.get("properties", {}).items():
            yield f"{name}.{key}", described


def test_everything_says_what_it_means() -> None:
    """Each key has a description, unless it leads to a record that has one."""
    schema = course_schema()
    for name, described in _properties():
        inner = schema["$defs"].get(described.get("$ref", "").rpartition("/")[2], {})
        assert described.get("description") or inner.get("description") or "const" in described, name
    assert "Raises" not in json.dumps(schema)


def test_moments_that_were_told_on_an_earlier_day_may_say_so() -> None:
    """A number of months may say from which day it is counted; a date may not."""
    months = {"months_ago": 8, "counted_from": "2026-03-31"}
    assert wrong({"intake": {"assessed_on": "2026-06-30", "losses": [{"when": months}]}}) == set()
    dated = {"date": "2025", "counted_from": "2026-03-31"}
    assert wrong({"intake": {"assessed_on": "2026-06-30", "losses": [{"when": dated}]}}) == {"$.intake.losses"}
