"""Checks of bands: rules of one family that differ in the stretch of one number, or ordered choice, that they take.

A family is rules for one kind of row that lead to the same sort of thing, in one body of evidence where they count. Nested bands
(within 12 months something, within 3 months more) are meant: the narrower one counts for more. So is a stretch between what counts
for an area and what counts against it, and one that is left out by saying the same of all that is less and of all that is more. A
stretch between two bands for the same side that no rule takes, and bands that overlap in part, seldom are.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from ipt_rules.ruleset.cells import Space, cells
from ipt_rules.ruleset.conditions import All, Comparison, Condition
from ipt_rules.ruleset.consequences import Caution, Consequence, Evidence, Link, StageFound
from ipt_rules.verify.defects import Shown, defect_of
from ipt_rules.vocabulary import fields

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipt_rules.ruleset.cells import Cell
    from ipt_rules.ruleset.model import Rule, Ruleset
    from ipt_rules.verify.defects import Defect

_Family: TypeAlias = tuple[str, tuple[object, ...], str]
"""Kind of row, sort of consequence, and the field that is cut."""


class Band(NamedTuple):
    """The part of a field that one rule takes.

    Attributes:
        rule: the rule.
        tests: its comparisons with the field.
        rest: what else it asks.
        taken: the numbers of the cells that it takes.

    """

    rule: Rule
    tests: tuple[Comparison, ...]
    rest: frozenset[Condition]
    taken: frozenset[int]


def gaps(ruleset: Ruleset) -> Iterator[Defect]:
    """Yield the stretches that no rule of a family takes, between two bands for the same side that ask the same of all else."""
    for name, found, bands in _families(ruleset):
        taken = frozenset[int]().union(*(band.taken for band in bands))
        for alike in _by_rest(bands):
            covered = sorted(frozenset[int]().union(*(band.taken for band in alike)))
            for below, above in itertools.pairwise(covered):
                left, right = _taking(below, alike), _taking(above, alike)
                between = range(below + 1, above)
                if between and taken.isdisjoint(between) and not _is_left_out(left, right, between, len(found)):
                    stretch = found[below + 1 : above]
                    what = f"no rule takes {name} {_stretch(name, stretch)}, between '{left.rule.id}' and this one"
                    shown = _shown(right, name, stretch)
                    yield defect_of("band-gap", right.rule, f"{what}; widen one, or add a rule", shown)


def overlaps(ruleset: Ruleset) -> Iterator[Defect]:
    """Yield the bands of a family that overlap in part and lead to different things; that exclude each other, in whole too."""
    for name, found, bands in _families(ruleset):
        for one, other in (pair for alike in _by_rest(bands) for pair in itertools.combinations(alike, 2)):
            both = one.taken & other.taken
            is_meant = _may_nest(one, other) and both in (one.taken, other.taken)
            if both and not is_meant and one.rule.consequence != other.rule.consequence:
                common = [found[number] for number in sorted(both)]
                what = f"'{one.rule.id}' takes {name} {_stretch(name, common)} too, and leads elsewhere; part the two"
                yield defect_of("band-overlap", other.rule, what, _shown(other, name, common))


def _families(ruleset: Ruleset) -> Iterator[tuple[str, Sequence[Cell], list[Band]]]:
    """Yield the rules of each family that cut a field: the field, its cells without "not known", and what each rule takes."""
    by_family: dict[_Family, list[Band]] = defaultdict(list)
    for rule in ruleset.rules:
        if (sort := _sort(rule.consequence)) is not None:
            for name, tests, rest in _cuts(rule.condition):
                by_family[rule.kind, sort, name].append(Band(rule, tests, rest, frozenset()))
    for (_, _, name), members in by_family.items():
        every = tuple(dict.fromkeys(test for band in members for test in band.tests))
        found = cells(fields()[name], every, arises=True)
        yield name, found, [band._replace(taken=_taken(found, every, band.tests)) for band in members]


def _by_rest(bands: Sequence[Band]) -> list[list[Band]]:
    """Return the bands that ask the same of everything but the field that they cut."""
    found: dict[frozenset[Condition], list[Band]] = defaultdict(list)
    for band in bands:
        found[band.rest].append(band)
    return list(found.values())


def _sort(consequence: Consequence) -> tuple[object, ...] | None:
    """Return what the consequences of one family have in common; None for those that come in no families."""
    if isinstance(consequence, Evidence):
        return "evidence", consequence.area, consequence.body
    if isinstance(consequence, Caution):
        return ("caution", consequence.kind, consequence.gate) if consequence.gate else None
    if isinstance(consequence, StageFound):
        return ("stage",)
    return ("link",) if isinstance(consequence, Link) else None


def _cuts(condition: Condition) -> Iterator[tuple[str, tuple[Comparison, ...], frozenset[Condition]]]:
    """Yield each field that a condition cuts beside all else it asks: the field, the comparisons with it, and the rest."""
    parts = condition.parts if isinstance(condition, All) else (condition,)
    singles = [part for part in parts if isinstance(part, Comparison)]
    for name in dict.fromkeys(part.field for part in singles):
        if fields()[name].type == "number" or fields()[name].ordered:
            tests = tuple(part for part in singles if part.field == name)
            yield name, tests, frozenset(part for part in parts if part not in tests)


def _taken(found: Sequence[Cell], every: Sequence[Comparison], tests: Sequence[Comparison]) -> frozenset[int]:
    own = [every.index(test) for test in tests]
    return frozenset(number for number, cell in enumerate(found) if all(cell.truths[test] is True for test in own))


def _is_left_out(left: Band, right: Band, between: range, cells: int) -> bool:
    """Return whether a stretch is meant to be free: between for and against, or left out by saying the same of all the rest."""
    the_rest = frozenset(range(cells)) - frozenset(between)
    says_the_same = left.rule.consequence == right.rule.consequence and left.taken | right.taken == the_rest
    return _side(left) != _side(right) or says_the_same


def _taking(number: int, bands: Sequence[Band]) -> Band:
    return next(band for band in bands if number in band.taken)


def _side(band: Band) -> bool | None:
    """Return whether a band counts for or against; None for what does neither."""
    consequence = band.rule.consequence
    return consequence.supports if isinstance(consequence, Evidence) else None


def _may_nest(one: Band, other: Band) -> bool:
    """Return whether one band may lie in another: where the stronger counts, or both may be said."""
    consequences = one.rule.consequence, other.rule.consequence
    return _side(one) == _side(other) and all(isinstance(entry, Evidence | Caution) for entry in consequences)


def _stretch(name: str, stretch: Sequence[Cell]) -> str:
    """Return a stretch of a field in words."""
    field = fields()[name]
    least, most = stretch[0].value, stretch[-1].most
    assert isinstance(least, int)  # numbers and ordered choices
    assert isinstance(most, int)  # the same
    words = field.to_word(least), field.to_word(most)
    return f"{words[0]}" if least == most else f"{words[0]} to {words[1]}"


def _shown(band: Band, name: str, stretch: Sequence[Cell]) -> Shown | None:
    """Return the rows that are as a rule wants them but for the field that is cut, which lies in a stretch."""
    least, most = stretch[0].value, stretch[-1].most
    assert isinstance(least, int)  # numbers and ordered choices
    assert isinstance(most, int)  # the same
    inside = All((*band.rest, Comparison(name, "at_least", least), Comparison(name, "at_most", most)))
    try:
        space = Space(band.rule.kind, [inside])
    except ValueError:  # more points than a space may have
        return None
    return Shown(space, space.set_of(inside))
