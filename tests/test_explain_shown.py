"""Explanations as people see them: plain sentences that say how sure they are, the same in a terminal and on a page."""

from __future__ import annotations

import io
import sys
import unicodedata
from typing import TYPE_CHECKING, Any, Final

import pytest
from rich.console import Console

from ipt_rules import Assessment, MissingExtraError, assess, example, example_course, load_ruleset
from ipt_rules.display import paged
from ipt_rules.explain import Flip, Flips, WhyNot
from ipt_rules.render.explain_html import explanation_html
from ipt_rules.render.explain_said import Words, changed, proof
from ipt_rules.render.explain_told import explained
from tests.helpers import MARK, intake, marked
from tests.pages import Read
from tests.test_report import HOSTILE, SHOWN

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipt_rules.explain.explanation import Explanation

CASES: Final = ("tie", "transitions", "nothing_known", "bulimia_with_risk", "separation_as_a_loss")

QUESTIONS: Final[dict[str, Callable[[Assessment], Explanation]]] = {
    "why": lambda one: one.why(one.ranking[0].area),
    "why-not": lambda one: one.why_not(one.ranking[1].area),
    "what-if": lambda one: one.what_if({"therapy.planned_sessions": 8}),
    "flips": lambda one: one.flips(),
    "ask": lambda one: one.ask_next(),
    "winners": lambda one: one.winners(),
    "sufficient": lambda one: one.sufficient_facts(),
}


RULES: Final = load_ruleset()


def assessed(name: str) -> Assessment:
    """Return the assessment of a worked case."""
    return assess(example(name), engine="compiled")


def text(shown: Explanation) -> str:
    """Return what a terminal shows, on one line."""
    from ipt_rules.render.explain_text import explanation_text

    console = Console(width=1000, file=io.StringIO(), highlight=False)
    with console.capture() as captured:
        console.print(explanation_text(shown))
    return " ".join(captured.get().split())


def html(shown: Explanation) -> str:
    """Return the words of what a notebook shows."""
    return Read(explanation_html(shown)).words


def both(shown: Explanation) -> tuple[str, str]:
    """Return the words of a terminal and those of a page."""
    return text(shown), html(shown)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("question", QUESTIONS)
def test_terminal_and_page_say_the_same(name: str, question: str) -> None:
    """Every line of an explanation stands in both, with its certainty, and the page is whole."""
    shown = QUESTIONS[question](assessed(name))
    told = explained(shown, Words(shown.ruleset))
    found = both(shown)
    for line in (told.title, told.certainty, *(line.said for line in told.lines)):
        assert all(" ".join(line.split()) in words for words in found), line
    assert told.certainty.startswith(("Exact", "Bounded"))


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("question", QUESTIONS)
def test_each_explanation_shows_itself(name: str, question: str) -> None:
    """A notebook and rich find a display of each, and its style touches nothing around it."""
    shown = QUESTIONS[question](assessed(name))
    page = Read(shown._repr_html_())
    assert not page.tags.keys() & {"script", "img", "link", "iframe"}
    assert text(shown) in " ".join(_rich(shown).split())


def _rich(shown: Explanation) -> str:
    console = Console(width=1000, file=io.StringIO(), highlight=False)
    with console.capture() as captured:
        console.print(shown)
    return captured.get()


def test_why_gives_the_sum_and_the_proof() -> None:
    """Points, rank, the sum on one line, each comparison with its place, and sources in full where the rule set is known."""
    assessment = assessed("transitions")
    for said in both(assessment.why("transitions")):
        assert "17 points: strongly supported. The area stands at rank 1." in said
        assert "The sum: 4 + 4 + 2 + 2 + 2 + 1 + 1 + 1 = 17." in said
        assert "feels unable to meet the demands of the new role: yes changes[0].lacks_mastery" in said
        assert "Manual: “Heal Your Mood”, role transitions (read)" in said
        assert "Not added, the same evidence counts above: The episode began soon after the retirement." in said
        assert "at least 0 months (here: 1 to 2 months)" in said


