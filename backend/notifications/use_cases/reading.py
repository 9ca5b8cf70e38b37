"""Marking messages as read. A second mark changes nothing: the first reading is the one that counts."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from backend.identity.actor import Actor
from backend.notifications.errors import NotificationNotFound
from backend.notifications.models import Notification


def mark_read(session: Session, *, actor: Actor, notification_id: uuid.UUID, now: datetime) -> Notification:
    """Mark one message of the actor as read. Raises NotificationNotFound for any other."""
    found: Notification | None = session.scalar(
        update(Notification)
        .where(Notification.id == notification_id, Notification.person_id == actor.person_id)
        .values(read_at=func.coalesce(Notification.read_at, now))
        .returning(Notification)
    )
    if found is None:
        raise NotificationNotFound
    return found


def mark_read_up_to(session: Session, *, actor: Actor, notification_id: uuid.UUID, now: datetime) -> int:
    """Mark a message of the actor and all that are older as read; return how many were unread."""
    own = (Notification.person_id == actor.person_id, Notification.id <= notification_id)
    if session.scalar(select(Notification.id).where(*own, Notification.id == notification_id)) is None:
        raise NotificationNotFound
    unread = update(Notification).where(*own, Notification.read_at.is_(None))
    return len(session.scalars(unread.values(read_at=now).returning(Notification.id)).all())
