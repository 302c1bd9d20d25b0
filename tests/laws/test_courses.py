"""Laws of a therapy over time: what was reviewed stays so, the agenda keeps to its phase and its gates, the agreed focus stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ipt_rules import load_ruleset
from ipt_rules.agreed import foci_at, sessions_at
from ipt_rules.course import Course
from ipt_rules.drawn import courses as drawing
from ipt_rules.ruleset.consequences import Caution
from ipt_rules.schedules import phase_at, schedules
from ipt_rules.sessions import SCALES, AgreedFocus, CheckIn, Contract
from ipt_rules.testing.strategies import check_ins, intakes, next_contracts, next_foci
from ipt_rules.words import PHASES
from tests.laws.support import as_text, assert_same_from_json, assert_same_on_all_engines

if TYPE_CHECKING:
    from ipt_rules import Intake
    from ipt_rules.agenda import Agenda
    from ipt_rules.review import Review

RULES: Final = load_ruleset()
SAFETY: Final = ("safety.suicide_risk", "safety.psychosis", "safety.abuse")
"""Some questions of the intake that close a gate when they are answered by yes."""


NEWS: Final = (
    *SCALES,
    "phq9_item9",
    "epds_item10",
    "stage",
    "unsafe",
    "suicidal_thoughts",
    "suicide_risk",
    "new_facts",
)
"""What of a session may speak for another look at the focus, or may be another answer in the intake."""


class Therapy(RuleBasedStateMachine):
    """Lives through a course: sessions are held or missed, contract and focus change, facts come to light, it ends."""

    @initialize(intake=intakes(), sessions=st.sampled_from((12, 16, 8, 6, 4, None)))
    def begins(self, intake: Intake, sessions: int | None) -> None:
        contracts = () if sessions is None else (Contract(sessions=sessions),)
        self.course = Course(intake=intake, contracts=contracts)
        self.reviews: dict[int, str] = {}
        self.verdicts: dict[int, tuple[bool | None, list[str]]] = {}
        self.review = self.course.review(engine="compiled")

    def becomes(self, course: Course) -> None:
        """Go on with another course; what is reviewed after its last session is kept."""
        self.course = course
        self.review = course.review(engine="compiled")
        if course.check_ins:
            self.reviews.setdefault(course.check_ins[-1].session, as_text(self.review))
            self.verdicts[course.check_ins[-1].session] = verdict(self.review)

    def goes_on(self) -> bool:
        return not (self.course.check_ins and self.course.check_ins[-1].ended)

    # ── steps ────────────────────────────────────────────────────────────────────────────────────────────────────────────

    @precondition(goes_on)
    @rule(data=st.data())
    def a_session_is_held(self, data: st.DataObject) -> None:
        check_in = data.draw(check_ins(self.course, RULES, may_end=False, most_missed=4))
        self.becomes(self.course.with_check_in(check_in))

    @precondition(goes_on)
    @rule(data=st.data())
    def a_session_tells_nothing_new(self, data: st.DataObject) -> None:
        """Hold a session without a scale, a new fact, a stage or a sign of danger."""
        check_in = data.draw(check_ins(self.course, RULES, may_end=False, most_missed=1))
        plain = check_in.model_dump(exclude_none=True, exclude={*NEWS, "worked_on", "events"})
        self.becomes(self.course.with_check_in(CheckIn.model_validate(plain)))

    @precondition(goes_on)
    @rule(data=st.data())
    def the_next_strategies_are_done(self, data: st.DataObject) -> None:
        """Hold a session in which what the agenda proposed was done."""
        assert self.review.agenda is not None
        ids = [one.finding.rule.id for one in self.review.agenda.strategies]
        check_in = data.draw(check_ins(self.course, RULES, may_end=False, most_missed=0))
        self.becomes(self.course.with_check_in(check_in.model_copy(update={"strategies": tuple(ids)})))

    @precondition(goes_on)
    @rule(data=st.data(), what=st.sampled_from(("contract", "focus", "goal")))
    def more_is_agreed(self, data: st.DataObject, what: str) -> None:
        """Agree on another contract or focus from the next session on, or on a goal."""
        contract = data.draw(next_contracts(self.course)) if what == "contract" else None
        foci = data.draw(next_foci(self.course)) if what == "focus" else []
        goal = drawing.draw_goal(self.course) if what == "goal" else None
        self.becomes(drawing.agreed_also(self.course, contract=contract, foci=foci, goal=goal))

    @precondition(goes_on)
    @rule(data=st.data(), ahead=st.sampled_from(SAFETY))
    def gates_are_cleared(self, data: st.DataObject, ahead: str) -> None:
        """Hold a session in which a clinician clears whatever is closed, and one gate that perhaps is not."""
        check_in = data.draw(check_ins(self.course, RULES, may_end=False, most_missed=0))
        gates = dict.fromkeys((*self.review.gates_to_clear, ahead.removeprefix("safety.")))
        self.becomes(self.course.with_check_in(check_in.model_copy(update={"cleared": tuple(gates)})))

    @precondition(goes_on)
    @rule(data=st.data(), question=st.sampled_from(SAFETY))
    def danger_comes_to_light(self, data: st.DataObject, question: str) -> None:
        """Hold a session in which a question of the intake about safety is answered by yes, whatever it was before."""
        check_in = data.draw(check_ins(self.course, RULES, may_end=False, most_missed=0))
        days = [one.day for one in (*self.course.check_ins, check_in) if one.day is not None]
        day = max([drawing.known_now(self.course).assessed_on, *days])
        told = {"day": day, "new_facts": {"answers": {question: True}}}
        bare = check_in.model_dump(exclude_none=True, exclude={"cleared", "new_facts", "worked_on", "events"})
        self.becomes(self.course.with_check_in(CheckIn.model_validate({**bare, **told})))

    @precondition(lambda self: self.goes_on() and len(self.course.check_ins) > 5)
    @rule(data=st.data())
    def it_ends(self, data: st.DataObject) -> None:
        check_in = data.draw(check_ins(self.course, RULES, may_end=False))
        self.becomes(self.course.with_check_in(check_in.model_copy(update={"ended": True})))

    @precondition(lambda self: self.reviews)
    @rule(data=st.data())
    def an_earlier_session_is_looked_at(self, data: st.DataObject) -> None:
        """What is reviewed of a session is what was reviewed when it was the last one."""
        session = data.draw(st.sampled_from(sorted(self.reviews)))
        assert as_text(self.course.review(session, engine="compiled")) == self.reviews[session]

    # ── laws ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

    @invariant()
    def no_phase_goes_back(self) -> None:
        """From one held session to the next, the phase goes back only where a contract came between."""
        for before, after in zip(self.review.evaluated.held, self.review.evaluated.held[1:], strict=False):
            sessions = before.check_in.session, after.check_in.session
            changed = any(sessions[0] < one.agreed_in <= sessions[1] for one in self.course.contracts)
            phases = [PHASES.index(held.so_far.phase) for held in (before, after) if held.so_far.phase]
            assert changed or phases == sorted(phases)

    @invariant()
    def the_agenda_is_allowed(self) -> None:
        """What is proposed belongs to the next session, is not withheld, comes after its gates and is not done yet."""
        if self.review.agenda is not None:
            assert_allowed(self.review.course, self.review.agenda)
            assert self.review.agenda.plan.gates == self.review.gates_to_clear

    @invariant()
    def what_is_agreed_is_worked_on(self) -> None:
        """The next session works on what was agreed, whatever ranks first and whatever speaks for another look at it."""
        agenda = self.review.agenda
        agreed = [
            (one.area, one.place) for one in foci_at(self.review.course, drawing.next_session(self.review.course))
        ]
        if agenda is not None and agreed:
            assert agreed == [(one.area, one.row.place) for one in agenda.foci]
            assert agenda.agreed

    @invariant()
    def the_agreed_focus_stands(self) -> None:
        """While the same focus is agreed on, no reason to look at it again is lost, and where nothing new is told none is added."""
        course = self.review.course
        last = course.check_ins[-2:]
        foci = [focus_without_answer(course, one.session) for one in last]
        if len(last) == 2 and foci[0] and foci[0] == foci[1]:
            before, after = (self.verdicts[one.session] for one in last)
            assert after[1][: len(before[1])] == before[1]
            assert before == after or not tells_nothing_new(course, *last)

    @invariant()
    def what_was_raised_stays_closed_until_it_is_cleared(self) -> None:
        """Each gate that a session or the intake raised, and that nobody has cleared in it or later, is closed, and says why."""
        evaluated = self.review.evaluated
        for number, held in enumerate(evaluated.held):
            cleared = {gate for one in evaluated.held[number:] for gate in one.check_in.cleared}
            assert raised_in(self.review, number) - cleared <= {*self.review.gates_to_clear}
            assert not {*held.gates.to_clear()} & {*held.check_in.cleared}
        at_first = {gate for one in evaluated.first.cautions if (gate := gate_of(one.rule.consequence))}
        cleared = {gate for one in self.review.course.check_ins for gate in one.cleared}
        assert at_first - cleared - {*self.review.course.intake.safety.cleared} <= {*self.review.gates_to_clear}
        closed_by = [one["gate"] for one in self.review.to_dict()["closed_by"]]
        assert list(dict.fromkeys(closed_by)) == self.review.to_dict()["gates"] == list(self.review.gates_to_clear)

    @invariant()
    def what_waits_for_a_gate_waits_in_the_reassessment_too(self) -> None:
        """The intake with what became known withholds its plan for every gate for which the agenda does."""
        after = self.review.course.reassess(engine="compiled").after
        assert {*self.review.gates_to_clear} <= {*after.gates_to_clear}

    @invariant()
    def safety_comes_first(self) -> None:
        """Danger that was told comes first on the agenda; without an answer about it, nothing that needs safety is proposed."""
        agenda, held = self.review.agenda, self.review.course.check_ins
        if agenda is None or not held:
            return
        assert agenda.first or not any(one.suicidal_thoughts or one.suicide_risk for one in held)
        assert agenda.first or not any(one.unsafe for one in held)
        if held[-1].unsafe is None:
            assert not [one for one in (*agenda.strategies, *agenda.left) if one.proposal.needs]
            assert "course.safety.ask-about-danger" in [one.rule.id for one in agenda.asks]

    def teardown(self) -> None:
        """Compare each earlier review with the one that is taken now, and the course with what its JSON says."""
        if not hasattr(self, "course"):
            return
        for session, review in self.reviews.items():
            assert as_text(self.course.review(session, engine="compiled")) == review
        assert_same_from_json(self.course)
        assert_same_on_all_engines(self.course)


def verdict(review: Review) -> tuple[bool | None, list[str]]:
    """Return what a review says of the agreed focus."""
    return review.focus_stands, review.to_dict()["reconsider_because"]


def focus_without_answer(course: Course, session: int) -> list[AgreedFocus]:
    """Return what is worked on in a session, whatever the patient has said of it."""
    return [one.model_copy(update={"answer": None, "answered_in": None}) for one in foci_at(course, session)]


def tells_nothing_new(course: Course, before: CheckIn, now: CheckIn) -> bool:
    """Return whether nothing was told, answered or agreed between two sessions that could speak against the focus."""
    told = any(getattr(now, name) not in (None, False) for name in NEWS if name != "new_facts")
    agreed = any(before.session < one.agreed_in <= now.session for one in course.contracts)
    answered = foci_at(course, before.session) != foci_at(course, now.session)
    return not (told or agreed or answered) and now.new_facts.are_none


def assert_allowed(course: Course, agenda: Agenda) -> None:
    """Assert that an agenda proposes nothing that is withheld, belongs to another session, or was done already.

    The course is the one that was reviewed: what is agreed on from the next session on came later than its review.
    """
    withheld = {(one.strategy.finding.rule.id, one.strategy.focus) for one in agenda.plan.withheld}
    whenever = {rule_id for check_in in course.check_ins for rule_id in check_in.strategies}
    same = len({(one.area, one.place) for one in course.foci}) <= 1
    planned = sessions_at(course, agenda.session)
    assert len(agenda.strategies) <= 3
    assert agenda.phase == phase_at(RULES.scoring, planned, agenda.session)
    for one in (*agenda.strategies, *agenda.safety, *agenda.left, *agenda.later):
        assert (one.finding.rule.id, one.focus) not in withheld
        assert one.proposal.before_clearance or not agenda.plan.gates
    for one in (*agenda.strategies, *agenda.left):
        assert one.finding.rule.id not in whenever or (one.focus is not None and not same)
        assert one.proposal.phase == agenda.phase
        for schedule in schedules(RULES.scoring, planned):
            window = schedule.sessions_of(one.proposal.phase, one.proposal.sessions)
            assert window is not None
            assert window[0] <= min(agenda.session, schedule.sessions) <= window[1]
    for one in agenda.safety:
        assert one.proposal.phase == "every"


def raised_in(review: Review, number: int) -> set[str]:
    """Return the gates that a session raised: by what was told in it, or by a caution that its new facts brought."""
    held = review.evaluated.held[number]
    before = review.evaluated.held[number - 1].result if number else review.evaluated.first
    known = {(one.rule.id, one.row.place) for one in before.cautions}
    new = [one for one in held.result.cautions if (one.rule.id, one.row.place) not in known]
    return {gate for one in (*held.findings, *new) if (gate := gate_of(one.rule.consequence))}


def gate_of(consequence: object) -> str | None:
    """Return the gate that a consequence closes."""
    return consequence.gate if isinstance(consequence, Caution) else None


def test_the_laws_hold_all_through_a_therapy() -> None:
    """However a therapy goes, phases go on, earlier reviews stay, agendas keep to what is allowed and the focus stands."""
    run_state_machine_as_test(Therapy, settings=settings(max_examples=8, stateful_step_count=15))


@pytest.mark.slow
def test_the_laws_hold_all_through_forty_therapies() -> None:
    """The same of more therapies."""
    run_state_machine_as_test(Therapy, settings=settings(max_examples=40, stateful_step_count=15))
