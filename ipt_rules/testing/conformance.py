"""The conformance suite: what every engine must do. Subclass it in a test module and say how to make your engine."""

from __future__ import annotations

import abc
import functools
import itertools
import random
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ipt_rules.drawn.courses import draw_check_in, draw_course
from ipt_rules.drawn.intakes import Seeded, draw_intake
from ipt_rules.engines import CompiledEngine
from ipt_rules.engines.reference import trace
from ipt_rules.errors import RulesetError
from ipt_rules.facts import facts, focus_row, standing_row
from ipt_rules.held_sessions import evaluate_course
from ipt_rules.pipeline import evaluate
from ipt_rules.ruleset import load_ruleset
from ipt_rules.ruleset.model import PASSES
from ipt_rules.session_facts import session_rows
from ipt_rules.testing.rules import draw_ruleset, every_comparison
from ipt_rules.values import NOT_ARISING, Range
from ipt_rules.vocabulary import STAGES, fields_of
from ipt_rules.words import AREAS, LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipt_rules.drawn.intakes import Chooser
    from ipt_rules.engines import Engine
    from ipt_rules.engines.reference import Truth
    from ipt_rules.facts import Row
    from ipt_rules.intake import Intake
    from ipt_rules.ruleset import Ruleset

SEED: Final = 20260331


def draw_rows(choose: Chooser, intake: Intake) -> list[Row]:
    """Return rows of every kind for an intake; what earlier passes would add (stages, standings, foci) is made up.

    The rows of a session are those of a course drawn over the intake.
    """
    rows = facts(intake)
    subjects = [_staged(choose, row) if row.kind == "dispute" else row for row in rows.subjects]
    standing: dict[str, Range] = {"standing.margin": _range(choose, 20)}
    for area in AREAS:
        standing[f"standing.{area}.points"] = _range(choose, 20)
        standing[f"standing.{area}.level"] = _range(choose, len(LEVELS) - 1)
    focus = {
        "focus.area": choose.one_of(AREAS),
        "focus.level": choose.number(0, 3),
        "focus.stage": choose.one_of((*STAGES, None)),
        "focus.subject": choose.one_of(("loss", "dispute", "change", "isolation", "none")),
        "focus.agreed": choose.one_of((True, False, None)),
    }
    subject = choose.one_of((*subjects, None))
    return [
        *subjects,
        rows.patient,
        *rows.not_asked,
        standing_row(rows.patient, standing),
        focus_row(subject, rows.patient, focus),
        *_of_a_session(choose, intake),
    ]


def _of_a_session(choose: Chooser, intake: Intake) -> tuple[Row, ...]:
    """Return the rows of the last session of a course, and of the events told in it."""
    course = draw_course(choose, most_sessions=2, intake=intake)
    if not course.check_ins:
        course = course.with_check_in(draw_check_in(choose, course))
    held = evaluate_course(course, load_ruleset(), _compiled()).held[-1]
    return session_rows(held.so_far, facts(held.intake).patient)


@functools.cache
def _compiled() -> Engine:
    """Return what tells where areas stand, for rows that know it; the engine under test has no part in making rows."""
    return CompiledEngine(load_ruleset())


def _staged(choose: Chooser, row: Row) -> Row:
    stages = (*STAGES, None, NOT_ARISING)
    return row.with_values({f"dispute.{name}": choose.one_of(stages) for name in ("stage_found", "stage_used")})


def _range(choose: Chooser, most: int) -> Range:
    one, other = sorted((choose.number(0, most), choose.number(0, most)))
    return Range(one, one if choose.chance(50) else other)


def truths(ruleset: Ruleset, rows: list[Row]) -> list[dict[int, Truth]]:
    """Return, for each row, what each rule of its kind comes to by the definition of the language."""
    return [
        {
            position: trace(rule.condition, row).truth
            for position, rule in enumerate(ruleset.rules)
            if rule.kind == row.kind
        }
        for row in rows
    ]


def differences(
    engine: Engine, ruleset: Ruleset, rows: list[Row], defined: list[dict[int, Truth]] | None = None
) -> list[str]:
    """Return the ids of the rules on which an engine differs from the definition of the language.

    Args:
        engine: the engine under test.
        ruleset: its rules.
        rows: rows of any kinds.
        defined: ``truths`` of the rule set on the rows, where somebody has them already.

    """
    found = []
    defined = truths(ruleset, rows) if defined is None else defined
    for run in PASSES:
        in_pass = [rule.runs_in == run for rule in ruleset.rules]
        for row, expected, held, could in zip(
            rows, defined, engine.holding(run, rows), engine.possible(run, rows), strict=True
        ):
            known = {position for position, truth in expected.items() if truth is True and in_pass[position]}
            open_ = {position for position, truth in expected.items() if truth is not False and in_pass[position]}
            wrong = (known ^ set(held)) | (open_ ^ set(could))
            found += [f"{ruleset.rules[position].id} on a {row.kind} row" for position in sorted(wrong)]
            assert len(set(held)) == len(held), "a rule is found twice on a row"
            assert len(set(could)) == len(could), "a rule is found twice on a row"
    return found


