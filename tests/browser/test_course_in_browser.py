"""The page of a review as a browser shows it: quiet, alone, accessible, no wider than the screen, and whole on paper."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from tests.browser.course_cases import COURSES, opened_course
from tests.browser.test_report_in_browser import DESK, PHONE, Scheme, _close, shown

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("name", COURSES)
def test_no_page_of_a_course_is_wider_than_the_screen(
    browser: Browser, tmp_path: Path, pictures: Path, name: str, width: int
) -> None:
    """Whatever the width and however long the course, one scrolls up and down only; a long drawing scrolls by itself."""
    with shown(browser, opened_course(name).to_html(), tmp_path, width=width) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.screenshot(path=pictures / f"course-{name}-{width}.png", full_page=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", COURSES)
def test_axe_finds_nothing_on_the_page_of_a_course(
    browser: Browser, tmp_path: Path, pictures: Path, name: str, scheme: Scheme
) -> None:
    """No violation of what axe can check (names, order, landmarks, contrast), in light and in dark."""
    from axe_playwright_python.sync_playwright import Axe

    with shown(browser, opened_course(name).to_html(), tmp_path, scheme=scheme) as page:
        found = Axe().run(page)
        assert found.response["violations"] == [], found.generate_report()
        if scheme == "dark":
            page.screenshot(path=pictures / f"course-{name}-dark.png", full_page=True)


@pytest.mark.parametrize("name", ["full", "stuck_at_mid_course"])
def test_all_of_a_course_is_printed(browser: Browser, tmp_path: Path, pictures: Path, name: str) -> None:
    """On A4 the steps of every strategy of the agenda can be read too."""
    import pypdfium2

    review = opened_course(name)
    with shown(browser, review.to_html(), tmp_path) as page:
        paper = pypdfium2.PdfDocument(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    for number, sheet in enumerate(paper, start=1):
        sheet.render(scale=1.5).to_pil().save(pictures / f"course-{name}-sheet-{number:02}.png")
    words = "".join(_close(sheet.get_textpage().get_text_range()) for sheet in paper)
    steps = [step for one in review.to_dict(names=True)["agenda"]["strategies"] for step in one["steps"]]
    assert steps
    assert [step for step in steps if _close(step) not in words] == []


def test_a_notebook_shows_a_course_and_its_review(browser: Browser, tmp_path: Path, pictures: Path) -> None:
    """The small displays are quiet as well, and stay within what a notebook gives them."""
    review = opened_course("full")
    values = (review, review.course, review.course.reassess(engine="compiled"))
    outputs = "".join(f'<div style="width:20rem">{value._repr_html_()}</div>' for value in values)
    with shown(browser, f"<!doctype html><title>notebook</title><body>{outputs}", tmp_path, width=PHONE) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
        page.screenshot(path=pictures / "course-notebook.png", full_page=True)
