"""What explanations say: why not, what would flip the ranking, who could win, and what the first place rests on, told in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ipt_rules.explain.explanation import Explanation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ipt_rules.assessment import Assessment
    from ipt_rules.explain.answers import ChangedAnswer
    from ipt_rules.explain.difference import Difference
    from ipt_rules.explain.near import NearMiss
    from ipt_rules.explain.reasons import Reason
    from ipt_rules.words import Area


@dataclass(frozen=True, slots=True)
class Flip(Explanation):
    """A set of changed answers that puts an area first, alone. It was evaluated.

    Attributes:
        to: the area.
        label: what it is called.
        changes: the answers that change; those left out because their question does not arise any more come last.
        price: what the changes cost together, by the rule set's ``prices``.
        is_smallest: whether it is sure that no cheaper set puts this area first, but for those told before this one, and those that
            contain one of them.

    """

    to: str
    label: str
    changes: tuple[ChangedAnswer, ...]
    price: int
    is_smallest: bool

    def to_dict(self) -> dict[str, Any]:
        """Return the flip as plain values."""
        return {
            "to": self.to,
            "label": self.label,
            "price": self.price,
            "certainty": "exact" if self.is_smallest else "bounded",
            "changes": [change.to_dict() for change in self.changes],
        }


@dataclass(frozen=True, slots=True)
class Flips(Explanation):
    """The smallest sets of changed answers that put another area first, the cheapest first.

    Attributes:
        flips: the sets.
        at_least: for each area that was looked for, the price below which there is surely no set but those told, and those that
            contain one of them.

    """

    flips: tuple[Flip, ...]
    at_least: Mapping[Area, int]

    def to_dict(self) -> dict[str, Any]:
        """Return the flips as plain values."""
        return {
            "question": "flips",
            "certainty": "exact" if all(flip.is_smallest for flip in self.flips) and self.flips else "bounded",
            "flips": [flip.to_dict() for flip in self.flips],
            "at_least": dict(self.at_least),
        }


@dataclass(frozen=True, slots=True)
class WhyNot(Explanation):
    """Why an area does not stand higher.

    Attributes:
        area: the area.
        label: what it is called.
        rank: where it stands; None where nothing supports it.
        is_first: whether it is first already, alone.
        points: the points that it has.
        ahead: the areas that stand before it, with their points.
        near: the rules in its favour that came nearest to holding.
        against: the findings that take points from it.
        held_back: why it ranks behind those that are not held back.
        smallest: the smallest change that would put it first; None where it is first, or none was found.
        at_least: the price below which there is surely no such change.

    """

    area: str
    label: str
    rank: int | None
    is_first: bool
    points: int
    ahead: tuple[tuple[str, int], ...]
    near: tuple[NearMiss, ...]
    against: tuple[Reason, ...]
    held_back: tuple[Reason, ...]
    smallest: Flip | None
    at_least: int

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation as plain values."""
        certain = self.is_first or (self.smallest is not None and self.smallest.is_smallest)
        return {
            "question": "why-not",
            "certainty": "exact" if certain else "bounded",
            "area": self.area,
            "label": self.label,
            "rank": self.rank,
            "is_first": self.is_first,
            "points": self.points,
            "ahead": [{"area": area, "points": points} for area, points in self.ahead],
            "near": [miss.to_dict() for miss in self.near],
            "against": [reason.to_dict() for reason in self.against],
            "held_back_because": [reason.to_dict() for reason in self.held_back],
            "smallest_change": None if self.smallest is None else self.smallest.to_dict(),
            "at_least": self.at_least,
        }


