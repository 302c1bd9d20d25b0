"""What ``durable_rules`` cannot do safely never reaches it: refused when a rule set is made ready, or made harmless."""

from __future__ import annotations

import json
import random
import re
import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from ipt_rules import Assessor, EvaluationError, RulesetError, assess, load_ruleset
from ipt_rules.drawn.intakes import Seeded, draw_intake
from ipt_rules.engines import DurableEngine, ReferenceEngine, sound_subset
from ipt_rules.engines import durable as holder
from ipt_rules.engines.sound_subset import distinct_keys, fnv1a
from ipt_rules.facts import facts
from ipt_rules.ruleset.conditions import All, Comparison, Condition, Some
from ipt_rules.testing.conformance import differences, draw_rows
from ipt_rules.testing.rules import asking, draw_ruleset, every_comparison
from ipt_rules.vocabulary import fields_of
from tests.helpers import intake, marked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ipt_rules.facts import Row
    from ipt_rules.ruleset import Ruleset

pytestmark = pytest.mark.durable

CALLS = {
    "create_ruleset",
    "delete_ruleset",
    "assert_fact",
    "start_action_for_state",
    "complete_and_start_action",
    "delete_state",
}


class Watched:
    """The C module, with all that is said to it kept; a call that was not measured is no attribute."""

    def __init__(self) -> None:
        self.module = holder.durable_rules()
        self.error = self.module.error
        self.said: list[tuple[str, tuple[Any, ...]]] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in CALLS:
            raise AttributeError(name)

        def call(*arguments: Any) -> Any:
            self.said.append((name, arguments))
            return getattr(self.module, name)(*arguments)

        return call

    def texts(self, name: str) -> list[str]:
        """Return the last argument of each call."""
        return [arguments[-1] for called, arguments in self.said if called == name]


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    """Return the C module that every engine of the test is made on."""
    module = Watched()
    monkeypatch.setattr(holder, "durable_rules", lambda: module)
    return module


def rows_of(count: int = 20) -> Iterator[list[Row]]:
    """Yield the rows of many drawn intakes."""
    choose = Seeded(random.Random(7))
    for _ in range(count):
        yield draw_rows(choose, draw_intake(choose))


def agrees(ruleset: Ruleset, count: int = 20) -> bool:
    """Whether the engine finds what the definition does, for each of many drawn intakes."""
    engine = DurableEngine(ruleset)
    return all(differences(engine, ruleset, rows) == [] for rows in rows_of(count))


def ask(kind: str, *conditions: Condition) -> Ruleset:
    """Return a rule set with a rule for each condition."""
    return asking([(kind, condition) for condition in conditions])


def patient(**values: int) -> list[Row]:
    """Return the row of a patient of whom only this is known."""
    return [facts(intake()).patient.with_values({f"patient.{name}": value for name, value in values.items()})]


def number(field: str, least: int) -> Comparison:
    """Return that a field is at least a number."""
    return Comparison(field, "at_least", least)


PERINATAL = Comparison("patient.perinatal", "in", frozenset({"neither", "pregnant"}))


