"""The plan: what is proposed in which sessions, what is withheld and why, and that nothing unknown passes for safe."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipt_rules import Assessment, Intake, Ruleset, Safety, assess, load_ruleset, variants
from ipt_rules.ruleset.conditions import comparisons
from ipt_rules.ruleset.consequences import PARTS_OF_A_FORMULATION, Proposal
from ipt_rules.testing.strategies import intakes
from tests.helpers import MINI, changed_once, intake, mistakes_in, write_mini

if TYPE_CHECKING:
    from pathlib import Path

TAIL: Final = "  because: It is so.\n  basis: manual\n  cites: [{ref: manual, at: ch. 1, seen: read}]\n"
PHASES: Final = """\
phases:
  - {sessions: [1, 5], note: Too few for three phases.}
  - {sessions: [6, 12], initial: 2, final: 3}
  - {sessions: [13, 60], initial: 3, final: 4, note: A long one.}
usual: [12, 16]
"""
DISPUTE_COUNTS: Final = f"""\
- id: disputes.any
  for: dispute
  when: {{dispute.expectations_differ: true}}
  supports: disputes
  strength: decisive
{TAIL}"""
CHANGE_COUNTS: Final = (
    DISPUTE_COUNTS.replace("dispute.expectations_differ: true", "change.wanted: false")
    .replace("disputes.any", "transitions.any")
    .replace("for: dispute", "for: change")
    .replace("supports: disputes", "supports: transitions")
)
GATE: Final = f"""\
- id: gate
  for: patient
  when: {{patient.suicide_risk: true}}
  caution: refer
  gate: suicide_risk
{TAIL}"""


def strategy(name: str, phase: str, more: str = "", *, kind: str = "focus", when: str = "always") -> str:
    """Return a rule that proposes a strategy."""
    return (
        f"- id: {name}\n  for: {kind}\n  phase: {phase}\n  when: {when}\n{more}"
        f"  propose: Do {name}\n  aim: An aim.\n  steps: [One., Two.]\n{TAIL}"
    )


JOINT: Final = strategy(
    "joint", "middle", "  needs: {dispute.violence: false, dispute.coercion: false}\n", when="{focus.area: disputes}"
)
TALK: Final = strategy("talk", "middle")
ASSESS: Final = strategy("assess-risk", "initial", "  before_clearance: true\n", kind="patient")
LISTEN: Final = strategy("listen", "every", kind="patient")


def rules(folder: Path, *found: str) -> Ruleset:
    """Return a rule set with lengths of phases, one rule that supports disputes, a gate, and these strategies."""
    scoring = MINI["scoring.yaml"] + PHASES
    return load_ruleset(
        write_mini(
            folder, scoring=scoring, rules=DISPUTE_COUNTS + CHANGE_COUNTS + GATE, strategies="".join(found) or LISTEN
        )
    )


def dispute(**answers: Any) -> dict[str, Any]:
    """Return parts of an intake with one dispute that counts."""
    return {"disputes": [{"expectations_differ": True, **answers}], "losses": [], "changes": [], "isolation": []}


def proposed(assessment: Assessment) -> list[str]:
    """Return the ids of the strategies proposed, in order."""
    return [entry.finding.rule.id for entry in assessment.plan.strategies]


def withheld(assessment: Assessment) -> dict[str, tuple[list[str], list[str], list[str]]]:
    """Return for each strategy withheld the gates, and the fields that are unmet and unknown."""
    return {
        entry.strategy.finding.rule.id: (
            list(entry.gates),
            [one.field for one in entry.unmet],
            [one.field for one in entry.unknown],
        )
        for entry in assessment.plan.withheld
    }


SAFE: Final = {"violence": False, "coercion": False}


@pytest.mark.parametrize(
    ("answers", "unmet", "unknown"),
    [
        ({}, [], ["dispute.violence", "dispute.coercion"]),
        ({"violence": False}, [], ["dispute.coercion"]),
        ({"violence": True}, ["dispute.violence"], ["dispute.coercion"]),
        ({"violence": True, "coercion": True}, ["dispute.violence", "dispute.coercion"], []),
    ],
)
def test_what_is_not_known_to_be_safe_is_withheld(
    tmp_path: Path, answers: dict[str, Any], unmet: list[str], unknown: list[str]
) -> None:
    """A strategy is withheld while a condition of safety is unmet or unknown, and each of them is named."""
    assessment = assess(intake(**dispute(**answers)), rules(tmp_path, JOINT, TALK))
    assert proposed(assessment) == ["talk"]
    assert withheld(assessment) == {"joint": ([], unmet, unknown)}


def test_what_is_known_to_be_safe_is_proposed(tmp_path: Path) -> None:
    """With every condition of safety known to hold, nothing is withheld."""
    assessment = assess(intake(**dispute(**SAFE)), rules(tmp_path, JOINT, TALK))
    assert proposed(assessment) == ["joint", "talk"]
    assert withheld(assessment) == {}


def test_what_a_strategy_needs_is_asked_first(tmp_path: Path) -> None:
    """The unknown condition of safety of a withheld strategy is a question; only gates come before it."""
    quiet = intake(**dispute(violence=False), safety={"suicide_risk": False})
    assessment = assess(quiet, rules(tmp_path, JOINT))
    first = assessment.to_dict()["questions"][0]
    assert (first["path"], first["kind"], first["rules"]) == ("disputes[0].coercion", "needed", ["joint"])


def test_a_question_asked_without_an_answer_still_withholds(tmp_path: Path) -> None:
    """Silence is no "no": a condition of safety that was asked about without an answer withholds as before."""
    silent = intake(**dispute(violence=False), asked_without_answer=["disputes[0].coercion"])
    assert withheld(assess(silent, rules(tmp_path, JOINT))) == {"joint": ([], [], ["dispute.coercion"])}


def test_a_gate_withholds_all_but_what_may_come_before(tmp_path: Path) -> None:
    """While a gate is not cleared only strategies marked ``before_clearance`` are proposed."""
    found = rules(tmp_path, JOINT, TALK, ASSESS, LISTEN)
    at_risk = intake(**dispute(**SAFE), safety={"suicide_risk": True})
    assert proposed(assess(at_risk, found)) == ["assess-risk"]
    gates = {name: why[0] for name, why in withheld(assess(at_risk, found)).items()}
    assert gates == {name: ["suicide_risk"] for name in ("listen", "joint", "talk")}


def test_a_cleared_gate_withholds_nothing(tmp_path: Path) -> None:
    """Once a clinician has cleared the gate, the plan is as without it; another cleared gate does not help."""
    found = rules(tmp_path, TALK, ASSESS)
    cleared = intake(**dispute(), safety={"suicide_risk": True, "cleared": ["suicide_risk"]})
    assert proposed(assess(cleared, found)) == ["assess-risk", "talk"]
    another = intake(**dispute(), safety={"suicide_risk": True, "cleared": ["mania"]})
    assert proposed(assess(another, found)) == ["assess-risk"]


def test_strategies_of_all_therapies_are_proposed_once(tmp_path: Path) -> None:
    """A strategy for the patient is there without a focus and is not doubled by two; one for a focus has its position."""
    found = rules(tmp_path, LISTEN, TALK)
    assert proposed(assess(intake(), found)) == ["listen"]
    two = assess(intake(**{**dispute(), "changes": [{"wanted": False}]}), found)
    assert [(focus.area, focus.points) for focus in two.result.foci] == [("disputes", 6), ("transitions", 6)]
    entries = [(entry.finding.rule.id, entry.focus) for entry in two.plan.strategies]
    assert entries == [("listen", None), ("talk", 0), ("talk", 1)]


def test_the_order_within_a_phase_is_that_of_the_rule_set(tmp_path: Path) -> None:
    """Strategies stand by phase, then by ``order``, those without one last and by id."""
    found = rules(
        tmp_path,
        strategy("z", "middle", "  order: 1\n"),
        strategy("b", "middle"),
        strategy("a", "middle"),
        strategy("last", "final"),
        strategy("m", "middle", "  order: 20\n"),
        strategy("first", "initial"),
        strategy("always", "every"),
    )
    assert proposed(assess(intake(**dispute()), found)) == ["always", "first", "z", "m", "a", "b", "last"]


# ── agreement ────────────────────────────────────────────────────────────────────────────────────────────────────────────

OFFERED: Final = {"offered_area": "disputes", "offered_subject": "disputes[0]"}


@pytest.mark.parametrize(
    ("view", "agreed"),
    [
        ({}, None),
        (OFFERED, None),
        ({**OFFERED, "answer_to_focus": "agrees"}, True),
        ({**OFFERED, "answer_to_focus": "in_part"}, False),
        ({**OFFERED, "answer_to_focus": "does_not_agree"}, False),
        ({"answer_to_focus": "agrees"}, None),
        ({"offered_area": "transitions", "offered_subject": "disputes[0]", "answer_to_focus": "agrees"}, None),
        ({"offered_area": "disputes", "offered_subject": "none", "answer_to_focus": "agrees"}, None),
    ],
)
def test_a_focus_is_agreed_only_by_the_patients_answer(
    tmp_path: Path, view: dict[str, Any], agreed: bool | None
) -> None:
    """Only "agrees" to this very area and subject counts as agreement; no answer, or one to another focus, is none."""
    assessment = assess(intake(**dispute(), view=view), rules(tmp_path))
    assert assessment.plan.answers == (view.get("answer_to_focus") if agreed is not None else None,)
    assert assessment.to_dict()["foci"][0]["agreed"] is agreed


def test_rules_may_rest_on_the_agreement(tmp_path: Path) -> None:
    """A strategy for an agreed focus waits for the agreement; unknown is no agreement."""
    found = rules(tmp_path, strategy("go-on", "middle", when="{focus.agreed: true}"))
    assert proposed(assess(intake(**dispute()), found)) == []
    agreed = intake(**dispute(), view={**OFFERED, "answer_to_focus": "agrees"})
    assert proposed(assess(agreed, found)) == ["go-on"]


# ── formulation and goals ────────────────────────────────────────────────────────────────────────────────────────────────

WORDS: Final = f"""\
- {{id: w.hope, for: patient, when: always, formulate: hope, say: It can be worked on.,
   because: So., basis: manual, cites: [{{ref: manual, at: ch. 1, seen: read}}]}}
