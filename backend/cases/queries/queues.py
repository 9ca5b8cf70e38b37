"""The queues of a desk: nearest deadline first, read by keyset, never counted."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from backend.cases.queue_rows import Place, QueueRow, queue_rows
from backend.cases.rules import State
from backend.identity.actor import Actor
from backend.identity.permissions import Permission
from backend.infrastructure.readers import Reads
from backend.kernel.page import Page


class Queue(StrEnum):
    """The lists of a desk."""

    TO_ACCEPT = "to_accept"  # 待受理
    TO_SUPPLEMENT = "to_supplement"  # 待补充
    ACCEPTED = "accepted"  # 待派遣
    AT_WORK = "at_work"  # 处置中
    TO_REVIEW = "to_review"  # 待审核
    VERIFYING = "verifying"  # 核查中
    TO_CALL_BACK = "to_call_back"  # 待回访
    ENDED = "ended"  # 已办结


class Scope(StrEnum):
    """Whose cases a desk looks at."""

    OWN = "own"  # 本中心
    BELOW = "below"  # 下级中心


QUEUE_STATES: Mapping[Queue, tuple[State, ...]] = MappingProxyType(
    {
        Queue.TO_ACCEPT: (State.SUBMITTED,),
        Queue.TO_SUPPLEMENT: (State.SUPPLEMENT,),
        Queue.ACCEPTED: (State.ACCEPTED,),
        Queue.AT_WORK: (State.DISPATCHED, State.HANDLING),
        Queue.TO_REVIEW: (State.FEEDBACK,),
        Queue.VERIFYING: (State.VERIFYING,),
        Queue.TO_CALL_BACK: (State.CALLBACK,),
        Queue.ENDED: (State.CLOSED, State.REJECTED, State.CANCELLED),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePosition:
    """The place of a row in a queue: nearest deadline first, then by id."""

    next_due_at: datetime
    case_id: uuid.UUID


def queue_of(
    reads: Reads,
    *,
    reader: tuple[Actor, Mapping[str, object] | None],
    queue: Queue,
    scope: Scope,
    limit: int,
    after: QueuePosition | None,
) -> Page[QueueRow]:
    """Return a page of a desk's queue, nearest deadline first. Never counts.

    ``reader`` is who reads and, where that is presumed, the values by which the statement asks: no row if it is wrong.
    """
    states = [state.value for state in QUEUE_STATES[queue]]
    begins = None if after is None else (after.next_due_at, after.case_id)
    rows = queue_rows(reads, place=_place_of(*reader, scope), states=states, limit=limit + 1, after=begins)
    return Page.cut(rows, limit)


def _place_of(actor: Actor, asker: Mapping[str, object] | None, scope: Scope) -> Place:
    desks = [binding for binding in actor.bindings_with(Permission.READ_CASE) if binding.unit_code is None]
    own_centres = list({binding.centre_id for binding in desks})
    return Place(own_centres, None if scope is Scope.OWN else actor.paths_with(Permission.READ_CASE), asker)
