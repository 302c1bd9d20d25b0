"""The engines beside each other on many seeded intakes: they must find the same. Ends with an error where they do not.

    uv run python benchmarks/differential.py --intakes 50000 --jobs 2

The figures are the same for a seed, whatever the number of jobs. To see one intake again: ``intake_of(seed, number)``.
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from functools import partial
from typing import Final

from ipt_rules import load_ruleset
from ipt_rules.testing.differential import WHOLE, Figures, compare

SEED: Final = 20260331
BLOCK: Final = 2_500
"""Intakes that are compared in one go, however many jobs there are."""


def compare_block(numbers: range, *, seed: int, whole: int) -> Figures:
    """Compare the engines on some intakes."""
    return compare(numbers, seed=seed, whole=whole)


def compare_all(intakes: int, *, seed: int, whole: int, jobs: int) -> Figures:
    """Compare the engines on many intakes, and say from time to time how far it is."""
    blocks = [range(start, min(start + BLOCK, intakes)) for start in range(0, intakes, BLOCK)]
    work = partial(compare_block, seed=seed, whole=whole)
    found, begun = Figures(), time.monotonic()
    with multiprocessing.Pool(jobs) as pool:
        for number, figures in enumerate(pool.imap(work, blocks), 1):
            found += figures
            if number % 20 == 0:
                spent = time.monotonic() - begun
                print(f"{found.intakes:,} intakes, {len(found.differences)} differences, {spent:,.0f} s", flush=True)
    return found


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--intakes", type=int, default=50_000)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--whole", type=int, default=WHOLE, help="compare the whole JSON of one intake in so many")
    chosen = parser.parse_args()
    begun = time.monotonic()
    found = compare_all(chosen.intakes, seed=chosen.seed, whole=chosen.whole, jobs=chosen.jobs)
    print(f"{found.intakes:,} intakes of seed {chosen.seed}, {len(load_ruleset().rules)} rules, {found.rows:,} rows")
    print(f"{found.holding:,} findings that hold and {found.possible:,} that hold or could: compiled and reference")
    print(f"{found.asked:,} questions that the reference answered; all others had been asked before")
    print(f"{found.on_durable:,} rows on which durable_rules was held to what holds, too")
    print(f"{found.whole:,} whole assessments on separate engines, {found.values:,} values of their JSON")
    print("fields: " + ", ".join(f"{state} {share} %" for state, share in found.shares().items()))
    print(f"{len(found.differences)} differences, {time.monotonic() - begun:,.1f} s, {chosen.jobs} jobs")
    if found.differences:
        raise SystemExit("\n".join(f"{what}: first in intake {at}" for what, at in sorted(found.differences.items())))


if __name__ == "__main__":
    main()
