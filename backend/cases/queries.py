"""Reading cases. Who may see what is decided in the query: a case outside one's area is as none at all (S2)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, false, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from backend.cases import ledger
from backend.cases.deadlines import Policies, PolicyLimit
from backend.cases.errors import CaseNotFound
from backend.cases.models import Case, CaseReporter, CaseText, LedgerEntry, RejectionGround, SlaPolicy
from backend.cases.rules import Clock, State
from backend.identity.actor import Actor
from backend.identity.permissions import Permission
from backend.infrastructure.crypto import Sealer
from backend.kernel.page import Page
from backend.organization.models import Centre


class Queue(StrEnum):
    """The lists of a desk."""

    TO_ACCEPT = "to_accept"  # 待受理
    ACCEPTED = "accepted"  # 已受理
    ENDED = "ended"  # 已办结


class Scope(StrEnum):
    """Whose cases a desk looks at."""

    OWN = "own"  # 本中心
    BELOW = "below"  # 下级中心


QUEUE_STATES: dict[Queue, tuple[State, ...]] = {
    Queue.TO_ACCEPT: (State.SUBMITTED,),
    Queue.ACCEPTED: (State.ACCEPTED,),
    Queue.ENDED: (State.CLOSED, State.REJECTED, State.CANCELLED),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePosition:
    """The place of a row in a queue: nearest deadline first, then by id."""

    next_due_at: datetime
    case_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A ground of rejection and what the citizen is told with it."""

    code: str
    name: str
    explanation: str
    other_door: str


def queue_of(
    session: Session, *, actor: Actor, queue: Queue, scope: Scope, limit: int, after: QueuePosition | None
) -> Page[Case]:
    """Return a page of a desk's queue, nearest deadline first. Never counts."""
    statement = select(Case).where(
        _in_scope(actor, scope), Case.state.in_([state.value for state in QUEUE_STATES[queue]])
    )
    if after is not None:
        statement = statement.where(tuple_(Case.next_due_at, Case.id) > (after.next_due_at, after.case_id))
    rows = session.scalars(statement.order_by(Case.next_due_at, Case.id).limit(limit + 1)).all()
    return Page.cut(rows, limit)


def visible_case(session: Session, *, actor: Actor, number: str) -> Case:
    """Return a case of the actor's area. Raises CaseNotFound for every other number."""
    return _found(session.scalar(select(Case).where(Case.number == number, _readable(actor))))


def lock_visible_case(session: Session, *, actor: Actor, number: str) -> Case:
    """Return a case of the actor's area, locked to the end of the transaction. Raises CaseNotFound."""
    statement = select(Case).where(Case.number == number, _readable(actor)).with_for_update(of=Case)
    return _found(session.scalar(statement))


def lock_case(session: Session, case_id: uuid.UUID) -> Case:
    """Return a case by id, locked to the end of the transaction. The caller has decided who may ask."""
    return _found(session.get(Case, case_id, with_for_update=True))


def texts_of(session: Session, case_id: uuid.UUID, sealer: Sealer) -> dict[str, str | None]:
    """Return the texts of a case by field, the latest of each; None where one was erased."""
    rows = session.scalars(select(CaseText).where(CaseText.case_id == case_id).order_by(CaseText.seq))
    return {row.field: ledger.open_text(row, sealer) for row in rows}


def titles_of(session: Session, case_ids: Sequence[uuid.UUID], sealer: Sealer) -> dict[uuid.UUID, str | None]:
    """Return the title of each case, in one statement for all."""
    statement = select(CaseText).where(CaseText.case_id.in_(case_ids), CaseText.field == "title")
    return {row.case_id: ledger.open_text(row, sealer) for row in session.scalars(statement)}


def reporters_of(session: Session, case_id: uuid.UUID) -> Sequence[CaseReporter]:
    """Return who reported a case, in the order of their reports."""
    statement = select(CaseReporter).where(CaseReporter.case_id == case_id).order_by(CaseReporter.reported_at)
    return session.scalars(statement).all()


def ledger_of(session: Session, case_id: uuid.UUID) -> Sequence[LedgerEntry]:
    """Return the ledger of a case, first entry first."""
    return session.scalars(select(LedgerEntry).where(LedgerEntry.case_id == case_id).order_by(LedgerEntry.seq)).all()


def reports_since(session: Session, *, person_id: uuid.UUID, since: datetime) -> int:
    """Return how many reports a person has made since an instant."""
    statement = select(func.count()).where(CaseReporter.person_id == person_id, CaseReporter.reported_at > since)
    return int(session.scalar(statement) or 0)


def policies_on(session: Session, day: date) -> Policies:
    """Return the SLA policy of a day."""
    rows = session.scalars(select(SlaPolicy).where(_valid(SlaPolicy, day)))
    return Policies(
        limits={
            (Clock(row.clock), row.urgency == "urgent"): PolicyLimit(value=row.limit_value, unit=row.limit_unit)
            for row in rows
        }
    )


def grounds_on(session: Session, day: date) -> dict[str, Ground]:
    """Return the closed list of grounds of a day, by code."""
    rows = session.scalars(select(RejectionGround).where(_valid(RejectionGround, day)).order_by(RejectionGround.code))
    return {
        row.code: Ground(code=row.code, name=row.name, explanation=row.explanation, other_door=row.other_door)
        for row in rows
    }


def _readable(actor: Actor) -> ColumnElement[bool]:
    """Cases owned by a centre at or below one where the actor may read cases."""
    return _owned_within(actor.paths_with(Permission.READ_CASE))


def _in_scope(actor: Actor, scope: Scope) -> ColumnElement[bool]:
    bindings = actor.bindings_with(Permission.READ_CASE)
    own = Case.owner_centre_id.in_([binding.centre_id for binding in bindings])
    if scope is Scope.OWN:
        return own
    return and_(_owned_within(actor.paths_with(Permission.READ_CASE)), ~own)


def _owned_within(paths: Sequence[str]) -> ColumnElement[bool]:
    if not paths:
        return false()
    owner = aliased(Centre)
    below = select(owner.id).where(or_(*(owner.path.startswith(path, autoescape=True) for path in paths)))
    return Case.owner_centre_id.in_(below)


def _valid(table: type[SlaPolicy] | type[RejectionGround], day: date) -> ColumnElement[bool]:
    return and_(table.valid_from <= day, or_(table.valid_to.is_(None), table.valid_to > day))


def _found(case: Case | None) -> Case:
    if case is None:
        raise CaseNotFound
    return case
