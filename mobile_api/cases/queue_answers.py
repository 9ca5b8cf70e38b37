"""What a call for a queue says, and the page it is told: by hand, where the schemas would cost as much again."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from flask import Request, Response

from backend.cases.queries import QueuePosition
from backend.cases.queue_view import QueueAsked, QueueLine
from backend.kernel.page import Page
from mobile_api.blueprint import ApiBlueprint
from mobile_api.cases.schemas import QueueQuery
from mobile_api.current import current_request
from mobile_api.pagination import decode_cursor, encode_cursor

_QUERY = QueueQuery()
# What was asked for by the words of each query: desks ask for the same few pages all day, and parsing costs as much as
# showing them.
_ASKED: dict[bytes, QueueAsked] = {}
_MOST_ASKED = 256


def asked_queue() -> QueueAsked:
    """Return which page the query names. Raises what the schema refuses, and CursorRefused."""
    request = current_request()
    asked = _ASKED.get(request.query_string)
    if asked is None:
        asked = _parsed(request)
        if asked.after is None and len(_ASKED) < _MOST_ASKED:
            _ASKED[request.query_string] = asked
    return asked


def _parsed(request: Request) -> QueueAsked:
    query: Mapping[str, Any] = ApiBlueprint.ARGUMENTS_PARSER.parse(_QUERY, request, location="query")
    after = decode_cursor(query["cursor"], parse=_position, parts=2)
    return QueueAsked(queue=query["queue"], scope=query["scope"], limit=query["limit"], after=after)


def queue_answer(page: Page[QueueLine]) -> Response:
    """Return the page as ``CasePageSchema`` would write it; its instants come in UTC."""
    next_cursor = _cursor_of(page.items[-1]) if page.has_more and page.items else None
    told = {"items": [_line_json(line) for line in page.items], "next_cursor": next_cursor}
    return Response(orjson.dumps(told), mimetype="application/json")


def _line_json(line: QueueLine) -> dict[str, object]:
    row = line.row
    return {
        "number": row.number,
        "version": row.version,
        "state": row.state,
        "state_name": line.state_name,
        "title": line.title,
        "request_type": {"code": row.request_type, "name": line.request_type_name},
        "category": {"code": row.category_code, "name": line.category_name, "tree": row.category_tree},
        "division": {"code": row.division_code, "name": line.division_name},
        "centre": {"code": row.centre_code, "name": row.centre_name},
        "urgency": row.urgency,
        "is_safety": row.is_safety,
        "is_flagged": row.is_flagged,
        "submitted_at": row.submitted_at,
        "due_at": row.due_at,
        "due_is_provisional": row.due_is_provisional,
        "next_due_at": row.next_due_at,
        "is_overdue": line.is_overdue,
    }


def _cursor_of(line: QueueLine) -> str:
    return encode_cursor(line.row.next_due_at.isoformat(), line.row.id)


def _position(next_due_at: str, case_id: str) -> QueuePosition:
    at = datetime.fromisoformat(next_due_at)
    if at.tzinfo is None:
        raise ValueError("an instant without a zone")
    return QueuePosition(next_due_at=at, case_id=uuid.UUID(case_id))
