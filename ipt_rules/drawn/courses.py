"""Courses drawn step by step: valid by construction, with what goes missing, changes and comes to light in a therapy.

Each step is a function of the course so far and of a ``Chooser``; a course is drawn by taking such steps one after another.
"""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from ipt_rules.agreed import dispute_judged_in, sessions_at
from ipt_rules.course import Course
from ipt_rules.drawn.answers import draw_answer, given_answers, known_safe
from ipt_rules.drawn.intakes import answer_one, draw_intake
from ipt_rules.intake import GATES, Intake, Safety
from ipt_rules.later_intake import ELSEWHERE, after_session
from ipt_rules.places import at, parse
from ipt_rules.records import (
    NO_SUBJECT,
    NOBODY,
    Asked,
    declared,
    is_flag,
    items_of_totals,
    options,
)
from ipt_rules.ruleset import load_ruleset
from ipt_rules.schedules import phase_at
from ipt_rules.sessions import AgreedFocus, AgreedGoal, CheckIn, Contract, GoalProgress, InterpersonalEvent
from ipt_rules.vocabulary import RECORDS
from ipt_rules.words import AREAS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from pydantic import BaseModel

    from ipt_rules.drawn.intakes import Chooser, Plain
    from ipt_rules.ruleset import Ruleset

_LENGTHS: Final = (12, 16, 8, 14, 6, 4, 20, 24)
"""Numbers of sessions that are agreed on; too few for three phases among them."""

_SIGNS: Final = ("suicidal_thoughts", "suicide_risk", "unsafe")
"""What is asked for safety's sake in every session; seldom true."""

_GATES_OF_SIGNS: Final = ("suicide_risk", "abuse")
"""The gates that they close."""

_OTHERWISE: Final = ("session", "day", "cleared", "stage", "ended", *_SIGNS)
"""Questions about a session that are not answered by chance alone."""

_SAFETY: Final = tuple(f"safety.{name}" for name in Safety.model_fields if is_flag(Safety, name))
"""Questions of the intake about safety that are answered by yes or no."""

_MOST_SUBJECTS: Final = 12
_MOST_DONE: Final = 60
_MOST_GOALS: Final = 3
_MOST_FOCI: Final = 20
_MOST_CONTRACTS: Final = 12
_DAYS_IN_A_WEEK: Final = 7


def draw_course(
    choose: Chooser, *, most_sessions: int = 8, intake: Intake | None = None, ruleset: Ruleset | None = None
) -> Course:
    """Return a course with anything from no session to a therapy that ended or went beyond its contract.

    Args:
        choose: what draws.
        most_sessions: how many sessions are held at the most; their numbers may be higher, since some go missing.
        intake: the intake to begin with; None to draw one.
        ruleset: whose strategies are done; None for the rules that come with the library.

    """
    if intake is None:
        drawn = draw_intake(choose, most_subjects=2, most_people=4)
        intake = known_safe(drawn) if choose.chance(70) else drawn
    course = Course(intake=intake)
    for number in range(choose.number(0, most_sessions)):
        if number == 0 or choose.chance(20):
            course = agreed_also(course, contract=draw_contract(choose, course))
        if (number == 0 or choose.chance(15)) and choose.chance(80):
            course = agreed_also(course, foci=draw_foci(choose, course))
        if choose.chance(30):
            course = agreed_also(course, goal=draw_goal(course))
        course = course.with_check_in(draw_check_in(choose, course, ruleset))
        if course.check_ins[-1].ended:
            break
    return course


def next_session(course: Course) -> int:
    """Return the number of the session after the last one that was held."""
    return course.check_ins[-1].session + 1 if course.check_ins else 1


def known_now(course: Course) -> Intake:
    """Return the intake with all that became known in the sessions so far."""
    intake = course.intake
    for check_in in course.check_ins:
        intake = after_session(intake, check_in, dispute_judged_in(course, check_in.session))
    return intake


def agreed_also(
    course: Course,
    *,
    contract: Contract | None = None,
    foci: Sequence[AgreedFocus] = (),
    goal: AgreedGoal | None = None,
) -> Course:
    """Return the course with more that was agreed on; what is None or empty is not."""
    more: dict[str, list[BaseModel]] = {
        "contracts": [] if contract is None else [contract],
        "foci": list(foci),
        "goals": [] if goal is None else [goal],
    }
    plain = course.to_dict()
    for part, added in more.items():
        plain[part] = [*plain.get(part, ()), *(one.model_dump(mode="json", exclude_none=True) for one in added)]
    return Course.model_validate(plain)


# ── what is agreed on ────────────────────────────────────────────────────────────────────────────────────────────────────


def draw_contract(choose: Chooser, course: Course) -> Contract | None:
    """Return a contract that holds from the next session on; None where nothing is agreed, or was agreed for it already."""
    session = next_session(course)
    taken = bool(course.contracts) and course.contracts[-1].agreed_in >= session
    lengths = [length for length in _LENGTHS if length >= session]
    if taken or not lengths or len(course.contracts) >= _MOST_CONTRACTS or choose.chance(15):
        return None
    return Contract(sessions=choose.one_of(lengths), agreed_in=session)


