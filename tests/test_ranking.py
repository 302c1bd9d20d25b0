"""From findings to a ranking: the arithmetic, the order and the bounds, on rule sets small enough to add up by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipt_rules import Assessment, Ruleset, assess, load_ruleset
from tests.helpers import intake, write_mini

if TYPE_CHECKING:
    from pathlib import Path

TAIL = "  because: It is so.\n  basis: manual\n  cites: [{ref: manual, at: ch. 1, seen: read}]\n"


def rule(name: str, kind: str, when: str, then: str, body: str = "") -> str:
    """Return one rule; ``then`` is such as ``supports grief strong`` or ``holds_back deficits``."""
    word, area, *strength = then.split()
    lines = [f"- id: {name}", f"  for: {kind}", f"  when: {{{when}}}", f"  {word}: {area}"]
    lines += [f"  strength: {strength[0]}"] if strength else []
    lines += [f"  evidence: {body}"] if body else []
    return "\n".join(lines) + "\n" + TAIL


def ruleset(folder: Path, *rules: str) -> Ruleset:
    """Return a rule set of these rules. Points 1, 2, 4, 6; levels at 1, 4, 8; close is 2."""
    return load_ruleset(write_mini(folder, rules="".join(rules)))


def found(rules: Ruleset, **parts: Any) -> dict[str, tuple[int | None, int, tuple[int, int]]]:
    """Return rank, points and bounds of each area."""
    ranking = assess(intake(**parts), rules).ranking
    return {entry.area: (entry.rank, entry.points, (entry.bounds.least, entry.bounds.most)) for entry in ranking}


def closed(**parts: Any) -> dict[str, Any]:
    """Return parts of an intake whose lists were all asked for: nothing else is open but single answers."""
    return {"losses": [], "disputes": [], "changes": [], "isolation": [], **parts}


DEATH = {"kind": "death"}
SUDDEN = rule("sudden", "loss", "loss.sudden: true", "supports grief strong", "death")
TRAUMATIC = rule("traumatic", "loss", "loss.traumatic: true", "supports grief moderate", "death")
GUILT = rule("guilt", "loss", "loss.guilt_or_anger: true", "supports grief moderate")
SETTLED = rule("settled", "loss", "loss.mourning: settled", "opposes grief moderate")
PREOCCUPIED = rule("preoccupied", "loss", "loss.preoccupied: true", "supports grief slight")
OLD = rule("old", "patient", "patient.age: {at_least: 70}", "supports grief moderate", "age")
ALL_NO = {"sudden": False, "traumatic": False, "guilt_or_anger": False, "preoccupied": False, "mourning": "moving"}


def points_of(assessment: Assessment, area: str) -> int:
    """Return the points of an area."""
    return next(entry.points for entry in assessment.ranking if entry.area == area)


def test_of_one_body_of_evidence_the_strongest_counts(tmp_path: Path) -> None:
    """Two findings on the same evidence count once, with the stronger; the other is shown and counts nothing."""
    rules = ruleset(tmp_path, SUDDEN, TRAUMATIC, GUILT)
    both = {**DEATH, **ALL_NO, "sudden": True, "traumatic": True}
    assessment = assess(intake(**closed(losses=[both])), rules)
    assert points_of(assessment, "grief") == 4
    told = {reason.rule: (reason.points, reason.counts) for reason in assessment.reasons("grief")}
    assert told == {"sudden": (4, True), "traumatic": (2, False)}


def test_bodies_of_evidence_add_up_and_opposing_ones_are_taken_away(tmp_path: Path) -> None:
    """Different bodies add up, what speaks against is subtracted, and the sum is never below zero."""
    rules = ruleset(tmp_path, SUDDEN, GUILT, SETTLED, PREOCCUPIED)
    many = {**DEATH, **ALL_NO, "sudden": True, "guilt_or_anger": True, "mourning": "settled"}
    assert found(rules, **closed(losses=[many]))["grief"] == (1, 4, (4, 4))
    little = {**DEATH, **ALL_NO, "preoccupied": True, "mourning": "settled"}
    assert found(rules, **closed(losses=[little]))["grief"] == (None, 0, (0, 0))


def test_two_weak_losses_do_not_make_a_strong_one(tmp_path: Path) -> None:
    """An area has the points of its best focus, not the sum over its subjects."""
    rules = ruleset(tmp_path, GUILT, PREOCCUPIED)
    losses = [{**DEATH, **ALL_NO, "guilt_or_anger": True}, {**DEATH, **ALL_NO, "preoccupied": True}]
    assessment = assess(intake(**closed(losses=losses)), rules)
    assert [(focus.row.place, focus.points) for focus in assessment.ranking[0].foci] == [
        ("losses[0]", 2),
        ("losses[1]", 1),
    ]
    assert assessment.ranking[0].points == 2


def test_a_finding_on_the_patient_belongs_to_every_focus(tmp_path: Path) -> None:
    """What holds of the patient counts beside what holds of each subject."""
    rules = ruleset(tmp_path, SUDDEN, GUILT, OLD)
    losses = [{**DEATH, **ALL_NO, "sudden": True}, {**DEATH, **ALL_NO, "guilt_or_anger": True}]
    assessment = assess(intake(**closed(losses=losses), patient={"age": 80}), rules)
    assert [focus.points for focus in assessment.ranking[0].foci] == [6, 4]


def test_a_body_shared_by_subject_and_patient_counts_once(tmp_path: Path) -> None:
    """A body of evidence is one within a focus, wherever its findings come from."""
    rules = ruleset(
        tmp_path, SUDDEN, rule("aged", "patient", "patient.age: {at_least: 70}", "supports grief decisive", "death")
    )
    assert found(rules, **closed(losses=[{**DEATH, "sudden": True}]), patient={"age": 80})["grief"][1] == 6


def test_without_a_subject_an_area_is_at_most_possible(tmp_path: Path) -> None:
    """However much speaks for it, an area with nothing to work on stays within the level "possible"."""
    rules = ruleset(tmp_path, SUDDEN, rule("a", "patient", "patient.age: {at_least: 70}", "supports grief decisive"))
    assessment = assess(intake(**closed(), patient={"age": 80}), rules)
    first = assessment.ranking[0]
    assert (first.area, first.points, first.level, first.best.has_subject, first.best.capped) == (
        "grief",
        3,
        "possible",
        False,
        True,
    )


def test_any_kind_of_subject_may_support_any_area(tmp_path: Path) -> None:
    """A loss that is no death makes a focus of the area role transitions."""
    rules = ruleset(tmp_path, rule("job", "loss", "loss.kind: job", "supports transitions strong"))
    assessment = assess(intake(**closed(losses=[{"kind": "job"}])), rules)
    assert (assessment.first, assessment.ranking[0].best.row.place) == ("transitions", "losses[0]")


FOUR = (
    rule("g", "patient", "patient.suicide_risk: true", "supports grief moderate"),
    rule("d", "patient", "patient.psychosis: true", "supports disputes moderate"),
    rule("t", "patient", "patient.mania: true", "supports transitions slight"),
    rule("i", "patient", "patient.abuse: true", "supports deficits moderate"),
)


def safety(*true: str) -> dict[str, Any]:
    """Return an intake's parts with these answers yes and the other three no; every list was asked for."""
    names = ("suicide_risk", "psychosis", "mania", "abuse")
    return closed(safety={name: name in true for name in names})


