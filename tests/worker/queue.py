"""The queue as a worker sees it, for tests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from procrastinate import App
from procrastinate.jobs import Job

from backend.worker.app import build_app
from tests.street import Street


def with_queue(street: Street, deed: Callable[[App], Awaitable[object]]) -> None:
    """Do something with the queue as a worker does."""

    async def run() -> None:
        app = build_app(street.parts)
        async with app.open_async():
            await deed(app)

    asyncio.run(run())


async def take_job(app: App, queue: str) -> Job:
    """Take a job, as a worker that has just started."""
    worker_id = await app.job_manager.register_worker()
    job = await app.job_manager.fetch_job(queues=[queue], worker_id=worker_id)
    assert job is not None
    return job
