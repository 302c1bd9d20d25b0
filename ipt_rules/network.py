"""What an inventory adds up to: numbers and shapes that have a meaning in the clinic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipt_rules.kept import kept
from ipt_rules.values import NOT_ARISING, NotArising, Range, count

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    import networkx as nx

    from ipt_rules.inventory import Inventory, Person


class Network:
    """What an inventory adds up to, for rules: numbers as ranges where somebody was not asked about, None where nothing is known.

    Present measures count the people whose relationship is going on; structure is measured among the others, without the patient.
    """

    def __init__(self, inventory: Inventory) -> None:
        self._people = inventory.people
        self._ties = inventory.ties
        self._present = [_present(person) for person in inventory.people or ()]
        here = zip(inventory.people or (), self._present, strict=True)
        self._perhaps_present = [(person, present) for person, present in here if present is not False]

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

    def worse_since_onset(self) -> Range | None:
        """People with whom the relationship has grown worse since the episode began."""
        return self._counted("changed_since_onset", ("worse",))

    def reach(self) -> Range | None:
        """Parts of life (partner, family, friends, colleagues, others) in which the patient has somebody."""
        if self._people is None:
            return None
        sure = {person.role for person, here in self._perhaps_present if here}
        perhaps = [person.role for person, _ in self._perhaps_present]
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
        if self._ties is not None and sum(person_id in tie.between for tie in self._ties) < 2:
            return False
        if person_id in self._alive:
            return None if self._bridges_among_the_living is None else person_id in self._bridges_among_the_living
        graph = self._graph([True if person.id == person_id else alive for person, alive in self._with_alive()])
        return None if graph is None else person_id in _bridges(graph)

    def _with_alive(self) -> list[tuple[Person, bool | None]]:
        people = self._people or ()
        return [(person, None if person.status is None else person.status != "deceased") for person in people]

    @kept
    def _alive(self) -> frozenset[str]:
        return frozenset(person.id for person, alive in self._with_alive() if alive)

    @kept
    def _bridges_among_the_living(self) -> frozenset[str] | None:
        graph = self._graph([alive for _, alive in self._with_alive()])
        return None if graph is None else _bridges(graph)

    def _counted(self, field: str, words: Sequence[object]) -> Range | None:
        if self._people is None:
            return None
        least = most = 0
        for person, here in self._perhaps_present:
            answer = getattr(person, field)
            if answer is None or answer in words:
                most += 1
                least += here is True and answer is not None
        return Range(least, most)

    @kept
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
        graph.add_edges_from(
            tie.between for tie in self._ties or () if tie.between[0] in graph and tie.between[1] in graph
        )
        return graph


def _bridges(graph: nx.Graph[Hashable]) -> frozenset[str]:
    import networkx as nx

    return frozenset(map(str, nx.articulation_points(graph)))


def _present(person: Person) -> bool | None:
    return None if person.status is None else person.status == "current"
