"""The pages about the rules: whatever they name is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ipt_rules import load_ruleset
from ipt_rules.vocabulary import fields, questions

TOP = Path(__file__).parents[1]
_NAMES = re.compile(r"`([^`\n]+)`")
_DOTTED = re.compile(r"[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)+")
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")


def named(page: str) -> set[str]:
    """Return what a page names in code style."""
    return set(_NAMES.findall((TOP / "docs" / page).read_text("utf-8")))


@pytest.mark.parametrize("page", ["article.md", "not-encoded.md"])
def test_every_rule_and_field_that_a_page_names_is_there(page: str) -> None:
    """A dotted name is the id of a rule, a field, a question, or a file; a path leads somewhere."""
    ruleset = load_ruleset()
    known = {rule.id for rule in ruleset.rules} | set(fields()) | set(questions())
    known |= {question.path for question in questions().values()}
    files = {path.name for path in TOP.rglob("*") if path.suffix in (".yaml", ".py", ".md")}
    for name in named(page):
        if "/" in name:
            assert (TOP / name).exists(), name
        elif _DOTTED.fullmatch(name):
            assert name in known or name in files, name


def test_every_statement_of_the_article_has_a_counterpart() -> None:
    """Each row of the table names at least one rule, field, file or page that realises it."""
    rows = [line for line in (TOP / "docs" / "article.md").read_text("utf-8").splitlines() if re.match(r"\| *\d", line)]
    assert len(rows) >= 60
    assert [row for row in rows if not _NAMES.search(row.split("|")[3])] == []


def test_every_rule_from_the_article_stands_on_its_page() -> None:
    """A rule that cites the article is named where the article is gone through; the words of a draft by their file."""
    names = named("article.md")
    citing = {rule.id for rule in load_ruleset().rules if any(cite.ref == "article" for cite in rule.cites)}
    assert sorted(rule_id for rule_id in citing - names if not rule_id.startswith("formulation.")) == []


@pytest.mark.parametrize("page", sorted([*(TOP / "docs").rglob("*.md"), TOP / "README.md"]))
def test_links_lead_somewhere(page: Path) -> None:
    """Every link to another file of the checkout leads to one."""
    for target in _LINK.findall(page.read_text("utf-8")):
        assert (page.parent / target).exists(), target
