"""A review as people see it: drawing, text, page and notebook say the same, hide nothing, and name nobody unasked."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from typing import TYPE_CHECKING, Final

import pytest
from rich.console import Console

from ipt_rules import Course, Review, example_course, example_courses
from ipt_rules.render import course_found as found_in
from ipt_rules.render import course_said as said
from ipt_rules.render.explain_html import explanation_html
from ipt_rules.render.explain_text import explanation_text
from ipt_rules.render.mood import mood_over_sessions
from ipt_rules.wording import Wording
from tests.helpers import MARK
from tests.made_courses import GOALS, MADE, at_risk, ended_early, full, hostile, not_begun
from tests.pages import Read
from tests.test_drawings import HOSTILE, SVG, _assert_nothing_overlaps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MOST_OF_A_NAME: Final = 60
"""An id has room for a hundred signs, and a test for its number too."""

CASES: Final = (*MADE, *example_courses())


def reviewed(name: str) -> Review:
    """Return the review of a made or a worked course."""
    course = MADE[name]() if name in MADE else example_course(name)
    return course.review(engine="compiled")


def review_of(course: Course, session: int | None = None) -> Review:
    """Return a review."""
    return course.review(session, engine="compiled")


def drawn(review: Review, *, names: bool = True) -> ET.Element:
    """Return the drawing of a review, read."""
    return ET.fromstring(review.to_svg(names=names))  # noqa: S314  # our own markup


def classes(root: ET.Element) -> Counter[str]:
    """Return how often each class stands in a drawing."""
    return Counter(part.attrib["class"] for part in root.iter() if "class" in part.attrib)


def one_line(text: str) -> str:
    """Return a text without its line breaks."""
    return " ".join(text.split())


def printed(value: object) -> str:
    """Return what rich prints, on one line."""
    console = Console(width=200, file=io.StringIO())
    with console.capture() as captured:
        console.print(value)
    return one_line(captured.get())


# ── the drawing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("names", [True, False])
@pytest.mark.parametrize("name", CASES)
def test_every_course_can_be_drawn(name: str, names: bool) -> None:
    """The drawing is well-formed, and no two of its texts overlap or leave it, however long the course."""
    _assert_nothing_overlaps(drawn(reviewed(name), names=names))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_only_text(name: str) -> None:
    """Whatever a name, a goal or a note holds, neither drawing nor page gets an element, or a sign that controls anything."""
    tame, wild = (review_of(hostile(text[:_MOST_OF_A_NAME])) for text in ("Bo", name))
    root = drawn(wild)
    assert {part.tag for part in root.iter()} == {part.tag for part in drawn(tame).iter()}
    _assert_nothing_overlaps(root)
    page, other = Read(wild.to_html()), Read(tame.to_html())
    assert page.tags.keys() == other.tags.keys()
    assert all(sign.isprintable() or sign in "\n\u2067\u2069" for sign in wild.to_svg(names=True))


def test_an_unknown_mood_is_never_joined_as_if_known() -> None:
    """Lines are whole between sessions that follow each other, dashed over missing and unknown ones, and the key says so."""
    review = review_of(full())
    found = classes(drawn(review))
    # Mood is known in 1, 2, 4, 5, 7 and 8; the scale at the beginning and in 1, 2, 5, 7 and 8.
    assert (found["known"], found["not-known"]) == (3 - 1 + 1 + 3, 2 + 2)
    assert "dashed: not known" in "".join(drawn(review).itertext())
    assert "dashed" not in review_of(hostile("Bo")).to_svg()


def test_moods_and_values_are_drawn_where_they_are_known() -> None:
    """There is a point for each mood before and after, a square for each value of the scale, and none for an unknown one."""
    found = classes(drawn(review_of(full())))
    assert (found["before"], found["after"], found["scale"]) == (6, 3, 6)


def test_events_differ_by_shape_and_say_with_whom() -> None:
    """Better, worse, neither and unknown have signs of their own, each beside the person's number and with its words."""
    review = review_of(full())
    root = drawn(review)
    events = [part for part in root.iter(f"{SVG}g") if part.get("class") == "event"]
    signs = Counter(
        sign.attrib["class"] for part in events for sign in part if sign.get("class", "").startswith("effect")
    )
    assert signs == {"effect-better": 3, "effect-worse": 3, "effect-none": 1, "effect-not-known": 1}
    shapes = {
        sign.get("points", "circle") for part in events for sign in part if sign.get("class", "").startswith("effect")
    }
    assert len(shapes) == 4
    numbers = ["".join(part.itertext()) for event in events for part in event.iter(f"{SVG}text")]
    assert numbers == ["1", "1", "2", "2", "1", "1"]
    titles = [part.findtext(f"{SVG}title") for part in events]
    told = [event for entry in review.to_dict(names=True)["sessions"] for event in entry["events"] or ()]
    assert all(event["label"] in (title or "") for event, title in zip(told, titles, strict=True))


