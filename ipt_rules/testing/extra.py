"""Hypothesis, or a clear word on what to install."""

from __future__ import annotations

from ipt_rules.errors import MissingExtraError

try:
    from hypothesis import settings
    from hypothesis import strategies as st
except ModuleNotFoundError as missing:
    if missing.name != "hypothesis":
        raise
    raise MissingExtraError('Strategies need the extra "testing": pip install "ipt-rules[testing]"') from None

__all__ = ["settings", "st"]
