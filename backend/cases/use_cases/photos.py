"""The photos that come with a move: attached to the case, and told in the ledger by the digest of their pixels."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from backend.cases.models import Case
from backend.cases.rules import Action, stages_of_photos
from backend.evidence.use_cases.attaching import AttachedFact, Attachment, attach


def attach_photos(
    session: Session, case: Case, evidence_ids: Sequence[uuid.UUID], *, by: uuid.UUID, action: Action, now: datetime
) -> Sequence[AttachedFact]:
    """Attach somebody's own waiting photos of the stages that the action may show. Raises EvidenceNotAttachable."""
    attachment = Attachment(to=case.id, person_id=by, stages=stages_of_photos(action), at=now)
    return attach(session, evidence_ids=evidence_ids, attachment=attachment)


def photo_facts(photos: Sequence[AttachedFact]) -> dict[str, object]:
    """Return what a ledger entry says of photos; nothing where none came."""
    facts = [{"id": str(photo.id), "stage": photo.stage, "sha256": photo.sha256} for photo in photos]
    return {"evidence": facts} if facts else {}
