"""Which fields of a row cannot vary alone: what values they can have beside each other.

Each link is a fact, true of the rows of every intake, stages found and used among them. A link that is not known here lets a
reasoner believe in rows that there cannot be; it never makes him overlook one that there can.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final, NamedTuple

from ipt_rules.ruleset.cells import SUBJECTS_OF_FOCI, only_if
from ipt_rules.ruleset.conditions import Comparison
from ipt_rules.values import NotArising
from ipt_rules.vocabulary import STAGE_FIELDS, STAGES, fields, fields_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from ipt_rules.values import Value


def is_always_known(name: str) -> bool:
    """Return whether a field has a value on every row on which something is found: where areas stand, and what a focus is."""
    return name.startswith("standing.") or name in ("focus.area", "focus.level", "focus.subject")


class Link(NamedTuple):
    """Fields that hang together.

    Attributes:
        names: the fields; where one decides on the others, it comes first.
        tests: comparisons that tell apart what matters to the link.
        fits: whether they can have some values beside each other, given in the order of the names.

    """

    names: tuple[str, ...]
    tests: tuple[Comparison, ...]
    fits: Callable[..., bool]


def links(kind: str, names: Collection[str]) -> list[Link]:
    """Return the links of fields that somebody asks about on rows of a kind, those of what decides on others first."""
    arising = [link for name in names if (link := _arises(name)) is not None]
    known = {*names, *(name for link in arising for name in link.names)}
    of_subjects = [
        _of_subject(name) for name in sorted(known) if kind == "focus" and fields()[name].group in SUBJECTS_OF_FOCI
    ]
    there = fields_of(kind)
    others = [
        link
        for link in _OTHERS
        if len(known.intersection(link.names)) > 1 and all(name in there for name in link.names)
    ]
    return [*of_subjects, *arising, *others]


@functools.cache
def _arises(name: str) -> Link | None:
    """Return that a question arises only with some answers to another; None where it always does."""
    decider, words = only_if(name)
    if not decider:
        return None
    judgement = fields()[name].judgement

    def fits(decides: Value, value: Value) -> bool:
        if not isinstance(decides, str):
            return True  # not known, or about nobody
        if decides in words:
            return judgement or not isinstance(value, NotArising)
        return isinstance(value, NotArising)

    return Link((decider, name), (Comparison(decider, "in", words),), fits)


@functools.cache
def _of_subject(name: str) -> Link:
    """Return that a focus says nothing of the kinds of subject that it does not have, and has the questions of the one it has."""
    field = fields()[name]
    asked = not field.is_derived and not field.judgement and not only_if(name)[0]

    def fits(subject: Value, value: Value) -> bool:
        if subject == field.group:
            return not (asked and isinstance(value, NotArising))
        return isinstance(value, NotArising)

    return Link(("focus.subject", name), (Comparison("focus.subject", "is", field.group),), fits)


def _told_of_all(story: Value, answer: Value) -> bool:
    """Return whether "in some dispute" can come to a value beside the answer about one of them."""
    if answer is True:
        return story is True
    return story in (True, None) if answer is None else not isinstance(story, NotArising)


def _used(recorded: Value, found: Value, used: Value) -> bool:
    """Return whether a stage is the one that is used: the recorded one, else the one that was found."""
    used_instead = found if isinstance(recorded, NotArising) else recorded
    return used is used_instead or (isinstance(used, str) and used == used_instead)


_STAGES: Final = ("dispute.stage", *STAGE_FIELDS)

_OTHERS: Final = (
    *(
        Link(
            ("story.violence", name),
            (Comparison("story.violence", "is", True), Comparison(name, "is", True)),
            _told_of_all,
        )
        for name in ("dispute.violence", "dispute.coercion")
    ),
    Link(_STAGES, tuple(Comparison(name, "is", word) for name in _STAGES for word in STAGES), _used),
)
"""What is known of single fields, beside what the questions say of each other."""
