"""Rows that bind a person to a role at a command centre."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.infrastructure.database import Base


class RoleBinding(Base):
    """A role of a person at a centre and, by the centre's path, below it; from one instant until another.

    With ``unit_code`` it is a role in that unit, where it stands beside the centre, and gives nothing over the area.
    """

    __tablename__ = "role_binding"
    __table_args__ = (
        UniqueConstraint(
            "person_id", "role", "centre_id", "unit_code", "valid_from", postgresql_nulls_not_distinct=True
        ),
        CheckConstraint("valid_to > valid_from", name="valid_to"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str]
    centre_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("centre.id"), index=True)
    unit_code: Mapped[str | None]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]
