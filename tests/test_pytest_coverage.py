"""The pytest options that measure what a user's own test run reaches of a rule set."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from ipt_rules import Assessor, assess, example, example_course, load_ruleset
from ipt_rules.testing.reached import Reached, rows_of_assessment, rows_of_review
from ipt_rules.verify import coverage
from tests.helpers import MINI, write

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = ["pytester"]

RULESET = 'name: mine\nversion: "1"\nlanguage: 1\nextends: ../base\n'
RULES = """
- id: deficits.lonely-and-young
  for: patient
  when:
    patient.ucla3: {at_least: 7}
    patient.age: {at_most: 30}
  supports: deficits
  strength: moderate
  evidence: loneliness
  because: The patient is lonely and young.
  basis: inference
  cites: [{ref: manual, at: ch. 8, seen: read}]
"""
TESTS = """
from ipt_rules import Intake, assess, load_ruleset

MINE = load_ruleset("my_rules")


def lonely(ucla3, age):
    return Intake(assessed_on="2026-03-31", patient={"age": age}, episode={"ucla3": ucla3})


def test_holds():
    assess(lonely(8, 25), MINE, engine="compiled")


def test_is_too_old():
    assess(lonely(8, 60), MINE, engine="reference")


def test_is_not_asked():
    assess(lonely(None, 25), MINE, engine="compiled")
"""
MISSING = (
    "an intake in which “three-item UCLA loneliness scale: at least 7” is known not to hold, and that alone decides"
)


@pytest.fixture
def mine(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project with a rule that extends a small rule set, and tests that leave one of its four obligations out."""
    write(pytester.path / "base", MINI)
    write(pytester.path / "my_rules", {"ruleset.yaml": RULESET, "rules.yaml": RULES})
    pytester.makepyfile(test_mine=TESTS)
    return pytester


def run(pytester: pytest.Pytester, *options: str) -> pytest.RunResult:
    """Run the project's tests in this process."""
    return pytester.runpytest_inprocess("-q", "-p", "no:cacheprovider", *options)


def test_tells_what_the_run_reached(mine: pytest.Pytester) -> None:
    """The summary counts the rules of the folder alone, and says which intake is missing."""
    result = run(mine, "--ipt-rule-coverage=my_rules")
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(
        [
            "*coverage of IPT rules*",
            "mine 1: 1 rule (not counted: 3 of the rule set that it extends)",
            "  rules seen true 1, false 1, unknown 1; comparisons seen both ways: 1 of 2",
            "  MC/DC: 3 of 4 obligations are met (75 %); 0 more can be met by no row",
            "  deficits.lonely-and-young (./my_rules/rules.yaml:2:3) wants",
            f"    {MISSING}",
        ]
    )


def test_one_intake_more_meets_the_rest(mine: pytest.Pytester) -> None:
    """The intake that the summary asks for completes the coverage."""
    mine.makepyfile(test_more="from test_mine import *\n\ndef test_more():\n    assess(lonely(3, 25), MINE)\n")
    result = run(mine, "--ipt-rule-coverage=my_rules", "--ipt-rule-coverage-fail-under=100")
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["  MC/DC: 4 of 4 obligations are met (100 %); 0 more can be met by no row"])
    result.stdout.no_fnmatch_line("*an intake in which*")


@pytest.mark.parametrize(("least", "status"), [("75", 0), ("75.1", 1), ("100", 1)])
def test_fails_under_what_was_asked_for(mine: pytest.Pytester, least: str, status: int) -> None:
    """The run fails exactly where a smaller share of the obligations is met than was asked for, and says so."""
    result = run(mine, "--ipt-rule-coverage=my_rules", f"--ipt-rule-coverage-fail-under={least}")
    assert result.ret == status
    said = f"FAILED: mine: 75.0 % of the obligations are met, and {least} % were asked for"
    assert (said in result.outlines) is bool(status)


