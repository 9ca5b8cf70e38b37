"""Idempotency-Key over HTTP: the same request twice has one effect and one answer (S24)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

import orjson
from flask import Response, request

from backend.infrastructure.idempotency import WriteKey, keep_answer, stored_answer
from backend.kernel.errors import Malformed
from mobile_api.access import current_actor
from mobile_api.transactions import current_session

P = ParamSpec("P")
# The draft makes the key an RFC 8941 string, in quotes; most clients send it bare. Both are taken.
_KEY = re.compile(r'^"?([A-Za-z0-9._:-]{8,128})"?$')

HEADER_PARAMETER = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "description": "每次提交生成一个（如 UUID）；重试同一提交时用同一个。",
    "schema": {"type": "string", "minLength": 8, "maxLength": 128, "pattern": "^[A-Za-z0-9._:-]+$"},
}


class IdempotencyKeyMissing(Malformed):
    """The write needs a key, so that a lost answer can be asked for again."""

    code = "idempotency-key-missing"
    default_detail = "请求缺少 Idempotency-Key（8 到 128 个字母、数字或 . _ : -）。"


def idempotent(operation: str) -> Callable[[Callable[P, Response]], Callable[P, Response]]:
    """Answer a repeated write with the answer it got first. Stands between the access rule and the arguments."""

    def decorate(view: Callable[P, Response]) -> Callable[P, Response]:
        @wraps(view)
        def once(*args: P.args, **kwargs: P.kwargs) -> Response:
            session, write = current_session(), _write_key(operation)
            stored = stored_answer(session, write)
            if stored is not None:
                return _answer(stored.receipt, stored.status, stored.etag)
            answer = view(*args, **kwargs)
            receipt: dict[str, Any] = orjson.loads(answer.get_data())  # a receipt, as our own schema dumped it
            keep_answer(session, write, status=answer.status_code, receipt=receipt, etag=answer.headers.get("ETag"))
            return answer

        _document(once)
        return once

    return decorate


def _write_key(operation: str) -> WriteKey:
    match = _KEY.match(request.headers.get("Idempotency-Key", ""))
    if match is None:
        raise IdempotencyKeyMissing
    said = b"\x00".join((request.path.encode(), request.headers.get("If-Match", "").encode(), request.get_data()))
    return WriteKey(
        subject_id=current_actor().person_id,
        operation=operation,
        key=match[1],
        fingerprint=hashlib.sha256(said).digest(),
    )


def _answer(receipt: dict[str, Any], status: int, etag: str | None) -> Response:
    answer = Response(orjson.dumps(receipt), status=status, mimetype="application/json")
    if etag is not None:
        answer.headers["ETag"] = etag
    answer.headers["Idempotent-Replayed"] = "true"
    return answer


def _document(view: Any) -> None:
    """Add the header to the operation's documentation, which flask-smorest hangs on the function."""
    view._apidoc.setdefault("arguments", {}).setdefault("parameters", []).append(HEADER_PARAMETER)
