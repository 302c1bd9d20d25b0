"""How much a service takes on: bytes, seconds, requests at once."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a service takes on; what goes beyond is refused, and said.

    Attributes:
        body_bytes: how long a request may be. An intake with every list and note as long as it may be has 0.3 million bytes in
            plain letters, and up to six times that where each letter is escaped.
        body_seconds: how long a request may take to arrive.
        seconds: how long reading and assessing it may take from then on, waiting for its turn included. An assessment that is under
            way cannot be stopped: its caller is told that it took too long, and it counts as a request until it is done.
        at_once: how many requests may be arriving, waiting or worked on; the next one is told to come again.
        threads: how many are worked on at the same time.

    Raises:
        ValueError: a limit is not a number above 0.

    """

    body_bytes: int = 4 * 2**20
    body_seconds: float = 10.0
    seconds: float = 5.0
    at_once: int = 32
    threads: int = 2

    def __post_init__(self) -> None:
        wrong = [field.name for field in fields(self) if not 0 < getattr(self, field.name) < math.inf]
        if wrong:
            raise ValueError(f"must be a number above 0: {', '.join(wrong)}")
