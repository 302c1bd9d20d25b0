"""The assessment: what follows from an intake, as values to look at, to show and to export."""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING, Any, Final

from ipt_rules._version import __version__
from ipt_rules.documents import DocumentReader, MappingNode, below, place, plain
from ipt_rules.engines import Engine, EngineName, make_engine
from ipt_rules.errors import IntakeError, Problem
from ipt_rules.explain import OpenQuestion, Reason, Teller, open_questions
from ipt_rules.intake import Intake
from ipt_rules.malformed import UNKNOWN_KEY, unknown_keys
from ipt_rules.pipeline import Result, evaluate
from ipt_rules.places import parse, written
from ipt_rules.ruleset import Ruleset, load_ruleset, shipped_folder
from ipt_rules.ruleset.model import Ask, Caution, Evidence
from ipt_rules.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipt_rules.documents import ValueNode
    from ipt_rules.ranking import Finding, Focus, Standing

EXAMPLES: Final = ("grief", "disputes", "transitions", "deficits")
"""Names of the worked cases that come with the library; there are more in ``fixtures/intakes``."""


class Assessment:
    """What follows from one intake by one rule set. Supports a clinician's decision; it decides nothing.

    Attributes:
        intake: what was assessed.
        ruleset: the rules.
        result: the ranking, findings and cautions as plain values.
        engine: which engine ran.

    """

    def __init__(self, intake: Intake, ruleset: Ruleset, result: Result, engine: str) -> None:
        self.intake = intake
        self.ruleset = ruleset
        self.result = result
        self.engine = engine
        self._teller = Teller(ruleset, Wording(intake, ruleset))
        self._reasons = {standing.area: self._teller.reasons(standing.best.found) for standing in result.ranking}

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

    @functools.cached_property
    def open_questions(self) -> tuple[OpenQuestion, ...]:
        """The open questions for which some rule waits: gates first, then by what is at stake."""
        return open_questions(self.intake, self.ruleset, self.result, self._teller.wording)

    @property
    def provenance(self) -> dict[str, str]:
        """Which rule set, engine and library this comes from."""
        return {
            "ruleset": self.ruleset.name,
            "version": self.ruleset.version,
            "digest": self.ruleset.digest,
            "engine": self.engine,
            "library": __version__,
        }

    def to_dict(self, *, names: bool = False) -> dict[str, Any]:
        """Return everything as plain values that JSON holds unchanged.

        Args:
            names: call people by name instead of by role and number. Off unless whoever reads it may know.

        """
        teller = Teller(self.ruleset, Wording(self.intake, self.ruleset, names=True)) if names else self._teller
        return {
            "settled": self.settled,
            "ranking": [self._entry(standing, teller) for standing in self.ranking],
            "foci": [_focus(focus, teller.wording) for focus in self.result.foci],
            "cautions": [self._caution(finding, teller) for finding in self.result.cautions],
            "questions": list(self._questions(teller)),
            "provenance": self.provenance,
        }

    def to_json(self, *, names: bool = False) -> str:
        """Return ``to_dict`` as JSON text."""
        return json.dumps(self.to_dict(names=names), indent=2, ensure_ascii=False)

    def standings_table(self) -> list[dict[str, Any]]:
        """Return one flat dict for each area, in order, for ``pandas.DataFrame``."""
        return [
            {
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

    def findings_table(self) -> list[dict[str, Any]]:
        """Return one flat dict for each finding, for ``pandas.DataFrame``; evidence once for each focus that it belongs to."""
        rows = []
        for standing in self.ranking:
            for focus in standing.foci:
                rows += [self._flat(finding, focus.row.place, standing.area) for finding in focus.found]
        others = (finding for finding in self.result.findings if not isinstance(finding.rule.consequence, Evidence))
        return rows + [self._flat(finding, finding.row.place, None) for finding in others]

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
            "focus": _focus(standing.best, teller.wording) if standing.best.has_subject else None,
            "equal_foci": standing.equal,
            "foci": [{"subject": focus.row.place or None, "points": focus.points} for focus in standing.foci],
            **split,
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

    def _questions(self, teller: Teller) -> Iterator[dict[str, Any]]:
        found = self.open_questions
        if teller is not self._teller:
            found = open_questions(self.intake, self.ruleset, self.result, teller.wording)
        yield from (question.to_dict() for question in found if question.gate)
        for finding in self.result.asks:
            asks = finding.rule.consequence
            assert isinstance(asks, Ask)  # asks only
            told = teller.reason(finding).to_dict()
            kept = {key: told[key] for key in ("rule", "because", "facts", "basis", "cites")}
            yield {"kind": "clinician", "question": teller.wording.sentence(asks.question, finding.row), **kept}
        yield from (question.to_dict() for question in found if not question.gate)

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


def _focus(focus: Focus, wording: Wording) -> dict[str, Any]:
    row = focus.row
    return {
        "area": focus.area,
        "subject": row.place or None,
        "label": wording.subject(row.place) if row.place else None,
        "person": None if row.person is None else f"inventory.people[{row.person}]",
        "stage": plain_stage(row.value("dispute.stage_used")) if row.kind == "dispute" else None,
        "points": focus.points,
        "level": focus.level,
    }


def plain_stage(value: object) -> str | None:
    """Return a stage, or None when none is recorded or found."""
    return value if isinstance(value, str) else None


class Assessor:
    """Assesses intakes by one rule set on one engine; make one and use it for many intakes.

    Args:
        ruleset: the rules; None for those that come with the library.
        engine: ``auto``, ``reference`` or ``compiled``.

    """

    def __init__(self, ruleset: Ruleset | None = None, engine: EngineName = "auto") -> None:
        self.ruleset = load_ruleset() if ruleset is None else ruleset
        self.engine: Engine = make_engine(self.ruleset, engine)

    def assess(self, intake: Intake) -> Assessment:
        """Return the assessment of one intake.

        Raises:
            EvaluationError: the rules could not be evaluated; there is no result.

        """
        return Assessment(intake, self.ruleset, evaluate(intake, self.ruleset, self.engine), self.engine.name)


@functools.cache
def _shipped_assessor(engine: EngineName) -> Assessor:
    return Assessor(None, engine)


def assess(intake: Intake, ruleset: Ruleset | None = None, *, engine: EngineName = "auto") -> Assessment:
    """Return the assessment of one intake.

    Args:
        intake: what was recorded.
        ruleset: the rules; None for those that come with the library.
        engine: ``auto``, ``reference`` or ``compiled``.

    Raises:
        EvaluationError: the rules could not be evaluated; there is no result.

    """
    return (_shipped_assessor(engine) if ruleset is None else Assessor(ruleset, engine)).assess(intake)


def assess_many(
    intakes: Iterable[Intake], ruleset: Ruleset | None = None, *, engine: EngineName = "auto"
) -> Iterator[Assessment]:
    """Yield the assessment of each intake, the engine made once.

    Raises:
        EvaluationError: the rules could not be evaluated for an intake; the ones before it were yielded.

    """
    assessor = _shipped_assessor(engine) if ruleset is None else Assessor(ruleset, engine)
    return map(assessor.assess, intakes)


def read_intake(text: str, file: str = "") -> Intake:
    """Return the intake written in a YAML or JSON text.

    Args:
        text: the document.
        file: its name, for the places of what is wrong.

    Raises:
        IntakeError: with everything that is wrong, each with its line, column and place.

    """
    reader = DocumentReader(text, file, quote=False)
    root = reader.read()
    problems = list(reader.problems)
    if not problems and not isinstance(root, MappingNode):
        problems.append(
            Problem(
                file,
                1,
                1,
                "",
                "an intake is a mapping of parts (episode, losses, …) to answers; see `ipt-rules template`",
            )
        )
    try:
        intake = Intake.model_validate(plain(root)) if isinstance(root, MappingNode) else None
    except IntakeError as error:
        intake = None
        told = {(problem.line, problem.column) for problem in problems}
        problems += [
            problem for problem in _placed(error.problems, file, root) if _value_place(problem, root) not in told
        ]
    if problems or intake is None:
        raise IntakeError(
            "The intake cannot be assessed:", sorted(problems, key=lambda problem: (problem.line, problem.column))
        )
    return intake


def _placed(problems: Iterable[Problem], file: str, root: ValueNode | None) -> list[Problem]:
    """Return the problems with the lines and columns at which they stand; each unknown key with its own."""
    found = []
    with_unknown_keys = set()
    for problem in problems:
        steps = parse(problem.path) if problem.path else ()
        holder = below(root, steps)
        if problem.what.startswith(UNKNOWN_KEY) and isinstance(holder, MappingNode):
            with_unknown_keys.add(steps)
        else:
            found.append(Problem(file, *place(root, steps), problem.path, problem.what))
    for steps in with_unknown_keys:
        holder = below(root, steps)
        assert isinstance(holder, MappingNode)
        for key, what in unknown_keys(Intake, steps, holder.keys).items():
            found.append(Problem(file, holder.keys[key].line, holder.keys[key].column, written(steps), what))
    return found


def _value_place(problem: Problem, root: ValueNode | None) -> tuple[int, int]:
    node = below(root, parse(problem.path)) if problem.path else None
    return (node.line, node.column) if node is not None else (0, 0)


def example(name: str) -> Intake:
    """Return a worked case that comes with the library, such as ``example("grief")``.

    Raises:
        KeyError: there is no case of that name; the message says which there are.

    """
    folder = shipped_folder("fixtures") / "intakes"
    cases = sorted(path.stem for path in folder.glob("*.yaml"))
    if name not in cases:
        raise KeyError(f"no worked case is called {name!r}; there are: {', '.join(cases)}")
    return read_intake((folder / f"{name}.yaml").read_text("utf-8"), f"fixtures/intakes/{name}.yaml")
