"""A request id for every request, and one log line for every answer: ids, the route's rule and times, nobody's data."""

from __future__ import annotations

import logging
import re
import time

import structlog
from flask import Flask, Response, g, request

from backend.kernel.ids import uuid7
from mobile_api.metrics import known_method

log = logging.getLogger("baitong.request")
# A UUID or 32 hex digits, as tracers send them: a freer form could carry a phone number into the logs (S39).
_ACCEPTABLE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}", re.IGNORECASE)


def install(app: Flask) -> None:
    """Give each request its id before anything else, and log each answer."""
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_forget)


def request_id_of(offered: str) -> str:
    """Return the id of a request: what the caller offered, if it can be nobody's data, else a new one."""
    return offered if _ACCEPTABLE.fullmatch(offered) else str(uuid7())


def log_alone(request_id: str, *, method: str, route: str, status: int, took_s: float) -> None:
    """Write the line of an answer that was given outside Flask."""
    if log.isEnabledFor(logging.INFO):
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            _log(method=method, route=route, status=status, took_s=took_s, person_id=None)


def _begin() -> None:
    g.request_id = request_id_of(request.headers.get("X-Request-Id", ""))
    g.started_at_s = time.perf_counter()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(answer: Response) -> Response:
    if "request_id" not in g:
        return answer
    answer.headers["X-Request-Id"] = g.request_id
    if not log.isEnabledFor(logging.INFO):
        return answer
    actor = g.get("actor")
    _log(
        method=known_method(),
        # The rule, not the path: a path holds numbers of people's complaints.
        route=request.url_rule.rule if request.url_rule else "none",
        status=answer.status_code,
        took_s=time.perf_counter() - g.started_at_s,
        person_id=str(actor.person_id) if actor else None,
    )
    return answer


def _log(*, method: str, route: str, status: int, took_s: float, person_id: str | None) -> None:
    # Made by hand: ``log.info`` would look through the stack for the line that called it.
    record = log.makeRecord(
        log.name,
        logging.INFO,
        __file__,
        0,
        "answered",
        (),
        None,
        extra={
            "method": method,
            "route": route,
            "status": status,
            "took_ms": round(took_s * 1000, 1),
            "person_id": person_id,
        },
    )
    log.handle(record)


def _forget(_error: BaseException | None) -> None:
    structlog.contextvars.clear_contextvars()
