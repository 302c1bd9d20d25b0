"""Why an area stands where it does: its findings, each with the comparisons that held, and the arithmetic of its points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from ipt_rules.engines.reference import trace
from ipt_rules.explain.explanation import Explanation
from ipt_rules.ruleset.conditions import All, Comparison
from ipt_rules.ruleset.consequences import Evidence
from ipt_rules.sentences import sentence
from ipt_rules.vocabulary import fields
from ipt_rules.wording import plain_value, shown_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipt_rules.engines.reference import Trace
    from ipt_rules.explain.reasons import Reason, Teller
    from ipt_rules.facts import Row
    from ipt_rules.pipeline import Result
    from ipt_rules.ranking import Finding, Focus, Standing
    from ipt_rules.ruleset.model import Ruleset


class Proof(NamedTuple):
    """A condition, or a part of one, and what made it come out as it did.

    Attributes:
        joined: ``all`` or ``any`` for what has parts, ``is`` for one comparison.
        said: the comparison in words; empty for what has parts.
        truth: True, False, or None for unknown.
        path: the place in the intake that the compared value comes from.
        reads: every place that it comes from.
        value: the value, plain; None when not known.
        shown: the value as people read it.
        parts: the parts; of what holds by one of several, those that hold.

    """

    joined: str
    said: str
    truth: bool | None
    path: str
    reads: tuple[str, ...]
    value: object
    shown: str
    parts: tuple[Proof, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the proof as plain values."""
        if self.joined != "is":
            return {"joined": self.joined, "truth": self.truth, "parts": [part.to_dict() for part in self.parts]}
        return {
            "joined": self.joined,
            "said": self.said,
            "truth": self.truth,
            "path": self.path,
            "reads": list(self.reads),
            "value": self.value,
        }

    def comparisons(self) -> Iterator[Proof]:
        """Yield the comparisons, in reading order."""
        if self.joined == "is":
            yield self
        for part in self.parts:
            yield from part.comparisons()


class Counted(NamedTuple):
    """What one body of evidence counts with: the points of its strongest finding, and the rule that found it."""

    evidence: str
    rule: str
    points: int


@dataclass(frozen=True, slots=True)
class Argument:
    """A finding with its proof."""

    supports: bool
    reason: Reason
    proof: Proof

    def to_dict(self) -> dict[str, Any]:
        """Return the argument as plain values."""
        return {"supports": self.supports, **self.reason.to_dict(), "proof": self.proof.to_dict()}


