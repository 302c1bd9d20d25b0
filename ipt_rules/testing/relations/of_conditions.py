"""Relations between conditions and the same said otherwise, said of less, or denied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipt_rules.ruleset.conditions import All, Comparison, Condition, Some, comparisons, negated
from ipt_rules.testing.relations.known import is_known
from ipt_rules.testing.relations.some_rules import asked_beside, changed, each_comparison
from ipt_rules.testing.relations.told import differences, passes_of
from ipt_rules.values import NOT_ARISING
from ipt_rules.vocabulary import fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipt_rules.drawn.intakes import Chooser
    from ipt_rules.intake import Intake
    from ipt_rules.ranking import Evaluated
    from ipt_rules.ruleset.model import Rule, Ruleset
    from ipt_rules.testing.relations.some_rules import Change
    from ipt_rules.testing.relations.told import Evaluates

# ── denied ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def conditions_denied(evaluates: Evaluates, ruleset: Ruleset, intake: Intake, choose: Chooser) -> list[str]:
    """Say that a condition and its denial never both hold, that one does where all is known, and that what holds cannot fail.

    "Cannot fail": where one holds, the other could not; but where a rule asks whether something is known, it could.
    """
    differing = []
    for rule, entry, one, other in _pairs(evaluates, ruleset, intake, negated):
        holds = [position in entry.holding for position in (one, other)]
        could = [position in entry.possible for position in (one, other)]
        asks = any(part.operator in ("known", "not_known") for part in comparisons(rule.condition))
        if all(holds):
            differing.append(f"{rule.id} and its denial both hold on a {rule.kind} row")
        elif not any(holds) and is_known(entry.row, rule.condition):
            differing.append(f"neither {rule.id} nor its denial holds on a {rule.kind} row")
        elif not asks and any(holds) and all(could):
            differing.append(f"of {rule.id} and its denial one holds and the other could on a {rule.kind} row")
    return differing


def _pairs(
    evaluates: Evaluates, ruleset: Ruleset, intake: Intake, change: Change
) -> Iterator[tuple[Rule, Evaluated, int, int]]:
    """Yield each rule on each row of its kind, with the positions of the rules that ask the same, and the changed condition."""
    beside, pairs = asked_beside(ruleset, change)
    by_pass: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for pair in pairs:
        by_pass.setdefault((beside.rules[pair[0]].runs_in, beside.rules[pair[0]].kind), []).append(pair)
    for run, entry in passes_of(evaluates(intake, beside)):
        for one, other in by_pass.get((run, entry.row.kind), ()):
            yield beside.rules[one], entry, one, other


# ── unknown, not arising, known ──────────────────────────────────────────────────────────────────────────────────────────


def open_and_closed(evaluates: Evaluates, ruleset: Ruleset, intake: Intake, choose: Chooser) -> list[str]:
    """Say that on what is not known no comparison holds and each could, and on what does not arise none holds and none could.

    But ``not_known`` holds just where the answer is missing. Where all is known exactly, whatever could hold does.
    """
    beside, compared = each_comparison(ruleset)
    differing = []
    for run, entry in passes_of(evaluates(intake, beside)):
        for position, one in compared.items():
            rule = beside.rules[position]
            if (rule.runs_in, rule.kind) != (run, entry.row.kind):
                continue
            found = position in entry.holding, position in entry.possible
            if found not in _allowed(one, entry):
                differing.append(f"{rule.id.rpartition(' ')[0]}: {one.field} {one.operator} on a {rule.kind} row")
    return differing


def _allowed(one: Comparison, entry: Evaluated) -> tuple[tuple[bool, bool], ...]:
    """Return what may be: whether the comparison holds, and whether it could."""
    value = entry.row.value(one.field)
    if value is NOT_ARISING:
        return ((False, False),)
    if value is None:
        return ((True, True),) if one.operator == "not_known" else ((False, True),)
    if is_known(entry.row, one):
        return (True, True), (False, False)
    return (True, True), (False, True), (False, False)


# ── said otherwise ───────────────────────────────────────────────────────────────────────────────────────────────────────


def said_otherwise(evaluates: Evaluates, ruleset: Ruleset, intake: Intake, choose: Chooser) -> list[str]:
    """Say that a condition nested otherwise, with its parts in another order or twice, or denied twice, changes nothing."""
    other = changed(ruleset, choose.one_of((_turned, _denied_twice, _spread, _wrapped)))
    return differences(ruleset, evaluates(intake, ruleset), evaluates(intake, other), rules=other)


def _turned(condition: Condition) -> Condition:
    """Return the parts in the opposite order, the first of them twice."""
    if isinstance(condition, Comparison):
        return condition
    parts = [_turned(part) for part in condition.parts]
    return type(condition)((*parts[::-1], *parts[-1:]))


def _denied_twice(condition: Condition) -> Condition:
    return negated(negated(condition))


def _spread(condition: Condition) -> Condition:
    """Return an "all" with an "any" inside as an "any" of "all"s."""
    if isinstance(condition, All):
        either = next((part for part in condition.parts if isinstance(part, Some)), None)
        if either is not None:
            rest = tuple(part for part in condition.parts if part is not either)
            return Some(tuple(All((*rest, part)) for part in either.parts))
    return condition


def _wrapped(condition: Condition) -> Condition:
    """Return every part inside an "all" of its own, inside an "any" of its own."""
    if not isinstance(condition, Comparison):
        condition = type(condition)(tuple(map(_wrapped, condition.parts)))
    return All((Some((condition,)),))


def spelled_out(evaluates: Evaluates, ruleset: Ruleset, intake: Intake, choose: Chooser) -> list[str]:
    """Say that "in" is the same as "any" of its words, and an order among words the same as "any" of those it means."""
    other = changed(ruleset, _in_words)
    return differences(ruleset, evaluates(intake, ruleset), evaluates(intake, other), rules=other)


def _in_words(condition: Condition) -> Condition:
    if not isinstance(condition, Comparison):
        return type(condition)(tuple(map(_in_words, condition.parts)))
    field = fields()[condition.field]
    if isinstance(condition.value, frozenset):
        wanted = [word for word in field.options if (word in condition.value) is (condition.operator == "in")]
        return Some(tuple(Comparison(field.name, "is", word) for word in wanted)) if wanted else condition
    if field.ordered and not field.ranged and condition.operator in ("at_least", "at_most"):
        codes = [code for code in range(len(field.options)) if _compares(condition, code)]
        return Some(tuple(Comparison(field.name, "is", code) for code in codes)) if codes else condition
    return condition


def _compares(condition: Comparison, code: int) -> bool:
    assert isinstance(condition.value, int)  # the code of an ordered word
    return code >= condition.value if condition.operator == "at_least" else code <= condition.value


# ── said of less ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def loosened(evaluates: Evaluates, ruleset: Ruleset, intake: Intake, choose: Chooser) -> list[str]:
    """Say that a condition that asks for less holds, and could hold, wherever the one that asks for more does."""
    differing = []
    for rule, entry, one, other in _pairs(evaluates, ruleset, intake, _looser):
        for truth, found in (("holds", entry.holding), ("could hold", entry.possible)):
            if one in found and other not in found:
                differing.append(f"{rule.id} {truth}, and asking for less does not, on a {rule.kind} row")
    return differing


def _looser(condition: Condition) -> Condition:
    """Return the condition with every limit one further out, every "in" with one word more, the last part of an "all" left out."""
    if not isinstance(condition, Comparison):
        parts = tuple(map(_looser, condition.parts))
        return All(parts[:-1]) if isinstance(condition, All) else Some(parts)
    if isinstance(condition.value, frozenset) and condition.operator == "in":
        more = [word for word in fields()[condition.field].options if word not in condition.value]
        return Comparison(condition.field, "in", condition.value | {*more[:1]})
    if condition.operator in ("at_least", "at_most"):
        assert isinstance(condition.value, int)  # only numbers and ordered codes are ordered
        step = -1 if condition.operator == "at_least" else 1
        return Comparison(condition.field, condition.operator, condition.value + step)
    return condition


__all__ = ["conditions_denied", "loosened", "open_and_closed", "said_otherwise", "spelled_out"]
