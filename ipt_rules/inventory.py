"""The interpersonal inventory: the people in the patient's life, the ties among them, and what they add up to.

Each person carries the patient's tie to them; ``ties`` are the ties among the others. As a graph the patient stands in the centre.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final, Literal, Optional

from annotated_types import MaxLen
from typing_extensions import Annotated

from ipt_rules.records import Asked, Flag, Identity, Private, Record, Text
from ipt_rules.values import NOT_ARISING, NotArising, Range, count

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    import networkx as nx

PATIENT: Final = "patient"
"""The node of the patient in the graph; no person may have it as id."""

_LIVING = ("status", ("current", "past"))
_CURRENT = ("status", ("current",))


class Person(Record):
    """One person of the inventory, and the patient's tie to them. For the dead: the tie as it was in life."""

    id: Annotated[Identity, Private("what the rest of the intake calls this person")]
    name: Annotated[Text, Private("the person's name")] = None
    relation: Annotated[Text, Private("what the person is to the patient, in a word or two (mother, neighbour)")] = None
    role: Annotated[
        Optional[Literal["partner", "family", "friend", "colleague", "other"]],
        Asked("which part of the patient's life the person belongs to"),
    ] = None
    status: Annotated[
        Optional[Literal["current", "past", "deceased"]],
        Asked("whether the relationship is going on, is over, or ended with the person's death"),
    ] = None
    closeness: Annotated[
        Optional[Literal["distant", "close", "closest"]],
        Asked("ring of the closeness circle in which the patient puts the person", ordered=True),
    ] = None
    contact: Annotated[
        Optional[Literal["none", "yearly", "monthly", "weekly", "daily"]],
        Asked("how often they are in touch, at the least", only_if=_LIVING, ordered=True),
    ] = None
    support: Annotated[
        Optional[Literal["none", "some", "much"]],
        Asked("help and comfort that the patient has from the person", ordered=True),
    ] = None
    conflict: Annotated[
        Optional[Literal["none", "some", "much"]], Asked("friction between the two, open or silent", ordered=True)
    ] = None
    confides: Annotated[Flag, Asked("the patient confides in the person now", only_if=_CURRENT)] = None
    satisfying: Annotated[
        Optional[Literal["none", "some", "much"]], Asked("what is good about the relationship", ordered=True)
    ] = None
    unsatisfying: Annotated[
        Optional[Literal["none", "some", "much"]], Asked("what is hard or lacking in the relationship", ordered=True)
    ] = None
    expectations_met: Annotated[
        Optional[Literal["unmet", "partly", "met"]],
        Asked("the two get from each other what they expect", ordered=True),
    ] = None
    changed_since_onset: Annotated[
        Optional[Literal["worse", "unchanged", "better"]],
        Asked("how the relationship has changed since the episode began", only_if=_LIVING, ordered=True),
    ] = None
    change_wanted: Annotated[Flag, Asked("the patient wants something to change between the two", only_if=_LIVING)] = None
    note: Annotated[Text, Private("anything else, for people")] = None


class Tie(Record):
    """A tie between two people of the inventory who are in touch with each other, apart from the patient."""

    between: Annotated[tuple[Identity, Identity], Private("the ids of the two people")]


class Inventory(Record):
    """The people around the patient. A list that is given is complete; one left out has not been asked about."""

    people: Optional[Annotated[tuple[Person, ...], MaxLen(40)]] = None
    ties: Optional[Annotated[tuple[Tie, ...], MaxLen(400)]] = None
    note: Annotated[Text, Private("anything else, for people")] = None

    def to_graph(self) -> nx.Graph[str]:
        """Return the inventory as a ``networkx.Graph``: people as nodes with their answers, the patient in the centre.

        The graph's attributes ``people_asked`` and ``ties_asked`` say whether each list was asked for at all.
        """
        import networkx as nx

        graph: nx.Graph[str] = nx.Graph(people_asked=self.people is not None, ties_asked=self.ties is not None)
        if self.note is not None:
            graph.graph["note"] = self.note
        graph.add_node(PATIENT)
        for person in self.people or ():
            graph.add_node(person.id, **person.model_dump(exclude={"id"}, exclude_none=True))
            graph.add_edge(PATIENT, person.id)
        graph.add_edges_from(tie.between for tie in self.ties or ())
        return graph

    @classmethod
    def from_graph(cls, graph: nx.Graph[Any]) -> Inventory:
        """Return the inventory that a graph describes: node attributes are the answers about each person.

        A node ``patient`` is the patient and may be left out; edges between other nodes are ties. Where the graph attributes
        ``people_asked`` or ``ties_asked`` are absent, the lists count as asked.

        Raises:
            IntakeError: an attribute is no answer of the inventory, or the graph is directed.
        """
        from ipt_rules.intake_errors import checked_inventory

        others = [node for node in graph.nodes if node != PATIENT]
        people = [{**graph.nodes[node], "id": str(node)} for node in others]
        ties = [{"between": (str(one), str(other))} for one, other in graph.edges if PATIENT not in (one, other)]
        return checked_inventory(
            {
                "people": people if graph.graph.get("people_asked", True) else None,
                "ties": ties if graph.graph.get("ties_asked", True) else None,
                "note": graph.graph.get("note"),
            },
            directed=graph.is_directed(),
        )


