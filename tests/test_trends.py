"""The table of what more of an answer can do to the points of the areas, held against intakes that differ in one answer."""

from __future__ import annotations

import functools
import random
from typing import TYPE_CHECKING, Any, Final

import pytest

from ipt_rules import load_ruleset
from ipt_rules.assessor import Assessor
from ipt_rules.drawn.intakes import Seeded, draw_intake
from ipt_rules.drawn.varied import given_places, with_plain
from ipt_rules.errors import IntakeError
from ipt_rules.intake import Intake
from ipt_rules.places import parse, pattern
from ipt_rules.ruleset.conditions import comparisons
from ipt_rules.values import NotArising, Range
from ipt_rules.verify import Table, monotonicity
from ipt_rules.verify.monotone import is_ordered
from ipt_rules.verify.pairs import evidence_rules
from ipt_rules.vocabulary import fields, fields_of
from ipt_rules.words import AREAS
from tests.helpers import MINI, write

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ipt_rules.facts import Row
    from ipt_rules.pipeline import Result
    from ipt_rules.ruleset.model import Ruleset
    from ipt_rules.words import Area

_ALLOWING: Final = {1: ("rises", "either", "undecided"), -1: ("falls", "either", "undecided")}

Moves = set[tuple[str, int]]
"""Fields, with 1 where there is more of one, and -1 where there is less."""


@functools.cache
def _shipped() -> tuple[Ruleset, Table]:
    ruleset = load_ruleset()
    return ruleset, monotonicity(ruleset)


class _Law:
    """Holds the table of a rule set against pairs of intakes."""

    def __init__(self, ruleset: Ruleset, table: Table | None = None) -> None:
        self._table = table or monotonicity(ruleset)
        self._reads = {one.field for rule in evidence_rules(ruleset) for one in comparisons(rule.condition)}
        self._assessor = Assessor(ruleset, "compiled")
        read = [fields()[name] for name in self._table.trends]
        self.places = frozenset(place for field in read for place in (field.path, *field.reads))
        self.tried = 0

    def broken_by(self, less: Intake, more: Intake) -> list[tuple[Area, int, int, Moves]]:
        """Return the areas that move as no field allows that moved: points before and after, and the fields."""
        before, after = (self._assessor.assess(intake).result for intake in (less, more))
        moves = self._moves(before, after)
        if not moves:
            return []
        self.tried += 1
        points = [{one.area: one.points for one in result.ranking} for result in (before, after)]
        return [
            (area, points[0][area], points[1][area], moves)
            for area in AREAS
            if points[0][area] != points[1][area]
            and not self._allows(moves, area, 1 if points[1][area] > points[0][area] else -1)
        ]

    def _allows(self, moves: Moves, area: Area, sign: int) -> bool:
        return any(self._table.trends[name][area] in _ALLOWING[sign * moved] for name, moved in moves)

    def _moves(self, before: Result, after: Result) -> Moves | None:
        """Return what moved; None where something did that has no order, came to be known, or came to arise."""
        rows = [{(one.row.kind, one.row.place): one.row for one in result.evaluated} for result in (before, after)]
        found: Moves = set()
        for key, row in rows[0].items():
            for name in self._reads & {*fields_of(row.kind)}:
                signs = _signs(name, row, rows[1][key])
                if signs is None:
                    return None
                found |= {(name, sign) for sign in signs}
        return found


def _signs(name: str, less: Row, more: Row) -> set[int] | None:
    one, other = less.value(name), more.value(name)
    if isinstance(one, NotArising) and isinstance(other, NotArising):
        return set()
    if one is other or one == other:
        return set()
    if one is None or other is None or isinstance(one, NotArising) or isinstance(other, NotArising):
        return None
    if not is_ordered(fields()[name]):
        return None
    ends = [value if isinstance(value, Range) else Range(int(value), int(value)) for value in (one, other)]
    return {1 if after > before else -1 for before, after in zip(*ends, strict=True) if after != before}