def draw_foci(choose: Chooser, course: Course) -> list[AgreedFocus]:
    """Return one focus, or two, to work on from the next session on; none where some were agreed on for it already."""
    session = next_session(course)
    if len(course.foci) >= _MOST_FOCI or (course.foci and course.foci[-1].agreed_in >= session):
        return []
    subjects = [*(place for place, _ in known_now(course).subjects()), NO_SUBJECT]
    area = choose.one_of(AREAS)
    areas = [area, choose.one_of([other for other in AREAS if other != area])] if choose.chance(25) else [area]
    return [_focus(choose, one, choose.one_of(subjects), session) for one in areas]


def _focus(choose: Chooser, area: str, subject: str, session: int) -> AgreedFocus:
    plain: Plain = {"area": area, "subject": subject, "agreed_in": session}
    if choose.chance(60):
        plain["answer"] = choose.one_of(options(AgreedFocus, "answer"))
        plain["answered_in"] = session + choose.number(0, 2)
    return AgreedFocus.model_validate(plain)


def draw_goal(course: Course) -> AgreedGoal | None:
    """Return a goal that is agreed on in the next session; None where there are three already."""
    return None if len(course.goals) >= _MOST_GOALS else AgreedGoal(agreed_in=next_session(course))


# ── a session ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def draw_check_in(
    choose: Chooser, course: Course, ruleset: Ruleset | None = None, *, may_end: bool = True, most_missed: int = 2
) -> CheckIn:
    """Return a check-in of a session that comes after those of the course.

    Args:
        choose: what draws.
        course: the course so far.
        ruleset: whose strategies are done; None for the rules that come with the library.
        may_end: whether the therapy may end with this session.
        most_missed: how many sessions before it may lack a check-in.

    """
    return _Session(choose, course, ruleset or load_ruleset(), most_missed).check_in(may_end=may_end)


