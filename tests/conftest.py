"""How the tests run: no deadlines, since machines are noisy, and the same examples on every run of CI."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("ipt_rules", deadline=None, derandomize=bool(os.environ.get("CI")), print_blob=True)
settings.load_profile("ipt_rules")
