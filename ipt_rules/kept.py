"""A property that is computed when it is first asked for, and kept.

Python 3.11's own takes one lock for all instances of a class: threads wait for each other, and a process forked while another
thread holds the lock waits for ever. From 3.12 on it takes none.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING or sys.version_info >= (3, 12):
    from functools import cached_property as kept
else:

    class kept:  # noqa: N801  # it is used like ``property``
        """Computes once per instance; two threads that ask at the same time may both compute the same."""

        def __init__(self, compute: Any) -> None:
            self.compute = compute
            self.__doc__ = compute.__doc__

        def __set_name__(self, owner: type, name: str) -> None:
            self.name = name

        def __get__(self, instance: Any, owner: type | None = None) -> Any:
            if instance is None:
                return self
            found = instance.__dict__[self.name] = self.compute(instance)
            return found


__all__ = ["kept"]
