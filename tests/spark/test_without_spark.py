"""What is said where there is no Spark."""

from __future__ import annotations

import importlib
import sys

import pytest

from ipt_rules.errors import MissingExtraError


def test_without_pyspark_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pyspark the module on Spark cannot be imported, and the error says whence pyspark comes."""
    monkeypatch.setitem(sys.modules, "pyspark", None)
    for name in [name for name in sys.modules if name.startswith("pyspark.")] + ["ipt_rules.cohort.spark"]:
        monkeypatch.delitem(sys.modules, name, raising=False)
    with pytest.raises(MissingExtraError, match=r"pip install pyspark"):
        importlib.import_module("ipt_rules.cohort.spark")
