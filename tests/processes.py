"""What must be seen in a process of its own, for ``test_sharing_engines``: forking, spawning, interrupting, measuring memory."""

from __future__ import annotations

import gc
import multiprocessing
import os
import random
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ipt_rules import Assessor, Intake
from ipt_rules.drawn.intakes import Seeded, draw_intake

if TYPE_CHECKING:
    from multiprocessing.queues import SimpleQueue

BYTES_IN_MB = 2**20
LONGEST = 240
"""Seconds after which a process that hangs is ended."""


def drawn(count: int, seed: int = 11) -> list[Intake]:
    """Return the same intakes in every process."""
    choose = Seeded(random.Random(seed))
    return [draw_intake(choose) for _ in range(count)]


def told(assessor: Assessor, count: int = 15) -> list[str]:
    """Return what an assessor says of the same intakes."""
    return [assessor.assess(intake).to_json() for intake in drawn(count)]


def in_processes(method: str) -> None:
    """Print whether four processes, started while other threads assess, say what this one does, and this one still says it."""
    assessor = Assessor(engine="checked")
    expected = told(assessor)
    stop = threading.Event()

    def busy() -> None:
        while not stop.is_set():
            told(assessor, 5)

    threads = [threading.Thread(target=busy) for _ in range(4)]
    for thread in threads:
        thread.start()
    context: Any = multiprocessing.get_context(method)  # what types say of contexts leaves out Process
    answers: SimpleQueue[list[list[str]]] = context.SimpleQueue()
    processes = [context.Process(target=answer, args=(assessor, answers)) for _ in range(4)]
    for process in processes:
        process.start()
    stop.set()
    same = [said == expected for _ in processes for said in answers.get()]
    for waited in (*processes, *threads):
        waited.join()
    print(same, told(assessor) == expected)


def answer(assessor: Assessor, answers: SimpleQueue[list[list[str]]]) -> None:
    """Tell what the assessor that was handed over says, inherited or pickled, and what one made here says."""
    signal.alarm(LONGEST)
    answers.put([told(assessor), told(Assessor(engine="checked"))])


def interrupted() -> None:
    """Ctrl-C, sent by whoever reads "ready", ends what runs and leaves the engine usable."""
    assessor = Assessor(engine="checked")
    expected = told(assessor)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for _ in range(int(sys.argv[2])):
        try:
            print("ready", flush=True)
            while True:
                told(assessor, 5)
        except KeyboardInterrupt:
            print(told(assessor) == expected, flush=True)


def memory() -> None:
    """Print by how many MB 20,000 assessments make the process grow, once everything that is kept has been made."""
    assessor = Assessor(engine="checked")
    intakes = drawn(2_000)
    for intake in intakes:
        assessor.assess(intake)
    before = resident()
    for _ in range(10):
        for intake in intakes:
            assessor.assess(intake)
    print(round((resident() - before) / BYTES_IN_MB, 2))


def resident() -> int:
    """Return the resident memory of this process in bytes."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    signal.alarm(LONGEST)
    match sys.argv[1]:
        case "fork" | "spawn":
            in_processes(sys.argv[1])
        case "interrupted":
            interrupted()
        case "memory":
            memory()
