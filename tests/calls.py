"""Calls of the hook ``patient-view`` as a clinical record makes them, for the tests of the service."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any, Final

from ipt_rules.interop import response
from tests.helpers import intake

if TYPE_CHECKING:
    from ipt_rules import Intake

PATIENT: Final = "17"
INSTANCE: Final = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"
LOINC_ITEM_9: Final = "/44249-1/44260-8"


def answered(intake: Intake, patient: str = PATIENT, **other: Any) -> dict[str, Any]:
    """Return an intake as a response of a patient, with other elements than usual."""
    return {**response(intake, subject=f"Patient/{patient}"), **other}


def phq9(total: int, authored: str, *, item_9: int = 0, **other: Any) -> dict[str, Any]:
    """Return a response to the PHQ-9 that says its total and item 9."""
    items = [("/44249-1/44261-6", total), (LOINC_ITEM_9, item_9)]
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": "http://loinc.org/q/44249-1",
        "status": "completed",
        "subject": {"reference": f"Patient/{PATIENT}"},
        "authored": authored,
        "item": [{"linkId": link_id, "answer": [{"valueInteger": points}]} for link_id, points in items],
        **other,
    }


def bundle(*resources: Any, **other: Any) -> dict[str, Any]:
    """Return resources as the result of a search."""
    entries = [{"resource": resource, "search": {"mode": "match"}} for resource in resources]
    return {"resourceType": "Bundle", "type": "searchset", "total": len(entries), "entry": entries, **other}


def call(prefetched: Any, patient: str = PATIENT, **other: Any) -> dict[str, Any]:
    """Return a call with something prefetched, with other fields than usual; a field that is ``...`` is left out."""
    usual = {
        "hook": "patient-view",
        "hookInstance": INSTANCE,
        "fhirServer": "https://record.example/fhir",
        "fhirAuthorization": {"access_token": "never-read", "token_type": "Bearer", "expires_in": 300},
        "context": {"userId": "Practitioner/1", "patientId": patient},
        "prefetch": {"responses": prefetched},
    }
    return {name: value for name, value in {**usual, **other}.items() if value is not ...}


def longest() -> Intake:
    """Return an intake in which every list and every note is as long as it may be."""
    note, people = "n" * 2_000, [f"p{number}" for number in range(40)]
    subject = {"person": people[0], "note": note}
    ties = [list(pair) for pair in itertools.islice(itertools.combinations(people, 2), 400)]
    return intake(
        losses=[{**subject, "kind": "death", "mourning": "delayed"}] * 12,
        disputes=[{**subject, "repetitive": True}] * 12,
        changes=[{**subject, "kind": "move"}] * 12,
        isolation=[{"note": note}],
        inventory={
            "people": [{"id": one, "role": "family", "name": "x" * 100, "note": note} for one in people],
            "ties": [{"between": pair} for pair in ties],
            "note": note,
        },
        note=note,
    )


def written(value: Any) -> bytes:
    """Return a call as it is sent."""
    return json.dumps(value).encode()
