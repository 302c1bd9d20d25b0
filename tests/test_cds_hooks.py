"""Cards for a clinical record: as CDS Hooks 2.0.1 wants them, with every source, and nothing to be taken for an alarm."""

from __future__ import annotations

import json
import random
import re
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import jsonschema
import pytest

from ipt_rules import Assessor, Intake, assess, example, examples, load_ruleset
from ipt_rules.catalogue import catalogue, places_of_rules
from ipt_rules.citations import cited
from ipt_rules.drawn.intakes import Seeded, draw_intake
from ipt_rules.intake import GATES
from ipt_rules.interop.cds_hooks import (
    HOOK,
    MOST_IN_A_SUMMARY,
    Addresses,
    cards,
    discovery,
    override_reasons,
    words_of_cards,
)
from ipt_rules.interop.markdown import marked_down
from ipt_rules.ruleset.card_words import CARD_WORDS
from ipt_rules.ruleset.consequences import CAUTIONS
from ipt_rules.ruleset.model import Citation
from tests.card_schema import SCHEMA, check
from tests.helpers import MARK, intake, marked, mistakes_in, write, write_mini
from tests.laws.support import assessor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ipt_rules.assessment import Assessment

ADDRESSES: Final = Addresses("https://example.org/rules/", "https://example.org/sets/{name}/{version}?digest={digest}")


def drawn(number: int, seed: int = 11) -> Iterator[Assessment]:
    """Yield assessments of drawn intakes, in which every name and note that can stand there is marked."""
    choose = Seeded(random.Random(seed))
    for _ in range(number):
        plain = draw_intake(choose).to_dict()
        for person in plain.get("inventory", {}).get("people", ()):
            person |= {"name": MARK, "relation": MARK, "note": MARK}
        yield assessor().assess(Intake(**{**plain, "note": MARK}))


def of_gates(response: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the cards about gates."""
    return [card for card in response["cards"] if "by your local protocol" in card["summary"]]


def test_the_schema_is_one() -> None:
    """The schema of our own is a valid JSON Schema."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("summary",), "x" * 140),
        (("indicator",), "critical"),
        (("suggestions",), [{"label": "Do it"}]),
        (("source", "url"), "rules.html"),
    ],
)
def test_the_schema_refuses_what_a_card_may_not_be(path: tuple[str, ...], value: object) -> None:
    """A long summary, an alarm, a suggestion and an address that is not absolute are no card of ours."""
    response = cards(assess(example("grief")), ADDRESSES)
    part = response["cards"][0]
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        check(response, "response")


def test_discovery_is_as_the_specification_wants_it() -> None:
    """One service of the hook patient-view, with what the client sends along."""
    found = discovery(load_ruleset())
    check(found, "discovery")
    (service,) = found["services"]
    assert (service["hook"], service["id"]) == (HOOK, "ipt-problem-areas")
    assert "{{context.patientId}}" in service["prefetch"]["responses"]


def test_discovery_takes_another_name_and_other_prefetch() -> None:
    """Whoever runs the service names it, and says what is sent along."""
    (service,) = discovery(load_ruleset(), service="ipt", prefetch={"one": "Patient/{{context.patientId}}"})["services"]
    assert (service["id"], service["prefetch"]) == ("ipt", {"one": "Patient/{{context.patientId}}"})


@pytest.mark.parametrize("name", examples())
def test_worked_cases_make_valid_cards(name: str) -> None:
    """Every worked case gives a response that fits the schema, with addresses and without."""
    assessment = assessor().assess(example(name))
    check(cards(assessment, ADDRESSES), "response")
    check(cards(assessment), "response")


def test_drawn_intakes_make_valid_cards_without_names() -> None:
    """Over drawn intakes: cards fit the schema, and hold no name, relation or note of a person."""
    for assessment in drawn(80):
        response = cards(assessment, ADDRESSES)
        check(response, "response")
        assert MARK not in json.dumps(response)


def test_no_id_and_no_text_of_a_patient_is_in_a_card() -> None:
    """With a mark wherever an intake may hold a text or an id, no card holds it."""
    assert MARK not in json.dumps(cards(assess(marked()), ADDRESSES))


def test_gates_that_are_not_cleared_come_first_and_in_order() -> None:
    """Over drawn intakes: as many cards about gates as there are gates to clear, before every other card, each a warning."""
    seen = 0
    for assessment in drawn(60, seed=12):
        response = cards(assessment)
        gates = of_gates(response)
        assert response["cards"][: len(gates)] == gates
        assert len(gates) == len(assessment.gates_to_clear)
        assert {card["indicator"] for card in gates} <= {"warning"}
        seen += len(gates)
    assert seen > 30