def test_equal_points_share_a_rank(tmp_path: Path) -> None:
    """Ranks go 1, 1, 3; an area that nothing supports has no rank and stands last."""
    rules = ruleset(tmp_path, *FOUR)
    assessment = assess(intake(**safety("suicide_risk", "psychosis", "mania")), rules)
    assert [(entry.area, entry.rank) for entry in assessment.ranking] == [
        ("grief", 1),
        ("disputes", 1),
        ("transitions", 3),
        ("deficits", None),
    ]
    assert assessment.first is None


def test_nothing_supported_is_no_ranking(tmp_path: Path) -> None:
    """When every area is at level none, none has a rank, none is first and nothing is proposed or settled."""
    assessment = assess(intake(**safety()), ruleset(tmp_path, *FOUR))
    assert [entry.rank for entry in assessment.ranking] == [None] * 4
    assert (assessment.first, assessment.settled, assessment.result.foci) == (None, False, ())


LAST_RESORT = rule("last", "standing", "standing.grief.points: {at_least: 2}", "holds_back deficits")
MUCH = rule("much", "patient", "patient.abuse: true", "supports deficits decisive")


def test_a_held_back_area_stands_behind_all_that_are_not(tmp_path: Path) -> None:
    """It keeps its points and reasons, and ranks after every area that is not held back, whatever its points."""
    rules = ruleset(tmp_path, *FOUR, MUCH, LAST_RESORT)
    assessment = assess(intake(**safety("suicide_risk", "mania", "abuse")), rules)
    assert [(entry.area, entry.rank, entry.points) for entry in assessment.ranking] == [
        ("grief", 1, 2),
        ("transitions", 2, 1),
        ("deficits", 3, 3),
        ("disputes", None, 0),
    ]
    assert [finding.rule.id for finding in assessment.ranking[2].held_back_by] == ["last"]