class Network:
    """What an inventory adds up to, for rules: numbers as ranges where somebody was not asked about, None where nothing is known.

    Present measures count the people whose relationship is going on; structure is measured among the others, without the patient.
    """

    def __init__(self, inventory: Inventory) -> None:
        self._people = inventory.people
        self._ties = inventory.ties
        self._present = [_present(person) for person in inventory.people or ()]

    def people(self) -> Range | None:
        """People in the patient's life now."""
        return None if self._people is None else count(self._present)

    def close_ties(self) -> Range | None:
        """People in the two inner rings of the closeness circle."""
        return self._counted("closeness", ("close", "closest"))

    def confidants(self) -> Range | None:
        """People in whom the patient confides."""
        return self._counted("confides", (True,))

    def supporters(self) -> Range | None:
        """People who give at least some support."""
        return self._counted("support", ("some", "much"))

    def conflicts(self) -> Range | None:
        """People with whom there is at least some friction."""
        return self._counted("conflict", ("some", "much"))

    def reach(self) -> Range | None:
        """Parts of life (partner, family, friends, colleagues, others) in which the patient has somebody."""
        if self._people is None:
            return None
        sure = {person.role for person, here in zip(self._people, self._present, strict=True) if here}
        perhaps = [person.role for person, here in zip(self._people, self._present, strict=True) if here is not False]
        roles = sure - {None}
        most = len({role for role in perhaps if role is not None}) + perhaps.count(None)
        return Range(max(len(roles), min(1, len(sure))), min(most, 5))

    def support_rests_on_one(self) -> bool | None:
        """Exactly one person gives support."""
        supporters = self.supporters()
        if supporters is None:
            return None
        if supporters.least == supporters.most:
            return supporters.least == 1
        return None if supporters.least <= 1 <= supporters.most else False

    def isolates(self) -> Range | None:
        """People in the patient's life now who know nobody else of them."""
        graph = self._of_now
        if graph is None:
            return None
        import networkx as nx

        alone = len(list(nx.isolates(graph)))
        return Range(alone, alone)

    def density(self) -> Range | NotArising | None:
        """Ties among the others as a share of all that there could be, in percent; does not arise below two people."""
        people = self.people()
        if people is not None and people.most < 2:
            return NOT_ARISING
        graph = self._of_now
        if graph is None:
            return None
        import networkx as nx

        percent = int(nx.density(graph) * 100 + 0.5)
        return Range(percent, percent)

    def is_bridge(self, person_id: str) -> bool | None:
        """Whether the person held together people who, without them (and the patient), have no way to each other."""
        here = [
            True if person.id == person_id else None if person.status is None else person.status != "deceased"
            for person in self._people or ()
        ]
        graph = self._graph(here)
        if graph is None:
            return None
        import networkx as nx

        return person_id in nx.articulation_points(graph)

    def _counted(self, field: str, words: Sequence[object]) -> Range | None:
        if self._people is None:
            return None
        least = most = 0
        for person, here in zip(self._people, self._present, strict=True):
            if here is False:
                continue
            answer = getattr(person, field)
            if answer is None or answer in words:
                most += 1
                least += here is True and answer is not None
        return Range(least, most)

    @functools.cached_property
    def _of_now(self) -> nx.Graph[Hashable] | None:
        return self._graph(self._present)

    def _graph(self, here: Iterable[bool | None]) -> nx.Graph[Hashable] | None:
        """Return the ties among those who count, or None while it is not known who counts or who knows whom."""
        counted = list(here)
        if self._people is None or None in counted:
            return None
        nodes = [person.id for person, counts in zip(self._people, counted, strict=True) if counts]
        if self._ties is None and len(nodes) > 1:
            return None
        import networkx as nx

        graph: nx.Graph[Hashable] = nx.Graph()
        graph.add_nodes_from(nodes)
        graph.add_edges_from(tie.between for tie in self._ties or () if tie.between[0] in graph and tie.between[1] in graph)
        return graph


def _present(person: Person) -> bool | None:
    return None if person.status is None else person.status == "current"
