"""What a derived field is, and the registry that holds them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipt_rules.intake import Intake
    from ipt_rules.inventory import Person
    from ipt_rules.network import Network
    from ipt_rules.values import Value


@dataclass(frozen=True, slots=True)
class Case:
    """What a derived field may look at: the intake, its network, and the subject and the person of one row."""

    intake: Intake
    network: Network
    place: str = ""
    subject: Any = None
    person: Person | None = None


Compute: TypeAlias = "Callable[[Any], Value]"
"""Takes a ``Case``; for fields of a session (``derived.course``), a ``SoFar``."""


@dataclass(frozen=True, slots=True)
class Derived:
    """One derived field; the attributes are those of ``vocabulary.Field``, and ``compute`` makes its value.

    Fields of the groups ``standing`` and ``focus``, and the dispute stage, are made by later passes and have no ``compute``.
    """

    name: str
    type: Literal["flag", "number", "choice"]
    meaning: str
    reads: tuple[str, ...]
    compute: Compute | None = None
    source: str = "inference"
    options: tuple[str, ...] = ()
    ordered: bool = False
    bounds: tuple[int, int] | None = None
    unit: str = ""
    ranged: bool = False
    tied_to: tuple[str, ...] = ()

    @property
    def group(self) -> str:
        """The part of the name before the first dot."""
        return self.name.partition(".")[0]


REGISTRY: Final[dict[str, Derived]] = {}

MOST_MONTHS: Final = 12 * 350
MOST_PEOPLE: Final = 40
STAGE_WORDS: Final = ("renegotiation", "impasse", "dissolution")


def register(entry: Derived) -> None:
    """Add a field to the registry."""
    REGISTRY[entry.name] = entry


def field(name: str, **facts: Any) -> Callable[[Compute], Compute]:
    """Register a function as a field; the first sentence of its docstring is the field's meaning."""

    def decorate(compute: Compute) -> Compute:
        meaning = (compute.__doc__ or "").strip().partition("\n")[0].rstrip(".")
        register(Derived(name=name, meaning=meaning, compute=compute, **facts))
        return compute

    return decorate
