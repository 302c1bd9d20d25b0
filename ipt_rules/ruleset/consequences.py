"""What a rule may lead to: the consequences, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from ipt_rules.words import PHASES, Area

if TYPE_CHECKING:
    from ipt_rules.ruleset.conditions import Condition

STRENGTHS: Final = ("slight", "moderate", "strong", "decisive")
CAUTIONS: Final = ("refer", "protocol", "fit", "note")
EVERY_PHASE: Final = "every"
PROPOSED_IN: Final = (EVERY_PHASE, *PHASES)
"""The phases of strategies: throughout, or one of the three."""
PARTS_OF_A_FORMULATION: Final = ("illness", "situation", "area", "hope", "agreement")
TOPICS: Final = ("opening", "safety", "mood", "progress", "focus", "goals", "session", "frame", "ending")
"""What advice for the next session is about, in the order in which it is told; the opening comes first in every session."""
DIRECTIONS: Final = ("lower", "higher")
"""Which way mood went with an event."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The rule counts for or against an area."""

    area: Area
    supports: bool
    strength: str
    body: str
    """Within one focus only the strongest finding of a body of evidence counts."""


@dataclass(frozen=True, slots=True)
class StageFound:
    """The rule finds the stage of a dispute."""

    stage: str


@dataclass(frozen=True, slots=True)
class Caution:
    """The rule says what to be careful about; a ``gate`` is closed until a clinician has cleared it."""

    kind: str
    gate: str | None


@dataclass(frozen=True, slots=True)
class Ask:
    """The rule has a question for the clinician; of a session's rules, ``about`` says what it is about, or is empty."""

    question: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class HoldsBack:
    """The rule puts an area behind every area that is not held back."""

    area: Area


class Window(NamedTuple):
    """The sessions within its phase to which a strategy is limited: from one, to one, or the last so many of the therapy."""

    first: int | None = None
    last: int | None = None
    of_the_last: int | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """The rule proposes a strategy, unless a condition of safety (``needs``) is not known to hold.

    Attributes:
        phase: one of ``PROPOSED_IN``.
        order: where it stands among those of its phase, the lowest first.
        before_clearance: whether it stays proposed while a gate is not cleared.
        on_demand: whether it comes on the agenda of a session only where a rule of the course brings it forward.

    """

    phase: str
    propose: str
    aim: str
    steps: tuple[str, ...]
    needs: Condition | None
    sessions: Window
    order: int
    before_clearance: bool
    on_demand: bool = False


@dataclass(frozen=True, slots=True)
class Goal:
    """The rule says what the work on a focus is for."""

    goal: str


@dataclass(frozen=True, slots=True)
class Formulation:
    """The rule gives the words for one part of a draft formulation."""

    part: str
    say: str


@dataclass(frozen=True, slots=True)
class Link:
    """The rule links an event between people with a change of mood. A link, not a cause."""

    direction: str


@dataclass(frozen=True, slots=True)
class Advice:
    """The rule says what a session means for the next one.

    Attributes:
        about: one of ``TOPICS``.
        advise: what to do.
        reconsiders_focus: whether this is a reason to look at the agreed focus again; without one, it stands.
        brings_forward: ids of strategies that come first on the agenda where they are proposed.

    """

    about: str
    advise: str
    reconsiders_focus: bool
    brings_forward: tuple[str, ...]


Consequence: TypeAlias = (
    Evidence | StageFound | Caution | Ask | HoldsBack | Proposal | Goal | Formulation | Link | Advice
)
