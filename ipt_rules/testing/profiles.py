"""Settings of Hypothesis for tests of rules, by name. None is in force until somebody loads one."""

from __future__ import annotations

from ipt_rules.testing.extra import settings


def register_profiles() -> None:
    """Make profiles that ``settings.load_profile`` and pytest's ``--hypothesis-profile`` know; call it in a ``conftest.py``.

    ``ipt-quick`` tries little, while rules are being written. ``ipt-thorough`` tries what reaches the whole rule set. ``ipt-same``
    tries the same in every run. None has a deadline: the first example of a run may have to make an engine.
    """
    settings.register_profile("ipt-quick", max_examples=20, deadline=None)
    settings.register_profile("ipt-thorough", max_examples=1000, deadline=None, print_blob=True)
    settings.register_profile("ipt-same", max_examples=100, deadline=None, derandomize=True)
