"""A strategy of boundaries and witnesses: few intakes that reach what rules ask for, and values at which comparisons turn over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ipt_rules.errors import IntakeError
from ipt_rules.intake import SUBJECT_LISTS
from ipt_rules.open_answers import with_answers
from ipt_rules.ruleset import load_ruleset
from ipt_rules.ruleset.cells import cells
from ipt_rules.ruleset.conditions import comparisons
from ipt_rules.testing.extra import st
from ipt_rules.testing.seeds import covering, rules_named
from ipt_rules.testing.strategies import Drawn
from ipt_rules.vocabulary import fields
from ipt_rules.ways_back import proposed_way

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ipt_rules.drawn.intakes import Chooser
    from ipt_rules.intake import Intake
    from ipt_rules.ruleset.conditions import Comparison
    from ipt_rules.ruleset.model import Rule, Ruleset
    from ipt_rules.values import Known

_MOST_MOVED: Final = 3
_SHARE_MOVED: Final = 10
"""Of a hundred intakes, those in which values are moved to a boundary."""


def boundary_intakes(
    ruleset: Ruleset | None = None, *, rules: Iterable[str] | None = None
) -> st.SearchStrategy[Intake]:
    """Return intakes that together reach what masking MC/DC asks for, and such with values at which a comparison turns over.

    Three hundred examples reach all that can be reached of the shipped rules on stages, evidence, cautions and questions.

    Args:
        ruleset: the rules; None for those that come with the library.
        rules: ids of the rules to aim at; None for those on stages, evidence, cautions and questions.

    Raises:
        RulesetError: there is no such rule.

    """
    whole = ruleset or load_ruleset()
    aimed = rules_named(whole, rules) if rules is not None else _usual(whole)
    return _near(covering(whole, aimed), [*_boundaries(aimed)])


def _usual(ruleset: Ruleset) -> list[Rule]:
    return [rule for rule in ruleset.rules if rule.runs_in in ("stages", "evidence")]


def _boundaries(rules: Sequence[Rule]) -> Iterator[tuple[str, Known]]:
    """Yield every field that rules compare, with each value at which one of the comparisons turns over."""
    tests: dict[str, list[Comparison]] = {}
    for rule in rules:
        for one in comparisons(rule.condition):
            tests.setdefault(one.field, []).append(one)
    for name, found in sorted(tests.items()):
        for cell in cells(fields()[name], found, arises=True):
            for value in dict.fromkeys((cell.value, cell.most)):
                if isinstance(value, bool | int | str):
                    yield name, value


@st.composite
def _near(draw: st.DrawFn, seeds: Sequence[Intake], boundaries: Sequence[tuple[str, Known]]) -> Intake:
    choose = Drawn(draw)
    intake = choose.one_of(seeds)
    if boundaries and choose.chance(_SHARE_MOVED):
        for _ in range(choose.number(1, _MOST_MOVED)):
            intake = _moved(choose, intake, *choose.one_of(boundaries))
    return intake


def _moved(choose: Chooser, intake: Intake, name: str, value: Known) -> Intake:
    """Return the intake with a field at a value; as it was where there is no way to it."""
    group = fields()[name].group
    kinds = SUBJECT_LISTS.values() if group == "tie" else (group,)
    subjects = [place for place, _ in intake.subjects() if SUBJECT_LISTS[place.partition("[")[0]] in kinds]
    place = choose.one_of(subjects) if subjects else ""
    if not place and group in ("tie", *SUBJECT_LISTS.values()):
        return intake
    try:
        way = proposed_way(intake, name, place, fields()[name].to_word(value))
        return intake if way is None else with_answers(intake, way)
    except (IntakeError, LookupError):
        return intake
