"""Runs the worker: two lanes in one process, so that a provider that hangs cannot hold up the city's own events."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from procrastinate import App

from backend.infrastructure.outbox import RELAY_QUEUE
from backend.worker.app import WorkerParts, build_app
from backend.worker.tasks import DELIVER_QUEUE
from backend.worker.upkeep import UPKEEP_QUEUE

# Longer than one push: what was started is finished before the worker ends.
DRAIN_S = 12.0
_SPARE_THREADS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """Queues that share so many jobs at a time (a bulkhead)."""

    name: str
    queues: Sequence[str]
    concurrency: int


def lanes_of(parts: WorkerParts, *, inside: int = 4, outside: int = 8) -> tuple[Lane, Lane]:
    """Return the lane of our own database work and the lane of what reaches outside."""
    outside_queues = sorted({job.queue for job in parts.outside_jobs.values()})
    return (
        Lane(name="inside", queues=(RELAY_QUEUE, DELIVER_QUEUE, UPKEEP_QUEUE), concurrency=inside),
        Lane(name="outside", queues=outside_queues, concurrency=outside),
    )


def run_worker(parts: WorkerParts) -> None:
    """Work until SIGTERM or SIGINT, then finish what was started. Ends too when the database is gone for good."""
    asyncio.run(_run(parts))


def run_until_idle(parts: WorkerParts) -> None:
    """Do the jobs that are due, one after another, and the jobs they put in; for tests and commands."""
    asyncio.run(_run_until_idle(build_app(parts)))


async def work_until(stop: asyncio.Event, parts: WorkerParts) -> None:
    """Work in this event loop until it is told to stop, then finish what was started."""
    app, lanes = build_app(parts), lanes_of(parts)
    _give_every_job_a_thread(lanes)
    async with app.open_async():
        workers = [asyncio.create_task(_work(app, lane), name=lane.name) for lane in lanes]
        stopping = asyncio.create_task(stop.wait())
        # A lane ends by itself when procrastinate lost the database: the supervisor starts us again.
        await asyncio.wait([stopping, *workers], return_when=asyncio.FIRST_COMPLETED)
        for task in (stopping, *workers):
            task.cancel()
        await asyncio.gather(stopping, *workers, return_exceptions=True)


async def _run(parts: WorkerParts) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await work_until(stop, parts)


async def _run_until_idle(app: App) -> None:
    async with app.open_async():
        # One at a time: a worker of several would end while the last job is still putting new ones in.
        await app.run_worker_async(concurrency=1, wait=False, listen_notify=False, install_signal_handlers=False)


async def _work(app: App, lane: Lane) -> None:
    # procrastinate's own signal handling knows one worker a process; cancelling drains as well.
    await app.run_worker_async(
        name=lane.name,
        queues=list(lane.queues),
        concurrency=lane.concurrency,
        shutdown_graceful_timeout=DRAIN_S,
        install_signal_handlers=False,
    )


def _give_every_job_a_thread(lanes: Iterable[Lane]) -> None:
    """Jobs run in asyncio's threads; by default there are CPUs + 4 of them, and hanging jobs would take them all."""
    threads = sum(lane.concurrency for lane in lanes) + _SPARE_THREADS
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(max_workers=threads))