- {{id: w.illness, for: patient, when: {{patient.condition: {{known: false}}}}, formulate: illness, say: It is hard.,
   because: So., basis: manual, cites: [{{ref: manual, at: ch. 1, seen: read}}]}}
- {{id: w.area, for: focus, when: {{focus.area: disputes}}, formulate: area, say: "It is about {{subject}}.",
   because: So., basis: manual, cites: [{{ref: manual, at: ch. 1, seen: read}}]}}
- id: g.change
  for: focus
  when: {{focus.area: disputes}}
  goal: Change what {{person}} and the patient expect.
{TAIL}"""


def test_a_draft_formulation_is_put_together_in_its_order(tmp_path: Path) -> None:
    """Its parts come in the order illness, situation, area, hope, agreement, and it is marked as a draft."""
    told = assess(intake(**dispute()), rules(tmp_path, WORDS)).to_dict()["plan"]
    (draft,) = told["formulations"]
    assert draft["draft"] is True
    assert [(part["part"], part["say"]) for part in draft["parts"]] == [
        ("illness", "It is hard."),
        ("area", "It is about the dispute."),
        ("hope", "It can be worked on."),
    ]
    assert [goal["goal"] for goal in told["goals"]] == ["Change what unknown and the patient expect."]


def test_without_a_focus_there_is_nothing_to_formulate(tmp_path: Path) -> None:
    """No focus, no draft and no goal."""
    plan = assess(intake(), rules(tmp_path, WORDS)).plan
    assert (plan.formulations, plan.goals) == ((), ())


def test_the_table_has_a_row_for_each_strategy_with_sessions_as_numbers(tmp_path: Path) -> None:
    """Phase, sessions, subject and the reason for withholding stand in flat columns; further columns come first."""
    found = rules(tmp_path, JOINT, LISTEN)
    agreed = assess(intake(**dispute(coercion=True), therapy={"planned_sessions": 12}), found)
    listen, joint = agreed.plan_table(case="A-17")
    assert next(iter(listen)) == "case"
    assert (listen["phase"], listen["sessions"], listen["area"], listen["withheld"]) == ("every", "1–12", None, False)
    assert (joint["first_session"], joint["last_session"]) == (3, 9)
    assert (joint["area"], joint["subject"], joint["withheld"]) == ("disputes", "disputes[0]", True)
    assert joint["withheld_because"] == (
        "not safe as recorded: one controls or threatens the other: yes (disputes[0].coercion); "
        "not known: violence, or fear of it, between the two: no (disputes[0].violence)"
    )
    assert joint["cites"] == "manual, ch. 1 (read)"
    usual = assess(intake(**dispute()), found).plan_table()[0]
    assert (usual["sessions"], usual["first_session"]) == ("1–12 or 1–16", None)


def test_a_session_beyond_those_agreed_is_in_no_phase(tmp_path: Path) -> None:
    """The present phase is that of the present session; beyond the sessions agreed there is none."""
    found = rules(tmp_path)
    phases = [
        assess(intake(therapy={"planned_sessions": 12, "current_session": now}), found).to_dict()["plan"][
            "current_phase"
        ]
        for now in (2, 5, 12, 13)
    ]
    assert phases == ["initial", "middle", "final", None]


def test_variants_are_named_rightly() -> None:
    """A variant that is not there, or beside a folder, is an error that says which there are."""
    with pytest.raises(ValueError, match="there is no variant of that name; there are: grief-and-loss"):
        load_ruleset(variant="other")
    with pytest.raises(ValueError, match="a folder or a variant, not both"):
        load_ruleset("rules", variant="grief-and-loss")


# ── mistakes ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("old", "new", "path", "what"),
    [
        ("sessions: {from: 5}", "sessions: {last: 2, from: 5}", "sessions", "'last' counts from the end"),
        ("phase: middle", "phase: mittel", "phase", "'mittel' is not a value of 'phase'; did you mean 'middle'?"),
        ("Hold it.", '"Hold {it}."', "steps[1]", "'{it}' is no placeholder; write {person} or {subject}"),
        (
            "needs: {dispute.violence: false}",
            "needs: {any: [{dispute.violence: false}, {dispute.coercion: false}]}",
            "needs",
            "conditions of safety must all hold; write them beside each other, without 'any'",
        ),
        ("aim:", "order: 0\n  aim:", "order", "must be a whole number from 1 to 999"),
        ("aim:", "say: Words.\n  aim:", "", "'say' goes with formulate"),
    ],
)
def test_mistakes_in_strategies_are_told(tmp_path: Path, old: str, new: str, path: str, what: str) -> None:
    """What is wrong with a strategy is told at its place."""
    strategies = changed_once(MINI["strategies.yaml"], old, new)
    (found,) = mistakes_in(write_mini(tmp_path, strategies=strategies))
    assert found[3] == ".".join(filter(None, ("middle.joint-session", path)))
    assert found[4].startswith(what)


@pytest.mark.parametrize(
    ("phases", "what"),
    [
        ("phases: [{sessions: [6, 12], initial: 3, final: 3}]", "with 6 sessions nothing is left for the middle phase"),
        ("phases: [{sessions: [12, 6], initial: 3, final: 3}]", "must be a list of two whole numbers from 1 to 60"),
        ("phases: [{sessions: [8, 12], initial: 3, note: x}]", "'initial' and 'final' stand together"),
        ("phases: [{sessions: [1, 5]}]", "'note' is missing; why so few sessions make no three phases"),
        (
            "phases: [{sessions: [8, 12], initial: 3, final: 3}, {sessions: [12, 16], initial: 3, final: 4}]",
            "a row above holds for some of these numbers already",
        ),
        ("usual: [0, 12]", "must be a list of two whole numbers from 1 to 60"),
        ("usual: twelve", "must be a list of two whole numbers from 1 to 60, the lower first, such as [12, 16]"),
        (
            "phases: [{sessions: [8, 12], initial: 3, final: 3}]\nusual: [12, 16]",
            "no row of 'phases' says how 16 sessions",
        ),
    ],
)
def test_mistakes_in_the_lengths_of_phases_are_told(tmp_path: Path, phases: str, what: str) -> None:
    """What is wrong with the lengths of the phases is told, once."""
    (found,) = mistakes_in(write_mini(tmp_path, scoring=f"{MINI['scoring.yaml']}{phases}\n"))
    assert found[4].startswith(what)


# ── laws ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


TECHNIQUES: Final = re.compile(r"role play|communication analysis|joint session|rehears|practis", re.IGNORECASE)
ALWAYS_NEEDED: Final = {"patient.abuse", "story.violence"}
NEEDED_IN_A_DISPUTE: Final = ALWAYS_NEEDED | {"dispute.violence", "dispute.coercion"}


@pytest.mark.parametrize("rule_set", [None, *variants()])
def test_what_brings_people_together_needs_safety(rule_set: str | None) -> None:
    """Every shipped strategy that rehearses, analyses an exchange or brings two people together needs to be known to be safe."""
    for rule in load_ruleset(variant=rule_set).rules:
        proposal = rule.consequence
        if not isinstance(proposal, Proposal) or not TECHNIQUES.search(" ".join((proposal.propose, *proposal.steps))):
            continue
        needs = set() if proposal.needs is None else {one.field for one in comparisons(proposal.needs)}
        about = {(one.field, one.value) for one in comparisons(rule.condition)}
        assert needs >= (NEEDED_IN_A_DISPUTE if ("focus.area", "disputes") in about else ALWAYS_NEEDED), rule.id


SAFETY: Final = ("violence", "coercion")
NO_GATE: Final[dict[str, Any]] = dict.fromkeys((name for name in Safety.model_fields if name != "cleared"), False)


@st.composite
def quarrelling(draw: st.DrawFn) -> tuple[Intake, dict[str, Any]]:
    """Draw an intake with one to three disputes in which safety is told in any way, and no gate but perhaps that of abuse."""
    drawn = draw(intakes())
    answer = st.sampled_from([None, False, False, False, True])
    disputes = [
        {
            "tied_to_episode": True,
            "expectations_differ": True,
            "ending": "lasting",
            "still_trying": draw(st.booleans()),
            "talk_has_stopped": draw(st.booleans()),
            **{name: draw(answer) for name in SAFETY},
        }
        for _ in range(draw(st.integers(1, 3)))
    ]
    parts: dict[str, Any] = {
        "assessed_on": drawn.assessed_on.isoformat(),
        "patient": {"age": 40},
        "episode": {"condition": "depression", "phq9": 14, "phq9_item9": 0},
        "disputes": disputes,
        "safety": {**NO_GATE, "abuse": draw(answer), "cleared": draw(st.sampled_from([[], ["abuse"]]))},
        "therapy": {"planned_sessions": draw(st.sampled_from([None, 8, 12, 16]))},
    }
    return Intake.model_validate(parts), parts


@given(quarrelling())
def test_nothing_that_brings_two_together_is_proposed_unless_every_answer_says_it_is_safe(
    drawn: tuple[Intake, dict[str, Any]],
) -> None:
    """By the recorded answers alone: one that is missing, or says that there is violence, withholds every such strategy."""
    recorded, parts = drawn
    plan = assess(recorded, engine="compiled").plan
    told = [dispute[name] for dispute in parts["disputes"] for name in SAFETY] + [parts["safety"]["abuse"]]
    safe = all(answer is False for answer in told)
    together = [
        entry
        for entry in plan.strategies
        if TECHNIQUES.search(" ".join((entry.proposal.propose, *entry.proposal.steps)))
    ]
    assert safe or together == []
    if safe:
        assert together, "the law says something"


@given(quarrelling())
def test_a_draft_has_each_part_once(drawn: tuple[Intake, dict[str, Any]]) -> None:
    """Whatever is recorded of a dispute: a draft has five parts, each once; with a gate to clear there is none."""
    plan = assess(drawn[0], engine="compiled").plan
    for draft in plan.formulations:
        parts = [finding.rule.consequence for finding in draft]
        assert [getattr(part, "part", None) for part in parts] == list(PARTS_OF_A_FORMULATION)
    assert not (plan.gates and (plan.formulations or plan.goals))


@given(intakes())
def test_while_a_gate_is_closed_only_what_may_come_before_is_proposed(drawn: Intake) -> None:
    """On any intake: a gate that is set and not cleared leaves what is marked for it, and nothing else."""
    plan = assess(drawn, engine="compiled").plan
    set_in_safety = {gate for gate in NO_GATE if getattr(drawn.safety, gate)}
    assert set_in_safety - set(drawn.safety.cleared) <= set(plan.gates)
    assert not plan.gates or all(entry.proposal.before_clearance for entry in plan.strategies)
    assert all(why.gates or why.unmet or why.unknown for why in plan.withheld)


@given(intakes())
@settings(max_examples=40)
def test_a_plan_can_always_be_told(drawn: Intake) -> None:
    """On any intake the plan is told in words, as a table and as text."""
    assessment = assess(drawn, engine="compiled")
    told = assessment.to_dict()["plan"]
    entries = [entry for phase in told["phases"] for entry in (*phase["strategies"], *phase["withheld"])]
    assert len(assessment.plan_table()) == len(entries)
    assert assessment.to_text(steps=True)
