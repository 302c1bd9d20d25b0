"""The source attributes of a rule set: what is derived follows the rules, what nobody recorded says so, nothing is invented."""

from __future__ import annotations

import json
import pickle
import re
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from ipt_rules import load_ruleset
from ipt_rules.commands import app
from ipt_rules.interop.attributes_page import attributes_page
from ipt_rules.interop.source_attributes import NOT_RECORDED, source_attributes
from ipt_rules.ruleset.attributes import NO_USE, USES
from ipt_rules.ruleset.conditions import comparisons
from ipt_rules.vocabulary import fields
from tests.helpers import mistakes_in, write, write_mini

if TYPE_CHECKING:
    from pathlib import Path

HEAD = 'name: own\nversion: "2"\nlanguage: 1\nextends: ipt-rules\n'
ASKING = """\
- id: own.asks
  for: {kind}
  when: {{{when}}}
  ask: Is that so?
  because: It may be.
  basis: inference
  cites: [{{ref: article, at: grief, seen: read}}]
"""


def told(folder: Path | None = None) -> dict[str, Any]:
    """Return the source attributes of the shipped rule set, or of the one in a folder."""
    return source_attributes(load_ruleset(folder))


def by_name(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the thirteen attributes by name."""
    return {one["attribute"]: one for one in found["attributes"]}


def reading(folder: Path, kind: str, when: str, attributes: str = "") -> dict[str, Any]:
    """Return the attributes of the small rule set with one more rule, which reads what ``when`` names."""
    files = {"asks.yaml": ASKING.format(kind=kind, when=when).replace("article", "manual")}
    return told(write(write_mini(folder), {**files, **({"attributes.yaml": attributes} if attributes else {})}))


def test_the_thirteen_attributes_are_told_in_the_order_of_the_regulation() -> None:
    """Each attribute is there once, numbered from 1 to 13."""
    found = told()["attributes"]
    assert [one["number"] for one in found] == list(range(1, 14))
    assert [one["attribute"] for one in found] == [
        "bibliographic_citation",
        "developer",
        "funding",
        "dates",
        "race",
        "ethnicity",
        "language",
        "sexual_orientation",
        "gender_identity",
        "sex",
        "date_of_birth",
        "social_determinants",
        "health_status",
    ]


def test_what_the_shipped_rules_use_of_a_patient() -> None:
    """Race, ethnicity, language, orientation and gender are not used; the other four are, with the rules that read them."""
    found = by_name(told())
    assert [name for name in USES if found[name]["used"] is False] == list(USES[:5])
    assert [name for name in USES if found[name]["used"] is True] == list(USES[5:])
    assert [entry["field"] for entry in found["sex"]["fields"]] == ["patient.perinatal"]
    assert [entry["field"] for entry in found["date_of_birth"]["fields"]] == ["patient.age"]
    assert "cautions.minor" in found["date_of_birth"]["fields"][0]["rules"]


def test_the_rules_named_are_those_that_read_the_field() -> None:
    """For every field of every attribute, the rules told are exactly those whose condition, or condition of safety, names it."""
    ruleset = load_ruleset()
    read = {
        rule.id: {
            one.field
            for part in (rule.condition, getattr(rule.consequence, "needs", None))
            if part
            for one in comparisons(part)
        }
        for rule in ruleset.rules
    }
    for attribute in USES:
        for entry in by_name(told())[attribute]["fields"]:
            assert entry["rules"] == [rule.id for rule in ruleset.rules if entry["field"] in read[rule.id]]
            assert entry["rules"]


def test_every_field_of_the_vocabulary_is_classified_in_the_shipped_rule_set() -> None:
    """Of each field the rule set says, by name or by group, what it counts as; so of every field that a rule may ever read."""
    attributes = load_ruleset().attributes
    assert [name for name, field in fields().items() if attributes.uses_of(field) is None] == []
    assert told()["unclassified"] == []


def test_every_entry_of_the_shipped_rule_set_says_something() -> None:
    """No field is classified twice alike, and no group is named all of whose fields are named themselves."""
    uses = load_ruleset().attributes.uses
    assert len({(use.attribute, use.field) for use in uses}) == len(uses)
    named = {use.field for use in uses}
    groups = named - set(fields())
    assert {
        group for group in groups if all(name in named for name in fields() if name.startswith(f"{group}."))
    } == set()


def test_no_field_counts_as_something_and_as_nothing() -> None:
    """What is named under ``none`` is named under no attribute."""
    uses = load_ruleset().attributes.uses
    none = {use.field for use in uses if use.attribute == NO_USE}
    assert none & {use.field for use in uses if use.attribute != NO_USE} == set()


def test_a_rule_that_reads_one_more_field_changes_the_answer(tmp_path: Path) -> None:
    """The attribute turns from not used to used, and names field, reason and rule."""
    uses = "uses: {none: {loss: a, tie: b, focus: c, dispute: d, patient: e}, sex: {patient.perinatal: birth}}\n"
    before = by_name(reading(tmp_path / "before", "patient", "patient.engages: true", uses))["sex"]
    after = by_name(reading(tmp_path / "after", "patient", "patient.perinatal: pregnant", uses))["sex"]
    assert (before["used"], before["fields"], before["not_read"]) == (False, [], ["patient.perinatal"])
    assert after == {
        "number": 10,
        "attribute": "sex",
        "used": True,
        "fields": [
            {
                "field": "patient.perinatal",
                "meaning": fields()["patient.perinatal"].meaning,
                "counts": [{"why": "birth"}],
                "rules": ["own.asks"],
            }
        ],
        "not_read": [],
    }


def test_any_field_that_counts_is_told_as_read_or_as_not_read() -> None:
    """Under each attribute a field stands as read where a rule reads it, as not read where none does, and never as both."""
    read = load_ruleset().reads
    for one in map(by_name(told()).__getitem__, USES):
        assert {entry["field"] for entry in one["fields"]} <= read
        assert not read & set(one["not_read"])


def test_a_computed_field_counts_as_what_it_is_computed_from(tmp_path: Path) -> None:
    """A rule that reads the count of confidants uses what is known of each person, and says through which field."""
    uses = "uses: {none: {loss: a, tie: b, focus: c, dispute: d, network: e}, race: {tie.confides: planted}}\n"
    found = by_name(reading(tmp_path, "patient", "network.confidants: {at_least: 1}", uses))["race"]
    assert found["used"] is True
    assert found["fields"][0]["counts"] == [{"why": "planted", "through": "tie.confides"}]


def test_what_nobody_has_classified_is_no_no(tmp_path: Path) -> None:
    """A rule set that says nothing of its fields uses nothing "as far as is known": null, and the fields are named."""
    found = told(write_mini(tmp_path))
    assert [by_name(found)[name]["used"] for name in USES] == [None] * 9
    assert found["unclassified"] == [
        "loss.kind",
        "loss.mourning",
        "loss.avoids_reminders",
        "loss.months_since",
        "dispute.violence",
        "tie.contact",
        "focus.area",
    ]
    assert "Not recorded: see" in attributes_page(found)


def test_what_nobody_recorded_says_so(tmp_path: Path) -> None:
    """Without the file every text, date and limit is "not recorded"."""
    found = told(write_mini(tmp_path))
    one = by_name(found)
    assert one["developer"]["value"] == one["funding"]["value"] == NOT_RECORDED
    assert one["dates"]["released"] == one["dates"]["revised"] == NOT_RECORDED
    assert {found["review"][key] for key in ("purpose", "users", "patients", "logic", "limits")} == {NOT_RECORDED}


def test_what_is_recorded_is_told(tmp_path: Path) -> None:
    """Developer, funding, dates, texts and limits come out as they were written."""
    written = """\
developer: A clinic
funding: Its own means
released: "2026-03-14"
revised: ["2026-04-01", "2026-05-02"]
purpose: To try it.
limits: [It is small.]
"""
    found = told(write(write_mini(tmp_path), {"attributes.yaml": written}))
    one = by_name(found)
    assert (one["developer"]["value"], one["funding"]["value"]) == ("A clinic", "Its own means")
    assert (one["dates"]["released"], one["dates"]["revised"]) == ("2026-03-14", ["2026-04-01", "2026-05-02"])
    assert (found["review"]["purpose"], found["review"]["limits"]) == ("To try it.", ["It is small."])
    assert "Released: 2026-03-14. Revised: 2026-04-01, 2026-05-02." in attributes_page(found)


def test_citations_are_the_sources_that_rules_cite(tmp_path: Path) -> None:
    """A source that no rule cites is no citation of the intervention; how each is known stands beside it."""
    more = "other:\n  type: book\n  title: Unread\n  author: unknown\n  issued: unknown\n  seen: recalled\n"
    folder = write_mini(tmp_path)
    path = folder / "references.yaml"
    path.write_text(path.read_text("utf-8") + more, "utf-8")
    assert by_name(told(folder))["bibliographic_citation"]["citations"] == [
        {"reference": "manual", "text": "Somebody. 2018. A manual.", "cited": 3, "seen": "read"}
    ]
    cited = {cite.ref for rule in load_ruleset().rules for cite in rule.cites}
    assert {entry["reference"] for entry in by_name(told())["bibliographic_citation"]["citations"]} == cited


def test_who_made_a_rule_set_is_not_who_made_the_one_that_extends_it(tmp_path: Path) -> None:
    """Makers and days are not handed on; purpose is, until there is an own one; limits are added; a field is said anew."""
    base = write_mini(tmp_path / "base")
    said = 'developer: A clinic\nreleased: "2026-03-14"\npurpose: To try it.\nlimits: [Small.]\n'
    said += "uses: {sex: {loss: planted}, race: {tie: planted}}\n"
    write(base, {"attributes.yaml": said})
    own = "limits: [Smaller.]\nuses: {none: {loss: looked at}}\n"
    write(tmp_path / "own", {"ruleset.yaml": HEAD.replace("ipt-rules", "../base"), "attributes.yaml": own})
    attributes = load_ruleset(tmp_path / "own").attributes
    assert (attributes.developer, attributes.released, attributes.purpose) == ("", "", "To try it.")
    assert attributes.limits == ("Small.", "Smaller.")
    assert [(use.attribute, use.field) for use in attributes.uses] == [("race", "tie"), ("none", "loss")]


def test_a_variant_of_the_shipped_rules_is_classified_with_them() -> None:
    """The wider reading of grief inherits the classification, and reads nothing that is not classified."""
    assert source_attributes(load_ruleset(variant="grief-and-loss"))["unclassified"] == []


@pytest.mark.parametrize(
    ("text", "line", "column", "path", "what"),
    [
        ("developer: [a]\n", 1, 12, "developer", "must be text"),
        ("published: x\n", 1, 1, "", "unknown key 'published'; "),
        ("released: 2026\n", 1, 11, "released", "must be text; a day in quotes, such as '2026-03-14'"),
        ('released: "14.3.2026"\n', 1, 11, "released", "must be a day in quotes, such as '2026-03-14'"),
        ('revised: ["2026-02-30"]\n', 1, 11, "revised[0]", "must be a day in quotes, such as '2026-03-14'"),
        ("limits: []\n", 1, 9, "limits", "must be a list with at least one entry"),
        ("uses: {rase: {}}\n", 1, 8, "uses.rase", "no attribute whose use is told; did you mean 'race'?"),
        (
            "uses: {race: {tye: x}}\n",
            1,
            15,
            "uses.race.tye",
            "neither a field nor a group of fields; did you mean 'tie'?",
        ),
        ("uses: {race: {tie: }}\n", 1, 19, "uses.race.tie", "must be text; why it counts as that"),
        (
            "uses: {race: {tie: a}, none: {tie: b}}\n",
            1,
            31,
            "uses.none.tie",
            "counts as race already; take one of the two out",
        ),
        ("- a\n", 1, 1, "", "must be a mapping"),
        ("", 0, 0, "", "is empty; write who made the rule set and what it is for, or remove the file"),
    ],
)
def test_a_mistake_is_told_where_it_stands(
    tmp_path: Path, text: str, line: int, column: int, path: str, what: str
) -> None:
    """Each mistake has its line and column, and says what would be right."""
    (found,) = mistakes_in(write(write_mini(tmp_path), {"attributes.yaml": text}))
    assert found[:4] == ("attributes.yaml", line, column, path)
    assert found[4].startswith(what)


def test_mistakes_of_the_file_are_told_together(tmp_path: Path) -> None:
    """Two mistakes are told at once."""
    found = mistakes_in(write(write_mini(tmp_path), {"attributes.yaml": "developer: 3\nuses: {age: {}}\n"}))
    assert [one[3] for one in found] == ["developer", "uses.age"]


def test_what_a_rule_set_says_of_itself_is_part_of_its_meaning(tmp_path: Path) -> None:
    """The digest changes with it, and a copy carries it."""
    one = load_ruleset(write(write_mini(tmp_path / "one"), {"attributes.yaml": "purpose: To try it.\n"}))
    other = load_ruleset(write(write_mini(tmp_path / "other"), {"attributes.yaml": "purpose: To use it.\n"}))
    assert one.digest != other.digest
    assert pickle.loads(pickle.dumps(one)).attributes == one.attributes  # noqa: S301  # written one line above


def test_the_command_prints_the_page_and_the_values() -> None:
    """Text is the Markdown page, JSON the plain values."""
    run = CliRunner().invoke
    assert run(app, ["attributes"]).stdout == attributes_page(told())
    assert json.loads(run(app, ["attributes", "--format", "json"]).stdout) == told()


def test_the_command_refuses_rules_that_are_not_there() -> None:
    """Rules that cannot be read end with 2."""
    assert CliRunner().invoke(app, ["attributes", "--rules", "no-such-folder"]).exit_code == 2


def test_the_page_holds_no_html_and_reads_as_it_was_written(tmp_path: Path) -> None:
    """A sign that Markdown or HTML would obey is written so that it is shown."""
    folder = write(write_mini(tmp_path), {"attributes.yaml": 'purpose: "<b>*x*</b> [a](b) | `c`"\n'})
    page = attributes_page(told(folder))
    assert r"\<b\>\*x\*\</b\> \[a\](b) \| \`c\`" in page
    assert not re.search(r"(?<!\\)<", attributes_page(told()))


def test_the_page_has_what_a_clinician_needs_to_review_the_basis() -> None:
    """Purpose, users, patients, inputs, logic, sources and limits stand on it, then the thirteen attributes."""
    headings = re.findall(r"^#+ (.*)$", attributes_page(told()), re.MULTILINE)
    assert headings[1:9] == [
        "Purpose",
        "Users",
        "Patients",
        "Inputs",
        "Logic",
        "Sources",
        "Known limits",
        "The thirteen source attributes",
    ]
    assert len(headings) == 9 + 13


def test_the_inputs_are_the_fields_that_rules_read() -> None:
    """Every field that a rule reads is an input, with its place or what it is computed from; and no other is."""
    inputs = told()["review"]["inputs"]
    assert {entry["field"] for entry in inputs} == set(load_ruleset().reads)
    for entry in inputs:
        assert ("computed_from" in entry) is fields()[entry["field"]].is_derived
