"""A photo that waits for its case, as a row alone: for tests that are about cases and open no photo."""

from __future__ import annotations

import hashlib
import uuid

from backend.evidence.models import Evidence
from backend.kernel.ids import uuid7
from mobile_api.services import Services


def ready_photo(services: Services, person_id: uuid.UUID, *, stage: str) -> str:
    """Put a photo of a stage where an upload would have put it. Returns its id."""
    photo_id = uuid7()
    row = Evidence(
        id=photo_id,
        person_id=person_id,
        kind="photo",
        stage=stage,
        state="ready",
        full_key=f"evidence/00/{photo_id}-full",
        thumbnail_key=f"evidence/00/{photo_id}-thumbnail",
        sha256=hashlib.sha256(photo_id.bytes).digest(),
        byte_size=1,
        width=640,
        height=480,
        created_at=services.clock.now(),
    )
    with services.database.transaction() as session:
        session.add(row)
    return str(photo_id)
