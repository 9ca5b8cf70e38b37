"""Facts in the past tense that one room tells the others."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A thing that happened. It holds ids and codes, never personal data.

    ``subject_id`` is what it happened to; events of one subject are told in their order.
    """

    name: ClassVar[str]

    event_id: uuid.UUID
    occurred_at: datetime
    subject_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFiled(Event):
    """A case was filed (T01): by a complaint of a citizen, or by a report."""

    name: ClassVar[str] = "case.filed"

    case_number: str
    owner_centre_id: uuid.UUID
    reporter_person_id: uuid.UUID
    reporter_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMoved(Event):
    """A case went from one state to another. ``transition`` is the code of the row, such as T08."""

    name: ClassVar[str] = "case.moved"

    case_number: str
    transition: str
    from_state: str
    to_state: str
