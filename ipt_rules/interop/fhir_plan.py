"""What follows from an intake, as FHIR R4: the plan as a CarePlan, a draft that is proposed, and the whole as a GuidanceResponse.

Neither is a RiskAssessment or a DetectedIssue: points are no risk. A strategy that is withheld is no activity; a note says what it
waits for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from ipt_rules.interop.fhir_words import OWN, Resource, extension
from ipt_rules.plan_rows import in_sessions
from ipt_rules.render.said import (
    ANSWERS,
    CAUTIONS,
    CLINICIAN,
    DRAFT,
    WITHHELD,
    called,
    needs,
    phase_heading,
    sources,
    until_cleared,
    verdict,
)
from ipt_rules.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ipt_rules.assessment import Assessment

PROVENANCE: Final = f"{OWN}:provenance"
"""On a resource: rule set, version, digest, engine and library."""

RULE: Final = f"{OWN}:rule"
SOURCE: Final = f"{OWN}:source"
OPEN_QUESTION: Final = f"{OWN}:open-question"

_PLAN, _RANKING = "plan", "ranking"


def care_plan(assessment: Assessment, subject: str, *, names: bool = False) -> Resource:
    """Return the plan of an assessment as a CarePlan: a draft, proposed to a clinician.

    Args:
        assessment: what follows from an intake.
        subject: whose plan it is, as a reference such as ``Patient/17``.
        names: call people by name. Off unless whoever reads it may know.

    """
    return _Told(assessment, subject, names=names).care_plan()


def guidance_response(assessment: Assessment, subject: str, *, names: bool = False) -> Resource:
    """Return an assessment as a GuidanceResponse that holds the plan, the ranking, and what is still to be asked.

    Args:
        assessment: what follows from an intake.
        subject: whose it is, as a reference such as ``Patient/17``.
        names: call people by name. Off unless whoever reads it may know.

    """
    return _Told(assessment, subject, names=names).guidance_response()


class _Told:
    """An assessment told as FHIR resources."""

    def __init__(self, assessment: Assessment, subject: str, *, names: bool) -> None:
        self._ruleset = assessment.ruleset
        self._day = assessment.intake.assessed_on.isoformat()
        self._told = assessment.to_dict(names=names)
        self._plan: dict[str, Any] = self._told["plan"]
        self._wording = Wording(assessment.intake, assessment.ruleset, names=names)
        self._subject = {"reference": subject}

    def care_plan(self) -> Resource:
        """Return the plan; the goals that it refers to are contained in it."""
        goals = self._goals()
        return {"resourceType": "CarePlan", **({"contained": goals} if goals else {}), **self._bare_plan()}

    def guidance_response(self) -> Resource:
        """Return the whole; plan, goals and ranking are contained in it."""
        plan = {"resourceType": "CarePlan", "id": _PLAN, **self._bare_plan()}
        missing = self._data_requirement()
        return {
            "resourceType": "GuidanceResponse",
            "contained": [*self._goals(), plan, self._ranking()],
            "extension": [self._provenance()],
            "moduleUri": self._module(),
            "status": "data-requested" if missing or not self._told["settled"] else "success",
            "subject": self._subject,
            "occurrenceDateTime": self._day,
            "note": [{"text": text} for text in [CLINICIAN, *self._said(), *self._cautions(), *self._until()]],
            "outputParameters": {"reference": f"#{_RANKING}"},
            "result": {"reference": f"#{_PLAN}"},
            **({"dataRequirement": missing} if missing else {}),
        }

    def _bare_plan(self) -> Resource:
        plan: Resource = {
            "extension": [self._provenance()],
            "instantiatesUri": [self._module()],
            "status": "draft",
            "intent": "proposal",
            "title": "Plan for interpersonal psychotherapy",
            "description": " ".join([CLINICIAN, *self._said()]),
            "subject": self._subject,
            "created": self._day,
        }
        lists = {"goal": self._goal_references(), "activity": list(self._activities()), "note": list(self._notes())}
        return {**plan, **{name: entries for name, entries in lists.items() if entries}}

    def _module(self) -> str:
        known = self._told["provenance"]
        return f"{OWN}:ruleset:{quote(known['ruleset'], safe='')}:{known['digest']}"

    def _provenance(self) -> Resource:
        known = self._told["provenance"]
        return {"url": PROVENANCE, "extension": [extension(key, "String", value) for key, value in known.items()]}

    def _said(self) -> list[str]:
        """Return what the ranking comes to, and the foci that are proposed; no focus while a gate is to clear."""
        foci = [] if self._plan["gates"] else self._told["foci"]
        named = [f"Focus: {called(focus, self._wording)} – {ANSWERS[focus['answer']]}" for focus in foci]
        return [*verdict(self._told, self._wording), *named]

    def _goals(self) -> list[Resource]:
        return [
            {
                "resourceType": "Goal",
                "id": f"goal-{number}",
                "extension": list(self._rests_on(goal)),
                "lifecycleStatus": "proposed",
                "description": {"text": goal["goal"]},
                "subject": self._subject,
            }
            for number, goal in enumerate(self._plan["goals"], start=1)
        ]

    def _goal_references(self, focus: int | None = None) -> list[Resource]:
        """Return references to the goals, or to those of one focus."""
        goals = enumerate(self._plan["goals"], start=1)
        return [{"reference": f"#goal-{number}"} for number, goal in goals if focus in (None, goal["focus"])]

    def _activities(self) -> Iterator[Resource]:
        for phase in self._plan["phases"]:
            for entry in phase["strategies"]:
                when = phase_heading(phase, in_sessions(entry["sessions"]), None)
                goals = [] if entry["focus"] is None else self._goal_references(entry["focus"])
                detail = {
                    "extension": list(self._rests_on(entry)),
                    "reasonCode": [{"text": entry["because"]}],
                    **({"goal": goals} if goals else {}),
                    "status": "not-started",
                    "scheduledString": when,
                    "description": "\n".join([entry["propose"], entry["aim"], *(f"- {one}" for one in entry["steps"])]),
                }
                yield {"detail": detail}

    def _rests_on(self, entry: Mapping[str, Any]) -> Iterator[Resource]:
        """Yield the rule behind an entry, and its sources in words."""
        yield extension(RULE, "String", entry["rule"])
        yield extension(SOURCE, "String", sources(entry, self._ruleset))

    def _notes(self) -> Iterator[Resource]:
        for text in (*self._cautions(), *self._until(), *self._withheld(), *self._drafts()):
            yield {"text": text}

    def _cautions(self) -> Iterator[str]:
        """Yield the cautions, those that come before any plan first."""
        order = list(CAUTIONS)
        for caution in sorted(self._told["cautions"], key=lambda one: order.index(one["kind"])):
            cleared = " (cleared by a clinician)" if caution["cleared"] else ""
            yield f"{CAUTIONS[caution['kind']]}: {caution['because']}{cleared}"

    def _until(self) -> Iterator[str]:
        if self._plan["gates"]:
            yield until_cleared(self._plan["gates"], self._wording)

    def _withheld(self) -> Iterator[str]:
        """Yield what is withheld for safety, each with what it waits for."""
        for phase in self._plan["phases"]:
            for entry in phase["withheld"]:
                if wanted := "; ".join(dict.fromkeys(needs(entry))):
                    yield f"{WITHHELD}: {entry['propose']} – {wanted}"

    def _drafts(self) -> Iterator[str]:
        for draft in self._plan["formulations"]:
            if draft["parts"]:
                yield f"{DRAFT}: {' '.join(part['say'] for part in draft['parts'])}"

    def _ranking(self) -> Resource:
        settled = {"name": "settled", "valueBoolean": self._told["settled"]}
        areas = [{"name": entry["area"], "part": list(_standing(entry))} for entry in self._told["ranking"]]
        return {"resourceType": "Parameters", "id": _RANKING, "parameter": [settled, *areas]}

    def _data_requirement(self) -> list[Resource]:
        """Return the open questions that matter: for the first place, for safety, or for what is withheld."""
        asked = [one for one in self._told["questions"] if one.get("path") and one["kind"] in _MATTERS]
        if not self._told["settled"]:
            asked += [one for one in self._told["questions"] if one["kind"] == "open" and one["points"]]
        if not asked:
            return []
        return [{"extension": [_open_question(one) for one in asked], "type": "QuestionnaireResponse"}]


_MATTERS: Final = ("gate", "needed")


def _standing(entry: Mapping[str, Any]) -> Iterator[Resource]:
    """Yield where an area stands, as parts of a parameter."""
    if entry["rank"] is not None:
        yield {"name": "rank", "valueInteger": entry["rank"]}
    yield {"name": "points", "valueInteger": entry["points"]}
    yield {"name": "least", "valueInteger": entry["bounds"][0]}
    yield {"name": "most", "valueInteger": entry["bounds"][1]}
    yield {"name": "level", "valueCode": entry["level"]}
    yield {"name": "heldBack", "valueBoolean": bool(entry["held_back_by"])}
    if entry["focus"]:
        yield {"name": "focus", "valueString": entry["focus"]["subject"]}


def _open_question(question: Mapping[str, Any]) -> Resource:
    told = [extension("place", "String", question["path"]), extension("question", "String", question["question"])]
    return {"url": OPEN_QUESTION, "extension": told}