@functools.cache
def _every_comparison_defined() -> tuple[Ruleset, list[Row], list[dict[int, Truth]]]:
    """Return what the definition says of every comparison; told once, since it takes longer than any engine."""
    ruleset, rows = every_comparison(), list(itertools.chain(*_drawn_rows(25)))
    return ruleset, rows, truths(ruleset, rows)


def _drawn_rows(intakes: int) -> Iterator[list[Row]]:
    choose = Seeded(random.Random(SEED))
    for _ in range(intakes):
        yield draw_rows(choose, draw_intake(choose))


class Shares:
    """How often fields were known, ranged, unknown and not arising: a difference that is not tried is not found."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()

    def count(self, rows: list[Row]) -> None:
        """Count the fields of some rows."""
        for row in rows:
            for name in fields_of(row.kind):
                value = row.value(name)
                if value is None:
                    self.seen["unknown"] += 1
                elif value is NOT_ARISING:
                    self.seen["not arising"] += 1
                elif isinstance(value, Range):
                    self.seen["exact number" if value.least == value.most else "wide range"] += 1
                else:
                    self.seen["known"] += 1

    def in_percent(self) -> dict[str, float]:
        """Return the share of each state."""
        total = self.seen.total() or 1
        return {state: round(100 * count / total, 1) for state, count in sorted(self.seen.items())}


class EngineConformance(abc.ABC):
    """Every engine finds exactly the rules that hold, and those that could, by the definition of the language.

    An engine may refuse a few rules of a drawn rule set, each by its id in a ``RulesetError``. It may never differ.
    """

    @abc.abstractmethod
    def make(self, ruleset: Ruleset) -> Engine:
        """Return the engine under test for a rule set."""

    def _made(self, ruleset: Ruleset) -> tuple[Ruleset, Engine]:
        """Return the rules that the engine takes, and the engine."""
        try:
            return ruleset, self.make(ruleset)
        except RulesetError as refused:
            named = {problem.path for problem in refused.problems}
        kept = tuple(rule for rule in ruleset.rules if rule.id not in named)
        assert len(kept) >= 0.9 * len(ruleset.rules), "more than a few rules are refused"
        taken = replace(ruleset, rules=kept)
        return taken, self.make(taken)

    def test_every_comparison(self) -> None:
        """Every operator on every field agrees with the definition, whatever is known."""
        ruleset, rows, defined = _every_comparison_defined()
        assert differences(self.make(ruleset), ruleset, rows, defined) == []

    def test_conditions_of_any_shape(self) -> None:
        """Nested and negated conditions agree with the definition."""
        choose = Seeded(random.Random(SEED))
        for rows in _drawn_rows(40):
            ruleset, engine = self._made(draw_ruleset(choose))
            assert differences(engine, ruleset, rows) == []

    def test_shipped_rules(self) -> None:
        """The shipped rules agree with the definition on generated intakes."""
        ruleset = load_ruleset()
        rows = list(itertools.chain(*_drawn_rows(100)))
        assert differences(self.make(ruleset), ruleset, rows) == []

    def test_order_of_rows_is_kept(self) -> None:
        """What is found for a row does not depend on the rows beside it, nor on their order."""
        ruleset = load_ruleset()
        engine = self.make(ruleset)
        for rows in _drawn_rows(20):
            alone = [engine.holding("evidence", [row])[0] for row in rows]
            assert engine.holding("evidence", rows) == alone
            assert engine.holding("evidence", rows[::-1]) == alone[::-1]

    def test_found_positions_are_sorted(self) -> None:
        """The rules found for a row come in the order of the rule set."""
        ruleset = load_ruleset()
        engine = self.make(ruleset)
        for rows in _drawn_rows(20):
            assert all(list(held) == sorted(held) for held in engine.holding("evidence", rows))

    def test_same_result_as_the_definition(self) -> None:
        """A whole evaluation ends in the same result as on the reference engine."""
        from ipt_rules.engines import ReferenceEngine

        ruleset = load_ruleset()
        engine, reference = self.make(ruleset), ReferenceEngine(ruleset)
        choose = Seeded(random.Random(SEED))
        for _ in range(60):
            intake = draw_intake(choose)
            assert evaluate(intake, ruleset, engine) == evaluate(intake, ruleset, reference)
