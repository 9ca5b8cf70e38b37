"""The rows of the command workflow."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.infrastructure.database import Base

# Sequences are made in the migration with INCREMENT BY serials.BLOCK.
CASE_SERIAL = "case_serial"


class Case(Base):
    """A case 案件. ``version`` grows by one with each ledger entry and is the resource's ETag."""

    __tablename__ = "command_case"
    __table_args__ = (
        Index("ix_command_case_queue", "owner_centre_id", "state", "next_due_at", "id"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("urgency IN ('none', 'urgent', 'life')", name="urgency"),
        CheckConstraint("(longitude_wgs84 IS NULL) = (latitude_wgs84 IS NULL)", name="location"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    workflow_version: Mapped[int]
    state: Mapped[str]
    round: Mapped[int] = mapped_column(server_default=text("1"))
    version: Mapped[int]

    request_type: Mapped[str]
    category_tree: Mapped[str]
    category_version: Mapped[str]
    category_code: Mapped[str]
    urgency: Mapped[str]
    is_safety: Mapped[bool]

    division_code: Mapped[str]
    owner_centre_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("centre.id"))
    longitude_wgs84: Mapped[float | None]
    latitude_wgs84: Mapped[float | None]
    # As they came, for the day a conversion is doubted.
    received_longitude: Mapped[float | None]
    received_latitude: Mapped[float | None]
    received_system: Mapped[str | None]
    location_finding: Mapped[str | None]

    submitted_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    due_at: Mapped[datetime]
    due_rule: Mapped[str]
    due_is_provisional: Mapped[bool]
    next_due_at: Mapped[datetime]
    rejection_ground: Mapped[str | None]


class CaseReporter(Base):
    """Someone who reported the case: who, how much of their identity is shown, and the number they were given."""

    __tablename__ = "case_reporter"
    __table_args__ = (Index("ix_case_reporter_person_id_reported_at", "person_id", "reported_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("command_case.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    identity_shown: Mapped[str]
    channel: Mapped[str]
    number: Mapped[str] = mapped_column(unique=True)
    reported_at: Mapped[datetime]


class CaseText(Base):
    """A text that may hold personal data: sealed, and redactable without breaking the ledger, which has its digest."""

    __tablename__ = "case_text"
    __table_args__ = (UniqueConstraint("case_id", "seq", "field"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("command_case.id"))
    seq: Mapped[int]
    field: Mapped[str]
    text_sealed: Mapped[bytes | None]
    text_key_id: Mapped[str | None]
    salt: Mapped[bytes | None]


class LedgerEntry(Base):
    """One event of a case, append-only. ``entry`` is the canonical JSON text that ``hash`` covers."""

    __tablename__ = "case_ledger"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("command_case.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    entry: Mapped[str]
    previous_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class SlaPolicy(Base):
    """A limit of a clock, from a day on. ``valid_to`` is the first day it no longer holds."""

    __tablename__ = "sla_policy"
    __table_args__ = (UniqueConstraint("clock", "urgency", "valid_from"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    clock: Mapped[str]
    urgency: Mapped[str]
    limit_value: Mapped[int]
    limit_unit: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[str]


class RejectionGround(Base):
    """A ground on which a case may be rejected (G-rej), with what the citizen is told, from a day on."""

    __tablename__ = "rejection_ground"
    __table_args__ = (UniqueConstraint("code", "valid_from"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    code: Mapped[str]
    name: Mapped[str]
    explanation: Mapped[str]
    other_door: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[str]
