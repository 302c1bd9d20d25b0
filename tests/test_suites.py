"""The suites that come along: they meet every obligation, kill every mutant, are few, and their sheets say what the rules find."""

from __future__ import annotations

import functools
import random
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from ipt_rules import assess, load_ruleset
from ipt_rules.drawn.courses import draw_course
from ipt_rules.drawn.intakes import Seeded, draw_intake
from ipt_rules.reading_courses import read_course
from ipt_rules.reading_intakes import read_intake
from ipt_rules.verify import coverage, mutation
from ipt_rules.verify.aims import Aims
from ipt_rules.verify.fewest import fewest
from ipt_rules.verify.signing import as_yaml, sheet_of, with_signatures
from ipt_rules.verify.suite_files import case_text, there_for, write_suite
from ipt_rules.verify.suites import Suite, suite
from ipt_rules.verify.witnesses import witness_of
from tests.helpers import MINI, write
from tests.test_command import run

if TYPE_CHECKING:
    from ipt_rules.course import Course
    from ipt_rules.intake import Intake
    from ipt_rules.verify.aims import Aim

FOLDER = Path(__file__).parents[1] / "fixtures" / "suites"
INTAKES = sorted(file.stem for file in (FOLDER / "intakes").glob("[0-9][0-9].yaml"))
COURSES = sorted(file.stem for file in (FOLDER / "courses").glob("[0-9][0-9].yaml"))


@functools.cache
def intake(name: str) -> Intake:
    """Return an intake of the suite."""
    return read_intake(FOLDER / "intakes" / f"{name}.yaml")


@functools.cache
def course(name: str) -> Course:
    """Return a course of the suite."""
    return read_course(FOLDER / "courses" / f"{name}.yaml")