# ── only the sound subset is spoken ──────────────────────────────────────────────────────────────────────────────────────


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every mapping inside a definition."""
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from nodes(part)
    if isinstance(value, list):
        for part in value:
            yield from nodes(part)


def constants(value: Any) -> Iterator[Any]:
    """Yield every value inside a definition that is neither a mapping nor a list."""
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from constants(part)
    else:
        yield value


@pytest.mark.parametrize("seed", ["every comparison", "shipped", *range(12)])
def test_definitions_stay_inside_the_sound_subset(watched: Watched, seed: object) -> None:
    """Definitions hold conjunctions of equalities and orders of whole numbers, ``$or`` on one key alone, and few of each."""
    named = {"every comparison": every_comparison, "shipped": load_ruleset}
    ruleset = named[seed]() if isinstance(seed, str) else draw_ruleset(Seeded(random.Random(str(seed))), rules=200)
    refused = refused_in(ruleset)
    watched.said.clear()
    DurableEngine(replace(ruleset, rules=tuple(rule for rule in ruleset.rules if rule.id not in refused)))
    definitions = [json.loads(text) for text in watched.texts("create_ruleset")]
    assert definitions
    for definition in definitions:
        assert len(definition) <= 51
        assert definition["begin"] == {"all": [{"m": {"t": 0}}], "count": 1}
        for rule in definition.values():
            assert list(rule) == ["all", "count"]
            assert len(rule["all"]) == 1
            assert all(type(constant) is int and abs(constant) <= 2**53 for constant in constants(rule))
            for node in nodes(rule["all"][0]["m"]):
                assert len(node) == 1
                assert {key for key in node if key.startswith("$")} <= {"$and", "$or", "$neq", "$gte", "$lte"}
                for branch in node.get("$or", []):
                    assert list(branch) == list(node["$or"][0])
                    assert not next(iter(branch)).startswith("$")
            assert sum("$or" in node for node in nodes(rule)) <= 14
        told = list(constants({name: rule["all"] for name, rule in definition.items() if name != "begin"}))
        assert len(told) <= 400
        keys = {key for node in nodes(definition) for key in node if re.fullmatch(r"a\d+", key)}
        assert len(keys) <= 240


def refused_in(ruleset: Ruleset) -> set[str]:
    """Return the ids of the rules that the engine refuses."""
    try:
        DurableEngine(ruleset)
    except RulesetError as refused:
        return {problem.path for problem in refused.problems}
    return set()


def test_messages_are_flat_whole_numbers(watched: Watched) -> None:
    """Every message is one flat object of whole numbers under made-up keys, in the one session; nobody's text is in it."""
    engine = DurableEngine(load_ruleset())
    for rows in rows_of(40):
        engine.holding("evidence", rows)
        engine.holding("standing", rows)
    messages = watched.texts("assert_fact")
    assert len(messages) > 400
    shape = re.compile(r'\{"id":-?\d+,"t":[01](,"a\d+":-?\d{1,4}){0,240},"sid":"0"\}')
    assert [text for text in messages if not shape.fullmatch(text)] == []
    assert {called for called, _ in watched.said} == CALLS - {"delete_ruleset"}


def test_a_session_is_opened_drained_and_deleted(watched: Watched) -> None:
    """On each network a session begins with a rule that fires, takes all rows, is drained and deleted before the next."""
    engine = DurableEngine(load_ruleset())
    watched.said.clear()
    for rows in rows_of(5):
        engine.holding("evidence", rows)
    open_on: set[int] = set()
    for called, arguments in watched.said:
        handle = arguments[0]
        if called == "assert_fact" and '"t":0' in arguments[1]:
            assert handle not in open_on
            open_on.add(handle)
        elif called == "delete_state":
            open_on.remove(handle)
        else:
            assert handle in open_on
    assert open_on == set()


def test_no_thread_is_started_and_no_builtin_shadowed() -> None:
    """The engine's own host, which starts threads, and its language, which shadows ``any``, are never imported."""
    before = threading.active_count()
    assess(marked(), engine="durable")
    assert threading.active_count() == before
    assert not [name for name in sys.modules if name == "durable" or name.startswith("durable.")]


# ── each limit of the engine ─────────────────────────────────────────────────────────────────────────────────────────────


def test_six_hundred_rules_of_one_kind() -> None:
    """A rule set of 600 rules of one row kind, each with its own constant on one field, finds what the definition does."""
    assert agrees(ask("loss", *(number("loss.months_since", months) for months in range(600))))


def test_seventy_rules_true_at_once() -> None:
    """Seventy rules that hold at once on one field of one row are all found, where the engine by itself gives up at 64."""
    ruleset = ask("patient", *(number("patient.age", age) for age in range(70)))
    assert DurableEngine(ruleset).holding("evidence", patient(age=100)) == [tuple(range(70))]
    module = holder.durable_rules()
    rules = {f"r{least}": {"all": [{"m": {"$gte": {"a": least}}}], "count": 1} for least in range(70)}
    alone = module.create_ruleset("alone", json.dumps(rules))
    with pytest.raises(module.error, match="303"):
        module.assert_fact(alone, '{"id":1,"a":99,"sid":"0"}')
    module.delete_ruleset(alone)


