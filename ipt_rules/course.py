"""The course of a therapy: an intake, the contract, the agreed focus and goals, and a check-in for each session held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from annotated_types import MaxLen
from pydantic import Field, ModelWrapValidatorHandler, ValidationError, model_validator

from ipt_rules.agreed import answered_by
from ipt_rules.course_contradictions import course_contradictions
from ipt_rules.display import Displayed
from ipt_rules.errors import IntakeError, Problem
from ipt_rules.intake import Intake
from ipt_rules.malformed import by_place, malformed, without_malformed
from ipt_rules.reassessment import reassessed
from ipt_rules.records import Private, Record, Text
from ipt_rules.review import reviewed
from ipt_rules.sessions import MOST_SESSIONS, AgreedFocus, AgreedGoal, CheckIn, Contract

if TYPE_CHECKING:
    from ipt_rules.engines import EngineChoice
    from ipt_rules.explain import Reassessment
    from ipt_rules.places import Steps
    from ipt_rules.review import Review
    from ipt_rules.ruleset import Ruleset

COURSE_SCHEMA: Final = "ipt-rules/course/v1"
_BLANK: Final = Intake.model_validate({"assessed_on": "2200-12-31"})
_HEADING: Final = "The course cannot be reviewed:"


class Course(Record, Displayed):
    """One therapy as it was recorded so far, valid and free of contradictions.

    Contracts, foci and check-ins stand in the order of their sessions. A contract and a focus hold from the session in which they
    were agreed on, until the next one; two foci that were agreed in the same session are worked on together.

    Raises:
        IntakeError: on construction, with everything that is wrong, each with its place.

    """

    schema_: Literal["ipt-rules/course/v1"] = Field(default=COURSE_SCHEMA, alias="schema")
    intake: Intake
    contracts: Annotated[tuple[Contract, ...], MaxLen(12)] = ()
    foci: Annotated[tuple[AgreedFocus, ...], MaxLen(24)] = ()
    goals: Annotated[tuple[AgreedGoal, ...], MaxLen(3)] = ()
    check_ins: Annotated[tuple[CheckIn, ...], MaxLen(MOST_SESSIONS)] = ()
    note: Annotated[Text, Private("anything else, for people")] = None

    @model_validator(mode="wrap")
    @classmethod
    def _collect_all_that_is_wrong(cls, given: Any, validate: ModelWrapValidatorHandler[Course]) -> Course:
        given, problems = _with_a_whole_intake(given)
        course: Course | None = None
        left_out: frozenset[Steps] = frozenset()
        try:
            course = validate(given)
        except ValidationError as error:
            problems += malformed(cls, error)
            course, left_out = _without_malformed(given, error, validate)
        except RecursionError:
            problems.append(Problem("", 0, 0, "", "is nested too deeply"))
        if course is not None:
            problems += course_contradictions(course, whole=not problems or _are_single_answers(left_out))
        if problems or course is None:
            raise IntakeError(_HEADING, sorted(problems, key=by_place))
        return course

    def to_dict(self) -> dict[str, Any]:
        """Return the course as plain values, without the questions that are open. ``Course(**d)`` reads it back."""
        plain = self.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
        return {"schema": self.schema_, **plain, "intake": self.intake.to_dict()}

    def with_check_in(self, check_in: CheckIn) -> Course:
        """Return a course with one check-in more, in the place that its session has; this one stays as it is.

        Raises:
            IntakeError: there is a check-in of that session already, or the new one contradicts what is recorded.
            TypeError: what was handed in is no check-in.

        """
        if not isinstance(check_in, CheckIn):
            raise TypeError("with_check_in takes a CheckIn; make one with CheckIn.model_validate(mapping)")
        check_ins = sorted((*self.check_ins, check_in), key=lambda one: one.session)
        plain = [one.model_dump(exclude_none=True, exclude_defaults=True) for one in check_ins]
        return type(self).model_validate({**self.to_dict(), "check_ins": plain})

    def until(self, session: int) -> Course:
        """Return the course as it was recorded up to a session: what was agreed or held later is left out.

        Args:
            session: the number of the last session that counts; it need not have been held.

        """
        foci = [focus for focus in self.foci if focus.agreed_in <= session]
        return self.model_copy(
            update={
                "contracts": tuple(one for one in self.contracts if one.agreed_in <= session),
                "foci": tuple(answered_by(session, focus) for focus in foci),
                "goals": tuple(one for one in self.goals if one.agreed_in <= session),
                "check_ins": tuple(one for one in self.check_ins if one.session <= session),
            }
        )

    def review(
        self, session: int | None = None, ruleset: Ruleset | None = None, *, engine: EngineChoice = "auto"
    ) -> Review:
        """Return where the therapy stands after a session, what that means, and the agenda for the next one.

        Args:
            session: the number of a session that has a check-in; None for the last one. What came later plays no part.
            ruleset: the rules; None for those that come with the library.
            engine: what evaluates the rules, as for ``assess``.

        Raises:
            KeyError: there is no check-in of that session.
            EvaluationError: the rules could not be evaluated; there is no review.

        """
        return reviewed(self._at(session), ruleset, engine)

    def reassess(
        self,
        session: int | None = None,
        ruleset: Ruleset | None = None,
        *,
        engine: EngineChoice = "auto",
        names: bool = False,
    ) -> Reassessment:
        """Return what the facts that became known since the intake make of the ranking, and whether to reconsider the focus.

        Args:
            session: the number of a session that has a check-in; None for the last one. What came later plays no part.
            ruleset: the rules; None for those that come with the library.
            engine: what evaluates the rules, as for ``assess``.
            names: call people by name.

        Raises:
            KeyError: there is no check-in of that session.
            EvaluationError: the rules could not be evaluated; there is no result.

        """
        return reassessed(self._at(session), ruleset, engine, names=names)

    def _at(self, session: int | None) -> Course:
        held = [check_in.session for check_in in self.check_ins]
        if session is None:
            return self.until(held[-1]) if held else self
        if session not in held:
            there = ", ".join(map(str, held)) or "none"
            raise KeyError(f"there is no check-in of that session; there are check-ins of: {there}")
        return self.until(session)


def _without_malformed(
    given: Any, error: ValidationError, validate: ModelWrapValidatorHandler[Course]
) -> tuple[Course | None, frozenset[Steps]]:
    try:
        return without_malformed(given, error, validate, {"intake": _BLANK})
    except RecursionError:
        return None, frozenset()


def _are_single_answers(left_out: frozenset[Steps]) -> bool:
    """Return whether nothing was left out to which something else could refer."""
    return bool(left_out) and all(
        steps[0] == "check_ins" and len(steps) > 2 and isinstance(steps[-1], str) and steps[2] != "new_facts"
        for steps in left_out
    )


def _with_a_whole_intake(given: Any) -> tuple[Any, list[Problem]]:
    """Return the course with its intake read, and what is wrong with that; in its place a blank one then stands."""
    if not isinstance(given, dict) or "intake" not in given or isinstance(given["intake"], Intake):
        return given, []
    try:
        return {**given, "intake": Intake.model_validate(given["intake"])}, []
    except IntakeError as error:
        problems = [Problem("", 0, 0, f"intake.{one.path}".rstrip("."), one.what) for one in error.problems]
    except ValidationError:
        problems = [Problem("", 0, 0, "intake", "must be a mapping of questions to answers")]
    return {**given, "intake": _BLANK}, problems
