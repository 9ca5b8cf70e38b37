"""Rows that say who serves which grid cell."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.infrastructure.database import Base


class GridDuty(Base):
    """A grid worker who serves a cell, from one instant until another. Several may serve one, each once at a time."""

    __tablename__ = "grid_duty"
    __table_args__ = (
        CheckConstraint("valid_to > valid_from", name="valid_to"),
        Index("uq_grid_duty_open", "cell_id", "person_id", unique=True, postgresql_where=text("valid_to IS NULL")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    cell_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("grid_cell.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]
