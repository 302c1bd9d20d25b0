"""What an inventory adds up to, as plain values: each measure that rules may name, with its meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipt_rules.facts import facts
from ipt_rules.values import NOT_ARISING
from ipt_rules.vocabulary import fields
from ipt_rules.wording import plain_value, shown_value

if TYPE_CHECKING:
    from ipt_rules.facts import Row
    from ipt_rules.intake import Intake
    from ipt_rules.vocabulary import Field

NOT_ARISES = "does not arise"


def told_network(intake: Intake) -> list[dict[str, Any]]:
    """Return the measures of an intake's inventory, in the order of the vocabulary.

    Each has its ``field``, its ``meaning``, its ``value`` (``{"least", "most"}`` where it is known within limits only, None where
    it is not known or does not arise), and how that is ``shown``.
    """
    measured = [field for field in fields().values() if field.group == "network"]
    patient = facts(intake, frozenset(field.name for field in measured)).patient
    return [_measure(field, patient) for field in measured]


def _measure(field: Field, patient: Row) -> dict[str, Any]:
    found = patient.value(field.name)
    value = plain_value(field, found)
    shown = NOT_ARISES if found is NOT_ARISING else shown_value(field, value)
    return {"field": field.name, "meaning": field.meaning, "value": value, "shown": shown}
