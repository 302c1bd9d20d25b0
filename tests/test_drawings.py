"""The drawings: well-formed whatever stands in the intake, without overlaps, and open about what is not known."""

from __future__ import annotations

import functools
import itertools
import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given, settings

from ipt_rules import Inventory, assess, example, examples, load_ruleset
from ipt_rules.render.bars import evidence_bars
from ipt_rules.render.circle import closeness_circle
from ipt_rules.render.circle_layout import Box
from ipt_rules.render.circle_signs import LINES
from ipt_rules.render.stages import dispute_stage
from ipt_rules.render.svg import clean, measure, shortened, wrapped
from ipt_rules.render.time_axis import shown_days
from ipt_rules.render.timeline import timeline
from ipt_rules.testing.strategies import intakes
from ipt_rules.told_pictures import told_bare_inventory, told_inventory, told_timeline
from ipt_rules.wording import Wording
from ipt_rules.words import AREAS
from tests.helpers import intake

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipt_rules import Intake
    from ipt_rules.ruleset import Ruleset

SVG: Final = "{http://www.w3.org/2000/svg}"
HOSTILE: Final = (
    "<script>alert(1)</script>",
    "\"'&amp;]]><!--",
    "a\x00b\x1b[31mc\x85d\u2028e\ufffef",
    "\u202eevil\u2066 name\u200f",
    "W" * 2000,
    "so many words " * 140,
    "פרופ׳ דוד בן־גוריון הזקן מתל אביב",
    "فاطمة الزهراء بنت محمد",
    "👩‍👩‍👧‍👦 李小龙",
    "é" + "\u0301" * 1500,
)
LONG: Final = (
    "Maximiliane Konstantina von Hohenlohe-Waldenburg",
    "Bo",
    "Wolfeschlegelsteinhausenbergerdorff",
    "דוד בן־גוריון",
)
_STATUS: Final = ("current", "past", "deceased", None)
_RINGS: Final = ("closest", "close", "distant", None)
_AMOUNTS: Final = ("none", "some", "much", None)
_ROLES: Final = ("partner", "family", "friend", "colleague", "other", None)


@functools.cache
def _ruleset() -> Ruleset:
    return load_ruleset()


