"""A review as a therapist reads it just before a session: safety first, every thing once, and since when it is so."""

from __future__ import annotations

from typing import Any

import pytest

from ipt_rules import example_course
from ipt_rules.render import course_found as found_in
from ipt_rules.render import course_said as said
from tests.pages import Read
from tests.test_course_shown import one_line


def shown_words(name: str, session: int) -> list[str]:
    """Return the text and the page of a worked course after a session, without line breaks."""
    review = example_course(name).review(session, engine="compiled")
    return [one_line(review.to_text()), Read(review.to_html()).words]


def test_a_closed_gate_says_why_and_since_when() -> None:
    """Also after the session in which it was raised; told again in the same words, it stands there once with both sessions."""
    because = "Violence, control or fear of it was told; see to safety before anything else."
    for shown in shown_words("danger_in_mid_course", 7):
        assert f"Sessions 6–7: {because}" in shown
        assert shown.count(because) == 1
        assert "Session 6: Violence, control or abuse at home is recorded;" in shown


def test_what_the_intake_says_of_a_gate_is_told_as_such() -> None:
    """A gate that was closed before the first session names the intake."""
    one = {"gate": "mania", "rule": "a.b", "because": "So it is.", "facts": []}
    told = {"closed_by": [{**one, "session": None}, {**one, "session": 2}], "cautions": []}
    assert [first["said"] for first in found_in.before_anything(told)] == ["The intake and session 2: So it is."]


def test_while_a_gate_is_closed_nothing_is_said_of_the_focus() -> None:
    """Neither that it stands nor that it is to be looked at again; advice that waits is counted."""
    for shown in shown_words("danger_in_mid_course", 7):
        assert "2 further pieces of advice wait until that is cleared." in shown
        assert said.RECONSIDER not in shown
        assert said.AGAIN not in shown
        assert "The focus stands" not in shown
    for shown in shown_words("danger_in_mid_course", 8):
        assert said.RECONSIDER in shown
        assert said.AGAIN in shown


@pytest.mark.parametrize(
    ("advice_waiting", "words"), [([], ""), (["a.b"], "1 further piece of advice waits until that is cleared.")]
)
def test_advice_that_waits_is_counted(advice_waiting: list[str], words: str) -> None:
    """Where none waits nothing is said."""
    assert found_in.waits({"advice_waiting": advice_waiting}) == words


def test_a_reason_to_look_at_the_focus_again_says_since_when_it_is_open() -> None:
    """Once, beside the focus, with its advice and with facts of the session that found it; not among what comes later."""
    for shown in shown_words("stuck_at_mid_course", 9):
        assert "not fallen by a meaningful number of points (since session 8)." in shown
        assert shown.count("not fallen by a meaningful number of points") == 1
        assert shown.count("Look again, with the patient, at the diagnosis") == 1
        assert "50 percent (session 8: check_ins[7].session)" in shown
        assert "The focus stands" not in shown


def test_safety_comes_first_on_the_agenda() -> None:
    """Advice about safety, then what was not asked, stand before the check-in, and nowhere else."""
    for shown, first in [
        *(
            (shown, "Ask about safety at the beginning of the session")
            for shown in shown_words("danger_in_mid_course", 8)
        ),
        *(
            (shown, "Asked alone, does the patient tell of violence")
            for shown in shown_words("danger_in_mid_course", 4)
        ),
    ]:
        assert shown.count(first) == 1
        agenda = shown.rindex("Agenda for session")
        assert agenda < shown.index(first) < shown.index("Begin with the check-in")


def test_strategies_that_wait_for_a_question_about_danger_are_listed() -> None:
    """Once, in short, with why."""
    for shown in shown_words("danger_in_mid_course", 4):
        assert f"{said.UNASKED} Role play of asking for help; Communication analysis" in shown
        assert shown.count(said.UNASKED) == 1


def test_what_was_found_again_says_where_else() -> None:
    """It stands once, with the sessions before, and not among what was found earlier."""
    for shown in shown_words("stuck_at_mid_course", 10):
        sentence = "a goal that was asked about has never moved forward (also in sessions 8–9)."
        assert sentence in shown
        assert shown.count("a goal that was asked about has never moved forward") == 1


def test_sessions_that_told_of_danger_are_marked() -> None:
    """The table says so for those sessions alone; JSON says also where it was asked, and where nobody knows."""
    review = example_course("danger_in_mid_course").review(8, engine="compiled")
    told = review.to_dict()["sessions"]
    assert [entry["session"] for entry in told if entry["safety"] == "told"] == [5, 6, 7]
    assert told[3]["safety"] is None
    for shown in (review.to_text(), Read(review.to_html()).words):
        assert shown.count(said.TOLD) == 3


def test_the_order_is_that_of_somebody_who_prepares_a_session() -> None:
    """What to settle, the focus, the meaning, the agenda, what remains; then the sessions, and what was found before."""
    text = example_course("danger_in_mid_course").review(7, engine="compiled").to_text()
    headings = [said.FIRST, said.FOCUS, "Agenda for session 8, middle phase", said.REMAINS, said.MOOD, said.EARLIER]
    assert [line for line in text.splitlines() if line in headings] == headings
    page = Read(example_course("stuck_at_mid_course").review(9, engine="compiled").to_html())
    places = ["focus", "means", "agenda", "remains", "mood", "earlier", "sources"]
    assert [value for key, value in page.attributes if key == "href" and value.startswith("#")] == [
        f"#{place}" for place in places
    ]


def test_lines_of_an_entry_hang_under_its_text() -> None:
    """Where an entry of the text is longer than a line, the next one begins below its words and not below its mark."""
    text = example_course("stuck_at_mid_course").review(9, engine="compiled").to_text()
    lines = text[: text.index("All points, levels")].splitlines()
    entries = [number for number, line in enumerate(lines) if line.startswith(("* ", "? ", "x "))]
    long = [number for number in entries if len(lines[number]) > 100]
    assert len(long) > 5
    assert [lines[number + 1] for number in long if not lines[number + 1].startswith("  ")] == []


def test_what_stands_at_the_top_is_no_fact_again() -> None:
    """That the therapy goes on, and in which phase, is not told with every finding; of an earlier phase it is."""
    told = {"ended": False, "phase": "final", "sessions": []}
    facts: list[dict[str, Any]] = [
        {"field": "course.ended", "path": "check_ins[].ended", "value": False},
        {"field": "course.phase", "path": "contracts", "value": "final"},
    ]
    assert found_in.facts(facts, told) == []
    (fact,) = found_in.facts(facts, {**told, "phase": "middle"})
    assert fact.startswith("phase of the therapy in which the session lies")
    assert fact.endswith(": final (contracts)")
