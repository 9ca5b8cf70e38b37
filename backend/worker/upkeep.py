"""The upkeep of the queue: jobs of dead workers are given back, and what is done and old is removed."""

from __future__ import annotations

from datetime import timedelta

from procrastinate import App
from procrastinate.jobs import Status
from sqlalchemy import delete, select, tuple_

from backend.infrastructure.database import Database
from backend.infrastructure.idempotency import IdempotencyRecord
from backend.infrastructure.retry import MAX_TRIES
from backend.kernel.clock import Clock

SUCCEEDED_KEPT_HOURS = 24
IDEMPOTENCY_KEPT = timedelta(hours=48)
_BATCH = 1000


async def requeue_stalled(app: App, *, stalled_after_s: float) -> None:
    """Give back the jobs whose worker has been silent so long.

    A job that kills its worker each time must end too (R15): after its tries it becomes a dead letter.
    """
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=stalled_after_s):
        if job.attempts + 1 >= MAX_TRIES:
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=False)
        else:
            await app.job_manager.retry_job(job)


async def prune_succeeded(app: App) -> None:
    """Remove jobs that succeeded a day ago. Failed ones are the dead letters: they stay until somebody redoes them."""
    await app.job_manager.delete_old_jobs(nb_hours=SUCCEEDED_KEPT_HOURS)


def prune_idempotency(database: Database, clock: Clock) -> None:
    """Remove old idempotency records, a batch a transaction, so that no statement runs into its time limit."""
    key = tuple_(IdempotencyRecord.subject_id, IdempotencyRecord.operation, IdempotencyRecord.key)
    old = select(*key.clauses).where(IdempotencyRecord.created_at < clock.now() - IDEMPOTENCY_KEPT).limit(_BATCH)
    while True:
        with database.transaction() as session:
            removed = session.scalars(delete(IdempotencyRecord).where(key.in_(old)).returning(IdempotencyRecord.key))
            if len(removed.all()) < _BATCH:
                return
