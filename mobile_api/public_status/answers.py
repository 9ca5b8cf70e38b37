"""What a call for a public status says, and what it is told: by hand, where the schemas would cost as much again."""

from __future__ import annotations

import re

import orjson
from flask import Response

from backend.complaints.public_status import PublicStatus
from backend.kernel.errors import DomainError
from mobile_api.blueprint import ApiBlueprint
from mobile_api.current import current_request
from mobile_api.etags import versioned_answer
from mobile_api.problems import refusal
from mobile_api.public_status.schemas import CODE_PATTERN, StatusQuery

_CODE_ALONE = re.compile(f"code=({CODE_PATTERN.strip('^$')})".encode())
_QUERY = StatusQuery()


def asked_code() -> str:
    """Return the code of the query. What is not just that is read by the schema, which refuses it in its words."""
    request = current_request()
    alone = _CODE_ALONE.fullmatch(request.query_string)
    if alone is not None:
        return alone[1].decode()
    code: str = ApiBlueprint.ARGUMENTS_PARSER.parse(_QUERY, request, location="query")["code"]
    return code


def answered(told: PublicStatus | DomainError) -> Response:
    """Return the answer. A refusal is returned, not raised, so that the try it counted is kept."""
    if isinstance(told, DomainError):
        return refusal(told)
    return versioned_answer(status_json(told), told.version)


def status_json(told: PublicStatus) -> bytes:
    """Return a status as ``PublicStatusSchema`` would write it; its instants come in UTC."""
    return orjson.dumps(
        {
            "number": told.number,
            "state": told.state,
            "state_name": told.state_name,
            "filed_at": told.filed_at,
            "due_at": told.due_at,
            "due_is_provisional": told.due_is_provisional,
            "ended_at": told.ended_at,
            "changed_at": told.changed_at,
        }
    )
