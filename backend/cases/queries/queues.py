"""The queues of a desk: nearest deadline first, read by keyset, never counted."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import ColumnElement, and_, select, tuple_
from sqlalchemy.orm import Session

from backend.cases.models import Case
from backend.cases.queries.desk import in_area_of
from backend.cases.rules import State
from backend.identity.actor import Actor
from backend.identity.permissions import Permission
from backend.kernel.page import Page


class Queue(StrEnum):
    """The lists of a desk."""

    TO_ACCEPT = "to_accept"  # 待受理
    ACCEPTED = "accepted"  # 已受理
    ENDED = "ended"  # 已办结


class Scope(StrEnum):
    """Whose cases a desk looks at."""

    OWN = "own"  # 本中心
    BELOW = "below"  # 下级中心


QUEUE_STATES: Mapping[Queue, tuple[State, ...]] = MappingProxyType(
    {
        Queue.TO_ACCEPT: (State.SUBMITTED,),
        Queue.ACCEPTED: (State.ACCEPTED,),
        Queue.ENDED: (State.CLOSED, State.REJECTED, State.CANCELLED),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePosition:
    """The place of a row in a queue: nearest deadline first, then by id."""

    next_due_at: datetime
    case_id: uuid.UUID


def queue_of(
    session: Session, *, actor: Actor, queue: Queue, scope: Scope, limit: int, after: QueuePosition | None
) -> Page[Case]:
    """Return a page of a desk's queue, nearest deadline first. Never counts."""
    states = [state.value for state in QUEUE_STATES[queue]]
    statement = select(Case).where(_in_scope(actor, scope), Case.state.in_(states))
    if after is not None:
        statement = statement.where(tuple_(Case.next_due_at, Case.id) > (after.next_due_at, after.case_id))
    rows = session.scalars(statement.order_by(Case.next_due_at, Case.id).limit(limit + 1)).all()
    return Page.cut(rows, limit)


def _in_scope(actor: Actor, scope: Scope) -> ColumnElement[bool]:
    own_centres = {binding.centre_id for binding in actor.bindings_with(Permission.READ_CASE)}
    own = Case.owner_centre_id.in_(own_centres)
    if scope is Scope.OWN:
        return own
    return and_(in_area_of(actor, Permission.READ_CASE), ~own)
