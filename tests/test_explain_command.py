"""The commands ``explain`` and ``inventory``, and writing into files, as a person at a terminal and as a program see them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest

from ipt_rules import assess, example, read_intake
from tests.helpers import MARK, marked
from tests.pages import Read
from tests.test_command import CASES, printed, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ipt_rules import Assessment

TIE: Final = str(CASES / "tie.yaml")

ASKED: Final[dict[str, tuple[tuple[str, ...], Callable[[Assessment], Any]]]] = {
    "why": (("why", "disputes"), lambda one: one.why("disputes")),
    "why a subject": (("why", "disputes", "--subject", "disputes[0]"), lambda one: one.why("disputes", "disputes[0]")),
    "why not": (("why-not", "transitions", "--most", "2"), lambda one: one.why_not("transitions", 2)),
    "what if": (
        ("what-if", "disputes[0].covert=true", "disputes[0].began=", "losses=[]"),
        lambda one: one.what_if({"disputes[0].covert": True, "disputes[0].began": None, "losses": []}),
    ),
    "flips": (("flips", "--most", "2"), lambda one: one.flips(most=2)),
    "flips to": (("flips", "--to", "disputes", "--most", "1"), lambda one: one.flips("disputes", 1)),
    "ask": (("ask", "--most", "2"), lambda one: one.ask_next(2)),
    "winners": (("winners",), lambda one: one.winners()),
    "sufficient": (("sufficient",), lambda one: one.sufficient_facts()),
}


@pytest.mark.parametrize("name", ASKED)
def test_json_is_what_the_library_says(name: str) -> None:
    """With ``--format json`` a command prints the ``to_dict`` of the same question in Python."""
    words, ask = ASKED[name]
    told = ask(assess(example("tie"), engine="compiled")).to_dict()
    assert printed("explain", TIE, *words) == json.loads(json.dumps(told))


@pytest.mark.parametrize("name", ASKED)
def test_text_names_people_and_json_does_not(name: str) -> None:
    """Names stand in the text unless refused, and in JSON only where they are asked for."""
    given = json.dumps(marked().to_dict())
    words = [word.replace("disputes[0].covert=true", "therapy.planned_sessions=12") for word in ASKED[name][0]]
    words = [word for word in words if not word.startswith(("losses=", "disputes[0].began"))]
    without = run("explain", "-", *words, "--no-names", given=given)
    assert (without.exit_code, MARK in without.stdout) == (0, False)
    assert MARK not in run("explain", "-", *words, "--format", "json", given=given).stdout


def test_names_may_be_asked_for() -> None:
    """``--names`` names people in JSON too; the text does so by itself."""
    assert "Carla" in run("explain", TIE, "why", "disputes").stdout
    assert "Carla" not in run("explain", TIE, "why", "disputes", "--no-names").stdout
    assert "Carla" in run("explain", TIE, "why", "disputes", "--format", "json", "--names").stdout


def test_other_rules_are_taken() -> None:
    """``--rules`` takes a variant, as ``assess`` does."""
    done = run("explain", str(CASES / "separation_as_a_loss.yaml"), "why", "grief", "--rules", "grief-and-loss")
    assert done.exit_code == 0
    assert "The area stands at rank 1." in done.stdout


def refused(*words: str, given: str | None = None) -> str:
    """Return what standard error says of a command that ends with 2 and prints nothing."""
    done = run(*words, given=given)
    assert (done.exit_code, done.stdout) == (2, ""), done.output
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_wrong_area_and_a_wrong_subject_are_told_together() -> None:
    """Everything that is wrong is told at once, with what would be right."""
    told = refused("explain", TIE, "why", MARK, "--subject", "losses[2]")
    assert "AREA: no problem area is called so; there are: grief, disputes, transitions, deficits" in told
    assert "--subject: no such subject is recorded; there are: disputes[0], changes[0]" in told
    assert MARK not in told
    for words in (("why-not", "guilt"), ("flips", "--to", "guilt")):
        assert "no problem area is called so" in refused("explain", TIE, *words)


def test_a_subject_without_a_focus_is_told() -> None:
    """A subject that the area has no focus on is told with those that it has."""
    told = refused("explain", TIE, "why", "disputes", "--subject", "changes[0]")
    assert "--subject: the area has no focus on this subject; it has: disputes[0]" in told


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("disputes[0].covert=yes", "disputes[0].covert: this word is read differently by different YAML versions"),
        ("disputes[0].covert=[", "disputes[0].covert: this is not well-formed YAML"),
        ("disputes[0].covert=loud", "disputes[0].covert: must be true or false"),
        ("disputes[0].covert", "change 1: write a place, = and an answer"),
        ("=true", "change 1: begins with no place; write it as losses[0].mourning=moving"),
        ("[0]=true", "change 1: begins with no place"),
        ("disputes[7].covert=true", "change 1: this intake has no such place; what is recorded in it: disputes[0], "),
        ("disputes[7]={}", "change 1: nothing is asked at this place"),
        ("disputes.covert=true", "change 1: nothing is asked at this place"),
        ("disputes[0].loud=true", "change 1: nothing is asked at this place; what is asked there: about_a_change, "),
        ("inventory.people[0].name=x", "change 1: nothing is asked at this place; what is asked there: change_wanted"),
        ("assessed_on=2030-01-01", "change 1: nothing is asked at this place; what is asked there: changes, disputes"),
        ("disputes[0].person=nobody", "disputes[0].person: a dispute is with somebody"),
    ],
)
def test_what_cannot_be_changed_so_is_told(change: str, expected: str) -> None:
    """Each wrong change ends with 2 and says what would be right."""
    assert expected in refused("explain", TIE, "what-if", change)


def test_wrong_changes_are_told_together_and_repeat_nothing() -> None:
    """All mistakes at once; a place that is none is named by its number, and no answer is repeated."""
    told = refused(
        "explain",
        TIE,
        "what-if",
        f"{MARK} x=1",
        f"disputes[0].covert=!{MARK} x",
        "changes[0].wanted=true",
        "changes[0].wanted=false",
    )
    assert "change 1: begins with no place" in told
    assert "disputes[0].covert: a tag (!) is not allowed" in told
    assert "change 4: is given twice" in told
    assert MARK not in told


def test_errors_are_json_where_json_is_asked_for() -> None:
    """Programs get the problems as plain values."""
    told = json.loads(refused("explain", TIE, "why", "guilt", "--format", "json"))
    assert [problem["path"] for problem in told["problems"]] == ["AREA"]


def test_a_wrong_intake_is_told_as_assess_tells_it() -> None:
    """A file that is not there, or is none, ends with 2, whatever is asked."""
    assert "cannot be read" in refused("explain", "not-there.yaml", "winners")
    assert "an intake is a mapping" in refused("explain", "-", "ask", given="- 1\n")


def test_help_says_how_changes_are_written() -> None:
    """The help names quoting, open answers, and the areas; without a question it says what can be asked."""
    help_ = " ".join(run("explain", TIE, "what-if", "--help").stdout.split())
    assert "put quotes around each" in help_
    assert "PATH=null leaves the question open" in help_
    assert "grief, disputes, transitions, deficits" in " ".join(run("explain", TIE, "why", "--help").stdout.split())
    for question in ("why", "why-not", "what-if", "flips", "ask", "winners", "sufficient"):
        assert f"  {question} " in run("explain", "--help").stdout
    assert run("explain", TIE).exit_code == 2


# ── writing into files ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("format_", ["text", "json", "html"])
def test_a_file_holds_what_the_library_makes(tmp_path: Path, format_: str) -> None:
    """``-o`` writes each format into a file and prints nothing; text is as wide as the library makes it."""
    assessment = assess(example("tie"), engine="compiled")
    expected = {"text": assessment.to_text, "json": assessment.to_json, "html": assessment.to_html}[format_]()
    there = tmp_path / "out"
    done = run("assess", TIE, "--format", format_, "--engine", "compiled", "-o", str(there))
    assert (done.exit_code, done.stdout) == (0, "")
    assert there.read_text("utf-8").rstrip("\n") == expected.rstrip("\n")


def test_the_html_is_the_report() -> None:
    """``assess --format html`` prints the report, with names, as the library makes it."""
    page = run("assess", TIE, "--format", "html", "--engine", "compiled").stdout
    assert page == assess(example("tie"), engine="compiled").to_html()
    assert Read(page).tags["main"] == 1


def test_a_file_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """The place is told by the operating system's words, which ``cli`` prints."""
    done = run("assess", TIE, "--format", "json", "-o", str(tmp_path / "no" / "such"))
    assert isinstance(done.exception, FileNotFoundError)


