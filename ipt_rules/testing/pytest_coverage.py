"""What pytest does once ``--ipt-rule-coverage`` is given: watch every assessment and review, and tell what they reached.

Whatever engine ran, the rows that it saw are looked at; no result changes. Questions like ``flips`` try many intakes inside, which
no test has asserted anything about; these do not count. With xdist each worker sends what it met.
"""

from __future__ import annotations

import itertools
import json
import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from ipt_rules.assessment import Assessment
from ipt_rules.errors import RulesetError
from ipt_rules.review import Review
from ipt_rules.ruleset import load_ruleset
from ipt_rules.testing.reached import Reached, counts, rows_of_assessment, rows_of_review

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ipt_rules.facts import Row
    from ipt_rules.ruleset import Ruleset
    from ipt_rules.verify import Coverage

_SENT: Final = "ipt_rule_coverage"
_MOST_TOLD: Final = 10
"""Missing obligations that the summary tells; the report has them all."""


class RuleCoverage:
    """The part of the pytest plugin that is only there when it is asked for.

    Raises:
        UsageError: what the options say cannot be done.

    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._folder = _unmistakable(config.getoption("ipt_rule_coverage") or "")
        self._fail_under: float | None = config.getoption("ipt_rule_coverage_fail_under")
        self._file: str | None = config.getoption("ipt_rule_coverage_report")
        self._wanted = _read(self._folder) if self._folder else None
        self._reached = {} if self._wanted is None else {self._wanted.digest: Reached(self._wanted)}
        self._found: list[tuple[Reached, Coverage]] = []
        self._watch = pytest.MonkeyPatch()
        self._watch.setattr(Assessment, "__init__", self._watched(Assessment.__init__, rows_of_assessment))
        self._watch.setattr(Review, "__init__", self._watched(Review.__init__, rows_of_review))

    def _watched(self, made: Callable[..., None], rows: Callable[[Any], Iterable[Row]]) -> Callable[..., None]:
        """Return the same way to make a result, which then adds the rows that it rests on."""

        def make(result: Any, *args: Any, **options: Any) -> None:
            made(result, *args, **options)
            if counts():
                self._of(result.ruleset).add(rows(result))

        return make

    def _of(self, ruleset: Ruleset) -> Reached:
        return self._reached.setdefault(ruleset.digest, Reached(ruleset))

    # ── hooks ────────────────────────────────────────────────────────────────────────────────────────────────────────────

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Add what a worker of xdist met."""
        sent = getattr(node, "workeroutput", {}).get(_SENT)
        for ruleset, seen in pickle.loads(sent) if sent else ():  # noqa: S301  # from a worker that this run started
            self._of(ruleset).join(seen)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Send what was met, or tell it, and fail where it is too little."""
        output: dict[str, Any] | None = getattr(self._config, "workeroutput", None)
        if output is not None:
            output[_SENT] = pickle.dumps([(one.ruleset, one.seen) for one in self._reached.values()])
            return
        if self._wanted is not None:
            self._found = [(one := self._of(self._wanted), one.coverage(own=bool(self._folder)))]
        else:
            self._found = [(one, one.coverage()) for one in self._reached.values()]
        if self._file is not None:
            self._write(self._file)
        if self._too_few() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Tell what was reached, in a few lines for each rule set."""
        terminalreporter.section("coverage of IPT rules")
        for reached, found in self._found:
            for line in _told(reached, found):
                terminalreporter.write_line(line)
        if not self._found:
            terminalreporter.write_line("No test has assessed an intake or reviewed a course.")
        for line in self._too_few():
            terminalreporter.write_line(line, red=True)

    def pytest_unconfigure(self) -> None:
        """Watch no longer."""
        self._watch.undo()

    # ── what is told ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _too_few(self) -> list[str]:
        """Return what is wrong where less was reached than was asked for."""
        if self._fail_under is None:
            return []
        wanted = f"and {self._fail_under:g} % were asked for"
        if not self._found:
            return [f"FAILED: nothing was assessed, {wanted}"]
        empty = [
            f"FAILED: {found.ruleset.name}: there is nothing to reach"
            for _, found in self._found
            if not found.obligations
        ]
        return empty + [
            f"FAILED: {found.ruleset.name}: {found.share} % of the obligations are met, {wanted}"
            for _, found in self._found
            if found.obligations and found.is_under(self._fail_under)
        ]

    def _write(self, file: str) -> None:
        plain = {
            "fail_under": self._fail_under,
            "failed": bool(self._too_few()),
            "rulesets": [reached.to_dict(found) for reached, found in self._found],
        }
        path = Path(file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(plain, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _unmistakable(folder: str) -> str:
    """Return a folder as no file of the shipped rules is told: these are told as "rules/…"."""
    return f"./{Path(folder).as_posix()}" if folder and not Path(folder).is_absolute() else folder.rstrip("/")


def _read(folder: str) -> Ruleset:
    if not Path(folder, "ruleset.yaml").is_file():
        raise pytest.UsageError(
            f"--ipt-rule-coverage: {folder} holds no ruleset.yaml. Name the folder of a rule set, as in "
            "--ipt-rule-coverage=my_rules; to measure every rule set, write --ipt-rule-coverage after the tests."
        )
    try:
        return load_ruleset(folder)
    except RulesetError as error:
        raise pytest.UsageError(f"--ipt-rule-coverage: {error}") from None


def _told(reached: Reached, found: Coverage) -> Iterator[str]:
    told = reached.to_dict(found)
    rules, never, missing = told["rules"], told["never_seen"], told["missing"]
    elsewhere = (
        f" (not counted: {told['rules_not_counted']} of the rule set that it extends)"
        if told["rules_not_counted"]
        else ""
    )
    yield f"{told['ruleset']} {found.ruleset.version}: {rules} rule{'' if rules == 1 else 's'}{elsewhere}"
    outcomes = ", ".join(f"{word} {rules - len(ids)}" for word, ids in never.items())
    both = f"{told['comparisons_seen_both_ways']} of {told['comparisons']}"
    yield f"  rules seen {outcomes}; comparisons seen both ways: {both}"
    infeasible = len(told["infeasible"])
    met = f"{told['met']} of {told['obligations'] - infeasible} obligations are met ({told['percent']} %)"
    yield f"  MC/DC: {met}; {infeasible} more can be met by no row"
    for rule_id, of_rule in itertools.groupby(missing[:_MOST_TOLD], lambda one: one["rule"]):
        yield f"  {rule_id} ({found.ruleset.rule(rule_id).position}) wants"
        yield from (f"    {one['wanted']}" for one in of_rule)
    if len(missing) > _MOST_TOLD:
        yield f"  and {len(missing) - _MOST_TOLD} more; --ipt-rule-coverage-report=FILE tells them all"
