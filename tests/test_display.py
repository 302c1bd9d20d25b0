"""What notebooks and terminals show of a value by themselves: small, complete in itself, and without names."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from importlib import resources
from typing import Final

import pytest
from rich.console import Console

from ipt_rules import Assessment, Inventory, Person, assess, example, load_ruleset
from ipt_rules.citations import in_full, seen_as
from ipt_rules.display import Displayed, drawn
from ipt_rules.hooks import html_of, rich_of
from ipt_rules.sentences import sentence
from tests.helpers import MARK, marked
from tests.pages import Read

RULESET: Final = load_ruleset()

SHOWN: Final[tuple[Displayed, ...]] = (
    assess(example("grief"), engine="compiled"),
    assess(example("nothing_known"), engine="compiled"),
    assess(example("bulimia_with_risk"), engine="compiled"),
    example("grief").inventory,
    Inventory(),
    RULESET,
    *RULESET.rules[::40],
)


def printed(value: object) -> str:
    """Return what rich prints."""
    console = Console(width=200, file=io.StringIO())
    with console.capture() as captured:
        console.print(value)
    return captured.get()


def private() -> Assessment:
    """Return an assessment of an intake with marked names, ids and notes."""
    return assess(marked(), engine="compiled")


@pytest.mark.parametrize("value", SHOWN, ids=lambda value: type(value).__name__)
def test_every_display_holds_together(value: Displayed) -> None:
    """Each is one element with all of its own closed, its ids once, and nothing to run or to fetch."""
    page = Read(value._repr_html_())
    assert len(page.ids) == len(set(page.ids))
    assert not page.tags.keys() & {"script", "img", "link", "iframe", "html", "body"}
    assert not [value for key, value in page.attributes if key in ("href", "src")]
    assert printed(value).strip()


def test_a_bundle_holds_text_and_html() -> None:
    """The plain text is the repr, which a notebook without HTML shows."""
    rule = RULESET.rules[0]
    bundle = rule._repr_mimebundle_()
    assert bundle == {"text/plain": repr(rule), "text/html": rule._repr_html_()}


def test_a_bundle_leaves_out_what_is_not_wanted() -> None:
    """What is included and excluded is respected, and nothing that was not asked for is made."""
    rule = RULESET.rules[0]
    assert list(rule._repr_mimebundle_(include=["text/plain"])) == ["text/plain"]
    assert list(rule._repr_mimebundle_(include=[], exclude=["text/html"])) == ["text/plain"]
    assert rule._repr_mimebundle_(include=["image/png"]) == {}
    assert rule._repr_mimebundle_(include=["text/html"], exclude=["text/html"]) == {}


def test_nobody_is_named() -> None:
    """A notebook is saved and shared: no name, id or note stands in any display."""
    assessment = private()
    for value in (assessment, assessment.intake.inventory):
        assert not [kind for kind, told in value._repr_mimebundle_().items() if MARK in told]
        assert MARK not in printed(value)


def test_the_drawing_of_an_inventory_names_people_only_when_asked_to() -> None:
    """``to_svg`` calls people by role and number unless whoever calls it wants names."""
    inventory = Inventory(people=(Person(id="a", name=MARK, role="friend"),))
    assert MARK in inventory.to_svg(names=True)
    assert MARK not in inventory.to_svg()
    assert inventory.to_svg().startswith("<svg ")


def test_styles_touch_nothing_else_in_the_notebook() -> None:
    """Each rule of the style is for what stands within the display, and for nothing around it."""
    style = resources.files("ipt_rules.render").joinpath("small.css").read_text("utf-8")
    selectors = [part.strip() for found in re.findall(r"([^{}]+)\{", style) for part in found.split(",")]
    assert selectors
    assert [selector for selector in selectors if not selector.startswith(".ipt-shown")] == []


def test_several_displays_stand_in_one_notebook() -> None:
    """The ids of two drawings of the same kind differ."""
    first, second = (Read(assess(example(name), engine="compiled")._repr_html_()) for name in ("grief", "disputes"))
    assert first.ids
    assert set(first.ids).isdisjoint(second.ids)


def test_an_assessment_shows_what_it_comes_to() -> None:
    """The verdict, each area with its points, and the first reasons are there."""
    assessment = assess(example("transitions"), engine="compiled")
    words = Read(assessment._repr_html_()).words
    assert "Settled: role transitions first" in words
    assert assessment.reasons("transitions")[0].because in words
    assert "It does not diagnose or decide." in words


def test_a_gate_is_shown_before_the_ranking() -> None:
    """What has to be cleared comes first, in a notebook too."""
    words = Read(assess(example("bulimia_with_risk"), engine="compiled")._repr_html_()).words
    assert words.index("Before any plan") < words.index("The four problem areas")


def test_a_rule_is_read_aloud() -> None:
    """Its condition in words, what it says about nobody in particular, and its sources."""
    rule = RULESET.rule("grief.mourning-held-back")
    for words in (Read(rule._repr_html_()).words, " ".join(printed(rule).split())):
        assert sentence(rule.condition) in words
        assert rule.id in words
        assert all(cite.ref in words for cite in rule.cites)
        assert "{" not in words


def test_a_rule_set_counts_its_rules() -> None:
    """The counts by kind and area add up to all rules."""
    html = RULESET._repr_html_()
    counts = [int(count) for count in re.findall(r"<td>(\d+)</td></tr>", html)]
    assert sum(counts) == len(RULESET.rules)
    assert RULESET.digest in html


def test_an_inventory_says_whether_anybody_asked() -> None:
    """Nobody in it and nobody asked for are two things, in a terminal as on a page."""
    assert printed(Inventory()) != printed(Inventory(people=()))
    assert Inventory()._repr_html_() != Inventory(people=())._repr_html_()
    assert "not known" in printed(Inventory(people=(Person(id="a"),)))


def test_html_needs_no_rich() -> None:
    """Where rich is not installed a notebook still shows everything."""
    code = (
        "import sys; sys.modules['rich'] = None\n"
        "from ipt_rules import assess, example\n"
        "assessment = assess(example('grief'), engine='compiled')\n"
        "assert assessment._repr_mimebundle_()['text/html'].startswith('<div')\n"
        "assert assessment.to_html().startswith('<!doctype html>')\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603  # our own code


def test_showing_is_looked_up_only_when_asked_for() -> None:
    """Importing the library brings in nothing that draws."""
    code = "import sys, ipt_rules; assert not [name for name in sys.modules if name.startswith('ipt_rules.render')]"
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603  # our own code


def test_what_has_no_display_says_so() -> None:
    """A value that nobody registered is an error that names where to register it, and no empty display."""
    with pytest.raises(TypeError, match=r"how a int looks is not registered in ipt_rules\.hooks"):
        html_of(3)
    with pytest.raises(TypeError, match=r"how a int looks is not registered"):
        rich_of(3)
    with pytest.raises(TypeError, match="there is no drawing of a Ruleset"):
        drawn(RULESET, names=False)


def test_a_reference_in_full_leaves_out_what_is_unknown() -> None:
    """Who, when, what and where, and never the word unknown."""
    book = {
        "author": ({"family": "Weissman", "given": "MM"}, {"literal": "ISIPT"}),
        "issued": 2018,
        "title": "The Guide",
        "container-title": "A Series",
        "volume": 3,
        "edition": "2nd",
        "publisher": "unknown",
        "DOI": "10.1000/1",
        "seen": "excerpt",
    }
    assert (
        in_full(book, "weissman2018")
        == "Weissman MM, ISIPT. 2018. The Guide. A Series, vol. 3, 2nd edition. DOI 10.1000/1."
    )
    assert in_full({"title": "unknown", "author": "unknown", "issued": "unknown"}, "slides") == "slides."
    assert seen_as(book) == "excerpt read"
    assert seen_as({}) == ""
    told = [in_full(reference, key) for key, reference in RULESET.references.items()]
    assert [line for line in told if re.search(r"\bunknown\b", line)] == []
