"""Rules that are dated rows: the limits of the clocks, and the grounds of rejection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from backend.cases.deadlines import Policies, PolicyLimit
from backend.cases.models import RejectionGround, SlaPolicy
from backend.cases.rules import Clock
from backend.organization.rules.categories import Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A ground of rejection and what the citizen is told with it."""

    code: str
    name: str
    explanation: str
    other_door: str


def policies_on(session: Session, day: date) -> Policies:
    """Return the SLA policy of a day. Raises RulesNotLoaded where a clock has none."""
    rows = session.scalars(select(SlaPolicy).where(_holds(SlaPolicy, day)))
    return Policies.of(
        {
            (Clock(row.clock), Urgency(row.urgency)): PolicyLimit(value=row.limit_value, unit=row.limit_unit)
            for row in rows
        }
    )


def grounds_on(session: Session, day: date) -> dict[str, Ground]:
    """Return the closed list of grounds of a day, by code."""
    rows = session.scalars(select(RejectionGround).where(_holds(RejectionGround, day)).order_by(RejectionGround.code))
    return {
        row.code: Ground(code=row.code, name=row.name, explanation=row.explanation, other_door=row.other_door)
        for row in rows
    }


def _holds(table: type[SlaPolicy] | type[RejectionGround], day: date) -> ColumnElement[bool]:
    return and_(table.valid_from <= day, or_(table.valid_to.is_(None), table.valid_to > day))
