"""PHQ-9 and GAD-7 as forms in use send them, read into the episode of an intake.

A FHIR R4 response does not say which code its items have. That stands in the form's questionnaire, handed in or contained in the
response; without one, LOINC codes are looked for in link ids (``/44250-9``) and definitions.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from ipt_rules.errors import IntakeError, Problem
from ipt_rules.intake import Episode, Intake
from ipt_rules.interop.fhir_words import ITEM_WEIGHT, LOINC, ORDINAL_VALUE, extended, of_a_response
from ipt_rules.interop.loinc import POINTS, SCALES, Scale
from ipt_rules.records import bounds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ipt_rules.interop.fhir_words import Resource

HEADING: Final = "The answers to the scale cannot be read:"
_CODE: Final = re.compile(r"(?<![0-9A-Za-z])[0-9]{3,7}-[0-9](?![0-9])")
_CODES: Final = frozenset(code for scale in SCALES for code in (scale.total, *scale.items))
_MOST_OF_AN_ITEM: Final = max(POINTS.values())
_NO_SCALE: Final = (
    f"holds no item of {' or '.join(scale.name for scale in SCALES)} that can be known by its LOINC code; hand in the "
    "questionnaire that it answers too"
)


def with_scale(intake: Intake, given: Any, questionnaire: Any = None) -> Intake:
    """Return the intake with what a response to the PHQ-9 or the GAD-7 says of the episode.

    Args:
        intake: what is recorded so far.
        given: the QuestionnaireResponse as JSON holds it.
        questionnaire: the Questionnaire that it answers, where its link ids hold no LOINC codes.

    Raises:
        IntakeError: the response cannot be read, or says something else than the intake; with everything that is wrong.

    """
    return with_answers(intake, scale_answers(given, questionnaire))


def with_answers(intake: Intake, answers: Mapping[str, int]) -> Intake:
    """Return the intake with what ``scale_answers`` returned.

    Raises:
        IntakeError: the intake says something else; with everything that is wrong.

    """
    plain = intake.to_dict()
    episode = plain.setdefault("episode", {})
    other = [name for name, points in answers.items() if episode.get(name, points) != points]
    if other:
        what = "is recorded otherwise in the intake; leave it open there, or hand in the response that counts"
        raise IntakeError(HEADING, [_problem(name, what) for name in other])
    episode.update(answers)
    now_answered = {f"episode.{name}" for name in answers}
    silent = [place for place in intake.asked_without_answer if place not in now_answered]
    return Intake.model_validate({**plain, "asked_without_answer": silent})


def scale_answers(given: Any, questionnaire: Any = None) -> dict[str, int]:
    """Return the answers about an episode that a response to the PHQ-9 or the GAD-7 gives, such as ``{"phq9": 14}``.

    A total that is sent must fit the items; one that is not is added up where all of them are answered, and is left open where not.

    Args:
        given: the QuestionnaireResponse as JSON holds it.
        questionnaire: the Questionnaire that it answers, where its link ids hold no LOINC codes.

    Raises:
        IntakeError: no scale is found in it, or an answer cannot be read; with everything that is wrong.

    """
    wrong = list(of_a_response(given))
    if wrong:
        raise IntakeError(HEADING, wrong)
    form = _Form(given, questionnaire)
    answers: dict[str, int] = {}
    problems: list[Problem] = []
    for scale in SCALES:
        _read(scale, form, answers, problems)
    if not form.entries:
        problems.append(Problem("", 0, 0, "item", _NO_SCALE))
    if problems:
        raise IntakeError(HEADING, problems)
    return answers


def scales_in(given: Any) -> tuple[Scale, ...]:
    """Return the scales of which a response has any item, known by its LOINC code; what it answers is not looked at."""
    found = _Form(given, None).entries if isinstance(given, dict) else {}
    return tuple(scale for scale in SCALES if not found.keys().isdisjoint((scale.total, *scale.items)))


class _Form:
    """A response with what its questionnaire says of it.

    Attributes:
        entries: the items of known codes, each with what was answered.

    """

    def __init__(self, given: Resource, questionnaire: Any) -> None:
        self._codes: dict[str, str] = {}
        self._weights: dict[tuple[str, str], Any] = {}
        contained = given.get("contained", [])
        for resource in [questionnaire, *(contained if isinstance(contained, list) else [])]:
            if isinstance(resource, dict) and resource.get("resourceType") == "Questionnaire":
                self._learn(resource)
        self.entries: dict[str, list[Resource]] = {}
        for entry in _all_items(given):
            if (code := self._code(entry)) is not None:
                self.entries.setdefault(code, []).append(entry)

    def _learn(self, questionnaire: Resource) -> None:
        for item in _all_items(questionnaire):
            link_id = str(item.get("linkId"))
            for coding in _dicts(item.get("code")):
                if coding.get("system") == LOINC and coding.get("code") in _CODES:
                    self._codes[link_id] = coding["code"]
            for option in _dicts(item.get("answerOption")):
                answer = option.get("valueCoding")
                if isinstance(answer, dict):
                    self._weights[link_id, str(answer.get("code"))] = _weight(option, answer)

    def _code(self, entry: Resource) -> str | None:
        """Return the code of an item: as its questionnaire says, else as its link id or definition does."""
        link_id = str(entry.get("linkId"))
        if link_id in self._codes:
            return self._codes[link_id]
        named = [_CODE.findall(text) for text in (link_id, str(entry.get("definition")))]
        last = next((codes[-1] for codes in named if codes), None)
        return last if last in _CODES else None

    def points(self, code: str) -> list[int | None]:
        """Return the points of each answer to an item; None for an answer that has none."""
        found = []
        for entry in self.entries.get(code, []):
            found += [self._points(str(entry.get("linkId")), answer) for answer in _dicts(entry.get("answer"))]
        return found

    def _points(self, link_id: str, answer: Resource) -> int | None:
        coding, quantity = answer.get("valueCoding"), answer.get("valueQuantity")
        coding = coding if isinstance(coding, dict) else {}
        weight = _weight(answer, coding)
        weight = self._weights.get((link_id, str(coding.get("code")))) if weight is None else weight
        if weight is not None:
            return _whole(weight)
        if coding:
            return POINTS.get(str(coding.get("code"))) if coding.get("system", LOINC) == LOINC else None
        plain = (answer.get("valueInteger"), answer.get("valueDecimal"), (quantity or {}) and _number_of(quantity))
        return next((_whole(number) for number in plain if number is not None), None)


def _read(scale: Scale, form: _Form, answers: dict[str, int], problems: list[Problem]) -> None:
    """Add what a form says of one scale to the answers, or to the problems."""
    before = len(problems)
    most = (bounds(Episode, scale.field) or (0, 0))[1]
    total = _one(scale, scale.total, most, form, problems)
    items = {code: _one(scale, code, _MOST_OF_AN_ITEM, form, problems) for code in scale.items}
    known = [points for points in items.values() if points is not None]
    least, open_items = sum(known), len(items) - len(known)
    if len(problems) == before and total is not None and not least <= total <= least + open_items * _MOST_OF_AN_ITEM:
        problems.append(
            _problem(scale.field, f"the total (LOINC {scale.total}) does not fit the items that are answered")
        )
    if total is None and not open_items:
        total = least
    if total is not None:
        answers[scale.field] = total
    answers.update({name: points for code, name in scale.single.items() if (points := items[code]) is not None})


def _one(scale: Scale, code: str, most: int, form: _Form, problems: list[Problem]) -> int | None:
    """Return the points that a form gives for one code; None where it is not answered, or cannot be read."""
    found = form.points(code)
    field = scale.single.get(code, scale.field)
    if any(points is None or not 0 <= points <= most for points in found):
        problems.append(_problem(field, f"LOINC {code}: {_WANTED} from 0 to {most}"))
    elif len(set(found)) > 1:
        problems.append(_problem(field, f"LOINC {code}: has several answers; one can be given"))
    else:
        return found[0] if found else None
    return None


_WANTED: Final = "an answer takes an itemWeight or ordinalValue, an answer code of LOINC, or a plain number,"


def _problem(field: str, what: str) -> Problem:
    return Problem("", 0, 0, f"episode.{field}", what)


def _weight(*elements: Resource) -> Any:
    """Return the weight that an answer, or the coding in it, carries."""
    found = (extended(one, url, "valueDecimal") for one in elements for url in (ITEM_WEIGHT, ORDINAL_VALUE))
    return next((weight for weight in found if weight is not None), None)


def _number_of(quantity: Any) -> Any:
    return quantity.get("value") if isinstance(quantity, dict) else None


def _whole(number: Any) -> int | None:
    """Return a JSON number that is whole (``3`` or ``3.0``) as one; None for everything else."""
    if isinstance(number, bool) or not isinstance(number, int | float) or number != number // 1:
        return None
    return int(number)


def _all_items(resource: Resource) -> Iterator[Resource]:
    """Yield every item of a questionnaire or a response, at whatever depth; those below answers too."""
    waiting = _dicts(resource.get("item"))
    while waiting:
        item = waiting.pop()
        yield item
        waiting += _dicts(item.get("item"))
        for answer in _dicts(item.get("answer")):
            waiting += _dicts(answer.get("item"))


def _dicts(given: Any) -> list[Resource]:
    return [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
