"""Mistakes in which rules an engine finds on which rows, and in which pass."""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING, Any

from ipt_rules.ruleset.conditions import All, Comparison
from ipt_rules.ruleset.consequences import Evidence
from ipt_rules.testing.remembering import Remembering
from ipt_rules.vocabulary import fields, fields_of
from tests.faults.interpreter import Interpreter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipt_rules.engines.reference import Truth
    from ipt_rules.facts import Row
    from ipt_rules.ruleset.conditions import Condition
    from ipt_rules.ruleset.model import Pass, Ruleset
    from ipt_rules.testing.remembering import Answers


# ── rows and rules ───────────────────────────────────────────────────────────────────────────────────────────────────────


class FirstRuleOnly(Interpreter):
    """A row is done with its first finding."""

    def on_row(self, run: Pass, row: Row) -> Answers:
        sure, open_ = super().on_row(run, row)
        return sure[:1], tuple(one for one in open_ if one not in sure[1:])


class LastRuleLost(Interpreter):
    """The last rule of the rule set that is found on a row is lost."""

    def on_row(self, run: Pass, row: Row) -> Answers:
        sure, open_ = super().on_row(run, row)
        return sure[:-1], tuple(one for one in open_ if one not in sure[-1:])


class StaleAnswer(Interpreter):
    """What was found on the row of a kind and place is kept, whichever intake it is of."""

    def __init__(self, ruleset: Ruleset) -> None:
        super().__init__(ruleset)
        self._kept: dict[tuple[str, str, str], Answers] = {}

    def on_row(self, run: Pass, row: Row) -> Answers:
        return self._kept.setdefault((run, row.kind, row.place), super().on_row(run, row))


class LeaksIntoTheNext(Interpreter):
    """What was found on the patient's row stays found in the next evaluation."""

    def __init__(self, ruleset: Ruleset) -> None:
        super().__init__(ruleset)
        self._held: tuple[int, ...] = ()
        self._could: tuple[int, ...] = ()

    def holding(self, run: Pass, rows: Sequence[Row]) -> list[tuple[int, ...]]:
        found = super().holding(run, rows)
        leaked = self._held
        self._held = next(_on_patient(run, rows, found), leaked)
        return _with(leaked, run, rows, found)

    def possible(self, run: Pass, rows: Sequence[Row]) -> list[tuple[int, ...]]:
        found = super().possible(run, rows)
        leaked = self._could
        self._could = next(_on_patient(run, rows, found), leaked)
        return _with(leaked, run, rows, found)


def _on_patient(run: Pass, rows: Sequence[Row], found: list[tuple[int, ...]]) -> Iterator[tuple[int, ...]]:
    return (one for row, one in zip(rows, found, strict=True) if (run, row.kind) == ("evidence", "patient"))


def _with(
    leaked: tuple[int, ...], run: Pass, rows: Sequence[Row], found: list[tuple[int, ...]]
) -> list[tuple[int, ...]]:
    is_patient = [(run, row.kind) == ("evidence", "patient") for row in rows]
    return [tuple(sorted({*one, *leaked})) if is_ else one for is_, one in zip(is_patient, found, strict=True)]


class RowsAddUp(Interpreter):
    """What is found on one row is not forgotten before the next row of its kind."""

    def answers(self, run: Pass, rows: Sequence[Row]) -> list[Answers]:
        held: dict[str, set[int]] = {}
        could: dict[str, set[int]] = {}
        found = []
        for row in rows:
            sure, open_ = self.on_row(run, row)
            held.setdefault(row.kind, set()).update(sure)
            could.setdefault(row.kind, set()).update(open_)
            found.append((tuple(sorted(held[row.kind])), tuple(sorted(could[row.kind]))))
        return found


class SecondSubjectIgnored(Interpreter):
    """Of several rows of a kind only the first is looked at."""

    def answers(self, run: Pass, rows: Sequence[Row]) -> list[Answers]:
        seen: set[str] = set()
        found: list[Answers] = []
        for row in rows:
            found.append(((), ()) if row.kind in seen and run == "evidence" else self.on_row(run, row))
            seen.add(row.kind)
        return found


