"""Rows of the working calendar."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.infrastructure.database import Base


class WorkdayOverride(Base):
    """A holiday or a make-up working day. Ordinary days have no row."""

    __tablename__ = "workday_override"
    __table_args__ = (
        CheckConstraint("status IN ('official', 'estimate')", name="status"),
        CheckConstraint("origin IN ('project', 'operator')", name="origin"),
    )

    day: Mapped[date] = mapped_column(primary_key=True)
    is_workday: Mapped[bool]
    name: Mapped[str]
    status: Mapped[str]
    source: Mapped[str]
    origin: Mapped[str]
