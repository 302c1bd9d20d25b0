"""A browser for tests: Debian's Chromium, driven by Playwright. Where either is missing the tests are skipped, but never in CI."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

_REQUIRED: Final = bool(os.environ.get("IPT_RULES_BROWSER"))
"""Set by ``.ci/run``: a browser that cannot be had is a failure."""

_ALONE: Final = (
    "--no-sandbox",  # CI runs as root, and opens only pages that were made here
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
"""Chromium, which asks nobody for anything by itself."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        _missing("there is no Chromium on PATH; apt-get install chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        _missing("playwright is not installed; uv run --group browser pytest tests/browser")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=list(_ALONE))
        yield chromium
        chromium.close()


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """The folder for pictures of pages: the one that ``IPT_RULES_PICTURES`` names, to look at afterwards, or a passing one."""
    folder = Path(os.environ.get("IPT_RULES_PICTURES") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _missing(why: str) -> None:
    if _REQUIRED:
        pytest.fail(why)
    pytest.skip(why)
