"""A task as it is shown."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from backend.cases.models import CaseTask
from backend.cases.naming import Named
from backend.cases.rules import TaskKind, TaskStatus
from backend.organization.queries.city import City


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    """A task. Without a unit the centre itself handles; a verification has none."""

    id: uuid.UUID
    kind: TaskKind
    status: TaskStatus
    round: int
    unit: Named | None
    centre: Named
    due_at: datetime
    signed_at: datetime | None
    is_auto_signed: bool
    done_at: datetime | None


def task_view(task: CaseTask, city: City) -> TaskView:
    """Return a task with names beside codes."""
    unit = city.units_by_code.get(task.unit_code) if task.unit_code else None
    centre = city.centre(task.centre_id)
    return TaskView(
        id=task.id,
        kind=TaskKind(task.kind),
        status=TaskStatus(task.status),
        round=task.round,
        unit=Named(code=unit.code, name=unit.name) if unit else None,
        centre=Named(code=centre.code, name=centre.name),
        due_at=task.due_at,
        signed_at=task.signed_at,
        is_auto_signed=task.is_auto_signed,
        done_at=task.done_at,
    )
