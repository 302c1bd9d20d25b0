"""The checks of a rule set by name, and running them all."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from ipt_rules.verify.bands import gaps, overlaps
from ipt_rules.verify.beside import idle_waivers, never_cited, never_read, question_missing, waiver_of
from ipt_rules.verify.pairs import contained_rules, contradictions, counted_twice
from ipt_rules.verify.reach import never_brought_forward, never_reached
from ipt_rules.verify.scores import lowering_evidence, never_first, tied_areas
from ipt_rules.verify.shown_intakes import with_intake
from ipt_rules.verify.single_rules import always_holds, idle_conditions, needs_never_met, never_deciding, never_holds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from ipt_rules.ruleset.model import Ruleset, Waiver
    from ipt_rules.verify.defects import Defect

Check: TypeAlias = "Callable[[Ruleset], Iterator[Defect]]"

_PLAIN: Final[Mapping[str, Check]] = {
    "dead-rule": never_holds,
    "always-true": always_holds,
    "idle-condition": idle_conditions,
    "infeasible-obligation": never_deciding,
    "contained-rule": contained_rules,
    "counted-twice": counted_twice,
    "contradiction": contradictions,
    "band-gap": gaps,
    "band-overlap": overlaps,
    "never-first": never_first,
    "lowering-evidence": lowering_evidence,
    "tied-areas": tied_areas,
    "never-reached": never_reached,
    "needs-never-met": needs_never_met,
    "never-brought-forward": never_brought_forward,
    "never-cited": never_cited,
    "never-read": never_read,
    "question-missing": question_missing,
}

_IDLE: Final = "idle-waiver"


class _Found:
    """What the checks find in one rule set, each run once, waived or not."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._ruleset = ruleset
        self._found: dict[str, list[Defect]] = {}

    def by(self, name: str) -> list[Defect]:
        """Return what a check finds."""
        if name not in self._found:
            found = idle_waivers(self._ruleset, self.by) if name == _IDLE else _PLAIN[name](self._ruleset)
            self._found[name] = list(found)
        return self._found[name]


def _idle_waivers(ruleset: Ruleset) -> Iterator[Defect]:
    """Yield the waivers of findings that are none."""
    yield from idle_waivers(ruleset, _Found(ruleset).by)


CHECKS: Final[Mapping[str, Check]] = MappingProxyType({**_PLAIN, _IDLE: _idle_waivers})
"""Each check by the name that its findings and its page in ``docs/checks`` have; it finds what is waived too."""


class Findings(NamedTuple):
    """What checks find in a rule set, in the order of the files.

    Attributes:
        found: what nobody waives; what is undecided (not ``exact``) is among it.
        waived: what is meant, each with its waiver.

    """

    found: list[Defect]
    waived: list[tuple[Defect, Waiver]]


def check_ruleset(ruleset: Ruleset, names: Iterable[str] = CHECKS) -> list[Defect]:
    """Return what the checks find and nobody waives, in the order of the files; what is undecided (``exact``) is among it.

    Args:
        ruleset: the rules.
        names: the checks to run.

    Raises:
        KeyError: there is no check of that name.

    """
    return findings(ruleset, names).found


def findings(ruleset: Ruleset, names: Iterable[str] = CHECKS, *, intakes: bool = False) -> Findings:
    """Return what the checks find, what is waived beside the rest.

    Args:
        ruleset: the rules.
        names: the checks to run.
        intakes: whether to look for an intake, or a course, that shows each finding.

    Raises:
        KeyError: there is no check of one of the names.

    """
    found = _Found(ruleset)
    both = [(defect, waiver_of(ruleset, defect)) for name in names for defect in found.by(name)]
    both.sort(key=lambda one: _order(one[0]))
    return Findings(
        [with_intake(ruleset, defect) if intakes else defect for defect, waiver in both if waiver is None],
        [(defect, waiver) for defect, waiver in both if waiver is not None],
    )


def _order(defect: Defect) -> tuple[object, ...]:
    """Return what findings are sorted by: where they stand, those that stand nowhere last."""
    at = defect.position
    place = (True, "", 0, 0) if at is None else (False, at.file, at.line, at.column)
    return *place, defect.about, defect.check
