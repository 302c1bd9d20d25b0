"""Laws of the extra ``verify``: what the solver decides is what trying everything finds; what plain search is sure of stands."""

from __future__ import annotations

import itertools
import random
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipt_rules import Intake, IntakeError, MissingExtraError, assess, example, examples
from ipt_rules.drawn.intakes import Seeded, complete, draw_intake
from ipt_rules.explain.changes import space_of
from ipt_rules.explain.clauses import Clauses, Total
from ipt_rules.explain.dates_apart import is_date
from ipt_rules.explain.exact import decide_against, decide_towards, exact_flips, exact_sufficient, exact_winners
from ipt_rules.explain.flips import Search, search_flips
from ipt_rules.explain.solving import completing, solver_class
from ipt_rules.explain.sufficient import find_sufficient
from ipt_rules.explain.trials import Trials
from ipt_rules.explain.winners import find_winners
from ipt_rules.open_answers import with_answers
from ipt_rules.places import at, parse
from ipt_rules.testing.rules import draw_weighing_ruleset
from ipt_rules.testing.strategies import Drawn, intakes, weighing_rulesets
from ipt_rules.words import AREAS
from tests.laws.support import assessor
from tests.laws.test_questions import cheaper_sets, recorded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipt_rules import Ruleset
    from ipt_rules.words import Area

pytest.importorskip("pysat", reason="the extra verify is not installed")

CASES = examples()
PRICES = {"open": 1, "answer": 2, "history": 3, "event": 5}
MOST_SETS = 3_000


def priced(ruleset: Ruleset) -> Ruleset:
    """Return a rule set in which changes have prices that differ."""
    return replace(ruleset, scoring=replace(ruleset.scoring, prices=PRICES))


# ── formulas ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

parts = st.lists(st.dictionaries(st.integers(1, 6), st.integers(0, 3), min_size=1, max_size=2), max_size=4)


@given(parts, parts, st.integers(-8, 12), st.lists(st.booleans(), min_size=4, max_size=4))
@settings(max_examples=150)
def test_a_total_is_the_sum_of_its_strongest_parts(
    good: list[dict[int, int]], bad: list[dict[int, int]], wanted: int, given: list[bool]
) -> None:
    """The literal for "so much or more" is true exactly when the strongest of each part, added up, come to that."""
    clauses = Clauses()
    literals = [clauses.new() for _ in given]
    counted = [{points: literals[one] for points, one in part.items()} for part in good]
    counted += [{-points: literals[one] for points, one in part.items()} for part in bad]
    reached = Total(clauses, counted).at_least(wanted)
    chosen = [literal if truth else -literal for literal, truth in zip(literals, given, strict=True)]
    plus, minus = (
        sum(max([0, *(points for points, one in part.items() if given[one])]) for part in side) for side in (good, bad)
    )
    with solver_class()(bootstrap_with=clauses.clauses) as solver:
        assert solver.solve(assumptions=[*chosen, reached]) is (plus - minus >= wanted)
        assert solver.solve(assumptions=[*chosen, -reached]) is (plus - minus < wanted)


# ── flips ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def assert_is_the_cheapest(intake: Intake, ruleset: Ruleset, most: int = MOST_SETS) -> bool:
    """Ask the solver alone for each area's cheapest set, and try all sets that cost less; return whether all could be tried."""
    trials = Trials(intake, ruleset)
    areas: list[Area] = [area for area in AREAS if area != trials.base.first]
    found = {area: exact_flips(Search((), {area: 1}), trials, 1) for area in areas}
    below = {area: one.flips[0].price if one.flips else one.at_least[area] for area, one in found.items()}
    for one in found.values():
        for flip in one.flips:
            after = recorded(intake, flip.changes)
            assert after is not None
            assert assess(after, ruleset=ruleset, engine="compiled").first == flip.to
    cheaper = list(itertools.islice(cheaper_sets(intake, ruleset, max(below.values(), default=1)), most))
    for changes in cheaper:
        first = trials.outcome(changes).first
        if first in below and _price(intake, ruleset, changes) < below[first]:
            assert recorded(intake, changes) is None, changes
    return len(cheaper) < most and all(below[area] == PRICES["event"] or found[area].flips for area in areas)


