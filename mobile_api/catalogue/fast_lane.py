"""Answers that are in memory leave before Flask is asked: limited, counted, logged and marked like all others.

The view made each of them once, behind everything that stands around a view; what is asked in any other way than by
apps every day goes to it.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

from backend.identity.rules import source_of
from backend.infrastructure.traffic import TrafficLimit
from mobile_api import request_log
from mobile_api.catalogue.memory import asked_by, headers_of
from service_catalog.browsing.keeper import CatalogueKeeper

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_OK = f"{HTTPStatus.OK:d} {HTTPStatus.OK.phrase}"
_NOT_MODIFIED = f"{HTTPStatus.NOT_MODIFIED:d} {HTTPStatus.NOT_MODIFIED.phrase}"
# These change what an answer is; the view weighs them.
_WEIGHED = ("HTTP_IF_MATCH", "HTTP_RANGE", "HTTP_IF_RANGE")


def fast_lane(app: WSGIApplication, *, keeper: CatalogueKeeper, limit: TrafficLimit, prefix: str) -> WSGIApplication:
    """Return the application with the lane for the addresses that begin so."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET" or not str(environ["PATH_INFO"]).startswith(prefix):
            return app(environ, start_response)
        return _answered(environ, start_response) or app(environ, start_response)

    def _answered(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes] | None:
        begun_s = time.perf_counter()
        kept = None if any(name in environ for name in _WEIGHED) else keeper.remembered(asked_by(environ))
        seen = environ.get("HTTP_IF_NONE_MATCH")
        if kept is None or seen not in (None, kept.etag) or not limit.allows(source_of(environ.get("REMOTE_ADDR"))):
            return None
        status, body = (_OK, kept.body) if seen is None else (_NOT_MODIFIED, b"")
        headers = headers_of(kept)
        if seen is None:
            headers += [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        request_id = request_log.request_id_of(environ.get("HTTP_X_REQUEST_ID", ""))
        headers.append(("X-Request-Id", request_id))
        code, took_s = int(status[:3]), time.perf_counter() - begun_s
        request_log.tell_alone(request_id, method="GET", route=kept.route, status=code, took_s=took_s)
        start_response(status, headers)
        return [body]

    return answer
