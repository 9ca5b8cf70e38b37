"""The rows of evidence."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.infrastructure.database import Base


class Evidence(Base):
    """A photo. While the keys are set, its objects may be there; ``sha256`` is that of the full rendition.

    ``attached_to`` is the id of what it is attached to; this room does not know what that is. Place and time of the
    capture are sealed, and shown to nobody.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        CheckConstraint("kind IN ('photo')", name="kind"),
        CheckConstraint("stage IN ('before', 'during', 'after')", name="stage"),
        CheckConstraint("state IN ('received', 'ready', 'deleted')", name="state"),
        CheckConstraint("(full_key IS NULL) = (thumbnail_key IS NULL)", name="keys"),
        CheckConstraint(
            "state <> 'ready' OR (full_key IS NOT NULL AND sha256 IS NOT NULL AND byte_size IS NOT NULL "
            "AND width IS NOT NULL AND height IS NOT NULL)",
            name="ready",
        ),
        CheckConstraint("(attached_to IS NULL) = (attached_at IS NULL)", name="attached"),
        CheckConstraint("(attached_to IS NULL) = (position IS NULL)", name="position"),
        CheckConstraint("(capture_sealed IS NULL) = (capture_key_id IS NULL)", name="capture_key"),
        Index("ix_evidence_attached_to", "attached_to", "position", postgresql_where=text("attached_to IS NOT NULL")),
        Index("ix_evidence_waiting", "person_id", postgresql_where=text("attached_to IS NULL")),
        Index(
            "ix_evidence_sweep",
            "created_at",
            postgresql_where=text("full_key IS NOT NULL AND (state <> 'ready' OR attached_to IS NULL)"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str]
    stage: Mapped[str]
    state: Mapped[str]
    full_key: Mapped[str | None] = mapped_column(unique=True)
    thumbnail_key: Mapped[str | None] = mapped_column(unique=True)
    sha256: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    byte_size: Mapped[int | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    capture_sealed: Mapped[bytes | None]
    capture_key_id: Mapped[str | None]
    created_at: Mapped[datetime]
    attached_to: Mapped[uuid.UUID | None]
    attached_at: Mapped[datetime | None]
    position: Mapped[int | None] = mapped_column(SmallInteger)
