"""The assessment: what follows from an intake, as values to look at, to show and to export."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from ipt_rules.display import Displayed
from ipt_rules.explain import OpenQuestion, Questioner, Reason, Teller, changed_by, open_questions
from ipt_rules.explain.trials import engine_of
from ipt_rules.export import SCHEMA
from ipt_rules.kept import kept
from ipt_rules.pipeline import evaluate
from ipt_rules.plan_rows import plan_rows
from ipt_rules.printed import printed
from ipt_rules.provenance import provenance_of
from ipt_rules.ruleset.consequences import Ask, Caution, Evidence
from ipt_rules.told_plan import told_foci, told_focus, told_plan
from ipt_rules.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rich.console import RenderableType

    from ipt_rules.engines import Engine
    from ipt_rules.explain import Flips, NextQuestions, SufficientFacts, WhatIf, Why, WhyNot, Winners
    from ipt_rules.intake import Intake
    from ipt_rules.pipeline import Result
    from ipt_rules.plan import Plan
    from ipt_rules.ranking import Finding, Standing
    from ipt_rules.ruleset import Ruleset


class Assessment(Displayed):
    """What follows from one intake by one rule set. Supports a clinician's decision; it decides nothing.

    Attributes:
        intake: what was assessed.
        ruleset: the rules.
        result: the ranking, findings and cautions as plain values.
        engine: which engine ran.

    """

    def __init__(
        self, intake: Intake, ruleset: Ruleset, result: Result, engine: str, *, evaluator: Engine | None = None
    ) -> None:
        self._evaluator = evaluator
        self.intake = intake
        self.ruleset = ruleset
        self.result = result
        self.engine = engine
        self._teller = Teller(ruleset, Wording(intake, ruleset))
        self._reasons = {standing.area: self._teller.reasons(standing.best.found) for standing in result.ranking}

    def __reduce__(self) -> tuple[Any, ...]:
        return Assessment, (self.intake, self.ruleset, self.result, self.engine)

    def __repr__(self) -> str:
        ranked = ", ".join(f"{entry.rank or '-'} {entry.area} {entry.points}" for entry in self.ranking)
        return f"<Assessment: {ranked}; {'settled' if self.settled else 'not settled'}>"

    @property
    def ranking(self) -> tuple[Standing, ...]:
        """The four areas in order; an area that nothing supports has no rank and stands last."""
        return self.result.ranking

    @property
    def first(self) -> str | None:
        """The area that stands first, alone; None when none is supported or several are equal."""
        first = [standing.area for standing in self.ranking if standing.rank == 1]
        return first[0] if len(first) == 1 else None

    @property
    def settled(self) -> bool:
        """Whether the first area stays first whatever the open answers turn out to be."""
        return self.result.settled

    def reasons(self, area: str) -> tuple[Reason, ...]:
        """Return the reasons for and against an area's best focus, those for it first."""
        return self._reasons[area]  # type: ignore[index]  # a KeyError is the right answer to a word that is no area

    @kept
    def open_questions(self) -> tuple[OpenQuestion, ...]:
        """The open questions for which some rule waits: gates first, then by what is at stake."""
        return open_questions(self.intake, self.ruleset, self.result, self._teller.wording)

    def why(self, area: str, subject: str | None = None, *, names: bool = False) -> Why:
        """Return why an area has the points it has: each finding with its proof, and the arithmetic.

        Args:
            area: the problem area.
            subject: the place of the subject of one of its foci, such as ``losses[0]``; None for the best.
            names: call people by name.

        Raises:
            KeyError: there is no such area, or no such focus of it.

        """
        return self._questioner(names).why(area, subject)

    def why_not(self, area: str, most: int = 5, *, names: bool = False, exact: bool = False) -> WhyNot:
        """Return why an area does not stand higher: the nearest rules and what they lack, and the smallest change to put it first.

        Args:
            area: the problem area.
            most: how many near rules to tell at the most.
            names: call people by name.
            exact: decide by the extra ``verify`` what plain search leaves bounded.

        Raises:
            KeyError: there is no such area.
            MissingExtraError: ``exact`` is asked for and the extra ``verify`` is not installed.

        """
        return self._questioner(names).why_not(area, most, exact=exact)

    def what_if(self, changes: Mapping[str, Any], *, names: bool = False) -> WhatIf:
        """Return what other answers would make of this: the new assessment, and the difference.

        Args:
            changes: place → plain answer, such as ``{"losses[0].mourning": "moving"}``; None leaves the question open. Answers to
                questions that then do not arise any more are left out, and told.
            names: call people by name.

        Raises:
            IntakeError: a place is not there, or the answers do not fit; with everything that is wrong.
            EvaluationError: the rules could not be evaluated; there is no result.

        """
        changed, every = changed_by(self.intake, changes)
        engine = self._evaluator or engine_of(self.ruleset)
        result = evaluate(changed, self.ruleset, engine)
        answer = self._questioner(names).what_if(changes, every, changed, result)
        after = Assessment(changed, self.ruleset, result, engine.name, evaluator=self._evaluator)
        return dataclasses.replace(answer, assessment=after)

    def flips(self, to: str | None = None, most: int = 3, *, names: bool = False, exact: bool = False) -> Flips:
        """Return the smallest sets of changed answers that put another area first.

        Args:
            to: the area that is to be first; None for whichever takes least.
            most: how many sets to return at the most.
            names: call people by name.
            exact: decide by the extra ``verify`` what plain search leaves bounded.

        Raises:
            KeyError: there is no such area.
            MissingExtraError: ``exact`` is asked for and the extra ``verify`` is not installed.

        """
        return self._questioner(names).flips(to, most, exact=exact)

    def ask_next(self, most: int = 5, *, names: bool = False) -> NextQuestions:
        """Return the open questions that matter, best first, each with what every possible answer would do to the ranking.

        Args:
            most: how many questions to return at the most.
            names: call people by name.

        """
        return self._questioner(names).ask_next(most)

    def winners(self, *, names: bool = False, exact: bool = False) -> Winners:
        """Return the areas that could come first once more is known, and the one that must, if there is one.

        Args:
            names: call people by name.
            exact: decide by the extra ``verify`` what plain search leaves bounded.

        Raises:
            MissingExtraError: ``exact`` is asked for and the extra ``verify`` is not installed.

        """
        return self._questioner(names).winners(exact=exact)

    def sufficient_facts(self, *, names: bool = False, exact: bool = False) -> SufficientFacts:
        """Return the facts that alone guarantee the first place, whatever every other answer were.

        Args:
            names: call people by name.
            exact: decide by the extra ``verify`` what plain search leaves bounded.

        Raises:
            MissingExtraError: ``exact`` is asked for and the extra ``verify`` is not installed.

        """
        return self._questioner(names).sufficient_facts(exact=exact)

    @property
    def plan(self) -> Plan:
        """What to do in each phase: strategies, those withheld and why, goals, and a draft formulation."""
        return self.result.plan

    @property
    def gates_to_clear(self) -> tuple[str, ...]:
        """The gates that are set and not cleared: a clinician settles them before any plan."""
        return self.result.plan.gates

    @property
    def provenance(self) -> dict[str, str]:
        """Which rule set, engine and library this comes from."""
        return provenance_of(self.ruleset, self.engine)

    def to_dict(self, *, names: bool = False) -> dict[str, Any]:
        """Return everything as plain values that JSON holds unchanged; ``export.AssessmentExport`` says what each key means.

        Args:
            names: call people by name instead of by role and number. Off unless whoever reads it may know.

        """
        teller = Teller(self.ruleset, Wording(self.intake, self.ruleset, names=True)) if names else self._teller
        return {
            "schema": SCHEMA,
            "settled": self.settled,
            "ranking": [self._entry(standing, teller) for standing in self.ranking],
            "foci": told_foci(self.result, teller.wording),
            "gates_to_clear": list(self.gates_to_clear),
            "open_gates": [question.to_dict() for question in self._open(teller) if question.gate],
            "cautions": [self._caution(finding, teller) for finding in self.result.cautions],
            "questions": list(self._questions(teller)),
            "plan": told_plan(self.intake, self.result, teller),
            "design_choices": self.ruleset.scoring.note,
            "provenance": self.provenance,
        }

    def to_json(self, *, names: bool = False) -> str:
        """Return ``to_dict`` as JSON text."""
        return json.dumps(self.to_dict(names=names), indent=2, ensure_ascii=False)

    def to_text(self, *, names: bool = True, brief: bool = False, steps: bool = False, width: int = 110) -> str:
        """Return what the command prints for people.

        Args:
            names: call people by name.
            brief: leave out sources, facts and lesser detail.
            steps: add to each strategy of the plan its steps and sources.
            width: characters in a line.

        Raises:
            MissingExtraError: the extra ``cli`` is not installed.

        """

        def page() -> RenderableType:
            from ipt_rules.render.text import assessment_text

            return assessment_text(self, names=names, brief=brief, steps=steps)

        return printed(page, width)

    def to_html(self, *, names: bool = True) -> str:
        """Return the report: one HTML page that needs nothing else, for people.

        Args:
            names: call people by name.

        """
        from ipt_rules.render.report import report

        return report(self, names=names)

    def standings_table(self, **case: Any) -> list[dict[str, Any]]:
        """Return one flat dict for each area, in order, for ``pandas.DataFrame``.

        Args:
            case: columns to put first in every row, such as ``case="A-17"``, so that tables of many intakes can be joined.

        """
        return [
            {
                **case,
                "area": standing.area,
                "rank": standing.rank,
                "points": standing.points,
                "level": standing.level,
                "least": standing.bounds.least,
                "most": standing.bounds.most,
                "held_back": bool(standing.held_back_by),
                "focus": standing.best.row.place or None,
                "settled": self.settled,
            }
            for standing in self.ranking
        ]

    def findings_table(self, **case: Any) -> list[dict[str, Any]]:
        """Return one flat dict for each finding, for ``pandas.DataFrame``: first the evidence, once for each focus that it is in.

        Evidence on a subject that is no focus of its area (nothing supports it there) counts nothing. Rules that are no evidence
        (stages, cautions, questions, areas held back) have no area.

        Args:
            case: columns to put first in every row.

        """
        rows = []
        in_a_focus = set()
        for standing in self.ranking:
            for focus in standing.foci:
                rows += [self._flat(finding, focus.row.place, standing.area) for finding in focus.found]
                in_a_focus |= {(finding.rule.id, finding.row.place) for finding in focus.found}
        for finding in self.result.findings:
            consequence = finding.rule.consequence
            if not isinstance(consequence, Evidence):
                rows.append(self._flat(finding, finding.row.place, None))
            elif (finding.rule.id, finding.row.place) not in in_a_focus:
                rows.append(self._flat(finding._replace(counts=False), finding.row.place, consequence.area))
        return [{**case, **row} for row in rows]

    def plan_table(self, **case: Any) -> list[dict[str, Any]]:
        """Return one flat dict for each strategy of the plan, for ``pandas.DataFrame``; those withheld say why.

        Args:
            case: columns to put first in every row.

        """
        return [
            {**case, **row} for row in plan_rows(told_plan(self.intake, self.result, self._teller), self.result.foci)
        ]

    def _questioner(self, names: bool) -> Questioner:
        return self._questioners[names]

    @kept
    def _questioners(self) -> tuple[Questioner, Questioner]:
        """Who answers questions, without names and with them."""
        plain, named = (Questioner(self.intake, self.ruleset, self.result, names=names) for names in (False, True))
        return plain, named

    def _beside(self, standing: Standing) -> list[Finding]:
        """Return the evidence against an area on subjects that nothing supports there."""
        foci = {focus.row.place for focus in standing.foci}
        return [
            finding._replace(counts=False)
            for finding in self.result.findings
            if isinstance(finding.rule.consequence, Evidence)
            and finding.rule.consequence.area == standing.area
            and finding.row.place
            and finding.row.place not in foci
        ]

    def _entry(self, standing: Standing, teller: Teller) -> dict[str, Any]:
        told = teller.reasons(standing.best.found)
        supports = [finding.rule.consequence for finding in standing.best.found]
        split = {side: [] for side in ("for", "against")}  # type: dict[str, list[dict[str, Any]]]
        for entry, consequence in zip(told, supports, strict=True):
            assert isinstance(consequence, Evidence)  # a focus holds evidence only
            split["for" if consequence.supports else "against"].append(entry.to_dict())
        return {
            "area": standing.area,
            "rank": standing.rank,
            "points": standing.points,
            "level": standing.level,
            "bounds": list(standing.bounds),
            "held_back_by": [finding.rule.id for finding in standing.held_back_by],
            "held_back_because": [teller.reason(finding).to_dict() for finding in standing.held_back_by],
            "focus": told_focus(standing.best, teller.wording) if standing.best.has_subject else None,
            "capped": standing.best.capped,
            "equal_foci": standing.equal,
            "foci": [{"subject": focus.row.place or None, "points": focus.points} for focus in standing.foci],
            **split,
            "against_elsewhere": [
                {"subject": finding.row.place, **teller.reason(finding).to_dict()} for finding in self._beside(standing)
            ],
        }

    def _caution(self, finding: Finding, teller: Teller) -> dict[str, Any]:
        caution = finding.rule.consequence
        assert isinstance(caution, Caution)  # cautions only
        told = teller.reason(finding).to_dict()
        kept = {key: told[key] for key in ("rule", "because", "facts", "basis", "cites")}
        return {
            "kind": caution.kind,
            "gate": caution.gate,
            "cleared": caution.gate in self.intake.safety.cleared,
            **kept,
        }

    def _open(self, teller: Teller) -> tuple[OpenQuestion, ...]:
        if teller is self._teller:
            return self.open_questions
        return open_questions(self.intake, self.ruleset, self.result, teller.wording)

    def _questions(self, teller: Teller) -> Iterator[dict[str, Any]]:
        found = self._open(teller)
        yield from (question.to_dict() for question in found if question.gate and not question.silent)
        yield from (question.to_dict() for question in found if question.needed and not question.gate)
        for finding in self.result.asks:
            asks = finding.rule.consequence
            assert isinstance(asks, Ask)  # asks only
            told = teller.reason(finding).to_dict()
            kept = {key: told[key] for key in ("rule", "because", "facts", "basis", "cites")}
            yield {"kind": "clinician", "question": teller.wording.sentence(asks.question, finding.row), **kept}
        yield from (question.to_dict() for question in found if not question.gate and not question.needed)

    def _flat(self, finding: Finding, subject: str, area: str | None) -> dict[str, Any]:
        told = self._teller.reason(finding)
        consequence = finding.rule.consequence
        direction = ("for" if consequence.supports else "against") if isinstance(consequence, Evidence) else told.kind
        return {
            "area": area,
            "subject": subject or None,
            "rule": told.rule,
            "direction": direction,
            "strength": told.strength,
            "points": told.points,
            "counts": told.counts,
            "because": told.because,
            "facts": "; ".join(f"{fact.path} = {fact.value}" for fact in told.facts),
            "cites": "; ".join(f"{citation.ref}, {citation.at}" for citation in told.cites),
            "basis": told.basis,
        }
