"""What became of cards: counted, and never kept. No id of a card, no time and no comment outlives the request."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ipt_rules.interop.cds_hooks import override_reasons
from ipt_rules.service.refusals import RefusedError, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipt_rules.errors import Problem
    from ipt_rules.ruleset.model import Ruleset

OUTCOMES: Final = ("accepted", "overridden")
OTHER: Final = "other"
NONE_GIVEN: Final = "none given"


@dataclass(frozen=True, slots=True)
class Reported:
    """What one request reports, as numbers: by outcome, and by reason where a card was set aside."""

    outcomes: Counter[str]
    reasons: Counter[str]


class FeedbackCounts:
    """Counts what became of cards, by outcome, and by reason where a card was set aside.

    What a request reports is read in any thread and counted in one: only when its client is told so, since a client that is told
    otherwise sends it again.

    Args:
        ruleset: whose reasons are counted by their codes; all others are counted together.

    """

    def __init__(self, ruleset: Ruleset) -> None:
        self._codes = {(one["system"], one["code"]) for one in override_reasons(ruleset)}
        self._outcomes: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()

    def read(self, given: Any) -> Reported:
        """Return what a client reports.

        Raises:
            RefusedError: with all that is wrong (400).

        """
        entries = given.get("feedback") if isinstance(given, dict) else None
        if not isinstance(entries, list):
            raise RefusedError(400, [wrong("feedback", "must be a list, in a JSON object")])
        if problems := [problem for position, one in enumerate(entries) for problem in _wrong_in(position, one)]:
            raise RefusedError(400, problems)
        overridden = [entry for entry in entries if entry["outcome"] == "overridden"]
        reasons = Counter(self._reason(entry.get("overrideReason")) for entry in overridden)
        return Reported(Counter(entry["outcome"] for entry in entries), reasons)

    def count(self, reported: Reported) -> None:
        """Count what a client reported."""
        self._outcomes += reported.outcomes
        self._reasons += reported.reasons

    def to_dict(self) -> dict[str, Any]:
        """Return the counts as plain values."""
        outcomes: dict[str, Any] = {outcome: self._outcomes[outcome] for outcome in OUTCOMES}
        return {**outcomes, "reasons": dict(sorted(self._reasons.items()))}

    def _reason(self, given: Any) -> str:
        """Return the code of a reason that is ours, and what stands for every other."""
        coding = given.get("reason") if isinstance(given, dict) else None
        if coding is None:
            return NONE_GIVEN if not given else OTHER
        named = (coding.get("system"), coding.get("code")) if isinstance(coding, dict) else (None, None)
        return str(named[1]) if all(isinstance(part, str) for part in named) and named in self._codes else OTHER


def _wrong_in(position: int, entry: Any) -> Iterator[Problem]:
    at = f"feedback[{position}]"
    if not isinstance(entry, dict):
        yield wrong(at, "must be an object")
        return
    for name in ("card", "outcomeTimestamp"):
        if not isinstance(entry.get(name), str):
            yield wrong(f"{at}.{name}", "must be given, as text")
    if entry.get("outcome") not in OUTCOMES:
        yield wrong(f"{at}.outcome", f"must be one of: {', '.join(OUTCOMES)}")
