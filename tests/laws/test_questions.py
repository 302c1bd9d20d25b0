"""Laws of questions put to an assessment: what is said to be exact is, and nothing said is taken back by what comes later."""

from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipt_rules import IntakeError, assess, example, examples
from ipt_rules.drawn.intakes import Seeded, complete
from ipt_rules.explain.changes import space_of, with_left_out
from ipt_rules.explain.flips import search_flips
from ipt_rules.explain.sufficient import find_sufficient, with_only
from ipt_rules.explain.trials import Trials
from ipt_rules.explain.winners import find_winners
from ipt_rules.facts import facts
from ipt_rules.intake import SUBJECT_LISTS
from ipt_rules.open_answers import with_answers
from ipt_rules.testing.strategies import Drawn, answered, intakes, weighing_rulesets
from tests.laws.support import assessor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ipt_rules import Intake, Ruleset

CASES = examples()


@st.composite
def changed(draw: st.DrawFn) -> tuple[Intake, dict[str, Any]]:
    """Return an intake, and up to three other answers that the ranking of the shipped rules can tell from its own."""
    intake = draw(intakes())
    space = space_of(assessor().ruleset.counting)
    options = {answer.place: space.other_answers(intake, answer.place) for answer in space.changeable(intake)}
    places = [place for place in options if options[place]]
    chosen = draw(st.lists(st.sampled_from(places), max_size=3, unique=True)) if places else []
    changes = {place: draw(st.sampled_from(options[place])) for place in chosen}
    return intake, with_left_out(intake, changes)


def recorded(intake: Intake, changes: Mapping[str, Any]) -> Intake | None:
    """Return the intake with other answers, or None where they contradict the rest."""
    try:
        return with_answers(intake, {**changes, "asked_without_answer": []})
    except IntakeError:
        return None


# ── trials ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


@given(changed())
@settings(max_examples=70)
def test_a_trial_finds_what_a_whole_assessment_finds(given: tuple[Intake, dict[str, Any]]) -> None:
    """Points, bounds, and what is held back are those of the changed intake, though only some rows were made anew."""
    intake, changes = given
    after = recorded(intake, changes)
    if after is None:
        return
    rules = assessor().ruleset
    outcome = Trials(intake, rules).outcome(changes)
    result = assessor().assess(after).result
    assert outcome.outlook == result.outlook
    assert outcome.points == {standing.area: standing.points for standing in result.ranking}
    assert outcome.held_back == {standing.area for standing in result.ranking if standing.held_back_by}
    assert set(outcome.leading) == {standing.area for standing in result.ranking if standing.rank == 1}


@given(changed())
@settings(max_examples=70)
def test_rows_made_since_are_rows_made_anew(given: tuple[Intake, dict[str, Any]]) -> None:
    """Making only those rows again that read a changed answer gives all rows of the changed intake, field for field."""
    intake, changes = given
    after = recorded(intake, changes)
    if after is not None:
        assert facts(after, since=(facts(intake), tuple(changes))) == facts(after)


# ── what if ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@given(intakes())
@settings(max_examples=30)
def test_what_if_of_nothing_changes_nothing(intake: Intake) -> None:
    """Changing no answer, or giving an answer that is given already, makes no difference."""
    assessment = assessor().assess(intake)
    assert assessment.what_if({}).difference.is_empty
    same = [answer for answer in space_of(assessment.ruleset.counting).changeable(intake) if answer.now is not None]
    for answer in same[:3]:
        assert assessment.what_if({answer.place: answer.now}).difference.is_empty


@given(changed())
@settings(max_examples=40)
def test_what_if_and_back_again_is_nothing(given: tuple[Intake, dict[str, Any]]) -> None:
    """What one change gains the way back loses, item by item."""
    intake, changes = given
    after = recorded(intake, changes)
    if after is None:
        return
    there = assessor().assess(intake).what_if(changes)
    assert there.assessment is not None
    assert there.assessment.intake.to_dict() | {"asked_without_answer": []} == after.to_dict() | {
        "asked_without_answer": []
    }
    back = there.assessment.what_if({place: _plain(intake, place) for place in changes})
    assert back.difference.first == tuple(reversed(there.difference.first))
    assert _ids(back.difference.evidence_gained) == _ids(there.difference.evidence_lost)
    assert _ids(back.difference.cautions_lost) == _ids(there.difference.cautions_gained)


def _plain(intake: Intake, place: str) -> Any:
    record: Any = intake.to_dict()
    for step in place.replace("]", "").replace("[", ".").split("."):
        record = record[int(step)] if step.isdigit() else (record or {}).get(step)
    return record


def _ids(items: Any) -> set[tuple[str, str]]:
    return {(item.rule, item.subject) for item in items}


# ── winners ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@given(answered())
@settings(max_examples=15)
def test_winners_only_shrink_as_answers_arrive(given: tuple[Intake, str, Intake]) -> None:
    """An area that could no longer come first never can again, and one that must come first still must."""
    intake, _, more = given
    before, after = (assessor().assess(one).winners() for one in (intake, more))
    assert set(after.areas) <= set(before.areas)
    if before.necessary is not None:
        assert after.necessary == before.necessary