@pytest.mark.parametrize("share", ["nan", "-5", "200", "half"])
def test_a_share_lies_between_0_and_100(mine: pytest.Pytester, share: str) -> None:
    """A threshold that nothing could miss, or nothing reach, is a usage error."""
    result = run(mine, f"--ipt-rule-coverage-fail-under={share}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "share from 0 to 100" in str(result.stderr)


def test_writes_a_report(mine: pytest.Pytester) -> None:
    """The report is JSON with every missing obligation and what each rule was never seen to come to."""
    run(mine, "--ipt-rule-coverage=my_rules", "--ipt-rule-coverage-report=out/rules.json")
    told = json.loads((mine.path / "out" / "rules.json").read_text("utf-8"))
    assert (told["failed"], told["fail_under"]) == (False, None)
    (found,) = told["rulesets"]
    assert found["digest"] == load_ruleset(mine.path / "my_rules").digest
    assert found["never_seen"] == {"true": [], "false": [], "unknown": []}
    assert [(one["rule"], one["truth"], one["wanted"]) for one in found["missing"]] == [
        ("deficits.lonely-and-young", False, MISSING)
    ]


def test_every_rule_set_is_told(mine: pytest.Pytester) -> None:
    """Without a folder each rule set that the tests assess with is told, with all of its rules."""
    mine.makepyfile(test_base=TESTS.replace("my_rules", "base"))
    result = run(mine, "--ipt-rule-coverage=")
    result.stdout.fnmatch_lines_random(["mine 1: 4 rules", "mini 1.0: 3 rules"])


def test_nothing_assessed_is_told_and_fails(mine: pytest.Pytester) -> None:
    """Tests that assess nothing reach nothing, which is too little."""
    mine.makepyfile(test_mine="def test_nothing():\n    pass\n")
    result = run(mine, "--ipt-rule-coverage-fail-under=1")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "No test has assessed an intake or reviewed a course.",
            "FAILED: nothing was assessed, and 1 % were asked for",
        ]
    )
    result = run(mine, "--ipt-rule-coverage=my_rules", "--ipt-rule-coverage-fail-under=1")
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_a_folder_without_rules_is_a_usage_error(mine: pytest.Pytester) -> None:
    """A folder that holds no rule set, or one with mistakes, ends the run before any test, and says what would be right."""
    result = run(mine, "--ipt-rule-coverage", "test_mine.py")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "test_mine.py holds no ruleset.yaml. Name the folder" in str(result.stderr)
    (mine.path / "my_rules" / "rules.yaml").write_text("- id: x\n", "utf-8")
    result = run(mine, "--ipt-rule-coverage=my_rules")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "./my_rules/rules.yaml:1:" in str(result.stderr)


def test_a_folder_called_as_the_shipped_one(mine: pytest.Pytester) -> None:
    """The rules of a folder called "rules" are told from the shipped ones, which are told as of such a folder."""
    shipped = RULESET.replace("../base", "ipt-rules")
    cited = RULES.replace("ref: manual", "ref: article")
    write(mine.path / "rules", {"ruleset.yaml": shipped, "rules.yaml": cited})
    mine.makepyfile(test_mine=TESTS.replace("my_rules", "rules"))
    result = run(mine, "--ipt-rule-coverage=rules")
    result.stdout.fnmatch_lines([f"mine 1: 1 rule (not counted: {len(load_ruleset().rules)} of *"])


def test_workers_send_what_they_met(mine: pytest.Pytester) -> None:
    """Spread over two processes the run tells the same."""
    options = ("-q", "-p", "no:cacheprovider", "--ipt-rule-coverage=my_rules", "--ipt-rule-coverage-fail-under=76")
    result = mine.runpytest_subprocess(*options, "-n", "2", "--dist", "load")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "  rules seen true 1, false 1, unknown 1; comparisons seen both ways: 1 of 2",
            "  MC/DC: 3 of 4 obligations are met (75 %); 0 more can be met by no row",
        ]
    )