def _price(intake: Intake, ruleset: Ruleset, changes: dict[str, Any]) -> int:
    prices = {one.place: one.price for one in space_of(ruleset.counting).changeable(intake, arising=False)}
    return sum(prices[place] for place, answer in changes.items() if answer is not None)


@given(intakes(), weighing_rulesets())
@settings(max_examples=12)
def test_the_solver_finds_the_cheapest_flip(intake: Intake, ruleset: Ruleset) -> None:
    """For rules of any shape, what it finds flips, and no cheaper set does, as far as a few hundred go."""
    assert_is_the_cheapest(intake, priced(ruleset), most=500)


@pytest.mark.slow
def test_the_solver_finds_the_cheapest_flip_of_many() -> None:
    """The same for many drawn intakes and rule sets; in most of them all cheaper sets can be tried, and nothing stays open."""
    tried = []
    for seed in range(300):
        choose = Seeded(random.Random(seed))
        intake = draw_intake(choose, most_subjects=2, most_people=3)
        tried.append(assert_is_the_cheapest(intake, priced(draw_weighing_ruleset(choose, rules=14))))
    assert sum(tried) > len(tried) // 2


@pytest.mark.parametrize("case", CASES[:: len(CASES) // 8])
def test_flips_of_some_worked_cases_are_decided(case: str) -> None:
    """As below, for a few."""
    assert_flips_are_decided(case)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_flips_of_worked_cases_are_decided(case: str) -> None:
    """By the shipped rules each area's cheapest flip is exact, or there surely is none below one more event; each was evaluated."""
    assert_flips_are_decided(case)


def assert_flips_are_decided(case: str) -> None:
    """Decide the flips to each area, and compare them with those of plain search."""
    trials = Trials(example(case), assessor().ruleset)
    event = trials.ruleset.scoring.prices["event"]
    for area in AREAS:
        if area != trials.base.first:
            plain = search_flips(trials.intake, trials.ruleset, to=area, most=1, trials=trials)
            exact = exact_flips(plain, trials, 1)
            assert all(flip.exact for flip in exact.flips)
            assert exact.flips or exact.at_least[area] == event
            for flip in exact.flips:
                after = recorded(trials.intake, flip.changes)
                assert after is not None
                assert assessor().assess(after).first == area
            for flip in plain.flips:
                assert exact.flips[0].price <= flip.price
                assert exact.flips[0].price == flip.price or not flip.exact


# ── completions ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def few_open(choose: Any, ruleset: Ruleset) -> tuple[Intake, dict[str, tuple[Any, ...]]] | None:
    """Return an intake with a few open questions and nothing else to complete, and their options; None where that fails."""
    space = space_of(ruleset.counting)
    intake = complete(choose, draw_intake(choose, most_subjects=1, most_people=2))
    partial = [one.place for one in space.open_answers(intake) if is_date(one.place)]
    days = {place: at(intake, parse(place)).span(intake.assessed_on)[0].isoformat() for place in partial}
    intake = with_answers(intake, days)
    known = [
        one.place
        for one in space.changeable(intake)
        if one.place.rpartition(".")[2] not in ("onset", "when", "began", "kind", "status", "person")
    ]
    try:
        few = with_answers(intake, dict.fromkeys([choose.one_of(known) for _ in range(4)] if known else []))
    except IntakeError:
        return None
    found = space.open_answers(few)
    options = {one.place: space.other_answers(few, one.place, completing=True) for one in found}
    return few, {place: answers for place, answers in options.items() if answers}


def completed(intake: Intake, options: dict[str, tuple[Any, ...]]) -> Iterator[Intake]:
    """Yield every completion that contradicts nothing."""
    for chosen in itertools.product(*options.values()):
        told = recorded(intake, dict(zip(options, chosen, strict=True)))
        if told is not None:
            yield told


@pytest.mark.parametrize("seed", range(25))
def test_the_solver_decides_as_every_completion_does(seed: int) -> None:
    """An area can lead, or not be first alone, exactly when some completion makes it so."""
    choose = Seeded(random.Random(seed))
    ruleset = draw_weighing_ruleset(choose, rules=14)
    drawn = few_open(choose, ruleset)
    if drawn is None:
        return
    intake, options = drawn
    outcomes = [Trials(told, ruleset).base for told in completed(intake, options)]
    for area in AREAS if outcomes else ():  # answers that fit no kind of loss leave the kind open for good
        towards, against = (decide(area, Trials(intake, ruleset)) for decide in (decide_towards, decide_against))
        assert towards.is_sure
        assert against.is_sure
        assert (towards.answers is not None) is any(area in one.leading for one in outcomes)
        assert (against.answers is not None) is any(one.first != area for one in outcomes)


def assert_nothing_is_ruled_out_wrongly(choose: Any, intake: Intake, ruleset: Ruleset, completions: int) -> None:
    """Where the solver says that nothing puts an area first, or takes the first place away, completions do not either."""
    trials = Trials(intake, ruleset)
    outcomes = [Trials(complete(choose, intake), ruleset).base for _ in range(completions)]
    for area in AREAS:
        towards, against = (decide(area, trials) for decide in (decide_towards, decide_against))
        if towards.is_sure and towards.answers is None:
            assert not any(area in one.leading for one in outcomes)
        if against.is_sure and against.answers is None:
            assert all(one.first == area for one in outcomes)


@given(st.data())
@settings(max_examples=20)
def test_no_completion_does_what_the_solver_rules_out(data: st.DataObject) -> None:
    """For intakes and rules of any shape, no random completion is one that there is said not to be."""
    choose = Drawn(data.draw)  # type: ignore[arg-type]  # a data object draws as a strategy does
    assert_nothing_is_ruled_out_wrongly(choose, data.draw(intakes()), data.draw(weighing_rulesets()), 3)


@pytest.mark.parametrize(
    ("seed", "rules", "most"),
    [
        (4, 12, (2, 3)),
        (25, 12, (2, 3)),
        (4, 0, (2, 3)),  # without a number of rules they are the shipped ones
        pytest.param(8, 0, (2, 3), marks=pytest.mark.slow),
        (
            10467,
            25,
            (3, 6),
        ),  # some questions were asked without an answer and do not arise any more once others are answered
    ],
)
def test_a_question_that_nothing_can_answer_stays_open(seed: int, rules: int, most: tuple[int, int]) -> None:
    """A loss told with answers that fit no kind leaves its kind open in every completion, and rules out none of them."""
    choose = Seeded(random.Random(seed))
    intake = draw_intake(choose, most_subjects=most[0], most_people=most[1])
    ruleset = draw_weighing_ruleset(choose, rules=rules) if rules else assessor().ruleset
    assert_nothing_is_ruled_out_wrongly(choose, intake, ruleset, 10)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(0, 2000, 200))
def test_no_completion_does_what_the_solver_rules_out_of_many(start: int) -> None:
    """The same for many drawn intakes and rule sets, large and small."""
    for seed in range(start, start + 200):
        choose = Seeded(random.Random(seed))
        intake = draw_intake(choose, most_subjects=choose.number(1, 2), most_people=3)
        ruleset = draw_weighing_ruleset(choose, rules=choose.one_of((8, 12, 20)))
        assert_nothing_is_ruled_out_wrongly(choose, intake, ruleset, 6)


TOLD_OF_A_DEATH: dict[str, Any] = {"losses": [{"illness_like_deceased": True, "person": "p"}]}


@pytest.mark.parametrize(
    ("told", "kept_open"),
    [
        ({"losses": [{"mourning": "stalled", "lacks_mastery": True}]}, {"losses[0].kind"}),
        ({**TOLD_OF_A_DEATH, "inventory": {"people": [{"id": "p"}]}}, {"losses[0].kind"}),
        ({**TOLD_OF_A_DEATH, "inventory": {"people": [{"id": "p", "status": "past"}]}}, {"losses[0].kind"}),
        ({**TOLD_OF_A_DEATH, "inventory": {"people": [{"id": "p", "status": "deceased"}]}}, set()),
        ({"disputes": [{"stage": "impasse"}], "inventory": {"people": [{"id": "p"}]}}, {"disputes[0].person"}),
        ({"losses": [{}], "disputes": [{}], "inventory": {"people": [{"id": "p"}]}}, set()),
    ],
)
def test_only_what_others_rule_out_may_stay_open(told: dict[str, Any], kept_open: set[str]) -> None:
    """A completion answers every question but those of which each answer contradicts what is told, or a person's status."""
    trials = Trials(Intake.model_validate({"assessed_on": "2026-03-14", **told}), assessor().ruleset)
    options = completing(trials, space_of(trials.ruleset)).choices.options
    assert {place for place, answers in options.items() if answers[-1] is None and len(answers) > 1} == kept_open


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_plain_winners_are_those_of_the_solver(case: str) -> None:
    """On the worked cases, whose winners plain search decides, the solver contradicts none of them."""
    trials = Trials(example(case), assessor().ruleset)
    found = find_winners(trials)
    assert found.exact
    assert exact_winners(found, trials) == found
    for chance in found.chances:
        towards = decide_towards(chance.area, trials)
        assert not towards.is_sure or (towards.answers is not None) is chance.possible


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_sufficient_facts_still_suffice_when_some_are_spared(case: str) -> None:
    """With what the solver leaves and everything else answered at random, the same area is first."""
    trials = Trials(example(case), assessor().ruleset)
    plain = find_sufficient(trials)
    found = exact_sufficient(plain, trials)
    assert found.area == plain.area
    assert set(found.places) <= set(plain.places)
    choose = Seeded(random.Random(case))
    for _ in range(20 if found.area else 0):
        assert assessor().assess(complete(choose, found.intake)).first == found.area


# ── the extra ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_exact_without_the_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the solver is not installed, exact answers are refused, and plain ones given all the same."""
    monkeypatch.setitem(sys.modules, "pysat", None)
    monkeypatch.setitem(sys.modules, "pysat.solvers", None)
    assessment = assess(example("tie"))
    for question in (assessment.winners, assessment.flips, assessment.sufficient_facts):
        question()
        with pytest.raises(MissingExtraError, match=r'pip install "ipt-rules\[verify\]"'):
            question(exact=True)
    with pytest.raises(MissingExtraError):
        assessment.why_not("deficits", exact=True)


def test_plain_questions_load_no_solver() -> None:
    """So that no answer depends on what is installed."""
    asked = "import sys; from ipt_rules import assess, example; one = assess(example('tie'), engine='compiled'); one.flips()"
    told = "one.winners(); one.sufficient_facts(); one.why_not('deficits'); print('pysat' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", f"{asked}; {told}"], capture_output=True, text=True, check=True)  # noqa: S603  # ours
    assert done.stdout == "False\n"


def test_exact_flips_are_told_as_such() -> None:
    """An assessment's exact answer says so, and names a set that plain search missed."""
    assessment = assess(example("many_deaths_in_a_war"))
    assert not assessment.flips(to="transitions", most=1).flips
    exact = assessment.flips(to="transitions", most=1, exact=True)
    assert exact.to_dict()["certainty"] == "exact"
    assert [flip.price for flip in exact.flips] == [4]
    smallest = assessment.why_not("transitions", exact=True).smallest
    assert smallest == exact.flips[0]
