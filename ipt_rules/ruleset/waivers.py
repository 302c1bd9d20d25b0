"""Waivers: what a check finds and is meant all the same, written beside what it is about, with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ipt_rules.ruleset.forms import nearest
from ipt_rules.ruleset.model import Position, Waiver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipt_rules.ruleset.forms import Form

WAIVABLE: Final = (
    "dead-rule",
    "always-true",
    "idle-condition",
    "infeasible-obligation",
    "contained-rule",
    "counted-twice",
    "contradiction",
    "band-gap",
    "band-overlap",
    "never-first",
    "lowering-evidence",
    "tied-areas",
    "never-reached",
    "needs-never-met",
    "never-brought-forward",
    "never-cited",
    "never-read",
    "question-missing",
)
"""The checks whose findings can be waived: all but the one that looks at waivers."""


def read_waivers(form: Form) -> Iterator[Waiver]:
    """Yield the waivers under the key ``waives`` of a mapping: check → reason."""
    waives = form.form("waives", required=False)
    if waives is not None:
        yield from waivers_in(waives)


def waivers_in(waives: Form) -> Iterator[Waiver]:
    """Yield the waivers that a mapping of check → reason holds."""
    if not waives.node.items:
        waives.mistakes.add(waives.node, waives.path, "must name a check, with the reason why its finding is meant")
    for check in waives.node.items:
        place = waives.place(check)
        if check not in WAIVABLE:
            what = f"there is no check '{check}'; {nearest(check, WAIVABLE, otherwise='see docs/checks')}"
            waives.mistakes.add(place, waives.path, what)
        elif (reason := waives.text(check, hint="the reason why its finding is meant")) is not None:
            yield Waiver(check, reason, Position(waives.mistakes.file, place.line, place.column))
