"""A therapy told in words, as plain values that JSON holds unchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ipt_rules.agreed import foci_at, sessions_at
from ipt_rules.derived import REGISTRY
from ipt_rules.derived.symptoms import measured
from ipt_rules.ruleset.consequences import Advice, Caution
from ipt_rules.ruleset.forms import closest
from ipt_rules.schedules import phase_at
from ipt_rules.sessions import SCALES
from ipt_rules.told_findings import FindingsTeller, advice_of, by_topic, topic
from ipt_rules.told_plan import PlanTeller, told_focus
from ipt_rules.values import NOT_ARISING
from ipt_rules.vocabulary import fields
from ipt_rules.wording import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipt_rules.agenda import Agenda
    from ipt_rules.course import Course
    from ipt_rules.course_wording import CourseWording
    from ipt_rules.held_sessions import EvaluatedCourse, Held
    from ipt_rules.plan import Strategy
    from ipt_rules.ruleset.model import Ruleset

_OF_SAFETY: Final = ("suicide_risk", "abuse")
"""The gates about which every session asks."""


class CourseTeller:
    """Tells where a therapy stands, what was found in its sessions, and what comes next.

    Args:
        evaluated: the course with what the rules found.
        agenda: for the next session; None when the therapy has ended.
        ruleset: the rules.
        wording: the words, with or without names.
        names: whether the texts of goals and notes may be told too.

    """

    def __init__(
        self,
        evaluated: EvaluatedCourse,
        agenda: Agenda | None,
        ruleset: Ruleset,
        wording: CourseWording,
        *,
        names: bool,
    ) -> None:
        self._evaluated = evaluated
        self._course: Course = evaluated.course
        self._agenda = agenda
        self._ruleset = ruleset
        self._wording = wording
        self._tells = FindingsTeller(evaluated, ruleset, wording, names=names)
        self._names = names

    def whole(self) -> dict[str, Any]:
        """Return everything as plain values."""
        now = self._evaluated.held[-1] if self._evaluated.held else None
        found = self._evaluated.findings
        advice = sorted([one for one in found if isinstance(one.rule.consequence, Advice)], key=topic)
        waits = bool(self._evaluated.gates.to_clear())
        told = [one for one in advice if advice_of(one).about == "safety" or not waits]
        goals = [self._goal(number) for number in range(len(self._course.goals))]
        return {
            **self._standing(now),
            "foci": list(self._foci(now)),
            **self._whether_it_stands(now),
            "goals": goals,
            "gates": list(self._evaluated.gates.to_clear()),
            "closed_by": [self._tells.closed(one) for one in self._evaluated.gates.closed()],
            "cautions": [self._tells.caution(one) for one in found if isinstance(one.rule.consequence, Caution)],
            "advice": [self._tells.said(one) for one in told if advice_of(one).about != "opening"],
            "advice_waiting": [one.rule.id for one in advice if one not in told and advice_of(one).about != "opening"],
            "links": [link for held in self._evaluated.held for link in self._tells.links(held)],
            "questions": [self._tells.question(one) for one in by_topic(found)],
            "earlier": [one for held in self._evaluated.held[:-1] for one in self._tells.earlier(held)],
            "sessions": [self._session(held) for held in self._evaluated.held],
            "agenda": self._told_agenda(),
            "remaining": self._remaining(now, goals),
            "unknown_strategies": list(self._unknown_strategies()),
        }

    def _whether_it_stands(self, now: Held | None) -> dict[str, Any]:
        """Return whether the agreed focus stands, and every reason to look at it again that has not been answered."""
        reasons = self._evaluated.open_reasons
        shown = () if self._evaluated.gates.to_clear() else reasons
        return {
            "focus_stands": not reasons if now and now.so_far.foci else None,
            "reconsider_because": [finding.rule.id for _, finding in reasons],
            "open_reasons": [{"session": session, **self._tells.said(finding, session)} for session, finding in shown],
        }

    # ── where the therapy stands ─────────────────────────────────────────────────────────────────────────────────────────

    def _standing(self, now: Held | None) -> dict[str, Any]:
        session = now.check_in.session if now else None
        planned = sessions_at(self._course, session or 1)
        return {
            "session": session,
            "day": now.check_in.day.isoformat() if now and now.check_in.day else None,
            "phase": now.so_far.phase if now else phase_at(self._ruleset.scoring, planned, 1),
            "planned_sessions": planned,
            "sessions_left": None if planned is None else planned - (session or 0),
            "sessions_held": len(self._course.check_ins),
            "ended": bool(now and now.check_in.ended),
            "contracts": [{"sessions": one.sessions, "agreed_in": one.agreed_in} for one in self._course.contracts],
            "phases": self._phases(session or 0),
            "measured": self._measured(),
        }

    def _phases(self, session: int) -> list[dict[str, Any]]:
        """Return the phases with their sessions, up to the last one held or agreed; each session by the contract it lies in."""
        found: list[dict[str, Any]] = []
        for number in range(1, max(session, sessions_at(self._course, session or 1) or 0) + 1):
            phase = phase_at(self._ruleset.scoring, sessions_at(self._course, number), number)
            if found and found[-1]["phase"] == phase:
                found[-1]["to"] = number
            else:
                found.append({"phase": phase, "from": number, "to": number})
        return found

    def _measured(self) -> dict[str, Any] | None:
        """Return the scale that is drawn: the one by which the therapy is measured now, else the preferred one that is there."""
        preferred = [scale.name for scale in self._ruleset.scoring.scales]
        names = [*preferred, *(name for name in SCALES if name not in preferred)]
        times = {name: sum(getattr(one, name) is not None for one in self._course.check_ins) for name in names}
        judged = measured(self._evaluated.held[-1].so_far) if self._evaluated.held else None
        names = [judged[0].name, *names] if judged else names
        again = [name for name in names if times[name] and (times[name] > 1 or self._at_first(name) is not None)]
        name = next(iter([*again, *(name for name in names if times[name])]), None)
        if name is None:
            return None
        field = fields()[f"checkin.{name}"]
        assert field.bounds is not None  # every scale has a least and a most
        return {
            "scale": name,
            "label": field.meaning,
            "least": field.bounds[0],
            "most": field.bounds[1],
            "at_first": self._at_first(name),
        }

    def _at_first(self, scale: str) -> int | None:
        points: int | None = getattr(self._course.intake.episode, scale, None)
        return points

    def _foci(self, now: Held | None) -> Iterator[dict[str, Any]]:
        """Yield the foci that are worked on now."""
        for focus in foci_at(self._course, now.check_in.session if now else 1):
            subject = focus.place or None
            standing = next(one for one in self._evaluated.result.ranking if one.area == focus.area)
            yield {
                "area": focus.area,
                "subject": subject,
                "label": self._wording.subject(subject) if subject else None,
                "agreed_in": focus.agreed_in,
                "answer": focus.answer,
                "answered_in": focus.answered_in,
                "agreed": None if focus.answer is None else focus.answer == "agrees",
                "rank": standing.rank,
                "points": standing.points,
                "level": standing.level,
            }

    def _goal(self, number: int) -> dict[str, Any]:
        goal, place = self._course.goals[number], f"goals[{number}]"
        moves = [
            (held.check_in.session, one.moved)
            for held in self._evaluated.held
            for one in held.check_in.progress
            if one.goal == place and one.moved is not None
        ]
        told = {
            "goal": place,
            "agreed_in": goal.agreed_in,
            "moved": moves[-1][1] if moves else None,
            "moved_in": moves[-1][0] if moves else None,
            "moves": [{"session": session, "moved": moved} for session, moved in moves],
        }
        return told | {"text": clean(goal.text)} if self._names else told

    # ── session by session ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _session(self, held: Held) -> dict[str, Any]:
        check_in = held.check_in
        values = {scale: getattr(check_in, scale) for scale in SCALES}
        return {
            "session": check_in.session,
            "day": check_in.day.isoformat() if check_in.day else None,
            "phase": held.so_far.phase,
            "mood_before": check_in.mood_before,
            "mood_after": check_in.mood_after,
            "scales": {scale: value for scale, value in values.items() if value is not None},
            "events": None if check_in.events is None else list(self._events(held)),
            "worked_on": check_in.worked_on,
            "on_focus": _known(held, "checkin.on_focus"),
            "new_facts": not check_in.new_facts.are_none,
            "safety": _safety(held),
        }

    def _events(self, held: Held) -> Iterator[dict[str, Any]]:
        position = len(held.so_far.check_ins) - 1
        people = [person.id for person in held.intake.inventory.people or ()]
        for number, event in enumerate(held.check_in.events or ()):
            person = people.index(event.person) if event.person in people else None
            yield {
                "event": f"check_ins[{position}].events[{number}]",
                "kind": event.kind,
                "effect": event.effect,
                "person": None if person is None else f"inventory.people[{person}]",
                "who": None if person is None else self._wording.inventory_person(person),
                "label": self._wording.event(event),
            }

    # ── what comes next ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _told_agenda(self) -> dict[str, Any] | None:
        agenda = self._agenda
        if agenda is None:
            return None
        tells = PlanTeller(agenda.intake, agenda.plan, self._tells.teller)
        return {
            "session": agenda.session,
            "phase": agenda.phase,
            "agreed": agenda.agreed,
            "foci": [told_focus(focus, self._wording) for focus in agenda.foci],
            "focus_stands": self._stands_on_the_agenda(agenda),
            "lengths": [schedule.sessions for schedule in agenda.plan.schedules],
            "first": [self._tells.said(finding) for finding in agenda.first],
            "asks": [self._tells.question(finding) for finding in agenda.asks],
            "opening": [self._tells.said(finding) for finding in agenda.opening],
            "safety": [tells.strategy(one) for one in agenda.safety],
            "strategies": [
                {**tells.strategy(one), "brought_forward": one.finding.rule.id in agenda.brought_forward}
                for one in agenda.strategies
            ],
            "waiting": [tells.withheld(one) for one in agenda.waiting],
            "unasked": list(self._named(agenda.unasked)),
        }

    def _stands_on_the_agenda(self, agenda: Agenda) -> bool | None:
        """Return whether the agreed focus stands; None where none is agreed, and while a gate is closed, which comes first."""
        if not agenda.agreed or self._evaluated.gates.to_clear():
            return None
        return not self._evaluated.open_reasons

    def _remaining(self, now: Held | None, goals: Iterable[dict[str, Any]]) -> dict[str, Any]:
        """Return what is left to do before the end; whatever is not recorded as done is."""
        agenda = self._agenda
        steps = ("ready_to_end", "after_the_end")
        return {
            "goals": [goal["goal"] for goal in goals if goal["moved"] != "reached"],
            "this_phase": [] if agenda is None else list(self._named(agenda.left)),
            "later_phases": [] if agenda is None else list(self._named(agenda.later)),
            "ending_named": None if now is None else _known(now, "course.ending_named"),
            **{name: None if now is None else getattr(now.check_in, name) for name in steps},
        }

    def _named(self, strategies: Iterable[Strategy]) -> Iterator[dict[str, Any]]:
        for one in strategies:
            said = self._wording.sentence(one.proposal.propose, one.finding.row)
            yield {"phase": one.proposal.phase, "propose": said, "rule": one.finding.rule.id, "focus": one.focus}

    def _unknown_strategies(self) -> Iterator[dict[str, Any]]:
        """Yield where strategies are recorded as done that this rule set does not have, each with the nearest that it has."""
        known = [self._ruleset.rules[position].id for position in self._ruleset.proposals]
        for position, check_in in enumerate(self._course.check_ins):
            for number, rule_id in enumerate(check_in.strategies):
                if rule_id not in known:
                    place = f"check_ins[{position}].strategies[{number}]"
                    yield {"path": place, "nearest": closest(rule_id, known)}


def _known(held: Held, name: str) -> object:
    """Return what is known of a derived field after a session, whether a rule reads it or not."""
    compute = REGISTRY[name].compute
    assert compute is not None  # fields of a session are computed
    value = compute(held.so_far)
    return None if value is NOT_ARISING else value


def _safety(held: Held) -> str | None:
    """Return whether danger or thoughts of death were told in a session; None while it was not asked about both."""
    told = (one.rule.consequence for one in held.findings)
    if any(isinstance(one, Caution) and one.gate in _OF_SAFETY for one in told):
        return "told"
    asked = held.check_in.unsafe, held.check_in.suicidal_thoughts
    return "none" if asked == (False, False) else None
