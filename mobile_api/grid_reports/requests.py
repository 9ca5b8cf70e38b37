"""From the JSON of a grid report to what the use case takes."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from backend.cases.filing import Place
from backend.grid_reports.queries import ReportPosition
from backend.grid_reports.report import Handled, Report


def report_of(body: dict[str, Any]) -> Report:
    """Return the report that a body, whose shape was checked, tells."""
    texts = {"title": body["title"], "description": body["description"], "address": body["address"]}
    return Report(
        client_id=body["client_id"],
        captured_at=body["captured_at"],
        category_tree=body["category"]["tree"],
        category_code=body["category"]["code"],
        division_code=body["division"],
        place=Place(**body["location"]) if body["location"] else None,
        texts={name: text for name, text in texts.items() if text},
        evidence_ids=tuple(body["evidence_ids"]),
        handled=Handled(public_answer=body["handled"]["public_answer"]) if body["handled"] else None,
    )


def list_position(captured_at: str, client_id: str) -> ReportPosition:
    """Read the parts of a cursor. Raises ValueError."""
    at = datetime.fromisoformat(captured_at)
    if at.tzinfo is None:
        raise ValueError("an instant without a zone")
    return ReportPosition(captured_at=at, client_id=uuid.UUID(client_id))
