"""Outbox rows made into the typed events of ``kernel.events`` again."""

from __future__ import annotations

import dataclasses
import enum
import uuid
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.infrastructure.outbox import OutboxEvent
from backend.kernel import events
from backend.kernel.events import Event

EVENT_CLASSES: Mapping[str, type[Event]] = MappingProxyType(
    {
        found.name: found
        for found in vars(events).values()
        if isinstance(found, type) and issubclass(found, Event) and found is not Event
    }
)


class UnknownEvent(LookupError):
    """The outbox holds an event that no class describes: written by a newer release."""


def read_event(session: Session, event_id: uuid.UUID) -> Event:
    """Return the event as it was recorded."""
    row = session.execute(select(OutboxEvent).where(OutboxEvent.id == event_id)).scalar_one()
    event_class = EVENT_CLASSES.get(row.name)
    if event_class is None:
        raise UnknownEvent(row.name)
    return event_class(
        event_id=row.id, occurred_at=row.occurred_at, subject_id=row.subject_id, **_typed(event_class, row.payload)
    )


def _typed(event_class: type[Event], payload: Mapping[str, Any]) -> dict[str, Any]:
    """Give every value its declared type. A field that this release does not know is left out."""
    hints = get_type_hints(event_class)
    known = (field.name for field in dataclasses.fields(event_class) if field.name in payload)
    return {name: _convert(hints[name], payload[name]) for name in known}


def _convert(wanted: Any, value: Any) -> Any:  # noqa: ANN401 - JSON in, a value of the declared type out
    if value is None:
        return None
    if get_origin(wanted) in {Union, UnionType}:
        return _convert(next(part for part in get_args(wanted) if part is not type(None)), value)
    if get_origin(wanted) is tuple:
        return tuple(_convert(get_args(wanted)[0], item) for item in value)
    if wanted in {datetime, date}:
        return wanted.fromisoformat(value)
    if wanted is uuid.UUID or (isinstance(wanted, type) and issubclass(wanted, enum.Enum)):
        return wanted(value)
    return value
