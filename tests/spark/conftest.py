"""A Spark on this machine for tests. Where pyspark or Java is missing the tests are skipped, but never in CI."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.spark.cases import Cases, make_cases

if TYPE_CHECKING:
    from collections.abc import Iterator

_REQUIRED: Final = bool(os.environ.get("IPT_RULES_SPARK"))
"""Set by ``.ci/run``: a Spark that cannot be had is a failure."""
_OLDEST_JAVA: Final = 17
_SMALL: Final = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "2g",
    "spark.sql.shuffle.partitions": "2",
    "spark.python.worker.reuse": "true",
}


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A session with two threads, on the loopback address alone."""
    java = shutil.which("java", path=f"{os.environ.get('JAVA_HOME', '')}/bin{os.pathsep}{os.environ.get('PATH', '')}")
    if java is None or _version_of(java) < _OLDEST_JAVA:
        _missing(f"there is no Java from {_OLDEST_JAVA} on; apt-get install default-jre-headless")
    try:
        from pyspark.sql import SparkSession
    except ModuleNotFoundError:
        _missing("pyspark is not installed; uv run --group spark pytest -m slow tests/spark")
    folder = tmp_path_factory.mktemp("spark")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        builder = SparkSession.builder.master("local[2]").appName("tests of ipt_rules")
        places = {"spark.local.dir": folder / "local", "spark.sql.warehouse.dir": folder / "warehouse"}
        for name, value in (_SMALL | {name: str(place) for name, place in places.items()}).items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("OFF")
        yield session
        session.stop()


@pytest.fixture(scope="session")
def cases(spark: Any, tmp_path_factory: pytest.TempPathFactory) -> Cases:
    """Drawn intakes and broken records, with what Spark makes of them."""
    return make_cases(spark, tmp_path_factory.mktemp("cases"))


def _version_of(java: str) -> int:
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)  # noqa: S603  # found on PATH
    version = re.search(r'version "(\d+)', told.stderr)
    return int(version[1]) if version else 0


def _missing(why: str) -> None:
    if _REQUIRED:
        pytest.fail(why)
    pytest.skip(why)