def sheet(kind: str, name: str) -> dict[str, Any]:
    """Return what is expected of a case of the suite, as it stands beside it."""
    read: dict[str, Any] = yaml.load(  # the safe loader, in C
        (FOLDER / kind / f"{name}.expected.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader
    )
    return read


@functools.cache
def all_aims() -> Aims:
    """Return what suites of the shipped rules have to show."""
    return Aims(load_ruleset())


@functools.cache
def about(kind: str) -> dict[str, frozenset[Aim]]:
    """Return what each case of the suite is there for."""
    if kind == "intakes":
        found = there_for(map(intake, INTAKES), all_aims())
        return dict(zip(INTAKES, (aims for _, aims in found), strict=True))
    return dict(zip(COURSES, (aims for _, aims in there_for(map(course, COURSES), all_aims())), strict=True))


def found_on(row: dict[str, Any]) -> list[str]:
    """Return the ids of the rules that hold on a row of a sheet."""
    return [line["rule"] for line in row["lines"] if line["holds"]] + [one.partition(":")[0] for one in row["also"]]


def strategies_on(row: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what becomes of the strategies whose condition holds on a row of a sheet."""
    told = [(line["rule"], line["counts"].partition(" phase, ")[2]) for line in row["lines"] if line["holds"]]
    return [
        (rule, what)
        for rule, what in (*told, *(tuple(one.split(": ", 1)) for one in row["also"] if ": " in one))
        if what
    ]


def test_every_obligation_that_can_be_met_is_met() -> None:
    """The suite reaches 100 % of feasible masking MC/DC over all shipped rules, and every rule holds in it."""
    found = coverage(load_ruleset(), map(intake, INTAKES), map(course, COURSES))
    assert found.missing == ()
    assert found.percent == 100
    assert found.fired == {rule.id for rule in load_ruleset().rules}


def test_every_mutant_is_killed_or_proved_to_be_equivalent() -> None:
    """No mutant of a shipped rule survives the suite, and none is undecided."""
    found = mutation(load_ruleset(), map(intake, INTAKES), [*map(course, COURSES)], witness_of=witness_of)
    assert found.survivors == ()
    assert found.percent == 100.0


def test_a_suite_is_small() -> None:
    """It has at most four times as many intakes, and as many courses, as it is proved to have at least."""
    least = fewest(all_aims())
    print(
        f"{len(INTAKES)} intakes, at least {len(least.intakes)}; {len(COURSES)} courses, at least {len(least.courses)}"
    )
    assert len(INTAKES) <= 4 * len(least.intakes)
    assert len(COURSES) <= 4 * len(least.courses)


def test_no_case_shows_two_of_those_that_exclude_each_other() -> None:
    """Of the aims that prove how small a suite can be, no intake and no course of the suite, and none that is drawn, shows two."""
    aims = all_aims()
    least, choose = fewest(aims), Seeded(random.Random(3))
    cases = [*map(intake, INTAKES), *(draw_intake(choose) for _ in range(150))]
    assert max(len(aims.shown_by(case).intersection(least.intakes)) for case in cases) == 1
    therapies = [*map(course, COURSES), *(draw_course(choose, most_sessions=6) for _ in range(40))]
    assert max(len(aims.shown_by(case).intersection(least.courses)) for case in therapies) == 1


@pytest.mark.parametrize("name", INTAKES)
def test_a_sheet_says_what_is_found_in_an_intake(name: str) -> None:
    """The sheet is that of the rules as they are, and its findings and standings are those of an assessment by the engine."""
    expected = sheet("intakes", name)
    assert with_signatures(sheet_of(intake(name), all_aims(), about("intakes")[name]), expected) == expected
    assessment = assess(intake(name))
    told = {(rule, row["row"].partition(" ")[2]) for row in expected["rows"] for rule in found_on(row)}
    findings = {(finding.rule.id, finding.row.place) for finding in assessment.result.findings}
    assert {(rule, place) for rule, place in told if load_ruleset().rule(rule).runs_in != "strategies"} == findings
    becomes = {entry for row in expected["rows"] for entry in strategies_on(row)}
    plan = assessment.result.plan
    assert {rule for rule, what in becomes if what == "proposed"} == {one.finding.rule.id for one in plan.strategies}
    withheld = {rule for rule, what in becomes if what.startswith(("withheld", "waits"))}
    assert withheld == {one.strategy.finding.rule.id for one in plan.withheld}
    assert [(one["area"], one["points"]) for one in expected["standings"]] == [
        (standing.area, standing.points) for standing in assessment.ranking
    ]


@pytest.mark.parametrize("name", COURSES)
def test_a_sheet_says_what_is_found_in_a_course(name: str) -> None:
    """The sheet is that of the rules as they are, and its lines of the last session are those of a review."""
    expected = sheet("courses", name)
    assert with_signatures(sheet_of(course(name), all_aims(), about("courses")[name]), expected) == expected
    last = f"check_ins[{len(course(name).check_ins) - 1}]"
    told = {
        (rule, place)
        for row in expected["rows"]
        if (place := row["row"].rpartition(" ")[2]).startswith(last)
        for rule in found_on(row)
    }
    found = course(name).review().evaluated.findings
    assert told == {(finding.rule.id, finding.row.place) for finding in found}


# ── signatures ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_signature_stays_while_the_line_does() -> None:
    """What was signed stays signed; a line that says something else has to be signed again, and then so has the whole."""
    signed = sheet_of(intake(INTAKES[0]), all_aims())
    signed["signed_by"] = "A. Supervisor"
    first, second = signed["rows"][0]["lines"][0], signed["standings"][0]
    first["signed_by"] = second["signed_by"] = "A. Supervisor"
    again = with_signatures(sheet_of(intake(INTAKES[0]), all_aims()), signed)
    assert again == signed
    second["points"] += 1
    changed = with_signatures(sheet_of(intake(INTAKES[0]), all_aims()), signed)
    assert changed["rows"][0]["lines"][0]["signed_by"] == "A. Supervisor"
    assert (changed["standings"][0]["signed_by"], changed["signed_by"]) == ("", "")


def test_a_sheet_is_read_as_it_was_written() -> None:
    """A sheet as YAML, each finding on a line of its own, is the same sheet again."""
    for kind, name in (("intakes", INTAKES[0]), ("courses", COURSES[0])):
        case = intake(name) if kind == "intakes" else course(name)
        made = sheet_of(case, all_aims())
        text = as_yaml(made, name)
        assert yaml.safe_load(text) == made
        lines = sum(len(row["lines"]) for row in made["rows"]) + len(made.get("standings", ()))
        assert text.count("- {signed_by: '', ") == lines


def test_nobody_is_named() -> None:
    """People of a suite have no names, and no free text stands in it."""
    for text in (*(case_text(intake(name)) for name in INTAKES), *(case_text(course(name)) for name in COURSES)):
        assert re.search(r"\b(name|note|relation|text):", text) is None


# ── a rule set of one's own ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_suite_for_other_rules(tmp_path: Path) -> None:
    """A few intakes are enough for a few rules; written, they are read again, and a changed case is not signed any more."""
    rules = load_ruleset(write(tmp_path / "rules", MINI))
    made = suite(rules, drawn=25)
    assert made.missing == frozenset()
    assert coverage(rules, made.intakes, made.courses).missing == ()
    assert len(made.intakes) + len(made.courses) <= 8
    write_suite(made, tmp_path / "made", rules)
    write_suite(Suite(made.intakes[:1], (), frozenset()), tmp_path / "made", rules)
    assert [file.name for file in sorted((tmp_path / "made" / "intakes").iterdir())] == ["01.expected.yaml", "01.yaml"]
    assert read_intake(tmp_path / "made" / "intakes" / "01.yaml") == made.intakes[0]


def test_signatures_follow_a_case_to_another_place(tmp_path: Path) -> None:
    """Under another number the lines of a case stay signed; where a case is gone, it is told how many are lost."""
    cases = tuple(map(intake, INTAKES[:3]))
    assert write_suite(Suite(cases, (), frozenset()), tmp_path, load_ruleset()) == 0
    sheet_file = tmp_path / "intakes" / "03.expected.yaml"
    signed = sheet_file.read_text("utf-8").replace("- {signed_by: ''", "- {signed_by: A. Supervisor")
    sheet_file.write_text(signed, "utf-8")
    assert write_suite(Suite(cases[1:], (), frozenset()), tmp_path, load_ruleset()) == 0
    again = (tmp_path / "intakes" / "02.expected.yaml").read_text("utf-8")
    assert again.count("A. Supervisor") == signed.count("A. Supervisor") > 4
    assert write_suite(Suite(cases[:1], (), frozenset()), tmp_path, load_ruleset()) == signed.count("A. Supervisor")


def test_files_of_others_are_left_alone(tmp_path: Path) -> None:
    """A folder with anything but a suite is refused before anything is made, with each file that stands in the way."""
    rules = str(write(tmp_path / "rules", MINI))
    write(tmp_path / "made", {"intakes/2024-03-10.yaml": "a: 1\n", "courses/01.expected.yaml": "[]\n"})
    done = run("suite", str(tmp_path / "made"), "--rules", rules)
    assert done.exit_code == 2
    assert "2024-03-10.yaml: is not of a suite" in done.stderr.replace("\n", " ")
    assert "01.expected.yaml: is no sheet" in done.stderr.replace("\n", " ")
    assert (tmp_path / "made" / "intakes" / "2024-03-10.yaml").read_text("utf-8") == "a: 1\n"
    assert run("suite", str(tmp_path / "rules" / "ruleset.yaml"), "--rules", rules).exit_code == 2


@pytest.mark.slow
def test_the_command_writes_a_suite_and_tells_how_small_it_could_be(tmp_path: Path) -> None:
    """It ends with 0 where all is shown, and with 2 where the rules cannot be read."""
    rules = write(tmp_path / "rules", MINI)
    done = run("suite", str(tmp_path / "made"), "--rules", str(rules))
    assert done.exit_code == 0
    assert "there can be no fewer than" in done.stdout
    assert run("suite", str(tmp_path / "other"), "--rules", str(tmp_path / "nothing")).exit_code == 2
