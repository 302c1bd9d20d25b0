"""Other systems' formats: FHIR R4 as plain JSON values."""

from ipt_rules.interop.fhir_plan import care_plan, guidance_response
from ipt_rules.interop.fhir_questionnaire import questionnaire
from ipt_rules.interop.fhir_reading import intake_from
from ipt_rules.interop.fhir_response import response
from ipt_rules.interop.fhir_scales import scale_answers, with_scale

__all__ = [
    "care_plan",
    "guidance_response",
    "intake_from",
    "questionnaire",
    "response",
    "scale_answers",
    "with_scale",
]
