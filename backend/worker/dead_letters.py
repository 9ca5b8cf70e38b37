"""Dead letters: jobs that failed at every try. They stay in the queue, are shown, and redone by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

_FAILED = text(
    "SELECT id, task_name, args, attempts FROM procrastinate_jobs WHERE status = 'failed' ORDER BY id LIMIT :limit"
)
# The count starts anew: whoever redoes a job grants it all of its tries.
_FRESH = text("UPDATE procrastinate_jobs SET attempts = 0 WHERE id = :id AND status = 'failed' RETURNING id")
_REDO = text("SELECT procrastinate_retry_job_v2(:id, now(), NULL, NULL, NULL)")


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
    if session.scalar(_FRESH, {"id": job_id}) is None:
        return False
    session.execute(_REDO, {"id": job_id})
    return True