def test_links_stand_out() -> None:
    """An event with which mood moved has a ring, and the way that mood went a broad stroke."""
    review = review_of(full())
    found = classes(drawn(review))
    assert [link["session"] for link in review.to_dict()["links"]] == [5, 8]
    assert (found["ring"], found["link"]) == (2, 2)


def test_what_is_missing_and_what_is_to_come_is_marked() -> None:
    """A session without a check-in is hatched, the phases are shaded and named, and the end that was agreed has its line."""
    root = drawn(review_of(full()))
    found = classes(root)
    assert (found["missing"], found["phase"], found["end"]) == (1, 3, 1)
    words = ["".join(part.itertext()) for part in root.iter(f"{SVG}text")]
    assert {"initial", "middle", "final", "end, as agreed", "16"} <= set(words)
    assert "ended" in ["".join(part.itertext()) for part in drawn(review_of(ended_early())).iter(f"{SVG}text")]


def test_a_drawing_says_in_words_what_it_shows() -> None:
    """The description holds where the therapy stands, every session with moods, scale and events, and what is missing."""
    description = drawn(review_of(full()), names=False).findtext(f"{SVG}desc") or ""
    assert description.startswith(
        "Session 8 of 16, middle phase. 8 sessions are left of the 16 agreed. Initial phase: "
    )
    assert "Session 2, 2026-03-24: mood before 4, after 5; PHQ-9 total (depression) 17; no event." in description
    assert "Session 1, 2026-03-17: mood before 3, after not known;" in description
    assert "events not asked about." in description
    assert "a quarrel with the partner (person 1), felt worse after it; mood fell" in description
    assert description.endswith("Nothing is recorded of session 3.")


def test_without_a_session_the_drawing_says_so() -> None:
    """Nothing is drawn then but the sentence."""
    root = drawn(review_of(not_begun()))
    assert "No session is recorded yet. 16 sessions are agreed." in [
        "".join(part.itertext()) for part in root.iter(f"{SVG}text")
    ]
    assert not classes(root)["before"]


def test_drawings_tell_their_ids_apart() -> None:
    """With prefixes of their own, two drawings on a page share no id."""
    told = review_of(full()).to_dict()
    one, other = (Read(mood_over_sessions(told, id_prefix=prefix)).ids for prefix in ("a-", "b-"))
    assert one
    assert set(one).isdisjoint(other)


# ── text and page ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_text_begins_with_where_the_therapy_stands() -> None:
    """Session, phase, day and what is left come first, then the focus with the patient's answer, then goals in their words."""
    text = review_of(full()).to_text(width=200)
    assert text.splitlines()[:2] == [
        "Session 8 of 16, middle phase (2026-05-05)",
        "8 sessions are left of the 16 agreed. Nothing is recorded of session 3.",
    ]
    assert (
        "Interpersonal disputes, the dispute with Jonas, from session 3 on: the patient has agreed to it (session 3)."
        in text
    )
    assert f"Goal 1, “{GOALS[0]}”: has moved forward (session 7)." in text
    assert f"Goal 2, “{GOALS[1]}”: not asked about yet." in text


