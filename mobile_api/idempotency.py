"""Idempotency-Key over HTTP: the same request twice has one effect and one answer (S24)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from functools import wraps
from types import MappingProxyType
from typing import Any, ParamSpec

import orjson
from flask import Response

from backend.infrastructure.idempotency import WriteKey, keep_answer, stored_answer
from backend.kernel.errors import Malformed
from mobile_api.access import current_actor
from mobile_api.at_once import is_at_once
from mobile_api.current import current_keep, current_request
from mobile_api.transactions import current_session

P = ParamSpec("P")
# The draft makes the key an RFC 8941 string, in quotes; most clients send it bare. Both are taken.
_KEY = re.compile(r'^([A-Za-z0-9._:-]{8,128}|"[A-Za-z0-9._:-]{8,128}")$')

HEADER_PARAMETER = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "description": "每次提交生成一个（如 UUID）；重试同一提交时用同一个。",
    "schema": {"type": "string", "minLength": 8, "maxLength": 130, "pattern": _KEY.pattern},
}

# Says that an answer was given before.
REPLAYED: Mapping[str, str] = MappingProxyType({"Idempotent-Replayed": "true"})


class IdempotencyKeyMissing(Malformed):
    """The write needs a key, so that a lost answer can be asked for again."""

    code = "idempotency-key-missing"
    default_detail = "请求缺少 Idempotency-Key（8 到 128 个字母、数字或 . _ : -）。"


# Makes a member of a receipt from the rest of it.
Derivation = Callable[[dict[str, Any]], object]


def idempotent(
    operation: str, *, derived: Mapping[str, Derivation] = MappingProxyType({})
) -> Callable[[Callable[P, Response]], Callable[P, Response]]:
    """Answer a repeated write with the answer it got first. Stands between the access rule and the arguments.

    ``derived`` are the last members of the answer that are not to be stored, such as a code that opens something: a
    repeat is given them anew, in this order. A view that is tried at once keeps its answer itself, in the statement of
    its write, by ``key_at_once``.
    """

    def decorate(view: Callable[P, Response]) -> Callable[P, Response]:
        @wraps(view)
        def once(*args: P.args, **kwargs: P.kwargs) -> Response:
            asked = current_request()
            said = b"\x00".join((asked.environ.get("HTTP_IF_MATCH", "").encode(), asked.get_data()))
            write = write_key(operation, said)
            if is_at_once():
                current_keep().key_at_once = write
                return view(*args, **kwargs)
            session = current_session()
            stored = stored_answer(session, write)
            if stored is not None:
                receipt = stored.receipt | {name: derive(stored.receipt) for name, derive in derived.items()}
                return _answer(receipt, stored.status, stored.etag)
            answer = view(*args, **kwargs)
            told: dict[str, Any] = orjson.loads(answer.get_data())  # a receipt, as our own schema dumped it
            kept = {name: value for name, value in told.items() if name not in derived}
            keep_answer(session, write, status=answer.status_code, receipt=kept, etag=answer.headers.get("ETag"))
            return answer

        document_key(once)
        return once

    return decorate


def key_at_once() -> WriteKey | None:
    """Return the key by which the view keeps its answer itself, in the statement of its write; None where it does not.

    A view that cannot raises NotAtOnce, and is called once more in the ordinary way.
    """
    write: WriteKey | None = current_keep().key_at_once if is_at_once() else None
    return write


def sent_key() -> str:
    """Return the key of this request. Raises IdempotencyKeyMissing."""
    match = _KEY.fullmatch(current_request().environ.get("HTTP_IDEMPOTENCY_KEY", ""))
    if match is None:
        raise IdempotencyKeyMissing
    return match[1].strip('"')


def write_key(operation: str, said: bytes) -> WriteKey:
    """Return what makes two requests the same. ``said`` is what was asked for: another text is another request."""
    return WriteKey(
        subject_id=current_actor().person_id,
        operation=operation,
        key=sent_key(),
        fingerprint=hashlib.sha256(b"\x00".join((current_request().path.encode(), said))).digest(),
    )


def _answer(receipt: dict[str, Any], status: int, etag: str | None) -> Response:
    answer = Response(orjson.dumps(receipt), status=status, mimetype="application/json")
    if etag is not None:
        answer.headers["ETag"] = etag
    answer.headers.update(REPLAYED)
    return answer


def document_key(view: Any) -> None:
    """Add the header to the operation's documentation, which flask-smorest hangs on the function."""
    view._apidoc.setdefault("arguments", {}).setdefault("parameters", []).append(HEADER_PARAMETER)
