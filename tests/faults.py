"""Mistakes that an engine, or what all engines share, may truly have: planted one at a time, to see what finds them."""

from __future__ import annotations

import bisect
import dataclasses
import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from unittest import mock

from ipt_rules import dates, load_ruleset, ranking
from ipt_rules import facts as row_making
from ipt_rules.engines.reference import Trace, compare, trace
from ipt_rules.pipeline import evaluate
from ipt_rules.ruleset.conditions import All, Comparison
from ipt_rules.ruleset.consequences import Evidence
from ipt_rules.testing.remembering import Remembering
from ipt_rules.values import NOT_ARISING, Range
from ipt_rules.vocabulary import fields, fields_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from ipt_rules.engines import Engine
    from ipt_rules.engines.reference import Truth
    from ipt_rules.facts import Row
    from ipt_rules.intake import Intake
    from ipt_rules.pipeline import Result
    from ipt_rules.ruleset.conditions import Condition
    from ipt_rules.ruleset.model import Pass, Ruleset
    from ipt_rules.ruleset.scoring import Scoring
    from ipt_rules.testing.remembering import Answers
    from ipt_rules.values import Value

Work: TypeAlias = "Callable[[Intake, Ruleset, Engine], Result]"


class Interpreter:
    """An interpreter of its own, right as it stands; each mistake is a subclass that does one thing otherwise."""

    name = "planted"

    def __init__(self, ruleset: Ruleset) -> None:
        self.rules = ruleset.rules
        self._remembering = Remembering(ruleset, self.truth)

    def holding(self, run: Pass, rows: Sequence[Row]) -> list[tuple[int, ...]]:
        return [sure for sure, _ in self.answers(run, rows)]

    def possible(self, run: Pass, rows: Sequence[Row]) -> list[tuple[int, ...]]:
        return [open_ for _, open_ in self.answers(run, rows)]

    def answers(self, run: Pass, rows: Sequence[Row]) -> list[Answers]:
        return [self.on_row(run, row) for row in rows]

    def on_row(self, run: Pass, row: Row) -> Answers:
        return self._remembering.answers(run, row)

    def truth(self, condition: Condition, row: Row) -> Truth:
        if isinstance(condition, Comparison):
            return self.compare(condition, row.value(condition.field))
        truths = [self.truth(part, row) for part in condition.parts]
        return self.all_of(truths) if isinstance(condition, All) else self.any_of(truths)

    def compare(self, one: Comparison, value: Value) -> Truth:
        return compare(one, value)

    def all_of(self, truths: list[Truth]) -> Truth:
        return False if False in truths else None if None in truths else True

    def any_of(self, truths: list[Truth]) -> Truth:
        return True if True in truths else None if None in truths else False


# ── comparisons ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class UnknownIsNo(Interpreter):
    """An unanswered question counts as answered by no."""

    def compare(self, one: Comparison, value: Value) -> Truth:
        if value is None and one.operator == "is" and isinstance(one.value, bool):
            return not one.value
        return super().compare(one, value)


class UnknownIsFalse(Interpreter):
    """A comparison with something unknown is false, and no longer open."""

    def compare(self, one: Comparison, value: Value) -> Truth:
        return super().compare(one, value) or False


class UnknownIsTrue(Interpreter):
    """A comparison with something unknown is true."""

    def compare(self, one: Comparison, value: Value) -> Truth:
        return True if value is None else super().compare(one, value)


class DeniedUnknownIsTrue(Interpreter):
    """A denied comparison with something unknown is true, as it is in SQL written carelessly and in Python's ``!=``."""

    def compare(self, one: Comparison, value: Value) -> Truth:
        if value is None and one.operator in ("is_not", "not_in"):
            return True
        return super().compare(one, value)


class NotArisingIsUnknown(Interpreter):
    """A question that does not arise is taken for an open one."""

    def compare(self, one: Comparison, value: Value) -> Truth:
        return super().compare(one, None if value is NOT_ARISING else value)


class DeniedNotArisingIsTrue(Interpreter):
    """What does not arise is "not" anything."""

    def compare(self, one: Comparison, value: Value) -> Truth:
        if value is NOT_ARISING and one.operator in ("is_not", "not_in"):
            return True
        return super().compare(one, value)


