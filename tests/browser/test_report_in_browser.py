"""The report as a browser shows it: quiet, alone, accessible, no wider than the screen, and whole on paper."""

from __future__ import annotations

import io
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Literal

import pytest

from ipt_rules import assess, example
from tests.browser.cases import CASES, opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

PHONE: Final = 390
DESK: Final = 1280
"""Widths of screens, in CSS pixels."""

Scheme = Literal["light", "dark"]


@contextmanager
def shown(browser: Browser, page: str, folder: Path, *, width: int = DESK, scheme: Scheme = "light") -> Iterator[Page]:
    """Open a page from a file, and make sure that it stays quiet and asks for nothing else."""
    file = folder / "page.html"
    file.write_text(page, "utf-8")
    window = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    heard: list[str] = []
    asked: list[str] = []
    window.on("console", lambda message: heard.append(message.text))
    window.on("pageerror", lambda error: heard.append(str(error)))
    window.on("request", lambda request: asked.append(request.url))
    window.goto(file.as_uri())
    yield window
    assert heard == []
    assert [url for url in asked if url not in (file.as_uri(), "data:,")] == []
    window.close()


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("name", CASES)
def test_no_page_is_wider_than_the_screen(
    browser: Browser, tmp_path: Path, pictures: Path, name: str, width: int
) -> None:
    """Whatever the width, one scrolls up and down only; a table that is too wide scrolls by itself."""
    with shown(browser, opened(name).to_html(), tmp_path, width=width) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.screenshot(path=pictures / f"{name}-{width}.png", full_page=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", CASES)
def test_axe_finds_nothing(browser: Browser, tmp_path: Path, pictures: Path, name: str, scheme: Scheme) -> None:
    """No violation of what axe can check (names, order, landmarks, contrast), in light and in dark."""
    from axe_playwright_python.sync_playwright import Axe

    with shown(browser, opened(name).to_html(), tmp_path, scheme=scheme) as page:
        found = Axe().run(page)
        assert found.response["violations"] == [], found.generate_report()
        if scheme == "dark":
            page.screenshot(path=pictures / f"{name}-dark.png", full_page=True)


@pytest.mark.parametrize("name", CASES)
def test_all_is_printed(browser: Browser, tmp_path: Path, pictures: Path, name: str) -> None:
    """On A4, what unfolds on a screen is printed too: every step of every strategy can be read on paper."""
    import pypdfium2

    assessment = opened(name)
    with shown(browser, assessment.to_html(), tmp_path) as page:
        paper = pypdfium2.PdfDocument(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    millimetres = [round(length / 72 * 25.4) for length in paper[0].get_size()]
    assert millimetres == [210, 297]
    for number, sheet in enumerate(paper, start=1):
        sheet.render(scale=1.5).to_pil().save(pictures / f"{name}-sheet-{number:02}.png")
    words = "".join(_close(sheet.get_textpage().get_text_range()) for sheet in paper)
    phases = assessment.to_dict(names=True)["plan"]["phases"]
    steps = [step for phase in phases for entry in phase["strategies"] for step in entry["steps"]]
    assert steps
    assert [step for step in steps if step.isascii() and _close(step) not in words] == []


def _close(text: str) -> str:
    """Return a text without spaces: where lines break in a PDF, they come and go."""
    return "".join(text.split())


def test_a_strategy_unfolds(browser: Browser, tmp_path: Path) -> None:
    """On a screen the steps of a strategy show when one asks for them, without any script."""
    with shown(browser, opened("grief").to_html(), tmp_path) as page:
        steps = page.locator("details").first.locator("ol")
        assert not steps.is_visible()
        page.locator("summary").first.click()
        assert steps.is_visible()


def test_paper_is_white(browser: Browser, tmp_path: Path) -> None:
    """Who reads in dark prints in light."""
    with shown(browser, opened("grief").to_html(), tmp_path, scheme="dark") as page:
        colour = "getComputedStyle(document.body).backgroundColor"
        assert page.evaluate(colour) == "rgb(22, 22, 22)"
        page.emulate_media(media="print")
        assert page.evaluate(colour) == "rgb(255, 255, 255)"


def test_links_lead_to_their_sections(browser: Browser, tmp_path: Path) -> None:
    """Each entry at the top leads to a section on the same page."""
    with shown(browser, opened("disputes").to_html(), tmp_path) as page:
        for link in page.locator("nav a").all():
            target = link.get_attribute("href")
            assert target is not None
            assert page.locator(f"section{target}").count() == 1


def test_a_notebook_shows_it_too(browser: Browser, tmp_path: Path, pictures: Path) -> None:
    """The small displays are quiet as well, and stay within what a notebook gives them."""
    values = (
        assess(example("tie"), engine="compiled"),
        example("disputes").inventory,
        opened("grief").ruleset,
        opened("grief").ruleset.rules[0],
    )
    outputs = "".join(f'<div style="width:20rem">{value._repr_html_()}</div>' for value in values)
    with shown(browser, f"<!doctype html><title>notebook</title><body>{outputs}", tmp_path, width=PHONE) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
        page.screenshot(path=pictures / "notebook.png", full_page=True)
