"""Rows of what citizens ask of their data."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.infrastructure.database import Base

_IS_OPEN = text("state IN ('received', 'running')")


class DataRequest(Base):
    """A request 个人信息请求: a copy of everything, or an erasure. A person has one open of each kind at most."""

    __tablename__ = "data_request"
    __table_args__ = (
        CheckConstraint("kind IN ('export', 'erasure')", name="kind"),
        CheckConstraint("state IN ('received', 'running', 'done', 'refused')", name="state"),
        CheckConstraint("(state = 'refused') = (refusal IS NOT NULL)", name="refusal"),
        CheckConstraint("(state IN ('done', 'refused')) = (finished_at IS NOT NULL)", name="finished"),
        CheckConstraint("(document_sealed IS NULL) = (document_key_id IS NULL)", name="document_key"),
        Index("uq_data_request_open", "person_id", "kind", unique=True, postgresql_where=_IS_OPEN),
        Index("ix_data_request_waiting", "due_at", postgresql_where=_IS_OPEN),
        Index(
            "ix_data_request_document", "document_expires_at", postgresql_where=text("document_sealed IS NOT NULL")
        ),
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str]
    state: Mapped[str]
    requested_at: Mapped[datetime]
    due_at: Mapped[datetime]
    due_is_provisional: Mapped[bool]
    finished_at: Mapped[datetime | None]
    refusal: Mapped[str | None]
    # The copy, until it expires.
    document_sealed: Mapped[bytes | None]
    document_key_id: Mapped[str | None]
    document_expires_at: Mapped[datetime | None]
