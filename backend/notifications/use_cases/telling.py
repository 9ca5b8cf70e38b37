"""Telling a person: one row in the inbox, and one job for each of their phones."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.infrastructure.database import driver_connection
from backend.infrastructure.jobs import defer
from backend.kernel.ids import uuid7
from backend.notifications import queries
from backend.notifications.messages import Wording
from backend.notifications.models import DeliveryStatus, Notification, PushDelivery

PUSH_TASK = "push"
PUSH_QUEUE = "push"


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What happened, as far as its message is concerned, and the wording of the day it happened on."""

    event_id: uuid.UUID
    case_number: str
    wording: Wording


def tell_person(session: Session, *, person_id: uuid.UUID, number: str, news: News, now: datetime) -> None:
    """Put the news about the complaint with this number in the person's inbox and ring their phones, once."""
    words = news.wording.filled(number=number, case_number=news.case_number)
    notification_id = session.scalar(
        insert(Notification)
        .values(
            id=uuid7(),
            person_id=person_id,
            event_id=news.event_id,
            kind=news.wording.kind,
            number=number,
            case_number=news.case_number,
            title=words.title,
            body=words.body,
            push_body=words.push_body,
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Notification.id)
    )
    if notification_id is not None:
        _ring_phones(session, person_id, notification_id)


def _ring_phones(session: Session, person_id: uuid.UUID, notification_id: uuid.UUID) -> None:
    for device_id in queries.device_ids_of(session, person_id):
        delivery = PushDelivery(
            id=uuid7(),
            notification_id=notification_id,
            device_id=device_id,
            status=DeliveryStatus.PENDING,
            tries=0,
        )
        session.add(delivery)
        # No lock: a phone that cannot be reached for half an hour must not hold up the news that follow.
        defer(driver_connection(session), PUSH_TASK, queue=PUSH_QUEUE, delivery_id=str(delivery.id))
