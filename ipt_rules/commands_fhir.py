"""The command ``ipt-rules fhir``: intakes and plans as FHIR R4 resources, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Optional

import typer

from ipt_rules.assessor import Assessor
from ipt_rules.interop import care_plan, guidance_response, intake_from, questionnaire, response, with_scale
from ipt_rules.terminal import (
    FileArgument,
    OutOption,
    RulesOption,
    errors_told,
    intake_in,
    json_in,
    named_ruleset,
    not_over,
    put_json,
)

if TYPE_CHECKING:
    from ipt_rules.assessment import Assessment

fhir = typer.Typer(help="Intakes and plans as FHIR R4 resources, and back.", no_args_is_help=True)

SubjectOption = Annotated[str, typer.Option("--subject", metavar="REFERENCE", help="Whose it is, such as Patient/17.")]
NamedOption = Annotated[bool, typer.Option("--names", help="Call people by name.")]


@fhir.command("questionnaire")
def questionnaire_(to: OutOption = None, rules: RulesOption = None) -> None:
    """Print the intake as a Questionnaire."""
    with errors_told("text"):
        put_json(questionnaire(named_ruleset(rules)), to)


@fhir.command("response")
def response_(
    file: FileArgument,
    subject: Annotated[
        Optional[str], typer.Option("--subject", metavar="REFERENCE", help="Whose it is, such as Patient/17.")
    ] = None,
    to: OutOption = None,
) -> None:
    """Print an intake as a QuestionnaireResponse: the whole record, names and notes among it."""
    with errors_told("text"):
        not_over(file, to)
        put_json(response(intake_in(file), subject=subject), to)


@fhir.command("read")
def read(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A QuestionnaireResponse; - for standard input.")],
    scales: Annotated[
        Optional[list[str]],
        typer.Option("--scale", metavar="FILE", help="A response to the PHQ-9 or the GAD-7, to be read into it."),
    ] = None,
    to: OutOption = None,
) -> None:
    """Print the intake that a QuestionnaireResponse holds, names and notes among it; for `ipt-rules assess -`."""
    with errors_told("text"):
        not_over(file, to)
        intake = intake_from(json_in(file))
        for scale in scales or ():
            intake = with_scale(intake, json_in(scale))
        put_json(intake.to_dict(), to)


@fhir.command("plan")
def plan(
    file: FileArgument,
    subject: SubjectOption,
    names: NamedOption = False,
    to: OutOption = None,
    rules: RulesOption = None,
) -> None:
    """Print the plan of an intake as a CarePlan: a draft, proposed to a clinician."""
    with errors_told("text"):
        not_over(file, to)
        put_json(care_plan(_assessed(file, rules), subject, names=names), to)


@fhir.command("guidance")
def guidance(
    file: FileArgument,
    subject: SubjectOption,
    names: NamedOption = False,
    to: OutOption = None,
    rules: RulesOption = None,
) -> None:
    """Print the assessment of an intake as a GuidanceResponse, with the plan, the ranking and what is to be asked."""
    with errors_told("text"):
        not_over(file, to)
        put_json(guidance_response(_assessed(file, rules), subject, names=names), to)


def _assessed(file: str, rules: RulesOption) -> Assessment:
    return Assessor(named_ruleset(rules)).assess(intake_in(file))
