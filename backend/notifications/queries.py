"""Reading the inbox: only ever the rows of the one who asks."""

from __future__ import annotations

import uuid

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.identity.actor import Actor
from backend.kernel.page import Page
from backend.notifications.models import Notification, PushDevice

# Beyond this an app shows "99+" anyway; the count stays cheap for an inbox that nobody reads.
UNREAD_COUNTED_TO = 1000


def inbox_of(
    session: Session, *, actor: Actor, limit: int, after: uuid.UUID | None, unread_only: bool
) -> Page[Notification]:
    """Return a page of the actor's inbox, the newest first; ``after`` is the last id of the page before."""
    statement = select(Notification).where(Notification.person_id == actor.person_id)
    if after is not None:
        statement = statement.where(Notification.id < after)
    if unread_only:
        statement = statement.where(Notification.read_at.is_(None))
    rows = session.scalars(statement.order_by(Notification.id.desc()).limit(limit + 1)).all()
    return Page.cut(rows, limit)


def unread_count(session: Session, *, actor: Actor) -> int:
    """Return how many messages of the actor are unread, counted up to UNREAD_COUNTED_TO."""
    unread = (
        select(Notification.id)
        .where(Notification.person_id == actor.person_id, Notification.read_at.is_(None))
        .limit(UNREAD_COUNTED_TO)
    )
    return session.scalar(select(func.count()).select_from(unread.subquery())) or 0


def device_ids_of(session: Session, person_id: uuid.UUID) -> tuple[str, ...]:
    """Return the ids of a person's phones."""
    return tuple(session.scalars(select(PushDevice.device_id).where(PushDevice.person_id == person_id)))
