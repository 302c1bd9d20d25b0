"""Questions put to an assessment, on rule sets small enough to answer them by hand."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from ipt_rules import Assessment, IntakeError, assess, example, examples, load_ruleset
from ipt_rules.engines.reference import trace
from ipt_rules.explain.why import prove
from tests.helpers import MARK, MINI, intake, marked, write_mini
from tests.test_ranking import (
    ALL_NO,
    DEATH,
    GUILT,
    PREOCCUPIED,
    SETTLED,
    SUDDEN,
    TRAUMATIC,
    closed,
    points_of,
    rule,
    ruleset,
)

if TYPE_CHECKING:
    from pathlib import Path

    from ipt_rules import Ruleset

PRICES = "prices: {open: 1, answer: 2, history: 4, event: 10}\nhistory: [loss.sudden]\n"
COVERT = rule("covert", "dispute", "dispute.covert: true", "supports disputes moderate")
WORK = rule("work", "change", "change.lacks_mastery: true", "supports transitions strong")
NO = {**DEATH, **ALL_NO}


def priced(folder: Path, *rules: str) -> Ruleset:
    """Return a rule set of these rules in which changes have prices, and "sudden" tells of what has happened."""
    write_mini(folder, rules="".join(rules), scoring=MINI["scoring.yaml"] + PRICES)
    return load_ruleset(folder)


# ── why ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_why_adds_up(tmp_path: Path) -> None:
    """Each body of evidence counts once, what opposes is taken away, and the sum is told on one line."""
    rules = ruleset(tmp_path, SUDDEN, TRAUMATIC, GUILT, SETTLED)
    loss = {**NO, "sudden": True, "traumatic": True, "guilt_or_anger": True, "mourning": "settled"}
    why = assess(intake(**closed(losses=[loss])), rules).why("grief")
    assert [tuple(entry) for entry in why.gains] == [("death", "sudden", 4), ("guilt", "guilt", 2)]
    assert [tuple(entry) for entry in why.losses] == [("settled", "settled", 2)]
    assert (why.sum_in_words, why.points, why.level, why.rank) == ("4 + 2 - 2 = 4", 4, "likely", 1)
    assert [(one.reason.rule, one.supports, one.reason.counts) for one in why.arguments] == [
        ("sudden", True, True),
        ("guilt", True, True),
        ("traumatic", True, False),
        ("settled", False, True),
    ]


def test_a_proof_shows_what_held_and_where_it_stands(tmp_path: Path) -> None:
    """Of several ways in which a rule can hold, the proof shows those that do, each with its value and place."""
    held_back = rule(
        "held", "loss", "loss.kind: death, any: [{loss.sudden: true}, {loss.traumatic: true}]", "supports grief strong"
    )
    rules = ruleset(tmp_path, held_back)
    (argument,) = assess(intake(**closed(losses=[{**NO, "sudden": True}])), rules).why("grief").arguments
    compared = [(one.path, one.value, one.truth) for one in argument.proof.comparisons()]
    assert compared == [("losses[0].kind", "death", True), ("losses[0].sudden", True, True)]
    assert argument.proof.joined == "all"


def test_why_of_another_focus(tmp_path: Path) -> None:
    """A focus that is not the area's best can be asked for; one that is not there is told, with those that are."""
    rules = ruleset(tmp_path, SUDDEN, GUILT)
    both = [{**NO, "sudden": True}, {**NO, "guilt_or_anger": True}]
    assessment = assess(intake(**closed(losses=both)), rules)
    assert (assessment.why("grief").subject, assessment.why("grief", "losses[1]").points) == ("losses[0]", 2)
    with pytest.raises(KeyError, match=r"losses\[0\], losses\[1\]"):
        assessment.why("grief", "losses[2]")
    with pytest.raises(KeyError, match="grief, disputes, transitions, deficits"):
        assessment.why("sadness")


