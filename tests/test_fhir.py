"""The intake as a FHIR R4 questionnaire, and responses to it: what is written is valid, and read back as it was."""

from __future__ import annotations

import copy
import json
import random
import re
from typing import TYPE_CHECKING, Any

import pytest
from fhir.resources.R4B.questionnaire import Questionnaire
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse
from hypothesis import given, settings
from hypothesis import strategies as st

from ipt_rules import Intake, IntakeError, Loss, When, example, examples, load_ruleset, variants
from ipt_rules.drawn.intakes import Seeded, draw_intake
from ipt_rules.interop import intake_from, questionnaire, response
from ipt_rules.interop.fhir_words import DATA_ABSENT_REASON, OWN, QUESTIONNAIRE
from ipt_rules.testing.strategies import intakes
from ipt_rules.vocabulary import path_to_key
from tests.helpers import MARK, intake, marked, refused, write_mini

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Plain = dict[str, Any]

FORM = questionnaire()


def items_in(items: list[Plain]) -> Iterator[Plain]:
    """Yield the items of a questionnaire or a response, those in groups too."""
    for item in items:
        yield item
        yield from items_in(item.get("item", []))


QUESTIONS = {item["linkId"]: item for item in items_in(FORM["item"])}


def read_back(recorded: Intake) -> Intake:
    """Return an intake after its way through a response as JSON text."""
    return intake_from(json.loads(json.dumps(response(recorded))))


def item_of(given: Plain, link_id: str) -> Plain:
    """Return the first item of this link id in a response."""
    return next(item for item in items_in(given["item"]) if item["linkId"] == link_id)


def answering(**answers: Plain) -> Plain:
    """Return a response with a day and, in their groups, items such as ``episode__phq9={"valueInteger": 3}``."""
    given = response(intake())
    for name, answer in answers.items():
        part, _, _ = name.partition("__")
        item = {"linkId": name.replace("__", "."), "answer": [answer]}
        given["item"].append({"linkId": part, "item": [item]} if "__" in name else item)
    return given


def problems_in(given: Any) -> list[tuple[str, str]]:
    """Return place and wording of everything that is wrong with a response."""
    return refused(lambda: intake_from(given))


# ── the way there and back ───────────────────────────────────────────────────────────────────────────────────────────────


def of_seed(seed: int) -> Intake:
    """Return a drawn intake with names, notes and days from which months are counted."""
    source = random.Random(seed)
    plain = draw_intake(Seeded(source)).to_dict()
    records = [plain, plain.setdefault("episode", {}), plain.setdefault("inventory", {}), plain.setdefault("view", {})]
    people = plain["inventory"].get("people") or []
    records += [record for part in ("losses", "disputes", "changes", "isolation") for record in plain.get(part) or ()]
    for record in (*records, *people):
        if source.random() < 0.3:
            record["note"] = source.choice(["", " two\nlines ", "Ärger – “immer”", "\x00\u2028", "x" * 2000])
        for field in ("when", "began", "onset"):
            if isinstance(record.get(field), dict) and source.random() < 0.5:
                record[field]["counted_from"] = "2020-02-29"
    for person in people:
        person.update(name=source.choice(["Helga", "", "N."]), relation="mother")
    source.shuffle(plain.get("asked_without_answer", []))
    return Intake.model_validate(plain)


@pytest.mark.parametrize("first", range(0, 300, 100))
def test_a_response_holds_the_whole_intake(first: int) -> None:
    """An intake that goes through a response as JSON text comes back equal: names, notes, silence and order among it."""
    for seed in range(first, first + 100):
        recorded = of_seed(seed)
        assert read_back(recorded) == recorded, seed


@pytest.mark.slow
@pytest.mark.parametrize("first", range(1000, 6000, 500))
def test_a_response_holds_the_whole_intake_five_thousand_times(first: int) -> None:
    """The same on 5,000 other intakes, as they are drawn and with names and notes."""
    for seed in range(first, first + 500):
        for recorded in (draw_intake(Seeded(random.Random(seed))), of_seed(seed)):
            assert read_back(recorded) == recorded, seed


@given(intakes(), st.text(max_size=20), st.text(max_size=20))
@settings(max_examples=40)
def test_any_text_comes_back(recorded: Intake, note: str, name: str) -> None:
    """Whatever characters a note or a name has, it comes back as it was."""
    plain = {**recorded.to_dict(), "note": note}
    for person in (plain.get("inventory") or {}).get("people") or ():
        person["name"] = name
    recorded = Intake.model_validate(plain)
    assert read_back(recorded) == recorded


