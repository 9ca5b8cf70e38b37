"""The rows of complaints, and the wording of their steps."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.infrastructure.database import Base

# Made in the migration with INCREMENT BY serials.BLOCK.
COMPLAINT_SERIAL = "complaint_serial"


class Complaint(Base):
    """A complaint 诉求 of a citizen. Its number is given once and never changes; its case may be shared."""

    __tablename__ = "complaint"
    __table_args__ = (Index("ix_complaint_person_id_filed_at_id", "person_id", "filed_at", "id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("command_case.id"), index=True)
    identity_shown: Mapped[str]
    filed_at: Mapped[datetime]


class StepWording(Base):
    """What a citizen reads of a step, from a day on. ``text`` may name the facts of ``rules.STEP_PLACEHOLDERS``."""

    __tablename__ = "step_wording"
    __table_args__ = (UniqueConstraint("transition", "valid_from"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    transition: Mapped[str]
    title: Mapped[str]
    text: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[str]
