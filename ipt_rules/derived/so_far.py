"""What a derived field of a session may look at: the therapy up to that session, and nothing later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from ipt_rules.derived.registry import field

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ipt_rules.intake import Intake
    from ipt_rules.ranking import Standing
    from ipt_rules.ruleset.scoring import Scoring
    from ipt_rules.sessions import AgreedFocus, AgreedGoal, CheckIn, InterpersonalEvent


class Known(NamedTuple):
    """What was known at some time: the intake with all that had been told, and the areas as it ranked them."""

    intake: Intake
    ranking: Sequence[Standing]


@dataclass(frozen=True, slots=True)
class SoFar:
    """The therapy up to one session that was held, as far as rules may know it.

    Attributes:
        check_ins: what was recorded of each session, this one last.
        at_first: the intake as it was at the beginning.
        before: the intake with what was known before this session.
        now_known: what is known by the end of it.
        at_choice: what was known when the focus was agreed on; None while there is none.
        planned: the sessions agreed on by now, or None.
        phase: the phase of this session, or None where nobody can say.
        foci: what is agreed to work on; none while nothing is.
        goals: the goals agreed by now.
        danger_told: whether danger was told in the intake, or in a session so far; None while that is not known.
        scoring: of the rule set.
        event: of an event's row, the event.

    """

    check_ins: tuple[CheckIn, ...]
    at_first: Intake
    before: Intake
    now_known: Known
    at_choice: Known | None
    planned: int | None
    phase: str | None
    foci: tuple[AgreedFocus, ...]
    goals: tuple[AgreedGoal, ...]
    danger_told: bool | None
    scoring: Scoring
    event: InterpersonalEvent | None = None

    @property
    def now(self) -> CheckIn:
        """What was recorded of the last session."""
        return self.check_ins[-1]

    @property
    def session_before(self) -> CheckIn | None:
        """The session held before this one."""
        return self.check_ins[-2] if len(self.check_ins) > 1 else None

    @property
    def standing(self) -> Standing | None:
        """Where the area of the agreed focus stands; with two foci, the one that stands better."""
        areas = {focus.area for focus in self.foci}
        return next((one for one in self.now_known.ranking if one.area in areas), None)

    def best_other(self, known: Known) -> int:
        """Return the points of the best area that is neither in focus nor held back."""
        areas = {focus.area for focus in self.foci}
        return max((one.points for one in known.ranking if one.area not in areas and not one.held_back_by), default=0)


def flag(name: str, *reads: str, **more: Any) -> Callable[[Any], Any]:
    """Register a function as a field that is true or false."""
    return field(name, type="flag", reads=reads, **more)


def number(name: str, low: int, high: int, unit: str, *reads: str, **more: Any) -> Callable[[Any], Any]:
    """Register a function as a field that is a number."""
    return field(name, type="number", bounds=(low, high), unit=unit, reads=reads, **more)


def choice(name: str, options: tuple[str, ...], *reads: str, **more: Any) -> Callable[[Any], Any]:
    """Register a function as a field that is one of some words."""
    return field(name, type="choice", options=options, reads=reads, **more)
