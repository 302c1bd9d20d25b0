"""The codes by which forms in use name two scales that an intake records: names, and what they stand for in the scale.

No opinion stands here: LOINC says which code is which item, and the scale how many points an answer has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale as forms send it.

    Attributes:
        field: what the episode calls its total.
        name: what people call it.
        panel: the code of the whole form.
        total: the code of the total.
        items: the codes of the items that add to it, in their order.
        single: items that the episode records too, by code.

    """

    field: str
    name: str
    panel: str
    total: str
    items: tuple[str, ...]
    single: Mapping[str, str]


PHQ9: Final = Scale(
    field="phq9",
    name="PHQ-9",
    panel="44249-1",
    total="44261-6",
    items=(
        "44250-9",
        "44255-8",
        "44259-0",
        "44254-1",
        "44251-7",
        "44258-2",
        "44252-5",
        "44253-3",
        "44260-8",
    ),
    single={"44260-8": "phq9_item9"},
)
GAD7: Final = Scale(
    field="gad7",
    name="GAD-7",
    panel="69737-5",
    total="70274-6",
    items=("69725-0", "68509-9", "69733-4", "69734-2", "69735-9", "69689-8", "69736-7"),
    single={},
)
SCALES: Final = (PHQ9, GAD7)

POINTS: Final[Mapping[str, int]] = {"LA6568-5": 0, "LA6569-3": 1, "LA6570-1": 2, "LA6571-9": 3}
"""The points of an answer to an item, from "not at all" to "nearly every day"."""