def test_a_gate_raises_no_risk_score() -> None:
    """The card of a gate has no points, no answer to an item of a scale, and no place in the intake."""
    recorded = intake(episode={"phq9": 21, "phq9_item9": 3}, safety={"suicide_risk": True})
    (gate,) = of_gates(cards(assess(recorded)))
    assert gate["summary"] == "Before any plan: assess by your local protocol the risk of suicide."
    assert not re.search(r"\b21\b|item9|risk[_ ]score|points|episode\.|safety\.", gate["detail"])
    assert "nothing here weighs the danger" in gate["detail"]


def test_the_answer_to_an_item_about_death_is_in_no_card() -> None:
    """Over drawn intakes, no card repeats what was answered to PHQ-9 item 9 or EPDS item 10."""
    for assessment in drawn(40, seed=13):
        assert not re.search(r"phq9_item9|epds_item10", json.dumps(cards(assessment)))


def test_a_gate_that_was_cleared_makes_no_card() -> None:
    """Once a clinician has cleared it, nothing asks for it any more."""
    recorded = intake(safety={"suicide_risk": True, "cleared": ["suicide_risk"]})
    assert of_gates(cards(assess(recorded))) == []


def test_the_summary_of_every_gate_and_area_fits_as_it_is_worded() -> None:
    """No gate, no level and no area of the shipped words has to be cut, in the shorter wording at the latest."""
    ruleset = load_ruleset()
    said, words = words_of_cards(ruleset), ruleset.words
    assert all(len(said["gate"].replace("{gate}", words["gates"][gate])) <= MOST_IN_A_SUMMARY for gate in GATES)
    for area in words["areas"].values():
        for level in words["levels"].values():
            text = said["first.short"].replace("{area}", area).replace("{level}", level)
            assert len(text) <= MOST_IN_A_SUMMARY


def test_all_that_cards_say_is_worded_in_the_rule_set() -> None:
    """The shipped rule set has every word that a card needs, and each kind of caution has its own."""
    said = words_of_cards(load_ruleset())
    assert sorted(said) == sorted(CARD_WORDS)
    assert {key for key in said if key.startswith("cautions.")} == {f"cautions.{kind}" for kind in CAUTIONS}


@pytest.mark.parametrize(
    "recorded",
    [
        {},
        {"episode": {"phq9": 12}},
        {"losses": []},
        {"asked_without_answer": ["losses"]},
        {"note": "Referred by letter."},
    ],
)
def test_what_was_begun_and_supports_no_area_is_told_with_what_to_ask(recorded: dict[str, Any]) -> None:
    """One card for information says that no area is supported, and asks: about every gate that is open first of all."""
    assessment = assess(intake(**recorded))
    response = cards(assessment, ADDRESSES)
    check(response, "response")
    (card,) = response["cards"]
    assert (card["indicator"], card["summary"]) == (
        "info",
        "IPT: no problem area is supported by what is recorded so far.",
    )
    assert "links" not in card
    questions = assessment.to_dict()["questions"]
    gates = [marked_down(one["question"]) for one in questions if one["kind"] == "gate"]
    others = [marked_down(one["question"]) for one in questions if one["kind"] != "gate"]
    lines = [line for line in card["detail"].splitlines() if line.startswith("- ")]
    assert len(gates) > 10
    assert all(line.startswith(f"- {said}") for line, said in zip(lines, [*gates, *others[:5]], strict=True))


def test_silence_is_left_to_intakes_that_record_nothing() -> None:
    """Over drawn intakes, which all record something, that no area is supported is told exactly where none is."""
    seen = 0
    for assessment in drawn(120, seed=16):
        supported = assessment.to_dict()["ranking"][0]["rank"] == 1
        summaries = [card["summary"] for card in cards(assessment)["cards"]]
        assert ("IPT: no problem area is supported by what is recorded so far." in summaries) is not supported
        seen += not supported
    assert seen > 3


def test_every_reason_is_told_with_every_source() -> None:
    """Over drawn intakes, each reason, caution and area held back is in some detail, with all that it cites."""
    ruleset = assessor().ruleset
    for assessment in drawn(40, seed=14):
        told = assessment.to_dict()
        details = "\n".join(card["detail"] for card in cards(assessment)["cards"])
        reasons = [one for one in told["cautions"] if not one["cleared"]]
        if told["ranking"][0]["rank"] == 1:
            for entry in told["ranking"]:
                reasons += [*entry["for"], *entry["against"], *entry["against_elsewhere"], *entry["held_back_because"]]
        for one in reasons:
            (line, *_) = [
                line
                for line in details.splitlines()
                if f"`{one['rule']}`" in line and marked_down(one["because"]) in line
            ]
            assert all(marked_down(cited(Citation(**cite), ruleset)) in line for cite in one["cites"])


