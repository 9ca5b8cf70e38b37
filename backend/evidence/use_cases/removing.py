"""Evidence is removed: by its uploader while it waits, or for good when a person's data must go."""

from __future__ import annotations

import uuid

from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.evidence.errors import EvidenceNotFound
from backend.evidence.models import Evidence
from backend.evidence.rules import State
from backend.identity.actor import Actor


def delete_own(session: Session, *, actor: Actor, evidence_id: uuid.UUID) -> None:
    """Remove one's own evidence that waits for its complaint. Raises EvidenceNotFound for every other."""
    removed = session.scalar(
        update(Evidence)
        .where(
            Evidence.id == evidence_id,
            Evidence.person_id == actor.person_id,
            Evidence.state == State.READY.value,
            Evidence.attached_to.is_(None),
        )
        .values(_gone())
        .returning(Evidence.id)
    )
    if removed is None:
        raise EvidenceNotFound


def erase_photos_of(session: Session, *, person_id: uuid.UUID) -> None:
    """Erase all of a person's evidence. Rows that a ledger names stay, without picture, place and time.

    Nobody is shown it from this transaction on; the sweeper removes the objects within the hour.
    """
    session.execute(update(Evidence).where(Evidence.person_id == person_id).values(_gone()))


def _gone() -> dict[str, str | None]:
    return {"state": State.DELETED.value, "capture_sealed": None, "capture_key_id": None}