def test_unknown_and_false_are_told_apart() -> None:
    """What is known to be otherwise and what nobody knows begin with other words; the unknown names what to ask."""
    for said in both(assessed("transitions").why_not("disputes")):
        assert "needed, but not so: the patient gives in, or treats their own anger as wrong: yes (here: no)" in said
        assert "needed, but not known: the clinician sees the onset or the upkeep of the episode tied to this" in said
        assert "ask: Do you see the beginning or the upkeep of the episode tied to this dispute?" in said


def test_why_not_says_what_stands_before_it() -> None:
    """Rank, points, the areas ahead, what speaks against it, and the smallest change with what exact means."""
    assessment = assessed("transitions")
    for said in both(assessment.why_not("disputes")):
        assert "It is at rank 2, with 6 points. Before it: role transitions (17 points)." in said
        assert "What speaks against it -4 The quarrels with" in said
        assert "The smallest change that was found to put it first" in said
        assert "Exact: evaluated at a price of 4, and no smaller change does it." in said
        assert "no advice" in said


def test_why_not_of_the_first_and_of_equals() -> None:
    """An area that is first alone needs no change; one that shares the first place says so."""
    assert "It is first already, alone, with 17 points." in text(assessed("transitions").why_not("transitions"))
    assert "It is at rank 1, beside another, with 12 points." in text(assessed("tie").why_not("disputes"))


def test_why_not_without_a_rank_says_so() -> None:
    """Nothing known is 0 points, too few for a rank, and one more event is told as not recorded so far."""
    for said in both(assessed("nothing_known").why_not("disputes")):
        assert "It has 0 points, too few for a rank." in said
        assert "Not recorded so far: one more dispute (" in said


def test_bounded_answers_say_what_that_means() -> None:
    """Where the search was cut short there may be a smaller change, and none below a price."""
    found = Flip("grief", "grief", (), 6, is_smallest=False, ruleset=RULES)
    common = {"area": "grief", "label": "grief", "rank": None, "is_first": False, "points": 0}
    parts: dict[str, Any] = {
        **common,
        "ahead": (),
        "near": (),
        "against": (),
        "held_back": (),
        "at_least": 3,
        "ruleset": RULES,
    }
    assert "there may be a smaller one, but none costs less than 3." in text(WhyNot(**parts, smallest=found))
    none_found = text(WhyNot(**parts, smallest=None))
    assert "Bounded: no change was found that puts it first; none costs less than 3." in none_found
    assert "there may be a smaller change" in text(found)
    several = text(Flips((found,), {"grief": 3, "deficits": 5}, ruleset=RULES))
    assert "grief would be first with (price 6; none costs less than 3):" in several.lower()
    assert "Bounded: each was evaluated, but there may be smaller ones." in several
    nothing = text(Flips((), {"grief": 3}, ruleset=RULES))
    assert "No change was found that puts another area first." in nothing
    assert "Bounded: the search was cut short. Grief: none costs less than 3." in nothing


def test_a_flip_is_told_as_a_question_from_one_answer_to_another() -> None:
    """Question, what it is about, from → to, and the place."""
    for said in both(assessed("transitions").flips(most=1)):
        assert "(the retirement): yes → no changes[0].lacks_mastery" in said
    for said in both(assessed("tie").flips("disputes", most=1)):
        assert "(the dispute with the friend (person 1)): not known → yes disputes[0]." in said


def test_a_flip_is_smallest_but_for_those_above_it() -> None:
    """Where a cheaper one to the same area stands above, the sentence says so; beside flips to others it does not."""
    cheap, dear = (Flip("grief", "grief", (), price, is_smallest=True, ruleset=RULES) for price in (2, 4))
    said = text(Flips((cheap, dear), {"grief": 4}, ruleset=RULES))
    assert "(price 2; no smaller change does it):" in said
    assert "(price 4; no smaller change does it but those above):" in said
    assert "Exact: each was evaluated, and no smaller change puts its area first but those above it." in said
    assert "no smaller change puts its area first." in text(Flips((cheap,), {"grief": 2}, ruleset=RULES))
    assert "no smaller change does it but those told before it." in text(dear)


