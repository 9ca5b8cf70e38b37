"""The rows of grid reports."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.infrastructure.database import Base

# Made in the migration with INCREMENT BY serials.BLOCK.
GRID_REPORT_SERIAL = "grid_report_serial"


class GridReport(Base):
    """A report of a grid worker, by the id that their phone gave it, and the receipt that it was answered with.

    A report that comes again is told from another one by the salted digest of what it said.
    """

    __tablename__ = "grid_report"
    __table_args__ = (
        UniqueConstraint("person_id", "client_id"),
        Index("ix_grid_report_person_id_captured_at_client_id", "person_id", "captured_at", "client_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    client_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("command_case.id"), index=True)
    captured_at: Mapped[datetime]
    received_at: Mapped[datetime]
    receipt_state: Mapped[str]
    receipt_due_at: Mapped[datetime]
    content_salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    content_digest: Mapped[str]
