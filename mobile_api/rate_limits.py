"""Traffic limits by address on Valkey. Without Valkey each worker counts for itself: reads go on (R7).

Limits that guard people (codes, tries, quotas) are no traffic limits: they are counters in PostgreSQL.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, after_this_request, request
from flask_limiter import Limiter, RequestLimit

from backend.identity.rules import source_of
from backend.infrastructure.settings import Settings

# The library declares whole numbers; it hands them on to the redis client, which takes parts of a second.
_TIMEOUTS: dict[str, Any] = {"socket_timeout": 0.2, "socket_connect_timeout": 0.2}
_RETRY_AFTER_S = 10
_FREE_ENDPOINTS = frozenset({"health.livez", "health.readyz", "health.metrics"})


def install(app: Flask, settings: Settings) -> None:
    """Limit every address to the setting's requests a minute; the health routes are free."""
    limit = f"{settings.traffic_limit_per_minute}/minute"
    limiter = Limiter(
        key_func=_source,
        storage_uri=_storage_uri(settings.redis_url),
        storage_options=_TIMEOUTS,
        strategy="sliding-window-counter",
        application_limits=[limit],
        in_memory_fallback=[limit],
        in_memory_fallback_enabled=True,
        key_prefix="traffic",
        headers_enabled=False,
        on_breach=_say_when,
    )
    # The library logs the address of each refusal at INFO; an address is personal data (S39).
    logging.getLogger("flask-limiter").setLevel(logging.WARNING)
    limiter.init_app(app)
    limiter.request_filter(_is_free)


def _source() -> str:
    return source_of(request.remote_addr)


def _say_when(_limit: RequestLimit) -> None:
    """Tell the refused when to come again. The window slides: some of it is free long before all of it is."""

    def told(answer: Response) -> Response:
        if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            answer.headers["Retry-After"] = str(_RETRY_AFTER_S)
        return answer

    after_this_request(told)


def _is_free() -> bool:
    return request.endpoint in _FREE_ENDPOINTS


def _storage_uri(redis_url: str) -> str:
    """Spell the URL as the limits library wants it: its word for a Unix socket differs from the redis client's."""
    return redis_url.replace("unix://", "redis+unix://", 1) if redis_url.startswith("unix://") else redis_url
