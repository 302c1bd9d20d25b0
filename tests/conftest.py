"""How the tests run: no deadlines, since machines are noisy, and the same examples on every run of CI."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from hypothesis import settings

if TYPE_CHECKING:
    import pytest

settings.register_profile("ipt_rules", deadline=None, derandomize=bool(os.environ.get("CI")), print_blob=True)
settings.load_profile("ipt_rules")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures that slow tests record, from whichever process they ran in."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{report.nodeid}: {name}: {value}")