def test_prices_are_told() -> None:
    """The text says what a change costs."""
    assert "Prices: to answer an open question 1, to change an answer 2," in text(assessed("tie").flips())


def test_what_is_left_out_comes_last() -> None:
    """Answers whose questions do not arise any more are told briefly at the end."""
    loss = {"kind": "death", "mourning": "delayed", "sudden": True, "tied_to_episode": True}
    answer = assess(intake(losses=[loss]), engine="compiled").what_if({"losses[0].kind": "separation"})
    lines = list(changed(answer.changes))
    assert lines[0].said.endswith("death → separation (what has happened, told otherwise)")
    assert lines[-1].said == "Left out, since these questions do not arise any more:"
    assert {line.beside for line in lines[-1].below} == {"losses[0].mourning", "losses[0].sudden"}


def test_what_if_tells_what_comes_and_goes() -> None:
    """The first place before and after, each area that moves, and the reasons that come."""
    assessment = assessed("tie")
    for said in both(assessment.what_if({"disputes[0].covert": True})):
        assert "First: interpersonal disputes and role transitions → interpersonal disputes." in said
        assert "Interpersonal disputes: rank 1, 12 points" in said
        assert "→ rank 1, 14 points" in said
        assert "Reasons that come" in said
        assert "[disputes.silent]" in said


def test_what_if_of_nothing_says_so() -> None:
    """Without a difference there is one sentence."""
    assert "Nothing would differ." in text(assessed("tie").what_if({}))


def test_winners_say_who_could_and_who_must() -> None:
    """One that must be first is told alone; several come each with answers that bring them there."""
    for said in both(assessed("transitions").winners()):
        assert "Only role transitions: it is first, alone, whatever the open answers turn out to be." in said
    for said in both(assessed("tie").winners()):
        assert "Interpersonal disputes could, alone or beside another, for example with:" in said
        assert "Role transitions could" in said
        assert "Grief could" not in said


def test_sufficient_facts_are_answers() -> None:
    """Each fact is a question with its answer; without a settled first place nothing guarantees it."""
    for said in both(assessed("transitions").sufficient_facts()):
        assert "role transitions would stay first while these stand:" in said
        assert "(the retirement): yes changes[0].lacks_mastery" in said
    assert "Nothing does: no area is first, alone, whatever the open answers turn out to be." in text(
        assessed("tie").sufficient_facts()
    )


def test_answers_that_come_to_the_same_stand_together() -> None:
    """A question tells each different outcome once, with the areas' points."""
    assessment = assessed("tie")
    for said in both(assessment.ask_next()):
        assert "unmet or partly: interpersonal disputes (12) and role transitions (12) first; not settled" in said
        assert "met: role transitions (12) first; still possible: interpersonal disputes (10)" in said


def test_safety_says_what_an_answer_would_close() -> None:
    """Questions about gates come first and say what a clinician would have to clear, and how much would wait."""
    assessment = assessed("nothing_known")
    for said in both(assessment.ask_next(2)):
        assert "matters for safety" in said
        assert "a clinician has to clear the risk of suicide before any plan" in said
        assert "strategies withheld" in said


def test_a_condition_without_parts_always_holds() -> None:
    """Alternatives that hold are told as such, and nested parts stay together."""
    why = assessed("transitions").why("transitions")
    only = why.arguments[0].proof
    either = only._replace(joined="any", parts=(only, only))
    assert [line.said for line in proof(either)] == ["one of these is enough:"]
    assert [line.said for line in proof(only._replace(joined="all", parts=()))] == ["always"]
    assert proof(either._replace(parts=(only,))) == proof(only)