@pytest.mark.parametrize("case", examples())
def test_every_why_adds_up_to_the_points(case: str) -> None:
    """In every worked case gains less losses, within the limits, are the points; and every proof holds by its own parts."""
    assessment = assess(example(case))
    for standing in assessment.ranking:
        why = assessment.why(standing.area)
        total = sum(one.points for one in why.gains) - sum(one.points for one in why.losses)
        assert why.points == standing.points == max(0, total if why.capped_at is None else why.capped_at)
        for argument in why.arguments:
            assert argument.proof.truth is True
            assert all(one.truth is True for one in argument.proof.comparisons())


def test_a_focus_without_subject_is_capped(tmp_path: Path) -> None:
    """Where nothing is recorded to work on, the points are cut to the top of "possible", and the sum says so."""
    old = rule("old", "patient", "patient.age: {at_least: 70}", "supports grief decisive")
    why = assess(intake(**closed(patient={"age": 80})), ruleset(tmp_path, old)).why("grief")
    assert (why.subject, why.points, why.capped_at) == (None, 3, 3)
    assert why.sum_in_words == "6 = 6, at most 3 without a subject"


# ── why not ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_why_not_names_the_nearest_rules_and_what_they_lack(tmp_path: Path) -> None:
    """Rules that lack one thing come before those that lack two; what is false and what is unknown are told apart."""
    two = rule("two", "loss", "loss.preoccupied: true, loss.rituals_missed: true", "supports grief decisive")
    rules = ruleset(tmp_path, GUILT, two, COVERT)
    loss = {**DEATH, "guilt_or_anger": False, "rituals_missed": False}
    why_not = assess(intake(**closed(losses=[loss], disputes=[{"covert": True}])), rules).why_not("grief")
    told = [(miss.rule, miss.points, [(one.status, one.proof.path) for one in miss.lacking]) for miss in why_not.near]
    assert told == [
        ("guilt", 2, [("false", "losses[0].guilt_or_anger")]),
        ("two", 6, [("unknown", "losses[0].preoccupied"), ("false", "losses[0].rituals_missed")]),
    ]
    assert [path for path, _ in why_not.near[1].lacking[0].asks] == ["losses[0].preoccupied"]
    assert (why_not.is_first, why_not.rank, why_not.ahead) == (False, None, (("disputes", 2),))


def test_evidence_that_counts_already_is_no_near_miss(tmp_path: Path) -> None:
    """Of a body of evidence that counts, only a stronger rule is near, and it is worth what it would add."""
    decisive = rule("certain", "loss", "loss.preoccupied: true", "supports grief decisive", "death")
    rules = ruleset(tmp_path, SUDDEN, TRAUMATIC, decisive)
    loss = {**NO, "sudden": True}
    near = assess(intake(**closed(losses=[loss])), rules).why_not("grief").near
    assert [(miss.rule, miss.points, miss.gain) for miss in near] == [("certain", 6, 2)]


def test_what_does_not_arise_is_no_near_miss(tmp_path: Path) -> None:
    """A rule about mourning is not near where nobody has died: no answer could make it hold."""
    rules = ruleset(tmp_path, SETTLED.replace("opposes", "supports"), PREOCCUPIED)
    assert assess(intake(**closed(losses=[{"kind": "job"}])), rules).why_not("grief").near == ()


@pytest.mark.parametrize("case", ["grief", "three_areas_at_once", "violence_not_asked", "nothing_known"])
def test_every_near_miss_lacks_what_it_is_said_to_lack(case: str) -> None:
    """No near rule holds, each of its comparisons has the status that the definition of the language gives it."""
    assessment = assess(example(case))
    rows = {
        (one.row.kind, one.row.place): one.row
        for one in assessment.result.evaluated
        if one.row.place or one.row.kind == "patient"
    }
    for area in ("grief", "disputes", "transitions", "deficits"):
        for miss in assessment.why_not(area, most=20).near:
            found = assessment.ruleset.rule(miss.rule)
            row = rows[found.kind, miss.subject]
            assert trace(found.condition, row).truth is not True
            whole = {(one.said, one.truth) for one in prove(trace(found.condition, row), row).comparisons()}
            for lacking in miss.lacking:
                assert (lacking.proof.said, {"false": False, "unknown": None}[lacking.status]) in whole
                assert bool(lacking.asks) <= (lacking.status == "unknown")


