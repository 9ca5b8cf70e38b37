"""Moves that a clock makes: a stage that is over goes on by itself, so that no citizen waits for silence (1.5)."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from backend.cases.models import Case
from backend.cases.rules import Action, Move, State
from backend.cases.use_cases.doors import move_by_clock
from backend.cases.use_cases.step import Desk
from backend.infrastructure.database import Database

log = logging.getLogger(__name__)

_BATCH = 100
_ACTION_OF: Mapping[State, Action] = MappingProxyType(
    {
        State.SUPPLEMENT: Action.LAPSE_SUPPLEMENT,  # T04
        State.DISPATCHED: Action.SIGN,  # T11
        State.FEEDBACK: Action.ORDER_VERIFICATION,  # T21; T22 for what is no thing at a place
        State.CALLBACK: Action.CLOSE,  # T25
    }
)


def sweep_stages(database: Database, *, desk_of: Callable[[Session], Desk], now: datetime) -> int:
    """Make the move of every stage that is over, each in a transaction of its own; return how many were made.

    A case that cannot be moved is logged, and keeps no other waiting. Two sweeps at once do not meet: rows are locked.
    """
    made, after = 0, None
    while True:
        with database.transaction() as session:
            due = _due(session, now, after)
        for _, case_id in due:
            made += _move(database, case_id, desk_of, now)
        if len(due) < _BATCH:
            return made
        after = due[-1]


def _due(session: Session, now: datetime, after: tuple[datetime, uuid.UUID] | None) -> list[tuple[datetime, uuid.UUID]]:
    statement = select(Case.stage_due_at, Case.id).where(Case.state.in_(_ACTION_OF), Case.stage_due_at <= now)
    if after is not None:
        statement = statement.where(tuple_(Case.stage_due_at, Case.id) > after)
    rows = session.execute(statement.order_by(Case.stage_due_at, Case.id).limit(_BATCH)).all()
    return [(row.stage_due_at, row.id) for row in rows]


def _move(database: Database, case_id: uuid.UUID, desk_of: Callable[[Session], Desk], now: datetime) -> int:
    try:
        with database.transaction() as session:
            case = session.scalar(select(Case).where(Case.id == case_id).with_for_update(skip_locked=True))
            # Somebody moved it meanwhile, or is at it: the next sweep looks again.
            if case is None or case.state not in _ACTION_OF or case.stage_due_at is None or case.stage_due_at > now:
                return 0
            action = _ACTION_OF[State(case.state)]
            if action is Action.ORDER_VERIFICATION and not case.is_physical:
                action = Action.SKIP_VERIFICATION
            move_by_clock(session, case=case, move=Move(action=action), desk=desk_of(session))
            return 1
    except Exception:
        log.exception("a case could not be moved by its clock", extra={"case_id": str(case_id)})
        return 0
