"""A whole review after each session of the worked courses, on each engine, beside reading the same course, in one run."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

from ipt_rules import Course, example_course, example_courses

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipt_rules.engines import EngineName

ENGINES: tuple[EngineName, ...] = ("compiled", "checked", "reference")


def milliseconds(work: Callable[[], object]) -> float:
    """Return the CPU time of one call."""
    start = time.process_time_ns()
    work()
    return (time.process_time_ns() - start) / 1e6


def main() -> None:
    """Print the medians and the slowest."""
    taken: dict[str, list[float]] = {name: [] for name in ("Course.model_validate", *(f"review, {e}" for e in ENGINES))}
    for name in example_courses():
        course = example_course(name)
        plain = course.to_dict()
        for check_in in course.check_ins:
            told = [course.review(check_in.session, engine=engine).to_dict() for engine in ENGINES]
            assert all({**one, "provenance": {}} == {**told[0], "provenance": {}} for one in told), (
                "the engines must agree"
            )
            for engine in ENGINES:
                taken[f"review, {engine}"].append(
                    milliseconds(lambda: course.review(check_in.session, engine=engine).to_dict())  # noqa: B023  # called at once
                )
            taken["Course.model_validate"].append(milliseconds(lambda: Course.model_validate(plain)))  # noqa: B023  # likewise
    reviews = len(taken["Course.model_validate"])
    print(f"{reviews} reviews of {len(example_courses())} worked courses, CPU time")
    print("| | median | slowest |")
    print("|---|--:|--:|")
    for name, times in taken.items():
        print(f"| {name} | {statistics.median(times):.1f} ms | {max(times):.1f} ms |")


if __name__ == "__main__":
    main()