class NotKnownNeverTrue(Interpreter):
    """That something is not known is itself taken for unknown."""

    def compare(self, one: Comparison, value: Value) -> Truth:
        return None if value is None else super().compare(one, value)


class AtLeastIsMore(Interpreter):
    """The limit itself is left out of "at least"."""

    def compare(self, one: Comparison, value: Value) -> Truth:
        if one.operator == "at_least" and isinstance(one.value, int):
            one = Comparison(one.field, "at_least", one.value + 1)
        return super().compare(one, value)


class AtMostIsLess(Interpreter):
    """The limit itself is left out of "at most"."""

    def compare(self, one: Comparison, value: Value) -> Truth:
        if one.operator == "at_most" and isinstance(one.value, int):
            one = Comparison(one.field, "at_most", one.value - 1)
        return super().compare(one, value)


class LeastForMost(Interpreter):
    """Of a range only the least is looked at."""

    def compare(self, one: Comparison, value: Value) -> Truth:
        return super().compare(one, Range(value.least, value.least) if isinstance(value, Range) else value)


class MostForLeast(Interpreter):
    """In "at least" the most of a range is looked at: what may be so is taken to be so."""

    def compare(self, one: Comparison, value: Value) -> Truth:
        if one.operator == "at_least" and isinstance(value, Range):
            value = Range(value.most, value.most)
        return super().compare(one, value)


class WideRangeIs(Interpreter):
    """A range is any number within it."""

    def compare(self, one: Comparison, value: Value) -> Truth:
        if one.operator == "is" and isinstance(value, Range) and isinstance(one.value, int):
            return value.least <= one.value <= value.most
        return super().compare(one, value)


class WideRangeIsNot(Interpreter):
    """A range whose ends are other numbers is not a number within it."""

    def compare(self, one: Comparison, value: Value) -> Truth:
        if one.operator == "is_not" and isinstance(value, Range):
            return one.value not in (value.least, value.most)
        return super().compare(one, value)


class LastWordIgnored(Interpreter):
    """The last of several words in a list is lost."""

    def compare(self, one: Comparison, value: Value) -> Truth:
        if isinstance(one.value, frozenset) and len(one.value) > 1:
            one = Comparison(one.field, one.operator, frozenset(sorted(one.value)[:-1]))
        return super().compare(one, value)


class OrderedByLetters(Interpreter):
    """Ordered words are compared by their letters."""

    def compare(self, one: Comparison, value: Value) -> Truth:
        field = fields()[one.field]
        in_order = sorted(field.options)
        if field.ordered and one.operator in ("at_least", "at_most") and type(value) is int and type(one.value) is int:
            codes = [in_order.index(field.options[code]) for code in (value, min(max(one.value, 0), len(in_order) - 1))]
            return codes[0] >= codes[1] if one.operator == "at_least" else codes[0] <= codes[1]
        return super().compare(one, value)


# ── "all" and "any" ──────────────────────────────────────────────────────────────────────────────────────────────────────


class AnyIsAll(Interpreter):
    """An "any" asks for every part."""

    def any_of(self, truths: list[Truth]) -> Truth:
        return self.all_of(truths)


class AllOfManyIsAny(Interpreter):
    """From four parts on, "all" is content with one."""

    def all_of(self, truths: list[Truth]) -> Truth:
        return self.any_of(truths) if len(truths) > 3 else super().all_of(truths)


class AllStopsAtUnknown(Interpreter):
    """An "all" stops at the first part that is not true, and says what that says."""

    def all_of(self, truths: list[Truth]) -> Truth:
        return next((truth for truth in truths if truth is not True), True)


class EmptyAllFails(Interpreter):
    """An "all" of nothing does not hold."""

    def all_of(self, truths: list[Truth]) -> Truth:
        return super().all_of(truths) if truths else False


class PartsBeyondTheThird(Interpreter):
    """The fourth part of an "any" and all after it are not looked at."""

    def any_of(self, truths: list[Truth]) -> Truth:
        return super().any_of(truths[:3])


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


# ── what all engines share ───────────────────────────────────────────────────────────────────────────────────────────────

_weighed, _score, _standings = ranking.weighed, ranking.score, ranking.standings
_facts, _position, _completed_months = row_making.facts, row_making._Parts.position, dates.completed_months