@pytest.mark.parametrize("name", examples())
def test_worked_cases_come_back_and_are_valid(name: str) -> None:
    """Each worked case comes back from its response, which the classes of FHIR R4B accept."""
    recorded = example(name)
    given = response(recorded, subject="Patient/17")
    assert intake_from(given) == recorded
    assert QuestionnaireResponse.model_validate(given).status == "completed"


@pytest.mark.parametrize("seed", range(40))
def test_drawn_responses_are_valid(seed: int) -> None:
    """What is written of a drawn intake is accepted by the classes of FHIR R4B."""
    QuestionnaireResponse.model_validate(response(draw_intake(Seeded(random.Random(seed)))))


@pytest.mark.parametrize("losses", [None, (), (Loss(),), (Loss(), Loss(kind="death"))])
def test_not_asked_is_not_none(losses: tuple[Loss, ...] | None) -> None:
    """A list that nobody asked for, an empty one, and one of a loss about which nothing is known stay apart."""
    assert read_back(intake(losses=losses)).losses == losses


@pytest.mark.parametrize(
    "when",
    ["2025", "2025-03", "2025-03-14", {"months_ago": 0}, {"months_ago": 8, "counted_from": "2025-12-31"}],
)
def test_moments_come_back(when: Any) -> None:
    """A date, a partial one and a number of months ago come back as they were told."""
    assert read_back(intake(episode={"onset": when})).episode.onset == When.model_validate(when)


def test_silence_is_an_absent_answer() -> None:
    """What was asked without an answer carries FHIR's own reason for that, and comes back in its order."""
    silent = ("losses[0].mourning", "episode.phq9", "inventory.people")
    recorded = intake(losses=[{}], asked_without_answer=silent)
    given = response(recorded)
    item = item_of(given, "losses[].mourning")
    assert {"url": DATA_ABSENT_REASON, "valueCode": "asked-unknown"} in item["extension"]
    assert "answer" not in item
    assert intake_from(given).asked_without_answer == silent


@pytest.mark.parametrize(
    ("reason", "silent"),
    [("asked-unknown", ("episode.phq9",)), ("asked-declined", ("episode.phq9",)), ("not-asked", ()), ("unknown", ())],
)
def test_reasons_of_other_systems(reason: str, silent: tuple[str, ...]) -> None:
    """A reason on the item or on its answer is read alike: asked in vain, or simply open."""
    absent = {"extension": [{"url": DATA_ABSENT_REASON, "valueCode": reason}]}
    on_the_answer = answering(episode__phq9=absent)
    on_the_item = answering()
    on_the_item["item"].append({"linkId": "episode", "item": [{"linkId": "episode.phq9", **absent}]})
    for told in (on_the_answer, on_the_item):
        assert intake_from(told) == intake(asked_without_answer=silent)


# ── the questionnaire ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_questionnaire_is_valid() -> None:
    """The classes of FHIR R4B accept the questionnaire, and no link id stands in it twice."""
    assert Questionnaire.model_validate(FORM).url == QUESTIONNAIRE
    link_ids = [item["linkId"] for item in items_in(FORM["item"])]
    assert len(link_ids) == len(set(link_ids))


def test_the_questionnaire_keeps_the_invariants_of_the_specification() -> None:
    """What the specification asks of a questionnaire beyond types (que-1 to que-12) holds of every item."""
    for link_id, item in QUESTIONS.items():
        assert ("item" in item) is (item["type"] == "group"), link_id  # que-1
        assert ("answerOption" in item) is (item["type"] == "choice"), link_id  # que-5
        assert "maxLength" not in item or item["type"] in ("string", "text"), link_id  # que-10
        conditions = item.get("enableWhen", [])
        assert ("enableBehavior" in item) is (len(conditions) > 1), link_id  # que-12
        for condition in conditions:
            assert condition["question"] in QUESTIONS, link_id
            assert condition["operator"] != "exists" or "answerBoolean" in condition, link_id  # que-7
            if "answerCoding" in condition:
                options = QUESTIONS[condition["question"]]["answerOption"]
                known = [(one["valueCoding"]["system"], one["valueCoding"]["code"]) for one in options]
                assert (condition["answerCoding"]["system"], condition["answerCoding"]["code"]) in known, link_id


