"""How the tests run: no deadlines, since machines are noisy, and the same examples on every run of CI."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from ipt_rules.engines.durable import durable_rules
from ipt_rules.errors import MissingExtraError
from tests.helpers import write_mini

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

settings.register_profile("ipt_rules", deadline=None, derandomize=bool(os.environ.get("CI")), print_blob=True)
settings.load_profile("ipt_rules")


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """Skip what needs durable_rules where there is none; in CI there must be."""
    try:
        durable_rules()
    except MissingExtraError as missing:
        if not os.environ.get("CI"):
            for item in items:
                if item.get_closest_marker("durable"):
                    item.add_marker(pytest.mark.skip(reason=str(missing).splitlines()[0]))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures that slow tests record, from whichever process they ran in."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{report.nodeid}: {name}: {value}")


@pytest.fixture
def mini(tmp_path: Path) -> Path:
    """The small valid rule set, in a folder of its own."""
    return write_mini(tmp_path / "mini")
