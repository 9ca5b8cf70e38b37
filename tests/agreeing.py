"""People who have agreed that positions are kept, as the row that the product would write for them."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select

from backend.consents.models import ConsentRecord, ConsentText
from backend.infrastructure.database import Session
from backend.kernel.ids import uuid7


def agree_to_location(session: Session, person_id: uuid.UUID, *, now: datetime) -> None:
    """Record the consent to the only text there is."""
    text = session.scalars(select(ConsentText).where(ConsentText.purpose == "precise_location")).one()
    session.add(
        ConsentRecord(
            id=uuid7(),
            person_id=person_id,
            purpose=text.purpose,
            version=text.version,
            text_hash=text.text_hash,
            is_given=True,
            channel="app",
            recorded_at=now,
        )
    )
