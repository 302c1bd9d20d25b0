"""The interpersonal inventory: as a graph, and what it adds up to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipt_rules.inventory import PATIENT, Inventory, Person
from ipt_rules.network import Network
from ipt_rules.values import NOT_ARISING, Range
from tests.helpers import refused

if TYPE_CHECKING:
    from collections.abc import Sequence

_FRIENDLY: dict[str, Any] = {
    "status": "current",
    "support": "much",
    "confides": True,
    "closeness": "close",
    "conflict": "some",
}


def _inventory(people: Sequence[dict[str, Any]] | None, *ties: str, ties_asked: bool = True) -> Inventory:
    """Return an inventory of people a, b, c, … and of ties written as two letters."""
    named = (
        None
        if people is None
        else [{"id": letter, **person} for letter, person in zip("abcdefghij", people, strict=False)]
    )
    return Inventory.model_validate(
        {"people": named, "ties": [{"between": tuple(tie)} for tie in ties] if ties_asked else None}
    )


def _network(people: Sequence[dict[str, Any]] | None, *ties: str, ties_asked: bool = True) -> Network:
    return Network(_inventory(people, *ties, ties_asked=ties_asked))


def _statuses(*statuses: str | None) -> list[dict[str, Any]]:
    return [{"status": status} for status in statuses]


@st.composite
def _inventories(draw: st.DrawFn) -> Inventory:
    """Return any inventory free of contradictions."""
    answers = st.fixed_dictionaries(
        {"status": st.sampled_from([None, "current", "past", "deceased"])},
        optional={
            "name": st.text(max_size=5),
            "role": st.sampled_from(["partner", "family", "friend", "colleague", "other"]),
            "closeness": st.sampled_from(["distant", "close", "closest"]),
            "support": st.sampled_from(["none", "some", "much"]),
            "conflict": st.sampled_from(["none", "some", "much"]),
        },
    )
    people = draw(st.none() | st.lists(answers, max_size=6))
    letters = "abcdef"[: len(people or ())]
    pairs = [one + other for one in letters for other in letters if one < other]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    return _inventory(people, *chosen, ties_asked=draw(st.booleans()))


# ── the graph ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _comparable(inventory: Inventory) -> tuple[Any, Any, Any]:
    """Return an inventory whose ties have neither order nor direction, as in a graph."""
    ties = None if inventory.ties is None else {frozenset(tie.between) for tie in inventory.ties}
    return inventory.people, ties, inventory.note


@settings(deadline=None)
@given(_inventories())
def test_an_inventory_comes_back_from_its_graph(inventory: Inventory) -> None:
    """People with all their answers, ties, and what was not asked survive the way through a graph."""
    assert _comparable(Inventory.from_graph(inventory.to_graph())) == _comparable(inventory)


@settings(deadline=None)
@given(_inventories())
def test_a_graph_comes_back_from_its_inventory(inventory: Inventory) -> None:
    """A graph of an inventory is the graph of the inventory that it is read as."""
    graph = inventory.to_graph()
    again = Inventory.from_graph(graph).to_graph()
    assert nx.utils.graphs_equal(graph, again)
    assert graph.graph == again.graph


def test_the_graph_has_the_patient_in_the_centre() -> None:
    """The patient is a neighbour of everybody, and the ties among the others are the other edges."""
    graph = _inventory([{"name": "Ada", "support": "much"}, {}, {}], "ab").to_graph()
    assert {node: graph.nodes[node] for node in graph} == {
        PATIENT: {},
        "a": {"name": "Ada", "support": "much"},
        "b": {},
        "c": {},
    }
    assert {frozenset(edge) for edge in graph.edges} == {
        frozenset(pair) for pair in ((PATIENT, "a"), (PATIENT, "b"), (PATIENT, "c"), ("a", "b"))
    }
    assert graph.graph == {"people_asked": True, "ties_asked": True}


def test_a_graph_of_ones_own_is_read() -> None:
    """Nodes become people with their attributes as answers, the patient's node may be missing, and both lists count as asked."""
    graph: nx.Graph[Any] = nx.Graph(note="by hand")
    graph.add_node(1, role="friend")
    graph.add_edge(1, "b")
    inventory = Inventory.from_graph(graph)
    assert inventory == Inventory.model_validate(
        {"people": [{"id": "1", "role": "friend"}, {"id": "b"}], "ties": [{"between": ("1", "b")}], "note": "by hand"}
    )


