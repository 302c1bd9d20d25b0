"""What was found in the sessions of a therapy, told in words as plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipt_rules.course_wording import CourseWording
from ipt_rules.explain import Teller
from ipt_rules.ruleset.consequences import TOPICS, Advice, Ask, Caution, Link

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipt_rules.gates import Closed
    from ipt_rules.held_sessions import EvaluatedCourse, Held
    from ipt_rules.ranking import Finding
    from ipt_rules.ruleset.model import Ruleset


class FindingsTeller:
    """Tells the findings of a course.

    Args:
        evaluated: the course with what the rules found.
        ruleset: the rules.
        wording: the words, with or without names.
        names: whether people are called by name.

    """

    def __init__(self, evaluated: EvaluatedCourse, ruleset: Ruleset, wording: CourseWording, *, names: bool) -> None:
        self._evaluated = evaluated
        self._course = evaluated.course
        self._ruleset = ruleset
        self._wording = wording
        self._names = names
        self.teller = Teller(ruleset, wording)

    def _sources(self, finding: Finding, session: int | None = None) -> dict[str, Any]:
        told = self._teller_after(session).reason(finding).to_dict()
        return {key: told[key] for key in ("rule", "because", "facts", "basis", "cites")}

    def _teller_after(self, session: int | None) -> Teller:
        """Return what tells the findings of a session; its facts are never placed in a later one. None for the last."""
        if session is None or session == self._course.check_ins[-1].session:
            return self.teller
        held = tuple(one for one in self._course.check_ins if one.session <= session)
        course = self._course.model_copy(update={"check_ins": held})
        wording = CourseWording(course, self._evaluated.intake, self._ruleset, names=self._names)
        return Teller(self._ruleset, wording)

    def closed(self, closed: Closed) -> dict[str, Any]:
        """Return what closes a gate, with the session in which it was told; None for the intake."""
        return {"gate": closed.gate, "session": closed.session, **self._sources(closed.finding, closed.session)}

    def caution(self, finding: Finding) -> dict[str, Any]:
        """Return a caution of the last session, with whether its gate is cleared."""
        caution = finding.rule.consequence
        assert isinstance(caution, Caution)  # cautions only
        is_open = caution.gate in self._evaluated.gates.to_clear()
        cleared = None if caution.gate is None else not is_open
        return {"kind": caution.kind, "gate": caution.gate, "cleared": cleared, **self._sources(finding)}

    def said(self, finding: Finding, session: int | None = None) -> dict[str, Any]:
        """Return advice, that of an earlier session where one is given."""
        advice = advice_of(finding)
        return {
            "about": advice.about,
            "advise": self._wording.sentence(advice.advise, finding.row),
            "reconsiders_focus": advice.reconsiders_focus,
            "brings_forward": list(advice.brings_forward),
            **self._sources(finding, session),
        }

    def question(self, finding: Finding) -> dict[str, Any]:
        """Return a question to the clinician."""
        ask = finding.rule.consequence
        assert isinstance(ask, Ask)  # questions only
        question = self._wording.sentence(ask.question, finding.row)
        return {"question": question, "about": ask.about or None, **self._sources(finding)}

    def links(self, held: Held) -> Iterator[dict[str, Any]]:
        """Yield the links between events and mood that were found in a session."""
        for finding in held.findings:
            link = finding.rule.consequence
            if isinstance(link, Link):
                before = held.so_far.session_before
                change = held.so_far.now.mood_before, before and before.mood_before
                yield {
                    "session": held.check_in.session,
                    "event": finding.row.place,
                    "person": None if finding.row.person is None else f"inventory.people[{finding.row.person}]",
                    "direction": link.direction,
                    "mood": list(change),
                    **self._sources(finding, held.check_in.session),
                }

    def earlier(self, held: Held) -> Iterator[dict[str, Any]]:
        """Yield what was found in an earlier session, but for links and openings, which are told elsewhere."""
        for finding in held.findings:
            consequence = finding.rule.consequence
            if isinstance(consequence, Link) or (isinstance(consequence, Advice) and consequence.about == "opening"):
                continue
            told = self.teller.reason(finding)
            yield {"session": held.check_in.session, "kind": told.kind, "because": told.because, "rule": told.rule}


def advice_of(finding: Finding) -> Advice:
    """Return what a finding advises."""
    advice = finding.rule.consequence
    assert isinstance(advice, Advice)  # advice only
    return advice


def by_topic(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that have a question, by what it is about; those that do not say come last."""
    found = [(one, one.rule.consequence) for one in findings if isinstance(one.rule.consequence, Ask)]
    order = [*TOPICS, ""]
    return [one for one, ask in sorted(found, key=lambda entry: order.index(entry[1].about))]


def topic(finding: Finding) -> tuple[int, str, str]:
    """Return a key that sorts advice by what it is about."""
    return TOPICS.index(advice_of(finding).about), finding.rule.id, finding.row.place