def test_a_closed_gate_comes_before_everything_else() -> None:
    """What a clinician has to clear stands above focus, mood and agenda, in text, page, notebook and terminal."""
    review = review_of(at_risk())
    assert review.gates_to_clear == ("suicide_risk",)
    for shown in (review.to_text(), Read(review.to_html()).words):
        words = one_line(shown)
        first = words.rindex("Until a clinician has assessed and cleared the risk of suicide")
        assert first < words.rindex(said.MOOD)
        assert first < words.rindex("Agenda for session 9")
    for small in (Read(review._repr_html_()).words, printed(review)):
        assert small.index("Until a clinician has assessed") < small.index("Interpersonal disputes")


def test_a_computed_fact_is_no_answer() -> None:
    """How far mood has fallen is told by what it means, with the session it comes from, and never as what was answered there."""
    review = review_of(full())
    assert [fact["value"] for fact in review.to_dict()["links"][-1]["facts"] if "mood_change" in fact["field"]] == [-2]
    for shown in (one_line(review.to_text()), Read(review.to_html()).words):
        assert "less that at the beginning of the one before: -2 (session 8: check_ins[6].mood_before)" in shown
        assert "mood_before: -2" not in shown


def test_the_table_of_sessions_hides_nothing() -> None:
    """Each session has its mood, its scale and every event in words; what is unknown, not asked or missing says so."""
    lines = review_of(full()).to_text(width=200).splitlines()
    start = next(number for number, text in enumerate(lines) if text.startswith("1  2026"))
    assert [line.split() for line in lines[start : start + 4]] == [
        ["1", "2026-03-17", "···●·······", "3", "18", "events:", "not", "asked", "about"],
        ["2", "2026-03-24", "····●······", "4", "→", "5", "17", "no", "event"],
        ["3", "nothing", "recorded"],
        [
            "4",
            "2026-04-07",
            "·····●·····",
            "5",
            "–",
            "▲",
            "a",
            "talk",
            "with",
            "Jonas,",
            "felt",
            "better",
            "after",
            "it",
        ],
    ]
    text = "\n".join(lines)
    assert "▼ a quarrel with Jonas, felt worse after it; mood fell" in text
    assert re.search(r"■ support from \w+, felt neither better nor worse after it", text)
    assert re.search(r"\? something.*, how they felt after it is not known", text)


def sentences(review: Review) -> Iterator[str]:
    """Yield all that a review tells in words."""
    told = review.to_dict(names=True)
    wording = Wording(review.evaluated.intake, review.ruleset, names=True)
    yield from (said.heading(told), said.standing(told), said.whether_it_stands(told))
    yield from (said.focus(focus, wording) for focus in told["foci"])
    yield from map(said.goal, told["goals"])
    yield from (event for entry in told["sessions"] for event in said.events(entry, told["links"]))
    yield from (one["advise"] for one in told["advice"])
    yield from (one["question"] for one in told["questions"])
    for part in ("links", "advice", "cautions", "questions", "earlier", "closed_by"):
        yield from (one["because"].removesuffix(".") for one in told[part])
    yield found_in.waits(told)
    for one in found_in.open_reasons(told):
        yield from (one["said"], one["advise"])
    for left in said.remaining(told):
        yield from (left.said, *(strategy["propose"] for strategy in left.strategies))
    if agenda := told["agenda"]:
        yield from (said.agenda_heading(agenda), said.agenda_for(agenda, wording))
        yield from (one["advise"] for one in (*agenda["first"], *agenda["opening"]))
        yield from (one["question"] for one in agenda["asks"])
        for part in ("safety", "strategies", "waiting", "unasked"):
            yield from (one["propose"] for one in agenda[part])
    yield from (told["design_choices"], "For a clinician to weigh. It does not diagnose or decide.")


def lacking(wanted: Iterable[str], shown: str) -> list[str]:
    """Return the sentences that are not shown, whatever the first letter's case and wherever lines break."""
    words = "".join(shown.split()).lower()
    return [sentence for sentence in wanted if "".join(sentence.split()).lower() not in words]


