"""PHQ-9 and GAD-7 in the shapes in which forms in use send them."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

from ipt_rules.interop import scale_answers, with_scale
from ipt_rules.interop.loinc import GAD7, PHQ9
from tests.helpers import MARK, intake, refused

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Plain = dict[str, Any]

LOINC = "http://loinc.org"
CODES = ("LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9")
WORDS = ("Not at all", "Several days", "More than half the days", "Nearly every day")
PHQ9_ANSWERS = (2, 3, 1, 2, 0, 1, 2, 0, 1)
GAD7_ANSWERS = (0, 0, 1, 1, 0, 1, 0)


def la_code(points: int) -> Plain:
    """Return an answer by its LOINC code, as the forms of the LOINC site send it."""
    return {"valueCoding": {"system": LOINC, "code": CODES[points], "display": WORDS[points]}}


def la_code_alone(points: int) -> Plain:
    """Return an answer by its LOINC code without a system, as some forms send it."""
    return {"valueCoding": {"code": CODES[points]}}


def weighed(url: str, *, on_the_coding: bool) -> Callable[[int], Plain]:
    """Return a maker of answers by a code of somebody's own, with the weight as an extension."""

    def answer(points: int) -> Plain:
        weight = {"url": f"http://hl7.org/fhir/StructureDefinition/{url}", "valueDecimal": float(points)}
        coding = {"system": "http://example.org/phq", "code": WORDS[points].replace(" ", "-")}
        if on_the_coding:
            return {"valueCoding": {**coding, "extension": [weight]}}
        return {"extension": [weight], "valueCoding": coding}

    return answer


def plain_number(points: int) -> Plain:
    """Return an answer that is a number."""
    return {"valueInteger": points}


def decimal_number(points: int) -> Plain:
    """Return an answer that is a decimal number, as JSON written by other languages has it."""
    return {"valueDecimal": float(points)}


def form(
    items: Sequence[str],
    points: Sequence[int],
    answer: Callable[[int], Plain] = la_code,
    link: str = "/{}",
    total: Plain | None = None,
    total_code: str = "44261-6",
) -> Plain:
    """Return a response to a scale, its total as a last item where there is one."""
    told = [
        {"linkId": link.format(code), "text": "…", "answer": [answer(one)]}
        for code, one in zip(items, points, strict=True)
    ]
    if total is not None:
        told.append({"linkId": link.format(total_code), "answer": [total]})
    return {"resourceType": "QuestionnaireResponse", "status": "completed", "item": told}


def phq9(**shape: Any) -> Plain:
    """Return a response to the PHQ-9."""
    return form(PHQ9.items, shape.pop("points", PHQ9_ANSWERS), **shape)


def form_of(link_ids: dict[str, str], *, weights: bool = False) -> Plain:
    """Return the questionnaire behind link ids of a form's own."""
    options = [
        {
            "extension": [
                {"url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": points},
            ],
            "valueCoding": {"code": f"answer-{points}"},
        }
        for points in range(4)
    ]
    items = [
        {"linkId": link_id, "type": "choice", "code": [{"system": LOINC, "code": code}], "text": "…"}
        | ({"answerOption": options} if weights else {})
        for code, link_id in link_ids.items()
    ]
    return {"resourceType": "Questionnaire", "status": "active", "item": [{"linkId": "all", "item": items}]}


@pytest.mark.parametrize(
    "answer",
    [
        la_code,
        la_code_alone,
        weighed("itemWeight", on_the_coding=True),
        weighed("itemWeight", on_the_coding=False),
        weighed("ordinalValue", on_the_coding=True),
        weighed("ordinalValue", on_the_coding=False),
        plain_number,
        decimal_number,
    ],
)
@pytest.mark.parametrize("link", ["/{}", "{}", "/44249-1/{}", "LOINC:{}"])
def test_answers_in_every_shape(answer: Callable[[int], Plain], link: str) -> None:
    """Weights, LOINC answer codes and plain numbers give the same points, under the link ids that forms have."""
    given = phq9(answer=answer, link=link)
    QuestionnaireResponse.model_validate(given)
    assert scale_answers(given) == {"phq9": 12, "phq9_item9": 1}