@pytest.mark.parametrize("variant", [None, *variants()])
def test_every_question_is_asked_in_the_words_of_the_rules(variant: str | None) -> None:
    """Each question of the intake is an item at its place, worded as the rule set words it."""
    ruleset = load_ruleset(variant=variant)
    texts = {item["linkId"]: item["text"] for item in items_in(questionnaire(ruleset)["item"])}
    for place, key in path_to_key().items():
        assert texts[place] == ruleset.questions[key]
    assert all(texts.values())


def test_rules_that_word_nothing_still_make_a_form(tmp_path: Path) -> None:
    """Where a rule set words hardly any question, what the answer says stands in its place, and the form is valid."""
    form = questionnaire(load_ruleset(write_mini(tmp_path)))
    Questionnaire.model_validate(form)
    texts = {item["linkId"]: item["text"] for item in items_in(form["item"])}
    assert all(texts.values())
    assert texts["losses[].mourning"] == "How has the mourning gone?"
    assert texts["episode.phq9"] == "PHQ-9 total (depression)"
    assert texts["losses[].when.months_ago"] == "when the loss happened (where there is no date: completed months ago)"


def test_answers_are_the_words_and_bounds_of_the_models() -> None:
    """A choice has the words of its field as codes, a number its bounds, a list its length."""
    mourning = [option["valueCoding"]["code"] for option in QUESTIONS["losses[].mourning"]["answerOption"]]
    assert mourning == ["moving", "settled", "suppressed", "delayed", "stalled"]
    limits = {one["url"].rpartition("/")[2]: one["valueInteger"] for one in QUESTIONS["episode.pg13r"]["extension"]}
    assert limits == {"minValue": 10, "maxValue": 50}
    losses = QUESTIONS["losses[]"]
    assert (losses["repeats"], losses["extension"][0]["valueInteger"]) == (True, 12)
    assert QUESTIONS["losses"]["type"] == "boolean"
    assert QUESTIONS["inventory.people[].note"]["maxLength"] == 2000


def test_codes_are_displayed_in_words() -> None:
    """Gates and areas are displayed as the rule set words them, other codes as words, subjects by their number."""
    shown = {
        (link_id, option["valueCoding"]["code"]): option["valueCoding"]["display"]
        for link_id, item in QUESTIONS.items()
        for option in item.get("answerOption", ())
    }
    assert shown["safety.cleared", "suicide_risk"] == "the risk of suicide"
    assert shown["view.offered_area", "transitions"] == "role transitions"
    assert shown["losses[].kind", "pregnancy_loss"] == "pregnancy loss"
    assert shown["view.matters_most", "disputes[1]"] == "disputes 2"


def enabled(item: Plain, beside: dict[str, Plain]) -> bool:
    """Return whether a questionnaire asks an item, given the items that stand beside it in a response."""
    conditions = item.get("enableWhen", [])
    return not conditions or any(_holds(condition, beside) for condition in conditions)


def _holds(condition: Plain, beside: dict[str, Plain]) -> bool:
    answers = beside.get(condition["question"], {}).get("answer", [])
    wanted = next(value for key, value in condition.items() if key.startswith("answer"))
    if condition["operator"] == "exists":
        return bool(answers) is wanted
    given = [next(iter(answer.values())) for answer in answers]
    return wanted in given


def fits_the_form(items: list[Plain], form: list[Plain]) -> None:
    """Make sure that the items of a response are those of the form, asked, of its types, and no more than it takes."""
    known = {item["linkId"]: item for item in form}
    beside = {item["linkId"]: item for item in items}
    for item in items:
        asked = known[item["linkId"]]
        assert enabled(asked, beside), item["linkId"]
        assert asked.get("repeats") or sum(one["linkId"] == item["linkId"] for one in items) == 1
        values = {key for answer in item.get("answer", ()) for key in answer if key != "extension"}
        assert values <= {f"value{asked['type'].replace('choice', 'coding').capitalize()}"}
        fits_the_form(item.get("item", []), asked.get("item", []))


@pytest.mark.parametrize("first", range(0, 200, 100))
def test_responses_fit_the_questionnaire(first: int) -> None:
    """Every item of a response is one that the questionnaire asks there, by its own conditions and types."""
    for seed in range(first, first + 100):
        fits_the_form(response(of_seed(seed))["item"], FORM["item"])


# ── what is wrong ────────────────────────────────────────────────────────────────────────────────────────────────────────


