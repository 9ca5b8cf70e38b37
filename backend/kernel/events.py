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
    """A case went from one state to another. ``transition`` is the code of the row, such as T08.

    ``mover_person_id`` is who moved it: None where a clock did, and in events of before it was recorded.
    """

    name: ClassVar[str] = "case.moved"

    case_number: str
    transition: str
    from_state: str
    to_state: str
    mover_person_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDueChanged(Event):
    """The due of an open case was computed anew, because the working calendar changed. The case did not move."""

    name: ClassVar[str] = "case.due_changed"

    case_number: str
    is_provisional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAdopted(Event):
    """An open case goes on by a newer version of the workflow. It did not move."""

    name: ClassVar[str] = "case.adopted"

    case_number: str
    workflow_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseUrged(Event):
    """A reporter asked those who must act to hurry. The case did not move; ``state`` says who must act.

    ``is_flagged``: its verification is in doubt.
    """

    name: ClassVar[str] = "case.urged"

    case_number: str
    state: str
    is_flagged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRated(Event):
    """A reporter said what they think of a round of handling. The case did not move."""

    name: ClassVar[str] = "case.rated"

    case_number: str
    round: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionBegun(Event):
    """Somebody who had been signed in before has signed in once more; ``subject_id`` is the person."""

    name: ClassVar[str] = "session.begun"

    session_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRequested(Event):
    """A citizen asked for a copy or an erasure of their data; the subject is the request."""

    name: ClassVar[str] = "data_request.received"