def _ordered_answers() -> dict[str, Sequence[Any]]:
    """Return the places of answers that have an order, as patterns, with what can be answered there, least first."""
    found: dict[str, Sequence[Any]] = {}
    for field in fields().values():
        if not field.is_derived and is_ordered(field):
            low, high = field.bounds or (0, 0)
            found[field.path] = (False, True) if field.type == "flag" else field.options or tuple(range(low, high + 1))
    return found


_ANSWERS: Final = _ordered_answers()


def _with_more(choose: Seeded, intake: Intake, place: str) -> Intake | None:
    """Return the intake with more at a place; None where there can be no more, or it contradicts another answer."""
    values = _ANSWERS[pattern(place)]
    given: Any = intake.to_dict()
    for step in parse(place):
        given = given[step]
    more = values[values.index(given) + 1 :]
    try:
        return with_plain(intake, {place: choose.one_of((more[0], choose.one_of(more)))}) if more else None
    except IntakeError:
        return None


def _pairs(seeds: range, wanted: frozenset[str], *, each: int = 3) -> Iterator[tuple[Intake, Intake]]:
    """Yield drawn intakes, each with some others in which there is more of one answer."""
    for seed in seeds:
        choose = Seeded(random.Random(seed))
        intake = draw_intake(choose)
        places = [place for place in given_places(intake) if pattern(place) in wanted & _ANSWERS.keys()]
        for _ in range(each if places else 0):
            more = _with_more(choose, intake, choose.one_of(places))
            if more is not None:
                yield intake, more


def _directed(table: Table, *, each: int) -> Iterator[tuple[Intake, Intake]]:
    """Yield pairs for each recorded field of a table, on intakes drawn with its answer."""
    for number, name in enumerate(name for name in table.trends if not fields()[name].is_derived):
        choose = Seeded(random.Random(number))
        found = 0
        for _ in range(20 * each):
            intake = draw_intake(choose)
            places = [place for place in given_places(intake) if pattern(place) == fields()[name].path]
            more = _with_more(choose, intake, choose.one_of(places)) if places else None
            if more is not None:
                yield intake, more
                found += 1
            if found == each:
                break


def test_no_area_moves_against_the_table() -> None:
    """Of drawn intakes that differ in one answer, the one with more of it has no area where the table does not let it be."""
    law = _Law(*_shipped())
    assert [broken for pair in _pairs(range(150), law.places) for broken in law.broken_by(*pair)] == []
    assert law.tried >= 200


def test_no_area_moves_against_the_row_of_a_field() -> None:
    """The same on pairs for each recorded field of the table."""
    law = _Law(*_shipped())
    assert [broken for pair in _directed(_shipped()[1], each=2) for broken in law.broken_by(*pair)] == []
    assert law.tried >= 70


# ── directed pairs ───────────────────────────────────────────────────────────────────────────────────────────────────────

_SAID: Final = "  because: So it is.\n  basis: inference\n  cites: [{ref: manual, at: ch. 1, seen: read}]\n"


def _points(ruleset: Ruleset, area: Area, plain: dict[str, Any]) -> int:
    ranking = Assessor(ruleset, "compiled").assess(Intake.model_validate(plain)).result.ranking
    return next(one.points for one in ranking if one.area == area)


@pytest.mark.parametrize(
    ("field", "subject"),
    [
        ("dispute.about_a_change", {}),
        ("loss.role_changed", {"kind": "death", "mourning": "moving"}),
        ("change.unexpected", {}),
        ("change.lacks_mastery", {}),
    ],
)
def test_a_first_focus_can_lower_its_area(field: str, subject: dict[str, Any]) -> None:
    """What supports an area on a subject's row brings what opposes it there: 1 point without a subject becomes none."""
    ruleset, table = _shipped()
    kind, _, answer = field.partition(".")
    points = []
    for told in (False, True):
        plain: dict[str, Any] = {"assessed_on": "2024-02-29", "episode": {"condition": "ptsd"}}
        about = {**subject, "tied_to_episode": False, answer: told}
        points.append(_points(ruleset, "transitions", {**plain, {"loss": "losses"}.get(kind, f"{kind}s"): [about]}))
    assert points == [1, 0]
    assert table.trends[field]["transitions"] == "either"