def test_a_run_that_did_not_ask_pays_nothing(mine: pytest.Pytester) -> None:
    """Without the options pytest imports neither the library nor Hypothesis, and with them not Hypothesis either."""
    mine.makepyfile(
        test_mine="import sys\n\ndef test_it():\n    print([m for m in ('ipt_rules', 'hypothesis') if m in sys.modules])\n"
    )
    for options, imported in (([], "[]"), (["--ipt-rule-coverage="], "['ipt_rules']")):
        result = mine.runpytest_subprocess("-q", "-s", "-p", "no:cacheprovider", *options)
        assert any(line.startswith(imported) for line in result.outlines), result.outlines


ASKED = """
from ipt_rules import Assessor, assess_many, load_ruleset
from ipt_rules.testing import intakes_where_holds
from test_mine import MINE, lonely

STRATEGY = intakes_where_holds("deficits.lonely-and-young", MINE)


def test_it():
    assessment = Assessor(MINE, "compiled").assess(lonely(8, 60))
"""


@pytest.mark.parametrize(
    ("asked", "seen"),
    [
        ("assessment.flips(); assessment.why_not('deficits'); assessment.ask_next()", "true 0, false 1"),
        ("assessment.what_if({'patient.age': 20})", "true 1, false 1"),
        ("list(assess_many([lonely(8, 20)], MINE))", "true 1, false 1"),
    ],
)
def test_only_what_a_test_asks_for_counts(mine: pytest.Pytester, asked: str, seen: str) -> None:
    """What strategies and explanations try on the way counts for nothing; what a test asks for counts, however it asks."""
    mine.makepyfile(test_asked=f"{ASKED}    {asked}\n")
    result = run(mine, "--ipt-rule-coverage=my_rules", "test_asked.py")
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines([f"  rules seen {seen}, unknown 0; *"])


def test_nothing_is_watched_after_the_run(mine: pytest.Pytester) -> None:
    """Once a run has ended, assessments are made as before it."""
    before = Assessor.assess(Assessor(engine="compiled"), example("grief"))
    made = type(before).__init__
    run(mine, "--ipt-rule-coverage=my_rules")
    assert type(before).__init__ is made


def test_same_count_as_the_command() -> None:
    """Counted while tests run, assessments reach what ``coverage`` finds of the same intakes."""
    reached = Reached(load_ruleset())
    cases = [example(name) for name in ("grief", "disputes", "tie")]
    for case in cases:
        reached.add(rows_of_assessment(assess(case, engine="compiled")))
    found, expected = reached.coverage(), coverage(load_ruleset(), cases)
    assert (found.fired, found.met, found.missing) == (expected.fired, expected.met, expected.missing)


def test_a_review_counts_every_session() -> None:
    """A review reaches the rules of its sessions and events, and those of the intake as it became known."""
    ruleset = load_ruleset()
    course = example_course("stuck_at_mid_course")
    reached = Reached(ruleset)
    reached.add(rows_of_review(course.review(engine="compiled")))
    assert coverage(ruleset, [course.intake], [course]).met <= reached.coverage().met


def test_joined_counts_are_those_of_one_run() -> None:
    """What two processes met, put together, is what one of them would have met."""
    ruleset = load_ruleset()
    both, one, other = Reached(ruleset), Reached(ruleset), Reached(ruleset)
    for name, part in (("grief", one), ("disputes", other)):
        rows = [*rows_of_assessment(assess(example(name), engine="compiled"))]
        both.add(rows)
        part.add(rows)
    one.join(other.seen)
    assert one.to_dict(one.coverage()) == both.to_dict(both.coverage())


def test_plugin_imports_alone(tmp_path: Path) -> None:
    """The module that every pytest run imports brings along nothing but parts of the standard library."""
    code = (
        "import sys, pytest_ipt_rules as plugin; named = {name.partition('.')[0] for name in sys.modules}; "
        "print(plugin.__name__ in named, sorted(named & {'ipt_rules', 'pydantic', 'hypothesis', 'yaml', 'pytest'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)  # noqa: S603  # our own interpreter
    assert done.stdout == "True []\n"