class RowsTurned(Interpreter):
    """The answers about several rows of a kind come in the opposite order."""

    def answers(self, run: Pass, rows: Sequence[Row]) -> list[Answers]:
        of_kind: dict[str, list[Answers]] = {}
        for row, found in zip(rows, super().answers(run, rows), strict=True):
            of_kind.setdefault(row.kind, []).append(found)
        return [of_kind[row.kind].pop() for row in rows]


class NeighbourRead(Interpreter):
    """For a yes-or-no question the answer to the next one of the same record is read."""

    def on_row(self, run: Pass, row: Row) -> Answers:
        rules = [(at, rule) for at, rule in enumerate(self.rules) if (rule.runs_in, rule.kind) == (run, row.kind)]
        truths = {at: self.truth(rule.condition, row) for at, rule in rules}
        sure = tuple(at for at, truth in truths.items() if truth)
        return sure, tuple(at for at, truth in truths.items() if truth is not False)

    def truth(self, condition: Condition, row: Row) -> Truth:
        if isinstance(condition, Comparison) and fields()[condition.field].type == "flag":
            return self.compare(condition, row.value(_next_flag(condition.field, row.kind)))
        return super().truth(condition, row)


@functools.cache
def _next_flag(name: str, kind: str) -> str:
    known = fields_of(kind)
    flags = [one for one, field in known.items() if field.type == "flag" and field.group == known[name].group]
    return flags[(flags.index(name) + 1) % len(flags)]


class OtherKindsToo(Interpreter):
    """A question or caution about the patient is found on the rows of losses and disputes too, which hold its fields as well."""

    def __init__(self, ruleset: Ruleset) -> None:
        super().__init__(ruleset)
        own = [dataclasses.replace(rule, kind=kind) for kind in ("loss", "dispute") for rule in _of_patient(ruleset)]
        self._positions = [ruleset.rules.index(rule) for _ in ("loss", "dispute") for rule in _of_patient(ruleset)]
        self._more = Remembering(dataclasses.replace(ruleset, rules=tuple(own)), self.truth)

    def on_row(self, run: Pass, row: Row) -> Answers:
        own, more = super().on_row(run, row), self._more.answers(run, row)
        found = [{*one, *(self._positions[at] for at in other)} for one, other in zip(own, more, strict=True)]
        return tuple(sorted(found[0])), tuple(sorted(found[1]))


def _of_patient(ruleset: Ruleset) -> list[Any]:
    found = [rule for rule in ruleset.rules if (rule.kind, rule.runs_in) == ("patient", "evidence")]
    return [rule for rule in found if not isinstance(rule.consequence, Evidence)]


class CouldIsHolds(Interpreter):
    """Only what holds is taken to be possible."""

    def on_row(self, run: Pass, row: Row) -> Answers:
        sure, _ = super().on_row(run, row)
        return sure, sure


class AnythingCould(Interpreter):
    """A rule that is known not to hold is still taken to be possible where anything on the row is unknown."""

    def truth(self, condition: Condition, row: Row) -> Truth:
        if isinstance(condition, All) and any(self.truth(part, row) is None for part in condition.parts):
            return None
        return super().truth(condition, row)


class FailureIsNothing(Interpreter):
    """A number that is not there makes the row fail, and the failure is swallowed."""

    def on_row(self, run: Pass, row: Row) -> Answers:
        missing = row.kind != "patient" and any(
            row.value(name) is None for name, field in fields().items() if field.group == row.kind and field.ranged
        )
        return ((), ()) if missing else super().on_row(run, row)


# ── passes ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


class StagesSkipped(Interpreter):
    """The pass that finds the stages of disputes is left out."""

    def on_row(self, run: Pass, row: Row) -> Answers:
        return ((), ()) if run == "stages" else super().on_row(run, row)


class StandingOnBounds(Interpreter):
    """The rules on standings are answered by the bounds instead of the points."""

    def answers(self, run: Pass, rows: Sequence[Row]) -> list[Answers]:
        return super().answers(run, [rows[-1]] * len(rows) if run == "standing" else rows)
