"""Asking for a copy or an erasure, doing it, and refusing it for a reason of the closed list."""

from __future__ import annotations

import json
import uuid
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.data_protection import queries
from backend.data_protection.erasure import erase_person
from backend.data_protection.errors import (
    DataRequestNotFound,
    DataRequestOpen,
    DataRequestsLimited,
    SignInNotFresh,
)
from backend.data_protection.export import copy_of
from backend.data_protection.models import DataRequest
from backend.data_protection.queries import RequestView
from backend.data_protection.rules import (
    ANSWER_WITHIN,
    DOCUMENT_CONTEXT,
    DOCUMENT_KEPT,
    OPEN_STATES,
    REQUESTS_A_DAY,
    SIGNED_IN_WITHIN,
    Refusal,
    RequestKind,
    RequestState,
)
from backend.identity.actor import Actor
from backend.identity.models import DeviceSession, Person
from backend.identity.queries import lock_person
from backend.identity.statements import count_within
from backend.infrastructure import outbox
from backend.infrastructure.crypto import Sealer
from backend.kernel.calendar import WorkingCalendar
from backend.kernel.due import due_at
from backend.kernel.events import DataRequested
from backend.kernel.ids import uuid7

_BATCH = 100


def ask(session: Session, *, actor: Actor, kind: RequestKind, calendar: WorkingCalendar, now: datetime) -> RequestView:
    """Take a request; a job does it. Raises SignInNotFresh, DataRequestOpen or DataRequestsLimited."""
    lock_person(session, actor.person_id)  # of two at once, the second finds the first
    if kind is RequestKind.ERASURE:
        _refuse_old_session(session, actor, now)
    is_same = (DataRequest.person_id == actor.person_id, DataRequest.kind == kind, DataRequest.state.in_(OPEN_STATES))
    if session.scalar(select(DataRequest.id).where(*is_same)) is not None:
        raise DataRequestOpen
    wait_s = count_within(session, REQUESTS_A_DAY, actor.person_id.bytes, now)
    if wait_s is not None:
        raise DataRequestsLimited(retry_after_s=wait_s)
    due = due_at(calendar, now, ANSWER_WITHIN)
    request = DataRequest(
        id=uuid7(),
        person_id=actor.person_id,
        kind=kind.value,
        state=RequestState.RECEIVED.value,
        requested_at=now,
        due_at=due.at,
        due_is_provisional=due.provisional,
    )
    session.add(request)
    session.flush()  # its job, and what it waits for, are told from the row
    outbox.record(session, DataRequested(event_id=uuid7(), occurred_at=now, subject_id=request.id))
    return queries.view_of(session, request)


def work_on(session: Session, *, request_id: uuid.UUID, sealer: Sealer, now: datetime) -> None:
    """Do a request as far as it can be done now. A finished one is left alone."""
    request = session.get(DataRequest, request_id, with_for_update=True)
    if request is None or RequestState(request.state) not in OPEN_STATES:
        return
    if request.kind == RequestKind.EXPORT:
        _make_copy(session, request, sealer, now)
    else:
        _erase_or_wait(session, request, now)


def tidy(session: Session, *, now: datetime) -> bool:
    """Do one erasure that waited, or clear copies that expired. True when there may be more."""
    ready = queries.next_ready_erasure(session)
    if ready is not None:
        _erase_or_wait(session, ready, now)
        return True
    old = select(DataRequest.id).where(DataRequest.document_expires_at <= now, DataRequest.document_sealed.is_not(None))
    cleared = session.scalars(
        update(DataRequest)
        .where(DataRequest.id.in_(old.limit(_BATCH)))
        .values(document_sealed=None, document_key_id=None)
        .returning(DataRequest.id)
    ).all()
    return len(cleared) >= _BATCH


def refuse(session: Session, *, request_id: uuid.UUID, reason: Refusal, now: datetime) -> None:
    """Refuse an open request. Raises DataRequestNotFound for a finished one."""
    request = session.get(DataRequest, request_id, with_for_update=True)
    if request is None or RequestState(request.state) not in OPEN_STATES:
        raise DataRequestNotFound
    request.state, request.refusal, request.finished_at = RequestState.REFUSED.value, reason.value, now


def _refuse_old_session(session: Session, actor: Actor, now: datetime) -> None:
    begun_at = session.scalar(select(DeviceSession.created_at).where(DeviceSession.id == actor.session_id))
    if begun_at is None or begun_at < now - SIGNED_IN_WITHIN:
        raise SignInNotFresh


def _make_copy(session: Session, request: DataRequest, sealer: Sealer, now: datetime) -> None:
    document = json.dumps(copy_of(session, person_id=request.person_id, sealer=sealer, now=now), ensure_ascii=False)
    sealed = sealer.seal(document, context=DOCUMENT_CONTEXT.format(request.id))
    request.document_sealed, request.document_key_id = sealed.ciphertext, sealed.key_id
    request.document_expires_at = now + DOCUMENT_KEPT
    request.state, request.finished_at = RequestState.DONE.value, now


def _erase_or_wait(session: Session, request: DataRequest, now: datetime) -> None:
    """Erase, or wait while a complaint is being handled: who handles it needs it, and the citizen an answer."""
    # Whoever is filing at this moment is waited for.
    session.get(Person, request.person_id, with_for_update=True)
    if queries.open_complaints_of(session, request.person_id):
        request.state = RequestState.RUNNING.value
        return
    erase_person(session, person_id=request.person_id, now=now)
    request.state, request.finished_at = RequestState.DONE.value, now
