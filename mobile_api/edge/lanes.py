"""How many requests a worker takes at once: so many run, so many wait, and the next is told to come again (S31)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class LaneFull(Exception):
    """Too many requests wait, this one has waited too long for anybody to want its answer, or the process ends."""


class Lane:
    """A few threads and a short queue in front of them. Used from the event loop alone."""

    def __init__(self, name: str, *, threads: int, waiting: int, patience_s: float) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._places = threads + waiting
        self._taken = 0
        self._patience_s = patience_s

    async def run(self, work: Callable[[], T]) -> T:
        """Do the work in a thread. Raises LaneFull at once when there is no place, or when its turn comes too late."""
        if self._taken >= self._places:
            raise LaneFull
        self._taken += 1
        try:
            try:
                done = asyncio.get_running_loop().run_in_executor(self._threads, self._in_time, work, time.monotonic())
            except RuntimeError as error:
                # Python ends the process and its executors take no more work: another will answer the same request.
                raise LaneFull from error
            return await done
        finally:
            self._taken -= 1

    def _in_time(self, work: Callable[[], T], asked_s: float) -> T:
        if time.monotonic() - asked_s > self._patience_s:
            raise LaneFull
        return work()
