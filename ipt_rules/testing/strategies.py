"""Hypothesis strategies for intakes, courses and rule sets; extra ``testing``."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from ipt_rules.drawn.courses import draw_check_in, draw_contract, draw_course, draw_foci
from ipt_rules.drawn.intakes import answer_one, complete, draw_intake, draw_inventory
from ipt_rules.ruleset import load_ruleset
from ipt_rules.testing.extra import st
from ipt_rules.testing.rules import draw_ruleset, draw_weighing_ruleset

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipt_rules.course import Course
    from ipt_rules.intake import Intake
    from ipt_rules.inventory import Inventory
    from ipt_rules.ruleset import Ruleset
    from ipt_rules.sessions import AgreedFocus, CheckIn, Contract

T = TypeVar("T")


class Drawn:
    """A ``Chooser`` that asks Hypothesis, so that what fails is made small."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def one_of(self, alternatives: Sequence[T]) -> T:
        """Return one of the alternatives; the first is the simplest."""
        return self._draw(st.sampled_from(alternatives))

    def number(self, least: int, most: int) -> int:
        """Return a whole number, both ends included."""
        return self._draw(st.integers(least, most))

    def chance(self, percent: int) -> bool:
        """Return true about so often."""
        return self._draw(st.integers(0, 99)) >= 100 - percent


@st.composite
def intakes(draw: st.DrawFn) -> Intake:
    """Return intakes with anything from almost nothing to everything answered."""
    return draw_intake(Drawn(draw))


@st.composite
def partial_intakes(draw: st.DrawFn, *, share: int = 50) -> Intake:
    """Return intakes of which a share of the questions, in percent, is answered, and the others are open."""
    return draw_intake(Drawn(draw), share=share)


@st.composite
def inventories(draw: st.DrawFn, *, most_people: int = 6) -> Inventory:
    """Return the people around a patient, from nobody asked for to everything answered about everybody."""
    return draw_inventory(Drawn(draw), most_people=most_people)


@st.composite
def completions(draw: st.DrawFn, *, share: int = 100) -> tuple[Intake, Intake]:
    """Return an intake and the same with its open questions answered, or a share of them in percent."""
    choose = Drawn(draw)
    intake = draw_intake(choose)
    return intake, complete(choose, intake, share=share)


@st.composite
def answered(draw: st.DrawFn) -> tuple[Intake, str, Intake]:
    """Return an intake, one of its open questions, and the intake in which just that is answered."""
    choose = Drawn(draw)
    intake = draw_intake(choose)
    step = answer_one(choose, intake)
    return (intake, *step) if step else (intake, "", intake)


def courses(*, most_sessions: int = 6, ruleset: Ruleset | None = None) -> st.SearchStrategy[Course]:
    """Return courses of a therapy, from none of its sessions held to one that ended or went beyond its contract.

    Args:
        most_sessions: how many sessions are held at the most.
        ruleset: whose strategies are done; None for the rules that come with the library.

    """
    return _courses(most_sessions, ruleset or load_ruleset())  # read before anything is drawn, which Hypothesis times


@st.composite
def _courses(draw: st.DrawFn, most_sessions: int, ruleset: Ruleset) -> Course:
    return draw_course(Drawn(draw), most_sessions=most_sessions, ruleset=ruleset)


@st.composite
def check_ins(
    draw: st.DrawFn, course: Course, ruleset: Ruleset | None = None, *, may_end: bool = True, most_missed: int = 2
) -> CheckIn:
    """Return check-ins of a session that comes after those of a course; ``draw_check_in`` says what the arguments mean."""
    return draw_check_in(Drawn(draw), course, ruleset, may_end=may_end, most_missed=most_missed)


@st.composite
def next_contracts(draw: st.DrawFn, course: Course) -> Contract | None:
    """Return contracts that hold from the next session of a course on; None where there can be none."""
    return draw_contract(Drawn(draw), course)


@st.composite
def next_foci(draw: st.DrawFn, course: Course) -> list[AgreedFocus]:
    """Return one focus, or two, to work on from the next session of a course on; none where there can be none."""
    return draw_foci(Drawn(draw), course)


@st.composite
def rulesets(draw: st.DrawFn) -> Ruleset:
    """Return rule sets with conditions of any shape."""
    return draw_ruleset(Drawn(draw), rules=12)


@st.composite
def weighing_rulesets(draw: st.DrawFn) -> Ruleset:
    """Return rule sets that count evidence, find stages and hold areas back."""
    return draw_weighing_ruleset(Drawn(draw), rules=12)
