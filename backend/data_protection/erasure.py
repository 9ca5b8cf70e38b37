"""The erasure of a citizen: nothing that tells who they were is left, and every chain still verifies.

One transaction: killed in the middle, nothing is done, and the job does all of it again. What stays, and why, is told
by ``fields`` (on_erasure KEPT): ids that lead nowhere any more, digests, and the records that the law asks for.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import String, delete, exists, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session, aliased

from backend.cases.models import Case, CaseReporter, CaseText, LedgerEntry
from backend.data_protection.models import DataRequest
from backend.evidence.use_cases.removing import erase_photos_of
from backend.identity.models import DeviceSession, Person, RefreshToken, SignInCode
from backend.notifications.models import DeliveryStatus, Notification, PushDelivery, PushDevice

log = logging.getLogger(__name__)

_GONE = "erased"


def erase_person(session: Session, *, person_id: uuid.UUID, now: datetime) -> None:
    """Erase a citizen who has no open complaint. A second call changes nothing.

    A fresh sign-in with the same phone makes a new person, who has nothing of this one.
    """
    person = session.get(Person, person_id, with_for_update=True, populate_existing=True)
    if person is None or person.erased_at is not None:
        return
    index = person.phone_blind_index
    _clear_person(person, now)
    _end_sessions(session, person_id, index, now)
    _clear_messages(session, person_id, now)
    _redact_cases(session, person_id)
    erase_photos_of(session, person_id=person_id)
    session.execute(
        update(DataRequest)
        .where(DataRequest.person_id == person_id)
        .values(document_sealed=None, document_key_id=None)
    )  # fmt: skip
    log.info("person erased", extra={"person_id": str(person_id)})


def _clear_person(person: Person, now: datetime) -> None:
    person.phone_sealed = person.phone_key_id = person.phone_blind_index = None
    person.name_sealed = person.name_key_id = None
    person.identity_number_sealed = person.identity_number_key_id = person.identity_number_blind_index = None
    person.disabled_at = person.disabled_at or now
    person.erased_at = now


def _end_sessions(session: Session, person_id: uuid.UUID, phone_index: bytes | None, now: datetime) -> None:
    """End what lets the person in, and forget the devices they came from."""
    own = select(DeviceSession.id).where(DeviceSession.person_id == person_id)
    session.execute(delete(RefreshToken).where(RefreshToken.session_id.in_(own)))
    session.execute(
        update(DeviceSession)
        .where(DeviceSession.person_id == person_id)
        .values(
            device_id=_GONE,
            device_name_sealed=None,
            device_name_key_id=None,
            ended_at=func.coalesce(DeviceSession.ended_at, now),
            end_reason=func.coalesce(DeviceSession.end_reason, "person_disabled"),
        )
    )
    if phone_index is not None:
        session.execute(delete(SignInCode).where(SignInCode.phone_blind_index == phone_index))


def _clear_messages(session: Session, person_id: uuid.UUID, now: datetime) -> None:
    """Forget the phones and what was told; a message on its way finds no phone any more and is dropped."""
    own = select(Notification.id).where(Notification.person_id == person_id)
    session.execute(delete(PushDevice).where(PushDevice.person_id == person_id))
    session.execute(
        update(PushDelivery)
        .where(PushDelivery.notification_id.in_(own))
        # Unique for each message, as the id it replaces was.
        .values(device_id=func.concat(_GONE, ":", PushDelivery.id.cast(String)), provider_message_id=None)
    )
    session.execute(
        update(PushDelivery)
        .where(PushDelivery.notification_id.in_(own), PushDelivery.status == DeliveryStatus.PENDING)
        .values(status=DeliveryStatus.DROPPED, result_code=_GONE, settled_at=now)
    )
    session.execute(
        update(Notification).where(Notification.person_id == person_id).values(title="", body="", push_body="")
    )


def _redact_cases(session: Session, person_id: uuid.UUID) -> None:
    """Redact every text of the cases that nobody else reported, the person's own texts in all others, and positions.

    The ledger holds salted digests: without text and salt they tell nothing, and the chain stays as it was.
    """
    alone = _cases_of_nobody_else(session, person_id)
    own_entries = select(LedgerEntry.case_id, LedgerEntry.seq).where(
        LedgerEntry.case_id.in_(select(CaseReporter.case_id).where(CaseReporter.person_id == person_id)),
        LedgerEntry.entry.cast(JSONB)["actor"]["person_id"].astext == str(person_id),
    )
    session.execute(
        update(CaseText)
        .where(or_(CaseText.case_id.in_(alone), tuple_(CaseText.case_id, CaseText.seq).in_(own_entries)))
        .values(text_sealed=None, text_key_id=None, salt=None)
    )
    session.execute(
        update(Case)
        .where(Case.id.in_(alone))
        .values(longitude_wgs84=None, latitude_wgs84=None, received_longitude=None, received_latitude=None)
    )


def _cases_of_nobody_else(session: Session, person_id: uuid.UUID) -> Sequence[uuid.UUID]:
    other, living = aliased(CaseReporter), aliased(Person)
    is_shared = exists(
        select(other.id)
        .join(living, living.id == other.person_id)
        .where(other.case_id == CaseReporter.case_id, other.person_id != person_id, living.erased_at.is_(None))
    )
    return session.scalars(select(CaseReporter.case_id).where(CaseReporter.person_id == person_id, ~is_shared)).all()