def test_points_of_reasons_for_stand_beside_points_against() -> None:
    """The reasons that count add up to the points of the area, by the signs and numbers of the card."""
    assessment = assess(example("transitions"))
    detail = next(card["detail"] for card in cards(assessment)["cards"] if "| problem area |" in card["detail"])
    for entry in assessment.to_dict()["ranking"]:
        rules = {one["rule"] for side in ("for", "against") for one in entry[side]}
        signed = [
            int(points.replace("−", "-"))
            for rule, points in re.findall(r"`([\w.-]+)` ([+−]?\d+)\.", detail)
            if rule in rules
        ]
        assert max(0, sum(signed)) == entry["points"]


def test_equal_areas_are_told_as_equal() -> None:
    """Where two areas share the first rank the summary names both, and no subject."""
    first = [
        card["summary"] for card in cards(assess(example("tie")))["cards"] if card["summary"].startswith("IPT, equal")
    ]
    assert first == ["IPT, equal by the reasons recorded: interpersonal disputes; role transitions."]


def test_safety_that_was_not_asked_about_comes_before_the_ranking() -> None:
    """All open questions about safety stand before the ranking and the other questions, and none is left out."""
    assessment = assess(example("violence_not_asked"))
    detail = next(card["detail"] for card in cards(assessment)["cards"] if "| problem area |" in card["detail"])
    gates = [one["question"] for one in assessment.to_dict()["questions"] if one["kind"] == "gate"]
    assert len(gates) == 3
    unasked = detail.index("### Not asked about yet")
    ranking = detail.index("### The ranking")
    assert ranking < detail.index("| problem area |") < detail.index("### Not known, and worth asking")
    assert all(unasked < detail.index(marked_down(question)) < ranking for question in gates)


@pytest.mark.parametrize("losses", [None, [{"kind": "death", "mourning": "delayed", "tied_to_episode": True}]])
def test_the_day_of_the_intake_and_what_was_cleared_are_told(losses: list[dict[str, Any]] | None) -> None:
    """Whether or not an area is supported; a gate of which nothing was recorded is not told as cleared."""
    safety = {"suicide_risk": True, "cleared": ["suicide_risk", "abuse"]}
    card, *_ = cards(assess(intake(losses=losses, safety=safety)))["cards"]
    assert "By the intake of 2026-03-14; what came later need not be in it." in card["detail"].splitlines()
    assert "Recorded, and cleared by a clinician: the risk of suicide." in card["detail"].splitlines()


def test_the_source_is_the_rule_set_and_its_version() -> None:
    """The label names both; the address has name, version and digest filled in, written as addresses have to be."""
    ruleset = load_ruleset()
    source = cards(assess(example("grief")), ADDRESSES)["cards"][0]["source"]
    digest = ruleset.digest.replace(":", "%3A")
    assert source == {"label": "ipt-rules 0.1.0", "url": f"https://example.org/sets/ipt-rules/0.1.0?digest={digest}"}
    assert cards(assess(example("grief")))["cards"][0]["source"] == {"label": "ipt-rules 0.1.0"}


def test_links_lead_to_the_page_of_each_rule_that_is_told() -> None:
    """Each card links every rule that its detail names, once, to a heading that the catalogue has."""
    pages = catalogue(load_ruleset(), {}, {})
    for card in cards(assess(example("violence_told_when_alone")), ADDRESSES)["cards"]:
        links = {link["label"]: link["url"] for link in card["links"]}
        reasons = card["detail"].partition("### Not known")[0]
        assert set(links) == set(re.findall(r"`([a-z]+\.[a-z-]+)`(?!:)", reasons))
        for rule, url in links.items():
            page, _, heading = url.removeprefix("https://example.org/rules/").partition("#")
            assert f"\n## {rule}\n" in pages[page]
            assert heading == rule.replace(".", "")


def test_every_rule_has_its_place_in_the_catalogue() -> None:
    """The place of each rule is a page of the catalogue on which it has a heading, and no two rules share a place."""
    ruleset = load_ruleset()
    pages, places = catalogue(ruleset, {}, {}), places_of_rules(ruleset)
    assert len(set(places.values())) == len(ruleset.rules)
    for rule, place in places.items():
        assert f"\n## {rule}\n" in pages[place.partition("#")[0]]