class _Session:
    """Draws the check-in of one session."""

    def __init__(self, choose: Chooser, course: Course, ruleset: Ruleset, most_missed: int) -> None:
        self._choose = choose
        self._course = course
        self._ruleset = ruleset
        self._session = next_session(course) + (
            choose.number(1, most_missed) if most_missed and choose.chance(15) else 0
        )
        self._share = choose.one_of((80, 100, 95, 40, 10))

    def check_in(self, *, may_end: bool) -> CheckIn:
        plain: Plain = {"session": self._session}
        if self._answers(85):
            plain["day"] = self._day().isoformat()
        known = self._with_new_facts(plain)
        for name in CheckIn.model_fields:
            if isinstance(declared(CheckIn, name), Asked) and name not in _OTHERWISE and self._answers():
                draw_answer(self._choose, CheckIn, plain, name)
        self._safety(plain)
        self._work(plain, known)
        if self._choose.chance(20):
            plain["cleared"] = self._choose.one_of([_GATES_OF_SIGNS, (self._choose.one_of(GATES),)])
        if may_end and self._choose.chance(5):
            plain["ended"] = True
        return CheckIn.model_validate(plain)

    def _safety(self, plain: Plain) -> None:
        """Draw what was told for safety's sake; most patients tell of nothing, by the items of the scales either."""
        for sign in _SIGNS:
            if self._answers():
                plain[sign] = self._choose.chance(3)
        for total, item, others in items_of_totals(CheckIn):
            if plain.get(item) and plain.get(total, 0) <= others and self._choose.chance(95):
                plain[item] = 0

    def _answers(self, most: int = 100) -> bool:
        return self._choose.chance(min(self._share, most))

    def _work(self, plain: Plain, known: Intake) -> None:
        """Draw what was told of the week, and what was worked on."""
        if self._answers():
            plain["events"] = [self._event(known) for _ in range(self._choose.number(0, 2))]
        if self._answers():
            plain["worked_on"] = self._choose.one_of([*(place for place, _ in known.subjects()), NO_SUBJECT])
        plain["strategies"] = self._done()
        goals = [number for number, goal in enumerate(self._course.goals) if goal.agreed_in <= self._session]
        plain["progress"] = [self._progress(number) for number in goals if self._answers()]
        dispute = self._living_dispute(known)
        if dispute is not None and self._choose.chance(30):
            plain["stage"] = self._choose.one_of(options(CheckIn, "stage"))

    def _day(self) -> date:
        """Return a day that is not before any earlier one; before the intake only where nothing was held yet."""
        days = [one.day for one in self._course.check_ins if one.day is not None]
        weeks = self._choose.one_of((1, 2, 0, 10))
        if not days and self._choose.chance(10):
            return self._course.intake.assessed_on - timedelta(days=_DAYS_IN_A_WEEK)
        return max([self._course.intake.assessed_on, *days]) + timedelta(days=weeks * _DAYS_IN_A_WEEK)

    def _event(self, known: Intake) -> Plain:
        plain: Plain = {}
        if self._answers():
            people = [person.id for person in known.inventory.people or ()]
            plain["person"] = self._choose.one_of([*people, NOBODY])
        for name in InterpersonalEvent.model_fields:
            if isinstance(declared(InterpersonalEvent, name), Asked) and self._answers():
                draw_answer(self._choose, InterpersonalEvent, plain, name)
        return plain

    def _progress(self, number: int) -> Plain:
        plain: Plain = {"goal": f"goals[{number}]"}
        if self._answers():
            draw_answer(self._choose, GoalProgress, plain, "moved")
        return plain

    def _done(self) -> list[str]:
        """Return ids of strategies of the session's phase; of none where nobody can say which phase it is."""
        planned = sessions_at(self._course, self._session)
        phase = phase_at(self._ruleset.scoring, planned, self._session)
        of_phase = {
            self._ruleset.rules[position].id: proposal
            for position, (_, proposal) in self._ruleset.proposals.items()
            if proposal.phase == phase
        }
        if self._choose.chance(30):  # then those come next that are proposed only where it is safe
            return [rule_id for rule_id, proposal in of_phase.items() if proposal.needs is None][:_MOST_DONE]
        drawn = [self._choose.one_of(list(of_phase)) for _ in range(self._choose.number(0, 2) if of_phase else 0)]
        return list(dict.fromkeys(drawn))

    def _living_dispute(self, known: Intake) -> str | None:
        """Return the dispute in focus of which a stage can be told: not one with somebody who died."""
        dispute = dispute_judged_in(self._course, self._session)
        if dispute is None:
            return None
        with_whom = at(known, parse(f"{dispute}.person"))
        people = known.inventory.people or ()
        status = next((person.status for person in people if person.id == with_whom), None)
        return None if status == "deceased" else dispute

    # ── what became known ────────────────────────────────────────────────────────────────────────────────────────────────

    def _with_new_facts(self, plain: Plain) -> Intake:
        """Draw what became known in the session, and return the intake with it."""
        before = known_now(self._course)
        if plain.get("day", "") < before.assessed_on.isoformat() or not self._choose.chance(30):
            return before
        told = self._a_death(before) if self._choose.chance(50) else {}
        if self._choose.chance(60):
            answer = self._an_answer(_after(before, plain, told))
            if not (told and "inventory.ties" in answer):  # a list given as a whole comes before whom the death adds
                told = {**told, "answers": {**told.get("answers", {}), **answer}}
        plain["new_facts"] = told
        return _after(before, plain, told)

    def _a_death(self, known: Intake) -> Plain:
        """Draw a death that nobody told of before, of somebody new; a list that was not asked for had nothing else in it."""
        taken = {person.id for person in known.inventory.people or ()}
        person: Plain = {"id": next(name for number in itertools.count() if (name := f"n{number}") not in taken)}
        if self._answers():
            person |= {"status": "deceased", "role": "family"}
        loss: Plain = {"kind": "death", "person": person["id"], "when": {"months_ago": self._choose.one_of((1, 8, 30))}}
        for name in ("mourning", "sudden", "tied_to_episode"):
            if self._answers():
                draw_answer(self._choose, RECORDS["loss"], loss, name)
        lists = {"inventory.people": known.inventory.people, "losses": known.losses}
        if any(len(entries or ()) >= _MOST_SUBJECTS for entries in lists.values()):
            return {}
        told: Plain = {"people": [person], "losses": [loss]}
        unasked: Plain = {place: [] for place, entries in lists.items() if entries is None}
        return {**told, "answers": unasked} if unasked else told

    def _an_answer(self, known: Intake) -> Plain:
        """Draw the answer to a question that was open, or another answer to one that was not: about safety, or about anything."""
        told = [place for place in _SAFETY if at(known, parse(place)) is not None]
        if told and self._choose.chance(20):
            place = self._choose.one_of(told)
            return {place: self._choose.one_of([not at(known, parse(place)), False, None])}
        given = list(given_answers(known))
        if given and self._choose.chance(30):
            place, others = self._choose.one_of(given)
            return {place: self._choose.one_of(others)}
        step = answer_one(self._choose, known)
        return {} if step is None or step[0] in ELSEWHERE else {step[0]: _plain(at(step[1], parse(step[0])))}


def _after(before: Intake, plain: Plain, told: Plain) -> Intake:
    """Return the intake with what became known in a session that is being drawn."""
    parts = {"session": plain["session"], "day": plain["day"], "new_facts": told}
    return after_session(before, CheckIn.model_validate(parts))


def _plain(answer: Any) -> Any:
    if isinstance(answer, tuple):
        return [_plain(entry) for entry in answer]
    return answer.model_dump(mode="json", exclude_none=True) if hasattr(answer, "model_dump") else answer