def test_an_empty_graph_is_an_inventory_of_nobody() -> None:
    """A graph without nodes says that both questions were asked and the answer was none."""
    assert Inventory.from_graph(nx.Graph()) == Inventory(people=(), ties=())


def test_a_multigraph_without_parallel_edges_is_read_as_the_graph_that_it_is() -> None:
    """A ``networkx.MultiGraph`` is a ``networkx.Graph`` too, and its edges are ties."""
    graph: nx.Graph[Any] = nx.MultiGraph([("a", "b")])
    assert Inventory.from_graph(graph) == Inventory.from_graph(nx.Graph([("a", "b")]))


def test_a_directed_graph_is_refused() -> None:
    """Ties have no direction."""
    assert refused(lambda: Inventory.from_graph(nx.DiGraph())) == [
        ("", "ties have no direction; hand in a networkx.Graph")
    ]


def test_all_that_is_wrong_with_a_graph_is_told_by_position_only() -> None:
    """Unknown attributes and answers are told together, without an attribute, an id or a value."""
    graph: nx.Graph[Any] = nx.Graph()
    graph.add_node("MARKED-1", suport="MARKED")
    graph.add_node("MARKED-2", status="MARKED", name=5)
    graph.add_node("MARKED-3", MARKED="MARKED")
    found = refused(lambda: Inventory.from_graph(graph))
    assert [path for path, _ in found] == ["people[0]", "people[1].name", "people[1].status", "people[2]"]
    assert found[0][1] == "holds an unknown key; the nearest known one is 'support'"
    assert "MARKED" not in repr(found)


def test_contradictions_in_a_graph_are_told() -> None:
    """Ids that become the same and a tie of a person to themselves are contradictions of the inventory."""
    graph: nx.Graph[Any] = nx.Graph([(1, 1)])
    graph.add_node("1")
    assert [path for path, _ in refused(lambda: Inventory.from_graph(graph))] == ["people[1].id", "ties[0].between"]


# ── counting people ──────────────────────────────────────────────────────────────────────────────────────────────────────

_COUNTS = ("people", "close_ties", "confidants", "supporters", "conflicts", "reach")


@pytest.mark.parametrize("measure", [*_COUNTS, "isolates", "density", "support_rests_on_one"])
def test_nothing_is_known_while_nobody_was_asked_about(measure: str) -> None:
    """Without the list of people every measure is unknown."""
    assert getattr(_network(None, ties_asked=False), measure)() is None


@pytest.mark.parametrize("measure", [*_COUNTS, "isolates"])
def test_an_empty_list_of_people_counts_nobody(measure: str) -> None:
    """An empty list means that there is nobody, whoever knows whom."""
    assert getattr(_network([], ties_asked=False), measure)() == Range(0, 0)


@pytest.mark.parametrize("measure", _COUNTS)
def test_only_the_living_whose_relationship_goes_on_are_counted(measure: str) -> None:
    """The dead and those of the past count for nothing, however close they were."""
    answers = {**_FRIENDLY, "role": "friend"}
    people = [answers, {**answers, "status": "deceased"}, {**answers, "status": "past"}]
    assert getattr(_network(people), measure)() == Range(1, 1)


@pytest.mark.parametrize("measure", _COUNTS)
def test_a_person_of_unknown_status_widens_a_count(measure: str) -> None:
    """Somebody who may belong to the past counts in the most, not in the least."""
    roles = ("friend", "partner")
    people = [
        {**_FRIENDLY, "role": role, "status": status} for role, status in zip(roles, ("current", None), strict=True)
    ]
    assert getattr(_network(people), measure)() == Range(1, 2)