# ── flips ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def flips(assessment: Assessment, **asked: Any) -> list[tuple[str, int, bool, list[tuple[str, str, object]]]]:
    """Return area, price, exactness and changes of each flip."""
    return [
        (flip.to, flip.price, flip.is_smallest, [(one.path, one.kind, one.after.value) for one in flip.changes])
        for flip in assessment.flips(**asked).flips
    ]


def test_the_cheapest_change_comes_first(tmp_path: Path) -> None:
    """Answering what is open costs less than changing an answer, what has happened more, one more event most."""
    rules = priced(tmp_path, SUDDEN, GUILT, PREOCCUPIED.replace("slight", "decisive"), COVERT)
    loss = {**NO, "sudden": False, "guilt_or_anger": False, "preoccupied": None}
    assessment = assess(intake(**closed(losses=[loss], disputes=[{"covert": True}])), rules)
    assert flips(assessment, to="grief") == [
        ("grief", 1, True, [("losses[0].preoccupied", "open", True)]),
        ("grief", 4, True, [("losses[0].sudden", "history", True)]),
        ("grief", 4, True, [("losses[0].guilt_or_anger", "answer", True), ("disputes[0].covert", "answer", False)]),
    ]


def test_one_more_event_where_nothing_less_will_do(tmp_path: Path) -> None:
    """With nothing recorded that could change, one more event is named, with as few answers as it takes."""
    rules = priced(tmp_path, WORK, COVERT)
    assessment = assess(intake(**closed(disputes=[{"covert": True}])), rules)
    assert flips(assessment, to="transitions") == [
        ("transitions", 10, True, [("changes[0]", "event", {"lacks_mastery": True})])
    ]
    assert assessment.flips(to="grief").flips == ()


def test_answers_that_do_not_arise_any_more_are_left_out(tmp_path: Path) -> None:
    """Where another kind of loss flips the ranking, the answers about the death go with it, and that is told."""
    job = rule("job", "loss", "loss.kind: job", "supports transitions strong")
    rules = priced(tmp_path, job, rule("dead", "loss", "loss.kind: death", "supports grief strong"))
    assessment = assess(intake(**closed(losses=[{"kind": "death", "sudden": True}])), rules)
    (flip,) = assessment.flips(to="transitions", most=1).flips
    assert [(one.path, one.kind, one.after.value) for one in flip.changes] == [
        ("losses[0].kind", "answer", "job"),
        ("losses[0].sudden", "left_out", None),
    ]
    after = assessment.what_if({"losses[0].kind": "job"})
    assert [(one.path, one.kind) for one in after.changes] == [
        ("losses[0].kind", "answer"),
        ("losses[0].sudden", "left_out"),
    ]


OLD_OR_LOST = (
    rule("old", "patient", "patient.age: {at_least: 70}", "supports grief decisive"),
    rule("lost", "loss", "loss.kind: death", "opposes grief decisive"),
    PREOCCUPIED,
)
"""A loss has fewer points for grief than age has without one: to become a focus takes from the area, to cease to be one adds."""


def test_what_becomes_a_focus_may_take_points(tmp_path: Path) -> None:
    """One more finding in favour of an area can lower it, where it makes a focus of a subject with much against it."""
    rules = priced(tmp_path, *OLD_OR_LOST, COVERT)
    assessment = assess(intake(**closed(losses=[NO], disputes=[{"covert": True}], patient={"age": 80})), rules)
    assert (assessment.first, points_of(assessment, "grief")) == ("grief", 3)
    assert ("disputes", 2, True, [("losses[0].preoccupied", "answer", True)]) in flips(assessment, to="disputes")


def test_what_ceases_to_be_a_focus_may_leave_more_points(tmp_path: Path) -> None:
    """One finding less in favour of an area can raise it, where the subject with much against it is a focus no more."""
    rules = priced(tmp_path, *OLD_OR_LOST, COVERT)
    loss = {**NO, "preoccupied": True}
    assessment = assess(intake(**closed(losses=[loss], disputes=[{"covert": True}], patient={"age": 80})), rules)
    assert (assessment.first, points_of(assessment, "grief")) == ("disputes", 1)
    assert ("grief", 2, True, [("losses[0].preoccupied", "answer", False)]) in flips(assessment, to="grief")