def test_a_weight_goes_before_a_code() -> None:
    """Where an answer carries a weight, that counts, whatever points its code has elsewhere."""
    given = phq9()
    weight = {"url": "http://hl7.org/fhir/StructureDefinition/itemWeight", "valueDecimal": 0}
    given["item"][8]["answer"][0]["valueCoding"]["extension"] = [weight]
    assert scale_answers(given) == {"phq9": 11, "phq9_item9": 0}


@pytest.mark.parametrize(
    "total", [{"valueInteger": 12}, {"valueDecimal": 12.0}, {"valueQuantity": {"value": 12, "unit": "{score}"}}]
)
def test_a_total_is_taken_as_it_is_sent(total: Plain) -> None:
    """A total that is sent as a number or a quantity is read, with the items and without them."""
    assert scale_answers(phq9(total=total)) == {"phq9": 12, "phq9_item9": 1}
    alone = form((), (), total=total)
    assert scale_answers(alone) == {"phq9": 12}


def test_gad7_as_the_personal_health_record_guide_sends_it() -> None:
    """A GAD-7 whose link ids are LOINC codes is added up."""
    assert scale_answers(form(GAD7.items, GAD7_ANSWERS, link="{}")) == {"gad7": 3}


def test_gad7_total_alone() -> None:
    """A GAD-7 of which only the total is sent is read."""
    assert scale_answers(form((), (), total={"valueInteger": 15}, total_code=GAD7.total)) == {"gad7": 15}


def test_both_scales_in_one_form_and_in_groups() -> None:
    """A form with both scales in groups gives both; questions of neither are left alone."""
    difficulty = {"linkId": "/69722-7", "answer": [{"valueCoding": {"system": LOINC, "code": "LA6573-5"}}]}
    anxious = form(GAD7.items, GAD7_ANSWERS)["item"]
    depressed = [*phq9()["item"], difficulty]
    given = form((), ())
    given["item"] = [{"linkId": "a", "item": depressed}, {"linkId": "b", "item": [{"linkId": "c", "item": anxious}]}]
    assert scale_answers(given) == {"phq9": 12, "phq9_item9": 1, "gad7": 3}


@pytest.mark.parametrize("contained", [True, False])
@pytest.mark.parametrize("weights", [True, False])
def test_link_ids_of_a_form_of_its_own(contained: bool, weights: bool) -> None:
    """Codes, and weights of the answers, are learned from the questionnaire, handed in or contained in the response."""
    link_ids = {code: f"PHQ.{number}" for number, code in enumerate(PHQ9.items, start=1)}
    given = form(tuple(link_ids.values()), PHQ9_ANSWERS, link="{}")
    if weights:
        for item, points in zip(given["item"], PHQ9_ANSWERS, strict=True):
            item["answer"] = [{"valueCoding": {"code": f"answer-{points}"}}]
    questionnaire = form_of(link_ids, weights=weights)
    if contained:
        assert scale_answers({**given, "contained": [questionnaire]}) == {"phq9": 12, "phq9_item9": 1}
    else:
        assert scale_answers(given, questionnaire) == {"phq9": 12, "phq9_item9": 1}


def test_a_definition_names_the_code() -> None:
    """Where the link id says nothing, the definition of an item does."""
    given = phq9(link="x{}")
    for item, code in zip(given["item"], PHQ9.items, strict=True):
        item.update(linkId="q", definition=f"http://example.org/StructureDefinition/phq9#{code}")
    assert scale_answers(given)["phq9"] == 12


def test_an_unanswered_item_leaves_the_total_open() -> None:
    """Of a form that is not filled in whole only what is known is read: no total is made up."""
    given = phq9()
    del given["item"][0]["answer"]
    assert scale_answers(given) == {"phq9_item9": 1}
    given["item"].pop()
    assert scale_answers(given) == {}


def test_a_question_below_an_item_is_not_the_item() -> None:
    """Where a link id names several codes, the last is the question: what stands below item 9 is not read as its answer."""
    given = phq9()
    given["item"].append({"linkId": "/44260-8/69722-7", "answer": [{"valueInteger": 3}]})
    assert scale_answers(given) == {"phq9": 12, "phq9_item9": 1}


# ── what is wrong ────────────────────────────────────────────────────────────────────────────────────────────────────────

WANTED = "an answer takes an itemWeight or ordinalValue, an answer code of LOINC, or a plain number, from 0 to 3"


