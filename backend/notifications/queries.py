"""Reading the inbox, only ever the rows of the one who asks; and what messages are made from."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from backend.identity.actor import Actor
from backend.kernel.page import Page
from backend.notifications.messages import Wording
from backend.notifications.models import MessageWording, Notification, PushDevice
from backend.notifications.subscriptions import MessageKind

# Beyond this an app shows "99+" anyway; the count stays cheap for an inbox that nobody reads.
UNREAD_COUNTED_TO = 1000


class WordingMissing(LookupError):
    """No wording of a kind of message holds on a day: `flask rules load` has not run."""


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


def wording_on(session: Session, kind: MessageKind, day: date) -> Wording:
    """Return the texts of a kind of message on a day. Raises WordingMissing."""
    row = session.scalar(
        select(MessageWording).where(
            MessageWording.kind == kind,
            MessageWording.valid_from <= day,
            or_(MessageWording.valid_to.is_(None), MessageWording.valid_to > day),
        )
    )
    if row is None:
        raise WordingMissing(f"{kind} {day}")
    return Wording(kind=kind, push_body=row.push_body, title=row.title, body=row.body)