# ── the inventory ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_inventory_is_told_by_ring() -> None:
    """People stand below their ring with support and conflict; what is not known says so; the measures follow."""
    shown = run("inventory", str(CASES / "transitions.yaml")).stdout
    places = [shown.index(word) for word in ("Closest", "Helga", "Close\n", "Ernst", "Distant", "Ludmila", "add up to")]
    assert places == sorted(places)
    assert "some, ambivalent" in shown
    assert "dispute [disputes[0]]" in shown
    assert "not known" in shown
    assert "2 to 3      People who give at least some support" in shown


def test_the_inventory_as_json_and_as_a_drawing(tmp_path: Path) -> None:
    """JSON has the people and the measures without names; the drawing is SVG, with names unless refused."""
    file = str(CASES / "transitions.yaml")
    told = printed("inventory", file)
    assert [person["closeness"] for person in told["people"]] == ["closest", "close", "close", "close", "distant"]
    measures = {measure["field"]: measure["value"] for measure in told["network"]}
    assert measures["network.people"] == 3
    assert measures["network.supporters"] == {"least": 2, "most": 3}
    assert "Helga" not in json.dumps(told)
    assert run("inventory", file, "--format", "svg", "-o", str(tmp_path / "a.svg")).stdout == ""
    drawn = (tmp_path / "a.svg").read_text("utf-8")
    assert drawn.startswith("<svg ")
    assert "Helga" in drawn
    assert "Helga" not in run("inventory", file, "--format", "svg", "--no-names").stdout