def full_response() -> Plain:
    """Return a response with every kind of answer, a marked text wherever one can stand."""
    return response(marked())


ANSWERED = [item["linkId"] for item in items_in(full_response()["item"]) if "answer" in item]


@pytest.mark.parametrize("link_id", ANSWERED)
@pytest.mark.parametrize("answer", [{"valueDecimal": 1.5}, {}, {"valueString": 3, "valueBoolean": MARK}, {"item": []}])
def test_a_wrong_answer_names_its_link_id(link_id: str, answer: Plain) -> None:
    """An answer of another type is told with its link id and what would be right, and nothing of it is repeated."""
    given = full_response()
    item_of(given, link_id)["answer"] = [answer]
    problems = problems_in(given)
    assert any(what.endswith(f"(link id {link_id})") for _, what in problems)
    assert MARK not in str(problems)


KINDS_OF_LOSS = "death, pregnancy_loss, separation, estrangement, job, health, home, other"
SUBJECTS = "losses[0], losses[1], …, none"


@pytest.mark.parametrize(
    ("link_id", "what"),
    [
        ("episode.phq9", "takes a valueInteger, a whole number from 0 to 27"),
        ("losses[].sudden", "takes a valueBoolean, true or false"),
        ("losses[].when", "takes a valueDate: 2025, 2025-03 or 2025-03-14"),
        ("assessed_on", "takes a valueDate: a full date, such as 2026-03-14"),
        ("losses[].kind", f"takes a valueCoding of the system {OWN}:answers:loss.kind, one of: {KINDS_OF_LOSS}"),
        (
            "view.matters_most",
            f"takes a valueCoding of the system {OWN}:answers:patient.matters_most, one of: {SUBJECTS}",
        ),
    ],
)
def test_what_would_be_right_is_said(link_id: str, what: str) -> None:
    """A wrong answer is told with the type, the bounds and the words that its question takes."""
    loss = {"kind": "death", "sudden": True, "when": "2025"}
    given = response(intake(losses=[loss], episode={"phq9": 20}, view={"matters_most": "losses[0]"}))
    item_of(given, link_id)["answer"] = [{"valueTime": "12:00:00"}]
    place = link_id.replace("[]", "[0]")
    assert problems_in(given) == [(place, f"{what} (link id {link_id})")]


@pytest.mark.parametrize(
    "coding",
    [MARK, {"code": MARK}, {"system": f"{OWN}:answers:loss.kind"}, {"system": "http://loinc.org", "code": "death"}],
)
def test_a_code_must_be_one_of_the_question(coding: Any) -> None:
    """A code of another system, an unknown one, and none at all are refused alike."""
    given = response(intake(losses=[{"kind": "death"}]))
    item_of(given, "losses[].kind")["answer"] = [{"valueCoding": coding}]
    what = f"takes a valueCoding of the system {OWN}:answers:loss.kind, one of: {KINDS_OF_LOSS} (link id losses[].kind)"
    assert problems_in(given) == [("losses[0].kind", what)]


def test_a_group_takes_no_answer() -> None:
    """An answer to a group is told at the group, with its link id."""
    given = response(intake(losses=[{"kind": "death"}]))
    item_of(given, "losses[]")["answer"] = [{"valueString": MARK}]
    assert problems_in(given) == [("losses[0]", "is a group: it holds items and takes no answer (link id losses[])")]


def test_a_tie_names_two_people() -> None:
    """Where one of the two is missing, the problem names the link id that both are answers to."""
    people = [{"id": "a"}, {"id": "b"}]
    given = response(intake(inventory={"people": people, "ties": [{"between": ["a", "b"]}]}))
    item_of(given, "inventory.ties[].between")["answer"].pop()
    [(place, what)] = problems_in(given)
    assert place == "inventory.ties[0].between[1]"
    assert what.endswith("(link id inventory.ties[].between)")


def test_all_that_is_wrong_is_told_at_once() -> None:
    """Wrong types, bounds, unknown link ids and contradictions among the other answers come in one error."""
    given = response(intake(losses=[{"kind": "separation"}], disputes=[{}]))
    item_of(given, "losses[]")["item"].append({"linkId": "losses[].mourning", "answer": [_coded("mourning", "moving")]})
    item_of(given, "disputes[]")["item"] = [{"linkId": "disputes[].covert", "answer": [{"valueString": "no"}]}]
    given["item"].append({"linkId": "episode", "item": [{"linkId": "episode.phq9", "answer": [{"valueInteger": 28}]}]})
    given["item"].append({"linkId": "losse", "answer": []})
    assert [place for place, _ in problems_in(given)] == [
        "",
        "disputes[0].covert",
        "episode.phq9",
        "losses[0].mourning",
    ]