@pytest.mark.parametrize(
    ("measure", "answer", "counts", "counts_not"),
    [
        ("close_ties", "closeness", ("close", "closest"), ("distant",)),
        ("confidants", "confides", (True,), (False,)),
        ("supporters", "support", ("some", "much"), ("none",)),
        ("conflicts", "conflict", ("some", "much"), ("none",)),
    ],
)
def test_a_count_takes_the_answers_that_it_names(
    measure: str, answer: str, counts: tuple[Any, ...], counts_not: tuple[Any, ...]
) -> None:
    """Each answer of the right kind adds one, each other none, and an open one widens the range by one."""
    people = [{"status": "current", answer: word} for word in (*counts, *counts_not)]
    assert getattr(_network(people), measure)() == Range(len(counts), len(counts))
    unasked = [*people, {"status": "current"}, {"status": "current"}]
    assert getattr(_network(unasked), measure)() == Range(len(counts), len(counts) + 2)
    doubtful = [*people, {answer: counts[0]}, {answer: counts_not[0]}, {}]
    assert getattr(_network(doubtful), measure)() == Range(len(counts), len(counts) + 2)


@pytest.mark.parametrize(
    ("people", "reach"),
    [
        ([{"status": "current", "role": "friend"}] * 3, Range(1, 1)),
        ([{"status": "current", "role": role} for role in ("friend", "family", "friend", "other")], Range(3, 3)),
        ([{"status": "current"}], Range(1, 1)),
        ([{"status": "current"}] * 3, Range(1, 3)),
        ([{"status": "current"}] * 7, Range(1, 5)),
        ([{"status": "current", "role": "friend"}, {"status": "current"}], Range(1, 2)),
        ([{"status": "current", "role": "friend"}, {"role": "friend"}], Range(1, 1)),
        ([{"role": "friend"}, {"role": "friend"}], Range(0, 1)),
        ([{"role": "friend"}, {}], Range(0, 2)),
        ([{"status": "deceased", "role": "partner"}, {"status": "past", "role": "family"}], Range(0, 0)),
    ],
)
def test_reach_counts_parts_of_life_and_not_people(people: list[dict[str, Any]], reach: Range) -> None:
    """Two friends are one part of life, and an unknown role may be a new part or one that is there already."""
    assert _network(people).reach() == reach


@pytest.mark.parametrize(
    ("supports", "rests_on_one"),
    [
        ([], False),
        (["none", "none"], False),
        (["much", "none"], True),
        (["much", "some"], False),
        ([None], None),
        (["much", None], None),
        (["much", "much", None], False),
        (["none", None], None),
    ],
)
def test_support_rests_on_one_only_when_exactly_one_gives_it(
    supports: list[str | None], rests_on_one: bool | None
) -> None:
    """It is known as soon as the open answers can no longer change it."""
    assert (
        _network([{"status": "current", "support": support} for support in supports]).support_rests_on_one()
        is rests_on_one
    )


# ── who knows whom ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("people", "ties", "isolates", "density"),
    [
        (3, (), 3, 0),
        (3, ("ab",), 1, 33),
        (3, ("ab", "bc"), 0, 67),
        (3, ("ab", "bc", "ac"), 0, 100),
        (4, ("ab", "cd"), 0, 33),
        (5, ("ab",), 3, 10),
        (2, (), 2, 0),
        (2, ("ab",), 0, 100),
        (8, ("ab",), 6, 4),
    ],
)
def test_isolates_and_density_are_measured_among_the_others(
    people: int, ties: tuple[str, ...], isolates: int, density: int
) -> None:
    """The patient's own ties count for neither, and shares are rounded to whole percents."""
    network = _network(_statuses(*["current"] * people), *ties)
    assert network.isolates() == Range(isolates, isolates)
    assert network.density() == Range(density, density)


def test_ties_to_the_dead_and_the_past_do_not_count() -> None:
    """Somebody who knew only the dead knows nobody now."""
    network = _network(_statuses("current", "current", "deceased", "past"), "ac", "bd", "cd")
    assert network.isolates() == Range(2, 2)
    assert network.density() == Range(0, 0)


@pytest.mark.parametrize("statuses", [(), ("current",), ("current", "past", "deceased"), (None,)])
def test_density_does_not_arise_below_two_people(statuses: tuple[str | None, ...]) -> None:
    """One person, or none, has no ties to be dense, whether or not ties were asked about."""
    assert _network(_statuses(*statuses)).density() is NOT_ARISING
    assert _network(_statuses(*statuses), ties_asked=False).density() is NOT_ARISING