def test_nobody_and_nobody_asked_are_two_things() -> None:
    """An empty inventory and one that nobody asked for say so in words, and no measure is made up."""
    nobody = run("inventory", "-", given="assessed_on: 2026-03-31\ninventory: {people: []}\n").stdout
    assert "Asked: there is nobody." in nobody
    assert "does not arise  Ties among the others" in nobody
    unasked = run("inventory", "-", given="assessed_on: 2026-03-31\n").stdout
    assert "Not asked about yet: who is in the patient's life." in unasked
    assert "not known" in unasked
    somebody = run("inventory", "-", given="assessed_on: 2026-03-31\ninventory: {people: [{id: a}]}\n").stdout
    assert "Ring not known" in somebody
    assert "Who of them knows whom has not been asked." in somebody


def test_an_inventory_that_cannot_be_read_ends_with_2() -> None:
    """Errors are those of every command."""
    assert "cannot be read" in refused("inventory", "not-there.yaml")
    assert read_intake("assessed_on: 2026-03-31\n").inventory.people is None


def test_the_intake_is_never_written_over(tmp_path: Path) -> None:
    """An output that is the very file of the intake is refused, and the intake stays as it was."""
    file = tmp_path / "mine.yaml"
    file.write_text("assessed_on: 2026-03-31\n", "utf-8")
    for command in ("assess", "inventory"):
        done = run(command, str(file), "-o", str(file))
        assert done.exit_code == 2
        assert "is the intake itself; name another file" in done.stderr
    assert file.read_text("utf-8") == "assessed_on: 2026-03-31\n"
