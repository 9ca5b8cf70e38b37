"""Tasks: of a case, of a unit, of a verifier; and which cases one sees because of a task (S2)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, false, literal, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from backend.cases.models import Case, CaseReporter, CaseTask
from backend.cases.rules import CaseFacts, State, TaskKind, TaskStatus
from backend.identity.actor import Actor, Binding
from backend.identity.permissions import Permission
from backend.kernel.page import Page
from backend.organization.models import Centre
from backend.organization.queries.city import City

# A task that was taken back shows nothing any more.
_OPEN = (TaskStatus.TODO.value, TaskStatus.SIGNED.value)
_AT_WORK = (TaskStatus.TODO.value, TaskStatus.SIGNED.value, TaskStatus.DONE.value)
_ENDED = (TaskStatus.DONE.value, TaskStatus.ACCEPTED.value)
_SEEN = tuple(status.value for status in TaskStatus if status not in {TaskStatus.RETURNED, TaskStatus.VOID})


def tasks_of(session: Session, case_id: uuid.UUID) -> Sequence[CaseTask]:
    """Return the tasks of a case in the order they were given."""
    statement = select(CaseTask).where(CaseTask.case_id == case_id)
    return session.scalars(statement.order_by(CaseTask.created_at, CaseTask.id)).all()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPosition:
    """The place of a task in a list: nearest deadline first, then by id."""

    due_at: datetime
    task_id: uuid.UUID


def own_tasks(
    session: Session, *, actor: Actor, is_open: bool, limit: int, after: TaskPosition | None
) -> Page[tuple[CaseTask, Case]]:
    """Return a page of the tasks of the actor's units, and of the verifications that are theirs to do."""
    statement = select(CaseTask, Case).join(Case, Case.id == CaseTask.case_id).where(_is_own(actor))
    statement = statement.where(CaseTask.status.in_(_OPEN if is_open else _ENDED))
    if after is not None:
        statement = statement.where(tuple_(CaseTask.due_at, CaseTask.id) > (after.due_at, after.task_id))
    rows = session.execute(statement.order_by(CaseTask.due_at, CaseTask.id).limit(limit + 1)).all()
    return Page.cut([(task, case) for task, case in rows], limit)


def own_verifications(
    session: Session, *, actor: Actor, limit: int, after: TaskPosition | None
) -> Page[tuple[CaseTask, Case]]:
    """Return a page of the verifications that the actor may do, nearest deadline first.

    Left out is what would be refused them (G-sod): cases that they reported, and what they handled themselves.
    """
    mine = [_of_verifier(actor, binding) for binding in actor.bindings_with(Permission.VERIFY_CASE)]
    statement = select(CaseTask, Case).join(Case, Case.id == CaseTask.case_id)
    statement = statement.where(or_(false(), *mine), CaseTask.status == TaskStatus.TODO, ~_is_own_work(actor))
    if after is not None:
        statement = statement.where(tuple_(CaseTask.due_at, CaseTask.id) > (after.due_at, after.task_id))
    rows = session.execute(statement.order_by(CaseTask.due_at, CaseTask.id).limit(limit + 1)).all()
    return Page.cut([(task, case) for task, case in rows], limit)


def last_lead(tasks: Sequence[CaseTask]) -> CaseTask | None:
    """Return the main task of a case that was given last."""
    return next((task for task in reversed(tasks) if task.kind == TaskKind.LEAD), None)


def lead_is_active(tasks: Sequence[CaseTask], city: City) -> bool:
    """Tell whether there was a lead, and its unit still works: a case does not go back to one that is no more."""
    lead = last_lead(tasks)
    return lead is not None and is_active(lead, city)


def is_active(task: CaseTask, city: City) -> bool:
    """Tell whether the unit of a task still works. A centre that handles by itself always does."""
    unit = city.units_by_code.get(task.unit_code) if task.unit_code else None
    return task.unit_code is None or (unit is not None and unit.valid_to is None)


