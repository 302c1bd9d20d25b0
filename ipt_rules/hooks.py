"""How each value looks in a notebook and in a terminal. A new kind of value is registered here, once for each."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from ipt_rules.assessment import Assessment
from ipt_rules.course import Course
from ipt_rules.explain.explanation import Explanation
from ipt_rules.inventory import Inventory
from ipt_rules.render.circle import closeness_circle
from ipt_rules.render.course_small import small_course, small_review
from ipt_rules.render.explain_html import explanation_html, explanation_page
from ipt_rules.render.small_html import small_assessment, small_inventory, small_rule, small_ruleset
from ipt_rules.review import Review
from ipt_rules.ruleset.model import Rule, Ruleset
from ipt_rules.told_pictures import told_bare_inventory

if TYPE_CHECKING:
    from rich.console import RenderableType


@functools.singledispatch
def html_of(shown: object) -> str:
    """Return what a notebook shows of a value, without names.

    Raises:
        TypeError: nobody has said how such a value looks.

    """
    raise TypeError(f"how a {type(shown).__name__} looks is not registered in ipt_rules.hooks")


html_of.register(Assessment, small_assessment)
html_of.register(Inventory, small_inventory)
html_of.register(Ruleset, small_ruleset)
html_of.register(Rule, small_rule)
html_of.register(Explanation, explanation_html)
html_of.register(Course, small_course)
html_of.register(Review, small_review)


@functools.singledispatch
def rich_of(shown: object) -> RenderableType:
    """Return what rich prints of a value, without names; whoever asks has rich.

    Raises:
        TypeError: nobody has said how such a value looks.

    """
    raise TypeError(f"how a {type(shown).__name__} looks is not registered in ipt_rules.hooks")


@rich_of.register(Assessment)
def _assessment(shown: Assessment) -> RenderableType:
    from ipt_rules.render.text import assessment_text

    return assessment_text(shown, names=False)


@rich_of.register(Inventory)
def _inventory(shown: Inventory) -> RenderableType:
    from ipt_rules.render.inventory_text import people_by_ring

    return people_by_ring(told_bare_inventory(shown))


@rich_of.register(Ruleset)
def _ruleset(shown: Ruleset) -> RenderableType:
    from ipt_rules.render.small_text import ruleset_text

    return ruleset_text(shown)


@rich_of.register(Rule)
def _rule(shown: Rule) -> RenderableType:
    from ipt_rules.render.small_text import rule_text

    return rule_text(shown)


@rich_of.register(Explanation)
def _explanation(shown: Explanation) -> RenderableType:
    from ipt_rules.render.explain_text import explanation_text

    return explanation_text(shown)


@rich_of.register(Course)
def _course(shown: Course) -> RenderableType:
    from ipt_rules.render.course_small import course_text

    return course_text(shown)


@rich_of.register(Review)
def _review(shown: Review) -> RenderableType:
    from ipt_rules.render.course_text import small_review_text

    return small_review_text(shown)


def svg_of(shown: object, *, names: bool) -> str:
    """Return the drawing of an inventory as SVG, a file of its own.

    Raises:
        TypeError: there is no drawing of such a value.

    """
    if not isinstance(shown, Inventory):
        raise TypeError(f"there is no drawing of a {type(shown).__name__}")
    return closeness_circle(told_bare_inventory(shown, names=names))


def page_of(shown: object) -> str:
    """Return an explanation as a page of its own, as HTML.

    Raises:
        TypeError: there is no such page of such a value.

    """
    if not isinstance(shown, Explanation):
        raise TypeError(f"there is no page of a {type(shown).__name__}")
    return explanation_page(shown)