@pytest.mark.parametrize("question", QUESTIONS)
def test_nobody_is_named_unless_asked_for(question: str) -> None:
    """Without names no name, id or note stands in any explanation; the report without names has none either."""
    assessment = assess(marked(), engine="compiled")
    shown = QUESTIONS[question](assessment)
    assert MARK not in text(shown) + shown._repr_html_()


@pytest.mark.parametrize("question", QUESTIONS)
def test_each_can_be_had_as_text_and_as_a_page(question: str) -> None:
    """``to_text`` is what the command prints, in lines that fit; ``to_html`` is a whole page that says the same."""
    shown = QUESTIONS[question](assessed("tie"))
    printed = shown.to_text(width=70)
    assert max(map(len, printed.splitlines())) <= 70
    assert " ".join(shown.to_text(width=1000).split()) == text(shown)
    page = shown.to_html()
    assert page.startswith("<!doctype html>")
    told, words = explained(shown, Words(shown.ruleset)), Read(page).words
    assert all(
        " ".join(line.split()) in words for line in (told.title, told.certainty, *(one.said for one in told.lines))
    )


def test_a_reassessment_can_be_had_as_text_and_as_a_page() -> None:
    """It names people where that was asked for, and nobody else."""
    course = example_course("new_facts")
    for names in (False, True):
        found = course.reassess(5, engine="compiled", names=names)
        for told in (found.to_text(), found.to_html()):
            assert "What became known since the intake" in told
            assert ("Tomas" in told) == names


def test_text_without_the_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where rich is missing, text cannot be made, and a page can."""
    shown = assessed("tie").winners()
    monkeypatch.setitem(sys.modules, "rich.console", None)
    with pytest.raises(MissingExtraError, match=r'pip install "ipt-rules\[cli\]"'):
        shown.to_text()
    assert shown.to_html().startswith("<!doctype html>")


def test_a_page_of_what_has_none_is_refused() -> None:
    """Another value is an error that says so."""
    with pytest.raises(TypeError, match="there is no page of a Ruleset"):
        paged(RULES)


def test_names_stand_where_they_were_asked_for() -> None:
    """With names people are called by them."""
    assert MARK in text(assess(marked(), engine="compiled").why("grief", names=True))


def test_hostile_names_are_text() -> None:
    """Markup in a name is shown as it is written, and nothing steers the page or the terminal."""
    assessment = assess(marked(HOSTILE), engine="compiled")
    for shown in (assessment.why("grief", names=True), assessment.flips(names=True), assessment.ask_next(names=True)):
        made = explanation_html(shown)
        assert not Read(made).tags.keys() & {"script", "img"}
        assert not {sign for sign in made if unicodedata.category(sign) in ("Cc", "Cf", "Cs")} - {"\n"}
        assert not {sign for sign in text(shown) if not sign.isprintable()}
    assert SHOWN in html(assessment.why("grief", names=True))


def test_what_is_no_explanation_is_refused() -> None:
    """Another value is an error that names where to register it."""
    with pytest.raises(TypeError, match=r"how a int reads is not registered in ipt_rules\.render\.explain_told"):
        explained(3, Words(load_ruleset()))


@pytest.mark.parametrize("name", CASES)
def test_the_report_tells_what_the_first_place_hangs_on(name: str) -> None:
    """The section says who could win, what would change it, why not the others, and what to ask."""
    assessment = assessed(name)
    words = Read(assessment.to_html()).words
    section = words[words.rindex("What the first place hangs on") :]
    for heading in ("Which area could still come first", "The smallest changes that would put another area first"):
        assert heading in section
    for question in assessment.ask_next(names=True).questions:
        assert question.question.text in section
    assert ("What guarantees the first place" in section) == assessment.settled


def test_the_report_says_why_not_the_others() -> None:
    """Each other area with a rank says where it stands and what is nearest to speaking for it."""
    words = Read(assessed("transitions").to_html()).words
    start = words.index("Why not the others")
    assert "Interpersonal disputes: it is at rank 2, with 6 points." in words[start:]
    assert "It would speak for it if this held:" in words[start:]