def open_verification(tasks: Sequence[CaseTask]) -> CaseTask | None:
    """Return the verification that waits for its result."""
    return next((t for t in tasks if t.kind == TaskKind.VERIFICATION and t.status == TaskStatus.TODO), None)


def facts_of(case: Case, *, has_unit: bool, reopening_ends_at: datetime | None) -> CaseFacts:
    """Return what the rules ask of a case."""
    return CaseFacts(
        state=State(case.state),
        round=case.round,
        request_type=case.request_type,
        is_safety=case.is_safety,
        is_physical=case.is_physical,
        is_flagged=case.verification_flagged,
        has_unit=has_unit,
        reopening_ends_at=reopening_ends_at,
    )


def has_task_of(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a case has a task that the actor may see: their unit's, or a verification of theirs."""
    return exists().where(CaseTask.case_id == Case.id, CaseTask.status.in_(_SEEN), _is_own(actor))


def is_in_hands_of(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that the actor's unit is at work on a case, or that a verification of it waits for them."""
    at_work = and_(_is_of_own_unit(actor), CaseTask.status.in_(_AT_WORK))
    waits = and_(_is_own_look(actor), CaseTask.status == TaskStatus.TODO.value)
    return exists().where(CaseTask.case_id == Case.id, or_(at_work, waits))


def is_of_unit(task: CaseTask, binding: Binding) -> bool:
    """Tell whether a task is one of the unit in which the binding holds."""
    return (task.centre_id, task.unit_code) == (binding.centre_id, binding.unit_code)


def is_for_verifier(task: CaseTask, task_path: str, *, actor: Actor, binding: Binding) -> bool:
    """Tell whether a verification may be done by this actor: theirs, or nobody's on the line of their centre."""
    if task.assignee_person_id is not None:
        return task.assignee_person_id == actor.person_id
    return task_path.startswith(binding.centre_path) or binding.centre_path.startswith(task_path)


def _is_own(actor: Actor) -> ColumnElement[bool]:
    return or_(_is_of_own_unit(actor), _is_own_look(actor))


def _is_of_own_unit(actor: Actor) -> ColumnElement[bool]:
    return or_(false(), *(_of_unit(binding) for binding in actor.bindings_with(Permission.READ_TASK)))


def _is_own_look(actor: Actor) -> ColumnElement[bool]:
    return or_(false(), *(_of_verifier(actor, binding) for binding in actor.bindings_with(Permission.VERIFY_CASE)))


def _is_own_work(actor: Actor) -> ColumnElement[bool]:
    lead = aliased(CaseTask)
    reported = exists().where(CaseReporter.case_id == Case.id, CaseReporter.person_id == actor.person_id)
    handled = exists().where(
        lead.case_id == Case.id,
        lead.kind == TaskKind.LEAD,
        lead.round == CaseTask.round,
        lead.done_by_person_id == actor.person_id,
    )
    return or_(reported, handled)


def _of_unit(binding: Binding) -> ColumnElement[bool]:
    return and_(
        CaseTask.kind != TaskKind.VERIFICATION,
        CaseTask.centre_id == binding.centre_id,
        CaseTask.unit_code.is_not_distinct_from(binding.unit_code),
    )


def _of_verifier(actor: Actor, binding: Binding) -> ColumnElement[bool]:
    """Say in SQL what ``is_for_verifier`` says."""
    on_the_line = select(Centre.id).where(
        or_(
            Centre.path.startswith(binding.centre_path, autoescape=True),
            literal(binding.centre_path).startswith(Centre.path),
        )
    )
    # Once somebody has looked, it is theirs, and no more everybody's on the line.
    waits = and_(CaseTask.status == TaskStatus.TODO.value, CaseTask.assignee_person_id.is_(None))
    theirs = or_(CaseTask.assignee_person_id == actor.person_id, CaseTask.done_by_person_id == actor.person_id)
    return and_(CaseTask.kind == TaskKind.VERIFICATION, or_(theirs, and_(waits, CaseTask.centre_id.in_(on_the_line))))
