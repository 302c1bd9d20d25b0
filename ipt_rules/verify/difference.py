"""The difference of two rule sets: rule by rule, what holds on more rows, on fewer, or on others, and what follows otherwise.

That a condition holds on no row on which another does not is proved (``claims``); that it does on some, is shown by what such a row
says, and where an intake or a course with one can be made, by that.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from ipt_rules.ruleset.conditions import All, Condition
from ipt_rules.ruleset.consequences import Proposal
from ipt_rules.verify.apart import apart
from ipt_rules.verify.claims import Claim, Claims, points_of, possible, row_meeting
from ipt_rules.verify.rows_in_words import row_in_words, wanted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ipt_rules.course import Course
    from ipt_rules.intake import Intake
    from ipt_rules.ruleset.model import Rule, Ruleset
    from ipt_rules.values import Value
    from ipt_rules.verify.mutation import FindsWitness

Relation: TypeAlias = Literal["equal", "wider", "narrower", "incomparable", "added", "removed"]
RELATIONS: Final[tuple[Relation, ...]] = ("equal", "wider", "narrower", "incomparable", "added", "removed")

_WORDING: Final = ("because", "propose", "aim", "steps", "question", "goal", "say", "advise")
_SOURCES: Final = ("basis", "cites")


@dataclass(frozen=True)
class Witness:
    """Rows on which a rule of one rule set holds, and that of the other does not.

    Attributes:
        claims: what they meet.
        row: what one of them says, field by field.
        shown_by: an intake or a course with such a row, where one was looked for and found.

    """

    kind: str
    claims: Claims
    row: Mapping[str, Value]
    shown_by: Intake | Course | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the witness as plain values."""
        return {
            "wanted": wanted(self.kind, self.claims),
            "row": row_in_words(self.row),
            "witness": None if self.shown_by is None else self.shown_by.to_dict(),
        }


@dataclass(frozen=True)
class RuleDifference:
    """What one rule is in two rule sets.

    Attributes:
        rule: its id.
        old: the rule before; None where it was added.
        new: the rule after; None where it was removed.
        relation: how the rows on which it holds now compare with those before.
        needs: the same for the conditions of safety of a strategy, on the rows on which it is named.
        bounds_differ: whether it could hold on other rows than before, once more is known, where it holds on the same.
        changed: what else differs: attributes of the consequence (``strength``, ``area``, …), ``wording``, ``sources``.
        gained: rows on which it holds now and did not.
        lost: rows on which it held and does not now.

    """

    rule: str
    old: Rule | None
    new: Rule | None
    relation: Relation
    needs: Relation = "equal"
    bounds_differ: bool = False
    changed: tuple[str, ...] = ()
    gained: Witness | None = None
    lost: Witness | None = None

    @property
    def is_equal(self) -> bool:
        """Whether the rule means the same, and says it in the same words."""
        return self.relation == self.needs == "equal" and not self.bounds_differ and not self.changed

    def to_dict(self) -> dict[str, Any]:
        """Return the difference as plain values."""
        there = self.new or self.old
        assert there is not None  # a rule is in one of them
        return {
            "rule": self.rule,
            "file": there.position.file,
            "line": there.position.line,
            "relation": self.relation,
            "needs": self.needs,
            "bounds_differ": self.bounds_differ,
            "changed": list(self.changed),
            "gained": None if self.gained is None else self.gained.to_dict(),
            "lost": None if self.lost is None else self.lost.to_dict(),
        }


@dataclass(frozen=True)
class RulesetDifference:
    """What differs between two rule sets; their names and versions count for nothing.

    Attributes:
        rules: every rule that is in one of them, those of the new one first, in its order.
        scoring: what ``scoring.yaml`` says otherwise: the key, and what it says before and after; None where it says nothing.
        texts: the keys of references, questions, words and attributes that are otherwise.

    """

    old: Ruleset
    new: Ruleset
    rules: tuple[RuleDifference, ...]
    scoring: tuple[tuple[str, Any, Any], ...]
    texts: tuple[str, ...]

    @property
    def is_equal(self) -> bool:
        """Whether both mean the same, and say it in the same words."""
        return not self.scoring and not self.texts and all(one.is_equal for one in self.rules)

    @property
    def different(self) -> tuple[RuleDifference, ...]:
        """The rules that differ."""
        return tuple(one for one in self.rules if not one.is_equal)

    def to_dict(self) -> dict[str, Any]:
        """Return the difference as plain values."""
        counts = Counter(one.relation for one in self.rules)
        return {
            "old": _named(self.old),
            "new": _named(self.new),
            "equal": self.is_equal,
            "counts": {relation: counts[relation] for relation in RELATIONS},
            "rules": [one.to_dict() for one in self.different],
            "scoring": [{"key": key, "old": before, "new": after} for key, before, after in self.scoring],
            "texts": list(self.texts),
        }


def _named(ruleset: Ruleset) -> dict[str, Any]:
    return {"name": ruleset.name, "version": ruleset.version, "digest": ruleset.digest}


