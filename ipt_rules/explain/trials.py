"""The ranking of one intake with other answers, tried many times.

A trial makes only those rows anew that read a changed answer, and runs only the rules that decide the ranking. What it finds is
what a whole assessment of the changed intake finds.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from pydantic import TypeAdapter

from ipt_rules import places
from ipt_rules.engines.compiled import CompiledEngine
from ipt_rules.facts import facts, standing_row
from ipt_rules.kept import kept
from ipt_rules.pipeline import run_pass, with_stages
from ipt_rules.ranking import Outlook, counted, held_back, score, standing_values, weighed
from ipt_rules.values import Range
from ipt_rules.words import AREAS, Area

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import BaseModel

    from ipt_rules.facts import Facts, Row
    from ipt_rules.intake import Intake
    from ipt_rules.ranking import Counted, Score, Weighed
    from ipt_rules.ruleset.model import Ruleset

Answers: TypeAlias = "Mapping[str, Any]"
"""Place of the intake → plain answer; None leaves the question open."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where the areas stand with some answers.

    Attributes:
        points: the points of each area.
        held_back: the areas that are held back.
        outlook: where they can stand once more is known.

    """

    points: Mapping[Area, int]
    held_back: frozenset[Area]
    outlook: Outlook

    @property
    def leading(self) -> tuple[Area, ...]:
        """The areas at rank 1: one, several equal ones, or none where nothing is supported."""
        supported = [area for area in AREAS if self.outlook.scoring.level(self.points[area]) != "none"]
        free = [area for area in supported if area not in self.held_back] or supported
        most = max((self.points[area] for area in free), default=0)
        return tuple(area for area in free if self.points[area] == most)

    @property
    def first(self) -> Area | None:
        """The area that stands first, alone."""
        return self.leading[0] if len(self.leading) == 1 else None

    @property
    def certain(self) -> Area | None:
        """The area that is first, alone, whatever the open answers turn out to be."""
        return next((area for area in AREAS if self.outlook.is_certain(area)), None)

    @property
    def possible(self) -> tuple[Area, ...]:
        """The areas that bounds do not exclude from the first place."""
        return tuple(area for area in AREAS if not self.outlook.is_excluded(area))


class Trials:
    """The ranking of one intake by one rule set, with any of its answers changed.

    Attributes:
        intake: the intake as it is.
        ruleset: the rules that decide the ranking.
        made: how many trials were made so far.

    """

    def __init__(self, intake: Intake, ruleset: Ruleset) -> None:
        self.intake = intake
        self.ruleset = ruleset.counting
        self.made = 0
        self._engine = engine_of(self.ruleset)
        self._facts = facts(intake, self.ruleset.reads)
        self._counted: dict[Row, Counted] = {}
        self._weighed: dict[tuple[int, int], tuple[Weighed, ...]] = {}
        self._standing: dict[
            tuple[int, tuple[Score, ...]], tuple[frozenset[Area], frozenset[Area], frozenset[Area]]
        ] = {}

    @kept
    def base(self) -> Outcome:
        """Where the areas stand as it is."""
        return self._outcome(self._facts)

    @kept
    def subjects(self) -> tuple[Counted, ...]:
        """What each recorded subject's row holds for and against each area, as it is."""
        return tuple(map(self._count, self._facts.subjects))

    @kept
    def patient(self) -> Counted:
        """What the patient's row holds, as it is."""
        return self._count(self._facts.patient)

    def points_on(self, row: int | None, area: Area) -> int:
        """Return the points that an area has, or would have, with a focus on one recorded subject's row, nothing cut off."""
        return weighed(area, None if row is None else self.subjects[row], self.patient).points

    def best_row(self, area: Area) -> int | None:
        """Return the recorded subject whose row is an area's best focus; None when it has none."""
        foci = [number for number, row in enumerate(self.subjects) if (area, True) in row.holding]
        return max(foci, key=lambda number: self.points_on(number, area), default=None)

    def outcome(self, answers: Answers) -> Outcome:
        """Return where the areas would stand with other answers, which have to fit the intake.

        Args:
            answers: place → plain answer; None opens the question.

        """
        if not answers:
            return self.base
        self.made += 1
        changed = changed_intake(self.intake, answers)
        return self._outcome(facts(changed, self.ruleset.reads, since=(self._facts, tuple(answers))))

    def _outcome(self, rows: Facts) -> Outcome:
        subjects = [self._count(row) for row in (*rows.subjects, *rows.not_asked)]
        patient = self._count(rows.patient)
        by_row = [self._weigh(row, patient) for row in subjects]
        without = self._weigh(None, patient)
        cap = self.ruleset.scoring.most_without_subject
        scores = tuple([score([row[number] for row in by_row], without[number], cap) for number in range(len(AREAS))])
        held, always, perhaps = self._held_back(rows.patient, patient, scores)
        bounds = {area: known.bounds for area, known in zip(AREAS, scores, strict=True)}
        points = {area: known.points for area, known in zip(AREAS, scores, strict=True)}
        return Outcome(points, held, Outlook(self.ruleset.scoring, bounds, always, perhaps))

    def _count(self, row: Row) -> Counted:
        if row not in self._counted:
            completed = with_stages([row], self.ruleset, self._engine)[0] if row.kind == "dispute" else [row]
            self._counted[row] = counted(self.ruleset.evidence, run_pass("evidence", completed, self._engine)[0])
        return self._counted[row]

    def _weigh(self, row: Counted | None, patient: Counted) -> tuple[Weighed, ...]:
        key = id(row), id(patient)  # both are kept for as long as this is
        if key not in self._weighed:
            self._weighed[key] = tuple([weighed(area, row, patient) for area in AREAS])
        return self._weighed[key]

    def _held_back(
        self, patient: Row, about_patient: Counted, scores: Sequence[Score]
    ) -> tuple[frozenset[Area], frozenset[Area], frozenset[Area]]:
        """Return the areas that are held back, those that are whatever comes, and those that could be."""
        key = id(about_patient), tuple(scores)
        if key not in self._standing:
            now = {area: Range(known.points, known.points) for area, known in zip(AREAS, scores, strict=True)}
            later = {area: known.bounds for area, known in zip(AREAS, scores, strict=True)}
            rows = [standing_row(patient, standing_values(points, self.ruleset.scoring)) for points in (now, later)]
            standing, whatever = run_pass("standing", rows, self._engine)
            self._standing[key] = (
                held_back(self.ruleset, standing.holding),
                held_back(self.ruleset, whatever.holding),
                held_back(self.ruleset, whatever.possible),
            )
        return self._standing[key]


@functools.lru_cache(maxsize=8)
def engine_of(ruleset: Ruleset) -> CompiledEngine:
    """Return the engine for a rule set's trials, made once."""
    return CompiledEngine(ruleset)


def changed_intake(intake: Intake, answers: Answers) -> Intake:
    """Return the intake with other answers that are known to fit; nothing is checked, so it is for trials only."""
    for place, answer in answers.items():
        intake = _put(intake, places.parse(place), answer)
    return intake


def _put(record: Any, steps: places.Steps, answer: Any) -> Any:
    step, *below = steps
    if isinstance(step, int):
        return (*record[:step], _put(record[step], tuple(below), answer), *record[step + 1 :])
    value = _put(getattr(record, step), tuple(below), answer) if below else _typed(type(record), step, answer)
    return record.model_copy(update={step: value})


def _typed(record: type[BaseModel], name: str, answer: Any) -> Any:
    """Return a plain answer as the record holds it."""
    plain = answer is None or isinstance(answer, bool | int)
    return answer if plain else _reader(record, name).validate_python(answer)


@functools.cache
def _reader(record: type[BaseModel], name: str) -> TypeAdapter[Any]:
    return TypeAdapter(record.model_fields[name].rebuild_annotation())
