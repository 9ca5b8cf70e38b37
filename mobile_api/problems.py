"""Every refusal as RFC 9457 problem details: class to status, code to type, Chinese detail for people."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from flask import Flask, Response, g
from werkzeug.exceptions import HTTPException, InternalServerError

from backend.kernel import errors

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

STATUS_OF_CLASS: Mapping[type[errors.DomainError], HTTPStatus] = {
    errors.Malformed: HTTPStatus.BAD_REQUEST,
    errors.Unauthenticated: HTTPStatus.UNAUTHORIZED,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.PreconditionFailed: HTTPStatus.PRECONDITION_FAILED,
    errors.Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.PreconditionRequired: HTTPStatus.PRECONDITION_REQUIRED,
    errors.TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.NoSpace: HTTPStatus.INSUFFICIENT_STORAGE,
}

# What the framework itself refuses, before any code of ours is asked: status -> (code, detail).
FRAMEWORK_PROBLEMS: Mapping[int, tuple[str, str]] = {
    400: ("bad-request", "请求格式不正确。"),
    401: ("sign-in-required", "请先登录。"),
    403: ("forbidden", "没有权限。"),
    404: ("route-not-found", "接口不存在，请检查地址。"),
    405: ("method-not-allowed", "该接口不支持此方法。"),
    406: ("not-acceptable", "无法提供所要求的格式。"),
    408: ("request-timeout", "请求超时，请重试。"),
    412: ("precondition-failed", "内容已变化，与 If-Match 不符，请重新读取。"),
    413: ("body-too-large", "提交的内容过大。"),
    414: ("url-too-long", "请求地址过长。"),
    415: ("json-required", "请以 application/json 提交。"),
    422: ("validation-failed", "提交的内容有误，请按提示修改。"),
    429: ("too-many-requests", "操作过于频繁，请稍后再试。"),
    431: ("headers-too-large", "请求头过大。"),
    500: ("internal-error", "系统出错了，请稍后重试；如仍有问题，请提供追踪号。"),
    501: ("not-implemented", "暂不支持。"),
    503: ("unavailable", "服务暂时不可用，请稍后重试。"),
}

_SERVER_ERROR = 500
_RETRYABLE_STATUS = frozenset({408, 429, 503})
_OWN_HEADERS = frozenset({"content-type", "content-length"})


def register_problem_handlers(app: Flask) -> None:
    """Make every refusal of the application a problem document."""
    app.register_error_handler(errors.DomainError, refusal)
    app.register_error_handler(HTTPException, framework_refusal)


def status_of(error: errors.DomainError) -> HTTPStatus:
    """Return the HTTP status of a domain error, by its class."""
    for kind in type(error).__mro__:
        if kind in STATUS_OF_CLASS:
            return STATUS_OF_CLASS[kind]
    return HTTPStatus.INTERNAL_SERVER_ERROR


def refusal(error: errors.DomainError) -> Response:
    """Return the answer for a domain error. A route that returns it keeps what it wrote; raising undoes it."""
    status = status_of(error)
    headers: dict[str, str] = {}
    if error.retry_after_s is not None or status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(error.retry_after_s or 2)
    if status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return problem(
        status=int(status),
        code=error.code,
        detail=error.detail,
        retryable=error.retryable,
        errors=error.errors,
        headers=headers,
    )


def framework_refusal(error: HTTPException) -> Response:
    """Return the answer for what Flask, Werkzeug, webargs or the limiter refused."""
    if isinstance(error, InternalServerError) and error.original_exception is not None:
        log.error("request failed", exc_info=error.original_exception)
    if error.response is not None:
        # A redirect to the same place with a slash: no body of ours stands behind it.
        return Response(status=error.response.status, headers=error.response.headers)
    status = error.code or int(HTTPStatus.INTERNAL_SERVER_ERROR)
    # A status outside the table is told as the general one of its family: every code has a page.
    code, detail = FRAMEWORK_PROBLEMS.get(status) or FRAMEWORK_PROBLEMS[400 if status < _SERVER_ERROR else 500]
    data: dict[str, Any] = getattr(error, "data", None) or {}  # webargs hangs its messages here, untyped
    headers = {name: value for name, value in error.get_headers() if name.lower() not in _OWN_HEADERS}
    return problem(
        status=status,
        code=code,
        detail=detail,
        retryable=status in _RETRYABLE_STATUS,
        errors=data.get("messages"),
        headers=headers,
    )


def problem(
    *,
    status: int,
    code: str,
    detail: str,
    retryable: bool,
    errors: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Build the document. ``trace_id`` is the request id that the logs hold."""
    body: dict[str, object] = {
        "type": f"/problems/{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "retryable": retryable,
        "trace_id": g.get("request_id", ""),
    }
    if errors:
        body["errors"] = errors
    # The place of an item in a list is a number.
    told = orjson.dumps(body, option=orjson.OPT_NON_STR_KEYS)
    answer = Response(told, status=status, mimetype=MEDIA_TYPE)
    answer.headers.update(headers or {})
    return answer