def test_a_change_that_keeps_off_what_another_brings_about(tmp_path: Path) -> None:
    """An answer that changes nothing by itself belongs to a flip where it keeps away what the other answer would cost."""
    cost = rule("cost", "change", "change.lacks_mastery: true, change.wanted: true", "opposes transitions strong")
    rules = priced(tmp_path, WORK, cost, COVERT)
    change = {"lacks_mastery": False, "wanted": True}
    assessment = assess(intake(**closed(changes=[change], disputes=[{"covert": True}])), rules)
    both = [("changes[0].wanted", "answer", False), ("changes[0].lacks_mastery", "answer", True)]
    assert flips(assessment, to="transitions", most=1) == [("transitions", 4, True, both)]


def test_all_findings_of_one_body_of_evidence_have_to_go(tmp_path: Path) -> None:
    """Where a weaker finding stands behind the strongest of the same evidence, a flip takes away both."""
    rules = priced(tmp_path, TRAUMATIC.replace("moderate", "decisive"), SUDDEN, COVERT)
    loss = {**NO, "traumatic": True, "sudden": True}
    assessment = assess(intake(**closed(losses=[loss], disputes=[{"covert": True}])), rules)
    both = [("losses[0].sudden", "history", False), ("losses[0].traumatic", "answer", False)]
    assert ("disputes", 6, True, both) in flips(assessment, to="disputes")


def test_a_question_that_comes_to_arise_may_be_answered(tmp_path: Path) -> None:
    """A flip may answer what is asked only of another kind of loss, once it tells the loss so."""
    held_back = rule("held", "loss", "loss.mourning: suppressed", "supports grief strong")
    rules = priced(tmp_path, held_back, COVERT)
    assessment = assess(intake(**closed(losses=[{"kind": "job"}], disputes=[{"covert": True}])), rules)
    both = [("losses[0].kind", "answer", "death"), ("losses[0].mourning", "open", "suppressed")]
    assert flips(assessment, to="grief", most=1) == [("grief", 3, True, both)]


def test_a_list_that_was_not_asked_for_may_be_empty(tmp_path: Path) -> None:
    """To answer that there is none of something is an answer like others, and no event."""
    alone = rule("alone", "patient", "story.disputes: 0", "supports deficits strong")
    assessment = assess(intake(losses=[{**NO, "guilt_or_anger": True}]), priced(tmp_path, alone, GUILT))
    assert flips(assessment, to="deficits", most=1) == [("deficits", 1, True, [("disputes", "open", [])])]


def test_dates_may_change_together(tmp_path: Path) -> None:
    """Where neither the onset nor the date of an event is known, a flip may tell both, as far apart as a rule wants."""
    before = rule("before", "loss", "loss.months_before_onset: {between: [1, 3]}", "supports grief strong")
    assessment = assess(intake(**closed(losses=[NO], disputes=[{"covert": True}])), priced(tmp_path, before, COVERT))
    (flip,) = assessment.flips(to="grief", most=1).flips
    assert (flip.price, flip.is_smallest) == (2, True)
    assert [one.path for one in flip.changes] == ["episode.onset", "losses[0].when"]


def test_the_first_area_needs_no_flip(tmp_path: Path) -> None:
    """Asked what would put the first area first, there is nothing to change."""
    rules = priced(tmp_path, GUILT)
    assessment = assess(intake(**closed(losses=[{**NO, "guilt_or_anger": True}])), rules)
    assert assessment.flips(to="grief").flips == ()
    why_not = assessment.why_not("grief")
    assert (why_not.is_first, why_not.smallest, why_not.to_dict()["certainty"]) == (True, None, "exact")


# ── winners, sufficient facts, what to ask ───────────────────────────────────────────────────────────────────────────────


