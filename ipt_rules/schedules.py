"""Numbers of sessions → the sessions of each phase, as the rule set divides them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from ipt_rules.words import PHASES

if TYPE_CHECKING:
    from ipt_rules.ruleset.consequences import Window
    from ipt_rules.ruleset.scoring import Scoring

Sessions: TypeAlias = tuple[int, int]
"""The first and the last of some sessions, counted from 1."""


class Phase(NamedTuple):
    """One phase of a therapy: its name, its first session and its last, counted from 1."""

    name: str
    first: int
    last: int


class Schedule(NamedTuple):
    """How a therapy of so many sessions is divided.

    Attributes:
        sessions: how many there are.
        phases: the three phases in order; none where so few sessions make no three, or the rule set does not say.
        note: what the rule set says of a therapy of this length; may be empty.

    """

    sessions: int
    phases: tuple[Phase, ...]
    note: str

    def phase_of(self, session: int) -> str | None:
        """Return the name of the phase to which a session belongs; None where there are no phases, or no such session."""
        return next((phase.name for phase in self.phases if phase.first <= session <= phase.last), None)

    def sessions_of(self, name: str, window: Window | None = None) -> Sessions | None:
        """Return the sessions of a phase, of those within a window where one is given; None where there are none.

        Args:
            name: a phase; any other word (``every``) stands for the whole therapy.
            window: what a strategy is limited to.

        """
        if not self.phases:
            return None
        first, last = next(
            ((phase.first, phase.last) for phase in self.phases if phase.name == name), (1, self.sessions)
        )
        if window is not None:
            from_the_end = self.sessions - window.of_the_last + 1 if window.of_the_last else 1
            first = max(first, window.first or 1, from_the_end)
            last = min(last, window.last or self.sessions)
        return (first, last) if first <= last else None


def schedules(scoring: Scoring, planned_sessions: int | None) -> tuple[Schedule, ...]:
    """Return how the sessions that were agreed are divided; without an agreement, how the usual numbers are.

    Args:
        scoring: with the lengths of the phases.
        planned_sessions: how many sessions were agreed, or None.

    """
    numbers = scoring.usual if planned_sessions is None else (planned_sessions,)
    return tuple(_schedule(scoring, number) for number in numbers)


def phase_at(scoring: Scoring, planned_sessions: int | None, session: int) -> str | None:
    """Return the phase in which a session lies; past the sessions agreed, the last one.

    None where there are no phases, or where without an agreement the usual numbers do not say the same.
    """
    found = {one.phase_of(min(session, one.sessions)) for one in schedules(scoring, planned_sessions)}
    return found.pop() if len(found) == 1 else None


def _schedule(scoring: Scoring, sessions: int) -> Schedule:
    lengths = next((row for row in scoring.phases if row.least <= sessions <= row.most), None)
    if lengths is None:
        return Schedule(sessions, (), "")
    if lengths.initial is None or lengths.final is None:
        return Schedule(sessions, (), lengths.note)
    end = sessions - lengths.final
    divided = ((1, lengths.initial), (lengths.initial + 1, end), (end + 1, sessions))
    return Schedule(
        sessions, tuple(Phase(name, *both) for name, both in zip(PHASES, divided, strict=True)), lengths.note
    )
