"""The report: one page that needs nothing else, says all that the assessment says, and shows hostile text as text."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given, settings

from ipt_rules import Assessment, Intake, assess, example, load_ruleset
from ipt_rules.citations import cited
from ipt_rules.render.html import Markup, element, escaped, harmless
from ipt_rules.ruleset.model import Citation
from ipt_rules.testing.strategies import intakes
from tests.helpers import MARK, intake, marked, write
from tests.pages import Read

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOSTILE: Final = "</p><script>alert(1)</script><img src=x onerror=alert(2)>\"'&amp;\x00\x1b[31m\u202eevil\u2066"

SHOWN: Final = "</p><script>alert(1)</script><img src=x onerror=alert(2)>\"'&amp; [31m evil"
"""What of the hostile text a reader sees: its signs, and nothing that steers."""

CASES: Final = ("grief", "everything_at_once", "nothing_known", "violence_not_asked", "bulimia_with_risk", "tie")


def assessed(name: str) -> Assessment:
    """Return the assessment of a worked case."""
    return assess(example(name), engine="compiled")


@functools.cache
def report(name: str) -> str:
    """Return the report of a worked case, made once for all that is asked of it."""
    return assessed(name).to_html()


def one_line(text: str) -> str:
    """Return a text as the words of a page hold it."""
    return " ".join(text.split())


@pytest.mark.parametrize("name", CASES)
def test_the_page_needs_nothing_from_elsewhere(name: str) -> None:
    """No script, no form, nothing that is fetched: links lead within the page, and the icon is empty."""
    page = Read(report(name))
    assert not page.tags.keys() & {"script", "iframe", "object", "embed", "form", "img", "base", "use", "image"}
    targets = [value for key, value in page.attributes if key in ("href", "src", "srcset", "xlink:href", "action")]
    assert "data:," in targets
    assert {target.removeprefix("#") for target in targets} - {"data:,"} <= set(page.ids)
    assert not [key for key, _ in page.attributes if key.startswith("on")]


@pytest.mark.parametrize("name", CASES)
def test_styles_fetch_nothing(name: str) -> None:
    """No style refers to anything but to what stands on the page."""
    page = report(name)
    assert "@import" not in page
    assert all(target.startswith("#") for target in re.findall(r"url\((.*?)\)", page))


def test_a_policy_forbids_what_the_page_does_not_need() -> None:
    """Whatever else stood on the page, a browser is told to run and to fetch nothing, before it reads anything else."""
    page = report("grief")
    assert "default-src &#x27;none&#x27;; style-src &#x27;unsafe-inline&#x27;; img-src data:" in page
    assert page.index("Content-Security-Policy") < page.index("<style")


@pytest.mark.parametrize("name", CASES)
def test_ids_are_unique_and_labels_lead_to_them(name: str) -> None:
    """Every id stands once, and whatever is labelled by one finds it."""
    page = Read(report(name))
    assert len(page.ids) == len(set(page.ids))
    labels = [label for key, value in page.attributes if key == "aria-labelledby" for label in value.split()]
    assert labels
    assert set(labels) <= set(page.ids)


@pytest.mark.parametrize("name", CASES)
def test_everything_that_was_told_stands_on_the_page(name: str) -> None:
    """Each reason, question, strategy, step, need and citation of the assessment can be read in its report."""
    assessment = assessed(name)
    words = Read(report(name)).words
    told = assessment.to_dict(names=True)
    assert [said for said in _said(told, assessment) if one_line(said) not in words] == []


def _said(told: dict[str, Any], assessment: Assessment) -> Iterator[str]:
    """Yield the sentences of an assessment."""
    reasons = [reason for entry in told["ranking"] for side in ("for", "against") for reason in entry[side]]
    phases = told["plan"]["phases"]
    strategies = [entry for phase in phases for entry in phase["strategies"]]
    withheld = [entry for phase in phases for entry in phase["withheld"] if not entry["gates"]]
    for reason in [*reasons, *told["cautions"]]:
        yield reason["because"]
        yield from (cited(Citation(**citation), assessment.ruleset) for citation in reason["cites"])
    for question in [*told["open_gates"], *told["questions"]]:
        yield question["question"]
        yield question.get("path", question.get("rule"))
    for entry in [*strategies, *withheld]:
        yield from (entry["propose"], entry["aim"], *entry["steps"])
    for entry in withheld:
        yield from (ask["question"] for need in entry["unknown"] for ask in need["ask"])
    yield told["design_choices"]


def test_what_has_to_be_cleared_comes_first() -> None:
    """A gate that is set stands above the ranking, with what waits for it."""
    page = report("bulimia_with_risk")
    main = page[page.index("<main") :]
    assert main.startswith('<main><section id="before"')
    assert main.index("Until a clinician has assessed and cleared") < main.index('id="ranking"')
    assert 'id="before"' not in report("grief")


def test_the_page_and_the_terminal_come_to_the_same() -> None:
    """The verdict is one sentence in one place, shown by both."""
    for name in CASES:
        assessment = assessed(name)
        text = one_line(assessment.to_text(width=1000))
        verdicts = re.findall(r'<p class="verdict">(.*?)</p>', report(name))
        assert verdicts
        assert [verdict for verdict in verdicts if verdict not in text] == []


def test_unknown_is_shown_as_unknown() -> None:
    """Where nothing is known the page says so, for the people, the sessions and every gate."""
    words = Read(report("nothing_known")).words
    assert "Session not known" in words
    assert "Sessions agreed none yet" in words
    assert "Not asked about yet" in words
    assert "What is not known" in words


def test_the_same_assessment_gives_the_same_bytes() -> None:
    """Nothing on the page depends on time, chance or order."""
    assert report("everything_at_once") == assessed("everything_at_once").to_html()


def test_names_stand_only_where_they_were_asked_for() -> None:
    """Without names the page calls people by role and number."""
    assessment = assess(marked(), engine="compiled")
    assert MARK in assessment.to_html()
    assert MARK not in assessment.to_html(names=False)


def test_ids_and_notes_never_stand_on_the_page() -> None:
    """Even with names, what only links records or was noted for oneself is left out."""
    person = {"id": f"{MARK}-id", "name": "Ida", "role": "family", "note": MARK}
    private = intake(
        losses=[{"kind": "death", "person": f"{MARK}-id", "mourning": "delayed", "note": MARK}],
        inventory={"people": [person], "note": MARK},
        episode={"note": MARK},
        view={"note": MARK},
        note=MARK,
    )
    page = assess(private, engine="compiled").to_html()
    assert "Ida" in page
    assert MARK not in page


def hostile() -> Intake:
    """Return an intake with hostile text wherever text can stand."""
    return marked(HOSTILE)


def test_hostile_answers_are_text() -> None:
    """Markup, quotes and control characters in an intake change no element of the page and can be read on it."""
    page = Read(assess(hostile(), engine="compiled").to_html())
    tame = Read(assess(marked("Anna"), engine="compiled").to_html())
    assert page.tags.keys() == tame.tags.keys()
    assert {key for key, _ in page.attributes} == {key for key, _ in tame.attributes}
    assert SHOWN in page.words


def test_nothing_on_the_page_steers_it() -> None:
    """No control character and none that turns the direction of text is left, whatever was answered."""
    page = assess(hostile(), engine="compiled").to_html()
    assert {sign for sign in page if unicodedata.category(sign) in ("Cc", "Cf", "Cs")} <= {"\n"}


def test_hostile_rules_are_text(tmp_path: Path) -> None:
    """The words of a rule file are shown as they are, and are no markup either."""
    bad = "<b onclick='x()'>&lt;\\\" {person}</b>"
    rule = f"""\
