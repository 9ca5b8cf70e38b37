"""The upkeep of the queue: jobs of dead workers are given back, and what is done and old is removed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from procrastinate import App
from procrastinate.jobs import Job, Status
from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from backend.infrastructure.database import Database
from backend.infrastructure.idempotency import IdempotencyRecord
from backend.infrastructure.retry import MAX_TRIES
from backend.kernel.clock import Clock

UPKEEP_QUEUE = "upkeep"
SUCCEEDED_KEPT_HOURS = 24
IDEMPOTENCY_KEPT = timedelta(hours=48)
# No job of ours takes so long. Its worker lives, but could not report: the database was away for a moment.
UNREPORTED_AFTER_S = 90.0
_BATCH = 1000


class Pruning(Protocol):
    """Removes what is old."""

    def __call__(self, session: Session, *, now: datetime) -> bool:
        """Remove one batch in the transaction that is given. True when there may be more."""
        ...


Prunings = Mapping[str, Pruning]


class Sweep(Protocol):
    """Does what is due, in transactions of its own. Two at once do each thing once."""

    def __call__(self) -> int:
        """Return how many things were done."""
        ...


Sweeps = Mapping[str, Sweep]

_UNREPORTED = """
SELECT job.id, job.status, task_name, priority, lock, queueing_lock, args, scheduled_at, queue_name, attempts, worker_id
  FROM procrastinate_jobs job
 WHERE job.status = 'doing'
   AND (SELECT max(event.at) FROM procrastinate_events event WHERE event.job_id = job.id AND event.type = 'started')
       < now() - make_interval(secs => %(seconds)s)
"""


async def requeue_stalled(app: App, *, stalled_after_s: float) -> None:
    """Give back the jobs whose worker has been silent so long, and those it never reported on.

    A job that kills its worker each time must end too (R15): after its tries it becomes a dead letter.
    """
    stalled = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=stalled_after_s)
    unreported = await app.connector.execute_query_all_async(_UNREPORTED, seconds=UNREPORTED_AFTER_S)
    for job in (*stalled, *map(Job.from_row, unreported)):
        if job.attempts + 1 >= MAX_TRIES:
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=False)
        else:
            await app.job_manager.retry_job(job)


async def prune_jobs(app: App) -> None:
    """Remove jobs that succeeded a day ago, and failed ones of the schedule: the next one did their work.

    All other failed ones are the dead letters: they stay until somebody redoes them.
    """
    await app.job_manager.delete_old_jobs(nb_hours=SUCCEEDED_KEPT_HOURS)
    await app.job_manager.delete_old_jobs(nb_hours=SUCCEEDED_KEPT_HOURS, queue=UPKEEP_QUEUE, include_failed=True)


def prune(database: Database, clock: Clock, pruning: Pruning) -> None:
    """Remove all that is old, a batch a transaction, so that no statement runs into its time limit."""
    more = True
    while more:
        with database.transaction() as session:
            more = pruning(session, now=clock.now())


def prune_idempotency(session: Session, *, now: datetime) -> bool:
    """Remove one batch of old idempotency records. True when there may be more."""
    key = tuple_(IdempotencyRecord.subject_id, IdempotencyRecord.operation, IdempotencyRecord.key)
    old = select(*key.clauses).where(IdempotencyRecord.created_at < now - IDEMPOTENCY_KEPT).limit(_BATCH)
    removed = session.scalars(delete(IdempotencyRecord).where(key.in_(old)).returning(IdempotencyRecord.key))
    return len(removed.all()) >= _BATCH
