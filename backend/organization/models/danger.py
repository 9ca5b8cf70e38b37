"""Rows of the words that tell of a danger; ``rules.danger`` says what the columns mean."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import ARRAY, CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.infrastructure.database import Base


class DangerWord(Base):
    """A rule that hears a danger in the text of a report, from a day until another."""

    __tablename__ = "danger_word"
    __table_args__ = (
        UniqueConstraint("code", "valid_from"),
        CheckConstraint("cardinality(words) >= 1", name="words"),
        CheckConstraint("urgency IN ('none', 'urgent', 'life')", name="urgency"),
        CheckConstraint("urgency <> 'none' OR is_safety", name="effect"),
        CheckConstraint("valid_to >= valid_from", name="valid_to"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    code: Mapped[str]
    words: Mapped[tuple[str, ...]] = mapped_column(ARRAY(String, as_tuple=True))
    beside: Mapped[tuple[str, ...]] = mapped_column(ARRAY(String, as_tuple=True))
    exceptions: Mapped[tuple[str, ...]] = mapped_column(ARRAY(String, as_tuple=True))
    urgency: Mapped[str]
    is_safety: Mapped[bool]
    reason: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
