"""Which fields of a row cannot vary alone, as links that whoever looks for a row can follow.

Each link is a fact, true of the rows of every intake and course. A link that is not known here lets a reasoner believe in rows that
there cannot be; it never makes him overlook one that there can.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final, NamedTuple

from ipt_rules.engines.reference import compare
from ipt_rules.ruleset.cells import SUBJECTS_OF_FOCI, only_if
from ipt_rules.ruleset.conditions import All, Comparison, Condition, comparisons
from ipt_rules.ruleset.links import APART, NO_MORE_THAN
from ipt_rules.values import NOT_ARISING, NotArising
from ipt_rules.vocabulary import STAGE_FIELDS, STAGES, fields, fields_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from ipt_rules.values import Value


class Option(NamedTuple):
    """Values of a field that nobody tells apart: one of them, and of single numbers the greatest."""

    value: Value
    most: Value


class Link(NamedTuple):
    """Fields that hang together.

    Attributes:
        names: the fields.
        tests: comparisons that tell apart what matters to the link.
        fits: whether they can have some values beside each other, given in the order of the names.

    """

    names: tuple[str, ...]
    tests: tuple[Comparison, ...]
    fits: Callable[..., bool]


def links(kind: str, names: Collection[str]) -> list[Link]:
    """Return the links of fields that somebody asks about on rows of a kind."""
    arising = [link for name in names if (link := _arises(name)) is not None]
    known = {*names, *(name for link in arising for name in link.names)}
    there = fields_of(kind)
    of_subjects = [
        _of_subject(name) for name in sorted(known) if kind == "focus" and fields()[name].group in SUBJECTS_OF_FOCI
    ]
    known |= {name for link in of_subjects for name in link.names}
    others = [
        link
        for link in _others()
        if len(known.intersection(link.names)) >= min(2, len(link.names)) and all(name in there for name in link.names)
    ]
    return [*of_subjects, *arising, *others]


@functools.cache
def _arises(name: str) -> Link | None:
    """Return that a question arises only with some answers to another; None where it always does."""
    decider, words = only_if(name)
    if not decider:
        return None
    judgement = fields()[name].judgement

    def fits(decides: Option, told: Option) -> bool:
        if not isinstance(decides.value, str):
            return True  # not known, or about nobody
        if decides.value in words:
            return judgement or not isinstance(told.value, NotArising)
        return isinstance(told.value, NotArising)

    return Link((decider, name), (Comparison(decider, "in", words),), fits)


@functools.cache
def _of_subject(name: str) -> Link:
    """Return that a focus says nothing of the kinds of subject that it does not have, and has the questions of the one it has."""
    field = fields()[name]
    asked = not field.is_derived and not field.judgement and not only_if(name)[0]

    def fits(subject: Option, told: Option) -> bool:
        if subject.value == field.group:
            return not (asked and isinstance(told.value, NotArising))
        return isinstance(told.value, NotArising)

    return Link(("focus.subject", name), (Comparison("focus.subject", "is", field.group),), fits)


@functools.cache
def _others() -> tuple[Link, ...]:
    """Return what is known of single fields, beside what questions say of each other."""
    never_both = [_never_both(*pair) for pair in APART]
    return (*never_both, *(_no_more_than(*pair) for pair in NO_MORE_THAN), _STAGE_USED, _STAGE_IN_FOCUS)


def _never_both(one: Condition, other: Condition) -> Link:
    """Return that no row fulfils two conditions at once."""
    tests = tuple(dict.fromkeys((*comparisons(one), *comparisons(other))))
    names = tuple(dict.fromkeys(test.field for test in tests))

    def fits(*told: Option) -> bool:
        row = dict(zip(names, told, strict=True))
        return not (_holds(one, row) and _holds(other, row))

    return Link(names, tests, fits)


def _holds(condition: Condition, row: Mapping[str, Option]) -> bool:
    if isinstance(condition, Comparison):
        return compare(condition, row[condition.field].value) is True
    found = (_holds(part, row) for part in condition.parts)
    return all(found) if isinstance(condition, All) else any(found)


def _no_more_than(fewer: str, more: str) -> Link:
    """Return that one number is never more than another, where both are known exactly."""

    def fits(one: Option, other: Option) -> bool:
        return not isinstance(one.value, int) or not isinstance(other.most, int) or one.value <= other.most

    return Link((fewer, more), (), fits)


def _is_used(recorded: Option, found: Option, used: Option) -> bool:
    """Return whether a stage is the one that is used: the recorded one, else the one that was found."""
    instead = found.value if isinstance(recorded.value, NotArising) else recorded.value
    return used.value is instead or (isinstance(used.value, str) and used.value == instead)


def _is_in_focus(recorded: Option, found: Option, used: Option, in_focus: Option) -> bool:
    """Return whether the stage of a focus is the one that is used of its dispute; it arises with it."""
    return _is_used(recorded, found, used) and _is_used(_NOT_ARISING, used, in_focus)


_NOT_ARISING: Final = Option(NOT_ARISING, NOT_ARISING)
_STAGES: Final = ("dispute.stage", *STAGE_FIELDS)
_STAGE_USED, _STAGE_IN_FOCUS = (
    Link(names, tuple(Comparison(name, "is", word) for name in names for word in STAGES), fits)
    for names, fits in ((_STAGES, _is_used), ((*_STAGES, "focus.stage"), _is_in_focus))
)
