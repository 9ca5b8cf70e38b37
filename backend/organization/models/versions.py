"""The version of the city: one row, changed by every load that changes anything."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from backend.infrastructure.database import Base


class CityVersion(Base):
    """Which city is loaded. Processes compare it to what they keep in memory.

    The version is random, not counted, so that no two databases ever have the same.
    """

    __tablename__ = "city_version"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    version: Mapped[uuid.UUID]
    changed_at: Mapped[datetime]
