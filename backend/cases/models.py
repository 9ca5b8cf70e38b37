"""The rows of the command workflow."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.infrastructure.database import Base

# Sequences are made in the migration with INCREMENT BY serials.BLOCK.
CASE_SERIAL = "case_serial"


class Case(Base):
    """A case 案件. ``version`` grows by one with each ledger entry and is the resource's ETag."""

    __tablename__ = "command_case"
    __table_args__ = (
        Index("ix_command_case_queue", "owner_centre_id", "state", "next_due_at", "id"),
        # The sweep asks for stages that are over and that the system ends.
        Index(
            "ix_command_case_stage_due",
            "stage_due_at",
            "id",
            postgresql_where=text("state IN ('supplement', 'dispatched', 'feedback', 'callback')"),
        ),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("urgency IN ('none', 'urgent', 'life')", name="urgency"),
        CheckConstraint("(longitude_wgs84 IS NULL) = (latitude_wgs84 IS NULL)", name="location"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    workflow_version: Mapped[int]
    state: Mapped[str]
    round: Mapped[int] = mapped_column(server_default=text("1"))
    is_hard: Mapped[bool] = mapped_column(server_default=text("false"))
    version: Mapped[int]

    request_type: Mapped[str]
    category_tree: Mapped[str]
    category_version: Mapped[str]
    category_code: Mapped[str]
    urgency: Mapped[str]
    # The rows that decided the marks, such as danger_word:gas_leak: never the text that was heard.
    urgency_rule: Mapped[str | None]
    is_safety: Mapped[bool]
    safety_rule: Mapped[str | None]
    is_physical: Mapped[bool] = mapped_column(server_default=text("false"))

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
    # What pauses are counted on: the due to the second, and the unit of the limit that decided it. These and the
    # starts of the clocks are missing on cases of version 1, where ``dues`` finds them in older columns.
    due_exact_at: Mapped[datetime | None]
    due_unit: Mapped[str | None]
    paused_at: Mapped[datetime | None]
    # Since when the clock of the whole runs, and from when to when it stood still: [from, to] in ISO 8601.
    total_started_at: Mapped[datetime | None]
    pauses: Mapped[list[list[str]]] = mapped_column(JSONB, server_default=text("'[]'"))
    stage_started_at: Mapped[datetime | None]
    # The due of the present stage alone; ``next_due_at`` is never after the case's own, and orders the queues.
    stage_due_at: Mapped[datetime | None]
    next_due_at: Mapped[datetime]
    rejection_ground: Mapped[str | None]
    missing: Mapped[list[str] | None] = mapped_column(ARRAY(String))
    proposed_unit: Mapped[str | None]
    routing_rule: Mapped[str | None]
    verification_flagged: Mapped[bool] = mapped_column(server_default=text("false"))
    # The four facts of a callback; unknown is not no.
    outcome_contacted: Mapped[bool | None]
    outcome_solved: Mapped[bool | None]
    outcome_satisfied: Mapped[bool | None]
    outcome_true: Mapped[bool | None]


class CaseTask(Base):
    """What a unit, or a verifier, is asked to do for a case in one round (workflow 1.1, the second machine).

    A unit is named by its code and the centre at whose side it stands; without a code the centre itself handles. A
    verification is somebody's (``assignee_person_id``) or anybody's who verifies at the centre.
    """

    __tablename__ = "case_task"
    __table_args__ = (
        CheckConstraint("kind IN ('lead', 'assist', 'verification')", name="kind"),
        CheckConstraint("status IN ('todo', 'signed', 'done', 'accepted', 'returned', 'void')", name="status"),
        CheckConstraint("kind <> 'verification' OR unit_code IS NULL", name="unit"),
        # From dispatch to callback a case has exactly one main task (invariant 6): at most one, says the database.
        Index(
            "uq_case_task_lead",
            "case_id",
            unique=True,
            postgresql_where=text("kind = 'lead' AND status IN ('todo', 'signed', 'done')"),
        ),
        Index("ix_case_task_unit", "centre_id", "unit_code", "status", "due_at", "id"),
        Index("ix_case_task_assignee", "assignee_person_id", "status"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("command_case.id"), index=True)
    round: Mapped[int]
    kind: Mapped[str]
    unit_code: Mapped[str | None]
    centre_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("centre.id"))
    assignee_person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    status: Mapped[str]
    rule: Mapped[str]
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    signed_at: Mapped[datetime | None]
    is_auto_signed: Mapped[bool] = mapped_column(server_default=text("false"))
    done_at: Mapped[datetime | None]
    # Who did it: nobody may verify what they handled (G-sod).
    done_by_person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))


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


class CaseRating(Base):
    """What a reporter thinks of one round of handling: ``number`` is the one they were given, ``seq`` the ledger's.

    It is no fact of the callback, and closes nothing. The words beside it are a text of the ledger entry.
    """

    __tablename__ = "case_rating"
    __table_args__ = (
        UniqueConstraint("number", "round"),
        CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("command_case.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[str] = mapped_column(ForeignKey("case_reporter.number"))
    round: Mapped[int]
    is_solved: Mapped[bool]
    stars: Mapped[int]
    rated_at: Mapped[datetime]


class LedgerEntry(Base):
    """One event of a case, append-only. ``entry`` is the canonical JSON text that ``hash`` covers."""

    __tablename__ = "case_ledger"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("command_case.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    entry: Mapped[str]
    previous_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class CaseReveal(Base):
    """Masked data of a case that was shown in full: who, what, when and why. Chained for each case, append-only.

    ``entry`` is the canonical JSON text that ``hash`` covers, with the salted digest of the reason.
    """

    __tablename__ = "case_reveal"
    __table_args__ = (
        UniqueConstraint("case_id", "seq"),
        Index("ix_case_reveal_revealed_at_id", "revealed_at", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("command_case.id"))
    seq: Mapped[int]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    centre_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("centre.id"))
    revealed_at: Mapped[datetime]
    # A reason is free text and may name somebody.
    reason_sealed: Mapped[bytes]
    reason_key_id: Mapped[str]
    reason_salt: Mapped[bytes]
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


class Choice(Base):
    """An item of a closed list that operators choose from: what is missing, why a handling is sent back."""

    __tablename__ = "case_choice"
    __table_args__ = (
        UniqueConstraint("kind", "code", "valid_from"),
        CheckConstraint("kind IN ('missing', 'send_back')", name="kind"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    code: Mapped[str]
    name: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[str]
