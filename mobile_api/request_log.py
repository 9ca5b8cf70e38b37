"""A request id for every request; one log line and the figures of every answer: ids, the route's rule and times,
nobody's data.
"""

from __future__ import annotations

import logging
import re
import time

import structlog
from flask import Flask, Response

from backend.kernel.randomness import random_bytes
from mobile_api import metrics
from mobile_api.current import current_keep, current_request

log = logging.getLogger("baitong.request")
# A UUID or 32 hex digits, as tracers send them: a freer form could carry a phone number into the logs (S39).
_ACCEPTABLE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}", re.IGNORECASE)
_ID_BYTES = 16


def install(app: Flask) -> None:
    """Give each request its id before anything else; log and count each answer."""
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_forget)


def request_id_of(offered: str) -> str:
    """Return the id of a request: what the caller offered, if it can be nobody's data, else a new one."""
    return offered if _ACCEPTABLE.fullmatch(offered) else random_bytes(_ID_BYTES).hex()


def tell_alone(request_id: str, *, method: str, route: str, status: int, took_s: float) -> None:
    """Log and count an answer that was given outside Flask."""
    with structlog.contextvars.bound_contextvars(request_id=request_id):
        _tell(method=method, route=route, status=status, took_s=took_s, person_id=None)


def _begin() -> None:
    kept = current_keep()
    kept.begun_at_s = time.perf_counter()
    kept.request_id = request_id_of(current_request().environ.get("HTTP_X_REQUEST_ID", ""))
    kept.log_fields = structlog.contextvars.bind_contextvars(request_id=kept.request_id)


def _end(answer: Response) -> Response:
    kept, asked = current_keep(), current_request()
    if "request_id" not in kept:
        return answer
    answer.headers["X-Request-Id"] = kept.request_id
    actor, rule = kept.get("actor"), asked.url_rule
    _tell(
        method=metrics.known_method(asked.method),
        # The rule, not the path: a path holds numbers of people's complaints.
        route=rule.rule if rule else "none",
        status=answer.status_code,
        took_s=time.perf_counter() - kept.begun_at_s,
        person_id=str(actor.person_id) if actor else None,
    )
    return answer


def _tell(*, method: str, route: str, status: int, took_s: float, person_id: str | None) -> None:
    metrics.count(method, route, status, took_s)
    if log.isEnabledFor(logging.INFO):
        _log(method=method, route=route, status=status, took_s=took_s, person_id=person_id)


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
    fields = current_keep().pop("log_fields", None)
    if fields is not None:
        structlog.contextvars.reset_contextvars(**fields)