- id: grief.hostile
  for: loss
  when: {{loss.kind: death}}
  supports: grief
  strength: strong
  because: "{bad} because"
  basis: manual
  cites: [{{ref: hostile, at: "<i>at</i>", seen: read}}]
- id: middle.hostile
  for: focus
  phase: middle
  when: {{focus.area: grief}}
  propose: "{bad} propose"
  aim: "{bad} aim"
  steps: ["{bad} step"]
  because: "{bad} why"
  basis: manual
  cites: [{{ref: hostile, at: "<i>at</i>", seen: read}}]
"""
    references = (
        'hostile:\n  type: book\n  title: "<script>1</script>"\n  author: "<u>A</u>"\n  issued: 2018\n  seen: read\n'
    )
    extends = 'name: hostile\nversion: "1"\nlanguage: 1\nextends: ipt-rules\n'
    ruleset = load_ruleset(
        write(tmp_path, {"ruleset.yaml": extends, "rules.yaml": rule, "references.yaml": references})
    )
    page = Read(assess(example("grief"), ruleset, engine="compiled").to_html())
    assert not page.tags.keys() & {"b", "i", "u", "script"}
    for shown in ("because", "propose", "aim", "step"):
        assert re.search(rf"<b onclick='x\(\)'>&lt;\" Ilse</b> {shown}", page.words)
    assert "<u>A</u>. 2018. <script>1</script>." in page.words


def assert_holds_together(given_intake: Intake) -> None:
    """Assert that every element of the page is closed, every id stands once, and nothing is run."""
    page = Read(assess(given_intake, engine="compiled").to_html())
    assert len(page.ids) == len(set(page.ids))
    assert "script" not in page.tags
    assert page.tags["main"] == page.tags["h1"] == 1


@settings(max_examples=8)
@given(intakes())
def test_any_intake_gives_a_page_that_holds_together(given_intake: Intake) -> None:
    """Every element is closed, every id stands once, and nothing is run, for whatever can be recorded."""
    assert_holds_together(given_intake)


@pytest.mark.slow
@settings(max_examples=40)
@given(intakes())
def test_forty_intakes_give_a_page_that_holds_together(given_intake: Intake) -> None:
    """The same of more intakes."""
    assert_holds_together(given_intake)


def test_elements_escape_what_is_no_markup() -> None:
    """Text is escaped wherever it stands; what was made here is not escaped twice."""
    assert element("p", "<&>", Markup("<br>"), title='"') == '<p title="&quot;">&lt;&amp;&gt;<br></p>'
    assert element("link", rel="icon", href=None) == '<link rel="icon">'
    assert escaped(escaped("<")) == "&lt;"


def test_what_steers_becomes_a_space() -> None:
    """Controls, lone halves of pairs and turns of direction become spaces; letters of every script stay."""
    assert harmless("a\x00b\u202ec\ud800d\u2028e") == "a b c d e"
    assert harmless("שלום فاطمة é 👩‍👧") == "שלום فاطمة é 👩‍👧"
