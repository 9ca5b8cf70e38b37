"""From the JSON of a complaint to what the use case takes, and what its receipt is given anew."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from backend.cases.filing import Channel, Filing, Place
from backend.complaints.queries import ListPosition
from backend.complaints.query_codes import query_code_of
from mobile_api.access import current_actor
from mobile_api.services import services


def filing_of(body: dict[str, Any]) -> Filing:
    """Return the filing that a body, whose shape was checked, asks for."""
    texts = {"title": body["title"], "description": body["description"], "address": body["address"]}
    return Filing(
        person_id=current_actor().person_id,
        channel=Channel.APP,
        request_type=body["request_type"],
        category_tree=body["category"]["tree"],
        category_code=body["category"]["code"],
        division_code=body["division"],
        identity_shown=body["identity_shown"],
        place=Place(**body["location"]) if body["location"] else None,
        evidence_ids=body["evidence_ids"],
        texts={name: text for name, text in texts.items() if text},
    )


def list_position(filed_at: str, complaint_id: str) -> ListPosition:
    """Read the parts of a cursor. Raises ValueError."""
    at = datetime.fromisoformat(filed_at)
    if at.tzinfo is None:
        raise ValueError("an instant without a zone")
    return ListPosition(filed_at=at, complaint_id=uuid.UUID(complaint_id))


def query_code_again(receipt: dict[str, Any]) -> str:
    """Return the query code of a stored receipt, which does not hold it."""
    return query_code_of(receipt["number"], services().sealer)