def _inventory(count: int, names: Sequence[str] = LONG, **same: Any) -> Inventory:
    """Return people of every sort; what is given is the same for all."""
    people = [
        {
            "id": f"p{one}",
            "name": names[one % len(names)],
            "role": _ROLES[one * 7 % 6],
            "status": _STATUS[one * 5 % 4],
            "closeness": _RINGS[(one * 3 + one // 4) % 4],
            "support": _AMOUNTS[one % 4],
            "conflict": _AMOUNTS[one // 2 % 4],
            **same,
        }
        for one in range(count)
    ]
    ties = [{"between": [f"p{one}", f"p{one + 1}"]} for one in range(0, count - 1, 2)]
    return Inventory.model_validate({"people": people, "ties": ties})


def _circle(inventory: Inventory) -> ET.Element:
    return ET.fromstring(closeness_circle(told_bare_inventory(inventory, names=True)))  # noqa: S314  # our own markup


def _drawings(of: Intake, *, names: bool = True) -> dict[str, str]:
    wording = Wording(of, _ruleset(), names=names)
    shown: dict[str, str] = {area: wording.area(area) for area in AREAS}
    return {
        "circle": closeness_circle(told_inventory(of, wording)),
        "timeline": timeline(told_timeline(of, wording)),
        "bars": evidence_bars(
            assess(of, engine="compiled").to_dict()["ranking"], shown, levels=_ruleset().scoring.levels
        ),
    }


def _parsed(markup: str) -> ET.Element:
    return ET.fromstring(markup)  # noqa: S314  # our own markup


def _texts(parent: ET.Element, x: float = 0, y: float = 0) -> Iterator[tuple[str, Box]]:
    """Yield each line of text with its box, but for the numbers on dots."""
    for part in parent:
        if part.get("class") in ("person", "patient"):
            continue
        moved = re.fullmatch(r"translate\((\S+) (\S+)\)", part.get("transform", ""))
        dx, dy = (float(moved[1]), float(moved[2])) if moved else (0.0, 0.0)
        if part.tag == f"{SVG}text":
            yield _text(part, x, y)
        yield from _texts(part, x + dx, y + dy)


def _text(part: ET.Element, x: float, y: float) -> tuple[str, Box]:
    said = "".join(part.itertext())
    size = float(part.attrib["font-size"])
    wide = measure(said, size)
    start = x + float(part.attrib["x"]) - wide * {"start": 0, "middle": 0.5, "end": 1}[part.attrib["text-anchor"]]
    base = y + float(part.attrib["y"])
    return said, Box(start, base - size * 0.8, start + wide, base + size * 0.2)


def _assert_nothing_overlaps(root: ET.Element) -> None:
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    texts = list(_texts(root))
    for said, box in texts:
        assert box.left >= 0, said
        assert box.right <= width, said
        assert box.top >= 0, said
        assert box.bottom <= height, said
    for (one, here), (other, there) in itertools.combinations(texts, 2):
        assert not here.meets(there), (one, other)


def _people(root: ET.Element) -> list[ET.Element]:
    return [part for part in root.iter(f"{SVG}g") if part.get("class") == "person"]


@pytest.mark.parametrize("name", examples())
def test_every_worked_case_can_be_drawn(name: str) -> None:
    """Each drawing of each worked case is well-formed, and no two of its texts overlap or leave the page."""
    for markup in _drawings(example(name)).values():
        _assert_nothing_overlaps(_parsed(markup))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_appear_as_text(name: str) -> None:
    """Whatever a name holds, the drawing is well-formed, keeps its elements, and holds no sign that controls anything."""
    tame = closeness_circle(told_bare_inventory(_inventory(3, ["Bo"]), names=True))
    markup = closeness_circle(told_bare_inventory(_inventory(3, [name]), names=True))
    tags = {part.tag for part in _parsed(markup).iter()}
    assert tags == {part.tag for part in _parsed(tame).iter()}
    assert all(sign.isprintable() or sign in "\n\u2067\u2069" for sign in markup)
    _assert_nothing_overlaps(_parsed(markup))


def test_hostile_labels_of_areas_appear_as_text() -> None:
    """Words of a rule set are escaped as well, in the bars and in the timeline."""
    of = example("grief")
    ranking = assess(of, engine="compiled").to_dict()["ranking"]
    told = told_timeline(of, Wording(of, _ruleset()))
    for name in HOSTILE:
        events = [{**event, "label": name} for event in told["events"]]
        timed = timeline({**told, "events": events, "undated": [{"kind": "loss", "place": "losses[9]", "label": name}]})
        for markup in (timed, evidence_bars(ranking, dict.fromkeys(map(str, AREAS), name))):
            assert "<script" not in markup
            _assert_nothing_overlaps(_parsed(markup))


@pytest.mark.parametrize("count", [0, 1, 5, 12, 25, 40])
@pytest.mark.parametrize("ring", [*_RINGS, "any"])
def test_no_labels_overlap_however_many_people(count: int, ring: str | None) -> None:
    """With up to forty people, spread out or all in one ring, no text lies on another and no dot on another."""
    same: dict[str, Any] = {} if ring == "any" else {"closeness": ring}
    root = _circle(_inventory(count, **same))
    assert len(_people(root)) == count
    _assert_nothing_overlaps(root)
    dots = [dot for person in _people(root) for dot in person.iter(f"{SVG}circle")]
    middles = [(float(dot.attrib["cx"]), float(dot.attrib["cy"])) for dot in dots]
    for (x, y), (other_x, other_y) in itertools.combinations(middles, 2):
        assert (x - other_x) ** 2 + (y - other_y) ** 2 > 17**2
    assert all(9 < x < 431 for x, _ in middles)


def test_names_stand_beside_few_people_and_in_a_list_of_many() -> None:
    """Nobody's name is lost: beside the dot, or in the list by number, and whole in the title."""
    for count in (3, 25):
        root = _circle(_inventory(count))
        titles = [person.findtext(f"{SVG}title") or "" for person in _people(root)]
        assert all(clean(LONG[one % 4]) in said for one, said in enumerate(titles))
        names = [
            said
            for part in root.iter(f"{SVG}text")
            if part.get("class", "").startswith("name")
            for said in part.itertext()
        ]
        assert sum(said.startswith("Bo") for said in names) == len(range(1, count, 4))


def test_lines_differ_without_colour() -> None:
    """Support, conflict, ambivalence and what is not known have each a pattern of their own."""
    assert len({kind.pattern for kind in LINES}) == len(LINES)


def test_a_wider_line_is_more() -> None:
    """Much support is drawn wider than some, and none is not drawn."""
    widths = [LINES[0].width({"support": amount}) for amount in ("none", "some", "much")]
    assert widths[0] == 0
    assert widths == sorted(set(widths))


def test_unknown_is_drawn_and_none_is_not() -> None:
    """A tie that was not asked about has a dotted line; one asked about, with neither support nor conflict, has none."""
    unknown = closeness_circle(told_bare_inventory(_inventory(1, support=None, conflict="none")))
    neither = closeness_circle(told_bare_inventory(_inventory(1, support="none", conflict="none")))
    lines = [markup.count(f'stroke-dasharray="{LINES[3].pattern}"') for markup in (unknown, neither)]
    assert lines == [2, 1]  # the key has one


def test_asked_and_nobody_is_not_the_same_as_not_asked() -> None:
    """An empty inventory, and one that was not asked about, each say so, in the drawing and in its description."""
    nobody, not_asked = (closeness_circle(told_bare_inventory(Inventory(people=people))) for people in ((), None))
    assert nobody.count("Asked: there is nobody.") == 2
    assert not_asked.count("Not asked about yet") == 2


def test_the_timeline_says_what_was_not_asked_and_what_has_no_date() -> None:
    """Lists not asked for, lists that are empty, events without a date and an unknown onset are told apart."""
    of = intake(losses=[{"kind": "job"}], disputes=[])
    told = told_timeline(of, Wording(of, _ruleset()))
    assert told["undated"] == [{"kind": "loss", "place": "losses[0]", "label": "the loss of work"}]
    said = " ".join("".join(part.itertext()) for part in _parsed(timeline(told)).iter(f"{SVG}text"))
    assert "Onset of the episode: not known." in said
    assert "No date known: the loss of work (loss)." in said
    assert "Asked, and none: disputes." in said
    assert "Not asked about: changes." in said


def test_long_ago_does_not_crush_the_rest() -> None:
    """With a death sixty years ago the axis is compressed, says so, and the last year keeps a good part of it."""
    losses = [{"kind": "death", "when": "1961"}, {"kind": "job", "when": "2025-05"}]
    of = intake(losses=losses)
    markup = timeline(told_timeline(of, Wording(of, _ruleset())))
    assert "The axis is compressed" in markup
    events = [part for part in _parsed(markup).iter(f"{SVG}polygon") if part.get("class") == "loss"][:2]
    first, last = (float(re.findall(r"[\d.]+", part.attrib["transform"])[0]) for part in events)
    assert 424 - last > 20
    assert last - first > 100


def test_events_differ_in_shape() -> None:
    """A loss, a dispute and a change have each a shape of their own."""
    of = example("grief")
    markup = timeline(told_timeline(of, Wording(of, _ruleset())))
    shapes = {part.get("class"): part.attrib["points"] for part in _parsed(markup).iter(f"{SVG}polygon")}
    assert len(set(shapes.values())) == len(shapes) == 3


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        ("2025-03-04", "2025-03-04", "2025-03-04"),
        ("2024-02-01", "2024-02-29", "2024-02"),
        ("2025-01-01", "2025-12-31", "2025"),
        ("2025-03-04", "2025-04-03", "2025-03-04 to 2025-04-03"),
    ],
)
def test_a_span_is_written_as_it_was_given(first: str, last: str, shown: str) -> None:
    """A day, a month, a year, else both ends."""
    assert shown_days(first, last) == shown


def test_the_bars_print_their_figures() -> None:
    """Points for and against, what the area has and what is open are printed, and what is held back is said."""
    of = example("grief")
    root = _parsed(_drawings(of)["bars"])
    said = ["".join(part.itertext()) for part in root.iter(f"{SVG}text")]
    told = assess(of, engine="compiled").to_dict()["ranking"]
    for entry in told:
        sides = [sum(one["points"] for one in entry[side] if one["counts"]) for side in ("for", "against")]
        assert any(f"{sides[0]} for, {sides[1]} against: {entry['points']} point" in words for words in said)
    assert any(words.startswith("held back; ") for words in said)
    assert "Points order reasons; they are no probability." in said
    assert len([part for part in root.iter(f"{SVG}g") if part.get("class") == "area"]) == 4


def test_the_present_stage_is_marked() -> None:
    """One of three steps is marked; a stage that is not known marks none and says so."""
    known, unknown = dispute_stage("impasse", True), dispute_stage(None, False)
    assert [markup.count('class="step present"') for markup in (known, unknown)] == [1, 0]
    assert "● impasse" in known
    assert "as the clinician recorded it" in known
    assert "as the rules find it" in dispute_stage("impasse", False)
    assert "The stage of the dispute is not known." in unknown
    for markup in (known, unknown):
        _assert_nothing_overlaps(_parsed(markup))


def test_each_drawing_says_what_it_is() -> None:
    """Each has role, title and description, named by ids that a prefix makes unique, and loads and runs nothing."""
    of = example("disputes")
    wording = Wording(of, _ruleset())
    markup = [
        closeness_circle(told_inventory(of, wording), id_prefix="a-"),
        timeline(told_timeline(of, wording), id_prefix="a-"),
        evidence_bars(assess(of, engine="compiled").to_dict()["ranking"], {}, id_prefix="a-"),
        dispute_stage("impasse", True, id_prefix="a-"),
    ]
    roots = [_parsed(one) for one in markup]
    ids = [part.attrib["id"] for root in roots for part in root.iter() if "id" in part.attrib]
    assert len(set(ids)) == len(ids)
    assert all(one.startswith("a-") for one in ids)
    for root in roots:
        assert root.get("role") == "img"
        named = root.attrib["aria-labelledby"].split()
        assert [root.findtext(f"{SVG}{tag}") is not None for tag in ("title", "desc")] == [True, True]
        assert named == [root[0].get("id"), root[1].get("id")]
        assert not any("href" in key for part in root.iter() for key in part.attrib)
    assert not any("<script" in one or "@import" in one for one in markup)


def test_ids_and_hidden_names_stay_out() -> None:
    """No id of a person appears, and no name where none was asked for."""
    people = [{"id": "MARKED-ID", "name": "MARKED-NAME", "relation": "MARKED-RELATION", "role": "family"}]
    of = intake(inventory={"people": people}, disputes=[{"person": "MARKED-ID", "began": "2025"}])
    assert "MARKED" not in "".join(_drawings(of, names=False).values())
    assert "MARKED" not in closeness_circle(told_bare_inventory(of.inventory))
    with_names = _drawings(of)["circle"]
    assert "MARKED-NAME" in with_names
    assert "MARKED-ID" not in with_names


def test_people_are_told_with_what_concerns_them() -> None:
    """A person of the grief case carries the loss, the answers about them, and whether the tie has two sides."""
    of = example("grief")
    told = told_inventory(of, Wording(of, _ruleset()))
    assert told["people"][0] == {
        "label": "the family member (person 1)",
        "role": "family",
        "status": "deceased",
        "closeness": "closest",
        "contact": None,
        "support": "much",
        "conflict": "some",
        "ambivalent": True,
        "subjects": [{"kind": "loss", "place": "losses[0]"}],
    }
    assert told["people"][1]["ambivalent"] is None
    assert told["ties"][0] == [0, 1]


def test_no_sign_that_controls_is_left() -> None:
    """Control characters, turns of direction and halves of pairs become spaces; XML could not even hold some of them."""
    assert clean("a\x00b\u202ec\ud800d\n e") == "a b c d e"
    assert len(clean("e" + "\u0301" * 500)) == 5


def test_text_is_cut_and_wrapped_to_the_width_asked_for() -> None:
    """No line is wider than asked, and what is cut ends in an ellipsis."""
    for name in (*HOSTILE, *LONG):
        lines = wrapped(name, 100, after="† [L]")
        assert len(lines) <= 2
        assert all(measure(words) <= 100 for words in lines)
        assert measure(shortened(name, 80)) <= 80
    assert wrapped("Anna Maria", 200) == ["Anna Maria"]
    assert shortened("Wolfeschlegelstein", 60).endswith("…")


@settings(max_examples=60, deadline=None)
@given(intakes())
def test_every_intake_can_be_drawn(of: Intake) -> None:
    """Every drawing is well-formed, the same each time, without overlaps, and holds as many marks as there are people and dates."""
    drawn = _drawings(of)
    assert drawn == _drawings(of)
    roots = {kind: _parsed(markup) for kind, markup in drawn.items()}
    assert len(_people(roots["circle"])) == len(of.inventory.people or ())
    events = [part for part in roots["timeline"].iter(f"{SVG}g") if part.get("class") == "event"]
    assert len(events) == len(told_timeline(of, Wording(of, _ruleset()))["events"])
    for root in roots.values():
        _assert_nothing_overlaps(root)