@pytest.mark.parametrize("name", CASES)
def test_text_and_page_say_the_same(name: str) -> None:
    """Every sentence of the review stands in the text and on the page, with the id of each rule."""
    review = reviewed(name)
    told = review.to_dict()
    parts = ("advice", "cautions", "questions", "links", "closed_by")
    rules = {one["rule"] for part in parts for one in told[part]}
    text = review.to_text(width=10_000)
    assert lacking({*sentences(review), *rules}, text.replace("\n", " ")) == []
    assert lacking({*sentences(review), *rules}, Read(review.to_html()).words) == []


@pytest.mark.parametrize("name", CASES)
def test_the_page_holds_together(name: str) -> None:
    """All that is opened is closed, ids are unique, nothing runs or is fetched, and tables and drawings have names."""
    page = Read(reviewed(name).to_html())
    assert len(page.ids) == len(set(page.ids))
    assert not page.tags.keys() & {"script", "img", "iframe", "form", "input"}
    assert [value for key, value in page.attributes if key == "href" and not value.startswith("#")] == ["data:,"]
    assert page.tags["table"] == page.tags["caption"]
    assert page.tags["svg"] == page.tags["desc"] == 1
    linked = [value.removeprefix("#") for key, value in page.attributes if key == "href" and value.startswith("#")]
    assert set(linked) <= set(page.ids)


def test_steps_are_told_when_asked_for() -> None:
    """The text gives each strategy of the agenda its steps only then; the page has them to unfold."""
    review = review_of(full())
    agenda = review.to_dict(names=True)["agenda"]
    steps = [step for one in agenda["strategies"] for step in one["steps"]]
    assert steps
    assert lacking(steps, review.to_text(steps=True)) == []
    assert len(lacking(steps, review.to_text())) == len(steps)
    assert lacking(steps, Read(review.to_html()).words) == []


def test_what_was_brought_forward_says_so() -> None:
    """A strategy that the last session brought forward stands on the agenda with that remark."""
    review = example_course("stuck_at_mid_course").review(8, engine="compiled")
    forward = [one["rule"] for one in review.to_dict()["agenda"]["strategies"] if one["brought_forward"]]
    assert forward == ["middle.general.midcourse"]
    for shown in (one_line(review.to_text()), Read(review.to_html()).words):
        assert said.FORWARD in shown.lower()


def test_what_is_withheld_says_for_what_it_waits() -> None:
    """A strategy that was brought forward and waits for a clinician names the gate."""
    review = review_of(at_risk())
    waiting = [(one["rule"], one["gates"]) for one in review.to_dict()["agenda"]["waiting"]]
    assert waiting == [("middle.general.midcourse", ["suicide_risk"])]
    for shown in (one_line(review.to_text()), Read(review.to_html()).words):
        assert "Withheld until a clinician has cleared the risk of suicide." in shown


def test_what_is_not_safe_to_propose_says_what_to_ask() -> None:
    """Where a condition of safety is unknown, the question that would settle it stands beside the strategy."""
    review = review_of(full())
    told = review.to_dict(names=True)
    need = {"needs": "no violence", "ask": [{"path": "disputes[0].violence", "question": "Is there any?", "about": ""}]}
    entry = {**told["agenda"]["strategies"][0], "gates": [], "unmet": [], "unknown": [need]}
    review._tell = lambda *, names: {  # type: ignore[method-assign]
        **told,
        "agenda": {**told["agenda"], "waiting": [entry]},
    }
    for shown in (one_line(review.to_text()), Read(review.to_html()).words):
        assert "ot known, so ask first: Is there any? [disputes[0].violence]" in one_line(shown)


def test_the_same_finding_of_several_sessions_is_told_once() -> None:
    """Sessions in a row are written as a span."""
    earlier = [{"session": number, "because": "So it is.", "rule": "a.b"} for number in (1, 2, 3, 5, 5)]
    nothing_else = dict.fromkeys(("gates", "closed_by", "open_reasons", "cautions", "advice", "questions"), ())
    assert found_in.earlier({**nothing_else, "earlier": earlier}) == [("sessions 1–3 and 5", "So it is.", "a.b")]


