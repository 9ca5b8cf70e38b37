"""Taking in a photo: a row before any object, the objects without a transaction, and the row again once they are there.

Each object is named by a row that was committed before it was written, and the row goes only after its objects: a
crash at any point leaves what the sweeper finds by the rows (ADR-0030).
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
import secrets
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import FileIO

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from backend.consents.queries import consent_holds
from backend.consents.rules import Purpose
from backend.evidence.darkroom import Developed
from backend.evidence.errors import EvidenceBusy, EvidenceQuotaReached
from backend.evidence.models import Evidence
from backend.evidence.queries import EvidenceFacts
from backend.evidence.rules import CAPTURE_CONTEXT, KEY_FOLDER, MAX_WAITING_BYTES, WAITS_FOR, Stage, State
from backend.identity.actor import Actor
from backend.identity.rules import Guard
from backend.identity.statements import count_within
from backend.infrastructure.crypto import Sealer
from backend.infrastructure.object_store import ObjectsFull, ObjectStore, ObjectsUnavailable
from backend.kernel.clock import SHANGHAI
from backend.kernel.ids import uuid7

log = logging.getLogger(__name__)

Captured = Mapping[str, Mapping[str, str | float]]
_PLACE = frozenset({"longitude", "latitude", "system"})

_QUOTA_WINDOW = timedelta(hours=24)
_SUBJECT = "evidence.quota"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """A photo on its way: its row is there, its objects are about to be."""

    evidence_id: uuid.UUID
    full_key: str
    thumbnail_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What was stored. ``captured`` is what photo and phone said of place and time: personal data."""

    sha256: bytes
    byte_size: int
    width: int
    height: int
    captured: Captured = field(repr=False)


def begin_intake(
    session: Session, *, actor: Actor, stage: Stage, daily_quota: int, sealer: Sealer, now: datetime
) -> Intake:
    """Count the try and write the row. A photo that is refused later has been counted too: it cost us the same.

    Raises EvidenceQuotaReached.
    """
    guard = Guard(name="evidence_day", limit=daily_quota, window=_QUOTA_WINDOW)
    # The counter's row is locked until the end: of two uploads at once the second sees the first.
    wait_s = count_within(session, guard, sealer.keyed_digest(str(actor.person_id), purpose=_SUBJECT), now)
    if wait_s is not None:
        raise EvidenceQuotaReached(retry_after_s=wait_s)
    _refuse_when_much_waits(session, actor.person_id, now)
    intake = Intake(evidence_id=uuid7(), full_key=_new_key(), thumbnail_key=_new_key())
    session.add(
        Evidence(
            id=intake.evidence_id,
            person_id=actor.person_id,
            kind="photo",
            stage=stage.value,
            state=State.RECEIVED.value,
            full_key=intake.full_key,
            thumbnail_key=intake.thumbnail_key,
            created_at=now,
        )
    )
    return intake


def store_developed(
    store: ObjectStore, *, intake: Intake, developed: Developed, said: Mapping[str, str | float]
) -> Stored:
    """Write both objects. Called without a transaction. Raises ObjectsFull or ObjectsUnavailable.

    ``said`` is what the phone told beside the photo.
    """
    sha256, byte_size = _digest(developed.full)
    try:
        store.put(intake.full_key, developed.full)
        store.put(intake.thumbnail_key, developed.thumbnail)
    except (ObjectsFull, ObjectsUnavailable):
        # At once, because the room may be short. What cannot be removed now, the sweeper removes.
        with suppress(ObjectsUnavailable):
            store.delete(intake.full_key)
            store.delete(intake.thumbnail_key)
        raise
    captured = {"photo": dict(developed.capture), "phone": dict(said)}
    return Stored(
        sha256=sha256,
        byte_size=byte_size + developed.thumbnail.seek(0, 2),
        width=developed.width,
        height=developed.height,
        captured={source: facts for source, facts in captured.items() if facts},
    )


def finish_intake(
    session: Session, *, actor: Actor, intake: Intake, stored: Stored, sealer: Sealer, now: datetime
) -> EvidenceFacts:
    """Say that the photo is there. Raises EvidenceBusy when it took so long that the sweeper has been there.

    Where it was taken is kept by the person's consent to that alone; when it was taken is kept for its case.
    """
    captured = _agreed(session, actor, stored.captured, now)
    sealed = None
    if captured:
        sealed = sealer.seal(json.dumps(captured), context=CAPTURE_CONTEXT.format(intake.evidence_id))
    row = session.execute(
        update(Evidence)
        .where(Evidence.id == intake.evidence_id, Evidence.state == State.RECEIVED.value)
        .values(
            state=State.READY.value,
            sha256=stored.sha256,
            byte_size=stored.byte_size,
            width=stored.width,
            height=stored.height,
            capture_sealed=sealed.ciphertext if sealed else None,
            capture_key_id=sealed.key_id if sealed else None,
        )
        .returning(Evidence.stage, Evidence.created_at)
    ).one_or_none()
    if row is None:
        raise EvidenceBusy(retry_after_s=2)
    log.info("evidence taken in", extra={"evidence_id": str(intake.evidence_id), "bytes": stored.byte_size})
    return EvidenceFacts(
        id=intake.evidence_id, stage=row.stage, width=stored.width, height=stored.height, created_at=row.created_at
    )


def abandon_intake(session: Session, *, intake: Intake) -> None:
    """Give up a photo that was refused, or that came a second time: the sweeper removes what there is of it."""
    session.execute(
        update(Evidence)
        .where(Evidence.id == intake.evidence_id, Evidence.state == State.RECEIVED.value)
        .values(state=State.DELETED.value)
    )


def _agreed(session: Session, actor: Actor, captured: Captured, now: datetime) -> Captured:
    """Return what may be kept of place and time."""
    day = now.astimezone(SHANGHAI).date()
    if consent_holds(session, person_id=actor.person_id, purpose=Purpose.PRECISE_LOCATION, day=day):
        return captured
    timed = {
        source: {name: value for name, value in facts.items() if name not in _PLACE}
        for source, facts in captured.items()
    }
    return {source: facts for source, facts in timed.items() if facts}


def _refuse_when_much_waits(session: Session, person_id: uuid.UUID, now: datetime) -> None:
    byte_size, oldest = session.execute(
        select(func.sum(Evidence.byte_size), func.min(Evidence.created_at)).where(
            Evidence.person_id == person_id, Evidence.attached_to.is_(None), Evidence.state == State.READY.value
        )
    ).one()
    if byte_size is not None and byte_size >= MAX_WAITING_BYTES:
        wait_s = math.ceil((oldest + WAITS_FOR - now).total_seconds())
        raise EvidenceQuotaReached("您有较多照片尚未随诉求提交，请先提交诉求或删除照片。", retry_after_s=max(1, wait_s))


def _new_key() -> str:
    name = secrets.token_hex(16)
    return f"{KEY_FOLDER}/{name[:2]}/{name}"


def _digest(content: FileIO) -> tuple[bytes, int]:
    digest = hashlib.file_digest(content, "sha256").digest()
    byte_size = content.tell()
    content.seek(0)
    return digest, byte_size
