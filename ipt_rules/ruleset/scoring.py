"""Points, levels, windows, lengths of phases, prices and scales of a rule set."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ipt_rules.ruleset.frozen import frozen, thawed
from ipt_rules.words import LEVELS, Level

if TYPE_CHECKING:
    from collections.abc import Mapping

PRICES: Final = ("open", "answer", "history", "event")
"""What a change of an intake may be: an open question answered, an answer changed, one about what has happened, one more event."""
WITHOUT_PRICES: Final = {"open": 1, "answer": 1, "history": 1, "event": 5}
"""Where a rule set gives no prices: changes of answers are counted, up to four of them; then one more event is tried."""


class Lengths(NamedTuple):
    """How a therapy of so many sessions is divided.

    Attributes:
        least: the fewest sessions for which this holds.
        most: the most.
        initial: sessions of the initial phase; None where so few sessions make no three phases.
        final: sessions of the final phase; None likewise.
        note: what to say of a therapy of this length; may be empty.

    """

    least: int
    most: int
    initial: int | None
    final: int | None
    note: str


class Scale(NamedTuple):
    """A scale by which a therapy can be measured; fewer points are better.

    Attributes:
        name: what a check-in calls it.
        meaningful_change: the least points that count as a change.
        remission: the most points that count as remission; None where the rule set says nothing.
        why: what these rest on.

    """

    name: str
    meaningful_change: int
    remission: int | None
    why: str


@dataclass(frozen=True)
class Scoring:
    """Points, levels, windows and lengths of phases. They are design choices of the rule set, and ``note`` says so.

    Attributes:
        why: what each of the named numbers rests on: its source, or that it is a design choice.
        usual: the usual numbers of sessions, for a therapy for which none is agreed yet.
        prices: what each kind of change (``PRICES``) costs where the smallest change of an intake is looked for.
        history: the questions whose answers tell of what has happened; changing those is priced as ``history``.
        scales: the scales by which a therapy is measured, the one that is preferred first.

    """

    note: str
    points: Mapping[str, int]
    levels: Mapping[str, int]
    close: int
    numbers: Mapping[str, int]
    why: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    phases: tuple[Lengths, ...] = ()
    usual: tuple[int, ...] = ()
    prices: Mapping[str, int] = field(default_factory=lambda: MappingProxyType(dict(WITHOUT_PRICES)))
    history: frozenset[str] = frozenset()
    scales: tuple[Scale, ...] = ()

    def __post_init__(self) -> None:
        for name in ("points", "levels", "numbers", "why", "prices"):
            object.__setattr__(self, name, frozen(getattr(self, name)))

    def __reduce__(self) -> tuple[Any, ...]:
        tables = (thawed(self.points), thawed(self.levels), self.close, thawed(self.numbers), thawed(self.why))
        return Scoring, (self.note, *tables, self.phases, self.usual, thawed(self.prices), self.history, self.scales)

    def level(self, points: int) -> Level:
        """Return the highest level whose least points are reached."""
        return LEVELS[self.level_code(points)]

    def level_code(self, points: int) -> int:
        """Return the position of the level in ``LEVELS``."""
        levels = self.levels
        return (points >= levels["possible"]) + (points >= levels["likely"]) + (points >= levels["strong"])

    @property
    def most_without_subject(self) -> int:
        """The most points of a focus without a subject: the top of "possible"."""
        return self.levels["likely"] - 1
