"""The pytest options ``--ipt-rule-coverage…``: how much of a rule set a test run reaches.

pytest imports this module in every run, so it stands beside the package and imports nothing of it until it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Say which options there are."""
    group = parser.getgroup("ipt_rules", "coverage of IPT rules")
    group.addoption(
        "--ipt-rule-coverage",
        metavar="DIR",
        nargs="?",
        const="",
        default=None,
        help="tell what the tests reach of the rule set in DIR; of all that they assess with when DIR is left out",
    )
    group.addoption(
        "--ipt-rule-coverage-fail-under",
        metavar="N",
        type=_percent,
        default=None,
        help="fail where less than N per cent of the MC/DC obligations that can be met are met",
    )
    group.addoption(
        "--ipt-rule-coverage-report",
        metavar="FILE",
        default=None,
        help="write all that is told, as JSON, into FILE",
    )


def _percent(given: str) -> float:
    """Return a share in per cent."""
    share = float(given)
    if not 0 <= share <= 100:
        raise ValueError
    return share


_percent.__name__ = "share from 0 to 100"  # what an error calls it


def pytest_configure(config: pytest.Config) -> None:
    """Begin to measure where one of the options is given."""
    names = ("ipt_rule_coverage", "ipt_rule_coverage_fail_under", "ipt_rule_coverage_report")
    if any(config.getoption(name) is not None for name in names):
        from ipt_rules.testing.pytest_coverage import RuleCoverage

        config.pluginmanager.register(RuleCoverage(config), "ipt_rules.coverage")
