"""Rows of the texts that people are asked to agree to, and of what they answered."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.infrastructure.database import Base


class ConsentText(Base):
    """A text 同意书 of one purpose in one version, from a day on. A text that was in force is never changed."""

    __tablename__ = "consent_text"
    __table_args__ = (
        UniqueConstraint("purpose", "valid_from"),
        UniqueConstraint("purpose", "version", name="uq_consent_text_version"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    version: Mapped[str]
    title: Mapped[str]
    text: Mapped[str]
    text_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[str]


class ConsentRecord(Base):
    """A consent given or withdrawn: append-only. The latest of a purpose is the one that counts."""

    __tablename__ = "consent_record"
    __table_args__ = (Index("ix_consent_record_latest", "person_id", "purpose", "recorded_at", "id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    purpose: Mapped[str]
    version: Mapped[str]
    # Of the very text that was shown, so that it can be proved later.
    text_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    is_given: Mapped[bool]
    channel: Mapped[str]
    recorded_at: Mapped[datetime]