@given(st.data())
@settings(max_examples=12)
def test_a_confirmed_winner_wins(data: st.DataObject) -> None:
    """With the answers that confirm it, an area is at rank 1 in every completion; the necessary one is there alone in any."""
    choose = Drawn(data.draw)  # type: ignore[arg-type]  # a data object draws as a strategy does
    intake = data.draw(intakes())
    found = find_winners(Trials(intake, assessor().ruleset))
    for chance in found.chances:
        if chance.possible and chance.confirmed:
            told = with_answers(intake, {"asked_without_answer": [], **chance.answers})
            ranking = assessor().assess(complete(choose, told)).ranking
            assert next(standing.rank for standing in ranking if standing.area == chance.area) == 1
    completed = assessor().assess(complete(choose, intake))
    assert {standing.area for standing in completed.ranking if standing.rank == 1} <= {
        chance.area for chance in found.chances if chance.possible
    }
    if found.necessary is not None:
        assert completed.first == found.necessary


# ── facts that suffice ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("case", CASES)
def test_a_sufficient_set_survives_any_completion_of_the_rest(case: str) -> None:
    """With the facts alone and everything else answered at random, the same area is first; without any one it is not certain."""
    found = find_sufficient(Trials(example(case), assessor().ruleset))
    assert (found.area is None) is (not assess(example(case)).settled)
    if found.area is None:
        return
    choose = Seeded(random.Random(case))
    for _ in range(10):
        assert assessor().assess(complete(choose, found.intake)).first == found.area
    for place in found.places:
        fewer = with_only(found.intake, [other for other in found.places if other != place])
        assert not assessor().assess(fewer).settled


# ── flips ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("case", CASES)
def test_a_flip_flips(case: str) -> None:
    """The changes of each flip, made one with another, put its area first, alone; the cheapest stand first."""
    assessment = assess(example(case))
    flips = assessment.flips(most=3)
    assert [flip.price for flip in flips.flips] == sorted(flip.price for flip in flips.flips)
    for flip in flips.flips:
        assert flip.to != assessment.first
        assert not flip.is_smallest or flip.price <= flips.at_least[flip.to]  # type: ignore[index]  # areas only
        after = assessment.what_if(_changes(assessment.intake, flip))
        assert after.assessment is not None
        assert after.assessment.first == flip.to


def _changes(intake: Intake, flip: Any) -> dict[str, Any]:
    """Return a flip's changes as answers for ``what_if``."""
    changes: dict[str, Any] = {}
    for change in flip.changes:
        if change.kind == "event":
            part = change.path.partition("[")[0]
            entry = {name: _reference(intake, answer) for name, answer in change.after.value.items()}
            changes[part] = [*(_plain(intake, part) or []), entry]
        elif change.kind != "left_out":
            changes[change.path] = _reference(intake, change.after.value)
    return changes


def _reference(intake: Intake, answer: Any) -> Any:
    if isinstance(answer, str) and answer.startswith("inventory.people["):
        return (intake.inventory.people or ())[int(answer[17:-1])].id
    return answer


def cheaper_sets(intake: Intake, ruleset: Ruleset, price: int) -> Iterator[dict[str, Any]]:
    """Yield every set of changes that costs less than a price, one by one, without any limit or short cut."""
    space = space_of(ruleset.counting)
    changeable = [one for one in space.changeable(intake, arising=False) if one.price < price]
    answers = [(one, space.tellings(intake, one.place)) for one in changeable]
    for size in range(1, price):
        for chosen in itertools.combinations(answers, size):
            if sum(one.price for one, _ in chosen) < price:
                for told in itertools.product(*(options for _, options in chosen)):
                    changes = {one.place: new for (one, _), new in zip(chosen, told, strict=True)}
                    yield with_left_out(intake, changes)


MOST_SETS = 4_000


@given(intakes(), weighing_rulesets())
@settings(max_examples=30)
def test_no_smaller_flip_exists_where_it_says_exact(intake: Intake, ruleset: Ruleset) -> None:
    """Trying every cheaper set of changes, none puts the area first but those that were told, and those that contain one."""
    assert_none_is_missing(intake, ruleset)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_no_smaller_flip_exists_in_a_worked_case(case: str) -> None:
    """By the shipped rules likewise, as far as everything cheaper can be tried."""
    assert_none_is_missing(example(case), assessor().ruleset)


def assert_none_is_missing(intake: Intake, ruleset: Ruleset) -> None:
    """Try what costs less than each flip that is said to be exact, a few thousand sets at the most."""
    found = search_flips(intake, ruleset).flips
    trials = Trials(intake, ruleset)
    for flip in found:
        if flip.exact:
            told = [{place for place, answer in one.changes.items() if answer is not None} for one in found]
            for changes in itertools.islice(cheaper_sets(intake, ruleset, flip.price), MOST_SETS):
                if trials.outcome(changes).first == flip.to and not any(set(changes) >= one for one in told):
                    assert recorded(intake, changes) is None, changes


# ── what to ask ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@given(intakes())
@settings(max_examples=25)
def test_what_an_answer_would_do_is_what_it_does(intake: Intake) -> None:
    """For each question to ask next, each possible answer has the effect that it has once it is given."""
    assessment = assessor().assess(intake)
    for question in assessment.ask_next(3).questions:
        for answer in question.answers:
            given: Any = _reference(intake, answer.answer.value)
            if question.question.path in SUBJECT_LISTS:
                given = [{}] if given else []
            after = assessment.what_if({question.question.path: given}).assessment
            assert after is not None
            assert {standing.area: standing.points for standing in after.ranking} == answer.points
            assert after.settled is answer.settled
            assert {standing.area for standing in after.ranking if standing.rank == 1} == set(answer.first)
