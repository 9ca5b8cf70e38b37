"""Two command centres for tests that need somewhere to work: the real ones where the template holds the city."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.infrastructure.database import Database
from backend.organization.models.places import Centre, Division

CITY, RUGAO = "320600", "320682"


def ensure_centres(owner: Database) -> None:
    """Have the centres of the city and of 如皋, bare ones when no city is loaded."""
    with owner.transaction() as session:
        _ensure(session, CITY, level="city", parent=None)
        _ensure(session, RUGAO, level="county", parent=CITY)


def _ensure(session: Session, code: str, *, level: str, parent: str | None) -> None:
    session.execute(
        insert(Division)
        .values(
            id=uuid.uuid4(),
            code=code,
            name="测试区划",
            level=level,
            kind="测试",
            unit_type="测试",
            parent_id=session.scalar(select(Division.id).where(Division.code == parent)),
            is_pickable=True,
            source="test",
            as_of="2026",
        )
        .on_conflict_do_nothing()
    )
    session.execute(
        insert(Centre)
        .values(
            id=uuid.uuid4(),
            code=code,
            name="测试中心",
            level=level,
            division_id=session.scalar(select(Division.id).where(Division.code == code)),
            division_code=code,
            parent_id=session.scalar(select(Centre.id).where(Centre.code == parent)),
            path=f"{parent}/{code}/" if parent else f"{code}/",
            active_from=date(2020, 1, 1),
            is_assumed=False,
        )
        .on_conflict_do_nothing()
    )