def test_a_therapy_that_has_ended_has_nothing_left_to_do() -> None:
    """There is no agenda then, and it is said what had been agreed."""
    text = review_of(ended_early()).to_text()
    assert "The therapy ended with session 2; 12 sessions had been agreed." in text
    assert "Agenda" not in text
    assert said.REMAINS not in text


# ── who is named ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_names_and_goals_are_shown_only_where_they_may_be() -> None:
    """Text and page tell them unless asked not to; drawing, notebook, terminal and JSON keep them back unless asked."""
    review = review_of(hostile(MARK))
    shown = {
        "text": (review.to_text(), review.to_text(names=False)),
        "page": (review.to_html(), review.to_html(names=False)),
        "drawing": (review.to_svg(names=True), review.to_svg()),
        "json": (review.to_json(names=True), review.to_json()),
    }
    assert [kind for kind, (with_names, _) in shown.items() if MARK not in with_names] == []
    assert [kind for kind, (_, without) in shown.items() if MARK in without] == []
    for value in (review, review.course, review.course.reassess(engine="compiled")):
        assert [kind for kind, told in value._repr_mimebundle_().items() if MARK in told] == []
        assert MARK not in printed(value)


# ── notebook and terminal ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", CASES)
def test_small_displays_hold_together(name: str) -> None:
    """A course and its review are shown in one element each, ids once, with nothing to run or to fetch."""
    review = reviewed(name)
    for value in (review, review.course):
        page = Read(value._repr_html_())
        assert len(page.ids) == len(set(page.ids))
        assert not page.tags.keys() & {"script", "img", "link", "iframe", "html", "body"}
        assert printed(value)
    assert said.heading(review.to_dict()) in printed(review)


def test_a_course_shows_its_sessions() -> None:
    """Without rules nobody can say what they mean: a table of what is recorded, and unknown is a dash."""
    words = printed(full())
    assert words.startswith(
        "A course: 7 sessions recorded, 16 sessions agreed session day mood before mood after phq9 events"
    )
    assert "1 2026-03-17 3 – 18 – 2 2026-03-24 4 5 17 0" in words
    assert printed(not_begun()) == "A course: no session recorded"


def test_a_reassessment_reads_well() -> None:
    """It says what became known in which session, first and now, and whether the focus stands, in a terminal and a notebook."""
    found = example_course("new_facts").reassess(engine="compiled", names=True)
    for shown in (printed(explanation_text(found)), Read(explanation_html(found)).words):
        assert "Session 5: added: the death of Tomas" in shown
        assert "First: interpersonal deficits (isolation, sensitivity) → grief." in shown
        assert "The agreed focus stands: grief: the death of Tomas." in shown
        assert "Session 12, the death of Tomas: Did the patient miss the funeral or other rites? no" in shown
        assert "How do the two of you work together? good (before: fair)" in shown


def test_a_strategy_does_not_come_and_go_in_the_same_words() -> None:
    """What is done in the same way for another subject is no difference."""
    course = example_course("new_facts")
    held = tuple(one for one in course.check_ins if one.session <= 5)  # the session of the new facts
    told = course.model_copy(update={"check_ins": held}).reassess(engine="compiled").to_dict()
    gained, lost = (
        {(one["rule"], one["said"]) for one in told[part]} for part in ("strategies_gained", "strategies_lost")
    )
    assert gained
    assert lost
    assert gained & lost == set()


def test_a_page_needs_no_rich() -> None:
    """Where rich is not installed a review still has its page, its drawing and its display."""
    code = (
        "import sys; sys.modules['rich'] = None\n"
        "from ipt_rules import example_course\n"
        "review = example_course('good_outcome').review(engine='compiled')\n"
        "assert review._repr_html_().startswith('<div')\n"
        "assert review.course._repr_html_().startswith('<div')\n"
        "assert review.to_html().startswith('<!doctype html>')\n"
        "assert review.to_svg().startswith('<svg ')\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603  # our own code
