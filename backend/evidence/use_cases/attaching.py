"""Evidence becomes part of what it is attached to, and is from then on read and kept as that is."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.evidence.errors import EvidenceNotAttachable
from backend.evidence.models import Evidence
from backend.evidence.rules import WAITS_FOR, Stage, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """What evidence is attached to, by whom, and of which stages it may be."""

    to: uuid.UUID
    person_id: uuid.UUID
    stages: Collection[Stage]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Whose evidence that waits is looked for, of which stages, and when."""

    person_id: uuid.UUID
    stages: Collection[Stage]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedFact:
    """What a ledger may say of a piece of evidence for ever: nothing personal."""

    id: uuid.UUID
    stage: str
    sha256: str


def attach(session: Session, *, evidence_ids: Sequence[uuid.UUID], attachment: Attachment) -> Sequence[AttachedFact]:
    """Attach one's own waiting evidence, in the order of the ids after what is there, and return what it is.

    Raises EvidenceNotAttachable, which names the place of each id that is not one's own, not ready, taken, told
    twice, or of another stage: these are not told apart.
    """
    if not evidence_ids:
        return []
    facts = []
    waiting = Waiting(person_id=attachment.person_id, stages=attachment.stages, at=attachment.at)
    found = _found(session, evidence_ids, waiting)
    for position, row in enumerate(found, start=_attached_count(session, attachment.to)):
        row.attached_to, row.attached_at, row.position = attachment.to, attachment.at, position
        facts.append(AttachedFact(id=row.id, stage=row.stage, sha256=(row.sha256 or b"").hex()))
    return facts


def stages_of(session: Session, *, evidence_ids: Sequence[uuid.UUID], waiting: Waiting) -> Sequence[Stage]:
    """Return the stage of each piece that could be attached now, locked. Raises EvidenceNotAttachable as ``attach``."""
    return [Stage(row.stage) for row in _found(session, evidence_ids, waiting)]


def _attached_count(session: Session, attached_to: uuid.UUID) -> int:
    # Two moves of one request attach at one instant: counting on from the first keeps their order.
    return session.scalar(select(func.count()).where(Evidence.attached_to == attached_to)) or 0


def _found(session: Session, evidence_ids: Sequence[uuid.UUID], waiting: Waiting) -> Sequence[Evidence]:
    locked = _lock_waiting(session, evidence_ids, waiting)
    # The second of two equal ids finds it taken.
    found = [locked.pop(evidence_id, None) for evidence_id in evidence_ids]
    rows = [row for row in found if row is not None]
    if len(rows) < len(evidence_ids):
        places = {str(place): ["照片不存在、已使用或不能用于此处。"] for place, row in enumerate(found) if row is None}
        raise EvidenceNotAttachable(errors={"json": {"evidence_ids": places}})
    return rows


def _lock_waiting(session: Session, evidence_ids: Sequence[uuid.UUID], waiting: Waiting) -> dict[uuid.UUID, Evidence]:
    if not evidence_ids:
        return {}
    statement = select(Evidence).where(
        Evidence.id.in_(evidence_ids),
        Evidence.person_id == waiting.person_id,
        Evidence.state == State.READY.value,
        Evidence.attached_to.is_(None),
        # The sweeper may be at work on an older one: its objects go before its row.
        Evidence.created_at > waiting.at - WAITS_FOR,
        Evidence.stage.in_([stage.value for stage in waiting.stages]),
    )
    # In one order for everybody, so that two filings with the same photos do not wait for each other in a ring.
    rows = session.scalars(statement.order_by(Evidence.id).with_for_update())
    return {row.id: row for row in rows}
