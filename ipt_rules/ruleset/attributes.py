"""What a rule set says of itself: who made it, what it is for, and which fields count as which attribute of a patient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ipt_rules.vocabulary import Field

USES: Final = (
    "race",
    "ethnicity",
    "language",
    "sexual_orientation",
    "gender_identity",
    "sex",
    "date_of_birth",
    "social_determinants",
    "health_status",
)
"""What of a patient the use of has to be told: source attributes 5 to 13 of 45 CFR 170.315(b)(11)(iv)(A), in their order."""

NO_USE: Final = "none"
"""What stands beside the attributes for fields that were looked at and count as none of them."""


class Use(NamedTuple):
    """That a field, or every field of a group that is not named itself, counts as an attribute, and why."""

    attribute: str
    field: str
    why: str


@dataclass(frozen=True, slots=True)
class Attributes:
    """What a rule set says of itself. What is empty has not been recorded.

    Attributes:
        developer: who made the rule set.
        funding: who paid for it.
        released: the day of its release, as in ``2026-03-14``.
        revised: the days of its revisions.
        purpose: what it is for.
        users: who is meant to use it.
        patients: for whom.
        logic: how it comes to a result.
        limits: what is known to be beyond it.
        uses: which fields count as which attribute, or as none.

    """

    developer: str = ""
    funding: str = ""
    released: str = ""
    revised: tuple[str, ...] = ()
    purpose: str = ""
    users: str = ""
    patients: str = ""
    logic: str = ""
    limits: tuple[str, ...] = ()
    uses: tuple[Use, ...] = ()

    def to_plain(self) -> dict[str, Any]:
        """Return what is recorded, as plain values."""
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__}
        uses = {
            attribute: {use.field: use.why for use in self.uses if use.attribute == attribute} for attribute in _USES
        }
        plain |= {"revised": list(self.revised), "limits": list(self.limits)}
        plain["uses"] = {attribute: entries for attribute, entries in uses.items() if entries}
        return {name: value for name, value in plain.items() if value}

    def uses_of(self, field: Field) -> tuple[Use, ...] | None:
        """Return what a field itself counts as, by its own entries or else by those of its group; None where nobody has said."""
        for name in (field.name, field.group):
            if found := tuple(use for use in self.uses if use.field == name):
                return tuple(use for use in found if use.attribute != NO_USE)
        return None


_USES: Final = (*USES, NO_USE)


def uses_in(
    field: Field, attributes: Attributes, recorded: Mapping[str, Field]
) -> tuple[tuple[Use, Field], ...] | None:
    """Return what a field counts as: by itself, and through each recorded field that it is computed from.

    Args:
        field: the field.
        attributes: what the rule set says.
        recorded: the recorded fields by their places.

    Returns:
        each use with the field that it comes through; None where nobody has said it of the field, or of one behind it.

    """
    behind = (field, *(recorded[place] for place in field.reads if place in recorded))
    found = [(one, attributes.uses_of(one)) for one in behind]
    if any(uses is None for _, uses in found):
        return None
    return tuple((use, one) for one, uses in found for use in uses or ())
