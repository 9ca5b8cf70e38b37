"""One's own requests and how far they are; and what an erasure waits for."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from backend.cases.models import Case, CaseReporter
from backend.cases.rules import open_states
from backend.data_protection.errors import DataRequestNotFound, DocumentNotThere
from backend.data_protection.models import DataRequest
from backend.data_protection.rules import (
    DOCUMENT_CONTEXT,
    OPEN_STATES,
    REFUSAL_WORDS,
    STATE_NAMES,
    Refusal,
    RequestKind,
    RequestState,
)
from backend.identity.actor import Actor
from backend.infrastructure.crypto import Sealed, Sealer

_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestView:
    """A request as its person sees it. ``waiting_for`` are the numbers of complaints that must end first."""

    id: uuid.UUID
    kind: str
    state: str
    state_name: str
    requested_at: datetime
    due_at: datetime
    due_is_provisional: bool
    finished_at: datetime | None
    refusal: str | None
    refusal_words: str | None
    document_expires_at: datetime | None
    waiting_for: Sequence[str]


def own_requests(session: Session, *, actor: Actor) -> Sequence[RequestView]:
    """Return the actor's requests, the newest first; the latest twenty."""
    statement = select(DataRequest).where(DataRequest.person_id == actor.person_id)
    rows = session.scalars(statement.order_by(DataRequest.id.desc()).limit(_SHOWN)).all()
    return [view_of(session, row) for row in rows]


def own_request(session: Session, *, actor: Actor, request_id: uuid.UUID) -> RequestView:
    """Return one request of the actor. Raises DataRequestNotFound for every other id."""
    return view_of(session, _own(session, actor, request_id))


def own_document(session: Session, *, actor: Actor, request_id: uuid.UUID, sealer: Sealer, now: datetime) -> str:
    """Return the copy that the actor asked for, as JSON text. Raises DataRequestNotFound or DocumentNotThere."""
    row = _own(session, actor, request_id)
    if row.document_sealed is None or row.document_key_id is None:
        raise DocumentNotThere
    if row.document_expires_at is None or row.document_expires_at <= now:
        raise DocumentNotThere
    return sealer.open(Sealed(row.document_key_id, row.document_sealed), context=DOCUMENT_CONTEXT.format(row.id))


def open_requests(session: Session, *, limit: int) -> Sequence[DataRequest]:
    """Return the requests that are not finished, the nearest due first."""
    statement = select(DataRequest).where(DataRequest.state.in_(OPEN_STATES))
    return session.scalars(statement.order_by(DataRequest.due_at, DataRequest.id).limit(limit)).all()


def open_complaints_of(session: Session, person_id: uuid.UUID) -> Sequence[str]:
    """Return the numbers of the person's reports whose cases still have a way to go, the oldest first."""
    statement = (
        select(CaseReporter.number)
        .join(Case, Case.id == CaseReporter.case_id)
        .where(CaseReporter.person_id == person_id, case_is_open())
        .order_by(CaseReporter.reported_at, CaseReporter.id)
    )
    return session.scalars(statement).all()


def next_ready_erasure(session: Session) -> DataRequest | None:
    """Return an erasure that waits for nothing any more, locked; others that are being worked on are passed over."""
    waits = exists(
        select(CaseReporter.id)
        .join(Case, Case.id == CaseReporter.case_id)
        .where(CaseReporter.person_id == DataRequest.person_id, case_is_open())
    )
    statement = (
        select(DataRequest)
        .where(DataRequest.kind == RequestKind.ERASURE, DataRequest.state.in_(OPEN_STATES), ~waits)
        .order_by(DataRequest.due_at, DataRequest.id)
        .limit(1)
        .with_for_update(of=DataRequest, skip_locked=True)
    )
    return session.scalar(statement)


def case_is_open() -> ColumnElement[bool]:
    """Return the condition that somebody still has to act on a case."""
    return Case.state.in_([state.value for state in open_states()])


def view_of(session: Session, row: DataRequest) -> RequestView:
    """Return a request as its person sees it."""
    state = RequestState(row.state)
    waits = row.kind == RequestKind.ERASURE and state in OPEN_STATES
    return RequestView(
        id=row.id,
        kind=row.kind,
        state=row.state,
        state_name=STATE_NAMES[state],
        requested_at=row.requested_at,
        due_at=row.due_at,
        due_is_provisional=row.due_is_provisional,
        finished_at=row.finished_at,
        refusal=row.refusal,
        refusal_words=REFUSAL_WORDS[Refusal(row.refusal)] if row.refusal else None,
        document_expires_at=row.document_expires_at,
        waiting_for=open_complaints_of(session, row.person_id) if waits else (),
    )


def _own(session: Session, actor: Actor, request_id: uuid.UUID) -> DataRequest:
    row = session.scalar(
        select(DataRequest).where(DataRequest.id == request_id, DataRequest.person_id == actor.person_id)
    )
    if row is None:
        raise DataRequestNotFound
    return row
