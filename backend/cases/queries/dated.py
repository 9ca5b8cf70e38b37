"""Rules that are dated rows: the limits of the clocks, and the grounds of rejection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from backend.cases.deadlines import Policies, PolicyLimit
from backend.cases.models import Choice, RejectionGround, SlaPolicy
from backend.cases.rules import ChoiceKind, Clock, ClosedLists, Transition
from backend.organization.rules.categories import Urgency

_CLOCKS = frozenset(Clock)
# One day at a time. Replaced as a whole, so that threads see the old one or the new one.
_kept: dict[str, tuple[date, Policies]] = {}


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
            # The next release may load a clock that this one does not know, while this one still runs.
            if row.clock in _CLOCKS
        }
    )


def policies_in_memory(session: Callable[[], Session], day: date) -> Policies:
    """Return the SLA policy of a day as this process read it last. Raises RulesNotLoaded where a clock has none.

    For a statement that asks whether the rows it relies on still hold (``statements.POLICIES_HOLD``). A session is
    opened where none was read yet.
    """
    kept = _kept.get("policies")
    if kept is None or kept[0] != day:
        _kept["policies"] = kept = (day, policies_on(session(), day))
    return kept[1]


def forget_policies() -> None:
    """Have the policy read again by whoever needs it next: a row of it holds no more."""
    _kept.clear()


def grounds_on(session: Session, day: date) -> dict[str, Ground]:
    """Return the closed list of grounds of a day, by code."""
    rows = session.scalars(select(RejectionGround).where(_holds(RejectionGround, day)).order_by(RejectionGround.code))
    return {
        row.code: Ground(code=row.code, name=row.name, explanation=row.explanation, other_door=row.other_door)
        for row in rows
    }


def choices_on(session: Session, kind: ChoiceKind, day: date) -> dict[str, str]:
    """Return the names of a closed list of a day, by code."""
    rows = session.scalars(select(Choice).where(Choice.kind == kind, _holds(Choice, day)).order_by(Choice.code))
    return {row.code: row.name for row in rows}


def closed_lists_on(session: Session, row: Transition, day: date) -> ClosedLists:
    """Return the lists that a row of the workflow chooses from; the others stay empty and are not asked for."""
    return ClosedLists(
        grounds=frozenset(grounds_on(session, day)) if "ground" in row.parts else frozenset(),
        missing=frozenset(choices_on(session, ChoiceKind.MISSING, day)) if "missing" in row.parts else frozenset(),
        reasons=frozenset(choices_on(session, ChoiceKind.SEND_BACK, day)) if "reason" in row.parts else frozenset(),
    )


def _holds(table: type[SlaPolicy] | type[RejectionGround] | type[Choice], day: date) -> ColumnElement[bool]:
    return and_(table.valid_from <= day, or_(table.valid_to.is_(None), table.valid_to > day))