def test_a_second_focus_is_proposed_when_it_is_likely_and_close(tmp_path: Path) -> None:
    """The first area's best focus, and the second's when it is at least likely and within the margin; never more."""
    rules = ruleset(
        tmp_path,
        SUDDEN,
        GUILT,
        rule("m", "change", "change.lacks_mastery: true", "supports transitions strong"),
        rule("w", "change", "change.supports_lost: true", "supports transitions slight"),
    )
    loss, change = (
        {**DEATH, **ALL_NO, "sudden": True, "guilt_or_anger": True},
        {"lacks_mastery": True, "supports_lost": False},
    )
    near = assess(intake(**closed(losses=[loss], changes=[change])), rules)
    assert [(focus.area, focus.points) for focus in near.result.foci] == [("grief", 6), ("transitions", 4)]
    weak = {"lacks_mastery": False, "supports_lost": True}
    far = assess(intake(**closed(losses=[loss], changes=[weak])), rules)
    assert [focus.area for focus in far.result.foci] == ["grief"]


def test_of_three_equals_none_is_proposed(tmp_path: Path) -> None:
    """Where more areas are equal than can be proposed, naming two of them would give their order a meaning."""
    rules = ruleset(tmp_path, *FOUR)
    three = assess(intake(**safety("suicide_risk", "psychosis", "abuse")), rules)
    assert three.result.foci == ()
    two = assess(intake(**safety("suicide_risk", "psychosis")), rules)
    assert [focus.area for focus in two.result.foci] == ["grief", "disputes"]


def test_bounds_of_single_answers(tmp_path: Path) -> None:
    """Open answers widen the bounds by what they could add and by what they could take away."""
    rules = ruleset(tmp_path, SUDDEN, GUILT, SETTLED)
    assert found(rules, **closed(losses=[{**DEATH, "sudden": True}]))["grief"] == (1, 4, (2, 6))
    assert found(rules, **closed(losses=[{**DEATH, "sudden": True, "mourning": "moving"}]))["grief"] == (1, 4, (4, 6))


