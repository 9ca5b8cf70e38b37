"""Traffic limits by address on Valkey. Without Valkey each worker counts for itself: reads go on (R7).

Limits that guard people (codes, tries, quotas) are no traffic limits: they are counters in PostgreSQL.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from backend.infrastructure.settings import Settings

# The library declares whole numbers; it hands them on to the redis client, which takes parts of a second.
_TIMEOUTS: dict[str, Any] = {"socket_timeout": 0.2, "socket_connect_timeout": 0.2}
_FREE_ENDPOINTS = frozenset({"health.livez", "health.readyz", "health.metrics"})


def install(app: Flask, settings: Settings) -> None:
    """Limit every address to the setting's requests a minute; the health routes are free."""
    limit = f"{settings.traffic_limit_per_minute}/minute"
    limiter = Limiter(
        key_func=get_remote_address,
        storage_uri=_storage_uri(settings.redis_url),
        storage_options=_TIMEOUTS,
        strategy="sliding-window-counter",
        application_limits=[limit],
        in_memory_fallback=[limit],
        in_memory_fallback_enabled=True,
        key_prefix="traffic",
        headers_enabled=False,
    )
    limiter.init_app(app)
    limiter.request_filter(_is_free)


def _is_free() -> bool:
    return request.endpoint in _FREE_ENDPOINTS


def _storage_uri(redis_url: str) -> str:
    """Spell the URL as the limits library wants it: its word for a Unix socket differs from the redis client's."""
    return redis_url.replace("unix://", "redis+unix://", 1) if redis_url.startswith("unix://") else redis_url
