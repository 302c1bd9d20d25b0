"""Which gates are closed as a therapy goes on.

What raised a gate keeps it closed until a clinician clears it, also when nobody tells of it any more. What is told after that
closes it again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ipt_rules.intake import GATES
from ipt_rules.ruleset.conditions import comparisons
from ipt_rules.ruleset.consequences import Caution

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from ipt_rules.ranking import Finding


class Closed(NamedTuple):
    """A gate that is not cleared, and a finding that closes it.

    Attributes:
        session: the session in which it was raised; None for the intake.

    """

    gate: str
    session: int | None
    finding: Finding


@dataclass(frozen=True, slots=True)
class Gates:
    """The gates after a session.

    Attributes:
        cleared: those that a clinician has cleared and nothing has raised since.
        raised: what has raised a gate that has not been cleared since.
        seen: every sign that has been seen, with the answers that made it one; the same sign raises a gate once.

    """

    cleared: frozenset[str]
    raised: tuple[Closed, ...]
    seen: frozenset[str]

    @classmethod
    def at_first(cls, cleared: Collection[str], cautions: Iterable[Finding]) -> Gates:
        """Return the gates before the first session.

        Args:
            cleared: the gates that the intake says were cleared.
            cautions: the cautions on the intake.

        """
        found = list(_referring(cautions, None))
        raised = tuple(one for one in found if one.gate not in cleared)
        return cls(frozenset(cleared), raised, frozenset(map(_sign, found)))

    def after(
        self,
        session: int,
        cautions: Iterable[Finding],
        told: Iterable[Finding],
        *,
        answers: Collection[str],
        cleared: Collection[str],
    ) -> Gates:
        """Return the gates after a session: raised by its facts and by what was told in it, then cleared in it.

        Args:
            session: its number.
            cautions: the cautions on the intake as it is known now.
            told: what was found in the session itself.
            answers: the places of the answers that the session gives, whether or not they were known before.
            cleared: the gates that were cleared in it.

        """
        found = [*_referring(cautions, session), *_referring(told, session)]
        new = [one for one in found if _sign(one) not in self.seen or _rests_on(one, answers)]
        raised = [one for one in (*self.raised, *new) if one.gate not in cleared]
        still_cleared = (self.cleared - {one.gate for one in new}) | {*cleared}
        return Gates(still_cleared, tuple(raised), self.seen | {_sign(one) for one in found})

    def closed(self) -> tuple[Closed, ...]:
        """Return what closes a gate, each finding once, in the order of the gates."""
        once = {(one.gate, one.finding.rule.id, one.finding.row.place): one for one in reversed(self.raised)}
        return tuple(sorted(once.values(), key=lambda one: (GATES.index(one.gate), one.session or 0)))

    def to_clear(self) -> tuple[str, ...]:
        """Return the gates that are not cleared, in their order."""
        return tuple(dict.fromkeys(one.gate for one in self.closed()))

    def cleared_in_order(self) -> tuple[str, ...]:
        """Return the gates that were cleared, in their order."""
        return tuple(gate for gate in GATES if gate in self.cleared)


def _referring(findings: Iterable[Finding], session: int | None) -> Iterator[Closed]:
    """Yield the findings that refer to a gate."""
    for finding in findings:
        consequence = finding.rule.consequence
        if isinstance(consequence, Caution) and consequence.gate:
            yield Closed(consequence.gate, session, finding)


def _rests_on(closed: Closed, answers: Collection[str]) -> bool:
    """Return whether one of the answers at some places is among what the finding looks at."""
    rule, row = closed.finding.rule, closed.finding.row
    return any(path in answers for comparison in comparisons(rule.condition) for path in row.paths(comparison.field))


def _sign(closed: Closed) -> str:
    """Return what tells one sign from another: its rule, its row, and what the row says of all that the rule looks at."""
    rule, row = closed.finding.rule, closed.finding.row
    values = [row.value(comparison.field) for comparison in comparisons(rule.condition)]
    return f"{closed.gate} {rule.id} {row.place} {values!r}"
