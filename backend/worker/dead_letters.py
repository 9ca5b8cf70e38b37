"""Dead letters: jobs that failed at every try. They stay in the queue, are shown, and redone by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

# Only jobs of the schedule have a queueing lock: the next one of their kind does the same work.
_IS_DEAD = "status = 'failed' AND queueing_lock IS NULL"
_FAILED = text(
    f"SELECT id, task_name, args, attempts FROM procrastinate_jobs WHERE {_IS_DEAD} ORDER BY id LIMIT :limit"
)
# Not procrastinate_retry_job, which counts the redo as a try: whoever redoes a job grants it all of its tries.
_REDO_ALL = f"UPDATE procrastinate_jobs SET status = 'todo', attempts = 0, scheduled_at = now() WHERE {_IS_DEAD}"
_REDO = text(f"{_REDO_ALL} AND id = :id RETURNING id")
_REDO_ALL_COUNTED = text(f"{_REDO_ALL} RETURNING id")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A failed job; ``ids`` are its arguments."""

    job_id: int
    task: str
    ids: dict[str, Any]
    tries: int


def dead_letters(session: Session, *, limit: int) -> Sequence[DeadLetter]:
    """Return the failed jobs, the oldest first."""
    rows = session.execute(_FAILED, {"limit": limit})
    return [DeadLetter(job_id=row.id, task=row.task_name, ids=row.args, tries=row.attempts) for row in rows]


def redo(session: Session, *, job_id: int) -> bool:
    """Put a failed job back in the queue, for now; False when no failed job has this id."""
    return session.scalar(_REDO, {"id": job_id}) is not None


def redo_all(session: Session) -> int:
    """Put every failed job back in the queue, for now; return how many."""
    return len(session.execute(_REDO_ALL_COUNTED).all())
