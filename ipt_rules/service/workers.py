"""Work that would hold up the event loop, in a few threads: what waits, runs and takes too long is counted and limited."""

from __future__ import annotations

import asyncio
import contextlib
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from ipt_rules.service.refusals import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ipt_rules.service.limits import Limits

P = ParamSpec("P")
T = TypeVar("T")

_TRY_AGAIN = {"Retry-After": "1"}
"""In how many seconds it is worth trying again: what waits now is done by then, or has taken too long."""


class Workers:
    """Holds the threads of a service, and knows how many requests it has taken on."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._threads = ThreadPoolExecutor(limits.threads, thread_name_prefix="ipt-rules-service")
        self._taken = 0

    @contextlib.contextmanager
    def place(self) -> Iterator[None]:
        """Take a request on.

        Raises:
            RefusedError: as many as may be are taken on (503).

        """
        if self._taken >= self._limits.at_once:
            what = f"{self._limits.at_once} requests are in the works, and more are not taken on; send it again"
            raise RefusedError(503, what, _TRY_AGAIN)
        self._taken += 1
        try:
            yield
        finally:
            self._taken -= 1

    async def run(self, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """Return what a function returns that is called in one of the threads.

        Raises:
            RefusedError: it took too long (504). What has begun goes on, and counts as taken on until it is done.

        """
        future = self._threads.submit(work, *arguments, **named)
        try:
            async with asyncio.timeout(self._limits.seconds):
                return await asyncio.wrap_future(future)
        except TimeoutError:
            what = f"it took more than {self._limits.seconds:g} seconds; there is no result"
            raise RefusedError(504, what) from None
        finally:
            self._count_until_done(future)

    def _count_until_done(self, future: Future[T]) -> None:
        """Count work that goes on after its request was answered, or its caller went away."""
        if future.done():
            return
        self._taken += 1
        loop = asyncio.get_running_loop()

        def freed(_: Future[T]) -> None:
            with contextlib.suppress(RuntimeError):  # the loop was closed in the meantime
                loop.call_soon_threadsafe(self._free)

        future.add_done_callback(freed)

    def _free(self) -> None:
        self._taken -= 1