def test_without_an_address_of_the_catalogue_there_are_no_links() -> None:
    """A card does not point to where nothing is known to lie."""
    assert all("links" not in card for card in cards(assess(example("grief")))["cards"])


def test_reasons_to_set_a_card_aside_are_words_of_the_rule_set() -> None:
    """Each has a code, a system that belongs to the name of the rule set, and a text; they are the same on every card."""
    ruleset = load_ruleset()
    found = override_reasons(ruleset)
    assert {one["code"]: one["display"] for one in found} == ruleset.words["override_reasons"]
    assert len({one["system"] for one in found}) == 1
    assert override_reasons(load_ruleset(variant="grief-and-loss"))[0]["system"] != found[0]["system"]
    assert all(card["overrideReasons"] == found for card in cards(assess(example("tie")))["cards"])


def test_a_card_has_an_id_only_where_somebody_gives_one() -> None:
    """With feedback wanted, each card has an id of its own; without, cards of one assessment are the same each time."""
    assessment, numbers = assess(example("tie")), count()
    given = [card["uuid"] for card in cards(assessment, new_uuid=lambda: f"id-{next(numbers)}")["cards"]]
    assert given == [f"id-{number}" for number in range(len(given))]
    assert cards(assessment) == cards(assessment)
    assert all("uuid" not in card for card in cards(assessment)["cards"])


def test_a_detail_holds_no_html() -> None:
    """Over drawn intakes, no sign stands there that Markdown would take for HTML."""
    for assessment in drawn(40, seed=15):
        for card in cards(assessment)["cards"]:
            assert not re.search(r"(?<!\\)[<>]", card["detail"])


def test_a_rule_set_with_its_own_words_is_told_in_them(tmp_path: Path) -> None:
    """Words of cards that a rule set gives stand in place of the shipped ones; those it does not give stay."""
    words = 'areas:\n  grief: Trauer\ncards:\n  first.short: "IPT: {area} ({level})."\n'
    folder = write(write_mini(tmp_path), {"questions.yaml": words})
    recorded = intake(losses=[{"kind": "death", "mourning": "suppressed", "when": {"months_ago": 9}}])
    response = cards(Assessor(load_ruleset(folder)).assess(recorded))
    check(response, "response")
    assert "### Trauer" in response["cards"][0]["detail"]
    assert "Points order reasons" in response["cards"][0]["detail"]
    assert "overrideReasons" not in response["cards"][0]


@pytest.mark.parametrize(
    ("words", "path", "what"),
    [
        ("frist: x", "cards.frist", "no card says that; did you mean 'first'?"),
        ('first: "{aera}"', "cards.first", "'{aera}' is not filled in here; known are: {area}, {level}, {subject}"),
        ('settled: "{area}"', "cards.settled", "'{area}' is not filled in here; known are: none"),
        ('gate: "{gate"', "cards.gate", "'{' is not filled in here; known are: {gate}"),
    ],
)
def test_words_that_no_card_says_are_a_mistake(tmp_path: Path, words: str, path: str, what: str) -> None:
    """An unknown key, and a placeholder that nothing fills in, are told with what would be right."""
    folder = write(write_mini(tmp_path), {"questions.yaml": f"cards:\n  {words}\n"})
    (found,) = mistakes_in(folder)
    assert (found[0], found[1], found[3], found[4]) == ("questions.yaml", 2, path, what)


def test_a_summary_that_is_too_long_in_every_wording_is_cut(tmp_path: Path) -> None:
    """Words without measure still make a card that the specification allows."""
    words = f"areas:\n  grief: {'sorrow ' * 60}\n"
    folder = write(write_mini(tmp_path), {"questions.yaml": words})
    recorded = intake(losses=[{"kind": "death", "mourning": "suppressed", "when": {"months_ago": 9}}])
    summary = cards(Assessor(load_ruleset(folder)).assess(recorded))["cards"][0]["summary"]
    assert len(summary) <= MOST_IN_A_SUMMARY
    assert summary.endswith("sorrow…")


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"catalogue": "rules/"}, "catalogue: must be an absolute address"),
        ({"source": "javascript:alert(1)"}, "source: must be an absolute address"),
        (
            {"source": "https://example.org/{patient}"},
            "source: may hold the placeholders {name}, {version} and {digest}",
        ),
    ],
)
def test_an_address_that_cannot_be_one_is_refused(given: dict[str, str], what: str) -> None:
    """The message says which address it is and what would be right."""
    with pytest.raises(ValueError, match=re.escape(what)):
        Addresses(**given)
