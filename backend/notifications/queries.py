"""Reading the inbox, only ever the rows of the one who asks; and what messages are made from."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from backend.identity.actor import Actor
from backend.identity.models import DeviceSession
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


def phones_of(
    session: Session, person_ids: Collection[uuid.UUID], *, silent_session_id: uuid.UUID | None = None
) -> dict[uuid.UUID, list[str]]:
    """Return the device ids of people's phones, by person, without the one that a session was begun on.

    That one is known by its session once it has registered, and before by the device id that it signed in with.
    """
    phones = select(PushDevice.person_id, PushDevice.device_id).where(PushDevice.person_id.in_(person_ids))
    if silent_session_id is not None:
        its_device = select(DeviceSession.device_id).where(DeviceSession.id == silent_session_id).scalar_subquery()
        phones = phones.where(PushDevice.session_id != silent_session_id, PushDevice.device_id != its_device)
    found: dict[uuid.UUID, list[str]] = {}
    for phone in session.execute(phones.order_by(PushDevice.device_id)):
        found.setdefault(phone.person_id, []).append(phone.device_id)
    return found


def wordings_on(session: Session, kinds: Collection[MessageKind], day: date) -> dict[MessageKind, Wording]:
    """Return the texts of kinds of messages on a day, in one statement. Raises WordingMissing."""
    statement = select(MessageWording).where(
        MessageWording.kind.in_(kinds),
        MessageWording.valid_from <= day,
        or_(MessageWording.valid_to.is_(None), MessageWording.valid_to > day),
    )
    rows = {MessageKind(row.kind): row for row in session.scalars(statement)}
    missing = sorted(set(kinds) - rows.keys())
    if missing:
        raise WordingMissing(f"{', '.join(missing)} {day}")
    return {
        kind: Wording(kind=kind, push_body=row.push_body, title=row.title, body=row.body) for kind, row in rows.items()
    }
