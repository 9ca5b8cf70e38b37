"""A request id for every request, and one log line for every answer: ids, the route's rule and times, nobody's data."""

from __future__ import annotations

import logging
import re
import time

import structlog
from flask import Flask, Response, g, request

from backend.kernel.ids import uuid7

log = logging.getLogger("baitong.request")
# A UUID or 32 hex digits, as tracers send them: a freer form could carry a phone number into the logs (S39).
_ACCEPTABLE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}", re.IGNORECASE)


def install(app: Flask) -> None:
    """Give each request its id before anything else, and log each answer."""
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_forget)


def _begin() -> None:
    offered = request.headers.get("X-Request-Id", "")
    g.request_id = offered if _ACCEPTABLE.fullmatch(offered) else str(uuid7())
    g.started_at_s = time.perf_counter()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(answer: Response) -> Response:
    if "request_id" not in g:
        return answer
    answer.headers["X-Request-Id"] = g.request_id
    actor = g.get("actor")
    log.info(
        "answered",
        extra={
            "method": request.method,
            # The rule, not the path: a path holds numbers of people's complaints.
            "route": request.url_rule.rule if request.url_rule else "none",
            "status": answer.status_code,
            "took_ms": round((time.perf_counter() - g.started_at_s) * 1000, 1),
            "person_id": str(actor.person_id) if actor else None,
        },
    )
    return answer


def _forget(_error: BaseException | None) -> None:
    structlog.contextvars.clear_contextvars()
