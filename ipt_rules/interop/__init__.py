"""Where the library meets other systems: their formats, as plain values; FHIR R4, CDS Hooks, and source attributes."""

from ipt_rules.interop.cds_hooks import Addresses, cards, discovery, override_reasons
from ipt_rules.interop.fhir_plan import care_plan, guidance_response
from ipt_rules.interop.fhir_questionnaire import questionnaire
from ipt_rules.interop.fhir_reading import intake_from
from ipt_rules.interop.fhir_response import response
from ipt_rules.interop.fhir_scales import scale_answers, with_scale
from ipt_rules.interop.source_attributes import source_attributes

__all__ = [
    "Addresses",
    "cards",
    "care_plan",
    "discovery",
    "guidance_response",
    "intake_from",
    "override_reasons",
    "questionnaire",
    "response",
    "scale_answers",
    "source_attributes",
    "with_scale",
]