def every_cell_of_a_focus() -> tuple[Condition, ...]:
    """Return conditions that together read more of a row than a message may hold: every value, and whether it is known."""
    found: list[Condition] = [Comparison(name, "known", None) for name in fields_of("focus")]
    for name, field in fields_of("focus").items():
        if field.type == "flag":
            found.append(Comparison(name, "is", True))
        elif field.type == "choice" and not field.ordered:
            found.append(Comparison(name, "is", field.options[0]))
        else:
            found += [Comparison(name, "at_least", 1), Comparison(name, "at_most", 1)]
    return tuple(found)


def test_keys_of_a_message_are_few(watched: Watched) -> None:
    """One rule that reads more than a message may hold is refused; as many rules, it is parted, and no part reads too much."""
    every = every_cell_of_a_focus()
    with pytest.raises(RulesetError, match="more than 240 fields must hold at once"):
        DurableEngine(ask("focus", All(every)))
    few = [All(every[:200]), All(every[100:])]
    assert agrees(ask("focus", *every, *few))
    keys = [len({*re.findall(r'"a\d+"', text)}) for text in watched.texts("create_ruleset")]
    assert 190 < max(keys) <= 240


def test_a_key_that_another_has_taken_is_not_used(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the hashes of two keys are equal, a portion uses one of them only, and finds what the definition does."""
    sound = sound_subset.fnv1a
    monkeypatch.setattr(sound_subset, "fnv1a", lambda text: sound("a0" if text == "a1" else text))
    assert agrees(
        ask("patient", number("patient.age", 3), number("patient.phq9", 9), Comparison("patient.abuse", "is", True))
    )
    definition = watched.texts("create_ruleset")[0]
    assert '"a0"' in definition
    assert '"a2"' in definition
    assert '"a1"' not in definition


def test_branches_are_found_once() -> None:
    """A rule of which several branches hold is found once."""
    either = Some((number("patient.phq9", 1), number("patient.phq9", 2), number("patient.age", 3)))
    assert DurableEngine(ask("patient", either)).holding("evidence", patient(phq9=9, age=9)) == [(0,)]


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        (Some(tuple(number("patient.age", n) for n in range(33))), "in 33 separate ways, and at most 32"),
        (
            All(
                (
                    Some(tuple(number("patient.phq9", n) for n in range(11))),
                    Some(tuple(number("patient.age", n) for n in range(3))),
                )
            ),
            "in 33 separate ways, and at most 32",
        ),
        (All(tuple(number("patient.age", n % 120) for n in range(401))), "more than 400 comparisons must"),
        (All((PERINATAL,) * 15), "more than 14 `in`"),
        (number("patient.age", 2**53 + 1), "beyond 9007199254740992"),
        (Comparison("patient.age", "is", -(2**60)), "beyond 9007199254740992"),
    ],
)
def test_a_rule_beyond_the_limits_is_refused(condition: Condition, reason: str) -> None:
    """A rule that the engine cannot hold is refused by its id when the rule set is made ready, with what to do."""
    with pytest.raises(RulesetError, match="the engine 'compiled' takes them") as raised:
        DurableEngine(ask("patient", number("patient.age", 1), condition))
    assert [(problem.path, reason in problem.what) for problem in raised.value.problems] == [("rule-00001", True)]


def test_all_refusals_are_told_at_once() -> None:
    """Each rule that is refused is named, with its place, in one error."""
    many = Some(tuple(number("patient.age", n) for n in range(40)))
    with pytest.raises(RulesetError) as raised:
        DurableEngine(ask("patient", many, number("patient.age", 1), many))
    assert [problem.path for problem in raised.value.problems] == ["rule-00000", "rule-00002"]


def test_the_largest_that_is_allowed_runs() -> None:
    """Rules just within the limits find what the definition does."""
    of_32 = Some(tuple(number("patient.age", n) for n in range(32)))
    of_400 = All(tuple(number("patient.age", n % 20) for n in range(400)))
    of_14 = All((PERINATAL,) * 14)
    assert agrees(ask("patient", *[of_32] * 60, *[of_400] * 3, *[of_14] * 60, number("patient.age", 2**53)))


@pytest.mark.parametrize("value", [1.5, float("nan"), float("inf"), 2**53 + 1, -(2**63), True, "1", "free text", [1]])
def test_a_cell_that_is_no_whole_number_is_an_error(value: Any) -> None:
    """A value that the engine would misread ends the evaluation, and the error does not tell it."""
    engine = DurableEngine(ask("patient", number("patient.age", 1)))
    rows = [patient(age=3)[0].with_values({"patient.age": value})]
    with pytest.raises(EvaluationError, match="none of its field's") as raised:
        engine.holding("evidence", rows)
    assert raised.value.__context__ is None
    assert str(value) not in str(raised.value)
    assert engine.holding("evidence", patient(age=3)) == [(0,)]


def test_a_word_that_is_none_of_its_field_is_an_error() -> None:
    """A word outside the vocabulary never reaches the engine."""
    engine = DurableEngine(ask("patient", Comparison("patient.perinatal", "is_not", "neither")))
    rows = [patient()[0].with_values({"patient.perinatal": "somebody's words"})]
    with pytest.raises(EvaluationError, match="none of its field's"):
        engine.holding("evidence", rows)


def test_keys_that_the_engine_takes_for_one_are_not_used() -> None:
    """Two texts of one FNV-1a hash are one key for the engine; only one of them is ever a key."""
    assert fnv1a("costarring") == fnv1a("liquid")
    assert fnv1a("declinate") == fnv1a("macallums")
    assert (fnv1a("id"), fnv1a("sid")) == (926444256, 3593476751)
    offered = ["costarring", "liquid", "macallums", "id", "declinate", "sid", "t", "other"]
    assert list(distinct_keys(offered)) == ["costarring", "macallums", "other"]
    module = holder.durable_rules()
    rules = {"r": {"all": [{"m": {"costarring": 1}}], "count": 1}}
    mixed = module.create_ruleset("mixed", json.dumps(rules))
    assert module.assert_fact(mixed, '{"id":1,"liquid":1,"sid":"0"}')[0] == 0
    module.delete_ruleset(mixed)


EXOTIC = [
    '"}, "sid": "1", "a0": 99, "x": {"',
    "\\u0022,\\",
    "$or",
    "Zoë 👩‍👩‍👧 ﷽ \u202eright to left\u202c",
    "tab\tand\nline\r\x1b[31m",
    "x" * 90,
    "null",
    "1e308",
    "%s%n{0}",
    "nul\x00nul",
]


@pytest.mark.parametrize("text", EXOTIC)
def test_exotic_texts_change_nothing(watched: Watched, text: str) -> None:
    """Whatever stands in names, notes and ids, findings are those of a plain text, and none of it is in a message."""
    engine = Assessor(engine="durable")
    plain, exotic = engine.assess(marked("plain")), engine.assess(marked(text))
    messages = watched.texts("assert_fact")
    assert plain.to_dict() == exotic.to_dict()
    assert messages[: len(messages) // 2] == messages[len(messages) // 2 :]
    assert not any(text in message for message in messages)


def test_nothing_to_find_is_no_danger() -> None:
    """Rows on which no rule holds, no rows, and a rule set without rules: nothing is found and the engine lives."""
    never = DurableEngine(ask("patient", number("patient.age", 120), Some(())))
    for _ in range(50):
        assert never.holding("evidence", patient(age=3)) == [()]
        assert never.holding("evidence", patient()) == [()]
        assert never.holding("evidence", []) == []
        assert DurableEngine(asking([])).holding("evidence", patient(age=3)) == [()]


def test_a_rule_that_never_holds_costs_nothing() -> None:
    """What stands beside a part that never holds is not worked out, however many ways it could hold in."""
    either = Some((number("patient.age", 1), number("patient.phq9", 1)))
    never = All((Some(()), All((either,) * 500)))
    assert DurableEngine(ask("patient", never)).holding("evidence", patient(age=3, phq9=3)) == [()]


def test_a_rule_without_conditions_always_holds() -> None:
    """A rule that asks nothing holds on every row of its kind, also on one about which nothing is known."""
    assert DurableEngine(ask("patient", All(()))).holding("evidence", patient()) == [(0,)]


def test_a_thousand_rows_in_one_session() -> None:
    """One session takes a thousand rows and tells each match with its row."""
    ruleset = ask("patient", *(number("patient.phq9", least) for least in range(28)))
    choose = random.Random(5)
    rows = [patient(phq9=choose.randrange(28))[0] for _ in range(1000)]
    assert DurableEngine(ruleset).holding("evidence", rows) == ReferenceEngine(ruleset).holding("evidence", rows)
