"""The catalogue: every rule in words, and the committed pages are those that the rules give."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from ipt_rules import Course, example, example_course, example_courses, examples, load_ruleset
from ipt_rules.catalogue import catalogue
from ipt_rules.commands import app
from ipt_rules.ruleset.conditions import All, Comparison, Condition, Some
from ipt_rules.sentences import sentence
from ipt_rules.worked_cases import seen_in, seen_in_courses
from tests.helpers import intake
from tests.test_ranking import SUDDEN, rule, ruleset

PAGES = Path(__file__).parents[1] / "docs" / "rules"


def test_pages_are_fresh() -> None:
    """The pages under ``docs/rules`` are those that the shipped rules, worked cases and worked courses give."""
    cases = {name: example(name) for name in examples()}
    courses = {name: example_course(name) for name in example_courses()}
    pages = catalogue(load_ruleset(), cases, courses)
    assert {path.name: path.read_text("utf-8") for path in PAGES.iterdir()} == pages


def test_every_rule_has_its_entry_with_sources() -> None:
    """Each rule stands on exactly one page, under its id."""
    pages = "\n".join(catalogue(load_ruleset(), {}, {}).values())
    for one in load_ruleset().rules:
        assert pages.count(f"\n## {one.id}\n") == 1
    assert pages.count("- **Rests on** ") == pages.count("- **When** ") == len(load_ruleset().rules)
    assert "{person}" not in pages
    assert "{subject}" not in pages


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Comparison("loss.sudden", "is", True), "the death was unexpected: yes"),
        (Comparison("loss.kind", "in", frozenset({"job", "home", "death"})), "what was lost: death, job or home"),
        (Comparison("loss.kind", "not_in", frozenset({"job"})), "what was lost: told, and not job"),
        (Comparison("loss.kind", "is_not", "pregnancy_loss"), "what was lost: not pregnancy loss"),
        (
            Comparison("loss.months_since", "at_most", 6),
            "completed months from the event to the assessment: at most 6 months",
        ),
        (
            Comparison("loss.months_before_onset", "at_most", -1),
            "completed months from the event to the onset of the episode: at least 1 month after",
        ),
        (
            Comparison("loss.months_before_onset", "at_least", -3),
            "completed months from the event to the onset of the episode: at most 3 months after",
        ),
        (
            All((Comparison("loss.months_since", "at_least", 2), Comparison("loss.months_since", "at_most", 6))),
            "completed months from the event to the assessment: from 2 months to 6 months",
        ),
        (
            Comparison("tie.closeness", "at_least", 1),
            "ring of the closeness circle in which the patient puts the person (the person): at least close",
        ),
        (Comparison("loss.sudden", "not_known", None), "the death was unexpected: not told yet"),
        (
            Some(
                (
                    Comparison("loss.sudden", "is", False),
                    All((Comparison("loss.kind", "is", "job"), Comparison("patient.age", "is", 40))),
                )
            ),
            "either the death was unexpected: no, or (what was lost: job; and age: 40 years)",
        ),
        (All(()), "always"),
    ],
)
def test_conditions_read_aloud(condition: Condition, expected: str) -> None:
    """Each kind of comparison, and how they are joined, is said in words."""
    assert sentence(condition) == expected


def test_where_a_rule_fires_and_where_it_is_near(tmp_path: Path) -> None:
    """A rule is near where one known answer alone keeps it from holding: not where two do, nor where one is unknown."""
    both = rule("both", "loss", "loss.sudden: true, loss.traumatic: true", "supports grief slight")
    rules = ruleset(tmp_path, SUDDEN, both)

    def loss(**answers: bool) -> dict[str, object]:
        return {"losses": [{"kind": "death", **answers}]}

    cases = {
        "fires": intake(**loss(sudden=True, traumatic=True)),
        "near": intake(**loss(sudden=True, traumatic=False)),
        "two": intake(**loss(sudden=False, traumatic=False)),
        "unknown": intake(**loss(sudden=False)),
        "nothing": intake(),
    }
    seen = seen_in(rules, cases)
    assert (seen["both"].fires, seen["both"].near) == (("fires",), ("near",))
    assert (seen["sudden"].fires, seen["sudden"].near) == (("fires", "near"), ("two", "unknown"))


def test_where_a_course_rule_fires_and_where_it_is_near(tmp_path: Path) -> None:
    """A rule of a session is looked for in every session of a course: it may fire in one, and be near in another."""
    both = rule("both", "checkin", "checkin.unsafe: true, checkin.suicide_risk: true", "caution note")
    rules = ruleset(tmp_path, SUDDEN, both)

    def course(*check_ins: dict[str, object]) -> Course:
        held = [{"session": number, **check_in} for number, check_in in enumerate(check_ins, start=1)]
        return Course.model_validate({"intake": intake(), "check_ins": held})

    courses = {
        "both": course({"unsafe": True, "suicide_risk": True}, {"unsafe": True, "suicide_risk": False}),
        "near": course({}, {"unsafe": False, "suicide_risk": True}),
        "two": course({"unsafe": False, "suicide_risk": False}),
        "unknown": course({"unsafe": False}),
        "nothing": course(),
    }
    seen = seen_in_courses(rules, courses)
    assert list(seen) == ["both"]
    assert (seen["both"].fires, seen["both"].near) == (("both",), ("both", "near"))
    assert "both" not in seen_in(rules, {"one": intake()})
    pages = catalogue(rules, {}, courses).values()
    assert sum("- **Fires in** both.\n- **Near in** both, near.\n" in page for page in pages) == 1


def test_the_command_writes_the_pages(tmp_path: Path) -> None:
    """`ipt-rules catalogue DIR` makes the folder and writes every page into it."""
    shown = CliRunner().invoke(app, ["catalogue", str(tmp_path / "new" / "rules")])
    assert (shown.exit_code, shown.stderr) == (0, "")
    assert {path.name for path in (tmp_path / "new" / "rules").iterdir()} == {path.name for path in PAGES.iterdir()}


def test_pages_of_an_earlier_run_go_and_others_stay(tmp_path: Path) -> None:
    """A generated page that is no longer made is removed; what somebody else wrote stays."""
    (tmp_path / "gone.md").write_text((PAGES / "stages.md").read_text("utf-8"), "utf-8")
    (tmp_path / "mine.md").write_text("# Mine", "utf-8")
    assert CliRunner().invoke(app, ["catalogue", str(tmp_path)]).exit_code == 0
    assert not (tmp_path / "gone.md").exists()
    assert (tmp_path / "mine.md").read_text("utf-8") == "# Mine"


def test_rule_files_of_the_same_name_have_pages_of_their_own(tmp_path: Path) -> None:
    """A rule set that extends another loses no rule where both have a file of one name, and none to the overview."""
    body = "cites: [{ref: article, at: x, seen: read}]"
    for name in ("cautions", "README", "deeper/stages"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        rule_id = f"mine.{name.lower().replace('/', '-')}"
        text = f'- {{id: {rule_id}, for: patient, when: always, ask: "A | B?", because: So., basis: article, {body}}}'
        (tmp_path / f"{name}.yaml").write_text(text, "utf-8")
    (tmp_path / "ruleset.yaml").write_text('name: mine\nversion: "1"\nlanguage: 1\nextends: ipt-rules\n', "utf-8")
    rules = load_ruleset(tmp_path)
    pages = catalogue(rules, {}, {})
    text = "\n".join(pages.values())
    assert all(text.count(f"\n## {one.id}\n") == 1 for one in rules.rules)
    assert len(pages) == len(list(PAGES.iterdir())) + 3
    assert str(tmp_path) not in text
