"""The shipped rules: complete in their words and honest in their sources."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import yaml

from ipt_rules import load_ruleset
from ipt_rules.derived import REGISTRY
from ipt_rules.intake import GATES
from ipt_rules.ruleset.consequences import Caution, Evidence, HoldsBack
from ipt_rules.schemas import schemas, written
from ipt_rules.vocabulary import course_questions, questions
from ipt_rules.words import AREAS
from tests.helpers import MINI

if TYPE_CHECKING:
    from collections.abc import Iterator

TOP = Path(__file__).parents[1]


def test_enough_rules_for_and_against_each_area() -> None:
    """There are at least forty evidence rules, and each area has some for and some against it."""
    entries = [rule.consequence for rule in load_ruleset().rules if isinstance(rule.consequence, Evidence)]
    assert len(entries) >= 40
    counted = Counter((entry.area, entry.supports) for entry in entries)
    assert all(counted[area, supports] >= 3 for area in AREAS for supports in (True, False))


def test_every_question_is_worded() -> None:
    """Every question of the intake and of a session has its wording in the rule set."""
    assert sorted(load_ruleset().questions) == sorted({**questions(), **course_questions()})


def test_every_source_of_a_field_is_a_reference() -> None:
    """The source of a derived field is an entry of ``references.yaml``, or says that it is inference."""
    known = load_ruleset().references
    sources = {entry.source.split()[0] for entry in REGISTRY.values()}
    assert sources - {"inference"} <= set(known)


def test_recalled_claims_and_inference_say_so() -> None:
    """Only the article was read whole; every other citation was seen in an excerpt or is recalled."""
    for rule in load_ruleset().rules:
        for citation in rule.cites:
            assert citation.seen != "read" or citation.ref == "article", rule.id


def test_deficits_are_the_last_resort_by_a_standing_rule() -> None:
    """That isolation is chosen last is a rule, and the only area held back is this one."""
    held = {rule.consequence.area for rule in load_ruleset().rules if isinstance(rule.consequence, HoldsBack)}
    assert held == {"deficits"}


def test_every_gate_has_a_rule() -> None:
    """Each gate of the intake's safety part closes by some rule."""
    gates = {rule.consequence.gate for rule in load_ruleset().rules if isinstance(rule.consequence, Caution)}
    assert set(GATES) <= gates


def _texts(plain: Any) -> Iterator[str]:
    if isinstance(plain, str):
        yield plain
    elif isinstance(plain, dict | list | tuple):
        for part in plain.values() if isinstance(plain, dict) else plain:
            yield from _texts(part)


def test_no_wording_blames_or_calls_a_person_deficient() -> None:
    """No sentence that people read calls anybody deficient or promises anything."""
    ruleset = load_ruleset()
    sentences = [*map(str, _texts(ruleset.to_plain()["rules"])), *ruleset.questions.values()]
    for sentence in sentences:
        lowered = sentence.lower()
        assert not any(
            word in lowered for word in ("deficien", "their fault", "will recover", "will get better", "guarantee")
        ), sentence


def test_schemas_are_fresh() -> None:
    """The schemas for editors are those that the vocabulary gives."""
    for name, schema in schemas().items():
        assert (TOP / "rules" / "schema" / name).read_text("utf-8") == written(schema)


def test_shipped_rule_files_satisfy_the_schema() -> None:
    """Every shipped rule file is valid by the schema, and one with an unknown field is not."""
    schema = schemas()["rules.schema.json"]
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    no_rules = ("ruleset.yaml", "scoring.yaml", "references.yaml", "questions.yaml", "attributes.yaml")
    files = [path for path in (TOP / "rules").rglob("*.yaml") if path.name not in no_rules]
    assert len(files) > 20
    for path in files:
        assert list(validator.iter_errors(yaml.safe_load(path.read_text("utf-8")))) == [], path.name
    assert list(validator.iter_errors(yaml.safe_load(MINI["strategies.yaml"]))) == []
    assert list(
        validator.iter_errors(yaml.safe_load(MINI["evidence/grief.yaml"].replace("loss.mourning", "loss.mourn")))
    )
