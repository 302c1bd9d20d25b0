"""The assessment of what was sent: a gate that was cleared at the intake is closed again by what a scale tells after that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ipt_rules.gates import Gates

if TYPE_CHECKING:
    from ipt_rules.assessment import Assessment
    from ipt_rules.assessor import Assessor
    from ipt_rules.service.scales import Sent

_AFTER_THE_INTAKE: Final = 1
"""A scale that is newer than the intake counts as what is told in the session that follows it."""


def assessed(assessor: Assessor, sent: Sent) -> Assessment:
    """Return the assessment of an intake with what newer scales say.

    Who cleared a gate knew the intake, and not what was told later: as in a course, that has to be cleared by itself.

    Raises:
        EvaluationError: the rules could not be evaluated; there is no result.

    """
    assessment, cleared = assessor.assess(sent.intake), sent.recorded.safety.cleared
    if not cleared or (sent.intake == sent.recorded and not sent.told_later):
        return assessment
    at_first = Gates.at_first(cleared, assessor.assess(sent.recorded).result.cautions)
    gates = at_first.after(_AFTER_THE_INTAKE, assessment.result.cautions, (), answers=sent.told_later, cleared=())
    still_cleared = gates.cleared_in_order()
    if set(still_cleared) == set(cleared):
        return assessment
    safety = sent.intake.safety.model_copy(update={"cleared": still_cleared})
    return assessor.assess(sent.intake.model_copy(update={"safety": safety}))
