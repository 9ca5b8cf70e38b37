"""Dead letters: jobs that failed at every try. They stay in the queue, are shown, and redone by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, column, func, literal_column, select, table, update
from sqlalchemy.orm import Session

_JOBS = table(
    "procrastinate_jobs",
    *(column(name) for name in ("id", "task_name", "args", "attempts", "status", "queueing_lock", "scheduled_at")),
)
# Only jobs of the schedule have a queueing lock: the next one of their kind does the same work.
_IS_DEAD = and_(_JOBS.c.status == literal_column("'failed'"), _JOBS.c.queueing_lock.is_(None))
# Not procrastinate_retry_job, which counts the redo as a try: whoever redoes a job grants it all of its tries.
_REDO = update(_JOBS).where(_IS_DEAD).values(status="todo", attempts=0, scheduled_at=func.now()).returning(_JOBS.c.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A failed job; ``ids`` are its arguments."""

    job_id: int
    task: str
    ids: dict[str, Any]
    tries: int


def dead_letters(session: Session, *, limit: int) -> Sequence[DeadLetter]:
    """Return the failed jobs, the oldest first."""
    rows = session.execute(
        select(_JOBS.c.id, _JOBS.c.task_name, _JOBS.c.args, _JOBS.c.attempts)
        .where(_IS_DEAD)
        .order_by(_JOBS.c.id)
        .limit(limit)
    )
    return [DeadLetter(job_id=row.id, task=row.task_name, ids=row.args, tries=row.attempts) for row in rows]


def redo(session: Session, *, job_id: int) -> bool:
    """Put a failed job back in the queue, for now; False when no failed job has this id."""
    return session.scalar(_REDO.where(_JOBS.c.id == job_id)) is not None


def redo_all(session: Session) -> int:
    """Put every failed job back in the queue, for now; return how many."""
    return len(session.execute(_REDO).all())
