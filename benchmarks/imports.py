"""How long ``import ipt_rules`` takes above pydantic with one small model, each in a fresh interpreter, interleaved."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

RUNS = 15
STATEMENTS = {
    "nothing": "pass",
    "pydantic": "import pydantic\nclass Model(pydantic.BaseModel):\n    field: int",
    "ipt_rules": "import ipt_rules",
}


def seconds(statement: str) -> float:
    """Return the wall time of a fresh interpreter that runs a statement."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)  # noqa: S603  # our own interpreter
    return time.perf_counter() - start


def main() -> None:
    """Print the medians, and the difference."""
    taken: dict[str, list[float]] = {name: [] for name in STATEMENTS}
    for _ in range(RUNS):
        for name, statement in STATEMENTS.items():
            taken[name].append(seconds(statement))
    medians = {name: statistics.median(times) * 1000 for name, times in taken.items()}
    for name, milliseconds in medians.items():
        print(f"{name:10} {milliseconds:6.0f} ms")
    print(f"ipt_rules above pydantic: {medians['ipt_rules'] - medians['pydantic']:.0f} ms")


if __name__ == "__main__":
    main()
