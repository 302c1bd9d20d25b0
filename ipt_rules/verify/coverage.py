"""How much of a rule set some intakes and courses reach."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ipt_rules.engines.reference import trace
from ipt_rules.verify.obligations import Obligation, in_words, infeasible, met_by, obligations
from ipt_rules.worked_cases import rows_of_course, rows_of_intake

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ipt_rules.course import Course
    from ipt_rules.facts import Row
    from ipt_rules.intake import Intake
    from ipt_rules.ruleset.model import Rule, Ruleset


@dataclass(frozen=True)
class Coverage:
    """What intakes and courses reach of a rule set.

    Attributes:
        ruleset: the rules.
        fired: ids of the rules that hold on some row.
        obligations: every obligation of masking MC/DC.
        met: those that some row meets.
        infeasible: those that no row can meet, which is proved.
        own: whether the rules of a rule set that it extends are left out.

    """

    ruleset: Ruleset
    fired: frozenset[str]
    obligations: tuple[Obligation, ...]
    met: frozenset[Obligation]
    infeasible: frozenset[Obligation]
    own: bool = False

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that count."""
        return counted(self.ruleset, own=self.own)

    @property
    def missing(self) -> tuple[Obligation, ...]:
        """The obligations that are neither met nor proved to be infeasible."""
        return tuple(one for one in self.obligations if one not in self.met and one not in self.infeasible)

    @property
    def percent(self) -> int:
        """Of the feasible obligations, how many per cent are met, rounded down."""
        return int(self.share)

    @property
    def share(self) -> float:
        """The same, rounded down to one decimal; of none, all."""
        feasible = len(self.obligations) - len(self.infeasible)
        return 100.0 if not feasible else 1000 * len(self.met) // feasible / 10

    def is_under(self, percent: float) -> bool:
        """Return whether less than some per cent of the feasible obligations are met; rules that ask for nothing are under any."""
        return not self.obligations or 100 * len(self.met) < percent * (len(self.obligations) - len(self.infeasible))

    def to_dict(self) -> dict[str, Any]:
        """Return the coverage as plain values."""
        silent = [rule.id for rule in self.rules if rule.id not in self.fired]
        return {
            "ruleset": self.ruleset.name,
            "digest": self.ruleset.digest,
            "rules": len(self.rules),
            "rules_not_counted": len(self.ruleset.rules) - len(self.rules),
            "rules_that_never_fired": silent,
            "obligations": len(self.obligations),
            "met": len(self.met),
            "infeasible": [self._told(one) for one in self.obligations if one in self.infeasible],
            "missing": [self._told(one) for one in self.missing],
            "percent": self.percent,
        }

    def _told(self, one: Obligation) -> dict[str, Any]:
        return {**one._asdict(), "wanted": in_words(one, self.ruleset)}


def coverage(
    ruleset: Ruleset, intakes: Iterable[Intake] = (), courses: Iterable[Course] = (), *, own: bool = False
) -> Coverage:
    """Return what intakes and courses reach of a rule set.

    Args:
        ruleset: the rules.
        intakes: what is assessed; it reaches all but the rules of sessions and events.
        courses: what is reviewed; it reaches those.
        own: whether to leave out the rules of a rule set that it extends.

    Raises:
        EvaluationError: the rules could not be evaluated for one of them.

    """
    rows: list[Row] = [row for intake in intakes for row in rows_of_intake(intake, ruleset)]
    rows += [row for course in courses for row in rows_of_course(course, ruleset)]
    by_kind: dict[str, list[Row]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, []).append(row)
    met: set[Obligation] = set()
    fired: set[str] = set()
    rules = counted(ruleset, own=own)
    for rule in rules:
        for row in by_kind.get(rule.kind, ()):
            told = trace(rule.condition, row)
            met |= {*met_by(rule, row, told)}
            if told.truth:
                fired.add(rule.id)
    wanted = tuple(one for rule in rules for one in obligations(rule))
    return Coverage(ruleset, frozenset(fired), wanted, frozenset(met), proved_infeasible(ruleset, own=own), own)


def counted(ruleset: Ruleset, *, own: bool) -> tuple[Rule, ...]:
    """Return the rules that count where a rule set is measured.

    Args:
        ruleset: the rules.
        own: whether to leave out the rules of a rule set that it extends.

    """
    return tuple(rule for rule in ruleset.rules if not own or ruleset.states(rule))


@functools.lru_cache(maxsize=8)
def _proved_infeasible(rules: tuple[Rule, ...]) -> frozenset[Obligation]:
    return frozenset(one for rule in rules for one in infeasible(rule))


def proved_infeasible(ruleset: Ruleset, *, own: bool = False) -> frozenset[Obligation]:
    """Return the obligations of a rule set, or of its own rules alone, that no row can meet, proved once."""
    return _proved_infeasible(counted(ruleset, own=own))
