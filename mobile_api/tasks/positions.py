"""The place of a task in a list, as a cursor keeps it."""

from __future__ import annotations

import uuid
from datetime import datetime

from backend.cases.queries.tasks import TaskPosition


def task_position(due_at: str, task_id: str) -> TaskPosition:
    """Read the parts of a cursor. Raises ValueError."""
    at = datetime.fromisoformat(due_at)
    if at.tzinfo is None:
        raise ValueError("an instant without a zone")
    return TaskPosition(due_at=at, task_id=uuid.UUID(task_id))
