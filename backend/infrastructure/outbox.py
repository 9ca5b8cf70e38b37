"""The outbox: an event and the job that tells it are written with the change itself, or not at all."""

from __future__ import annotations

import dataclasses
import uuid
from datetime import datetime
from functools import cache
from typing import Any

import orjson
from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.infrastructure.database import Base, driver_connection
from backend.infrastructure.hot_statements import insertion
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
    session.execute(insert(OutboxEvent).values(**_columns(event), payload=_payload(event)))
    defer(
        driver_connection(session),
        RELAY_TASK,
        queue=RELAY_QUEUE,
        lock=_lock_of(event),
        event_id=str(event.event_id),
    )


# The same in a hot statement: `go` has a row when the write happens. The job is written as the library's own function
# in the database writes it, without the call.
RECORD_EVENT = f"""
    recorded_event AS ({insertion(OutboxEvent, ("id", "name", "occurred_at", "subject_id", "payload"), source="go")}),
    deferred_relay AS (
        INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, args)
        SELECT '{RELAY_QUEUE}', '{RELAY_TASK}', 0, :outbox_event.lock::text,
               jsonb_build_object('event_id', :outbox_event.id::uuid)
          FROM go)"""  # noqa: S608 - made of our own constants


def event_values(event: Event) -> dict[str, object]:
    """Return the values of both, for a hot statement."""
    payload = orjson.dumps(_payload(event)).decode()
    return {**_columns(event), "payload": payload, "lock": _lock_of(event)}


def _columns(event: Event) -> dict[str, object]:
    return {
        "id": event.event_id,
        "name": event.name,
        "occurred_at": event.occurred_at,
        "subject_id": event.subject_id,
    }


def _payload(event: Event) -> dict[str, object]:
    kind: Any = type(event)
    said = [(name, getattr(event, name)) for name in _names_of(kind)]
    # Ids as texts; every other value of an event is plain JSON already.
    return {name: str(value) if isinstance(value, uuid.UUID) else value for name, value in said}


@cache
def _names_of(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind) if field.name not in _ENVELOPE)


def _lock_of(event: Event) -> str:
    """Events of one subject are told in their order: a relay that overtook another would turn them around (R18)."""
    return f"{RELAY_TASK}:{event.subject_id}"