def test_structure_is_unknown_while_ties_were_not_asked_about() -> None:
    """Who knows whom is not guessed."""
    network = _network(_statuses("current", "current"), ties_asked=False)
    assert network.isolates() is None
    assert network.density() is None
    assert network.is_bridge("a") is None


def test_structure_is_unknown_while_it_is_not_known_who_counts() -> None:
    """A person of unknown status leaves open among whom the ties are."""
    network = _network(_statuses("current", "current", None), "ab", "ac")
    assert network.isolates() is None
    assert network.density() is None
    assert network.is_bridge("a") is None
    assert network.is_bridge("b") is False


def test_one_person_alone_is_an_isolate_without_asking_about_ties() -> None:
    """Where there is only one person, they know nobody else."""
    assert _network(_statuses("current", "deceased"), ties_asked=False).isolates() == Range(1, 1)


def test_a_bridge_is_who_held_others_together() -> None:
    """In a chain those inside are bridges and those at the ends are not."""
    network = _network(_statuses(*["current"] * 4), "ab", "bc", "cd")
    assert [network.is_bridge(person) for person in "abcd"] == [False, True, True, False]


def test_nobody_in_a_circle_is_a_bridge() -> None:
    """Where there is a way round, nobody holds the others together."""
    network = _network(_statuses(*["current"] * 4), "ab", "bc", "cd", "ad")
    assert [network.is_bridge(person) for person in "abcd"] == [False] * 4


def test_somebody_who_died_may_have_been_a_bridge() -> None:
    """The person asked about counts although they died, and others who died do not."""
    people = _statuses("deceased", "current", "past", "deceased")
    assert _network(people, "ab", "ac").is_bridge("a") is True
    assert _network(people, "ab", "ad").is_bridge("a") is False
    assert _network(people, "ab", "ac", "bd", "cd").is_bridge("a") is True


def test_the_status_of_a_bridge_need_not_be_known() -> None:
    """The person asked about counts whatever became of the relationship."""
    assert _network(_statuses(None, "current", "current"), "ab", "ac").is_bridge("a") is True


@settings(deadline=None)
@given(_inventories())
def test_every_measure_keeps_within_the_number_of_people(inventory: Inventory) -> None:
    """Counts are ranges between nobody and everybody present, and shares between 0 and 100."""
    network = Network(inventory)
    people = network.people()
    for measure in (*_COUNTS, "isolates"):
        value = getattr(network, measure)()
        assert value is None or (people is not None and 0 <= value.least <= value.most <= people.most)
    density = network.density()
    assert (
        density is None
        or density is NOT_ARISING
        or (isinstance(density, Range) and 0 <= density.least <= density.most <= 100)
    )


_OPEN_ANSWERS = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["current", "past"]),
        "closeness": st.sampled_from(["distant", "close"]),
        "support": st.sampled_from(["none", "some"]),
        "conflict": st.sampled_from(["none", "much"]),
        "role": st.sampled_from(["partner", "family", "friend", "colleague", "other"]),
    }
)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(_OPEN_ANSWERS, st.sets(st.sampled_from(["status", "closeness", "support", "conflict", "role"]))),
        max_size=7,
    )
)
def test_a_range_holds_what_the_open_answers_turn_out_to_be(cases: list[tuple[dict[str, Any], set[str]]]) -> None:
    """Leaving answers open gives a range that contains the number that all answers give."""
    whole = _network([answers for answers, _ in cases])
    partly = _network(
        [{key: answer for key, answer in answers.items() if key not in left_open} for answers, left_open in cases]
    )
    for measure in ("people", "close_ties", "supporters", "conflicts", "reach"):
        exact, wide = getattr(whole, measure)(), getattr(partly, measure)()
        assert exact.least == exact.most
        assert wide.least <= exact.least <= wide.most
    if (settled := partly.support_rests_on_one()) is not None:
        assert settled is whole.support_rests_on_one()


def test_people_are_frozen_and_refuse_what_is_not_asked() -> None:
    """A person cannot be changed after it was made."""
    person = Person(id="a")
    with pytest.raises(AttributeError, match="frozen"):
        person.name = "b"  # type: ignore[misc]  # that it is read-only is the claim
