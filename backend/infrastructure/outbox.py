"""The outbox: an event and the job that tells it are written with the change itself, or not at all."""

from __future__ import annotations

import dataclasses
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.infrastructure.database import Base, driver_connection
from backend.infrastructure.jobs import defer
from backend.kernel.events import Event

RELAY_TASK = "relay"
RELAY_QUEUE = "relay"
_ENVELOPE = frozenset({"event_id", "occurred_at", "subject_id"})


class OutboxEvent(Base):
    """An event as it was recorded. Insert-only: it is the log from which anything can be told again."""

    __tablename__ = "outbox_event"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    occurred_at: Mapped[datetime]
    subject_id: Mapped[uuid.UUID] = mapped_column(index=True)
    # Ids and codes of any JSON type; the event classes in kernel.events are its schema.
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)


def record(session: Session, event: Event) -> None:
    """Write the event and one relay job in the caller's transaction: two statements."""
    payload = {
        field.name: _plain(getattr(event, field.name))
        for field in dataclasses.fields(event)
        if field.name not in _ENVELOPE
    }
    session.execute(
        insert(OutboxEvent).values(
            id=event.event_id,
            name=event.name,
            occurred_at=event.occurred_at,
            subject_id=event.subject_id,
            payload=payload,
        )
    )
    # Told in their order: a relay that overtook another would turn the subscribers' jobs around for good (R18).
    lock = f"{RELAY_TASK}:{event.subject_id}"
    defer(driver_connection(session), RELAY_TASK, queue=RELAY_QUEUE, lock=lock, event_id=str(event.event_id))


def _plain(value: object) -> object:
    """Turn ids into text; every other value of an event is plain JSON already."""
    return str(value) if isinstance(value, uuid.UUID) else value
