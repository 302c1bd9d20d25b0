"""The stage of a dispute: three steps, the present one marked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ipt_rules.derived.registry import STAGE_WORDS
from ipt_rules.render.svg import FONT, INK, PAPER, SMALL, drawing, element, text_line

if TYPE_CHECKING:
    from collections.abc import Iterator

_WIDTH: Final = 440.0
_HEIGHT: Final = 88.0
_SIDE: Final = 8.0
_TOP: Final = 10.0
_TALL: Final = 44.0
_POINT: Final = 14.0


def dispute_stage(stage: str | None, recorded: bool, *, id_prefix: str = "") -> str:
    """Return the stage of a dispute as SVG.

    Args:
        stage: renegotiation, impasse or dissolution; None when it is not known.
        recorded: whether the clinician recorded it; else the rules found it.
        id_prefix: what makes the ids unique where a page holds several of these drawings.

    """
    said = _said(stage, recorded)
    note = text_line(_WIDTH / 2, _TOP + _TALL + 22, said, anchor="middle", size=SMALL)
    parts = [*_steps(stage), note]
    return drawing("stage", _WIDTH, _HEIGHT, ("Stage of the dispute", said), parts, id_prefix=id_prefix)


def _said(stage: str | None, recorded: bool) -> str:
    if stage is None:
        return "The stage of the dispute is not known."
    return f"Stage: {stage}, {'as the clinician recorded it' if recorded else 'as the rules find it'}."


def _steps(stage: str | None) -> Iterator[str]:
    """Yield the three steps: the present one filled, the others in outline, all dashed when it is not known."""
    wide = (_WIDTH - 2 * _SIDE - _POINT) / len(STAGE_WORDS)
    for turn, word in enumerate(STAGE_WORDS):
        here = word == stage
        left = _SIDE + wide * turn
        yield element(
            "polygon",
            points=_outline(left, wide - 3, first=turn == 0),
            fill=INK if here else PAPER,
            stroke=INK,
            stroke_width=2 if here else 1,
            stroke_dasharray="4 4" if stage is None else None,
            class_="step present" if here else "step",
        )
        words = f"● {word}" if here else f"{word}?" if stage is None else word
        middle = left + (wide + (_POINT if turn else 0)) / 2 + (0 if turn else _POINT / 3)
        look = "on-ink strong" if here else None
        yield text_line(middle, _TOP + _TALL / 2 + 5, words, anchor="middle", size=FONT, class_=look)


def _outline(left: float, wide: float, *, first: bool) -> str:
    """Return the corners of an arrow that points to the next step."""
    middle, bottom, right = _TOP + _TALL / 2, _TOP + _TALL, left + wide
    corners = [(left, _TOP), (right, _TOP), (right + _POINT, middle), (right, bottom), (left, bottom)]
    notch = [] if first else [(left + _POINT, middle)]
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in corners + notch)