def test_two_areas_may_still_win(tmp_path: Path) -> None:
    """Each possible winner comes with the answers that bring it to rank 1; none is necessary."""
    rules = ruleset(tmp_path, GUILT, COVERT)
    loss = {**NO, "guilt_or_anger": None}
    winners = assess(intake(**closed(losses=[loss], disputes=[{}])), rules).winners()
    assert (winners.necessary, winners.exact) == (None, True)
    told = {one.area: [(answer.path, answer.after.value) for answer in one.answers] for one in winners.possible}
    assert told["grief"] == [("losses[0].guilt_or_anger", True)]
    assert told["disputes"] == [("disputes[0].covert", True)]


def test_bounds_that_are_not_tight_are_seen_through(tmp_path: Path) -> None:
    """Two rules that cannot both hold may both be in the bounds; no answers confirm what only both could do."""
    moving = rule("moving", "loss", "loss.mourning: moving", "supports grief moderate", "a")
    stalled = rule("stalled", "loss", "loss.mourning: stalled", "supports grief moderate", "b")
    rules = ruleset(tmp_path, moving, stalled, COVERT.replace("moderate", "strong"))
    loss = {**NO, "mourning": None}
    winners = assess(intake(**closed(losses=[loss], disputes=[{"covert": True}])), rules).winners()
    assert [(one.area, one.confirmed) for one in winners.possible] == [("grief", False), ("disputes", True)]
    assert (winners.exact, winners.to_dict()["certainty"]) == (False, "bounded")


def test_facts_that_suffice_and_no_more(tmp_path: Path) -> None:
    """Of two facts that each guarantee the first place one is kept; what has no bearing is not."""
    rules = ruleset(tmp_path, GUILT.replace("moderate", "decisive"), PREOCCUPIED, COVERT)
    loss = {**NO, "guilt_or_anger": True, "preoccupied": True}
    found = assess(intake(**closed(losses=[loss], disputes=[{"covert": False}])), rules).sufficient_facts()
    assert (found.area, found.paths, found.is_smallest) == ("grief", ("losses[0].guilt_or_anger",), True)


def test_what_is_open_has_no_sufficient_facts(tmp_path: Path) -> None:
    """While open answers could change the first place, no facts guarantee it."""
    rules = ruleset(tmp_path, GUILT, COVERT)
    found = assess(intake(**closed(losses=[{**NO, "guilt_or_anger": True}], disputes=[{}])), rules).sufficient_facts()
    assert (found.area, found.facts) == (None, ())


def test_the_question_that_decides_comes_first(tmp_path: Path) -> None:
    """Of two open questions the one whose answers leave fewer areas possible is asked first, with what each answer does."""
    rules = ruleset(tmp_path, GUILT.replace("moderate", "decisive"), PREOCCUPIED, COVERT)
    loss = {**NO, "guilt_or_anger": None, "preoccupied": None}
    asked = assess(intake(**closed(losses=[loss], disputes=[{"covert": True}])), rules).ask_next()
    assert [one.question.path for one in asked.questions] == ["losses[0].guilt_or_anger", "losses[0].preoccupied"]
    told = [(one.answer.value, one.first, one.settled, one.points["grief"]) for one in asked.questions[0].answers]
    assert told == [(True, ("grief",), True, 6), (False, ("disputes",), True, 0)]
    assert [one.matters_because for one in asked.questions] == ["ranking", "points"]


def test_a_gate_is_asked_first_with_what_it_would_close() -> None:
    """Of a gate nobody asked about, the answers say which would close it and what would then be withheld."""
    (question,) = assess(example("nothing_known")).ask_next(1).questions
    assert (question.question.gate, question.matters_because) == (True, "safety")
    assert question.question.path == "episode.phq9_item9"
    no, yes = question.answers
    assert (no.answer, no.closes) == ((0, "0"), ())
    assert (yes.answer, yes.closes) == ((1, "1 or more"), ("suicide_risk",))
    assert yes.withheld is not None
    assert no.withheld is not None
    assert yes.withheld > no.withheld


