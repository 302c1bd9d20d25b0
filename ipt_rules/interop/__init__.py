"""Other systems' formats: the intake as a FHIR R4 Questionnaire, and back."""

from ipt_rules.interop.fhir_questionnaire import questionnaire
from ipt_rules.interop.fhir_reading import intake_from
from ipt_rules.interop.fhir_response import response

__all__ = ["intake_from", "questionnaire", "response"]