@dataclass(frozen=True, slots=True)
class Why(Explanation):
    """Why one focus of an area has the points it has. Exact: it is replayed from the rules.

    Attributes:
        area: the area.
        subject: place of the focus's subject; None without one.
        label: what area and subject are called.
        rank: of the area; None where nothing supports it.
        level: of this focus.
        arguments: the findings for it, then those against it; first those that count.
        gains: what each body of evidence adds.
        losses: what each body of evidence takes.
        capped_at: the most points of a focus without a subject, where that cut them off; else None.
        points: gains less losses, within those limits, and not below 0.
        thresholds: the least points of each level.
        held_back: why the area ranks behind those that are not held back.

    """

    area: str
    subject: str | None
    label: str
    rank: int | None
    level: str
    arguments: tuple[Argument, ...]
    gains: tuple[Counted, ...]
    losses: tuple[Counted, ...]
    capped_at: int | None
    points: int
    thresholds: tuple[tuple[str, int], ...]
    held_back: tuple[Argument, ...]

    @property
    def sum_in_words(self) -> str:
        """The arithmetic on one line, e.g. ``4 + 4 + 2 - 2 = 8``."""
        gains = " + ".join(str(entry.points) for entry in self.gains) or "0"
        losses = "".join(f" - {entry.points}" for entry in self.losses)
        total = sum(entry.points for entry in self.gains) - sum(entry.points for entry in self.losses)
        cut = f", at most {self.capped_at} without a subject" if self.capped_at is not None else ""
        floor = ", and not below 0" if total < 0 else ""
        return f"{gains}{losses} = {total}{cut}{floor}"

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation as plain values."""
        return {
            "question": "why",
            "certainty": "exact",
            "area": self.area,
            "subject": self.subject,
            "label": self.label,
            "rank": self.rank,
            "level": self.level,
            "points": self.points,
            "gains": [entry._asdict() for entry in self.gains],
            "losses": [entry._asdict() for entry in self.losses],
            "capped_at": self.capped_at,
            "thresholds": dict(self.thresholds),
            "findings": [argument.to_dict() for argument in self.arguments],
            "held_back_because": [argument.to_dict() for argument in self.held_back],
        }


def explain_why(area: str, result: Result, ruleset: Ruleset, teller: Teller, *, subject: str | None = None) -> Why:
    """Return why an area's focus has the points it has.

    Args:
        area: the problem area.
        result: what was found.
        ruleset: the rules.
        teller: tells findings in words.
        subject: place of the focus's subject, such as ``losses[0]``; None for the area's best focus.

    Raises:
        KeyError: there is no such area, or no such focus of it.

    """
    standing = standing_of(area, result)
    focus = standing.best if subject is None else _focus(standing, subject)
    arguments = tuple(_argument(finding, teller) for finding in focus.found)
    gains, losses = (tuple(_counting(focus.found, supports=side)) for side in (True, False))
    about = teller.wording.subject(focus.row.place) if focus.has_subject else ""
    return Why(
        ruleset=ruleset,
        area=area,
        subject=focus.row.place or None,
        label=f"{teller.wording.area(area)}{f': {about}' if about else ''}",
        rank=standing.rank,
        level=focus.level,
        arguments=arguments,
        gains=gains,
        losses=losses,
        capped_at=ruleset.scoring.most_without_subject if focus.capped else None,
        points=focus.points,
        thresholds=tuple(sorted(ruleset.scoring.levels.items(), key=lambda level: level[1])),
        held_back=tuple(_argument(finding, teller) for finding in standing.held_back_by),
    )


def standing_of(area: str, result: Result) -> Standing:
    """Return where an area stands.

    Raises:
        KeyError: there is no such area.

    """
    found = next((standing for standing in result.ranking if standing.area == area), None)
    if found is None:
        known = ", ".join(standing.area for standing in result.ranking)
        raise KeyError(f"no problem area is called so; there are: {known}")
    return found


def _focus(standing: Standing, subject: str) -> Focus:
    found = next((focus for focus in standing.foci if focus.row.place == subject), None)
    if found is None:
        known = ", ".join(focus.row.place for focus in standing.foci if focus.row.place) or "none"
        raise KeyError(f"the area has no focus on such a subject; its foci are on: {known}")
    return found


def _argument(finding: Finding, teller: Teller) -> Argument:
    consequence = finding.rule.consequence
    supports = consequence.supports if isinstance(consequence, Evidence) else False
    told = prove(trace(finding.rule.condition, finding.row), finding.row, holding_alone=True)
    return Argument(supports, teller.reason(finding), told)


def _counting(found: Sequence[Finding], *, supports: bool) -> Iterator[Counted]:
    for finding in found:
        consequence = finding.rule.consequence
        assert isinstance(consequence, Evidence)  # a focus holds evidence only
        if finding.counts and consequence.supports is supports:
            yield Counted(consequence.body, finding.rule.id, finding.points)


def prove(told: Trace, row: Row, *, holding_alone: bool = False) -> Proof:
    """Return a trace in words.

    Args:
        told: a condition with what it came to.
        row: the row that it was evaluated on.
        holding_alone: of several of which one is enough, only those that hold.

    """
    condition = told.condition
    if isinstance(condition, Comparison):
        field = fields()[condition.field]
        value, paths = plain_value(field, row.value(field.name)), row.paths(field.name)
        return Proof("is", sentence(condition), told.truth, paths[0], paths, value, shown_value(field, value), ())
    either = not isinstance(condition, All)
    parts = [part for part in told.parts if part.truth or not (either and holding_alone)]
    proofs = tuple(prove(part, row, holding_alone=holding_alone) for part in parts)
    return Proof("any" if either else "all", "", told.truth, "", (), None, "", proofs)