def _coded(field: str, code: str) -> Plain:
    return {"valueCoding": {"system": f"urn:ipt-rules:fhir:answers:loss.{field}", "code": code}}


@pytest.mark.parametrize(
    ("link_id", "what"),
    [
        ("losses[].mournin", "holds an unknown link id; the nearest known one is losses[].mourning"),
        (MARK, "holds an unknown link id; the questionnaire has all that are known"),
        (MARK * 10_000, "holds an unknown link id; the questionnaire has all that are known"),
        ("episode.phq9", "holds the link id episode.phq9 at a wrong place; it stands below episode"),
        ("losses[].kind", "holds the link id losses[].kind at a wrong place; it stands below losses[]"),
        (None, "holds an item without a linkId that is text"),
    ],
)
def test_unknown_link_ids_are_not_repeated(link_id: Any, what: str) -> None:
    """A link id that is not ours is told by the nearest that is; one of ours at a wrong place by where it belongs."""
    given = answering()
    given["item"].append({"linkId": link_id, "answer": [{"valueString": MARK}]})
    assert problems_in(given) == [("", what)]


@pytest.mark.parametrize(
    ("items", "what"),
    [
        (
            [{"linkId": "losses", "answer": [{"valueBoolean": True}]}],
            "says that there are some, and no losses[] follows; add them, or leave this open",
        ),
        (
            [{"linkId": "losses", "answer": [{"valueBoolean": False}]}, {"linkId": "losses[]"}],
            "losses[] follows without a yes to this; answer true, or leave those out",
        ),
        ([{"linkId": "losses[]"}], "losses[] follows without a yes to this; answer true, or leave those out"),
        (
            [{"linkId": "losses", "answer": [{"valueBoolean": False}]}] * 2,
            "is there 2 times; an item that does not repeat stands once",
        ),
        (
            [{"linkId": "losses", "answer": [{"valueBoolean": False}] * 2}],
            "has 2 answers; at most 1 can be given",
        ),
        ([{"linkId": "losses", "item": []}], "holds no items below it"),
        ([{"linkId": "losses", "answer": {}}], "'answer' must be a list of answers"),
        (
            [{"linkId": "losses", "answer": [{"valueBoolean": True}]}, *[{"linkId": "losses[]"}] * 13],
            "has too many entries; at most 12 are allowed",
        ),
    ],
)
def test_lists_that_contradict_their_question(items: list[Plain], what: str) -> None:
    """A yes without entries, entries without a yes, and what stands there twice are refused, not guessed at."""
    given = answering()
    given["item"] += copy.deepcopy(items)
    assert problems_in(given) == [("losses", f"{what} (link id losses)")]


def test_a_list_that_is_too_long_is_told_once() -> None:
    """Of entries beyond what a list may hold none is looked at, however many and however wrong they are."""
    given = answering()
    entry = {"linkId": "losses[]", "item": [{"linkId": "losses[].kind", "answer": "yes"}]}
    given["item"] += [{"linkId": "losses", "answer": [{"valueBoolean": True}]}, *[entry] * 13]
    assert problems_in(given) == [("losses", "has too many entries; at most 12 are allowed (link id losses)")]


def test_a_list_that_cannot_be_read_is_no_reason_to_blame_what_refers_to_it() -> None:
    """Where the people cannot be read, nobody is told that a person is missing."""
    given = response(intake(inventory={"people": [{"id": "p"}]}, losses=[{"person": "p"}]))
    item_of(given, "inventory.people")["answer"] = [{"valueString": "yes"}]
    assert [place for place, _ in problems_in(given)] == ["inventory.people"]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"resourceType": "Questionnaire"}, "resourceType"),
        ({"status": "entered-in-error"}, "status"),
        ({"questionnaire": "http://example.org/phq9"}, "questionnaire"),
        ({"questionnaire": 3}, "questionnaire"),
        ({"item": {"linkId": "losses"}}, ""),
        ({"item": [3]}, ""),
        ({"implicitRules": "http://example.org/rules"}, ""),
        ({"modifierExtension": [{"url": "http://example.org/not"}]}, ""),
        ({"item": [{"linkId": "losses", "answer": [{"modifierExtension": [], "valueBoolean": True}]}]}, ""),
    ],
)
def test_what_is_no_response_to_the_intake_is_refused(changes: Plain, place: str) -> None:
    """Another resource, another form, and a response that is not to be used, or means what nobody knows, are refused."""
    assert place in [found for found, _ in problems_in({**answering(), **changes})]