def patched(place: str, other: object) -> Work:
    """Return an evaluation in which one thing of ours is another."""

    def work(intake: Intake, ruleset: Ruleset, engine: Engine) -> Result:
        with mock.patch(f"ipt_rules.{place}", other):
            return evaluate(intake, ruleset, engine)

    return work


def _adds_up(bodies: dict[str, int], body: str, points: int) -> None:
    bodies[body] = bodies.get(body, 0) + points


def _nothing_against(area: Any, row: Any, patient: Any) -> ranking.Weighed:
    holding = {side: bodies for side, bodies in patient.holding.items() if side[1]}
    return _weighed(area, row, dataclasses.replace(patient, holding=holding))


def _against_counts_for(area: Any, row: Any, patient: Any) -> ranking.Weighed:
    known = _weighed(area, row, patient)
    against = 2 * sum(patient.holding.get((area, False), {}).values())
    return known._replace(points=known.points + against, most=known.most + against)


def _no_bounds(rows: Any, without: Any, cap: int) -> ranking.Score:
    points = _score(rows, without, cap).points
    return ranking.Score(points, Range(points, points))


def _unknown_is_safe(condition: Condition, row: Row) -> Trace:
    told = trace(condition, row)
    return dataclasses.replace(told, truth=True) if told.truth is None else told


def _first_subject(
    rules: Any, subjects: Sequence[Any], patient: Any, not_asked: Sequence[Any]
) -> list[ranking.Standing]:
    return _standings(rules, subjects[:1], patient, not_asked)


def _not_asked_is_none(*given: Any, **named: Any) -> row_making.Facts:
    return dataclasses.replace(_facts(*given, **named), not_asked=())


def _first_person(self: Any, reference: str | None) -> int:
    return 0 if self._positions.get(reference) is not None else -1 if reference is None else -2


def _named_only(self: Any, reference: str | None) -> int:
    position = _position(self, reference)
    return -1 if position >= 0 and self._people[position].name is None else position


def _years_of_two_digits(start: date, end: date) -> int:
    turned = end < start
    return (
        _completed_months(start, end) if turned else max(0, _completed_months(start, end) - 1200 * (start.year < 2000))
    )


def _levels_in_the_code(_: Scoring, points: int) -> int:
    return bisect.bisect_right(tuple(load_ruleset().scoring.levels.values()), points)


SHARED: Final[Mapping[str, Work]] = {
    "findings of one body of evidence add up": patched("ranking._add", _adds_up),
    "evidence against, on the patient's row, is lost": patched("ranking.weighed", _nothing_against),
    "evidence against, on the patient's row, counts for": patched("ranking.weighed", _against_counts_for),
    "the bounds are the points": patched("ranking.score", _no_bounds),
    "a list that was not asked for counts as empty": patched("pipeline.facts", _not_asked_is_none),
    "only the first subject can be a focus": patched("pipeline.standings", _first_subject),
    "every subject concerns the first person": patched("facts._Parts.position", _first_person),
    "a person without a name is nobody that is known": patched("facts._Parts.position", _named_only),
    "years are counted by their last two digits": patched("dates.completed_months", _years_of_two_digits),
    "the levels of the shipped rules stand in the code": patched(
        "ruleset.scoring.Scoring.level_code", _levels_in_the_code
    ),
    "a condition of safety that is not known is met": patched("plan.trace", _unknown_is_safe),
}


# ── all of them ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Fault:
    """One mistake.

    Attributes:
        what: the mistake in words.
        engine: the engine that has it; a right one where the mistake is in what all engines share.
        work: the evaluation, with the mistake where all engines share it.

    """

    what: str
    engine: Callable[[Ruleset], Engine] = Interpreter
    work: Work = evaluate

    @property
    def is_shared(self) -> bool:
        """Whether all engines share the mistake."""
        return self.work is not evaluate


def _in_words(planted: type[Interpreter]) -> str:
    said = " ".join((planted.__doc__ or "").split()).removesuffix(".")
    return said[0].lower() + said[1:]


IN_AN_ENGINE: Final = tuple(Fault(_in_words(planted), planted) for planted in Interpreter.__subclasses__())
IN_ALL: Final = tuple(Fault(what, work=work) for what, work in SHARED.items())
NO_FAULT: Final = Fault("none: the same interpreter without a mistake")