@dataclass(frozen=True, slots=True)
class WhatIf(Explanation):
    """What other answers would make of an assessment. Exact: the changed intake was evaluated.

    Attributes:
        changes: the answers that change.
        difference: what is there then and was not, and the other way round.
        labels: what the areas are called.
        assessment: the assessment of the changed intake.

    """

    changes: tuple[ChangedAnswer, ...]
    difference: Difference
    labels: Mapping[str, str]
    assessment: Assessment | None = field(default=None, compare=False, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain values."""
        return {
            "question": "what-if",
            "certainty": "exact",
            "changes": [change.to_dict() for change in self.changes],
            **self.difference.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class NewFact:
    """Something that became known in a session.

    Attributes:
        session: the number of the session.
        path: its place in the intake as it then is.
        question: the question that it answers; empty for a subject or a person that was added.
        said: the answer, or what was added, in words.

    """

    session: int
    path: str
    question: str
    said: str


@dataclass(frozen=True, slots=True)
class Reassessment(Explanation):
    """What the facts that became known in a therapy make of the ranking, and whether that is a reason to reconsider the focus.

    Exact: the intake was evaluated as it was at the beginning, and as it is known now.

    Attributes:
        facts: what became known, session by session.
        difference: what is there now and was not at the beginning, and the other way round.
        labels: what the areas are called.
        focus: what the agreed foci are called; empty while none is agreed.
        reasons: the rules by which the focus is to be reconsidered; while there are none, it stands.
        before: the assessment at the beginning.
        after: the assessment now.

    """

    facts: tuple[NewFact, ...]
    difference: Difference
    labels: Mapping[str, str]
    focus: tuple[str, ...]
    reasons: tuple[Reason, ...]
    before: Assessment = field(compare=False, repr=False)
    after: Assessment = field(compare=False, repr=False)

    @property
    def reconsider(self) -> bool:
        """Whether there is a reason to reconsider the agreed focus. The clinician and the patient decide."""
        return bool(self.reasons)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain values."""
        return {
            "question": "reassess",
            "certainty": "exact",
            "facts": [
                {"session": one.session, "path": one.path, "question": one.question, "said": one.said}
                for one in self.facts
            ],
            "focus": list(self.focus),
            "reconsider": self.reconsider,
            "reconsider_because": [reason.to_dict() for reason in self.reasons],
            **self.difference.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class Winner:
    """An area that could come to rank 1, alone or beside others.

    Attributes:
        area: the area.
        label: what it is called.
        confirmed: whether answers were found, and evaluated, that bring it there; else bounds merely do not exclude it.
        answers: those answers; empty where it stays there whatever comes.

    """

    area: str
    label: str
    confirmed: bool
    answers: tuple[ChangedAnswer, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the winner as plain values."""
        return {
            "area": self.area,
            "label": self.label,
            "confirmed": self.confirmed,
            "answers": [answer.to_dict() for answer in self.answers],
        }


@dataclass(frozen=True, slots=True)
class Winners(Explanation):
    """Which areas could still come first once more is known, and whether one must.

    Attributes:
        possible: the areas that some completion of the open answers puts at rank 1, alone or shared.
        necessary: the area that is first, alone, in every completion; None where there is none.
        exact: whether each possible area is confirmed, and it is sure that no other is necessary.

    """

    possible: tuple[Winner, ...]
    necessary: str | None
    exact: bool

    @property
    def areas(self) -> tuple[str, ...]:
        """The possible winners."""
        return tuple(winner.area for winner in self.possible)

    def to_dict(self) -> dict[str, Any]:
        """Return the winners as plain values."""
        return {
            "question": "winners",
            "certainty": "exact" if self.exact else "bounded",
            "possible": [winner.to_dict() for winner in self.possible],
            "necessary": self.necessary,
        }


@dataclass(frozen=True, slots=True)
class SufficientFacts(Explanation):
    """The facts that alone guarantee the first place: whatever every other answer were, the same area would be first.

    Attributes:
        area: the area; None where open answers could still change the first place, so that no facts guarantee it.
        label: what it is called.
        facts: the answers. None can be spared, as far as bounds tell.
        is_smallest: whether it is sure, for each of them, that the first place would be open without it.

    """

    area: str | None
    label: str
    facts: tuple[ChangedAnswer, ...]
    is_smallest: bool

    @property
    def paths(self) -> tuple[str, ...]:
        """The places of the facts."""
        return tuple(fact.path for fact in self.facts)

    def to_dict(self) -> dict[str, Any]:
        """Return the facts as plain values."""
        facts = [
            {
                "path": fact.path,
                "question": fact.question,
                "about": fact.about,
                "value": fact.before.value,
                "shown": fact.before.shown,
            }
            for fact in self.facts
        ]
        return {
            "question": "sufficient",
            "certainty": "exact" if self.is_smallest else "bounded",
            "area": self.area,
            "label": self.label,
            "facts": facts,
        }