def test_answers_that_the_rules_cannot_tell_apart_are_told_together() -> None:
    """A number is told as the stretch that comes to the same, words as all that do."""
    flips = assess(example("three_areas_at_once")).flips().flips
    assert flips[0].changes[0].after == (30, "30 or more")


# ── what if ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_if_tells_every_wrong_place_and_answer() -> None:
    """Places that are not there and answers that do not fit are refused together, without repeating them."""
    assessment = assess(example("grief"))
    with pytest.raises(IntakeError) as raised:
        assessment.what_if(
            {
                MARK: 1,
                "losses[7].sudden": True,
                "losses[0].sudden": True,
                "isolation[0].began": "x",
                "epsode.onset": "x",
            }
        )
    assert [(problem.path, problem.what) for problem in raised.value.problems] == [
        ("", "change 1: is at no place; write it as losses[0].mourning"),
        ("losses", "change 2: has no such entry; it has 1, the last is losses[0]"),
        ("isolation", "change 4: has no such entry; it has none"),
        ("", "change 5: has no such part; did you mean 'episode'?"),
    ]
    for place in ("losses[0].note", "losses[0]", "episode", "assessed_on", "inventory.people[0].id"):
        with pytest.raises(IntakeError, match="change 1: is no question"):
            assessment.what_if({place: None})
    with pytest.raises(IntakeError) as raised:
        assessment.what_if({"losses[0].mourning": MARK, "losses[0].mournin": "x", "safety.suicide_risk": "no"})
    assert MARK not in str(raised.value)
    assert [problem.path for problem in raised.value.problems] == [
        "losses[0]",
        "losses[0].mourning",
        "safety.suicide_risk",
    ]


def test_what_if_a_gate_opens_the_plan_is_withheld() -> None:
    """A risk that comes up shows as a caution, and as strategies that go."""
    difference = assess(example("transitions")).what_if({"safety.suicide_risk": True}).difference
    assert len(difference.cautions_gained) == 1
    assert difference.strategies_lost
    assert {item.rule for item in difference.strategies_lost} == {item.rule for item in difference.withheld_gained}
    assert difference.areas == ()


# ── of all of them ───────────────────────────────────────────────────────────────────────────────────────────────────────


def explained(assessment: Assessment, *, names: bool = False) -> list[dict[str, Any]]:
    """Return every explanation of an assessment as plain values."""
    area = assessment.ranking[1].area
    return [
        assessment.why(assessment.ranking[0].area, names=names).to_dict(),
        assessment.why_not(area, names=names).to_dict(),
        assessment.what_if({"patient.age": 44}, names=names).to_dict(),
        assessment.flips(names=names).to_dict(),
        assessment.ask_next(8, names=names).to_dict(),
        assessment.winners(names=names).to_dict(),
        assessment.sufficient_facts(names=names).to_dict(),
    ]


@pytest.mark.parametrize("case", examples())
def test_explanations_are_plain_labelled_values(case: str) -> None:
    """Each holds only what JSON holds, says which question it answers, and whether it is exact or bounded."""
    told = explained(assess(example(case)))
    assert json.loads(json.dumps(told)) == told
    questions = ["why", "why-not", "what-if", "flips", "ask", "winners", "sufficient"]
    assert [one["question"] for one in told] == questions
    assert all(one["certainty"] in ("exact", "bounded") for one in told)


def test_nothing_of_the_patient_is_in_an_explanation_without_names() -> None:
    """Names, notes and ids are in no explanation but where names were asked for, and ids not even then."""
    assessment = assess(marked())
    assert MARK not in json.dumps(explained(assessment))
    assert MARK in json.dumps(explained(assessment, names=True))
    tied = marked("SECRET-ID").to_dict()
    tied["inventory"]["people"][0]["name"] = "Ilse"
    tied["inventory"]["people"][1].update(name="Tomas")
    tied["losses"][0].pop("person")
    assert "SECRET-ID" not in json.dumps(explained(assess(type(marked()).model_validate(tied)), names=True))


SAME = """
import json
from ipt_rules import assess, example
from tests.test_explain import explained
cases = "grief", "tie", "three_areas_at_once"
print(json.dumps([explained(assess(example(case), engine="compiled")) for case in cases]))
"""


