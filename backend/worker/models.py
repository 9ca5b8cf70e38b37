"""Receipts: which subscriber has taken in which event. One row, one effect, however often a job runs."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from backend.infrastructure.database import Base


class EventReceipt(Base):
    """Written in the transaction of the effect itself. A second one, or a zombie's late one, finds the key taken."""

    __tablename__ = "event_receipt"

    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("outbox_event.id"), primary_key=True)
    subscriber: Mapped[str] = mapped_column(primary_key=True)
    received_at: Mapped[datetime]
