"""A worker with all of its lanes, at work in a thread of the test's own process for the time of a block."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from backend.worker.app import WorkerParts
from backend.worker.runner import work_until

PATIENCE_S = 120.0


@contextmanager
def at_work(parts: WorkerParts) -> Iterator[None]:
    """Run the worker as ``flask worker`` does, but for its signals."""
    started, loops, stops = threading.Event(), [], []

    async def work() -> None:
        stop = asyncio.Event()
        loops.append(asyncio.get_running_loop())
        stops.append(stop)
        started.set()
        await work_until(stop, parts)

    thread = threading.Thread(target=lambda: asyncio.run(work()), name="worker", daemon=True)
    thread.start()
    started.wait()
    try:
        yield
    finally:
        loops[0].call_soon_threadsafe(stops[0].set)
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


def until(condition: Callable[[], object], *, within_s: float = PATIENCE_S) -> None:
    """Wait until it holds; fail when it does not in time."""
    deadline_s = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline_s
        time.sleep(0.05)
