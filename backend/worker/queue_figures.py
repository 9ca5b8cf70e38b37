"""How the queue does, asked of the database: the worker has no address of its own to be asked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

# Nobody waits long for a figure.
_PATIENCE = text("SET LOCAL statement_timeout = '500ms'")
# A worker beats every five seconds.
_ALIVE = "20 seconds"
# Only what waits is read, by its partial index. A job that was never put off is as old as its first event.
_WAITING = text(
    """
    SELECT queue_name,
           count(*) FILTER (WHERE is_due) AS due,
           count(*) FILTER (WHERE NOT is_due) AS put_off,
           coalesce(max(age_s) FILTER (WHERE is_due), 0) AS oldest_s
      FROM (SELECT queue_name,
                   scheduled_at IS NULL OR scheduled_at <= now() AS is_due,
                   extract(epoch FROM now() - coalesce(scheduled_at, (
                       SELECT min(event.at) FROM procrastinate_events event WHERE event.job_id = job.id))) AS age_s
              FROM procrastinate_jobs job
             WHERE status = 'todo') waiting
     GROUP BY queue_name ORDER BY queue_name
    """
)
_DEAD = text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed' AND queueing_lock IS NULL")
_WORKERS = text(
    f"""
    SELECT count(*) FILTER (WHERE last_heartbeat > now() - interval '{_ALIVE}') AS alive,
           extract(epoch FROM now() - max(last_heartbeat)) AS silent_s
      FROM procrastinate_workers
    """  # noqa: S608 - a constant of ours
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One queue: jobs whose time has come, jobs put off to a later try, and the seconds the oldest due one waits."""

    queue: str
    due: int
    put_off: int
    oldest_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Workers:
    """The lanes that beat lately, and the seconds since the last beat of any; None when there never was one."""

    alive: int
    silent_s: float | None


def waiting_jobs(session: Session) -> Sequence[Waiting]:
    """Return the queues in which something waits."""
    session.execute(_PATIENCE)
    return [
        Waiting(queue=row.queue_name, due=row.due, put_off=row.put_off, oldest_s=float(row.oldest_s))
        for row in session.execute(_WAITING)
    ]


def count_dead_letters(session: Session) -> int:
    """Return how many jobs failed at every try and wait for somebody to redo them."""
    session.execute(_PATIENCE)
    return int(session.scalar(_DEAD) or 0)


def worker_beats(session: Session) -> Workers:
    """Return whether any worker works."""
    session.execute(_PATIENCE)
    row = session.execute(_WORKERS).one()
    return Workers(alive=row.alive, silent_s=None if row.silent_s is None else float(row.silent_s))