@pytest.mark.parametrize("given", [None, [], "x", 3, {}])
def test_what_is_no_resource_is_refused(given: Any) -> None:
    """Anything but a response is an intake that cannot be read, and no other error."""
    assert len(problems_in(given)) == 1


def test_a_version_behind_the_questionnaire_and_a_missing_system_are_taken() -> None:
    """Systems that add a version to the address, or leave out the system of a code, are understood."""
    given = response(intake(episode={"condition": "depression"}))
    given["questionnaire"] += "|0.1.0"
    item_of(given, "episode.condition")["answer"] = [{"valueCoding": {"code": "depression", "display": "Depression"}}]
    assert intake_from(given).episode.condition == "depression"


@pytest.mark.parametrize("named", ["Questionnaire/17", "https://example.org/fhir/Questionnaire/ipt-intake"])
def test_a_response_as_a_server_keeps_it(named: str) -> None:
    """What a server adds (ids, narrative, who wrote it and when, the texts of items) changes nothing of what is read."""
    given = {
        **full_response(),
        "id": "bb",
        "meta": {"versionId": "1"},
        "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">…</div>'},
        "contained": [{"resourceType": "Practitioner", "id": "who"}],
        "identifier": {"system": "http://example.org", "value": "0001"},
        "questionnaire": named,
        "status": "amended",
        "subject": {"reference": "http://example.org/fhir/Patient/1"},
        "authored": "2026-03-14T10:00:00Z",
        "author": {"reference": "#who"},
        "source": {"reference": "#who"},
    }
    for item in items_in(given["item"]):
        item.update(id="x", text=QUESTIONS[item["linkId"]]["text"], definition="http://example.org/element")
    QuestionnaireResponse.model_validate(given)
    assert intake_from(given) == marked()


def test_no_answer_and_silence_together_are_a_contradiction() -> None:
    """An item that is answered and says that there is no answer is refused at its own place."""
    given = answering(episode__phq9={"valueInteger": 3})
    item_of(given, "episode.phq9")["extension"] = [{"url": DATA_ABSENT_REASON, "valueCode": "asked-unknown"}]
    [(place, what)] = problems_in(given)
    assert place == "episode.phq9"
    assert what.startswith("episode.phq9 is answered; it cannot be without an answer too")


HOSTILE: list[Any] = [None, True, -1, 10**30, 1e400, MARK, [], [MARK], {}, {"valueString": MARK}, [[]] * 3]


@pytest.mark.parametrize("seed", range(60))
def test_hostile_responses_are_refused_or_read(seed: int) -> None:
    """Whatever stands in place of parts of a response, it is read or refused with an error that repeats none of it."""
    source = random.Random(seed)
    given = full_response()
    for _ in range(5):
        holder: Any = given
        while isinstance(holder, dict | list) and holder:
            keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
            key = source.choice(keys)
            if source.random() < 0.3 or not isinstance(holder[key], dict | list):
                holder[key] = copy.deepcopy(source.choice(HOSTILE))
                break
            holder = holder[key]
    try:
        intake_from(given)
    except IntakeError as error:
        told = str(error) + repr(error.to_dict())
        assert not re.search(MARK, told)


def test_nothing_of_the_patient_is_in_an_error_of_any_item() -> None:
    """Where every answer is of a wrong type, the error names every place and no text of the patient."""
    given = full_response()
    for item in items_in(given["item"]):
        if "answer" in item:
            item["answer"] = [{"valueBase64Binary": MARK}]
    assert MARK not in str(problems_in(given))


def test_reading_changes_nothing_that_was_given() -> None:
    """A response is the same after it was read."""
    given = full_response()
    before = copy.deepcopy(given)
    intake_from(given)
    assert given == before


def test_the_same_intake_gives_the_same_text() -> None:
    """A response and a questionnaire are the same bytes each time."""
    write: Callable[[Any], str] = json.dumps
    assert write(response(marked())) == write(response(marked()))
    assert write(questionnaire()) == write(FORM)