def difference(old: Ruleset, new: Ruleset, *, witness_of: FindsWitness | None = None) -> RulesetDifference:
    """Return what differs between two rule sets.

    Args:
        old: the rules before.
        new: the rules after.
        witness_of: finds an intake or a course with a row in a set of points.

    """
    before, after = ({rule.id: rule for rule in ruleset.rules} for ruleset in (old, new))
    ids = dict.fromkeys((*after, *before))
    witnesses = _Witnesses(old, new, witness_of)
    plain_old, plain_new = old.to_plain(), new.to_plain()
    return RulesetDifference(
        old,
        new,
        tuple(_rule(name, before.get(name), after.get(name), witnesses) for name in ids),
        tuple(_otherwise(plain_old["scoring"], plain_new["scoring"])),
        tuple(
            f"{part}: {key}"
            for part in ("references", "questions", "words", "attributes")
            for key, _, _ in _otherwise(plain_old[part], plain_new[part])
        ),
    )


def _otherwise(old: Mapping[str, Any], new: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield the keys at which two mappings differ, down to what is no mapping."""
    for key in dict.fromkeys((*old, *new)):
        before, after = old.get(key), new.get(key)
        if isinstance(before, dict) and isinstance(after, dict):
            yield from _otherwise(before, after, f"{path}{key}.")
        elif before != after:
            yield f"{path}{key}", before, after


class _Witnesses:
    """Finds what shows a difference, by the rules of the set in which something holds."""

    def __init__(self, old: Ruleset, new: Ruleset, witness_of: FindsWitness | None) -> None:
        self._old, self._new, self._witness_of = old, new, witness_of

    def first(self, kind: str, ways: list[Claims], *, in_new: bool) -> Witness | None:
        """Return the first of some ways to tell two conditions apart that a row can go, with an intake if any has one."""
        rows = [(claims, row) for claims in ways if (row := row_meeting(kind, claims)) is not None]
        for claims, row in rows:
            shown_by = self._shown_by(kind, claims, in_new=in_new)
            if shown_by is not None:
                return Witness(kind, claims, row, shown_by)
        return Witness(kind, *rows[0]) if rows else None

    def _shown_by(self, kind: str, claims: Claims, *, in_new: bool) -> Intake | Course | None:
        found = None if self._witness_of is None else points_of(kind, claims)
        if self._witness_of is None or found is None:
            return None
        return self._witness_of(self._new if in_new else self._old, *found)


def _rule(name: str, old: Rule | None, new: Rule | None, witnesses: _Witnesses) -> RuleDifference:
    if old is None or new is None:
        there = new or old
        assert there is not None  # a rule is in one of them
        shown = witnesses.first(there.kind, [(Claim(there.condition, True),)], in_new=old is None)
        if old is None:
            return RuleDifference(name, old, new, "added", gained=shown)
        return RuleDifference(name, old, new, "removed", lost=shown)
    if old == new:
        return RuleDifference(name, old, new, "equal")
    return _changed(old, new, witnesses)


def _changed(old: Rule, new: Rule, witnesses: _Witnesses) -> RuleDifference:
    """Return how a rule differs that is in both rule sets."""
    if old.kind != new.kind:
        gained = witnesses.first(new.kind, [(Claim(new.condition, True),)], in_new=True)
        lost = witnesses.first(old.kind, [(Claim(old.condition, True),)], in_new=False)
        return RuleDifference(
            old.id, old, new, "incomparable", changed=("for", *_said(old, new)), gained=gained, lost=lost
        )
    ways = list(apart(new.condition, old.condition))
    gained = witnesses.first(new.kind, [one.claims for one in ways if one.first_holds], in_new=True)
    lost = witnesses.first(new.kind, [one.claims for one in ways if not one.first_holds], in_new=False)
    could = any(possible(new.kind, one.claims, could=True) for one in ways)
    return RuleDifference(
        old.id,
        old,
        new,
        _relation(gained is not None, lost is not None),
        needs=_relation_of_needs(old, new),
        bounds_differ=could and gained is None and lost is None,
        changed=_said(old, new),
        gained=gained,
        lost=lost,
    )


def _relation(gains: bool, loses: bool) -> Relation:
    if gains and loses:
        return "incomparable"
    if gains:
        return "wider"
    return "narrower" if loses else "equal"


def _relation_of_needs(old: Rule, new: Rule) -> Relation:
    """Return how the needs of a strategy compare on the rows on which both rule sets name it."""
    named = (Claim(old.condition, True), Claim(new.condition, True))
    ways = [one for one in apart(_needs(new), _needs(old)) if possible(new.kind, (*one.claims, *named))]
    return _relation(any(one.first_holds for one in ways), any(not one.first_holds for one in ways))


def _needs(rule: Rule) -> Condition:
    needs = rule.consequence.needs if isinstance(rule.consequence, Proposal) else None
    return All(()) if needs is None else needs


def _said(old: Rule, new: Rule) -> tuple[str, ...]:
    """Return what differs of two rules besides the rows on which they hold and what they need."""
    before, after = _attributes(old), _attributes(new)
    names = [name for name in dict.fromkeys((*before, *after)) if before.get(name) != after.get(name)]
    return tuple(
        dict.fromkeys("wording" if name in _WORDING else "sources" if name in _SOURCES else name for name in names)
    )


def _attributes(rule: Rule) -> dict[str, object]:
    """Return what a rule leads to, attribute by attribute, with its reason and sources."""
    consequence = rule.consequence
    found: dict[str, object] = {"consequence": type(consequence).__name__}
    found |= {name: getattr(consequence, name) for name in consequence.__dataclass_fields__ if name != "needs"}
    return found | {name: getattr(rule, name) for name in ("because", *_SOURCES)}