def test_the_law_finds_a_table_that_says_too_much() -> None:
    """With "rises" in the place of "either" the law is broken by the pair that shows it."""
    ruleset, table = _shipped()
    trends = {name: dict(row) for name, row in table.trends.items()}
    trends["dispute.about_a_change"]["transitions"] = "rises"
    plain = {"assessed_on": "2024-02-29", "episode": {"condition": "ptsd"}}
    less, more = (
        Intake.model_validate({**plain, "disputes": [{"tied_to_episode": False, "about_a_change": told}]})
        for told in (False, True)
    )
    broken = _Law(ruleset, Table(trends)).broken_by(less, more)
    assert [(area, before, after) for area, before, after, _ in broken] == [("transitions", 1, 0)]


# ── small rule sets ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _counts(number: int, when: str, then: str, strength: str, *, kind: str = "patient", body: str = "") -> str:
    evidence = f"  evidence: {body}\n" if body else ""
    lines = f"- id: own.r{number}\n  for: {kind}\n  when: {when}\n  {then}\n  strength: {strength}\n{evidence}"
    return lines + _SAID


def _small(folder: Path, *rules: str) -> Ruleset:
    return load_ruleset(write(folder, {**MINI, "own.yaml": "".join(rules)}))


_BY_AGE: Final = (
    _counts(1, "{patient.phq9: {at_most: 9}}", "supports: transitions", "moderate", body="phq9"),
    _counts(
        2, "{patient.phq9: {at_least: 10}, patient.age: {at_least: 30}}", "supports: transitions", "strong", body="phq9"
    ),
    _counts(
        3, "{patient.phq9: {at_least: 10}, patient.age: {at_most: 29}}", "supports: transitions", "strong", body="phq9"
    ),
)
_OF_A_RANGE: Final = (
    _counts(1, "{network.confidants: {at_most: 1}}", "supports: deficits", "moderate", body="few"),
    _counts(2, "{network.confidants: {at_least: 2}}", "supports: deficits", "strong", body="few"),
)
_WITH_A_FOCUS: Final = (
    _counts(1, "{patient.medication: none}", "supports: transitions", "moderate"),
    _counts(2, "{change.unexpected: true}", "supports: transitions", "slight", kind="change"),
    _counts(3, "{change.wanted: true}", "opposes: transitions", "strong", kind="change"),
)


def test_an_answer_not_known_counts_too(tmp_path: Path) -> None:
    """Where the upper of two bands is split by the age, one point more takes all of them from somebody whose age nobody knows."""
    ruleset = _small(tmp_path, *_BY_AGE)
    plain = {"assessed_on": "2024-02-29"}
    assert [_points(ruleset, "transitions", {**plain, "episode": {"phq9": score}}) for score in (9, 10)] == [2, 0]
    assert monotonicity(ruleset).trends["patient.phq9"]["transitions"] == "either"


def test_a_number_known_within_limits_counts_too(tmp_path: Path) -> None:
    """From one confidant to one or two, neither band holds."""
    assert monotonicity(_small(tmp_path, *_OF_A_RANGE)).trends["network.confidants"]["deficits"] == "either"


def test_a_capped_area_is_moved_by_its_first_focus(tmp_path: Path) -> None:
    """Two points without a subject become none with a change that more opposes than supports."""
    trends = monotonicity(_small(tmp_path, *_WITH_A_FOCUS)).trends
    assert (trends["change.unexpected"]["transitions"], trends["change.wanted"]["transitions"]) == ("either", "falls")


@pytest.mark.parametrize("rules", [_BY_AGE, _OF_A_RANGE, _WITH_A_FOCUS], ids=["unknown", "range", "focus"])
def test_no_area_moves_against_the_table_of_small_rules(tmp_path: Path, rules: tuple[str, ...]) -> None:
    """The law holds for rules made to break it."""
    law = _Law(_small(tmp_path, *rules))
    assert [broken for pair in _pairs(range(1000, 1060), law.places) for broken in law.broken_by(*pair)] == []