def test_bounds_of_a_list_that_was_not_asked_for(tmp_path: Path) -> None:
    """A list that was not asked for may hold anything; one that was asked for and is empty holds nothing."""
    rules = ruleset(tmp_path, SUDDEN, GUILT, SETTLED)
    assert found(rules)["grief"] == (None, 0, (0, 6))
    assert found(rules, **closed())["grief"] == (None, 0, (0, 0))
    known = {**DEATH, **ALL_NO, "guilt_or_anger": True}
    assert found(rules, losses=[known], disputes=[], changes=[], isolation=[])["grief"] == (1, 2, (2, 2))


def test_settled_by_bounds(tmp_path: Path) -> None:
    """The first place is settled when the first area's least is above every other's most, and not before."""
    rules = ruleset(
        tmp_path, SUDDEN, rule("c", "change", "change.lacks_mastery: true", "supports transitions moderate")
    )
    loss = {**DEATH, "sudden": True}
    assert assess(intake(**closed(losses=[loss], changes=[{}])), rules).settled is True
    assert assess(intake(**closed(losses=[{**DEATH}], changes=[{"lacks_mastery": True}])), rules).settled is False


def test_not_settled_while_the_first_could_be_held_back(tmp_path: Path) -> None:
    """An area that an open answer could still hold back is not settled as the first."""
    rules = ruleset(
        tmp_path, *FOUR, MUCH, rule("maybe", "standing", "patient.age: {at_least: 70}", "holds_back deficits")
    )
    parts = safety("abuse", "mania")
    assert assess(intake(**parts), rules).settled is False
    assert assess(intake(**parts, patient={"age": 30}), rules).settled is True


def test_not_settled_while_a_held_back_area_could_be_released(tmp_path: Path) -> None:
    """An area with more points that is held back only as things stand could still pass the first."""
    still = rule("still", "standing", "standing.grief.points: {at_least: 2}", "holds_back deficits")
    rules = ruleset(
        tmp_path, *FOUR, MUCH, still, rule("not", "patient", "patient.age: {at_least: 70}", "opposes grief slight")
    )
    parts = safety("suicide_risk", "abuse")
    open_age = assess(intake(**parts), rules)
    assert (open_age.first, open_age.settled) == ("grief", False)
    known = assess(intake(**parts, patient={"age": 30}), rules)
    assert (known.first, known.settled) == ("grief", True)


def test_stage_found_waits_for_what_could_contradict_it(tmp_path: Path) -> None:
    """A stage is found when its rules hold and those of no other stage could; the recorded one is used when there is one."""
    rules = ruleset(
        tmp_path,
        rule("r", "dispute", "dispute.still_trying: true", "stage renegotiation"),
        rule("s", "dispute", "dispute.talk_has_stopped: true", "stage impasse"),
        rule("u", "dispute", "dispute.stage_used: impasse", "supports disputes slight"),
        rule("f", "dispute", "dispute.stage_found: renegotiation", "supports disputes moderate"),
    )

    def held(**dispute: Any) -> list[str]:
        found_rules = assess(intake(**closed(disputes=[dispute])), rules).result.findings
        return sorted(finding.rule.id for finding in found_rules if finding.rule.id in ("u", "f"))

    assert held(still_trying=True) == []
    assert held(still_trying=True, talk_has_stopped=False) == ["f"]
    assert held(still_trying=True, talk_has_stopped=True) == []
    assert held(still_trying=False, talk_has_stopped=True) == ["u"]
    assert held(still_trying=True, talk_has_stopped=False, stage="impasse") == ["f", "u"]


def test_margin_is_between_the_two_areas_with_most_points(tmp_path: Path) -> None:
    """A standing rule can ask about two close areas."""
    close = "- id: close\n  for: standing\n  when: {standing.margin: {at_most: 1}}\n  ask: Which matters more?\n" + TAIL
    rules = ruleset(tmp_path, *FOUR, close)
    asked = assess(intake(**safety("suicide_risk", "mania")), rules)
    assert [finding.rule.id for finding in asked.result.asks] == ["close"]
    clear = assess(intake(**safety("suicide_risk")), rules)
    assert clear.result.asks == ()
