"""The lists of a unit and of a verifier: their tasks with their cases."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from backend.cases import queries
from backend.cases.models import Case, CaseTask
from backend.cases.queries.tasks import TaskPosition, own_tasks, own_verifications
from backend.cases.task_views import TaskView, task_view
from backend.cases.use_cases.verifying import GEOFENCE_M
from backend.cases.views import CaseLine, LocationView, NamedCategory, Reader, case_line, category_of, location_of
from backend.identity.rules import masked_text
from backend.kernel.page import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLine:
    """A task in a list, with its case."""

    task: TaskView
    line: CaseLine


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationLine:
    """A verification to be done: what it is about, and where; nothing of whoever reported it.

    Within ``geofence_m`` of the location a result stands by itself; a case without a location has no fence. How far
    away one is is for the phone to say: nobody's own position is sent for a list.
    """

    id: uuid.UUID
    case_number: str
    version: int
    round: int
    title: str | None = field(repr=False)
    category: NamedCategory
    urgency: str
    location: LocationView | None
    geofence_m: float | None
    due_at: datetime
    is_overdue: bool


def verification_page(
    session: Session, *, reader: Reader, limit: int, after: TaskPosition | None
) -> Page[VerificationLine]:
    """Return a page of what the reader is to verify, nearest deadline first: two statements, however long it is."""
    page = own_verifications(session, actor=reader.actor, limit=limit, after=after)
    titles = queries.titles_of(session, [case.id for _, case in page.items], reader.sealer)
    lines = [_verification(task, case, titles.get(case.id), reader) for task, case in page.items]
    return Page(items=lines, has_more=page.has_more)


def _verification(task: CaseTask, case: Case, title: str | None, reader: Reader) -> VerificationLine:
    location = location_of(case)
    return VerificationLine(
        id=task.id,
        case_number=case.number,
        version=case.version,
        round=task.round,
        title=masked_text(title) if title is not None else None,
        category=category_of(case, reader.city),
        urgency=case.urgency,
        location=location,
        geofence_m=GEOFENCE_M if location else None,
        due_at=task.due_at,
        is_overdue=task.due_at < reader.now,
    )


def task_page(
    session: Session, *, reader: Reader, is_open: bool, limit: int, after: TaskPosition | None
) -> Page[TaskLine]:
    """Return a page of the reader's tasks, nearest deadline first: two statements, however long it is."""
    page = own_tasks(session, actor=reader.actor, is_open=is_open, limit=limit, after=after)
    titles = queries.titles_of(session, [case.id for _, case in page.items], reader.sealer)
    lines = [
        TaskLine(task=task_view(task, reader.city), line=case_line(case, titles.get(case.id), reader))
        for task, case in page.items
    ]
    return Page(items=lines, has_more=page.has_more)
