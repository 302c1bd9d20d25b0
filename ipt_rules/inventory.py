"""The interpersonal inventory: the people in the patient's life, the ties among them, and what they add up to.

Each person carries the patient's tie to them; ``ties`` are the ties among the others. As a graph the patient stands in the centre.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Optional

from annotated_types import MaxLen
from pydantic import ValidationError

from ipt_rules.display import Displayed, drawn
from ipt_rules.errors import IntakeError, Problem
from ipt_rules.malformed import by_place, malformed, problem
from ipt_rules.places import Steps, written
from ipt_rules.records import NO_SUBJECT, NOBODY, Asked, Flag, Identity, Private, Record, Text, declared

if TYPE_CHECKING:
    from collections.abc import Iterator

    import networkx as nx

PATIENT: Final = "patient"
"""The node of the patient in the graph; no person may have it as id."""

_HEADING: Final = "The inventory cannot be read:"

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
    change_wanted: Annotated[Flag, Asked("the patient wants something to change between the two", only_if=_LIVING)] = (
        None
    )
    note: Annotated[Text, Private("anything else, for people")] = None


class Tie(Record):
    """A tie between two people of the inventory who are in touch with each other, apart from the patient."""

    between: Annotated[tuple[Identity, Identity], Private("the ids of the two people")]


class Inventory(Record, Displayed):
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

    def to_svg(self, *, names: bool = False) -> str:
        """Return the closeness circle as SVG, a file of its own.

        Args:
            names: call people by name, or by what they are to the patient. Off unless whoever sees it may know.

        """
        return drawn(self, names=names)

    @classmethod
    def from_graph(cls, graph: nx.Graph[Any]) -> Inventory:
        """Return the inventory that a graph describes: node attributes are the answers about each person.

        A node ``patient`` is the patient and may be left out; edges between other nodes are ties. Where the graph attributes
        ``people_asked`` or ``ties_asked`` are absent, the lists count as asked.

        Raises:
            IntakeError: an attribute is no answer of the inventory, or the graph is directed.

        """
        if graph.is_directed():
            raise IntakeError(_HEADING, [Problem("", 0, 0, "", "ties have no direction; hand in a networkx.Graph")])
        others = [node for node in graph.nodes if node != PATIENT]
        if others and not graph.graph.get("people_asked", True):
            raise IntakeError(
                _HEADING, [Problem("", 0, 0, "people", "the graph has people, and says that nobody asked for them")]
            )
        between = {frozenset((str(one), str(other))): (str(one), str(other)) for one, other, *_ in graph.edges}
        people = [{**graph.nodes[node], "id": str(node)} for node in others]
        ties = [{"between": pair} for pair in between.values() if PATIENT not in pair]
        given = {
            "people": people if graph.graph.get("people_asked", True) else None,
            "ties": ties if graph.graph.get("ties_asked", True) else None,
            "note": graph.graph.get("note"),
        }
        inventory: Inventory | None = None
        try:
            inventory = cls.model_validate(given)
            problems = [problem(steps, what) for steps, what in inventory_contradictions(inventory, ())]
        except ValidationError as error:
            problems = malformed(cls, error)
        if problems or inventory is None:
            raise IntakeError(_HEADING, sorted(problems, key=by_place))
        return inventory


def inventory_contradictions(
    inventory: Inventory, at: Steps, *, people_known: bool = True
) -> Iterator[tuple[Steps, str]]:
    """Yield the contradictions in an inventory that stands at a place of an intake."""
    first: dict[str, int] = {}
    for position, person in enumerate(inventory.people or ()):
        here = (*at, "people", position)
        if person.id in (PATIENT, NOBODY, NO_SUBJECT):
            yield (
                (*here, "id"),
                f"'{PATIENT}', '{NOBODY}' and '{NO_SUBJECT}' have a meaning of their own; choose another id",
            )
        elif person.id in first:
            yield (*here, "id"), f"the same id as {written((*at, 'people', first[person.id]))}; ids must differ"
        first.setdefault(person.id, position)
        yield from not_arising(person, here)
    seen: set[frozenset[str]] = set()
    for position, tie in enumerate(inventory.ties or ()):
        here = (*at, "ties", position, "between")
        if missing := [end for end in (0, 1) if tie.between[end] not in first]:
            what = "refers to a person who is not in the inventory; add the person"
            yield from (((*here, end), what) for end in missing if people_known)
        elif tie.between[0] == tie.between[1]:
            yield here, "ties a person to themselves; name two people"
        elif frozenset(tie.between) in seen:
            yield here, "the same two people as an earlier tie; name each pair once"
        seen.add(frozenset(tie.between))


def not_arising(record: Record, here: Steps) -> Iterator[tuple[Steps, str]]:
    """Yield the answers of a record to questions that are known not to arise."""
    for field in type(record).model_fields:
        asked = declared(type(record), field)
        if not isinstance(asked, Asked) or asked.only_if is None or getattr(record, field) is None:
            continue
        decides, words = asked.only_if
        answer = getattr(record, decides)
        if answer is not None and answer not in words:
            if isinstance(record, Person) and record.status == "deceased":
                what = "is a question about the living, and this person has died; leave it out"
            else:
                what = f"is asked only when '{decides}' is {' or '.join(words)}; leave it out, or mend '{decides}'"
            yield (*here, field), what
