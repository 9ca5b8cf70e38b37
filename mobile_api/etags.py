"""Versions of a resource over HTTP: what the caller saw, and what it must say before it changes anything (RFC 9110)."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, ParamSpec

from flask import Response, make_response, request
from werkzeug.exceptions import PreconditionFailed

from backend.kernel.errors import Malformed, PreconditionRequired
from mobile_api.current import current_request

P = ParamSpec("P")

_KEPT_BY_THE_CALLER = "private, no-cache"
_ASKS_FOR_CONDITIONS = frozenset(
    {"HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_RANGE"}
)
_VERSION_TAG = re.compile(r'^"v([1-9][0-9]{0,8})"$')


class IfMatchRequired(PreconditionRequired):
    """The request changes a thing without saying which version of it the caller saw."""

    code = "if-match-required"
    default_detail = "请先读取最新内容，并在 If-Match 中带上其版本。"


class IfMatchMalformed(Malformed):
    """If-Match holds something that no answer of ours ever gave out."""

    code = "if-match-malformed"
    default_detail = 'If-Match 应为读取时返回的 ETag，例如 "v3"。'


IF_MATCH_PARAMETER = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "description": "读取工单时得到的 ETag；他人先行更新时返回 412。",
    "schema": {"type": "string", "pattern": _VERSION_TAG.pattern, "maxLength": 12, "example": '"v3"'},
}


VERSION_HEADERS = {
    "ETag": {
        "description": "当前版本；下一步操作放在 If-Match 中。",
        "required": True,
        "schema": {"type": "string", "pattern": _VERSION_TAG.pattern},
    }
}


def version_tag(version: int) -> str:
    """Return the ETag of a version."""
    return f'"v{version}"'


def required_version() -> int:
    """Return the version named by If-Match. Raises IfMatchRequired or IfMatchMalformed."""
    header = request.headers.get("If-Match")
    if header is None:
        raise IfMatchRequired
    match = _VERSION_TAG.fullmatch(header.strip())
    if match is None:
        raise IfMatchMalformed
    return int(match[1])


# Any: whatever a view may return; Flask makes a response of it.
def revalidated(view: Callable[P, Any]) -> Callable[P, Response]:
    """Let the caller alone keep an answer that has a version, and answer 304 while it is the same one.

    Refusals are kept by nobody. Raises PreconditionFailed.
    """

    @wraps(view)
    def conditional(*args: P.args, **kwargs: P.kwargs) -> Response:
        answer = make_response(view(*args, **kwargs))
        if answer.status_code != HTTPStatus.OK:
            return answer
        answer.headers["Cache-Control"] = _KEPT_BY_THE_CALLER
        return _made_conditional(answer)

    return conditional


def versioned_answer(content: bytes, version: int) -> Response:
    """Return a JSON text under the ETag of its version, or 304, as ``revalidated`` does. Raises PreconditionFailed."""
    headers = [("ETag", version_tag(version)), ("Cache-Control", _KEPT_BY_THE_CALLER)]
    answer = Response(content, mimetype="application/json", headers=headers)
    return _made_conditional(answer) if _ASKS_FOR_CONDITIONS & current_request().environ.keys() else answer


def _made_conditional(answer: Response) -> Response:
    answer.make_conditional(request)
    if answer.status_code == PreconditionFailed.code:
        raise PreconditionFailed
    return answer