def test_explanations_do_not_depend_on_hashing() -> None:
    """The same intake gives the same explanations, byte for byte, whatever seed Python hashes text with."""
    told = [
        subprocess.run(  # noqa: S603  # our own code
            [sys.executable, "-c", SAME], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    ]
    assert told[0] == told[1]


def test_what_was_asked_without_an_answer_stays_so_where_it_still_arises() -> None:
    """A change takes a question off the list of those without an answer only where it answers it, or it does not arise any more."""
    assessment = assess(example("grief"))
    assert assessment.intake.asked_without_answer == ("losses[0].preoccupied",)
    for changes, left in (
        ({"patient.age": 50}, ("losses[0].preoccupied",)),
        ({"losses[0].preoccupied": True}, ()),
        ({"losses[0].kind": "separation"}, ()),
    ):
        after = assessment.what_if(changes).assessment
        assert after is not None
        assert after.intake.asked_without_answer == left


def test_a_question_whose_answers_change_nothing_is_not_asked(tmp_path: Path) -> None:
    """Evidence that counts already makes another question about the same body of evidence idle."""
    rules = ruleset(tmp_path, SUDDEN, TRAUMATIC, COVERT.replace("moderate", "decisive"))
    loss = {**NO, "sudden": True, "traumatic": None}
    asked = assess(intake(**closed(losses=[loss], disputes=[{}])), rules).ask_next()
    assert [one.question.path for one in asked.questions] == ["disputes[0].covert"]


def test_no_flip_contains_another() -> None:
    """A set of changes that merely adds to one that was told already is not told."""
    for case in ("grief", "stillbirth", "two_deaths"):
        found = assess(example(case)).flips(most=6).flips
        places = [(flip.to, {one.path for one in flip.changes if one.kind != "left_out"}) for flip in found]
        assert not [one for one in places for other in places if one[0] == other[0] and one[1] > other[1]]


def test_how_many_is_at_least_one() -> None:
    """Asking for no flip, question or rule at all is a mistake, and said so."""
    assessment = assess(example("tie"))
    for ask in (assessment.flips, assessment.ask_next, lambda most: assessment.why_not("grief", most)):
        with pytest.raises(ValueError, match="1 or more"):
            ask(most=0)


def test_no_answer_is_offered_that_contradicts_the_rest() -> None:
    """With a stage recorded for a dispute, nobody is asked whether the person of it has died."""
    told = intake(
        **closed(
            disputes=[{"person": "p", "stage": "impasse"}],
            inventory={"people": [{"id": "p", "role": "partner"}], "ties": []},
        )
    )
    asked = assess(told).ask_next(80).questions
    (status,) = [one for one in asked if one.question.path == "inventory.people[0].status"]
    assert {answer.answer.value for answer in status.answers} == {"current", "past"}


def test_who_the_people_are_is_told_in_full_or_not_at_all() -> None:
    """Where the inventory was not asked for, no number of people stands for what would have to be known of them."""
    plain = example("a_baby_and_a_quarrel").to_dict()
    plain["inventory"] = {}
    plain["view"] = {}
    for part in ("losses", "disputes", "changes"):
        for event in plain.get(part) or ():
            event.pop("person", None)
    assessment = assess(type(example("grief")).model_validate({**plain, "asked_without_answer": []}))
    for question in assessment.ask_next(80).questions:
        assert question.question.path != "inventory.people" or not question.answers
    for flip in assessment.flips(most=6).flips:
        assert all(one.after.value == [] for one in flip.changes if one.path.startswith("inventory."))


def test_no_list_is_tried_that_is_too_long_to_record(tmp_path: Path) -> None:
    """A rule about a density that would take more ties than an inventory may hold leaves who could win to be told."""
    dense = rule("dense", "patient", "network.density: {at_least: 100}", "supports deficits strong")
    people = [{"id": f"p{number}", "status": "current"} for number in range(40)]
    winners = assess(intake(**closed(inventory={"people": people})), ruleset(tmp_path, dense)).winners()
    assert winners.areas == ("deficits",)
