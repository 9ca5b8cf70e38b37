"""Telling people: one row in the inbox of each, and one job for each of their phones, however many they are."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as insert_unless_there
from sqlalchemy.orm import Session

from backend.infrastructure.database import driver_connection
from backend.infrastructure.jobs import defer_many
from backend.kernel.ids import uuid7
from backend.notifications import queries
from backend.notifications.messages import Wording
from backend.notifications.models import DeliveryStatus, Notification, PushDelivery

PUSH_TASK = "push"
PUSH_QUEUE = "push"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message to one person, in the wording of the day on which it happened.

    ``number`` is that of their own complaint; a member of staff has none, and is told the case's alone.
    """

    person_id: uuid.UUID
    wording: Wording
    number: str | None = None
    case_number: str | None = None


def tell(
    session: Session,
    *,
    event_id: uuid.UUID,
    letters: Sequence[Letter],
    silent_session_id: uuid.UUID | None = None,
    now: datetime,
) -> None:
    """Put the letters in the inboxes and ring the phones, once; but for the phone of one session.

    The number of statements does not grow with the number of letters.
    """
    if not letters:
        return
    told = session.execute(
        insert_unless_there(Notification).on_conflict_do_nothing().returning(Notification.id, Notification.person_id),
        [_inbox_row(letter, event_id, now) for letter in letters],
    )
    owners = {row.id: row.person_id for row in told}
    if owners:
        _ring_phones(session, owners, silent_session_id)


def _inbox_row(letter: Letter, event_id: uuid.UUID, now: datetime) -> dict[str, object]:
    words = letter.wording.filled(number=letter.number or "", case_number=letter.case_number or "")
    return {
        "id": uuid7(),
        "person_id": letter.person_id,
        "event_id": event_id,
        "kind": letter.wording.kind.value,
        "number": letter.number,
        "case_number": letter.case_number,
        "title": words.title,
        "body": words.body,
        "push_body": words.push_body,
        "created_at": now,
    }


def _ring_phones(session: Session, owners: Mapping[uuid.UUID, uuid.UUID], silent_session_id: uuid.UUID | None) -> None:
    """Ring the phones of the owners of these messages."""
    phones = queries.phones_of(session, set(owners.values()), silent_session_id=silent_session_id)
    deliveries = [
        {
            "id": uuid7(),
            "notification_id": notification_id,
            "device_id": device_id,
            "status": DeliveryStatus.PENDING.value,
            "tries": 0,
        }
        for notification_id, person_id in sorted(owners.items())
        for device_id in phones.get(person_id, ())
    ]
    if deliveries:
        # By ``values``: the driver would send a list of parameters row by row.
        session.execute(insert(PushDelivery).values(deliveries))
        # No lock: a phone that cannot be reached for half an hour must not hold up the news that follow.
        jobs = [{"delivery_id": str(delivery["id"])} for delivery in deliveries]
        defer_many(driver_connection(session), PUSH_TASK, queue=PUSH_QUEUE, ids=jobs)