@pytest.mark.parametrize(
    "answer",
    [
        {"valueInteger": 4},
        {"valueInteger": -1},
        {"valueInteger": True},
        {"valueDecimal": 1.5},
        {"valueDecimal": float("nan")},
        {"valueDecimal": float("inf")},
        {"valueString": MARK},
        {"valueCoding": {"system": LOINC, "code": MARK}},
        {"valueCoding": {"system": "http://example.org", "code": "LA6568-5"}},
        {"valueCoding": {"code": "2"}},
        {"valueCoding": MARK},
        {"valueQuantity": MARK},
        {},
    ],
)
def test_an_answer_without_points_is_told_by_its_code(answer: Plain) -> None:
    """What has no points, or too many, is refused with the LOINC code of the item, and is not repeated."""
    given = phq9()
    given["item"][8]["answer"] = [answer]
    assert refused(lambda: scale_answers(given)) == [("episode.phq9_item9", f"LOINC 44260-8: {WANTED}")]


def test_all_that_is_wrong_is_told_at_once() -> None:
    """Two answers without points and an item that is answered twice come in one error."""
    given = phq9(answer=plain_number)
    given["item"][0]["answer"] = [{"valueInteger": 9}]
    given["item"][1]["answer"] = [{"valueInteger": 9}]
    given["item"].append(given["item"][2] | {"answer": [{"valueInteger": 0}]})
    assert refused(lambda: scale_answers(given)) == [
        ("episode.phq9", f"LOINC 44250-9: {WANTED}"),
        ("episode.phq9", f"LOINC 44255-8: {WANTED}"),
        ("episode.phq9", "LOINC 44259-0: has several answers; one can be given"),
    ]


@pytest.mark.parametrize("total", [11, 13])
def test_a_total_must_fit_its_items(total: int) -> None:
    """A total that the items do not add up to is refused: nobody knows which of them is right."""
    problems = refused(lambda: scale_answers(phq9(total={"valueInteger": total})))
    assert problems == [("episode.phq9", "the total (LOINC 44261-6) does not fit the items that are answered")]


def test_a_form_without_either_scale_is_refused() -> None:
    """A response in which no item of a scale is found is an error, and not a patient without answers."""
    given = form(("q1", "q2"), (1, 2), link="{}")
    [(place, what)] = refused(lambda: scale_answers(given))
    assert place == "item"
    assert what.startswith("holds no item of PHQ-9 or GAD-7 that can be known by its LOINC code")


@pytest.mark.parametrize(
    "given", [None, [], {}, {"resourceType": "QuestionnaireResponse", "status": "entered-in-error"}]
)
def test_what_cannot_be_read_at_all_is_refused(given: Any) -> None:
    """What is no response, or is not to be used, is refused."""
    assert refused(lambda: scale_answers(given))


@pytest.mark.parametrize("part", ["item", "contained"])
@pytest.mark.parametrize("junk", [None, 3, MARK, [3], [{"item": 3, "answer": [3], "code": 3, "answerOption": [[]]}]])
def test_junk_is_refused_and_not_repeated(part: str, junk: Any) -> None:
    """Junk in place of items or of what is contained is no crash."""
    given = {**form((), ()), part: copy.deepcopy(junk)}
    assert MARK not in str(refused(lambda: scale_answers(given)))


# ── into the intake ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_answers_go_into_the_episode() -> None:
    """What a form says is recorded; the rest of the intake is as it was, but that the questions are answered now."""
    before = intake(episode={"condition": "depression"}, asked_without_answer=["episode.phq9", "episode.gad7"])
    after = with_scale(before, phq9())
    assert after == intake(
        episode={"condition": "depression", "phq9": 12, "phq9_item9": 1}, asked_without_answer=["episode.gad7"]
    )


def test_the_same_answers_again_change_nothing() -> None:
    """A form that says what is recorded already is taken."""
    once = with_scale(intake(), phq9())
    assert with_scale(once, phq9()) == once


def test_other_answers_than_those_recorded_are_refused() -> None:
    """A form that says something else than the intake is refused at each place; which of them holds is not guessed."""
    recorded = intake(episode={"phq9": 3, "phq9_item9": 0})
    what = "is recorded otherwise in the intake; leave it open there, or hand in the response that counts"
    assert refused(lambda: with_scale(recorded, phq9())) == [("episode.phq9", what), ("episode.phq9_item9", what)]
